//! `sealwright ra`: the SCEP registration authority.

use clap::{Args, Subcommand};
use serde_json::json;

use super::DataArgs;
use super::output::{self, Output};
use crate::ambient::SECONDS_PER_DAY;

/// Look after the SCEP registration authority
#[derive(Subcommand)]
pub(super) enum RaCommand {
    Renew(RenewArgs),
}

/// Give the SCEP registration authority a new key and a new certificate
///
/// SCEP messages are encrypted to this certificate, and replies are signed with it; when it ends, no
/// client can enrol any more. A running server renews it by itself 30 days before, and says so in /healthz
/// if it cannot. The new one has the same name and comes from the same issuing authority; a running
/// server takes it up within seconds. Messages for the old certificate are still opened, and answered in its name, until it ends; it stays in the
/// inventory.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ra renew --data ./ca
  sealwright ra renew --data ./ca --validity-days 730 --json")]
pub(super) struct RenewArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Its lifetime, if it should not be the profile's (scep-ra: 365, at most 825)
    #[arg(long, value_name = "DAYS")]
    validity_days: Option<u64>,
}

/// Runs the command.
pub(super) async fn run(command: RaCommand, output: Output) -> anyhow::Result<()> {
    match command {
        RaCommand::Renew(args) => renew(args, output).await,
    }
}

async fn renew(args: RenewArgs, output: Output) -> anyhow::Result<()> {
    let service = args.data.open_to_issue().await?;
    let _lock = service.lock().await?;
    service.refresh().await?;
    let validity = args.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY));
    let old_not_after = service.hierarchy().ra_not_after;
    let issued = service.renew_registration(validity).await?;
    service.store.close().await;
    let certificate = issued.certificate;
    let result = json!({ "certificate": certificate, "old_not_after": old_not_after });
    output.result(&result, || {
        format!(
            "{} has a new certificate\n  serial       {}\n  valid until  {}\n  \
             the old one  until {}, messages for it are still opened\n\n\
             a running server takes it up by itself",
            certificate.record.subject,
            certificate.record.serial,
            output::date(certificate.record.not_after),
            output::date(old_not_after),
        )
    });
    Ok(())
}
