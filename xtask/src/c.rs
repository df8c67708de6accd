//! What Miri has to say of the C library's boundary.

use crate::{command, workspace};
use anyhow::{Context, Result, bail, ensure};
use std::process::Command;

/// Miri is a part of no stable toolchain. Of a fixed day, so that it does not change by itself.
const TOOLCHAIN: &str = "nightly-2026-10-29";

/// The toolchain with Miri. Without rustup there is none.
pub(crate) fn set_up() -> Result<()> {
    if has_miri() {
        return Ok(());
    }
    if !command::exists("rustup") {
        let line = "no Miri, which comes by rustup: https://rustup.rs";
        if workspace::is_ci() {
            bail!(line);
        }
        println!("setup: {line}");
        return Ok(());
    }
    println!("setup: adding the toolchain {TOOLCHAIN}");
    let minimal = ["toolchain", "install", TOOLCHAIN, "--profile", "minimal", "--no-self-update"];
    command::run(Command::new("rustup").args(minimal).args([
        "--component",
        "miri",
        "--component",
        "rust-src",
    ]))
}

fn has_miri() -> bool {
    let version = Command::new("rustup").args(["run", TOOLCHAIN, "cargo", "miri", "--version"]).output();
    version.is_ok_and(|output| output.status.success())
}

/// Runs the library's own tests in Miri: undefined behaviour in one of them is an error.
pub(crate) fn test() -> Result<()> {
    if !has_miri() {
        ensure!(!workspace::is_ci(), "no Miri, and nothing may be skipped here: cargo xtask setup");
        println!("skipped what needs Miri: cargo xtask setup");
        return Ok(());
    }
    let test = ["run", TOOLCHAIN, "cargo", "miri", "test", "--locked", "--package", "sealwright-c", "--lib"];
    let mut miri = Command::new("rustup");
    miri.args(test).arg("--target-dir").arg(workspace::target().join("miri")).current_dir(workspace::root());
    // What the cargo around this one says is not for the other toolchain.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        miri.env_remove(variable);
    }
    command::run(&mut miri).context("Miri")
}
