//! The backup of the authorities: their keys under a password, by the engine.

use std::collections::BTreeMap;

use anyhow::Context;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::hierarchy::{Authority, MAX_FORMER};
use super::registration::{Standing, standing};
use super::{Service, bytes};
use crate::ambient;
use crate::guest::Guest;
use crate::keystore::{KeyStore, PrivateKey};
use crate::store::Role;

/// Registration authorities that a server opens messages for: the present one, the next one and those of before.
const MAX_SERVED: usize = MAX_FORMER + 2;

/// What was read from a backup.
pub(crate) struct Restored {
    /// The keys by their ids.
    pub(crate) keys: Vec<(String, PrivateKey)>,
    /// The number of the last revocation list of each key.
    pub(crate) crl_numbers: BTreeMap<String, u64>,
    /// The settings of the data folder.
    pub(crate) settings: String,
}

#[derive(Deserialize)]
struct Written {
    backup: String,
}

#[derive(Deserialize)]
struct Read {
    authorities: Vec<ReadAuthority>,
    keys: Vec<ReadKey>,
    settings: Option<String>,
}

#[derive(Deserialize)]
struct ReadAuthority {
    id: String,
    #[serde(default)]
    crl_numbers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct ReadKey {
    id: String,
    private_key: String,
}

impl Service {
    /// The authorities with all their generations, helpers and keys, as a PKCS#12 file. A root without its key is not
    /// in it: the inventory has its certificates.
    ///
    /// # Errors
    /// If a key cannot be opened, the engine refuses, or the store fails.
    pub(crate) async fn write_backup(
        &self,
        password: &str,
        settings: &str,
        without_root_key: bool,
    ) -> anyhow::Result<Vec<u8>> {
        let hierarchy = self.hierarchy();
        let mut keys = BTreeMap::new();
        let mut authorities = Vec::new();
        let is_issuing = |authority: &Authority| authority.id == hierarchy.issuing.id;
        let is_kept = |authority: &&Authority| is_issuing(authority) || !without_root_key;
        for authority in hierarchy.authorities().filter(is_kept) {
            let mut numbers = serde_json::Map::new();
            for generation in authority.generations() {
                let added = self.add_key(&mut keys, &generation.key);
                added.with_context(|| match is_issuing(authority) {
                    true => "the issuing authority is not whole".to_owned(),
                    false => "the root is not whole; if its key is kept elsewhere, leave it out with \
                        --without-root-key"
                        .to_owned(),
                })?;
                if let Some(number) = self.store.last_crl_number(&generation.key).await? {
                    numbers.insert(generation.key.clone(), number.to_string().into());
                }
            }
            let helpers = match is_issuing(authority) {
                true => self.helpers(&mut keys).await?,
                false => Vec::new(),
            };
            authorities.push(json!({
                "id": authority.id,
                "authority": authority.value,
                "crl_numbers": numbers,
                "helpers": helpers,
            }));
        }
        let keys: Vec<_> =
            keys.iter().map(|(id, pem)| json!({ "id": id, "private_key": pem.as_str() })).collect();
        let request = json!({
            "seed": ambient::seed(),
            "password": password,
            "authorities": authorities,
            "keys": keys,
            "settings": settings,
        });
        let written: Written = self.guest.call("write_backup", request, &self.keys.granting(&[])).await?;
        Ok(bytes(&written.backup)?)
    }

    fn add_key(&self, keys: &mut BTreeMap<String, Zeroizing<String>>, id: &str) -> anyhow::Result<()> {
        if !keys.contains_key(id) {
            keys.insert(id.to_owned(), self.keys.key(id)?.private_pem()?);
        }
        Ok(())
    }

    /// The registration authorities that a server opens messages for, and its signer of OCSP responses. One that has
    /// ended, was revoked, or whose key is gone helps nobody any more.
    async fn helpers(&self, keys: &mut BTreeMap<String, Zeroizing<String>>) -> anyhow::Result<Vec<Value>> {
        let hierarchy = self.hierarchy();
        let mut rows = self.store.authorities(Role::Ra).await?;
        rows.extend(hierarchy.responder.clone());
        let mut helpers = Vec::new();
        let mut registrations = 0;
        for row in rows {
            let role = row.role;
            let helper = Authority::from_value(&row.id, row.value)?;
            if (role == Role::Ra && registrations == MAX_SERVED)
                || standing(self.resources(), &helper).await? != Standing::InForce
            {
                continue;
            }
            let Authority { id, current, .. } = helper;
            if let Err(error) = self.add_key(keys, &current.key) {
                tracing::warn!(error = format!("{error:#}"), "the helper {id} is not in the backup");
                continue;
            }
            registrations += usize::from(role == Role::Ra);
            helpers.push(json!({
                "id": id,
                "role": role.name(),
                "key": current.key,
                "certificate": current.certificate,
                "chain": current.chain,
            }));
        }
        Ok(helpers)
    }
}

/// Opens a backup, with an engine that has no data folder yet.
///
/// # Errors
/// If the password is wrong, the file is no backup or not whole, or a key is of a kind that cannot be kept here.
pub(crate) async fn read_backup(guest: &Guest, file: &[u8], password: &str) -> anyhow::Result<Restored> {
    let file = Zeroizing::new(Base64UrlUnpadded::encode_string(file));
    let request = json!({ "backup": file.as_str(), "password": password });
    let grant = std::sync::Arc::new(KeyStore::in_memory()).granting(&[]);
    let read: Read = guest.call("read_backup", request, &grant).await?;
    anyhow::ensure!(!read.authorities.iter().any(|one| one.id.is_empty()), "an authority has no name");
    let key = |key: ReadKey| {
        let opened = PrivateKey::from_pem(&Zeroizing::new(key.private_key));
        Ok((key.id.clone(), opened.with_context(|| format!("cannot take the key {:?} over", key.id))?))
    };
    let mut crl_numbers = BTreeMap::new();
    for (key, number) in read.authorities.into_iter().flat_map(|one| one.crl_numbers) {
        let number =
            number.parse().with_context(|| format!("cannot go on after list {number} of {key:?}"))?;
        crl_numbers.insert(key, number);
    }
    Ok(Restored {
        crl_numbers,
        keys: read.keys.into_iter().map(key).collect::<anyhow::Result<_>>()?,
        settings: read.settings.context("the backup holds no settings; it was not written by `ca backup`")?,
    })
}
