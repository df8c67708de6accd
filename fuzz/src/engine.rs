//! The engine with keys, and answers to its questions.

use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_core::{ErrorCode, KeyRing, Outcome};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The certificate of `recipient` (PEM): what the messages of the seeds are encrypted for.
pub const RECIPIENT: &str = include_str!("../keys/recipient.pem");
/// A fixed time at which it is valid.
pub const NOW: u64 = 1_800_000_000;
/// A fixed seed: 32 zero octets.
pub const SEED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Its private key.
pub const RECIPIENT_KEY: &str = include_str!("../keys/recipient.key.pem");
const P256_KEY: &str = include_str!("../../tests/vectors/keys/p256-root.pem");

/// More rounds than any operation has questions.
/// A renewal with a new key has three, and one for each of up to sixteen helpers.
const MAX_ROUNDS: usize = 20;

/// The keys that engines hold here, by id.
pub const KEYS: [(&str, &str); 2] = [("recipient", RECIPIENT_KEY), ("p256", P256_KEY)];

static EMPTY: KeyRing = KeyRing::new();

static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    let mut ring = KeyRing::new();
    for (id, pem) in KEYS {
        ring.import(id, pem.as_bytes()).expect("a key");
    }
    ring
});

/// Calls the engine with a ring that holds `recipient` (RSA) and `p256`.
///
/// # Panics
/// If the response is not JSON with exactly one of the fields that a response has: that is a finding.
pub fn call(request: &[u8]) -> Outcome {
    let outcome = sealwright_core::call(request, &RING);
    let body: Value = serde_json::from_slice(&outcome.body).expect("a response is JSON");
    let wanted = match outcome.status {
        0 => "ok",
        1 => "needs",
        _ => "error",
    };
    assert!(body.get(wanted).is_some(), "status {} with the body {body}", outcome.status);
    outcome
}

/// The same with a request that is put together here, and once more with no key held: each question is
/// answered from outside, and the bytes must be the same.
///
/// # Panics
/// If they are not.
pub fn ask(request: &Value) -> Outcome {
    let held = call(request.to_string().as_bytes());
    if let Some(elsewhere) = ask_elsewhere(request) {
        let knows = |outcome: &Outcome, code: ErrorCode| outcome.status == code.number();
        // What only the ring can say: the public half of its key, or that it is another one than was named.
        if !knows(&elsewhere, ErrorCode::KeyUnknown) && !knows(&held, ErrorCode::KeyMismatch) {
            assert_eq!(held, elsewhere, "a key that is not held gives other bytes: {request}");
        }
    }
    held
}

/// What [`ask`] is answered, as JSON.
///
/// # Panics
/// As [`ask`].
pub fn response(request: &Value) -> Value {
    serde_json::from_slice(&ask(request).body).expect("JSON")
}

/// `None` for a request that brings answers along or asks for a key that nobody has.
fn ask_elsewhere(request: &Value) -> Option<Outcome> {
    if request.get("answers").is_some() {
        return None;
    }
    let mut request = request.clone();
    let mut answers = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let outcome = sealwright_core::call(request.to_string().as_bytes(), &EMPTY);
        if outcome.status != 1 {
            return Some(outcome);
        }
        let body: Value = serde_json::from_slice(&outcome.body).expect("a response is JSON");
        for question in body["needs"].as_array().expect("questions") {
            answers.push(answer(question)?);
        }
        request["answers"] = Value::Array(answers.clone());
    }
    panic!("{MAX_ROUNDS} rounds of questions and no end: {request}");
}

/// What a holder of the ring's keys answers.
fn answer(question: &Value) -> Option<Value> {
    let key = question["key"].as_str()?;
    let input = Base64UrlUnpadded::decode_vec(question["input"].as_str()?).ok()?;
    let scheme = question["scheme"].clone();
    if question["use"] == "sign" {
        let scheme = serde_json::from_value(scheme).expect("a scheme");
        return RING.sign_raw(key, scheme, &input).ok().map(|signature| json!(encode(&signature)));
    }
    let scheme = serde_json::from_value(scheme).expect("a scheme");
    let plaintext = RING.decrypt(key, scheme, &input).ok()?;
    Some(plaintext.map_or(Value::Null, |plaintext| json!(encode(&plaintext))))
}

/// Calls the engine again and again, with `content_key` as the answer to every question.
pub fn ask_and_answer(request: &Value, content_key: Option<&[u8]>) -> Outcome {
    let answer = content_key.map_or(Value::Null, |key| json!(encode(key)));
    let mut request = request.clone();
    let mut outcome = ask(&request);
    for round in 1..=MAX_ROUNDS {
        if outcome.status != 1 {
            break;
        }
        request["answers"] = Value::Array(vec![answer.clone(); round]);
        outcome = ask(&request);
    }
    outcome
}

/// base64url without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of a field that the engine wrote.
///
/// # Panics
/// If it is not base64url without padding.
#[must_use]
pub fn decode(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).expect("base64url")
}

/// A PEM block.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = base64ct::Base64::encode_string(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
