//! Private keys: generate, read and write PKCS#8, sign, decrypt.

use alloc::{boxed::Box, vec::Vec};
use core::convert::Infallible;

use chacha20::ChaCha20Rng;
use const_oid::db::rfc5912::RSA_ENCRYPTION;
use p256::elliptic_curve::Generate;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, PrivateKeyInfoRef, SecretDocument};
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};
use rsa::{
    Oaep, Pkcs1v15Encrypt, Pss, RsaPrivateKey, pkcs1, pkcs1::DecodeRsaPrivateKey, traits::PrivateKeyParts,
};
use sha2::{Digest, Sha256};
use signature::Signer;
use zeroize::Zeroizing;

use super::{KeyAlgorithm, PublicKey, public::pkcs1v15, rsa_key::bit_length};
use crate::{
    algorithm::{KeyTransport, SignatureAlgorithm, SignatureScheme},
    error::{Error, ErrorCode},
    ml_dsa::{MlDsa, MlDsaPrivateKey},
    pem,
    secret::Secret,
    seed::Seed,
};

/// The smallest modulus in bits that a key of one's own may have (NIST SP 800-131A).
pub const MIN_RSA_BITS: u32 = 2048;

/// A private key that this engine holds in its own memory; it is wiped when it is dropped.
pub struct PrivateKey {
    public: PublicKey,
    inner: Inner,
}

enum Inner {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    MlDsa(MlDsaPrivateKey),
}

impl PrivateKey {
    /// Makes a key from a seed; the same seed gives the same key.
    ///
    /// # Errors
    /// `KeyUnsupported` if the generator gives up, which it does not for these sizes.
    pub fn generate(algorithm: KeyAlgorithm, seed: &Seed) -> Result<Self, Error> {
        let mut generator = seed.generator(purpose(algorithm));
        let mut rsa = |bits| {
            RsaPrivateKey::new(&mut generator, bits).map(|key| Inner::Rsa(Box::new(key))).map_err(|_| {
                Error::new(ErrorCode::KeyUnsupported, format_args!("no RSA key of {bits} bits could be made"))
            })
        };
        let inner = match algorithm {
            KeyAlgorithm::Rsa2048 => rsa(2048)?,
            KeyAlgorithm::Rsa3072 => rsa(3072)?,
            KeyAlgorithm::Rsa4096 => rsa(4096)?,
            KeyAlgorithm::P256 => Inner::P256(p256::ecdsa::SigningKey::generate_from_rng(&mut generator)),
            KeyAlgorithm::P384 => Inner::P384(p384::ecdsa::SigningKey::generate_from_rng(&mut generator)),
            KeyAlgorithm::P521 => Inner::P521(p521::ecdsa::SigningKey::generate_from_rng(&mut generator)),
            KeyAlgorithm::Ed25519 => {
                Inner::Ed25519(ed25519_dalek::SigningKey::from_bytes(&secret(&mut generator)))
            }
            KeyAlgorithm::MlDsa44 => ml_dsa(MlDsa::MlDsa44, &mut generator)?,
            KeyAlgorithm::MlDsa65 => ml_dsa(MlDsa::MlDsa65, &mut generator)?,
            KeyAlgorithm::MlDsa87 => ml_dsa(MlDsa::MlDsa87, &mut generator)?,
        };
        Self::from_inner(inner)
    }

    /// Reads an RSAPrivateKey in DER (RFC 8017 A.1.2): the one way in for RSA, whatever is around it.
    ///
    /// # Errors
    /// `KeyMalformed`, `KeyTooSmall`, `KeyUnsupported`.
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, Error> {
        let parts = pkcs1::RsaPrivateKeyRef::try_from(der)
            .map_err(|_| Error::new(ErrorCode::KeyMalformed, "the RSA private key is not one of RFC 8017"))?;
        let bits = bit_length(parts.modulus.as_bytes());
        if bits < MIN_RSA_BITS {
            return Err(Error::new(
                ErrorCode::KeyTooSmall,
                format_args!("found an RSA key of {bits} bits, wanted at least {MIN_RSA_BITS}"),
            ));
        }
        let key = RsaPrivateKey::from_pkcs1_der(der).map_err(|_| {
            Error::new(
                ErrorCode::KeyUnsupported,
                format_args!(
                    "found an RSA key of {bits} bits that cannot be used, wanted a sound one up to 4096 bits"
                ),
            )
        })?;
        Self::from_inner(Inner::Rsa(Box::new(key)))
    }

