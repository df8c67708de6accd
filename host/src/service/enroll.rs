//! SCEP (RFC 8894): open a message, decide, and seal the reply.

mod approval;
mod authorize;
mod opened;
mod query;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde_json::{Value, json};

use super::hierarchy::Generation;
use super::issue::sign_and_record;
use super::published::PublishedCrl;
use super::{Authority, Hierarchy, Service, ServiceError, SignRequest, bytes};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::config::ReplyCertificates;
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, EngineError};
use crate::keystore::KeyStore;
use crate::store::{Certificate, Known, Remembered, RetryKey, StoreError};
use authorize::Authorization;
use opened::{Enrollment, FailInfo, MessageType, Opened, Signer};

/// A sealed CertRep, and what the log says about it.
#[derive(Clone, Debug)]
pub(crate) struct PkiReply {
    /// The CertRep, DER.
    pub(crate) message: Vec<u8>,
    /// RFC 8894 3.2.1.1.
    pub(crate) transaction_id: String,
    /// What was asked.
    pub(crate) message_type: &'static str,
    /// `issued`, `repeated`, `waiting`, `answered` or `refused`.
    pub(crate) outcome: &'static str,
    /// The serial of the certificate, what it waits for, or why there is none.
    pub(crate) detail: String,
}

#[derive(Debug)]
enum Decision {
    Success {
        certificate: Box<Certificate>,
        repeated: bool,
    },
    /// The certificate that GetCert asked for, and nothing with it.
    Found(Box<Certificate>),
    /// The list that GetCRL asked for.
    Crl(Arc<PublishedCrl>),
    /// Somebody has to say yes to this request.
    Pending(String),
    Failure {
        fail_info: FailInfo,
        text: Cow<'static, str>,
    },
    /// The engine refuses; it knows what failInfo that is.
    Error(EngineError),
}

impl Decision {
    fn failure(fail_info: FailInfo, text: impl Into<Cow<'static, str>>) -> Self {
        Self::Failure { fail_info, text: text.into() }
    }

    fn bad_request(text: impl Into<Cow<'static, str>>) -> Self {
        Self::failure(FailInfo::BadRequest, text)
    }

    fn repeated(certificate: Certificate) -> Self {
        Self::Success { certificate: Box::new(certificate), repeated: true }
    }
}

impl Service {
    /// Answers a PKIOperation. Whatever is wrong with a message that can be answered is said in a
    /// CertRep; an error is left for messages that no reply can be addressed to, and for our own.
    ///
    /// # Errors
    /// If the message is too broken to answer, or the engine, a key or the store fails.
    pub(crate) async fn pki_operation(&self, message: &[u8]) -> Result<PkiReply, ServiceError> {
        let hierarchy = self.hierarchy();
        let opened = self.open_request(&hierarchy, message).await?;
        let decision = self.decide(&hierarchy, &opened, message).await?;
        let ra = hierarchy.registration(opened.recipient);
        let message = self.seal_reply(&hierarchy, ra, &opened.reply_to, &decision).await?;
        let (outcome, detail) = match decision {
            Decision::Success { certificate, repeated: false } => ("issued", certificate.record.serial),
            Decision::Success { certificate, .. } => ("repeated", certificate.record.serial),
            Decision::Found(certificate) => ("answered", certificate.record.serial),
            Decision::Crl(crl) => ("answered", format!("crl {} of {}", crl.crl.number, crl.crl.key)),
            Decision::Pending(id) => ("waiting", format!("request {id}")),
            Decision::Failure { text, .. } => ("refused", text.into_owned()),
            Decision::Error(error) => ("refused", error.to_string()),
        };
        Ok(PkiReply {
            message,
            transaction_id: opened.transaction_id().to_owned(),
            message_type: opened.message_type.map_or("unknown", MessageType::name),
            outcome,
            detail,
        })
    }

