//! Public keys (RFC 5280 4.1.2.7): parse, verify, encrypt.

mod raw_signature;

use alloc::{string::String, vec::Vec};

use const_oid::db::{rfc5912, rfc8410};
use der::{
    Decode, Encode,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier},
};
use rand_core::CryptoRng;
use rsa::{Oaep, Pkcs1v15Sign};
use signature::hazmat::PrehashVerifier;
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::{KeyKind, roca, rsa_key::RsaKey};
use crate::{
    algorithm::{DigestAlgorithm, KeyTransport, SignatureAlgorithm, SignatureScheme},
    error::{Error, ErrorCode},
    hex,
    ml_dsa::MlDsa,
    pem,
};

/// A public key and its SubjectPublicKeyInfo, as it is to be written.
#[derive(Clone, Debug)]
pub struct PublicKey {
    spki: Vec<u8>,
    bit_string: Vec<u8>,
    inner: Inner,
}

#[derive(Clone, Debug)]
enum Inner {
    Rsa(RsaKey),
    /// With the one digest that it may be used with, and the shortest salt, where it says so.
    RsaPss(RsaKey, Option<(DigestAlgorithm, u8)>),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
    /// The bits are the key.
    MlDsa(MlDsa),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER. RSA keys without the NULL of RFC 3279 2.3.1, which clients write,
    /// get it, and points become uncompressed (RFC 5480 2.2).
    ///
    /// # Errors
    /// `KeyMalformed`, also for parameters that the algorithm does not have; `KeyUnsupported` for other
    /// algorithms, curves, and RSA over 4096 bits.
    pub fn from_spki(der: &[u8]) -> Result<Self, Error> {
        let mut spki = SubjectPublicKeyInfoRef::from_der(der)
            .map_err(|_| malformed("the public key is not a SubjectPublicKeyInfo"))?;
        let bits =
            spki.subject_public_key.as_bytes().ok_or_else(|| malformed("the public key has unused bits"))?;
        let mut bits = bits.to_vec();
        let parameters = &mut spki.algorithm.parameters;
        let inner = match spki.algorithm.oid {
            rfc5912::RSA_ENCRYPTION => {
                only(parameters.get_or_insert(AnyRef::NULL) == &AnyRef::NULL)?;
                Inner::Rsa(RsaKey::from_pkcs1(&bits)?)
            }
            rfc5912::ID_RSASSA_PSS => Inner::RsaPss(RsaKey::from_pkcs1(&bits)?, parse_pss(*parameters)?),
            rfc5912::ID_EC_PUBLIC_KEY => {
                let (inner, point) = parse_ec(*parameters, &bits)?;
                bits = point;
                inner
            }
            rfc8410::ID_ED_25519 => {
                only(parameters.is_none())?;
                Inner::Ed25519(parse_ed25519(&bits)?)
            }
            oid => {
                let set = MlDsa::from_oid(oid).ok_or_else(|| {
                    unsupported(format_args!(
                        "found a public key of the algorithm {oid}, wanted RSA, P-256, P-384, P-521, Ed25519 or ML-DSA"
                    ))
                })?;
                only(parameters.is_none())?;
                Inner::MlDsa(parse_ml_dsa(set, &bits)?)
            }
        };
        spki.subject_public_key = BitStringRef::from_bytes(&bits)?;
        Ok(Self { spki: spki.to_der()?, bit_string: bits, inner })
    }

