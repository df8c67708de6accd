//! `sealwright challenges`: the passwords that devices enrol with.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::{Span, SpanRelativeTo, Unit};
use serde_json::json;
use zeroize::Zeroizing;

use super::output::{self, Output};
use crate::ambient;
use crate::hex;
use crate::service::challenge::hash;
use crate::store::{Challenge, Store};

/// What the names of static challenges start with.
const STATIC: &str = "static-";

/// Challenges at the same time. A server compares each unknown password with all of them, slowly.
pub(super) const MAX_CHALLENGES: usize = 16;

/// Add, list and remove the challenge passwords that devices enrol with
///
/// A running server honours each change with the next message that it reads.
#[derive(Subcommand)]
pub(super) enum ChallengesCommand {
    Add(AddArgs),
    List(ListArgs),
    Remove(RemoveArgs),
}

/// Add a challenge password and print it, this once
///
/// Any number of devices may enrol with it, until it ends or is removed. The store keeps a hash of it
/// (argon2id). A running server takes it from the next message on. There is room for 16 at a time.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright challenges add --data ./ca --expires-in 30d
  sealwright challenges add --data ./ca --challenge-file challenge.txt
  sealwright challenges add --data ./ca --json | jq -r .challenge")]
pub(super) struct AddArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A file with the password, in place of a random one
    #[arg(long, value_name = "FILE")]
    challenge_file: Option<PathBuf>,
    /// How long it counts, such as 90m, 12h, 30d or 2w; without it, until it is removed
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    expires_in: Option<u64>,
}

/// List the challenges: names and times, never the passwords
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright challenges list --data ./ca")]
pub(super) struct ListArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Remove a challenge: nobody enrols with it any more
///
/// A running server refuses it from the next message on. What was issued with it stays valid, and may be
/// renewed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright challenges remove static-1 --data ./ca")]
pub(super) struct RemoveArgs {
    /// Its name, as `sealwright challenges list` shows it
    id: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Runs the command. The store alone is opened: no key is needed.
pub(super) async fn run(command: ChallengesCommand, output: Output) -> anyhow::Result<()> {
    match command {
        ChallengesCommand::Add(args) => add(args, output).await,
        ChallengesCommand::List(args) => list(args, output).await,
        ChallengesCommand::Remove(args) => remove(args, output).await,
    }
}

async fn add(args: AddArgs, output: Output) -> anyhow::Result<()> {
    let text = read_or_make(args.challenge_file.as_deref())?;
    let store = super::open_store(&args.data).await?;
    let created_at = ambient::now();
    let live = store.challenges(created_at).await?.len();
    if live >= MAX_CHALLENGES {
        bail!(
            "there are {live} challenges, and {MAX_CHALLENGES} is the limit: a server compares each unknown \
             password with all of them; `sealwright challenges remove` makes room"
        );
    }
    let challenge = Challenge {
        id: free_id(&store.challenges(0).await?),
        hash: hash(&text)?,
        created_at,
        expires_at: args.expires_in.map(|seconds| created_at.saturating_add(seconds)),
    };
    store.put_challenge(challenge.clone()).await?;
    store.close().await;
    let Challenge { id, expires_at, .. } = &challenge;
    let result = json!({
        "id": id,
        "challenge": text.as_str(),
        "created_at": created_at,
        "expires_at": expires_at,
    });
    output.result(&result, || {
        format!(
            "added {id}\n  challenge    {}   (shown once)\n  counts       {}",
            text.as_str(),
            expires_at.map_or_else(
                || "until it is removed".to_owned(),
                |end| format!("until {}", output::date(end))
            ),
        )
    });
    Ok(())
}

async fn list(args: ListArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let found = store.challenges(0).await?;
    store.close().await;
    let now = ambient::now();
    let has_ended = |one: &Challenge| one.expires_at.is_some_and(|end| end <= now);
    let challenges: Vec<_> = found
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "created_at": one.created_at,
                "expires_at": one.expires_at,
                "expired": has_ended(one),
            })
        })
        .collect();
    output.result(&json!({ "challenges": challenges }), || {
        let mut rows = vec![["ID", "CREATED", "EXPIRES", "STATE"].map(str::to_owned).to_vec()];
        rows.extend(found.iter().map(|one| {
            let state = if has_ended(one) { "expired" } else { "valid" };
            let end = one.expires_at.map_or_else(|| "never".to_owned(), output::date);
            vec![one.id.clone(), output::date(one.created_at), end, state.to_owned()]
        }));
        output::table(&rows)
    });
    Ok(())
}

async fn remove(args: RemoveArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let removed = store.remove_challenge(&args.id).await?;
    let left = store.challenges(ambient::now()).await?.len();
    store.close().await;
    if !removed {
        bail!("there is no challenge {:?}; `sealwright challenges list` names them", args.id);
    }
    output.result(&json!({ "removed": args.id, "left": left }), || match left {
        0 => format!("removed {}; no new device can enrol before `sealwright challenges add`", args.id),
        _ => format!("removed {}", args.id),
    });
    Ok(())
}

/// The challenge in a file, or a random one.
///
/// # Errors
/// If the file cannot be read, or holds nothing that SCEP has room for.
pub(super) fn read_or_make(file: Option<&Path>) -> anyhow::Result<Zeroizing<String>> {
    let Some(path) = file else {
        // Hex: every string type of ASN.1 and every form field can hold it.
        return Ok(Zeroizing::new(hex::encode(&ambient::random::<16>())));
    };
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .with_context(|| format!("cannot read the challenge file {}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.len() > 255 {
        bail!("the challenge in {} has {} bytes, wanted 1 to 255", path.display(), text.len());
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// A name that no challenge has, after those of today.
fn free_id(known: &[Challenge]) -> String {
    let numbers = known.iter().filter_map(|one| one.id.strip_prefix(STATIC)?.parse::<u64>().ok());
    format!("{STATIC}{}", numbers.max().unwrap_or(0).saturating_add(1))
}

/// A time as people write it, in seconds.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let wanted = || "wanted a time such as 90m, 12h, 30d or 2w".to_owned();
    let span: Span = text.parse().map_err(|_| wanted())?;
    let days = SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(days).map_err(|_| wanted())?;
    let rounded = duration.round(Unit::Second).map_err(|_| wanted())?;
    u64::try_from(rounded.as_secs()).ok().filter(|seconds| *seconds > 0).ok_or_else(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_what_people_write() {
        for (text, wanted) in
            [("90m", 5_400), ("12h", 43_200), ("30d", 2_592_000), ("2w", 1_209_600), ("1d 1h", 90_000)]
        {
            assert_eq!(seconds(text), Ok(wanted), "{text}");
        }
        for text in ["", "30", "-1d", "0s", "soon", "1y"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_not_used_twice() {
        let known = |ids: &[&str]| {
            let known = ids.iter().map(|&id| Challenge {
                id: id.to_owned(),
                hash: String::new(),
                created_at: 0,
                expires_at: None,
            });
            known.collect::<Vec<_>>()
        };
        assert_eq!(free_id(&known(&[])), "static-1");
        assert_eq!(free_id(&known(&["static-7", "static-2", "other"])), "static-8");
    }
}
