//! `read_pkcs12`: what is in a PKCS#12 file (RFC 7292), old ones too.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{
    base64url::SecretBytes,
    keys::{Halt, Keys},
    keystore::{FoundCertificate, KeystoreEntry},
    password::Password,
    pem,
    pkcs12::{self, MacName, Store},
};

/// What to read.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file, BER or DER, 4 MiB at most.
    pub pkcs12: SecretBytes,
    /// The password; left out or empty, files with an empty or no password are opened.
    pub password: Option<Password>,
}

/// What was in it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The keys, in the order of the file.
    pub entries: Vec<KeystoreEntry>,
    /// The certificates that belong to none of them; one that cannot be read has a `problem`.
    pub certificates: Vec<FoundCertificate>,
    /// What `write_pkcs12` was given; null in files of others, and where no MAC proved that nobody changed it.
    pub state: Option<SecretBytes>,
    /// What proved that nobody changed the file: `hmac_sha256` or the like, `pbmac1`, or null if nothing did.
    pub mac: Option<MacName>,
}

/// Reads the file: PBES2, PBES1 and the schemes of PKCS#12 with triple DES and RC2, a MAC with SHA-1, SHA-2 or PBMAC1,
/// 10,000,000 hashes at most over all. A key that cannot be used, or for which no hashes are left, is an entry with a `problem`.
///
/// # Errors
/// `Pkcs12Malformed`, `KeystoreKindMismatch`, `KeystorePasswordMissing`, `KeystorePasswordWrong`,
/// `KeystoreProtectionRefused`, `KeyEncryptionRefused`, `KeyDerivationTooCostly`, `RequestTooLarge`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let opened = pkcs12::open(&request.pkcs12.0, request.password.as_ref()).map_err(|error| error.at("pkcs12"))?;
    let Store { entries, certificates, state } = pkcs12::pair(opened.bags).map_err(|error| error.at("pkcs12"))?;
    let mut written = Vec::new();
    for entry in entries {
        let (certificate, chain) = (entry.certificate.as_ref(), &entry.chain);
        written.push(KeystoreEntry::new(entry.friendly_name, entry.key, certificate, chain)?);
    }
    let mut named = Vec::new();
    for found in certificates {
        let certificate = pem::encode("CERTIFICATE", &found.der)?;
        named.push(FoundCertificate { friendly_name: found.friendly_name, certificate, problem: found.problem });
    }
    Ok(Response { entries: written, certificates: named, state: state.map(SecretBytes), mac: opened.mac })
}
