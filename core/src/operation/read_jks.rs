//! `read_jks`: what is in one of Java's own keystores, JKS or JCEKS.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{
    base64url::SecretBytes,
    certificate::Certificate,
    error::Error,
    jks::{self, Entry},
    keys::{Halt, Keys},
    keystore::{FoundCertificate, KeystoreEntry},
    password::Password,
    pem,
};

/// What to read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file, 4 MiB at most.
    pub jks: SecretBytes,
    /// The password of the keystore.
    pub password: Password,
    /// That of its keys, where it is another.
    pub key_password: Option<Password>,
}

/// What was in it.
#[derive(Serialize)]
pub struct Response {
    /// The keys, in the order of the file; `friendly_name` is the alias.
    pub entries: Vec<KeystoreEntry>,
    /// The certificates that are trusted.
    pub certificates: Vec<FoundCertificate>,
}

/// Reads the file. A key that another password protects, or that cannot be used, is an entry with a `problem`.
///
/// # Errors
/// `JksMalformed`, `KeystoreKindMismatch` for a PKCS#12 file that is called `.jks`, `KeystorePasswordWrong`,
/// `KeyDerivationTooCostly`, `RequestTooLarge`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let key_password = request.key_password.as_ref().unwrap_or(&request.password);
    let found =
        jks::open(&request.jks.0, &request.password, key_password).map_err(|error| error.at("jks"))?;
    let mut response = Response { entries: Vec::new(), certificates: Vec::new() };
    for entry in found {
        match entry {
            Entry::Key { alias, key, chain } => {
                let read = chain.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, Error>>();
                let (key, chain) = match read {
                    Ok(chain) => (*key, chain),
                    Err(error) => (key.and(Err(error)), Vec::new()),
                };
                let (certificate, above) = match chain.split_first() {
                    Some((own, above)) => (Some(own), above),
                    None => (None, chain.as_slice()),
                };
                response.entries.push(KeystoreEntry::new(Some(alias), key, certificate, above)?);
            }
            Entry::Trusted { alias, certificate } => response.certificates.push(FoundCertificate {
                friendly_name: Some(alias),
                certificate: pem::encode("CERTIFICATE", &certificate)?,
                problem: Certificate::from_der(&certificate).err(),
            }),
        }
    }
    Ok(response)
}
