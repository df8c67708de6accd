//! `scep_seal_request`: a request to a SCEP server (RFC 8894 section 3.3).

use alloc::{string::String, vec::Vec};

use der::{Decode, asn1::AnyRef};
use rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    algorithm::KeyTransport,
    base64url::Base64Url,
    certificate::Certificate,
    cms::{content_encryption::ContentCipher, enveloped_data, signed_data::Signer},
    csr::CertificationRequest,
    error::{Error, ErrorCode},
    key::KeyKind,
    keys::{Halt, KeyReference, Keys},
    scep::{MessageType, NONCE_OCTETS, Pending, StringType, TransactionId, issuer_and_subject, request_attributes, self_signed},
    seed::Seed,
};

/// What to ask for, with what, and whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds, for a certificate that is made here.
    pub now: u64,
    /// The randomness, 32 bytes.
    pub seed: Seed,
    /// `pkcs_req`, `renewal_req` or `cert_poll`.
    pub message_type: MessageType,
    /// The certification request (PEM); a poll takes its subject.
    pub csr: String,
    /// The key that signs the message, and that will decrypt the reply.
    pub key: KeyReference,
    /// Its certificate (PEM), in a renewal the one that is to be replaced. Left out, one is made:
    /// self-signed, of the request's subject and key.
    #[serde(default)]
    pub signer_certificate: Option<String>,
    /// The server's certificate for encryption (PEM).
    pub recipient: String,
    /// In a poll, the certificate of the authority that is to issue (PEM).
    #[serde(default)]
    pub issuer: Option<String>,
    /// By default SHA-256 of the request's SubjectPublicKeyInfo in hexadecimal.
    #[serde(default)]
    pub transaction_id: Option<String>,
    /// By default AES-128, which every server of RFC 8894 knows.
    #[serde(default)]
    pub content_cipher: ContentCipher,
    /// By default RSA PKCS#1 v1.5.
    #[serde(default = "pkcs1")]
    pub key_transport: KeyTransport,
}

const fn pkcs1() -> KeyTransport {
    KeyTransport::RsaPkcs1
}

/// The message.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Response {
    /// In DER, for `application/x-pki-message`.
    pub message: Base64Url,
    /// For `scep_open_reply`, unchanged.
    pub pending: Pending,
}

/// Makes the message.
///
/// # Errors
/// `FieldInvalid`, `PemMalformed`, `CsrMalformed`, `CertificateMalformed`, `ProfileValidityRefused` for a
/// time that no certificate can have; `ScepSignerUnfit` if the
/// key cannot receive a reply, `KeyUnfit` if the recipient's cannot; and those of the key.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let csr = CertificationRequest::from_pem(&request.csr).map_err(|error| error.at("csr"))?;
    let content = content(&request, &csr)?;
    let certificate = signer_certificate(&request, &csr, keys)?;
    let recipient = Certificate::from_pem(&request.recipient).map_err(|error| error.at("recipient"))?;
    let Request { key_transport, content_cipher, .. } = request;
    let mut generator = request.seed.generator("scep_seal_request envelope");
    let envelope = enveloped_data::seal(&recipient, key_transport, content_cipher, &content, &mut generator)
        .map_err(|error| error.at("recipient"))?;
    let transaction_id = TransactionId {
        text: request.transaction_id.clone().unwrap_or_else(|| csr.public_key().sha256()),
        string_type: StringType::default(),
    };
    let mut nonce = alloc::vec![0; NONCE_OCTETS];
    request.seed.generator("scep_seal_request nonce").fill_bytes(&mut nonce);
    let attributes = request_attributes::write(request.message_type, &transaction_id, &nonce)
        .map_err(|error| error.at("transaction_id"))?;
    let signer = Signer { key: &request.key.id, certificate: &certificate };
    let message = signer.seal(keys, Some(&envelope), attributes)?;
    let pending = Pending {
        transaction_id: transaction_id.text,
        sender_nonce: Base64Url(nonce),
        signer_certificate: certificate.to_pem()?,
    };
    Ok(Response { message: Base64Url(message), pending })
}