    async fn open_request(&self, hierarchy: &Hierarchy, message: &[u8]) -> Result<Opened, ServiceError> {
        let recipient = |ra: &Authority| -> Result<Value, CallError> {
            let Generation { key, certificate, .. } = &ra.current;
            Ok(json!({ "key": key_reference(&self.keys, key)?, "certificate": certificate }))
        };
        let registrations = hierarchy.registrations();
        let request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "message": Base64UrlUnpadded::encode_string(message),
            "recipients": registrations.clone().map(recipient).collect::<Result<Vec<_>, _>>()?,
            "allow_legacy": self.scep.allow_legacy,
        });
        let uses: Vec<_> = registrations.map(|ra| (ra.current.key.as_str(), KeyUse::Decrypt)).collect();
        Ok(self.guest.call("scep_open_request", request, &self.keys.granting(&uses)).await?)
    }

    async fn decide(
        &self,
        hierarchy: &Hierarchy,
        opened: &Opened,
        message: &[u8],
    ) -> Result<Decision, ServiceError> {
        if let Some(rejection) = &opened.rejection {
            return Ok(Decision::Error(rejection.error.clone()));
        }
        let (Some(message_type), Some(signer)) = (opened.message_type, &opened.signer) else {
            return Ok(Decision::bad_request("the message has no type or no signer"));
        };
        match (message_type, &opened.enrollment) {
            (MessageType::PkcsReq | MessageType::RenewalReq, Some(enrollment)) => {
                self.decide_enrollment(hierarchy, opened, message, signer, enrollment).await
            }
            (MessageType::PkcsReq | MessageType::RenewalReq, None) => {
                Ok(Decision::bad_request("the message holds no certificate request"))
            }
            (MessageType::CertPoll, _) => self.decide_poll(hierarchy, opened, signer).await,
            (MessageType::GetCert, _) => self.find_certificate(signer, opened.wanted.as_ref()).await,
            (MessageType::GetCrl, _) => self.find_crl(hierarchy, opened.wanted.as_ref()).await,
        }
    }

    async fn decide_enrollment(
        &self,
        hierarchy: &Hierarchy,
        opened: &Opened,
        message: &[u8],
        signer: &Signer,
        enrollment: &Enrollment,
    ) -> Result<Decision, ServiceError> {
        let message_type = opened.message_type.unwrap_or(MessageType::PkcsReq);
        let retry = RetryKey {
            transaction_id: opened.transaction_id().to_owned(),
            csr_sha256: enrollment.csr_sha256.clone(),
        };
        // Before anything else: a reply that was lost is given again, whatever ended meanwhile.
        let challenges_at = enrollment.challenge_password.is_some().then(ambient::now);
        let known = self.store.known(&retry, &signer.sha256, challenges_at).await?;
        let Known { remembered, signer: own, challenges } = known;
        if let Some(decision) = remembered.as_ref().and_then(|found| repeat(found, signer, ambient::now())) {
            return Ok(decision);
        }
        let authorization = self.authorize(message_type, signer, own, &challenges, enrollment).await?;
        let (names, approval) = match authorization {
            Authorization::Challenge => (None, None),
            // A renewal is for the names that were granted before, whatever it asks for.
            Authorization::Renewal(current) => (Some(current.record.subject_alternative_names), None),
            Authorization::Approval => match self.approval(&retry, signer, enrollment, message).await? {
                Ok(approval) => (None, Some(approval)),
                Err(decision) => return Ok(decision),
            },
            Authorization::Refused(fail_info, text) => return Ok(Decision::failure(fail_info, text)),
        };
        let generation = hierarchy.generation_of(hierarchy.registration(opened.recipient)).number;
        let request = SignRequest {
            generation: Some(generation),
            validity_seconds: self.scep.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY)),
            is_renewal: names.is_some(),
            subject_alternative_names: names,
            retry: Some(retry),
            supersedes: remembered.map(|found| found.certificate.record.serial),
            signer_sha256: Some(signer.sha256.clone()),
            approval,
            ..SignRequest::new(&enrollment.csr, &self.scep.profile)
        };
        self.decide_issue(hierarchy, request).await
    }

    async fn decide_issue(
        &self,
        hierarchy: &Hierarchy,
        request: SignRequest<'_>,
    ) -> Result<Decision, ServiceError> {
        match sign_and_record(self.resources(), &hierarchy.issuing, request).await {
            Ok(issued) => {
                Ok(Decision::Success { certificate: Box::new(issued.certificate), repeated: issued.repeated })
            }
            Err(ServiceError::Call(CallError::Refused(error))) if error.is_clients_fault() => {
                Ok(Decision::Error(error))
            }
            Err(ServiceError::Store(error @ (StoreError::KeyRevoked | StoreError::SignerRevoked))) => {
                Ok(Decision::bad_request(error.to_string()))
            }
            Err(ServiceError::Store(error @ StoreError::IssuerRevoked)) => {
                tracing::error!("{error}");
                Ok(Decision::bad_request("the authority's own certificate is revoked; it issues nothing"))
            }
            Err(error) => Err(error),
        }
    }

    /// Seals the reply, signed by the registration authority that the client wrote to.
    async fn seal_reply(
        &self,
        hierarchy: &Hierarchy,
        ra: &Authority,
        reply_to: &Value,
        decision: &Decision,
    ) -> Result<Vec<u8>, ServiceError> {
        let result = match decision {
            Decision::Success { certificate, .. } => {
                json!({ "status": "success", "certificates": self.reply_certificates(hierarchy, certificate) })
            }
            Decision::Found(certificate) => {
                json!({ "status": "success", "certificates": [certificate.pem] })
            }
            Decision::Crl(crl) => json!({ "status": "success", "crl": crl.crl.pem }),
            Decision::Pending(_) => json!({ "status": "pending" }),
            Decision::Failure { fail_info, text } => {
                json!({ "status": "failure", "fail_info": fail_info, "fail_info_text": text })
            }
            Decision::Error(error) => json!({ "status": "error", "error": error }),
        };
        let request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "reply_to": reply_to,
            "signer": { "key": key_reference(&self.keys, &ra.current.key)?, "certificate": ra.current.certificate },
            "result": result,
        });
        let grant = self.keys.granting(&[(&ra.current.key, KeyUse::Sign)]);
        let sealed: Sealed = self.guest.call("scep_seal_reply", request, &grant).await?;
        Ok(bytes(&sealed.message)?)
    }

    fn reply_certificates(&self, hierarchy: &Hierarchy, leaf: &Certificate) -> Vec<String> {
        let mut certificates = vec![leaf.pem.clone()];
        let Some(issuer) = hierarchy.issuing.generation(leaf.generation) else { return certificates };
        certificates.extend(match self.scep.reply_certificates {
            ReplyCertificates::None => Vec::new(),
            ReplyCertificates::Chain => issuer.path(false),
            ReplyCertificates::Fullchain => issuer.path(true),
        });
        if self.scep.reply_certificates != ReplyCertificates::None {
            certificates.extend(hierarchy.crossing_to(issuer).cloned());
        }
        certificates
    }
}

