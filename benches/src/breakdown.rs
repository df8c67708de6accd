//! Where the time of an enrolment goes: the server's own log, of enrolments that come one after another.

use anyhow::{Context, Result, ensure};
use conformance::device::{Authorities, Device, Reply, Style};
use conformance::server::Authority;
use serde_json::{Value, json};
use std::fmt;

use crate::load;

/// The parts in the order of their use: name, and which log lines count.
const PARTS: [(&str, &str, &str); 6] = [
    ("open the message: sandbox", "operation", "scep_open_request"),
    ("open the message: decrypt with the RA's key", "scheme", "rsa_pkcs1"),
    ("sign the certificate: sandbox", "operation", "sign_csr"),
    ("seal the reply: sandbox", "operation", "scep_seal_reply"),
    ("sign certificate and reply: CA's and RA's key", "scheme", "rsa_pkcs1_sha256"),
    ("store, until it is durable", "message", "store"),
];

/// Milliseconds of an enrolment by what they were spent on.
pub(crate) struct Breakdown {
    parts: Vec<(&'static str, f64)>,
    whole: f64,
}

/// Enrols `count` devices over one connection with a server of its own that logs everything.
pub(crate) fn measure(device: &Device, count: usize) -> Result<Breakdown> {
    let authority = Authority::new()?;
    authority.set("format = \"text\"", "format = \"json\"")?;
    authority.set("level = \"info\"", "level = \"info,sealwright=debug\"")?;
    let server = authority.serve()?;
    let known = Authorities::fetch(&server.url())?;
    let style = Style::default();
    let prepare = |number| device.prepare(&format!("part-{number}"), authority.challenge(), &known, &style);
    // The first one finds nothing in memory; its challenge is the one that is checked with argon2.
    let warm = [prepare(count)?];
    let requests = (0..count).map(prepare).collect::<Result<Vec<_>>>()?;
    load::run(&server.url(), &warm, 1)?;
    let warm_log = server.log().len();
    let run = load::run(&server.url(), &requests, 1)?;
    for (request, reply) in requests.iter().zip(&run.replies) {
        ensure!(matches!(device.open(request, reply, &known)?, Reply::Success(_)), "an enrolment failed");
    }
    let log = server.log();
    server.stop()?;
    let lines = log.get(warm_log..).context("the log was cut")?.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()).collect::<Vec<_>>();
    let sum = |field: &str, value: &str| -> f64 {
        let wanted = lines.iter().filter(|line| line[field] == value);
        wanted.filter_map(|line| line["duration_us"].as_f64()).sum::<f64>() / 1000.0 / count as f64
    };
    let mut parts = PARTS.map(|(name, field, value)| (name, sum(field, value))).to_vec();
    // A sandbox waits while a key is used.
    for (sandbox, waiting) in [(0, parts[1].1), (2, parts[4].1 / 2.0), (3, parts[4].1 / 2.0)] {
        parts[sandbox].1 -= waiting;
    }
    ensure!(parts.iter().all(|(_, time)| *time > 0.0), "the log does not tell of each part: {log}");
    let whole = sum("operation", "pki_operation");
    parts.push(("HTTP, reading the store, waiting", whole - parts.iter().map(|(_, time)| time).sum::<f64>()));
    Ok(Breakdown { parts, whole })
}

impl Breakdown {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let parts = self.parts.iter().map(|(name, time)| json!({ "part": name, "ms": time }));
        json!({ "whole_ms": self.whole, "parts": parts.collect::<Vec<_>>() })
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Where an enrolment's time goes, one after another on one connection")?;
        writeln!(f, "{:<48} {:>8} {:>7}", "part", "ms", "share")?;
        for (name, time) in self.parts.iter().chain([&("all", self.whole)]) {
            writeln!(f, "{name:<48} {time:>8.2} {:>6.0}%", 100.0 * time / self.whole)?;
        }
        Ok(())
    }
}
