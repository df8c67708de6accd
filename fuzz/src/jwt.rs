//! Tokens and what guards content with them: JWS and JWT (RFC 7515, RFC 7519), JWK sets (RFC 7517), URLs (RFC 3986).

use crate::engine;
use sealwright_core::algorithm::SignatureScheme;
use sealwright_core::key::PrivateKey;
use serde_json::{Value, json};
use std::sync::LazyLock;

const P256_PUBLIC: &str = include_str!("../../tests/vectors/keys/p256-root.pub.pem");
const KEYS: [&str; 4] = [
    P256_PUBLIC,
    include_str!("../../tests/vectors/keys/rsa-device.pub.pem"),
    include_str!("../../tests/vectors/keys/ed25519-device.pub.pem"),
    include_str!("../../tests/vectors/keys/p521-device.pub.pem"),
];

/// The ring's `p256`.
static P256: LazyLock<PrivateKey> = LazyLock::new(|| {
    PrivateKey::from_pem(include_str!("../../tests/vectors/keys/p256-root.pem")).expect("the key")
});

/// The bytes as a token, as the claims and as the header of a token that is signed, as JSON with a JWK set, as what a token is to
/// say, and as a URL.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        claims(data);
        return;
    };
    verify(text);
    claims(data);
    header(data);
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        keys(&value);
        say(&value);
    }
    url(text);
    path(text);
}

/// A token that a stranger made: none of the keys signed it, unless it is one of the seeds.
fn verify(token: &str) -> Value {
    let keys: Vec<Value> = KEYS.iter().map(|pem| json!({ "public_key": pem })).collect();
    engine::response(&json!({
        "op": "verify_jwt", "now": engine::NOW, "token": token, "keys": keys, "path": "/a", "device": "d",
        "allow_unbound": true, "policy": { "audience": "a" },
    }))
}