    /// Reads a PEM block `PRIVATE KEY` (PKCS#8, RFC 5958).
    ///
    /// # Errors
    /// `PemMalformed`, and those of [`Self::from_pkcs8`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let der = Zeroizing::new(pem::decode(text, &["PRIVATE KEY"])?);
        Self::from_pkcs8(&der)
    }

    /// Reads PKCS#8 in DER; ML-DSA in any of the forms of RFC 9881 section 6. An RSA key that is for RSASSA-PSS alone (RFC 4055 section 3.1) is refused: it would lose its
    /// restriction here.
    ///
    /// # Errors
    /// `KeyMalformed`, `KeyTooSmall`, `KeyUnsupported`.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let info = PrivateKeyInfoRef::try_from(der)
            .map_err(|_| Error::new(ErrorCode::KeyMalformed, "the private key is not PKCS#8"))?;
        if info.algorithm.oid == RSA_ENCRYPTION {
            return Self::from_pkcs1(info.private_key.as_bytes());
        }
        if let Some(set) = MlDsa::from_oid(info.algorithm.oid) {
            return Self::from_inner(Inner::MlDsa(MlDsaPrivateKey::from_pkcs8(set, &info)?));
        }
        let inner = if let Ok(key) = p256::ecdsa::SigningKey::try_from(info.clone()) {
            Inner::P256(key)
        } else if let Ok(key) = p384::ecdsa::SigningKey::try_from(info.clone()) {
            Inner::P384(key)
        } else if let Ok(key) = p521::ecdsa::SigningKey::try_from(info.clone()) {
            Inner::P521(key)
        } else if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_der(der) {
            Inner::Ed25519(key)
        } else {
            return Err(Error::new(
                ErrorCode::KeyUnsupported,
                format_args!(
                    "found a private key of the algorithm {} that cannot be used, wanted RSA (rsaEncryption) up to 4096 bits, P-256, P-384, P-521, Ed25519 or ML-DSA",
                    info.algorithm.oid
                ),
            ));
        };
        Self::from_inner(inner)
    }

    /// The key as a PEM block `PRIVATE KEY`, not encrypted.
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub fn to_pem(&self) -> Result<Secret, Error> {
        pem::encode("PRIVATE KEY", self.to_pkcs8()?.as_bytes()).map(Secret::new)
    }

    /// The key in PKCS#8 (RFC 5958), not encrypted.
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn to_pkcs8(&self) -> Result<SecretDocument, Error> {
        match &self.inner {
            Inner::Rsa(key) => key.to_pkcs8_der(),
            Inner::P256(key) => key.to_pkcs8_der(),
            Inner::P384(key) => key.to_pkcs8_der(),
            Inner::P521(key) => key.to_pkcs8_der(),
            // Without the public half (RFC 8410 section 7), because OpenSSL 3.0 does not read the version with it.
            Inner::Ed25519(key) => {
                ed25519_dalek::pkcs8::KeypairBytes { secret_key: key.to_bytes(), public_key: None }
                    .to_pkcs8_der()
            }
            Inner::MlDsa(key) => key.to_pkcs8(),
        }
        .map_err(unencodable)
    }

    /// The public half.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message`; the result is in the form that certificates and messages carry (ECDSA in DER).
    ///
    /// ECDSA is deterministic (RFC 6979), and so is ML-DSA (FIPS 204 3.4); RSA is blinded from a stream that depends on key and message.
    ///
    /// # Errors
    /// `KeyUnfit` if the scheme is not one for this kind of key.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.sign_blinded(scheme, message, &[])
    }

    /// The same signature, its blinding made from `fresh` as well.
    pub(crate) fn sign_blinded(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        fresh: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let signature = match (&self.inner, scheme) {
            (
                Inner::Rsa(key),
                SignatureScheme::RsaPkcs1Sha256
                | SignatureScheme::RsaPkcs1Sha384
                | SignatureScheme::RsaPkcs1Sha512,
            ) => {
                let digest = scheme.algorithm().digest().unwrap_or(crate::algorithm::DigestAlgorithm::Sha256);
                let hash = digest.digest(message);
                key.sign_with_rng(&mut blinding(key, &hash, fresh), pkcs1v15(digest), &hash).ok()
            }
            (
                Inner::Rsa(key),
                SignatureScheme::RsaPssSha256 | SignatureScheme::RsaPssSha384 | SignatureScheme::RsaPssSha512,
            ) => sign_pss(key, scheme, message, fresh),
            (Inner::P256(key), SignatureScheme::EcdsaP256Sha256) => {
                let signature: Result<p256::ecdsa::DerSignature, _> = key.try_sign(message);
                signature.ok().map(|signature| signature.as_bytes().to_vec())
            }
            (Inner::P384(key), SignatureScheme::EcdsaP384Sha384) => {
                let signature: Result<p384::ecdsa::DerSignature, _> = key.try_sign(message);
                signature.ok().map(|signature| signature.as_bytes().to_vec())
            }
            (Inner::P521(key), SignatureScheme::EcdsaP521Sha512) => {
                let signature: Result<p521::ecdsa::DerSignature, _> = key.try_sign(message);
                signature.ok().map(|signature| signature.as_bytes().to_vec())
            }
            (Inner::Ed25519(key), SignatureScheme::Ed25519) => Some(key.sign(message).to_vec()),
            (Inner::MlDsa(key), _)
                if scheme.algorithm() == SignatureAlgorithm::MlDsa(key.parameter_set()) =>
            {
                key.sign(message)
            }
            _ => None,
        };
        signature.ok_or_else(|| self.unfit(format_args!("sign with {scheme:?}")))
    }

    /// Decrypts a content-encryption key; `None` if the padding is wrong.
    ///
    /// # Errors
    /// `KeyUnfit` if this is no RSA key.
    pub fn decrypt(
        &self,
        transport: KeyTransport,
        encrypted: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.decrypt_blinded(transport, encrypted, &[])
    }

    /// The same plaintext, its blinding made from `fresh` as well.
    pub(crate) fn decrypt_blinded(
        &self,
        transport: KeyTransport,
        encrypted: &[u8],
        fresh: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let Inner::Rsa(key) = &self.inner else {
            return Err(self.unfit("decrypt"));
        };
        let mut generator = blinding(key, encrypted, fresh);
        let decrypted = match transport {
            KeyTransport::RsaPkcs1 => key.decrypt_blinded(&mut generator, Pkcs1v15Encrypt, encrypted),
            KeyTransport::RsaOaepSha1 => {
                key.decrypt_blinded(&mut generator, Oaep::<sha1::Sha1>::new(), encrypted)
            }
            KeyTransport::RsaOaepSha256 => {
                key.decrypt_blinded(&mut generator, Oaep::<sha2::Sha256>::new(), encrypted)
            }
        };
        Ok(decrypted.ok().map(Zeroizing::new))
    }

    fn from_inner(inner: Inner) -> Result<Self, Error> {
        let spki = match &inner {
            Inner::Rsa(key) => key.to_public_key().to_public_key_der(),
            Inner::P256(key) => key.verifying_key().to_public_key_der(),
            Inner::P384(key) => key.verifying_key().to_public_key_der(),
            Inner::P521(key) => key.verifying_key().to_public_key_der(),
            Inner::Ed25519(key) => key.verifying_key().to_public_key_der(),
            Inner::MlDsa(key) => key.to_public_key_der(),
        }
        .map_err(unencodable)?;
        Ok(Self { public: PublicKey::from_spki(spki.as_bytes())?, inner })
    }

    fn unfit(&self, use_: impl core::fmt::Display) -> Error {
        Error::new(ErrorCode::KeyUnfit, format_args!("a {} key cannot {use_}", self.public.kind()))
    }
}

