//! The README's commands, run as they stand.

use crate::{command, workspace};
use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::process::Command;

const TIMEOUT_SECONDS: &str = "300";

/// Runs the `sh` blocks of README.md, in order, in one shell, in an empty folder, with `sealwright` on
/// the path. Blocks about cargo or git are left out: the other steps are what they start.
pub(crate) fn run() -> Result<()> {
    let text = fs::read_to_string(workspace::root().join("README.md")).context("README.md")?;
    let blocks = shell_blocks(&text);
    if blocks.is_empty() {
        bail!("README.md has no ```sh block that starts sealwright");
    }
    command::run(&mut command::build("sealwright"))?;
    let folder = tempfile::tempdir()?;
    let script = format!("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{}", blocks.join("\n"));
    let programs = workspace::target().join("debug");
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(programs).chain(env::split_paths(&path)))?;
    let mut shell = Command::new("timeout");
    shell
        .args([TIMEOUT_SECONDS, "bash", "-euxo", "pipefail", "-c", &script])
        .env("PATH", path)
        .env("XDG_CACHE_HOME", workspace::cache())
        .current_dir(folder.path());
    command::run(&mut shell).context("a command in README.md does not work")
}

fn shell_blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim_end() == "```sh" {
            let block = lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>();
            blocks.push(block.join("\n"));
        }
    }
    blocks.retain(|block| block.contains("sealwright ") && !block.contains("cargo "));
    blocks
}

#[cfg(test)]
mod tests {
    use super::shell_blocks;

    #[test]
    fn takes_the_blocks_that_start_sealwright() {
        let text = "a\n```sh\nsealwright init\n```\n```sh\ncargo xtask demo\n```\n```json\n{}\n```\n";
        assert_eq!(shell_blocks(text), ["sealwright init"]);
    }
}
