//! `sealwright init`: a new certificate authority in a folder, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use super::output::Output;
use crate::ambient;
use crate::config::{DataFolder, TEMPLATE};
use crate::guest::{Guest, Limits};
use crate::keystore::{KeyStore, KeyType, Passphrase};
use crate::service::init::{Made, Plan, Workshop};
use crate::store::{SqliteStore, Store};

/// Make a certificate authority: a folder with its keys, its store and its settings
///
/// Makes a root, an issuing intermediate and a SCEP registration authority, and prints the root's
/// fingerprint and the first challenge password. The challenge is kept as a hash: it is shown here
/// and never again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright init --data ./ca --organization Acme
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
    /// The authorities' keys: rsa-2048, rsa-3072, rsa-4096, p256, p384 or ed25519. SCEP clients in
    /// the field want RSA
    #[arg(long, default_value = "rsa-2048")]
    key_type: KeyType,
    /// A file with the challenge password that devices will send; a random one if left out
    #[arg(long, value_name = "FILE")]
    challenge_file: Option<PathBuf>,
    /// A file with a passphrase to seal the keys with; or set SEALWRIGHT_PASSPHRASE. Without
    /// either, a random key is written to seal.key in the folder
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// A folder that is removed again unless it is finished.
struct Draft {
    path: PathBuf,
    finished: bool,
}

impl Draft {
    /// A sibling of `target`, so that a rename can put it into place.
    fn beside(target: &Path) -> anyhow::Result<Self> {
        let name = target.file_name().context("the data folder has no name")?;
        let mut draft = name.to_owned();
        draft.push(format!(".new-{}", Base64UrlUnpadded::encode_string(&ambient::random::<6>())));
        let path = target.with_file_name(draft);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        create_private(&path)?;
        Ok(Self { path, finished: false })
    }

    fn finish(mut self, target: &Path) -> anyhow::Result<()> {
        fs::rename(&self.path, target)
            .with_context(|| format!("cannot put the new folder at {}", target.display()))?;
        self.finished = true;
        if let Some(parent) = target.parent() {
            // The rename itself must be durable too.
            fs::File::open(parent).and_then(|folder| folder.sync_all()).ok();
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Runs the command.
pub(super) async fn run(args: InitArgs, output: Output) -> anyhow::Result<()> {
    let data = DataFolder::at(&args.data)?;
    if data.path().symlink_metadata().is_ok() {
        bail!("{} exists already; name a folder that does not", args.data.display());
    }
    let challenge = challenge(args.challenge_file.as_deref())?;
    let draft = Draft::beside(data.path())?;
    output.step("making keys and certificates ...");
    let made = fill(&DataFolder::at(&draft.path)?, &args, &challenge).await?;
    draft.finish(data.path())?;
    report(&args, &made, &challenge, output);
    Ok(())
}

async fn fill(draft: &DataFolder, args: &InitArgs, challenge: &str) -> anyhow::Result<Made> {
    let passphrase = match Passphrase::given(args.passphrase_file.as_deref())? {
        Some(given) => given,
        None => Passphrase::create_seal_file(draft.path())?,
    };
    create_private(&draft.keys())?;
    create_private(&draft.cache())?;
    fs::write(draft.config(), TEMPLATE).context("cannot write the settings")?;
    let cache = draft.cache();
    let guest = tokio::task::spawn_blocking(move || Guest::load(Some(cache), Limits::default()));
    let store = SqliteStore::open(&draft.store(), true).await.context("cannot create the store")?;
    let keys = Arc::new(KeyStore::open(&draft.keys(), passphrase));
    let plan = Plan {
        organization: args.organization.clone(),
        common_name: args.common_name.clone().unwrap_or_else(|| args.organization.clone()),
        key_type: args.key_type,
    };
    let workshop = Workshop { guest: &guest.await??, keys: &keys, store: &store };
    let made = workshop.make(&plan).await?;
    workshop.challenge(challenge).await?;
    store.close().await;
    Ok(made)
}

fn challenge(file: Option<&Path>) -> anyhow::Result<Zeroizing<String>> {
    let Some(path) = file else {
        // Hex: every string type of ASN.1 and every form field can hold it.
        let bytes = ambient::random::<16>();
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        return Ok(Zeroizing::new(digits));
    };
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .with_context(|| format!("cannot read the challenge file {}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.len() > 255 {
        bail!("the challenge has {} bytes, wanted 1 to 255", text.len());
    }
    Ok(Zeroizing::new(text.to_owned()))
}

fn create_private(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("cannot create {}", path.display()))
}

fn report(args: &InitArgs, made: &Made, challenge: &str, output: Output) {
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
