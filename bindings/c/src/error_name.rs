//! The names of the numbers that functions return.

use core::ffi::{CStr, c_char};
use core::ptr;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::LazyLock;

use sealwright_core::ErrorCode;

use crate::boundary::contain;

static NAMES: LazyLock<BTreeMap<u32, CString>> = LazyLock::new(|| {
    let named = |code: &ErrorCode| Some((code.number(), CString::new(code.to_string()).ok()?));
    ErrorCode::ALL.iter().filter_map(named).collect()
});

/// The name of an error by its number, as responses have it in `code`: `key_unknown` for
/// SEALWRIGHT_ERROR_KEY_UNKNOWN. The text ends with a NUL, and is there as long as the library is.
///
/// Returns NULL for all that is no error of this version: for SEALWRIGHT_OK and SEALWRIGHT_NEEDS too.
#[unsafe(no_mangle)]
pub extern "C" fn sealwright_error_name(code: u32) -> *const c_char {
    let name = contain(|| Ok(NAMES.get(&code).map(CString::as_c_str)));
    name.ok().flatten().map_or(ptr::null(), CStr::as_ptr)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(code: u32) -> Option<&'static str> {
        let name = sealwright_error_name(code);
        // SAFETY: it is NULL, or ends with a NUL and is never freed.
        (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_str().unwrap_or_default())
    }

    #[test]
    fn errors_have_the_names_of_responses_and_others_have_none() {
        for code in ErrorCode::ALL {
            assert_eq!(name(code.number()), Some(code.to_string().as_str()));
        }
        for other in [crate::SEALWRIGHT_OK, crate::SEALWRIGHT_NEEDS, 1000, 9999, u32::MAX] {
            assert_eq!(name(other), None);
        }
    }
}
