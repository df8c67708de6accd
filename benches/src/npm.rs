//! The npm package in Node beside node-forge, @peculiar/x509, pkijs and jose in the same process, what a browser downloads,
//! and the processor time of the example for Workers.

use anyhow::{Context, Result};
use conformance::npm::{Package, Projects};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/npm");
/// Of each kind, to the worker.
const WORKER_REQUESTS: &str = "1000";
const OURS: [&str; 2] = ["sealwright", "with WebCrypto"];
const PEERS: [&str; 4] = ["node-forge", "@peculiar/x509", "pkijs", "jose"];

/// What was measured.
pub(crate) struct Npm {
    measured: Measured,
    worker: Map<String, Value>,
}

#[derive(Deserialize)]
struct Measured {
    rows: Vec<Row>,
    sizes: BTreeMap<String, Size>,
}

#[derive(Deserialize, serde::Serialize)]
struct Row {
    what: String,
    /// A second, by who did it.
    rates: BTreeMap<String, f64>,
}

/// In bytes.
#[derive(Deserialize, serde::Serialize)]
struct Size {
    raw: f64,
    gzip: f64,
    brotli: f64,
}

/// Measures each row for so long with each.
pub(crate) fn measure(seconds: u64) -> Result<Npm> {
    let how = "run `cargo xtask test npm` once";
    let package = Package::installed()?.context(how)?;
    // What the scripts here import from there.
    Projects::find(&package)?.context(how)?;
    let scripts = Projects::of(Path::new(SCRIPTS), &package)?.context(how)?;
    let measured = serde_json::from_slice(&scripts.run(&["npm.mjs", &seconds.to_string()])?)?;
    let worker = serde_json::from_slice(&scripts.run(&["worker_cpu.mjs", WORKER_REQUESTS])?)?;
    Ok(Npm { measured, worker })
}

impl Npm {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let Measured { rows, sizes } = &self.measured;
        json!({ "rates": rows, "sizes_bytes": sizes, "worker_cpu_milliseconds": self.worker })
    }
}

impl fmt::Display for Npm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The npm package in Node: how often a second, and what ours (ours with WebCrypto) is of each peer's rate"
        )?;
        write!(f, "{:<32}", "")?;
        for name in OURS.iter().chain(&PEERS) {
            write!(f, " {name:>15}")?;
        }
        writeln!(f)?;
        for Row { what, rates } in &self.measured.rows {
            let [own, web_crypto] = OURS.map(|name| rates.get(name).copied());
            write!(f, "{what:<32}")?;
            for rate in [own, web_crypto] {
                write!(f, " {:>15}", rate.map_or_else(String::new, |rate| format!("{rate:.1}")))?;
            }
            for peer in PEERS {
                let shown = rates.get(peer).map(|rate| {
                    let ratio = |ours: f64| format!("{:.2}", ours / rate);
                    let ratios = [own.map(ratio), web_crypto.map(|ours| format!("({})", ratio(ours)))];
                    format!("{rate:.0} {}", ratios.into_iter().flatten().collect::<Vec<_>>().join(" "))
                });
                write!(f, " {:>15}", shown.unwrap_or_default())?;
            }
            writeln!(f)?;
        }
        writeln!(
            f,
            "To inspect a request is to verify it: ours parses and verifies in both rows. To sign includes to verify. pkijs,\n\
             @peculiar/x509 and jose sign and verify with WebCrypto; node-forge has RSA alone, and makes its keys with Node's."
        )?;
        writeln!(f, "\nWhat a browser downloads, in kB: raw, gzip, brotli, and gzip of ours beside it")?;
        let ours = self.measured.sizes.get(OURS[0]).map_or(0.0, |size| size.gzip);
        for (name, Size { raw, gzip, brotli }) in &self.measured.sizes {
            let [raw, small, smallest] = [raw, gzip, brotli].map(|bytes| bytes / 1000.0);
            writeln!(f, "{name:<20} {raw:>9.1} {small:>9.1} {smallest:>9.1} {:>9.2}", ours / gzip)?;
        }
        writeln!(
            f,
            "\nProcessor time of examples/worker in workerd, milliseconds a request beyond that of `nothing`"
        )?;
        for (what, milliseconds) in &self.worker {
            writeln!(f, "{what:<32} {:>9.2}", milliseconds.as_f64().unwrap_or_default())?;
        }
        Ok(())
    }
}
