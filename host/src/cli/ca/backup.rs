//! `sealwright ca backup` and `ca restore`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use aws_lc_rs::digest::{Context, SHA256};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::init::draft::{self, Draft};
use super::super::output::{Output, date};
use super::super::{DataArgs, actor, guest_without_data};
use crate::ambient;
use crate::config::{self, DataFolder};
use crate::durable;
use crate::hex;
use crate::keystore::{KeyStore, Passphrase, PrivateKey};
use crate::service::{Needed, Service, backup};
use crate::store::{self, Event};

/// The keys and the authorities, in a backup's folder.
const AUTHORITY: &str = "authority.p12";
/// The store, in a backup's folder.
const INVENTORY: &str = "inventory.sqlite";

/// Keep the authorities, their keys and the inventory in a folder
///
/// The folder gets authority.p12, a PKCS#12 file under the password with every key and certificate of the
/// authorities and the keys that sign tokens, and inventory.sqlite with what was issued, revoked and decided, and the hashes of the challenges.
/// Keep both together. The server may go on meanwhile. A run that is killed leaves a folder beside --out with
/// .new- in its name; the next run for the same --out removes it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca backup --data ./ca --out ./backup-2026-11-22 --password-file password.txt
  openssl pkcs12 -in backup-2026-11-22/authority.p12 -info -noout -passin file:password.txt")]
pub(in crate::cli) struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The folder to make; it must not exist yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A file with the password for the keys, 8 characters or more; it is asked for at the restore
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// Leave the root's key out, which is kept elsewhere: the restored folder has none either, until it is put there
    #[arg(long)]
    without_root_key: bool,
}

