//! `scep_open_request`: what a SCEP client sent, verified and decrypted (RFC 8894 section 3).
//!
//! Whoever decrypts for strangers must not tell them how it went: wrong padding, a key of the wrong
//! length, a content that is no request, and a request without proof of possession all end in one
//! error with one text (implicit rejection). A certification request proves itself by its signature. A query
//! (GetCert, GetCRL) does not, and anybody may sign one around somebody else's envelope: so where nothing can be
//! read, a certificate that nobody has takes its place, made of the seed, and whoever calls cannot tell either.

use alloc::{boxed::Box, vec::Vec};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    algorithm::KeyTransport,
    base64url::Base64Url,
    certificate::Certificate,
    cms::{
        ber, content_encryption::ContentCipher, enveloped_data::Envelope, signed_data::SignedMessage,
    },
    error::{Error, ErrorCode},
    key::{KeyKind, PublicKey},
    keys::{Answer, Halt, Keys},
    scep::{
        CertifiedKey, Enrollment, FailInfo, MessageType, ReplyTo, SignerReport, Wanted, fail_info,
        request_attributes::RequestAttributes,
    },
    seed::Seed,
};

/// Most keys that a message may be for.
const MAX_RECIPIENTS: usize = 16;

/// A message, and the keys that it may be for.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds. Nothing here depends on it yet: RFC 8894 lets a client's clock be wrong.
    pub now: u64,
    /// The randomness for the content key that takes the place of one that did not decrypt, 32 bytes.
    pub seed: Seed,
    /// The body of a POST, or the decoded `message` of a GET: DER or BER.
    pub message: Base64Url,
    /// The keys that decrypt, with the certificates that clients encrypt for.
    pub recipients: Vec<CertifiedKey>,
    /// Whether MD5 and single DES are accepted.
    #[serde(default)]
    pub allow_legacy: bool,
}

/// The message, or why it is refused; either way enough to answer.
#[derive(Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// For `scep_seal_reply`, unchanged.
    pub reply_to: ReplyTo,
    /// What the client asks for; nothing if it is no type of RFC 8894.
    pub message_type: Option<MessageType>,
    /// Who signed the message.
    pub signer: SignerReport,
    /// Which of the recipients the message is for, counted from 0: it tells the generation that is asked. Nothing
    /// if the message is refused before that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<usize>,
    /// The certification request, in PKCSReq and RenewalReq. A poll is told by its transaction id alone
    /// (RFC 8894 section 3.3.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrollment: Option<Enrollment>,
    /// The certificate in question, always there in GetCert and GetCRL that are not rejected. If it cannot be read it is
    /// a made-up one that nobody knows, so that the answer is badCertId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Wanted>,
    /// Why the message is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejection {
    /// The error, for the log and the failInfoText.
    pub error: Error,
    /// What to answer.
    pub fail_info: FailInfo,
}

/// An enrolment and the key that it is for.
type Requested = (Enrollment, PublicKey);

/// What a message asks for.
enum Opened {
    /// A certificate.
    Enrollment(Box<Requested>),
    /// The outcome of an earlier request.
    Poll,
    /// A certificate that there is, or the CRL for it.
    Query(Wanted),
}

/// Opens the message.
///
/// # Errors
/// If no reply can be addressed: `CmsMalformed`, `CmsSignerUnknown`, `ScepAttributeInvalid`,
/// `RequestTooLarge`. If the request itself is wrong: `FieldInvalid`, and those of keys and
/// certificates. Everything else is a rejection within the response.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let recipients = read_recipients(&request, keys)?;
    let der = ber::to_der(&request.message.0).map_err(|error| error.at("message"))?;
    let message = SignedMessage::read(&der).map_err(|error| error.at("message"))?;
    let signer = message.signer(&message.certificates).map_err(|error| error.at("message"))?;
    let attributes = RequestAttributes::read(&message.attributes).map_err(|error| error.at("message"))?;
    let mut response = Response {
        reply_to: ReplyTo {
            transaction_id: attributes.transaction_id.text.clone(),
            transaction_id_type: attributes.transaction_id.string_type,
            sender_nonce: attributes.sender_nonce.clone().map(Base64Url),
            certificate: signer.to_pem()?,
            content_cipher: ContentCipher::default(),
            key_transport: KeyTransport::RsaPkcs1,
        },
        message_type: attributes.message_type.as_ref().ok().copied(),
        signer: SignerReport::of(signer)?,
        recipient: None,
        enrollment: None,
        wanted: None,
        rejection: None,
    };
    match open(&request, &recipients, &message, signer, &attributes, &mut response, keys)? {
        Ok(Opened::Poll) => {}
        Ok(Opened::Query(wanted)) => response.wanted = Some(wanted),
        Ok(Opened::Enrollment(requested)) => {
            let (enrollment, key) = *requested;
            response.signer.holds_requested_key = Some(is_key_of(signer, &key));
            response.enrollment = Some(enrollment);
        }
        Err(error) => {
            let error = error.at("message");
            response.rejection = Some(Rejection { fail_info: fail_info(error.code), error });
        }
    }
    Ok(response)
}

