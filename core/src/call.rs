//! The one door: JSON in, JSON out.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{
    base64url::SecretBytes,
    error::{Error, ErrorCode},
    keys::{Answer, Ask, Halt, KeyRing, Keys, Question},
    operation::Operation,
    strict::Strict,
    tree,
};

/// The largest request, in bytes.
pub const MAX_REQUEST: usize = 16 * 1024 * 1024;

/// Room for the usual response, in bytes, and for any with a private key: what is outgrown is not wiped.
#[cfg(feature = "std")]
const ROOM: usize = 16 * 1024;

/// How many answers a request may carry.
const MAX_ANSWERS: usize = 64;

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 0 for a response, 1 for a question, otherwise the number of the [`ErrorCode`].
    pub status: u32,
    /// `{"ok":…}`, `{"needs":[…]}` or `{"error":{"code":…,"detail":…,"at":…}}`; it may hold a private key, so
    /// it is wiped.
    pub body: Zeroizing<Vec<u8>>,
}

/// Runs one request against the keys of `ring`.
///
/// The request is a JSON object: `op` names the operation, `answers` holds the answers to earlier
/// questions, everything else is the operation's own. The same request gives the same bytes.
#[must_use]
pub fn call(request: &[u8], ring: &KeyRing) -> Outcome {
    outcome(request, ring, None)
}

/// The same, with `ask` in place of the caller between two runs: it has the answer to a question, or nothing, which
/// ends the call with that question, or an error, which ends it too. The answers of the request come first.
#[must_use]
pub fn call_asking(request: &[u8], ring: &KeyRing, ask: Ask<'_>) -> Outcome {
    outcome(request, ring, Some(ask))
}

fn outcome<'a>(request: &[u8], ring: &'a KeyRing, ask: Option<Ask<'a>>) -> Outcome {
    match dispatch(request, ring, ask) {
        Ok(body) => Outcome { status: 0, body },
        Err(Halt::Needs(question)) => {
            Outcome { status: 1, body: json(&Needs { needs: [question] }).unwrap_or_default() }
        }
        Err(Halt::Error(error)) => error.into(),
    }
}

/// The outcome of a request that never reached its operation.
impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self { status: error.code.number(), body: json(&Failure { error }).unwrap_or_default() }
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

fn dispatch<'a>(request: &[u8], ring: &'a KeyRing, ask: Option<Ask<'a>>) -> Result<Zeroizing<Vec<u8>>, Halt> {
    if request.len() > MAX_REQUEST {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found a request of {} bytes, wanted at most {MAX_REQUEST}", request.len()),
        )
        .into());
    }
    let mut tree: Strict = serde_json::from_slice(request).map_err(|error| malformed(&error))?;
    let fields = fields(&mut tree)?;
    let operation = take_operation(fields)?;
    let answers = take_answers(fields)?;
    let mut keys = Keys::new(ring, answers).asking(ask).blinded_by(seed(fields));
    let body = operation.run(&tree.0, &mut keys)?;
    keys.finish()?;
    Ok(body)
}

fn fields(tree: &mut Strict) -> Result<&mut Map<String, Value>, Error> {
    tree.0.as_object_mut().ok_or_else(|| {
        Error::new(ErrorCode::RequestMalformed, "found JSON that is no object, wanted an object")
    })
}

/// The request's seed as it stands there; nothing where there is none.
fn seed(fields: &Map<String, Value>) -> &[u8] {
    fields.get("seed").and_then(Value::as_str).unwrap_or_default().as_bytes()
}

fn take_operation(fields: &mut Map<String, Value>) -> Result<Operation, Error> {
    let Some(Value::String(name)) = fields.remove("op") else {
        return Err(Error::new(
            ErrorCode::RequestMalformed,
            "found no string in \"op\", wanted the name of an operation",
        )
        .at("op"));
    };
    let mut known = Operation::ALL.iter().copied();
    known.find(|operation| operation.name() == name).ok_or_else(|| operation_unknown(&name))
}

/// The error of an operation that is not in this build, or nowhere.
pub(crate) fn operation_unknown(name: &str) -> Error {
    let there =
        Operation::ALL.iter().copied().filter(|operation| cfg!(feature = "full") || operation.verifies());
    let names: Vec<&str> = there.map(Operation::name).collect();
    let detail = format_args!("there is no operation {name:?}, only {}", names.join(", "));
    Error::new(ErrorCode::OperationUnknown, detail).at("op")
}

