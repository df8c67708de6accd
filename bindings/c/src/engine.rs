//! The engine handle: the keys that a program lends to the engine, and the functions that answer a request in JSON.

#[cfg(feature = "full")]
use core::ffi::c_void;
use core::ptr;

#[cfg(feature = "full")]
use sealwright_core::keys::Question;
use sealwright_core::{Error, ErrorCode, KeyRing, Outcome};

use crate::boundary::{bytes, check, contain, shared};
#[cfg(feature = "full")]
use crate::boundary::{exclusive, not_utf8};
#[cfg(feature = "full")]
use crate::callback::{KeyCallback, ask};
use crate::handle;
use crate::memory::Buffer;

/// An engine: a ring of private keys, empty at first.
///
/// Any number of threads may make calls with the same engine at the same time. While
/// sealwright_engine_import_key or sealwright_engine_free runs, no other thread may use it. Engines share
/// nothing with each other. A thread needs 256 KiB of stack.
#[derive(Default)]
pub struct Engine {
    keys: KeyRing,
}

#[cfg(not(target_family = "wasm"))]
impl Engine {
    pub(crate) const fn keys(&self) -> &KeyRing {
        &self.keys
    }
}

/// A new engine that holds no key. Give it back with sealwright_engine_free.
#[unsafe(no_mangle)]
pub extern "C" fn sealwright_engine_new() -> *mut Engine {
    contain(|| Ok(handle::give(Engine::default()))).unwrap_or(ptr::null_mut())
}

/// Wipes the engine's keys and frees it; in a WebAssembly module it wipes the stack too. NULL is allowed and
/// does nothing, as does an address that no engine can have.
///
/// # Safety
///
/// `engine` must be NULL, or come from sealwright_engine_new and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_engine_free(engine: *mut Engine) {
    // SAFETY: the caller promises NULL or an engine that nobody uses any more. Dropping it wipes its keys.
    unsafe { handle::free(engine) };
    wipe_stack();
}

/// The module's stack lies in the memory that its host can read, and calls leave parts of keys there.
#[cfg(target_family = "wasm")]
#[inline(never)]
fn wipe_stack() {
    // Half of all that there is; calls take less.
    let stack = [0_u8; 512 * 1024];
    core::hint::black_box(&stack);
}

/// A thread's stack is the program's.
#[cfg(not(target_family = "wasm"))]
const fn wipe_stack() {}

