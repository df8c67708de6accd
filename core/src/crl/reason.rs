//! Why a certificate is revoked (RFC 5280 5.3.1).

use serde::{Deserialize, Serialize};

/// The reasons by their names in the RFC; the number is the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// No reason is given; it is not written (RFC 5280 5.3.1).
    #[default]
    Unspecified,
    /// The subject's key, or what validated the subject, is known or thought to be in other hands.
    KeyCompromise,
    /// The same of an authority.
    #[serde(rename = "cACompromise")]
    CaCompromise,
    /// The subject's name or something else in the certificate has changed.
    AffiliationChanged,
    /// Another certificate has taken its place.
    Superseded,
    /// It is not needed any more.
    CessationOfOperation,
    /// It is on hold, and may come back.
    CertificateHold,
    /// It is on hold no more: in delta lists only.
    #[serde(rename = "removeFromCRL")]
    RemoveFromCrl,
    /// A right that the certificate grants was taken away.
    PrivilegeWithdrawn,
    /// The key of an attribute authority is known or thought to be in other hands.
    #[serde(rename = "aACompromise")]
    AaCompromise,
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.serialize(f)
    }
}

impl Reason {
    /// The code of CRLReason; 7 is not used.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }
}
