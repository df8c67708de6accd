//! The certification request in a PKCSReq or RenewalReq (RFC 8894 sections 3.3.1 and 3.3.1.2).

use alloc::string::String;

use serde::Serialize;

use crate::{csr::CertificationRequest, distinguished_name, key::PublicKey, secret::Secret};

/// A certification request that is signed by the key in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Enrollment {
    /// PEM.
    pub csr: String,
    /// SHA-256 of the request in hexadecimal.
    pub csr_sha256: String,
    /// The subject asked for (RFC 4514).
    pub subject: String,
    /// Its first common name.
    pub common_name: Option<String>,
    /// The challenge password, where the client has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_password: Option<Secret>,
}

impl Enrollment {
    /// Reads a request in DER and checks its signature; gives its key as well. Nothing if anything is
    /// wrong: nobody may learn what.
    pub(crate) fn read(der: &[u8]) -> Option<(Self, PublicKey)> {
        let csr = CertificationRequest::from_der(der).ok()?;
        csr.verify().ok()?;
        let enrollment = Self {
            csr: csr.to_pem().ok()?,
            csr_sha256: csr.sha256(),
            subject: csr.subject_text(),
            common_name: distinguished_name::common_name(csr.subject()),
            challenge_password: csr.challenge_password().ok()?,
        };
        Some((enrollment, csr.public_key().clone()))
    }
}
