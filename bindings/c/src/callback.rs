//! Keys that are held elsewhere, asked for while a request is answered.

use core::ffi::{CStr, c_char, c_int, c_void};

use sealwright_core::keys::{Answer, Question as Asked};
use sealwright_core::{Error, ErrorCode};
use zeroize::Zeroizing;

use crate::boundary::outside;

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
/// `context` is what sealwright_perform or sealwright_call_with_callback was given. There is room for `*answer_len` bytes
/// at `answer`, SEALWRIGHT_MAX_ANSWER of them; the callback writes the answer there and its length to `*answer_len`: the
/// plaintext, or the signature, of ECDSA r and s one after the other, each with all the bytes of its field. It returns
/// SEALWRIGHT_ANSWERED, SEALWRIGHT_PADDING_WRONG, or anything else when it cannot answer.
///
/// It runs in the thread of that call; several threads that call with one `context` call it at the same time. It may
/// call the library, but neither change nor free the engine and the request that are in use: a debug build refuses
/// that of an engine and of a sealwright_request. It must return: neither a C++ exception nor longjmp may leave it.
pub type KeyCallback = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        question: *const Question,
        answer: *mut u8,
        answer_len: *mut usize,
    ) -> c_int,
>;

/// Asks the callback, if there is one; nothing if it cannot answer.
///
/// # Safety
///
/// `callback` must be as the header says, and `context` what it takes.
pub(crate) unsafe fn ask(
    callback: KeyCallback,
    context: *mut c_void,
    asked: &Asked,
) -> Result<Option<Answer>, Error> {
    let Some(callback) = callback else { return Ok(None) };
    let (operation, id, input): (&CStr, _, _) = match asked {
        Asked::Sign { key, input, .. } => (c"sign", key, &input.0),
        Asked::Decrypt { key, input, .. } => (c"decrypt", key, &input.0),
    };
    let [key, scheme] = [id, &asked.scheme()].map(|text| [text.as_bytes(), &[0]].concat());
    let question = Question {
        operation: operation.as_ptr(),
        key: key.as_ptr().cast(),
        key_len: id.len(),
        scheme: scheme.as_ptr().cast(),
        input: input.as_ptr(),
        input_len: input.len(),
    };
    let mut room = Zeroizing::new(vec![0; SEALWRIGHT_MAX_ANSWER]);
    let mut len = SEALWRIGHT_MAX_ANSWER;
    // SAFETY: the caller promises such a callback; question and room live until it returns.
    let call = || unsafe { callback(context, &raw const question, room.as_mut_ptr(), &raw mut len) };
    match outside(call) {
        SEALWRIGHT_ANSWERED if len > SEALWRIGHT_MAX_ANSWER => {
            let detail = format_args!("the callback claims an answer of {len} bytes");
            Err(Error::new(ErrorCode::KeyAnswerInvalid, detail).at("answers"))
        }
        SEALWRIGHT_ANSWERED => {
            room.truncate(len);
            Ok(Some(Some(room)))
        }
        SEALWRIGHT_PADDING_WRONG => Ok(Some(None)),
        _ => Ok(None),
    }
}
