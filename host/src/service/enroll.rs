//! SCEP (RFC 8894): open a message, decide, and seal the reply.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Service, ServiceError, SignRequest, bytes};
use crate::ambient;
use crate::config::ReplyCertificates;
use crate::guest::{CallError, EngineError};
use crate::keystore::KeyStore;
use crate::store::{Certificate, RetryKey};

const SECONDS_PER_DAY: u64 = 86_400;
/// The longest failInfoText in characters.
const MAX_TEXT: usize = 250;

/// A sealed CertRep, and what the log says about it.
#[derive(Clone, Debug)]
pub(crate) struct PkiReply {
    /// The CertRep, DER.
    pub(crate) message: Vec<u8>,
    /// RFC 8894 3.2.1.1.
    pub(crate) transaction_id: String,
    /// What was asked.
    pub(crate) message_type: &'static str,
    /// `issued`, `repeated` or `refused`.
    pub(crate) outcome: &'static str,
    /// The serial of the certificate, or why there is none.
    pub(crate) detail: String,
}

/// RFC 8894 3.2.1.2.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum MessageType {
    PkcsReq,
    RenewalReq,
    CertPoll,
    GetCert,
    GetCrl,
}

impl MessageType {
    fn name(self) -> &'static str {
        match self {
            Self::PkcsReq => "pkcs_req",
            Self::RenewalReq => "renewal_req",
            Self::CertPoll => "cert_poll",
            Self::GetCert => "get_cert",
            Self::GetCrl => "get_crl",
        }
    }
}

#[derive(Deserialize)]
struct Opened {
    reply_to: Value,
    message_type: Option<MessageType>,
    signer: Option<Signer>,
    enrollment: Option<Enrollment>,
    rejection: Option<Rejection>,
}

impl Opened {
    fn transaction_id(&self) -> &str {
        self.reply_to["transaction_id"].as_str().unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Signer {
    self_signed: bool,
    sha256: String,
}

#[derive(Deserialize)]
struct Enrollment {
    csr: String,
    csr_sha256: String,
    subject: String,
    #[serde(default, deserialize_with = "secret")]
    challenge_password: Option<Zeroizing<String>>,
}

fn secret<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Zeroizing<String>>, D::Error> {
    Ok(Option::<String>::deserialize(input)?.map(Zeroizing::new))
}

#[derive(Deserialize)]
struct Rejection {
    error: EngineError,
    fail_info: FailInfo,
}

/// RFC 8894 3.2.1.4.
#[expect(clippy::enum_variant_names, reason = "the RFC's own names")]
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum FailInfo {
    BadAlg,
    BadMessageCheck,
    BadRequest,
    BadTime,
    BadCertId,
}

enum Decision {
    Success { certificate: Box<Certificate>, repeated: bool },
    Failure { fail_info: FailInfo, text: String },
}

impl Decision {
    fn bad_request(text: impl Into<String>) -> Self {
        Self::Failure { fail_info: FailInfo::BadRequest, text: text.into() }
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
        let opened = self.open_request(message).await?;
        let decision = self.decide(&opened).await?;
        let message = self.seal_reply(&opened.reply_to, &decision).await?;
        let (outcome, detail) = match decision {
            Decision::Success { certificate, repeated: false } => ("issued", certificate.record.serial),
            Decision::Success { certificate, .. } => ("repeated", certificate.record.serial),
            Decision::Failure { text, .. } => ("refused", text),
        };
        Ok(PkiReply {
            message,
            transaction_id: opened.transaction_id().to_owned(),
            message_type: opened.message_type.map_or("unknown", MessageType::name),
            outcome,
            detail,
        })
    }

    async fn open_request(&self, message: &[u8]) -> Result<Opened, ServiceError> {
        let ra = &self.hierarchy.ra;
        let request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "message": Base64UrlUnpadded::encode_string(message),
            "recipients": [{
                "key": key_reference(&self.keys, &ra.key)?,
                "certificate": ra.certificate,
            }],
            "allow_legacy": self.scep.allow_legacy,
        });
        Ok(self.guest.call("scep_open_request", request, &self.keys).await?)
    }

    async fn decide(&self, opened: &Opened) -> Result<Decision, ServiceError> {
        if let Some(rejection) = &opened.rejection {
            return Ok(Decision::Failure {
                fail_info: rejection.fail_info,
                text: rejection.error.to_string(),
            });
        }
        let (Some(message_type), Some(signer)) = (opened.message_type, &opened.signer) else {
            return Ok(Decision::bad_request("the message has no type or no signer"));
        };
        match (message_type, &opened.enrollment) {
            (MessageType::PkcsReq | MessageType::RenewalReq, Some(enrollment)) => {
                self.decide_enrollment(opened, message_type, signer, enrollment).await
            }
            (MessageType::PkcsReq | MessageType::RenewalReq, None) => {
                Ok(Decision::bad_request("the message holds no certificate request"))
            }
            (MessageType::CertPoll, _) => self.decide_poll(opened.transaction_id()).await,
            (MessageType::GetCert | MessageType::GetCrl, _) => {
                Ok(Decision::bad_request("GetCert and GetCRL are not served here yet"))
            }
        }
    }

