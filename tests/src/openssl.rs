//! OpenSSL as the judge of certificates.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::tool;

/// Runs `openssl` and gives its output as text.
pub fn run(arguments: &[&str], folder: &Path, input: &[u8]) -> Result<String> {
    Ok(String::from_utf8_lossy(&tool::run("openssl", arguments, folder, input)?).trim().to_owned())
}

/// Verifies `certificate` (PEM) up to `root` with the intermediates given, by every check that OpenSSL has
/// for X.509 syntax (`-x509_strict`).
pub fn verify(certificate: &str, intermediates: &[String], root: &str, folder: &Path) -> Result<()> {
    for (name, pem) in [("leaf.pem", certificate), ("root.pem", root), ("chain.pem", &intermediates.concat())]
    {
        std::fs::write(folder.join(name), pem)?;
    }
    let mut arguments = vec!["verify", "-x509_strict", "-no-CApath", "-CAfile", "root.pem"];
    if !intermediates.is_empty() {
        arguments.extend(["-untrusted", "chain.pem"]);
    }
    arguments.push("leaf.pem");
    let said = run(&arguments, folder, &[])?;
    ensure!(said == "leaf.pem: OK", "found {said}");
    Ok(())
}

/// The subject of a certificate as RFC 2253 text.
pub fn subject(certificate: &str, folder: &Path) -> Result<String> {
    run(&["x509", "-noout", "-subject", "-nameopt", "RFC2253"], folder, certificate.as_bytes())
}

/// The public key in a certificate (PEM).
pub fn public_key(certificate: &str, folder: &Path) -> Result<String> {
    run(&["x509", "-noout", "-pubkey"], folder, certificate.as_bytes())
}

/// The public half of a private key in a file (PEM).
pub fn public_half(key: &Path, folder: &Path) -> Result<String> {
    let key = std::fs::read(key)?;
    run(&["pkey", "-pubout"], folder, &key)
}
