//! `cargo xtask generate`: files that are made from the sources, and the check that they are fresh.

mod reference;

use crate::{command, workspace};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::Value;
use std::fs;

const HEADER: &str = "bindings/c/include/sealwright.h";
const SCHEMA: &str = "bindings/schema.json";
const REFERENCE: &str = "docs/reference.md";

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a file is not what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes what is made from the sources, or compares it with what would be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let interface = interface()?;
    let files = [
        (HEADER, header()?),
        (SCHEMA, format!("{interface:#}\n").into_bytes()),
        (REFERENCE, reference::page(&interface).into_bytes()),
    ];
    for (name, wanted) in files {
        let path = workspace::root().join(name);
        if !options.check {
            fs::write(&path, wanted).with_context(|| format!("writing {name}"))?;
            println!("wrote {name}");
            continue;
        }
        let found = fs::read(&path).with_context(|| format!("reading {name}"))?;
        if found != wanted {
            bail!("{name} is stale: run `cargo xtask generate` and commit the result");
        }
        println!("{name} is fresh");
    }
    Ok(())
}

fn interface() -> Result<Value> {
    let example = ["-p", "sealwright-core", "--features", "schema", "--example", "interface"];
    let printed =
        command::read(&mut command::cargo([&["run", "--locked", "--quiet"][..], &example].concat()))?;
    serde_json::from_str(&printed).context("reading the interface of core")
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
