//! The life of a key that signs tokens: made or brought, followed by another, ended.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Described, MAX_KEYS, MAX_LISTED, TokenError, Tokens};
use crate::ambient;
use crate::guest::CallError;
use crate::keystore::{KeyType, PrivateKey};
use crate::service::Authority;
use crate::store::{
    Event, NewTokenKey, Role, Succession, TokenKey, TokenKeyPut, TokenKeyRetirement, TokenKeyState,
};

/// How long tokens may live at most: 366 days, as the engine has it.
const MAX_VALIDITY_SECONDS: u64 = 366 * ambient::SECONDS_PER_DAY;
/// How much longer than its last token a key verifies: clocks are 60 seconds apart, and some token is in the making.
const MARGIN_SECONDS: u64 = 120;
/// The longest name.
const MAX_NAME: usize = 64;

/// The kinds of key by what they sign with; the first of RSA is the smallest.
const ALGORITHMS: [(&str, &[KeyType]); 10] = [
    ("RS256", RSA),
    ("RS384", RSA),
    ("RS512", RSA),
    ("PS256", RSA),
    ("PS384", RSA),
    ("PS512", RSA),
    ("ES256", &[KeyType::P256]),
    ("ES384", &[KeyType::P384]),
    ("EdDSA", &[KeyType::Ed25519]),
    ("Ed25519", &[KeyType::Ed25519]),
];
const RSA: &[KeyType] = &[KeyType::Rsa2048, KeyType::Rsa3072, KeyType::Rsa4096];

/// What a key is made of.
pub(crate) enum Material {
    /// A new one.
    Generate {
        /// RFC 7518 3.1; otherwise RS256, or what the key before signs with.
        algorithm: Option<String>,
        /// The modulus of RSA: 2048 if nothing is said.
        rsa_bits: Option<u32>,
    },
    /// One that somebody brings.
    Upload {
        /// Any PEM of a private key.
        private_key: Zeroizing<String>,
        /// If it is encrypted.
        password: Option<Zeroizing<String>>,
        /// Otherwise the usual one of its kind.
        algorithm: Option<String>,
    },
}

/// A key under a new name.
pub(crate) struct NewKey {
    /// Its name.
    pub(crate) name: String,
    /// What it is made of.
    pub(crate) material: Material,
    /// How long its tokens may live.
    pub(crate) validity_seconds: u64,
}

/// A key in the place of another one.
pub(crate) struct Rotation {
    /// The name of both.
    pub(crate) name: String,
    /// What it is made of.
    pub(crate) material: Material,
    /// How long its tokens may live, if not as long as those of the one before.
    pub(crate) validity_seconds: Option<u64>,
    /// The ones before verify no more.
    pub(crate) at_once: bool,
}

#[derive(Deserialize)]
struct ReadKey {
    private_key: String,
}

/// A key before it has its place.
struct Ready {
    key: PrivateKey,
    described: Described,
    is_uploaded: bool,
}

impl Tokens {
    /// Makes a key under a new name, or takes one.
    ///
    /// # Errors
    /// [`TokenError::Invalid`], [`TokenError::Taken`]; those of reading a key, of the engine, the store and the disk.
    pub(crate) async fn create(&self, new: NewKey, actor: String) -> Result<TokenKey, TokenError> {
        check_name(&new.name)?;
        check_validity(new.validity_seconds)?;
        let _lock = self.keys.lock().await.map_err(TokenError::Busy)?;
        if !self.store.token_keys(Some(&new.name), 1).await?.is_empty() {
            return Err(name_taken(&new.name));
        }
        let action = action_of("create", &new.material);
        let ready = self.ready(new.material, None).await?;
        let event = event(action, &new.name, actor);
        self.put(new.name, new.validity_seconds, ready, Succession::First, event).await
    }

