//! pkiMessages (RFC 8894 section 3): requests as a server reads them, replies as a client does.

use crate::{engine, exchange};
use serde_json::{Value, json};

/// How many of the inputs are taken for what a device asks, too: that costs more than all the rest.
const EXCHANGES: usize = 16;

/// The bytes as a request to a server that holds the recipient's key, and as a reply.
///
/// # Panics
/// If a request that was opened cannot be answered: that is a finding.
pub fn run(data: &[u8]) {
    for allow_legacy in [false, true] {
        let body = open_request(data, allow_legacy);
        if let Some(opened) = body.get("ok") {
            answer(opened);
        }
    }
    open_reply(data);
    if data.len().is_multiple_of(EXCHANGES) {
        exchange::run(data);
    }
}

/// The response to the bytes as a request.
pub fn open_request(data: &[u8], allow_legacy: bool) -> Value {
    engine::response(&json!({
        "op": "scep_open_request", "now": engine::NOW, "seed": engine::SEED, "message": engine::encode(data),
        "recipients": [{ "key": { "id": "recipient" }, "certificate": engine::RECIPIENT }],
        "allow_legacy": allow_legacy,
    }))
}

/// The response to the bytes as a reply to transaction 1.
pub fn open_reply(data: &[u8]) -> Value {
    engine::response(&json!({
        "op": "scep_open_reply", "seed": engine::SEED, "message": engine::encode(data),
        "pending": {
            "transaction_id": "1", "sender_nonce": engine::encode(&[0; 16]),
            "signer_certificate": engine::RECIPIENT,
        },
        "key": { "id": "recipient" }, "authorities": [engine::RECIPIENT],
        // Debian's scepserver 2.1.0 answers in single DES.
        "allow_legacy": true,
    }))
}

/// Whatever was opened is an enrolment, a refusal, a query, or a poll that says no more; and there is an answer to it.
fn answer(opened: &Value) {
    let (enrollment, refused) = (opened.get("enrollment"), opened.get("rejection").is_some());
    assert!(!(enrollment.is_some() && refused), "both read and refused: {opened}");
    if enrollment.is_none() && !refused {
        assert!(
            ["cert_poll", "get_cert", "get_crl"].iter().any(|kind| opened["message_type"] == *kind),
            "{opened}"
        );
    }
    if opened.get("wanted").is_some() {
        assert!(["get_cert", "get_crl"].iter().any(|kind| opened["message_type"] == *kind), "{opened}");
    }
    let mut results = vec![json!({ "status": "failure", "fail_info": "bad_request" })];
    if let Some(enrollment) = enrollment {
        results.push(json!({ "status": "success", "certificates": [engine::RECIPIENT] }));
        let seen = engine::response(&json!({ "op": "inspect", "input": enrollment["csr"] }));
        assert!(seen.get("ok").is_some(), "a request that is read cannot be inspected: {seen}");
    }
    for result in results {
        let sealed = engine::response(&json!({
            "op": "scep_seal_reply", "now": engine::NOW, "seed": engine::SEED, "reply_to": opened["reply_to"],
            "signer": { "key": { "id": "recipient" }, "certificate": engine::RECIPIENT }, "result": result,
        }));
        assert!(sealed["ok"]["message"].is_string(), "what was opened cannot be answered: {sealed}");
    }
}
