//! Where the engine does not say what a suite wants, and why: `tests/data/suite-exceptions.json`.
//!
//! An exception names the case, the reason in a sentence, and the code of the engine's error. One whose case agrees by
//! now, or fails in another way, is out of date and fails the test. A chain that is accepted and must not be is no
//! exception, whatever the reason.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::Outcome;

/// One of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The case.
    pub case: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The code of the error with which the engine refuses it.
    pub ours: String,
}

/// All of them.
pub fn load() -> Result<Vec<Exception>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/suite-exceptions.json");
    let exceptions: Vec<Exception> =
        serde_json::from_slice(&std::fs::read(path).context(path)?).context(path)?;
    for exception in &exceptions {
        ensure!(exception.reason.len() > 20, "{}: found no reason", exception.case);
    }
    Ok(exceptions)
}

/// What is wrong with the outcomes of a suite whose cases' names begin with `prefix`; nothing if all is well.
#[must_use]
pub fn complaints(prefix: &str, outcomes: &[Outcome], exceptions: &[Exception]) -> Vec<String> {
    let own = |exception: &&Exception| exception.case.starts_with(prefix);
    let unknown =
        exceptions.iter().filter(own).filter(|own| !outcomes.iter().any(|outcome| outcome.id == own.case));
    let unknown = unknown.map(|own| format!("{}: an exception for a case that there is not", own.case));
    let wrong = outcomes.iter().filter_map(|outcome| {
        let exception = exceptions.iter().find(|own| own.case == outcome.id);
        complaint(outcome, exception).map(|wrong| format!("{}: {wrong}", outcome.id))
    });
    unknown.chain(wrong).collect()
}

fn complaint(outcome: &Outcome, exception: Option<&Exception>) -> Option<String> {
    match (&outcome.verdict, outcome.wanted, exception) {
        (Ok(()), true, None) | (Err(_), false, None) => None,
        (Ok(()), false, _) => Some("accepted, and must be rejected".into()),
        (Err((code, detail)), true, None) => {
            Some(format!("rejected, and must be accepted: {code}: {detail}"))
        }
        (Err((code, _)), true, Some(own)) if *code == own.ours => None,
        (Err((code, _)), true, Some(own)) => {
            Some(format!("rejected with {code}, and the exception says {}", own.ours))
        }
        (_, _, Some(_)) => Some("agrees by now: take the exception away".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_chain_is_never_an_exception() {
        let outcome = |wanted, verdict| Outcome { id: "limbo x".into(), wanted, verdict };
        let refused = || Err(("path_not_found".to_owned(), String::new()));
        let exception =
            Exception { case: "limbo x".into(), reason: String::new(), ours: "path_not_found".into() };
        let other = Exception { ours: "path_revoked".into(), ..exception.clone() };
        let count = |outcome: Outcome, own: &[Exception]| complaints("limbo ", &[outcome], own).len();
        assert_eq!(count(outcome(true, Ok(())), &[]), 0);
        assert_eq!(count(outcome(false, refused()), &[]), 0);
        assert_eq!(count(outcome(true, refused()), &[]), 1);
        assert_eq!(count(outcome(true, refused()), std::slice::from_ref(&exception)), 0);
        assert_eq!(count(outcome(true, refused()), &[other]), 1);
        assert_eq!(count(outcome(true, Ok(())), std::slice::from_ref(&exception)), 1, "mended");
        assert_eq!(count(outcome(false, Ok(())), &[]), 1);
        assert_eq!(count(outcome(false, Ok(())), std::slice::from_ref(&exception)), 1, "never");
        assert_eq!(complaints("limbo ", &[], &[exception]).len(), 1, "no such case");
    }
}
