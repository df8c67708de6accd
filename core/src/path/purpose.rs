//! What a certificate is to be used for (RFC 5280 4.2.1.3 and 4.2.1.12).

use const_oid::db::rfc5280;
use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};

use super::{
    extensions::{Extensions, KeyUsage},
    node::Node,
    policy::Rules,
};
use crate::error::{Error, ErrorCode};

/// The purposes that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Whatever it may be.
    #[default]
    Any,
    /// A device that authenticates itself: extended key usage clientAuth, a key that signs.
    DeviceClient,
    /// A TLS server: extended key usage serverAuth.
    TlsServer,
    /// Who signs SCEP messages (RFC 8894 2.3): a key that signs, whatever its extended key usage; or that signs
    /// certificates, as that of an authority does which has no registration authority.
    ScepSigner,
    /// A delegated OCSP responder (RFC 6960 4.2.2.2): extended key usage OCSPSigning, which must be there.
    OcspSigner,
    /// An authority that issues certificates (RFC 5280 6.1.4 k to n): basic constraints and key usage say so, and no
    /// path length above it keeps it from it.
    Authority,
}

impl Purpose {
    /// The extended key usage, if it has one.
    const fn oid(self) -> Option<ObjectIdentifier> {
        match self {
            Self::Any | Self::ScepSigner | Self::Authority => None,
            Self::DeviceClient => Some(rfc5280::ID_KP_CLIENT_AUTH),
            Self::TlsServer => Some(rfc5280::ID_KP_SERVER_AUTH),
            Self::OcspSigner => Some(rfc5280::ID_KP_OCSP_SIGNING),
        }
    }

    fn is_allowed(self, usage: KeyUsage) -> bool {
        match self {
            Self::Any => true,
            Self::DeviceClient => usage.digital_signature(),
            Self::ScepSigner => usage.digital_signature() || usage.key_cert_sign(),
            Self::TlsServer => usage.establishes(),
            Self::OcspSigner => usage.signs(),
            Self::Authority => usage.key_cert_sign(),
        }
    }

    /// Checks the certificate in question.
    ///
    /// # Errors
    /// `PathPurposeRefused`.
    pub(super) fn check(self, node: &Node<'_>, rules: Rules) -> Result<(), Error> {
        let extensions = node.extensions()?;
        if extensions.key_usage.is_some_and(|usage| !self.is_allowed(usage)) {
            return Err(node.failure(
                ErrorCode::PathPurposeRefused,
                format_args!("its key usage does not allow {self:?} (RFC 5280 4.2.1.3)"),
            ));
        }
        let Some(wanted) = self.oid() else { return Ok(()) };
        let any_counts = rules != Rules::WebPki && self != Self::OcspSigner;
        let must_be_there = self == Self::OcspSigner || (rules == Rules::WebPki && self == Self::TlsServer);
        let allowed = match &extensions.purposes {
            None => !must_be_there,
            Some(own) => {
                own.contains(&wanted) || (any_counts && own.contains(&rfc5280::ANY_EXTENDED_KEY_USAGE))
            }
        };
        match allowed {
            true => Ok(()),
            false => Err(refused(node, wanted)),
        }
    }

    /// Checks an issuer above it: what an issuer's extended key usage does not name, nothing below it is for. RFC 5280
    /// has it of a certificate's own key; of issuers, every verifier and CA takes it so.
    ///
    /// # Errors
    /// `PathPurposeRefused`.
    pub(super) fn check_issuer(self, node: &Node<'_>, extensions: &Extensions<'_>) -> Result<(), Error> {
        // Authorities limited to servers have responders, too: delegation is between the two of them (RFC 6960 4.2.2.2).
        if self == Self::OcspSigner {
            return Ok(());
        }
        let (Some(wanted), Some(own)) = (self.oid(), &extensions.purposes) else { return Ok(()) };
        match own.contains(&wanted) || own.contains(&rfc5280::ANY_EXTENDED_KEY_USAGE) {
            true => Ok(()),
            false => Err(refused(node, wanted)),
        }
    }
}

fn refused(node: &Node<'_>, wanted: ObjectIdentifier) -> Error {
    node.failure(
        ErrorCode::PathPurposeRefused,
        format_args!("its extended key usage does not name {wanted} (RFC 5280 4.2.1.12)"),
    )
}
