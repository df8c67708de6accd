//! `cargo xtask fuzz`: libFuzzer on the stable toolchain.
//!
//! The flags are those of cargo-fuzz without the address sanitizer, which needs nightly and finds
//! little in a crate that forbids unsafe code; the C boundary is judged by Miri, valgrind and the
//! sanitizers of C. `--target` keeps the instrumentation out of build scripts. Seeds are real
//! messages under `fuzz/seeds`; what the fuzzer learns stays under `target`.

use crate::{command, workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const COVERAGE: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// An input that takes longer than this, in seconds, counts as a failure.
const SLOWEST_INPUT_SECONDS: u32 = 20;
const MEMORY_MEGABYTES: u32 = 2048;
const LONGEST_INPUT: u32 = 32768;
const LINES_OF_A_FAILURE: usize = 40;

#[derive(Args)]
pub(crate) struct Options {
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u32,
    /// How many mutations at most; 0 for the seeds as they are
    #[arg(long)]
    pub(crate) runs: Option<u32>,
    /// The targets: the names below fuzz/seeds, all of them when none is named
    pub(crate) targets: Vec<String>,
}

/// Builds the instrumented targets and runs them one after the other, the rest too when one has failed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let known = targets()?;
    let chosen = if options.targets.is_empty() { known.clone() } else { options.targets.clone() };
    if let Some(unknown) = chosen.iter().find(|name| !known.contains(name)) {
        bail!("no fuzz target `{unknown}`; there are {}", known.join(", "));
    }
    let programs = build()?;
    let mut failed = Vec::new();
    for name in &chosen {
        println!("fuzz: {name} for {} seconds", options.seconds);
        if let Err(error) = fuzz(&programs.join(name), name, options) {
            println!("fuzz: {name} FAILED: {error:#}");
            failed.push(name.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("a failing input was found for {}", failed.join(", "));
    }
    Ok(())
}

pub(crate) fn targets() -> Result<Vec<String>> {
    let seeds = workspace::root().join("fuzz/seeds");
    let mut names = Vec::new();
    for entry in fs::read_dir(&seeds).context("fuzz/seeds")? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn build() -> Result<PathBuf> {
    let host = host_triple()?;
    let folder = workspace::target().join("fuzz");
    let mut build =
        command::cargo(["build", "--locked", "--release", "--package", "sealwright-fuzz", "--bins"]);
    build
        .args(["--features", "libfuzzer,differential", "--target", &host, "--target-dir"])
        .arg(&folder)
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    command::run(&mut build)?;
    Ok(folder.join(host).join("release"))
}

fn host_triple() -> Result<String> {
    let version = command::read(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

fn fuzz(program: &Path, name: &str, options: &Options) -> Result<()> {
    let seeds = workspace::root().join("fuzz/seeds").join(name);
    let [corpus, artifacts, logs] =
        ["corpus", "artifacts", "logs"].map(|kind| workspace::target().join("fuzz").join(kind).join(name));
    for folder in [&corpus, &artifacts, &logs] {
        fs::create_dir_all(folder)?;
    }
    let log = logs.join("last.log");
    let mut fuzzer = Command::new(program);
    fuzzer
        .arg(format!("-max_total_time={}", options.seconds))
        .args(options.runs.map(|runs| format!("-runs={runs}")))
        .arg(format!("-timeout={SLOWEST_INPUT_SECONDS}"))
        .arg(format!("-rss_limit_mb={MEMORY_MEGABYTES}"))
        .arg(format!("-max_len={LONGEST_INPUT}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .current_dir(&artifacts)
        .stderr(File::create(&log)?);
    let dictionary = workspace::root().join("fuzz/seeds").join(format!("{name}.dict"));
    if dictionary.exists() {
        fuzzer.arg(format!("-dict={}", dictionary.display()));
    }
    let done = command::run(fuzzer.arg(&corpus).arg(&seeds));
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if let Err(error) = done {
        let lines = text.lines().collect::<Vec<_>>();
        println!("{}", lines[lines.len().saturating_sub(LINES_OF_A_FAILURE)..].join("\n"));
        let keep = format!(
            "the input that failed lies in {}; once it passes, keep it in {}",
            artifacts.display(),
            seeds.display()
        );
        return Err(error.context(keep));
    }
    report(name, &text).with_context(|| log.display().to_string())
}

/// One line of what came of it. No coverage means that the build was not instrumented, and then the fuzzer
/// is blind.
fn report(name: &str, log: &str) -> Result<()> {
    let covered = |line: &str| line.split_once(" cov: ")?.1.split(' ').next()?.parse::<u64>().ok();
    let runs = log.lines().rev().find_map(|line| line.strip_prefix("Done ")?.split(' ').next());
    let first = log.lines().find(|line| line.contains("\tINITED ")).and_then(covered);
    let last = log.lines().rev().find_map(covered);
    match (runs, first, last) {
        (Some(runs), Some(first), Some(last)) if first > 0 => {
            println!(
                "fuzz: {name}: {runs} runs, {first} edges covered by seeds and corpus, {last} at the end"
            );
            Ok(())
        }
        _ => bail!("the fuzzer's log shows no coverage"),
    }
}
