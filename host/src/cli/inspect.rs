//! `sealwright inspect`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::Args;
use serde_json::{Value, json};

use super::output::{self, Output};
use crate::guest::{CallError, Guest};
use crate::keystore::KeyStore;

/// Show what is in a certificate, request, key, revocation list, keystore, OCSP or CMS message
///
/// PEM or DER. With --password-file an encrypted key or a keystore (PKCS#12, JKS, JCEKS) is opened, and what is in it is
/// shown: no secret is printed. Everything happens in a sandbox.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright inspect certificate.pem
  sealwright inspect signing.p12 --password-file password.txt
  openssl s_client -connect example.org:443 </dev/null | sealwright inspect -")]
pub(super) struct InspectArgs {
    /// The file, or - for standard input
    file: PathBuf,
    /// A file with the password of the key or keystore
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// Runs the command.
pub(super) async fn run(args: InspectArgs, output: Output) -> anyhow::Result<()> {
    let bytes = super::read_input(&args.file)?;
    let guest = super::guest_without_data().await?;
    let read = || format!("cannot read {}", args.file.display());
    let mut found = call(&guest, "inspect", json!({ "input": as_input(&bytes) })).await.with_context(read)?;
    if let Some(file) = &args.password_file {
        let password = super::password(file)?;
        open(&guest, &bytes, &password, &mut found).await.with_context(read)?;
    }
    output.result(&found, || {
        let objects = found["objects"].as_array().map(Vec::as_slice).unwrap_or_default();
        objects.iter().map(output::tree).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

async fn call(guest: &Guest, operation: &'static str, request: Value) -> Result<Value, CallError> {
    guest.call(operation, request, &Arc::new(KeyStore::in_memory()).granting(&[])).await
}

/// Adds what a password opens to what was found; of a private key all but the key.
async fn open(guest: &Guest, bytes: &[u8], password: &str, found: &mut Value) -> anyhow::Result<()> {
    let object = &mut found["objects"][0];
    let file = || Base64UrlUnpadded::encode_string(bytes);
    let (operation, request) = match object["kind"].as_str() {
        Some("pkcs12") => ("read_pkcs12", json!({ "pkcs12": file(), "password": password })),
        Some("jks") => ("read_jks", json!({ "jks": file(), "password": password })),
        Some(kind) if kind.contains("private_key") => {
            ("read_private_key", json!({ "input": as_input(bytes), "password": password }))
        }
        kind => bail!("found {}, which no password opens", kind.unwrap_or("something")),
    };
    let mut opened = call(guest, operation, request).await?;
    without_secrets(&mut opened);
    for store in ["entries", "certificates"] {
        for entry in opened[store].as_array_mut().into_iter().flatten() {
            if let Some(certificate) = entry["certificate"].as_str() {
                let input = json!({ "input": certificate });
                entry["certificate"] = call(guest, "inspect", input).await?["objects"][0].take();
            }
        }
    }
    object["opened"] = opened;
    Ok(())
}

/// Takes out what is secret, wherever it stands.
fn without_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for secret in ["private_key", "state"] {
                if fields.get(secret).is_some_and(|secret| !secret.is_null()) {
                    fields.insert(secret.to_owned(), "(not shown)".into());
                }
            }
            fields.values_mut().for_each(without_secrets);
        }
        Value::Array(items) => items.iter_mut().for_each(without_secrets),
        _ => {}
    }
}

/// PEM as it is, all else as bytes.
pub(super) fn as_input(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => text.to_owned(),
        _ => Base64UrlUnpadded::encode_string(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out() {
        let mut value = json!({ "entries": [{ "private_key": "PEM", "friendly_name": "a" }], "state": null });
        without_secrets(&mut value);
        let entry = json!({ "private_key": "(not shown)", "friendly_name": "a" });
        assert_eq!(value, json!({ "entries": [entry], "state": null }));
    }
}
