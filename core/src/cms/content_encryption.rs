//! Content-encryption algorithms (RFC 5652 section 6.3; RFC 3565; RFC 3370 section 5.1).

use alloc::vec::Vec;

use aes::{Aes128, Aes192, Aes256};
use cbc::{
    Decryptor, Encryptor,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7},
};
use const_oid::{ObjectIdentifier, db::rfc5911};
use der::{Any, Tag, Tagged, asn1::AnyRef};
use des::{Des, TdesEde3};
use rand_core::Rng;
use serde::{Deserialize, Serialize};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

/// DES-CBC (RFC 8018 appendix B.2.1), which const-oid does not know.
const DES_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.7");

/// A cipher for the content of an envelope.
#[expect(clippy::enum_variant_names, reason = "the mode belongs to the name; others may come")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ContentCipher {
    /// AES-128 in CBC mode.
    #[default]
    #[serde(rename = "aes_128_cbc")]
    Aes128Cbc,
    /// AES-192 in CBC mode.
    #[serde(rename = "aes_192_cbc")]
    Aes192Cbc,
    /// AES-256 in CBC mode.
    #[serde(rename = "aes_256_cbc")]
    Aes256Cbc,
    /// Triple DES in CBC mode.
    #[serde(rename = "des_ede3_cbc")]
    DesEde3Cbc,
    /// Single DES in CBC mode: read only, and only where legacy algorithms are allowed.
    #[serde(rename = "des_cbc")]
    DesCbc,
}

impl ContentCipher {
    const ALL: [Self; 5] =
        [Self::Aes128Cbc, Self::Aes192Cbc, Self::Aes256Cbc, Self::DesEde3Cbc, Self::DesCbc];

    /// The cipher and the initialization vector that an AlgorithmIdentifier names.
    ///
    /// # Errors
    /// `CmsCipherRefused` if the cipher is unknown, or is single DES and `allow_legacy` is not set;
    /// `CmsMalformed` if the initialization vector is not one block.
    pub(crate) fn read<'a>(
        identifier: &AlgorithmIdentifierRef<'a>,
        allow_legacy: bool,
    ) -> Result<(Self, &'a [u8]), Error> {
        let cipher = match Self::from_oid(identifier.oid) {
            Some(Self::DesCbc) if !allow_legacy => {
                return Err(refused("found the cipher DES-CBC, which only legacy allows"));
            }
            Some(cipher) => cipher,
            None => {
                return Err(refused(format_args!(
                    "found the cipher {}, wanted AES-CBC or triple DES",
                    identifier.oid
                )));
            }
        };
        identifier
            .parameters
            .filter(|iv| iv.tag() == Tag::OctetString)
            .map(AnyRef::value)
            .filter(|iv| iv.len() == cipher.block_octets())
            .map(|iv| (cipher, iv))
            .ok_or_else(|| super::malformed("found an initialization vector that is not one block"))
    }

    /// The cipher of this identifier.
    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|cipher| cipher.oid() == oid)
    }

    /// The identifier with an initialization vector.
    pub(crate) fn identifier(self, iv: &[u8]) -> Result<AlgorithmIdentifierOwned, Error> {
        Ok(AlgorithmIdentifierOwned { oid: self.oid(), parameters: Some(Any::new(Tag::OctetString, iv)?) })
    }

    /// Octets of a key.
    pub(crate) const fn key_octets(self) -> usize {
        match self {
            Self::Aes128Cbc => 16,
            Self::Aes192Cbc | Self::DesEde3Cbc => 24,
            Self::Aes256Cbc => 32,
            Self::DesCbc => 8,
        }
    }

    /// Octets of a block, and so of an initialization vector.
    pub(crate) const fn block_octets(self) -> usize {
        match self {
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => 16,
            Self::DesEde3Cbc | Self::DesCbc => 8,
        }
    }

    /// A fresh key.
    pub(crate) fn generate_key(self, rng: &mut impl Rng) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(alloc::vec![0; self.key_octets()]);
        rng.fill_bytes(&mut key);
        key
    }

    /// The key to go on with after a decryption: what came out if it can be a key of this cipher,
    /// else a random one, so that nothing downstream differs (implicit rejection, RFC 3218 2.3.2).
    pub(crate) fn key_or_random(self, decrypted: Option<&[u8]>, rng: &mut impl Rng) -> Zeroizing<Vec<u8>> {
        let mut key = self.generate_key(rng);
        let candidate = decrypted.unwrap_or_default();
        let fits = candidate.len().ct_eq(&key.len());
        for (octet, found) in key.iter_mut().zip(candidate.iter().chain(core::iter::repeat(&0))) {
            octet.conditional_assign(found, fits);
        }
        key
    }

    /// Encrypts with PKCS#7 padding (RFC 5652 section 6.3).
    ///
    /// # Errors
    /// `EncodingFailed` if the key or the initialization vector has not this cipher's length.
    pub(crate) fn encrypt(self, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Aes128Cbc => encrypt_with::<Encryptor<Aes128>>(key, iv, plaintext),
            Self::Aes192Cbc => encrypt_with::<Encryptor<Aes192>>(key, iv, plaintext),
            Self::Aes256Cbc => encrypt_with::<Encryptor<Aes256>>(key, iv, plaintext),
            Self::DesEde3Cbc => encrypt_with::<Encryptor<TdesEde3>>(key, iv, plaintext),
            Self::DesCbc => encrypt_with::<Encryptor<Des>>(key, iv, plaintext),
        }
        .ok_or_else(|| {
            Error::new(ErrorCode::EncodingFailed, "found a key or an initialization vector of a wrong length")
        })
    }

    /// Decrypts; nothing if the lengths or the padding are wrong.
    pub(crate) fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes128Cbc => decrypt_with::<Decryptor<Aes128>>(key, iv, ciphertext),
            Self::Aes192Cbc => decrypt_with::<Decryptor<Aes192>>(key, iv, ciphertext),
            Self::Aes256Cbc => decrypt_with::<Decryptor<Aes256>>(key, iv, ciphertext),
            Self::DesEde3Cbc => decrypt_with::<Decryptor<TdesEde3>>(key, iv, ciphertext),
            Self::DesCbc => decrypt_with::<Decryptor<Des>>(key, iv, ciphertext),
        }
    }

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Aes128Cbc => rfc5911::ID_AES_128_CBC,
            Self::Aes192Cbc => rfc5911::ID_AES_192_CBC,
            Self::Aes256Cbc => rfc5911::ID_AES_256_CBC,
            Self::DesEde3Cbc => rfc5911::DES_EDE_3_CBC,
            Self::DesCbc => DES_CBC,
        }
    }
}

