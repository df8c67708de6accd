//! Reading a response without reading JSON.

use core::ffi::{c_char, c_int};
use core::ptr;

use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_core::{Error, ErrorCode, Outcome};
use zeroize::Zeroizing;

use crate::boundary::{check, contain, shared, text};
use crate::field::Field;
use crate::handle;
use crate::memory::Buffer;
use crate::value::{Text, Value};

/// What a request gave, to be read by fields. They are those of the operation's response; of a failed call, those of the error: the texts
/// `code` and `detail`, and `at` where a field of the request is to blame; of SEALWRIGHT_NEEDS, `use`, `key`, `scheme`
/// and `input` of the question. They are named as in a sealwright_request, and "" is the whole.
///
/// Texts that it gives belong to it and are gone with it. It never changes, so any number of threads may read it at the
/// same time. What is in it is wiped when it is freed.
pub struct Response {
    status: u32,
    tree: Value,
}

impl Response {
    /// The response that an outcome of the engine holds.
    pub(crate) fn read(outcome: &Outcome) -> Result<Self, Error> {
        let defect = || Error::new(ErrorCode::EngineDefect, "the engine's response is not what it should be");
        let tree = serde_json::from_slice(&outcome.body).map_err(|_| defect())?;
        let Value::Object(whole) = tree else { return Err(defect()) };
        let (kind, tree) = whole.pop().ok_or_else(defect)?;
        let tree = match (kind.as_str(), tree) {
            ("needs", Value::List(mut questions)) => questions.pop().ok_or_else(defect)?,
            (_, tree) => tree,
        };
        Ok(Self { status: outcome.status, tree })
    }

    pub(crate) const fn status(&self) -> u32 {
        self.status
    }
}

/// What a field holds.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum Kind {
    /// There is no such field.
    Absent = 0,
    /// There is one with nothing in it.
    Null = 1,
    /// For sealwright_response_boolean.
    Boolean = 2,
    /// For sealwright_response_number, and for sealwright_response_integer if it is one.
    Number = 3,
    /// For sealwright_response_text, and for sealwright_response_bytes where the reference says that it is base64url.
    Text = 4,
    /// Its items are `0`, `1` and so on below it.
    List = 5,
    /// It has fields of its own.
    Object = 6,
}

/// Wipes a response and frees it. NULL is allowed and does nothing.
///
/// # Safety
///
/// `response` must be NULL, or come from sealwright_perform and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_free(response: *mut Response) {
    // SAFETY: the caller promises NULL or a response that nobody uses any more.
    unsafe { handle::free(response) };
}

/// What sealwright_perform returned with this response.
///
/// # Safety
///
/// `response` must come from sealwright_perform.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_status(response: *const Response) -> u32 {
    // SAFETY: the caller promises a response.
    let status = contain(|| Ok(unsafe { open(response) }?.status()));
    status.unwrap_or_else(|error| error.code.number())
}

/// What a field holds.
///
/// # Safety
///
/// `response` must come from sealwright_perform. `field` must end with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_kind(response: *const Response, field: *const c_char) -> Kind {
    let kind = |value: &Value| match value {
        Value::Null => Kind::Null,
        Value::Boolean(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::Text(_) => Kind::Text,
        Value::List(_) => Kind::List,
        Value::Object(_) => Kind::Object,
    };
    // SAFETY: the caller promises a response, and a field that ends with a NUL.
    let found = contain(|| unsafe { find(response, field) }.map(kind));
    found.unwrap_or(Kind::Absent)
}

/// The text of a field, UTF-8 with a NUL behind it; it is the response's. Its length in bytes goes to `len`, unless
/// that is NULL.
///
/// Returns NULL when there is no such field or no text in it; then `len` is 0.
///
/// # Safety
///
/// As of sealwright_response_kind. `len` must be NULL or point to a size_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_text(
    response: *const Response,
    field: *const c_char,
    len: *mut usize,
) -> *const c_char {
    let read = || {
        // SAFETY: the caller promises a response, and a field that ends with a NUL.
        match unsafe { find(response, field) }? {
            Value::Text(text) => Ok(text),
            _ => Err(other("a text")),
        }
    };
    // SAFETY: the caller promises NULL or a size_t at `len`.
    unsafe { lend(contain(read), len) }
}

