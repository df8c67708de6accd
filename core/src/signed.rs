//! The outer shape that certificates, certification requests and CRLs share: `SIGNED{…}` (RFC 5912).

use alloc::vec::Vec;

use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, BitStringRef},
};
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::SignatureAlgorithm,
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// What was signed, as it came, with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The DER of what was signed, byte for byte.
    pub content: Vec<u8>,
    /// The algorithm that the signer names.
    pub algorithm: AlgorithmIdentifierOwned,
    /// The signature.
    pub signature: Vec<u8>,
}

#[derive(Sequence)]
struct Fields<'a> {
    content: AnyRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitStringRef<'a>,
}

impl Signed {
    /// Takes the DER of a signed object apart.
    ///
    /// # Errors
    /// The decoder's error; the caller knows what kind of object it wanted.
    pub fn from_der(der: &[u8]) -> der::Result<Self> {
        let fields = Fields::from_der(der)?;
        let signature =
            fields.signature.as_bytes().ok_or(der::ErrorKind::Value { tag: der::Tag::BitString })?;
        Ok(Self {
            content: fields.content.to_der()?,
            algorithm: fields.algorithm,
            signature: signature.to_vec(),
        })
    }

    /// Puts a signed object together.
    ///
    /// # Errors
    /// `EncodingFailed`, not in practice.
    pub fn assemble(
        content: &[u8],
        algorithm: SignatureAlgorithm,
        signature: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let fields = Fields {
            content: AnyRef::try_from(content)?,
            algorithm: algorithm.identifier(),
            signature: BitStringRef::from_bytes(signature)?,
        };
        Ok(fields.to_der()?)
    }

    /// Checks the signature, over the bytes as they came, with the signer's key. MD5 is refused.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused`, `SignatureInvalid`.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Error> {
        let algorithm = SignatureAlgorithm::from_identifier(&self.algorithm)?.refuse_broken()?;
        key.verify(algorithm, &self.content, &self.signature)
    }
}

/// The error of an object that cannot be parsed.
pub(crate) fn malformed(code: ErrorCode, what: &str, error: der::Error) -> Error {
    Error::new(code, format_args!("the {what} cannot be parsed: {error}"))
}