    async fn decide_enrollment(
        &self,
        opened: &Opened,
        message_type: MessageType,
        signer: &Signer,
        enrollment: &Enrollment,
    ) -> Result<Decision, ServiceError> {
        if let Some(refusal) = self.refusal(message_type, signer, enrollment).await? {
            return Ok(Decision::bad_request(refusal));
        }
        let retry = RetryKey {
            transaction_id: opened.transaction_id().to_owned(),
            csr_sha256: enrollment.csr_sha256.clone(),
        };
        let remembered = self.store.remembered(&retry).await?;
        let supersedes = match remembered {
            Some(earlier) if is_retry(&earlier, signer, ambient::now()) => {
                return Ok(Decision::repeated(earlier));
            }
            earlier => earlier.map(|earlier| earlier.record.serial),
        };
        let request = SignRequest {
            validity_seconds: self.scep.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY)),
            retry: Some(retry),
            supersedes,
            ..SignRequest::new(&enrollment.csr, &self.scep.profile)
        };
        match self.issue(request).await {
            Ok(issued) => {
                Ok(Decision::Success { certificate: Box::new(issued.certificate), repeated: issued.repeated })
            }
            Err(ServiceError::Call(CallError::Refused(error))) => {
                Ok(Decision::bad_request(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    /// Why this enrolment may not be, if so. Who signed decides, not what the message calls itself:
    /// certmonger and sscep renew with PKCSReq.
    async fn refusal(
        &self,
        message_type: MessageType,
        signer: &Signer,
        enrollment: &Enrollment,
    ) -> Result<Option<&'static str>, ServiceError> {
        let renewal = self.renewal_refusal(signer, enrollment).await?;
        if renewal.is_none() || message_type == MessageType::RenewalReq {
            return Ok(renewal);
        }
        let Some(challenge) = &enrollment.challenge_password else {
            return Ok(Some(match signer.self_signed {
                true => "the request holds no challenge password",
                false => "the request holds no challenge password, and its signer cannot renew",
            }));
        };
        let right = self.challenges.admits(challenge).await?;
        Ok((!right).then_some("the challenge password is wrong"))
    }

    async fn renewal_refusal(
        &self,
        signer: &Signer,
        enrollment: &Enrollment,
    ) -> Result<Option<&'static str>, ServiceError> {
        if signer.self_signed {
            return Ok(Some("a renewal is signed with the certificate that it renews"));
        }
        let Some(current) = self.store.by_sha256(&signer.sha256).await? else {
            return Ok(Some("the signer's certificate was not issued here"));
        };
        let now = ambient::now();
        Ok(if current.record.profile != self.scep.profile {
            Some("the signer's certificate is of another profile")
        } else if current.revoked_at.is_some() {
            Some("the signer's certificate is revoked")
        } else if now < current.record.not_before || now > current.record.not_after {
            Some("the signer's certificate has expired")
        } else if current.record.subject != enrollment.subject {
            Some("the request has another subject than the signer's certificate")
        } else {
            None
        })
    }

    /// Answers CertPoll (RFC 8894 3.3.3): we issue at once, so there is a certificate or nothing.
    async fn decide_poll(&self, transaction_id: &str) -> Result<Decision, ServiceError> {
        let found = self.store.of_transaction(transaction_id).await?;
        Ok(found.map_or_else(
            || Decision::Failure {
                fail_info: FailInfo::BadCertId,
                text: "no request has this transaction id".to_owned(),
            },
            Decision::repeated,
        ))
    }

    async fn seal_reply(&self, reply_to: &Value, decision: &Decision) -> Result<Vec<u8>, ServiceError> {
        let result = match decision {
            Decision::Success { certificate, .. } => {
                json!({ "status": "success", "certificates": self.reply_certificates(&certificate.pem) })
            }
            Decision::Failure { fail_info, text } => {
                let text: String = text.chars().take(MAX_TEXT).collect();
                json!({ "status": "failure", "fail_info": fail_info, "fail_info_text": text })
            }
        };
        let ra = &self.hierarchy.ra;
        let request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "reply_to": reply_to,
            "signer": { "key": key_reference(&self.keys, &ra.key)?, "certificate": ra.certificate },
            "result": result,
        });
        let sealed: Sealed = self.guest.call("scep_seal_reply", request, &self.keys).await?;
        Ok(bytes(&sealed.message)?)
    }

    fn reply_certificates(&self, leaf: &str) -> Vec<String> {
        let mut certificates = vec![leaf.to_owned()];
        certificates.extend(match self.scep.reply_certificates {
            ReplyCertificates::None => Vec::new(),
            ReplyCertificates::Chain => self.hierarchy.issuing.path(false),
            ReplyCertificates::Fullchain => self.hierarchy.issuing.path(true),
        });
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

/// Whether a remembered certificate answers this request again. It does not when the request is
/// signed with that very certificate, nor when its last third has begun: those want a new one, and
/// a client that keeps its key sends the same request under the same transaction id.
fn is_retry(earlier: &Certificate, signer: &Signer, now: u64) -> bool {
    let record = &earlier.record;
    let lifetime = record.not_after.saturating_sub(record.not_before);
    let renewal = record.not_after.saturating_sub(lifetime / 3);
    earlier.revoked_at.is_none() && record.sha256 != signer.sha256 && now < renewal
}
