//! `sealwright init`: a new certificate authority in a folder, whole or not at all.

pub(super) mod draft;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::challenges;
use super::output::Output;
use crate::config::{self, DataFolder, TEMPLATE};
use crate::durable;
use crate::guest::{Guest, Limits};
use crate::keystore::{KeyStore, KeyType, Passphrase};
use crate::service::Resources;
use crate::service::init::{NewHierarchy, NewRoot};
use crate::signals::Signals;
use crate::store::{SqliteStore, Store};
use draft::Draft;

/// Make a certificate authority: a folder with its keys, its store and its settings
///
/// Makes a root, an issuing intermediate and a SCEP registration authority, and prints the root's
/// fingerprint and the first challenge password. The challenge is kept as a hash: it is shown here
/// and never again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright init --data ./ca --organization Acme --public-url http://pki.acme.example
  sealwright init --data ./ca --key-type p256 --passphrase-file passphrase.txt
  sealwright init --data ./ca --challenge-file challenge.txt --json")]
pub(super) struct InitArgs {
    /// The folder to make; it must not exist yet
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The organization in the authorities' names
    #[arg(long, default_value = "Sealwright")]
    organization: String,
    /// The start of the authorities' common names; the organization if left out
    #[arg(long)]
    common_name: Option<String>,
    /// The authorities' keys: rsa-2048, rsa-3072, rsa-4096, p256, p384, ed25519, ml-dsa-44, ml-dsa-65
    /// or ml-dsa-87. SCEP clients in the field want RSA
    #[arg(long, default_value = "rsa-2048")]
    key_type: KeyType,
    /// Where devices and everybody else will find the server, such as http://pki.example. It goes into
    /// certificates: revocation lists, OCSP and the issuer's certificate are found below it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A file with the challenge password that devices will send; a random one if left out
    #[arg(long, value_name = "FILE")]
    challenge_file: Option<PathBuf>,
    /// A file with a passphrase to seal the keys with; or set SEALWRIGHT_PASSPHRASE. Without
    /// either, a random key is written to seal.key in the folder
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Runs the command.
pub(super) async fn run(args: InitArgs, output: Output) -> anyhow::Result<()> {
    let data = DataFolder::at(&args.data)?;
    if data.path().symlink_metadata().is_ok() {
        bail!("{} exists already; name a folder that does not", args.data.display());
    }
    for left in draft::remove_abandoned(data.path())? {
        output.step(&format!("removed {}, which an `init` that was killed had left", left.display()));
    }
    args.public_url.as_deref().map_or(Ok(()), config::check_public_url)?;
    let challenge = challenges::read_or_make(args.challenge_file.as_deref())?;
    let mut signals = Signals::take()?;
    let draft = Draft::beside(data.path())?;
    output.step("making keys and certificates ...");
    let folder = DataFolder::at(draft.path())?;
    let made = tokio::select! {
        made = fill(&folder, &args, &challenge) => made?,
        name = signals.next() => stop(draft, name, output),
    };
    draft.finish(data.path())?;
    report(&args, &made, &challenge, output);
    Ok(())
}

/// Leaves nothing behind. Threads that make keys or compile cannot be told to stop, so the process ends
/// here, before they write anything more.
fn stop(draft: Draft, signal: &str, output: Output) -> ! {
    drop(draft);
    output.error(&anyhow::anyhow!("stopped by {signal}; nothing was made"));
    std::process::exit(1)
}

async fn fill(draft: &DataFolder, args: &InitArgs, challenge: &str) -> anyhow::Result<NewRoot> {
    let passphrase = match Passphrase::given(args.passphrase_file.as_deref())? {
        Some(given) => given,
        None => Passphrase::create_seal_file(draft.path())?,
    };
    draft::create_private(&draft.keys())?;
    draft::create_private(&draft.cache())?;
    durable::replace(&draft.config(), settings(args.public_url.as_deref()).as_bytes())?;
    let cache = draft.cache();
    let guest = tokio::task::spawn_blocking(move || Guest::load(Some(cache), Limits::default()));
    let store = SqliteStore::open(&draft.store(), true).await.context("cannot create the store")?;
    let keys = Arc::new(KeyStore::open(&draft.keys(), passphrase));
    let wanted = NewHierarchy {
        organization: args.organization.clone(),
        common_name: args.common_name.clone().unwrap_or_else(|| args.organization.clone()),
        urls: config::read(draft)?.server.urls(),
        key_type: args.key_type,
    };
    let resources = Resources { guest: &guest.await??, keys: &keys, store: &store };
    let made = resources.make_hierarchy(&wanted).await?;
    resources.put_challenge(challenge).await?;
    store.close().await;
    Ok(made)
}

/// The settings as they begin.
fn settings(public_url: Option<&str>) -> String {
    let set = |line: &str| match public_url {
        Some(url) if line.starts_with("#: public_url") => format!("public_url = {url:?}"),
        _ => line.to_owned(),
    };
    TEMPLATE.lines().map(|line| set(line) + "\n").collect()
}

fn report(args: &InitArgs, made: &NewRoot, challenge: &str, output: Output) {
    let data = args.data.display().to_string();
    let result = json!({
        "data": data,
        "ca_subject": made.root_subject,
        "ca_fingerprint": made.root_sha256,
        "ca_certificate": made.root_certificate,
        "challenge": challenge,
    });
    output.result(&result, || {
        format!(
            "certificate authority ready in {data}\n\n  \
             name         {}\n  \
             fingerprint  {}   (SHA-256)\n  \
             challenge    {challenge}   (shown once)\n\n\
             next: sealwright serve --data {data}",
            made.root_subject, made.root_sha256
        )
    });
}