/// Lends the engine a private key: PKCS#8 as PEM (RFC 5958, RFC 7468). Requests name it by `id`, which is
/// UTF-8. Neither needs a NUL at its end. The engine keeps a copy and wipes it when it is freed.
///
/// Returns 0 and fills `out` with `{"ok":{}}`, or returns the number of an error code and fills `out` with
/// `{"error":...}`, which says more. Give `out` back as after sealwright_call; the same holds for it here. It may be NULL
/// where the number is enough.
///
/// # Safety
///
/// `engine` must come from sealwright_engine_new and be in use by nobody else. `id` and `pem` must be NULL
/// or point to as many bytes as their lengths say. `out` must be NULL or point to memory for a
/// sealwright_buffer; what was in it is overwritten.
#[cfg(feature = "full")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_engine_import_key(
    engine: *mut Engine,
    id: *const u8,
    id_len: usize,
    pem: *const u8,
    pem_len: usize,
    out: *mut Buffer,
) -> u32 {
    let import = || {
        handle::check_unused(engine, "engine")?;
        // SAFETY: the caller promises NULL or an engine that nobody else uses during this call.
        let engine = unsafe { exclusive(engine, "engine") }?;
        // SAFETY: the caller promises `id_len` bytes at `id` for the length of this call.
        let id = unsafe { bytes(id, id_len, "id") }?;
        // SAFETY: the caller promises `pem_len` bytes at `pem` for the length of this call.
        let pem = unsafe { bytes(pem, pem_len, "pem") }?;
        let id = core::str::from_utf8(id).map_err(|_| not_utf8("id"))?;
        engine.keys.import(id, pem)?;
        Ok(Outcome { status: crate::SEALWRIGHT_OK, body: br#"{"ok":{}}"#.to_vec().into() })
    };
    if out.is_null() {
        return contain(import).unwrap_or_else(Outcome::from).status;
    }
    // SAFETY: the caller promises memory for a buffer at `out`.
    unsafe { answer(out, import) }
}

/// Answers one request: JSON in, JSON out, both UTF-8. What a request may hold is the same in every
/// language; see the reference.
///
/// Returns 0 and fills `out` with `{"ok":...}`; or returns 1 (SEALWRIGHT_NEEDS) and fills `out` with
/// `{"needs":[...]}`, when the caller must use a private key and send the same request again with
/// `"answers"`; or returns the number of an error code and fills `out` with `{"error":...}`. Whatever is
/// returned, give `out` back with sealwright_buffer_free. It is `{NULL, 0}` only when there was not enough
/// memory for the response.
///
/// # Safety
///
/// `engine` must come from sealwright_engine_new. `request` must be NULL or point to `request_len` bytes
/// that nobody changes during the call. `out` must be NULL, which is an error, or point to memory for a
/// sealwright_buffer; what was in it is overwritten.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_call(
    engine: *const Engine,
    request: *const u8,
    request_len: usize,
    out: *mut Buffer,
) -> u32 {
    // SAFETY: the caller promises the same.
    unsafe { respond(engine, request, request_len, out, sealwright_core::call) }
}

/// The same as sealwright_call, but keys that the engine does not hold are asked of `callback`, which may be NULL;
/// `context` is handed to it. Nothing is done twice, as it is when the request is sent again.
///
/// Returns 1 (SEALWRIGHT_NEEDS) only when there is no callback or it cannot answer. A program that learns the answer
/// later sends it with the request, as after sealwright_call, behind those that the callback gave before it: they are not
/// kept.
///
/// # Safety
///
/// That of sealwright_call; `callback` must be as its type says, and `context` what it takes.
#[cfg(feature = "full")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_call_with_callback(
    engine: *const Engine,
    request: *const u8,
    request_len: usize,
    callback: KeyCallback,
    context: *mut c_void,
    out: *mut Buffer,
) -> u32 {
    // SAFETY: the caller promises a callback that takes the context which came with it.
    let mut ask = |question: &Question| unsafe { ask(callback, context, question) };
    let call = |request: &[u8], keys: &KeyRing| sealwright_core::call_asking(request, keys, &mut ask);
    // SAFETY: the caller promises the same of all else.
    unsafe { respond(engine, request, request_len, out, call) }
}

/// Answers a request by a function of the core.
///
/// # Safety
///
/// That of [`sealwright_call`].
unsafe fn respond(
    engine: *const Engine,
    request: *const u8,
    request_len: usize,
    out: *mut Buffer,
    call: impl FnOnce(&[u8], &KeyRing) -> Outcome,
) -> u32 {
    let call = || {
        let _in_use = handle::borrow(engine, "engine")?;
        // SAFETY: the caller promises NULL or a live engine, which is only read here.
        let engine = unsafe { shared(engine, "engine") }?;
        // SAFETY: the caller promises `request_len` bytes at `request`, unchanged during this call.
        let request = unsafe { bytes(request, request_len, "request") }?;
        Ok(call(request, &engine.keys))
    };
    // SAFETY: the caller promises NULL or memory for a buffer at `out`.
    unsafe { answer(out, call) }
}

/// Does the work and tells its outcome, in `out` and by the number that is returned. Nothing is done where
/// there is nowhere to tell it.
///
/// # Safety
///
/// `out` must be NULL, misaligned, or point to memory for a buffer.
unsafe fn answer(out: *mut Buffer, work: impl FnOnce() -> Result<Outcome, Error>) -> u32 {
    if let Err(error) = check(out, "out") {
        return error.code.number();
    }
    let Outcome { status, body } = contain(work).unwrap_or_else(Outcome::from);
    let (status, buffer) = match Buffer::copy_of(&body) {
        Some(buffer) => (status, buffer),
        None => (ErrorCode::MemoryExhausted.number(), Buffer::EMPTY),
    };
    // SAFETY: `out` is neither NULL nor misaligned, and the caller promises that it points to memory for a
    // buffer. `write` does not read or drop what was there, which may be uninitialised.
    unsafe { out.write(buffer) };
    status
}
