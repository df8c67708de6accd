//! Other people's suites of certification paths as data, and whether somebody's verdicts agree with them.
//!
//! A suite is a list of [`Case`]s; who judges is a function from a [`Question`] to a verdict, so that the engine and its
//! peers answer the same questions. Where the engine disagrees, a file says why, by name; see [`exceptions`].

pub mod exceptions;
pub mod hostile;
pub mod limbo;
pub mod minted;
pub mod peers;
pub mod pkits;
pub mod reasons;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sealwright_core::KeyRing;
use serde_json::{Value, json};

use crate::peer;

/// One case of a suite.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, unique over all suites: `limbo …`, `pkits …`.
    pub id: String,
    /// Whether the path is to be accepted.
    pub wanted: bool,
    /// What is asked.
    pub question: Question,
}

/// What a case asks of a verifier.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Unix seconds.
    pub now: u64,
    /// PEM.
    pub certificate: String,
    /// PEM.
    pub intermediates: Vec<String>,
    /// PEM.
    pub anchors: Vec<String>,
    /// PEM.
    pub crls: Vec<String>,
    /// As `verify_path` names them.
    pub purpose: &'static str,
    /// `dns:…` and so on; the certificate must be all of them.
    pub identities: Vec<String>,
    /// As `verify_path` takes it.
    pub policy: Value,
}

/// Accepted, or the code and the detail of the error.
pub type Verdict = Result<(), (String, String)>;

/// What a verifier said about a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The case.
    pub id: String,
    /// What was wanted.
    pub wanted: bool,
    /// What came.
    pub verdict: Verdict,
}

impl Outcome {
    /// Whether it is what was wanted.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.wanted == self.verdict.is_ok()
    }
}

/// Asks somebody about every case.
pub fn judge(cases: &[Case], verifier: impl Fn(&Question) -> Verdict) -> Vec<Outcome> {
    let judge =
        |case: &Case| Outcome { id: case.id.clone(), wanted: case.wanted, verdict: verifier(&case.question) };
    cases.iter().map(judge).collect()
}

impl Question {
    /// The requests that ask it: one, or one for each name that has to be there.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        let request = |identities: &[String]| {
            let anchors: Vec<_> = self.anchors.iter().map(|pem| json!({ "certificate": pem })).collect();
            json!({
                "op": "verify_path", "now": self.now, "certificate": self.certificate,
                "intermediates": self.intermediates, "anchors": anchors, "crls": self.crls,
                "purpose": self.purpose, "identities": identities, "policy": self.policy,
            })
        };
        match self.identities.as_slice() {
            [] => vec![request(&[])],
            all => all.chunks(1).map(request).collect(),
        }
    }
}

/// The engine's own verdict, through its one door.
pub fn ours(question: &Question) -> Verdict {
    let ring = KeyRing::new();
    for request in question.requests() {
        let outcome = sealwright_core::call(request.to_string().as_bytes(), &ring);
        if outcome.status != 0 {
            let body: Value = serde_json::from_slice(&outcome.body).unwrap_or_default();
            let text = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
            return Err((text("code"), text("detail")));
        }
    }
    Ok(())
}

/// The rules of the Public Suffix List, which some cases are about.
///
/// # Errors
/// If the list is there and cannot be read.
pub fn public_suffixes() -> Result<Option<Vec<String>>> {
    let Some(path) = peer::find_python_file("publicsuffixlist/public_suffix_list.dat") else {
        return Ok(None);
    };
    let list = std::fs::read_to_string(path)?;
    let is_rule = |line: &&str| !line.is_empty() && !line.starts_with("//") && line.is_ascii();
    Ok(Some(list.lines().filter(is_rule).map(ToOwned::to_owned).collect()))
}

/// A file of `tests/data`.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn read_json(path: &Path) -> Result<Value> {
    let text = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{}", path.display()))
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(ToOwned::to_owned).with_context(|| format!("found {value}, wanted a text"))
}

fn texts(value: &Value) -> Result<Vec<String>> {
    value.as_array().into_iter().flatten().map(text).collect()
}
