//! How Java's keystores encrypt keys: `KeyProtector` of JKS, a stream of SHA-1, and of JCEKS, triple DES under MD5.

use alloc::vec::Vec;

use der::{
    Decode,
    asn1::{AnyRef, ObjectIdentifier},
};
use md5::Md5;
use pkcs8::PrivateKeyInfoRef;
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::DIGEST_OCTETS;
use crate::{
    cms::content_encryption::ContentCipher,
    error::Error,
    key::encrypted::EncryptedPrivateKeyInfo,
    password::Password,
    password_encryption::{self, Pbes1Parameters, Work, refused},
};

const SUN_JKS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.17.1.1");
const SUN_JCEKS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.19.1");
/// Octets of the salt, and of half of it.
const JCEKS_SALT: usize = 8;
const HALF_SALT: usize = 4;

/// The PrivateKeyInfo in an EncryptedPrivateKeyInfo, both in DER.
///
/// # Errors
/// `JksMalformed`, `KeyPasswordWrong`, `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
pub(super) fn open(sealed: &[u8], password: &Password, work: &mut Work) -> Result<Zeroizing<Vec<u8>>, Error> {
    let info = EncryptedPrivateKeyInfo::from_der(sealed)
        .map_err(|error| super::malformed(format_args!("found no EncryptedPrivateKeyInfo: {error}")))?;
    let encrypted = info.encrypted.as_bytes();
    let opened = match info.algorithm.oid {
        SUN_JKS => open_jks(encrypted, password),
        SUN_JCEKS => open_jceks(info.algorithm.parameters, encrypted, password, work)?,
        other => {
            return Err(refused(format_args!(
                "found a key encrypted with {other}, wanted that of JKS or JCEKS"
            )));
        }
    };
    opened.ok_or_else(password_encryption::password_wrong)
}

/// Salt, the key under a stream of SHA-1 over password and what went before, and the SHA-1 of password and key.
fn open_jks(encrypted: &[u8], password: &Password) -> Option<Zeroizing<Vec<u8>>> {
    let password = password.utf16();
    let (salt, rest) = encrypted.split_at_checked(DIGEST_OCTETS)?;
    let (sealed, check) = rest.split_at_checked(rest.len().checked_sub(DIGEST_OCTETS)?)?;
    let digest = |more: &[u8]| -> [u8; DIGEST_OCTETS] {
        Sha1::new().chain_update(&password).chain_update(more).finalize().into()
    };
    let mut opened = Zeroizing::new(sealed.to_vec());
    let mut stream = Zeroizing::new(digest(salt));
    for block in opened.chunks_mut(DIGEST_OCTETS) {
        for (octet, mask) in block.iter_mut().zip(stream.iter()) {
            *octet ^= mask;
        }
        *stream = digest(stream.as_slice());
    }
    bool::from(digest(&opened).ct_eq(check)).then_some(opened)
}

/// The blocks that MD5 takes for a hash, the password and its own padding: each iteration takes all of them.
fn md5_blocks(password: usize) -> u64 {
    const BLOCK: usize = 64;
    const HASH_AND_PADDING: usize = 16 + 9;
    u64::try_from(password.saturating_add(HASH_AND_PADDING).div_ceil(BLOCK)).unwrap_or(u64::MAX)
}

/// PBEWithMD5AndTripleDES: each half of the salt is hashed with the password, again and again; 16 octets of each.
fn open_jceks(
    parameters: Option<AnyRef<'_>>,
    encrypted: &[u8],
    password: &Password,
    work: &mut Work,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let parameters = parameters.and_then(|parameters| parameters.decode_as::<Pbes1Parameters<'_>>().ok());
    let parameters = parameters.ok_or_else(|| refused("found parameters that are no PBEParameter"))?;
    let salt: [u8; JCEKS_SALT] = parameters
        .salt
        .as_bytes()
        .try_into()
        .map_err(|_| refused("found a salt that has not eight octets"))?;
    let password = password.utf8();
    work.take(parameters.iterations.into(), md5_blocks(password.len()), 2, &salt)?;
    let mut derived = Zeroizing::new(Vec::with_capacity(32));
    let (mut first, second) = ([0; HALF_SALT], salt.get(HALF_SALT..).unwrap_or_default());
    first.copy_from_slice(salt.get(..HALF_SALT).unwrap_or_default());
    if first == second {
        // Java means to turn the first half around and does it like this.
        let [a, b, _, d] = first;
        first = [d, a, b, d];
    }
    for half in [first.as_slice(), second] {
        let mut hash = Zeroizing::new(half.to_vec());
        for _ in 0..parameters.iterations {
            hash = Zeroizing::new(Md5::new().chain_update(&hash).chain_update(&password).finalize().to_vec());
        }
        derived.extend_from_slice(&hash);
    }
    let Some((key, iv)) = derived.split_at_checked(ContentCipher::DesEde3Cbc.key_octets()) else {
        return Ok(None);
    };
    let opened = ContentCipher::DesEde3Cbc.decrypt(key, iv, encrypted);
    Ok(opened.filter(|opened| PrivateKeyInfoRef::from_der(opened).is_ok()))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::{error::ErrorCode, password_encryption::work::MAX_HASHES};
    use der::{Encode, asn1::OctetStringRef};

    #[test]
    fn each_block_of_a_long_password_counts() {
        let opened = |iterations: u32, password: &str| {
            let salt = OctetStringRef::new(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
            let parameters = Pbes1Parameters { salt, iterations }.to_der().unwrap();
            let parameters = AnyRef::from_der(&parameters).unwrap();
            let password = Password::new(password.into());
            open_jceks(Some(parameters), &[0; 8], &password, &mut Work::new()).map_err(|error| error.code)
        };
        let most = u32::try_from(MAX_HASHES / 2 / 17).unwrap();
        let long: String = core::iter::repeat_n('x', 1024).collect();
        assert_eq!(opened(most + 1, &long), Err(ErrorCode::KeyDerivationTooCostly));
        assert_eq!(opened(100, &long), Ok(None));
        assert_eq!([0, 39, 40, 1024].map(md5_blocks), [1, 1, 2, 17]);
    }
}
