//! `sealwright lint`.

mod report;
mod rule;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{ArgGroup, Args, ValueEnum};
use serde_json::{Value, json};

use super::output::{self, Output};
use crate::ambient;
use crate::config::DataFolder;
use crate::guest::{CallError, Guest};
use crate::keystore::KeyStore;
use crate::store::{Role, Store, StoredAuthority};
use report::{Object, Severity};
use rule::Explanation;
use settings::Profiles;

/// Look for trouble in certificates, requests, revocation lists, chains and data folders
///
/// PEM or DER; certificates of all files are looked at together, so give a leaf with its issuers. Each finding has an id
/// that never changes, a severity, the place, what to do, and the document or client that it comes from. Nothing is
/// changed, no key is used, and everything happens in a sandbox.
///
/// Severities: error (breaks a rule that verifiers enforce, or cannot work), warning (some program refuses it, or it
/// will break later), notice (worth knowing). Exit status: 0 if there is nothing at or above --severity, 1 if there
/// is, 2 for wrong arguments and files that cannot be read.
#[derive(Args)]
#[command(
    group = ArgGroup::new("what").required(true).multiple(true).args(["files", "data", "explain"]),
    after_help = "\
Examples:
  sealwright lint laptop.pem chain.pem
  sealwright lint ra.pem --as ra                          will macOS and Windows encrypt for it?
  sealwright lint device.csr --append 36                  does the subject fit when the MDM appends to it?
  sealwright lint --data ./ca --severity notice           settings, authorities, helpers, challenges
  sealwright lint --explain ra_key_usage_incomplete
  openssl s_client -showcerts -connect example.org:443 </dev/null | sealwright lint - --as tls-server

With --json: {\"objects\": [{\"kind\", \"at\", \"file\", \"name\", \"sha256\", \"findings\": [{\"id\", \"severity\", \"where\",
\"detail\", \"remedy\", \"source\"}], \"left_out\"}], \"counts\": {\"error\", \"warning\", \"notice\"}, \"severity\", \"clean\"}, all
findings whatever their severity; \"clean\" says whether none is at or above --severity."
)]
pub(super) struct LintArgs {
    /// The files, or - for standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A data folder: its settings, authorities with all generations, helpers and challenges
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What the certificates and requests are for; by default what their extensions say
    #[arg(long = "as", value_enum, default_value_t, value_name = "PURPOSE")]
    purpose: Purpose,
    /// How many characters the MDM appends to the subject's common name ($PROFILE_IDENTIFIER of Jamf: 36)
    #[arg(long, value_name = "N", default_value_t = 0)]
    append: u16,
    /// The least severity to show, and to end with 1 for
    #[arg(long, value_enum, default_value_t = Severity::Warning)]
    severity: Severity,
    /// Print a rule: what it finds, what to do, where it comes from; `all` prints every rule
    #[arg(long, value_name = "ID", conflicts_with_all = ["files", "data"])]
    explain: Option<String>,
}

/// What certificates are for.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Purpose {
    /// What their extensions say
    #[default]
    Auto,
    /// A device or user: MDM identity, Wi-Fi, VPN
    Device,
    /// The SCEP registration authority
    Ra,
    /// A certificate authority
    Authority,
    /// A TLS server
    TlsServer,
    /// Who signs OCSP responses
    OcspSigner,
}

impl Purpose {
    /// As the engine calls it.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().replace('-', "_")).unwrap_or_default()
    }
}

/// Runs the command.
pub(super) async fn run(args: LintArgs, output: Output) -> ExitCode {
    let answer = match &args.explain {
        Some(id) => explain(id, output).await,
        None => look(&args, output).await,
    };
    super::answered(answer, output)
}

