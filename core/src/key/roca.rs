//! The fingerprint of RSA keys that Infineon's library made (CVE-2017-15361, "ROCA"): each of their primes is a power of
//! 65537 modulo every small prime, and so is the modulus. Such a key of 2048 bits is factored in days.

/// The small primes whose product is the base of those keys, as far as all sizes have them.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

const GENERATOR: u32 = 65_537;

/// Whether a modulus (big-endian) is a power of 65537 modulo each of the primes. One in 2^27 of all others is, too.
pub(super) fn is_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime))
}

/// No prime here has nine bits, so nothing overflows.
fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |rest: u32, octet| {
        rest.wrapping_shl(8).wrapping_add((*octet).into()).checked_rem(prime).unwrap_or_default()
    })
}

fn is_power(number: u32, prime: u32) -> bool {
    let mut power: u32 = 1;
    let step = GENERATOR.checked_rem(prime).unwrap_or_default();
    for _ in 0..prime {
        if power == number {
            return true;
        }
        power = power.wrapping_mul(step).checked_rem(prime).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::private_key;

    #[test]
    fn powers_modulo_every_prime_are_found() {
        // 65537 to the power of 3.
        assert!(is_fingerprint(&[1, 0, 3, 0, 3, 0, 1]));
        assert!(!is_fingerprint(&[1, 0, 3, 0, 3, 0, 3]));
        for id in ["root", "issuing", "ra", "device", "other"] {
            assert!(!private_key(id).public_key().is_roca(), "{id}");
        }
    }
}
