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

mod boundary;
mod engine;
mod memory;

pub use engine::{
    Engine, sealwright_call, sealwright_engine_free, sealwright_engine_import_key, sealwright_engine_new,
};
pub use memory::{Buffer, sealwright_alloc, sealwright_buffer_free, sealwright_dealloc};

/// The version of this interface: it changes when a program that was compiled against an older header
/// would misbehave.
pub const SEALWRIGHT_ABI_VERSION: u32 = 1;

/// The call succeeded; the response is `{"ok":...}`.
pub const SEALWRIGHT_OK: u32 = 0;

/// The call needs a private key that the engine does not hold; the response is `{"needs":[...]}`.
pub const SEALWRIGHT_NEEDS: u32 = 1;

/// The version of the interface that the library was built with; compare it with SEALWRIGHT_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn sealwright_abi_version() -> u32 {
    SEALWRIGHT_ABI_VERSION
}
