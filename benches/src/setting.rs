//! One RSA-2048 authority in the hands of all three: the native engine, the guest with the key outside, and OpenSSL.

use crate::hosted::Hosted;
use anyhow::{Context, Result, anyhow, ensure};
use conformance::engine::{self, Engine};
use conformance::{openssl, tool};
use sealwright_core::KeyRing;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Each time is the shortest of so many.
pub(crate) const ROUNDS: usize = 3;
/// A start of OpenSSL is short.
const STARTS: usize = 20;

/// The authority, and a folder with `ca.key` and `ca.pem` where OpenSSL works.
pub(crate) struct Setting {
    pub(crate) authority: Value,
    pub(crate) key_pem: String,
    pub(crate) hosted: Hosted,
    /// How long OpenSSL's process takes to start, set itself up and end.
    pub(crate) startup: Duration,
    ring: KeyRing,
    folder: TempDir,
}

impl Setting {
    pub(crate) fn new() -> Result<Self> {
        let key_pem = engine::key("rsa-root")?;
        let created = Engine::holding(&[("root", &key_pem)])?.call(&json!({
            "op": "create_authority", "now": engine::now(), "seed": engine::seed(0), "subject": "CN=Root",
            "key": { "id": "root" },
        }))?;
        let authority = created["authority"].clone();
        let mut ring = KeyRing::new();
        ring.import("root", key_pem.as_bytes()).map_err(|error| anyhow!("{error:?}"))?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("ca.key"), &key_pem)?;
        std::fs::write(folder.path().join("ca.pem"), authority["certificate"].as_str().context("no PEM")?)?;
        let der = ["pkcs8", "-topk8", "-nocrypt", "-in", "ca.key", "-outform", "DER"];
        let hosted = Hosted::new(&tool::run("openssl", &der, folder.path(), &[])?)?;
        let startup = shortest(STARTS, || timed(|| tool::run("openssl", &["version"], folder.path(), &[])))?;
        Ok(Self { authority, key_pem, hosted, startup, ring, folder })
    }

    /// Where OpenSSL works.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The native engine with the key in its ring.
    pub(crate) fn native(&self, request: &[u8]) -> Result<Value> {
        let outcome = sealwright_core::call(request, &self.ring);
        ensure!(outcome.status == 0, "{}", String::from_utf8_lossy(&outcome.body));
        let mut body: Value = serde_json::from_slice(&outcome.body)?;
        Ok(body["ok"].take())
    }

    /// The shortest time of the native engine, from the request's bytes to those of the response.
    pub(crate) fn native_time(&self, request: &[u8]) -> Result<Duration> {
        shortest(ROUNDS, || {
            let start = Instant::now();
            let outcome = sealwright_core::call(request, &self.ring);
            let elapsed = start.elapsed();
            ensure!(outcome.status == 0, "{}", String::from_utf8_lossy(&outcome.body));
            Ok(elapsed)
        })
    }

    /// What OpenSSL prints.
    pub(crate) fn openssl(&self, arguments: &[&str]) -> Result<String> {
        openssl::run(arguments, self.folder(), &[])
    }

    /// The shortest time of OpenSSL's process without its start.
    pub(crate) fn openssl_time(&self, arguments: &[&str]) -> Result<Duration> {
        let whole = shortest(ROUNDS, || timed(|| self.openssl(arguments)))?;
        Ok(whole.saturating_sub(self.startup))
    }
}

pub(crate) fn shortest(rounds: usize, mut measure: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let times = (0..rounds).map(|_| measure()).collect::<Result<Vec<_>>>()?;
    times.into_iter().min().context("no round")
}

pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}
