//! How much a file may make us calculate before anybody has shown that he knows its password.

use crate::error::{Error, ErrorCode};

/// The most hashes in one call, over all derivations: seconds in a sandbox. Files of GnuTLS with triple DES take six
/// millions; a backup with as many keys as there may be has 60,000 iterations for each, and can be read.
pub(crate) const MAX_HASHES: u64 = 13_500_000;
/// PBKDF2 takes two hashes for each iteration, those of an HMAC.
pub(crate) const HASHES_OF_HMAC: u64 = 2;

/// Each block that scrypt mixes takes about as long as two hashes.
const HASHES_OF_SCRYPT: u64 = 2;
/// The most memory of scrypt, in octets: OpenSSL's limit.
const MAX_SCRYPT_OCTETS: u64 = 32 << 20;
/// The longest salt; everybody's has 8 to 32 octets.
const MAX_SALT: usize = 1024;

/// What is left of the work that one call may do.
#[derive(Debug)]
pub(crate) struct Work {
    left: u64,
}

impl Work {
    pub(crate) const fn new() -> Self {
        Self { left: MAX_HASHES }
    }

    /// Takes `iterations` of `hashes` hashes for each of `blocks` blocks of output.
    ///
    /// # Errors
    /// `KeyDerivationTooCostly` if there is not as much left, `KeyEncryptionRefused` for no iteration at all and
    /// for a salt beyond any use.
    pub(crate) fn take(
        &mut self,
        iterations: u64,
        hashes: u64,
        blocks: u64,
        salt: &[u8],
    ) -> Result<(), Error> {
        if iterations == 0 {
            return Err(super::refused("found a key derivation of 0 iterations"));
        }
        check_salt(salt)?;
        self.left = iterations
            .checked_mul(hashes)
            .and_then(|iterations| iterations.checked_mul(blocks))
            .and_then(|hashes| self.left.checked_sub(hashes))
            .ok_or_else(|| {
                too_costly(format_args!(
                    "found a key derivation of {iterations} iterations, wanted at most {MAX_HASHES} hashes over all"
                ))
            })?;
        Ok(())
    }

    /// Takes the work of scrypt (RFC 7914) with these parameters and gives the logarithm of its cost.
    ///
    /// # Errors
    /// `KeyDerivationTooCostly`, and `KeyEncryptionRefused` for parameters that scrypt has not.
    pub(crate) fn take_scrypt(
        &mut self,
        cost: u64,
        block: u64,
        parallel: u64,
        salt: &[u8],
    ) -> Result<u8, Error> {
        if cost < 2 || !cost.is_power_of_two() || block == 0 || parallel == 0 {
            return Err(super::refused("found parameters that scrypt does not have"));
        }
        check_salt(salt)?;
        let octets = |lanes: u64| lanes.checked_mul(block).and_then(|blocks| blocks.checked_mul(128));
        let fits = |octets: Option<u64>| octets.is_some_and(|octets| octets <= MAX_SCRYPT_OCTETS);
        let mixed = cost.checked_mul(block).and_then(|mixed| mixed.checked_mul(parallel));
        let mixed = mixed.and_then(|mixed| mixed.checked_mul(HASHES_OF_SCRYPT));
        let left = mixed.and_then(|mixed| self.left.checked_sub(mixed));
        match left {
            Some(left) if fits(octets(cost)) && fits(octets(parallel)) => self.left = left,
            _ => {
                return Err(too_costly(format_args!(
                    "found scrypt with the cost {cost}, the block size {block} and the parallelization {parallel}, wanted at most {MAX_SCRYPT_OCTETS} octets of memory"
                )));
            }
        }
        u8::try_from(cost.ilog2()).map_err(|_| too_costly("found scrypt with a cost beyond any memory"))
    }
}

fn check_salt(salt: &[u8]) -> Result<(), Error> {
    match salt.len() {
        0..=MAX_SALT => Ok(()),
        length => {
            Err(super::refused(format_args!("found a salt of {length} octets, wanted at most {MAX_SALT}")))
        }
    }
}

fn too_costly(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::KeyDerivationTooCostly, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_of_a_call_is_limited_as_a_whole() {
        let mut work = Work::new();
        work.take(MAX_HASHES / 2 - 1, 2, 1, &[]).unwrap();
        work.take(1, 1, 2, &[]).unwrap();
        assert_eq!(work.take(1, 1, 1, &[]).unwrap_err().code, ErrorCode::KeyDerivationTooCostly);
        let code = |iterations, blocks| Work::new().take(iterations, 1, blocks, &[]).unwrap_err().code;
        assert_eq!(code(u64::MAX, 2), ErrorCode::KeyDerivationTooCostly);
        assert_eq!(code(0, 1), ErrorCode::KeyEncryptionRefused);
        assert_eq!(
            Work::new().take(1, 1, 1, &[0; MAX_SALT + 1]).unwrap_err().code,
            ErrorCode::KeyEncryptionRefused
        );
    }

    #[test]
    fn scrypt_gets_no_more_than_its_memory() {
        let take = |cost, block, parallel| {
            Work::new().take_scrypt(cost, block, parallel, &[]).map_err(|error| error.code)
        };
        assert_eq!(take(16384, 8, 5), Ok(14));
        assert_eq!(take(32768, 8, 1), Ok(15));
        for (cost, block, parallel) in [
            (65536, 8, 1),
            (1 << 60, 8, 1),
            (u64::MAX / 2 + 1, u64::MAX, 2),
            (2, 1, 1 << 30),
            (16384, 8, 100),
        ] {
            assert_eq!(take(cost, block, parallel), Err(ErrorCode::KeyDerivationTooCostly), "{cost} {block}");
        }
        for (cost, block, parallel) in [(0, 8, 1), (1, 8, 1), (3, 8, 1), (16, 0, 1), (16, 8, 0)] {
            assert_eq!(take(cost, block, parallel), Err(ErrorCode::KeyEncryptionRefused), "{cost} {block}");
        }
    }
}
