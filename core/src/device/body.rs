//! The body of a message: whole, or as the digests that somebody took of it while it went by.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::invalid;
use crate::{
    algorithm::DigestAlgorithm,
    base64url::Base64Url,
    error::{Error, ErrorCode},
};

/// Digests of a body, by the names of the registry of RFC 9530. Those that the message may ask for have to be there.
///
/// A bare signature, and CMS without signed attributes, is over the body itself. Who gives digests for these sees to it that
/// the body is not a SET of attributes in DER, which is what the signature of another message may be over; one that does not
/// begin with the octet 0x31 is none. Of a body that is here, the engine sees to it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Digests {
    /// SHA-256.
    #[serde(rename = "sha-256", skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Base64Url>,
    /// SHA-384.
    #[serde(rename = "sha-384", skip_serializing_if = "Option::is_none")]
    pub sha384: Option<Base64Url>,
    /// SHA-512.
    #[serde(rename = "sha-512", skip_serializing_if = "Option::is_none")]
    pub sha512: Option<Base64Url>,
    /// SHA-1, for old devices' CMS alone.
    #[serde(rename = "sha", skip_serializing_if = "Option::is_none")]
    pub sha1: Option<Base64Url>,
}

/// The body.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Whole(Vec<u8>),
    Digests(Digests),
}

impl Body {
    /// The one of the two that is there. A message without a body has an empty one, and it is said.
    ///
    /// # Errors
    /// `FieldInvalid` unless it is exactly one, or for a digest that is none.
    pub(crate) fn read(body: Option<Base64Url>, digests: Option<Digests>) -> Result<Self, Error> {
        match (body, digests) {
            (Some(body), None) => Ok(Self::Whole(body.0)),
            (None, Some(digests)) => digests.check().map(Self::Digests).map_err(|error| error.within("digests")),
            (Some(_), Some(_)) => Err(invalid("found both body and digests, wanted one of them").at("digests")),
            (None, None) => Err(invalid(
                "found neither body nor digests, wanted one of them; a message without a body has an empty one",
            )
            .at("body")),
        }
    }

    /// A digest of it.
    ///
    /// # Errors
    /// `MessageBodyNeeded` if neither the body nor this digest is there.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        match self {
            Self::Whole(body) => Ok(algorithm.digest(body)),
            Self::Digests(digests) => match digests.get(algorithm) {
                Some(digest) => Ok(digest.0.clone()),
                None => Err(needed(format_args!(
                    "the signature is over the {algorithm:?} of the body, which is not among the digests"
                ))),
            },
        }
    }

    /// The whole of it.
    ///
    /// # Errors
    /// `MessageBodyNeeded` if only digests are there.
    pub(crate) fn whole(&self) -> Result<&[u8], Error> {
        match self {
            Self::Whole(body) => Ok(body),
            Self::Digests(_) => {
                Err(needed("the signature is over the body itself, and only digests of it are here"))
            }
        }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_empty(),
            Self::Digests(digests) => {
                digests.all().any(|(algorithm, digest)| digest.0 == algorithm.digest(b""))
            }
        }
    }
}

impl Digests {
    fn all(&self) -> impl Iterator<Item = (DigestAlgorithm, &Base64Url)> {
        [
            (DigestAlgorithm::Sha256, &self.sha256),
            (DigestAlgorithm::Sha384, &self.sha384),
            (DigestAlgorithm::Sha512, &self.sha512),
            (DigestAlgorithm::Sha1, &self.sha1),
        ]
        .into_iter()
        .filter_map(|(algorithm, digest)| Some((algorithm, digest.as_ref()?)))
    }

    /// Adds one that somebody states; of two by one algorithm the last.
    ///
    /// # Errors
    /// `FieldInvalid` if it is none of that algorithm.
    pub(crate) fn state(&mut self, algorithm: DigestAlgorithm, octets: &[u8]) -> Result<(), Error> {
        let place = match algorithm {
            DigestAlgorithm::Sha256 => &mut self.sha256,
            DigestAlgorithm::Sha384 => &mut self.sha384,
            DigestAlgorithm::Sha512 => &mut self.sha512,
            DigestAlgorithm::Sha1 => &mut self.sha1,
            DigestAlgorithm::Md5 => return Ok(()),
        };
        *place = Some(Base64Url(octets.to_vec()));
        self.clone().check().map(drop)
    }

    fn get(&self, wanted: DigestAlgorithm) -> Option<&Base64Url> {
        self.all().find(|(algorithm, _)| *algorithm == wanted).map(|(_, digest)| digest)
    }

    fn check(self) -> Result<Self, Error> {
        let wrong = self.all().find(|(algorithm, digest)| digest.0.len() != algorithm.digest(b"").len());
        match wrong {
            Some((algorithm, digest)) => {
                Err(invalid(format_args!("found a {algorithm:?} of {} octets", digest.0.len())))
            }
            None if self.all().next().is_none() => Err(invalid("found no digest, wanted one at least")),
            None => Ok(self),
        }
    }
}

fn needed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageBodyNeeded, detail)
}
