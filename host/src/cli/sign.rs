//! `sealwright sign`.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use pkcs8::der::pem::{self, LineEnding};
use serde_json::json;

use super::DataArgs;
use super::output::{self, Output};
use crate::ambient::SECONDS_PER_DAY;
use crate::durable;
use crate::service::{Applicant, SignRequest};

/// Sign a certificate request, or a device's public key, with the issuing authority, and record the certificate
///
/// Prints the certificate and its chain in PEM. It is in the inventory before it is printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright sign server.csr --data ./ca --profile tls-server > server.pem
  sealwright sign laptop.csr --data ./ca --validity-days 30 --out laptop.pem
  sealwright sign agent.pub --public-key --subject CN=agent-7,O=Acme --data ./ca --out agent.pem")]
pub(super) struct SignArgs {
    /// The request (PKCS#10) in PEM or DER, or - for standard input
    csr: PathBuf,
    /// The file is no request but a public key (PEM, a line of OpenSSH, or a JWK), of a device that makes none. Nothing
    /// proves that the device holds it: you vouch for that
    #[arg(long, requires = "subject")]
    public_key: bool,
    /// The name in the certificate of a public key (RFC 4514), such as CN=agent-7,O=Acme
    #[arg(long, requires = "public_key")]
    subject: Option<String>,
    /// A further name for it: dns:host, email:a@b, ip:10.0.0.1, upn:user@domain, uri:...
    #[arg(long = "san", value_name = "KIND:VALUE", requires = "public_key")]
    subject_alternative_names: Vec<String>,
    #[command(flatten)]
    data: DataArgs,
    /// What kind of certificate: device-identity, tls-server, scep-ra or subordinate-ca
    #[arg(long, default_value = "device-identity")]
    profile: String,
    /// Its lifetime, if it should not be the profile's
    #[arg(long, value_name = "DAYS")]
    validity_days: Option<u64>,
    /// Write the PEM here instead of printing it; a file that is there already is left alone
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) async fn run(args: SignArgs, output: Output) -> anyhow::Result<()> {
    let input = super::read_input(&args.csr)?;
    let input = if args.public_key { public_key(input)? } else { request(input)? };
    let applicant = match &args.subject {
        Some(subject) => Applicant::PublicKey { key: &input, subject },
        None => Applicant::Csr(&input),
    };
    if let Some(path) = &args.out {
        durable::check_creatable(path)?;
    }
    let service = args.data.open_to_issue().await?;
    let request = SignRequest {
        validity_seconds: args.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY)),
        subject_alternative_names: args.public_key.then_some(args.subject_alternative_names),
        ..SignRequest::of(applicant, &args.profile)
    };
    let issued =
        service.issue(request).await.with_context(|| format!("{} was not signed", args.csr.display()))?;
    service.store.close().await;
    let pem = format!("{}{}", issued.certificate.pem, issued.chain.concat());
    let record = &issued.certificate.record;
    if let Some(path) = &args.out {
        durable::create(path, pem.as_bytes()).with_context(|| {
            format!(
                "the certificate was issued; `sealwright certificates show {} --data {}` prints it",
                record.serial,
                args.data.data.display()
            )
        })?;
    }
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

fn public_key(bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| anyhow!("found a public key that is no text, wanted PEM, a line of OpenSSH, or a JWK"))
}

/// A request in PEM: as it is, or made of DER.
fn request(bytes: Vec<u8>) -> anyhow::Result<String> {
    match String::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => Ok(text),
        other => {
            let der = other.map_or_else(std::string::FromUtf8Error::into_bytes, String::into_bytes);
            pem::encode_string("CERTIFICATE REQUEST", LineEnding::LF, &der)
                .map_err(|error| anyhow!("cannot read the request: {error}"))
        }
    }
}
