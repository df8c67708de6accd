//! What Python sees.

use std::sync::{PoisonError, RwLock};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sealwright_core::{Error, ErrorCode, KeyRing, Outcome};

use crate::guard::guarded;

/// The version of the interface, as in `bindings/c`; the package compares it with the one that it was made for.
const ABI_VERSION: u32 = 1;

/// The status, and the response as it comes.
type Answer<'py> = (u32, Bound<'py, PyBytes>);

/// Private keys that are lent to the engine, until they are wiped: then there is none any more.
#[pyclass(frozen, module = "sealwright._engine")]
struct Ring(RwLock<Option<KeyRing>>);

#[pymethods]
impl Ring {
    #[new]
    fn new() -> Self {
        Self(RwLock::new(Some(KeyRing::new())))
    }

    /// Lends a private key, PKCS#8 in PEM, under an id.
    fn import_key<'py>(&self, py: Python<'py>, id: &str, pem: &[u8]) -> Answer<'py> {
        let import = || {
            let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
            ring.as_mut().ok_or_else(closed)?.import(id, pem)?;
            Ok(Outcome { status: 0, body: br#"{"ok":{}}"#.to_vec().into() })
        };
        answer(py, import)
    }

    /// Wipes the keys.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(self.0.write().unwrap_or_else(PoisonError::into_inner).take()));
    }
}

/// Answers one request, with the keys of a ring where there is one.
#[pyfunction]
#[pyo3(signature = (request, ring = None))]
fn call<'py>(py: Python<'py>, request: &[u8], ring: Option<&Ring>) -> Answer<'py> {
    answer(py, || {
        let Some(ring) = ring else {
            return Ok(sealwright_core::call(request, &KeyRing::new()));
        };
        let ring = ring.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(sealwright_core::call(request, ring.as_ref().ok_or_else(closed)?))
    })
}

/// Does the work without the interpreter.
fn answer<'py>(py: Python<'py>, work: impl Send + FnOnce() -> Result<Outcome, Error>) -> Answer<'py> {
    let Outcome { status, body } = py.detach(|| guarded(work));
    (status, PyBytes::new(py, &body))
}

fn closed() -> Error {
    Error::new(ErrorCode::ArgumentInvalid, "the key ring was closed: make a new KeyRing")
}

/// The engine.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use super::{Ring, call};

    use std::panic;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        // Standard error is the program's, and what a panic says may be anything. The hook is this library's alone.
        panic::set_hook(Box::new(|_| {}));
        module.add("ABI_VERSION", super::ABI_VERSION)?;
        module.add("VERSION", env!("CARGO_PKG_VERSION"))
    }
}
