//! `scep_seal_reply`: the signed answer to a SCEP request (RFC 8894 section 3.3.2).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{
        MAX_CERTIFICATES,
        ber::{self, MAX_REPLY_OCTETS},
        certificates_only, enveloped_data,
        signed_data::Signer,
    },
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    path::RevocationList,
    pem,
    scep::{
        CertifiedKey, FailInfo, NONCE_OCTETS, ReplyTo, fail_info,
        reply_attributes::{MAX_FAIL_INFO_TEXT, PkiStatus, ReplyAttributes},
    },
    seed::Seed,
};

/// The most that a client is told of an error; it fits a failInfoText, whatever the characters.
const MAX_ERROR_CHARACTERS: usize = MAX_FAIL_INFO_TEXT / 4;

/// What to answer, and to whom.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time of signing, Unix seconds.
    pub now: u64,
    /// The randomness for the nonce and the envelope, 32 bytes.
    pub seed: Seed,
    /// From `scep_open_request`, unchanged.
    pub reply_to: ReplyTo,
    /// Who signs: the certificate that clients know as the RA or the CA.
    pub signer: CertifiedKey,
    /// The outcome.
    pub result: Outcome,
}

/// The outcome of a request.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// The certificate was issued, or is there, or the CRL is.
    Success {
        /// PEM, one certificate each: the client's own first, then what else it should have. To GetCert, the one
        /// that was asked for; to GetCRL none.
        #[serde(default)]
        certificates: Vec<String>,
        /// To GetCRL, the revocation list (PEM), and nothing else.
        #[serde(default)]
        crl: Option<String>,
    },
    /// It was refused.
    Failure {
        /// The reason as SCEP has it.
        fail_info: FailInfo,
        /// The reason for people.
        #[serde(default)]
        fail_info_text: Option<String>,
    },
    /// An operation refused it: what is answered follows from the error.
    Error {
        /// As the operation gave it.
        error: Error,
    },
    /// It waits for somebody; the client will poll.
    Pending,
}

/// The reply.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The message in DER, for `application/x-pki-message`.
    pub message: Base64Url,
}

/// Makes the reply. Only a success has content, encrypted with the cipher and the key transport
/// that the client used itself; the others are attributes alone.
///
/// # Errors
/// `FieldInvalid` for a reply that cannot be, `RequestTooLarge` for one that is longer than 8 MiB, `PemMalformed`,
/// `CertificateMalformed`, `CrlMalformed`, `CmsMalformed` if an element deep within is none, `KeyUnfit` if the client's
/// key cannot receive a certificate, and those of the signing key.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let signer = request.signer.certificate(keys).map_err(|error| error.at("signer"))?;
    let signer = Signer { key: &request.signer.key.id, certificate: &signer };
    let (status, content) = match &request.result {
        Outcome::Success { certificates, crl } => {
            let content = content(certificates, crl.as_deref())?;
            check_opens(&content).map_err(|error| error.at("result"))?;
            (PkiStatus::Success, Some(envelope(&request, &content)?))
        }
        Outcome::Failure { fail_info, fail_info_text } => (failure(*fail_info, fail_info_text.as_ref())?, None),
        Outcome::Error { error } => (refusal(error), None),
        Outcome::Pending => (PkiStatus::Pending, None),
    };
    let mut nonce = alloc::vec![0; NONCE_OCTETS];
    request.seed.generator("scep_seal_reply nonce").fill_bytes(&mut nonce);
    let attributes = ReplyAttributes {
        status,
        transaction_id: request.reply_to.transaction_id(),
        sender_nonce: Some(nonce),
        recipient_nonce: request.reply_to.sender_nonce.as_ref().map(|nonce| nonce.0.clone()),
    };
    let message = signer.seal(keys, content.as_deref(), attributes.write(request.now)?)?;
    if message.len() > MAX_REPLY_OCTETS {
        let detail = format_args!(
            "found a reply of {} octets, wanted at most {MAX_REPLY_OCTETS}: no client would open it",
            message.len()
        );
        return Err(Error::new(ErrorCode::RequestTooLarge, detail).at("result").into());
    }
    Ok(Response { message: Base64Url(message) })
}

fn failure(fail_info: FailInfo, text: Option<&String>) -> Result<PkiStatus, Error> {
    if text.is_some_and(|text| text.len() > MAX_FAIL_INFO_TEXT) {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found a text of more than {MAX_FAIL_INFO_TEXT} bytes"),
        )
        .at("result.fail_info_text"));
    }
    Ok(PkiStatus::Failure { fail_info, text: text.cloned() })
}