#[derive(Deserialize)]
struct Sealed {
    message: String,
}

/// A key as the engine refers to it.
pub(super) fn key_reference(keys: &KeyStore, id: &str) -> Result<Value, CallError> {
    let key = keys.key(id).map_err(|error| CallError::Failed(format!("{error:#}")))?;
    Ok(json!({ "id": id, "public_key": key.public_pem() }))
}

/// What the same request is answered with again, if it is: only for the signer that it was answered
/// for, or for the key that the certificate is for.
fn repeat(found: &Remembered, signer: &Signer, now: u64) -> Option<Decision> {
    let same = found.signer_sha256.as_ref() == Some(&signer.sha256);
    if !same && !signer.holds_requested_key() {
        return None;
    }
    if found.certificate.revoked_at.is_some() {
        return Some(Decision::bad_request("the certificate of this request was revoked"));
    }
    is_retry(&found.certificate, signer, now).then(|| Decision::repeated(found.certificate.clone()))
}

/// Whether a remembered certificate answers this request again. It does not when the request is
/// signed with that very certificate, nor when its last third has begun: those want a new one, and
/// a client that keeps its key sends the same request under the same transaction id.
fn is_retry(earlier: &Certificate, signer: &Signer, now: u64) -> bool {
    let record = &earlier.record;
    let lifetime = record.not_after.saturating_sub(record.not_before);
    let renewal = record.not_after.saturating_sub(lifetime / 3);
    record.sha256 != signer.sha256 && now < renewal
}
