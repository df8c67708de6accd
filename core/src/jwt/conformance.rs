//! Others' suites (`tests/data/jose`): what they call valid is accepted, but for the cases that `exceptions.json` names;
//! what they call invalid is refused, without exception.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use der::{Encode, asn1::UintRef};
use serde_json::{Map, Value, json};

use super::{
    compact::Compact,
    key_set::{KeySet, VerificationKey},
};
use crate::{
    algorithm::SignatureScheme,
    error::{Error, ErrorCode},
    jwk::{JwkSet, ReadJwk},
    key::{KeyFile, PrivateKey},
    password::Password,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/jose/");

fn file(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("{FOLDER}{name}")).unwrap()).unwrap()
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The signature alone: the suites sign what is no claims.
fn verify(token: &str, keys: &[VerificationKey], set: Option<&JwkSet>) -> Result<(), Error> {
    KeySet::read(keys, set)?.verify(&Compact::read(token)?, 0).map(|_| ())
}

/// One key is tried by itself and as a set of one: what one way accepts, the other does.
fn verify_with(token: &str, jwk: &Value) -> Result<(), Error> {
    if jwk.get("keys").is_some() {
        return verify(token, &[], Some(&serde_json::from_value(jwk.clone()).unwrap()));
    }
    let key = VerificationKey { jwk: Some(members(jwk)), ..VerificationKey::default() };
    let alone = verify(token, &[key], None);
    let in_set = verify(token, &[], Some(&JwkSet { keys: vec![members(jwk)] }));
    assert_eq!(alone.is_ok(), in_set.is_ok(), "{alone:?} {in_set:?}");
    alone
}

fn public(jwk: &Value) -> Value {
    let mut jwk = members(jwk);
    for secret in ["d", "p", "q", "dp", "dq", "qi"] {
        jwk.remove(secret);
    }
    Value::Object(jwk)
}

#[test]
fn every_file_of_the_folder_has_its_test() {
    let found: BTreeSet<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("rfc") || name.starts_with("wycheproof"))
        .collect();
    let run: BTreeSet<String> = WYCHEPROOF
        .into_iter()
        .chain(SIGNATURES.map(|(name, _)| name))
        .chain(KEYS.map(|(name, _)| name))
        .map(Into::into)
        .collect();
    assert_eq!(found, run);
}

const WYCHEPROOF: [&str; 3] = [
    "wycheproof_json_web_crypto_test.json",
    "wycheproof_json_web_key_test.json",
    "wycheproof_json_web_signature_test.json",
];

#[derive(Default)]
struct Tally {
    accepted: Vec<String>,
    refused: Vec<String>,
    wrongly_accepted: Vec<String>,
    wrongly_refused: BTreeMap<String, String>,
}

fn run_wycheproof(name: &str, tally: &mut Tally) {
    let suite = file(name);
    for group in suite["testGroups"].as_array().unwrap() {
        let jwk = group.get("public").unwrap_or(&group["private"]);
        for test in group["tests"].as_array().unwrap() {
            let message = test.get("jws").or(test.get("jwe")).unwrap();
            let token = message.as_str().map_or_else(|| message.to_string(), Into::into);
            let verdict = verify_with(&token, jwk);
            let id = format!("{name} {}", test["tcId"]);
            match (test["result"].as_str().unwrap(), verdict) {
                ("valid", Ok(())) => tally.accepted.push(id),
                ("invalid", Err(_)) => tally.refused.push(id),
                ("valid", Err(error)) => {
                    tally
                        .wrongly_refused
                        .insert(id, serde_json::to_value(error.code).unwrap().as_str().unwrap().into());
                }
                (_, _) => tally.wrongly_accepted.push(id),
            }
        }
    }
}

#[test]
fn wycheproof_agrees() {
    let mut tally = Tally::default();
    WYCHEPROOF.iter().for_each(|name| run_wycheproof(name, &mut tally));
    assert!(tally.wrongly_accepted.is_empty(), "accepted, and wanted invalid: {:?}", tally.wrongly_accepted);
    let exceptions = file("exceptions.json");
    let mut named = BTreeMap::new();
    for exception in exceptions.as_array().unwrap() {
        assert!(exception["reason"].as_str().is_some_and(|reason| reason.len() > 20));
        for case in exception["cases"].as_array().unwrap() {
            let id = format!("{} {case}", exception["file"].as_str().unwrap());
            named.insert(id, String::from(exception["ours"].as_str().unwrap()));
        }
    }
    assert_eq!(tally.wrongly_refused, named, "refused, and wanted valid");
    let total: u64 = WYCHEPROOF.iter().map(|name| file(name)["numberOfTests"].as_u64().unwrap()).sum();
    let counts = (tally.accepted.len(), tally.refused.len(), named.len());
    assert_eq!((total, counts), (510, (35, 453, 22)));
}

