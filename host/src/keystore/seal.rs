//! Keys at rest: encrypted PKCS#8 in PEM (RFC 5958, RFC 8018 PBES2 with scrypt and AES-256-CBC).
//!
//! `openssl pkey -in FILE` reads the same files.

use anyhow::{anyhow, bail};
use pkcs8::der::pem::{LineEnding, PemLabel};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use super::{Passphrase, PrivateKey};
use crate::ambient;

/// scrypt's cost: OWASP's N = 2^14, r = 8, p = 5, which stays below OpenSSL's 32 MiB limit.
const SCRYPT_COST: (u8, u32, u32) = (14, 8, 5);

/// Seals a key under a passphrase.
pub(super) fn seal(key: &PrivateKey, passphrase: &Passphrase) -> anyhow::Result<Zeroizing<String>> {
    let failed = |error: &dyn std::fmt::Display| anyhow!("cannot seal a key: {error}");
    let (log_n, r, p) = SCRYPT_COST;
    let cost = scrypt::Params::new(log_n, r, p).map_err(|error| failed(&error))?;
    let (salt, iv) = (ambient::random::<16>(), ambient::random::<16>());
    let parameters =
        pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv).map_err(|error| failed(&error))?;
    let pkcs8 = key.pkcs8()?;
    let sealed = PrivateKeyInfoRef::try_from(pkcs8.as_slice())
        .map_err(|error| failed(&error))?
        .encrypt_with_params(parameters, passphrase.as_bytes())
        .map_err(|error| failed(&error))?;
    sealed.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).map_err(|error| failed(&error))
}

/// Opens a sealed key.
pub(super) fn unseal(pem: &str, passphrase: &Passphrase) -> anyhow::Result<PrivateKey> {
    let (label, document) = SecretDocument::from_pem(pem).map_err(|_| anyhow!("the file is not PEM"))?;
    if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
        bail!("found {label:?}, wanted an encrypted private key");
    }
    let sealed = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
        .map_err(|_| anyhow!("the file is not an encrypted PKCS#8 key"))?;
    let opened = sealed.decrypt(passphrase.as_bytes()).map_err(|_| {
        anyhow!("the passphrase is not the one that sealed this key (or the file is damaged)")
    })?;
    PrivateKey::from_pkcs8(opened.as_bytes())
}
