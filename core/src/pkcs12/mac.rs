//! MacData (RFC 7292 section 4), and PBMAC1 in its place (RFC 9579).

use alloc::vec::Vec;

use der::{
    Sequence,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use spki::AlgorithmIdentifierRef;
use subtle::ConstantTimeEq;

use super::malformed;
use crate::{
    algorithm::DigestAlgorithm,
    cms::digest,
    error::{Error, ErrorCode},
    password::Password,
    password_encryption::{
        PBMAC1, Work, name, pbmac1_key,
        pkcs12_derivation::{Purpose, derive},
        refused,
    },
};

/// The MAC over the content of a file.
#[derive(Sequence)]
pub(super) struct MacData<'a> {
    mac: DigestInfo<'a>,
    salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    iterations: u32,
}

/// RFC 8017 section 9.2, step 2.
#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: &'a OctetStringRef,
}

const fn one() -> u32 {
    1
}

/// What protected a file against changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MacName {
    /// HMAC-SHA1: old, and still sound.
    HmacSha1,
    /// HMAC-SHA256.
    HmacSha256,
    /// HMAC-SHA384.
    HmacSha384,
    /// HMAC-SHA512.
    HmacSha512,
    /// PBMAC1 (RFC 9579).
    Pbmac1,
}

impl<'a> MacData<'a> {
    /// The MAC that [`compute`] gave.
    pub(super) fn new(mac: &'a [u8], salt: &'a [u8], iterations: u32) -> Result<Self, Error> {
        Ok(Self {
            mac: DigestInfo {
                algorithm: digest::identifier(DigestAlgorithm::Sha256),
                digest: OctetStringRef::new(mac)?,
            },
            salt: OctetStringRef::new(salt)?,
            iterations,
        })
    }

    /// Checks the MAC with each form of the password.
    ///
    /// # Errors
    /// `KeystorePasswordWrong`, `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
    pub(super) fn check(
        &self,
        content: &[u8],
        password: &Password,
        work: &mut Work,
    ) -> Result<MacName, Error> {
        if self.mac.algorithm.oid == PBMAC1 {
            return self.check_pbmac1(content, password, work);
        }
        let (digest, name) = digest_of(&self.mac.algorithm)?;
        for form in password.bmp_forms() {
            let (salt, octets) = (self.salt.as_bytes(), digest.digest(&[]).len());
            let key = derive(digest, &form, salt, self.iterations, Purpose::Mac, octets, work)?;
            if self.is(&hmac(digest, &key, content)?) {
                return Ok(name);
            }
        }
        Err(password_wrong())
    }

    fn check_pbmac1(&self, content: &[u8], password: &Password, work: &mut Work) -> Result<MacName, Error> {
        let (key, mac) = pbmac1_key(self.mac.algorithm.parameters, password, work)?;
        let known = [
            ("1.2.840.113549.2.7", DigestAlgorithm::Sha1),
            ("1.2.840.113549.2.9", DigestAlgorithm::Sha256),
            ("1.2.840.113549.2.10", DigestAlgorithm::Sha384),
            ("1.2.840.113549.2.11", DigestAlgorithm::Sha512),
        ];
        let found = known.iter().find(|(oid, _)| mac == ObjectIdentifier::new_unwrap(oid));
        let (_, digest) = found.ok_or_else(|| {
            refused(format_args!(
                "found PBMAC1 with {mac}, wanted HMAC with SHA-1, SHA-256, SHA-384 or SHA-512"
            ))
        })?;
        match self.is(&hmac(*digest, &key, content)?) {
            true => Ok(MacName::Pbmac1),
            false => Err(password_wrong()),
        }
    }

    fn is(&self, mac: &[u8]) -> bool {
        self.mac.digest.as_bytes().ct_eq(mac).into()
    }
}

fn digest_of(identifier: &AlgorithmIdentifierRef<'_>) -> Result<(DigestAlgorithm, MacName), Error> {
    match DigestAlgorithm::from_oid(identifier.oid) {
        Ok(DigestAlgorithm::Sha1) => Ok((DigestAlgorithm::Sha1, MacName::HmacSha1)),
        Ok(DigestAlgorithm::Sha256) => Ok((DigestAlgorithm::Sha256, MacName::HmacSha256)),
        Ok(DigestAlgorithm::Sha384) => Ok((DigestAlgorithm::Sha384, MacName::HmacSha384)),
        Ok(DigestAlgorithm::Sha512) => Ok((DigestAlgorithm::Sha512, MacName::HmacSha512)),
        _ => Err(refused(format_args!(
            "found a MAC with {}, wanted SHA-1, SHA-256, SHA-384, SHA-512 or PBMAC1",
            name(identifier)
        ))),
    }
}

/// The MAC of what is written: HMAC-SHA256.
///
/// # Errors
/// `KeyDerivationTooCostly`.
pub(super) fn compute(
    content: &[u8],
    password: &Password,
    salt: &[u8],
    iterations: u32,
) -> Result<Vec<u8>, Error> {
    let digest = DigestAlgorithm::Sha256;
    let key = derive(digest, &password.bmp(), salt, iterations, Purpose::Mac, 32, &mut Work::new())?;
    hmac(digest, &key, content)
}

fn hmac(digest: DigestAlgorithm, key: &[u8], content: &[u8]) -> Result<Vec<u8>, Error> {
    fn with<M: Mac + KeyInit>(key: &[u8], content: &[u8]) -> Option<Vec<u8>> {
        let mac = <M as KeyInit>::new_from_slice(key).ok()?;
        Some(mac.chain_update(content).finalize().into_bytes().to_vec())
    }
    match digest {
        DigestAlgorithm::Md5 => None,
        DigestAlgorithm::Sha1 => with::<Hmac<sha1::Sha1>>(key, content),
        DigestAlgorithm::Sha256 => with::<Hmac<sha2::Sha256>>(key, content),
        DigestAlgorithm::Sha384 => with::<Hmac<sha2::Sha384>>(key, content),
        DigestAlgorithm::Sha512 => with::<Hmac<sha2::Sha512>>(key, content),
    }
    .ok_or_else(|| malformed("found a MAC that cannot be calculated"))
}

pub(super) fn password_wrong() -> Error {
    Error::new(ErrorCode::KeystorePasswordWrong, "the password is wrong, or the keystore was changed")
        .at("password")
}
