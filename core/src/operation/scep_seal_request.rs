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
    scep::{
        MessageType, NONCE_OCTETS, Pending, Query, StringType, TransactionId, issuer_and_subject, query,
        request_attributes, self_signed,
    },
    seed::Seed,
};

/// What to ask for, with what, and whom.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds, for a certificate that is made here.
    pub now: u64,
    /// The randomness, 32 bytes.
    pub seed: Seed,
    /// What to ask for.
    pub message_type: MessageType,
    /// The certification request (PEM); a poll takes its subject. `get_cert` and `get_crl` need none, if there is a
    /// signer's certificate.
    #[serde(default)]
    pub csr: Option<String>,
    /// The key that signs the message, and that will decrypt the reply.
    pub key: KeyReference,
    /// Its certificate (PEM), in a renewal the one that is to be replaced. Left out, one is made:
    /// self-signed, of the request's subject and key.
    #[serde(default)]
    pub signer_certificate: Option<String>,
    /// The server's certificate for encryption (PEM).
    pub recipient: String,
    /// In a poll, the certificate of the authority that is to issue (PEM); in `get_cert` and `get_crl`, that of the
    /// authority that issued.
    #[serde(default)]
    pub issuer: Option<String>,
    /// In `get_cert` and `get_crl`, the serial number of the certificate in question, in hexadecimal.
    #[serde(default)]
    pub serial: Option<String>,
    /// By default SHA-256 of the request's SubjectPublicKeyInfo in hexadecimal, or of the signer's without a request.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    let csr = request.csr.as_deref().map(CertificationRequest::from_pem).transpose();
    let csr = csr.map_err(|error| error.at("csr"))?;
    let (content, query) = content(&request, csr.as_ref())?;
    let certificate = signer_certificate(&request, csr.as_ref(), keys)?;
    let recipient = Certificate::from_pem(&request.recipient).map_err(|error| error.at("recipient"))?;
    let Request { key_transport, content_cipher, .. } = request;
    let mut generator = request.seed.generator("scep_seal_request envelope");
    let envelope = enveloped_data::seal(&recipient, key_transport, content_cipher, &content, &mut generator)
        .map_err(|error| error.at("recipient"))?;
    let transaction_id = TransactionId {
        text: match (&request.transaction_id, &csr) {
            (Some(text), _) => text.clone(),
            (None, Some(csr)) => csr.public_key().sha256(),
            (None, None) => certificate.public_key()?.sha256(),
        },
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
        query,
    };
    Ok(Response { message: Base64Url(message), pending })
}

/// What goes into the envelope, and in a query what the answer must fit.
fn content(
    request: &Request,
    csr: Option<&CertificationRequest>,
) -> Result<(Vec<u8>, Option<Query>), Error> {
    let message_type = request.message_type;
    let is_query = matches!(message_type, MessageType::GetCert | MessageType::GetCrl);
    if !is_query && request.serial.is_some() {
        return Err(invalid("only get_cert and get_crl name a serial number", "serial"));
    }
    let issuer = request.issuer.as_deref().map(Certificate::from_pem).transpose();
    let issuer = issuer.map_err(|error| error.at("issuer"))?;
    match (message_type, csr, issuer) {
        (MessageType::PkcsReq | MessageType::RenewalReq, Some(csr), None) => Ok((csr.der().to_vec(), None)),
        (MessageType::CertPoll, Some(csr), Some(issuer)) => {
            let subject = AnyRef::from_der(csr.subject())?;
            Ok((issuer_and_subject::write(AnyRef::from_der(issuer.subject())?, subject)?, None))
        }
        (MessageType::GetCert | MessageType::GetCrl, _, Some(issuer)) => {
            query(request, &issuer).map(|(content, query)| (content, Some(query)))
        }
        (_, None, _) if !is_query => Err(invalid("wanted a certification request", "csr")),
        (_, _, None) => Err(invalid("a poll or a query needs the certificate of the issuer", "issuer")),
        (_, _, Some(_)) => Err(invalid("only a poll or a query names the issuer", "issuer")),
    }
}

