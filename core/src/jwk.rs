//! JSON Web Keys (RFC 7517): the public halves of RSA keys (RFC 7518 6.3), of EC keys on P-256, P-384 and P-521
//! (RFC 7518 6.2), and of Ed25519 keys (RFC 8037 section 2).

mod set;
mod thumbprint;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use const_oid::db::{rfc5912, rfc8410};
use der::{
    Encode,
    asn1::{AnyRef, ObjectIdentifier, UintRef},
};
use pkcs1::RsaPublicKeyRef;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    error::{Error, ErrorCode},
    jwt::algorithm::{self, JwsAlgorithm},
    key::{KeyKind, PublicKey},
};

pub use set::JwkSet;
pub(crate) use thumbprint::thumbprint;

/// The longest id of a key in a token, in bytes.
pub(crate) const MAX_KID: usize = 256;

/// What only private or symmetric keys have (RFC 7518 6.2.2, 6.3.2, 6.4.1).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The public key as its kind has it: members in the order of RFC 7638 section 3.2, which is that of the alphabet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Parameters {
    Ec { crv: &'static str, kty: &'static str, x: String, y: String },
    Okp { crv: &'static str, kty: &'static str, x: String },
    Rsa { e: String, kty: &'static str, n: String },
}

impl Parameters {
    /// Takes a key apart; nothing for one that has no such form: ML-DSA.
    pub(crate) fn of(key: &PublicKey) -> Option<Self> {
        let curve = |crv| {
            let point = key.bit_string().get(1..)?;
            let (x, y) = point.split_at_checked(point.len().div_euclid(2))?;
            Some(Self::Ec { crv, kty: "EC", x: encode(x), y: encode(y) })
        };
        match key.kind() {
            KeyKind::Rsa { .. } | KeyKind::RsaPss { .. } => {
                let (modulus, exponent) = key.rsa_numbers()?;
                Some(Self::Rsa { e: encode(&exponent), kty: "RSA", n: encode(modulus) })
            }
            KeyKind::P256 => curve("P-256"),
            KeyKind::P384 => curve("P-384"),
            KeyKind::P521 => curve("P-521"),
            KeyKind::Ed25519 => Some(Self::Okp { crv: "Ed25519", kty: "OKP", x: encode(key.bit_string()) }),
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => None,
        }
    }
}

/// A public key for signatures, to be published.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Jwk {
    #[serde(flatten)]
    parameters: Parameters,
    r#use: &'static str,
    alg: JwsAlgorithm,
    kid: String,
}

