//! The hashes that people compare.

use alloc::string::String;
use serde::Serialize;
use sha1::{Digest, Sha1};

use crate::hex;

/// Hashes of an object's DER in lowercase hex.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fingerprints {
    /// SHA-256.
    pub sha256: String,
    /// SHA-1, which older tools show.
    pub sha1: String,
}

impl Fingerprints {
    pub(super) fn of(der: &[u8]) -> Self {
        Self { sha256: hex::sha256(der), sha1: hex::encode(&Sha1::digest(der)) }
    }
}
