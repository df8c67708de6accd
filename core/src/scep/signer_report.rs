//! Who signed a request.

use alloc::string::String;

use serde::Serialize;

use crate::{certificate::Certificate, error::Error, hex};

/// The certificate that a request is signed with.
///
/// Nothing is known of it but that its key signed the message: a renewal is one only if this very
/// certificate (`sha256`) is in the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignerReport {
    /// PEM.
    pub certificate: String,
    /// Whether the certification request is for the signer's key; only where there is one. If it is not,
    /// the signer needs an authority of its own, that of a renewal: a challenge password alone proves
    /// nothing, for anybody can sign around somebody else's envelope (RFC 8894 section 2.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds_requested_key: Option<bool>,
    /// The subject (RFC 4514).
    pub subject: String,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub sha256: String,
    /// SHA-256 of its SubjectPublicKeyInfo in hexadecimal.
    pub public_key_sha256: String,
}

impl SignerReport {
    /// Describes a certificate.
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn of(certificate: &Certificate) -> Result<Self, Error> {
        Ok(Self {
            certificate: certificate.to_pem()?,
            holds_requested_key: None,
            subject: certificate.subject_text(),
            serial: certificate.serial_hex(),
            sha256: certificate.sha256(),
            public_key_sha256: certificate
                .public_key()
                .map_or_else(|_| hex::sha256(certificate.spki()), |key| key.sha256()),
        })
    }
}
