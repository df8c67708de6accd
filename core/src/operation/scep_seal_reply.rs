//! `scep_seal_reply`: the signed answer to a SCEP request (RFC 8894 section 3.3.2).

use alloc::{string::String, vec::Vec};

use rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{MAX_CERTIFICATES, certificates_only, enveloped_data, signed_data::Signer},
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    scep::{
        CertifiedKey, FailInfo, NONCE_OCTETS, ReplyTo,
        reply_attributes::{MAX_FAIL_INFO_TEXT, PkiStatus, ReplyAttributes},
    },
    seed::Seed,
};

/// What to answer, and to whom.
#[derive(Deserialize)]
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
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// The certificate was issued.
    Success {
        /// PEM, one certificate each: the client's own first, then what else it should have.
        certificates: Vec<String>,
    },
    /// It was refused.
    Failure {
        /// The reason as SCEP has it.
        fail_info: FailInfo,
        /// The reason for people.
        #[serde(default)]
        fail_info_text: Option<String>,
    },
    /// It waits for somebody; the client will poll.
    Pending,
}

/// The reply.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Response {
    /// The message in DER, for `application/x-pki-message`.
    pub message: Base64Url,
}

/// Makes the reply. Only a success has content, encrypted with the cipher and the key transport
/// that the client used itself; the others are attributes alone.
///
/// # Errors
/// `FieldInvalid` for a reply that cannot be, `PemMalformed`, `CertificateMalformed`, `KeyUnfit` if
/// the client's key cannot receive a certificate, and those of the signing key.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let signer = request.signer.certificate(keys).map_err(|error| error.at("signer"))?;
    let signer = Signer { key: &request.signer.key.id, certificate: &signer };
    let (status, content) = match &request.result {
        Outcome::Success { certificates } => (PkiStatus::Success, Some(envelope(&request, certificates)?)),
        Outcome::Failure { fail_info, fail_info_text } => (failure(*fail_info, fail_info_text.as_ref())?, None),
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

fn envelope(request: &Request, certificates: &[String]) -> Result<Vec<u8>, Error> {
    if !(1..=MAX_CERTIFICATES).contains(&certificates.len()) {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found {} certificates, wanted 1 to {MAX_CERTIFICATES}", certificates.len()),
        )
        .at("result.certificates"));
    }
    let certificates: Result<Vec<_>, Error> = certificates.iter().map(|text| Certificate::from_pem(text)).collect();
    let content = certificates_only::write(&certificates.map_err(|error| error.at("result.certificates"))?)?;
    let seal = || {
        let recipient = Certificate::from_pem(&request.reply_to.certificate)?;
        let mut generator = request.seed.generator("scep_seal_reply envelope");
        let ReplyTo { key_transport, content_cipher, .. } = request.reply_to;
        enveloped_data::seal(&recipient, key_transport, content_cipher, &content, &mut generator)
    };
    seal().map_err(|error| error.at("reply_to.certificate"))
}