    /// Has another key sign in the place of one. That one verifies until the last token that it can have signed has
    /// ended, unless it is to end at once.
    ///
    /// # Errors
    /// As [`Self::create`]; [`TokenError::KeyUnknown`].
    pub(crate) async fn rotate(&self, rotation: Rotation, actor: String) -> Result<TokenKey, TokenError> {
        rotation.validity_seconds.map_or(Ok(()), check_validity)?;
        let _lock = self.keys.lock().await.map_err(TokenError::Busy)?;
        let Rotation { name, material, validity_seconds, at_once } = rotation;
        let before = self.signing(&name).await?;
        let action = action_of("rotate", &material);
        let validity_seconds = validity_seconds.unwrap_or(before.validity_seconds);
        let ready = self.ready(material, Some(before)).await?;
        let succession = match at_once {
            true => Succession::AtOnce,
            false => Succession::Overlap { margin_seconds: MARGIN_SECONDS },
        };
        let event = event(action, &name, actor);
        self.put(name, validity_seconds, ready, succession, event).await
    }

    /// Ends the keys of a name, or one generation, at once; tells the ids of those that verified until now.
    ///
    /// # Errors
    /// [`TokenError::KeyUnknown`]; those of the store and the disk.
    pub(crate) async fn retire(
        &self,
        name: &str,
        generation: Option<u32>,
        actor: String,
    ) -> Result<Vec<String>, TokenError> {
        let event = event("retire_token_key", name, actor);
        let retirement = TokenKeyRetirement { name: name.to_owned(), generation, event };
        let retired = self.store.retire_token_keys(retirement).await?.ok_or_else(|| {
            TokenError::KeyUnknown(match generation {
                None => format!("{name:?}"),
                Some(generation) => format!("{name:?} of generation {generation}"),
            })
        })?;
        self.discard_idle(name).await?;
        Ok(retired)
    }

    /// The private halves of all keys that sign, by their ids in the keystore: for a backup.
    ///
    /// # Errors
    /// If one cannot be opened, or the store fails.
    pub(crate) async fn private_keys(&self) -> anyhow::Result<BTreeMap<String, Zeroizing<String>>> {
        let now = ambient::now();
        let mut found = BTreeMap::new();
        for key in self.store.verifying_token_keys(now).await? {
            if key.state(now) == TokenKeyState::Signing {
                let id = key_id(&key.kid);
                let opened = self.keys.key(&id).with_context(|| format!("the token key {:?}", key.name))?;
                found.insert(id, opened.private_pem()?);
            }
        }
        Ok(found)
    }

    /// The key of this name that signs.
    ///
    /// # Errors
    /// [`TokenError::KeyUnknown`], [`TokenError::Invalid`] if all of that name have ended; those of the store.
    pub(super) async fn signing(&self, name: &str) -> Result<TokenKey, TokenError> {
        let now = ambient::now();
        let keys = self.store.token_keys(Some(name), MAX_LISTED).await?;
        if keys.is_empty() {
            return Err(TokenError::KeyUnknown(format!("{name:?}")));
        }
        keys.into_iter().find(|key| key.state(now) == TokenKeyState::Signing).ok_or_else(|| {
            TokenError::Invalid(format!(
                "the token key {name:?} was retired, so it signs nothing; make another one"
            ))
        })
    }

