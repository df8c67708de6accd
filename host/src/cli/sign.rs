//! `sealwright sign`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::DataArgs;
use super::output::{self, Output};
use crate::service::SignRequest;

/// Sign a certificate request with the issuing authority, and record the certificate
///
/// Prints the certificate and its chain in PEM. It is in the inventory before it is printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright sign server.csr --data ./ca --profile tls-server > server.pem
  sealwright sign laptop.csr --data ./ca --validity-days 30 --out laptop.pem")]
pub(super) struct SignArgs {
    /// The request (PKCS#10) in PEM, or - for standard input
    csr: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// What kind of certificate: device-identity, tls-server, scep-ra or subordinate-ca
    #[arg(long, default_value = "device-identity")]
    profile: String,
    /// Its lifetime, if it should not be the profile's
    #[arg(long, value_name = "DAYS")]
    validity_days: Option<u64>,
    /// Write the PEM here instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) async fn run(args: SignArgs, output: Output) -> anyhow::Result<()> {
    let csr = String::from_utf8(super::read_input(&args.csr)?)
        .with_context(|| format!("{} is not PEM", args.csr.display()))?;
    let service = args.data.open_to_issue().await?;
    let request = SignRequest {
        validity_seconds: args.validity_days.map(|days| days.saturating_mul(86_400)),
        ..SignRequest::new(&csr, &args.profile)
    };
    let issued =
        service.issue(request).await.with_context(|| format!("{} was not signed", args.csr.display()))?;
    service.store.close().await;
    let pem = format!("{}{}", issued.certificate.pem, issued.chain.concat());
    if let Some(path) = &args.out {
        std::fs::write(path, &pem).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let record = &issued.certificate.record;
    let result = json!({ "certificate": issued.certificate, "chain": issued.chain });
    output.result(&result, || match &args.out {
        None => pem.clone(),
        Some(path) => format!(
            "signed {} (serial {}, valid until {}): {}",
            record.subject,
            record.serial,
            output::date(record.not_after),
            path.display()
        ),
    });
    Ok(())
}
