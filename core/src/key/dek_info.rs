//! PEM encryption as OpenSSL writes its own key formats: RFC 1421 headers, and a key that is one round of MD5 over
//! password and salt (`EVP_BytesToKey`). Weak against guessing; read only.

use alloc::vec::Vec;

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use crate::{
    cms::content_encryption::ContentCipher, error::Error, hex, password::Password,
    password_encryption::refused,
};

/// Octets of the initialization vector that are the salt as well.
const SALT_OCTETS: usize = 8;

/// Decrypts the body of a block with the header `DEK-Info: <cipher>,<hex>`; nothing if the padding is wrong.
///
/// # Errors
/// `KeyEncryptionRefused`.
pub(super) fn open(
    info: &str,
    password: &Password,
    ciphertext: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let (name, iv) = info.split_once(',').unwrap_or((info, ""));
    let cipher = cipher(name.trim())?;
    let iv = hex::decode(iv.trim()).filter(|iv| iv.len() == cipher.block_octets());
    let iv = iv.ok_or_else(|| refused("found a DEK-Info without an initialization vector of one block"))?;
    let key = key(&password.utf8(), iv.get(..SALT_OCTETS).unwrap_or_default(), cipher.key_octets());
    Ok(cipher.decrypt(&key, &iv, ciphertext))
}

fn cipher(name: &str) -> Result<ContentCipher, Error> {
    let known = [
        ("AES-128-CBC", ContentCipher::Aes128Cbc),
        ("AES-192-CBC", ContentCipher::Aes192Cbc),
        ("AES-256-CBC", ContentCipher::Aes256Cbc),
        ("DES-EDE3-CBC", ContentCipher::DesEde3Cbc),
        ("DES-CBC", ContentCipher::DesCbc),
    ];
    let found = known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    found.map(|(_, cipher)| *cipher).ok_or_else(|| {
        refused(format_args!(
            "found a PEM block encrypted with {name:?}, wanted AES-CBC, DES-EDE3-CBC or DES-CBC"
        ))
    })
}

fn key(password: &[u8], salt: &[u8], octets: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(octets.saturating_add(16)));
    let mut last = Zeroizing::new([0; 16]);
    while key.len() < octets {
        let mut hash = Md5::new();
        if !key.is_empty() {
            hash.update(last.as_slice());
        }
        hash.update(password);
        hash.update(salt);
        *last = hash.finalize().into();
        key.extend_from_slice(last.as_slice());
    }
    key.truncate(octets);
    key
}