    /// A key that is read or made, and looked at by the engine, but neither kept nor recorded.
    async fn ready(&self, material: Material, before: Option<TokenKey>) -> Result<Ready, TokenError> {
        let is_uploaded = matches!(material, Material::Upload { .. });
        let (key, algorithm) = match material {
            Material::Generate { algorithm, rsa_bits } => {
                let usual = before.as_ref().map_or("RS256", |before| &before.algorithm);
                let algorithm = algorithm.unwrap_or_else(|| usual.to_owned());
                let key_type = self.key_type(&algorithm, rsa_bits, before.as_ref()).await?;
                let made = blocking(move || PrivateKey::generate(key_type)).await?;
                (made, Some(algorithm))
            }
            Material::Upload { private_key, password, algorithm } => {
                let mut request = json!({ "input": private_key.as_str() });
                if let Some(password) = &password {
                    request["password"] = json!(password.as_str());
                }
                let read: ReadKey =
                    self.guest.call("read_private_key", request, &self.keys.granting(&[])).await?;
                let key = PrivateKey::from_pem(&Zeroizing::new(read.private_key)).map_err(|error| {
                    TokenError::Invalid(format!("the key cannot be taken over: {error:#}"))
                })?;
                (key, algorithm)
            }
        };
        let mut public = json!({ "public_key": key.public_pem() });
        if let Some(algorithm) = algorithm {
            check_algorithm(&algorithm).map_err(TokenError::Invalid)?;
            public["algorithm"] = json!(algorithm);
        }
        let described = self.write(&[public]).await?.keys.pop();
        let described =
            described.ok_or_else(|| CallError::Failed("the engine says nothing of the key".to_owned()))?;
        Ok(Ready { key, described, is_uploaded })
    }

    async fn key_type(
        &self,
        algorithm: &str,
        rsa_bits: Option<u32>,
        before: Option<&TokenKey>,
    ) -> Result<KeyType, TokenError> {
        let kinds = kinds(algorithm).map_err(TokenError::Invalid)?;
        let fitting =
            |bits: u32| kinds.iter().copied().find(|kind| kind.to_string() == format!("rsa-{bits}"));
        match (rsa_bits, kinds) {
            (None, [only]) => Ok(*only),
            (Some(bits), _) => fitting(bits).ok_or_else(|| {
                TokenError::Invalid(format!(
                    "found a key for {algorithm} of {bits} bits, wanted 2048, 3072 or 4096 for RSA, and nothing for others"
                ))
            }),
            (None, _) => {
                let Some(before) = before else { return Ok(KeyType::Rsa2048) };
                // As large as the one before, as far as such keys are made here.
                let (keys, id) = (self.keys.clone(), key_id(&before.kid));
                let found = blocking(move || Ok(keys.key(&id).ok().and_then(|key| key.key_type()))).await?;
                Ok(found.filter(|found| kinds.contains(found)).unwrap_or(KeyType::Rsa2048))
            }
        }
    }

    /// Seals the key, and then records it. Nobody else does so meanwhile.
    async fn put(
        &self,
        name: String,
        validity_seconds: u64,
        Ready { key, described, is_uploaded }: Ready,
        succession: Succession,
        event: Event,
    ) -> Result<TokenKey, TokenError> {
        let Described { kid, algorithm } = described;
        self.check_passphrase().await?;
        if let Some(known) = self.store.token_key(&kid).await? {
            return Err(key_taken(&known.name));
        }
        let (keys, id, public_key) = (self.keys.clone(), key_id(&kid), key.public_pem().to_owned());
        let sealing = {
            let (keys, id) = (keys.clone(), id.clone());
            blocking(move || {
                // What a command left that was cut off before it had recorded it.
                keys.discard(&id)?;
                keys.put(&id, key).map(drop)
            })
        };
        sealing.await?;
        let key = TokenKey {
            name: name.clone(),
            generation: 1,
            kid,
            algorithm,
            validity_seconds,
            public_key,
            is_uploaded,
            created_at: event.at,
            rotated_at: None,
            verifies_until: None,
            retired_at: None,
        };
        let new = NewTokenKey { key, succession, room: MAX_KEYS, event };
        let refused = match self.store.put_token_key(new).await {
            Ok(TokenKeyPut::Done(key)) => {
                self.discard_idle(&name).await?;
                return Ok(*key);
            }
            Ok(TokenKeyPut::NameTaken) => name_taken(&name),
            Ok(TokenKeyPut::KeyTaken(other)) => key_taken(&other),
            Ok(TokenKeyPut::Unknown) => TokenError::KeyUnknown(format!("{name:?} that signs")),
            Ok(TokenKeyPut::NoRoom) => TokenError::Taken(format!(
                "{MAX_KEYS} token keys verify, and that is the limit: retire one, or wait until one that was rotated has ended"
            )),
            // Whether it was recorded is not known, and without its key it would sign nothing.
            Err(error) => return Err(error.into()),
        };
        keys.discard(&id).map_err(TokenError::Failed)?;
        Err(refused)
    }

