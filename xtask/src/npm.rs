//! `cargo xtask npm`: the npm package, from the sources to what `npm publish` takes.

use crate::{command, setup, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &str = "bindings/npm";

/// The modules of the package: where they are put, and what of the engine is in them.
const MODULES: [(&str, &[&str]); 2] =
    [("sealwright.wasm", &[]), ("verify/sealwright-verify.wasm", &["--no-default-features"])];

/// What the package is made of beside its sources.
const COPIED: [(&str, &str); 5] = [
    ("bindings/npm/package.json", "package.json"),
    ("bindings/npm/tsconfig.json", "tsconfig.json"),
    ("bindings/npm/README.md", "README.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];

/// Builds the package and says how large it is.
pub(crate) fn run() -> Result<()> {
    setup::build()?;
    setup::npm()?;
    let package = build()?;
    println!("{}", sizes()?);
    println!("npm: {}", package.display());
    Ok(())
}

/// Builds the package and installs it in a project that has nothing else, as a user does.
pub(crate) fn install() -> Result<()> {
    setup::npm()?;
    let package = build()?;
    let project = workspace::target().join("npm-consumer");
    // Where there is nothing, that is fine.
    let _ = fs::remove_dir_all(&project);
    fs::create_dir_all(&project)?;
    fs::write(project.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n")?;
    let quiet = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    command::run(Command::new("npm").args(quiet).arg(package).current_dir(project))
}

/// The packed package, built anew.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = setup::npm_package();
    let dist = folder.join("dist");
    for stale in ["src", "dist"] {
        // Where there is nothing, that is fine.
        let _ = fs::remove_dir_all(folder.join(stale));
    }
    for (from, to) in COPIED {
        fs::copy(workspace::root().join(from), folder.join(to)).with_context(|| from.to_owned())?;
    }
    copy(&workspace::root().join(SOURCES).join("src"), &folder.join("src"))?;
    command::run(&mut tool("tsc"))?;
    for (name, features) in MODULES {
        let (types, to) = (workspace::root().join(SOURCES).join("sealwright.wasm.d.ts"), dist.join(name));
        fs::copy(types, to.with_extension("wasm.d.ts"))?;
        optimize(&module(&to, features)?, &to)?;
    }
    pack(&folder)
}

/// Takes names out, and what is found quickly: `-Oz` makes fewer octets, but more of them once they are compressed.
/// Functions of one name are much alike, and gzip finds what is alike only where it is near.
fn optimize(from: &Path, to: &Path) -> Result<()> {
    let flags = ["-O1", "--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--output"];
    command::run(tool("wasm-opt").arg(from).args(flags).arg(to))
}

/// A program of the package's node modules, in the package's folder.
fn tool(name: &str) -> Command {
    let folder = setup::npm_package();
    let mut command = Command::new(folder.join("node_modules/.bin").join(name));
    command.current_dir(folder);
    command
}

/// A module, before wasm-opt. Each has a folder of its own: what cargo writes has the same name.
fn module(to: &Path, features: &[&str]) -> Result<PathBuf> {
    let name = to.file_stem().context("the name of a module")?;
    let target = workspace::target().join("module").join(name);
    let arguments = ["build", "--quiet", "--locked", "--package", "sealwright-c", "--profile", "npm"];
    let mut build = command::cargo(arguments);
    build.args(features).args(["--target", "wasm32-unknown-unknown", "--target-dir"]).arg(&target);
    // What a panic would say names sources, and those of crates lie in the folder of whoever builds this.
    let flags = workspace::crates().map(|folder| format!("--remap-path-prefix={}=crates", folder.display()));
    command::run(build.env("CARGO_ENCODED_RUSTFLAGS", flags.unwrap_or_default()).env_remove("RUSTFLAGS"))?;
    Ok(target.join("wasm32-unknown-unknown/npm").join("sealwright.wasm"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn pack(folder: &Path) -> Result<PathBuf> {
    let packed = command::read(Command::new("npm").args(["pack", "--silent"]).current_dir(folder))?;
    let Some(name) = packed.lines().last() else { bail!("npm pack names no file") };
    Ok(folder.join(name.trim()))
}

/// How large what is downloaded is: as it is, and as servers compress it.
pub(crate) fn sizes() -> Result<String> {
    const SCRIPT: &str = "\
        const { readdirSync, readFileSync } = require('node:fs');
        const { gzipSync, brotliCompressSync } = require('node:zlib');
        const show = (name, bytes) => console.log(name.padEnd(24) + [bytes.length, gzipSync(bytes, { level: 9 }).length, \
            brotliCompressSync(bytes).length].map((size) => (size / 1000).toFixed(1).padStart(9)).join(''));
        console.log(''.padEnd(24) + ['raw', 'gzip', 'brotli'].map((name) => name.padStart(9)).join('') + '   kB');
        const read = (name) => readFileSync('dist/' + name);
        const all = (end) => readdirSync('dist', { recursive: true }).filter((name) => name.endsWith(end)).sort();
        for (const name of all('.wasm')) show(name.split('/').at(-1), read(name));
        show('JavaScript', Buffer.concat(all('.js').map(read)));
    ";
    command::read(Command::new("node").args(["-e", SCRIPT]).current_dir(setup::npm_package()))
}
