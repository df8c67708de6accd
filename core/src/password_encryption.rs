//! Encryption under a password: PKCS#5 (RFC 8018) and the schemes of PKCS#12 (RFC 7292 appendix C).
//!
//! Everything that was ever common can be opened; what is sealed is AES-256-CBC under PBKDF2 or scrypt.

mod cipher;
mod pbes1;
mod pbes2;
pub(crate) mod pkcs12_derivation;
pub(crate) mod work;

use alloc::vec::Vec;

use der::asn1::{AnyRef, ObjectIdentifier};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorCode},
    password::Password,
};

pub(crate) use cipher::Cipher;
pub(crate) use pbes1::Parameters as Pbes1Parameters;
pub use pbes2::Derivation;
pub(crate) use pbes2::{MAX_SEALING_ITERATIONS, PBMAC1, pbmac1_key, seal};
pub(crate) use work::Work;

/// Decrypts what a password protects. `plausible` says whether octets can be what was encrypted: a wrong key is
/// found by its padding in 255 cases of 256 only.
///
/// # Errors
/// `KeyEncryptionRefused` for a scheme that is unknown or malformed, `KeyDerivationTooCostly`, and `KeyPasswordWrong`.
pub(crate) fn open(
    identifier: &AlgorithmIdentifierRef<'_>,
    password: &Password,
    ciphertext: &[u8],
    work: &mut Work,
    plausible: fn(&[u8]) -> bool,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let opened = match identifier.oid {
        pbes2::PBES2 => pbes2::open(identifier.parameters, password, ciphertext, work, plausible)?,
        oid => match Pkcs12Scheme::of(oid) {
            Some(scheme) => scheme.open(identifier.parameters, password, ciphertext, work, plausible)?,
            None => pbes1::open(identifier, password, ciphertext, work)?.filter(|opened| plausible(opened)),
        },
    };
    opened.ok_or_else(password_wrong)
}

/// The name of a scheme for people; its number where it has none.
pub(crate) fn name(identifier: &AlgorithmIdentifierRef<'_>) -> alloc::string::String {
    crate::inspect::algorithm_name(identifier.oid)
}

pub(crate) fn password_wrong() -> Error {
    Error::new(ErrorCode::KeyPasswordWrong, "the password does not open it")
}

pub(crate) fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::KeyEncryptionRefused, detail)
}

/// The parameters of a scheme, read as `T`.
fn parameters<'a, T>(parameters: Option<AnyRef<'a>>, name: &str) -> Result<T, Error>
where
    T: der::Choice<'a> + der::DecodeValue<'a, Error = der::Error>,
{
    parameters
        .and_then(|parameters| parameters.decode_as().ok())
        .ok_or_else(|| refused(format_args!("found parameters that are no {name}")))
}

/// The schemes of RFC 7292 appendix C: a key and an initialization vector by the derivation of appendix B.
#[derive(Clone, Copy)]
struct Pkcs12Scheme {
    cipher: Cipher,
    key_octets: usize,
}

impl Pkcs12Scheme {
    /// `pbeWithSHAAnd…`, the last arc of 1.2.840.113549.1.12.1; without RC4, which nobody writes.
    fn of(oid: ObjectIdentifier) -> Option<Self> {
        let known = [
            ("1.2.840.113549.1.12.1.3", Cipher::TRIPLE_DES, 24),
            ("1.2.840.113549.1.12.1.4", Cipher::TRIPLE_DES, 16),
            ("1.2.840.113549.1.12.1.5", Cipher::Rc2 { effective_bits: 128 }, 16),
            ("1.2.840.113549.1.12.1.6", Cipher::Rc2 { effective_bits: 40 }, 5),
        ];
        let (_, cipher, key_octets) =
            known.into_iter().find(|(known, ..)| oid == ObjectIdentifier::new_unwrap(known))?;
        Some(Self { cipher, key_octets })
    }

    fn open(
        self,
        found: Option<AnyRef<'_>>,
        password: &Password,
        ciphertext: &[u8],
        work: &mut Work,
        plausible: fn(&[u8]) -> bool,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        use pkcs12_derivation::{Purpose, derive};
        let pbes1::Parameters { salt, iterations } = parameters(found, "pkcs-12PbeParams")?;
        let (salt, digest) = (salt.as_bytes(), crate::algorithm::DigestAlgorithm::Sha1);
        let block = self.cipher.block_octets();
        for form in password.bmp_forms() {
            let mut make = |purpose, octets| derive(digest, &form, salt, iterations, purpose, octets, work);
            let mut key = make(Purpose::Encryption, self.key_octets)?;
            let iv = make(Purpose::InitializationVector, block)?;
            // Triple DES with two keys: the first is the third.
            if self.key_octets == 16 && self.cipher == Cipher::TRIPLE_DES {
                let mut three = Zeroizing::new(Vec::with_capacity(24));
                three.extend_from_slice(&key);
                three.extend(key.iter().take(8));
                key = three;
            }
            let opened = self.cipher.decrypt(&key, &iv, ciphertext).filter(|opened| plausible(opened));
            if opened.is_some() {
                return Ok(opened);
            }
        }
        Ok(None)
    }
}
