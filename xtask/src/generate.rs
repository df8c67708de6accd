//! `cargo xtask generate`: files that are made from the sources, and the check that they are fresh.

mod places;
mod python;
mod reference;
mod schema;
mod typescript;

use crate::{command, workspace};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::Value;
use std::fs;
use typescript::Part;

const HEADER: &str = "bindings/c/include/sealwright.h";
const SCHEMA: &str = "bindings/schema.json";
/// The folder of the package's modules that are made here.
const TYPESCRIPT: &str = "bindings/npm/src/generated";
/// The folder of the Python package.
const PYTHON: &str = "bindings/python/python/sealwright";
const REFERENCE: &str = "docs/reference.md";

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a file is not what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes what is made from the sources, or compares it with what would be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let header = header()?;
    let mut interface = interface()?;
    interface["abi_version"] = abi_version(&header)?.into();
    let typescript = |name: &str| format!("{TYPESCRIPT}/{name}.ts");
    let python = python::modules(&interface)?;
    let python = python.map(|(name, module)| (format!("{PYTHON}/{name}.py"), module));
    let files = [
        (HEADER.to_owned(), header),
        (SCHEMA.to_owned(), format!("{interface:#}\n")),
        (REFERENCE.to_owned(), reference::page(&interface)),
        (typescript("requests"), typescript::types(&interface, Part::Request)),
        (typescript("responses"), typescript::types(&interface, Part::Response)),
        (typescript("interface"), typescript::interface(&interface)?),
    ];
    for (name, wanted) in files.into_iter().chain(python) {
        let path = workspace::root().join(&name);
        if !options.check {
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(&path, wanted).with_context(|| format!("writing {name}"))?;
            println!("wrote {name}");
            continue;
        }
        let found = fs::read(&path).with_context(|| format!("reading {name}"))?;
        if found != wanted.as_bytes() {
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

/// The version that the header tells.
fn abi_version(header: &str) -> Result<u32> {
    let version = header.lines().find_map(|line| line.strip_prefix("#define SEALWRIGHT_ABI_VERSION "));
    version
        .context("the header has no SEALWRIGHT_ABI_VERSION")?
        .trim()
        .parse()
        .context("SEALWRIGHT_ABI_VERSION")
}

fn header() -> Result<String> {
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
    String::from_utf8(text).context("the header")
}
