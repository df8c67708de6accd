//! The backup of an authority: everything that it takes to go on elsewhere, as one value.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use crate::{
    authority::{Authority, MAX_HELPERS},
    certificate::Certificate,
    crl::CrlNumber,
    error::{Error, ErrorCode},
    key::PrivateKey,
    keystore::MAX_KEYS,
    profile::Profile,
    secret::Secret,
    strict::Strict,
    tree,
};

/// The format that is written; another one is not read.
const VERSION: u32 = 1;
/// Most authorities in a backup.
const MAX_AUTHORITIES: usize = 16;

/// What a backup holds besides the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backup {
    version: u32,
    pub(crate) authorities: Vec<AuthorityBackup>,
    pub(crate) settings: Option<String>,
}

/// What every version has: the others may have fields that this one does not know.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// One authority with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorityBackup {
    /// Its name, of the caller's choosing.
    pub id: String,
    /// The authority with all its generations.
    pub authority: Authority,
    /// The number of the last revocation list of each key, by the key's id: a later list has a higher one (RFC 5280
    /// 5.2.3).
    #[serde(default)]
    pub crl_numbers: BTreeMap<String, CrlNumber>,
    /// Who helps it: registration authorities, signers of OCSP responses.
    #[serde(default)]
    pub helpers: Vec<Helper>,
    /// The caller's own profiles.
    #[serde(default)]
    pub profiles: Vec<Profile>,
}

/// A helper of an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Helper {
    /// Its name, of the caller's choosing.
    pub id: String,
    /// What it does, in the caller's words.
    pub role: String,
    /// The id of its key.
    pub key: String,
    /// Its certificate, PEM.
    pub certificate: String,
    /// Those above it, PEM, nearest first.
    pub chain: Vec<String>,
}

/// A private key by its id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BackupKey {
    /// The id by which the authorities and helpers name it.
    pub id: String,
    /// PEM, PKCS#8, not encrypted.
    pub private_key: Secret,
}

/// A certificate that a key of the backup is for.
pub(crate) struct Use<'a> {
    pub(crate) key: &'a str,
    pub(crate) certificate: &'a str,
    pub(crate) chain: &'a [String],
}

impl Backup {
    pub(crate) const fn new(authorities: Vec<AuthorityBackup>, settings: Option<String>) -> Self {
        Self { version: VERSION, authorities, settings }
    }

    /// Reads the value that a backup holds.
    ///
    /// # Errors
    /// `BackupInvalid`.
    pub(crate) fn read(state: &[u8]) -> Result<Self, Error> {
        let none = || invalid("found a file whose contents are no backup of this format");
        let tree: Strict = serde_json::from_slice(state).map_err(|_| none())?;
        let Version { version } = tree::read(&tree.0).map_err(|_| none())?;
        if version != VERSION {
            return Err(invalid(format_args!(
                "found a backup of version {version}, wanted {VERSION}: a later engine wrote it"
            )));
        }
        tree::read(&tree.0).map_err(|_| none())
    }

    /// What each key is for, the current generations first: that is what others show of the file.
    pub(crate) fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        self.authorities.iter().flat_map(|backup| {
            let authority = &backup.authority;
            let current =
                Use { key: &authority.key, certificate: &authority.certificate, chain: &authority.chain };
            let others = authority.next.iter().chain(&authority.former).chain(&authority.abandoned);
            let others =
                others.map(|one| Use { key: &one.key, certificate: &one.certificate, chain: &one.chain });
            let helpers = backup.helpers.iter();
            let helpers =
                helpers.map(|one| Use { key: &one.key, certificate: &one.certificate, chain: &one.chain });
            core::iter::once(current).chain(others).chain(helpers)
        })
    }

    /// Checks that the authorities are in order, that there are all keys and no others, and that each is the one of its
    /// certificates.
    ///
    /// # Errors
    /// `BackupInvalid`, those of opening an authority, and those of reading keys and certificates.
    pub(crate) fn check(&self, keys: &[BackupKey]) -> Result<(), Error> {
        self.check_authorities().map_err(|error| Error { at: Some("authorities".into()), ..error })?;
        if keys.len() > MAX_KEYS {
            return Err(invalid(format_args!(
                "found {} keys, wanted at most {MAX_KEYS}, the most that a root and an issuing authority have with \
                 their helpers: keep further authorities in files of their own",
                keys.len()
            ))
            .at("keys"));
        }
        self.check_keys(keys)
    }

    fn check_authorities(&self) -> Result<(), Error> {
        let too_many = self.authorities.iter().any(|backup| backup.helpers.len() > MAX_HELPERS);
        if self.authorities.is_empty() || self.authorities.len() > MAX_AUTHORITIES || too_many {
            return Err(invalid(format_args!(
                "wanted 1 to {MAX_AUTHORITIES} authorities, with at most {MAX_HELPERS} helpers each"
            )));
        }
        let mut ids = BTreeSet::new();
        for backup in &self.authorities {
            if !ids.insert(backup.id.as_str()) {
                return Err(invalid(format_args!("found the authority {:?} twice", backup.id)));
            }
            let mut helpers = BTreeSet::new();
            if let Some(twice) = backup.helpers.iter().find(|helper| !helpers.insert(helper.id.as_str())) {
                return Err(invalid(format_args!(
                    "found the helper {:?} of {:?} twice",
                    twice.id, backup.id
                )));
            }
            backup.authority.clone().open()?;
        }
        Ok(())
    }

    fn check_keys(&self, keys: &[BackupKey]) -> Result<(), Error> {
        let mut held = BTreeMap::new();
        for key in keys {
            let public = PrivateKey::from_pem(key.private_key.expose())?.public_key().clone();
            if held.insert(key.id.as_str(), (public, false)).is_some() {
                return Err(invalid(format_args!("found the key {:?} twice", key.id)));
            }
        }
        for one in self.uses() {
            let Some((public, used)) = held.get_mut(one.key) else {
                return Err(invalid(format_args!(
                    "found no key {:?}, which an authority or helper needs",
                    one.key
                )));
            };
            if Certificate::from_pem(one.certificate)?.spki() != public.spki() {
                let detail = format_args!("found a key {:?} that is not the one of its certificate", one.key);
                return Err(Error::new(ErrorCode::KeyMismatch, detail));
            }
            *used = true;
        }
        match held.iter().find(|(_, (_, used))| !used) {
            None => Ok(()),
            Some((id, _)) => Err(invalid(format_args!("found a key {id:?} that no authority or helper has"))),
        }
    }
}

pub(crate) fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::BackupInvalid, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_version_is_known_as_one() {
        let detail = |state: &str| Backup::read(state.as_bytes()).unwrap_err().detail;
        let later = r#"{"version":2,"authorities":{"of":"another shape"},"more":true}"#;
        assert!(detail(later).contains("version 2"), "{}", detail(later));
        let unknown = r#"{"version":1,"authorities":[],"settings":null,"more":true}"#;
        for state in [unknown, "{}", "[]", "state"] {
            assert!(detail(state).contains("no backup of this format"), "{state}");
        }
        assert!(Backup::read(br#"{"version":1,"authorities":[],"settings":null}"#).is_ok());
    }
}
