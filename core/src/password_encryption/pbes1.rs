//! PBES1 (RFC 8018 section 6.1): what `openssl pkcs8 -topk8` wrote before 1.1. Read only.

use alloc::vec::Vec;

use der::{
    Sequence,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{Cipher, Work, pkcs12_derivation::iterate};
use crate::{
    algorithm::DigestAlgorithm, cms::content_encryption::ContentCipher, error::Error, password::Password,
};

/// PBEParameter (RFC 8018 appendix A.3) and pkcs-12PbeParams (RFC 7292 appendix C), which are the same.
#[derive(Sequence)]
pub(crate) struct Parameters<'a> {
    pub(crate) salt: &'a OctetStringRef,
    pub(crate) iterations: u32,
}

/// Octets of the key and of the initialization vector, which are the two halves of what is derived.
const HALF: usize = 8;

/// Decrypts; nothing if the padding is wrong.
///
/// # Errors
/// `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
pub(super) fn open(
    identifier: &AlgorithmIdentifierRef<'_>,
    password: &Password,
    ciphertext: &[u8],
    work: &mut Work,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let (digest, cipher) = scheme(identifier.oid).ok_or_else(|| {
        super::refused(format_args!(
            "found the encryption {}, wanted PBES2, PBES1 with MD5 or SHA-1, or one of PKCS#12",
            super::name(identifier)
        ))
    })?;
    let Parameters { salt, iterations } = super::parameters(identifier.parameters, "PBEParameter")?;
    let salt = salt.as_bytes();
    work.take(iterations.into(), 1, 1, salt)?;
    let utf8 = password.utf8();
    let mut input = Zeroizing::new(Vec::with_capacity(utf8.len().saturating_add(salt.len())));
    input.extend_from_slice(&utf8);
    input.extend_from_slice(salt);
    let derived = iterate(digest, &input, iterations);
    let halves = derived.split_at_checked(HALF).and_then(|(key, rest)| Some((key, rest.get(..HALF)?)));
    Ok(halves.and_then(|(key, iv)| cipher.decrypt(key, iv, ciphertext)))
}

/// pbeWithMD5AndDES-CBC, pbeWithMD5AndRC2-CBC, pbeWithSHA1AndDES-CBC, pbeWithSHA1AndRC2-CBC (RFC 8018 appendix A.3).
fn scheme(oid: ObjectIdentifier) -> Option<(DigestAlgorithm, Cipher)> {
    let (des, rc2) = (Cipher::Content(ContentCipher::DesCbc), Cipher::Rc2 { effective_bits: 64 });
    let known = [
        ("1.2.840.113549.1.5.3", DigestAlgorithm::Md5, des),
        ("1.2.840.113549.1.5.6", DigestAlgorithm::Md5, rc2),
        ("1.2.840.113549.1.5.10", DigestAlgorithm::Sha1, des),
        ("1.2.840.113549.1.5.11", DigestAlgorithm::Sha1, rc2),
    ];
    let (_, digest, cipher) =
        known.into_iter().find(|(known, ..)| oid == ObjectIdentifier::new_unwrap(known))?;
    Some((digest, cipher))
}
