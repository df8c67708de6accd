//! From a CSR to a certificate, on one thread: `sign_csr`, native and in the guest.

use crate::statistics::rate;
use anyhow::{Result, anyhow, ensure};
use conformance::engine::{self, Engine};
use conformance::guest::Guest;
use conformance::module::{self, Build};
use conformance::vector::{Answer, Key};
use sealwright_core::KeyRing;
use serde_json::{Value, json};
use std::fmt;
use std::time::{Duration, Instant};

/// Rates by the authority's key: certificates a second.
pub(crate) struct Issuing {
    rows: Vec<Row>,
}

struct Row {
    authority: &'static str,
    native: f64,
    guest: f64,
}

/// Measures each kind of authority key with a device key of the same kind.
pub(crate) fn measure(seconds: u64) -> Result<Issuing> {
    let duration = Duration::from_secs(seconds);
    let guest = Guest::new(&module::build(Build::Fast)?)?;
    let mut rows = Vec::new();
    for kind in ["rsa", "p256", "ed25519"] {
        let key = Key { id: "root".to_owned(), pem: engine::key(&format!("{kind}-root"))? };
        let request = request(kind, &key)?;
        let mut ring = KeyRing::new();
        ring.import(&key.id, key.pem.as_bytes()).map_err(|error| anyhow!("{kind}: {error:?}"))?;
        let native = run(&request, duration, |request| {
            let outcome = sealwright_core::call(request, &ring);
            Ok(Answer { status: outcome.status, body: outcome.body.to_vec() })
        })?;
        let mut session = guest.session(&[key])?;
        let in_guest = run(&request, duration, |request| session.call(request))?;
        session.close()?;
        rows.push(Row { authority: kind, native, guest: in_guest });
    }
    Ok(Issuing { rows })
}

fn request(kind: &str, authority_key: &Key) -> Result<Value> {
    let device = engine::key(&format!("{kind}-device"))?;
    let engine = Engine::holding(&[("root", &authority_key.pem), ("device", &device)])?;
    let csr =
        engine.call(&json!({ "op": "create_csr", "key": { "id": "device" }, "subject": "CN=device" }))?;
    let created = engine.call(&json!({
        "op": "create_authority", "now": engine::now(), "seed": engine::seed(0), "subject": "CN=Root",
        "key": { "id": "root" },
    }))?;
    Ok(json!({
        "op": "sign_csr", "now": engine::now(), "authority": created["authority"],
        "profile": "device-identity", "csr": csr["csr"],
    }))
}

/// Calls with another seed each time, so that every certificate is a different one.
fn run(request: &Value, duration: Duration, mut call: impl FnMut(&[u8]) -> Result<Answer>) -> Result<f64> {
    let mut request = request.clone();
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < duration {
        request["seed"] = engine::seed(u64::try_from(count)?).into();
        let answer = call(&serde_json::to_vec(&request)?)?;
        ensure!(answer.status == 0, "{}", String::from_utf8_lossy(&answer.body));
        count += 1;
    }
    Ok(rate(count, start.elapsed()))
}

impl Issuing {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let row = |row: &Row| json!({ "authority": row.authority, "native": row.native, "guest": row.guest });
        self.rows.iter().map(row).collect()
    }
}

impl fmt::Display for Issuing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "CSR to certificate, certificates a second on one thread, keys held by the engine")?;
        writeln!(f, "{:<10} {:>9} {:>9} {:>14}", "keys", "native", "guest", "guest/native")?;
        for Row { authority, native, guest } in &self.rows {
            writeln!(f, "{authority:<10} {native:>9.0} {guest:>9.0} {:>14.2}", guest / native)?;
        }
        Ok(())
    }
}