/// A purpose for each algorithm: one seed used for two must not give keys that share their secret.
const fn purpose(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa2048 => "generate_key rsa-2048",
        KeyAlgorithm::Rsa3072 => "generate_key rsa-3072",
        KeyAlgorithm::Rsa4096 => "generate_key rsa-4096",
        KeyAlgorithm::P256 => "generate_key p256",
        KeyAlgorithm::P384 => "generate_key p384",
        KeyAlgorithm::P521 => "generate_key p521",
        KeyAlgorithm::Ed25519 => "generate_key ed25519",
        KeyAlgorithm::MlDsa44 => "generate_key ml-dsa-44",
        KeyAlgorithm::MlDsa65 => "generate_key ml-dsa-65",
        KeyAlgorithm::MlDsa87 => "generate_key ml-dsa-87",
    }
}

fn ml_dsa(set: MlDsa, generator: &mut ChaCha20Rng) -> Result<Inner, Error> {
    MlDsaPrivateKey::from_seed(set, &secret(generator)).map(Inner::MlDsa)
}

/// All that is random of a key of Ed25519 or ML-DSA.
fn secret(generator: &mut ChaCha20Rng) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new([0; 32]);
    generator.fill_bytes(secret.as_mut());
    secret
}

/// Blinding hides the key from who can time the operation. It must be unpredictable to others, not random:
/// the private exponent, the input and what is fresh in the call make it so, and the result stays the same bytes.
fn blinding(key: &RsaPrivateKey, input: &[u8], fresh: &[u8]) -> ChaCha20Rng {
    let mut hash = Sha256::new();
    hash.update(Zeroizing::new(key.d().to_be_bytes()));
    hash.update(Sha256::digest(fresh));
    hash.update(input);
    let key = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
    ChaCha20Rng::from_seed(*key)
}