fn read_recipients(request: &Request, keys: &Keys<'_>) -> Result<Vec<Certificate>, Error> {
    if request.recipients.len() > MAX_RECIPIENTS {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found {} recipients, wanted at most {MAX_RECIPIENTS}", request.recipients.len()),
        )
        .at("recipients"));
    }
    let certificates = request.recipients.iter().map(|recipient| {
        let certificate = recipient.certificate(keys)?;
        match certificate.public_key()?.kind() {
            KeyKind::Rsa { .. } => Ok(certificate),
            other => Err(Error::new(
                ErrorCode::KeyUnfit,
                format_args!("found a recipient with a {other} key, wanted RSA: it decrypts"),
            )),
        }
    });
    certificates.collect::<Result<_, _>>().map_err(|error| error.at("recipients"))
}

/// Verifies and decrypts: outside what stops the operation, inside what refuses the message.
///
/// The key is asked before the signature is verified, so that this happens once, also where a second run has the
/// answer. A stranger who wants the key to work needs no broken signature for it: anybody can make a good one.
fn open(
    request: &Request,
    recipients: &[Certificate],
    message: &SignedMessage<'_>,
    signer: &Certificate,
    attributes: &RequestAttributes,
    response: &mut Response,
    keys: &mut Keys<'_>,
) -> Result<Result<Opened, Error>, Halt> {
    let read = attributes.message_type.clone().and_then(|message_type| {
        let key = signer_key(message, signer, request.allow_legacy)?;
        Ok((message_type, key, ber::to_der(message.content)?))
    });
    let (message_type, key, content) = match read {
        Ok(read) => read,
        Err(error) => return Ok(Err(error)),
    };
    let envelope = match Envelope::read(&content, request.allow_legacy) {
        Ok(envelope) => envelope,
        Err(error) => return Ok(Err(error)),
    };
    response.reply_to.content_cipher = reply_cipher(envelope.cipher);
    let (position, recipient, certificate, transport, encrypted) = match find_recipient(request, recipients, &envelope) {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    response.reply_to.key_transport = transport;
    response.recipient = Some(position);
    let answer = match message_type {
        MessageType::CertPoll => None,
        _ => keys.decrypt(&recipient.key.id, &certificate.public_key()?, transport, encrypted)?,
    };
    if let Err(error) = message.verify(&key, request.allow_legacy) {
        return Ok(Err(error));
    }
    Ok(match message_type {
        MessageType::CertPoll => Ok(Opened::Poll),
        MessageType::GetCert | MessageType::GetCrl => {
            // Made in any case, so that it takes its time in any case.
            let unknown = Wanted::unknown(certificate.issuer(), &request.seed);
            let content = decrypt(request, &envelope, answer);
            Ok(Opened::Query(content.and_then(|content| Wanted::read(&content)).unwrap_or(unknown)))
        }
        MessageType::PkcsReq | MessageType::RenewalReq => {
            let read = read_enrollment(request, signer, &envelope, answer);
            read.map(|requested| Opened::Enrollment(Box::new(requested)))
        }
    })
}

/// The signer's key, if a reply can be encrypted for it and its digest is allowed.
fn signer_key(message: &SignedMessage<'_>, signer: &Certificate, allow_legacy: bool) -> Result<PublicKey, Error> {
    message.digest(allow_legacy)?;
    let key = signer.public_key()?;
    match key.kind() {
        KeyKind::Rsa { .. } => Ok(key),
        other => Err(Error::new(
            ErrorCode::ScepSignerUnfit,
            format_args!("found a signer with a {other} key, wanted RSA: the reply is encrypted for it"),
        )),
    }
}

/// The client's own cipher, except single DES, which OpenSSL 3 cannot read.
const fn reply_cipher(cipher: ContentCipher) -> ContentCipher {
    match cipher {
        ContentCipher::DesCbc => ContentCipher::DesEde3Cbc,
        other => other,
    }
}

type Found<'a, 'm> = (usize, &'a CertifiedKey, &'a Certificate, KeyTransport, &'m [u8]);

fn find_recipient<'a, 'm>(
    request: &'a Request,
    certificates: &'a [Certificate],
    envelope: &Envelope<'m>,
) -> Result<Found<'a, 'm>, Error> {
    for (position, (recipient, certificate)) in request.recipients.iter().zip(certificates).enumerate() {
        if let Some((transport, encrypted)) = envelope.encrypted_key(certificate)? {
            return Ok((position, recipient, certificate, transport, encrypted));
        }
    }
    Err(Error::new(ErrorCode::ScepRecipientUnknown, "the message is encrypted for another certificate than ours"))
}

/// The content, whether the key's holder found the padding right or not.
fn decrypt(request: &Request, envelope: &Envelope<'_>, answer: Answer) -> Option<Zeroizing<Vec<u8>>> {
    let mut generator = request.seed.generator("scep_open_request content key");
    envelope.decrypt(answer.as_ref().map(|key| key.as_slice()), &mut generator)
}

/// The request in the envelope, and its key. A signer that made its own certificate has to ask for
/// its own key (RFC 8894 section 2.3).
fn read_enrollment(
    request: &Request,
    signer: &Certificate,
    envelope: &Envelope<'_>,
    answer: Answer,
) -> Result<Requested, Error> {
    decrypt(request, envelope, answer)
        .and_then(|content| Enrollment::read(&content))
        .filter(|(_, key)| is_key_of(signer, key) || !signer.is_self_signed())
        .ok_or_else(|| {
            Error::new(
                ErrorCode::ScepMessageUnreadable,
                "the message does not decrypt to a request with proof of possession",
            )
        })
}

fn is_key_of(certificate: &Certificate, key: &PublicKey) -> bool {
    certificate.public_key().is_ok_and(|own| own == *key)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use der::{Decode, asn1::AnyRef};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        cms::{attributes::AttributesBuilder, enveloped_data, signed_data::Signer},
        distinguished_name,
        keys::KeyRing,
        scep::{
            self, StringType, TransactionId,
            fixture::{SEED, base64url, both_ways, error, file, ok, once, private_key, ring, text},
            request_attributes,
        },
        testing::resigned,
    };

    fn request(message: &[u8]) -> Value {
        json!({
            "op": "scep_open_request", "now": 0, "seed": SEED, "message": base64url(message),
            "recipients": [{"key": {"id": "ra"}, "certificate": text("ra.pem")}],
        })
    }

    fn open(name: &str) -> Value {
        ok(&request(&file(name)))
    }

    fn legacy(name: &str) -> Value {
        let mut request = request(&file(name));
        request["allow_legacy"] = json!(true);
        ok(&request)
    }

    /// An attribute-complete PKCSReq around `content`, signed by the client.
    fn seal(content: &[u8]) -> Vec<u8> {
        seal_as(MessageType::PkcsReq, content)
    }

    fn seal_as(message_type: MessageType, content: &[u8]) -> Vec<u8> {
        seal_with("client.pem", message_type, content)
    }

    fn seal_with(certificate: &str, message_type: MessageType, content: &[u8]) -> Vec<u8> {
        seal_by(&Certificate::from_pem(&text(certificate)).unwrap(), message_type, content)
    }

    /// A message signed with the client's key, under whichever of its certificates.
    fn seal_by(certificate: &Certificate, message_type: MessageType, content: &[u8]) -> Vec<u8> {
        let id = TransactionId { text: "1".into(), string_type: StringType::default() };
        let attributes: AttributesBuilder = request_attributes::write(message_type, &id, &[1; 16]).unwrap();
        Signer { key: "client", certificate }
            .seal(&mut Keys::new(&ring(), Vec::new()), Some(content), attributes)
            .unwrap()
    }

    fn envelope(content: &[u8], transport: KeyTransport) -> Vec<u8> {
        let recipient = Certificate::from_pem(&text("ra.pem")).unwrap();
        let mut generator = Seed::new([7; 32]).generator("test");
        enveloped_data::seal(&recipient, transport, ContentCipher::Aes128Cbc, content, &mut generator).unwrap()
    }

    /// Replaces the one place where `old` stands.
    fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
        let at = bytes.windows(old.len()).position(|window| window == old).unwrap();
        let (before, rest) = bytes.split_at(at);
        [before, new, &rest[old.len()..]].concat()
    }

    #[test]
    fn opens_what_openssl_wrote() {
        for (name, cipher, transport, message_type) in [
            ("aes128-sha256.der", "aes_128_cbc", "rsa_pkcs1", "pkcs_req"),
            ("aes192-oaep-sha512.der", "aes_192_cbc", "rsa_oaep_sha1", "pkcs_req"),
            ("aes256-oaep256-sha384.der", "aes_256_cbc", "rsa_oaep_sha256", "pkcs_req"),
            ("des3-sha1-ber.der", "des_ede3_cbc", "rsa_pkcs1", "pkcs_req"),
            ("v1-signer.der", "aes_128_cbc", "rsa_pkcs1", "pkcs_req"),
            ("key-identifier.der", "aes_128_cbc", "rsa_pkcs1", "pkcs_req"),
            ("nonce-8.der", "aes_128_cbc", "rsa_pkcs1", "pkcs_req"),
            ("utf8-no-nonce.der", "aes_128_cbc", "rsa_pkcs1", "pkcs_req"),
            ("issued-signer-renewal.der", "aes_128_cbc", "rsa_pkcs1", "renewal_req"),
        ] {
            let opened = open(name);
            assert_eq!(opened.get("rejection"), None, "{name}: {opened}");
            assert_eq!(opened["message_type"], message_type, "{name}");
            assert_eq!(opened["reply_to"]["content_cipher"], cipher, "{name}");
            assert_eq!(opened["reply_to"]["key_transport"], transport, "{name}");
            assert_eq!(opened["enrollment"]["challenge_password"], "secret", "{name}");
            assert_eq!(opened["enrollment"]["common_name"], "client", "{name}");
            assert_eq!(opened["signer"]["holds_requested_key"], true, "{name}");
        }
    }

    /// scepclient 2.1.0 encrypts with single DES, whatever the server can do.
    #[test]
    fn opens_what_clients_wrote() {
        for (opened, name, subject) in [
            (open("certmonger-0.79.17.der"), "certmonger", "CN=cmdev"),
            (open("strongswan-5.9.8.der"), "strongswan", "CN=dev,O=test"),
            (legacy("scepclient-2.1.0.der"), "scepclient", "CN=dev1"),
        ] {
            assert_eq!(opened.get("rejection"), None, "{name}: {opened}");
            assert_eq!(opened["enrollment"]["challenge_password"], "secret", "{name}");
            let found = opened["enrollment"]["subject"].as_str().unwrap();
            assert!(found.contains(subject), "{name}: {found}");
        }
        assert_eq!(open("scepclient-2.1.0.der")["rejection"]["error"]["code"], "cms_cipher_refused");
        let digits = open("certmonger-0.79.17.der")["reply_to"]["transaction_id"].as_str().unwrap().len();
        assert!(digits > 70, "{digits}");
    }

    #[test]
    fn remembers_what_the_reply_must_repeat() {
        let plain = &open("nonce-8.der")["reply_to"];
        assert_eq!(plain["sender_nonce"], base64url(&[2; 8]));
        assert_eq!(plain["transaction_id"], "8".repeat(77));
        assert_eq!(plain.get("transaction_id_type"), None);
        let odd = &open("utf8-no-nonce.der")["reply_to"];
        assert_eq!(odd.get("sender_nonce"), None);
        assert_eq!(odd["transaction_id"], "Übung 1");
        assert_eq!(odd["transaction_id_type"], "utf8_string");
    }

    #[test]
    fn polls_and_queries_are_opened() {
        let poll = open("cert-poll.der");
        assert_eq!(poll["message_type"], "cert_poll");
        assert_eq!((poll.get("rejection"), poll.get("enrollment")), (None, None));
        assert_eq!(poll["reply_to"]["content_cipher"], "aes_128_cbc");
        let query = open("get-cert.der");
        assert_eq!((&query["message_type"], query.get("rejection")), (&json!("get_cert"), None));
        assert_eq!((&query["wanted"]["issuer"], &query["wanted"]["serial"]), (&json!("CN=Test CA"), &json!("1002")));
        assert_eq!(query["recipient"], 0);
    }

    #[test]
    fn the_recipient_is_told() {
        let mut request = request(&file("aes128-sha256.der"));
        request["recipients"] = json!([
            {"key": {"id": "ca"}, "certificate": text("ca.pem")},
            {"key": {"id": "ra"}, "certificate": text("ra.pem")},
        ]);
        assert_eq!(ok(&request)["recipient"], 1);
        assert_eq!(open("wrong-recipient.der").get("recipient"), None);
    }

    /// Whoever signs chooses the type, and may put a stranger's envelope, bent at will, into the
    /// message: an answer that depends on what is inside would decrypt it (Vaudenay 2002).
    #[test]
    fn a_poll_does_not_tell_what_is_inside() {
        let good = envelope(b"\x30\x04\x30\x00\x30\x00", KeyTransport::RsaPkcs1);
        let mut bad_padding = good.clone();
        *bad_padding.last_mut().unwrap() ^= 1;
        let garbage = envelope(b"garbage", KeyTransport::RsaPkcs1);
        let told = [&good, &bad_padding, &garbage].map(|content| {
            let request = request(&seal_as(MessageType::CertPoll, content));
            // Nobody is asked to decrypt either, so that no clock tells.
            let (status, body) = once(&request, &KeyRing::new());
            assert_eq!(status, 0, "{body}");
            body
        });
        assert!(told.iter().all(|body| *body == told[0]), "{told:?}");
    }

    /// Wrong padding of the key or of the content, a key of the wrong length, and all that is no query, somebody's
    /// enrolment included, are one and the same: a query for nothing.
    #[test]
    fn a_query_that_cannot_be_read_is_one_for_a_certificate_that_nobody_has() {
        let issuer = distinguished_name::parse("CN=Test CA").unwrap();
        let (query, _) = scep::query::write(&issuer, "1002").unwrap().unwrap();
        let good = envelope(&query, KeyTransport::RsaPkcs1);
        let flip = |from_end: usize| {
            let mut bytes = good.clone();
            let at = bytes.len() - from_end;
            bytes[at] ^= 1;
            bytes
        };
        let bad = [
            flip(1),
            flip(17),
            flip(100),
            envelope(b"", KeyTransport::RsaPkcs1),
            envelope(b"garbage", KeyTransport::RsaPkcs1),
            envelope(&[&query[..], b"\0"].concat(), KeyTransport::RsaPkcs1),
            envelope(&file("client.csr"), KeyTransport::RsaPkcs1),
            envelope(b"\x30\x05\x30\x00\x02\x01\x01", KeyTransport::RsaPkcs1),
        ];
        let recipient = Certificate::from_pem(&text("ra.pem")).unwrap();
        let unknown = serde_json::to_value(Wanted::unknown(recipient.issuer(), &Seed::new([9; 32]))).unwrap();
        for message_type in [MessageType::GetCert, MessageType::GetCrl] {
            let told = |content: &[u8]| {
                let mut request = request(&seal_as(message_type, content));
                request["seed"] = json!(Seed::new([9; 32]));
                ok(&request)
            };
            let mut read = told(&good);
            assert_eq!(read["wanted"]["serial"], "1002");
            read["wanted"] = unknown.clone();
            assert_eq!(read.get("rejection"), None);
            for content in &bad {
                assert_eq!(told(content), read);
            }
            for answer in [Value::Null, json!(base64url(&[0; 16])), json!(base64url(&[0; 15])), json!("")] {
                let mut request = request(&seal_as(message_type, &good));
                request["seed"] = json!(Seed::new([9; 32]));
                request["answers"] = json!([answer]);
                assert_eq!(once(&request, &KeyRing::new()).1["ok"], read);
            }
        }
    }

    #[test]
    fn a_signer_asks_for_its_own_key_or_is_told_apart() {
        let own = open("aes128-sha256.der");
        assert_eq!(own["signer"]["holds_requested_key"], true);
        let strangers = envelope(&file("stranger.csr"), KeyTransport::RsaPkcs1);
        let told = |signer: &str| ok(&request(&seal_with(signer, MessageType::PkcsReq, &strangers)));
        assert_eq!(told("client.pem")["rejection"]["error"]["code"], "scep_message_unreadable");
        let issued = told("client-issued.pem");
        assert_eq!(issued["signer"]["holds_requested_key"], false);
        assert_eq!(issued["enrollment"]["csr_sha256"].as_str().unwrap().len(), 64);
    }

    /// Two names instead of one make a certificate no less its holder's own work.
    #[test]
    fn a_self_signed_certificate_is_one_whatever_its_names_say() {
        let own = Certificate::from_pem(&text("client.pem")).unwrap();
        let other_name = distinguished_name::parse("CN=somebody").unwrap();
        let two_names = resigned(&own, &private_key("client"), |tbs| {
            tbs.issuer = AnyRef::from_der(&other_name).unwrap();
        });
        let told = |csr: &str| {
            let content = envelope(&file(csr), KeyTransport::RsaPkcs1);
            ok(&request(&seal_by(&two_names, MessageType::PkcsReq, &content)))
        };
        assert_eq!(told("client.csr")["signer"]["holds_requested_key"], true);
        assert_eq!(told("stranger.csr")["rejection"]["error"]["code"], "scep_message_unreadable");
    }

    #[test]
    fn a_broken_signature_is_told_whatever_the_key_answers() {
        let mut message = file("aes128-sha256.der");
        *message.last_mut().unwrap() ^= 1;
        for answer in [json!(null), json!(base64url(&[7; 16]))] {
            let mut request = request(&message);
            request["recipients"][0]["key"]["public_key"] = json!(private_key("ra").public_key().to_pem().unwrap());
            request["answers"] = json!([answer]);
            let (status, body) = once(&request, &KeyRing::new());
            assert_eq!((status, &body["ok"]["rejection"]["error"]["code"]), (0, &json!("signature_invalid")), "{body}");
        }
    }

    #[test]
    fn old_algorithms_need_the_legacy_setting() {
        let refused = open("des-md5.der");
        assert_eq!(refused["rejection"]["fail_info"], "bad_alg");
        assert_eq!(refused["rejection"]["error"]["code"], "signature_algorithm_refused");
        let opened = legacy("des-md5.der");
        assert_eq!(opened["enrollment"]["challenge_password"], "secret", "{opened}");
        assert_eq!(opened["reply_to"]["content_cipher"], "des_ede3_cbc");
    }

    #[test]
    fn what_is_refused_can_still_be_answered() {
        for (name, code, fail_info) in [
            ("ec-signer.der", "scep_signer_unfit", "bad_alg"),
            ("key-transport-unknown.der", "cms_key_transport_refused", "bad_alg"),
            ("type-18.der", "scep_message_type_refused", "bad_request"),
            ("wrong-recipient.der", "scep_recipient_unknown", "bad_request"),
            ("garbage-inside.der", "scep_message_unreadable", "bad_message_check"),
        ] {
            let opened = open(name);
            assert_eq!(opened["rejection"]["error"]["code"], code, "{name}");
            assert_eq!(opened["rejection"]["fail_info"], fail_info, "{name}");
            assert_eq!(opened["reply_to"]["transaction_id"], "8".repeat(77), "{name}");
            assert_eq!(opened.get("enrollment"), None, "{name}");
        }
    }

    #[test]
    fn whatever_does_not_decrypt_is_one_answer() {
        let csr = file("client.csr");
        let good = envelope(&csr, KeyTransport::RsaPkcs1);
        assert_eq!(ok(&request(&seal(&good)))["enrollment"]["common_name"], "client");
        let oaep = envelope(&csr, KeyTransport::RsaOaepSha1);
        let flip = |bytes: &[u8], from_end: usize| {
            let mut bytes = bytes.to_vec();
            let at = bytes.len() - from_end;
            bytes[at] ^= 1;
            bytes
        };
        let in_encrypted_key = csr.len() + 150;
        let mut unsigned_csr = csr.clone();
        *unsigned_csr.last_mut().unwrap() ^= 1;
        let other_key = crate::pem::decode(&text("client.pem"), &["CERTIFICATE"]).unwrap();
        let strangers = file("stranger.csr");
        let broken: Vec<Vec<u8>> = [
            flip(&good, 1),
            flip(&good, 17),
            flip(&good, 40),
            flip(&good, in_encrypted_key),
            flip(&oaep, in_encrypted_key),
            envelope(b"", KeyTransport::RsaPkcs1),
            envelope(b"\x30\x80", KeyTransport::RsaPkcs1),
            envelope(&unsigned_csr, KeyTransport::RsaPkcs1),
            envelope(&other_key, KeyTransport::RsaPkcs1),
            envelope(&strangers, KeyTransport::RsaPkcs1),
        ]
        .into();
        let wanted = json!({
            "error": {
                "code": "scep_message_unreadable",
                "detail": "the message does not decrypt to a request with proof of possession",
                "at": "message",
            },
            "fail_info": "bad_message_check",
        });
        for (index, content) in broken.iter().enumerate() {
            assert_eq!(ok(&request(&seal(content)))["rejection"], wanted, "{index}");
        }
        for answer in [Value::Null, json!(base64url(&[0; 16])), json!(base64url(&[0; 15])), json!("")] {
            let mut request = request(&seal(&good));
            request["answers"] = json!([answer]);
            let (_, body) = once(&request, &KeyRing::new());
            assert_eq!(body["ok"]["rejection"], wanted, "{answer}");
        }
    }

    #[test]
    fn a_flipped_bit_changes_nothing_or_is_refused() {
        for name in ["aes128-sha256.der", "des3-sha1-ber.der"] {
            let message = file(name);
            let wanted = open(name)["enrollment"].clone();
            let ring = ring();
            for at in (0..message.len()).step_by(5) {
                let mut message = message.clone();
                message[at] ^= 1 << (at % 8);
                let (_, body) = once(&request(&message), &ring);
                match body["ok"].get("enrollment") {
                    Some(found) => assert_eq!(*found, wanted, "{name} at {at}"),
                    None => assert!(body["error"].is_object() || body["ok"]["rejection"].is_object(), "{name} at {at}: {body}"),
                }
            }
        }
    }

    #[test]
    fn a_message_that_ends_early_cannot_be_answered() {
        let message = file("aes128-sha256.der");
        for length in (0..message.len()).step_by(97) {
            let (kind, error) = both_ways(&request(&message[..length]));
            assert_eq!((kind.as_str(), &error["code"]), ("error", &json!("cms_malformed")), "{length}");
        }
    }

    #[test]
    fn a_changed_attribute_is_a_wrong_signature() {
        let message = replace(&file("aes128-sha256.der"), &[1; 16], &[3; 16]);
        let rejection = &ok(&request(&message))["rejection"];
        assert_eq!(rejection["error"]["code"], "signature_invalid");
        assert_eq!(rejection["fail_info"], "bad_message_check");
    }

    #[test]
    fn a_message_without_signer_or_transaction_cannot_be_answered() {
        let message = file("aes128-sha256.der");
        let code = |message: &[u8]| both_ways(&request(message)).1["code"].as_str().map(String::from);
        let transaction_oid = b"\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x07";
        let other_oid = b"\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x70";
        assert_eq!(code(&replace(&message, transaction_oid, other_oid)).unwrap(), "scep_attribute_invalid");
        let serial = b"\x02\x02\x10\x01\x30";
        assert_eq!(code(&replace(&message, serial, b"\x02\x02\x10\x09\x30")).unwrap(), "cms_signer_unknown");
    }

    #[test]
    fn the_callers_own_mistakes_are_errors() {
        let mut wrong = request(&file("aes128-sha256.der"));
        wrong["recipients"][0]["key"] = json!({"id": "client"});
        assert_eq!(once(&wrong, &ring()).0, ErrorCode::KeyMismatch.number());
        let mut many = request(&file("aes128-sha256.der"));
        many["recipients"] = json!(alloc::vec![many["recipients"][0].clone(); MAX_RECIPIENTS + 1]);
        assert_eq!(error(&many), "field_invalid");
        let mut large = request(&file("aes128-sha256.der"));
        large["message"] = json!(base64url(&alloc::vec![0x30; ber::MAX_MESSAGE_OCTETS + 1]));
        assert_eq!(error(&large), "request_too_large");
    }
}
