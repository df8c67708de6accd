//! Packages of a later Debian, unpacked below the target folder: nothing is installed, and nothing of the
//! system's own package lists is touched.

use crate::{command, workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR: &str = "http://deb.debian.org/debian";

/// Where what was unpacked under this name lies; programs are in `usr/bin`.
pub(crate) fn folder(name: &str) -> PathBuf {
    workspace::target().join("peers").join(name)
}

/// Whether this is a Debian that can do it.
pub(crate) fn is_possible() -> bool {
    Path::new(KEYRING).exists() && command::exists("apt-get") && command::exists("dpkg-deb")
}

/// Downloads the packages of `suite` with apt, which checks their signatures, and unpacks them into one folder.
pub(crate) fn unpack(name: &str, packages: &[&str], suite: &str) -> Result<()> {
    let folder = folder(name);
    if folder.exists() {
        return Ok(());
    }
    let scratch = workspace::target().join("peers/apt");
    // What an attempt that failed left; where there is nothing, that is fine.
    let _ = fs::remove_dir_all(&scratch);
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(scratch.join(part))?;
    }
    fs::write(scratch.join("sources.list"), format!("deb [signed-by={KEYRING}] {MIRROR} {suite} main\n"))?;
    command::run(apt_get(&scratch).arg("update"))?;
    command::run(apt_get(&scratch).arg("download").args(packages))?;
    let partial = scratch.join("unpacked");
    for entry in fs::read_dir(&scratch)? {
        let archive = entry?.path();
        if archive.extension().is_some_and(|extension| extension == "deb") {
            command::run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&partial))?;
        }
    }
    fs::rename(&partial, &folder).context("apt-get download left no package")?;
    fs::remove_dir_all(&scratch).context("removing what apt-get needed")
}

/// apt-get with lists, cache and sources of its own.
fn apt_get(scratch: &Path) -> Command {
    let mut command = Command::new("apt-get");
    let option = |name: &str, path: &Path| format!("{name}={}", path.display());
    command.args([
        "--quiet",
        "--quiet",
        "-o",
        "Dir::Etc::sourceparts=/dev/null",
        "-o",
        "Debug::NoLocking=true",
    ]);
    command.args(["-o", &option("Dir::Etc::sourcelist", &scratch.join("sources.list"))]);
    command.args(["-o", &option("Dir::State::lists", &scratch.join("lists"))]);
    command.args(["-o", &option("Dir::Cache", &scratch.join("cache"))]);
    // Root would hand the download to a user who may not write here.
    command.args(["-o", "APT::Sandbox::User="]);
    command.current_dir(scratch);
    command
}
