use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::*;
use crate::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    error::{Error, ErrorCode},
    operation::{sign_csr, sign_message},
    testing::{NOW, TestKeys, both_ways, csr, subordinate},
};

const BODY: &[u8] = b"{\"hello\": \"world\"}";
const SEED: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn certificate() -> String {
    let request = json!({
        "now": NOW, "seed": SEED, "authority": subordinate(), "profile": "device-identity",
        "csr": csr("p256", "CN=p256", &["uri:urn:device:7"]),
    });
    both_ways(|keys| sign_csr::run(serde_json::from_value(request.clone()).unwrap(), keys)).unwrap().certificate
}

fn sign(message: &Value) -> Value {
    let request = json!({
        "now": NOW, "key": TestKeys::reference("p256"), "certificate": certificate(), "body": encode(BODY),
        "message": message,
    });
    let signed = both_ways(|keys| sign_message::run(serde_json::from_value(request.clone()).unwrap(), keys));
    serde_json::to_value(signed.unwrap()).unwrap()
}

fn read(message: &Value) -> Result<Value, Error> {
    let request = json!({ "message": message });
    let claims = both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys));
    claims.map(|claims| serde_json::to_value(claims).unwrap())
}

fn sha256() -> Value {
    json!({ "sha-256": encode(&DigestAlgorithm::Sha256.digest(BODY)) })
}

/// A signed request with these headers besides.
fn http(more: &Value) -> Value {
    let request = json!({ "method": "POST", "target_uri": "https://mdm.example/checkin" });
    let mut message = json!({ "form": "http", "request": request, "nonce": "n", "lifetime_seconds": 60 });
    message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let signed = sign(&message);
    json!({ "form": "http", "request": {
        "method": "POST", "target_uri": "https://mdm.example/checkin", "headers": signed["headers"],
    } })
}

#[test]
fn each_form_says_who_and_when_and_of_what_body() {
    let own = Certificate::from_pem(&certificate()).unwrap();
    let cms = |without_attributes: bool| {
        let signed = sign(&json!({ "form": "detached_cms", "without_attributes": without_attributes }));
        read(&json!({ "form": "detached_cms", "signature": signed["signature"] })).unwrap()
    };
    let said = cms(false);
    assert_eq!(said["signer"], json!({ "issuer": own.issuer_text(), "serial": own.serial_hex() }));
    assert_eq!(said["certificates"], json!([own.sha256()]));
    let of = |said: &Value| (said["signed_at"].clone(), said["digests"].clone(), said["over_body"].clone());
    assert_eq!(of(&said), (json!(NOW), sha256(), json!(false)));
    assert_eq!(of(&cms(true)), (Value::Null, Value::Null, json!(true)));
    let said = read(&http(&json!({}))).unwrap();
    assert_eq!(of(&said), (json!(NOW), sha256(), json!(false)));
    assert_eq!((&said["key_id"], &said["expires"]), (&json!(own.sha256()), &json!(NOW + 60)));
    assert_eq!((&said["http"]["nonce"], &said["http"]["label"]), (&json!("n"), &json!("sig1")));
    let bare = sign(&json!({ "form": "bare" }));
    let said = read(&json!({ "form": "bare", "signature": bare["signature"], "key_id": "7" })).unwrap();
    assert_eq!(said, json!({ "form": "bare", "key_id": "7", "over_body": true }));
}

/// What is not signed says nothing of the body, and what is, in any of its ways.
#[test]
fn only_digests_that_are_covered_are_told() {
    let both = http(&json!({ "content_digest": ["sha-256", "sha-512"] }));
    let digests = read(&both).unwrap()["digests"].clone();
    assert_eq!(digests["sha-512"], encode(&DigestAlgorithm::Sha512.digest(BODY)));
    assert_eq!(digests["sha-256"], sha256()["sha-256"]);
    let without = http(&json!({ "components": ["@method", "@target-uri"] }));
    assert_eq!(read(&without).unwrap()["digests"], Value::Null);
    let mut added = without;
    let field = json!(["Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"]);
    added["request"]["headers"].as_array_mut().unwrap().push(field);
    assert_eq!(read(&added).unwrap()["digests"], Value::Null);
    let mut short = both;
    let headers = short["request"]["headers"].as_array_mut().unwrap();
    let digest = headers.iter_mut().find(|line| line[0] == "Content-Digest").unwrap();
    digest[1] = json!("sha-256=:AAAA:");
    assert_eq!(read(&short).unwrap_err().code, ErrorCode::MessageMalformed);
}

#[test]
fn what_is_no_message_is_refused() {
    let request = json!({ "method": "POST", "target_uri": "https://mdm.example/checkin" });
    let of = |message: &Value| {
        let error = read(message).unwrap_err();
        (error.code, error.at.unwrap_or_default())
    };
    for (message, code) in [
        (json!({ "form": "http", "request": request }), ErrorCode::MessageSignatureAbsent),
        (json!({ "form": "detached_cms", "signature": "AAAA" }), ErrorCode::MessageMalformed),
        (json!({ "form": "bare", "signature": "*" }), ErrorCode::MessageMalformed),
    ] {
        assert_eq!(of(&message), (code, "message".to_string()), "{message}");
    }
    let line = |at: &str| format!("message.request.{at}");
    let bad = json!({ "form": "http", "request": { "method": "POST", "target_uri": "x" } });
    let (code, at) = of(&bad);
    assert_eq!((code, at), (ErrorCode::UrlMalformed, line("target_uri")));
    let unread: Vec<&str> = Vec::new();
    assert!(serde_json::from_value::<Request>(json!({ "message": unread })).is_err());
}
