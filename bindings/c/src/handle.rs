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

/// It is no more; in a debug build, whether it was, and nobody uses it.
pub(crate) fn forget<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    boundary::check(pointer, name)?;
    living::remove::<T>(pointer.addr(), name)
}

/// Whether the pointer can be one to a value that was lent; in a debug build, whether it is.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn check<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    boundary::check(pointer, name)?;
    living::check::<T>(pointer.addr(), name)
}

/// The same of a value that is to be changed; in a debug build, whether a call uses it at the moment.
pub(crate) fn check_unused<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    boundary::check(pointer, name)?;
    living::check_unused::<T>(pointer.addr(), name)
}

/// The same of a value that a call uses until what is given here is dropped.
pub(crate) fn borrow<T>(pointer: *const T, name: &str) -> Result<Borrow<T>, Error> {
    boundary::check(pointer, name)?;
    living::count::<T>(pointer.addr(), name)?;
    Ok(Borrow(pointer))
}

/// A value is in use.
pub(crate) struct Borrow<T>(*const T);

impl<T> Drop for Borrow<T> {
    fn drop(&mut self) {
        living::uncount::<T>(self.0.addr());
    }
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
    use std::collections::BTreeMap;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use sealwright_core::{Error, ErrorCode};

    type Key = (usize, &'static str);

    /// What is alive, and how many calls use it.
    static LIVING: Mutex<BTreeMap<Key, usize>> = Mutex::new(BTreeMap::new());

    fn living() -> MutexGuard<'static, BTreeMap<Key, usize>> {
        LIVING.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn users<'a, T>(
        living: &'a mut MutexGuard<'static, BTreeMap<Key, usize>>,
        address: usize,
        name: &str,
    ) -> Result<&'a mut usize, Error> {
        living
            .get_mut(&(address, type_name::<T>()))
            .ok_or_else(|| refused("found a pointer to something else, or to what has been freed", name))
    }

    fn refused(detail: &str, name: &str) -> Error {
        Error::new(ErrorCode::ArgumentInvalid, detail).at(name)
    }

    pub(super) fn add<T>(address: usize) {
        living().insert((address, type_name::<T>()), 0);
    }

    pub(super) fn remove<T>(address: usize, name: &str) -> Result<(), Error> {
        let mut living = living();
        unused(*users::<T>(&mut living, address, name)?, name)?;
        living.remove(&(address, type_name::<T>()));
        Ok(())
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) fn check<T>(address: usize, name: &str) -> Result<(), Error> {
        users::<T>(&mut living(), address, name).map(|_| ())
    }

    pub(super) fn check_unused<T>(address: usize, name: &str) -> Result<(), Error> {
        unused(*users::<T>(&mut living(), address, name)?, name)
    }

    fn unused(users: usize, name: &str) -> Result<(), Error> {
        if users == 0 {
            return Ok(());
        }
        Err(refused("found a pointer to what a call uses at the moment", name))
    }

    pub(super) fn count<T>(address: usize, name: &str) -> Result<(), Error> {
        let mut living = living();
        let users = users::<T>(&mut living, address, name)?;
        *users = users.saturating_add(1);
        Ok(())
    }

    pub(super) fn uncount<T>(address: usize) {
        if let Some(users) = living().get_mut(&(address, type_name::<T>())) {
            *users = users.saturating_sub(1);
        }
    }
}

#[cfg(not(debug_assertions))]
mod living {
    use sealwright_core::Error;

    pub(super) const fn add<T>(_: usize) {}

    pub(super) const fn remove<T>(_: usize, _: &str) -> Result<(), Error> {
        Ok(())
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) const fn check<T>(_: usize, _: &str) -> Result<(), Error> {
        Ok(())
    }

    pub(super) const fn check_unused<T>(_: usize, _: &str) -> Result<(), Error> {
        Ok(())
    }

    pub(super) const fn count<T>(_: usize, _: &str) -> Result<(), Error> {
        Ok(())
    }

    pub(super) const fn uncount<T>(_: usize) {}
}
