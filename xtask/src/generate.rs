//! `cargo xtask generate`: files that are made from the sources, and the check that they are fresh.

use crate::workspace;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use std::fs;

const HEADER: &str = "bindings/c/include/sealwright.h";

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a file is not what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes the C header, or compares it with what would be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let path = workspace::root().join(HEADER);
    let wanted = header()?;
    if !options.check {
        fs::write(&path, wanted).with_context(|| format!("writing {HEADER}"))?;
        println!("wrote {HEADER}");
        return Ok(());
    }
    let found = fs::read(&path).with_context(|| format!("reading {HEADER}"))?;
    if found != wanted {
        bail!("{HEADER} is stale: run `cargo xtask generate` and commit the result");
    }
    println!("{HEADER} is fresh");
    Ok(())
}

fn header() -> Result<Vec<u8>> {
    let folder = workspace::root().join("bindings/c");
    let configuration = cbindgen::Config::from_file(folder.join("cbindgen.toml"))
        .map_err(|error| anyhow!("bindings/c/cbindgen.toml: {error}"))?;
    let bindings = cbindgen::Builder::new()
        .with_crate(&folder)
        .with_config(configuration)
        .generate()
        .context("reading the sources of bindings/c")?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    Ok(text)
}
