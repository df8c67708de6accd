//! `sealwright serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::DataArgs;
use super::output::Output;
use crate::ambient::{self, Stopwatch};
use crate::config::LogFormat;
use crate::http;
use crate::signals::Signals;

/// Answer SCEP requests until SIGTERM or SIGINT
///
/// SCEP is at /scep and any path below it, and at /certsrv/mscep/mscep.dll. /healthz says whether
/// the store answers, and what needs attention; /ca.pem is the root certificate. Of tokens for content
/// (`sealwright token --help`) the public keys are at /.well-known/jwks.json, the guard of downloads is at
/// /v1/forward-auth/download, and the API below /v1 wants an API token (`sealwright api-tokens --help`). Who signed a message is
/// told at /v1/forward-auth/message, /v1/forward-auth/whole-message and, with an API token, at /v1/device-messages/verify.
///
/// The log goes to standard error. With --json it is JSON too, and standard output gets one line with
/// the address and the URL once the server listens. A first signal lets requests finish, a second one
/// does not. Challenges, approvals, revocations, token keys and API tokens count at once, what `ca` and `ra` change within
/// seconds, settings after a restart.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright serve --data ./ca
  sealwright serve --data ./ca --listen 0.0.0.0:80 --log-format json
  sealwright serve --data ./ca --listen 127.0.0.1:0 --json 2>serve.log | jq -r .url")]
pub(super) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Address and port, in place of the one in sealwright.toml; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// How log lines look, in place of what sealwright.toml or --json says
    #[arg(long)]
    log_format: Option<LogFormat>,
}

/// What the engine needs for the largest list that is promised, MiB.
const LIST_MIB: usize = 128;

/// Runs the command.
pub(super) async fn run(args: ServeArgs, output: Output) -> anyhow::Result<()> {
    let clock = Stopwatch::start();
    let mut log = Ok(());
    let (service, config) = args
        .data
        .open(|config| {
            let usual = if output.is_json() { LogFormat::Json } else { config.log.format };
            let format = args.log_format.unwrap_or(usual);
            log = super::start_log(format, &config.log.level);
        })
        .await?;
    log?;
    if config.sandbox.memory_mib < LIST_MIB {
        tracing::warn!(
            "sandbox.memory_mib is {}: a revocation list of 100,000 certificates needs {LIST_MIB}",
            config.sandbox.memory_mib
        );
    }
    service
        .check_keys(&service.hierarchy())
        .await
        .with_context(|| format!("the keys in {} are not whole", args.data.data.join("keys").display()))?;
    service.check_scep_settings().await.with_context(|| format!("{} is not valid", args.data.settings()))?;
    let service = Arc::new(service);
    // From here on a signal means an orderly end.
    let signals = Signals::take()?;
    let address = args.listen.unwrap_or(config.server.listen);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; name another address with --listen"))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let started_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    let url = format!("http://{address}/scep");
    tracing::info!(%address, url, started_ms, "listening");
    output.event(&json!({
        "address": address.to_string(),
        "url": url,
        "health_url": format!("http://{address}/healthz"),
        "ra_not_after": service.hierarchy().ra_not_after,
        "warnings": service.warnings(ambient::now()),
    }));
    http::serve(listener, service.clone(), &config.server, signals).await?;
    service.store.close().await;
    tracing::info!("stopped");
    Ok(())
}
