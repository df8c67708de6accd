//! EncryptedPrivateKeyInfo (RFC 5958 section 3).

use alloc::vec::Vec;

use der::{Decode, Encode, Sequence, asn1::OctetStringRef};
use pkcs8::PrivateKeyInfoRef;
use rand_core::Rng;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::PrivateKey;
use crate::{
    error::{Error, ErrorCode},
    password::Password,
    password_encryption::{self, Derivation, Work},
};

/// An encrypted private key.
#[derive(Clone, Copy, Debug, Sequence)]
pub(crate) struct EncryptedPrivateKeyInfo<'a> {
    /// How it is encrypted.
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    /// The encrypted PrivateKeyInfo.
    pub(crate) encrypted: &'a OctetStringRef,
}

impl EncryptedPrivateKeyInfo<'_> {
    /// The PrivateKeyInfo in DER.
    ///
    /// # Errors
    /// `KeyPasswordWrong`, `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
    pub(crate) fn open(&self, password: &Password, work: &mut Work) -> Result<Zeroizing<Vec<u8>>, Error> {
        let plausible = |der: &[u8]| PrivateKeyInfoRef::from_der(der).is_ok();
        password_encryption::open(&self.algorithm, password, self.encrypted.as_bytes(), work, plausible)
    }
}

/// Encrypts a key; the result is DER.
///
/// # Errors
/// `FieldInvalid` for a password or a count of iterations that is refused.
pub(crate) fn seal(
    key: &PrivateKey,
    password: &Password,
    derivation: Derivation,
    iterations: Option<u32>,
    rng: &mut impl Rng,
) -> Result<Vec<u8>, Error> {
    password.check()?;
    let plaintext = key.to_pkcs8()?;
    let (algorithm, encrypted) =
        password_encryption::seal(derivation, iterations, password, plaintext.as_bytes(), rng)?;
    let algorithm = algorithm.to_der()?;
    let info = EncryptedPrivateKeyInfo {
        algorithm: AlgorithmIdentifierRef::from_der(&algorithm)?,
        encrypted: OctetStringRef::new(&encrypted)?,
    };
    Ok(info.to_der()?)
}

/// What to say where there is no password for something encrypted.
pub(crate) fn password_missing() -> Error {
    Error::new(ErrorCode::KeyPasswordMissing, "found an encrypted private key and no password")
}
