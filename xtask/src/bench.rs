//! `cargo xtask bench`: rates, with everything built for release.

use crate::{command, setup, workspace};
use anyhow::Result;
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
    /// Parts, all if there is none: --issuing (20 seconds), --revocation (half a minute), --keystores (10 seconds), --paths
    /// (half a minute), --tokens (two minutes), --messages (a minute), --scep (5 minutes); and --seconds, --rounds, --enrolments, --connections, of which `-- --help` tells more
    #[arg(last = true)]
    more: Vec<String>,
}

/// Builds server and client, and runs the client.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.json {
        setup::build()?;
    }
    command::run(&mut command::cargo([
        "build",
        "--locked",
        "--release",
        "--package",
        "sealwright",
        "--package",
        "benches",
    ]))?;
    let programs = workspace::target().join("release");
    let mut bench = std::process::Command::new(programs.join("benches"));
    bench.env("SEALWRIGHT", programs.join("sealwright")).args(&options.more);
    if options.json {
        bench.arg("--json");
    }
    command::run(&mut bench)
}
