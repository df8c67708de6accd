//! `sealwright ca crl`: revocation lists, written out.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use clap::Args;
use serde_json::json;

use super::super::DataArgs;
use super::super::output::{self, Output};
use super::Which;
use crate::ambient::SECONDS_PER_DAY;
use crate::durable;
use crate::service::ServiceError;
use crate::service::crl::MadeCrls;
use crate::service::renewal::ROOT_CRL_SECONDS;
use crate::store::Crl;

const ENDED: &str = "the authority's certificate has ended, and its key signs no more lists; renew it with `sealwright \
                     ca renew` and `ca activate`";

/// Make a new revocation list of the root, or write out the issuing authority's
///
/// The server makes the issuing authority's lists by itself. The root's key lies sealed while the server
/// runs, so its list is made here: when it nears its end, and when an issuing certificate was revoked.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca crl --data ./ca --authority root
  sealwright ca crl --data ./ca --out issuing.crl.pem")]
pub(in crate::cli) struct CrlArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Which authority
    #[arg(long, value_enum, default_value_t = Which::Issuing)]
    authority: Which,
    /// How long the root's list is good, if it should not be 365 days; that of the issuing authority's is a setting
    #[arg(long, value_name = "DAYS")]
    validity_days: Option<u64>,
    /// A file for the list (PEM) of the current key
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(args: CrlArgs, output: Output) -> anyhow::Result<()> {
    if matches!(args.authority, Which::Issuing) && args.validity_days.is_some() {
        bail!(
            "--validity-days is for --authority root; of the issuing authority's lists sealwright.toml says how long \
             they are good (crl_validity_hours)"
        );
    }
    let service = args.data.open_to_issue().await?;
    let seconds = args.validity_days.map_or(ROOT_CRL_SECONDS, |days| days.saturating_mul(SECONDS_PER_DAY));
    let hierarchy = service.hierarchy();
    let MadeCrls { made: crls, failed } = match args.authority {
        Which::Root => service.root_crl(seconds).await?,
        Which::Issuing => {
            let made = service.issuing_crl(&hierarchy, &hierarchy.issuing.current.key).await;
            let ended = made.as_ref().is_err_and(ServiceError::is_ended);
            let made = if ended { Vec::new() } else { vec![made?.crl.clone()] };
            MadeCrls { made, failed: Vec::new() }
        }
    };
    let current = match args.authority {
        Which::Root => hierarchy.root.as_ref().map(|root| root.current.key.clone()),
        Which::Issuing => Some(hierarchy.issuing.current.key.clone()),
    };
    service.store.close().await;
    ensure!(!crls.is_empty() || !failed.is_empty(), "{ENDED}");
    if let Some(path) = &args.out
        && (failed.is_empty() || crls.iter().any(|crl| Some(crl.key.as_str()) == current.as_deref()))
    {
        write_list(path, &crls, current.as_deref())?;
    }
    ensure!(failed.is_empty(), "{}", told(&crls, &failed));
    let listed = crls.iter().map(|crl| {
        json!({
            "key": crl.key,
            "number": crl.number,
            "this_update": crl.this_update,
            "next_update": crl.next_update,
            "crl": crl.pem,
        })
    });
    output.result(&json!({ "crls": listed.collect::<Vec<_>>() }), || {
        let line = |crl: &Crl| {
            format!("{}: list {}, good until {}", crl.key, crl.number, output::date(crl.next_update))
        };
        crls.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

/// What could not be made, and what was all the same.
fn told(made: &[Crl], failed: &[String]) -> String {
    let keys: Vec<_> = made.iter().map(|crl| crl.key.as_str()).collect();
    let told =
        if keys.is_empty() { String::new() } else { format!("; there are new lists of {}", keys.join(", ")) };
    format!("{}{told}: mend that and run this again", failed.join("; "))
}

fn write_list(path: &Path, crls: &[Crl], key: Option<&str>) -> anyhow::Result<()> {
    let Some(crl) = crls.iter().find(|crl| Some(crl.key.as_str()) == key) else {
        bail!("{} is not written: {ENDED}", path.display());
    };
    durable::replace(path, crl.pem.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_current_key_is_written_or_it_is_said_that_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.crl.pem");
        let list = |key: &str| Crl {
            key: key.to_owned(),
            number: 1,
            this_update: 1,
            next_update: 2,
            last_event: 0,
            pem: format!("of {key}"),
        };
        let lists = [list("root-1"), list("root-2")];
        let refused = write_list(&path, &lists, Some("root-3")).unwrap_err().to_string();
        assert!(refused.contains("not written") && !path.exists(), "{refused}");
        write_list(&path, &lists, Some("root-2")).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "of root-2");
    }
}
