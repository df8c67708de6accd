//! Memory that crosses the boundary: one way to allocate it, and every way to free it wipes it first.

use core::alloc::Layout;
use core::ptr;
use std::alloc::{alloc_zeroed, dealloc};

use zeroize::Zeroize;

use crate::boundary::exclusive;
use crate::handle;

/// What `malloc` promises on the usual platforms, so that a caller in another address space can put any
/// C value at the address, a sealwright_buffer for one.
const ALIGNMENT: usize = 16;

/// Bytes that the library gives and that belong to it: give them back with sealwright_buffer_free.
#[repr(C)]
#[derive(Debug)]
pub struct Buffer {
    /// The first byte; NULL when there is none.
    pub data: *mut u8,
    /// The number of bytes. They are not followed by a NUL.
    pub len: usize,
}

impl Buffer {
    /// The buffer of no bytes, which needs no freeing.
    pub(crate) const EMPTY: Self = Self { data: ptr::null_mut(), len: 0 };

    /// A copy of the bytes in memory of the caller's kind; `None` when there is not enough.
    pub(crate) fn copy_of(bytes: &[u8]) -> Option<Self> {
        let data = sealwright_alloc(bytes.len());
        if data.is_null() {
            return None;
        }
        // SAFETY: `data` is a fresh allocation of `bytes.len()` bytes, so it is writable for that length
        // and cannot overlap `bytes`, which is a live slice of the same length.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        Some(Self { data, len: bytes.len() })
    }
}

fn layout(len: usize) -> Option<Layout> {
    if len == 0 {
        return None;
    }
    Layout::from_size_align(len, ALIGNMENT).ok()
}

/// Memory for a caller that lives outside of this address space, as the host of a WebAssembly module
/// does: `len` zero bytes, aligned to 16. A C program does not need it.
///
/// Returns NULL when `len` is 0 or there is not enough memory. Give it back with sealwright_dealloc.
#[unsafe(no_mangle)]
pub extern "C" fn sealwright_alloc(len: usize) -> *mut u8 {
    let Some(layout) = layout(len) else {
        return ptr::null_mut();
    };
    // SAFETY: `layout` refuses a size of zero, the one thing that this function asks for.
    let data = unsafe { alloc_zeroed(layout) };
    if !data.is_null() {
        handle::remember(data);
    }
    data
}

/// Whether the address can be one that sealwright_alloc gave, to be given back.
fn take_back(data: *mut u8) -> bool {
    data.addr().is_multiple_of(ALIGNMENT) && handle::forget(data, "data").is_ok()
}

/// Wipes and frees memory that sealwright_alloc returned. `len` must be the length that was asked for.
/// NULL is allowed and does nothing, as does an address that sealwright_alloc cannot have returned.
///
/// # Safety
///
/// `data` must be NULL, or come from sealwright_alloc with the same `len` and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_dealloc(data: *mut u8, len: usize) {
    let Some(layout) = layout(len).filter(|_| take_back(data)) else {
        return;
    };
    // SAFETY: the caller promises a live allocation of `len` bytes, which sealwright_alloc zeroed, so every
    // byte is initialised; nobody else may use it while it is being freed.
    let bytes = unsafe { core::slice::from_raw_parts_mut(data, len) };
    bytes.zeroize();
    // SAFETY: the caller promises that sealwright_alloc made this with the same `len`, hence with the same
    // layout, and that it has not been freed. `bytes` is not used again.
    unsafe { dealloc(data, layout) };
}

/// Wipes and frees the bytes of a response, and sets the buffer to `{NULL, 0}`, so that freeing it twice
/// does no harm. NULL is allowed and does nothing, as does an address that is not aligned. The
/// sealwright_buffer itself is the caller's.
///
/// # Safety
///
/// `buffer` must be NULL or point to a buffer that a function of this library filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_buffer_free(buffer: *mut Buffer) {
    // SAFETY: the caller promises NULL or a valid buffer of its own.
    let Ok(buffer) = (unsafe { exclusive(buffer, "buffer") }) else {
        return;
    };
    let Buffer { data, len } = core::mem::replace(buffer, Buffer::EMPTY);
    // SAFETY: a buffer is filled by `Buffer::copy_of` alone, with an allocation of `len` bytes from
    // sealwright_alloc; it was taken out of the buffer just now, so it is freed once.
    unsafe { sealwright_dealloc(data, len) };
}
