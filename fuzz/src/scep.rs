//! pkiMessages (RFC 8894 section 3): requests as a server reads them, replies as a client does.

use crate::engine;
use serde_json::json;

/// The bytes as a request to a server that holds the recipient's key, and as a reply.
pub fn run(data: &[u8]) {
    let message = engine::encode(data);
    for allow_legacy in [false, true] {
        engine::ask(&json!({
            "op": "scep_open_request", "now": engine::NOW, "seed": engine::SEED, "message": message,
            "recipients": [{ "key": { "id": "recipient" }, "certificate": engine::RECIPIENT }],
            "allow_legacy": allow_legacy,
        }));
    }
    engine::ask(&json!({
        "op": "scep_open_reply", "seed": engine::SEED, "message": message,
        "pending": {
            "transaction_id": "1", "sender_nonce": engine::encode(&[0; 16]),
            "signer_certificate": engine::RECIPIENT,
        },
        "key": { "id": "recipient" }, "authorities": [engine::RECIPIENT],
    }));
}
