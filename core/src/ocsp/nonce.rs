//! The nonce that ties a response to its request (RFC 9654).

use alloc::vec::Vec;

use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;
use der::{Decode, Encode, asn1::OctetString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use x509_cert::ext::Extension;

use crate::{base64url::Base64Url, error::Error};

/// The octets of the longest nonce (RFC 9654 section 2.1).
pub const MAX_NONCE: usize = 128;

/// A nonce of 1 to 128 octets, base64url on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(Vec<u8>);

impl Nonce {
    /// Takes the octets; none if there are none or too many.
    #[must_use]
    pub fn new(octets: &[u8]) -> Option<Self> {
        (1..=MAX_NONCE).contains(&octets.len()).then(|| Self(octets.to_vec()))
    }

    /// The nonce in an extension, if it is one that a responder must accept.
    pub(super) fn from_extension(extension: &Extension) -> Option<Self> {
        OctetString::from_der(extension.extn_value.as_bytes())
            .ok()
            .and_then(|value| Self::new(value.as_bytes()))
    }

    pub(super) fn to_extension(&self) -> Result<Extension, Error> {
        let value = OctetString::new(self.0.as_slice())?.to_der()?;
        Ok(Extension { extn_id: ID_PKIX_OCSP_NONCE, critical: false, extn_value: OctetString::new(value)? })
    }
}

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Base64Url(self.0.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let octets = Base64Url::deserialize(deserializer)?;
        Self::new(&octets.0).ok_or_else(|| {
            de::Error::custom(format_args!(
                "found a nonce of {} octets, wanted 1 to {MAX_NONCE}",
                octets.0.len()
            ))
        })
    }
}