/// The bytes of a field that the reference says is base64url, decoded. Give `out` back with sealwright_buffer_free; it
/// is `{NULL, 0}` when there are none.
///
/// Returns SEALWRIGHT_OK; SEALWRIGHT_ERROR_FIELD_INVALID when there is no such field or no base64url in it;
/// SEALWRIGHT_ERROR_ARGUMENT_INVALID; SEALWRIGHT_ERROR_MEMORY_EXHAUSTED.
///
/// # Safety
///
/// As of sealwright_response_kind. `out` must be NULL, which is an error, or point to memory for a sealwright_buffer;
/// what was in it is overwritten.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_bytes(
    response: *const Response,
    field: *const c_char,
    out: *mut Buffer,
) -> u32 {
    let read = || {
        // SAFETY: the caller promises a response, and a field that ends with a NUL.
        let Value::Text(text) = unsafe { find(response, field) }? else { return Err(other("a text")) };
        decode(text)
    };
    // SAFETY: the caller promises NULL or memory for a buffer at `out`.
    unsafe { fill(out, read) }
}

/// A field as JSON, whatever it is; for instance an `authority`, to keep it or to put it into another request. Give
/// `out` back with sealwright_buffer_free. Its bytes are UTF-8, with no NUL behind them.
///
/// Returns as sealwright_response_bytes.
///
/// # Safety
///
/// As of sealwright_response_bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_json(
    response: *const Response,
    field: *const c_char,
    out: *mut Buffer,
) -> u32 {
    // SAFETY: the caller promises a response, and a field that ends with a NUL.
    let read = || unsafe { find(response, field) }?.to_json();
    // SAFETY: the caller promises NULL or memory for a buffer at `out`.
    unsafe { fill(out, read) }
}

/// The integer of a field: a time in Unix seconds, a count.
///
/// Returns SEALWRIGHT_OK; SEALWRIGHT_ERROR_FIELD_INVALID when there is no such field or no integer in it that an
/// int64_t holds; SEALWRIGHT_ERROR_ARGUMENT_INVALID. If it is not SEALWRIGHT_OK, `out` is as it was.
///
/// # Safety
///
/// As of sealwright_response_kind. `out` must be NULL, which is an error, or point to an int64_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_integer(
    response: *const Response,
    field: *const c_char,
    out: *mut i64,
) -> u32 {
    let read = || {
        // SAFETY: the caller promises a response, and a field that ends with a NUL.
        match unsafe { find(response, field) }? {
            Value::Number(number) => number.as_i64().ok_or_else(|| other("an integer of 64 bits")),
            _ => Err(other("an integer")),
        }
    };
    // SAFETY: the caller promises NULL or an int64_t at `out`.
    unsafe { put(out, read) }
}

/// The number of a field as the nearest double.
///
/// Returns as sealwright_response_integer.
///
/// # Safety
///
/// As of sealwright_response_kind. `out` must be NULL, which is an error, or point to a double.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_number(
    response: *const Response,
    field: *const c_char,
    out: *mut f64,
) -> u32 {
    let read = || {
        // SAFETY: the caller promises a response, and a field that ends with a NUL.
        match unsafe { find(response, field) }? {
            Value::Number(number) => number.as_f64().ok_or_else(|| other("a number of 64 bits")),
            _ => Err(other("a number")),
        }
    };
    // SAFETY: the caller promises NULL or a double at `out`.
    unsafe { put(out, read) }
}

/// Whether a field is true: 1, or 0.
///
/// Returns as sealwright_response_integer.
///
/// # Safety
///
/// As of sealwright_response_kind. `out` must be NULL, which is an error, or point to an int.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_boolean(
    response: *const Response,
    field: *const c_char,
    out: *mut c_int,
) -> u32 {
    let read = || {
        // SAFETY: the caller promises a response, and a field that ends with a NUL.
        match unsafe { find(response, field) }? {
            Value::Boolean(value) => Ok(c_int::from(*value)),
            _ => Err(other("a boolean")),
        }
    };
    // SAFETY: the caller promises NULL or an int at `out`.
    unsafe { put(out, read) }
}

/// How many items a list has, or fields an object; 0 for anything else.
///
/// # Safety
///
/// As of sealwright_response_kind.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_count(response: *const Response, field: *const c_char) -> usize {
    let count = |value: &Value| match value {
        Value::List(items) => items.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    // SAFETY: the caller promises a response, and a field that ends with a NUL.
    let found = contain(|| unsafe { find(response, field) }.map(count));
    found.unwrap_or(0)
}

