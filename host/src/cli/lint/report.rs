//! Findings, as they are printed.

use std::fmt::Write;

use anyhow::Context;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    /// Worth knowing; nobody has to act
    Notice,
    /// Some program refuses it, or it will break later
    Warning,
    /// It breaks a rule that verifiers enforce, or it cannot work
    Error,
}

impl Severity {
    const fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Finding {
    pub(super) id: String,
    pub(super) severity: Severity,
    pub(super) r#where: String,
    pub(super) detail: String,
    pub(super) remedy: String,
    pub(super) source: String,
}

/// What was looked at.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Object {
    /// `certificate`, `authority`, `settings` and so on.
    pub(super) kind: String,
    /// Where it stood in the request.
    pub(super) at: String,
    /// The file, or the authority of a data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    #[serde(default, skip_serializing)]
    pub(super) input: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    pub(super) findings: Vec<Finding>,
    #[serde(default)]
    pub(super) left_out: usize,
}

impl Object {
    /// The objects of the engine's response.
    ///
    /// # Errors
    /// If the response is not one of `lint`.
    pub(super) fn all(response: &Value) -> anyhow::Result<Vec<Self>> {
        Vec::deserialize(&response["objects"]).context("the engine's findings cannot be read")
    }

    fn heading(&self) -> String {
        let kind = self.kind.replace('_', " ");
        let name = self.name.as_deref().filter(|name| !name.is_empty()).map(|name| format!(" {name}"));
        let file = self.file.as_ref().map(|file| format!(" ({file}, {})", self.at));
        printable(&format!("{kind}{}{}", name.unwrap_or_default(), file.unwrap_or_default()))
    }
}

/// All that was found, and what of it counts.
pub(super) struct Report {
    objects: Vec<Object>,
    least: Severity,
}

impl Report {
    /// A report in which findings from `least` on count.
    pub(super) fn new(objects: Vec<Object>, least: Severity) -> Self {
        Self { objects, least }
    }

    /// Whether nothing that counts was found.
    pub(super) fn is_clean(&self) -> bool {
        self.objects.iter().flat_map(|object| &object.findings).all(|finding| finding.severity < self.least)
    }

    fn count(&self, severity: Severity) -> usize {
        let findings = self.objects.iter().flat_map(|object| &object.findings);
        findings.filter(|finding| finding.severity == severity).count()
    }

    /// Everything, for programs.
    pub(super) fn json(&self) -> Value {
        let [error, warning, notice] =
            [Severity::Error, Severity::Warning, Severity::Notice].map(|severity| self.count(severity));
        let counts = json!({ "error": error, "warning": warning, "notice": notice });
        json!({ "objects": self.objects, "counts": counts, "severity": self.least, "clean": self.is_clean() })
    }

    /// What counts, object by object, for people.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for object in &self.objects {
            let mut counting = object.findings.iter().filter(|found| found.severity >= self.least).peekable();
            if counting.peek().is_none() {
                continue;
            }
            let _ = writeln!(text, "{}", object.heading());
            counting.for_each(|finding| write_finding(&mut text, finding));
            if object.left_out > 0 {
                let _ = writeln!(text, "  and {} more of these", object.left_out);
            }
            text.push('\n');
        }
        text.push_str(&self.summary());
        text
    }

    fn summary(&self) -> String {
        let plural =
            |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let counts = [Severity::Error, Severity::Warning, Severity::Notice]
            .map(|severity| plural(self.count(severity), severity.word()));
        let hidden = match self.least {
            Severity::Notice => "",
            _ if counts[2].starts_with("0 ") => "",
            _ => " (--severity notice shows all)",
        };
        format!("{}: {}{hidden}", plural(self.objects.len(), "object"), counts.join(", "))
    }
}

fn write_finding(text: &mut String, finding: &Finding) {
    let Finding { id, severity, r#where, detail, remedy, source } = finding;
    let at = if r#where.is_empty() { String::new() } else { format!(" at {where}") };
    let _ = writeln!(text, "  {:<8} {id}{at}", severity.word());
    for (label, words) in [("", detail), ("to do: ", remedy), ("source: ", source)] {
        let _ = writeln!(text, "           {label}{}", printable(words));
    }
}

/// A text without what moves a terminal's cursor: names come from strangers.
fn printable(text: &str) -> String {
    let shown =
        |letter: char| if letter.is_control() { letter.escape_default().to_string() } else { letter.into() };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(severity: Severity) -> Object {
        let finding = Finding {
            id: "serial_zero".into(),
            severity,
            r#where: "serialNumber".into(),
            detail: "found 0".into(),
            remedy: "issue it anew".into(),
            source: "RFC 5280".into(),
        };
        Object {
            kind: "certificate_list".into(),
            name: Some("CN=a\u{1b}[2J".into()),
            findings: vec![finding],
            ..Object::default()
        }
    }

    #[test]
    fn what_is_below_the_threshold_is_counted_and_not_shown() {
        let report = Report::new(vec![object(Severity::Notice)], Severity::Warning);
        assert!(report.is_clean());
        assert_eq!(report.text(), "1 object: 0 errors, 0 warnings, 1 notice (--severity notice shows all)");
        assert!(!Report::new(vec![object(Severity::Notice)], Severity::Notice).is_clean());
    }

    #[test]
    fn findings_stand_below_their_object_and_move_no_cursor() {
        let text = Report::new(vec![object(Severity::Error)], Severity::Warning).text();
        assert!(
            text.starts_with("certificate list CN=a\\u{1b}[2J\n  error    serial_zero at serialNumber\n"),
            "{text}"
        );
        assert!(text.contains("to do: issue it anew\n") && text.contains("source: RFC 5280\n"), "{text}");
    }
}
