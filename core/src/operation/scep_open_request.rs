//! `scep_open_request`: what a SCEP client sent, verified and decrypted (RFC 8894 section 3).
//!
//! Whoever decrypts for strangers must not tell them how it went: wrong padding, a key of the wrong
//! length, a content that is no request, and a request without proof of possession all end in one
//! error with one text, after the same work (implicit rejection).

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

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
        CertifiedKey, Enrollment, FailInfo, MessageType, Query, ReplyTo, SignerReport, fail_info,
        request_attributes::RequestAttributes,
    },
    seed::Seed,
};

/// Most keys that a message may be for.
const MAX_RECIPIENTS: usize = 16;

/// A message, and the keys that it may be for.
#[derive(Deserialize)]
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
pub struct Response {
    /// For `scep_seal_reply`, unchanged.
    pub reply_to: ReplyTo,
    /// What the client asks for; nothing if it is no type of RFC 8894.
    pub message_type: Option<MessageType>,
    /// Who signed the message.
    pub signer: SignerReport,
    /// The certification request, in PKCSReq and RenewalReq.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrollment: Option<Enrollment>,
    /// The certificate asked about, in CertPoll, GetCert and GetCRL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// Why the message is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// The error, for the log and the failInfoText.
    pub error: Error,
    /// What to answer.
    pub fail_info: FailInfo,
}

/// The decrypted content.
#[derive(Default)]
struct Content {
    enrollment: Option<Enrollment>,
    query: Option<Query>,
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
        enrollment: None,
        query: None,
        rejection: None,
    };
    match open(&request, &recipients, &message, signer, &attributes, &mut response.reply_to, keys)? {
        Ok(Content { enrollment, query }) => (response.enrollment, response.query) = (enrollment, query),
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
    let certificates = request.recipients.iter().map(|recipient| recipient.certificate(keys));
    certificates.collect::<Result<_, _>>().map_err(|error| error.at("recipients"))
}

/// Decrypts and verifies: outside what stops the operation, inside what refuses the message.
///
/// The key is asked first, because after a question everything is done again.
fn open(
    request: &Request,
    recipients: &[Certificate],
    message: &SignedMessage<'_>,
    signer: &Certificate,
    attributes: &RequestAttributes,
    reply_to: &mut ReplyTo,
    keys: &mut Keys<'_>,
) -> Result<Result<Content, Error>, Halt> {
    let message_type = match &attributes.message_type {
        Ok(message_type) => *message_type,
        Err(error) => return Ok(Err(error.clone())),
    };
    let checked = signer_key(message, signer, request.allow_legacy).and_then(|key| Ok((key, ber::to_der(message.content)?)));
    let (signer_key, content) = match checked {
        Ok(checked) => checked,
        Err(error) => return Ok(Err(error)),
    };
    let envelope = match Envelope::read(&content, request.allow_legacy) {
        Ok(envelope) => envelope,
        Err(error) => return Ok(Err(error)),
    };
    reply_to.content_cipher = reply_cipher(envelope.cipher);
    let (recipient, certificate, transport, encrypted) = match find_recipient(request, recipients, &envelope) {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    reply_to.key_transport = transport;
    let answer = keys.decrypt(&recipient.key.id, &certificate.public_key()?, transport, encrypted)?;
    let self_issued = signer.is_self_issued();
    Ok(message
        .verify(&signer_key, request.allow_legacy)
        .and_then(|()| read_content(request, message_type, &envelope, answer, self_issued.then_some(&signer_key))))
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

type Found<'a, 'm> = (&'a CertifiedKey, &'a Certificate, KeyTransport, &'m [u8]);

fn find_recipient<'a, 'm>(
    request: &'a Request,
    certificates: &'a [Certificate],
    envelope: &Envelope<'m>,
) -> Result<Found<'a, 'm>, Error> {
    for (recipient, certificate) in request.recipients.iter().zip(certificates) {
        if let Some((transport, encrypted)) = envelope.encrypted_key(certificate)? {
            return Ok((recipient, certificate, transport, encrypted));
        }
    }
    Err(Error::new(ErrorCode::ScepRecipientUnknown, "the message is encrypted for another certificate than ours"))
}

/// What is in the envelope. `self_signed_by` is the key of a signer that made its own certificate:
/// the request must be for that key (RFC 8894 section 2.3).
fn read_content(
    request: &Request,
    message_type: MessageType,
    envelope: &Envelope<'_>,
    answer: Answer,
    self_signed_by: Option<&PublicKey>,
) -> Result<Content, Error> {
    let mut generator = request.seed.generator("scep_open_request content key");
    let content = envelope.decrypt(answer.as_ref().map(|key| key.as_slice()), &mut generator);
    let content = content.and_then(|content| match message_type {
        MessageType::PkcsReq | MessageType::RenewalReq => Some(Content {
            enrollment: Some(Enrollment::read(&content, self_signed_by, request.allow_legacy)?),
            ..Content::default()
        }),
        MessageType::CertPoll => Some(Content { query: Some(Query::read_poll(&content)?), ..Content::default() }),
        MessageType::GetCert | MessageType::GetCrl => {
            Some(Content { query: Some(Query::read_serial(&content)?), ..Content::default() })
        }
    });
    content.ok_or_else(|| {
        Error::new(ErrorCode::ScepMessageUnreadable, "the message does not decrypt to a request with proof of possession")
    })
}
