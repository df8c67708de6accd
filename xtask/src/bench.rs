//! `cargo xtask bench`.
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// Placeholder until the host lands.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    anyhow::bail!("nothing to measure yet: {}", options.json)
}