fn take_answers(fields: &mut Map<String, Value>) -> Result<Vec<Answer>, Error> {
    let Some(value) = fields.remove("answers").map(Strict) else {
        return Ok(Vec::new());
    };
    let answers: Vec<Option<SecretBytes>> = tree::read(&value.0).map_err(|_| {
        Error::new(ErrorCode::RequestMalformed, "wanted a list of base64url strings and nulls").at("answers")
    })?;
    if answers.len() > MAX_ANSWERS {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {} answers, wanted at most {MAX_ANSWERS}", answers.len()),
        )
        .at("answers"));
    }
    Ok(answers.into_iter().map(|answer| answer.map(|bytes| bytes.0)).collect())
}

/// The operation's own request out of the fields that are left. They are copied, so that whoever has the tree
/// wipes all of it, whatever becomes of the request.
pub(crate) fn parse_fields<'a, T: Deserialize<'a>>(fields: &'a Value) -> Result<T, Error> {
    tree::read(fields).map_err(|misfit| {
        let error = malformed(&misfit);
        Error { at: misfit.at, ..error }
    })
}

/// The bytes of a successful response.
pub(crate) fn respond<T: Serialize>(response: T) -> Result<Zeroizing<Vec<u8>>, Halt> {
    json(&Success { ok: response }).map_err(|error| {
        Error::new(ErrorCode::EncodingFailed, format_args!("the response could not be written: {error}"))
            .into()
    })
}

/// JSON that may hold secrets.
///
/// # Errors
/// None in practice.
#[cfg(not(feature = "std"))]
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    serde_json::to_vec(value).map(Zeroizing::new)
}

/// Into one block: a growing one would leave its beginnings behind. Without `std`, `serde_json` has no writer
/// that could be told where to write.
///
/// # Errors
/// None in practice.
#[cfg(feature = "std")]
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let mut body = Zeroizing::new(Vec::with_capacity(ROOM));
    value.serialize(&mut serde_json::Serializer::new(&mut *body))?;
    Ok(body)
}

fn malformed(error: &impl fmt::Display) -> Error {
    Error::new(ErrorCode::RequestMalformed, format_args!("the request does not fit: {error}"))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::testing::{TestKeys, answer};

    fn request(answers: &str) -> Vec<u8> {
        let key = serde_json::to_string(&TestKeys::reference("device")).unwrap();
        alloc::format!(r#"{{"op":"create_csr","key":{key},"subject":"CN=a"{answers}}}"#).into_bytes()
    }

    #[test]
    fn who_is_asked_once_answers_for_the_key() {
        let held = call(&request(""), TestKeys::ring());
        let mut asked = vec![];
        let outcome = call_asking(&request(""), &KeyRing::new(), &mut |question| {
            asked.push((question.scheme(), question.clone()));
            Ok(Some(answer(question.clone())))
        });
        assert_eq!(outcome, held);
        assert!(
            matches!(&asked[..], [(scheme, Question::Sign { key, .. })] if key == "device" && scheme == "rsa_pkcs1_sha256")
        );
    }

    #[test]
    fn who_has_no_answer_leaves_the_question() {
        let outcome = call_asking(&request(""), &KeyRing::new(), &mut |_| Ok(None));
        assert_eq!(outcome.status, 1);
        assert_eq!(outcome, call(&request(""), &KeyRing::new()));
    }

    #[test]
    fn nobody_is_asked_what_needs_no_asking() {
        let never = &mut |question: &Question| panic!("asked: {question:?}");
        assert_eq!(call_asking(&request(""), TestKeys::ring(), never).status, 0);
        let answered = call_asking(&request(r#","answers":["AAAA"]"#), &KeyRing::new(), never);
        assert_eq!(answered.status, ErrorCode::KeyAnswerInvalid.number());
    }

    #[test]
    fn what_goes_wrong_with_asking_is_the_outcome() {
        let error = || Error::new(ErrorCode::KeyAnswerInvalid, "the token is gone");
        let outcome = call_asking(&request(""), &KeyRing::new(), &mut |_| Err(error()));
        assert_eq!(outcome, error().into());
        let outcome = call_asking(&request(""), &KeyRing::new(), &mut |_| Ok(Some(None)));
        assert_eq!(outcome.status, ErrorCode::KeyAnswerInvalid.number());
    }
}
