//! Revocation, and the lists that tell of it (RFC 5280 5).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::hierarchy::{Authority, Generation};
use super::{Resources, Service, ServiceError, pem_to_der};
use crate::ambient;
use crate::guest::wire::KeyUse;
use crate::store::{Crl, RevokedCertificate};

/// A new list is good for clocks that are so much behind, as new certificates are.
const SKEW_SECONDS: u64 = 300;

/// Why a certificate is revoked: RFC 5280 5.3.1, but for those that lists alone use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// No reason is given
    Unspecified,
    /// Somebody else may have the key
    KeyCompromise,
    /// Somebody else may have the key of the authority
    CaCompromise,
    /// The subject's name or membership changed
    AffiliationChanged,
    /// Another certificate takes its place; the key may go on
    Superseded,
    /// It is not needed any more
    CessationOfOperation,
    /// What it allowed was withdrawn
    PrivilegeWithdrawn,
}

impl Reason {
    /// As it stands in the store.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key_compromise",
            Self::CaCompromise => "ca_compromise",
            Self::AffiliationChanged => "affiliation_changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation_of_operation",
            Self::PrivilegeWithdrawn => "privilege_withdrawn",
        }
    }

    /// As the engine writes what stands in the store: nothing for a reason that lists leave out.
    pub(super) fn of_stored(name: Option<&str>) -> Option<&'static str> {
        Some(match name? {
            "key_compromise" => "keyCompromise",
            "ca_compromise" => "cACompromise",
            "affiliation_changed" => "affiliationChanged",
            "superseded" => "superseded",
            "cessation_of_operation" => "cessationOfOperation",
            "privilege_withdrawn" => "privilegeWithdrawn",
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
struct Signed {
    crl: String,
    this_update: u64,
    next_update: u64,
}

/// A list as it is handed out: in memory once, however many read it.
#[derive(Debug)]
pub(crate) struct PublishedCrl {
    /// As it is recorded.
    pub(crate) crl: Crl,
    /// DER.
    pub(crate) der: Bytes,
}

impl PublishedCrl {
    fn new(crl: Crl) -> Result<Arc<Self>, ServiceError> {
        let der = pem_to_der(&crl.pem)?.into();
        Ok(Arc::new(Self { crl, der }))
    }

    /// Whether it tells of the last revocation, and half its time is not over.
    fn is_fresh(&self, last_event: i64) -> bool {
        let half = self.crl.this_update.midpoint(self.crl.next_update);
        // One of the future comes of a clock that was wrong.
        (self.crl.this_update..half).contains(&ambient::now()) && self.crl.last_event == last_event
    }
}

impl Service {
    /// The revocation list of a key, as fresh as the last revocation; nothing if no authority has the key.
    ///
    /// The key of the root lies sealed while the server runs: of its list there is what `ca crl` has made.
    ///
    /// # Errors
    /// If the engine refuses or the store fails.
    pub(crate) async fn crl(&self, key: &str) -> Result<Option<Arc<PublishedCrl>>, ServiceError> {
        let hierarchy = self.hierarchy();
        let is_of_key = |generation: &&Generation| generation.key == key;
        if !hierarchy.issuing.generations().any(|generation| is_of_key(&generation)) {
            return Ok(match &hierarchy.root {
                Some(root) if root.generations().any(|generation| is_of_key(&generation)) => {
                    self.store.crl(key).await?.map(PublishedCrl::new).transpose()?
                }
                _ => None,
            });
        }
        if let Some(crl) = self.fresh(key).await? {
            return Ok(Some(crl));
        }
        let _alone = self.signing_crl.lock().await;
        // Who had it before may have made what is wanted.
        if let Some(crl) = self.fresh(key).await? {
            return Ok(Some(crl));
        }
        let seconds = self.revocation.crl_validity_hours.saturating_mul(3_600);
        let made = make_crl(self.resources(), &hierarchy.issuing, key, seconds).await;
        let trouble =
            made.as_ref().err().map(|error| format!("the revocation list of {key} cannot be made: {error}"));
        self.note("a revocation list", trouble);
        let made = PublishedCrl::new(made?)?;
        self.crls().insert(key.to_owned(), made.clone());
        Ok(Some(made))
    }

    async fn fresh(&self, key: &str) -> Result<Option<Arc<PublishedCrl>>, ServiceError> {
        let last_event = self.store.last_revocation().await?;
        let known = self.crls().get(key).filter(|known| known.is_fresh(last_event)).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(crl) = self.store.crl(key).await? else { return Ok(None) };
        let published = PublishedCrl::new(crl)?;
        if !published.is_fresh(last_event) {
            return Ok(None);
        }
        self.crls().insert(key.to_owned(), published.clone());
        Ok(Some(published))
    }

    fn crls(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<PublishedCrl>>> {
        self.published_crls.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A new list of the root, for as long as `validity_seconds`.
    ///
    /// # Errors
    /// If there is no root here, its key cannot be opened, the engine refuses, or the store fails.
    pub(crate) async fn root_crl(&self, validity_seconds: u64) -> anyhow::Result<Vec<Crl>> {
        let hierarchy = self.hierarchy();
        let root =
            hierarchy.root.as_ref().ok_or_else(|| anyhow::anyhow!("the root is not in this folder"))?;
        let mut keys: Vec<&str> = Vec::new();
        for generation in root.generations() {
            if !keys.contains(&generation.key.as_str()) {
                keys.push(&generation.key);
            }
        }
        let mut made = Vec::new();
        let mut failed = None;
        for key in keys {
            match make_crl(self.resources(), root, key, validity_seconds).await {
                Ok(crl) => made.push(crl),
                // A generation that has ended signs no list any more.
                Err(error) => failed = Some(error),
            }
        }
        if let Some(error) = failed.filter(|_| made.iter().all(|crl| crl.key != root.current.key)) {
            return Err(error.into());
        }
        Ok(made)
    }
}

/// Signs and records a list of everything that this key of the authority has signed and that is revoked.
pub(super) async fn make_crl(
    resources: Resources<'_>,
    authority: &Authority,
    key: &str,
    validity_seconds: u64,
) -> Result<Crl, ServiceError> {
    let Resources { guest, keys, store } = resources;
    loop {
        let of_key: Vec<_> = authority.generations().filter(|generation| generation.key == key).collect();
        let numbers: Vec<_> = of_key.iter().map(|generation| generation.number).collect();
        let now = ambient::now();
        // Read before the entries: a revocation in between is told of again, none is left out.
        let last_event = store.last_revocation().await?;
        let before = store.crl(key).await?;
        // A certificate that has ended stays in at least one list more (RFC 5280 3.3).
        let since = before.as_ref().map_or(0, |crl| crl.this_update).saturating_sub(validity_seconds);
        let revoked = store.revoked(&authority.id, &numbers, since).await?;
        // Of the clock, so that a list made after a restore has a higher number than all that were lost.
        let number = before.map_or(now, |crl| now.max(crl.number.saturating_add(1)));
        let request = json!({
            "now": now,
            "this_update": now.saturating_sub(SKEW_SECONDS),
            "authority": authority.value,
            "generation": numbers.first(),
            "number": number.to_string(),
            "validity_seconds": validity_seconds,
            "entries": revoked.iter().map(|revoked| entry(revoked, now)).collect::<Vec<_>>(),
        });
        let signed: Signed = guest.call("sign_crl", request, &keys.granting(&[(key, KeyUse::Sign)])).await?;
        let crl = Crl {
            key: key.to_owned(),
            number,
            this_update: signed.this_update,
            next_update: signed.next_update,
            last_event,
            pem: signed.crl,
        };
        // Another process may have taken the number.
        if store.put_crl(crl.clone()).await? {
            return Ok(crl);
        }
    }
}

/// Never revoked later than the list is made, whatever the clock did in between.
fn entry(revoked: &RevokedCertificate, now: u64) -> Value {
    let revoked_at = revoked.revoked_at.min(now);
    let reason = Reason::of_stored(revoked.reason.as_deref());
    // A date that cannot be is not worth the whole list.
    match (reason, revoked.invalidity_date.filter(|date| *date <= revoked_at)) {
        (None, None) => json!([revoked.serial, revoked_at]),
        (reason, None) => json!([revoked.serial, revoked_at, reason]),
        (reason, date) => json!([revoked.serial, revoked_at, reason, date]),
    }
}
