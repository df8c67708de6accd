//! Tokens a second on one thread, minted and verified, beside PyJWT, jose (npm) and jsonwebtoken in the same run. The
//! peers hold keys that were read before; ours are read anew with each request, but for the one that signs.

use crate::peers::{Peer, rates};
use crate::statistics::repeated;
use anyhow::{Context, Result, anyhow, ensure};
use conformance::engine;
use conformance::guest::Guest;
use conformance::module::{self, Build};
use conformance::vector::Key;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sealwright_core::KeyRing;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

const ALGORITHMS: [(&str, &str); 3] =
    [("RS256", "rsa-device"), ("ES256", "p256-device"), ("EdDSA", "ed25519-device")];
const JUDGES: [&str; 5] = ["native", "guest", "PyJWT", "jose", "jsonwebtoken"];
const ISSUER: &str = "portal";

/// A row for each algorithm and direction.
pub(crate) struct Tokens(Vec<Row>);

struct Row {
    algorithm: &'static str,
    what: &'static str,
    /// A second, by each of [`JUDGES`].
    rates: [f64; 5],
}

/// One algorithm with its key.
struct Case {
    algorithm: &'static str,
    key: Key,
    public_key: String,
    token: String,
    now: u64,
}

/// Measures each algorithm for so long with each of the engine's forms and each peer.
pub(crate) fn measure(seconds: u64) -> Result<Tokens> {
    let duration = Duration::from_secs(seconds);
    let guest = Guest::new(&module::build(Build::Fast)?)?;
    let cases = ALGORITHMS.map(|(algorithm, key)| Case::new(algorithm, key));
    let cases = cases.into_iter().collect::<Result<Vec<_>>>()?;
    let asked = json!({
        "seconds": seconds, "claims": claims(cases[0].now), "cases": cases.iter().map(Case::for_peers).collect::<Vec<_>>(),
    });
    let python = rates(Peer::Python("tokens.py"), &asked)?;
    let node = rates(Peer::Node("tokens.mjs", "jose"), &asked)?;
    let mut rows = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let (mint, verify) = (case.minting(), case.verification());
        for (what, request, theirs) in
            [("mint", mint, case.peer_mints(duration)?), ("verify", verify, case.peer_verifies(duration)?)]
        {
            let of = |said: &Value| said[index][what].as_f64().context("no rate");
            let rates = [
                case.native(&request, duration)?,
                case.in_guest(&guest, &request, duration)?,
                of(&python)?,
                of(&node)?,
                theirs,
            ];
            rows.push(Row { algorithm: case.algorithm, what, rates });
        }
    }
    Ok(Tokens(rows))
}

fn claims(now: u64) -> Value {
    json!({ "sub": "app-1.2.ipa", "iss": ISSUER, "exp": now + 3600 })
}

impl Case {
    fn new(algorithm: &'static str, key: &str) -> Result<Self> {
        let (pem, public_key) = (engine::key(key)?, engine::key(&format!("{key}.pub"))?);
        let key = Key { id: key.to_owned(), pem };
        let mut case = Self { algorithm, key, public_key, token: String::new(), now: engine::now() };
        let minted = conformance::native::call(&case.minting(), std::slice::from_ref(&case.key))?;
        let minted: Value = serde_json::from_slice(&minted.body)?;
        case.token = minted["ok"]["token"].as_str().with_context(|| minted.to_string())?.to_owned();
        Ok(case)
    }

    fn minting(&self) -> Vec<u8> {
        let token = json!({
            "shape": "compatible", "subject": "app-1.2.ipa", "issuer": ISSUER, "lifetime_seconds": 3600,
        });
        let (now, algorithm) = (self.now, self.algorithm);
        json!({ "op": "mint_jwt", "now": now, "key": { "id": self.key.id }, "algorithm": algorithm, "token": token })
            .to_string()
            .into_bytes()
    }

    fn verification(&self) -> Vec<u8> {
        let key = json!({ "kid": "1", "algorithm": self.algorithm, "public_key": self.public_key });
        json!({
            "op": "verify_jwt", "now": self.now, "token": self.token, "keys": [key], "policy": { "issuers": [ISSUER] },
        })
        .to_string()
        .into_bytes()
    }

