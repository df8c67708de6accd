//! A whole enrolment made of the bytes: what the client's half seals the server's half opens, and the other way.

use crate::engine;
use serde_json::{Value, json};

const CIPHERS: [&str; 4] = ["aes_128_cbc", "aes_192_cbc", "aes_256_cbc", "des_ede3_cbc"];
const TRANSPORTS: [&str; 3] = ["rsa_pkcs1", "rsa_oaep_sha1", "rsa_oaep_sha256"];

/// The bytes say which algorithms are used, and are the transaction id, the subject and the challenge.
///
/// # Panics
/// If one half does not understand the other: that is a finding.
pub fn run(data: &[u8]) {
    let [first, second, rest @ ..] = data else { return };
    let words = rest.get(..rest.len().min(600)).unwrap_or_default();
    let mut words =
        words.split(|octet| *octet == b'\n').map(|word| String::from_utf8_lossy(word).into_owned());
    let mut word = || words.next().unwrap_or_default();
    let (id, subject, challenge) = (word(), word(), word());
    // Whatever is refused here, such as a name that is none, is refused before anything is sealed.
    let Some(csr) = ok(&json!({
        "op": "create_csr", "key": { "id": "recipient" }, "subject": subject, "challenge_password": challenge,
    })) else {
        return;
    };
    let mut request = json!({
        "op": "scep_seal_request", "now": engine::NOW, "seed": engine::SEED, "message_type": "pkcs_req",
        "csr": csr["csr"], "key": { "id": "recipient" }, "recipient": engine::RECIPIENT,
        "content_cipher": CIPHERS[usize::from(*first) % CIPHERS.len()],
        "key_transport": TRANSPORTS[usize::from(*second) % TRANSPORTS.len()],
    });
    if !id.is_empty() {
        request["transaction_id"] = json!(id);
    }
    let Some(sealed) = ok(&request) else { return };
    let opened = ok(&json!({
        "op": "scep_open_request", "now": engine::NOW, "seed": engine::SEED, "message": sealed["message"],
        "recipients": [recipient()],
    }))
    .expect("a message that can be answered");
    assert_eq!(opened["enrollment"]["csr_sha256"], csr["csr_sha256"], "{opened}");
    assert_eq!(opened["enrollment"]["challenge_password"], challenge, "{opened}");
    assert_eq!(opened["reply_to"]["transaction_id"], sealed["pending"]["transaction_id"]);
    assert_eq!(opened["reply_to"]["content_cipher"], request["content_cipher"]);
    assert_eq!(opened["reply_to"]["key_transport"], request["key_transport"]);
    reply(&opened, &sealed["pending"]);
}

/// The recipient's own certificate does for a new one: it is for the device's key, and issued by an authority.
fn reply(opened: &Value, pending: &Value) {
    for (result, wanted) in [
        (json!({ "status": "success", "certificates": [engine::RECIPIENT] }), "success"),
        (json!({ "status": "failure", "fail_info": "bad_time", "fail_info_text": "späť" }), "failure"),
        (json!({ "status": "pending" }), "pending"),
    ] {
        let sealed = ok(&json!({
            "op": "scep_seal_reply", "now": engine::NOW, "seed": engine::SEED,
            "reply_to": opened["reply_to"], "signer": recipient(), "result": result,
        }))
        .expect("a reply");
        let read = ok(&json!({
            "op": "scep_open_reply", "now": engine::NOW, "seed": engine::SEED, "message": sealed["message"],
            "pending": pending, "key": { "id": "recipient" }, "authorities": [engine::RECIPIENT],
        }))
        .expect("a reply that opens");
        assert_eq!(read["status"], wanted, "{read}");
        assert_eq!(read.get("fail_info_text"), result.get("fail_info_text"));
    }
}

fn recipient() -> Value {
    json!({ "key": { "id": "recipient" }, "certificate": engine::RECIPIENT })
}

fn ok(request: &Value) -> Option<Value> {
    let mut body = engine::response(request);
    body.get_mut("ok").map(Value::take)
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_algorithm() {
        for (first, second) in [(0, 0), (1, 1), (2, 2), (3, 0)] {
            super::run(&[&[first, second][..], b"id 7\nCN=dev,O=x\nsecret"].concat());
        }
        super::run(b"\0\0\nCN=dev\n");
    }

    /// The transaction's id is the default one, the challenge is empty.
    #[test]
    fn nothing_said() {
        super::run(b"\0\0");
    }
}
