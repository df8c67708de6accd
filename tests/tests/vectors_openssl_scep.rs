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
    let printed = printed(folder)?;
    let blocks = printed.split_inclusive("-----END CERTIFICATE-----");
    let blocks = blocks.filter(|block| block.contains("BEGIN CERTIFICATE"));
    blocks.map(|block| der(block, "x509", folder)).collect()
}

/// The certificates and revocation lists of `certificates.der`, PEM.
fn printed(folder: &Path) -> Result<String> {
    let arguments = ["pkcs7", "-inform", "DER", "-in", "certificates.der", "-print_certs"];
    Ok(String::from_utf8(openssl(&arguments, folder)?)?)
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
            "get_cert" => "21",
            "get_crl" => "22",
            _ => "20",
        };
        has_attribute(MESSAGE_TYPE, &format!("PRINTABLESTRING:{number}"), folder)?;
        let transaction_id = vector.text("/pending/transaction_id")?;
        has_attribute(TRANSACTION_ID, &format!("PRINTABLESTRING:{transaction_id}"), folder)?;
        match message_type {
            "cert_poll" => {}
            "get_cert" | "get_crl" => {
                std::fs::write(folder.join("query.der"), content)?;
                let shown = openssl(&["asn1parse", "-inform", "DER", "-in", "query.der"], folder)?;
                let shown = String::from_utf8_lossy(&shown).into_owned();
                let serial = vector.request.at("/serial")?.text()?;
                ensure!(shown.contains("UTF8STRING        :Test CA"), "{shown}");
                ensure!(shown.contains(&format!("INTEGER           :{serial}")), "{shown}");
            }
            _ => {
                ensure!(content == der(vector.request.at("/csr")?.text()?, "req", folder)?, "another request")
            }
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
                match result.get("crl") {
                    Some(crl) => {
                        ensure!(found.is_empty() && printed(folder)?.contains(crl.text()?), "another list")
                    }
                    None => {
                        ensure!(found == wanted(result.at("/certificates")?, folder)?, "other certificates")
                    }
                }
            }
            "failure" => {
                has_attribute(PKI_STATUS, "PRINTABLESTRING:2", folder)?;
                let number = match result.at("/fail_info")?.text()? {
                    "bad_message_check" => "1",
                    "bad_request" => "2",
                    "bad_cert_id" => "4",
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
            return query_is_what_openssl_finds(vector, folder);
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

fn query_is_what_openssl_finds(vector: &Vector, folder: &Path) -> Result<()> {
    // An answer that is no content key: what is wanted then is nobody's, so that nobody can tell.
    let is_answered = vector.request.get("answers").is_some();
    let Some(serial) = vector.text("/wanted/serial").ok().filter(|_| !is_answered) else {
        return Ok(());
    };
    let message = vector::base64url(vector.request.at("/message")?.text()?)?;
    let content = decrypted(&verified(&message, folder)?, "../../core/testdata/scep/ra.key", folder)?;
    std::fs::write(folder.join("query.der"), content)?;
    let shown = openssl(&["asn1parse", "-inform", "DER", "-in", "query.der"], folder)?;
    let shown = String::from_utf8_lossy(&shown).into_owned();
    ensure!(shown.contains(&format!("INTEGER           :{serial}")), "{shown}");
    Ok(())
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

/// Signed by the certificate that clients know, around the next ones (RFC 8894 section 4.7).
#[test]
fn next_certificates_are_signed_by_the_present_authority() {
    vector::each_success("scep_write_next_ca_certificates", |vector, folder| {
        let authority = vector.request.at("/authority")?;
        let present = authority.at("/certificate")?.text()?;
        std::fs::write(folder.join("body.der"), vector.octets("/body")?)?;
        std::fs::write(folder.join("present.pem"), present)?;
        // An anchor in the middle of a path is one, whatever the time: the question is who signed.
        let arguments = "cms -verify -binary -inform DER -in body.der -CAfile present.pem -partial_chain -purpose any \
            -no_check_time -certfile present.pem -nointern";
        let content = openssl(&arguments.split_whitespace().collect::<Vec<_>>(), folder)?;
        let mut expected = match vector.request.get("helpers") {
            Some(helpers) => wanted(helpers, folder)?,
            None => Vec::new(),
        };
        expected.push(der(authority.at("/next/certificate")?.text()?, "x509", folder)?);
        let mut above = wanted(authority.at("/next/chain")?, folder)?;
        let root = above.pop();
        expected.extend(above);
        if let Some(crossing) = vector.request.get("crossing") {
            expected.extend(wanted(crossing, folder)?);
        }
        expected.extend(root);
        // New with old, for who trusts the present root alone.
        if let Ok(new_with_old) = authority.at("/next/cross_certificates/0") {
            expected.push(der(new_with_old.text()?, "x509", folder)?);
        }
        ensure!(certificates(&content, folder)? == expected, "other certificates");
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
    let query = |id: &str| {
        let vector = vectors.iter().find(|vector| vector.id == id).unwrap();
        vector.response.as_ref().unwrap().compact()
    };
    assert_eq!(query("get-cert-null"), query("get-cert-garbage"));
}
