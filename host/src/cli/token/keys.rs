//! `sealwright token keys`: the keys that sign tokens, by name.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::super::output::{self, Output};
use super::super::{DataArgs, actor, duration, open_store, password, read_input};
use super::closing;
use crate::ambient;
use crate::service::tokens::{MAX_LISTED, Material, NewKey, Rotation, check_algorithm};
use crate::store::{Store, TokenKey};

/// Look after the keys that sign tokens
///
/// A name stands for one key that signs, and those before it. A running server takes each change with the next request.
#[derive(Subcommand)]
pub(in crate::cli) enum KeysCommand {
    Create(CreateArgs),
    Upload(UploadArgs),
    List(ListArgs),
    Show(ShowArgs),
    Rotate(RotateArgs),
    Retire(RetireArgs),
}

/// Make a key under a new name
///
/// The private key is sealed on disk as those of the authorities are, and its public half is at /.well-known/jwks.json
/// from now on. RS256 is what every program verifies, and what the compatible shape wants; tokens of ES256 and EdDSA are
/// shorter.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token keys create files --data ./ca --token-validity 1h
  sealwright token keys create apps --data ./ca --token-validity 900 --algorithm ES256 --json")]
pub(in crate::cli) struct CreateArgs {
    /// Its name: letters, digits, '-', '_' and '.', 64 at most
    name: String,
    #[command(flatten)]
    data: DataArgs,
    /// For how long a download stays possible: the longest life of its tokens, in seconds or such as 15m, 12h or 2d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    token_validity: u64,
    /// RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA or Ed25519
    #[arg(long, default_value = "RS256", value_parser = algorithm)]
    algorithm: String,
    /// The size of an RSA key: 2048, 3072 or 4096; 2048 if nothing is said
    #[arg(long, value_name = "BITS")]
    rsa_bits: Option<u32>,
    #[command(flatten)]
    who: Who,
}

/// Take a key that there is already, under a new name
///
/// Any PEM that OpenSSL ever wrote: PKCS#1, PKCS#8 and SEC1, plain or under a password, with "Proc-Type" too. RSA of 2048 bits
/// or more, P-256, P-384 and Ed25519. A key that was here once is not taken again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  openssl genrsa -out key.pem 2048
  sealwright token keys upload files key.pem --data ./ca --token-validity 1h
  sealwright token keys upload files key.pem --data ./ca --token-validity 1h --password-file password.txt")]
pub(in crate::cli) struct UploadArgs {
    /// Its name: letters, digits, '-', '_' and '.', 64 at most
    name: String,
    /// The file with the private key, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// For how long a download stays possible: the longest life of its tokens, in seconds or such as 15m, 12h or 2d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    token_validity: u64,
    /// What it signs with; RS256 for RSA, and what its curve says for others, if nothing is said
    #[arg(long, value_parser = algorithm)]
    algorithm: Option<String>,
    /// A file with the password of the key
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    who: Who,
}

/// List the keys: those that sign and verify, or all
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token keys list --data ./ca
  sealwright token keys list --data ./ca --all --json")]
pub(in crate::cli) struct ListArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Those that have ended or were retired, too
    #[arg(long)]
    all: bool,
}

