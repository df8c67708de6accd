//! The Python package a second, from its functions' values to theirs, beside pyca/cryptography and PyJWT in the same
//! process: with keys that are lent to the engine, and with pyca's as outside signers.

use crate::peers::{Peer, rates};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fmt;

/// What the script said.
pub(crate) struct Python(Value);

/// Measures each for so long.
pub(crate) fn measure(seconds: u64) -> Result<Python> {
    let said = rates(Peer::Python("package.py"), &json!({ "seconds": seconds }));
    said.map(Python).context("is the package installed? `cargo xtask bench -- --python` sees to that")
}

impl Python {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        self.0.clone()
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The Python package a second, and what it is of the peer's rate in the same process")?;
        writeln!(
            f,
            "{:<32} {:>10} {:>10} {:>10}  {:<6} {:>7} {:>8}",
            "", "lent", "outside", "peer", "", "lent/", "outside/"
        )?;
        for row in self.0["rows"].as_array().into_iter().flatten() {
            let name = format!(
                "{} {}",
                row["key"].as_str().unwrap_or_default(),
                row["what"].as_str().unwrap_or_default()
            );
            let number = |field: &str| row[field].as_f64();
            let theirs = number("theirs").unwrap_or(f64::NAN);
            let rate = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}"));
            let ratio = |rate: Option<f64>| {
                rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.2}", rate / theirs))
            };
            let (lent, outside, peer) =
                (number("lent"), number("outside"), row["peer"].as_str().unwrap_or_default());
            writeln!(
                f,
                "{name:<32} {:>10} {:>10} {theirs:>10.1}  {peer:<6} {:>7} {:>8}",
                rate(lent),
                rate(outside),
                ratio(lent),
                ratio(outside)
            )?;
        }
        for (key, threads) in self.0["threads"].as_object().into_iter().flatten() {
            let of = |field: &str| threads[field].as_f64().unwrap_or(f64::NAN);
            let (one, two) = (of("one"), of("two"));
            writeln!(
                f,
                "{key}: CSRs signed by one thread {one:.0}, by two {two:.0}: {:.2} times as many",
                two / one
            )?;
        }
        for (module, seconds) in self.0["import_seconds"].as_object().into_iter().flatten() {
            let milliseconds = seconds.as_f64().unwrap_or(f64::NAN) * 1000.0;
            writeln!(f, "import {module}: {milliseconds:.0} ms of processor time")?;
        }
        write!(
            f,
            "Keys, certificates and requests are read anew with each of ours; pyca and PyJWT hold keys that were read before,\n\
             and OpenSSL is under them."
        )
    }
}
