//! The engine with keys of the tests, in serde's own JSON: for tests that only use it as a tool.

use anyhow::{Context, Result, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_core::KeyRing;
use serde_json::Value;

/// An engine that holds the keys it uses.
#[derive(Default)]
pub struct Engine {
    ring: KeyRing,
}

impl Engine {
    /// An engine with these keys: id and PEM.
    pub fn holding(keys: &[(&str, &str)]) -> Result<Self> {
        let mut ring = KeyRing::new();
        for (id, pem) in keys {
            ring.import(id, pem.as_bytes()).map_err(|error| anyhow::anyhow!("the key {id}: {error:?}"))?;
        }
        Ok(Self { ring })
    }

    /// The response to a request; anything but a response is an error.
    pub fn call(&self, request: &Value) -> Result<Value> {
        let outcome = sealwright_core::call(&serde_json::to_vec(request)?, &self.ring);
        let mut body: Value = serde_json::from_slice(&outcome.body)?;
        match body.get_mut("ok") {
            Some(response) => Ok(response.take()),
            None => bail!("{}: {body}", request["op"]),
        }
    }
}

/// A key of the tests by its file name in `vectors/keys`, without `.pem`.
pub fn key(name: &str) -> Result<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/keys/");
    std::fs::read_to_string(format!("{path}{name}.pem")).with_context(|| format!("the key {name}"))
}

/// base64url without padding, as the engine wants raw bytes.
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of a field that the engine gave in base64url.
pub fn decode(value: &Value) -> Result<Vec<u8>> {
    let text = value.as_str().with_context(|| format!("wanted base64url, found {value}"))?;
    Base64UrlUnpadded::decode_vec(text).map_err(|error| anyhow::anyhow!("{error}: {text}"))
}

/// A seed that no other call has: 24 fixed octets and a number.
pub fn seed(number: u64) -> String {
    let mut bytes = [0x5a; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    encode(&bytes)
}

/// Seconds since 1970.
pub fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs()
}
