//! The one door: JSON in, JSON out.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{
    base64url::Base64Url,
    error::{Error, ErrorCode},
    keys::{Answer, Halt, KeyRing, Keys, Question},
    operation::Operation,
    strict::Strict,
};

/// The largest request, in bytes.
pub const MAX_REQUEST: usize = 16 * 1024 * 1024;

/// How many answers a request may carry.
const MAX_ANSWERS: usize = 64;

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 0 for a response, 1 for a question, otherwise the number of the [`ErrorCode`].
    pub status: u32,
    /// `{"ok":…}`, `{"needs":[…]}` or `{"error":{"code":…,"detail":…,"at":…}}`.
    pub body: Vec<u8>,
}

/// Runs one request against the keys of `ring`.
///
/// The request is a JSON object: `op` names the operation, `answers` holds the answers to earlier
/// questions, everything else is the operation's own. The same request gives the same bytes.
#[must_use]
pub fn call(request: &[u8], ring: &KeyRing) -> Outcome {
    match dispatch(request, ring) {
        Ok(body) => Outcome { status: 0, body },
        Err(Halt::Needs(question)) => Outcome { status: 1, body: json(&Needs { needs: [question] }) },
        Err(Halt::Error(error)) => error.into(),
    }
}

/// The outcome of a request that never reached its operation.
impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self { status: error.code.number(), body: json(&Failure { error }) }
    }
}

#[derive(Serialize)]
struct Success<T> {
    ok: T,
}

#[derive(Serialize)]
struct Needs {
    needs: [Question; 1],
}

#[derive(Serialize)]
struct Failure {
    error: Error,
}

fn dispatch(request: &[u8], ring: &KeyRing) -> Result<Vec<u8>, Halt> {
    if request.len() > MAX_REQUEST {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found a request of {} bytes, wanted at most {MAX_REQUEST}", request.len()),
        )
        .into());
    }
    let mut fields = take_fields(request)?;
    let operation = take_operation(&mut fields)?;
    let answers = take_answers(&mut fields)?;
    let mut keys = Keys::new(ring, answers);
    let body = operation.run(Value::Object(fields), &mut keys)?;
    keys.finish()?;
    Ok(body)
}

fn take_fields(request: &[u8]) -> Result<Map<String, Value>, Error> {
    match serde_json::from_slice(request) {
        Ok(Strict(Value::Object(fields))) => Ok(fields),
        Ok(_) => {
            Err(Error::new(ErrorCode::RequestMalformed, "found JSON that is no object, wanted an object"))
        }
        Err(error) => Err(malformed(&error)),
    }
}

fn take_operation(fields: &mut Map<String, Value>) -> Result<Operation, Error> {
    let Some(Value::String(name)) = fields.remove("op") else {
        return Err(Error::new(
            ErrorCode::RequestMalformed,
            "found no string in \"op\", wanted the name of an operation",
        )
        .at("op"));
    };
    Operation::ALL.iter().copied().find(|operation| operation.name() == name).ok_or_else(|| {
        let known: Vec<&str> = Operation::ALL.iter().map(|operation| operation.name()).collect();
        Error::new(
            ErrorCode::OperationUnknown,
            format_args!("there is no operation {name:?}, only {}", known.join(", ")),
        )
        .at("op")
    })
}

fn take_answers(fields: &mut Map<String, Value>) -> Result<Vec<Answer>, Error> {
    let Some(value) = fields.remove("answers") else {
        return Ok(Vec::new());
    };
    let answers: Vec<Option<Base64Url>> = Deserialize::deserialize(value).map_err(|_| {
        Error::new(ErrorCode::RequestMalformed, "wanted a list of base64url strings and nulls").at("answers")
    })?;
    if answers.len() > MAX_ANSWERS {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {} answers, wanted at most {MAX_ANSWERS}", answers.len()),
        )
        .at("answers"));
    }
    Ok(answers.into_iter().map(|answer| answer.map(|bytes| Zeroizing::new(bytes.0))).collect())
}

/// The operation's own request out of the fields that are left.
pub(crate) fn parse_fields<T: DeserializeOwned>(fields: Value) -> Result<T, Error> {
    serde_json::from_value(fields).map_err(|error| malformed(&error))
}

/// The bytes of a successful response.
pub(crate) fn respond<T: Serialize>(response: T) -> Result<Vec<u8>, Halt> {
    serde_json::to_vec(&Success { ok: response }).map_err(|error| {
        Error::new(ErrorCode::EncodingFailed, format_args!("the response could not be written: {error}"))
            .into()
    })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::new(ErrorCode::RequestMalformed, format_args!("the request does not fit: {error}"))
}
