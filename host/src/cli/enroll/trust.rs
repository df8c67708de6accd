//! Whom `enroll` believes: the fingerprint that it is given, or else the roots that it wrote before.

use std::fs;

use anyhow::{Context, bail};

use super::files::Files;
use super::{EnrollArgs, Output, inspect_all};
use crate::client::{CaCertificates, Client};

/// SHA-256 of the certificates that may be trusted, and those that are here; none, if whoever answers is.
///
/// # Errors
/// If a fingerprint is none, or a renewal has nothing to go by.
pub(super) async fn trusted(
    args: &EnrollArgs,
    files: &Files,
    client: &Client,
) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    if let Some(text) = &args.ca_fingerprint {
        return Ok((vec![normal_fingerprint(text)?], Vec::new()));
    }
    let path = files.ca();
    if !args.renew && !path.exists() {
        return Ok((Vec::new(), Vec::new()));
    }
    let without = || format!("cannot tell from {} whom to trust; give --ca-fingerprint", path.display());
    let pem = fs::read_to_string(&path).with_context(without)?;
    let found = inspect_all(client, &pem).await.with_context(without)?;
    let objects = found["objects"].as_array().into_iter().flatten();
    let certificates = objects.filter(|object| object["kind"] == "certificate");
    let trusted: Vec<_> = certificates.filter_map(|one| one["sha256"].as_str()).map(str::to_owned).collect();
    if trusted.is_empty() {
        bail!(without());
    }
    Ok((trusted, blocks(&pem)))
}

/// The certificates in a file, one each.
fn blocks(pem: &str) -> Vec<String> {
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let parts = pem.split_inclusive(end).filter_map(|part| part.find(begin).map(|start| &part[start..]));
    parts.filter(|part| part.ends_with(end)).map(|part| format!("{part}\n")).collect()
}

fn normal_fingerprint(text: &str) -> anyhow::Result<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    if digits.len() != 64 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        bail!("{text:?} is not a SHA-256 fingerprint: wanted 64 hex digits");
    }
    Ok(digits.to_ascii_lowercase())
}

/// Says what was checked.
pub(super) fn tell(args: &EnrollArgs, known: bool, ca: &CaCertificates, output: Output) {
    if args.ca_fingerprint.is_some() {
        return output.step("the authority's fingerprint is the right one");
    }
    if known {
        return output.step("the authority is the one in ca.pem");
    }
    let found = ca.trust_anchor.as_deref().unwrap_or("unknown");
    output.step(&format!(
        "warning: the authority was not checked; its SHA-256 is {found}\n         \
         compare it with the one that `sealwright init` printed"
    ));
}

/// Says what to do when there is another root than the one before.
pub(super) fn with_way_out(error: anyhow::Error, args: &EnrollArgs, files: &Files) -> anyhow::Error {
    let is_stranger =
        crate::guest::refusal(&error).is_some_and(|refused| refused.at.as_deref() == Some("trusted_sha256"));
    if !is_stranger || args.ca_fingerprint.is_some() {
        return error;
    }
    error.context(format!(
        "the server's certificates do not lead to {}; if its root was replaced, get the new one's \
         fingerprint from whoever runs it, and give it with --ca-fingerprint",
        files.ca().display()
    ))
}
