//! `sign_crl` beside `openssl ca -gencrl`: the same key, digest, serial numbers and reasons. OpenSSL reads its entries
//! from `index.txt`, ours are in the request.

use crate::hosted::{MEMORY_LIMIT_BYTES, Outcome, REPLY_LIMIT_BYTES};
use crate::setting::{ROUNDS, Setting, shortest};
use crate::statistics::milliseconds;
use anyhow::{Context, Result, ensure};
use conformance::engine;
use serde_json::{Value, json};
use std::fmt::{self, Write as _};
use std::time::Duration;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const MEBIBYTE: f64 = 1_048_576.0;

/// Lists by their length.
pub(super) struct Lists {
    lists: Vec<List>,
    startup: Duration,
}

struct List {
    entries: usize,
    native: Duration,
    guest: Duration,
    openssl: Duration,
    memory_bytes: usize,
    reply_bytes: usize,
    fits: bool,
}

/// Measures each length.
pub(super) fn measure(setting: &Setting) -> Result<Lists> {
    let lists = SIZES.into_iter().map(|entries| list(entries, setting)).collect::<Result<_>>()?;
    Ok(Lists { lists, startup: setting.startup })
}

/// A list of so many entries with serial numbers of 20 octets, every second one with a reason.
fn list(entries: usize, setting: &Setting) -> Result<List> {
    let now = engine::now();
    let revoked: Vec<Value> = (0..entries)
        .map(|number| match number % 2 {
            0 => json!([serial(number), now - 60]),
            _ => json!([serial(number), now - 60, "keyCompromise"]),
        })
        .collect();
    let request = json!({
        "op": "sign_crl", "now": now, "authority": setting.authority, "number": "1", "entries": revoked,
    });
    let bytes = serde_json::to_vec(&request)?;
    let mut last = None;
    let guest = shortest(ROUNDS, || Ok(last.insert(setting.hosted.run(&request)?).elapsed))?;
    let last: Outcome = last.context("no round")?;
    let native = setting.native_time(&bytes)?;
    write_data_base(entries, setting)?;
    let openssl =
        setting.openssl_time(&["ca", "-config", "ca.cnf", "-gencrl", "-batch", "-out", "openssl.crl"])?;
    std::fs::write(setting.folder().join("guest.crl"), last.response["crl"].as_str().context("no PEM")?)?;
    check(setting, entries)?;
    Ok(List {
        entries,
        native,
        guest,
        openssl,
        memory_bytes: last.memory_bytes,
        reply_bytes: last.reply_bytes,
        fits: last.fits(),
    })
}

fn serial(number: usize) -> String {
    // Spread by Knuth's multiplicative hash, so that nothing comes sorted.
    let spread = u64::try_from(number).unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("5a{spread:016x}{number:022x}")
}

/// What `openssl ca -gencrl` needs: its data base and a configuration.
fn write_data_base(entries: usize, setting: &Setting) -> Result<()> {
    let mut index = String::new();
    for number in 0..entries {
        let reason = if number % 2 == 0 { "" } else { ",keyCompromise" };
        let serial = serial(number).to_uppercase();
        writeln!(index, "R\t360101000000Z\t261101000000Z{reason}\t{serial}\tunknown\t/CN=device-{number}")?;
    }
    let configuration = "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=crlnumber\n\
        certificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=list\n\
        unique_subject=no\n[list]\nauthorityKeyIdentifier=keyid\n";
    let files = [("index.txt", index.as_str()), ("crlnumber", "01\n"), ("ca.cnf", configuration)];
    for (name, content) in files {
        std::fs::write(setting.folder().join(name), content)?;
    }
    Ok(())
}

/// Both lists have all entries and the same kind of signature, by the same key.
fn check(setting: &Setting, entries: usize) -> Result<()> {
    for file in ["guest.crl", "openssl.crl"] {
        let text = setting.openssl(&["crl", "-in", file, "-noout", "-text", "-CAfile", "ca.pem"])?;
        let count = |what: &str| text.lines().filter(|line| line.trim_start().starts_with(what)).count();
        ensure!(count("Serial Number: ") == entries, "{file}: wanted {entries} entries");
        ensure!(count("Signature Algorithm: sha256WithRSAEncryption") > 0, "{file}: another signature");
        ensure!(count("X509v3 CRL Number") == 1, "{file}: no number");
    }
    Ok(())
}

impl Lists {
    pub(super) fn to_json(&self) -> Value {
        let list = |list: &List| {
            json!({
                "entries": list.entries, "native_ms": milliseconds(list.native),
                "guest_ms": milliseconds(list.guest), "openssl_ms": milliseconds(list.openssl),
                "memory_bytes": list.memory_bytes, "reply_bytes": list.reply_bytes, "fits": list.fits,
            })
        };
        json!({
            "lists": self.lists.iter().map(list).collect::<Value>(),
            "slope": {
                "native": self.slope(|list| list.native), "guest": self.slope(|list| list.guest),
                "openssl": self.slope(|list| list.openssl),
            },
            "openssl_startup_ms": milliseconds(self.startup),
        })
    }

    /// How the time grows with the entries, from the second length to the last: 1 is linear.
    fn slope(&self, time: impl Fn(&List) -> Duration) -> f64 {
        match self.lists.as_slice() {
            [_, from, .., to] => {
                let growth = time(to).as_secs_f64() / time(from).as_secs_f64();
                growth.ln() / (to.entries as f64 / from.entries as f64).ln()
            }
            _ => f64::NAN,
        }
    }
}

impl fmt::Display for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Revocation lists, RSA-2048 and SHA-256, milliseconds; guest: as the host runs it, key outside"
        )?;
        writeln!(
            f,
            "{:>8} {:>9} {:>9} {:>9} {:>15} {:>14} {:>13} {:>17}",
            "entries",
            "native",
            "guest",
            "openssl",
            "native/openssl",
            "guest/openssl",
            "guest memory",
            "most handed over"
        )?;
        for list in &self.lists {
            let [native, guest, openssl] = [list.native, list.guest, list.openssl].map(milliseconds);
            let [memory, reply] = [list.memory_bytes, list.reply_bytes].map(|bytes| bytes as f64 / MEBIBYTE);
            writeln!(
                f,
                "{:>8} {native:>9.1} {guest:>9.1} {openssl:>9.1} {:>15.2} {:>14.2} {memory:>9.1} MiB {reply:>13.1} MiB{}",
                list.entries,
                native / openssl,
                guest / openssl,
                if list.fits { "" } else { " (more than the host allows)" }
            )?;
        }
        writeln!(
            f,
            "slope    {:>9.2} {:>9.2} {:>9.2}   from {} to {} entries; 1 is linear",
            self.slope(|list| list.native),
            self.slope(|list| list.guest),
            self.slope(|list| list.openssl),
            SIZES[1],
            SIZES[SIZES.len() - 1]
        )?;
        writeln!(
            f,
            "The host allows {} MiB of memory and {} MiB for a reply or question. OpenSSL's start, {:.1} ms, is taken off.",
            MEMORY_LIMIT_BYTES >> 20,
            REPLY_LIMIT_BYTES >> 20,
            milliseconds(self.startup)
        )
    }
}
