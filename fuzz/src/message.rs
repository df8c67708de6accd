//! What devices sign and send: detached CMS, HTTP message signatures (RFC 9421) with structured fields (RFC 9651), bare
//! signatures; and public keys that come alone.

use crate::engine;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::sync::LazyLock;

const P256_PUBLIC: &str = include_str!("../../tests/vectors/keys/p256-root.pub.pem");

/// The keys of RFC 9421's examples, as signers.
static RFC_SIGNERS: LazyLock<Value> = LazyLock::new(|| {
    let examples: Value =
        serde_json::from_str(include_str!("../../tests/data/http-signatures/rfc9421.json")).expect("JSON");
    let keys = examples["keys"].as_object().expect("keys");
    keys.iter().map(|(id, jwk)| json!({ "id": id, "jwk": jwk })).collect()
});

/// When they were signed.
const RFC_NOW: u64 = 1_618_884_480;

/// The bytes as CMS, as a body and as a bare signature; as text: as a message, as the components of a signature that is made,
/// and as a public key.
pub fn run(data: &[u8]) {
    detached(data);
    bare(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    message(text);
    components(text);
    public_key(text);
}

/// A signature that a stranger made: no certificate is trusted, so none is good.
fn detached(der: &[u8]) {
    let verified = engine::response(&json!({
        "op": "verify_message", "now": engine::NOW, "body": engine::encode(b"body"),
        "message": { "form": "detached_cms", "signature": Base64::encode_string(der), "allow_sha1": true },
        "signers": [{ "certificate": engine::RECIPIENT }], "trust": { "purpose": "any" },
        "freshness": { "allow_undated": true, "max_age_seconds": 31_622_400 },
    }));
    assert!(verified.get("ok").is_none(), "a stranger is believed: {verified}");
    let message =
        json!({ "form": "detached_cms", "signature": Base64::encode_string(der), "allow_sha1": true });
    let read = engine::response(&json!({ "op": "read_message", "message": message }));
    if let Some(ok) = read.get("ok") {
        assert_eq!(ok["over_body"] == true, ok["digests"].is_null(), "what is signed? {read}");
    }
}

/// What is signed over any body is good with it, and with no other; in any form it has one replay key.
fn bare(body: &[u8]) {
    let key = json!({ "id": "p256", "public_key": P256_PUBLIC });
    let mut replay_keys = Vec::new();
    for ecdsa in ["der", "raw"] {
        let message = json!({ "form": "bare", "ecdsa": ecdsa });
        let signed = engine::response(&json!({
            "op": "sign_message", "now": engine::NOW, "key": key, "message": message, "body": engine::encode(body),
        }));
        let verify = |body: &[u8]| {
            engine::response(&json!({
                "op": "verify_message", "now": engine::NOW, "body": engine::encode(body),
                "message": { "form": "bare", "ecdsa": ecdsa, "signature": signed["ok"]["signature"] },
                "signers": [{ "public_key": P256_PUBLIC }], "freshness": { "allow_undated": true },
            }))
        };
        let own = verify(body);
        // The signed attributes of another message are the one body that is refused.
        assert!(own.get("ok").is_some() || own["error"]["code"] == "message_malformed", "{own}");
        replay_keys.push(own["ok"]["replay"]["key"].clone());
        let other = [body, b"x"].concat();
        assert!(verify(&other).get("ok").is_none(), "a signature of another body");
    }
    assert_eq!(replay_keys[0], replay_keys[1]);
}

/// A message as text, with the signatures that it has.
fn message(text: &str) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let start: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let headers: Vec<Value> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| json!([name, value])).collect();
    let verify = |headers: &[Value], usual: bool| {
        let mut message = match start[..] {
            ["HTTP/1.1", status, ..] => {
                json!({ "response": { "status": status.parse::<u16>().unwrap_or(200), "headers": headers } })
            }
            [method, target, ..] => json!({ "request": {
                "method": method, "target_uri": format!("https://example.com{target}"), "headers": headers,
            } }),
            _ => return Value::Null,
        };
        message["form"] = json!("http");
        message["structured_fields"] = json!({ "example-dict": "dictionary" });
        message["algorithms"] = json!(["rsa-pss-sha512", "ecdsa-p256-sha256", "ed25519"]);
        if !usual {
            message["required_components"] = json!([]);
        }
        let verified = engine::response(&json!({
            "op": "verify_message", "now": RFC_NOW, "message": message, "body": engine::encode(body.as_bytes()),
            "signers": *RFC_SIGNERS,
        }));
        let read = engine::response(&json!({ "op": "read_message", "message": message }));
        if let Some(ok) = verified.get("ok") {
            assert_eq!(read["ok"]["http"], ok["http"], "read otherwise than verified");
            assert_eq!(read["ok"]["digests"].is_object(), ok["body_covered"] == true, "{read}");
        }
        verified
    };
    let any = verify(&headers, false);
    let usual = verify(&headers, true);
    let Some(ok) = any.get("ok") else {
        assert!(usual.get("ok").is_none(), "more is accepted where more is wanted: {usual}");
        return;
    };
    if let Some(usual) = usual.get("ok") {
        let covered = usual["http"]["covered"].as_array().expect("components");
        let has =
            |name: &str| covered.iter().any(|own| own.as_str().is_some_and(|own| own.starts_with(name)));
        assert!(has("\"@method\"") || has("\"@status\""), "{usual}");
        assert!(body.is_empty() || usual["body_covered"] == true, "{usual}");
    }
    // One more header of a name that nobody has, and the same message.
    let more = [headers, vec![json!(["x-unsigned-and-new", "1"])]].concat();
    assert_eq!(verify(&more, false)["ok"]["replay"]["key"], ok["replay"]["key"], "another message");
}

