//! The engine's JSON: request envelope, questions about keys, and answers.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyUse {
    /// Sign `input`.
    Sign,
    /// Decrypt `input`.
    Decrypt,
}

/// One question of the engine to whoever holds the key.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Question {
    /// The id of the key.
    pub(crate) key: String,
    /// Sign or decrypt.
    #[serde(rename = "use")]
    pub(crate) key_use: KeyUse,
    /// The algorithm with its padding and digest.
    pub(crate) scheme: String,
    /// The message or the ciphertext, base64url.
    input: String,
}

impl Question {
    /// The bytes to sign or to decrypt.
    ///
    /// # Errors
    /// If `input` is not base64url.
    pub(crate) fn input(&self) -> Result<Vec<u8>, CallError> {
        Base64UrlUnpadded::decode_vec(&self.input)
            .map_err(|_| CallError::Failed("a question's input is not base64url".to_owned()))
    }
}

/// What came back from one round.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// The result of the operation.
    Ok(Value),
    /// The engine refuses.
    Error(EngineError),
    /// Key operations are wanted before it can go on.
    Needs(Vec<Question>),
}

/// Puts the operation's name into the request object.
///
/// # Errors
/// If the request is not a JSON object.
pub(crate) fn envelope(operation: &str, request: &impl Serialize) -> Result<Map<String, Value>, CallError> {
    let mut object = match serde_json::to_value(request) {
        Ok(Value::Object(object)) => object,
        _ => return Err(CallError::Failed(format!("{operation}: not a request object"))),
    };
    object.insert("op".to_owned(), operation.into());
    Ok(object)
}

/// An answer as it stands in `answers`: base64url, or null for invalid padding.
pub(crate) fn answer(bytes: Option<&[u8]>) -> Value {
    bytes.map_or(Value::Null, |bytes| Base64UrlUnpadded::encode_string(bytes).into())
}