    fn for_peers(&self) -> Value {
        json!({
            "alg": self.algorithm, "private_key": self.key.pem, "public_key": self.public_key, "token": self.token,
        })
    }

    fn native(&self, request: &[u8], duration: Duration) -> Result<f64> {
        let mut ring = KeyRing::new();
        ring.import(&self.key.id, self.key.pem.as_bytes()).map_err(|error| anyhow!("{error:?}"))?;
        repeated(duration, || {
            let outcome = sealwright_core::call(request, &ring);
            ensure!(outcome.status == 0, "{}", String::from_utf8_lossy(&outcome.body));
            Ok(())
        })
    }

    fn in_guest(&self, guest: &Guest, request: &[u8], duration: Duration) -> Result<f64> {
        let key = Key { id: self.key.id.clone(), pem: self.key.pem.clone() };
        let mut session = guest.session(&[key])?;
        let rate = repeated(duration, || {
            let answer = session.call(request)?;
            ensure!(answer.status == 0, "{}", String::from_utf8_lossy(&answer.body));
            Ok(())
        })?;
        session.close()?;
        Ok(rate)
    }

    fn peer_algorithm(&self) -> Result<Algorithm> {
        Ok(self.algorithm.parse()?)
    }

    /// jsonwebtoken, over aws-lc.
    fn peer_mints(&self, duration: Duration) -> Result<f64> {
        let pem = self.key.pem.as_bytes();
        let key = match self.peer_algorithm()? {
            Algorithm::RS256 => EncodingKey::from_rsa_pem(pem)?,
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem)?,
            _ => EncodingKey::from_ed_pem(pem)?,
        };
        let (header, claims) = (Header::new(self.peer_algorithm()?), claims(self.now));
        repeated(duration, || {
            jsonwebtoken::encode(&header, &claims, &key)?;
            Ok(())
        })
    }

    fn peer_verifies(&self, duration: Duration) -> Result<f64> {
        let pem = self.public_key.as_bytes();
        let algorithm = self.peer_algorithm()?;
        let key = match algorithm {
            Algorithm::RS256 => DecodingKey::from_rsa_pem(pem)?,
            Algorithm::ES256 => DecodingKey::from_ec_pem(pem)?,
            _ => DecodingKey::from_ed_pem(pem)?,
        };
        let mut wanted = Validation::new(algorithm);
        wanted.set_issuer(&[ISSUER]);
        repeated(duration, || {
            jsonwebtoken::decode::<Value>(&self.token, &key, &wanted)?;
            Ok(())
        })
    }
}

impl Tokens {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let row = |row: &Row| {
            let [native, guest, pyjwt, jose, jsonwebtoken] = row.rates;
            json!({
                "algorithm": row.algorithm, "what": row.what, "native": native, "guest": guest, "pyjwt": pyjwt,
                "jose": jose, "jsonwebtoken": jsonwebtoken,
            })
        };
        self.0.iter().map(row).collect()
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Tokens a second on one thread, and what ours is of each peer's rate (native, guest)")?;
        write!(f, "{:<13}", "")?;
        for judge in JUDGES {
            write!(f, " {judge:>12}")?;
        }
        for judge in &JUDGES[2..] {
            write!(f, "  {:>15}", format!("/{judge}"))?;
        }
        writeln!(f)?;
        for Row { algorithm, what, rates } in &self.0 {
            write!(f, "{algorithm:<6} {what:<6}")?;
            for own in rates {
                write!(f, " {own:>12.0}")?;
            }
            let [native, guest, peers @ ..] = rates;
            for peer in peers {
                write!(f, "  {:>15}", format!("{:.2} {:.2}", native / peer, guest / peer))?;
            }
            writeln!(f)?;
        }
        writeln!(
            f,
            "Peers hold keys that were read before. PyJWT signs with OpenSSL (pyca), jose with WebCrypto in Node, jsonwebtoken\n\
             with aws-lc; ours with the engine's own, from the request's bytes to the response's."
        )
    }
}
