//! Performing a request, with keys that are held elsewhere.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_core::{Error, ErrorCode, KeyRing};
use serde::ser::{Serialize, SerializeMap, Serializer};
use zeroize::Zeroizing;

use crate::boundary::{check, contain, outside, shared};
use crate::engine::Engine;
use crate::field::Field;
use crate::handle;
use crate::request::Request;
use crate::response::Response;
use crate::value::{Text, Value, to_json};

/// What a sealwright_key_callback returns when the answer is written.
pub const SEALWRIGHT_ANSWERED: c_int = 0;

/// What a sealwright_key_callback returns when the padding of a ciphertext is wrong. The engine goes on, so that
/// nobody learns of it by asking again and again.
pub const SEALWRIGHT_PADDING_WRONG: c_int = 1;

/// Room for an answer, in bytes: an RSA signature or plaintext takes as many as the key's modulus.
pub const SEALWRIGHT_MAX_ANSWER: usize = 8192;

/// What is asked of a key that the engine does not hold. It is the library's, and gone when the callback returns.
#[repr(C)]
pub struct Question {
    /// `sign` or `decrypt`.
    pub operation: *const c_char,
    /// The id of the key, as in the request, with a NUL behind it.
    pub key: *const c_char,
    /// The number of bytes of `key` before that NUL; a request can give an id with others in it.
    pub key_len: usize,
    /// How, for instance `ecdsa_p256_sha256` or `rsa_pkcs1_sha256`; the reference lists them.
    pub scheme: *const c_char,
    /// The message to sign, not its digest; or the ciphertext.
    pub input: *const u8,
    /// The number of bytes of `input`.
    pub input_len: usize,
}

/// Who uses keys that the engine does not hold: a token (PKCS#11), a key management service, OpenSSL's EVP.
///
/// `context` is what sealwright_perform was given. There is room for `*answer_len` bytes at `answer`,
/// SEALWRIGHT_MAX_ANSWER of them; the callback writes the answer there and its length to `*answer_len`: the plaintext,
/// or the signature, of ECDSA r and s one after the other, each with all the bytes of its field. It returns
/// SEALWRIGHT_ANSWERED, SEALWRIGHT_PADDING_WRONG, or anything else when it cannot answer.
///
/// It runs in the thread that called sealwright_perform; several threads that perform with one `context` call it at the same
/// time. It may call the library, but neither change nor free the engine and the request that are being performed: a debug
/// build refuses that. It must return: neither a C++ exception nor longjmp may leave it.
pub type KeyCallback = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        question: *const Question,
        answer: *mut u8,
        answer_len: *mut usize,
    ) -> c_int,
>;

/// Performs a request. Keys that the engine does not hold are asked of `callback`, which may be NULL; `context` is
/// handed to it. Give the response back with sealwright_response_free, whatever is returned.
///
/// Returns SEALWRIGHT_OK; the number of an error code; or SEALWRIGHT_NEEDS when there is no callback or it cannot
/// answer, in which case the response is the question. A program that learns the answer later sets it as bytes, as
/// `answers.0`, the next one as `answers.1`, and performs the request again. Answers of the callback are not kept beyond
/// the call, and the numbers count them too: whoever answers a later question after the call sets those of the earlier
/// ones as well, as they were given. `out` is written whatever is returned, unless it is NULL.
///
/// # Safety
///
/// `engine` must come from sealwright_engine_new, `request` from sealwright_request_new; nobody may change or free
/// either during the call. `out` must be NULL, which is an error, or point to memory for a pointer; what was in it is
/// overwritten.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_perform(
    engine: *const Engine,
    request: *const Request,
    callback: KeyCallback,
    context: *mut c_void,
    out: *mut *mut Response,
) -> u32 {
    if let Err(error) = check(out, "out") {
        return error.code.number();
    }
    let outcome = contain(|| {
        let _engine_in_use = handle::borrow(engine, "engine")?;
        let _request_in_use = handle::borrow(request, "request")?;
        // SAFETY: the caller promises NULL or a live engine, which is only read here.
        let engine = unsafe { shared(engine, "engine") }?;
        // SAFETY: the caller promises NULL or a live request, which is only read here.
        let request = unsafe { shared(request, "request") }?;
        // SAFETY: the caller's callback takes the context that came with it.
        let ask =
            |question: &Question, answer: &mut Answer| unsafe { ask(callback, context, question, answer) };
        perform(engine.keys(), request, ask)
    });
    let response = outcome.or_else(|error| Response::read(&error.into()));
    let (status, response) = match response {
        Ok(response) => (response.status(), handle::give(response)),
        Err(error) => (error.code.number(), ptr::null_mut()),
    };
    // SAFETY: `out` is neither NULL nor misaligned, and the caller promises that it points to memory for a pointer.
    unsafe { out.write(response) };
    status
}

/// The answers that a call takes at most; the engine ends it with an error when there is one more.
const MAX_ROUNDS: usize = 65;