impl Jwk {
    /// The key with its id and its one algorithm (RFC 7517 section 4).
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn new(key: &PublicKey, kid: String, alg: JwsAlgorithm) -> Result<Self, Error> {
        let parameters = Parameters::of(key)
            .ok_or_else(|| Error::new(ErrorCode::EncodingFailed, "the key has no form as a JWK"))?;
        Ok(Self { parameters, r#use: "sig", alg, kid })
    }
}

/// A public key for signatures, as it was found.
#[derive(Clone, Debug)]
pub(crate) struct ReadJwk {
    pub(crate) key: PublicKey,
    pub(crate) kid: Option<String>,
    pub(crate) algorithm: Option<JwsAlgorithm>,
}

impl ReadJwk {
    /// Reads a JWK. Members that are not known are passed over (RFC 7517 section 4), `x5c` and the like too.
    ///
    /// # Errors
    /// `JwkRefused` for a private or symmetric key, and one that is not for checking signatures; `JwkMalformed`,
    /// `JwtAlgorithmRefused`, `KeyUnsupported`, `KeyMalformed`, `KeyTooSmall`.
    pub(crate) fn read(members: &Map<String, Value>) -> Result<Self, Error> {
        refuse_secret(members)?;
        check_purpose(members)?;
        let key = public_key(members)?;
        algorithm::check_key(&key)?;
        let algorithm = text(members, "alg")?.map(JwsAlgorithm::read).transpose()?;
        if let Some(algorithm) = algorithm {
            JwsAlgorithm::choose(Some(algorithm), &key).map_err(|error| error.at("alg"))?;
        }
        let kid = text(members, "kid")?.map(check_kid).transpose()?;
        Ok(Self { key, kid, algorithm })
    }
}

/// A key id that is no shorter and no longer than one may be.
///
/// # Errors
/// `JwkMalformed`.
pub(crate) fn check_kid(kid: &str) -> Result<String, Error> {
    if kid.is_empty() || kid.len() > MAX_KID || kid.chars().any(char::is_control) {
        return Err(malformed(format_args!(
            "found a kid of {} bytes, wanted 1 to {MAX_KID} without control characters",
            kid.len()
        ))
        .at("kid"));
    }
    Ok(kid.to_string())
}

/// # Errors
/// `JwkRefused`.
pub(crate) fn refuse_secret(members: &Map<String, Value>) -> Result<(), Error> {
    let secret = SECRET_MEMBERS.iter().find(|name| members.contains_key(**name));
    let symmetric = members.get("kty").and_then(Value::as_str) == Some("oct");
    match secret {
        Some(name) => Err(refused(format_args!(
            "found the member {name:?} of a private or symmetric key, wanted a public key; change the key if this was published"
        ))),
        None if symmetric => Err(refused("found a symmetric key, wanted a public key")),
        None => Ok(()),
    }
}

/// What a key says that it is for (RFC 7517 4.2 and 4.3).
fn check_purpose(members: &Map<String, Value>) -> Result<(), Error> {
    if let Some(found) = text(members, "use")?.filter(|found| *found != "sig") {
        return Err(refused(format_args!("found a key whose use is {found:?}, wanted \"sig\"")).at("use"));
    }
    match members.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.iter().any(|operation| operation == "verify") => Ok(()),
        Some(_) => Err(refused("found key_ops without \"verify\"").at("key_ops")),
    }
}

fn public_key(members: &Map<String, Value>) -> Result<PublicKey, Error> {
    let (kty, crv) = (text(members, "kty")?, text(members, "crv")?);
    let curve = |oid: ObjectIdentifier, octets| {
        let (x, y) = (exactly(members, "x", octets)?, exactly(members, "y", octets)?);
        let point = [&[4], x.as_slice(), y.as_slice()].concat();
        PublicKey::from_parts(rfc5912::ID_EC_PUBLIC_KEY, Some(AnyRef::from(&oid)), &point)
    };
    match (kty, crv) {
        (Some("RSA"), None) => {
            let (modulus, exponent) = (number(members, "n")?, number(members, "e")?);
            let numbers = RsaPublicKeyRef {
                modulus: UintRef::new(&modulus)?,
                public_exponent: UintRef::new(&exponent)?,
            };
            PublicKey::from_parts(rfc5912::RSA_ENCRYPTION, Some(AnyRef::NULL), &numbers.to_der()?)
        }
        (Some("EC"), Some("P-256")) => curve(rfc5912::SECP_256_R_1, 32),
        (Some("EC"), Some("P-384")) => curve(rfc5912::SECP_384_R_1, 48),
        (Some("EC"), Some("P-521")) => curve(rfc5912::SECP_521_R_1, 66),
        (Some("OKP"), Some("Ed25519")) => {
            PublicKey::from_parts(rfc8410::ID_ED_25519, None, &exactly(members, "x", 32)?)
        }
        (None, _) => Err(malformed("found no kty").at("kty")),
        (Some(kty), crv) => Err(Error::new(
            ErrorCode::KeyUnsupported,
            format_args!(
                "found a key of the type {kty:?} with the curve {:?}, wanted RSA without one, EC with P-256, P-384 or P-521, or OKP with Ed25519",
                crv.unwrap_or_default()
            ),
        )),
    }
}

/// A member that is a text, if it is there.
pub(crate) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Error> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(format_args!("found {name} that is no text")).at(name)),
    }
}