fn encrypt_with<C: BlockModeEncrypt + KeyIvInit>(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    C::new_from_slices(key, iv).ok().map(|cipher| cipher.encrypt_padded_vec::<Pkcs7>(plaintext))
}

fn decrypt_with<C: BlockModeDecrypt + KeyIvInit>(
    key: &[u8],
    iv: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = C::new_from_slices(key, iv).ok()?;
    // Wiped where the padding is wrong, too.
    let mut content = Zeroizing::new(ciphertext.to_vec());
    let length = cipher.decrypt_padded::<Pkcs7>(&mut content).ok()?.len();
    content.truncate(length);
    Some(content)
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::CmsCipherRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn each_cipher_opens_what_it_sealed() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        for cipher in ContentCipher::ALL {
            let key = cipher.generate_key(&mut rng);
            let iv = alloc::vec![3; cipher.block_octets()];
            let sealed = cipher.encrypt(&key, &iv, b"a certification request").unwrap();
            assert_eq!(*cipher.decrypt(&key, &iv, &sealed).unwrap(), b"a certification request");
            assert!(cipher.decrypt(&key, &iv, &sealed[1..]).is_none());
            assert!(cipher.decrypt(&key, &iv, &[]).is_none());
            assert!(cipher.encrypt(&key[1..], &iv, b"").is_err());
        }
    }

    #[test]
    fn a_key_that_does_not_fit_becomes_a_random_one() {
        let cipher = ContentCipher::Aes128Cbc;
        let key =
            |decrypted: Option<&[u8]>| cipher.key_or_random(decrypted, &mut ChaCha20Rng::from_seed([2; 32]));
        assert_eq!(*key(Some(&[5; 16])), [5; 16]);
        let random = key(None);
        assert_eq!(random.len(), 16);
        for wrong in [&[5; 15][..], &[5; 17], &[], &[5; 32]] {
            assert_eq!(key(Some(wrong)), random);
        }
    }

    #[test]
    fn des_needs_legacy() {
        let identifier = ContentCipher::DesCbc.identifier(&[0; 8]).unwrap();
        let identifier = AlgorithmIdentifierRef {
            oid: identifier.oid,
            parameters: identifier.parameters.as_ref().map(Into::into),
        };
        assert_eq!(ContentCipher::read(&identifier, false).unwrap_err().code, ErrorCode::CmsCipherRefused);
        assert_eq!(ContentCipher::read(&identifier, true).unwrap().0, ContentCipher::DesCbc);
    }
}
