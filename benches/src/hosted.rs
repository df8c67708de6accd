//! The guest as the host runs it: a fresh instance for each request and no key inside; what it asks of the key is
//! answered beside it, by the host's library. The instances do not come from a pool.

use anyhow::{Context, Result, anyhow, bail, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use conformance::engine;
use conformance::guest::Guest;
use conformance::module::{self, Build};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What the host allows an instance, `host/src/guest.rs`.
pub(crate) const MEMORY_LIMIT_BYTES: usize = 128 << 20;
/// The longest reply that the host reads, `host/src/guest/instance.rs`.
pub(crate) const REPLY_LIMIT_BYTES: usize = 24 << 20;
const MAX_ROUNDS: usize = 8;

/// The module, and an RSA key beside it.
pub(crate) struct Hosted {
    guest: Guest,
    key: KeyPair,
}

/// A response and what it took.
#[derive(Clone)]
pub(crate) struct Outcome {
    pub(crate) response: Value,
    /// From the request as a value to the response as a value.
    pub(crate) elapsed: Duration,
    /// Of the instance, at its end.
    pub(crate) memory_bytes: usize,
    /// Of the longest reply, questions counted.
    pub(crate) reply_bytes: usize,
}

impl Outcome {
    /// Whether the host's limits allow it.
    pub(crate) fn fits(&self) -> bool {
        self.memory_bytes <= MEMORY_LIMIT_BYTES && self.reply_bytes <= REPLY_LIMIT_BYTES
    }
}

impl Hosted {
    /// With an RSA key in PKCS#8.
    pub(crate) fn new(key: &[u8]) -> Result<Self> {
        let key = KeyPair::from_pkcs8(key).map_err(|error| anyhow!("the key: {error}"))?;
        Ok(Self { guest: Guest::new(&module::build(Build::Fast)?)?, key })
    }

    /// Runs one request to its end.
    pub(crate) fn run(&self, request: &Value) -> Result<Outcome> {
        let mut request = request.clone();
        let (mut answers, mut reply_bytes) = (Vec::new(), 0);
        let start = Instant::now();
        let mut session = self.guest.session(&[])?;
        for _ in 0..MAX_ROUNDS {
            let answer = session.call_unfreed(&serde_json::to_vec(&request)?)?;
            reply_bytes = reply_bytes.max(answer.body.len());
            let mut reply: Value = serde_json::from_slice(&answer.body)?;
            match answer.status {
                0 => {
                    let (response, elapsed) = (reply["ok"].take(), start.elapsed());
                    let memory_bytes = session.memory_bytes();
                    return Ok(Outcome { response, elapsed, memory_bytes, reply_bytes });
                }
                1 => {
                    for question in reply["needs"].as_array().context("no questions")? {
                        answers.push(self.answer(question)?);
                    }
                }
                _ => bail!("{}: {reply}", request["op"]),
            }
            request["answers"] = json!(answers);
        }
        bail!("{MAX_ROUNDS} rounds of questions and no end")
    }

    fn answer(&self, question: &Value) -> Result<String> {
        ensure!(question["scheme"] == "rsa_pkcs1_sha256", "found a question for {}", question["scheme"]);
        let message = engine::decode(&question["input"])?;
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature)
            .map_err(|error| anyhow!("signing: {error}"))?;
        Ok(engine::encode(&signature))
    }
}
