//! The registration authority (RFC 8894 1): the certificate that SCEP messages are encrypted to and that
//! replies are signed with. Never an authority's own.

use std::sync::Arc;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::enroll::key_reference;
use super::issue::{Issued, SignRequest, sign_and_record};
use super::warnings::SOON;
use super::{Authority, Hierarchy, Resources, Service, record_authority};
use crate::ambient;
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, Guest};
use crate::keystore::{KeyStore, KeyType};
use crate::store::Role;

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
    /// The generation of the issuing authority that certifies it, if it is not the current one.
    pub(super) generation: Option<u32>,
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
    let request = SignRequest {
        validity_seconds: new.validity_seconds,
        generation: new.generation,
        ..SignRequest::new(&requested.csr, "scep-ra")
    };
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
    pub(super) subject: String,
    pub(super) serial: String,
    pub(super) not_before: u64,
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
        serial: found["serial"].as_str().unwrap_or_default().to_owned(),
        not_before: found["not_before"].as_u64().unwrap_or_default(),
        not_after: found["not_after"].as_u64().ok_or_else(missing)?,
        bits: found["public_key"]["bits"].as_u64().unwrap_or_default(),
    })
}

/// What the certificate of a helper is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    InForce,
    /// It was made while the clock was ahead.
    NotYet,
    Ended,
    Revoked,
}

/// What the certificate of a helper is worth now.
pub(super) async fn standing(
    Resources { guest, keys, store }: Resources<'_>,
    helper: &Authority,
) -> anyhow::Result<Standing> {
    let described = describe(guest, keys, &helper.current.certificate).await?;
    let found = store.by_serial(&described.serial).await?;
    Ok(match found.and_then(|found| found.revoked_at) {
        Some(_) => Standing::Revoked,
        None if described.not_after < ambient::now() => Standing::Ended,
        None if described.not_before > ambient::now() => Standing::NotYet,
        None => Standing::InForce,
    })
}

/// Those of these registration authorities whose certificates have not ended and whose keys are here, `most` at
/// most: clients that asked for certificates before a renewal encrypt to them.
pub(super) async fn served(
    Resources { guest, keys, .. }: Resources<'_>,
    others: impl Iterator<Item = &Authority>,
    most: usize,
) -> anyhow::Result<Vec<Authority>> {
    let mut served = Vec::new();
    for authority in others {
        if served.len() == most {
            break;
        }
        if describe(guest, keys, &authority.current.certificate).await?.not_after < ambient::now() {
            continue;
        }
        let (opening, id) = (keys.clone(), authority.current.key.clone());
        match tokio::task::spawn_blocking(move || opening.key(&id).map(drop)).await? {
            Ok(()) => served.push(authority.clone()),
            Err(error) => tracing::warn!(
                error = format!("{error:#}"),
                "messages for the registration authority {} cannot be opened",
                authority.id
            ),
        }
    }
    Ok(served)
}

impl Service {
    /// Makes a new key and certificate for the registration authority, under the same name.
    ///
    /// # Errors
    /// If a key cannot be made, the engine refuses, or the store fails; then the old one stays.
    pub(crate) async fn renew_registration(&self, validity_seconds: Option<u64>) -> anyhow::Result<Issued> {
        let hierarchy = self.hierarchy();
        self.register_again(&hierarchy.ra, &hierarchy.issuing, None, validity_seconds).await
    }

    /// A registration authority like `present`, certified by a generation of the issuing authority.
    pub(super) async fn register_again(
        &self,
        present: &Authority,
        issuing: &Authority,
        generation: Option<u32>,
        validity_seconds: Option<u64>,
    ) -> anyhow::Result<Issued> {
        let old = describe(&self.guest, &self.keys, &present.current.certificate).await?;
        let taken = self.store.authorities(Role::Ra).await?;
        let id = (1..).map(|number| format!("ra-{number}"));
        let id = id.into_iter().find(|id| taken.iter().all(|other| other.id != *id)).unwrap_or_default();
        let key_type = match old.bits {
            4096.. => KeyType::Rsa4096,
            3072.. => KeyType::Rsa3072,
            _ => KeyType::Rsa2048,
        };
        let new = NewRegistration { id: &id, subject: &old.subject, key_type, validity_seconds, generation };
        register(self.resources(), issuing, new).await
    }
}

impl Service {
    /// Makes a registration authority in the place of one that cannot speak SCEP any more: it was revoked, has ended,
    /// or its key is not here. Whether there was need.
    ///
    /// # Errors
    /// As [`Self::renew_registration`].
    pub(crate) async fn replace_unusable_registration(&self) -> anyhow::Result<bool> {
        let hierarchy = self.hierarchy();
        let is_in_force = standing(self.resources(), &hierarchy.ra).await? == Standing::InForce;
        if is_in_force && self.keys.exists(&hierarchy.ra.current.key)? {
            return Ok(false);
        }
        self.renew_registration(None).await?;
        self.refresh().await
    }

    /// Renews what helps the authority and comes to its end: the signer of OCSP responses, the registration
    /// authority. Tells of each what became of it.
    pub(crate) async fn renew_helpers(&self) -> [(&'static str, anyhow::Result<()>); 2] {
        [
            ("the signer of OCSP responses", self.renew_responder().await),
            ("the registration authority", self.renew_ending_registration().await),
        ]
    }

    async fn renew_ending_registration(&self) -> anyhow::Result<()> {
        if self.registration_lasts(&self.hierarchy()).await? {
            return Ok(());
        }
        let _lock = self.keys.lock().await?;
        // Another server on this folder, or a command, may have done it by now.
        let hierarchy = self.latest().await?;
        if self.registration_lasts(&hierarchy).await? {
            return Ok(());
        }
        self.register_again(&hierarchy.ra, &hierarchy.issuing, None, None).await.map(drop)
    }

    async fn registration_lasts(&self, hierarchy: &Hierarchy) -> anyhow::Result<bool> {
        let is_in_force = standing(self.resources(), &hierarchy.ra).await? == Standing::InForce;
        let end = hierarchy.ra_not_after;
        let issuer =
            describe(&self.guest, &self.keys, &hierarchy.issuing.current.certificate).await?.not_after;
        let lasts = end.saturating_sub(ambient::now()) > SOON || end >= issuer;
        Ok(lasts && is_in_force)
    }
}
