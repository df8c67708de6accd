//! The rules: what is found, how bad it is, what to do, and who says so.

use alloc::string::String;
use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nobody has to act.
    Notice,
    /// Some program refuses it, or it will break later.
    Warning,
    /// It breaks a rule that verifiers enforce, or it cannot work.
    Error,
}

/// One rule. Its id never changes its meaning, and is never given to another rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    name: &'static str,
    severity: Severity,
    about: &'static str,
    remedy: &'static str,
    source: &'static str,
}

/// A rule as it is told to others.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// Its id, in snake case.
    pub id: String,
    /// How bad a finding of it is.
    pub severity: Severity,
    /// What is found.
    pub about: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// The document and section, or the client that it comes from.
    pub source: &'static str,
}

impl Rule {
    pub(super) const fn new(
        name: &'static str,
        severity: Severity,
        about: &'static str,
        remedy: &'static str,
        source: &'static str,
    ) -> Self {
        Self { name, severity, about, remedy, source }
    }

    /// The name that a finding goes by, in snake case.
    pub(super) fn id(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    pub(super) fn explanation(&self) -> Explanation {
        let Self { severity, about, remedy, source, .. } = *self;
        Explanation { id: self.id(), severity, about, remedy, source }
    }
}

/// Rows of the table, for one subject: a constant for each rule, and `RULES`, all of them.
macro_rules! rules {
    ($($name:ident, $severity:ident, $source:literal: $about:literal; $remedy:literal.)*) => {
        $(pub(in crate::lint) const $name: $crate::lint::rule::Rule = $crate::lint::rule::Rule::new(
            stringify!($name),
            $crate::lint::rule::Severity::$severity,
            $about,
            $remedy,
            $source,
        );)*

        /// The rules of this subject.
        pub(in crate::lint) const RULES: &[&$crate::lint::rule::Rule] = &[$(&$name,)*];
    };
}

pub(super) use rules;

/// The whole table, subject by subject.
pub(super) const TABLE: &[&[&Rule]] = &[
    super::RULES,
    super::serial_number::RULES,
    super::signature::RULES,
    super::validity::RULES,
    super::name::RULES,
    super::alternative_name::RULES,
    super::key::RULES,
    super::extensions::RULES,
    super::key_usage::RULES,
    super::policy::RULES,
    super::address::RULES,
    super::certificate::RULES,
    super::purpose::RULES,
    super::chain::RULES,
    super::path::RULES,
    super::certificate_request::RULES,
    super::certificate_list::RULES,
    super::authority::RULES,
];
