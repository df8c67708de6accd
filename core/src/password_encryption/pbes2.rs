//! PBES2 (RFC 8018 section 6.2) with PBKDF2 (section 5.2) or scrypt (RFC 7914), and the key of PBMAC1 (section 7.1).

use alloc::vec::Vec;

use der::{
    Any, Decode, Encode, Sequence,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use pbkdf2::pbkdf2_hmac;
use rand_core::Rng;
use serde::{Deserialize, Serialize};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use zeroize::Zeroizing;

use super::{Cipher, Work, work};
use crate::{
    cms::content_encryption::ContentCipher,
    error::{Error, ErrorCode},
    password::{Password, PasswordOctets},
};

pub(super) const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
/// PBMAC1 (RFC 8018 section 7.1).
pub(crate) const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.4.11");

/// What is sealed can be opened: a derivation of AES-256 keys may cost this much.
pub(crate) const MAX_SEALING_ITERATIONS: u32 = 1_000_000;
/// The count of OWASP's password storage cheat sheet for PBKDF2-HMAC-SHA256.
const DEFAULT_ITERATIONS: u32 = 600_000;
/// The most costly of OWASP's parameters for scrypt that OpenSSL opens: it stops at 32 MiB.
const SCRYPT_COST: ScryptCost = ScryptCost { log_n: 14, block: 8, parallel: 5 };
const SALT_OCTETS: usize = 16;

struct ScryptCost {
    log_n: u8,
    block: u32,
    parallel: u32,
}

/// The parameters of PBES2 and, with a MAC in place of the cipher, those of PBMAC1.
#[derive(Sequence)]
struct Parameters<'a> {
    derivation: AlgorithmIdentifierRef<'a>,
    scheme: AlgorithmIdentifierRef<'a>,
}

#[derive(Sequence)]
struct Pbkdf2Parameters<'a> {
    salt: &'a OctetStringRef,
    iterations: u32,
    #[asn1(optional = "true")]
    key_octets: Option<u32>,
    #[asn1(optional = "true")]
    prf: Option<AlgorithmIdentifierRef<'a>>,
}

/// RFC 7914 section 7.1.
#[derive(Sequence)]
struct ScryptParameters<'a> {
    salt: &'a OctetStringRef,
    cost: u64,
    block: u32,
    parallel: u32,
    #[asn1(optional = "true")]
    key_octets: Option<u32>,
}

/// The pseudo-random functions of PBKDF2 (RFC 8018 appendix B.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prf {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Prf {
    const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");

    fn read(identifier: Option<&AlgorithmIdentifierRef<'_>>) -> Result<Self, Error> {
        let Some(identifier) = identifier else { return Ok(Self::Sha1) };
        let known = [
            ("1.2.840.113549.2.7", Self::Sha1),
            ("1.2.840.113549.2.8", Self::Sha224),
            ("1.2.840.113549.2.9", Self::Sha256),
            ("1.2.840.113549.2.10", Self::Sha384),
            ("1.2.840.113549.2.11", Self::Sha512),
        ];
        let found = known.iter().find(|(oid, _)| identifier.oid == ObjectIdentifier::new_unwrap(oid));
        found.map(|(_, prf)| *prf).ok_or_else(|| {
            super::refused(format_args!(
                "found the pseudo-random function {}, wanted HMAC with SHA-1 or SHA-2",
                super::name(identifier)
            ))
        })
    }

    const fn octets(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
        match self {
            Self::Sha1 => pbkdf2_hmac::<sha1::Sha1>(password, salt, iterations, key),
            Self::Sha224 => pbkdf2_hmac::<sha2::Sha224>(password, salt, iterations, key),
            Self::Sha256 => pbkdf2_hmac::<sha2::Sha256>(password, salt, iterations, key),
            Self::Sha384 => pbkdf2_hmac::<sha2::Sha384>(password, salt, iterations, key),
            Self::Sha512 => pbkdf2_hmac::<sha2::Sha512>(password, salt, iterations, key),
        }
    }
}

