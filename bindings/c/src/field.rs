//! Where in a request or response something stands, as errors say it in `at`: `subject`, `chain[0]`,
//! `authority.generations[1].id`.

use sealwright_core::{Error, ErrorCode};

/// The longest name of a field, in bytes.
const MAX_FIELD: usize = 1024;

/// How many objects and lists may stand one in the other.
const MAX_DEPTH: usize = 64;

/// A place in a tree of values.
pub(crate) struct Field<'a>(Vec<Step<'a>>);

/// One step on the way to it.
pub(crate) enum Step<'a> {
    /// Into an object.
    Name(&'a str),
    /// Into a list, whose first item is 0.
    Index(usize),
}

impl<'a> Field<'a> {
    /// Names with periods between them, each with any number of indices in brackets; nothing is the whole.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_FIELD {
            return Err(invalid("found a field of more than 1024 bytes"));
        }
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let mut steps = Vec::new();
        for part in text.split('.') {
            let name = part.split_once('[').map_or(part, |(name, _)| name);
            let indices = part.strip_prefix(name).unwrap_or_default();
            if name.is_empty() || name.contains(']') {
                return Err(invalid("wanted a field as in subject, chain[0] or authority.generations[1].id"));
            }
            steps.push(Step::Name(name));
            push_indices(&mut steps, indices)?;
        }
        if steps.len() > MAX_DEPTH {
            return Err(invalid("found a field more than 64 levels deep"));
        }
        Ok(Self(steps))
    }

    pub(crate) fn steps(&self) -> &[Step<'a>] {
        &self.0
    }
}

/// `[0][1]`, or nothing.
fn push_indices(steps: &mut Vec<Step>, mut text: &str) -> Result<(), Error> {
    while !text.is_empty() {
        let index = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let digits =
            index.map(|(digits, _)| digits).filter(|digits| digits.bytes().all(|c| c.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        let (Some((_, rest)), Some(number)) = (index, number) else {
            return Err(invalid("wanted the number of an item in brackets, as in chain[0]"));
        };
        steps.push(Step::Index(number));
        text = rest;
    }
    Ok(())
}

fn invalid(detail: &str) -> Error {
    Error::new(ErrorCode::ArgumentInvalid, detail).at("field")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Option<Vec<String>> {
        let step = |step: &Step| match step {
            Step::Name(name) => (*name).to_owned(),
            Step::Index(index) => format!("#{index}"),
        };
        Field::parse(text).ok().map(|field| field.steps().iter().map(step).collect())
    }

    #[test]
    fn places_are_written_as_errors_write_them() {
        for (text, wanted) in [
            ("", vec![]),
            ("subject", vec!["subject"]),
            ("chain[0]", vec!["chain", "#0"]),
            ("a.b[1][20].c_d", vec!["a", "b", "#1", "#20", "c_d"]),
        ] {
            assert_eq!(steps(text), Some(wanted.into_iter().map(str::to_owned).collect()), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_place() {
        let long = "a".repeat(MAX_FIELD.saturating_add(1));
        let deep = format!("a{}", "[0]".repeat(MAX_DEPTH));
        for text in [
            ".",
            "a.",
            ".a",
            "a..b",
            "[0]",
            "a[",
            "a[]",
            "a]",
            "a[0",
            "a[-1]",
            "a[+1]",
            "a[0]b",
            "a[0].",
            "a[99999999999999999999]",
            &long,
            &deep,
        ] {
            assert!(steps(text).is_none(), "{text}");
        }
    }
}
