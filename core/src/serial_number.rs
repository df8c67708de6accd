//! Serial numbers (RFC 5280 4.1.2.2).

use alloc::format;

use rand_core::Rng;

use crate::{hex, seed::Seed};

/// A serial number for the certificate that says `content`: 20 octets, positive, 158 of its bits from the seed.
///
/// The digest of all that the certificate says is mixed in, so that a seed used twice by mistake still
/// gives two certificates two serial numbers.
#[must_use]
pub fn generate(seed: &Seed, content: &[u8]) -> [u8; 20] {
    let mut serial = [0; 20];
    seed.generator(&format!("serial_number {}", hex::sha256(content))).fill_bytes(&mut serial);
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    serial
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_positive_long_and_different() {
        let seed = Seed::new([7; 32]);
        let serial = generate(&seed, b"a");
        assert!((0x40..0x80).contains(&serial[0]));
        assert_eq!(serial, generate(&seed, b"a"));
        assert_ne!(serial, generate(&seed, b"b"));
    }
}
