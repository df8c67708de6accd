//! What goes into the engine and comes out of it: requests, responses, and questions about keys.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::CallError;

/// An error of the engine, as it came.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct EngineError {
    /// The stable name, `csr_signature_invalid` for one.
    pub(crate) code: String,
    /// What was found and what was wanted.
    #[serde(default)]
    pub(crate) detail: String,
    /// The part of the request that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
}

impl EngineError {
    /// Whether it is about what a client sent, and not about what this host put beside it.
    pub(crate) fn is_clients_fault(&self) -> bool {
        let field = self.at.as_deref().and_then(|at| at.split('.').next());
        matches!(field, Some("message" | "csr"))
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Some(at) if !at.is_empty() => write!(f, "{} ({}, at {at})", self.detail, self.code),
            _ => write!(f, "{} ({})", self.detail, self.code),
        }
    }
}

/// What a question wants done with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUse {
    /// Sign `input`.
    Sign,
    /// Decrypt `input`.
    Decrypt,
}

/// One question of the engine to whoever holds the key.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The id of the key.
    pub(crate) key: String,
    /// Sign or decrypt.
    pub(crate) key_use: KeyUse,
    /// The algorithm with its padding and digest.
    pub(crate) scheme: String,
    /// The message or the ciphertext.
    pub(crate) input: Vec<u8>,
}

/// What came back from a call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// The result of the operation, which only whoever asked can read.
    Ok(Box<RawValue>),
    /// The engine refuses.
    Error(EngineError),
}

/// A request in JSON: the operation's name and the fields of its request.
///
/// # Errors
/// If the request cannot be written as the fields of a JSON object.
pub(crate) fn request(operation: &str, request: &impl Serialize) -> Result<Vec<u8>, CallError> {
    #[derive(Serialize)]
    struct Envelope<'a, R> {
        op: &'a str,
        #[serde(flatten)]
        request: R,
    }
    serde_json::to_vec(&Envelope { op: operation, request })
        .map_err(|error| CallError::Failed(format!("{operation}: not a request object: {error}")))
}
