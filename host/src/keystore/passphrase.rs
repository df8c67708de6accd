//! The passphrase that seals the keys: from a file, the environment, or a key file of the data folder.

use std::env::VarError;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::{ambient, durable};

/// Name of the key file in a data folder that was made without a passphrase.
pub(crate) const SEAL_FILE: &str = "seal.key";
/// The environment variable that may hold the passphrase.
const VARIABLE: &str = "SEALWRIGHT_PASSPHRASE";

/// A passphrase; wiped from memory when dropped, never printed.
#[derive(Clone)]
pub(crate) struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// The bytes to derive a key from.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// What the caller named: the file, else the environment variable, else nothing.
    ///
    /// # Errors
    /// If the file cannot be read or holds nothing, or the variable is no text.
    pub(crate) fn given(file: Option<&Path>) -> anyhow::Result<Option<Self>> {
        let text = match file {
            Some(path) => Some(read(path)?),
            None => match std::env::var(VARIABLE) {
                Ok(text) => Some(Zeroizing::new(text)),
                Err(VarError::NotPresent) => None,
                Err(VarError::NotUnicode(_)) => {
                    bail!("{VARIABLE} is not UTF-8; put the passphrase into a file for --passphrase-file")
                }
            },
        };
        match text {
            Some(text) if text.trim_end_matches(['\r', '\n']).is_empty() => {
                bail!("the passphrase is empty")
            }
            Some(text) => Ok(Some(Self::from(text.trim_end_matches(['\r', '\n'])))),
            None => Ok(None),
        }
    }

    /// The passphrase of a data folder: the one given, else the folder's key file.
    ///
    /// # Errors
    /// If none was given and there is no key file.
    pub(crate) fn of_data(data: &Path, file: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(given) = Self::given(file)? {
            return Ok(given);
        }
        let path = data.join(SEAL_FILE);
        if !path.exists() {
            bail!("the keys are sealed with a passphrase: name it with --passphrase-file or {VARIABLE}");
        }
        Ok(Self::from(read(&path)?.trim()))
    }

    /// Makes a key file with 256 random bits in a new data folder.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn create_seal_file(data: &Path) -> anyhow::Result<Self> {
        let bytes = Zeroizing::new(ambient::random::<32>());
        let text = Zeroizing::new(Base64UrlUnpadded::encode_string(bytes.as_slice()));
        durable::create_secret(&data.join(SEAL_FILE), text.as_bytes())?;
        Ok(Self::from(text.as_str()))
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

fn read(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    fs::read_to_string(path)
        .map(Zeroizing::new)
        .with_context(|| format!("cannot read the passphrase file {}", path.display()))
}
