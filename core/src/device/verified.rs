//! What is told of a message that is good.

use alloc::{string::String, vec::Vec};

use serde::Serialize;
use x509_cert::ext::pkix::SubjectAltName;

use super::{http_signature::HttpReport, signer::Signer};
use crate::{alternative_name, distinguished_name, error::Error, hex, path::Decision};

/// A message that is good: who signed it, when, what is covered, and how to remember it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verified {
    /// `detached_cms`, `http` or `bare`.
    pub form: &'static str,
    /// Who signed it.
    pub signer: VerifiedSigner,
    /// With what, in the words of key questions: `rsa_pkcs1_sha256`.
    pub algorithm: String,
    /// When it was signed, as it says itself, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<u64>,
    /// The last second in which it wants to count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
    /// Whether the signature is over the body, too.
    pub body_covered: bool,
    /// What else it covers, of an HTTP message signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpReport>,
    /// How to remember it.
    pub replay: Replay,
    /// Why the certificate is believed; nothing where the caller vouched for the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Decision>,
}

/// Under what a message is remembered. The same key a second time is the same message a second time, whatever has been
/// changed of it on the way. Two messages that say the same, time and nonce included, are one.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replay {
    /// 64 hexadecimal digits.
    pub key: String,
    /// The last second in which the message would be accepted, Unix seconds: until then it has to be remembered. None for an
    /// undated one, which has to be remembered for as long as its signer's key is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
}

/// Who signed.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerifiedSigner {
    /// Where it was in the request: `signers.2`, or `message.signature` for a certificate that came with the message.
    pub from: String,
    /// SHA-256 of its SubjectPublicKeyInfo, hexadecimal.
    pub public_key_sha256: String,
    /// Its certificate, unless the caller vouched for the key alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
}

/// What a device's certificate says of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Device {
    /// PEM.
    pub certificate: String,
    /// RFC 4514.
    pub subject: String,
    /// The first common name of the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// The subject alternative names as `form:value`.
    pub subject_alternative_names: Vec<String>,
    /// RFC 4514.
    pub issuer: String,
    /// Hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub sha256: String,
    /// Its last second, Unix seconds.
    pub not_after: u64,
}

impl VerifiedSigner {
    /// # Errors
    /// Those of parsing the certificate's names.
    pub(crate) fn new(signer: &Signer) -> Result<Self, Error> {
        let device = signer.certificate.as_ref().map(|own| {
            let names: Option<SubjectAltName> = own.extension()?;
            Ok::<_, Error>(Device {
                certificate: own.to_pem()?,
                subject: own.subject_text(),
                common_name: distinguished_name::common_name(own.subject()),
                subject_alternative_names: names
                    .map_or_else(Vec::new, |names| names.0.iter().map(alternative_name::to_text).collect()),
                issuer: own.issuer_text(),
                serial: own.serial_hex(),
                sha256: own.sha256(),
                not_after: own.not_after(),
            })
        });
        Ok(Self {
            from: signer.place.clone(),
            public_key_sha256: hex::sha256(signer.key.spki()),
            device: device.transpose()?,
        })
    }
}