    /// The key of an algorithm with these bits of a subjectPublicKey.
    ///
    /// # Errors
    /// Those of [`Self::from_spki`].
    pub(crate) fn from_parts(
        oid: ObjectIdentifier,
        parameters: Option<AnyRef<'_>>,
        subject_public_key: &[u8],
    ) -> Result<Self, Error> {
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef { oid, parameters },
            subject_public_key: BitStringRef::from_bytes(subject_public_key)?,
        };
        Self::from_spki(&info.to_der()?)
    }

    /// Reads a PEM block `PUBLIC KEY` (RFC 7468 section 13).
    ///
    /// # Errors
    /// `PemMalformed`, and those of [`Self::from_spki`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_spki(&pem::decode(text, &["PUBLIC KEY"])?)
    }

    /// The key as a PEM block `PUBLIC KEY`.
    ///
    /// # Errors
    /// None in practice; see [`pem::encode`].
    pub fn to_pem(&self) -> Result<String, Error> {
        pem::encode("PUBLIC KEY", &self.spki)
    }

    /// The SubjectPublicKeyInfo in DER, with the parameters that its algorithm has.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The bytes of the subjectPublicKey bit string, which key identifiers are made of (RFC 5280 4.2.1.2).
    #[must_use]
    pub fn bit_string(&self) -> &[u8] {
        &self.bit_string
    }

    /// SHA-256 of the SubjectPublicKeyInfo in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::sha256(&self.spki)
    }

    /// Algorithm and size.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.inner {
            Inner::Rsa(key) => KeyKind::Rsa { bits: key.bits() },
            Inner::RsaPss(key, _) => KeyKind::RsaPss { bits: key.bits() },
            Inner::P256(_) => KeyKind::P256,
            Inner::P384(_) => KeyKind::P384,
            Inner::P521(_) => KeyKind::P521,
            Inner::Ed25519(_) => KeyKind::Ed25519,
            Inner::MlDsa(set) => (*set).into(),
        }
    }

    /// The scheme that this engine signs with when the key is of this kind: SHA-256, or the curve's own digest.
    #[must_use]
    pub const fn signature_scheme(&self) -> SignatureScheme {
        match &self.inner {
            Inner::Rsa(_) => SignatureScheme::RsaPkcs1Sha256,
            Inner::RsaPss(..) => SignatureScheme::RsaPssSha256,
            Inner::P256(_) => SignatureScheme::EcdsaP256Sha256,
            Inner::P384(_) => SignatureScheme::EcdsaP384Sha384,
            Inner::P521(_) => SignatureScheme::EcdsaP521Sha512,
            Inner::Ed25519(_) => SignatureScheme::Ed25519,
            Inner::MlDsa(MlDsa::MlDsa44) => SignatureScheme::MlDsa44,
            Inner::MlDsa(MlDsa::MlDsa65) => SignatureScheme::MlDsa65,
            Inner::MlDsa(MlDsa::MlDsa87) => SignatureScheme::MlDsa87,
        }
    }

    /// Modulus and exponent of an RSA key, big-endian and without leading zeros.
    pub(crate) fn rsa_numbers(&self) -> Option<(&[u8], Vec<u8>)> {
        let (Inner::Rsa(key) | Inner::RsaPss(key, _)) = &self.inner else { return None };
        let exponent = key.exponent().to_be_bytes();
        Some((key.modulus(), exponent.into_iter().skip_while(|octet| *octet == 0).collect()))
    }

    /// Whether the modulus is one that can be factored for having been made by CVE-2017-15361 (ROCA).
    pub(crate) fn is_roca(&self) -> bool {
        self.rsa_numbers().is_some_and(|(modulus, _)| roca::is_fingerprint(modulus))
    }

    /// Refuses such a key.
    ///
    /// # Errors
    /// `KeyUnsupported`.
    pub(crate) fn refuse_roca(&self) -> Result<(), Error> {
        match self.is_roca() {
            false => Ok(()),
            true => Err(unsupported(
                "found an RSA key that others can compute the private half of (CVE-2017-15361, ROCA); make a new one",
            )),
        }
    }

    /// Checks a signature over `message`; ECDSA signatures are in DER (RFC 3279 2.2.3).
    ///
    /// # Errors
    /// `SignatureInvalid`, also when the algorithm does not belong to this kind of key.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        if let Some(digest) = algorithm.digest() {
            return self.verify_digest(algorithm, &digest.digest(message), signature);
        }
        let verified = match (&self.inner, algorithm) {
            (Inner::Ed25519(key), SignatureAlgorithm::Ed25519) => {
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
            (Inner::MlDsa(set), SignatureAlgorithm::MlDsa(other)) => {
                *set == other && set.verifies(&self.bit_string, message, signature)
            }
            _ => false,
        };
        self.outcome(verified)
    }

    /// The same for who has the digest of the message alone; it is the algorithm's own.
    ///
    /// # Errors
    /// `SignatureInvalid`, also for an algorithm that signs messages and not digests: Ed25519 and ML-DSA.
    pub(crate) fn verify_digest(
        &self,
        algorithm: SignatureAlgorithm,
        hash: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        let verified = match (&self.inner, algorithm) {
            (Inner::Rsa(key), SignatureAlgorithm::RsaPkcs1(digest)) => {
                key.verifies(&pkcs1v15(digest), hash, signature)
            }
            (Inner::Rsa(key), SignatureAlgorithm::RsaPss(digest, salt_octets)) => {
                key.verifies_pss(digest, salt_octets, hash, signature)
            }
            (Inner::RsaPss(key, own), SignatureAlgorithm::RsaPss(digest, salt_octets)) => {
                own.is_none_or(|(only, shortest)| only == digest && shortest <= salt_octets)
                    && key.verifies_pss(digest, salt_octets, hash, signature)
            }
            (Inner::P256(key), SignatureAlgorithm::Ecdsa(_)) => {
                p256::ecdsa::DerSignature::from_bytes(signature)
                    .is_ok_and(|signature| key.verify_prehash(&padded(hash, 32), &signature).is_ok())
            }
            (Inner::P384(key), SignatureAlgorithm::Ecdsa(_)) => {
                p384::ecdsa::DerSignature::from_bytes(signature)
                    .is_ok_and(|signature| key.verify_prehash(&padded(hash, 48), &signature).is_ok())
            }
            (Inner::P521(key), SignatureAlgorithm::Ecdsa(_)) => {
                p521::ecdsa::DerSignature::from_bytes(signature)
                    .is_ok_and(|signature| key.verify_prehash(&padded(hash, 66), &signature).is_ok())
            }
            _ => false,
        };
        self.outcome(verified)
    }

    fn outcome(&self, verified: bool) -> Result<(), Error> {
        match verified {
            true => Ok(()),
            false => Err(Error::new(
                ErrorCode::SignatureInvalid,
                format_args!("the signature is not one by this {} key", self.kind()),
            )),
        }
    }

    /// Encrypts a content-encryption key for the holder of this key.
    ///
    /// # Errors
    /// `KeyUnfit` if this is no RSA key or it is too short for the content.
    pub fn encrypt(
        &self,
        transport: KeyTransport,
        generator: &mut impl CryptoRng,
        content_key: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let Inner::Rsa(key) = &self.inner else {
            return Err(Error::new(
                ErrorCode::KeyUnfit,
                format_args!("found a {} key, wanted an RSA key to encrypt to", self.kind()),
            ));
        };
        let encrypted = match transport {
            KeyTransport::RsaPkcs1 => key.encrypt_pkcs1(generator, content_key),
            KeyTransport::RsaOaepSha1 => {
                key.for_library()?.encrypt(generator, Oaep::<sha1::Sha1>::new(), content_key).ok()
            }
            KeyTransport::RsaOaepSha256 => {
                key.for_library()?.encrypt(generator, Oaep::<sha2::Sha256>::new(), content_key).ok()
            }
        };
        encrypted.ok_or_else(|| {
            Error::new(ErrorCode::KeyUnfit, "the RSA key is too short for the content-encryption key")
        })
    }
}

