//! The engine's JSON: request envelope, questions about keys, and answers.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
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
    /// The result of the operation, which only whoever asked can read.
    Ok(Box<RawValue>),
    /// The engine refuses.
    Error(EngineError),
    /// Key operations are wanted before it can go on.
    Needs(Vec<Question>),
}

/// A request in JSON, to which answers are added from round to round.
pub(crate) struct Request {
    /// All of the object but its closing brace.
    open: Vec<u8>,
    answers: Vec<Option<String>>,
}

impl Request {
    /// The operation's name and the fields of its request.
    ///
    /// # Errors
    /// If the request cannot be written as the fields of a JSON object.
    pub(crate) fn new(operation: &str, request: &impl Serialize) -> Result<Self, CallError> {
        #[derive(Serialize)]
        struct Envelope<'a, R> {
            op: &'a str,
            #[serde(flatten)]
            request: R,
        }
        let mut open = serde_json::to_vec(&Envelope { op: operation, request })
            .map_err(|error| CallError::Failed(format!("{operation}: not a request object: {error}")))?;
        open.pop();
        Ok(Self { open, answers: Vec::new() })
    }

    /// Adds the answer to the next question; nothing is the answer to a ciphertext with invalid padding.
    pub(crate) fn add_answer(&mut self, bytes: Option<&[u8]>) {
        self.answers.push(bytes.map(Base64UrlUnpadded::encode_string));
    }

    /// How many answers there are.
    pub(crate) fn answers(&self) -> usize {
        self.answers.len()
    }

    /// The request with the answers so far.
    ///
    /// # Errors
    /// None in practice.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, CallError> {
        let answers = serde_json::to_vec(&self.answers)
            .map_err(|error| CallError::Failed(format!("the answers are not JSON: {error}")))?;
        Ok([self.open.as_slice(), b",\"answers\":", &answers, b"}"].concat())
    }
}