fn query(request: &Request, issuer: &Certificate) -> Result<(Vec<u8>, Query), Error> {
    let serial = request.serial.as_deref().unwrap_or_default();
    let wanted = "wanted the serial number of a certificate, whole octets in hexadecimal";
    let (content, serial) =
        query::write(issuer.subject(), serial)?.ok_or_else(|| invalid(wanted, "serial"))?;
    let issuer = Base64Url(issuer.subject().to_vec());
    Ok((content, Query { message_type: request.message_type, issuer, serial }))
}

/// The certificate given, or one made for the request's own key.
fn signer_certificate(
    request: &Request,
    csr: Option<&CertificationRequest>,
    keys: &mut Keys<'_>,
) -> Result<Certificate, Halt> {
    let given = request.signer_certificate.as_deref().map(Certificate::from_pem).transpose();
    let given = given.map_err(|error| error.at("signer_certificate"))?;
    let key = match (&given, csr) {
        (Some(certificate), _) => certificate.public_key().map_err(|error| error.at("signer_certificate"))?,
        (None, Some(csr)) => csr.public_key().clone(),
        (None, None) => {
            let detail = "wanted the signer's certificate, or a certification request to make one of";
            return Err(invalid(detail, "signer_certificate").into());
        }
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
    match (given, csr) {
        (None, Some(csr)) => self_signed::certify(csr, &request.key.id, request.now, &request.seed, keys),
        (given, _) => Ok(given.ok_or_else(|| invalid("wanted the signer's certificate", "signer_certificate"))?),
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
        assert!(crate::issuer::is_issued_by(&made, &made, crate::path::Strength::default()));
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

    fn query(message_type: &str, serial: &str) -> Value {
        json!({
            "op": "scep_seal_request", "now": NOW, "seed": SEED, "message_type": message_type,
            "key": {"id": "client"}, "recipient": text("ra.pem"), "signer_certificate": text("client-issued.pem"),
            "issuer": text("ca.pem"), "serial": serial,
        })
    }

    #[test]
    fn a_query_names_issuer_and_serial_number() {
        for message_type in ["get_cert", "get_crl"] {
            let (pending, opened) = opened(&query(message_type, "1003"));
            assert_eq!(opened["message_type"], message_type);
            assert_eq!(opened["wanted"]["serial"], "1003");
            assert_eq!(opened["wanted"]["issuer"], "CN=Test CA");
            assert_eq!(opened["recipient"], 1);
            assert_eq!(pending["query"]["message_type"], message_type);
            assert_eq!(pending["query"]["issuer"], opened["wanted"]["issuer_der"]);
            assert_eq!(pending["transaction_id"], opened["signer"]["public_key_sha256"]);
        }
        // Who has no certificate yet makes one, as for a first request.
        let mut first = query("get_crl", "1003");
        first["signer_certificate"] = Value::Null;
        assert_eq!(error(&first), "field_invalid");
        first["csr"] = json!(csr("client.csr"));
        assert_eq!(opened(&first).1["wanted"]["serial"], "1003");
        assert_eq!(error(&query("get_cert", "10x3")), "field_invalid");
        assert_eq!(error(&query("get_cert", "")), "field_invalid");
        let mut nobodys = query("get_cert", "1003");
        nobodys["issuer"] = Value::Null;
        assert_eq!(error(&nobodys), "field_invalid");
    }

    #[test]
    fn what_cannot_be_a_request_is_refused() {
        let with = |field: &str, value: Value| {
            let mut request = request();
            request[field] = value;
            error(&request)
        };
        for (field, value) in [("message_type", json!("get_crl")), ("serial", json!("01")), ("csr", json!(null))] {
            assert_eq!(with(field, value), "field_invalid", "{field}");
        }
        assert_eq!(with("issuer", json!(text("ca.pem"))), "field_invalid");
        assert_eq!(with("signer_certificate", json!(text("ec.pem"))), "scep_signer_unfit");
        assert_eq!(with("recipient", json!(text("ec.pem"))), "key_unfit");
        assert_eq!(with("transaction_id", json!("")), "scep_attribute_invalid");
        assert_eq!(with("csr", json!("")), "pem_malformed");
        let other = crate::scep::fixture::private_key("ra").public_key().to_pem().unwrap();
        assert_eq!(with("key", json!({"id": "ra", "public_key": other})), "key_mismatch");
    }
}
