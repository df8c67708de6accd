//! OpenSSL as judge of the SCEP messages that the vectors say are right.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use conformance::vector::{self, Vector};
use conformance::{json::Json, tool};

fn openssl(arguments: &[&str], folder: &Path) -> Result<Vec<u8>> {
    tool::run("openssl", arguments, folder, b"")
}

/// Verifies the outer SignedData against the signer that it names, and gives what it contains.
fn verified(message: &[u8], folder: &Path) -> Result<Vec<u8>> {
    std::fs::write(folder.join("message.der"), message)?;
    std::fs::write(folder.join("nothing"), b"")?;
    let mut arguments = vec!["cms", "-verify", "-binary", "-noverify", "-inform", "DER"];
    arguments.extend(["-in", "message.der"]);
    // Without an envelope there is no content, and the signature is over none.
    openssl(&arguments, folder)
        .or_else(|_| openssl(&[arguments, vec!["-content", "nothing"]].concat(), folder))
}

/// Decrypts the EnvelopedData.
fn decrypted(envelope: &[u8], key: &str, folder: &Path) -> Result<Vec<u8>> {
    std::fs::write(folder.join("envelope.der"), envelope)?;
    let key = vector::folder().join(key);
    let key = key.to_str().context("a path that is no text")?;
    openssl(&["cms", "-decrypt", "-inform", "DER", "-in", "envelope.der", "-inkey", key], folder)
}

fn der(pem: &str, kind: &str, folder: &Path) -> Result<Vec<u8>> {
    tool::run("openssl", &[kind, "-outform", "DER"], folder, pem.as_bytes())
}

/// The certificates of a certificates-only message, in DER and in order.
fn certificates(message: &[u8], folder: &Path) -> Result<Vec<Vec<u8>>> {
    std::fs::write(folder.join("certificates.der"), message)?;
    let printed = openssl(&["pkcs7", "-inform", "DER", "-in", "certificates.der", "-print_certs"], folder)?;
    let printed = String::from_utf8(printed)?;
    let blocks = printed.split_inclusive("-----END CERTIFICATE-----").filter(|block| block.contains("BEGIN"));
    blocks.map(|block| der(block, "x509", folder)).collect()
}

fn wanted(list: &Json, folder: &Path) -> Result<Vec<Vec<u8>>> {
    list.items()?.iter().map(|pem| der(pem.text()?, "x509", folder)).collect()
}

/// An attribute of the message, as OpenSSL prints it.
fn has_attribute(oid: &str, value: &str, folder: &Path) -> Result<()> {
    let printed = openssl(&["cms", "-cmsout", "-print", "-inform", "DER", "-in", "message.der"], folder)?;
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let after = printed.split(oid).nth(1).with_context(|| format!("no attribute {oid}"))?;
    let first = after.lines().take(4).collect::<String>();
    ensure!(first.contains(value), "the attribute {oid} is {first}, wanted {value}");
    Ok(())
}

const MESSAGE_TYPE: &str = "2.16.840.1.113733.1.9.2";
const PKI_STATUS: &str = "2.16.840.1.113733.1.9.3";
const FAIL_INFO: &str = "2.16.840.1.113733.1.9.4";
const TRANSACTION_ID: &str = "2.16.840.1.113733.1.9.7";

#[test]
fn requests_are_what_openssl_expects() {
    vector::each_success("scep_seal_request", |vector, folder| {
        let envelope = verified(&vector.octets("/message")?, folder)?;
        let content = decrypted(&envelope, "../../core/testdata/scep/ra.key", folder)?;
        let message_type = vector.request.at("/message_type")?.text()?;
        let number = match message_type {
            "pkcs_req" => "19",
            "renewal_req" => "17",
            _ => "20",
        };
        has_attribute(MESSAGE_TYPE, &format!("PRINTABLESTRING:{number}"), folder)?;
        let transaction_id = vector.text("/pending/transaction_id")?;
        has_attribute(TRANSACTION_ID, &format!("PRINTABLESTRING:{transaction_id}"), folder)?;
        if message_type != "cert_poll" {
            ensure!(content == der(vector.request.at("/csr")?.text()?, "req", folder)?, "another request");
        }
        Ok(())
    })
    .unwrap();
}

