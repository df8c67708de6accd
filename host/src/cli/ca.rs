//! `sealwright ca`: the life of the authorities.

mod backup;
mod crl;
mod plan;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::output::{self, Output};
use super::{DataArgs, actor};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::keystore::KeyType;
use crate::service::renewal::{Mode, Renewal, Step};
use crate::service::{Authority, sha256};
use crate::store::Role;

/// Renew, back up and restore the authorities
///
/// Renewal is without fear. `plan` says what a renewal will do, and touches nothing. `renew` makes the next generation; nothing
/// changes for anybody, but clients can get it with SCEP's GetNextCACert (that of the root they get with the issuing
/// authority's, once it is in use). `activate` takes it into use:
/// certificates of the generation before go on, and so do its revocation list and its OCSP responses.
/// Until then `abandon` gives it up. Each step may be run again and then says how things are. A running
/// server follows within seconds.
///
/// `backup` keeps everything under a password; `restore` makes a data folder of it that goes on without
/// a gap.
#[derive(Subcommand)]
pub(super) enum CaCommand {
    Status(StatusArgs),
    Plan(plan::PlanArgs),
    Renew(RenewArgs),
    Activate(ActivateArgs),
    Abandon(AbandonArgs),
    Crl(crl::CrlArgs),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
}

/// Which authority
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// The one that signs devices' certificates
    Issuing,
    /// The one that signs the issuing authority's
    Root,
}

impl Which {
    const fn role(self) -> Role {
        match self {
            Self::Issuing => Role::Issuing,
            Self::Root => Role::Root,
        }
    }
}

/// Show the authorities, their generations, and how many certificates are in force by each
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca status --data ./ca")]
pub(super) struct StatusArgs {
    #[command(flatten)]
    data: DataArgs,
}

/// Make the next generation of an authority; nothing changes yet
///
/// With the same key every certificate stays good under the old and the new certificate of the authority,
/// for those who trust either. With a new key, cross certificates lead from the old to the new and back.
/// Together with the issuing authority its SCEP registration authority gets a certificate of the next
/// generation, so that clients can enrol with it before the change.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca renew --data ./ca
  sealwright ca renew --data ./ca --new-key p256 --comment 'ten years are over'
  sealwright ca renew --data ./ca --authority root --validity-days 7300")]
pub(super) struct RenewArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    next: NextArgs,
    #[command(flatten)]
    who: WhoArgs,
}

/// What the next generation is to be.
#[derive(Args)]
struct NextArgs {
    /// Which authority
    #[arg(long, value_enum, default_value_t = Which::Issuing)]
    authority: Which,
    /// Give it a new key, of this kind: rsa-2048, rsa-3072, rsa-4096, p256, p384, ed25519,
    /// ml-dsa-44, ml-dsa-65 or ml-dsa-87
    #[arg(long, value_name = "KEY_TYPE")]
    new_key: Option<KeyType>,
    /// Its life, if it should not be ten years; never longer than its issuer's
    #[arg(long, value_name = "DAYS")]
    validity_days: Option<u64>,
}

#[derive(Args)]
struct WhoArgs {
    /// Why, in words; is recorded
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Who does it; you, if left out
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Take the next generation into use
///
/// From now on it signs; certificates of the generations before go on until their own end, and so do their revocation
/// lists and OCSP. There is no way back but another renewal.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca activate --data ./ca
  sealwright ca activate --data ./ca --authority root")]
pub(super) struct ActivateArgs {
    #[command(flatten)]
    change: ChangeArgs,
}

/// Give up the next generation before it is in use
///
/// What was made for it is revoked; certificates that devices have got by it stay good until their own end. Its number
/// and its key are not given again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca abandon --data ./ca --comment 'wrong kind of key'")]
pub(super) struct AbandonArgs {
    #[command(flatten)]
    change: ChangeArgs,
}

/// A step with the generation that waits.
#[derive(Args)]
struct ChangeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Which authority
    #[arg(long, value_enum, default_value_t = Which::Issuing)]
    authority: Which,
    #[command(flatten)]
    who: WhoArgs,
}

/// Runs the command.
pub(super) async fn run(command: CaCommand, output: Output) -> anyhow::Result<()> {
    match command {
        CaCommand::Status(args) => status(args, output).await,
        CaCommand::Plan(args) => plan::run(args, output).await,
        CaCommand::Renew(args) => renew(args, output).await,
        CaCommand::Activate(args) => activate(args.change, output).await,
        CaCommand::Abandon(args) => abandon(args.change, output).await,
        CaCommand::Crl(args) => crl::run(args, output).await,
        CaCommand::Backup(args) => backup::backup(args, output).await,
        CaCommand::Restore(args) => backup::restore(args, output).await,
    }
}

impl NextArgs {
    fn renewal(&self, actor: String, comment: Option<String>) -> Renewal {
        Renewal {
            role: self.authority.role(),
            mode: self.new_key.map_or(Mode::SameKey, Mode::NewKey),
            validity_seconds: self.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY)),
            actor,
            comment,
        }
    }
}

impl ChangeArgs {
    fn renewal(&self) -> Renewal {
        Renewal {
            role: self.authority.role(),
            mode: Mode::SameKey,
            validity_seconds: None,
            actor: actor(self.who.by.clone()),
            comment: self.who.comment.clone(),
        }
    }
}

