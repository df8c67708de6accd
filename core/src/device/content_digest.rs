//! Content-Digest (RFC 9530 section 2): digests of a message's content in a header.

use alloc::{format, string::String, vec::Vec};

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{
    body::{Body, Digests},
    malformed,
};
use crate::{
    algorithm::DigestAlgorithm,
    error::{Error, ErrorCode},
    structured_field::{BareItem, Dictionary, Item, Member, parse_dictionary},
};

/// The digests that count; others of the registry are broken, and those that nobody knows are passed over (RFC 9530
/// sections 2 and 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ContentDigestAlgorithm {
    /// SHA-256.
    #[serde(rename = "sha-256")]
    Sha256,
    /// SHA-512.
    #[serde(rename = "sha-512")]
    Sha512,
}

impl ContentDigestAlgorithm {
    const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha512 => "sha-512",
        }
    }

    const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Sha256 => DigestAlgorithm::Sha256,
            Self::Sha512 => DigestAlgorithm::Sha512,
        }
    }
}

/// The digests of a field that count.
#[derive(Clone, Debug)]
pub(crate) struct ContentDigest(Vec<(ContentDigestAlgorithm, Vec<u8>)>);

impl ContentDigest {
    /// Reads a field, all its lines together; or one member of it alone.
    ///
    /// # Errors
    /// `MessageMalformed`.
    pub(crate) fn read(field: &str, only: Option<&str>) -> Result<Self, Error> {
        let wrong = |detail: String| malformed(format_args!("found a Content-Digest that is none: {detail}"));
        let dictionary: Dictionary = parse_dictionary(field).map_err(wrong)?;
        if dictionary.is_repeated() {
            return Err(wrong("a digest is there twice".into()));
        }
        let mut found = Vec::new();
        for algorithm in ContentDigestAlgorithm::ALL {
            match dictionary
                .get(algorithm.name())
                .filter(|_| only.is_none_or(|only| only == algorithm.name()))
            {
                None => {}
                Some(Member::Item(Item { value: BareItem::Bytes(bytes), .. })) => {
                    found.push((algorithm, bytes.clone()));
                }
                Some(_) => return Err(wrong(format!("{} is no byte sequence", algorithm.name()))),
            }
        }
        Ok(Self(found))
    }

    /// The digests that it states.
    ///
    /// # Errors
    /// `FieldInvalid` for one of another length.
    pub(crate) fn state(&self, digests: &mut Digests) -> Result<bool, Error> {
        self.0.iter().try_for_each(|(algorithm, stated)| digests.state(algorithm.digest(), stated))?;
        Ok(!self.0.is_empty())
    }

    /// Holds the body against every digest that it can be held against; whether there was one that counts.
    ///
    /// # Errors
    /// `MessageBodyMismatch`; `MessageBodyNeeded` where there are digests that count and none could be checked.
    pub(crate) fn check(&self, body: &Body) -> Result<bool, Error> {
        let mut needed = None;
        let mut checked = false;
        for (algorithm, stated) in &self.0 {
            match body.digest(algorithm.digest()) {
                Ok(found) if bool::from(found.ct_eq(stated)) => checked = true,
                Ok(_) => {
                    return Err(Error::new(
                        ErrorCode::MessageBodyMismatch,
                        format_args!(
                            "the body is not the one of which Content-Digest has the {}",
                            algorithm.name()
                        ),
                    ));
                }
                Err(error) => needed = Some(error),
            }
        }
        match needed {
            Some(error) if !checked => Err(error),
            _ => Ok(checked),
        }
    }
}

/// The field for a body.
///
/// # Errors
/// `MessageBodyNeeded`.
pub(crate) fn write(body: &Body, algorithms: &[ContentDigestAlgorithm]) -> Result<String, Error> {
    let digest = |algorithm: &ContentDigestAlgorithm| {
        let digest = body.digest(algorithm.digest())?;
        Ok(format!("{}=:{}:", algorithm.name(), Base64::encode_string(&digest)))
    };
    let digests: Vec<String> = algorithms.iter().map(digest).collect::<Result<_, Error>>()?;
    Ok(digests.join(", "))
}
