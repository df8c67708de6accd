//! How many certificates a second: the engine by itself, native and in the guest, and the whole SCEP
//! server beside Debian's scepserver; revocation lists, OCSP responses and PKCS#12 beside OpenSSL, paths beside webpki
//! and OpenSSL, tokens and messages beside PyJWT, jose, jsonwebtoken and pyca, and the packages for npm, Python and C
//! beside others.

mod breakdown;
mod c;
mod hosted;
mod issuing;
mod keystores;
mod load;
mod messages;
mod npm;
mod paths;
mod peers;
mod python;
mod revocation;
mod scep;
mod setting;
mod statistics;
mod tokens;

use anyhow::{Context, Result, bail};
use clap::Parser;
use conformance::device::Device;
use conformance::module;
use serde_json::{Map, Value};
use setting::Setting;
use std::fmt;
use std::fs;
use std::path::Path;

/// Enrolments whose parts are looked at.
const TRACED: usize = 200;

/// Measures; without a part, all of them. Rates of one machine mean little, the ratios are what counts.
#[derive(Parser)]
#[command(name = "cargo xtask bench --")]
struct Arguments {
    /// Part: from CSR to certificate, native and in the guest (20 seconds)
    #[arg(long)]
    issuing: bool,
    /// Part: revocation lists and OCSP responses, beside OpenSSL (half a minute)
    #[arg(long)]
    revocation: bool,
    /// Part: writing and reading PKCS#12, beside OpenSSL (10 seconds)
    #[arg(long)]
    keystores: bool,
    /// Part: path validation, beside webpki and OpenSSL (half a minute)
    #[arg(long)]
    paths: bool,
    /// Part: tokens minted and verified, beside PyJWT, jose and jsonwebtoken (two minutes)
    #[arg(long)]
    tokens: bool,
    /// Part: messages of devices verified, beside pyca/cryptography (a minute)
    #[arg(long)]
    messages: bool,
    /// Part: the npm package, beside node-forge, @peculiar/x509, pkijs and jose, and the worker example (four minutes)
    #[arg(long)]
    npm: bool,
    /// Part: the Python package, beside pyca/cryptography and PyJWT (a minute and a half)
    #[arg(long)]
    python: bool,
    /// Part: the C library, beside OpenSSL (two minutes)
    #[arg(long)]
    c: bool,
    /// Part: SCEP enrolments, beside scepserver, and where their time goes (5 minutes)
    #[arg(long)]
    scep: bool,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
    /// How long each kind of issuing, each OCSP responder, each token and message, and each row of npm runs
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Rounds of enrolments; in each, both servers have their turn
    #[arg(long, default_value_t = 4)]
    rounds: usize,
    /// Enrolments for each server in a round
    #[arg(long, default_value_t = 2000)]
    enrolments: usize,
    /// Connections at the same time
    #[arg(long, default_value_t = 4)]
    connections: usize,
}

/// What the parts say, one after another.
struct Report {
    json: Option<Map<String, Value>>,
}

impl Report {
    /// Prints a part at once, or keeps it for the one object.
    fn add(&mut self, name: &str, text: &impl fmt::Display, value: Value) {
        match &mut self.json {
            Some(object) => drop(object.insert(name.to_owned(), value)),
            None => println!("{text}"),
        }
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    work_below(&module::target_folder().join("bench"))?;
    let Arguments {
        issuing,
        revocation,
        keystores,
        paths,
        tokens,
        messages,
        npm,
        python,
        c,
        scep,
        seconds,
        ..
    } = arguments;
    let all =
        !(issuing || revocation || keystores || paths || tokens || messages || npm || python || c || scep);
    let mut report = Report { json: arguments.json.then(Map::new) };
    if all || issuing {
        let issuing = issuing::measure(seconds)?;
        report.add("issuing", &issuing, issuing.to_json());
    }
    if all || revocation || keystores {
        let setting = Setting::new()?;
        if all || revocation {
            let revocation = revocation::measure(&setting, seconds)?;
            report.add("revocation", &revocation, revocation.to_json());
        }
        if all || keystores {
            let keystores = keystores::measure(&setting)?;
            report.add("keystores", &keystores, keystores.to_json());
        }
    }
    if all || paths {
        let paths = paths::measure()?;
        report.add("paths", &paths, paths.to_json());
    }
    if all || tokens {
        let tokens = tokens::measure(seconds)?;
        report.add("tokens", &tokens, tokens.to_json());
    }
    if all || messages {
        let messages = messages::measure(seconds)?;
        report.add("messages", &messages, messages.to_json());
    }
    if all || npm {
        let npm = npm::measure(seconds)?;
        report.add("npm", &npm, npm.to_json());
    }
    if all || python {
        let python = python::measure(seconds)?;
        report.add("python", &python, python.to_json());
    }
    if all || c {
        let c = c::measure(seconds)?;
        report.add("c", &c, c.to_json());
    }
    if all || scep {
        measure_scep(&arguments, &mut report)?;
    }
    if let Some(object) = report.json {
        println!("{}", Value::Object(object));
    }
    Ok(())
}

fn measure_scep(arguments: &Arguments, report: &mut Report) -> Result<()> {
    let &Arguments { rounds, enrolments, connections, .. } = arguments;
    let device = Device::new()?;
    let scep = scep::measure(&device, &scep::Plan { rounds, enrolments, connections })?;
    report.add("scep", &scep, scep.to_json());
    let breakdown = breakdown::measure(&device, TRACED)?;
    report.add("breakdown", &breakdown, breakdown.to_json());
    Ok(())
}

/// Puts the servers' data where the build is: a folder for temporary files may be in memory, and there it
/// costs nothing to make data durable.
fn work_below(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    if let Err(other) = tempfile::env::override_temp_dir(folder) {
        bail!("temporary files are in {} already", other.display());
    }
    Ok(())
}
