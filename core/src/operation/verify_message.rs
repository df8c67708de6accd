//! `verify_message`: who sent a message, whether it is as it was signed, and whether it counts still.

use alloc::vec::Vec;

use serde::Deserialize;

use crate::{
    base64url::Base64Url,
    device::{
        body::{Body, Digests},
        freshness::Freshness,
        message::{Message, Setting},
        signer::{self, SignerRequest},
        trust::TrustRequest,
        verified::Verified,
    },
    keys::{Halt, Keys},
};

/// What to verify, and against whom.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The signature, and what it may be over beside the body.
    pub message: Message,
    /// The body; empty where there is none. Or
    pub body: Option<Base64Url>,
    /// its digests, of one too large to be sent here.
    pub digests: Option<Digests>,
    /// Who may have signed: certificates, which have to lead to an anchor, and keys, which the caller vouches for; 32 at most.
    /// Detached CMS may bring the certificate along.
    #[serde(default)]
    pub signers: Vec<SignerRequest>,
    /// What certificates are judged with. Without anchors, no certificate is believed.
    #[serde(default)]
    pub trust: TrustRequest,
    /// How old the message may be.
    #[serde(default)]
    pub freshness: Freshness,
}

/// Who signed, what and when, and how to remember it.
pub type Response = Verified;

/// Verifies a message: its form, what it covers, its time, its body, its signature and its signer. That it counts only
/// once, the caller sees to: `replay.key` is the same for it however often and in whatever disguise it comes.
///
/// # Errors
/// For the request: `FieldInvalid`, `RequestTooLarge`, `PemMalformed`, `CertificateMalformed`, `KeyMalformed`, `KeyTooSmall`,
/// `KeyUnsupported`, the codes of a JWK, and those of anchors, lists and responses. For the message: `MessageMalformed`,
/// `MessageSignatureAbsent`, `MessageUndated`, `MessageStale`, `MessageFromFuture`, `MessageParameterMissing`,
/// `MessageComponentUnavailable`, `MessageComponentUncovered`, `MessageBodyMismatch`, `MessageBodyNeeded`,
/// `MessageAlgorithmRefused`, `MessageSignerUnknown`, `MessageSignatureInvalid`, `UrlMalformed`. For the signer's certificate:
/// the family `path_…`, `at` the certificate.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, message, body, digests, signers, trust, freshness } = request;
    let body = Body::read(body, digests)?;
    freshness.check().map_err(|error| error.within("freshness"))?;
    let signers = signer::read(signers)?;
    let mut trust = trust.read().map_err(|error| error.within("trust"))?;
    let setting = Setting { now, body: &body, trust: &mut trust, freshness: &freshness };
    Ok(message.verify(setting, &signers)?)
}

#[cfg(test)]
mod tests;
