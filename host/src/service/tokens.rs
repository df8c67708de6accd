//! Tokens for content: keys with names, tokens and URLs that they sign, and whether one is good.

mod keys;
mod material;
mod minting;
#[cfg(test)]
mod tests;
mod verification;

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Resources;
use crate::ambient;
use crate::config::{self, Config, DataFolder};
use crate::guest::{CallError, EngineError, Guest};
use crate::keystore::{KeyStore, Passphrase};
use crate::store::{SqliteStore, Store, StoreError, TokenKey};
pub(crate) use keys::{NewKey, Rotation, check_name};
pub(crate) use material::{Material, check_algorithm};
pub(crate) use minting::{Binding, Minted, Shape, SignedUrl, TokenRequest};
pub(crate) use verification::{Opened, Presented};

/// How many keys may verify at a time: each costs a signature check where a token does not name its own.
pub(crate) const MAX_KEYS: u32 = 32;
/// How many keys are listed, those that have ended included.
pub(crate) const MAX_LISTED: u32 = 1_000;

/// Why something about tokens was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// What was asked for is not as it has to be.
    #[error("{0}")]
    Invalid(String),
    /// There is no such key.
    #[error("there is no token key {0}; `sealwright token keys list` names them")]
    KeyUnknown(String),
    /// The name or the key is there.
    #[error("{0}")]
    Taken(String),
    /// The engine says no, or its sandbox was stopped.
    #[error("{0}")]
    Call(#[source] CallError),
    /// The store failed.
    #[error("{0}")]
    Store(#[source] StoreError),
    /// Another command makes keys.
    #[error("{0:#}")]
    Busy(anyhow::Error),
    /// A file or a key library.
    #[error("{0:#}")]
    Failed(anyhow::Error),
}

impl From<CallError> for TokenError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl TokenError {
    /// As a command tells it, with the engine's own code where it is the engine that says no.
    pub(crate) fn told(self) -> anyhow::Error {
        match self {
            Self::Call(error) => error.into(),
            Self::Busy(error) | Self::Failed(error) => error,
            other => other.into(),
        }
    }

    /// The engine's no.
    pub(crate) fn refusal(&self) -> Option<&EngineError> {
        match self {
            Self::Call(CallError::Refused(error)) => Some(error),
            _ => None,
        }
    }
}

/// A JWK set, as it is handed out.
#[derive(Debug)]
pub(crate) struct JwkSet {
    keys: Vec<TokenKey>,
    /// JSON (RFC 7517 section 5).
    pub(crate) body: Bytes,
}

/// What all about tokens takes. Keys are looked up for each request: what a command changes counts at once.
pub(crate) struct Tokens {
    guest: Guest,
    keys: Arc<KeyStore>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) settings: config::Tokens,
    published: Mutex<Option<Arc<JwkSet>>>,
}

#[derive(Deserialize)]
struct Written {
    jwks: Value,
    keys: Vec<Described>,
}

/// What the engine says of a key.
#[derive(Deserialize)]
struct Described {
    kid: String,
    algorithm: String,
}

impl Tokens {
    /// With what a running host has anyway.
    pub(super) fn new(resources: Resources<'_>, store: Arc<dyn Store>, settings: config::Tokens) -> Self {
        let (guest, keys) = (resources.guest.clone(), resources.keys.clone());
        Self { guest, keys, store, settings, published: Mutex::default() }
    }

    /// Opens a data folder for commands about tokens; no key of an authority is touched.
    ///
    /// # Errors
    /// If a part of it is missing or damaged.
    pub(crate) async fn open(
        data: &DataFolder,
        config: &Config,
        passphrase: Passphrase,
    ) -> anyhow::Result<Self> {
        let path = data.store();
        let store = SqliteStore::open(&path, false)
            .await
            .with_context(|| format!("cannot open {}", path.display()))?;
        let keys = Arc::new(KeyStore::open(&data.keys(), passphrase));
        let (cache, limits) = (data.cache(), config.sandbox.limits());
        let guest = tokio::task::spawn_blocking(move || Guest::load(Some(cache), limits));
        let guest = guest.await.context("the engine's thread ended")??;
        let settings = config.tokens.clone();
        Ok(Self { guest, keys, store: Arc::new(store), settings, published: Mutex::default() })
    }

    /// The public keys of all that verify (RFC 7517 section 5).
    ///
    /// # Errors
    /// If the engine or the store fails.
    pub(crate) async fn jwks(&self) -> Result<Arc<JwkSet>, TokenError> {
        let keys = self.verifying().await?;
        let published = || self.published.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = published().as_ref().filter(|known| known.keys == keys) {
            return Ok(known.clone());
        }
        let public = keys
            .iter()
            .map(|key| json!({ "kid": key.kid, "public_key": key.public_key, "algorithm": key.algorithm }));
        let written = self.write(&public.collect::<Vec<_>>()).await?;
        let set = Arc::new(JwkSet { keys, body: written.jwks.to_string().into() });
        *published() = Some(set.clone());
        Ok(set)
    }

    async fn write(&self, keys: &[Value]) -> Result<Written, CallError> {
        self.guest.call("jwks", json!({ "keys": keys }), &self.keys.granting(&[])).await
    }

    async fn verifying(&self) -> Result<Vec<TokenKey>, StoreError> {
        self.store.verifying_token_keys(ambient::now()).await
    }
}
