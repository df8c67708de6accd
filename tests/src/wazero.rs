//! Go, as `cargo xtask setup` unpacks it, with wazero beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::module::{target_folder, workspace};
use crate::vector::{Answer, Vector};
use crate::{frame, peer, tool};

/// The modules of Go that come from this repository.
const OURS: [&str; 2] = ["examples/wasm-wazero", "tests/src/go_door"];

/// Those that Debian has the sources of.
const THEIRS: [&str; 2] = ["github.com/tetratelabs/wazero", "golang.org/x/sys"];

/// The tool chain, with a workspace in which our modules find Debian's sources: nothing is downloaded.
pub struct Go {
    root: PathBuf,
    folder: tempfile::TempDir,
}

impl Go {
    /// The tool chain; without it, the test that asks is skipped.
    pub fn find() -> Result<Option<Self>> {
        let found = Self::installed()?;
        if found.is_none() {
            peer::skip("Go", "cargo xtask setup");
        }
        Ok(found)
    }

    /// The tool chain, if it is there.
    pub fn installed() -> Result<Option<Self>> {
        let peers = target_folder().join("peers/go");
        let versions = std::fs::read_dir(peers.join("usr/lib")).into_iter().flatten().flatten();
        let Some(root) = versions.map(|entry| entry.path()).find(|root| root.join("bin/go").exists()) else {
            return Ok(None);
        };
        let ours = OURS.map(|path| workspace().join(path));
        let theirs = THEIRS.map(|path| peers.join("usr/share/gocode/src").join(path));
        let used = ours.iter().chain(&theirs).map(|path| format!("use {}\n", path.display()));
        let version = std::fs::read_to_string(root.join("VERSION"))?;
        let version = version.lines().next().and_then(|line| line.strip_prefix("go"));
        let version = version.context("Go does not say its version")?;
        let folder = tempfile::tempdir()?;
        let work = format!("go {version}\n{}", used.collect::<String>());
        std::fs::write(folder.path().join("go.work"), work)?;
        Ok(Some(Self { root, folder }))
    }

    /// Builds the program in a folder of the repository.
    pub fn build(&self, folder: &str, program: &Path) -> Result<()> {
        self.run(folder, &["build", "-o", &program.to_string_lossy(), "."], &[]).map(drop)
    }

    /// What the module answers, each vector in an instance of its own.
    pub fn answers(&self, wasm: &[u8], vectors: &[&Vector]) -> Result<Vec<Answer>> {
        let folder = tempfile::tempdir()?;
        let (program, module) = (folder.path().join("door"), folder.path().join("sealwright.wasm"));
        std::fs::write(&module, wasm)?;
        self.build("tests/src/go_door", &program)?;
        let input = vectors.iter().map(|vector| frame::vector(vector)).collect::<Result<Vec<_>>>()?.concat();
        let (program, module) = (program.to_string_lossy(), module.to_string_lossy());
        let printed = tool::run(&program, &[&module], folder.path(), &input)?;
        frame::answers(&printed, vectors.len())
    }

    /// Runs `go` in a folder of the repository, with these variables: what it prints.
    pub fn run(&self, folder: &str, arguments: &[&str], variables: &[(&str, &Path)]) -> Result<Vec<u8>> {
        let state = target_folder().join("go");
        let output = Command::new(self.root.join("bin/go"))
            .args(arguments)
            .current_dir(workspace().join(folder))
            .env("GOROOT", &self.root)
            .env("GOWORK", self.folder.path().join("go.work"))
            .env("GOCACHE", state.join("cache"))
            .env("GOPATH", state.join("path"))
            .envs([("GOENV", "off"), ("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("CGO_ENABLED", "0")])
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .context("cannot run go")?;
        tool::succeeded("go", arguments, output)
    }
}
