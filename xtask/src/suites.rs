//! `cargo xtask suites`: the engine and other verifiers beside each other on other people's suites.

use crate::{command, setup, workspace};
use anyhow::Result;
use clap::Args;
use std::process::Command;

#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON value and nothing else
    #[arg(long)]
    json: bool,
}

/// Builds the program that asks them all, and runs it.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.json {
        setup::everything()?;
    }
    command::run(&mut command::build("suites"))?;
    let mut suites = Command::new(workspace::program("suites"));
    if options.json {
        suites.arg("--json");
    }
    command::run(&mut suites)
}