/// Show the keys of a name, and who did what to them
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token keys show files --data ./ca")]
pub(in crate::cli) struct ShowArgs {
    /// The name
    name: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Have another key sign in the place of one
///
/// The new one signs from now on. The one before verifies until the last token that it can have signed has ended, and then
/// leaves /.well-known/jwks.json; its private half is removed at once. With --at-once it does not verify any more: that is
/// for a key that somebody else may have.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token keys rotate files --data ./ca
  sealwright token keys rotate files --data ./ca --upload new.pem --token-validity 2h
  sealwright token keys rotate files --data ./ca --at-once")]
pub(in crate::cli) struct RotateArgs {
    /// The name of both
    name: String,
    #[command(flatten)]
    data: DataArgs,
    /// The longest life of the new key's tokens, if it should be another one
    #[arg(long, value_name = "TIME", value_parser = duration)]
    token_validity: Option<u64>,
    /// What the new key signs with, if it should be something else
    #[arg(long, value_parser = algorithm)]
    algorithm: Option<String>,
    /// The size of a new RSA key, if it should be another one
    #[arg(long, value_name = "BITS", conflicts_with = "upload")]
    rsa_bits: Option<u32>,
    /// A file with the new private key, or - for standard input, in place of a random one
    #[arg(long, value_name = "FILE")]
    upload: Option<PathBuf>,
    /// A file with the password of that key
    #[arg(long, value_name = "FILE", requires = "upload")]
    password_file: Option<PathBuf>,
    /// The keys before verify no more
    #[arg(long)]
    at_once: bool,
    #[command(flatten)]
    who: Who,
}

/// End the keys of a name at once: no token of theirs is good any more
///
/// Programs that keep /.well-known/jwks.json learn of it when they fetch it the next time, within a minute. The name is not
/// used again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token keys retire files --data ./ca
  sealwright token keys retire files --data ./ca --generation 1")]
pub(in crate::cli) struct RetireArgs {
    /// The name
    name: String,
    #[command(flatten)]
    data: DataArgs,
    /// This generation alone, as `show` counts them
    #[arg(long, value_name = "N")]
    generation: Option<u32>,
    #[command(flatten)]
    who: Who,
}

/// Who does it, for the record
#[derive(Args)]
struct Who {
    /// Who does it, for the record; your user's name if nothing is said
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
}

/// Runs the command.
pub(super) async fn run(command: KeysCommand, output: Output) -> anyhow::Result<()> {
    match command {
        KeysCommand::Create(args) => create(args, output).await,
        KeysCommand::Upload(args) => upload(args, output).await,
        KeysCommand::List(args) => list(args, output).await,
        KeysCommand::Show(args) => show(args, output).await,
        KeysCommand::Rotate(args) => rotate(args, output).await,
        KeysCommand::Retire(args) => retire(args, output).await,
    }
}

async fn create(args: CreateArgs, output: Output) -> anyhow::Result<()> {
    let material = Material::Generate { algorithm: Some(args.algorithm), rsa_bits: args.rsa_bits };
    let new = NewKey { name: args.name, material, validity_seconds: args.token_validity };
    put(new, &args.data, args.who, output).await
}

async fn upload(args: UploadArgs, output: Output) -> anyhow::Result<()> {
    let material = brought(&args.file, args.password_file.as_deref(), args.algorithm)?;
    let new = NewKey { name: args.name, material, validity_seconds: args.token_validity };
    put(new, &args.data, args.who, output).await
}

async fn put(new: NewKey, data: &DataArgs, who: Who, output: Output) -> anyhow::Result<()> {
    let tokens = data.open_tokens().await?;
    let key = tokens.create(new, actor(who.actor)).await;
    tell(&closing(&tokens, key).await?, "signs from now on", output);
    Ok(())
}

async fn rotate(args: RotateArgs, output: Output) -> anyhow::Result<()> {
    let RotateArgs { name, token_validity, algorithm, rsa_bits, at_once, .. } = args;
    let material = match &args.upload {
        Some(file) => brought(file, args.password_file.as_deref(), algorithm)?,
        None => Material::Generate { algorithm, rsa_bits },
    };
    let rotation = Rotation { name, material, validity_seconds: token_validity, at_once };
    let tokens = args.data.open_tokens().await?;
    let key = tokens.rotate(rotation, actor(args.who.actor)).await;
    let what = match at_once {
        true => "signs from now on; the keys before verify no more",
        false => "signs from now on; the key before verifies what it signed until that has ended",
    };
    tell(&closing(&tokens, key).await?, what, output);
    Ok(())
}

async fn retire(args: RetireArgs, output: Output) -> anyhow::Result<()> {
    let tokens = args.data.open_tokens().await?;
    let retired = tokens.retire(&args.name, args.generation, actor(args.who.actor)).await;
    let retired = closing(&tokens, retired).await?;
    output.result(&json!({ "name": args.name, "retired": retired }), || match retired.len() {
        0 => format!("{} had ended before; nothing was changed", args.name),
        1 => format!("retired {}: what it signed is not good any more", retired[0]),
        count => format!("retired {count} keys: what they signed is not good any more"),
    });
    Ok(())
}

async fn list(args: ListArgs, output: Output) -> anyhow::Result<()> {
    let store = open_store(&args.data).await?;
    let now = ambient::now();
    let keys = match args.all {
        true => store.token_keys(None, MAX_LISTED).await?,
        false => store.verifying_token_keys(now).await?,
    };
    store.close().await;
    let told: Vec<_> = keys.iter().map(|key| key.told(now)).collect();
    output.result(&json!({ "token_keys": told }), || {
        let head = ["NAME", "GENERATION", "STATE", "ALGORITHM", "TOKENS LIVE", "CREATED", "KID"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(keys.iter().map(|key| row(key, now)));
        output::table(&rows)
    });
    Ok(())
}

async fn show(args: ShowArgs, output: Output) -> anyhow::Result<()> {
    let store = open_store(&args.data).await?;
    let now = ambient::now();
    let keys = store.token_keys(Some(&args.name), MAX_LISTED).await?;
    let events = store.events(&TokenKey::subject(&args.name)).await?;
    store.close().await;
    if keys.is_empty() {
        bail!("there is no token key {:?}; `sealwright token keys list` names them", args.name);
    }
    let told: Vec<Value> = keys.iter().map(|key| key.told(now)).collect();
    let found = json!({ "name": args.name, "generations": told, "events": events });
    output.result(&found, || output::tree(&found));
    Ok(())
}

fn row(key: &TokenKey, now: u64) -> Vec<String> {
    vec![
        key.name.clone(),
        key.generation.to_string(),
        match key.verifies_until.filter(|_| key.retired_at.is_none()) {
            Some(until) if now < until => format!("verifying until {}", output::date(until)),
            _ => key.state(now).name().to_owned(),
        },
        key.algorithm.clone(),
        format!("{} s", key.validity_seconds),
        output::date(key.created_at),
        key.kid.clone(),
    ]
}

fn tell(key: &TokenKey, what: &str, output: Output) {
    output.result(&key.told(ambient::now()), || {
        format!(
            "the token key {}, generation {}, {what}\n  kid            {}\n  algorithm      {}\n  tokens live    {} seconds at most",
            key.name, key.generation, key.kid, key.algorithm, key.validity_seconds
        )
    });
}

/// A key in a file, and its password.
fn brought(file: &Path, password_file: Option<&Path>, algorithm: Option<String>) -> anyhow::Result<Material> {
    let text = String::from_utf8(read_input(file)?)
        .map(Zeroizing::new)
        .ok()
        .with_context(|| format!("{} is not PEM", file.display()))?;
    let password = password_file.map(password).transpose()?;
    Ok(Material::Upload { private_key: text, password, algorithm })
}

fn algorithm(text: &str) -> Result<String, String> {
    check_algorithm(text).map(|()| text.to_owned())
}
