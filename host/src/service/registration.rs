//! The registration authority (RFC 8894 1): the certificate that SCEP messages are encrypted to and that
//! replies are signed with. Never an authority's own.

use std::sync::Arc;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::enroll::key_reference;
use super::issue::{Issued, SignRequest, sign_and_record};
use super::{Authority, Hierarchy, Resources, Service, record_authority};
use crate::ambient::{self, SECONDS_PER_DAY, date};
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, Guest};
use crate::keystore::{KeyStore, KeyType};
use crate::store::Role;

/// How long before its end somebody is told.
const WARNING_SECONDS: u64 = 30 * SECONDS_PER_DAY;
/// Registration authorities of before that messages are still opened for.
const MAX_FORMER: usize = 8;

/// What a new registration authority is to be.
pub(super) struct NewRegistration<'a> {
    /// Its name in the store; also its key's id.
    pub(super) id: &'a str,
    /// RFC 4514.
    pub(super) subject: &'a str,
    /// Of its key; RSA.
    pub(super) key_type: KeyType,
    /// If it is not the profile's.
    pub(super) validity_seconds: Option<u64>,
}

#[derive(Deserialize)]
struct Requested {
    csr: String,
}

/// Makes the key and the certificate, and makes it the current one.
pub(super) async fn register(
    resources: Resources<'_>,
    issuing: &Authority,
    new: NewRegistration<'_>,
) -> anyhow::Result<Issued> {
    let Resources { guest, keys, store } = resources;
    let (making, id, key_type) = (keys.clone(), new.id.to_owned(), new.key_type);
    tokio::task::spawn_blocking(move || making.find_or_generate(&id, key_type).map(drop)).await??;
    let request = json!({ "key": key_reference(keys, new.id)?, "subject": new.subject });
    let requested: Requested = guest
        .call("create_csr", request, &keys.granting(&[(new.id, KeyUse::Sign)]))
        .await
        .context("cannot make the registration authority's request")?;
    let request =
        SignRequest { validity_seconds: new.validity_seconds, ..SignRequest::new(&requested.csr, "scep-ra") };
    let issued = sign_and_record(resources, issuing, request)
        .await
        .context("cannot make the registration authority's certificate")?;
    let value = json!({
        "certificate": issued.certificate.pem,
        "chain": issued.chain,
        "key": new.id,
    });
    record_authority(store, Role::Ra, &Authority::from_value(new.id, value)?).await?;
    Ok(issued)
}

/// What the engine says of a certificate.
pub(super) struct Described {
    subject: String,
    pub(super) not_after: u64,
    /// Of its RSA key.
    bits: u64,
}

/// Asks the engine what is in a certificate.
pub(super) async fn describe(
    guest: &Guest,
    keys: &Arc<KeyStore>,
    certificate: &str,
) -> Result<Described, CallError> {
    let request = json!({ "input": certificate });
    let mut found: Value = guest.call("inspect", request, &keys.granting(&[])).await?;
    let found = found["objects"][0].take();
    let missing = || CallError::Failed("the engine does not tell a certificate's end".to_owned());
    Ok(Described {
        subject: found["subject"].as_str().unwrap_or_default().to_owned(),
        not_after: found["not_after"].as_u64().ok_or_else(missing)?,
        bits: found["public_key"]["bits"].as_u64().unwrap_or_default(),
    })
}

/// The registration authorities of before whose certificates have not ended: clients that asked for
/// certificates before the renewal encrypt to them.
pub(super) async fn former(
    Resources { guest, keys, store }: Resources<'_>,
    current: &Authority,
) -> anyhow::Result<Vec<Authority>> {
    let mut former = Vec::new();
    for stored in store.authorities(Role::Ra).await?.into_iter().filter(|stored| stored.id != current.id) {
        let authority = Authority::from_value(&stored.id, stored.value)?;
        if former.len() == MAX_FORMER {
            break;
        }
        if describe(guest, keys, &authority.certificate).await?.not_after < ambient::now() {
            continue;
        }
        let (opening, id) = (keys.clone(), authority.key.clone());
        match tokio::task::spawn_blocking(move || opening.key(&id).map(drop)).await? {
            Ok(()) => former.push(authority),
            Err(error) => tracing::warn!(
                error = format!("{error:#}"),
                "messages for the registration authority {} cannot be opened",
                authority.id
            ),
        }
    }
    Ok(former)
}

impl Hierarchy {
    /// The registration authority with this key; the current one, if there is none.
    pub(super) fn registration(&self, key: Option<&str>) -> &Authority {
        self.former.iter().find(|former| Some(former.key.as_str()) == key).unwrap_or(&self.ra)
    }

    /// All registration authorities that messages are opened for, the current one first.
    pub(super) fn registrations(&self) -> impl Iterator<Item = &Authority> + Clone {
        std::iter::once(&self.ra).chain(&self.former)
    }
}

impl Service {
    /// What needs somebody's attention, in words.
    pub(crate) fn warnings(&self, now: u64) -> Vec<String> {
        self.hierarchy.ra_warning(now).into_iter().collect()
    }

    /// Makes a new key and certificate for the registration authority, under the same name.
    ///
    /// # Errors
    /// If a key cannot be made, the engine refuses, or the store fails; then the old one stays.
    pub(crate) async fn renew_registration(&self, validity_seconds: Option<u64>) -> anyhow::Result<Issued> {
        let old = describe(&self.guest, &self.keys, &self.hierarchy.ra.certificate).await?;
        let taken = self.store.authorities(Role::Ra).await?;
        let id = (1..).map(|number| format!("ra-{number}"));
        let id = id.into_iter().find(|id| taken.iter().all(|other| other.id != *id)).unwrap_or_default();
        let key_type = match old.bits {
            4096.. => KeyType::Rsa4096,
            3072.. => KeyType::Rsa3072,
            _ => KeyType::Rsa2048,
        };
        let new = NewRegistration { id: &id, subject: &old.subject, key_type, validity_seconds };
        register(self.resources(), &self.hierarchy.issuing, new).await
    }
}

impl Hierarchy {
    fn ra_warning(&self, now: u64) -> Option<String> {
        let renew = "run `sealwright ra renew --data DIR` and restart the server";
        let end = date(self.ra_not_after);
        let days = self.ra_not_after.saturating_sub(now) / SECONDS_PER_DAY;
        if now > self.ra_not_after {
            return Some(format!(
                "the SCEP registration authority's certificate ended at {end}, clients refuse it: {renew}"
            ));
        }
        let near = self.ra_not_after.saturating_sub(now) <= WARNING_SECONDS;
        near.then(|| {
            format!("the SCEP registration authority's certificate ends at {end}, in {days} days: {renew}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_announced_thirty_days_before() {
        let authority = || Authority {
            id: "ra-1".to_owned(),
            certificate: String::new(),
            chain: Vec::new(),
            key: "ra-1".to_owned(),
            value: Value::Null,
        };
        let end = 1_800_000_000;
        let hierarchy =
            Hierarchy { issuing: authority(), ra: authority(), former: Vec::new(), ra_not_after: end };
        assert_eq!(hierarchy.ra_warning(end - WARNING_SECONDS - 1), None);
        let near = hierarchy.ra_warning(end - WARNING_SECONDS).unwrap();
        assert!(near.contains("2027-01-15") && near.contains("in 30 days"), "{near}");
        assert!(near.contains("sealwright ra renew"), "{near}");
        assert!(hierarchy.ra_warning(end + 1).unwrap().contains("ended at"));
    }
}
