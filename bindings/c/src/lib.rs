//! The C ABI of Sealwright.
//!
//! The same crate is built twice: as a native library (`libsealwright.so`, `libsealwright.a`) for C and
//! everything that speaks C, and for `wasm32-unknown-unknown` as a module that imports nothing, for any
//! WebAssembly runtime. The functions, their meaning and the bytes that they return are the same.
//!
//! This layer carries bytes and takes no decision: what a request may contain, what it gives and which
//! error it ends in is settled in `sealwright-core`.
//!
//! ```c
//! sealwright_engine *engine = sealwright_engine_new();
//! sealwright_buffer response;
//! uint32_t status = sealwright_call(engine, request, request_len, &response);
//! /* ... read response.data, response.len ... */
//! sealwright_buffer_free(&response);
//! sealwright_engine_free(engine);
//! ```

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

#[cfg_attr(not(feature = "full"), allow(dead_code, reason = "no keys come in"))]
mod boundary;
#[cfg(any(feature = "full", not(target_family = "wasm")))]
mod callback;
mod engine;
#[cfg(not(target_family = "wasm"))]
mod error_name;
#[cfg(not(target_family = "wasm"))]
mod field;
#[cfg_attr(not(feature = "full"), allow(dead_code, reason = "no keys come in"))]
mod handle;
mod memory;
#[cfg(not(target_family = "wasm"))]
mod perform;
#[cfg(not(target_family = "wasm"))]
mod request;
#[cfg(not(target_family = "wasm"))]
mod response;
#[cfg(test)]
#[allow(
    clippy::undocumented_unsafe_blocks,
    clippy::panic,
    reason = "C has no such blocks, and a test may fail"
)]
mod tests;
#[cfg(not(target_family = "wasm"))]
mod value;
mod version;

#[cfg(any(feature = "full", not(target_family = "wasm")))]
pub use callback::{
    KeyCallback, Question, SEALWRIGHT_ANSWERED, SEALWRIGHT_MAX_ANSWER, SEALWRIGHT_PADDING_WRONG,
};
pub use engine::{Engine, sealwright_call, sealwright_engine_free, sealwright_engine_new};
#[cfg(feature = "full")]
pub use engine::{sealwright_call_with_callback, sealwright_engine_import_key};
#[cfg(not(target_family = "wasm"))]
pub use error_name::sealwright_error_name;
pub use memory::{Buffer, sealwright_alloc, sealwright_buffer_free, sealwright_dealloc};
#[cfg(not(target_family = "wasm"))]
pub use perform::sealwright_perform;
#[cfg(not(target_family = "wasm"))]
pub use request::{
    Request, sealwright_request_free, sealwright_request_new, sealwright_request_set_boolean,
    sealwright_request_set_bytes, sealwright_request_set_integer, sealwright_request_set_json,
    sealwright_request_set_text,
};
#[cfg(not(target_family = "wasm"))]
pub use response::{
    Kind, Response, sealwright_response_boolean, sealwright_response_bytes, sealwright_response_count,
    sealwright_response_free, sealwright_response_integer, sealwright_response_json,
    sealwright_response_kind, sealwright_response_name, sealwright_response_number,
    sealwright_response_status, sealwright_response_text,
};
pub use version::SEALWRIGHT_ABI_VERSION;

/// `SEALWRIGHT_TO_NUL` of the header, which is `SIZE_MAX`: the length of text that ends with a NUL.
#[cfg(not(target_family = "wasm"))]
const TO_NUL: usize = usize::MAX;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// The call succeeded; the response is `{"ok":...}`.
pub const SEALWRIGHT_OK: u32 = 0;

/// The call needs a private key that the engine does not hold; the response is `{"needs":[...]}`.
pub const SEALWRIGHT_NEEDS: u32 = 1;

/// The version of the interface that the library was built with; compare it with SEALWRIGHT_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn sealwright_abi_version() -> u32 {
    SEALWRIGHT_ABI_VERSION
}