/// What anybody may have a key say. What is accepted is not over, and says so in JSON that is the payload's.
fn claims(payload: &[u8]) {
    let token = signed(br#"{"alg":"ES256"}"#, payload);
    let verified = engine::response(&json!({
        "op": "verify_jwt", "now": engine::NOW, "token": token, "keys": [{ "public_key": P256_PUBLIC }],
        "policy": { "audience": "a", "max_lifetime_seconds": 86_400 }, "path": "/a/b", "device": "d",
    }));
    let Some(ok) = verified.get("ok") else { return };
    let said: Value = serde_json::from_slice(payload).expect("what was accepted is JSON");
    // Once more through text: a number with a fraction may be another one after its first reading.
    let once_more: Value = serde_json::from_str(&said.to_string()).expect("JSON");
    assert_eq!(ok["claims"], once_more, "other claims than were signed");
    let expires = ok["expires"].as_u64().expect("an end");
    assert!(expires + 60 > engine::NOW && expires <= engine::NOW + 86_460, "{ok}");
    assert!(
        said["aud"] == "a" || said["aud"].as_array().is_some_and(|all| all.contains(&json!("a"))),
        "{ok}"
    );
    if let Some(path) = said.get("path") {
        assert!(covers(path, "/a/b", false), "{ok}");
    }
    if let Some(prefix) = said.get("path_prefix") {
        assert!(covers(prefix, "/a/b", true), "{ok}");
    }
    assert!(said.get("path").or(said.get("path_prefix")).is_some(), "no path: {ok}");
    assert!(said.get("device").is_none_or(|device| device == "d"), "{ok}");
}

/// Whatever else a header says, the algorithm is the key's and nothing has to be understood.
fn header(header: &[u8]) {
    let token = signed(header, format!(r#"{{"exp":{}}}"#, engine::NOW + 60).as_bytes());
    let verified = engine::response(
        &json!({ "op": "verify_jwt", "now": engine::NOW, "token": token, "keys": [{ "public_key": P256_PUBLIC }] }),
    );
    if let Some(ok) = verified.get("ok") {
        let said: Value = serde_json::from_slice(header).expect("what was accepted is JSON");
        assert_eq!(ok["header"]["alg"], "ES256", "{said}");
        assert_eq!(
            (&said["alg"], said.get("crit"), said.get("b64")),
            (&json!("ES256"), None, None),
            "{said}"
        );
    }
}

/// A key that is read is written as one that is read, with the same thumbprint.
fn keys(value: &Value) {
    let token = signed(br#"{"alg":"ES256"}"#, b"{}");
    engine::response(&json!({ "op": "verify_jwt", "now": engine::NOW, "token": token, "jwks": value }));
    let all = value["keys"].as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    for jwk in all {
        let read = engine::response(&json!({ "op": "jwks", "keys": [{ "jwk": jwk }] }));
        let Some(ok) = read.get("ok") else { continue };
        let again = engine::response(&json!({ "op": "jwks", "keys": [{ "jwk": ok["jwks"]["keys"][0] }] }));
        assert_eq!(again["ok"], *ok, "another key");
        let pem = json!({ "public_key": ok["keys"][0]["public_key"], "kid": ok["keys"][0]["kid"] });
        let from_pem = engine::response(&json!({ "op": "jwks", "keys": [pem] }));
        assert_eq!(
            from_pem["ok"]["keys"][0]["thumbprint"], ok["keys"][0]["thumbprint"],
            "another key in PEM"
        );
    }
}

/// What is minted is good, and what it says, minted again, is the same.
fn say(shape: &Value) {
    let minted = mint(shape);
    let Some(token) = minted["ok"]["token"].as_str() else { return };
    let names = shape.get("names").cloned().unwrap_or_else(|| json!({}));
    let now = shape["not_before"].as_u64().unwrap_or(engine::NOW).max(engine::NOW);
    let mut audience = shape["audience"].as_array().cloned().unwrap_or_default().into_iter();
    let path = shape["path"]["exact"].as_str().or(shape["path"]["prefix"].as_str());
    let verified = engine::response(&json!({
        "op": "verify_jwt", "now": now, "token": token, "keys": [{ "public_key": P256_PUBLIC }],
        "policy": { "names": names, "audience": audience.next() }, "path": path, "device": shape.get("device"),
    }));
    let ok = verified.get("ok").unwrap_or_else(|| panic!("minted and not good: {shape} {verified}"));
    assert_eq!(ok["expires"], minted["ok"]["expires"]);
    assert_eq!(mint(shape), minted);
}

fn mint(shape: &Value) -> Value {
    engine::response(&json!({
        "op": "mint_jwt", "now": engine::NOW, "seed": engine::SEED, "key": { "id": "p256", "public_key": P256_PUBLIC },
        "token": shape,
    }))
}

/// A URL that can be signed comes back, and nothing else does: no other path is opened by its token.
fn url(url: &str) {
    let shape = json!({ "shape": "bound", "lifetime_seconds": 60 });
    let signed = engine::response(&json!({
        "op": "sign_url", "now": engine::NOW, "key": { "id": "p256", "public_key": P256_PUBLIC }, "url": url, "token": shape,
    }));
    let open = |url: &str| {
        engine::response(
            &json!({ "op": "verify_url", "now": engine::NOW, "url": url, "keys": [{ "public_key": P256_PUBLIC }] }),
        )
    };
    // As it came: it may hold a token of the seeds.
    open(url);
    let Some(with) = signed["ok"]["url"].as_str() else { return };
    let opened = open(with);
    assert_eq!(opened["ok"]["url"], url, "another URL: {opened}");
    assert_eq!(opened["ok"]["path"], opened["ok"]["claims"]["path"], "another path");
    let token = signed["ok"]["token"].as_str().expect("a token");
    for other in ["/", "/a", "/etc/passwd"] {
        let found = open(&format!("{other}?token={token}"));
        assert_eq!(found.get("ok").is_some(), opened["ok"]["path"] == other, "{with} opens {other}");
    }
}

/// What a prefix opens lies below it, by segments, for who reads a path plainly as well.
fn path(text: &str) {
    let Some((prefix, below)) = text.split_once('\n') else { return };
    let shape = json!({ "shape": "bound", "lifetime_seconds": 60, "path": { "prefix": prefix } });
    let minted = mint(&shape);
    let Some(token) = minted["ok"]["token"].as_str() else { return };
    let verified = engine::response(&json!({
        "op": "verify_jwt", "now": engine::NOW, "token": token, "keys": [{ "public_key": P256_PUBLIC }], "path": below,
    }));
    if let Some(ok) = verified.get("ok") {
        assert!(covers(&ok["claims"]["path_prefix"], below, true), "{prefix:?} opens {below:?}");
    }
}

/// Another reading of paths: segments, decoded, with nothing in them that leads elsewhere.
fn covers(own: &Value, path: &str, below: bool) -> bool {
    let Some(own) = own.as_str() else { return false };
    let (own, path) = (segments(own), segments(path));
    let leads_elsewhere =
        |segment: &String| segment == ".." || segment == "." || segment.contains(['/', '\\', '\0']);
    if own.iter().chain(&path).any(leads_elsewhere) {
        return false;
    }
    match (below, own.split_last()) {
        // `/a/` opens what is in it.
        (true, Some((last, folder))) if last.is_empty() => path.starts_with(folder),
        (true, _) => path.starts_with(&own),
        (false, _) => path == own,
    }
}

fn segments(path: &str) -> Vec<String> {
    path.trim_start_matches('/').split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let encoded = match (first, after) {
            (b'%', [high, low, ..]) => {
                u8::from_str_radix(&format!("{}{}", *high as char, *low as char), 16).ok()
            }
            _ => None,
        };
        octets.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// A token by the ring's `p256`.
fn signed(header: &[u8], payload: &[u8]) -> String {
    let input = format!("{}.{}", engine::encode(header), engine::encode(payload));
    let der = P256.sign(SignatureScheme::EcdsaP256Sha256, input.as_bytes()).expect("a signature");
    format!("{input}.{}", engine::encode(&fixed(&der)))
}

/// r and s of an ECDSA signature in DER, 32 octets each (RFC 7518 section 3.4).
fn fixed(der: &[u8]) -> Vec<u8> {
    let mut rest = &der[2..];
    let mut raw = Vec::new();
    for _ in 0..2 {
        let (length, after) = (usize::from(rest[1]), &rest[2..]);
        let (integer, after) = after.split_at(length);
        let start = integer.iter().position(|octet| *octet != 0).unwrap_or(length);
        let number = &integer[start..];
        raw.resize(raw.len() + 32 - number.len(), 0);
        raw.extend_from_slice(number);
        rest = after;
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole point is that these are understood: the seeds reach what lies behind the signature.
    #[test]
    fn the_seeds_are_understood() {
        let read = |name: &str| {
            let path = format!("{}/seeds/jwt/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        let json = |name: &str| serde_json::from_str::<Value>(&read(name)).unwrap();
        for name in ["shape-compatible", "shape-bound", "shape-prefix"] {
            assert!(mint(&json(name)).get("ok").is_some(), "{name}");
        }
        for name in ["claims-exact", "claims-prefix"] {
            let token = signed(br#"{"alg":"ES256"}"#, read(name).as_bytes());
            let verified = engine::response(&json!({
                "op": "verify_jwt", "now": engine::NOW, "token": token, "keys": [{ "public_key": P256_PUBLIC }],
                "policy": { "audience": "a" }, "path": "/a/b", "device": "d",
            }));
            assert!(verified.get("ok").is_some(), "{name} {verified}");
        }
        for name in ["jwk-rsa", "jwk-ec", "jwk-okp"] {
            assert!(
                engine::response(&json!({ "op": "jwks", "keys": [{ "jwk": json(name) }] }))
                    .get("ok")
                    .is_some(),
                "{name}"
            );
        }
        for name in ["rfc7520-rs256", "rfc7520-es512", "rfc8037-eddsa"] {
            assert_eq!(verify(&read(name))["error"]["code"], "jwt_signature_invalid", "{name}");
        }
    }
}
