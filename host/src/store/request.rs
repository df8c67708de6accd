//! Requests for which somebody has to say yes.

use serde::Serialize;

/// How far a request is that needs somebody's yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestState {
    /// Nobody has decided.
    Pending,
    /// The device gets its certificate when it asks again.
    Approved,
    /// The device is told no when it asks again.
    Rejected,
    /// The approval is used up: the device has its certificate.
    Issued,
}

impl RequestState {
    /// As it stands in the store.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Issued => "issued",
        }
    }
}

/// A request that needs, or needed, somebody's yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PendingRequest {
    /// Its name.
    pub(crate) id: String,
    /// RFC 8894 3.2.1.1.
    pub(crate) transaction_id: String,
    /// Of the request's DER.
    pub(crate) csr_sha256: String,
    /// Of the SubjectPublicKeyInfo of whoever asked.
    pub(crate) public_key_sha256: String,
    /// Of the certificate that signed the message.
    pub(crate) signer_sha256: String,
    /// RFC 4514.
    pub(crate) subject: String,
    /// What it asks for, as the engine tells it.
    pub(crate) content: serde_json::Value,
    /// The message as it came, encrypted.
    #[serde(skip)]
    pub(crate) message: Vec<u8>,
    /// How far it is.
    pub(crate) state: RequestState,
    /// When it came.
    pub(crate) requested_at: u64,
    /// When somebody decided.
    pub(crate) decided_at: Option<u64>,
    /// Who.
    pub(crate) decided_by: Option<String>,
    /// Why, in words; the device is told.
    pub(crate) comment: Option<String>,
}

/// A request to be kept until somebody decides.
#[derive(Clone, Debug)]
pub(crate) struct NewRequest {
    /// The request.
    pub(crate) request: PendingRequest,
    /// How many may wait.
    pub(crate) room: u32,
    /// How many of one key.
    pub(crate) room_for_key: u32,
    /// How many bytes the messages of all may have.
    pub(crate) room_bytes: u64,
    /// What came before is forgotten, decided or not.
    pub(crate) forget_before: u64,
}

/// Somebody's yes or no.
#[derive(Clone, Debug)]
pub(crate) struct RequestDecision {
    /// To which request.
    pub(crate) id: String,
    /// Approved or rejected.
    pub(crate) state: RequestState,
    /// When.
    pub(crate) at: u64,
    /// Who.
    pub(crate) actor: String,
    /// Why, in words.
    pub(crate) comment: Option<String>,
}

/// Somebody's no to all that wait.
#[derive(Clone, Debug)]
pub(crate) struct RequestRejection {
    /// Only to those with this text in their subject.
    pub(crate) text: Option<String>,
    /// When.
    pub(crate) at: u64,
    /// Who.
    pub(crate) actor: String,
    /// Why, in words.
    pub(crate) comment: Option<String>,
}

/// What became of a [`RequestDecision`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decided {
    /// It stands from now on.
    Now(Box<PendingRequest>),
    /// Somebody decided before; nothing was changed.
    Before(Box<PendingRequest>),
    /// There is none with this id.
    Unknown,
}
