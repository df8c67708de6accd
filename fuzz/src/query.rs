//! What GetCert and GetCRL ask, what GetCRL gets, and the body of a GetNextCACert response (RFC 8894 sections 3.3.4,
//! 3.3.5 and 4.7).

use crate::cms::{CLIENT, Signer, issuer_and_serial_number, signed};
use crate::{der, engine};
use aes::Aes128;
use cbc::Encryptor;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use sealwright_core::certificate::Certificate;
use serde_json::{Value, json};
use std::sync::LazyLock;

const ENVELOPED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const AES_128_CBC: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02";
const VERSION_0: &[u8] = &[2, 1, 0];
/// `[0] IMPLICIT OCTET STRING`.
const ENCRYPTED_CONTENT: u8 = 0x80;
const CONTENT_KEY: [u8; 16] = [0x42; 16];
const IV: [u8; 16] = [7; 16];
const GET_CERT: &[u8] = b"21";
const GET_CRL: &[u8] = b"22";

static RECIPIENT: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::from_pem(engine::RECIPIENT).expect("the recipient's certificate"));

static AUTHORITY: LazyLock<Signer> = LazyLock::new(|| Signer::new(engine::RECIPIENT_KEY, RECIPIENT.der()));

/// The bytes as a query in an envelope that opens, as a revocation list for a client, and as the next certificates
/// of an authority, signed by it or as they are.
pub fn run(data: &[u8]) {
    ask(data);
    hand_out(data);
    next(data);
    next(&signed(&AUTHORITY, GET_CERT, data));
}

/// Whatever the content is, nothing but what is in `wanted` depends on it: the rest of the response is that of a query
/// which cannot be read, and so is the shape of `wanted`.
fn ask(content: &[u8]) {
    static UNREADABLE: LazyLock<[Value; 2]> =
        LazyLock::new(|| [GET_CERT, GET_CRL].map(|message_type| without_wanted(message_type, b"no query")));
    for (message_type, unreadable) in [GET_CERT, GET_CRL].into_iter().zip(&*UNREADABLE) {
        let response = without_wanted(message_type, content);
        assert_eq!(response, *unreadable, "more than `wanted` depends on what is asked");
    }
}

fn without_wanted(message_type: &[u8], content: &[u8]) -> Value {
    let mut response = opened(message_type, content);
    let wanted =
        response.as_object_mut().and_then(|fields| fields.remove("wanted")).expect("it is always there");
    for field in ["issuer", "issuer_der", "serial"] {
        assert!(wanted[field].as_str().is_some_and(|text| !text.is_empty()), "{wanted}");
    }
    response
}

fn opened(message_type: &[u8], content: &[u8]) -> Value {
    let request = json!({
        "op": "scep_open_request", "now": engine::NOW, "seed": engine::SEED,
        "message": engine::encode(&signed(&CLIENT, message_type, &enveloped(content))),
        "recipients": [{
            "key": { "id": "elsewhere", "public_key": include_str!("../keys/recipient.pub.pem") },
            "certificate": engine::RECIPIENT,
        }],
    });
    let outcome = engine::ask_and_answer(&request, Some(&CONTENT_KEY));
    let mut body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
    assert!(body["ok"].get("rejection").is_none(), "a query is refused: {body}");
    body["ok"].take()
}

/// An envelope for the recipient with `content` in it; the encrypted key is none.
fn enveloped(content: &[u8]) -> Vec<u8> {
    let cipher = Encryptor::<Aes128>::new(&CONTENT_KEY.into(), &IV.into());
    let encrypted = cipher.encrypt_padded_vec::<Pkcs7>(content);
    let identifier = issuer_and_serial_number(RECIPIENT.der()).expect("a certificate");
    let recipient = der::element(
        der::SEQUENCE,
        &[VERSION_0, &identifier, RSA, &der::element(der::OCTET_STRING, &[&[1; 256]])],
    );
    let algorithm = der::element(der::SEQUENCE, &[AES_128_CBC, &der::element(der::OCTET_STRING, &[&IV])]);
    let encrypted = der::element(ENCRYPTED_CONTENT, &[&encrypted]);
    let enveloped_data = der::element(
        der::SEQUENCE,
        &[
            VERSION_0,
            &der::element(der::SET, &[&recipient]),
            &der::element(der::SEQUENCE, &[DATA, &algorithm, &encrypted]),
        ],
    );
    der::element(der::SEQUENCE, &[ENVELOPED_DATA, &der::element(der::CONTEXT_0, &[&enveloped_data])])
}

/// What a server hands out as a revocation list, the client takes for one of the authority's, the same, or not.
fn hand_out(crl: &[u8]) {
    let recipient = json!({ "key": { "id": "recipient" }, "certificate": engine::RECIPIENT });
    let nonce = engine::encode(&[1; 16]);
    let crl = engine::pem("X509 CRL", crl);
    let sealed = engine::response(&json!({
        "op": "scep_seal_reply", "now": engine::NOW, "seed": engine::SEED, "signer": recipient,
        "reply_to": {
            "transaction_id": "1", "sender_nonce": nonce, "certificate": engine::RECIPIENT,
            "content_cipher": "aes_128_cbc", "key_transport": "rsa_pkcs1",
        },
        "result": { "status": "success", "crl": crl },
    }));
    let Some(message) = sealed["ok"].get("message") else { return };
    let read = engine::response(&json!({
        "op": "scep_open_reply", "now": engine::NOW, "seed": engine::SEED, "message": message,
        "pending": {
            "transaction_id": "1", "sender_nonce": nonce, "signer_certificate": engine::RECIPIENT,
            "query": {
                "message_type": "get_crl", "issuer": engine::encode(RECIPIENT.subject()), "serial": "01",
            },
        },
        "key": { "id": "recipient" }, "authorities": [engine::RECIPIENT],
    }));
    match read.get("ok") {
        Some(read) => assert_eq!(read["crl"], crl, "another list"),
        None => assert_eq!(read["error"]["code"], "scep_reply_crl_invalid", "{read}"),
    }
}

fn next(body: &[u8]) {
    engine::response(&json!({
        "op": "scep_read_next_ca_certificates", "body": engine::encode(body), "authority": engine::RECIPIENT,
    }));
}

#[cfg(test)]
mod tests {
    use super::{AUTHORITY, GET_CERT, engine, json, opened, signed};

    /// The whole point is that these are understood: the seeds reach what lies behind the signature.
    #[test]
    fn the_seeds_are_understood() {
        let query = opened(GET_CERT, include_bytes!("../seeds/query/issuer-and-serial-number"));
        assert_eq!(query["wanted"]["serial"], "1002", "{query}");
        let certificates = include_bytes!("../seeds/query/certificates");
        let next = engine::response(&json!({
            "op": "scep_read_next_ca_certificates", "authority": engine::RECIPIENT,
            "body": engine::encode(&signed(&AUTHORITY, GET_CERT, certificates)),
        }));
        assert!(next["ok"]["certificates"].is_array(), "{next}");
    }
}
