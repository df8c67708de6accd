//! `cargo xtask doors`: the vectors through every door to the engine.

use crate::{command, npm, python, setup, workspace};
use anyhow::Result;
use clap::Args;
use std::process::Command;

#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON value and nothing else
    #[arg(long)]
    json: bool,
}

/// Builds what has to be built, and runs the program that goes through them.
pub(crate) fn run(options: &Options) -> Result<()> {
    if command::exists("node") && command::exists("npm") {
        npm::install()?;
    }
    if command::exists("python3") {
        python::install()?;
    }
    setup::go()?;
    command::run(&mut command::build("doors"))?;
    let mut doors = Command::new(workspace::program("doors"));
    if options.json {
        doors.arg("--json");
    }
    command::run(&mut doors)
}
