//! Java's own keystores, JKS and JCEKS: what `sun.security.provider.JavaKeyStore` writes. Read only.

mod key_protection;
mod reader;

use alloc::{boxed::Box, string::String, vec::Vec};

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorCode},
    key::PrivateKey,
    keystore,
    password::Password,
    password_encryption::Work,
};
use reader::Reader;

/// The most entries, and certificates of one chain.
const MAX_ENTRIES: u32 = 1024;
const MAX_CHAIN: u32 = 16;
const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const JCEKS: [u8; 4] = [0xce, 0xce, 0xce, 0xce];
/// What is hashed between password and content.
const WHITENER: &[u8] = b"Mighty Aphrodite";
const DIGEST_OCTETS: usize = 20;

const PRIVATE_KEY: u32 = 1;
const TRUSTED_CERTIFICATE: u32 = 2;

/// What an entry holds.
pub(crate) enum Entry {
    /// A key, or why it cannot be used, and its certificates in DER, its own first.
    Key { alias: String, key: Box<Result<PrivateKey, Error>>, chain: Vec<Vec<u8>> },
    /// A certificate in DER.
    Trusted { alias: String, certificate: Vec<u8> },
}

/// Whether a file begins as one of Java's own keystores does: JKS or JCEKS.
pub(crate) fn is_jks(file: &[u8]) -> bool {
    file.starts_with(&JKS) || file.starts_with(&JCEKS)
}

/// Opens a file; `key_password` is the one of its keys, where it is another.
///
/// # Errors
/// `RequestTooLarge`, `JksMalformed`, `KeystoreKindMismatch`, `KeystorePasswordWrong`, `KeyDerivationTooCostly`.
pub(crate) fn open(file: &[u8], password: &Password, key_password: &Password) -> Result<Vec<Entry>, Error> {
    keystore::check_size(file)?;
    if !is_jks(file) {
        return Err(if file.first() == Some(&0x30) {
            Error::new(
                ErrorCode::KeystoreKindMismatch,
                "found no JKS but what may be PKCS#12, as Java 9 and later write it: read_pkcs12 reads it",
            )
        } else {
            malformed("found a file that does not begin as JKS or JCEKS does")
        });
    }
    password.check_length()?;
    key_password.check_length()?;
    let content = check(file, password)?;
    read(content, key_password)
}

/// The content, once the digest at its end has proved that the password is right.
fn check<'a>(file: &'a [u8], password: &Password) -> Result<&'a [u8], Error> {
    let (content, digest) = file
        .len()
        .checked_sub(DIGEST_OCTETS)
        .and_then(|end| file.split_at_checked(end))
        .ok_or_else(|| malformed("the file ends too early"))?;
    let found =
        Sha1::new().chain_update(password.utf16()).chain_update(WHITENER).chain_update(content).finalize();
    match bool::from(found.as_slice().ct_eq(digest)) {
        true => Ok(content),
        false => Err(Error::new(
            ErrorCode::KeystorePasswordWrong,
            "the password is wrong, or the keystore was changed",
        )
        .at("password")),
    }
}

fn read(content: &[u8], key_password: &Password) -> Result<Vec<Entry>, Error> {
    let mut reader = Reader::new(content);
    reader.take(JKS.len())?;
    let version = reader.number()?;
    if !(1..=2).contains(&version) {
        return Err(malformed(format_args!("found the version {version}, wanted 1 or 2")));
    }
    let count = at_most(reader.number()?, MAX_ENTRIES, "entries")?;
    let (mut entries, mut work) = (Vec::new(), Work::new());
    for _ in 0..count {
        let (tag, alias) = (reader.number()?, reader.text()?);
        // When the entry was made.
        reader.take(8)?;
        entries.push(match tag {
            PRIVATE_KEY => {
                let sealed = reader.block()?;
                let length = at_most(reader.number()?, MAX_CHAIN, "certificates in a chain")?;
                let chain = (0..length).map(|_| certificate(&mut reader, version)).collect::<Result<_, _>>()?;
                Entry::Key { alias, key: Box::new(open_key(sealed, key_password, &mut work)), chain }
            }
            TRUSTED_CERTIFICATE => Entry::Trusted { alias, certificate: certificate(&mut reader, version)? },
            // A secret key is a serialized Java object, whose end only Java finds.
            other => {
                return Err(malformed(format_args!(
                    "found an entry of the kind {other}, wanted a private key or a certificate: secret keys are not read"
                )));
            }
        });
    }
    reader.finish()?;
    Ok(entries)
}

/// A key that cannot be used, or for which no work is left, is no reason to refuse the file: others may be.
fn open_key(sealed: &[u8], password: &Password, work: &mut Work) -> Result<PrivateKey, Error> {
    key_protection::open(sealed, password, work)
        .and_then(|der: Zeroizing<Vec<u8>>| PrivateKey::from_pkcs8(&der))
}

/// The kind of the certificate, which version 1 does not say, and its octets.
fn certificate(reader: &mut Reader<'_>, version: u32) -> Result<Vec<u8>, Error> {
    if version > 1 {
        let kind = reader.text()?;
        if kind != "X.509" && kind != "X509" {
            return Err(malformed(format_args!("found a certificate of the kind {kind:?}, wanted X.509")));
        }
    }
    reader.block().map(<[u8]>::to_vec)
}

fn at_most(found: u32, most: u32, what: &str) -> Result<u32, Error> {
    match found {
        found if found <= most => Ok(found),
        found => Err(malformed(format_args!("found {found} {what}, wanted at most {most}"))),
    }
}

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JksMalformed, detail)
}
