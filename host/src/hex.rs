//! Hexadecimal in small letters, as the engine writes hashes.

use aws_lc_rs::digest::{SHA256, digest};

/// Two digits for each octet.
pub(crate) fn encode(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Of the SHA-256.
pub(crate) fn sha256(octets: &[u8]) -> String {
    encode(digest(&SHA256, octets).as_ref())
}
