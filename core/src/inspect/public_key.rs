//! Public keys (RFC 5280 4.1.2.7), those included that the engine cannot use.

use alloc::string::{String, ToString};
use der::asn1::{Any, BitStringRef};
use der::{Encode, Tag};
use serde::Serialize;
use sha2::{Digest, Sha256};
use spki::{AlgorithmIdentifier, ObjectIdentifier, SubjectPublicKeyInfo};

use super::element::Element;
use super::problem::Problem;
use crate::hex;
use crate::object_identifier;

pub(super) const RSA: &str = "1.2.840.113549.1.1.1";
pub(super) const EC: &str = "1.2.840.10045.2.1";

/// A public key: what it is, how large, and the hash that tells it from others.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicKey {
    /// `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
    pub algorithm: String,
    /// The bits of the modulus or of the curve; those of the whole key for ML-DSA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<u64>,
    /// The named curve of an elliptic curve key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<String>,
    /// The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponent: Option<String>,
    /// SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex.
    pub sha256: String,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub(crate) fn read(spki: Element<'_>) -> Result<Self, Problem> {
        let mut fields = spki.sequence("SubjectPublicKeyInfo")?;
        let mut algorithm = fields.required("algorithm")?.sequence("algorithm")?;
        let oid = algorithm.required("algorithm")?.oid("algorithm")?;
        let parameters = algorithm.next().transpose()?;
        let (key, _) = fields.required("subjectPublicKey")?.bits("subjectPublicKey")?;
        let size = KeySize::read(&oid.to_string(), parameters, key)?;
        Ok(Self {
            algorithm: object_identifier::name(&oid),
            bits: size.bits,
            curve: size.curve,
            exponent: size.exponent,
            sha256: hex::encode(&Sha256::digest(spki.der())),
        })
    }

    /// A key from the parts of a structure that is not a SubjectPublicKeyInfo.
    pub(super) fn from_parts(
        oid: ObjectIdentifier,
        parameters: Option<Any>,
        key: &[u8],
    ) -> Result<Self, Problem> {
        let algorithm = AlgorithmIdentifier { oid, parameters };
        let der = SubjectPublicKeyInfo { algorithm, subject_public_key: BitStringRef::from_bytes(key)? }
            .to_der()?;
        Self::read(Element::parse(&der)?)
    }

    /// An RSAPublicKey (RFC 8017 A.1.1).
    pub(super) fn from_rsa(rsa_public_key: &[u8]) -> Result<Self, Problem> {
        Self::from_parts(ObjectIdentifier::new_unwrap(RSA), Some(Any::null()), rsa_public_key)
    }
}

/// What a key's parameters and octets say about its size.
#[derive(Default)]
pub(super) struct KeySize {
    pub(super) bits: Option<u64>,
    pub(super) curve: Option<String>,
    pub(super) exponent: Option<String>,
}

impl KeySize {
    fn read(oid: &str, parameters: Option<Element<'_>>, key: &[u8]) -> Result<Self, Problem> {
        match oid {
            RSA | "1.2.840.113549.1.1.10" | "1.2.840.113549.1.1.7" => Self::of_rsa(key),
            EC => Ok(Self::of_curve(parameters)),
            "1.2.840.10040.4.1" | "1.2.840.10046.2.1" | "1.2.840.113549.1.3.1" => Self::of_prime(parameters),
            oid => Ok(Self { bits: Self::fixed(oid), ..Self::default() }),
        }
    }

    /// The bits of algorithms that have one size (RFC 8410, FIPS 204 table 2).
    pub(super) fn fixed(oid: &str) -> Option<u64> {
        match oid {
            "1.3.101.110" | "1.3.101.112" => Some(256),
            "1.3.101.111" => Some(448),
            "1.3.101.113" => Some(456),
            "2.16.840.1.101.3.4.3.17" => Some(8 * 1312),
            "2.16.840.1.101.3.4.3.18" => Some(8 * 1952),
            "2.16.840.1.101.3.4.3.19" => Some(8 * 2592),
            _ => None,
        }
    }

    fn of_rsa(key: &[u8]) -> Result<Self, Problem> {
        let mut fields = Element::parse(key)?.sequence("RSAPublicKey")?;
        let modulus = fields.required("modulus")?.unsigned_octets("modulus")?;
        let exponent = fields.required("publicExponent")?;
        let shown = match exponent.unsigned("publicExponent") {
            Ok(number) => number.to_string(),
            Err(_) => alloc::format!("0x{}", exponent.integer_hex("publicExponent")?),
        };
        Ok(Self { bits: Some(bit_length(modulus)), exponent: Some(shown), curve: None })
    }

    /// The curve by name; explicit parameters (RFC 3279 2.3.5) are only said to be such.
    pub(super) fn of_curve(parameters: Option<Element<'_>>) -> Self {
        let Some(parameters) = parameters else { return Self::default() };
        let Ok(oid) = parameters.oid("namedCurve") else {
            return Self { curve: Some("explicit".into()), ..Self::default() };
        };
        let curve = object_identifier::name(&oid);
        Self { bits: curve_bits(&curve), curve: Some(curve), exponent: None }
    }

    /// DSA and Diffie-Hellman begin their parameters with the prime.
    fn of_prime(parameters: Option<Element<'_>>) -> Result<Self, Problem> {
        let Some(parameters) = parameters.filter(|parameters| parameters.is(Tag::Sequence)) else {
            return Ok(Self::default());
        };
        let prime = parameters.sequence("parameters")?.required("p")?.unsigned_octets("p")?;
        Ok(Self { bits: Some(bit_length(prime)), ..Self::default() })
    }
}

fn bit_length(octets: &[u8]) -> u64 {
    let leading = octets.first().map_or(0, |first| u64::from(first.leading_zeros()));
    u64::try_from(octets.len()).unwrap_or(u64::MAX).saturating_mul(8).saturating_sub(leading)
}

fn curve_bits(curve: &str) -> Option<u64> {
    let bits = match curve {
        "P-192" => 192,
        "P-224" => 224,
        "P-256" | "secp256k1" | "brainpoolP256r1" => 256,
        "P-384" | "brainpoolP384r1" => 384,
        "brainpoolP512r1" => 512,
        "P-521" => 521,
        _ => return None,
    };
    Some(bits)
}
