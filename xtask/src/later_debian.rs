//! Packages of a later Debian, unpacked below the target folder: nothing is installed, and nothing of the
//! system's own package lists is touched.

use crate::{command, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR: &str = "http://deb.debian.org/debian";

/// Where what was unpacked under this name lies; programs are in `usr/bin`.
pub(crate) fn folder(name: &str) -> PathBuf {
    workspace::target().join("peers").join(name)
}

/// What this takes, which every Debian has and others can install.
fn check_tools() -> Result<()> {
    for (program, package) in [("apt-get", "apt"), ("dpkg-deb", "dpkg"), (KEYRING, "debian-archive-keyring")]
    {
        if !command::exists(program) {
            bail!("there is no {program}: install the package {package}");
        }
    }
    Ok(())
}

/// Packages of a suite.
pub(crate) struct Packages {
    pub(crate) suite: &'static str,
    pub(crate) names: &'static [&'static str],
    /// Packages that hold nothing but depend on those of the suite's version, whose names change with it.
    pub(crate) behind: &'static [&'static str],
}

/// Downloads packages with apt, which checks their signatures, and unpacks them into one folder.
pub(crate) fn unpack(name: &str, packages: &Packages) -> Result<()> {
    let folder = folder(name);
    if folder.exists() {
        return Ok(());
    }
    check_tools()?;
    let scratch = workspace::target().join("peers/apt");
    // What an attempt that failed left; where there is nothing, that is fine.
    let _ = fs::remove_dir_all(&scratch);
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(scratch.join(part))?;
    }
    let source = format!("deb [signed-by={KEYRING}] {MIRROR} {} main\n", packages.suite);
    fs::write(scratch.join("sources.list"), source)?;
    command::run(apt("apt-get", &scratch).arg("update"))?;
    let mut download = apt("apt-get", &scratch);
    download.arg("download").args(packages.names);
    for package in packages.behind {
        let printed = command::read(apt("apt-cache", &scratch).args(["depends", package]))?;
        download.args(dependencies(&printed));
    }
    command::run(&mut download)?;
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

/// The packages that `apt-cache depends` says one depends on.
fn dependencies(printed: &str) -> impl Iterator<Item = &str> {
    printed.lines().filter_map(|line| line.trim().strip_prefix("Depends: "))
}

/// A program of apt's with lists, cache and sources of its own.
fn apt(program: &str, scratch: &Path) -> Command {
    let mut command = Command::new(program);
    let option = |name: &str, path: &Path| format!("{name}={}", path.display());
    command.args(["-qq", "-o", "Dir::Etc::sourceparts=/dev/null", "-o", "Debug::NoLocking=true"]);
    command.args(["-o", &option("Dir::Etc::sourcelist", &scratch.join("sources.list"))]);
    command.args(["-o", &option("Dir::State::lists", &scratch.join("lists"))]);
    command.args(["-o", &option("Dir::Cache", &scratch.join("cache"))]);
    // Root would hand the download to a user who may not write here.
    command.args(["-o", "APT::Sandbox::User="]);
    command.current_dir(scratch);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read() {
        let printed = "golang-go\n  Depends: golang-1.28-go\n  Depends: golang-src\n  Conflicts: <gccgo-go>\n  Suggests: git\n";
        assert_eq!(dependencies(printed).collect::<Vec<_>>(), ["golang-1.28-go", "golang-src"]);
    }
}
