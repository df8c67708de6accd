//! `sealwright certificates`: the inventory.

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

use super::output::{self, Output};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::store::{Certificate, Filter, Store};

/// See the certificates that were issued
#[derive(Subcommand)]
pub(super) enum CertificatesCommand {
    List(ListArgs),
    Show(ShowArgs),
}

/// List certificates, newest first
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright certificates list --data ./ca
  sealwright certificates list --data ./ca --search laptop --expires-within-days 30
  sealwright certificates list --data ./ca --json | jq -r '.certificates[].serial'")]
pub(super) struct ListArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Only those with this text in subject, names, device, user, serial or transaction id
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those of this profile, such as device-identity
    #[arg(long)]
    profile: Option<String>,
    /// Only those that end within so many days
    #[arg(long, value_name = "DAYS")]
    expires_within_days: Option<u64>,
    /// How many at most, the newest; if there are more, it is said ("more" in JSON)
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Show one certificate with everything that is recorded about it
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright certificates show 6d2eba365984296ff1cd2563c38c8c8493ebcfc1 --data ./ca
  sealwright certificates show 5f:0c:... --data ./ca --json | jq -r .pem")]
pub(super) struct ShowArgs {
    /// Its serial or its SHA-256, hex
    id: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Runs the command. The store alone is opened: no key is needed to look.
pub(super) async fn run(command: CertificatesCommand, output: Output) -> anyhow::Result<()> {
    match command {
        CertificatesCommand::List(args) => list(args, output).await,
        CertificatesCommand::Show(args) => show(args, output).await,
    }
}

async fn list(args: ListArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let within = |days: u64| ambient::now().saturating_add(days.saturating_mul(SECONDS_PER_DAY));
    let filter = Filter {
        text: args.search,
        profile: args.profile,
        expires_before: args.expires_within_days.map(within),
        // One more than is shown tells whether there are more.
        limit: args.limit.saturating_add(1),
    };
    let mut found = store.certificates(&filter).await?;
    store.close().await;
    let shown = usize::try_from(args.limit)?;
    let more = found.len() > shown;
    found.truncate(shown);
    output.result(&json!({ "certificates": found, "more": more }), || {
        let header = ["SERIAL", "SUBJECT", "PROFILE", "ISSUED", "EXPIRES", "STATE"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(found.iter().map(row));
        output::table(&rows)
    });
    if more {
        output.step(&format!("only the newest {shown} are shown: --limit shows more, --search narrows"));
    }
    Ok(())
}

fn row(certificate: &Certificate) -> Vec<String> {
    let day = |time| output::date(time).chars().take(10).collect();
    vec![
        certificate.record.serial.clone(),
        certificate.record.subject.clone(),
        certificate.record.profile.clone(),
        day(certificate.issued_at),
        day(certificate.record.not_after),
        state(certificate).to_owned(),
    ]
}

fn state(certificate: &Certificate) -> &'static str {
    if certificate.revoked_at.is_some() {
        "revoked"
    } else if certificate.record.not_after < ambient::now() {
        "expired"
    } else {
        "valid"
    }
}

async fn show(args: ShowArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let id: String = args.id.chars().filter(|character| *character != ':').collect();
    let id = id.to_ascii_lowercase();
    let found = match store.by_serial(&id).await? {
        Some(found) => Some(found),
        None => store.by_sha256(&id).await?,
    };
    let events = match &found {
        Some(found) => store.events(&found.record.serial).await?,
        None => Vec::new(),
    };
    store.close().await;
    let Some(found) = found else {
        bail!("no certificate has the serial or SHA-256 {id}; `sealwright certificates list` names them");
    };
    let mut value = serde_json::to_value(&found)?;
    if let Value::Object(map) = &mut value {
        map.insert("state".to_owned(), state(&found).into());
        map.insert("events".to_owned(), json!(events));
    }
    output.result(&value, || output::tree(&value));
    Ok(())
}
