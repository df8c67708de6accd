//! Building a request without writing JSON.

use core::ffi::{c_char, c_int};
use core::ptr;

use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_core::{Error, ErrorCode, MAX_REQUEST};
use zeroize::Zeroizing;

use crate::boundary::{bytes, contain, exclusive, text, text_of};
use crate::field::Field;
use crate::handle;
use crate::value::{Fields, Text, Value};

/// A request that is being built: an operation, and the fields that it takes.
///
/// A field is named as errors name it in `at`: `subject`, `chain.0`, `authority.generations.1.id`. Objects and
/// lists on the way are made; the next item of a list has the index that is its length so far. What was set before
/// is replaced. A name with a period, a bracket or nothing in it stands in brackets as a JSON string:
/// `claims["https://example.com/role"]`. A field takes at most 1024 bytes.
///
/// The functions that set a field return SEALWRIGHT_OK or the number of an error code. The first error is kept,
/// and sealwright_perform ends in it, so a program need not look at each.
///
/// While a function sets a field or frees the request, no other thread may use it, nor may it be performed; any number of
/// threads may perform it at the same time. It may be performed any number of times. What is in it is wiped when it is
/// freed.
pub struct Request {
    tree: Value,
    failure: Option<Error>,
}

impl Request {
    pub(crate) const fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    pub(crate) const fn tree(&self) -> &Value {
        &self.tree
    }

    fn set(&mut self, field: &str, value: Value) -> Result<(), Error> {
        if field.is_empty() {
            return Err(Error::new(ErrorCode::ArgumentInvalid, "found no name").at("field"));
        }
        self.tree.set(&Field::parse(field)?, value).map_err(|error| error.at(field))
    }
}

/// A new request for an operation, whose name ends with a NUL, for instance `create_csr`. Give it back with
/// sealwright_request_free.
///
/// Returns NULL when `operation` is NULL or not UTF-8.
///
/// # Safety
///
/// `operation` must be NULL or point to text with a NUL at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_new(operation: *const c_char) -> *mut Request {
    let make = || {
        // SAFETY: the caller promises NULL or text with a NUL at its end.
        let operation = unsafe { text(operation, "operation") }?;
        let mut fields = Fields::default();
        *fields.make("op") = Value::Text(Text::new(operation));
        Ok(handle::give(Request { tree: Value::Object(fields), failure: None }))
    };
    contain(make).unwrap_or(ptr::null_mut())
}

/// Wipes a request and frees it. NULL is allowed and does nothing.
///
/// # Safety
///
/// `request` must be NULL, or come from sealwright_request_new and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_free(request: *mut Request) {
    // SAFETY: the caller promises NULL or a request that nobody uses any more.
    unsafe { handle::free(request) };
}

/// Sets a field to text, UTF-8: a name, PEM, a password. `len` is in bytes, or SEALWRIGHT_TO_NUL for text that ends
/// with a NUL.
///
/// # Safety
///
/// `request` must come from sealwright_request_new and be in use by nobody else. `field` must end with a NUL. `value`
/// must be NULL or point to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_set_text(
    request: *mut Request,
    field: *const c_char,
    value: *const c_char,
    len: usize,
) -> u32 {
    let value = || {
        // SAFETY: the caller promises as much text at `value` as `len` says.
        let text = unsafe { text_of(value, len, "value") }?;
        check_size(text.len())?;
        Ok(Value::Text(Text::new(text)))
    };
    // SAFETY: the caller promises a request that nobody else uses, and a field that ends with a NUL.
    unsafe { set(request, field, value) }
}

/// Sets a field to bytes, which may hold anything: a seed, DER, the body of a message. Requests carry them as base64url;
/// this function writes it.
///
/// # Safety
///
/// As of sealwright_request_set_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_set_bytes(
    request: *mut Request,
    field: *const c_char,
    value: *const u8,
    len: usize,
) -> u32 {
    let value = || {
        // SAFETY: the caller promises `len` bytes at `value`.
        let bytes = unsafe { bytes(value, len, "value") }?;
        check_size(bytes.len())?;
        Ok(Value::Text(Text::new(&Zeroizing::new(Base64UrlUnpadded::encode_string(bytes)))))
    };
    // SAFETY: the caller promises a request that nobody else uses, and a field that ends with a NUL.
    unsafe { set(request, field, value) }
}

/// Sets a field to an integer: a time in Unix seconds, a number of seconds.
///
/// # Safety
///
/// `request` must come from sealwright_request_new and be in use by nobody else. `field` must end with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_set_integer(
    request: *mut Request,
    field: *const c_char,
    value: i64,
) -> u32 {
    // SAFETY: the caller promises a request that nobody else uses, and a field that ends with a NUL.
    unsafe { set(request, field, || Ok(Value::Number(value.into()))) }
}

/// Sets a field to false, which is 0, or true, which is anything else.
///
/// # Safety
///
/// As of sealwright_request_set_integer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_set_boolean(
    request: *mut Request,
    field: *const c_char,
    value: c_int,
) -> u32 {
    // SAFETY: the caller promises a request that nobody else uses, and a field that ends with a NUL.
    unsafe { set(request, field, || Ok(Value::Boolean(value != 0))) }
}

/// Sets a field to any JSON value (RFC 8259), such as `{}`, `null`, or the `authority` of a response. `len` is as in
/// sealwright_request_set_text.
///
/// # Safety
///
/// As of sealwright_request_set_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_request_set_json(
    request: *mut Request,
    field: *const c_char,
    value: *const c_char,
    len: usize,
) -> u32 {
    let value = || {
        // SAFETY: the caller promises as much text at `value` as `len` says.
        let json = unsafe { text_of(value, len, "value") }?;
        check_size(json.len())?;
        serde_json::from_str(json).map_err(|error| {
            // What serde_json says may repeat a part of the value, which may be a secret.
            let (line, column) = (error.line(), error.column());
            let detail = format_args!("the value is no JSON from line {line}, column {column} on");
            Error::new(ErrorCode::RequestMalformed, detail)
        })
    };
    // SAFETY: the caller promises a request that nobody else uses, and a field that ends with a NUL.
    unsafe { set(request, field, value) }
}

/// Sets a field, and keeps the first error.
///
/// # Safety
///
/// `request` must be NULL or a request that nobody else uses; `field` must be NULL or end with a NUL.
unsafe fn set(
    request: *mut Request,
    field: *const c_char,
    value: impl FnOnce() -> Result<Value, Error>,
) -> u32 {
    let set = || {
        handle::check_unused(request, "request")?;
        // SAFETY: the caller promises NULL or a request that nobody else uses.
        let request = unsafe { exclusive(request, "request") }?;
        // SAFETY: the caller promises NULL or text with a NUL at its end.
        let field = unsafe { text(field, "field") };
        let done = field.and_then(|field| request.set(field, value().map_err(|error| at(error, field))?));
        if let Err(error) = &done {
            request.failure.get_or_insert_with(|| error.clone());
        }
        done
    };
    contain(set).map_or_else(|error| error.code.number(), |()| crate::SEALWRIGHT_OK)
}

/// The error of a value, at the field that it was for.
fn at(error: Error, field: &str) -> Error {
    if error.code == ErrorCode::ArgumentInvalid { error } else { error.at(field) }
}

/// Before a value is copied: nothing that long can be sent.
fn check_size(len: usize) -> Result<(), Error> {
    if len > MAX_REQUEST {
        let detail = format_args!("found a value of {len} bytes, wanted at most {MAX_REQUEST} in a request");
        return Err(Error::new(ErrorCode::RequestTooLarge, detail));
    }
    Ok(())
}
