//! The edge itself: raw pointers become slices, and a panic stays on this side.

#[cfg(not(target_family = "wasm"))]
use core::ffi::{CStr, c_char};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(not(target_family = "wasm"))]
use std::sync::Once;

use sealwright_core::{Error, ErrorCode};

/// Runs what an export does. Unwinding into C is undefined behaviour, so a panic, which can only be a
/// defect of the engine, ends here as an error. The WebAssembly module traps instead: there a panic aborts.
pub(crate) fn contain<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    silence();
    let outer = INSIDE.replace(true);
    // Nothing is left half changed: a request only reads the engine, and an import that fails adds no key.
    let done = catch_unwind(AssertUnwindSafe(body));
    INSIDE.set(outer);
    done.unwrap_or_else(|_| {
        Err(Error::new(ErrorCode::EngineDefect, "the engine met a defect of its own and gave up"))
    })
}

/// Runs what is the caller's, whose panics are no affair of this library.
pub(crate) fn outside<T>(body: impl FnOnce() -> T) -> T {
    let inside = INSIDE.replace(false);
    let done = body();
    INSIDE.set(inside);
    done
}

thread_local! {
    /// Whether this thread is in a call of this library.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics of this library from being printed: standard error is the program's, and what a panic says may
/// be anything. Other panics, of a program that is Rust itself, go where they went.
#[cfg(not(target_family = "wasm"))]
fn silence() {
    static SILENCED: Once = Once::new();
    // In the middle of somebody's panic the hook cannot be changed; the next call does it.
    if std::thread::panicking() {
        return;
    }
    SILENCED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !INSIDE.get() {
                previous(panic);
            }
        }));
    });
}

/// The module has nowhere to print to.
#[cfg(target_family = "wasm")]
const fn silence() {}

/// What a pointer points to, to read it.
///
/// # Safety
///
/// `pointer` must be NULL, misaligned, or point to a value that nobody changes while `'a` lasts.
pub(crate) unsafe fn shared<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Error> {
    check(pointer, name)?;
    // SAFETY: neither NULL nor misaligned, so the caller promises a value that stays unchanged.
    Ok(unsafe { &*pointer })
}

/// What a pointer points to, to change it.
///
/// # Safety
///
/// `pointer` must be NULL, misaligned, or point to a value that nobody else uses while `'a` lasts.
pub(crate) unsafe fn exclusive<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T, Error> {
    check(pointer, name)?;
    // SAFETY: neither NULL nor misaligned, so the caller promises a value that nobody else uses.
    Ok(unsafe { &mut *pointer })
}

/// Whether there can be a value at the address; that it is one, only the caller knows.
pub(crate) fn check<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    if pointer.is_null() {
        return Err(null(name));
    }
    if !pointer.is_aligned() {
        let detail = "found a pointer that is not aligned for its type";
        return Err(Error::new(ErrorCode::ArgumentInvalid, detail).at(name));
    }
    Ok(())
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

/// The caller's text, which ends with a NUL.
///
/// # Safety
///
/// `data` must be NULL, or point to text with a NUL at its end that nobody changes while `'a` lasts.
#[cfg(not(target_family = "wasm"))]
pub(crate) unsafe fn text<'a>(data: *const c_char, name: &str) -> Result<&'a str, Error> {
    check(data, name)?;
    // SAFETY: not NULL, and the caller promises a NUL at the end.
    let text = unsafe { CStr::from_ptr(data) };
    text.to_str().map_err(|_| not_utf8(name))
}

/// The caller's text, of `len` bytes or up to a NUL.
///
/// # Safety
///
/// That of [`text`] if `len` is `SEALWRIGHT_TO_NUL`, that of [`bytes`] otherwise.
#[cfg(not(target_family = "wasm"))]
pub(crate) unsafe fn text_of<'a>(data: *const c_char, len: usize, name: &str) -> Result<&'a str, Error> {
    if len == crate::TO_NUL {
        // SAFETY: the caller promises a NUL at the end.
        return unsafe { text(data, name) };
    }
    // SAFETY: the caller promises `len` bytes.
    let bytes = unsafe { bytes(data.cast(), len, name) }?;
    core::str::from_utf8(bytes).map_err(|_| not_utf8(name))
}

pub(crate) fn not_utf8(name: &str) -> Error {
    Error::new(ErrorCode::ArgumentInvalid, "found bytes that are not UTF-8").at(name)
}

fn null(name: &str) -> Error {
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

    /// What a test prints in a process of its own, where nobody catches it, if it passes.
    fn printed_by(test: &str) -> Option<String> {
        let program = std::env::current_exe().ok()?;
        let arguments = ["--exact", test, "--nocapture"];
        let output = std::process::Command::new(program).args(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success() && text.contains("1 passed")).then_some(text)
    }

    #[test]
    #[cfg_attr(miri, ignore = "it starts a process")]
    fn a_panic_is_not_printed() {
        let printed = printed_by("boundary::tests::a_panic_becomes_an_error");
        assert!(printed.is_some_and(|text| !text.contains("panicked") && !text.contains("42")));
    }

    #[test]
    #[should_panic(expected = "somebody else's")]
    fn another_panic() {
        assert!(contain(|| Ok(())).is_ok());
        panic!("somebody else's");
    }

    #[test]
    #[cfg_attr(miri, ignore = "it starts a process")]
    fn another_panic_is_printed() {
        let printed = printed_by("boundary::tests::another_panic");
        assert!(printed.is_some_and(|text| text.contains("somebody else's")));
    }

    #[test]
    fn pointers_are_looked_at_before_they_are_used() {
        let values = [7_u32, 8];
        let misaligned = values.as_ptr().wrapping_byte_add(1);
        for (pointer, wanted) in
            [(values.as_ptr(), None), (core::ptr::null(), Some("NULL")), (misaligned, Some("aligned"))]
        {
            let error = check(pointer, "p").err();
            assert_eq!(error.is_some(), wanted.is_some());
            let fits = |error: Error| wanted.is_some_and(|word| error.detail.contains(word));
            assert!(error.is_none_or(fits));
        }
    }
}
