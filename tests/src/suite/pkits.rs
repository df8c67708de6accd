//! NIST PKITS: every step of RFC 5280 section 6, in 249 runs.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Case, Question, data, minted::pem, read_json, texts};
use crate::peer;

/// Within the years of its certificates, which end in 2030.
const NOW: u64 = 1_600_000_000;

/// The runs; nothing if the certificates, which come with pyca's package of vectors, are not installed.
///
/// # Errors
/// If the files are not the suite.
pub fn load() -> Result<Option<Vec<Case>>> {
    let Some(files) = peer::find_python_file("cryptography_vectors/x509/PKITS_data") else { return Ok(None) };
    let suite = read_json(&data("suites/pkits.json"))?;
    let runs = suite["tests"].as_array().context("pkits.json has no tests")?;
    Ok(Some(runs.iter().map(|run| read(run, &files)).collect::<Result<_>>()?))
}

fn read(run: &Value, data: &Path) -> Result<Case> {
    let certificates = files(data, "certs", "crt", "CERTIFICATE", &texts(&run["certs"])?)?;
    let [anchor, intermediates @ .., certificate] = certificates.as_slice() else {
        anyhow::bail!("found a run without certificates: {run}");
    };
    let question = Question {
        now: NOW,
        certificate: certificate.clone(),
        intermediates: intermediates.to_vec(),
        anchors: vec![anchor.clone()],
        crls: files(data, "crls", "crl", "X509 CRL", &texts(&run["crls"])?)?,
        purpose: "any",
        identities: Vec::new(),
        policy: policy(run)?,
    };
    let (number, name) = (super::text(&run["test_number"])?, super::text(&run["name"])?);
    let wanted = run["should_validate"].as_bool().context("should_validate")?;
    Ok(Case { id: format!("pkits {number} {name}"), wanted, question })
}

/// Validation alone: PKITS has certificates that section 4 does not allow, such as those with negative serial numbers.
fn policy(run: &Value) -> Result<Value> {
    let flag = |name: &str| run[name].as_bool().unwrap_or(false);
    let mut policy = json!({
        "rules": "path", "revocation": "required",
        "require_explicit_policy": flag("SetInitialExplicitPolicy"),
        "inhibit_policy_mapping": flag("SetInitialPolicyMappingInhibit"),
        "inhibit_any_policy": flag("SetInitialInhibitAnyPolicy"),
    });
    let names = texts(&run["SetInitialPolicySet"])?;
    if !names.is_empty() {
        let policies = names.iter().flat_map(|names| names.split(',')).map(oid);
        policy["policies"] = json!(policies.collect::<Result<Vec<_>>>()?);
    }
    Ok(policy)
}

/// `NIST-test-policy-1` by its number (PKITS, appendix).
fn oid(name: &str) -> Result<String> {
    match name.strip_prefix("NIST-test-policy-") {
        Some(number) => Ok(format!("2.16.840.1.101.3.2.1.48.{number}")),
        None => anyhow::bail!("found the policy {name:?}"),
    }
}

fn files(data: &Path, folder: &str, extension: &str, label: &str, names: &[String]) -> Result<Vec<String>> {
    let read = |name: &String| {
        let path = data.join(folder).join(format!("{name}.{extension}"));
        let der = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
        Ok(pem(label, &der))
    };
    names.iter().map(read).collect()
}
