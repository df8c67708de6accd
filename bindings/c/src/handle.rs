//! What the library lends to C: values behind pointers. Debug builds know which of them are alive, and refuse one
//! that has been freed, as long as no other value has been put at its address.

use sealwright_core::Error;

use crate::boundary;

/// Lends a value to the caller.
pub(crate) fn give<T>(value: T) -> *mut T {
    let pointer = Box::into_raw(Box::new(value));
    remember(pointer);
    pointer
}

/// The address is that of something lent.
pub(crate) fn remember<T>(pointer: *const T) {
    living::add::<T>(pointer.addr());
}

/// It is no more; in a debug build, whether it was.
pub(crate) fn forget<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    check(pointer, name)?;
    living::remove::<T>(pointer.addr());
    Ok(())
}

/// Whether the pointer can be one to a value that was lent; in a debug build, whether it is.
pub(crate) fn check<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    boundary::check(pointer, name)?;
    living::check::<T>(pointer.addr(), name)
}

/// Takes a value back and drops it, which wipes what is secret in it. What cannot be a value that was lent is left
/// alone.
///
/// # Safety
///
/// `pointer` must be one that cannot be a value, or come from [`give`] and be in use by nobody.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    let freed = boundary::contain(|| {
        forget(pointer, "pointer")?;
        // SAFETY: the caller promises a pointer from `give`, which is `Box::into_raw`, and that nobody uses it.
        drop(unsafe { Box::from_raw(pointer) });
        Ok(())
    });
    // There is nobody to tell, and nothing left to do.
    let _ = freed;
}

#[cfg(debug_assertions)]
mod living {
    use std::any::type_name;
    use std::collections::BTreeSet;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use sealwright_core::{Error, ErrorCode};

    static LIVING: Mutex<BTreeSet<(usize, &'static str)>> = Mutex::new(BTreeSet::new());

    fn living() -> MutexGuard<'static, BTreeSet<(usize, &'static str)>> {
        LIVING.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add<T>(address: usize) {
        living().insert((address, type_name::<T>()));
    }

    pub(super) fn remove<T>(address: usize) {
        living().remove(&(address, type_name::<T>()));
    }

    pub(super) fn check<T>(address: usize, name: &str) -> Result<(), Error> {
        if living().contains(&(address, type_name::<T>())) {
            return Ok(());
        }
        let detail = "found a pointer to something else, or to what has been freed";
        Err(Error::new(ErrorCode::ArgumentInvalid, detail).at(name))
    }
}

#[cfg(not(debug_assertions))]
mod living {
    use sealwright_core::Error;

    pub(super) const fn add<T>(_: usize) {}

    pub(super) const fn remove<T>(_: usize) {}

    pub(super) const fn check<T>(_: usize, _: &str) -> Result<(), Error> {
        Ok(())
    }
}
