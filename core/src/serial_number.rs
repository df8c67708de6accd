//! Serial numbers (RFC 5280 4.1.2.2).

use alloc::format;

use rand_core::Rng;

use crate::seed::Seed;

/// A serial number for the certificate of this key: 20 octets, positive, 158 of its bits from the seed.
///
/// The key's digest is mixed in, so that a seed used twice by mistake still gives two serial numbers.
#[must_use]
pub fn generate(seed: &Seed, public_key_sha256: &str) -> [u8; 20] {
    let mut serial = [0; 20];
    seed.generator(&format!("serial_number {public_key_sha256}")).fill_bytes(&mut serial);
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
        let serial = generate(&seed, "a");
        assert!((0x40..0x80).contains(&serial[0]));
        assert_eq!(serial, generate(&seed, "a"));
        assert_ne!(serial, generate(&seed, "b"));
    }
}