/// Decrypts; nothing if neither form of the password gives something plausible.
///
/// # Errors
/// `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
pub(super) fn open(
    parameters: Option<AnyRef<'_>>,
    password: &Password,
    ciphertext: &[u8],
    work: &mut Work,
    plausible: fn(&[u8]) -> bool,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let parameters: Parameters<'_> = super::parameters(parameters, "PBES2-params")?;
    let (cipher, iv) = Cipher::read(&parameters.scheme)?;
    let mut open = |form: &PasswordOctets| {
        let key = derive(&parameters.derivation, form, cipher, work)?;
        Ok(cipher.decrypt(&key, iv, ciphertext).filter(|opened| plausible(opened)))
    };
    match open(&password.utf8()) {
        Ok(None) if !password.is_empty() => {
            // NSS before 3.31 gave PBKDF2 a BMPString. Where there is no work left for it, it was not that.
            Ok(open(&password.bmp()).unwrap_or_else(|_: Error| None))
        }
        opened => opened,
    }
}

fn derive(
    derivation: &AlgorithmIdentifierRef<'_>,
    password: &[u8],
    cipher: Cipher,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let octets = |named: Option<u32>| match named.and_then(|octets| usize::try_from(octets).ok()) {
        None => Ok(cipher.key_octets()),
        Some(octets) if cipher.takes_key(octets) => Ok(octets),
        Some(octets) => Err(super::refused(format_args!("found a key of {octets} octets for its cipher"))),
    };
    match derivation.oid {
        PBKDF2 => {
            let parameters: Pbkdf2Parameters<'_> = super::parameters(derivation.parameters, "PBKDF2-params")?;
            derive_pbkdf2(&parameters, password, octets(parameters.key_octets)?, work)
        }
        SCRYPT => {
            let parameters: ScryptParameters<'_> = super::parameters(derivation.parameters, "scrypt-params")?;
            derive_scrypt(&parameters, password, octets(parameters.key_octets)?, work)
        }
        _ => Err(super::refused(format_args!(
            "found the key derivation {}, wanted PBKDF2 or scrypt",
            super::name(derivation)
        ))),
    }
}

fn derive_pbkdf2(
    parameters: &Pbkdf2Parameters<'_>,
    password: &[u8],
    octets: usize,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let prf = Prf::read(parameters.prf.as_ref())?;
    let salt = parameters.salt.as_bytes();
    let blocks = u64::try_from(octets.div_ceil(prf.octets().max(1))).unwrap_or(u64::MAX);
    work.take(parameters.iterations.into(), work::HASHES_OF_HMAC, blocks, salt)?;
    let mut key = Zeroizing::new(alloc::vec![0; octets]);
    prf.pbkdf2(password, salt, parameters.iterations, &mut key);
    Ok(key)
}

fn derive_scrypt(
    parameters: &ScryptParameters<'_>,
    password: &[u8],
    octets: usize,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (salt, block, parallel) = (parameters.salt.as_bytes(), parameters.block, parameters.parallel);
    let log_n = work.take_scrypt(parameters.cost, block.into(), parallel.into(), salt)?;
    scrypt_key(password, salt, &ScryptCost { log_n, block, parallel }, octets)
        .ok_or_else(|| super::refused("found parameters that scrypt does not have"))
}

fn scrypt_key(password: &[u8], salt: &[u8], cost: &ScryptCost, octets: usize) -> Option<Zeroizing<Vec<u8>>> {
    let parameters = scrypt::Params::new(cost.log_n, cost.block, cost.parallel).ok()?;
    let mut key = Zeroizing::new(alloc::vec![0; octets]);
    scrypt::scrypt(password, salt, &parameters, &mut key).ok()?;
    Some(key)
}

/// The octets of a key of HMAC: as many as SHA-1 gives, or who has no password guesses a short one (RFC 9579 section 5
/// wants as many as its hash has), and no more than are of any use.
const MAC_KEY: core::ops::RangeInclusive<u32> = 20..=128;

