//! An opened message, as the engine tells it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::guest::EngineError;

/// RFC 8894 3.2.1.2.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageType {
    PkcsReq,
    RenewalReq,
    CertPoll,
    GetCert,
    GetCrl,
}

impl MessageType {
    /// As it stands in the log.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PkcsReq => "pkcs_req",
            Self::RenewalReq => "renewal_req",
            Self::CertPoll => "cert_poll",
            Self::GetCert => "get_cert",
            Self::GetCrl => "get_crl",
        }
    }
}

/// An opened message.
#[derive(Deserialize)]
pub(super) struct Opened {
    /// For the reply, unchanged.
    pub(super) reply_to: Value,
    /// None if it is no type of RFC 8894.
    pub(super) message_type: Option<MessageType>,
    /// None if nobody could be made out.
    pub(super) signer: Option<Signer>,
    /// In PKCSReq and RenewalReq.
    pub(super) enrollment: Option<Enrollment>,
    /// In GetCert and GetCRL always: the engine makes one up for what cannot be read.
    pub(super) wanted: Option<Wanted>,
    /// None if it may be decided upon.
    pub(super) rejection: Option<Rejection>,
    /// To which of the registration authorities it was encrypted, counted from 0.
    pub(super) recipient: Option<usize>,
}

/// A certificate, as SCEP names it.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// RFC 4514.
    pub(super) issuer: String,
    /// Hex.
    pub(super) serial: String,
}

impl Opened {
    /// RFC 8894 3.2.1.1.
    pub(super) fn transaction_id(&self) -> &str {
        self.reply_to["transaction_id"].as_str().unwrap_or_default()
    }
}

/// Who signed it.
#[derive(Deserialize)]
pub(super) struct Signer {
    /// Whether its key is the one that a certificate is asked for.
    holds_requested_key: Option<bool>,
    /// Of the certificate.
    pub(super) sha256: String,
    /// Of its SubjectPublicKeyInfo.
    pub(super) public_key_sha256: String,
}

impl Signer {
    /// Whether the request is for the signer's own key; never without a request.
    pub(super) fn holds_requested_key(&self) -> bool {
        self.holds_requested_key == Some(true)
    }
}

/// A certification request in it.
#[derive(Deserialize)]
pub(super) struct Enrollment {
    /// PEM.
    pub(super) csr: String,
    /// Of the request's DER.
    pub(super) csr_sha256: String,
    /// RFC 4514.
    pub(super) subject: String,
    /// PKCS#9 challengePassword.
    #[serde(default, deserialize_with = "secret")]
    pub(super) challenge_password: Option<Zeroizing<String>>,
}

fn secret<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Zeroizing<String>>, D::Error> {
    Ok(Option::<String>::deserialize(input)?.map(Zeroizing::new))
}

/// Why the engine refuses it.
#[derive(Deserialize)]
pub(super) struct Rejection {
    /// For the log and the reply.
    pub(super) error: EngineError,
}

/// RFC 8894 3.2.1.4: what the host itself refuses with.
#[expect(clippy::enum_variant_names, reason = "the RFC's own names")]
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum FailInfo {
    BadMessageCheck,
    BadRequest,
    BadCertId,
}
