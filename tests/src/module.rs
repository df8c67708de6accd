//! Builds the WebAssembly module of `bindings/c` as it is published and as the host embeds it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Which build of the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Build {
    /// For any runtime: no proposal beyond what rustc uses by default.
    Portable,
    /// For the host: wide arithmetic and SIMD.
    Fast,
}

impl Build {
    /// Both builds.
    pub const ALL: [Self; 2] = [Self::Portable, Self::Fast];

    fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Fast => "fast",
        }
    }

    fn flags(self) -> &'static str {
        match self {
            Self::Portable => "",
            Self::Fast => "-Ctarget-feature=+wide-arithmetic,+simd128",
        }
    }
}

/// Builds the module (cargo decides whether there is anything to do) and gives its bytes.
pub fn build(build: Build) -> Result<Vec<u8>> {
    let target = target_folder().join("module").join(build.name());
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(workspace())
        .args(["build", "--quiet", "--locked", "--package", "sealwright-c"])
        .args(["--profile", "guest", "--target", "wasm32-unknown-unknown"])
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", build.flags())
        .env_remove("RUSTFLAGS")
        .status()
        .context("cannot run cargo")?;
    ensure!(
        status.success(),
        "the module does not build; if the target is missing: rustup target add wasm32-unknown-unknown"
    );
    let path = target.join("wasm32-unknown-unknown/guest/sealwright.wasm");
    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace")
}

/// Where cargo puts what it builds.
#[must_use]
pub fn target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target"),
    }
}
