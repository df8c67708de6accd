//! The key derivation of PKCS#12 (RFC 7292 appendix B.2), for its own schemes and its MAC.

use alloc::vec::Vec;

use sha2::Digest;
use zeroize::{Zeroize, Zeroizing};

use super::Work;
use crate::{algorithm::DigestAlgorithm, error::Error};

/// What the octets are for: the diversifier of RFC 7292 appendix B.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// ID 1
    Encryption,
    /// ID 2
    InitializationVector,
    /// ID 3
    Mac,
}

impl Purpose {
    const fn id(self) -> u8 {
        match self {
            Self::Encryption => 1,
            Self::InitializationVector => 2,
            Self::Mac => 3,
        }
    }
}

/// `octets` octets from a password that is a BMPString already.
///
/// # Errors
/// `KeyDerivationTooCostly`, `KeyEncryptionRefused`.
pub(crate) fn derive(
    digest: DigestAlgorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    purpose: Purpose,
    octets: usize,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (block, output) = sizes(digest);
    let blocks = octets.div_ceil(output.max(1));
    work.take(iterations.into(), 1, u64::try_from(blocks).unwrap_or(u64::MAX), salt)?;
    let diversifier = alloc::vec![purpose.id(); block];
    let mut input = Zeroizing::new(Vec::with_capacity(
        filled(salt.len(), block).saturating_add(filled(password.len(), block)),
    ));
    for part in [salt, password] {
        input.extend(part.iter().cycle().take(filled(part.len(), block)));
    }
    let mut derived = Zeroizing::new(Vec::with_capacity(blocks.saturating_mul(output)));
    for _ in 0..blocks {
        let mut first = Zeroizing::new(Vec::with_capacity(block.saturating_add(input.len())));
        first.extend_from_slice(&diversifier);
        first.extend_from_slice(&input);
        let hash = iterate(digest, &first, iterations);
        add_to_each(&mut input, block, &hash);
        derived.extend_from_slice(&hash);
    }
    derived.truncate(octets);
    Ok(derived)
}

/// The hash of the hash, and so on.
pub(super) fn iterate(digest: DigestAlgorithm, first: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    fn with<D: Digest>(first: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
        let mut hash = D::digest(first);
        for _ in 1..iterations {
            hash = D::digest(&hash);
        }
        let derived = Zeroizing::new(hash.to_vec());
        hash.as_mut_slice().zeroize();
        derived
    }
    match digest {
        DigestAlgorithm::Md5 => with::<md5::Md5>(first, iterations),
        DigestAlgorithm::Sha1 => with::<sha1::Sha1>(first, iterations),
        DigestAlgorithm::Sha256 => with::<sha2::Sha256>(first, iterations),
        DigestAlgorithm::Sha384 => with::<sha2::Sha384>(first, iterations),
        DigestAlgorithm::Sha512 => with::<sha2::Sha512>(first, iterations),
    }
}

/// v and u of RFC 7292 appendix B.2, in octets.
const fn sizes(digest: DigestAlgorithm) -> (usize, usize) {
    match digest {
        DigestAlgorithm::Md5 => (64, 16),
        DigestAlgorithm::Sha1 => (64, 20),
        DigestAlgorithm::Sha256 => (64, 32),
        DigestAlgorithm::Sha384 => (128, 48),
        DigestAlgorithm::Sha512 => (128, 64),
    }
}

/// As many whole blocks as it takes.
fn filled(length: usize, block: usize) -> usize {
    length.div_ceil(block.max(1)).saturating_mul(block)
}

/// Each block of `input` becomes itself, the hash repeated to a block, and one, added up.
fn add_to_each(input: &mut [u8], block: usize, hash: &[u8]) {
    let repeated: Zeroizing<Vec<u8>> = Zeroizing::new(hash.iter().copied().cycle().take(block).collect());
    for part in input.chunks_mut(block) {
        let mut carry = 1_u16;
        for (octet, add) in part.iter_mut().zip(repeated.iter()).rev() {
            let sum = u16::from(*octet).saturating_add(u16::from(*add)).saturating_add(carry);
            let [high, low] = sum.to_be_bytes();
            *octet = low;
            carry = u16::from(high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hex, password::Password};

    /// The vectors that OpenSSL and Bouncy Castle test with (from the PKCS#12 examples of P. Gutmann).
    #[test]
    fn derives_what_others_derive() {
        let vectors = [
            (
                "smeg",
                [0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f],
                1,
                Purpose::Encryption,
                24,
                "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3",
            ),
            (
                "smeg",
                [0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f],
                1,
                Purpose::InitializationVector,
                8,
                "79993dfe048d3b76",
            ),
            (
                "smeg",
                [0x3d, 0x83, 0xc0, 0xe4, 0x54, 0x6a, 0xc1, 0x40],
                1,
                Purpose::Mac,
                20,
                "8d967d88f6caa9d714800ab3d48051d63f73a312",
            ),
            (
                "queeg",
                [0x05, 0xde, 0xc9, 0x59, 0xac, 0xff, 0x72, 0xf7],
                1000,
                Purpose::Encryption,
                24,
                "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4",
            ),
            (
                "queeg",
                [0x05, 0xde, 0xc9, 0x59, 0xac, 0xff, 0x72, 0xf7],
                1000,
                Purpose::InitializationVector,
                8,
                "11dedad7758d4860",
            ),
            (
                "queeg",
                [0x26, 0x32, 0x16, 0xfc, 0xc2, 0xfa, 0xb3, 0x1c],
                1000,
                Purpose::Mac,
                20,
                "5ec4c7a80df652294c3925b6489a7ab857c83476",
            ),
        ];
        for (password, salt, iterations, purpose, octets, wanted) in vectors {
            let password = Password::new(password.into()).bmp();
            let derived = derive(
                DigestAlgorithm::Sha1,
                &password,
                &salt,
                iterations,
                purpose,
                octets,
                &mut Work::new(),
            );
            assert_eq!(hex::encode(&derived.unwrap()), wanted);
        }
    }
}
