//! `sealwright revoke`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::actor;
use super::output::{self, Output};
use crate::ambient;
use crate::service::crl::Reason;
use crate::store::{Revocation, Revoked, Role, Store};

/// Revoke a certificate, for good
///
/// It counts at once: a running server puts it on the revocation list, tells OCSP, and lets nobody renew
/// with it. Unless it is superseded, its key gets no certificate any more; key_compromise and ca_compromise revoke all
/// other certificates of the key as well. With an authority's own certificate it issues nothing any more until it has a
/// new key. Who did it, when and why is
/// recorded. The list of the root, on which the issuing authority's certificate would stand, is made with
/// `sealwright ca crl`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright revoke 6d2eba365984296ff1cd2563c38c8c8493ebcfc1 --data ./ca --reason key_compromise \\
      --comment 'laptop stolen, ticket 4711'
  sealwright certificates list --data ./ca --search laptop-7 --json | jq -r '.certificates[].serial' \\
      | xargs -n1 sealwright revoke --data ./ca --reason cessation_of_operation")]
pub(super) struct RevokeArgs {
    /// Its serial or its SHA-256, hex
    id: String,
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Why; goes into the list
    #[arg(long, value_enum, default_value_t = Reason::Unspecified)]
    reason: Reason,
    /// Why, in words; is recorded here and told to nobody
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Since when the key may have been somebody else's, Unix seconds; goes into the list
    #[arg(long, value_name = "SECONDS")]
    invalid_since: Option<u64>,
    /// Who revokes; you, if left out
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Runs the command. The store alone is opened: the running server signs.
pub(super) async fn run(args: RevokeArgs, output: Output) -> anyhow::Result<()> {
    let store = super::open_store(&args.data).await?;
    let id: String = args.id.chars().filter(|character| *character != ':').collect();
    let id = id.to_ascii_lowercase();
    let found = match store.by_serial(&id).await? {
        Some(found) => Some(found),
        None => store.by_sha256(&id).await?,
    };
    let Some(found) = found else {
        bail!("no certificate has the serial or SHA-256 {id}; `sealwright certificates list` names them");
    };
    if found.authority.is_none() {
        bail!("{} is a root: it is on no list, whoever trusts it has to remove it", found.record.subject);
    }
    let now = ambient::now();
    if let Some(since) = args.invalid_since.filter(|since| *since > now) {
        bail!("--invalid-since is {since}, wanted Unix seconds that are not after now ({now})");
    }
    // The server makes the lists of the issuing authority's keys by itself, but not the root's.
    let roots = store.authorities(Role::Root).await?;
    let is_by_root = roots.iter().any(|root| Some(&root.id) == found.authority.as_ref());
    let revocation = Revocation {
        serial: found.record.serial,
        at: now,
        reason: args.reason.name().to_owned(),
        invalidity_date: args.invalid_since,
        actor: actor(args.by),
        comment: args.comment,
    };
    let revoked = store.revoke(revocation).await?;
    store.close().await;
    let since = args.invalid_since;
    let (certificate, others, already) = match revoked {
        Revoked::Now(certificate, others) => (certificate, others, false),
        Revoked::Before(certificate) => (certificate, Vec::new(), true),
        Revoked::Unknown => bail!("the certificate {id} is gone"),
    };
    if already && certificate.revocation_reason.as_deref() != Some(args.reason.name()) {
        output.step("it was revoked for another reason before, which stays: only key_compromise and ca_compromise go before others");
    }
    if already && since.is_some() && certificate.invalidity_date != since {
        let reason = certificate.revocation_reason.as_deref().unwrap_or("unspecified");
        output
            .step(&format!("--invalid-since was not recorded: it goes with the reason on record, {reason}"));
    }
    let next = is_by_root.then_some("sealwright ca crl --authority root");
    let result = json!({ "certificate": certificate, "same_key": others, "already": already, "next": next });
    output.result(&result, || {
        let when = output::date(certificate.revoked_at.unwrap_or_default());
        let reason = certificate.revocation_reason.as_deref().unwrap_or("unspecified");
        let was = if already { "was revoked before" } else { "is revoked" };
        let next = next.map(|next| format!("\n\nnext: {next}")).unwrap_or_default();
        let others: String = others
            .iter()
            .map(|serial| {
                format!("\nand with it, since it has the same key, the one with the serial {serial}")
            })
            .collect();
        format!(
            "{} {was}: {when}, {reason} (serial {}){others}{next}",
            certificate.record.subject, certificate.record.serial
        )
    });
    Ok(())
}
