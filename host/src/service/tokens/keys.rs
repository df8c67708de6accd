//! The life of a key that signs tokens: made or brought, followed by another, ended.

use std::collections::BTreeMap;

use anyhow::Context;
use zeroize::Zeroizing;

use super::material::{Material, Ready, blocking};
use super::{Described, MAX_KEYS, MAX_LISTED, TokenError, Tokens};
use crate::ambient;
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
