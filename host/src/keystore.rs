//! The private keys of the host: in aws-lc, sealed on disk, never in a log, and never in a sandbox but the one that
//! writes a backup.

mod key;
mod passphrase;
mod seal;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::{Context, bail};
use zeroize::Zeroizing;

use crate::ambient::Stopwatch;
use crate::durable;
use crate::guest::CallError;
use crate::guest::wire::{KeyUse, Question};
pub(crate) use key::{KeyType, PrivateKey};
pub(crate) use passphrase::Passphrase;

/// How long a command waits for another one that makes keys.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks whether that one has ended.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Keys by id. Those of a folder stay sealed until they are asked for.
pub(crate) struct KeyStore {
    folder: Option<(PathBuf, Passphrase)>,
    unlocked: RwLock<BTreeMap<String, Arc<PrivateKey>>>,
}

impl KeyStore {
    /// A store in memory alone, for a client that keeps its own key file.
    pub(crate) fn in_memory() -> Self {
        Self { folder: None, unlocked: RwLock::default() }
    }

    /// The sealed keys below `folder`; each is opened when it is first used.
    pub(crate) fn open(folder: &Path, passphrase: Passphrase) -> Self {
        Self { folder: Some((folder.to_owned(), passphrase)), unlocked: RwLock::default() }
    }

    /// Makes a key, seals it into the folder (when there is one) and keeps it at hand.
    ///
    /// # Errors
    /// If the id is taken or the file cannot be written.
    pub(crate) fn generate(&self, id: &str, key_type: KeyType) -> anyhow::Result<Arc<PrivateKey>> {
        self.put(id, PrivateKey::generate(key_type)?)
    }

    /// Seals a key into the folder (when there is one) and keeps it at hand.
    ///
    /// # Errors
    /// As [`Self::generate`].
    pub(crate) fn put(&self, id: &str, key: PrivateKey) -> anyhow::Result<Arc<PrivateKey>> {
        if let Some((folder, passphrase)) = &self.folder {
            let pem = seal::seal(&key, passphrase)?;
            let path = key_file(folder, id)?;
            durable::create_secret(&path, pem.as_bytes())?;
            durable::give_to_owner_of(folder, &path)?;
        }
        Ok(self.keep(id, key))
    }

    /// The key with this id, or a new one: of an attempt that was cut off, before anything was told of it.
    ///
    /// # Errors
    /// As [`Self::key`] and [`Self::generate`].
    pub(crate) fn find_or_generate(&self, id: &str, key_type: KeyType) -> anyhow::Result<Arc<PrivateKey>> {
        let file = self.folder.as_ref().map(|(folder, _)| key_file(folder, id)).transpose()?;
        match file.is_some_and(|file| file.exists()) {
            true => self.key(id),
            false => self.generate(id, key_type),
        }
    }

    /// Whether there is a key, or a file of one, with this id.
    ///
    /// # Errors
    /// If it is no id.
    pub(crate) fn exists(&self, id: &str) -> anyhow::Result<bool> {
        let unlocked = self.unlocked.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let file = self.folder.as_ref().map(|(folder, _)| key_file(folder, id)).transpose()?;
        Ok(unlocked.contains_key(id) || file.is_some_and(|file| file.symlink_metadata().is_ok()))
    }

    /// Keeps other commands from making keys in the folder for as long as the result lives. Waits a little: a running
    /// server that renews what helps the authority has done in a moment.
    ///
    /// # Errors
    /// If one is at it for longer.
    pub(crate) async fn lock(&self) -> anyhow::Result<Option<fs::File>> {
        let Some((folder, _)) = &self.folder else { return Ok(None) };
        let taken = || format!("another command makes keys in {}; wait until it has ended", folder.display());
        let clock = Stopwatch::start();
        loop {
            match durable::lock_folder(folder, taken) {
                Err(_) if clock.elapsed() < LOCK_PATIENCE => tokio::time::sleep(LOCK_PAUSE).await,
                locked => return locked.map(Some),
            }
        }
    }

    /// Removes a key that nothing was made for.
    ///
    /// # Errors
    /// If it is no id, or the file system refuses.
    pub(crate) fn discard(&self, id: &str) -> anyhow::Result<()> {
        self.unlocked.write().unwrap_or_else(std::sync::PoisonError::into_inner).remove(id);
        match &self.folder {
            Some((folder, _)) => durable::remove(&key_file(folder, id)?),
            None => Ok(()),
        }
    }

