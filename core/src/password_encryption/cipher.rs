//! The ciphers that stand behind passwords: those of messages, and RC2 (RFC 2268).

use alloc::vec::Vec;

use cbc::{
    Decryptor,
    cipher::{BlockModeDecrypt, InnerIvInit, block_padding::Pkcs7},
};
use der::{
    Sequence, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use crate::{cms::content_encryption::ContentCipher, error::Error};

/// rc2CBC (RFC 8018 appendix B.2.3).
const RC2_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.2");
/// The longest key of RC2 (RFC 2268 section 2).
const MAX_RC2_KEY: usize = 128;
const RC2_BLOCK: usize = 8;

/// A cipher in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    /// AES or DES.
    Content(ContentCipher),
    /// RC2 with its effective key length in bits; read only.
    Rc2 {
        /// T1 of RFC 2268 section 2.
        effective_bits: u16,
    },
}

/// RFC 8018 appendix B.2.3; OpenSSL leaves the version out for the cipher's default of 32 bits, as the RFC has it.
#[derive(Sequence)]
struct Rc2Parameters<'a> {
    #[asn1(optional = "true")]
    version: Option<u32>,
    iv: &'a OctetStringRef,
}

impl Cipher {
    /// DES-EDE3-CBC.
    pub(super) const TRIPLE_DES: Self = Self::Content(ContentCipher::DesEde3Cbc);

    /// The cipher of an encryptionScheme of PBES2, and its initialization vector.
    ///
    /// # Errors
    /// `KeyEncryptionRefused`.
    pub(super) fn read<'a>(identifier: &AlgorithmIdentifierRef<'a>) -> Result<(Self, &'a [u8]), Error> {
        if identifier.oid == RC2_CBC {
            return read_rc2(identifier.parameters);
        }
        let cipher = ContentCipher::from_oid(identifier.oid).map(Self::Content).ok_or_else(|| {
            super::refused(format_args!(
                "found the cipher {}, wanted AES-CBC, triple DES, DES or RC2",
                identifier.oid
            ))
        })?;
        let iv = identifier.parameters.filter(|iv| iv.tag() == Tag::OctetString).map(AnyRef::value);
        iv.filter(|iv| iv.len() == cipher.block_octets()).map(|iv| (cipher, iv)).ok_or_else(wrong_iv)
    }

    /// Octets of the key that a derivation has to give.
    pub(super) const fn key_octets(self) -> usize {
        match self {
            Self::Content(cipher) => cipher.key_octets(),
            // What NSS and OpenSSL take where keyLength is not there (RFC 8018 appendix B.2.3).
            Self::Rc2 { .. } => 16,
        }
    }

    /// Octets of a block.
    pub(super) const fn block_octets(self) -> usize {
        match self {
            Self::Content(cipher) => cipher.block_octets(),
            Self::Rc2 { .. } => RC2_BLOCK,
        }
    }

    /// Decrypts; nothing if the lengths or the padding are wrong.
    pub(crate) fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Content(cipher) => cipher.decrypt(key, iv, ciphertext),
            Self::Rc2 { effective_bits } => decrypt_rc2(effective_bits, key, iv, ciphertext),
        }
    }

    /// Whether a key of so many octets can be one of this cipher.
    pub(super) fn takes_key(self, octets: usize) -> bool {
        match self {
            Self::Content(cipher) => cipher.key_octets() == octets,
            Self::Rc2 { .. } => (1..=MAX_RC2_KEY).contains(&octets),
        }
    }
}

fn read_rc2(parameters: Option<AnyRef<'_>>) -> Result<(Cipher, &[u8]), Error> {
    let Rc2Parameters { version, iv } = super::parameters(parameters, "RC2-CBC-Parameter")?;
    let effective_bits = match version {
        None => 32,
        Some(160) => 40,
        Some(120) => 64,
        Some(58) => 128,
        Some(bits @ 256..=1024) => u16::try_from(bits).unwrap_or(1024),
        Some(other) => return Err(super::refused(format_args!("found the version {other} of RC2"))),
    };
    let iv = Some(iv.as_bytes()).filter(|iv| iv.len() == RC2_BLOCK).ok_or_else(wrong_iv)?;
    Ok((Cipher::Rc2 { effective_bits }, iv))
}

fn decrypt_rc2(effective_bits: u16, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // The library takes these for granted.
    if !(1..=MAX_RC2_KEY).contains(&key.len()) || !(1..=1024).contains(&effective_bits) {
        return None;
    }
    let cipher = Rc2::new_with_eff_key_len(key, usize::from(effective_bits));
    let cipher = Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    let mut content = Zeroizing::new(ciphertext.to_vec());
    let length = cipher.decrypt_padded::<Pkcs7>(&mut content).ok()?.len();
    content.truncate(length);
    Some(content)
}

fn wrong_iv() -> Error {
    super::refused("found an initialization vector that is not one block")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rc2::cipher::{Array, BlockCipherEncrypt};

    /// RFC 2268 section 5.
    #[test]
    fn rc2_is_that_of_its_rfc() {
        let vectors: [(&[u8], usize, u64, u64); 8] = [
            (&[0; 8], 63, 0, 0xebb7_73f9_9327_8eff),
            (&[0xff; 8], 64, u64::MAX, 0x278b_27e4_2e2f_0d49),
            (&[0x30, 0, 0, 0, 0, 0, 0, 0], 64, 0x1000_0000_0000_0001, 0x3064_9edf_9be7_d2c2),
            (&[0x88], 64, 0, 0x61a8_a244_adac_ccf0),
            (&[0x88, 0xbc, 0xa9, 0x0e, 0x90, 0x87, 0x5a], 64, 0, 0x6ccf_4308_974c_267f),
            (&RC2_KEY[..16], 64, 0, 0x1a80_7d27_2bbe_5db1),
            (&RC2_KEY[..16], 128, 0, 0x2269_552a_b0f8_5ca6),
            (&RC2_KEY, 129, 0, 0x5b78_d3a4_3dff_f1f1),
        ];
        for (key, bits, plain, sealed) in vectors {
            let mut block = Array::from(plain.to_be_bytes());
            Rc2::new_with_eff_key_len(key, bits).encrypt_block(&mut block);
            assert_eq!(u64::from_be_bytes(block.into()), sealed, "{key:?} {bits}");
        }
    }

    const RC2_KEY: [u8; 33] = [
        0x88, 0xbc, 0xa9, 0x0e, 0x90, 0x87, 0x5a, 0x7f, 0x0f, 0x79, 0xc3, 0x84, 0x62, 0x7b, 0xaf, 0xb2, 0x16,
        0xf8, 0x0a, 0x6f, 0x85, 0x92, 0x05, 0x84, 0xc4, 0x2f, 0xce, 0xb0, 0xbe, 0x25, 0x5d, 0xaf, 0x1e,
    ];

    #[test]
    fn no_length_of_anything_breaks_rc2() {
        for key in [0, 1, 5, 16, 128, 129] {
            for iv in [0, 7, 8, 9] {
                for text in [0, 1, 8, 16] {
                    let _ = decrypt_rc2(40, &[1; 200][..key], &[2; 16][..iv], &[3; 16][..text]);
                }
            }
        }
        assert!(decrypt_rc2(0, &[1; 5], &[2; 8], &[3; 8]).is_none());
        assert!(decrypt_rc2(1025, &[1; 5], &[2; 8], &[3; 8]).is_none());
    }
}