/// The key of the client that a reply is for.
fn client_key(vector: &Vector) -> &'static str {
    if vector.id.starts_with("our-client") {
        "keys/rsa-device.pem"
    } else {
        "../../core/testdata/scep/client.key"
    }
}

#[test]
fn replies_are_what_openssl_expects() {
    vector::each_success("scep_seal_reply", |vector, folder| {
        let envelope = verified(&vector.octets("/message")?, folder)?;
        has_attribute(MESSAGE_TYPE, "PRINTABLESTRING:3", folder)?;
        let transaction_id = vector.request.at("/reply_to/transaction_id")?.text()?;
        if transaction_id.is_ascii() {
            has_attribute(TRANSACTION_ID, &format!("PRINTABLESTRING:{transaction_id}"), folder)?;
        }
        let result = vector.request.at("/result")?;
        match result.at("/status")?.text()? {
            "success" => {
                has_attribute(PKI_STATUS, "PRINTABLESTRING:0", folder)?;
                let content = decrypted(&envelope, client_key(vector), folder)?;
                let found = certificates(&content, folder)?;
                ensure!(found == wanted(result.at("/certificates")?, folder)?, "other certificates");
            }
            "failure" => {
                has_attribute(PKI_STATUS, "PRINTABLESTRING:2", folder)?;
                let number = match result.at("/fail_info")?.text()? {
                    "bad_message_check" => "1",
                    "bad_request" => "2",
                    other => anyhow::bail!("which number has {other}?"),
                };
                has_attribute(FAIL_INFO, &format!("PRINTABLESTRING:{number}"), folder)?;
            }
            "error" => {
                has_attribute(PKI_STATUS, "PRINTABLESTRING:2", folder)?;
                let number = match result.at("/error/code")?.text()? {
                    "key_unsupported" => "0",
                    "csr_signature_invalid" => "1",
                    other => anyhow::bail!("which number has {other}?"),
                };
                has_attribute(FAIL_INFO, &format!("PRINTABLESTRING:{number}"), folder)?;
            }
            "pending" => has_attribute(PKI_STATUS, "PRINTABLESTRING:3", folder)?,
            other => anyhow::bail!("what is {other}?"),
        }
        Ok(())
    })
    .unwrap();
}

/// What was opened is what the sender closed: OpenSSL opens the same message with the same key.
#[test]
fn opened_requests_hold_what_openssl_finds() {
    vector::each_success("scep_open_request", |vector, folder| {
        let Ok(csr) = vector.text("/enrollment/csr") else {
            return Ok(());
        };
        let message = vector::base64url(vector.request.at("/message")?.text()?)?;
        if vector.request.get("allow_legacy").is_some() {
            // OpenSSL 3 reads neither MD5 nor single DES without its legacy provider.
            return Ok(());
        }
        let content = decrypted(&verified(&message, folder)?, "../../core/testdata/scep/ra.key", folder)?;
        ensure!(content == der(csr, "req", folder)?, "another request");
        tool::run("openssl", &["req", "-verify", "-noout"], folder, csr.as_bytes()).map(drop)
    })
    .unwrap();
}

#[test]
fn authority_certificates_are_in_order() {
    vector::each_success("scep_write_ca_certificates", |vector, folder| {
        let wanted = wanted(vector.request.at("/certificates")?, folder)?;
        let body = vector.octets("/body")?;
        let found = match vector.text("/content_type")? {
            "application/x-x509-ca-cert" => vec![body],
            _ => certificates(&body, folder)?,
        };
        ensure!(found == wanted, "other certificates");
        Ok(())
    })
    .unwrap();
}

/// A server that answered these differently would tell an attacker whether a padding was right
/// (RFC 3218): the same refusal, octet for octet.
#[test]
fn one_refusal_for_all_that_does_not_decrypt() {
    let vectors = vector::of("scep_open_request").unwrap();
    let refusal = |id: &str| {
        let vector = vectors.iter().find(|vector| vector.id == id).unwrap();
        vector.response.as_ref().unwrap().at("/ok/rejection").unwrap().compact()
    };
    assert_eq!(refusal("answer-null"), refusal("garbage-inside"));
    assert_eq!(refusal("answer-garbage"), refusal("garbage-inside"));
}
