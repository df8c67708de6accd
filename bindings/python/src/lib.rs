//! The extension module of the Python package: bytes in, bytes out, and no decision of its own.
//!
//! What a request may hold is settled in `sealwright-core`; the package's Python turns dataclasses into requests. The
//! interpreter is let go while the engine works, so threads work side by side.

#[cfg(feature = "extension")]
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

#[cfg(any(feature = "extension", test))]
mod guard;
#[cfg(feature = "extension")]
mod module;
