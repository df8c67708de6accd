//! What becomes of a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sealwright_core::{Error, ErrorCode, Outcome};

/// Does the work. A panic can only be a defect of the engine, and is told as one.
pub(crate) fn guarded(work: impl FnOnce() -> Result<Outcome, Error>) -> Outcome {
    // Nothing is left half changed: a request only reads the ring, and an import that fails adds no key.
    let done = catch_unwind(AssertUnwindSafe(work));
    let defect = || Error::new(ErrorCode::EngineDefect, "the engine met a defect of its own and gave up");
    done.unwrap_or_else(|_| Err(defect())).unwrap_or_else(Outcome::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_defect_and_tells_nothing_of_what_it_said() {
        let outcome = guarded(|| std::panic::resume_unwind(Box::new("secret")));
        let body = String::from_utf8_lossy(&outcome.body).into_owned();
        assert_eq!(outcome.status, ErrorCode::EngineDefect.number());
        assert!(body.contains("\"engine_defect\"") && !body.contains("secret"), "{body}");
    }
}
