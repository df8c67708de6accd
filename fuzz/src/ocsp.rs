//! OCSP requests (RFC 6960 4.1).

use crate::engine;
use serde_json::{Value, json};
use std::sync::LazyLock;
use x509_parser::der_parser::parse_der;

/// The authority whose certificates the seeds ask about.
static AUTHORITY: LazyLock<Value> = LazyLock::new(|| {
    let outcome = engine::ask(&json!({
        "op": "create_authority", "now": engine::NOW, "seed": engine::SEED, "subject": "CN=fuzz",
        "key": { "id": "p256" },
    }));
    let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
    body["ok"]["authority"].clone()
});

/// The bytes as a request: inspected, opened, and answered with what was opened; the answer is inspected too. An
/// answer of `good` to what another issued is a finding, and so is one that cannot be read.
pub fn run(data: &[u8]) {
    engine::response(&json!({ "op": "inspect", "input": engine::encode(data) }));
    let request = json!({
        "op": "open_ocsp_request", "request": engine::encode(data), "authorities": [*AUTHORITY],
    });
    let opened = &engine::response(&request)["ok"];
    let Some(requests) = opened["requests"].as_array() else { return };
    let responses: Vec<Value> = requests.iter().map(status).collect();
    let mut request = json!({
        "op": "sign_ocsp_response", "now": engine::NOW, "authority": *AUTHORITY, "responses": responses,
    });
    if opened["nonce"].is_string() {
        request["nonce"] = opened["nonce"].clone();
    }
    let answered = engine::response(&request);
    let response = answered["ok"]["response"].as_str().unwrap_or_else(|| panic!("{opened}: {answered}"));
    let shown = engine::response(&json!({ "op": "inspect", "input": response }));
    // A CertID of somebody else's is repeated as it came, whatever its digest is.
    if requests.iter().all(|request| request["authority"] == 0) {
        let shown = &shown["ok"]["objects"][0];
        assert_eq!(shown["responses"].as_array().map(Vec::len), Some(requests.len()), "{shown}");
    }
    let der = engine::decode(response);
    let (rest, _) = parse_der(&der).expect("another reader takes it for DER");
    assert!(rest.is_empty());
}

/// The status that is said of what is asked: good of what is ours.
fn status(request: &Value) -> Value {
    let status = if request["authority"].is_null() { "unknown" } else { "good" };
    if status == "unknown" {
        let lie = json!({
            "op": "sign_ocsp_response", "now": engine::NOW, "authority": *AUTHORITY,
            "responses": [{ "cert_id": request["cert_id"], "status": "good" }],
        });
        assert_eq!(engine::response(&lie)["error"]["code"], "ocsp_cert_id_foreign", "{request}");
    }
    json!({ "cert_id": request["cert_id"], "status": status })
}

#[cfg(test)]
mod tests {
    /// Seeds are worth something as long as they get all the way.
    #[test]
    fn seeds_of_ocsp_are_about_the_authority() {
        let ours = include_bytes!("../seeds/ocsp/openssl-sha1-nonce");
        let request = super::json!({
            "op": "open_ocsp_request", "request": crate::engine::encode(ours), "authorities": [*super::AUTHORITY],
        });
        assert_eq!(crate::engine::response(&request)["ok"]["requests"][0]["authority"], 0);
    }
}
