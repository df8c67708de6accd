//! The certification request in a PKCSReq or RenewalReq (RFC 8894 sections 3.3.1 and 3.3.1.2).

use alloc::string::String;

use serde::Serialize;

use crate::{
    algorithm::SignatureAlgorithm, csr::CertificationRequest, distinguished_name, error::Error,
    key::PublicKey, secret::Secret,
};

/// A certification request that is signed by the key in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// Reads a request in DER, checks its signature, and that it is for the key `signer` where there
    /// is one. Nothing if anything is wrong: nobody may learn what.
    pub(crate) fn read(der: &[u8], signer: Option<&PublicKey>, allow_legacy: bool) -> Option<Self> {
        let csr = CertificationRequest::from_der(der).ok()?;
        verify(&csr, allow_legacy).ok()?;
        if signer.is_some_and(|signer| signer != csr.public_key()) {
            return None;
        }
        Some(Self {
            csr: csr.to_pem().ok()?,
            csr_sha256: csr.sha256(),
            subject: csr.subject_text(),
            common_name: distinguished_name::common_name(csr.subject()),
            challenge_password: csr.challenge_password().ok()?,
        })
    }
}

fn verify(csr: &CertificationRequest, allow_legacy: bool) -> Result<(), Error> {
    if !allow_legacy {
        return csr.verify();
    }
    let signed = csr.signed();
    let algorithm = SignatureAlgorithm::from_oid(signed.algorithm.oid)?;
    csr.public_key().verify(algorithm, &signed.content, &signed.signature)
}
