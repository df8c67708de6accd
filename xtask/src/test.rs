//! `cargo xtask test`: everything that has to hold, in order, each step with its time.

use crate::{c, command, demo, fuzz, generate, npm, python, readme, setup, workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct Options {
    /// Leave out the slow steps: durability and fuzz
    #[arg(long)]
    quick: bool,
    /// Run these steps only
    #[arg(value_name = "STEP", value_parser = step_parser())]
    steps: Vec<&'static Step>,
}

/// One thing that has to hold.
struct Step {
    name: &'static str,
    about: &'static str,
    slow: bool,
    run: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "setup", about: "what cargo does not bring", slow: false, run: setup::everything },
    Step { name: "format", about: "rustfmt has nothing to change", slow: false, run: format },
    Step { name: "clippy", about: "no warning in any crate", slow: false, run: clippy },
    Step { name: "unit", about: "each crate's own tests", slow: false, run: unit },
    Step {
        name: "generated",
        about: "header, schema, reference and types are fresh",
        slow: false,
        run: generated,
    },
    Step { name: "conformance", about: "vectors, purity, no imports", slow: false, run: conformance },
    Step { name: "suites", about: "other people's suites", slow: false, run: suites },
    Step { name: "interop", about: "other people's programs", slow: false, run: interop },
    Step {
        name: "lint",
        about: "our linter, pkilint and zlint over each profile and over what others made",
        slow: false,
        run: lint,
    },
    Step {
        name: "c",
        about: "the installed C library, under valgrind, sanitizers and Miri",
        slow: false,
        run: c_library,
    },
    Step {
        name: "npm",
        about: "the packed npm package in runtimes, browsers and bundlers, and the examples",
        slow: false,
        run: npm,
    },
    Step {
        name: "python",
        about: "the Python package, in an empty environment of each Python that is there",
        slow: false,
        run: python_package,
    },
    Step {
        name: "runtimes",
        about: "the module in wasmi and in wazero, and the examples",
        slow: false,
        run: runtimes,
    },
    Step { name: "durability", about: "kill -9 under load", slow: true, run: durability },
    Step { name: "readme", about: "the README's commands work", slow: false, run: readme::run },
    Step { name: "fuzz", about: "a minute for each target", slow: true, run: fuzz },
    Step { name: "demo", about: "a server and a device", slow: false, run: demo::run },
];

struct Outcome {
    step: &'static Step,
    elapsed: Duration,
    result: Result<()>,
    skipped: Vec<Skipped>,
}

/// A test that was not run.
struct Skipped {
    program: String,
    test: String,
}

/// Runs the steps and prints the table; a failed step does not keep the next ones from running.
pub(crate) fn run(options: &Options) -> Result<()> {
    let chosen = chosen(options);
    let outcomes = chosen.into_iter().map(take).collect::<Vec<_>>();
    print_table(&outcomes);
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    println!("{} passed, {failed} failed", outcomes.len() - failed);
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// Takes the names of the steps; `--help` lists them.
fn step_parser() -> impl TypedValueParser<Value = &'static Step> {
    let names = STEPS.iter().map(|step| PossibleValue::new(step.name).help(step.about));
    PossibleValuesParser::new(names).try_map(|name| {
        let found = STEPS.iter().find(|step| step.name == name);
        found.with_context(|| format!("no step is called {name}"))
    })
}

fn chosen(options: &Options) -> Vec<&'static Step> {
    if options.steps.is_empty() {
        return STEPS.iter().filter(|step| !(options.quick && step.slow)).collect();
    }
    options.steps.clone()
}

fn take(step: &'static Step) -> Outcome {
    println!("\n=== {}: {}", step.name, step.about);
    let start = Instant::now();
    // What an earlier run left there; where there is nothing, that is fine.
    let _ = fs::remove_file(list_of_skipped());
    let result = (step.run)();
    let elapsed = start.elapsed();
    let outcome = Outcome { step, elapsed, result, skipped: skipped() };
    let word = word(&outcome);
    match &outcome.result {
        Ok(()) => println!("=== {}: {word} after {:.1} s", step.name, elapsed.as_secs_f64()),
        Err(error) => println!("=== {}: {word} after {:.1} s: {error:#}", step.name, elapsed.as_secs_f64()),
    }
    outcome
}

/// Where the tests write down what they skip.
fn list_of_skipped() -> PathBuf {
    workspace::target().join("skipped-tests")
}

fn skipped() -> Vec<Skipped> {
    let list = fs::read_to_string(list_of_skipped()).unwrap_or_default();
    let pairs = list.lines().filter_map(|line| line.split_once('\t'));
    pairs.map(|(program, test)| Skipped { program: program.to_owned(), test: test.to_owned() }).collect()
}

/// `passed`, or `passed, 3 skipped: pki, scepclient`: how many tests, for want of which programs.
fn word(outcome: &Outcome) -> String {
    let word = if outcome.result.is_ok() { "passed" } else { "FAILED" };
    let tests: BTreeSet<&str> = outcome.skipped.iter().map(|skipped| skipped.test.as_str()).collect();
    if tests.is_empty() {
        return word.to_owned();
    }
    let programs: BTreeSet<&str> = outcome.skipped.iter().map(|skipped| skipped.program.as_str()).collect();
    let programs: Vec<&str> = programs.into_iter().collect();
    format!("{word}, {} skipped: {}", tests.len(), programs.join(", "))
}

