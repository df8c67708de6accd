//! Certification requests (RFC 2986).

use crate::{der, engine, issued};
use sealwright_core::algorithm::SignatureScheme;
use sealwright_core::key::PrivateKey;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// sequence of ecdsa-with-SHA256 (RFC 5758 section 3.2)
const ECDSA_SHA256: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

static KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    PrivateKey::from_pem(include_str!("../../tests/vectors/keys/p256-device.pem")).expect("the key")
});

static AUTHORITY: LazyLock<Value> = LazyLock::new(|| {
    let outcome = engine::ask(&json!({
        "op": "create_authority", "now": engine::NOW, "seed": engine::SEED, "subject": "CN=fuzz",
        "key": { "id": "p256" },
    }));
    let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
    body["ok"]["authority"].clone()
});

/// The bytes as a request: inspected, and signed under a profile; what is issued is looked at. A mutated request has no valid signature,
/// so its first part is signed again with the key of the seed `p256-device` and goes the same way.
pub fn run(data: &[u8]) {
    engine::ask(&json!({ "op": "inspect", "input": engine::encode(data) }));
    sign(data);
    if let Some(info) = der::content(data).and_then(der::first) {
        sign(&signed(info));
    }
}

fn sign(csr: &[u8]) {
    for profile in ["device-identity", "tls-server"] {
        let outcome = engine::ask(&json!({
            "op": "sign_csr", "now": engine::NOW, "seed": engine::SEED, "authority": *AUTHORITY,
            "profile": profile, "csr": engine::pem("CERTIFICATE REQUEST", csr),
        }));
        if outcome.status == 0 {
            let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
            issued::check(&body["ok"], csr, &AUTHORITY);
        }
    }
}

fn signed(info: &[u8]) -> Vec<u8> {
    let signature = KEY.sign(SignatureScheme::EcdsaP256Sha256, info).expect("a signature");
    let signature = der::element(der::BIT_STRING, &[&[0], &signature]);
    der::element(der::SEQUENCE, &[info, ECDSA_SHA256, &signature])
}
