//! Every way into the engine, with what each makes of the vectors.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Add;
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Result, ensure};
use sealwright_example_wasmi::{Limits, Sealwright};
use serde::Serialize;

use crate::guest::Guest;
use crate::module::{self, Build};
use crate::npm::{self, Package, Projects};
use crate::vector::{self, Answer, Vector};
use crate::workerd::Workerd;
use crate::{c, native, tool, wazero};

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

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

type Vectors = [(String, Vec<Vector>)];

/// The most that a vector may take in wasmi: more than any does.
pub const LIMITS: Limits = Limits { memory_bytes: 256 * 1024 * 1024, fuel: 100_000_000_000 };

/// Runs all vectors through all doors.
pub fn all() -> Result<Vec<Door>> {
    let vectors = vector::all()?;
    let wasm = module::build(Build::Portable)?;
    let guest = Guest::new(&wasm)?;
    Ok(vec![
        each("native", &vectors, |vector| native::call(&vector.request_bytes(), &vector.keys)),
        each("wasmtime", &vectors, |vector| guest.call(&vector.request_bytes(), &vector.keys)),
        wasmi(&vectors, &wasm)?,
        wazero(&vectors, &wasm)?,
        c(&vectors)?,
        node(&vectors)?,
        chromium(&vectors)?,
        workerd(&vectors)?,
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

fn each(name: &'static str, vectors: &Vectors, call: impl Fn(&Vector) -> Result<Answer> + Sync) -> Door {
    let all = vectors.iter().flat_map(|(file, vectors)| vectors.iter().map(move |vector| (file, vector)));
    let failed = on_all_cores(all.collect(), |(file, vector)| {
        let checked = call(vector).and_then(|answer| check(vector, &answer));
        checked.err().map(|error| format!("{file}/{}: {error:#}", vector.id))
    });
    door(name, vectors, failed)
}

/// What the work gives for some of the items. It begins at the end, where the costliest vectors are.
fn on_all_cores<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> Option<R> + Sync) -> Vec<R> {
    let queue = Mutex::new(items.into_iter().rev());
    let next = || queue.lock().expect("nobody panics while he takes one").next();
    let worker = || std::iter::from_fn(next).filter_map(&work).collect::<Vec<R>>();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<R>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect()
    })
}

/// The module in an interpreter, each vector in an instance of its own.
pub fn wasmi(vectors: &Vectors, wasm: &[u8]) -> Result<Door> {
    let module = Sealwright::new(wasm, LIMITS)?;
    Ok(each("wasmi", vectors, |vector| {
        let mut instance = module.instance()?;
        for key in &vector.keys {
            let imported = instance.import_key(&key.id, key.pem.as_bytes())?;
            ensure!(imported.status == 0, "importing the key {}: {}", key.id, imported.status);
        }
        let response = instance.call(&vector.request_bytes())?;
        Ok(Answer { status: response.status, body: response.body })
    }))
}

/// The module in a compiler that is written in Go, in a program of Go's.
pub fn wazero(vectors: &Vectors, wasm: &[u8]) -> Result<Door> {
    let Some(go) = wazero::Go::installed()? else {
        return Ok(missing("wazero", "Go is not installed: cargo xtask setup"));
    };
    let all = || vectors.iter().flat_map(|(file, vectors)| vectors.iter().map(move |vector| (file, vector)));
    let answers = go.answers(wasm, &all().map(|(_, vector)| vector).collect::<Vec<_>>())?;
    let failed = all().zip(&answers).filter_map(|((file, vector), answer)| {
        check(vector, answer).err().map(|error| format!("{file}/{}: {error:#}", vector.id))
    });
    Ok(door("wazero", vectors, failed.collect()))
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
fn node(vectors: &Vectors) -> Result<Door> {
    let Some(package) = Package::installed()? else { return Ok(without_package("Node")) };
    let printed = package.node(&["node.mjs"], &npm::input()?)?;
    Ok(door("Node", vectors, npm::read_report(&printed)?.failures))
}

/// The same in a page.
fn chromium(vectors: &Vectors) -> Result<Door> {
    const NAME: &str = "Chromium";
    let Some(package) = Package::installed()? else { return Ok(without_package(NAME)) };
    let Some(projects) = Projects::find(&package)? else {
        return Ok(missing(NAME, "the browsers are not installed: cargo xtask setup"));
    };
    let printed = projects.vectors("chromium", &npm::input()?)?;
    Ok(door(NAME, vectors, npm::read_report(&printed)?.failures))
}

/// The same in Cloudflare's runtime.
fn workerd(vectors: &Vectors) -> Result<Door> {
    const NAME: &str = "workerd";
    let Some(package) = Package::installed()? else { return Ok(without_package(NAME)) };
    let Some(workerd) = Workerd::find(&package) else {
        return Ok(missing(NAME, "workerd is not installed: cargo xtask setup"));
    };
    let printed = workerd.vectors(&npm::input()?)?;
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
        return Ok(missing("Python", "the Python package is not installed: cargo xtask doors installs it"));
    }
    let tests = module::workspace().join("bindings/python/tests");
    let printed = tool::run(&program.to_string_lossy(), &["-B", "door.py"], &tests, b"")?;
    Ok(door("Python", vectors, npm::read_report(&printed)?.failures))
}
