//! Keystores and private keys: PKCS#12 (RFC 7292), Java's own, keys in every form, and backups of authorities.

use crate::{der, engine};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

/// The password of the seeds.
const PASSWORD: &str = "correct horse";

/// The bytes as each kind of keystore, and as a key. A MAC or a digest would keep mutated bytes from getting any further:
/// a PFX is read without its MAC too, and a Java keystore gets a right digest.
pub fn run(data: &[u8]) {
    engine::ask(&json!({ "op": "inspect", "input": engine::encode(data) }));
    read_key(&engine::encode(data));
    if let Ok(text) = std::str::from_utf8(data) {
        read_key(text);
    }
    read("read_pkcs12", "pkcs12", data);
    if let Some(bare) = without_mac(data) {
        read("read_pkcs12", "pkcs12", &bare);
    }
    read_backup(data);
    read("read_jks", "jks", data);
    if let Some(content) = data.len().checked_sub(20).and_then(|end| data.get(..end)) {
        read("read_jks", "jks", &[content, &digest(content)].concat());
    }
}

fn read_key(input: &str) {
    let outcome = engine::ask(&json!({ "op": "read_private_key", "input": input, "password": PASSWORD }));
    if outcome.status == 0 {
        let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
        is_a_key(&body["ok"]["private_key"]);
    }
}

/// Reads a keystore. What comes out is fit for use: each key is read again, each entry is written again.
fn read(operation: &str, field: &str, file: &[u8]) {
    let outcome = engine::ask(&json!({ "op": operation, field: engine::encode(file), "password": PASSWORD }));
    if outcome.status != 0 {
        return;
    }
    let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
    for entry in body["ok"]["entries"].as_array().expect("entries") {
        if entry["private_key"].is_string() {
            is_a_key(&entry["private_key"]);
        } else {
            assert!(entry["problem"]["code"].is_string(), "neither a key nor a problem: {entry}");
        }
    }
}

/// Reads a backup. Each key that comes out is read again.
fn read_backup(file: &[u8]) {
    let request = json!({ "op": "read_backup", "backup": engine::encode(file), "password": PASSWORD });
    let outcome = engine::ask(&request);
    if outcome.status == 0 {
        let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
        body["ok"]["keys"].as_array().expect("keys").iter().for_each(|key| is_a_key(&key["private_key"]));
    }
}

fn is_a_key(pem: &Value) {
    let outcome = engine::ask(&json!({ "op": "read_private_key", "input": pem }));
    assert_eq!(outcome.status, 0, "a key that was read is not read again: {pem}");
}

/// The version and the content of a PFX, without what follows.
fn without_mac(data: &[u8]) -> Option<Vec<u8>> {
    let content = der::content(data)?;
    let version = der::first(content)?;
    let safe = der::first(content.get(version.len()..)?)?;
    Some(der::element(der::SEQUENCE, &[version, safe]))
}

/// The digest at the end of a Java keystore.
fn digest(content: &[u8]) -> [u8; 20] {
    let mut hash = Sha1::new();
    for unit in PASSWORD.encode_utf16() {
        hash.update(unit.to_be_bytes());
    }
    hash.update(b"Mighty Aphrodite");
    hash.update(content);
    hash.finalize().into()
}