fn refusal(error: &Error) -> PkiStatus {
    let text = error.to_string().chars().take(MAX_ERROR_CHARACTERS).collect();
    PkiStatus::Failure { fail_info: fail_info(error.code), text: Some(text) }
}

/// What the client gets to read.
fn content(certificates: &[String], crl: Option<&str>) -> Result<Vec<u8>, Error> {
    match (certificates, crl) {
        ([], Some(crl)) => {
            certificates_only::write_crl(&list(crl).map_err(|error| error.at("result.crl"))?)
        }
        (_, Some(_)) => {
            let detail = "found certificates beside a revocation list, wanted the one or the other";
            Err(Error::new(ErrorCode::FieldInvalid, detail).at("result.certificates"))
        }
        (certificates, None) => certificates_content(certificates).map_err(|error| error.at("result.certificates")),
    }
}

fn list(pem: &str) -> Result<Vec<u8>, Error> {
    let der = pem::decode(pem, &[RevocationList::LABEL])?;
    RevocationList::from_der(&der)?;
    Ok(der)
}

/// Checks that a client finds in it what was put in, also where nobody looked yet.
fn check_opens(content: &[u8]) -> Result<(), Error> {
    if ber::to_der_within(content, MAX_REPLY_OCTETS)? == content {
        return Ok(());
    }
    Err(Error::new(ErrorCode::FieldInvalid, "found elements that are BER, wanted DER throughout"))
}

fn certificates_content(certificates: &[String]) -> Result<Vec<u8>, Error> {
    if !(1..=MAX_CERTIFICATES).contains(&certificates.len()) {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found {} certificates, wanted 1 to {MAX_CERTIFICATES}", certificates.len()),
        ));
    }
    let certificates = certificates.iter().map(|text| Certificate::from_pem(text));
    certificates_only::write(&certificates.collect::<Result<Vec<_>, _>>()?)
}

