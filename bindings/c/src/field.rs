//! Where in a request or response something stands, as errors say it in `at`: `subject`, `chain.0`,
//! `authority.generations.1.id`; and `claims["https://example.com/role"]` for a name that would be read otherwise.

use std::borrow::Cow;

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
    Name(Cow<'a, str>),
    /// Into a list, whose first item is 0.
    Index(usize),
}

impl<'a> Field<'a> {
    /// Names and the numbers of items with periods between them, and names as JSON strings in brackets; nothing is the
    /// whole.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_FIELD {
            return Err(invalid("found a field of more than 1024 bytes"));
        }
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = match rest.strip_prefix('[') {
                Some(inside) => bracket(inside)?,
                None => name(rest, steps.is_empty())?,
            };
            steps.push(step);
            rest = after;
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

/// A name or the number of an item, up to the next period or bracket. All but the first have a period before them.
fn name(text: &str, is_first: bool) -> Result<(Step<'_>, &str), Error> {
    let text = if is_first { Some(text) } else { text.strip_prefix('.') };
    let text = text.filter(|text| !text.is_empty() && !text.starts_with(['.', '[', ']']));
    let text =
        text.ok_or_else(|| invalid("wanted a field as in subject, chain.0 or authority.generations.1.id"))?;
    let (name, rest) = text.split_at(text.find(['.', '[', ']']).unwrap_or(text.len()));
    if rest.starts_with(']') {
        return Err(invalid("found a bracket that closes and none that opens"));
    }
    if name.bytes().any(|octet| !octet.is_ascii_digit()) {
        return Ok((Step::Name(Cow::Borrowed(name)), rest));
    }
    if name.len() > 1 && name.starts_with('0') {
        return Err(invalid("found the number of an item with a zero before it"));
    }
    let index = name.parse().map_err(|_| invalid("found the number of an item that no list can have"))?;
    Ok((Step::Index(index), rest))
}

/// What stands in brackets: a name as a JSON string.
fn bracket(inside: &str) -> Result<(Step<'_>, &str), Error> {
    let mut strings = serde_json::Deserializer::from_str(inside).into_iter::<String>();
    let name = strings.next().and_then(Result::ok).filter(|_| inside.starts_with('"'));
    let rest = inside.get(strings.byte_offset()..).and_then(|rest| rest.strip_prefix(']'));
    let (Some(name), Some(rest)) = (name, rest) else {
        return Err(invalid(
            r#"wanted a name as a JSON string in brackets, as in claims["example.com/role"]"#,
        ));
    };
    Ok((Step::Name(Cow::Owned(name)), rest))
}

fn invalid(detail: &str) -> Error {
    Error::new(ErrorCode::ArgumentInvalid, detail).at("field")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Option<Vec<String>> {
        let step = |step: &Step| match step {
            Step::Name(name) => name.clone().into_owned(),
            Step::Index(index) => format!("#{index}"),
        };
        Field::parse(text).ok().map(|field| field.steps().iter().map(step).collect())
    }

    #[test]
    fn places_are_written_as_errors_write_them() {
        for (text, wanted) in [
            ("", vec![]),
            ("subject", vec!["subject"]),
            ("chain.0", vec!["chain", "#0"]),
            ("a.b.1.20.c_d", vec!["a", "b", "#1", "#20", "c_d"]),
            ("0", vec!["#0"]),
            ("a0", vec!["a0"]),
            (r#"a["0"]"#, vec!["a", "0"]),
            (r#"a["b.c[0]"].2[""].d"#, vec!["a", "b.c[0]", "#2", "", "d"]),
            (r#"["a\"]b\u0000"].c"#, vec!["a\"]b\0", "c"]),
        ] {
            assert_eq!(steps(text), Some(wanted.into_iter().map(str::to_owned).collect()), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_place() {
        let long = "a".repeat(MAX_FIELD.saturating_add(1));
        let deep = format!("a{}", ".0".repeat(MAX_DEPTH));
        let quoted =
            [r#"a["b"#, r#"a["b""#, r#"a[b"]"#, r#"a["b"]c"#, r#"a.["b"]"#, r#"a[ "b"]"#, r#"a["b" ]"#];
        let plain = [
            ".",
            "a.",
            ".a",
            "a..b",
            "[0]",
            "a[",
            "a[]",
            "a]",
            "a[0]",
            "a.00",
            "a.01",
            "a.99999999999999999999",
        ];
        for text in plain.into_iter().chain(quoted).chain([long.as_str(), &deep]) {
            assert!(steps(text).is_none(), "{text}");
        }
    }
}
