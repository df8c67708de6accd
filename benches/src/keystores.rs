//! PKCS#12 files of one key and its certificate, beside OpenSSL in the same run: AES-256-CBC under PBKDF2 with
//! HMAC-SHA256 for both, MAC with HMAC-SHA256, the same iterations. One file is read by all.

use crate::setting::{ROUNDS, Setting, shortest};
use crate::statistics::milliseconds;
use anyhow::{Result, ensure};
use conformance::{engine, tool};
use sealwright_core::operation::write_pkcs12::DEFAULT_ITERATIONS;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

const PASSWORD: &str = "correct horse battery staple";

/// Times of writing and of reading.
pub(crate) struct Keystores {
    write: Times,
    read: Times,
    startup: Duration,
}

struct Times {
    native: Duration,
    guest: Duration,
    openssl: Duration,
}

/// Measures with the setting's key.
pub(crate) fn measure(setting: &Setting) -> Result<Keystores> {
    let request = json!({
        "op": "write_pkcs12", "seed": engine::seed(1), "password": PASSWORD,
        "entries": [{ "private_key": setting.key_pem, "certificate": setting.authority["certificate"] }],
    });
    std::fs::write(setting.folder().join("password"), PASSWORD)?;
    let iterations = DEFAULT_ITERATIONS.to_string();
    let write = times(
        setting,
        &request,
        &[
            &["pkcs12", "-export", "-inkey", "ca.key", "-in", "ca.pem", "-passout", "file:password"][..],
            &["-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha256", "-iter", &iterations],
            &["-out", "openssl.p12"],
        ]
        .concat(),
    )?;
    let file = engine::decode(&setting.native(&serde_json::to_vec(&request)?)?["pkcs12"])?;
    std::fs::write(setting.folder().join("ours.p12"), &file)?;
    check(setting)?;
    let request = json!({ "op": "read_pkcs12", "pkcs12": engine::encode(&file), "password": PASSWORD });
    let arguments = ["pkcs12", "-in", "ours.p12", "-passin", "file:password", "-nodes", "-out", "read.pem"];
    let read = times(setting, &request, &arguments)?;
    Ok(Keystores { write, read, startup: setting.startup })
}

fn times(setting: &Setting, request: &Value, arguments: &[&str]) -> Result<Times> {
    Ok(Times {
        native: setting.native_time(&serde_json::to_vec(request)?)?,
        guest: shortest(ROUNDS, || Ok(setting.hosted.run(request)?.elapsed))?,
        openssl: setting.openssl_time(arguments)?,
    })
}

/// Both files are protected alike, three derivations in each.
fn check(setting: &Setting) -> Result<()> {
    for file in ["ours.p12", "openssl.p12"] {
        // It tells of the protection where others put their errors.
        let command = format!("openssl pkcs12 -in {file} -passin file:password -info -noout 2>&1");
        let said = tool::run("sh", &["-c", &command], setting.folder(), &[])?;
        let said = String::from_utf8_lossy(&said);
        let pbes2 = format!("PBES2, PBKDF2, AES-256-CBC, Iteration {DEFAULT_ITERATIONS}, PRF hmacWithSHA256");
        let mac = format!("MAC: sha256, Iteration {DEFAULT_ITERATIONS}");
        ensure!(said.matches(&pbes2).count() == 2 && said.contains(&mac), "{file} is protected by {said}");
    }
    Ok(())
}

impl Times {
    fn to_json(&self) -> Value {
        let [native, guest, openssl] = [self.native, self.guest, self.openssl].map(milliseconds);
        json!({ "native_ms": native, "guest_ms": guest, "openssl_ms": openssl })
    }
}

impl Keystores {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "iterations": DEFAULT_ITERATIONS, "write": self.write.to_json(), "read": self.read.to_json(),
            "openssl_startup_ms": milliseconds(self.startup),
        })
    }
}

impl fmt::Display for Keystores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "PKCS#12 with a key and a certificate, {DEFAULT_ITERATIONS} iterations of each derivation, milliseconds"
        )?;
        writeln!(
            f,
            "{:>8} {:>9} {:>9} {:>9} {:>15} {:>14}",
            "", "native", "guest", "openssl", "native/openssl", "guest/openssl"
        )?;
        for (name, times) in [("write", &self.write), ("read", &self.read)] {
            let [native, guest, openssl] = [times.native, times.guest, times.openssl].map(milliseconds);
            let (natives, guests) = (native / openssl, guest / openssl);
            writeln!(
                f,
                "{name:>8} {native:>9.1} {guest:>9.1} {openssl:>9.1} {natives:>15.2} {guests:>14.2}"
            )?;
        }
        writeln!(f, "OpenSSL's start, {:.1} ms, is taken off.", milliseconds(self.startup))
    }
}
