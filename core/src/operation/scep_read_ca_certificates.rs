//! `scep_read_ca_certificates`: what a client takes from a GetCACert response (RFC 8894 section 4.2.1).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    cms::{ber, certificate::Certificate, certificates_only},
    error::{Error, ErrorCode},
    hex,
    keys::{Halt, Keys},
    pem,
};

/// The HTTP response's body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// One certificate in DER, or a certificates-only message.
    pub body: Base64Url,
}

/// The certificates, and which of them is for what. All of it is as trustworthy as the transport:
/// compare `sha256` of the authority with a fingerprint that came another way.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Response {
    /// All of them (PEM), in the order sent.
    pub certificates: Vec<String>,
    /// The one to encrypt requests for.
    pub encryption: String,
    /// The one that signs replies.
    pub signature: String,
    /// The authority that issues.
    pub authority: String,
    /// SHA-256 of each certificate in hexadecimal, in the same order.
    pub sha256: Vec<String>,
}

/// Bits of the key usage extension's first octet (RFC 5280 4.2.1.3).
const DIGITAL_SIGNATURE: u8 = 0x80;
const KEY_ENCIPHERMENT: u8 = 0x20;

/// Reads the body and tells the certificates apart by key usage, not by position.
///
/// # Errors
/// `CmsMalformed`, `RequestTooLarge`; `CertificateMalformed` if nothing in it can be encrypted for.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let der = ber::to_der(&request.body.0).map_err(|error| error.at("body"))?;
    let certificates = match Certificate::read(&der) {
        Ok(certificate) => alloc::vec![certificate],
        Err(_) => certificates_only::read(&der).map_err(|error| error.at("body"))?,
    };
    let encryption = choose(&certificates, KEY_ENCIPHERMENT)?;
    let signature = choose(&certificates, DIGITAL_SIGNATURE)?;
    let authority = authority_of(&signature, &certificates);
    Ok(Response {
        encryption: to_pem(&encryption)?,
        signature: to_pem(&signature)?,
        authority: to_pem(&authority)?,
        sha256: certificates.iter().map(|certificate| hex::sha256(certificate.der)).collect(),
        certificates: certificates.iter().map(to_pem).collect::<Result<_, _>>()?,
    })
}

/// A registration authority that may do it, else an authority that does it itself.
fn choose<'a>(certificates: &[Certificate<'a>], usage: u8) -> Result<Certificate<'a>, Error> {
    let may = |certificate: &&Certificate<'_>| certificate.key_usage.is_none_or(|found| found & usage != 0);
    let registration = certificates.iter().find(|certificate| !certificate.is_authority && may(certificate));
    registration
        .or_else(|| certificates.iter().find(may))
        .or_else(|| certificates.first())
        .copied()
        .ok_or_else(|| Error::new(ErrorCode::CertificateMalformed, "found no certificate").at("body"))
}

/// The one that issued `certificate`; itself, where it is alone.
fn authority_of<'a>(certificate: &Certificate<'a>, certificates: &[Certificate<'a>]) -> Certificate<'a> {
    if certificate.is_authority {
        return *certificate;
    }
    let issued = |candidate: &&Certificate<'_>| certificate.verify_issued_by(candidate).is_ok();
    certificates.iter().filter(|candidate| candidate.is_authority).find(issued).copied().unwrap_or(*certificate)
}

fn to_pem(certificate: &Certificate<'_>) -> Result<String, Error> {
    pem::encode("CERTIFICATE", certificate.der)
}
