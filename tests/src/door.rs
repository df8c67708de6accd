//! Every way into the engine, with what each makes of the vectors.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::guest::Guest;
use crate::module::{self, Build};
use crate::npm::{self, Package, Projects};
use crate::vector::{self, Answer, Vector};
use crate::{c, native, tool};

/// A way into the engine, by operation.
#[derive(Serialize)]
pub struct Door {
    /// Its name.
    pub name: &'static str,
    /// How many vectors of each operation are as they should be, and how many are not.
    pub operations: BTreeMap<String, Tally>,
    /// What was not as it should be.
    pub failures: Vec<String>,
    /// Why it was not tried.
    pub missing: Option<String>,
}

/// Vectors of one operation.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Tally {
    /// As they should be.
    pub passed: usize,
    /// Not so.
    pub failed: usize,
}

type Vectors = [(String, Vec<Vector>)];

/// Where the scripts are that try the npm package, and those that drive browsers with it.
pub struct Scripts<'a> {
    /// `tests/npm`.
    pub package: &'a Path,
    /// `tests/npm_projects`.
    pub projects: &'a Path,
}

/// Runs all vectors through all doors.
pub fn all(scripts: &Scripts) -> Result<Vec<Door>> {
    let vectors = vector::all()?;
    let guest = Guest::new(&module::build(Build::Portable)?)?;
    Ok(vec![
        each("native", &vectors, |vector| native::call(&vector.request_bytes(), &vector.keys)),
        each("wasmtime", &vectors, |vector| guest.call(&vector.request_bytes(), &vector.keys)),
        c(&vectors)?,
        node(&vectors, scripts)?,
        chromium(&vectors, scripts)?,
        python(&vectors)?,
    ])
}

fn door(name: &'static str, vectors: &Vectors, failures: Vec<String>) -> Door {
    // A failure begins with the file and the id.
    let failed: BTreeSet<&str> =
        failures.iter().filter_map(|failure| failure.split([' ', ':']).next()).collect();
    let tally = |(file, vectors): &(String, Vec<Vector>)| {
        let is_failed = |vector: &&Vector| failed.contains(format!("{file}/{}", vector.id).as_str());
        let failed = vectors.iter().filter(is_failed).count();
        (file.clone(), Tally { passed: vectors.len() - failed, failed })
    };
    let operations = vectors.iter().map(tally).collect();
    Door { name, operations, failures, missing: None }
}

fn each(name: &'static str, vectors: &Vectors, call: impl Fn(&Vector) -> Result<Answer>) -> Door {
    let check = |vector: &Vector| check(vector, &call(vector)?);
    let all = vectors.iter().flat_map(|(file, vectors)| vectors.iter().map(move |vector| (file, vector)));
    let failed = all.filter_map(|(file, vector)| {
        check(vector).err().map(|error| format!("{file}/{}: {error:#}", vector.id))
    });
    door(name, vectors, failed.collect())
}

/// Whether the answer is the vector's, octet by octet.
fn check(vector: &Vector, answer: &Answer) -> Result<()> {
    ensure!(answer.body == vector.expected()?, "found {answer:?}");
    let status = vector.status()?;
    ensure!(answer.status == status, "found the status {}, wanted {status}", answer.status);
    Ok(())
}

/// C99 programs over the installed shared library: JSON, and where a request can be built so, its fields.
fn c(vectors: &Vectors) -> Result<Door> {
    let all =
        vectors.iter().flat_map(|(file, vectors)| vectors.iter().map(move |vector| (file.as_str(), vector)));
    let all: Vec<_> = all.collect();
    let built: Vec<_> = all.iter().copied().filter(|(_, vector)| c::can_be_built(vector)).collect();
    let mut failures = c::failures(c::Way::Call, &all)?;
    failures.extend(c::failures(c::Way::Build, &built)?);
    let failures = failures.into_iter().map(|(name, what)| format!("{name}: {what}"));
    Ok(door("C", vectors, failures.collect()))
}

/// The npm package, as bytes, by its functions and with keys outside.
fn node(vectors: &Vectors, scripts: &Scripts) -> Result<Door> {
    let Some(package) = Package::installed(scripts.package)? else { return Ok(without_package("Node")) };
    let printed = package.node(&["node.mjs"], &npm::input()?)?;
    Ok(door("Node", vectors, npm::read_report(&printed)?.failures))
}

/// The same in a page.
fn chromium(vectors: &Vectors, scripts: &Scripts) -> Result<Door> {
    const NAME: &str = "Chromium";
    let Some(package) = Package::installed(scripts.package)? else { return Ok(without_package(NAME)) };
    let Some(projects) = Projects::find(scripts.projects, &package)? else {
        return Ok(missing(NAME, "the browsers are not installed: cargo xtask setup"));
    };
    let printed = projects.vectors("chromium", &npm::input()?)?;
    Ok(door(NAME, vectors, npm::read_report(&printed)?.failures))
}

fn without_package(name: &'static str) -> Door {
    missing(name, "the npm package is not installed: cargo xtask test npm")
}

fn missing(name: &'static str, why: &str) -> Door {
    Door { name, operations: BTreeMap::new(), failures: Vec::new(), missing: Some(why.to_owned()) }
}

/// The Python package, as bytes and by its functions.
fn python(vectors: &Vectors) -> Result<Door> {
    let program = module::target_folder().join("python/bin/python");
    let installed = Command::new(&program)
        .args(["-c", "import sealwright"])
        .output()
        .is_ok_and(|done| done.status.success());
    if !installed {
        let missing = Some("the Python package is not installed: cargo xtask doors installs it".to_owned());
        return Ok(Door { name: "Python", operations: BTreeMap::new(), failures: Vec::new(), missing });
    }
    let tests = module::workspace().join("bindings/python/tests");
    let printed = tool::run(&program.to_string_lossy(), &["-B", "door.py"], &tests, b"")?;
    Ok(door("Python", vectors, npm::read_report(&printed)?.failures))
}
