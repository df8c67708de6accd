//! `sealwright api-tokens`: what programs show to use the API.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::{self, Output};
use super::{actor, duration, open_store};
use crate::ambient;
use crate::service::api_tokens::{self, MAX_TOKENS};
use crate::service::tokens::{TokenError, check_name};
use crate::store::{ApiToken, Scope, Store};

/// Add, list and remove what programs show to use the API of a running server
///
/// Nothing below /v1 that mints or changes anything is answered without one, on loopback neither. They go over the wire
/// as they are: put a TLS proxy in front of the server before a program on another machine uses one.
#[derive(Subcommand)]
pub(super) enum ApiTokensCommand {
    Add(AddArgs),
    List(ListArgs),
    Remove(RemoveArgs),
}

/// Add an API token and print it, this once
///
/// 256 random bits, of which the store keeps a hash. A program sends it as `Authorization: Bearer ...`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright api-tokens add portal --data ./ca --scope mint
  sealwright api-tokens add mdm --data ./ca --scope verify
  sealwright api-tokens add console --data ./ca --scope keys --expires-in 30d --json | jq -r .api_token")]
pub(super) struct AddArgs {
    /// Its name: letters, digits, '-', '_' and '.', 64 at most
    name: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What it is good for
    #[arg(long, value_enum)]
    scope: Scope,
    /// How long it counts, in seconds or such as 12h, 30d or 2w; without it, until it is removed
    #[arg(long, value_name = "TIME", value_parser = duration)]
    expires_in: Option<u64>,
    /// Who does it, for the record; your user's name if nothing is said
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
}

/// List the API tokens: names, scopes and times, never the tokens
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright api-tokens list --data ./ca")]
pub(super) struct ListArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Remove an API token: the next request with it is refused
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright api-tokens remove portal --data ./ca")]
pub(super) struct RemoveArgs {
    /// Its name
    name: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Who does it, for the record; your user's name if nothing is said
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
}

/// Runs the command. The store alone is opened: no key is needed.
pub(super) async fn run(command: ApiTokensCommand, output: Output) -> anyhow::Result<()> {
    match command {
        ApiTokensCommand::Add(args) => add(args, output).await,
        ApiTokensCommand::List(args) => list(args, output).await,
        ApiTokensCommand::Remove(args) => remove(args, output).await,
    }
}

async fn add(args: AddArgs, output: Output) -> anyhow::Result<()> {
    check_name(&args.name).map_err(TokenError::told)?;
    let store = open_store(&args.data).await?;
    let expires_at = args.expires_in.map(|seconds| ambient::now().saturating_add(seconds));
    let added = api_tokens::add(&store, &args.name, args.scope, expires_at, actor(args.actor)).await?;
    store.close().await;
    let Some((token, text)) = added else {
        bail!(
            "there is an API token {:?} already, or there are {MAX_TOKENS}, which is the limit; `sealwright api-tokens \
             remove` makes room",
            args.name
        );
    };
    let mut result = json!(token);
    result["api_token"] = json!(text.as_str());
    output.result(&result, || {
        format!(
            "added {}\n  token   {}   (shown once)\n  scope   {}\n  counts  {}",
            token.id,
            text.as_str(),
            token.scope.name(),
            token.expires_at.map_or_else(
                || "until it is removed".to_owned(),
                |end| format!("until {}", output::date(end))
            )
        )
    });
    Ok(())
}

async fn list(args: ListArgs, output: Output) -> anyhow::Result<()> {
    let store = open_store(&args.data).await?;
    let (found, now) = (store.api_tokens(0).await?, ambient::now());
    store.close().await;
    let has_ended = |one: &ApiToken| one.expires_at.is_some_and(|end| end <= now);
    let told: Vec<Value> = found
        .iter()
        .map(|one| {
            let mut told = json!(one);
            told["expired"] = json!(has_ended(one));
            told
        })
        .collect();
    output.result(&json!({ "api_tokens": told }), || {
        let mut rows = vec![["NAME", "SCOPE", "CREATED", "EXPIRES", "STATE"].map(str::to_owned).to_vec()];
        rows.extend(found.iter().map(|one| {
            let state = if has_ended(one) { "expired" } else { "valid" };
            let end = one.expires_at.map_or_else(|| "never".to_owned(), output::date);
            let created = output::date(one.created_at);
            vec![one.id.clone(), one.scope.name().to_owned(), created, end, state.to_owned()]
        }));
        output::table(&rows)
    });
    Ok(())
}

async fn remove(args: RemoveArgs, output: Output) -> anyhow::Result<()> {
    let store = open_store(&args.data).await?;
    let removed = api_tokens::remove(&store, &args.name, actor(args.actor)).await?;
    store.close().await;
    if !removed {
        bail!("there is no API token {:?}; `sealwright api-tokens list` names them", args.name);
    }
    output.result(&json!({ "removed": args.name }), || format!("removed {}", args.name));
    Ok(())
}
