//! What is this? Certificates, requests, keys, revocation lists, OCSP and messages, described for people.
//!
//! Nothing here decides anything: a description of a broken or expired certificate is as good as that of a
//! sound one. What a private key or a challenge password holds is never part of a description.

mod algorithm_identifier;
mod certificate;
mod certificate_list;
mod certificate_request;
mod cms;
pub(crate) mod element;
pub mod extension;
mod fingerprint;
pub(crate) mod name;
mod ocsp;
mod private_key;
pub(crate) mod problem;
mod public_key;
pub(crate) mod recognition;
mod signature;
pub(crate) mod source;
mod undecoded;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

use crate::error::{Error, ErrorCode};
use crate::hex;
use crate::object_identifier;
use problem::Problem;
use source::Block;

pub use algorithm_identifier::{Algorithm, Scrypt};
pub use certificate::Certificate;
pub(crate) use certificate::CertificateFields;
pub(crate) use certificate_list::CertificateListFields;
pub use certificate_list::{CertificateList, RevokedCertificate};
pub use certificate_request::CertificateRequest;
pub(crate) use certificate_request::{
    CHALLENGE_PASSWORD, CertificateRequestFields, EXTENSION_REQUEST, MICROSOFT_EXTENSION_REQUEST,
};
pub use cms::{Attribute, AttributeValue, Cms, EnvelopedData, Identifier, Recipient, SignedData, Signer};
pub use extension::{Extension, ExtensionValue};
pub use fingerprint::Fingerprints;
pub use ocsp::{CertId, CertificateStatus, OcspAnswer, OcspRequest, OcspResponse, RequestedStatus};
pub use private_key::{EncryptedPrivateKey, PrivateKey};
pub use public_key::PublicKey;
pub use undecoded::Undecoded;

/// The name of an algorithm for people; its number where it has none.
pub(crate) fn algorithm_name(oid: der::asn1::ObjectIdentifier) -> String {
    object_identifier::name(&oid)
}

/// The most octets of DER that are described in one call, revocation lists not counted.
const MAX_DESCRIBED_BYTES: usize = 2 << 20;

/// One object of the input.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Object {
    /// Its kind, and what there is to see in one of that kind.
    #[serde(flatten)]
    pub description: Description,
    /// The label of its PEM block; absent for bare DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pem_label: Option<String>,
}

/// A description, told apart by its `kind`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Description {
    /// RFC 5280 4.1
    Certificate(Certificate),
    /// RFC 2986 4.2
    CertificateRequest(CertificateRequest),
    /// RFC 5958 2, RFC 8017 A.1.2 or RFC 5915 3, not encrypted
    PrivateKey(PrivateKey),
    /// RFC 5958 3 or RFC 1421 4.6.1.1
    EncryptedPrivateKey(EncryptedPrivateKey),
    /// RFC 5280 4.1.2.7 or RFC 8017 A.1.1
    PublicKey(PublicKey),
    /// RFC 5280 5.1
    CertificateList(CertificateList),
    /// RFC 6960 4.1
    OcspRequest(OcspRequest),
    /// RFC 6960 4.2
    OcspResponse(OcspResponse),
    /// RFC 5652 3
    Cms(Cms),
    /// RFC 7292 4; what is in it only its password shows.
    Pkcs12(Keystore),
    /// One of Java's own keystores, JKS or JCEKS.
    Jks(Keystore),
    /// RFC 5480 2.1.1: what OpenSSL writes before a SEC1 key.
    EcParameters(EcParameters),
    /// One of several that cannot be read.
    Unreadable(Unreadable),
}

impl Description {
    /// The `kind` on the wire.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::CertificateRequest(_) => "certificate_request",
            Self::PrivateKey(_) => "private_key",
            Self::EncryptedPrivateKey(_) => "encrypted_private_key",
            Self::PublicKey(_) => "public_key",
            Self::CertificateList(_) => "certificate_list",
            Self::OcspRequest(_) => "ocsp_request",
            Self::OcspResponse(_) => "ocsp_response",
            Self::Cms(_) => "cms",
            Self::Pkcs12(_) => "pkcs12",
            Self::Jks(_) => "jks",
            Self::EcParameters(_) => "ec_parameters",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// A keystore, which nobody opened.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Keystore {
    /// The octets of the file.
    pub length_bytes: usize,
    /// Their SHA-256, lowercase hex.
    pub sha256: String,
}

impl Keystore {
    fn new(file: &[u8]) -> Self {
        Self { length_bytes: file.len(), sha256: hex::sha256(file) }
    }
}

/// The parameters of an elliptic curve (RFC 5480 2.1.1).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EcParameters {
    /// The name of the curve.
    pub curve: String,
}

/// An object that cannot be read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unreadable {
    /// What was found and what was wanted.
    pub problem: String,
    /// The octets of the object.
    pub length_bytes: usize,
    /// Their SHA-256, lowercase hex.
    pub sha256: String,
}

impl Unreadable {
    fn new(der: &[u8], problem: &Problem) -> Self {
        Self { problem: problem.to_string(), length_bytes: der.len(), sha256: hex::sha256(der) }
    }
}

/// Describes every object in `input`: PEM text with anything around the blocks, or DER in base64 or base64url.
///
/// # Errors
/// `PemMalformed` if the text is neither; `ObjectUnknown` if no object in it can be read.
pub fn inspect(input: &str) -> Result<Vec<Object>, Error> {
    let blocks = source::blocks(input)?;
    refuse_large(&blocks)?;
    let described: Vec<_> = blocks.into_iter().map(describe_block).collect();
    match described.iter().find_map(|(_, problem)| problem.as_ref()) {
        Some(problem) if described.iter().all(|(_, problem)| problem.is_some()) => {
            Err(Error::new(ErrorCode::ObjectUnknown, problem))
        }
        _ => Ok(described.into_iter().map(|(object, _)| object).collect()),
    }
}

/// A description is many times as long as what it describes, but a revocation list is only described in part.
pub(crate) fn refuse_large(blocks: &[Block]) -> Result<(), Error> {
    let described = blocks.iter().filter(|block| !recognition::is_certificate_list(&block.der));
    match described.map(|block| block.der.len()).fold(0, usize::saturating_add) {
        total if total > MAX_DESCRIBED_BYTES => Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!(
                "found objects of {total} bytes beside revocation lists, wanted at most {MAX_DESCRIBED_BYTES}"
            ),
        )),
        _ => Ok(()),
    }
}

fn describe_block(block: Block) -> (Object, Option<Problem>) {
    let description = match block.legacy_cipher {
        Some(cipher) => {
            Ok(Description::EncryptedPrivateKey(EncryptedPrivateKey::legacy(cipher, block.der.len())))
        }
        None => recognition::describe(&block.der, block.label.as_deref()),
    };
    let (description, problem) = match description {
        Ok(description) => (description, None),
        Err(problem) => (Description::Unreadable(Unreadable::new(&block.der, &problem)), Some(problem)),
    };
    (Object { description, pem_label: block.label }, problem)
}
