//! `sealwright serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use super::DataArgs;
use crate::ambient::Stopwatch;
use crate::config::LogFormat;
use crate::http;

/// Answer SCEP requests until SIGTERM or SIGINT
///
/// SCEP is at /scep and any path below it, and at /certsrv/mscep/mscep.dll. /healthz says whether
/// the store answers; /ca.pem is the root certificate.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright serve --data ./ca
  sealwright serve --data ./ca --listen 0.0.0.0:80 --log-format json")]
pub(super) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Address and port, in place of the one in sealwright.toml; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// How log lines look, in place of what sealwright.toml says
    #[arg(long)]
    log_format: Option<LogFormat>,
}

/// Runs the command.
pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let clock = Stopwatch::start();
    let mut log = Ok(());
    let (service, config) = args
        .data
        .open(|config| {
            let format = args.log_format.unwrap_or(config.log.format);
            log = super::start_log(format, &config.log.level);
        })
        .await?;
    log?;
    let service = Arc::new(service);
    let address = args.listen.unwrap_or(config.server.listen);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; name another address with --listen"))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let started_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%address, url = format!("http://{address}/scep"), started_ms, "listening");
    http::serve(listener, service.clone(), &config.server).await?;
    service.store.close().await;
    tracing::info!("stopped");
    Ok(())
}
