//! Lower-case hexadecimal, for serial numbers and fingerprints.

use alloc::{string::String, vec::Vec};
use core::fmt::Write;

use sha2::{Digest, Sha256};

/// `bytes` as lower-case hexadecimal digits, two for each byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes that an even number of hexadecimal digits stands for, in either case; nothing for another text.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => digit(high)?.checked_mul(16)?.checked_add(digit(low)?),
            _ => None,
        })
        .collect()
}

/// The SHA-256 of `bytes` as 64 hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    encode(&Sha256::digest(bytes))
}