/// The name of one of an object's fields, the first of which has the index 0, as sealwright_response_text gives text. It may
/// be any text: in the name of a place, write it in brackets as a JSON string. What lies below a name of 1000 bytes and more
/// has no place of its own; sealwright_response_json of the object has it.
///
/// Returns NULL when there is no such field, no object in it, or it has no more fields.
///
/// # Safety
///
/// As of sealwright_response_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_response_name(
    response: *const Response,
    field: *const c_char,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    let read = || {
        // SAFETY: the caller promises a response, and a field that ends with a NUL.
        match unsafe { find(response, field) }? {
            Value::Object(fields) => {
                fields.nth(index).map(|(name, _)| name).ok_or_else(|| other("more fields"))
            }
            _ => Err(other("an object")),
        }
    };
    // SAFETY: the caller promises NULL or a size_t at `len`.
    unsafe { lend(contain(read), len) }
}

fn other(wanted: &str) -> Error {
    Error::new(ErrorCode::FieldInvalid, format_args!("wanted {wanted}"))
}

fn decode(text: &Text) -> Result<Zeroizing<Vec<u8>>, Error> {
    let decoded = Base64UrlUnpadded::decode_vec(text.as_str());
    decoded.map(Zeroizing::new).map_err(|_| other("base64url without padding"))
}

/// # Safety
///
/// `response` must be NULL, misaligned, or one that nobody frees while `'a` lasts.
unsafe fn open<'a>(response: *const Response) -> Result<&'a Response, Error> {
    handle::check(response, "response")?;
    // SAFETY: the caller promises a response, which never changes.
    unsafe { shared(response, "response") }
}

/// # Safety
///
/// That of [`open`]; `field` must be NULL or end with a NUL.
unsafe fn find<'a>(response: *const Response, field: *const c_char) -> Result<&'a Value, Error> {
    // SAFETY: what the caller promises is what `open` wants.
    let response = unsafe { open(response) }?;
    // SAFETY: the caller promises NULL or text with a NUL at its end.
    let field = unsafe { text(field, "field") }?;
    response.tree.get(&Field::parse(field)?).ok_or_else(|| other("such a field"))
}

/// A text of the response, for as long as that lives.
///
/// # Safety
///
/// `len` must be NULL, misaligned, or point to a size_t.
unsafe fn lend(text: Result<&Text, Error>, len: *mut usize) -> *const c_char {
    let text = text.ok();
    if check(len, "len").is_ok() {
        let length = text.map_or(0, |text| text.as_str().len());
        // SAFETY: neither NULL nor misaligned, and the caller promises a size_t.
        unsafe { len.write(length) };
    }
    text.map_or(ptr::null(), Text::as_ptr)
}

/// # Safety
///
/// `out` must be NULL, misaligned, or point to memory for a buffer.
unsafe fn fill(out: *mut Buffer, read: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, Error>) -> u32 {
    let full = || {
        let bytes = read()?;
        if bytes.is_empty() {
            return Ok(Buffer::EMPTY);
        }
        Buffer::copy_of(&bytes).ok_or_else(|| Error::new(ErrorCode::MemoryExhausted, "no memory for a copy"))
    };
    if let Err(error) = check(out, "out") {
        return error.code.number();
    }
    let (status, buffer) = match contain(full) {
        Ok(buffer) => (crate::SEALWRIGHT_OK, buffer),
        Err(error) => (error.code.number(), Buffer::EMPTY),
    };
    // SAFETY: neither NULL nor misaligned, and the caller promises memory for a buffer.
    unsafe { out.write(buffer) };
    status
}

/// # Safety
///
/// `out` must be NULL, misaligned, or point to memory for a `T`.
unsafe fn put<T>(out: *mut T, read: impl FnOnce() -> Result<T, Error>) -> u32 {
    let value = contain(|| {
        check(out, "out")?;
        read()
    });
    match value {
        Ok(value) => {
            // SAFETY: neither NULL nor misaligned, and the caller promises memory for it.
            unsafe { out.write(value) };
            crate::SEALWRIGHT_OK
        }
        Err(error) => error.code.number(),
    }
}