/// What goes into the envelope.
fn content(request: &Request, csr: &CertificationRequest) -> Result<Vec<u8>, Error> {
    match (request.message_type, &request.issuer) {
        (MessageType::PkcsReq | MessageType::RenewalReq, None) => Ok(csr.der().to_vec()),
        (MessageType::CertPoll, Some(issuer)) => {
            let issuer = Certificate::from_pem(issuer).map_err(|error| error.at("issuer"))?;
            issuer_and_subject::write(AnyRef::from_der(issuer.subject())?, AnyRef::from_der(csr.subject())?)
        }
        (MessageType::CertPoll, None) => Err(invalid("a poll needs the certificate of the issuer", "issuer")),
        (MessageType::PkcsReq | MessageType::RenewalReq, Some(_)) => {
            Err(invalid("only a poll names the issuer", "issuer"))
        }
        (MessageType::GetCert | MessageType::GetCrl, _) => {
            Err(invalid("wanted pkcs_req, renewal_req or cert_poll", "message_type"))
        }
    }
}

/// The certificate given, or one made for the request's own key.
fn signer_certificate(
    request: &Request,
    csr: &CertificationRequest,
    keys: &mut Keys<'_>,
) -> Result<Certificate, Halt> {
    let given = request.signer_certificate.as_deref().map(Certificate::from_pem).transpose();
    let given = given.map_err(|error| error.at("signer_certificate"))?;
    let key = match &given {
        Some(certificate) => certificate.public_key().map_err(|error| error.at("signer_certificate"))?,
        None => csr.public_key().clone(),
    };
    if !matches!(key.kind(), KeyKind::Rsa { .. }) {
        return Err(Error::new(
            ErrorCode::ScepSignerUnfit,
            format_args!("found a {} key, wanted RSA: the reply is encrypted for it", key.kind()),
        )
        .at("key")
        .into());
    }
    if request.key.public_key.is_some() && keys.public_key(&request.key)? != key {
        return Err(Error::new(ErrorCode::KeyMismatch, "the key is not the one that the message is signed for").at("key").into());
    }
    match given {
        Some(certificate) => Ok(certificate),
        None => self_signed::certify(csr, &request.key.id, request.now, &request.seed, keys),
    }
}