async fn look(args: &LintArgs, output: Output) -> anyhow::Result<ExitCode> {
    let guest = super::guest_without_data().await?;
    let mut objects = Vec::new();
    if !args.files.is_empty() {
        objects.extend(files(&guest, args).await?);
    }
    if let Some(data) = &args.data {
        objects.extend(folder(&guest, &DataFolder::existing(data)?).await?);
    }
    let report = report::Report::new(objects, args.severity);
    output.result(&report.json(), || report.text());
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn call(guest: &Guest, operation: &'static str, request: Value) -> Result<Value, CallError> {
    guest.call(operation, request, &Arc::new(KeyStore::in_memory()).granting(&[])).await
}

/// The objects of all files, each with the name of its file.
async fn files(guest: &Guest, args: &LintArgs) -> anyhow::Result<Vec<Object>> {
    let mut inputs = Vec::new();
    for file in &args.files {
        inputs.push(super::inspect::as_input(&super::read_input(file)?));
    }
    let request = json!({
        "now": ambient::now(), "inputs": inputs, "as": args.purpose.name(), "appended_characters": args.append,
    });
    let names: Vec<_> = args.files.iter().map(|file| file.display().to_string()).collect();
    let found =
        call(guest, "lint", request).await.with_context(|| format!("cannot read {}", names.join(", ")))?;
    let mut objects = Object::all(&found)?;
    for object in &mut objects {
        object.file = object.input.and_then(|input| names.get(input)).cloned();
    }
    Ok(objects)
}

/// What there is to find in a data folder. No key is opened.
async fn folder(guest: &Guest, data: &DataFolder) -> anyhow::Result<Vec<Object>> {
    let store = super::open_store(data.path()).await?;
    let now = ambient::now();
    let newest = async |role| anyhow::Ok(store.authorities(role).await?.into_iter().next());
    let issuing = newest(Role::Issuing).await?;
    let challenges = store.challenges(now).await?;
    let profiles: Profiles = serde_json::from_value(call(guest, "profiles", json!({})).await?)?;
    let seen =
        settings::Seen { issuing: issuing.as_ref(), challenges: &challenges, profiles: &profiles, now };
    let mut objects = vec![settings::look(data, &seen)];
    let mut helpers = Vec::new();
    for role in [Role::Ra, Role::Ocsp] {
        helpers.extend(newest(role).await?.and_then(certificate));
    }
    let root = newest(Role::Root).await?;
    store.close().await;
    for (authority, helpers) in [(issuing, helpers), (root, Vec::new())] {
        let Some(StoredAuthority { id, value, .. }) = authority else { continue };
        let request = json!({ "now": now, "authority": value, "helpers": helpers });
        let found = call(guest, "lint", request)
            .await
            .with_context(|| format!("cannot look at the authority {id}"))?;
        let mut found = Object::all(&found)?;
        found.iter_mut().for_each(|object| object.file = Some(id.clone()));
        // The authority itself comes before its certificates.
        found.sort_by_key(|object| object.kind != "authority");
        objects.extend(found);
    }
    if objects.len() < 2 {
        bail!("{} has no authority", data.path().display());
    }
    Ok(objects)
}

fn certificate(helper: StoredAuthority) -> Option<Value> {
    helper.value.get("certificate").cloned()
}

/// Prints a rule, or all of them.
async fn explain(id: &str, output: Output) -> anyhow::Result<ExitCode> {
    let guest = super::guest_without_data().await?;
    let mut found = call(&guest, "lint_rules", json!({})).await?;
    let mut rules: Vec<Explanation> = serde_json::from_value(found["rules"].take())?;
    rules.extend(settings::RULES.iter().map(|rule| rule.explanation()));
    if id != "all" {
        rules.retain(|rule| rule.id == id);
    }
    if rules.is_empty() {
        bail!("there is no rule {id:?}; `sealwright lint --explain all` lists them");
    }
    output.result(&json!({ "rules": rules }), || {
        let texts: Vec<_> = rules.iter().map(|rule| output::tree(&json!(rule))).collect();
        texts.join("\n")
    });
    Ok(ExitCode::SUCCESS)
}
