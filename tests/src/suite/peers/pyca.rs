//! pyca/cryptography's verifier, all cases in one process.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Verdicts;
use crate::server::text;
use crate::suite::{Case, Question};
use crate::{peer, tool};

const SCRIPT: &str = include_str!("pyca.py");

pub(super) fn judge(cases: &[Case]) -> Result<Verdicts> {
    let python = peer::find_python("python").context("cargo xtask setup installs it")?;
    let asked: Vec<_> = cases.iter().map(|case| asked(&case.question)).collect();
    let input = Value::from(asked).to_string();
    let folder = tempfile::tempdir()?;
    let printed = tool::run(text(&python), &["-c", SCRIPT], folder.path(), input.as_bytes())?;
    let verdicts: Verdicts = serde_json::from_slice(&printed)?;
    ensure!(verdicts.len() == cases.len(), "found {} verdicts", verdicts.len());
    Ok(verdicts)
}

/// It knows no revocation lists, no policies, and one name of a server; a client it verifies without a name.
fn asked(question: &Question) -> Value {
    let names = question.names();
    let can_be_asked = match (question.purpose, names.as_slice()) {
        ("device_client", []) => true,
        ("device_client", _) => false,
        (_, [(form, _)]) => matches!(*form, "dns" | "ip"),
        _ => false,
    };
    if !can_be_asked || !question.crls.is_empty() || question.is_about_policies() {
        return Value::Null;
    }
    json!({
        "now": question.now, "certificate": question.certificate, "intermediates": question.intermediates,
        "anchors": question.anchors, "max_depth": question.max_depth(), "name": names.first(),
    })
}