    /// Opens a key of the folder: a passphrase that is another one would seal this key for nobody.
    async fn check_passphrase(&self) -> Result<(), TokenError> {
        let Some(row) = self.store.current_authority(Role::Issuing).await? else { return Ok(()) };
        let issuing = Authority::from_value(&row.id, row.value).map_err(TokenError::Failed)?;
        let keys = self.keys.clone();
        blocking(move || keys.key(&issuing.current.key).map(drop)).await
    }

    /// Removes the private halves of what signs no more.
    async fn discard_idle(&self, name: &str) -> Result<(), TokenError> {
        let now = ambient::now();
        let known = self.store.token_keys(Some(name), MAX_LISTED).await?;
        for key in known.iter().filter(|key| key.state(now) != TokenKeyState::Signing) {
            self.keys.discard(&key_id(&key.kid)).map_err(TokenError::Failed)?;
        }
        Ok(())
    }
}

/// Whether keys are made for this algorithm.
///
/// # Errors
/// What is wanted instead.
pub(crate) fn check_algorithm(algorithm: &str) -> Result<(), String> {
    kinds(algorithm).map(drop)
}

fn kinds(algorithm: &str) -> Result<&'static [KeyType], String> {
    let found = ALGORITHMS.iter().find(|(name, _)| *name == algorithm);
    found.map(|(_, kinds)| *kinds).ok_or_else(|| {
        let known: Vec<_> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        format!("found the algorithm {algorithm:?}, wanted one of {}", known.join(", "))
    })
}

/// The id of a key in the keystore.
pub(super) fn key_id(kid: &str) -> String {
    format!("token-{kid}")
}

/// Whether keys and API tokens may have this name.
///
/// # Errors
/// [`TokenError::Invalid`].
pub(crate) fn check_name(name: &str) -> Result<(), TokenError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    match begins && name.len() <= MAX_NAME && name.bytes().all(plain) {
        true => Ok(()),
        false => Err(TokenError::Invalid(format!(
            "found the name {name:?}, wanted a letter or digit, and then letters, digits, '-', '_' and '.', {MAX_NAME} at most"
        ))),
    }
}

fn check_validity(seconds: u64) -> Result<(), TokenError> {
    match (1..=MAX_VALIDITY_SECONDS).contains(&seconds) {
        true => Ok(()),
        false => Err(TokenError::Invalid(format!(
            "found a token validity of {seconds} seconds, wanted 1 to {MAX_VALIDITY_SECONDS}"
        ))),
    }
}

fn name_taken(name: &str) -> TokenError {
    TokenError::Taken(format!(
        "there is a token key {name:?} already, and a name is not used twice; rotate it"
    ))
}

fn key_taken(name: &str) -> TokenError {
    TokenError::Taken(format!("this key is, or was, the token key {name:?}; take another one"))
}

fn action_of(verb: &str, material: &Material) -> &'static str {
    match (verb, material) {
        ("create", Material::Generate { .. }) => "create_token_key",
        ("create", Material::Upload { .. }) => "upload_token_key",
        _ => "rotate_token_key",
    }
}

fn event(action: &str, name: &str, actor: String) -> Event {
    let (at, action, subject) = (ambient::now(), action.to_owned(), TokenKey::subject(name));
    Event { at, actor, action, subject, comment: None }
}

/// On a thread where slow work keeps nobody waiting.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, TokenError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(anyhow::Error::from).and_then(|done| done).map_err(TokenError::Failed)
}
