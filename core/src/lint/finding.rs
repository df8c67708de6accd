//! Findings, as they are collected for one object.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::Display;

use serde::Serialize;

use super::rule::{Rule, Severity};

/// How often one rule is told of one object.
const MAX_OF_A_RULE: usize = 8;
/// Characters of a detail; it repeats what was found, which may be long.
const MAX_DETAIL: usize = 300;

/// Something that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule's id, such as `ra_key_usage_incomplete`.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the object, such as `serialNumber` or `extensions.2`, both counted from 0.
    pub r#where: String,
    /// What was found, and what was wanted.
    pub detail: String,
    /// What to do.
    pub remedy: &'static str,
    /// The document and section, or the client that it comes from.
    pub source: &'static str,
}

/// The findings of one object.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    times: BTreeMap<&'static str, usize>,
    left_out: usize,
}

impl Findings {
    /// Adds one; of a rule that was told often enough it only counts.
    pub(super) fn add(&mut self, rule: &'static Rule, place: impl Display, detail: impl Display) {
        let explanation = rule.explanation();
        let times = self.times.entry(explanation.about).or_default();
        if *times >= MAX_OF_A_RULE {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        *times = times.saturating_add(1);
        self.list.push(Finding {
            id: explanation.id,
            severity: explanation.severity,
            r#where: place.to_string(),
            detail: shortened(detail.to_string()),
            remedy: explanation.remedy,
            source: explanation.source,
        });
    }

    /// The same if `found`.
    pub(super) fn add_if(
        &mut self,
        found: bool,
        rule: &'static Rule,
        place: impl Display,
        detail: impl Display,
    ) {
        if found {
            self.add(rule, place, detail);
        }
    }

    /// The worst first, otherwise as they were found; and how many were not told.
    pub(super) fn finish(mut self) -> (Vec<Finding>, usize) {
        self.list.sort_by_key(|finding| core::cmp::Reverse(finding.severity));
        (self.list, self.left_out)
    }
}

fn shortened(mut detail: String) -> String {
    if let Some((end, _)) = detail.char_indices().nth(MAX_DETAIL) {
        detail.truncate(end);
        detail.push('…');
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rule_does_not_fill_the_answer() {
        let mut findings = Findings::default();
        (0..20).for_each(|place| findings.add(&super::super::UNREADABLE, place, "ä".repeat(1000)));
        let (list, left_out) = findings.finish();
        assert_eq!((list.len(), left_out), (MAX_OF_A_RULE, 12));
        assert_eq!(list[0].detail.chars().count(), MAX_DETAIL + 1);
    }
}
