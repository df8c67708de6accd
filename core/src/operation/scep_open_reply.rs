//! `scep_open_reply`: what a SCEP server answered, verified and decrypted (RFC 8894 section 3.3.2).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{MAX_CERTIFICATES, ber, certificates_only, enveloped_data::Envelope, signed_data::SignedMessage},
    csr::CertificationRequest,
    error::{Error, ErrorCode},
    key::PublicKey,
    keys::{Halt, KeyReference, Keys},
    scep::{
        FailInfo, Pending, is_issued_by,
        reply_attributes::{PkiStatus, ReplyAttributes},
    },
    seed::Seed,
};

/// A reply, and what it must fit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The randomness for the content key that takes the place of one that did not decrypt, 32 bytes.
    pub seed: Seed,
    /// The HTTP response's body.
    pub message: Base64Url,
    /// From `scep_seal_request`, unchanged.
    pub pending: Pending,
    /// The key that signed the request.
    pub key: KeyReference,
    /// The certificates (PEM) that may sign replies and issue certificates: those of GetCACert, once
    /// their fingerprint is known to be right.
    pub authorities: Vec<String>,
    /// The certification request (PEM), where it is for another key than the one that signed.
    #[serde(default)]
    pub csr: Option<String>,
    /// Whether MD5 and single DES are accepted.
    #[serde(default)]
    pub allow_legacy: bool,
}

/// The outcome.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Response {
    /// The certificate was issued.
    Success {
        /// PEM: the one for our key first, then the others in the order sent.
        certificates: Vec<String>,
    },
    /// It was refused.
    Failure {
        /// The reason as SCEP has it.
        fail_info: FailInfo,
        /// The reason in the server's words.
        #[serde(skip_serializing_if = "Option::is_none")]
        fail_info_text: Option<String>,
    },
    /// It waits for somebody: poll.
    Pending,
}

/// Opens the reply. Nothing in it is believed, and the key is not asked, before the signature of
/// one of the authorities is verified and the transaction is ours.
///
/// # Errors
/// `CmsMalformed`, `CmsSignerUnknown`, `CmsDigestMismatch`, `SignatureInvalid`,
/// `SignatureAlgorithmRefused`, `ScepAttributeInvalid`, `ScepReplyMismatch`, `ScepRecipientUnknown`,
/// `CmsCipherRefused`, `CmsKeyTransportRefused`, `ScepMessageUnreadable`,
/// `ScepReplyCertificateInvalid`; if the request itself is wrong, `FieldInvalid` and those of keys
/// and certificates.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let authorities = read_authorities(&request)?;
    let der = ber::to_der(&request.message.0).map_err(|error| error.at("message"))?;
    let message = SignedMessage::read(&der).map_err(|error| error.at("message"))?;
    let attributes = verify(&request, &message, &authorities).map_err(|error| error.at("message"))?;
    match attributes.status {
        PkiStatus::Pending => Ok(Response::Pending),
        PkiStatus::Failure { fail_info, text } => Ok(Response::Failure { fail_info, fail_info_text: text }),
        PkiStatus::Success => {
            let content = decrypt(&request, message.content, keys)?;
            let certificates = read_certificates(&request, &content, &authorities)?;
            Ok(Response::Success { certificates })
        }
    }
}

fn read_authorities(request: &Request) -> Result<Vec<Certificate>, Error> {
    if !(1..=MAX_CERTIFICATES).contains(&request.authorities.len()) {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found {} certificates, wanted 1 to {MAX_CERTIFICATES}", request.authorities.len()),
        )
        .at("authorities"));
    }
    let authorities = request.authorities.iter().map(|text| Certificate::from_pem(text));
    authorities.collect::<Result<_, _>>().map_err(|error| error.at("authorities"))
}

fn verify(
    request: &Request,
    message: &SignedMessage<'_>,
    authorities: &[Certificate],
) -> Result<ReplyAttributes, Error> {
    let signer = message.signer(authorities)?;
    message.verify(&signer.public_key()?, request.allow_legacy)?;
    let attributes = ReplyAttributes::read(&message.attributes)?;
    if attributes.transaction_id.text != request.pending.transaction_id {
        return Err(mismatch("the reply has another transaction id than the request"));
    }
    if attributes.recipient_nonce.as_deref() != Some(request.pending.sender_nonce.as_ref()) {
        return Err(mismatch("the reply has another recipient nonce than the request's sender nonce"));
    }
    Ok(attributes)
}

fn decrypt(request: &Request, content: &[u8], keys: &mut Keys<'_>) -> Result<Vec<u8>, Halt> {
    let recipient = Certificate::from_pem(&request.pending.signer_certificate)
        .map_err(|error| error.at("pending.signer_certificate"))?;
    let der = ber::to_der(content).map_err(|error| error.at("message"))?;
    let envelope = Envelope::read(&der, request.allow_legacy).map_err(|error| error.at("message"))?;
    let (transport, encrypted) =
        envelope.encrypted_key(&recipient).map_err(|error| error.at("message"))?.ok_or_else(|| {
            Error::new(ErrorCode::ScepRecipientUnknown, "the reply is encrypted for another certificate than ours")
                .at("message")
        })?;
    let answer = keys.decrypt(&request.key.id, &recipient.public_key()?, transport, encrypted)?;
    let mut generator = request.seed.generator("scep_open_reply content key");
    let content = envelope.decrypt(answer.as_ref().map(|key| key.as_slice()), &mut generator);
    let content = content.and_then(|content| ber::to_der(&content).ok()).ok_or_else(|| {
        Error::new(ErrorCode::ScepMessageUnreadable, "the reply does not decrypt to certificates").at("message")
    })?;
    Ok(content)
}

/// The certificates with ours first, wherever the server put it.
fn read_certificates(request: &Request, content: &[u8], authorities: &[Certificate]) -> Result<Vec<String>, Error> {
    let certificates = certificates_only::read(content).map_err(|error| error.at("message"))?;
    let key = requested_key(request)?;
    let is_ours = |certificate: &Certificate| {
        certificate.public_key().is_ok_and(|found| found == key)
            && authorities.iter().any(|authority| is_issued_by(certificate, authority))
    };
    let leaf = certificates.iter().find(|certificate| is_ours(certificate)).ok_or_else(|| {
        Error::new(
            ErrorCode::ScepReplyCertificateInvalid,
            "found no certificate for the key of the request that one of the authorities issued",
        )
        .at("message")
    })?;
    let others = certificates.iter().filter(|certificate| *certificate != leaf);
    core::iter::once(leaf).chain(others).map(Certificate::to_pem).collect()
}

fn requested_key(request: &Request) -> Result<PublicKey, Error> {
    match &request.csr {
        Some(csr) => CertificationRequest::from_pem(csr).map(|csr| csr.public_key().clone()).map_err(|error| error.at("csr")),
        None => Certificate::from_pem(&request.pending.signer_certificate)?.public_key(),
    }
}

fn mismatch(detail: &str) -> Error {
    Error::new(ErrorCode::ScepReplyMismatch, detail)
}