/// Examples of signatures, and whether they are made with an algorithm that is known here.
const SIGNATURES: [(&str, bool); 5] = [
    ("rfc7520_4_1.rsa_v15_signature.json", true),
    ("rfc7520_4_2.rsa-pss_signature.json", true),
    ("rfc7520_4_3.ecdsa_signature.json", true),
    ("rfc7520_4_4.hmac-sha2_integrity_protection.json", false),
    ("rfc8037_jws.json", true),
];

#[test]
fn the_examples_of_rfc_7520_and_8037_verify() {
    for (name, known) in SIGNATURES {
        let example = file(name);
        let (output, mut key) = (&example["output"], example["input"]["key"].clone());
        key["alg"] = example["input"]["alg"].clone();
        let key = &key;
        let token = output["compact"].as_str().unwrap();
        assert_eq!(verify_with(token, &public(key)).is_ok(), known, "{name}");
        assert_eq!(verify_with(token, key).unwrap_err().code, ErrorCode::JwkRefused, "a private key: {name}");
        for other in ["json", "json_flat"] {
            let refused = verify_with(&output[other].to_string(), &public(key)).unwrap_err().code;
            assert!(matches!(refused, ErrorCode::JwtMalformed | ErrorCode::JwkRefused), "{name} {other}");
        }
        let mut changed = token.as_bytes().to_vec();
        let middle = token.find('.').unwrap() + 3;
        changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
        assert!(verify_with(core::str::from_utf8(&changed).unwrap(), &public(key)).is_err(), "{name}");
    }
}

/// Those whose algorithm is deterministic are signed again.
#[test]
fn the_examples_are_signed_as_they_are() {
    let signed = |name: &str, key: fn(&Value) -> PrivateKey, scheme| {
        let example = file(name);
        let (input, signature) = (&example["signing"]["sig-input"], &example["signing"]["sig"]);
        let made = key(&example["input"]["key"]).sign(scheme, input.as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(Base64UrlUnpadded::encode_string(&made), signature.as_str().unwrap());
    };
    signed("rfc7520_4_1.rsa_v15_signature.json", rsa, SignatureScheme::RsaPkcs1Sha256);
    signed("rfc8037_jws.json", ed25519, SignatureScheme::Ed25519);
}

fn octets(jwk: &Value, name: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(jwk[name].as_str().unwrap()).unwrap()
}

fn rsa(jwk: &Value) -> PrivateKey {
    let parts = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| octets(jwk, name));
    let part = |index: usize| UintRef::new(&parts[index]).unwrap();
    let key = rsa::pkcs1::RsaPrivateKeyRef {
        modulus: part(0),
        public_exponent: part(1),
        private_exponent: part(2),
        prime1: part(3),
        prime2: part(4),
        exponent1: part(5),
        exponent2: part(6),
        coefficient: part(7),
        other_prime_infos: None,
    };
    let der = Base64UrlUnpadded::encode_string(&key.to_der().unwrap());
    KeyFile::read(&der, None::<&Password>).unwrap().key
}

fn ed25519(jwk: &Value) -> PrivateKey {
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    PrivateKey::from_pkcs8(&[head.as_slice(), &octets(jwk, "d")].concat()).unwrap()
}

/// Examples of keys, and whether they are public.
const KEYS: [(&str, bool); 4] = [
    ("rfc7520_jwk_3_1.ec_public_key.json", true),
    ("rfc7520_jwk_3_2.ec_private_key.json", false),
    ("rfc7520_jwk_3_3.rsa_public_key.json", true),
    ("rfc7520_jwk_3_4.rsa_private_key.json", false),
];

#[test]
fn the_keys_of_rfc_7520_are_read() {
    for (name, is_public) in KEYS {
        let jwk = file(name);
        match ReadJwk::read(&members(&jwk)) {
            Ok(read) => {
                assert!(is_public, "{name}");
                assert_eq!(read.kid.as_deref(), Some("bilbo.baggins@hobbiton.example"));
                let written = json!(
                    crate::jwk::Jwk::new(
                        &read.key,
                        "k".into(),
                        super::algorithm::JwsAlgorithm::of(read.key.kind()).unwrap()
                    )
                    .unwrap()
                );
                for member in ["kty", "crv", "x", "y", "n", "e"] {
                    assert_eq!(written.get(member), jwk.get(member), "{name} {member}");
                }
            }
            Err(error) => assert_eq!((error.code, is_public), (ErrorCode::JwkRefused, false), "{name}"),
        }
    }
}