/// What is signed is good, whatever it covers, and says what it covers in the words that were asked for. Whether it was
/// signed.
fn components(text: &str) -> bool {
    let components: Vec<&str> = text.lines().collect();
    let headers = json!([
        ["Example-Dict", " a=1,    b=2;x=1;y=2,   c=(a   b   c)"],
        ["Priority", "u=1"],
        ["X", "\tä "]
    ]);
    let mut request = json!({
        "method": "POST", "target_uri": "https://www.example.com/parameters?var=this%20is&bar=with+plus&fa%C3%A7ade=x",
        "headers": headers, "trailers": [["Expires", "Wed, 9 Nov 2022 07:28:00 GMT"]],
    });
    let structured = json!({ "example-dict": "dictionary" });
    let signed = engine::response(&json!({
        "op": "sign_message", "now": engine::NOW, "key": { "id": "p256", "public_key": P256_PUBLIC },
        "body": engine::encode(b"body"), "key_id": "k",
        "message": {
            "form": "http", "request": request, "components": components, "structured_fields": structured,
        },
    }));
    let Some(added) = signed["ok"]["headers"].as_array() else { return false };
    request["headers"].as_array_mut().expect("headers").extend(added.iter().cloned());
    let verified = engine::response(&json!({
        "op": "verify_message", "now": engine::NOW, "body": engine::encode(b"body"),
        "message": {
            "form": "http", "request": request, "structured_fields": structured, "required_components": components,
        },
        "signers": [{ "id": "k", "public_key": P256_PUBLIC }],
    }));
    // A digest that is covered by another member than the ones that are known covers no body.
    let wants_digest = components.iter().any(|own| own.contains("content-digest"));
    let covered = verified["ok"]["http"]["covered"].as_array();
    assert!(covered.is_some() || wants_digest, "signed and not good: {components:?} {verified}");
    if let Some(covered) = covered {
        assert_eq!(covered.len(), components.len(), "{components:?} {verified}");
    }
    true
}

/// A key that is read is certified. Whether it was read.
fn public_key(text: &str) -> bool {
    let authority = engine::response(&json!({
        "op": "create_authority", "now": engine::NOW, "seed": engine::SEED, "subject": "CN=Fuzz",
        "key": { "id": "p256", "public_key": P256_PUBLIC },
    }));
    let issue = |public_key: &str| {
        engine::response(&json!({
            "op": "issue_from_public_key", "now": engine::NOW, "seed": engine::SEED, "profile": "device-identity",
            "authority": authority["ok"]["authority"], "public_key": public_key, "subject": "CN=device",
        }))
    };
    let issued = issue(text);
    if let Some(ok) = issued.get("ok") {
        let read = engine::response(&json!({ "op": "inspect", "input": ok["certificate"] }));
        assert!(read.get("ok").is_some(), "{read}");
        assert!(ok["record"]["csr_sha256"].is_null(), "{issued}");
    }
    issued.get("ok").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seeds reach what lies behind the signature.
    #[test]
    fn the_seeds_are_understood() {
        let read = |name: &str| {
            let path = format!("{}/seeds/message/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        for name in ["rfc9421-b23", "rfc9421-b24", "rfc9421-b26", "rfc9421-transform"] {
            let text = read(name);
            let (head, body) = text.split_once("\n\n").unwrap();
            let headers: Vec<Value> = head
                .lines()
                .skip(1)
                .map(|line| line.split_once(": ").map(|(name, value)| json!([name, value])).unwrap())
                .collect();
            let start: Vec<&str> = head.lines().next().unwrap().split(' ').collect();
            let mut message = match start[0] {
                "HTTP/1.1" => json!({ "response": { "status": 200, "headers": headers } }),
                method => json!({ "request": {
                    "method": method, "headers": headers,
                    "target_uri": format!("https://{}{}", headers[0][1].as_str().unwrap(), start[1]),
                } }),
            };
            message["form"] = json!("http");
            message["algorithms"] = json!(["rsa-pss-sha512", "ecdsa-p256-sha256", "ed25519"]);
            message["required_components"] = json!([]);
            let verified = engine::response(&json!({
                "op": "verify_message", "now": RFC_NOW, "message": message, "signers": *RFC_SIGNERS,
                "body": engine::encode(body.as_bytes()),
            }));
            assert!(verified.get("ok").is_some(), "{name}: {verified}");
        }
        for name in ["public-key-pkcs1.pem", "public-key-ssh.pub", "public-key-ssh-ed25519.pub"] {
            assert!(public_key(&read(name)), "{name}");
        }
        for name in ["components", "components-query", "components-fields"] {
            assert!(components(&read(name)), "{name}");
        }
    }
}
