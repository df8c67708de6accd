//! Messages of devices a second on one thread, verified with the certificate up to its root, beside pyca/cryptography and
//! http-message-signatures upon it, in the same run.

use crate::peers::{Peer, rates};
use crate::statistics::repeated;
use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use conformance::engine::{self, Engine};
use conformance::guest::{Guest, Session};
use conformance::module::{self, Build};
use conformance::native;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

const KEYS: [(&str, &str, &str); 2] =
    [("RSA-2048", "rsa", "rsa-v1_5-sha256"), ("P-256", "p256", "ecdsa-p256-sha256")];
const FORMS: [&str; 3] = ["bare", "http", "detached_cms"];
/// As large as a check-in.
const BODY: [u8; 1024] = [b'x'; 1024];

/// A row for each key and form.
pub(crate) struct Messages(Vec<Row>);

struct Row {
    key: &'static str,
    form: &'static str,
    native: f64,
    guest: f64,
    /// None for detached CMS, which pyca does not verify.
    peer: Option<f64>,
}

/// Measures each form for so long, native, in the guest and with the peer.
pub(crate) fn measure(seconds: u64) -> Result<Messages> {
    let duration = Duration::from_secs(seconds);
    let guest = Guest::new(&module::build(Build::Fast)?)?;
    let mut rows = Vec::new();
    for (key, kind, algorithm) in KEYS {
        let cast = Cast::new(kind)?;
        let mut cases = Vec::new();
        for form in FORMS {
            let (request, case) = cast.message(form, algorithm)?;
            let native = repeated(duration, || is_good(native::call(&request, &[])?.status))?;
            // Without keys of its own, as the host's.
            let mut session: Session = guest.session(&[])?;
            let in_guest = repeated(duration, || is_good(session.call(&request)?.status))?;
            session.close()?;
            rows.push(Row { key, form, native, guest: in_guest, peer: None });
            cases.extend(case);
        }
        let asked = json!({
            "seconds": seconds, "root": cast.root["certificate"], "body": Base64::encode_string(&BODY), "cases": cases,
        });
        let said = rates(Peer::Python("messages.py"), &asked)?;
        let first = rows.len() - FORMS.len();
        for (row, rate) in rows.iter_mut().skip(first).zip(said.as_array().context("no rates")?) {
            row.peer = rate.as_f64();
        }
    }
    Ok(Messages(rows))
}

fn is_good(status: u32) -> Result<()> {
    ensure!(status == 0, "a message that is right is refused");
    Ok(())
}

/// An authority and a device of one kind of key.
struct Cast {
    engine: Engine,
    root: Value,
    certificate: Value,
}

impl Cast {
    fn new(kind: &str) -> Result<Self> {
        let [root_key, device_key] = ["root", "device"].map(|role| engine::key(&format!("{kind}-{role}")));
        let engine = Engine::holding(&[("root", &root_key?), ("device", &device_key?)])?;
        let root = engine.call(&json!({
            "op": "create_authority", "now": engine::now(), "seed": engine::seed(0), "subject": "CN=Root",
            "key": { "id": "root" },
        }))?["authority"]
            .take();
        let public_key = engine::key(&format!("{kind}-device.pub"))?;
        let certificate = engine.call(&json!({
            "op": "issue_from_public_key", "now": engine::now(), "seed": engine::seed(1), "subject": "CN=device",
            "authority": root, "profile": "device-identity", "public_key": public_key,
        }))?["certificate"]
            .take();
        Ok(Self { engine, root, certificate })
    }

    /// The request to us, and to the peer if it knows the form.
    fn message(&self, form: &str, algorithm: &str) -> Result<(Vec<u8>, Option<Value>)> {
        let post = |headers: Value| json!({ "method": "POST", "target_uri": "https://mdm.example/checkin", "headers": headers });
        let signing = match form {
            "http" => json!({
                "form": form, "request": post(json!([])), "algorithm": algorithm, "content_digest": ["sha-256"],
                "components": ["@method", "@target-uri", "content-digest"], "lifetime_seconds": 3600, "nonce": "n",
            }),
            _ => json!({ "form": form }),
        };
        let signed = self.engine.call(&json!({
            "op": "sign_message", "now": engine::now(), "key": { "id": "device" }, "certificate": self.certificate,
            "message": signing, "body": engine::encode(&BODY),
        }))?;
        let (signature, key_id) = (&signed["signature"], &signed["key_id"]);
        let (message, case) = match form {
            "http" => {
                let request = post(signed["headers"].clone());
                let mut case = request.clone();
                case["algorithm"] = algorithm.into();
                (json!({ "form": form, "request": request }), Some(case))
            }
            "bare" => (
                json!({ "form": form, "signature": signature, "key_id": key_id }),
                Some(json!({ "signature": signature })),
            ),
            _ => (json!({ "form": form, "signature": signature }), None),
        };
        let request = json!({
            "op": "verify_message", "now": engine::now(), "message": message, "body": engine::encode(&BODY),
            "signers": [{ "certificate": self.certificate }],
            "trust": { "anchors": [{ "certificate": self.root["certificate"] }] },
            "freshness": { "allow_undated": form != "http", "max_age_seconds": 3600 },
        });
        let case = case.map(|mut case| {
            case["form"] = form.into();
            case["certificate"] = self.certificate.clone();
            case
        });
        Ok((request.to_string().into_bytes(), case))
    }
}

impl Messages {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "key": row.key, "form": row.form, "native": row.native, "guest": row.guest, "peer": row.peer,
            })
        };
        self.0.iter().map(row).collect()
    }
}

impl fmt::Display for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Messages of 1 KiB verified a second on one thread, certificate and root included")?;
        writeln!(
            f,
            "{:<22} {:>9} {:>9} {:>9} {:>12} {:>11}",
            "", "native", "guest", "peer", "native/peer", "guest/peer"
        )?;
        for Row { key, form, native, guest, peer } in &self.0 {
            write!(f, "{key:<9} {form:<12} {native:>9.0} {guest:>9.0}")?;
            match peer {
                Some(peer) => writeln!(f, " {peer:>9.0} {:>12.2} {:>11.2}", native / peer, guest / peer)?,
                None => writeln!(f, " {:>9}", "-")?,
            }
        }
        writeln!(
            f,
            "Peers: pyca/cryptography for bare signatures, http-message-signatures upon it for RFC 9421; both read the certificate\n\
             and check that the root signed it, and no more of the path. pyca verifies no detached CMS."
        )
    }
}
