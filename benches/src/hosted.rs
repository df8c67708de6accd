//! The guest as the host runs it: a fresh instance for each request and no key inside; what it asks of the key is
//! answered beside it, by the host's library. The instances do not come from a pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use conformance::guest::{Guest, Held};
use conformance::module::{self, Build};
use conformance::outside::Question;
use serde_json::Value;

/// What the host allows an instance, `host/src/guest.rs`.
pub(crate) const MEMORY_LIMIT_BYTES: usize = 128 << 20;
/// The longest reply or question that the host reads, `host/src/guest/instance.rs`.
pub(crate) const REPLY_LIMIT_BYTES: usize = 24 << 20;

/// The module, and an RSA key beside it.
pub(crate) struct Hosted {
    guest: Guest,
    key: Arc<KeyPair>,
}

/// A response and what it took.
#[derive(Clone)]
pub(crate) struct Outcome {
    pub(crate) response: Value,
    /// From the request as a value to the response as a value.
    pub(crate) elapsed: Duration,
    /// Of the instance, at its end.
    pub(crate) memory_bytes: usize,
    /// Of the reply, or of a question's input if one is longer.
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
        Ok(Self { guest: Guest::new(&module::build(Build::Fast)?)?, key: Arc::new(key) })
    }

    /// Runs one request to its end.
    pub(crate) fn run(&self, request: &Value) -> Result<Outcome> {
        let (key, longest) = (self.key.clone(), Arc::new(AtomicUsize::new(0)));
        let asked = longest.clone();
        let holder = move |question: &Question<'_>| {
            asked.fetch_max(question.input.len(), Ordering::Relaxed);
            sign(&key, question).map(Held::Answer)
        };
        let start = Instant::now();
        let mut session = self.guest.session(&[])?;
        let answer = session.call_asking(&serde_json::to_vec(request)?, Arc::new(holder))?;
        let mut reply: Value = serde_json::from_slice(&answer.body)?;
        ensure!(answer.status == 0, "{}: {reply}", request["op"]);
        let (response, elapsed) = (reply["ok"].take(), start.elapsed());
        let reply_bytes = answer.body.len().max(longest.load(Ordering::Relaxed));
        Ok(Outcome { response, elapsed, memory_bytes: session.memory_bytes(), reply_bytes })
    }
}

fn sign(key: &KeyPair, question: &Question<'_>) -> Result<Vec<u8>> {
    ensure!(question.scheme == "rsa_pkcs1_sha256", "found a question for {}", question.scheme);
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &question.input, &mut signature)
        .map_err(|error| anyhow!("signing: {error}"))?;
    Ok(signature)
}
