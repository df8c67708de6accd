//! CMS (RFC 5652): by itself, and as what a signed SCEP message holds.

use crate::{der, engine};
use sealwright_core::algorithm::SignatureScheme;
use sealwright_core::key::PrivateKey;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const CONTENT_TYPE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
const MESSAGE_DIGEST: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
const MESSAGE_TYPE: &[u8] = b"\x06\x0a\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x02";
const TRANSACTION_ID: &[u8] = b"\x06\x0a\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x07";
const SENDER_NONCE: &[u8] = b"\x06\x0a\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x05";
const SHA256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
/// PKCSReq.
const PKCS_REQ: &[u8] = b"19";
const VERSION_1: &[u8] = &[2, 1, 1];

/// A key and its certificate.
pub struct Signer {
    key: PrivateKey,
    certificate: Vec<u8>,
    issuer_and_serial_number: Vec<u8>,
}

/// The client. Its key is as short as the engine takes it: signing is most of the work.
pub static CLIENT: LazyLock<Signer> = LazyLock::new(|| {
    Signer::new(include_str!("../keys/signer.key.pem"), include_bytes!("../keys/signer.der"))
});

impl Signer {
    /// The holder of a key (PEM) and of its certificate (DER).
    ///
    /// # Panics
    /// If they are none.
    #[must_use]
    pub fn new(key: &str, certificate: &[u8]) -> Self {
        Self {
            key: PrivateKey::from_pem(key).expect("the key"),
            certificate: certificate.to_vec(),
            issuer_and_serial_number: issuer_and_serial_number(certificate).expect("a certificate"),
        }
    }
}

/// The bytes as a CMS message, as certificates-only, and as the envelope inside a message with a valid
/// signature. The decryption key is not held: its question is answered with a content key, so that no
/// RSA operation stands between the mutation and the content.
pub fn run(data: &[u8]) {
    let encoded = engine::encode(data);
    engine::ask(&json!({ "op": "inspect", "input": encoded }));
    engine::ask(&json!({ "op": "scep_read_ca_certificates", "body": encoded }));
    let message = engine::encode(&signed(&CLIENT, PKCS_REQ, data));
    let request = json!({
        "op": "scep_open_request", "now": engine::NOW, "seed": engine::SEED, "message": message,
        "recipients": [{
            "key": { "id": "elsewhere", "public_key": include_str!("../keys/recipient.pub.pem") },
            "certificate": engine::RECIPIENT,
        }],
        "allow_legacy": true,
    });
    let content_key = [0x42; 32];
    let content_key = match data.len() % 4 {
        0 => None,
        1 => content_key.get(..16),
        2 => content_key.get(..24),
        _ => content_key.get(..),
    };
    engine::ask_and_answer(&request, content_key);
}

/// A message of a type with `content` in it.
#[must_use]
pub fn signed(signer: &Signer, message_type: &[u8], content: &[u8]) -> Vec<u8> {
    let encapsulated = der::element(der::CONTEXT_0, &[&der::element(der::OCTET_STRING, &[content])]);
    let encapsulated = der::element(der::SEQUENCE, &[DATA, &encapsulated]);
    let signed_data = der::element(
        der::SEQUENCE,
        &[
            VERSION_1,
            &der::element(der::SET, &[SHA256]),
            &encapsulated,
            &der::element(der::CONTEXT_0, &[&signer.certificate]),
            &der::element(der::SET, &[&signer_info(signer, message_type, content)]),
        ],
    );
    der::element(der::SEQUENCE, &[SIGNED_DATA, &der::element(der::CONTEXT_0, &[&signed_data])])
}

fn signer_info(signer: &Signer, message_type: &[u8], content: &[u8]) -> Vec<u8> {
    let attributes = signed_attributes(message_type, content);
    let signature = signer
        .key
        .sign(SignatureScheme::RsaPkcs1Sha256, &der::element(der::SET, &[&attributes]))
        .expect("a signature");
    der::element(
        der::SEQUENCE,
        &[
            VERSION_1,
            &signer.issuer_and_serial_number,
            SHA256,
            &der::element(der::CONTEXT_0, &[&attributes]),
            RSA,
            &der::element(der::OCTET_STRING, &[&signature]),
        ],
    )
}

/// In the order of DER: the shorter attributes first.
fn signed_attributes(message_type: &[u8], content: &[u8]) -> Vec<u8> {
    let digest = Sha256::digest(content);
    let mut attributes = [
        attribute(MESSAGE_TYPE, &der::element(der::PRINTABLE_STRING, &[message_type])),
        attribute(CONTENT_TYPE, DATA),
        attribute(SENDER_NONCE, &der::element(der::OCTET_STRING, &[&[7; 16]])),
        attribute(MESSAGE_DIGEST, &der::element(der::OCTET_STRING, &[&digest])),
        attribute(TRANSACTION_ID, &der::element(der::PRINTABLE_STRING, &[b"fuzz"])),
    ];
    attributes.sort();
    attributes.concat()
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    der::element(der::SEQUENCE, &[kind, &der::element(der::SET, &[value])])
}

/// issuer and serialNumber out of a certificate: the fourth and the second field of a tbsCertificate
/// with a version (RFC 5280 section 4.1).
#[must_use]
pub fn issuer_and_serial_number(certificate: &[u8]) -> Option<Vec<u8>> {
    let fields = der::content(der::content(certificate)?)?;
    let (_version, rest) = split(fields)?;
    let (serial_number, rest) = split(rest)?;
    let (_signature, rest) = split(rest)?;
    let (issuer, _) = split(rest)?;
    Some(der::element(der::SEQUENCE, &[issuer, serial_number]))
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(der::first(bytes)?.len())
}

#[cfg(test)]
mod tests {
    use super::{CLIENT, PKCS_REQ, signed};
    use crate::engine;
    use serde_json::json;

    /// The whole point of `signed` is that its message passes: what is found wrong is not the signature but
    /// that the request in this envelope is another's.
    #[test]
    fn the_signature_is_valid() {
        let mut message = signed(&CLIENT, PKCS_REQ, include_bytes!("../seeds/cms/openssl-aes128-pkcs1"));
        assert_eq!(rejection(&message), "scep_message_unreadable");
        *message.last_mut().expect("a signature") ^= 1;
        assert_eq!(rejection(&message), "signature_invalid");
    }

    fn rejection(message: &[u8]) -> String {
        let request = json!({
            "op": "scep_open_request", "now": engine::NOW, "seed": engine::SEED,
            "message": engine::encode(message),
            "recipients": [{ "key": { "id": "recipient" }, "certificate": engine::RECIPIENT }],
        });
        let body = engine::response(&request);
        body["ok"]["rejection"]["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}