/// Sends the request with all answers so far until no more are asked for.
fn perform(
    ring: &KeyRing,
    request: &Request,
    mut ask: impl FnMut(&Question, &mut Answer) -> Reply,
) -> Result<Response, Error> {
    if let Some(error) = request.failure() {
        return Err(error.clone());
    }
    let mut answers = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let message = to_json(&Message { request: request.tree(), later: &answers })?;
        let outcome = sealwright_core::call(&message, ring);
        let response = Response::read(&outcome)?;
        if outcome.status != crate::SEALWRIGHT_NEEDS {
            return Ok(response);
        }
        let mut answer = Answer::new();
        match put(&response, |question| ask(question, &mut answer))? {
            Reply::Answered => answers.push(Value::Text(answer.encode())),
            Reply::TooLong => {
                let detail = format_args!("the callback claims an answer of {} bytes", answer.len);
                return Err(Error::new(ErrorCode::KeyAnswerInvalid, detail).at("answers"));
            }
            Reply::PaddingWrong => answers.push(Value::Null),
            Reply::Nothing => return Ok(response),
        }
    }
    Err(Error::new(ErrorCode::EngineDefect, "the engine asks without end"))
}

/// Puts the question that a response holds.
fn put(response: &Response, ask: impl FnOnce(&Question) -> Reply) -> Result<Reply, Error> {
    let text = |field: &str| match response.tree().get(&Field::parse(field)?) {
        Some(Value::Text(text)) => Ok(text),
        _ => Err(Error::new(ErrorCode::EngineDefect, "the engine's question is not what it should be")),
    };
    let input = Base64UrlUnpadded::decode_vec(text("input")?.as_str())
        .map_err(|_| Error::new(ErrorCode::EngineDefect, "the engine's question is no base64url"))?;
    let input = Zeroizing::new(input);
    let key = text("key")?;
    Ok(ask(&Question {
        operation: text("use")?.as_ptr(),
        key: key.as_ptr(),
        key_len: key.as_str().len(),
        scheme: text("scheme")?.as_ptr(),
        input: input.as_ptr(),
        input_len: input.len(),
    }))
}

/// What became of a question.
enum Reply {
    Answered,
    TooLong,
    PaddingWrong,
    Nothing,
}

/// Room for an answer, wiped when it is dropped.
struct Answer {
    room: Zeroizing<Vec<u8>>,
    len: usize,
}

impl Answer {
    fn new() -> Self {
        Self { room: Zeroizing::new(vec![0; SEALWRIGHT_MAX_ANSWER]), len: SEALWRIGHT_MAX_ANSWER }
    }

    fn encode(&self) -> Text {
        let bytes = self.room.get(..self.len).unwrap_or_default();
        Text::new(&Zeroizing::new(Base64UrlUnpadded::encode_string(bytes)))
    }
}

/// # Safety
///
/// `callback` must be as the header says, and `context` what it takes.
unsafe fn ask(
    callback: KeyCallback,
    context: *mut c_void,
    question: &Question,
    answer: &mut Answer,
) -> Reply {
    let Some(callback) = callback else { return Reply::Nothing };
    // SAFETY: the caller promises such a callback; question and answer live until it returns.
    let call = || unsafe { callback(context, question, answer.room.as_mut_ptr(), &raw mut answer.len) };
    let said = outside(call);
    match said {
        SEALWRIGHT_ANSWERED if answer.len > SEALWRIGHT_MAX_ANSWER => Reply::TooLong,
        SEALWRIGHT_ANSWERED => Reply::Answered,
        SEALWRIGHT_PADDING_WRONG => Reply::PaddingWrong,
        _ => Reply::Nothing,
    }
}

/// A request with the answers so far: those that it has itself, and later ones.
struct Message<'a> {
    request: &'a Value,
    later: &'a [Value],
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(fields) = self.request else { return self.request.serialize(serializer) };
        let (own, is_list) = match fields.get(ANSWERS) {
            Some(Value::List(own)) => (own.as_slice(), true),
            other => (&[][..], other.is_none()),
        };
        let has_more = is_list && !self.later.is_empty();
        let mut object = serializer.serialize_map(None)?;
        for (name, value) in fields.iter().filter(|(name, _)| !has_more || name.as_str() != ANSWERS) {
            object.serialize_entry(name.as_str(), value)?;
        }
        if has_more {
            object.serialize_entry(ANSWERS, &own.iter().chain(self.later).collect::<Vec<_>>())?;
        }
        object.end()
    }
}

const ANSWERS: &str = "answers";

#[cfg(test)]
mod tests {
    use super::*;

    fn message(request: &str, later: &[&str]) -> Option<String> {
        let request = serde_json::from_str(request).ok()?;
        let later: Vec<Value> = later.iter().map(|text| Value::Text(Text::new(text))).collect();
        let json = to_json(&Message { request: &request, later: &later }).ok()?;
        String::from_utf8(json.to_vec()).ok()
    }

    #[test]
    fn the_answers_of_the_request_come_first() {
        for (request, later, wanted) in [
            (r#"{"op":"x"}"#, &["AQ"][..], r#"{"op":"x","answers":["AQ"]}"#),
            (r#"{"answers":["AQ",null],"op":"x"}"#, &["Ag"], r#"{"op":"x","answers":["AQ",null,"Ag"]}"#),
            (r#"{"answers":["AQ"],"op":"x"}"#, &[], r#"{"answers":["AQ"],"op":"x"}"#),
            // Which the engine refuses.
            (r#"{"answers":7,"op":"x"}"#, &["AQ"], r#"{"answers":7,"op":"x"}"#),
        ] {
            assert_eq!(message(request, later).as_deref(), Some(wanted));
        }
    }
}
