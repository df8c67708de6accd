//! An RSA public key as it is written down (RFC 8017 A.1.1), until it is used, and what verifying takes.
//!
//! Most keys of a message are only compared or passed on; what the arithmetic prepares for a modulus costs
//! a quarter of a verification.

use alloc::vec::Vec;

use crypto_bigint::{BoxedUint, modular::BoxedMontyForm};
use rsa::{Pkcs1v15Sign, RsaPublicKey, pkcs1, pkcs1::DecodeRsaPublicKey, traits::PublicKeyParts};
use subtle::ConstantTimeEq;

use super::public::{malformed, unsupported};
use crate::error::Error;

const MIN_BITS: u32 = 1024;
const MAX_BITS: u32 = 4096;
/// The longest exponent; everybody's has three octets.
const MAX_EXPONENT_OCTETS: usize = 4;

/// An RSA public key whose numbers are fit for use.
#[derive(Clone, Debug)]
pub(super) struct RsaKey {
    pkcs1: Vec<u8>,
    bits: u32,
}

impl RsaKey {
    /// Reads an RSAPublicKey in DER.
    ///
    /// # Errors
    /// `KeyMalformed`, `KeyUnsupported`.
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, Error> {
        let parts = pkcs1::RsaPublicKeyRef::try_from(der)
            .map_err(|_| malformed("the RSA public key is not one of RFC 8017"))?;
        let (modulus, exponent) = (parts.modulus.as_bytes(), parts.public_exponent.as_bytes());
        let bits = bit_length(modulus);
        let fits = (MIN_BITS..=MAX_BITS).contains(&bits)
            && is_odd(modulus)
            && is_odd(exponent)
            && exponent != [1]
            && exponent.len() <= MAX_EXPONENT_OCTETS;
        if !fits {
            return Err(unsupported(format_args!(
                "found an RSA key of {bits} bits, wanted one of {MIN_BITS} to {MAX_BITS} with an odd exponent of 2 to 32 bits"
            )));
        }
        Ok(Self { pkcs1: der.to_vec(), bits })
    }

    /// The length of the modulus.
    pub(super) const fn bits(&self) -> u32 {
        self.bits
    }

    /// Whether `signature` is one over `hash` by this key (RSASSA-PKCS1-v1_5, RFC 8017 section 8.2.2).
    ///
    /// All is public here. The library's own exponentiation hides the exponent, and so takes twice the
    /// multiplications that the usual one needs; most of the time of an enrolment goes there.
    ///
    /// # Errors
    /// None in practice: `KeyUnsupported`.
    pub(super) fn verifies(
        &self,
        scheme: &Pkcs1v15Sign,
        hash: &[u8],
        signature: &[u8],
    ) -> Result<bool, Error> {
        let key = self.for_use()?;
        let octets = key.size();
        let Ok(representative) = BoxedUint::from_be_slice(signature, key.n().bits_precision()) else {
            return Ok(false);
        };
        if signature.len() != octets || representative >= **key.n() {
            return Ok(false);
        }
        let message = raised(representative, &key).to_be_bytes();
        let unused = message.len().saturating_sub(octets);
        Ok(encoded(scheme, hash, octets).is_some_and(|expected| {
            message.iter().take(unused).all(|octet| *octet == 0)
                && message.get(unused..).is_some_and(|message| message.ct_eq(&expected).into())
        }))
    }

    /// The key, ready to encrypt.
    ///
    /// # Errors
    /// None in practice: `KeyUnsupported`.
    pub(super) fn for_use(&self) -> Result<RsaPublicKey, Error> {
        RsaPublicKey::from_pkcs1_der(&self.pkcs1).map_err(|_| unsupported("the RSA key cannot be used"))
    }
}

/// `base` to the public exponent, modulo the modulus: square and multiply, from the exponent's second bit on.
fn raised(base: BoxedUint, key: &RsaPublicKey) -> BoxedUint {
    let base = BoxedMontyForm::new(base, key.n_params());
    let mut power = base.clone();
    for bit in (0..key.e().bits().saturating_sub(1)).rev() {
        power = power.square();
        if key.e().bit_vartime(bit) {
            power = power.mul(&base);
        }
    }
    power.retrieve()
}

/// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2); nothing if the modulus is too short for the digest.
fn encoded(scheme: &Pkcs1v15Sign, hash: &[u8], octets: usize) -> Option<Vec<u8>> {
    let digest_info = [&scheme.prefix, hash].concat();
    let padding = octets.checked_sub(digest_info.len())?.checked_sub(3).filter(|padding| *padding >= 8)?;
    Some([&[0, 1], alloc::vec![0xff; padding].as_slice(), &[0], &digest_info].concat())
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|octet| octet & 1 == 1)
}

/// The bits of an unsigned number without leading zero octets.
fn bit_length(number: &[u8]) -> u32 {
    let unused = number.first().map_or(0, |octet| octet.leading_zeros());
    u32::try_from(number.len()).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(unused)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::{Encode, asn1::UintRef};

    use super::*;
    use crate::{
        algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureScheme},
        error::ErrorCode,
        testing::private_key,
    };

    #[test]
    fn numbers_that_are_no_key_are_refused() {
        let read = |bits: usize, last: u8, exponent: &[u8]| {
            let mut modulus = vec![0xff; bits.div_ceil(8)];
            modulus[0] >>= modulus.len() * 8 - bits;
            *modulus.last_mut().unwrap() = last;
            let (modulus, public_exponent) =
                (UintRef::new(&modulus).unwrap(), UintRef::new(exponent).unwrap());
            let der = pkcs1::RsaPublicKeyRef { modulus, public_exponent }.to_der().unwrap();
            RsaKey::from_pkcs1(&der).map(|key| key.bits()).map_err(|error| error.code)
        };
        for bits in [1024, 1031, 2048, 4096] {
            let key = read(bits, 0xff, &[1, 0, 1]);
            assert_eq!(key, Ok(u32::try_from(bits).unwrap()));
        }
        for exponent in [&[3][..], &[0xff; 4]] {
            assert!(read(2048, 0xff, exponent).is_ok(), "{exponent:?}");
        }
        for (bits, last, exponent) in [
            (1023, 0xff, &[3][..]),
            (4097, 0xff, &[3]),
            (2048, 0xfe, &[3]),
            (2048, 0xff, &[1]),
            (2048, 0xff, &[2]),
            (2048, 0xff, &[1, 0, 0, 0, 1]),
        ] {
            assert_eq!(
                read(bits, last, exponent),
                Err(ErrorCode::KeyUnsupported),
                "{bits} {last} {exponent:?}"
            );
        }
    }

    /// RFC 8017 8.2.2, step 1: a signature is as long as the modulus, whatever number it is.
    #[test]
    fn a_signature_keeps_its_leading_zeros() {
        let key = private_key("root");
        let signed = |number: u32| {
            let message = number.to_be_bytes();
            (message, key.sign(SignatureScheme::RsaPkcs1Sha256, &message).unwrap())
        };
        let (message, signature) = (0..).map(signed).find(|(_, signature)| signature[0] == 0).unwrap();
        let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        let verifies = |signature: &[u8]| key.public_key().verify(algorithm, &message, signature).is_ok();
        assert!(verifies(&signature));
        assert!(!verifies(&signature[1..]));
        assert!(!verifies(&[&[0], signature.as_slice()].concat()));
    }
}
