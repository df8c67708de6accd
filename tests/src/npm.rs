//! The npm package as it is installed, and the scripts that try it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    module, peer, tool,
    vector::{self, Vector},
};

/// What tries the package, by itself and in projects with browsers, bundlers and servers.
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/npm");
const PROJECTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/npm_projects");

/// The folder of a project that has the package and nothing else.
pub struct Package {
    folder: PathBuf,
}

/// What a run of the vectors gave.
#[derive(serde::Deserialize)]
pub struct Report {
    /// How many were run, by kind.
    pub counts: Value,
    /// The operations all of whose vectors are as they should be.
    pub operations: Vec<String>,
    /// What was not as it should be.
    pub failures: Vec<String>,
}

impl Package {
    /// The project that `cargo xtask test npm` makes, with these scripts beside the package.
    pub fn find() -> Result<Option<Self>> {
        let found = Self::installed()?;
        if found.is_none() {
            peer::skip("the npm package", "cargo xtask test npm");
        }
        Ok(found)
    }

    /// The same; nothing where there is none.
    pub fn installed() -> Result<Option<Self>> {
        let folder = module::target_folder().join("npm-consumer");
        if !folder.join("node_modules/sealwright/package.json").is_file() {
            return Ok(None);
        }
        // Once, since others may be reading them.
        static COPIED: Mutex<bool> = Mutex::new(false);
        let mut copied = COPIED.lock().unwrap_or_else(PoisonError::into_inner);
        if !*copied {
            copy(Path::new(PACKAGE), &folder)?;
            *copied = true;
        }
        Ok(Some(Self { folder }))
    }

    /// The project's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a program prints in that folder.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<Vec<u8>> {
        tool::run(program, arguments, &self.folder, b"")
    }

    /// What a script prints that is given a file with this input.
    pub fn node(&self, script: &[&str], input: &Value) -> Result<Vec<u8>> {
        self.by("node", script, input)
    }

    /// The same in another program than Node.
    pub fn by(&self, program: &str, script: &[&str], input: &Value) -> Result<Vec<u8>> {
        let file = json_file(input)?;
        let path = file.path().to_str().context("the path of a temporary file is not text")?;
        self.run(program, &[script, &[path]].concat())
    }

    /// What a script writes into a file that it is given beside its input.
    pub fn node_file(&self, script: &str, input: &Value) -> Result<Vec<u8>> {
        let output = tempfile::NamedTempFile::new()?;
        let file = json_file(input)?;
        let path = |file: &tempfile::NamedTempFile| file.path().to_string_lossy().into_owned();
        self.run("node", &[script, &path(&file), &path(&output)])?;
        Ok(std::fs::read(output.path())?)
    }
}

fn json_file(value: &Value) -> Result<tempfile::NamedTempFile> {
    let file = tempfile::NamedTempFile::new()?;
    serde_json::to_writer(&file, value)?;
    Ok(file)
}

/// Scripts that drive browsers, bundlers and servers with projects that have the package.
pub struct Projects {
    scripts: PathBuf,
}

impl Projects {
    /// Those of this crate.
    pub fn find(package: &Package) -> Result<Option<Self>> {
        Self::of(Path::new(PROJECTS), package)
    }

    /// Those in a folder, beside the packages of npm that they import.
    pub fn of(scripts: &Path, package: &Package) -> Result<Option<Self>> {
        let (Some(chromium), Some(firefox)) =
            (peer::find("chromium", "chromium"), peer::find("firefox-esr", "firefox-esr"))
        else {
            return Ok(None);
        };
        let Some(peers) = peer::find_npm("playwright-core") else { return Ok(None) };
        let name = scripts.file_name().context("a folder of scripts")?;
        let found = Self { scripts: peers.join(name) };
        // Once, since others may be reading them.
        static COPIED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        let mut copied = COPIED.lock().unwrap_or_else(PoisonError::into_inner);
        if copied.insert(found.scripts.clone()) {
            copy(scripts, &found.scripts)?;
            let setting = json!({
                "chromium": chromium, "firefox": firefox, "consumer": package.folder(),
                "projects": module::target_folder().join("npm-projects"), "workspace": module::workspace(),
                "compiler": module::target_folder().join("npm-package/node_modules/.bin/tsc"),
            });
            std::fs::write(found.scripts.join("setting.json"), setting.to_string())?;
        }
        Ok(Some(found))
    }

    /// What a script prints.
    pub fn run(&self, script: &[&str]) -> Result<Vec<u8>> {
        tool::run("node", script, &self.scripts, b"")
    }

    /// What the vectors give in a page of a browser.
    pub fn vectors(&self, browser: &str, input: &Value) -> Result<Vec<u8>> {
        let file = json_file(input)?;
        let path = file.path().to_str().context("the path of a temporary file is not text")?;
        self.run(&["vectors.mjs", browser, path])
    }
}

/// The vectors and the schema, for `run.mjs`.
pub fn input() -> Result<Value> {
    let mut vectors = Vec::new();
    for (file, of_file) in vector::all()? {
        for vector in of_file {
            vectors.push(entry(&file, &vector)?);
        }
    }
    let schema = std::fs::read(module::workspace().join("bindings/schema.json"))?;
    let schema: Value = serde_json::from_slice(&schema)?;
    Ok(json!({ "schema": schema, "vectors": vectors }))
}

/// A vector as `run.mjs` takes it.
pub fn entry(file: &str, vector: &Vector) -> Result<Value> {
    Ok(json!({
        "file": file, "id": vector.id, "keys": vector.keys, "held_only": vector.held_only, "status": vector.status()?,
        "request": String::from_utf8(vector.request_bytes())?, "expected": String::from_utf8(vector.expected()?)?,
    }))
}

/// What `run.mjs` printed; an error if any vector fails.
pub fn report(printed: &[u8]) -> Result<Report> {
    let report = read_report(printed)?;
    let failures = &report.failures;
    ensure!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    Ok(report)
}

/// The same, with what fails in it.
pub fn read_report(printed: &[u8]) -> Result<Report> {
    serde_json::from_slice(printed).with_context(|| format!("found {}", String::from_utf8_lossy(printed)))
}

/// Copies the files of a folder, and those of its folders.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let (from, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            std::fs::copy(from, to)?;
        }
    }
    Ok(())
}
