//! `sealwright token`: tokens for content, and the keys that sign them.

mod keys;

use std::path::Path;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::{self, Output};
use super::{DataArgs, duration, read_input};
use crate::service::tokens::{
    Binding, Minted, Presented, Shape, SignedUrl, TokenError, TokenRequest, Tokens,
};

/// Mint and verify tokens for content, and look after the keys that sign them
///
/// A token (JSON Web Token, RFC 7519) says that whoever shows it may have a file for a while. A file server asks the guard of a
/// running server, /v1/forward-auth/download, about each request; other programs verify tokens with the public keys at
/// /.well-known/jwks.json. A bound token, the default, says what it opens, for whom and until when. A compatible one is
/// what simple servers have always written: {"alg":"RS256"} and three claims; it opens every path, and the guard lets it
/// through only with tokens.allow_compatible in sealwright.toml.
#[derive(Subcommand)]
pub(super) enum TokenCommand {
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    Mint(MintArgs),
    SignUrl(SignUrlArgs),
    Verify(VerifyArgs),
}

/// What a token says
#[derive(Args)]
struct TokenArgs {
    /// The name of the key that signs
    #[arg(long, value_name = "NAME")]
    key: String,
    /// About whom or what it is: a user, a device, a file
    #[arg(long)]
    subject: String,
    /// The one path that it opens
    #[arg(long, value_name = "PATH", conflicts_with = "path_prefix")]
    path: Option<String>,
    /// A path that it opens with all below: /a opens /a/b and not /ab
    #[arg(long, value_name = "PATH")]
    path_prefix: Option<String>,
    /// The only device that it is good for
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// For whom it is, in place of what sealwright.toml says; may be given several times
    #[arg(long)]
    audience: Vec<String>,
    /// For how long, in seconds or such as 15m, 12h or 2d; as long as the key allows, if nothing is said
    #[arg(long, value_name = "TIME", value_parser = duration)]
    validity: Option<u64>,
    /// How much it says
    #[arg(long, value_enum, default_value = "bound")]
    shape: Shape,
}

impl TokenArgs {
    fn into_request(self) -> TokenRequest {
        let Self { key, subject, path, path_prefix, device, audience, validity, shape } = self;
        let path = path.map(Binding::Exact).or(path_prefix.map(Binding::Prefix));
        TokenRequest { key, shape, subject, path, device, audience, validity_seconds: validity }
    }
}

/// Mint a token and print it
///
/// Standard output gets the token and nothing else; what there is to know of it goes to standard error.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token mint --data ./ca --key files --subject laptop-7 --path /download/app.pkg --validity 15m
  sealwright token mint --data ./ca --key files --subject laptop-7 --path-prefix /download/apps --device laptop-7
  sealwright token mint --data ./ca --key files --subject app.ipa --shape compatible --json")]
pub(super) struct MintArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    token: TokenArgs,
}

/// Put a token into a URL and print it
///
/// The URL may have a query and a fragment; the token goes to the end of the query. Without --path and --path-prefix a
/// bound token opens the path of the URL alone.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token sign-url https://files.example/download/app.pkg --data ./ca --key files --subject laptop-7
  sealwright token sign-url '/download/app.pkg?v=2' --data ./ca --key files --subject laptop-7 --validity 1h")]
pub(super) struct SignUrlArgs {
    /// The URL, or its path and query
    url: String,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    token: TokenArgs,
}

/// Say whether a token, or the one in a URL, is good, and what it says
///
/// It is judged as the guard of downloads judges it. The command ends with 1 if it is not good, and says why.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright token verify 'https://files.example/download/app.pkg?token=eyJ...' --data ./ca
  sealwright token verify eyJ... --data ./ca --path /download/app.pkg
  sealwright token verify - --data ./ca --path /download/app.pkg < token.txt")]
pub(super) struct VerifyArgs {
    /// The token, or a URL or path with the token in its query; or - for standard input
    token: String,
    #[command(flatten)]
    data: DataArgs,
    /// The path that a token is shown for; a URL has its own
    #[arg(long)]
    path: Option<String>,
    /// The device that shows it
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// Whom it has to be for, in place of what sealwright.toml says
    #[arg(long)]
    audience: Option<String>,
    /// Take a compatible token too, whatever sealwright.toml says
    #[arg(long)]
    allow_compatible: bool,
}

/// Runs the command.
pub(super) async fn run(command: TokenCommand, output: Output) -> anyhow::Result<()> {
    match command {
        TokenCommand::Keys(command) => keys::run(command, output).await,
        TokenCommand::Mint(args) => mint(args, output).await,
        TokenCommand::SignUrl(args) => sign_url(args, output).await,
        TokenCommand::Verify(args) => verify(args, output).await,
    }
}

async fn mint(args: MintArgs, output: Output) -> anyhow::Result<()> {
    let request = args.token.into_request();
    let tokens = args.data.open_tokens().await?;
    let minted = tokens.mint(&request).await;
    let minted = closing(&tokens, minted).await?;
    remark(&minted, output);
    output.result(&json!(minted), || minted.token.clone());
    Ok(())
}

async fn sign_url(args: SignUrlArgs, output: Output) -> anyhow::Result<()> {
    let request = args.token.into_request();
    let tokens = args.data.open_tokens().await?;
    let signed = tokens.sign_url(&args.url, &request).await;
    let signed: SignedUrl = closing(&tokens, signed).await?;
    remark(&signed.minted, output);
    output.result(&json!(signed), || signed.url.clone());
    Ok(())
}

async fn verify(args: VerifyArgs, output: Output) -> anyhow::Result<()> {
    let shown = match args.token.as_str() {
        "-" => String::from_utf8(read_input(Path::new("-"))?)?,
        token => token.to_owned(),
    };
    let shown = shown.trim();
    // A token has no slash in it, and a URL or a path has at least one.
    let is_url = shown.contains('/');
    if is_url && args.path.is_some() {
        bail!("a URL has a path of its own; leave out --path");
    }
    let tokens = args.data.open_tokens().await?;
    let presented = Presented {
        audience: args.audience.as_deref(),
        device: args.device.as_deref(),
        allow_compatible: args.allow_compatible,
    };
    let said = match is_url {
        true => tokens.verify_url(shown, presented).await.map(|opened| json!(opened)),
        false => tokens.verify_token(shown, args.path.as_deref(), presented).await,
    };
    let said: Value = closing(&tokens, said).await?;
    output.result(&said, || format!("the token is good\n{}", output::tree(&said)));
    Ok(())
}

fn remark(minted: &Minted, output: Output) {
    let id = minted.jti.as_ref().map(|jti| format!(", token id {jti}")).unwrap_or_default();
    output.step(&format!(
        "signed with {}, good until {}{id}",
        minted.algorithm,
        output::date(minted.expires)
    ));
}

/// Closes the store, however it went.
async fn closing<T>(tokens: &Tokens, done: Result<T, TokenError>) -> anyhow::Result<T> {
    tokens.store.close().await;
    done.map_err(TokenError::told)
}
