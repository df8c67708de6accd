//! Who signs responses: the authority, or whom it has named for it (RFC 6960 4.2.2.2).

use alloc::{string::String, vec, vec::Vec};

use serde::Deserialize;

use crate::{
    authority::OpenAuthority,
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::PublicKey,
    path::{self, Purpose, TrustAnchor},
};

/// A delegated responder.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Responder {
    /// The id of its key.
    pub key: String,
    /// Its certificate, PEM, of the profile `ocsp-signer`: issued by the authority itself.
    pub certificate: String,
}

/// A responder that may sign.
pub(crate) struct OpenResponder {
    pub(crate) key: String,
    pub(crate) public_key: PublicKey,
    /// What goes along for the verifier: the signer's certificate. Even the authority's own, since GnuTLS does not
    /// recognize it by the digest of its key where its subject key identifier is another digest.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The end of the signer's certificate and all above it.
    pub(crate) not_after: u64,
}

impl OpenResponder {
    /// The authority itself.
    pub(crate) fn authority(authority: &OpenAuthority) -> Self {
        Self {
            key: authority.value.key.clone(),
            public_key: authority.public_key().clone(),
            certificates: vec![authority.certificate.der().to_vec()],
            not_after: authority.period().not_after,
        }
    }

    /// A delegated one, checked.
    ///
    /// # Errors
    /// `OcspResponderUnfit` if the authority did not issue its certificate, for this purpose and this time;
    /// the parse errors of a certificate.
    pub(crate) fn delegated(
        responder: Responder,
        authority: &OpenAuthority,
        now: u64,
    ) -> Result<Self, Error> {
        let certificate = Certificate::from_pem(&responder.certificate)?;
        let period = certificate.period();
        let issuer = TrustAnchor::from_key(authority.certificate.subject().to_vec(), authority.public_key());
        path::check_issued(&certificate, &[issuer], Purpose::OcspSigner, Some(now), authority.value.strength)
            .map_err(|error| Error::new(ErrorCode::OcspResponderUnfit, error.detail))?;
        Ok(Self {
            key: responder.key,
            public_key: certificate.public_key()?,
            certificates: vec![certificate.der().to_vec()],
            not_after: period.within(authority.period()).not_after,
        })
    }
}