fn print_table(outcomes: &[Outcome]) {
    println!("\n{:<14} {:>8}  result", "step", "seconds");
    for outcome in outcomes {
        let Outcome { step, elapsed, .. } = outcome;
        println!("{:<14} {:>8.1}  {}", step.name, elapsed.as_secs_f64(), word(outcome));
    }
    for peer in setup::missing_peers() {
        println!("skipped what needs {peer}");
    }
}

fn format() -> Result<()> {
    command::run(&mut command::cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    let features = "sealwright-core/schema,sealwright-python/extension";
    let all = ["--workspace", "--all-targets", "--features", features, "--locked"];
    // What is there without the feature `full` is the module of `sealwright/verify`.
    let verifying = ["--package", "sealwright-c", "--no-default-features", "--locked"];
    for chosen in [&all[..], &verifying] {
        command::run(&mut command::cargo([&["clippy"], chosen, &["--", "-D", "warnings"]].concat()))?;
    }
    Ok(())
}

/// Each crate's own tests; `xtask` is compiled in a profile of its own already.
fn unit() -> Result<()> {
    let mut own = Vec::new();
    for folder in ["core/tests", "host/tests"] {
        own.extend(test_programs(folder, |_| true)?);
    }
    let mut test =
        command::cargo(["test", "--locked", "--workspace", "--exclude", "xtask", "--lib", "--bins"]);
    command::run(test.args(own.iter().flat_map(|name| ["--test", name])))?;
    command::run(&mut command::cargo(["test", "--locked", "--profile", "xtask", "--package", "xtask"]))
}

fn generated() -> Result<()> {
    generate::run(&generate::Options { check: true })
}

fn conformance() -> Result<()> {
    let special =
        ["interop", "migration", "revocation", "lint", "durability", "suites", "npm", "c_", "runtimes"];
    command::run(&mut command::build("vectors"))?;
    let mut vectors = Command::new(workspace::program("vectors"));
    command::run(vectors.arg("--check")).context("the vectors are not what their recipes make")?;
    test_conformance(|name| !special.iter().any(|prefix| name.starts_with(prefix)))
}

fn suites() -> Result<()> {
    test_conformance(|name| name.starts_with("suites"))
}

fn interop() -> Result<()> {
    let judged = ["interop", "migration", "revocation"];
    test_conformance(|name| judged.iter().any(|prefix| name.starts_with(prefix)))
}

fn lint() -> Result<()> {
    test_conformance(|name| name.starts_with("lint"))
}

fn c_library() -> Result<()> {
    c::test().and(test_conformance(|name| name.starts_with("c_")))
}

fn npm() -> Result<()> {
    if setup::has_node()? {
        npm::install()?;
        println!("{}", npm::sizes()?);
    }
    test_conformance(|name| name.starts_with("npm"))
}

fn python_package() -> Result<()> {
    if !command::exists("python3") {
        bail!("no Python: sudo apt-get install python3 python3-venv");
    }
    python::test()
}

fn runtimes() -> Result<()> {
    setup::go()?;
    test_conformance(|name| name.starts_with("runtimes"))
}

fn durability() -> Result<()> {
    test_conformance(|name| name.starts_with("durability"))
}

fn fuzz() -> Result<()> {
    /// What mutations bring out here somebody has to judge; of the seeds the verdicts are known.
    const JUDGED: &str = "differential";
    let targets = fuzz::targets()?.into_iter().filter(|name| name != JUDGED).collect();
    let any = fuzz::Options { seconds: 60, runs: None, targets };
    let judged = fuzz::Options { runs: Some(0), targets: vec![JUDGED.to_owned()], ..any };
    fuzz::run(&any).and(fuzz::run(&judged))
}

/// The test programs in a folder whose name is wanted, sorted: files, and folders with a `main.rs`.
fn test_programs(folder: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace::root().join(folder)).with_context(|| folder.to_owned())? {
        let path = entry?.path();
        let is_program = path.extension().is_some_and(|kind| kind == "rs") || path.join("main.rs").is_file();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if is_program && wanted(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        bail!("{folder} has no test for this step");
    }
    names.sort_unstable();
    Ok(names)
}

/// Runs the programs in `tests/tests` whose name is wanted: a new file belongs to a step by its name.
fn test_conformance(wanted: impl Fn(&str) -> bool) -> Result<()> {
    let names = test_programs("tests/tests", wanted)?;
    command::run(&mut command::build("sealwright"))?;
    let mut test = command::cargo(["test", "--locked", "--workspace", "--no-fail-fast"]);
    test.args(names.iter().flat_map(|name| ["--test", name]));
    test.env("SEALWRIGHT", workspace::program("sealwright")).env("SEALWRIGHT_SKIPPED", list_of_skipped());
    command::run(&mut test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_the_steps() {
        let help = Options::augment_args(clap::Command::new("test")).render_long_help().to_string();
        for step in STEPS {
            assert!(help.contains(step.name) && help.contains(step.about), "{help}");
        }
    }

    #[test]
    fn skipped_tests_are_counted() {
        let skipped = [("pki", "a"), ("scepclient", "b"), ("scepclient", "b"), ("scepclient", "c")];
        let skipped = skipped.map(|(program, test)| Skipped { program: program.into(), test: test.into() });
        let outcome = |result, skipped| Outcome { step: &STEPS[0], elapsed: Duration::ZERO, result, skipped };
        assert_eq!(word(&outcome(Ok(()), Vec::new())), "passed");
        assert_eq!(word(&outcome(Ok(()), skipped.into())), "passed, 3 skipped: pki, scepclient");
    }
}
