//! Where in a request something lies, as errors say it in `at`: `subject`, `chain.0`, `claims["example.com/role"]`.
//!
//! Names that are no identifiers stand as JSON strings in brackets: whoever chose them, they are told from the names
//! and numbers around them, and nothing in them does anything to a terminal or a log.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt::Display;

/// The longest step that is told, in bytes; what lies deeper is not told either.
const MAX_STEP: usize = 256;

/// A field of an object, whatever its name is; nothing for one that is too long to tell.
pub(crate) fn field(name: &str) -> Option<String> {
    let is_identifier = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
    let step = match name.len() {
        ..=MAX_STEP if is_identifier => name.to_string(),
        ..=MAX_STEP => quoted(name),
        _ => return None,
    };
    (step.len() <= MAX_STEP).then_some(step)
}

/// A place and one within it.
pub(crate) fn join(whole: impl Display, part: &str) -> String {
    let period = if part.starts_with('[') { "" } else { "." };
    format!("{whole}{period}{part}")
}

fn quoted(name: &str) -> String {
    let mut text = String::from("[\"");
    for character in name.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            ' '..='~' => text.push(character),
            _ => character
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| text.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    text.push_str("\"]");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_is_around_them() {
        for (name, wanted) in [
            ("subject", "subject"),
            ("a-b_7", "a-b_7"),
            ("0", r#"["0"]"#),
            ("7a", r#"["7a"]"#),
            ("", r#"[""]"#),
            ("a.b", r#"["a.b"]"#),
            (r#"a"\]"#, r#"["a\"\\]"]"#),
            ("a\n\u{1b}ä\u{202e}😀", r#"["a\u000a\u001b\u00e4\u202e\ud83d\ude00"]"#),
        ] {
            assert_eq!(field(name).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn what_is_too_long_is_not_told() {
        assert!(field(&"a".repeat(MAX_STEP)).is_some());
        for name in ["a".repeat(MAX_STEP.saturating_add(1)), "ä".repeat(MAX_STEP / 4), ".".repeat(1 << 20)] {
            assert_eq!(field(&name), None);
        }
    }

    #[test]
    fn brackets_need_no_period() {
        assert_eq!(join("claims", &field("a.b").unwrap()), r#"claims["a.b"]"#);
        assert_eq!(join("keys.0", "id"), "keys.0.id");
    }
}
