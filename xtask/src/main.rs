//! `cargo xtask`: what a person or a build machine does with this repository, as programs.

mod bench;
mod c;
mod command;
mod demo;
mod doors;
mod fuzz;
mod generate;
mod later_debian;
mod npm;
mod python;
mod readme;
mod setup;
mod suites;
mod test;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the build and the tests need: the wasm target, the peers' packages, the linters
    Setup,
    /// Start a server with a fresh certificate authority and enrol a device with it
    Demo,
    /// Run everything that has to hold before a change goes in
    Test(test::Options),
    /// Throw mutated messages at the parsers that strangers reach
    Fuzz(fuzz::Options),
    /// Measure issuing, SCEP enrolment beside Debian's scepserver, revocation and keystores beside OpenSSL, paths beside it and
    /// webpki
    Bench(bench::Options),
    /// Compare path validation with webpki, OpenSSL and pyca on x509-limbo and NIST's PKITS
    Suites(suites::Options),
    /// Write the generated files: the C header, the schema, the reference, the types of TypeScript and Python
    Generate(generate::Options),
    /// Run the vectors through every door to the engine: native, WebAssembly in wasmtime, wasmi and wazero, C, the npm
    /// package in Node and Chromium, the Python package
    Doors(doors::Options),
    /// Build the npm package and say how large it is
    Npm,
    /// Build the Python package: source distribution and wheel
    Python,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Setup => setup::everything(),
        Task::Demo => demo::run(),
        Task::Test(options) => test::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Suites(options) => suites::run(&options),
        Task::Generate(options) => generate::run(&options),
        Task::Doors(options) => doors::run(&options),
        Task::Npm => npm::run(),
        Task::Python => python::run(),
    }
}
