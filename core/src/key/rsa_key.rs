//! An RSA public key as it is written down (RFC 8017 A.1.1), until it is used, and what verifying takes.
//!
//! Most keys of a message are only compared or passed on; what the arithmetic prepares for a modulus costs
//! a quarter of a verification.

use alloc::vec::Vec;

use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use rand_core::CryptoRng;
use rsa::{Pkcs1v15Sign, Pss, RsaPublicKey, pkcs1};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::public::{malformed, unsupported};
use crate::{algorithm::DigestAlgorithm, error::Error};

const MIN_BITS: u32 = 1024;
const MAX_BITS: u32 = 4096;
/// The longest exponent; everybody's has three octets.
const MAX_EXPONENT_OCTETS: usize = 4;

/// An RSA public key whose numbers are fit for use.
#[derive(Clone, Debug)]
pub(super) struct RsaKey {
    modulus: Vec<u8>,
    exponent: u32,
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
        let exponent = exponent.iter().fold(0, |number, octet| number << 8 | u32::from(*octet));
        Ok(Self { modulus: modulus.to_vec(), exponent, bits })
    }

    /// The modulus, big-endian and without leading zeros.
    pub(super) fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent.
    pub(super) const fn exponent(&self) -> u32 {
        self.exponent
    }

    /// The length of the modulus.
    pub(super) const fn bits(&self) -> u32 {
        self.bits
    }

    /// Whether `signature` is one over `hash` by this key (RSASSA-PKCS1-v1_5, RFC 8017 section 8.2.2).
    pub(super) fn verifies(&self, scheme: &Pkcs1v15Sign, hash: &[u8], signature: &[u8]) -> bool {
        let expected = encoded(scheme, hash, self.modulus.len());
        expected.zip(self.raised(signature)).is_some_and(|(expected, found)| found.ct_eq(&expected).into())
    }

    /// The same of RSASSA-PSS with MGF1 of the same digest and a salt of that length (RFC 8017 section 8.1.2).
    pub(super) fn verifies_pss(
        &self,
        digest: DigestAlgorithm,
        salt_octets: u8,
        hash: &[u8],
        signature: &[u8],
    ) -> bool {
        let salt = usize::from(salt_octets);
        let Ok(key) = self.for_library() else { return false };
        let length_fits = signature.len() == self.modulus.len();
        length_fits
            && match digest {
                // Nobody signs so who wants to be believed.
                DigestAlgorithm::Md5 => false,
                DigestAlgorithm::Sha1 => {
                    key.verify(Pss::<Sha1>::new_with_salt(salt), hash, signature).is_ok()
                }
                DigestAlgorithm::Sha256 => {
                    key.verify(Pss::<Sha256>::new_with_salt(salt), hash, signature).is_ok()
                }
                DigestAlgorithm::Sha384 => {
                    key.verify(Pss::<Sha384>::new_with_salt(salt), hash, signature).is_ok()
                }
                DigestAlgorithm::Sha512 => {
                    key.verify(Pss::<Sha512>::new_with_salt(salt), hash, signature).is_ok()
                }
            }
    }

    /// `message`, encrypted for the holder of this key (RSAES-PKCS1-v1_5, RFC 8017 section 7.2.1); nothing if
    /// the modulus is too short for it.
    pub(super) fn encrypt_pkcs1(&self, generator: &mut impl CryptoRng, message: &[u8]) -> Option<Vec<u8>> {
        self.raised(&padded(generator, message, self.modulus.len())?)
    }

    /// The key for the library, to encrypt with OAEP and to verify PSS.
    ///
    /// # Errors
    /// None in practice: `KeyUnsupported`.
    pub(super) fn for_library(&self) -> Result<RsaPublicKey, Error> {
        let (modulus, exponent) = (BoxedUint::from_be_slice_vartime(&self.modulus), self.exponent.into());
        RsaPublicKey::new(modulus, exponent).map_err(|_| unsupported("the RSA key cannot be used"))
    }

    /// RSAEP and RSAVP1 (RFC 8017 sections 5.1.1 and 5.2.2): a number, as long as the modulus and less, to the
    /// power of the public exponent; nothing for another one.
    ///
    /// The number may be a secret and is hidden. The exponent is none: square and multiply, from its second bit
    /// on. The library hides it too, and so takes twice the multiplications; most of an enrolment's time in the
    /// engine goes here.
    fn raised(&self, number: &[u8]) -> Option<Vec<u8>> {
        let modulus = Odd::new(BoxedUint::from_be_slice_vartime(&self.modulus)).into_option()?;
        let representative = BoxedUint::from_be_slice(number, modulus.bits_precision()).ok()?;
        if number.len() != self.modulus.len() || representative >= *modulus {
            return None;
        }
        let base = BoxedMontyForm::new(representative, &BoxedMontyParams::new_vartime(modulus));
        let mut power = base.clone();
        for bit in (0..self.exponent.ilog2()).rev() {
            power = power.square();
            if self.exponent >> bit & 1 == 1 {
                power = power.mul(&base);
            }
        }
        let octets = power.retrieve().to_be_bytes();
        octets.get(octets.len().checked_sub(self.modulus.len())?..).map(<[u8]>::to_vec)
    }
}

/// EME-PKCS1-v1_5 (RFC 8017 section 7.2.1, step 2); nothing if the modulus is too short for the message.
fn padded(generator: &mut impl CryptoRng, message: &[u8], octets: usize) -> Option<Zeroizing<Vec<u8>>> {
    let padding = octets.checked_sub(message.len())?.checked_sub(3).filter(|padding| *padding >= 8)?;
    let mut padding = alloc::vec![0; padding];
    generator.fill_bytes(&mut padding);
    for octet in &mut padding {
        while *octet == 0 {
            generator.fill_bytes(core::slice::from_mut(octet));
        }
    }
    Some(Zeroizing::new([&[0, 2], padding.as_slice(), &[0], message].concat()))
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
pub(super) fn bit_length(number: &[u8]) -> u32 {
    let unused = number.first().map_or(0, |octet| octet.leading_zeros());
    u32::try_from(number.len()).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(unused)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::{Encode, asn1::UintRef};

    use super::*;
    use crate::{
        algorithm::{SignatureAlgorithm, SignatureScheme},
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