/// The key of PBMAC1 and the identifier of its MAC (RFC 9579 section 4).
///
/// # Errors
/// `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
pub(crate) fn pbmac1_key(
    parameters: Option<AnyRef<'_>>,
    password: &Password,
    work: &mut Work,
) -> Result<(Zeroizing<Vec<u8>>, ObjectIdentifier), Error> {
    let Parameters { derivation, scheme } = super::parameters(parameters, "PBMAC1-params")?;
    if derivation.oid != PBKDF2 {
        return Err(super::refused("found a key derivation of PBMAC1 that is not PBKDF2"));
    }
    let parameters: Pbkdf2Parameters<'_> = super::parameters(derivation.parameters, "PBKDF2-params")?;
    let octets = parameters.key_octets.filter(|octets| MAC_KEY.contains(octets));
    let octets = octets.and_then(|octets| usize::try_from(octets).ok()).ok_or_else(|| {
        let found = parameters.key_octets.unwrap_or_default();
        let (least, most) = (MAC_KEY.start(), MAC_KEY.end());
        super::refused(format_args!("found PBMAC1 with a key of {found} octets, wanted {least} to {most}"))
    })?;
    Ok((derive_pbkdf2(&parameters, &password.utf8(), octets, work)?, scheme.oid))
}

/// How a key comes of a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Derivation {
    /// PBKDF2 with HMAC-SHA256.
    #[default]
    #[serde(rename = "pbkdf2_sha256")]
    Pbkdf2Sha256,
    /// scrypt with 16 MiB of memory (N = 2^14, r = 8, p = 5).
    #[serde(rename = "scrypt")]
    Scrypt,
}

/// Encrypts under a password with AES-256-CBC; the identifier says how.
///
/// # Errors
/// `FieldInvalid` for a count of iterations that is not 1 to [`MAX_SEALING_ITERATIONS`], or one for scrypt.
pub(crate) fn seal(
    derivation: Derivation,
    iterations: Option<u32>,
    password: &Password,
    plaintext: &[u8],
    rng: &mut impl Rng,
) -> Result<(AlgorithmIdentifierOwned, Vec<u8>), Error> {
    let cipher = ContentCipher::Aes256Cbc;
    let (mut salt, mut iv) = ([0; SALT_OCTETS], alloc::vec![0; cipher.block_octets()]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut iv);
    let (derivation, key) = match (derivation, iterations) {
        (Derivation::Pbkdf2Sha256, iterations) => {
            seal_pbkdf2(&salt, iterations.unwrap_or(DEFAULT_ITERATIONS), password, cipher.key_octets())?
        }
        (Derivation::Scrypt, None) => seal_scrypt(&salt, password, cipher.key_octets())?,
        (Derivation::Scrypt, Some(_)) => {
            return Err(Error::new(ErrorCode::FieldInvalid, "found iterations for scrypt, which has none")
                .at("iterations"));
        }
    };
    let scheme = cipher.identifier(&iv)?;
    let scheme = scheme.to_der()?;
    let parameters = Parameters {
        derivation: AlgorithmIdentifierRef::from_der(&derivation)?,
        scheme: AlgorithmIdentifierRef::from_der(&scheme)?,
    };
    let identifier =
        AlgorithmIdentifierOwned { oid: PBES2, parameters: Some(Any::encode_from(&parameters)?) };
    Ok((identifier, cipher.encrypt(&key, &iv, plaintext)?))
}

fn seal_pbkdf2(
    salt: &[u8],
    iterations: u32,
    password: &Password,
    octets: usize,
) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Error> {
    if !(1..=MAX_SEALING_ITERATIONS).contains(&iterations) {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found {iterations} iterations, wanted 1 to {MAX_SEALING_ITERATIONS}"),
        )
        .at("iterations"));
    }
    let mut key = Zeroizing::new(alloc::vec![0; octets]);
    Prf::Sha256.pbkdf2(&password.utf8(), salt, iterations, &mut key);
    let prf = AlgorithmIdentifierRef { oid: Prf::HMAC_SHA256, parameters: Some(AnyRef::NULL) };
    let salt = OctetStringRef::new(salt)?;
    let parameters = Pbkdf2Parameters { salt, iterations, key_octets: None, prf: Some(prf) };
    Ok((derivation_identifier(PBKDF2, &parameters)?, key))
}

