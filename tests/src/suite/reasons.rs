//! With which error the engine refuses each path that it refuses: `tests/data/suite-reasons.json`.
//!
//! To be refused is not enough: a case is about one thing that is wrong, and another error means that it was not seen.
//! Each is the error's code and the sections that its detail names. A case that has none, or another one than it gets, fails
//! the test; `cargo run -p conformance --bin suites -- --write-reasons` writes them anew, and every line of the diff is to
//! be read beside the case's description. Where the reason is not what the description says, a note says why it is right.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{Outcome, data};

/// By the names of the cases.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Written by hand.
    pub notes: BTreeMap<String, String>,
    /// With what each is refused.
    pub refused: BTreeMap<String, String>,
}

/// All of them.
///
/// # Errors
/// If the file is not there.
pub fn load() -> Result<Reasons> {
    let path = data("suite-reasons.json");
    serde_json::from_slice(&std::fs::read(&path)?).with_context(|| format!("{}", path.display()))
}

/// Writes those of these outcomes, and no others; the notes stay.
///
/// # Errors
/// If the file cannot be read or written.
pub fn write(outcomes: &[Outcome]) -> Result<()> {
    let text = serde_json::to_string_pretty(&Reasons { refused: of(outcomes), ..load()? })?;
    Ok(std::fs::write(data("suite-reasons.json"), text + "\n")?)
}

/// Those of the outcomes.
#[must_use]
pub fn of(outcomes: &[Outcome]) -> BTreeMap<String, String> {
    let reason = |outcome: &Outcome| {
        let (code, detail) = outcome.verdict.as_ref().err()?;
        Some((outcome.id.clone(), reason(code, detail)))
    };
    outcomes.iter().filter_map(reason).collect()
}

/// What differs between the outcomes of a suite and the reasons for its cases, whose names begin with `prefix`.
#[must_use]
pub fn complaints(prefix: &str, outcomes: &[Outcome], reasons: &Reasons) -> Vec<String> {
    let found = of(outcomes);
    let expected = reasons.refused.iter().filter(|(case, _)| case.starts_with(prefix));
    let gone = expected.clone().filter(|(case, _)| !found.contains_key(*case));
    let gone = gone.map(|(case, reason)| format!("{case}: wanted {reason}, found no refusal"));
    let other = found.iter().filter(|(case, reason)| reasons.refused.get(*case) != Some(reason));
    let other = other.map(|(case, reason)| {
        let wanted = reasons.refused.get(case).map_or("nothing yet", String::as_str);
        format!("{case}: wanted {wanted}, found {reason}")
    });
    let notes = reasons.notes.keys().filter(|case| case.starts_with(prefix) && !found.contains_key(*case));
    let notes = notes.map(|case| format!("{case}: a note for a case that is not refused"));
    gone.chain(other).chain(notes).collect()
}

/// The code of an error, and the sections of documents that its detail has in brackets.
#[must_use]
pub fn reason(code: &str, detail: &str) -> String {
    let brackets = detail.split('(').skip(1).filter_map(|rest| rest.split_once(')'));
    let is_section = |text: &&str| text.starts_with("RFC ") || text.starts_with("Baseline ");
    let sections: Vec<_> = brackets.map(|(text, _)| text).filter(is_section).collect();
    if sections.is_empty() { code.to_owned() } else { format!("{code}: {}", sections.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_missing_changed_or_left_over_is_told() {
        let refused = |id: &str, detail: &str| Outcome {
            id: id.into(),
            wanted: false,
            verdict: Err(("path_expired".into(), detail.into())),
        };
        let outcomes =
            [refused("limbo a", "x (y) (RFC 5280 6.1): z (RFC 9525 6)"), refused("limbo b", "x (y)")];
        let own = of(&outcomes);
        assert_eq!(own["limbo a"], "path_expired: RFC 5280 6.1; RFC 9525 6");
        assert_eq!(own["limbo b"], "path_expired");
        let count =
            |refused| complaints("limbo ", &outcomes, &Reasons { refused, ..Reasons::default() }).len();
        assert_eq!(count(own.clone()), 0);
        let with = |case: &str, reason: &str| {
            own.clone().into_iter().chain([(case.to_owned(), reason.to_owned())]).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(count(with("limbo a", "path_expired")), 1, "changed");
        assert_eq!(count(with("limbo c", "path_expired")), 1, "left over");
        assert_eq!(count(with("pkits c", "path_expired")), 0, "of another suite");
        assert_eq!(count(BTreeMap::new()), 2, "missing");
        let notes = ["limbo a", "limbo c"].map(|case| (case.to_owned(), String::new())).into();
        assert_eq!(complaints("limbo ", &outcomes, &Reasons { notes, refused: own }).len(), 1, "a note");
    }
}
