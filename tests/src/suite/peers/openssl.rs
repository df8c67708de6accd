//! `openssl verify`, a process for each case.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::Verdicts;
use crate::suite::{Case, Question};

pub(super) fn judge(cases: &[Case]) -> Result<Verdicts> {
    let folder = tempfile::tempdir()?;
    cases.iter().map(|case| accepts(&case.question, folder.path()).map(Some)).collect()
}

fn accepts(question: &Question, folder: &Path) -> Result<bool> {
    for (name, pem) in [
        ("leaf.pem", question.certificate.clone()),
        ("anchors.pem", question.anchors.concat()),
        ("between.pem", question.intermediates.concat()),
        ("lists.pem", question.crls.concat()),
    ] {
        fs::write(folder.join(name), pem)?;
    }
    let mut command = Command::new("openssl");
    command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    // Limbo's anchors may be any certificates.
    command.args(["verify", "-x509_strict", "-partial_chain", "-no-CApath", "-no-CAstore"]);
    command.args(["-CAfile", "anchors.pem", "-untrusted", "between.pem"]);
    command.args(["-attime", &question.now.to_string()]);
    if !question.crls.is_empty() {
        command.args(["-crl_check_all", "-extended_crl", "-use_deltas", "-CRLfile", "lists.pem"]);
    }
    command.args(purpose(question.purpose));
    if let Some(depth) = question.max_depth() {
        command.args(["-verify_depth", &depth.to_string()]);
    }
    for policy in question.policies() {
        command.args(["-policy", policy]);
    }
    for (flag, option) in [
        ("require_explicit_policy", "-explicit_policy"),
        ("inhibit_policy_mapping", "-inhibit_map"),
        ("inhibit_any_policy", "-inhibit_any"),
    ] {
        if question.flag(flag) {
            command.args(["-policy_check", option]);
        }
    }
    // It takes one name of each form; what it says of all is what it says of each.
    let names = question.names();
    let (first, others) =
        names.split_first().map_or((None, &[][..]), |(first, others)| (Some(first), others));
    command.args(first.into_iter().flat_map(name));
    let accepted = command.arg("leaf.pem").status().context("openssl")?.success();
    Ok(accepted && others.iter().all(|other| matches(other, folder)))
}

fn purpose(purpose: &str) -> &'static [&'static str] {
    match purpose {
        "tls_server" => &["-purpose", "sslserver"],
        "device_client" => &["-purpose", "sslclient"],
        _ => &[],
    }
}

fn name<'a>((form, value): &(&str, &'a str)) -> [&'a str; 2] {
    match *form {
        "ip" => ["-verify_ip", value],
        "email" => ["-verify_email", value],
        _ => ["-verify_hostname", value],
    }
}

/// Whether the certificate has one more name.
fn matches((form, value): &(&str, &str), folder: &Path) -> bool {
    let option = match *form {
        "ip" => "-checkip",
        "email" => "-checkemail",
        _ => "-checkhost",
    };
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(["x509", "-in", "leaf.pem", "-noout", option, value])
        .output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("does match"))
}