fn invalid(detail: &str, field: &str) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail).at(field)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        pem,
        cms::{enveloped_data::Envelope, signed_data::SignedMessage},
        scep::fixture::{NOW, SEED, bytes, error, file, ok, ring, text},
    };

    fn csr(name: &str) -> String {
        pem::encode("CERTIFICATE REQUEST", &file(name)).unwrap()
    }

    fn request() -> Value {
        json!({
            "op": "scep_seal_request", "now": NOW, "seed": SEED, "message_type": "pkcs_req",
            "csr": csr("client.csr"), "key": {"id": "client"}, "recipient": text("ra.pem"),
        })
    }

    fn opened(request: &Value) -> (Value, Value) {
        let sealed = ok(request);
        let opened = ok(&json!({
            "op": "scep_open_request", "now": NOW, "seed": SEED, "message": sealed["message"],
            "recipients": [
                {"key": {"id": "ca"}, "certificate": text("ca.pem")},
                {"key": {"id": "ra"}, "certificate": text("ra.pem")},
            ],
        }));
        assert_eq!(opened.get("rejection"), None, "{opened}");
        (sealed["pending"].clone(), opened)
    }

    #[test]
    fn the_server_reads_what_was_sealed() {
        for cipher in ["aes_128_cbc", "aes_192_cbc", "aes_256_cbc", "des_ede3_cbc"] {
            for transport in ["rsa_pkcs1", "rsa_oaep_sha1", "rsa_oaep_sha256"] {
                let mut request = request();
                request["content_cipher"] = json!(cipher);
                request["key_transport"] = json!(transport);
                let (pending, opened) = opened(&request);
                assert_eq!(opened["message_type"], "pkcs_req");
                assert_eq!(opened["enrollment"]["csr"], request["csr"]);
                assert_eq!(opened["reply_to"]["content_cipher"], cipher);
                assert_eq!(opened["reply_to"]["key_transport"], transport);
                assert_eq!(opened["reply_to"]["sender_nonce"], pending["sender_nonce"]);
                assert_eq!(opened["reply_to"]["transaction_id"], pending["transaction_id"]);
                assert_eq!(opened["signer"]["certificate"], pending["signer_certificate"]);
            }
        }
    }

    #[test]
    fn a_first_request_is_signed_by_its_own_subject() {
        let (pending, opened) = opened(&request());
        assert_eq!(opened["signer"]["subject"], "CN=client");
        assert_eq!(opened["signer"]["public_key_sha256"], pending["transaction_id"]);
        let made = Certificate::from_pem(pending["signer_certificate"].as_str().unwrap()).unwrap();
        assert!(crate::issuer::is_issued_by(&made, &made));
        assert!((made.not_before()..made.not_after()).contains(&NOW));
        assert_eq!(pending["transaction_id"], made.public_key().unwrap().sha256());
    }

    #[test]
    fn a_renewal_is_signed_by_the_old_certificate() {
        let mut request = request();
        request["message_type"] = json!("renewal_req");
        request["csr"] = json!(csr("stranger.csr"));
        request["signer_certificate"] = json!(text("client-issued.pem"));
        request["transaction_id"] = json!("renewal-1");
        let (pending, opened) = opened(&request);
        assert_eq!(opened["message_type"], "renewal_req");
        assert_eq!(opened["signer"]["holds_requested_key"], false);
        assert_eq!(opened["signer"]["certificate"], text("client-issued.pem"));
        assert_eq!(pending["transaction_id"], "renewal-1");
    }

    #[test]
    fn a_poll_names_issuer_and_subject() {
        let mut request = request();
        request["message_type"] = json!("cert_poll");
        request["issuer"] = json!(text("ca.pem"));
        assert_eq!(opened(&request).1["message_type"], "cert_poll");
        let sealed = bytes(&ok(&request)["message"]);
        let message = SignedMessage::read(&sealed).unwrap();
        let envelope = Envelope::read(message.content, false).unwrap();
        let recipient = Certificate::from_pem(request["recipient"].as_str().unwrap()).unwrap();
        let (transport, encrypted) = envelope.encrypted_key(&recipient).unwrap().unwrap();
        let key = ring().decrypt("ra", transport, encrypted).unwrap();
        let mut generator = Seed::new([7; 32]).generator("test");
        let names = envelope.decrypt(key.as_ref().map(|key| key.as_slice()), &mut generator).unwrap();
        let (issuer, subject) = (Certificate::from_pem(&text("ca.pem")).unwrap(), Certificate::from_pem(&text("client.pem")).unwrap());
        assert_eq!(names[2..], [issuer.subject(), subject.subject()].concat());
        request["issuer"] = Value::Null;
        assert_eq!(error(&request), "field_invalid");
    }

    #[test]
    fn what_cannot_be_a_request_is_refused() {
        let with = |field: &str, value: Value| {
            let mut request = request();
            request[field] = value;
            error(&request)
        };
        assert_eq!(with("message_type", json!("get_crl")), "field_invalid");
        assert_eq!(with("issuer", json!(text("ca.pem"))), "field_invalid");
        assert_eq!(with("signer_certificate", json!(text("ec.pem"))), "scep_signer_unfit");
        assert_eq!(with("recipient", json!(text("ec.pem"))), "key_unfit");
        assert_eq!(with("transaction_id", json!("")), "scep_attribute_invalid");
        assert_eq!(with("csr", json!("")), "pem_malformed");
        let other = crate::scep::fixture::private_key("ra").public_key().to_pem().unwrap();
        assert_eq!(with("key", json!({"id": "ra", "public_key": other})), "key_mismatch");
    }
}
