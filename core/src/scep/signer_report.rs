//! Who signed a request.

use alloc::string::String;

use serde::Serialize;

use crate::{certificate::Certificate, error::Error};

/// The certificate that a request is signed with.
///
/// Nothing is known of it but that its key signed the message: a renewal is one only if this very
/// certificate (`sha256`) is in the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignerReport {
    /// PEM.
    pub certificate: String,
    /// Whether subject and issuer are the same name, as in a first enrolment.
    pub self_signed: bool,
    /// The subject (RFC 4514).
    pub subject: String,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub sha256: String,
}

impl SignerReport {
    /// Describes a certificate.
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn of(certificate: &Certificate) -> Result<Self, Error> {
        Ok(Self {
            certificate: certificate.to_pem()?,
            self_signed: certificate.is_self_issued(),
            subject: certificate.subject_text(),
            serial: certificate.serial_hex(),
            sha256: certificate.sha256(),
        })
    }
}
