//! pkilint's linters: what they find in what we made.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::server::text;
use crate::tool;

/// The codes that a linter gives for a file of `folder`, `WARNING` and worse. `more` goes to its `lint` command.
pub fn findings(linter: &Path, more: &[&str], file: &str, folder: &Path) -> Result<BTreeSet<String>> {
    // It ends with the number of findings, so that the exit status says nothing more.
    let script = format!("\"$0\" lint -s WARNING -f JSON {} {file} || [ $? -lt 100 ]", more.join(" "));
    let printed = tool::run("sh", &["-c", &script, text(linter)], folder, &[])?;
    let report: Value = serde_json::from_slice(&printed)
        .with_context(|| format!("pkilint printed {}", String::from_utf8_lossy(&printed)))?;
    let results = report["results"].as_array().context("no results")?;
    let findings = results.iter().filter_map(|result| result["finding_descriptions"].as_array()).flatten();
    Ok(findings.map(describe).collect())
}

fn describe(finding: &Value) -> String {
    finding["code"].as_str().map_or_else(|| finding.to_string(), str::to_owned)
}