fn octets(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Error> {
    let text = text(members, name)?.ok_or_else(|| malformed(format_args!("found no {name}")).at(name))?;
    Base64UrlUnpadded::decode_vec(text)
        .map_err(|_| malformed(format_args!("found {name} that is not base64url without padding")).at(name))
}

/// A coordinate has all the octets of its field, zeros too (RFC 7518 6.2.1.2).
fn exactly(members: &Map<String, Value>, name: &str, length: usize) -> Result<Vec<u8>, Error> {
    let found = octets(members, name)?;
    if found.len() == length {
        return Ok(found);
    }
    Err(malformed(format_args!("found {name} of {} octets, wanted {length}", found.len())).at(name))
}

/// A number has no octet more than it needs (RFC 7518 section 2, Base64urlUInt).
fn number(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Error> {
    let found = octets(members, name)?;
    match found.first() {
        None | Some(0) => {
            Err(malformed(format!("found {name} that begins with a zero or is empty")).at(name))
        }
        Some(_) => Ok(found),
    }
}

fn encode(octets: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(octets)
}

pub(crate) fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwkMalformed, detail)
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwkRefused, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::private_key;

    fn read(jwk: &Value) -> Result<ReadJwk, Error> {
        ReadJwk::read(jwk.as_object().unwrap())
    }

    fn written(id: &str) -> (PublicKey, Value) {
        let key = private_key(id).public_key().clone();
        let jwk = Jwk::new(&key, "k1".into(), JwsAlgorithm::of(key.kind()).unwrap()).unwrap();
        (key, serde_json::to_value(jwk).unwrap())
    }

    #[test]
    fn each_kind_of_key_comes_back() {
        for (id, kty) in [("device", "RSA"), ("p256", "EC"), ("p384", "EC"), ("ed25519", "OKP")] {
            let (key, jwk) = written(id);
            assert_eq!((&jwk["kty"], &jwk["use"], &jwk["kid"]), (&json!(kty), &json!("sig"), &json!("k1")));
            let found = read(&jwk).unwrap();
            assert_eq!((found.key.spki(), found.kid.as_deref()), (key.spki(), Some("k1")));
            assert_eq!(found.algorithm, JwsAlgorithm::of(key.kind()).ok());
        }
        let p521 = crate::key::PrivateKey::generate(
            crate::key::KeyAlgorithm::P521,
            &crate::seed::Seed::new([1; 32]),
        );
        let key = p521.unwrap().public_key().clone();
        let jwk = Jwk::new(&key, "k".into(), JwsAlgorithm::Es512).unwrap();
        assert_eq!(read(&serde_json::to_value(jwk).unwrap()).unwrap().key, key);
    }

    #[test]
    fn secrets_and_other_purposes_are_refused() {
        let (_, jwk) = written("p256");
        for (name, value) in [
            ("d", json!("AA")),
            ("k", json!("AA")),
            ("use", json!("enc")),
            ("key_ops", json!(["encrypt"])),
            ("key_ops", json!("verify")),
            ("kty", json!("oct")),
        ] {
            let mut other = jwk.clone();
            other[name] = value;
            assert_eq!(read(&other).unwrap_err().code, ErrorCode::JwkRefused, "{name}");
        }
        let mut fine = jwk;
        fine["key_ops"] = json!(["sign", "verify"]);
        fine["x5c"] = json!(["whatever"]);
        read(&fine).unwrap();
    }

    #[test]
    fn what_is_no_key_is_told() {
        let code = |id: &str, name: &str, value: Value| {
            let (_, mut jwk) = written(id);
            jwk[name] = value;
            read(&jwk).unwrap_err().code
        };
        let zeros = "A".repeat(43);
        for (id, name, value, wanted) in [
            ("p256", "x", json!("AA"), ErrorCode::JwkMalformed),
            ("p256", "x", json!(zeros), ErrorCode::KeyMalformed),
            ("p256", "x", json!(7), ErrorCode::JwkMalformed),
            ("p256", "x", json!("A A"), ErrorCode::JwkMalformed),
            ("p256", "crv", json!("P-384"), ErrorCode::JwkMalformed),
            ("p256", "crv", json!("secp256k1"), ErrorCode::KeyUnsupported),
            ("p256", "kty", json!("RSA"), ErrorCode::KeyUnsupported),
            ("p256", "kty", Value::Null, ErrorCode::JwkMalformed),
            ("p256", "alg", json!("ES384"), ErrorCode::JwtAlgorithmRefused),
            ("p256", "alg", json!("HS256"), ErrorCode::JwtAlgorithmRefused),
            ("p256", "kid", json!(""), ErrorCode::JwkMalformed),
            ("device", "e", json!("AQ"), ErrorCode::KeyUnsupported),
            ("device", "e", json!("AAEAAQ"), ErrorCode::JwkMalformed),
            ("device", "n", json!(""), ErrorCode::JwkMalformed),
            ("device", "n", json!(format!("{}8", "_".repeat(170))), ErrorCode::KeyTooSmall),
            ("ed25519", "crv", json!("Ed448"), ErrorCode::KeyUnsupported),
            ("ed25519", "x", json!("AAAA"), ErrorCode::JwkMalformed),
        ] {
            assert_eq!(code(id, name, value.clone()), wanted, "{id} {name} {value}");
        }
    }
}