/// RSASSA-PSS (RFC 8017 section 8.1.1). The salt is made from key and message alone, the blinding from what is fresh
/// as well: whoever holds the key, and whatever the call's seed, it is the same signature.
fn sign_pss(key: &RsaPrivateKey, scheme: SignatureScheme, message: &[u8], fresh: &[u8]) -> Option<Vec<u8>> {
    let hash = scheme.algorithm().digest()?.digest(message);
    let mut generator = SaltAndBlinding {
        salt: Some(blinding(key, &[b"pss salt".as_slice(), &hash].concat(), &[])),
        blinding: blinding(key, &hash, fresh),
    };
    let signature = match scheme {
        SignatureScheme::RsaPssSha384 => key.sign_with_rng(&mut generator, Pss::<sha2::Sha384>::new(), &hash),
        SignatureScheme::RsaPssSha512 => key.sign_with_rng(&mut generator, Pss::<sha2::Sha512>::new(), &hash),
        _ => key.sign_with_rng(&mut generator, Pss::<Sha256>::new(), &hash),
    };
    signature.ok()
}

/// Two streams one after the other: the library draws the salt, all of it at once, before it blinds.
struct SaltAndBlinding {
    salt: Option<ChaCha20Rng>,
    blinding: ChaCha20Rng,
}

impl TryRng for SaltAndBlinding {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.blinding.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.blinding.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        match self.salt.take() {
            Some(mut salt) => salt.try_fill_bytes(bytes),
            None => self.blinding.try_fill_bytes(bytes),
        }
    }
}

impl TryCryptoRng for SaltAndBlinding {}

fn unencodable(error: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::EncodingFailed, format_args!("the key could not be encoded: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{algorithm::DigestAlgorithm, testing};

    /// A ciphertext that comes again is blinded anew, as long as the call has a seed of its own.
    #[test]
    fn blinding_differs_by_key_input_and_call() {
        let first = |id: &str, input: &[u8], fresh: &[u8]| match testing::private_key(id).inner {
            Inner::Rsa(key) => blinding(&key, input, fresh).next_u64(),
            _ => panic!("no RSA key"),
        };
        let one = first("ra", b"a", b"seed");
        assert_eq!(one, first("ra", b"a", b"seed"));
        for other in [first("ra", b"a", b"Seed"), first("ra", b"b", b"seed"), first("root", b"a", b"seed")] {
            assert_ne!(one, other);
        }
    }

    /// Whoever is to use a key with RSASSA-PSS alone, or one of any size, does not find it as another key here.
    #[test]
    fn no_rsa_key_comes_in_by_another_name() {
        let key = testing::private_key("ra").to_pkcs8().unwrap();
        let info = PrivateKeyInfoRef::try_from(key.as_bytes()).unwrap();
        for oid in ["1.2.840.113549.1.1.10", "1.2.840.113549.1.1.7"] {
            let mut other = info.clone();
            other.algorithm.oid = der::asn1::ObjectIdentifier::new_unwrap(oid);
            let refused = PrivateKey::from_pkcs8(&der::Encode::to_der(&other).unwrap()).err().unwrap();
            assert_eq!(refused.code, ErrorCode::KeyUnsupported);
        }
        let small = include_str!("../../../tests/vectors/keys/rsa-1024.pem");
        assert_eq!(PrivateKey::from_pem(small).err().unwrap().code, ErrorCode::KeyTooSmall);
    }

    #[test]
    fn blinding_changes_no_result() {
        let key = testing::private_key("ra");
        let scheme = SignatureScheme::RsaPkcs1Sha256;
        assert_eq!(scheme.algorithm().digest(), Some(DigestAlgorithm::Sha256));
        assert_eq!(key.sign(scheme, b"m").unwrap(), key.sign_blinded(scheme, b"m", b"seed").unwrap());
        for scheme in
            [SignatureScheme::RsaPssSha256, SignatureScheme::RsaPssSha384, SignatureScheme::RsaPssSha512]
        {
            let signature = key.sign(scheme, b"m").unwrap();
            assert_eq!(signature, key.sign_blinded(scheme, b"m", b"seed").unwrap());
            key.public_key().verify(scheme.algorithm(), b"m", &signature).unwrap();
            assert!(key.public_key().verify(scheme.algorithm(), b"n", &signature).is_err());
        }
        let mut generator = Seed::new([1; 32]).generator("test");
        let sealed = key.public_key().encrypt(KeyTransport::RsaPkcs1, &mut generator, b"key").unwrap();
        for fresh in [&b""[..], b"seed"] {
            let opened = key.decrypt_blinded(KeyTransport::RsaPkcs1, &sealed, fresh).unwrap();
            assert_eq!(opened.unwrap().as_slice(), b"key");
        }
    }
}
