//! How many certificates a second: the engine by itself, native and in the guest, and the whole SCEP
//! server beside Debian's scepserver. Rates of one machine mean little; the ratios are what counts.

mod breakdown;
mod issuing;
mod load;
mod scep;
mod statistics;

use anyhow::{Context, Result, bail};
use clap::Parser;
use conformance::device::Device;
use conformance::module;
use serde_json::json;
use std::fs;
use std::path::Path;

/// Enrolments whose parts are looked at.
const TRACED: usize = 200;

#[derive(Parser)]
struct Arguments {
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
    /// How long each kind of issuing runs
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

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    work_below(&module::target_folder().join("bench"))?;
    let issuing = issuing::measure(arguments.seconds)?;
    let plan = scep::Plan {
        rounds: arguments.rounds,
        enrolments: arguments.enrolments,
        connections: arguments.connections,
    };
    let device = Device::new()?;
    let scep = scep::measure(&device, &plan)?;
    let breakdown = breakdown::measure(&device, TRACED)?;
    if arguments.json {
        let report = json!({
            "issuing": issuing.to_json(), "scep": scep.to_json(), "breakdown": breakdown.to_json(),
        });
        println!("{report}");
    } else {
        print!("{issuing}\n{scep}\n{breakdown}");
    }
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
