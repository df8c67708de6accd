//! What the tests of SCEP share: the files of `testdata/scep`, and calls made both ways.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use std::{fs, path::Path};

use crate::{
    KeyRing,
    algorithm::{KeyTransport, SignatureScheme},
    call, call_asking,
    key::PrivateKey,
};

/// Keys that the requests of the tests name.
const KEYS: [&str; 4] = ["ca", "ra", "client", "ec"];
/// 32 zero bytes.
pub(crate) const SEED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// A time within every certificate's life: 2030-01-01.
pub(crate) const NOW: u64 = 1_893_456_000;

pub(crate) fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scep").join(name)).unwrap()
}

pub(crate) fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(value.as_str().unwrap()).unwrap()
}

pub(crate) fn private_key(id: &str) -> PrivateKey {
    PrivateKey::from_pem(&text(&format!("{id}.key"))).unwrap()
}

pub(crate) fn ring() -> KeyRing {
    let mut ring = KeyRing::new();
    for id in KEYS {
        ring.import(id, &file(&format!("{id}.key"))).unwrap();
    }
    ring
}

/// The status and the body of one call.
pub(crate) fn once(request: &Value, ring: &KeyRing) -> (u32, Value) {
    let outcome = call(request.to_string().as_bytes(), ring);
    (outcome.status, serde_json::from_slice(&outcome.body).unwrap())
}

/// Calls with the keys in the ring, and again with an empty ring and the keys asked outside; the
/// bytes must be the same. Gives `ok` or `error` and what is in it.
pub(crate) fn both_ways(request: &Value) -> (String, Value) {
    let held = call(request.to_string().as_bytes(), &ring());
    assert_eq!(held, asked(request), "{request}");
    let Value::Object(body) = serde_json::from_slice(&held.body).unwrap() else { panic!("no object") };
    body.into_iter().next().unwrap()
}

pub(crate) fn ok(request: &Value) -> Value {
    match both_ways(request) {
        (kind, value) if kind == "ok" => value,
        (_, value) => panic!("{value}"),
    }
}

/// The code of the error that a request ends in.
pub(crate) fn error(request: &Value) -> String {
    match both_ways(request) {
        (kind, value) if kind == "error" => value["code"].as_str().unwrap().into(),
        (_, value) => panic!("{value}"),
    }
}

fn asked(request: &Value) -> crate::Outcome {
    let mut answers = vec![];
    loop {
        let mut request = request.clone();
        request["answers"] = json!(answers);
        let outcome = call(request.to_string().as_bytes(), &KeyRing::new());
        if outcome.status != 1 {
            assert_eq!(outcome, asked_at_once(&request));
            return outcome;
        }
        let body: Value = serde_json::from_slice(&outcome.body).unwrap();
        answers.push(answer(&body["needs"][0]));
    }
}

fn asked_at_once(request: &Value) -> crate::Outcome {
    let mut request = request.clone();
    request["answers"] = json!([]);
    let request = request.to_string();
    call_asking(request.as_bytes(), &KeyRing::new(), &mut |question| {
        let answer = answer(&serde_json::to_value(question).unwrap());
        Ok(Some(answer.as_str().map(|_| bytes(&answer).into())))
    })
}

fn answer(question: &Value) -> Value {
    let key = private_key(question["key"].as_str().unwrap());
    let input = bytes(&question["input"]);
    let answer = if question["use"] == "sign" {
        let scheme: SignatureScheme = serde_json::from_value(question["scheme"].clone()).unwrap();
        let signature = key.sign(scheme, &input).unwrap();
        Some(match scheme {
            SignatureScheme::EcdsaP256Sha256 => {
                p256::ecdsa::Signature::from_der(&signature).unwrap().to_bytes().to_vec()
            }
            _ => signature,
        })
    } else {
        let scheme: KeyTransport = serde_json::from_value(question["scheme"].clone()).unwrap();
        key.decrypt(scheme, &input).unwrap().map(|plaintext| plaintext.to_vec())
    };
    json!(answer.map(|answer| base64url(&answer)))
}
