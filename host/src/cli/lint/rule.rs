//! The host's own rules, in the form of the engine's.

use serde::{Deserialize, Serialize};

use super::report::{Finding, Severity};

/// One rule. Its id never changes its meaning.
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) severity: Severity,
    pub(super) about: &'static str,
    pub(super) remedy: &'static str,
    pub(super) source: &'static str,
}

/// A rule as it is printed.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Explanation {
    pub(super) id: String,
    severity: Severity,
    about: String,
    remedy: String,
    source: String,
}

impl Rule {
    /// As it is printed.
    pub(super) fn explanation(&self) -> Explanation {
        Explanation {
            id: self.id.to_owned(),
            severity: self.severity,
            about: self.about.to_owned(),
            remedy: self.remedy.to_owned(),
            source: self.source.to_owned(),
        }
    }

    /// A finding of it, in this setting.
    pub(super) fn found(&self, setting: &str, detail: String) -> Finding {
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            r#where: setting.to_owned(),
            detail,
            remedy: self.remedy.to_owned(),
            source: self.source.to_owned(),
        }
    }
}