fn envelope(request: &Request, content: &[u8]) -> Result<Vec<u8>, Error> {
    let seal = || {
        let recipient = Certificate::from_pem(&request.reply_to.certificate)?;
        let mut generator = request.seed.generator("scep_seal_reply envelope");
        let ReplyTo { key_transport, content_cipher, .. } = request.reply_to;
        enveloped_data::seal(&recipient, key_transport, content_cipher, content, &mut generator)
    };
    seal().map_err(|error| error.at("reply_to.certificate"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        cms::{ber, signed_data::SignedMessage},
        scep::fixture::{NOW, SEED, base64url, bytes, error, file, ok, text},
    };

    /// Opens what OpenSSL wrote and answers it.
    fn reply(name: &str, result: &Value) -> (Value, Value) {
        let opened = ok(&json!({
            "op": "scep_open_request", "now": NOW, "seed": SEED, "message": base64url(&file(name)),
            "recipients": [{"key": {"id": "ra"}, "certificate": text("ra.pem")}], "allow_legacy": true,
        }));
        let sealed = ok(&request(&opened["reply_to"], result));
        (opened["reply_to"].clone(), sealed["message"].clone())
    }

    fn request(reply_to: &Value, result: &Value) -> Value {
        json!({
            "op": "scep_seal_reply", "now": NOW, "seed": SEED, "reply_to": reply_to, "result": result,
            "signer": {"key": {"id": "ra"}, "certificate": text("ra.pem")},
        })
    }

    fn open(reply_to: &Value, message: &Value) -> Value {
        json!({
            "op": "scep_open_reply", "seed": SEED, "message": message, "key": {"id": "client"},
            "authorities": [text("ra.pem"), text("ca.pem")],
            "pending": {
                "transaction_id": reply_to["transaction_id"], "sender_nonce": reply_to["sender_nonce"],
                "signer_certificate": reply_to["certificate"],
            },
        })
    }

    fn success() -> Value {
        json!({"status": "success", "certificates": [text("client-issued.pem"), text("ca.pem")]})
    }

    #[test]
    fn each_client_reads_its_certificate() {
        for name in [
            "aes128-sha256.der",
            "aes192-oaep-sha512.der",
            "aes256-oaep256-sha384.der",
            "des3-sha1-ber.der",
            "des-md5.der",
            "v1-signer.der",
            "issued-signer-renewal.der",
            "nonce-8.der",
        ] {
            let (reply_to, message) = reply(name, &success());
            assert_eq!(ok(&open(&reply_to, &message)), success(), "{name}");
        }
    }

    #[test]
    fn failures_and_pending_have_no_content() {
        for result in [
            json!({"status": "failure", "fail_info": "bad_request", "fail_info_text": "falsches Kennwort für dev1"}),
            json!({"status": "failure", "fail_info": "bad_alg"}),
            json!({"status": "pending"}),
        ] {
            let (reply_to, message) = reply("aes128-sha256.der", &result);
            let der = ber::to_der(&bytes(&message)).unwrap();
            assert_eq!(der, bytes(&message));
            assert_eq!(SignedMessage::read(&der).unwrap().content, b"");
            assert_eq!(ok(&open(&reply_to, &message)), result);
        }
    }

    #[test]
    fn an_error_is_answered_with_its_fail_info() {
        for (code, wanted) in [("csr_signature_invalid", "bad_message_check"), ("key_unsupported", "bad_alg")] {
            let result = json!({"status": "error", "error": {"code": code, "detail": "x".repeat(2000), "at": "csr"}});
            let (reply_to, message) = reply("aes128-sha256.der", &result);
            let opened = ok(&open(&reply_to, &message));
            assert_eq!(opened, json!({"status": "failure", "fail_info": wanted, "fail_info_text": "x".repeat(256)}));
        }
    }

    #[test]
    fn nonces_are_the_clients_and_a_fresh_one() {
        let (reply_to, message) = reply("nonce-8.der", &json!({"status": "pending"}));
        let message = bytes(&message);
        let holds = |part: &[u8]| message.windows(part.len()).any(|window| window == part);
        assert!(holds(&[4, 8, 2, 2, 2, 2, 2, 2, 2, 2]));
        let mut other = request(&reply_to, &json!({"status": "pending"}));
        other["seed"] = json!(base64url(&[1; 32]));
        assert_ne!(bytes(&ok(&other)["message"]), message);
        let (odd, message) = reply("utf8-no-nonce.der", &json!({"status": "pending"}));
        assert_eq!(odd.get("sender_nonce"), None);
        let id = "\u{c}\u{8}Übung 1".as_bytes();
        assert!(bytes(&message).windows(id.len()).any(|window| window == id));
    }

    #[test]
    fn a_p256_authority_can_sign() {
        let (reply_to, _) = reply("aes128-sha256.der", &success());
        let mut request = request(&reply_to, &success());
        request["signer"] = json!({"key": {"id": "ec"}, "certificate": text("ec.pem")});
        request["signer"]["key"]["public_key"] = Value::Null;
        let mut open = open(&reply_to, &ok(&request)["message"]);
        open["authorities"] = json!([text("ec.pem"), text("ca.pem")]);
        assert_eq!(ok(&open), success());
    }

    #[test]
    fn what_cannot_be_a_reply_is_refused() {
        let (reply_to, _) = reply("aes128-sha256.der", &success());
        assert_eq!(error(&request(&reply_to, &json!({"status": "success", "certificates": []}))), "field_invalid");
        let both = json!({"status": "success", "certificates": [text("ca.pem")], "crl": text("ca.crl")});
        assert_eq!(error(&request(&reply_to, &both)), "field_invalid");
        let none = json!({"status": "success", "crl": text("ca.pem")});
        assert_eq!(error(&request(&reply_to, &none)), "pem_malformed");
        let csr = crate::pem::encode("X509 CRL", &file("client.csr")).unwrap();
        assert_eq!(error(&request(&reply_to, &json!({"status": "success", "crl": csr}))), "crl_malformed");
        // A common name that is a SEQUENCE of nothing that can be read.
        let mut list = crate::pem::decode(&text("ca.crl"), &["X509 CRL"]).unwrap();
        let name = list.windows(6).position(|window| window == b"\x06\x03\x55\x04\x03\x0c").unwrap();
        list[name + 5] = 0x30;
        let broken = crate::pem::encode("X509 CRL", &list).unwrap();
        assert_eq!(error(&request(&reply_to, &json!({"status": "success", "crl": broken}))), "cms_malformed");
        let long = json!({"status": "failure", "fail_info": "bad_alg", "fail_info_text": "x".repeat(1025)});
        assert_eq!(error(&request(&reply_to, &long)), "field_invalid");
        let mut to_ec = reply_to.clone();
        to_ec["certificate"] = json!(text("ec.pem"));
        assert_eq!(error(&request(&to_ec, &success())), "key_unfit");
        let mut without_id = reply_to.clone();
        without_id["transaction_id"] = json!("");
        assert_eq!(error(&request(&without_id, &success())), "scep_attribute_invalid");
        let mut late = request(&reply_to, &success());
        late["now"] = json!(4_000_000_000_u64);
        assert_eq!(error(&late), "field_invalid");
        let mut mismatched = request(&reply_to, &success());
        mismatched["signer"]["certificate"] = json!(text("ca.pem"));
        mismatched["signer"]["key"]["public_key"] = json!(crate::scep::fixture::private_key("ra").public_key().to_pem().unwrap());
        assert_eq!(error(&mismatched), "key_mismatch");
    }
}