/// Parameters are what the algorithm says; anything else would be signed into certificates.
fn only(fits: bool) -> Result<(), Error> {
    if fits { Ok(()) } else { Err(malformed("found parameters that the key's algorithm does not have")) }
}

/// What a key for RSASSA-PSS may be used with (RFC 4055 1.2): anything where it has no parameters.
fn parse_pss(parameters: Option<AnyRef<'_>>) -> Result<Option<(DigestAlgorithm, u8)>, Error> {
    let Some(parameters) = parameters else { return Ok(None) };
    let parameters =
        AlgorithmIdentifierOwned { oid: rfc5912::ID_RSASSA_PSS, parameters: Some(parameters.into()) };
    match SignatureAlgorithm::from_identifier(&parameters) {
        Ok(SignatureAlgorithm::RsaPss(digest, salt_octets)) => Ok(Some((digest, salt_octets))),
        _ => Err(malformed("found an RSASSA-PSS key whose parameters are none of RFC 4055")),
    }
}

fn parse_ed25519(bits: &[u8]) -> Result<ed25519_dalek::VerifyingKey, Error> {
    let key = bits.try_into().ok().and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(bytes).ok());
    key.ok_or_else(|| malformed("the Ed25519 public key is not a point on the curve"))
}

fn parse_ml_dsa(set: MlDsa, bits: &[u8]) -> Result<MlDsa, Error> {
    if bits.len() == set.public_key_octets() {
        return Ok(set);
    }
    Err(malformed(format_args!(
        "found an {} public key of {} octets, wanted {}",
        set.name(),
        bits.len(),
        set.public_key_octets()
    )))
}

/// Two keys are the same if their algorithm and their bits are.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.bit_string == other.bit_string
    }
}

impl Eq for PublicKey {}

