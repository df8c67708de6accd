//! `sign_message`: what a device puts into the headers of a message that it signs.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use crate::{
    base64url::Base64Url,
    device::{
        body::{Body, Digests},
        signing::{Author, Signed, Signing},
    },
    keys::{Halt, KeyReference, Keys},
};

/// What to sign, and how.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds; the message is signed at it.
    pub now: u64,
    /// The key that signs.
    pub key: KeyReference,
    /// Its certificate, PEM; detached CMS wants it.
    pub certificate: Option<String>,
    /// Certificates that go along in detached CMS, PEM.
    #[serde(default)]
    pub chain: Vec<String>,
    /// What the message calls the key; otherwise SHA-256 of the certificate in hexadecimal, or without one the thumbprint of
    /// the key (RFC 7638).
    pub key_id: Option<String>,
    /// The form of the signature, and what it covers.
    pub message: Signing,
    /// The body; empty where there is none. Or
    pub body: Option<Base64Url>,
    /// its digests; not for a bare signature and detached CMS without attributes, which are over the body itself.
    pub digests: Option<Digests>,
}

/// The signature, and the headers to add.
pub type Response = Signed;

/// Signs a message; asks the key for one signature.
///
/// # Errors
/// `FieldInvalid`, `KeyUnknown`, `KeyMismatch`, `KeyTooSmall`, `KeyUnsupported`, `PemMalformed`, `CertificateMalformed`,
/// `RequestTooLarge`, `UrlMalformed`, `MessageMalformed`, `MessageComponentUnavailable`, `MessageBodyMismatch`,
/// `MessageBodyNeeded`, `MessageAlgorithmRefused`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, key, certificate, chain, key_id, message, body, digests } = request;
    let body = Body::read(body, digests)?;
    let author = Author::read(&key, certificate.as_deref(), &chain, key_id, keys)?;
    message.sign(author, &body, now, keys)
}
