//! Every way into the engine, with what each makes of the vectors.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::guest::Guest;
use crate::module::{self, Build};
use crate::npm::{self, Package, Projects};
use crate::vector::{self, Answer, Key, Vector};
use crate::{native, tool};

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

/// A C99 program over the shared library.
fn c(vectors: &Vectors) -> Result<Door> {
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("door");
    let library = native_library()?;
    let library = library.to_str().context("the path of the library is not text")?;
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let include = path(&module::workspace().join("bindings/c/include"));
    let source = path(&module::workspace().join("tests/src/c_door.c"));
    let flags = [
        "-std=c99",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
        "-I",
        &include,
        &source,
        "-o",
        &path(&program),
    ];
    let link = ["-L", library, "-lsealwright", &format!("-Wl,-rpath,{library}")];
    tool::run("cc", &[&flags[..], &link].concat(), folder.path(), b"")?;
    let all = || vectors.iter().flat_map(|(_, vectors)| vectors);
    let input: Vec<u8> = all().map(frame).collect::<Result<Vec<_>>>()?.concat();
    let printed = tool::run(&path(&program), &[], folder.path(), &input)?;
    let mut rest = printed.as_slice();
    let mut answers = BTreeMap::new();
    for (file, vectors) in vectors {
        for vector in vectors {
            answers.insert((file.as_str(), vector.id.as_str()), unframe(&mut rest)?);
        }
    }
    ensure!(rest.is_empty(), "the C program says more than it was asked");
    let mut failures = Vec::new();
    for (file, vectors) in vectors {
        for vector in vectors {
            let answer = &answers[&(file.as_str(), vector.id.as_str())];
            if let Err(error) = check(vector, answer) {
                failures.push(format!("{file}/{}: {error:#}", vector.id));
            }
        }
    }
    Ok(door("C", vectors, failures))
}

/// Builds the native library and gives the folder that it is in.
pub fn native_library() -> Result<std::path::PathBuf> {
    let target = module::target_folder();
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(module::workspace())
        .args(["build", "--quiet", "--locked", "--package", "sealwright-c", "--target-dir"])
        .arg(&target)
        .status()?;
    ensure!(status.success(), "the native library does not build");
    Ok(target.join("debug"))
}

fn frame(vector: &Vector) -> Result<Vec<u8>> {
    let mut bytes = u32::try_from(vector.keys.len())?.to_le_bytes().to_vec();
    let request = vector.request_bytes();
    let parts = vector.keys.iter().flat_map(|Key { id, pem }| [id.as_bytes(), pem.as_bytes()]);
    for part in parts.chain([request.as_slice()]) {
        bytes.extend(u32::try_from(part.len())?.to_le_bytes());
        bytes.extend(part);
    }
    Ok(bytes)
}

fn unframe(rest: &mut &[u8]) -> Result<Answer> {
    let mut number = || -> Result<u32> {
        let (octets, after) = rest.split_first_chunk::<4>().context("the C program says too little")?;
        *rest = after;
        Ok(u32::from_le_bytes(*octets))
    };
    let (status, length) = (number()?, number()?);
    let body = rest.split_off(..usize::try_from(length)?).context("the C program says too little")?;
    Ok(Answer { status, body: body.to_vec() })
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
