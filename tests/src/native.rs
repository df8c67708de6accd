//! The engine as a Rust library.

use anyhow::Result;
use sealwright_core::KeyRing;

use crate::vector::{Answer, Key};

/// One request to a fresh engine that holds these keys.
pub fn call(request: &[u8], keys: &[Key]) -> Result<Answer> {
    let mut ring = KeyRing::new();
    for key in keys {
        ring.import(&key.id, key.pem.as_bytes())
            .map_err(|error| anyhow::anyhow!("the key {}: {error:?}", key.id))?;
    }
    let outcome = sealwright_core::call(request, &ring);
    Ok(Answer { status: outcome.status, body: outcome.body.to_vec() })
}