fn seal_scrypt(
    salt: &[u8],
    password: &Password,
    octets: usize,
) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Error> {
    let key = scrypt_key(&password.utf8(), salt, &SCRYPT_COST, octets)
        .ok_or_else(|| Error::new(ErrorCode::EncodingFailed, "scrypt refused its parameters"))?;
    let parameters = ScryptParameters {
        salt: OctetStringRef::new(salt)?,
        cost: 1_u64 << SCRYPT_COST.log_n,
        block: SCRYPT_COST.block,
        parallel: SCRYPT_COST.parallel,
        key_octets: None,
    };
    Ok((derivation_identifier(SCRYPT, &parameters)?, key))
}

fn derivation_identifier(oid: ObjectIdentifier, parameters: &impl Encode) -> Result<Vec<u8>, Error> {
    let parameters = parameters.to_der()?;
    let parameters = AnyRef::from_der(&parameters)?;
    Ok(AlgorithmIdentifierRef { oid, parameters: Some(parameters) }.to_der()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn reference(identifier: &AlgorithmIdentifierOwned) -> AlgorithmIdentifierRef<'_> {
        AlgorithmIdentifierRef {
            oid: identifier.oid,
            parameters: identifier.parameters.as_ref().map(Into::into),
        }
    }

    #[test]
    fn what_is_sealed_opens_with_its_password_alone() {
        let (right, wrong) = (Password::new("right".into()), Password::new("wrong".into()));
        for (derivation, iterations) in [(Derivation::Pbkdf2Sha256, Some(3)), (Derivation::Scrypt, None)] {
            let mut rng = ChaCha20Rng::from_seed([7; 32]);
            let (identifier, sealed) = seal(derivation, iterations, &right, b"0 secret", &mut rng).unwrap();
            let open = |password| {
                super::super::open(&reference(&identifier), password, &sealed, &mut Work::new(), |octets| {
                    octets.first() == Some(&b'0')
                })
            };
            assert_eq!(*open(&right).unwrap(), b"0 secret");
            assert_eq!(open(&wrong).unwrap_err().code, ErrorCode::KeyPasswordWrong);
        }
    }

    /// A key of one octet is guessed with one file in 256.
    #[test]
    fn a_key_of_a_mac_has_the_length_of_a_hash() {
        let key = |key_octets| {
            let (salt, prf) = (OctetStringRef::new(&[7; 8]).unwrap(), None);
            let derivation = Pbkdf2Parameters { salt, iterations: 1, key_octets, prf };
            let derivation = derivation_identifier(PBKDF2, &derivation).unwrap();
            let scheme = AlgorithmIdentifierRef { oid: Prf::HMAC_SHA256, parameters: Some(AnyRef::NULL) };
            let derivation = AlgorithmIdentifierRef::from_der(&derivation).unwrap();
            let parameters = Parameters { derivation, scheme }.to_der().unwrap();
            let parameters = AnyRef::from_der(&parameters).unwrap();
            let key = pbmac1_key(Some(parameters), &Password::new("p".into()), &mut Work::new());
            key.map(|(key, _)| key.len()).map_err(|error| error.code)
        };
        for octets in [20, 32, 128] {
            assert_eq!(key(Some(octets)), Ok(usize::try_from(octets).unwrap()));
        }
        for octets in [None, Some(0), Some(1), Some(19), Some(129)] {
            assert_eq!(key(octets), Err(ErrorCode::KeyEncryptionRefused), "{octets:?}");
        }
    }

    #[test]
    fn what_cannot_be_opened_is_not_sealed() {
        let seal = |derivation, iterations| {
            let mut rng = ChaCha20Rng::from_seed([7; 32]);
            seal(derivation, Some(iterations), &Password::new("p".into()), b"", &mut rng).unwrap_err().code
        };
        assert_eq!(seal(Derivation::Pbkdf2Sha256, 0), ErrorCode::FieldInvalid);
        assert_eq!(seal(Derivation::Pbkdf2Sha256, MAX_SEALING_ITERATIONS + 1), ErrorCode::FieldInvalid);
        assert_eq!(seal(Derivation::Scrypt, 1000), ErrorCode::FieldInvalid);
    }
}
