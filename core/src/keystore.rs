//! What keystores of every kind hold, as requests and responses say it.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    authority::{MAX_HELPERS, generation::MAX_FORMER},
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::{KeyKind, PrivateKey},
    secret::Secret,
};

/// The largest file, in octets.
pub(crate) const MAX_FILE: usize = 4 << 20;

/// The most keys in a file that is written: those of a root and an issuing authority, each with its current and its next
/// generation and all others, and all helpers.
pub(crate) const MAX_KEYS: usize = MAX_FORMER.saturating_add(2).saturating_mul(2).saturating_add(MAX_HELPERS);

/// # Errors
/// `RequestTooLarge`.
pub(crate) fn check_size(file: &[u8]) -> Result<(), Error> {
    match file.len() {
        0..=MAX_FILE => Ok(()),
        found => Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found a file of {found} octets, wanted at most {MAX_FILE}"),
        )),
    }
}

/// A private key and what belongs to it, as it was found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeystoreEntry {
    /// Its name in the keystore: the friendly name or the alias.
    pub friendly_name: Option<String>,
    /// PEM, PKCS#8, not encrypted; null if `problem` says why not.
    pub private_key: Option<Secret>,
    /// Algorithm and size; null with the key.
    #[serde(flatten)]
    pub kind: Option<KeyKind>,
    /// PEM; null if no certificate in the keystore is one for this key.
    pub certificate: Option<String>,
    /// Those above it, PEM, nearest first.
    pub chain: Vec<String>,
    /// Why the key cannot be used: another password, an algorithm that is not supported, a size that is too small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Error>,
}

impl KeystoreEntry {
    /// Writes an entry down.
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn new(
        friendly_name: Option<String>,
        key: Result<PrivateKey, Error>,
        certificate: Option<&Certificate>,
        chain: &[Certificate],
    ) -> Result<Self, Error> {
        let (key, problem) = match key {
            Ok(key) => (Some(key), None),
            Err(problem) => (None, Some(problem)),
        };
        Ok(Self {
            friendly_name,
            private_key: key.as_ref().map(PrivateKey::to_pem).transpose()?,
            kind: key.as_ref().map(|key| key.public_key().kind()),
            certificate: certificate.map(Certificate::to_pem).transpose()?,
            chain: chain.iter().map(Certificate::to_pem).collect::<Result<_, _>>()?,
            problem,
        })
    }
}

/// A certificate that belongs to no key of the keystore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NamedCertificate {
    /// Its name in the keystore.
    #[serde(default)]
    pub friendly_name: Option<String>,
    /// PEM
    pub certificate: String,
}

/// The same as it was found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FoundCertificate {
    /// Its name in the keystore.
    pub friendly_name: Option<String>,
    /// PEM
    pub certificate: String,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Error>,
}