async fn status(args: StatusArgs, output: Output) -> anyhow::Result<()> {
    let service = args.data.open_to_issue().await?;
    let hierarchy = service.hierarchy();
    let mut found = Vec::new();
    for authority in hierarchy.authorities() {
        let in_force = service.store.in_force(&authority.id, ambient::now()).await?;
        let events = service.store.events(&authority.id).await?;
        let mut generations = Vec::new();
        for generation in authority.generations() {
            let described = service.describe(&generation.certificate).await?;
            let sha256 = sha256(&generation.certificate)?;
            let refused = service.store.refused_for(&sha256).await?;
            let state = match generation.number.cmp(&authority.current.number) {
                _ if authority.abandoned.contains(generation) => "abandoned",
                std::cmp::Ordering::Greater => "next",
                std::cmp::Ordering::Equal => "current",
                std::cmp::Ordering::Less => "former",
            };
            generations.push(json!({
                "number": generation.number,
                "state": state,
                "key": generation.key,
                "subject": described["subject"],
                "serial": described["serial"],
                "not_after": described["not_after"],
                "sha256": sha256,
                "revoked": refused,
                "in_force": in_force.get(&generation.number).copied().unwrap_or_default(),
            }));
        }
        found.push(json!({ "id": authority.id, "generations": generations, "events": events }));
    }
    service.store.close().await;
    output.result(&json!({ "authorities": found }), || {
        let header = ["AUTHORITY", "GENERATION", "STATE", "KEY", "SUBJECT", "EXPIRES", "IN FORCE"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        for authority in &found {
            let generations = authority["generations"].as_array().into_iter().flatten();
            rows.extend(generations.map(|generation| row(authority, generation)));
        }
        output::table(&rows)
    });
    Ok(())
}

fn row(authority: &Value, generation: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let end = output::date(generation["not_after"].as_u64().unwrap_or_default());
    vec![
        text(&authority["id"]),
        text(&generation["number"]),
        match &generation["revoked"] {
            Value::Null => text(&generation["state"]),
            reason => format!("{}, revoked ({})", text(&generation["state"]), text(reason)),
        },
        text(&generation["key"]),
        text(&generation["subject"]),
        end.chars().take(10).collect(),
        text(&generation["in_force"]),
    ]
}

async fn renew(args: RenewArgs, output: Output) -> anyhow::Result<()> {
    let renewal = args.next.renewal(actor(args.who.by), args.who.comment);
    let service = args.data.open_to_issue().await?;
    output.step("making the next generation ...");
    let step = service.renew(&renewal).await?;
    service.store.close().await;
    let did = if step.already { "waits already" } else { "is made and waits" };
    let next = "next: `sealwright ca activate` takes it into use, `sealwright ca abandon` gives it up";
    report(output, &step, &format!("generation {} {did}", next_number(&step.authority)), next);
    Ok(())
}

async fn activate(args: ChangeArgs, output: Output) -> anyhow::Result<()> {
    let service = args.data.open_to_issue().await?;
    let step = service.activate(&args.renewal()).await?;
    service.store.close().await;
    let was = if step.already { "is in use already; none waits" } else { "is in use" };
    let sha256 = sha256(&step.authority.current.certificate)?;
    let mut next =
        "certificates of the generations before go on; a running server follows within seconds".to_owned();
    if step.authority.next.is_none() && matches!(args.authority, Which::Root) {
        next += &format!(
            "\n\nits certificate is a new trust anchor, with the SHA-256\n  {sha256}\nwhich is what `sealwright enroll \
             --ca-fingerprint` and the profiles of devices have to name from now on"
        );
    }
    report(output, &step, &format!("generation {} {was}", step.authority.current.number), &next);
    Ok(())
}

async fn abandon(args: ChangeArgs, output: Output) -> anyhow::Result<()> {
    let service = args.data.open_to_issue().await?;
    let step = service.abandon(&args.renewal()).await?;
    let in_force = service.store.in_force(&step.authority.id, ambient::now()).await?;
    service.store.close().await;
    let of_abandoned = step.authority.abandoned.first().filter(|_| !step.already);
    let held = of_abandoned.map_or(0, |one| in_force.get(&one.number).copied().unwrap_or_default());
    let did = if step.already { "no generation waited" } else { "the next generation is given up" };
    let mut what = format!("{did}; generation {} stays in use", step.authority.current.number);
    if held > 0 {
        what += &format!(
            "\n{held} certificates of the one given up are in force: they stay good for who trusts its chain, and are \
             renewed by the one in use"
        );
    }
    let is_new_key = of_abandoned.is_some_and(|one| one.key != step.authority.current.key);
    let next = match is_new_key {
        true => {
            "what was made for it is revoked; `sealwright ca crl --authority root` tells of its certificate"
        }
        false => {
            "its certificate has the key in use and stays good; its SCEP registration authority is revoked"
        }
    };
    report_with(output, &step, &what, next, &json!({ "in_force": held }));
    Ok(())
}

fn next_number(authority: &Authority) -> u32 {
    authority.next.as_ref().map_or(authority.current.number, |next| next.number)
}

fn report(output: Output, step: &Step, what: &str, next: &str) {
    report_with(output, step, what, next, &json!({}));
}

/// With further fields in the JSON.
fn report_with(output: Output, step: &Step, what: &str, next: &str, more: &Value) {
    let authority = &step.authority;
    let mut result = json!({
        "authority": authority.id,
        "already": step.already,
        "current": authority.current.number,
        "next": authority.next.as_ref().map(|next| next.number),
        "former": authority.former.iter().map(|former| former.number).collect::<Vec<_>>(),
        "certificate": authority.current.certificate,
        "sha256": sha256(&authority.current.certificate).ok(),
        "next_certificate": authority.next.as_ref().map(|next| &next.certificate),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        result[name] = value.clone();
    }
    output.result(&result, || format!("{}: {what}\n\n{next}", authority.id));
}
