//! `sealwright requests`: approval by hand.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::actor;
use super::output::{self, Output};
use crate::ambient;
use crate::store::{Decided, PendingRequest, RequestDecision, RequestRejection, RequestState, Store};

/// See the requests that wait for a yes, and decide
///
/// With `scep.approval` in sealwright.toml first requests wait here. A device that waits asks again by
/// itself; it gets its certificate, or the no with the comment, at its next question.
#[derive(Subcommand)]
pub(super) enum RequestsCommand {
    List(ListArgs),
    Show(ShowArgs),
    Approve(DecideArgs),
    Reject(RejectArgs),
}

/// The longest comment, in bytes: the device is told, after a few words of ours.
const MAX_COMMENT: usize = 500;

/// Which requests
#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// Nobody has decided
    Pending,
    /// Somebody said yes
    Approved,
    /// Somebody said no
    Rejected,
    /// Somebody said yes, and the device has its certificate
    Issued,
    /// All of them
    All,
}

/// List requests, newest first
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright requests list --data ./ca
  sealwright requests list --data ./ca --state all --json")]
pub(super) struct ListArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Which
    #[arg(long, value_enum, default_value_t = Which::Pending)]
    state: Which,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Show one request with what is in it
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright requests show 8Qk2vXw1mB0x --data ./ca")]
pub(super) struct ShowArgs {
    /// The request's id
    id: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Say yes to one request
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright requests approve 8Qk2vXw1mB0x --data ./ca")]
pub(super) struct DecideArgs {
    /// The request's id
    id: String,
    #[command(flatten)]
    decision: DecisionArgs,
}

/// Say no to one request, or to all that wait
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright requests reject 8Qk2vXw1mB0x --data ./ca --comment 'this laptop is not ours'
  sealwright requests reject --all-pending --search 'O=Nobody' --data ./ca")]
pub(super) struct RejectArgs {
    /// The request's id
    #[arg(required_unless_present = "all_pending", conflicts_with = "all_pending")]
    id: Option<String>,
    /// All that nobody has decided
    #[arg(long)]
    all_pending: bool,
    /// Only those with this text in their subject
    #[arg(long, value_name = "TEXT", requires = "all_pending")]
    search: Option<String>,
    #[command(flatten)]
    decision: DecisionArgs,
}

#[derive(Args)]
struct DecisionArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Why, in words; a device that is rejected is told
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Who decides; you, if left out
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Runs the command. The store alone is opened: the running server issues.
pub(super) async fn run(command: RequestsCommand, output: Output) -> anyhow::Result<()> {
    match command {
        RequestsCommand::List(args) => list(args, output).await,
        RequestsCommand::Show(args) => show(args, output).await,
        RequestsCommand::Approve(args) => {
            decide(args.id, args.decision, RequestState::Approved, output).await
        }
        RequestsCommand::Reject(args) => match args.id {
            Some(id) => decide(id, args.decision, RequestState::Rejected, output).await,
            None => reject_all(args.search, args.decision, output).await,
        },
    }
}

async fn list(args: ListArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let state = match args.state {
        Which::Pending => Some(RequestState::Pending),
        Which::Approved => Some(RequestState::Approved),
        Which::Rejected => Some(RequestState::Rejected),
        Which::Issued => Some(RequestState::Issued),
        Which::All => None,
    };
    let found = store.requests(state, args.limit).await?;
    store.close().await;
    output.result(&json!({ "requests": found }), || {
        let mut rows =
            vec![["ID", "SUBJECT", "NAMES", "KEY", "REQUESTED", "STATE", "BY"].map(str::to_owned).to_vec()];
        rows.extend(found.iter().map(|request| {
            vec![
                request.id.clone(),
                request.subject.clone(),
                names(request),
                key(request),
                output::date(request.requested_at),
                request.state.name().to_owned(),
                request.decided_by.clone().unwrap_or_default(),
            ]
        }));
        output::table(&rows)
    });
    Ok(())
}

async fn show(args: ShowArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let found = store.request(&args.id).await?;
    let events = store.events(&args.id).await?;
    store.close().await;
    let Some(found) = found else { bail!(unknown(&args.id)) };
    let value = json!({ "request": found, "events": events });
    output.result(&value, || output::tree(&value));
    Ok(())
}

impl DecisionArgs {
    fn check(&self) -> anyhow::Result<()> {
        if self.comment.as_ref().is_some_and(|comment| comment.len() > MAX_COMMENT) {
            bail!(
                "the comment has more than {MAX_COMMENT} bytes, which do not fit into an answer to a device"
            );
        }
        Ok(())
    }
}

async fn reject_all(text: Option<String>, args: DecisionArgs, output: Output) -> anyhow::Result<()> {
    args.check()?;
    let store = super::open_store(&args.data).await?;
    let (at, actor, comment) = (ambient::now(), actor(args.by), args.comment);
    let rejected = store.reject_requests(RequestRejection { text, at, actor, comment }).await?;
    store.close().await;
    output.result(&json!({ "rejected": rejected }), || format!("{rejected} requests are rejected"));
    Ok(())
}

async fn decide(id: String, args: DecisionArgs, state: RequestState, output: Output) -> anyhow::Result<()> {
    args.check()?;
    let store = super::open_store(&args.data).await?;
    let decision = RequestDecision {
        id: id.clone(),
        state,
        at: ambient::now(),
        actor: actor(args.by),
        comment: args.comment,
    };
    let decided = store.decide_request(decision).await?;
    store.close().await;
    let (request, already) = match decided {
        Decided::Now(request) => (request, false),
        Decided::Before(request) if request.state == state => (request, true),
        Decided::Before(request)
            if request.state == RequestState::Issued && state == RequestState::Approved =>
        {
            (request, true)
        }
        Decided::Before(request) => bail!(contradiction(&request)),
        Decided::Unknown => bail!(unknown(&id)),
    };
    output.result(&json!({ "request": request, "already": already }), || {
        let was = if already { "was" } else { "is" };
        format!(
            "{} {was} {}; the device is told when it asks again\n  names  {}\n  key    {} (SHA-256 {})",
            request.subject,
            request.state.name(),
            names(&request),
            key(&request),
            request.public_key_sha256
        )
    });
    Ok(())
}

/// The alternative names that it asks for.
fn names(request: &PendingRequest) -> String {
    let extensions = request.content["extensions"].as_array().into_iter().flatten();
    let names = extensions.filter(|extension| extension["name"] == "subjectAltName");
    let names = names.flat_map(|extension| extension["value"].as_array().into_iter().flatten());
    names.filter_map(|name| name.as_str()).collect::<Vec<_>>().join(" ")
}

/// The kind of its key.
fn key(request: &PendingRequest) -> String {
    let key = &request.content["public_key"];
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match key["bits"].is_null() {
        true => text(&key["algorithm"]),
        false => format!("{} {}", text(&key["algorithm"]), text(&key["bits"])),
    }
}

fn contradiction(request: &PendingRequest) -> String {
    format!(
        "the request {} was {} by {} at {}; a device that was to get no certificate can ask again under another \
         transaction id, one that got one can be revoked",
        request.id,
        request.state.name(),
        request.decided_by.as_deref().unwrap_or("somebody"),
        output::date(request.decided_at.unwrap_or_default()),
    )
}

fn unknown(id: &str) -> String {
    format!("there is no request {id:?}; `sealwright requests list --state all` names them")
}
