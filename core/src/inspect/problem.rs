//! Why something cannot be described.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use der::Tag;

/// Why something could not be read: what was found and what was wanted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem(String);

impl Problem {
    /// A problem in lower case words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same problem, seen from the structure that holds the broken part.
    pub(crate) fn within(self, structure: &str) -> Self {
        Self(format!("{structure}: {}", self.0))
    }

    /// Another tag than the one that `what` has.
    pub(crate) fn expected(what: &str, found: Tag) -> Self {
        Self(format!("found {found}, wanted {what}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<der::Error> for Problem {
    fn from(error: der::Error) -> Self {
        Self(error.to_string())
    }
}