    /// Takes a key that was read elsewhere, in memory alone.
    pub(crate) fn keep(&self, id: &str, key: PrivateKey) -> Arc<PrivateKey> {
        let key = Arc::new(key);
        let mut unlocked = self.unlocked.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        unlocked.insert(id.to_owned(), key.clone());
        key
    }

    /// The key with this id, unsealed if need be.
    ///
    /// # Errors
    /// If there is none, or the passphrase is not the one that it was sealed with.
    pub(crate) fn key(&self, id: &str) -> anyhow::Result<Arc<PrivateKey>> {
        let unlocked = self.unlocked.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(key) = unlocked.get(id) {
            return Ok(key.clone());
        }
        drop(unlocked);
        let Some((folder, passphrase)) = &self.folder else {
            bail!("there is no key {id:?}");
        };
        let path = key_file(folder, id)?;
        let pem = fs::read_to_string(&path)
            .with_context(|| format!("cannot read the key file {}; is the folder whole?", path.display()))?;
        let key = seal::unseal(&Zeroizing::new(pem), passphrase)
            .with_context(|| format!("cannot open the key file {}", path.display()))?;
        Ok(self.keep(id, key))
    }

    /// These keys for one request to the engine: nothing but the uses named here.
    pub(crate) fn granting(self: &Arc<Self>, uses: &[(&str, KeyUse)]) -> Grant {
        let uses = uses.iter().map(|&(id, key_use)| (id.to_owned(), key_use)).collect();
        Grant { keys: self.clone(), uses }
    }
}

/// What one request to the engine may have done with keys. An engine that a hostile message has taken
/// over can ask for no more than this.
#[derive(Clone)]
pub(crate) struct Grant {
    keys: Arc<KeyStore>,
    uses: Vec<(String, KeyUse)>,
}

impl Grant {
    /// Does what the engine asks. `None` is the answer to a ciphertext with invalid padding.
    ///
    /// # Errors
    /// If it is not granted, the key cannot do what is asked, or its operation fails.
    pub(crate) fn answer(&self, question: &Question) -> Result<Option<Zeroizing<Vec<u8>>>, CallError> {
        let granted = |(id, key_use): &(String, KeyUse)| *id == question.key && *key_use == question.key_use;
        if !self.uses.iter().any(granted) {
            return Err(CallError::Failed(format!(
                "the engine asks key {:?} to {:?}, which is not granted here",
                question.key, question.key_use
            )));
        }
        let key = self.keys.key(&question.key).map_err(|error| CallError::Failed(format!("{error:#}")))?;
        let answer = match question.key_use {
            KeyUse::Sign => key.sign(&question.scheme, &question.input).map(Some),
            KeyUse::Decrypt => key.decrypt(&question.scheme, &question.input),
        };
        answer.map_err(|error| CallError::Failed(format!("key {:?}: {error:#}", question.key)))
    }
}

fn key_file(folder: &Path, id: &str) -> anyhow::Result<PathBuf> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
        bail!("{id:?} is not a key id: letters, digits, '-' and '_' are, 64 at most");
    }
    Ok(folder.join(format!("{id}.pem")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_key_comes_back_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path(), Passphrase::from("correct horse"));
        let made = store.generate("issuing-1", KeyType::P256).unwrap();
        let path = folder.path().join("issuing-1.pem");
        let pem = fs::read_to_string(&path).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let again = KeyStore::open(folder.path(), Passphrase::from("correct horse"));
        assert_eq!(again.key("issuing-1").unwrap().public_pem(), made.public_pem());
    }

    #[test]
    fn wrong_passphrase_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path(), Passphrase::from("right"));
        store.generate("ra-1", KeyType::Ed25519).unwrap();
        let wrong = KeyStore::open(folder.path(), Passphrase::from("wrong"));
        let error = format!("{:#}", wrong.key("ra-1").err().unwrap());
        assert!(error.contains("passphrase"), "{error}");
    }

    #[test]
    fn a_key_id_is_no_path() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path(), Passphrase::from("x"));
        for id in ["../ra-1", "", "a/b", "a.b"] {
            assert!(store.key(id).is_err(), "{id}");
        }
    }

    #[test]
    fn a_taken_id_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path(), Passphrase::from("x"));
        store.generate("ra-1", KeyType::Ed25519).unwrap();
        assert!(store.generate("ra-1", KeyType::Ed25519).is_err());
    }
}
