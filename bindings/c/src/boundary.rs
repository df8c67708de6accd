//! The edge itself: raw pointers become slices, and a panic stays on this side.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sealwright_core::{Error, ErrorCode};

/// Runs what an export does. Unwinding into C is undefined behaviour, so a panic, which can only be a
/// defect of the engine, ends here as an error. The WebAssembly module traps instead: there a panic aborts.
pub(crate) fn contain<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Nothing is left half changed: a request only reads the engine, and an import that fails adds no key.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        Err(Error::new(ErrorCode::EngineDefect, "the engine met a defect of its own and gave up"))
    })
}

/// The caller's bytes. NULL is allowed when there are none.
///
/// # Safety
///
/// `data` must be NULL, or point to `len` initialised bytes that nobody changes while `'a` lasts.
pub(crate) unsafe fn bytes<'a>(data: *const u8, len: usize, name: &str) -> Result<&'a [u8], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(null(name));
    }
    if isize::try_from(len).is_err() {
        let detail = format_args!("found a length of {len} bytes, more than memory can hold");
        return Err(Error::new(ErrorCode::ArgumentInvalid, detail).at(name));
    }
    // SAFETY: not NULL, not longer than isize::MAX, and the caller promises `len` initialised bytes that
    // stay unchanged; bytes have no alignment.
    Ok(unsafe { core::slice::from_raw_parts(data, len) })
}

/// The error for a pointer that may not be NULL.
pub(crate) fn null(name: &str) -> Error {
    Error::new(ErrorCode::ArgumentInvalid, "found a NULL pointer, wanted a value").at(name)
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let contained: Result<(), Error> = contain(|| panic!("the key is 42"));
        let error = contained.err();
        assert_eq!(error.as_ref().map(|error| error.code), Some(ErrorCode::EngineDefect));
        // What the panic said may hold anything, so it is not passed on.
        assert!(error.is_some_and(|error| !error.detail.contains("42")));
    }
}
