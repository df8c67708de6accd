//! Private keys: what they are, and never what they hold (RFC 5958, RFC 8017 A.1.2, RFC 5915).

use alloc::string::{String, ToString};
use der::asn1::{Any, AnyRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Tag};
use pkcs8::PrivateKeyInfoRef;
use serde::Serialize;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::algorithm_identifier::Algorithm;
use super::element::Element;
use super::problem::Problem;
use super::public_key::{EC, KeySize, PublicKey, RSA};
use crate::object_identifier;

/// A private key that is not encrypted.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrivateKey {
    /// `pkcs8`, `pkcs1` or `sec1`.
    pub format: &'static str,
    /// `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
    pub algorithm: String,
    /// The bits of the modulus or of the curve; those of the whole public key for ML-DSA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<u64>,
    /// The named curve of an elliptic curve key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<String>,
    /// SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the key does not say it and the
    /// engine does not compute it; one that only verifies never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_sha256: Option<String>,
}

/// A private key that only its passphrase opens.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EncryptedPrivateKey {
    /// `pkcs8`, or `pem` for the encryption of RFC 1421.
    pub format: &'static str,
    /// How it is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Algorithm>,
    /// The cipher that the headers of an RFC 1421 block name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pem_cipher: Option<String>,
    /// The octets of the encrypted key.
    pub encrypted_length_bytes: usize,
}

impl EncryptedPrivateKey {
    /// Reads an EncryptedPrivateKeyInfo (RFC 5958 3).
    pub(super) fn read(element: Element<'_>) -> Result<Self, Problem> {
        let mut fields = element.sequence("EncryptedPrivateKeyInfo")?;
        let encryption = Algorithm::read(fields.required("encryptionAlgorithm")?)?;
        let encrypted = fields.required("encryptedData")?.octets("encryptedData")?;
        fields.finish()?;
        Ok(Self {
            format: "pkcs8",
            encryption: Some(encryption),
            pem_cipher: None,
            encrypted_length_bytes: encrypted.len(),
        })
    }

    /// A key whose PEM block is encrypted as a whole.
    pub(super) fn legacy(cipher: String, encrypted_length_bytes: usize) -> Self {
        Self { format: "pem", encryption: None, pem_cipher: Some(cipher), encrypted_length_bytes }
    }
}

impl PrivateKey {
    fn with_public(format: &'static str, public: PublicKey) -> Self {
        Self {
            format,
            algorithm: public.algorithm,
            bits: public.bits,
            curve: public.curve,
            public_key_sha256: Some(public.sha256),
        }
    }
}

/// OneAsymmetricKey (RFC 5958 2).
pub(super) fn read_pkcs8(element: Element<'_>) -> Result<PrivateKey, Problem> {
    let mut fields = element.sequence("OneAsymmetricKey")?;
    fields.required("version")?.unsigned("version")?;
    let algorithm = fields.required("privateKeyAlgorithm")?;
    let private_key = fields.required("privateKey")?.octets("privateKey")?;
    fields.optional_context(0)?;
    let public_key = fields.optional_context(1)?.map(|key| key.bits("publicKey")).transpose()?;

    let mut identifier = algorithm.sequence("privateKeyAlgorithm")?;
    let oid = identifier.required("algorithm")?.oid("algorithm")?;
    let parameters = identifier.next().transpose()?;
    let described = match (oid.to_string().as_str(), public_key) {
        (RSA, _) => read_pkcs1(Element::parse(private_key)?)?,
        (EC, _) => read_sec1(Element::parse(private_key)?, parameters)?,
        (_, Some((public_key, _))) => {
            let parameters = parameters.map(|parameters| Any::from_der(parameters.der())).transpose()?;
            PrivateKey::with_public("pkcs8", PublicKey::from_parts(oid, parameters, public_key)?)
        }
        _ => derived(element.der()).unwrap_or_else(|| PrivateKey {
            format: "pkcs8",
            algorithm: object_identifier::name(&oid),
            bits: KeySize::fixed(&oid.to_string()),
            curve: None,
            public_key_sha256: None,
        }),
    };
    Ok(PrivateKey { format: "pkcs8", ..described })
}

/// RSAPrivateKey (RFC 8017 A.1.2), of which only the public half is looked at.
pub(super) fn read_pkcs1(element: Element<'_>) -> Result<PrivateKey, Problem> {
    let mut fields = element.sequence("RSAPrivateKey")?;
    fields.required("version")?.unsigned("version")?;
    let modulus = fields.required("modulus")?;
    let exponent = fields.required("publicExponent")?;
    let content = [modulus.der(), exponent.der()].concat();
    let public_key = AnyRef::new(Tag::Sequence, &content)?.to_der()?;
    Ok(PrivateKey::with_public("pkcs1", PublicKey::from_rsa(&public_key)?))
}

/// ECPrivateKey (RFC 5915 3); within PKCS#8 the curve stands outside of it.
pub(super) fn read_sec1(
    element: Element<'_>,
    parameters: Option<Element<'_>>,
) -> Result<PrivateKey, Problem> {
    let mut fields = element.sequence("ECPrivateKey")?;
    fields.required("version")?.unsigned("version")?;
    fields.required("privateKey")?.octets("privateKey")?;
    let inner =
        fields.optional_context(0)?.map(|parameters| parameters.explicit("parameters")).transpose()?;
    let parameters = inner.or(parameters);
    let public_key =
        fields.optional_context(1)?.map(|key| key.explicit("publicKey")?.bits("publicKey")).transpose()?;
    if let (Some(parameters), Some((public_key, _))) = (parameters, public_key) {
        let oid = ObjectIdentifier::new_unwrap(EC);
        let public = PublicKey::from_parts(oid, Some(Any::from_der(parameters.der())?), public_key)?;
        return Ok(PrivateKey::with_public("sec1", public));
    }
    let size = KeySize::of_curve(parameters);
    let derived = parameters.and_then(|parameters| derived_from_sec1(element, parameters));
    let undetermined = PrivateKey {
        format: "sec1",
        algorithm: "ecPublicKey".into(),
        bits: size.bits,
        curve: size.curve,
        public_key_sha256: None,
    };
    Ok(derived.unwrap_or(undetermined))
}

fn derived_from_sec1(element: Element<'_>, parameters: Element<'_>) -> Option<PrivateKey> {
    let algorithm = AlgorithmIdentifierRef {
        oid: ObjectIdentifier::new_unwrap(EC),
        parameters: AnyRef::from_der(parameters.der()).ok(),
    };
    let info = PrivateKeyInfoRef::new(algorithm, <&OctetStringRef>::try_from(element.der()).ok()?);
    let pkcs8 = Zeroizing::new(info.to_der().ok()?);
    derived(&pkcs8).map(|key| PrivateKey { format: "sec1", ..key })
}

/// The public half computed from the private one, where this engine knows the algorithm. One that only verifies has
/// nothing that calculates with private keys.
fn derived(pkcs8: &[u8]) -> Option<PrivateKey> {
    if !cfg!(feature = "full") {
        return None;
    }
    let key = crate::key::PrivateKey::from_pkcs8(pkcs8).ok()?;
    let public = PublicKey::read(Element::parse(key.public_key().spki()).ok()?).ok()?;
    Some(PrivateKey::with_public("pkcs8", public))
}
