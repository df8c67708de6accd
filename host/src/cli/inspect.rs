//! `sealwright inspect`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::Args;
use serde_json::{Value, json};

use super::output::{self, Output};
use crate::keystore::KeyStore;

/// Show what is in a certificate, request, key, revocation list or CMS message, PEM or DER
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright inspect certificate.pem
  openssl s_client -connect example.org:443 </dev/null | sealwright inspect -")]
pub(super) struct InspectArgs {
    /// The file, or - for standard input
    file: PathBuf,
}

/// Runs the command.
pub(super) async fn run(args: InspectArgs, output: Output) -> anyhow::Result<()> {
    let bytes = super::read_input(&args.file)?;
    let guest = super::guest_without_data().await?;
    let request = json!({ "input": as_input(&bytes) });
    let keys = Arc::new(KeyStore::in_memory());
    let found: Value = guest
        .call("inspect", request, &keys.granting(&[]))
        .await
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    output.result(&found, || {
        let objects = found["objects"].as_array().map(Vec::as_slice).unwrap_or_default();
        objects.iter().map(output::tree).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

/// PEM as it is, all else as bytes.
fn as_input(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => text.to_owned(),
        _ => Base64UrlUnpadded::encode_string(bytes),
    }
}
