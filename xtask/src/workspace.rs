//! Where things are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// The folder that cargo builds into.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The cargo that runs this program, so that `cargo +toolchain xtask` keeps its toolchain.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Where cargo unpacks the sources of crates.
pub(crate) fn crates() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").filter(|home| !home.is_empty());
    let home = home.map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    Some(root().join(home).join("registry/src"))
}

/// A program of a development build.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// The cache folder (`XDG_CACHE_HOME`) of what is started here, so that the user's own stays as it is.
pub(crate) fn cache() -> PathBuf {
    target().join("debug").join("cache")
}

/// Whether this runs on a build machine, where nothing may be skipped.
pub(crate) fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
