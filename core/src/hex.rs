//! Lower-case hexadecimal, for serial numbers and fingerprints.

use alloc::{string::String, vec::Vec};

use base16ct::{lower, mixed};
use sha2::{Digest, Sha256};

/// `bytes` as lower-case hexadecimal digits, two for each byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    lower::encode_string(bytes)
}

/// The bytes that an even number of hexadecimal digits stands for, in either case; nothing for another text.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    mixed::decode_vec(text).ok()
}

/// The SHA-256 of `bytes` as 64 hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    encode(&Sha256::digest(bytes))
}