/// The key and its point, uncompressed: however it came, it is one key.
fn parse_ec(parameters: Option<AnyRef<'_>>, bits: &[u8]) -> Result<(Inner, Vec<u8>), Error> {
    let curve: ObjectIdentifier = parameters
        .and_then(|parameters| parameters.decode_as().ok())
        .ok_or_else(|| unsupported("the EC key does not name its curve"))?;
    let off_curve = |_| malformed("the EC public key is not a point on its curve");
    match curve {
        rfc5912::SECP_256_R_1 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bits).map_err(off_curve)?;
            let point = key.to_sec1_point(false).as_bytes().to_vec();
            Ok((Inner::P256(key), point))
        }
        rfc5912::SECP_384_R_1 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(bits).map_err(off_curve)?;
            let point = key.to_sec1_point(false).as_bytes().to_vec();
            Ok((Inner::P384(key), point))
        }
        rfc5912::SECP_521_R_1 => {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(bits).map_err(off_curve)?;
            let point = key.to_sec1_point(false).as_bytes().to_vec();
            Ok((Inner::P521(key), point))
        }
        curve => Err(unsupported(format_args!(
            "found an EC key on the curve {curve}, wanted P-256, P-384 or P-521"
        ))),
    }
}

pub(super) fn pkcs1v15(digest: DigestAlgorithm) -> Pkcs1v15Sign {
    match digest {
        DigestAlgorithm::Md5 => Pkcs1v15Sign::new::<md5::Md5>(),
        DigestAlgorithm::Sha1 => Pkcs1v15Sign::new::<sha1::Sha1>(),
        DigestAlgorithm::Sha256 => Pkcs1v15Sign::new::<sha2::Sha256>(),
        DigestAlgorithm::Sha384 => Pkcs1v15Sign::new::<sha2::Sha384>(),
        DigestAlgorithm::Sha512 => Pkcs1v15Sign::new::<sha2::Sha512>(),
    }
}

/// A digest shorter than the curve's order is the number that it is (FIPS 186-5 6.4): zeros go in front.
fn padded(hash: &[u8], length: usize) -> Vec<u8> {
    let mut padded = alloc::vec![0; length.saturating_sub(hash.len())];
    padded.extend_from_slice(hash);
    padded
}

pub(super) fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::KeyMalformed, detail)
}

pub(super) fn unsupported(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::KeyUnsupported, detail)
}

#[cfg(test)]
mod tests {
    use der::asn1::OctetStringRef;

    use super::*;
    use crate::{
        key::{KeyAlgorithm, PrivateKey},
        seed::Seed,
    };

    fn key(algorithm: KeyAlgorithm) -> PublicKey {
        PrivateKey::generate(algorithm, &Seed::new([1; 32])).unwrap().public_key().clone()
    }

    fn with_parameters(key: &PublicKey, parameters: Option<AnyRef<'_>>) -> Result<PublicKey, ErrorCode> {
        let mut spki = SubjectPublicKeyInfoRef::from_der(key.spki()).unwrap();
        spki.algorithm.parameters = parameters;
        PublicKey::from_spki(&spki.to_der().unwrap()).map_err(|error| error.code)
    }

    /// Whatever stands there is signed into certificates.
    #[test]
    fn parameters_are_those_of_the_algorithm() {
        let (rsa, edwards) =
            (crate::testing::private_key("root").public_key().clone(), key(KeyAlgorithm::Ed25519));
        let junk = AnyRef::from(OctetStringRef::new(b"junk").unwrap());
        let without = with_parameters(&rsa, None).unwrap();
        assert_eq!(without.spki(), rsa.spki(), "written as RFC 3279 has it");
        for (key, parameters) in [(&rsa, junk), (&edwards, junk), (&edwards, AnyRef::NULL)] {
            assert_eq!(with_parameters(key, Some(parameters)), Err(ErrorCode::KeyMalformed));
        }
        assert_eq!(with_parameters(&key(KeyAlgorithm::P256), None), Err(ErrorCode::KeyUnsupported));
    }

    #[test]
    fn a_point_is_one_key_however_it_is_written() {
        for algorithm in [KeyAlgorithm::P256, KeyAlgorithm::P384, KeyAlgorithm::P521] {
            let key = key(algorithm);
            let point = key.bit_string();
            let x = &point[1..=point.len() / 2];
            let parity = 2 | (point.last().unwrap() & 1);
            let compressed = [&[parity], x].concat();
            let mut spki = SubjectPublicKeyInfoRef::from_der(key.spki()).unwrap();
            spki.subject_public_key = BitStringRef::from_bytes(&compressed).unwrap();
            let read = PublicKey::from_spki(&spki.to_der().unwrap()).unwrap();
            assert_eq!((read.spki(), read.bit_string()), (key.spki(), point));
        }
    }
}
