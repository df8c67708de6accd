//! The disagreements that are known, each with its reason: `fuzz/disagreements.json`.

use super::condition;
use super::question::{Question, Verdict};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::{env, fmt, fs};

/// The folder for disagreements that are not in the table. Where it is named, the target goes on after one.
const COLLECT: &str = "SEALWRIGHT_DISAGREEMENTS";

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../disagreements.json")).expect("fuzz/disagreements.json")
});

/// Who disagrees with the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// OpenSSL.
    Openssl,
    /// rustls-webpki.
    Webpki,
}

/// One kind of disagreement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Those who disagree in this way.
    peers: Vec<Peer>,
    /// The errors of the peer, where the engine accepts.
    #[serde(default)]
    theirs: Vec<String>,
    /// The codes of the engine's errors, where the peer accepts.
    #[serde(default)]
    ours: Vec<String>,
    /// What the detail of the engine's error says.
    detail: Option<String>,
    /// The strict rules alone, or the others.
    strict: Option<bool>,
    /// What is so about the path: all of these conditions, by their names in `condition.rs`.
    #[serde(default)]
    when: Vec<String>,
    /// Why both are as they are, or who is wrong, in a sentence, with the section.
    reason: String,
}

/// A path about which the engine and a peer disagree.
#[derive(Debug)]
pub struct Disagreement {
    peer: Peer,
    question: Question,
    ours: Verdict,
    theirs: Verdict,
}

impl Disagreement {
    /// The question is about one path alone.
    #[must_use]
    pub const fn new(peer: Peer, question: Question, ours: Verdict, theirs: Verdict) -> Self {
        Self { peer, question, ours, theirs }
    }

    /// Whether the table has the reason.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.reason().is_some()
    }

    /// The reason in the table.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        TABLE.iter().find(|entry| self.is_one(entry)).map(|entry| entry.reason.as_str())
    }

    fn is_one(&self, entry: &Entry) -> bool {
        let errors = match (&self.ours, &self.theirs) {
            (Verdict::Accepted(_), Verdict::Refused(error, _)) => entry.theirs.contains(error),
            (Verdict::Refused(code, detail), Verdict::Accepted(_)) => {
                entry.ours.contains(code)
                    && entry.detail.as_ref().is_none_or(|wanted| detail.contains(wanted))
            }
            _ => false,
        };
        errors
            && entry.peers.contains(&self.peer)
            && entry.strict.is_none_or(|strict| strict == self.question.strict)
            && entry.when.iter().all(|name| condition::holds(name, &self.question) == Some(true))
    }

    /// Tells of one that is not in the table.
    ///
    /// # Panics
    /// Always, unless they are collected.
    pub fn report(&self) {
        let collected = env::var_os(COLLECT).map(PathBuf::from);
        let folder = collected.clone().unwrap_or_else(|| env::temp_dir().join("sealwright-disagreements"));
        let path = folder.join(format!("{}.txt", self.kind()));
        if collected.is_none() || !path.exists() {
            fs::create_dir_all(&folder).expect("the folder for disagreements");
            fs::write(&path, format!("{self}\n{}", self.question.pem())).expect("the disagreement");
        }
        assert!(
            collected.is_some(),
            "{self}\nthe certificates are in {}. Find out who is right (CONTRIBUTING, \"The differential fuzz \
             target\"): mend core/src/path, or write the reason into fuzz/disagreements.json",
            path.display()
        );
    }

    /// A name for all that are alike on the surface.
    fn kind(&self) -> String {
        let phrase = |detail: &str| {
            detail.chars().filter(|own| !own.is_ascii_digit()).rev().take(90).collect::<Vec<_>>()
        };
        let verdict = |verdict: &Verdict| match verdict {
            Verdict::Accepted(_) => "accepted".to_owned(),
            Verdict::Refused(code, detail) if code.starts_with("path_") => {
                format!("{code}-{}", phrase(detail).into_iter().rev().collect::<String>())
            }
            Verdict::Refused(code, _) => code.clone(),
        };
        let name = format!(
            "{:?}-{}-ours-{}-theirs-{}",
            self.peer,
            if self.question.strict { "strict" } else { "path" },
            verdict(&self.ours),
            verdict(&self.theirs)
        );
        name.chars().map(|own| if own.is_ascii_alphanumeric() || own == '-' { own } else { '_' }).collect()
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Question { strict, purpose, host, .. } = &self.question;
        let rules = if *strict { "rfc5280" } else { "path" };
        writeln!(f, "a disagreement for which fuzz/disagreements.json has no reason")?;
        writeln!(f, "rules {rules}, purpose {purpose:?}, host {host:?}")?;
        writeln!(f, "ours: {}", self.ours)?;
        write!(f, "{:?}: {}", self.peer, self.theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_says_why() {
        for entry in TABLE.iter() {
            let reason = &entry.reason;
            assert!(reason.len() > 30, "{entry:?} has no reason");
            assert!(!entry.peers.is_empty() && entry.theirs.is_empty() != entry.ours.is_empty(), "{reason}");
            for name in &entry.when {
                assert!(condition::is_known(name), "{reason}: no condition `{name}`");
            }
            // What we accept and others refuse is what attackers look for.
            assert!(!entry.ours.is_empty() || !entry.when.is_empty(), "{reason}: narrow it by a condition");
        }
    }
}
