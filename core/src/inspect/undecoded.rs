//! What has no name here is shown in hex, up to a limit.

use alloc::string::String;
use serde::Serialize;

use crate::hex;

/// The most octets that are shown in hex.
const MAX_SHOWN_BYTES: usize = 1024;

/// Octets as they were found.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Undecoded {
    /// How many octets there are.
    pub length_bytes: usize,
    /// The first 1024 of them in lowercase hex.
    pub hex: String,
}

impl Undecoded {
    pub(super) fn new(octets: &[u8]) -> Self {
        let shown = octets.get(..MAX_SHOWN_BYTES).unwrap_or(octets);
        Self { length_bytes: octets.len(), hex: hex::encode(shown) }
    }
}