/// Make a data folder of a backup
///
/// The new folder goes on where the backup ended: same keys, same generations, same settings; the next revocation
/// list has a higher number than all before (that of the root is made with `ca crl --authority root`). What was issued after
/// the backup is not known to it, and what was revoked after the backup is good again: revoke it again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca restore --from ./backup-2026-11-22 --data ./ca --password-file password.txt")]
pub(in crate::cli) struct RestoreArgs {
    /// The folder that `ca backup` made
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The folder to make; it must not exist yet
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A file with the password that the backup was made with
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// A file with a passphrase to seal the keys with; or set SEALWRIGHT_PASSPHRASE. Without either, a random
    /// key is written to seal.key in the folder
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Runs `ca backup`.
pub(super) async fn backup(args: BackupArgs, output: Output) -> anyhow::Result<()> {
    let data = DataFolder::existing(&args.data.data)?;
    let out = std::path::absolute(&args.out)?;
    if out.symlink_metadata().is_ok() {
        bail!("{} exists already; name a folder that does not", args.out.display());
    }
    for left in draft::remove_abandoned(&out)? {
        output.step(&format!("removed {}, which a `ca backup` that was killed has left", left.display()));
    }
    let password = super::super::password(&args.password_file)?;
    let settings = std::fs::read_to_string(data.config())?;
    let service = args.data.open_to_issue().await?;
    output.step("sealing the keys ...");
    // Nobody makes keys meanwhile, so that file and inventory tell of the same ones.
    let lock = service.lock().await?;
    service.refresh().await?;
    let folder = Draft::beside(&out)?;
    let inventory = folder.path().join(INVENTORY);
    let made_at = ambient::now();
    store::snapshot(&data.store(), &inventory).await.context("cannot copy the store")?;
    let token_keys = service.tokens.private_keys().await?;
    let token_keys: BTreeMap<_, _> = token_keys.iter().map(|(id, pem)| (id, pem.as_str())).collect();
    let kept = json!({
        "config": settings,
        "inventory_sha256": sha256(&inventory)?,
        "made_at": made_at,
        "token_keys": token_keys,
    });
    let kept = Zeroizing::new(kept.to_string());
    let file = service.write_backup(&password, &kept, args.without_root_key).await?;
    durable::create_secret(&folder.path().join(AUTHORITY), &file)?;
    drop(lock);
    folder.finish(&out)?;
    service.store.put_event(event("backup", &args.out)).await?;
    service.store.close().await;
    let files = [out.join(AUTHORITY), out.join(INVENTORY)].map(|path| path.display().to_string());
    output.result(&json!({ "out": args.out, "files": files }), || {
        format!(
            "backup ready in {}\n\n  {}\n  {}\n\nnext: keep it, and the password, away from this machine",
            args.out.display(),
            files[0],
            files[1]
        )
    });
    Ok(())
}

/// Runs `ca restore`.
pub(super) async fn restore(args: RestoreArgs, output: Output) -> anyhow::Result<()> {
    let target = DataFolder::at(&args.data)?;
    if target.path().symlink_metadata().is_ok() {
        bail!("{} exists already; name a folder that does not", args.data.display());
    }
    draft::remove_abandoned(target.path())?;
    let password = super::super::password(&args.password_file)?;
    let (file, inventory) = (args.from.join(AUTHORITY), args.from.join(INVENTORY));
    let contents = std::fs::read(&file)
        .with_context(|| format!("cannot read {}; wanted a folder that `ca backup` made", file.display()))?;
    if !inventory.is_file() {
        bail!("{} is missing: without it nobody would know what was issued and revoked", inventory.display());
    }
    output.step("opening the keys ...");
    let guest = guest_without_data().await?;
    let restored = backup::read_backup(&guest, &contents, &password)
        .await
        .with_context(|| format!("cannot open {}", file.display()))?;
    let kept: Kept = serde_json::from_str(&restored.settings)
        .context("the file is a backup, but not one that `ca backup` wrote")?;
    let draft = Draft::beside(target.path())?;
    let folder = DataFolder::at(draft.path())?;
    // Copied first, so that it is the copy that is looked at.
    let copy = draft.path().join(INVENTORY);
    copy_file(&inventory, &copy).with_context(|| format!("cannot copy {}", inventory.display()))?;
    if sha256(&copy)? != kept.inventory_sha256 {
        bail!("{} is not the one that was kept with the keys, or was changed since", inventory.display());
    }
    let passphrase = match Passphrase::given(args.passphrase_file.as_deref())? {
        Some(given) => given,
        None => Passphrase::create_seal_file(draft.path())?,
    };
    draft::create_private(&folder.keys())?;
    draft::create_private(&folder.cache())?;
    durable::replace(&folder.config(), kept.config.as_bytes())?;
    let keys = KeyStore::open(&folder.keys(), passphrase);
    let mut names = Vec::new();
    for (id, key) in restored.keys {
        keys.put(&id, key)?;
        names.push(id);
    }
    for (id, pem) in kept.token_keys {
        let key = PrivateKey::from_pem(&Zeroizing::new(pem));
        keys.put(&id, key.with_context(|| format!("cannot take the key {id:?} over"))?)?;
        names.push(id);
    }
    durable::rename(&copy, &folder.store())?;
    check(&folder, args.passphrase_file.as_deref(), &args.from, restored.crl_numbers, output).await?;
    draft.finish(target.path())?;
    output.result(&json!({ "data": args.data, "keys": names, "made_at": kept.made_at }), || {
        let made_at = kept.made_at.map_or_else(|| "the time of the backup".to_owned(), date);
        format!(
            "restored into {data}, as it was at {made_at}\n\n  keys  {}\n\nnext: revoke again what was revoked since: \
             sealwright revoke SERIAL --data {data}\nthen: sealwright serve --data {data}",
            names.join(", "),
            data = args.data.display()
        )
    });
    Ok(())
}

/// Opens the new folder as the server would: inventory and keys must be of one backup.
async fn check(
    folder: &DataFolder,
    passphrase_file: Option<&Path>,
    from: &Path,
    numbers: BTreeMap<String, u64>,
    output: Output,
) -> anyhow::Result<()> {
    let settings = config::read(folder)?;
    let open = async |needed| {
        let passphrase = Passphrase::of_data(folder.path(), passphrase_file)?;
        Service::open(folder, &settings, passphrase, needed).await
    };
    // As a running server would: of a registration authority that was of no use any more there is no key.
    let mut service = open(Needed::Issuing).await?;
    match service.replace_unusable_registration().await {
        Ok(is_new) => {
            if is_new {
                output.step("the SCEP registration authority was revoked or had ended: made a new one");
            }
            service.store.close().await;
            service = open(Needed::Scep).await?;
            let checked = service.check_keys(&service.hierarchy()).await;
            checked.context("the keys and the inventory are not of one backup")?;
        }
        // An authority that has ended certifies nobody, and is restored all the same: it can be renewed.
        Err(error) => output.step(&format!("warning: nobody speaks SCEP in the new folder: {error:#}")),
    }
    // Others may have seen later lists than those of the backup: the server makes new ones, with higher numbers.
    let hierarchy = service.hierarchy();
    let keys = hierarchy.issuing.keys().into_iter().map(str::to_owned).collect();
    service.store.outdate_crls(keys, numbers).await?;
    service.store.put_event(event("restore", from)).await?;
    service.store.close().await;
    Ok(())
}

/// What is kept beside the keys, under their password.
#[derive(Deserialize)]
struct Kept {
    /// The settings of the data folder.
    config: String,
    /// Of the inventory's file, hex: it lies beside the file that the password protects.
    inventory_sha256: String,
    /// When the backup was made; older ones do not say it.
    made_at: Option<u64>,
    /// Private keys that belong to no authority, by id; older ones have none.
    #[serde(default)]
    token_keys: BTreeMap<String, String>,
}

/// Copies what is in a file, and not who may read or write it.
fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, durable::create_empty_secret(to)?);
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// Part by part: an inventory may be larger than the memory.
fn sha256(path: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    let (mut context, mut part) = (Context::new(&SHA256), vec![0; 64 << 10]);
    loop {
        match file.read(&mut part).with_context(unreadable)? {
            0 => break,
            length => context.update(part.get(..length).unwrap_or_default()),
        }
    }
    Ok(hex::encode(context.finish().as_ref()))
}

fn event(action: &str, place: &Path) -> Event {
    Event {
        at: ambient::now(),
        actor: actor(None),
        action: action.to_owned(),
        subject: "authorities".to_owned(),
        comment: Some(place.display().to_string()),
    }
}
