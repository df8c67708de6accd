//! What commands print: text for people, one JSON value for machines.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

pub(super) use crate::ambient::date;
use crate::guest;

/// What the host itself finds, with a code as the engine's errors have one.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) detail: String,
    /// As the engine's.
    pub(super) at: String,
}

/// The code of an error, and what it is about, if it is one of the engine's or of the host's own.
fn refusal(error: &anyhow::Error) -> Option<(&str, Option<&str>)> {
    let own = error.chain().find_map(|cause| cause.downcast_ref::<Refusal>());
    let own = own.map(|own| (own.code, Some(own.at.as_str())));
    own.or_else(|| guest::refusal(error).map(|refused| (refused.code.as_str(), refused.at.as_deref())))
}

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// JSON or text.
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads what is printed.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Prints the result of a command, once, as it is wanted.
    pub(super) fn result(self, json: &Value, text: impl FnOnce() -> String) {
        let line = if self.json { json.to_string() } else { text() };
        // A reader that went away (`| head`) is no error.
        let _ = writeln!(std::io::stdout(), "{}", line.trim_end());
    }

    /// Tells a program what it waits for, as one line; for people it is in the log.
    pub(super) fn event(self, json: &Value) {
        if self.json {
            let _ = writeln!(std::io::stdout(), "{json}");
        }
    }

    /// Prints why the arguments cannot be read; gives clap's exit code.
    pub(super) fn usage(self, error: &clap::Error) -> ExitCode {
        let text = error.to_string();
        let detail = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
        self.event(&json!({ "error": { "code": "usage", "detail": detail } }));
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    }

    /// Tells a person what is going on; machines are not bothered.
    pub(super) fn step(self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Prints why a command failed.
    pub(super) fn error(self, error: &anyhow::Error) {
        if self.json {
            let (code, at) = refusal(error).unwrap_or(("failed", None));
            let mut value = json!({ "error": { "code": code, "detail": format!("{error:#}") } });
            if let Some(at) = at {
                value["error"]["at"] = json!(at);
            }
            let _ = writeln!(std::io::stdout(), "{value}");
        } else {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
        }
    }
}

/// Rows in columns as wide as their widest cell.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What people look for first; the rest follows by name.
const FIRST: [&str; 11] = [
    "kind",
    "state",
    "name",
    "subject",
    "issuer",
    "serial",
    "not_before",
    "not_after",
    "oid",
    "critical",
    "value",
];

/// A JSON value as indented text, for values whose shape is the engine's business.
pub(super) fn tree(value: &Value) -> String {
    let mut text = String::new();
    write_tree(&mut text, value, 0);
    text
}

fn write_tree(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
            fields.sort_by_key(|(name, _)| rank(name));
            fields.iter().for_each(|(name, value)| write_field(text, name, value, depth));
        }
        Value::Array(list) => list.iter().for_each(|item| write_item(text, item, depth)),
        other => text.push_str(&format!("{}{}\n", indent(depth), leaf("", other))),
    }
}

fn write_field(text: &mut String, name: &str, value: &Value, depth: usize) {
    let label = name.replace('_', " ");
    if is_nested(value) {
        text.push_str(&format!("{}{label}:\n", indent(depth)));
        write_tree(text, value, depth + 1);
    } else {
        text.push_str(&format!("{}{label}: {}\n", indent(depth), leaf(name, value)));
    }
}

fn write_item(text: &mut String, item: &Value, depth: usize) {
    let mut part = String::new();
    write_tree(&mut part, item, depth + 1);
    text.push_str(&format!("{}- {}", indent(depth), part.trim_start()));
}

fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => list.iter().any(|item| item.is_object() || item.is_array()),
        _ => false,
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

fn leaf(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\n') => text.trim_end().replace('\n', "\n    "),
        Value::String(text) => text.clone(),
        Value::Number(number)
            if ["from", "expires", "verifies_until"].contains(&name)
                || ["not_before", "not_after", "_at", "_update"].iter().any(|end| name.ends_with(end)) =>
        {
            number.as_u64().map_or_else(|| number.to_string(), date)
        }
        Value::Array(items) => items.iter().map(|item| leaf("", item)).collect::<Vec<_>>().join(", "),
        Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(table(&[row(["a", "bb"]), row(["ccc", "d"])]), "a    bb\nccc  d");
    }

    #[test]
    fn trees_are_readable() {
        let value = json!({
            "kind": "certificate", "not_before": 0, "none": null, "last_not_after": 0, "expiries": [{ "from": 0 }],
            "key_usage": ["a", "b"], "extensions": [{ "name": "x", "critical": true }],
        });
        let text = tree(&value);
        assert!(text.contains("kind: certificate\n"), "{text}");
        assert!(text.contains("not before: 1970-01-01T00:00:00Z\n"), "{text}");
        assert!(text.contains("last not after: 1970-01-01") && text.contains("- from: 1970-01-01"), "{text}");
        assert!(text.contains("key usage: a, b\n"), "{text}");
        assert!(text.contains("extensions:\n  - "), "{text}");
        assert!(!text.contains("none"), "{text}");
    }
}
