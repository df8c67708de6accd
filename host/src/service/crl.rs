//! Revocation, and the lists that tell of it (RFC 5280 5).

use serde::Deserialize;
use serde_json::{Value, json};

use super::hierarchy::{Authority, Generation};
use super::published::is_fresh;
use super::registration::describe;
use super::{Resources, Service, ServiceError};
use crate::ambient;
use crate::guest::wire::KeyUse;
use crate::store::{Crl, RevokedCertificate, Role, Store, StoreError};

/// A new list is good for clocks that are so much behind, as new certificates are.
pub(super) const SKEW_SECONDS: u64 = 300;
/// The entries that a request to the engine has room for, be they as long as they may.
pub(super) const MAX_CRL_ENTRIES: u64 = 185_000;

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

/// Lists of several keys: those that were made, and of the others why not.
#[derive(Default)]
pub(crate) struct MadeCrls {
    pub(crate) made: Vec<Crl>,
    pub(crate) failed: Vec<String>,
}

impl Service {
    /// A new list of each key of the root that has not ended, for as long as `validity_seconds`.
    ///
    /// # Errors
    /// If there is no root here.
    pub(crate) async fn root_crl(&self, validity_seconds: u64) -> anyhow::Result<MadeCrls> {
        let _lock = self.keys.lock().await?;
        let (_, root) = self.stored(Role::Root).await?;
        Ok(make_crls(self.resources(), &root, &root.keys(), validity_seconds).await)
    }

    /// What the root's keys have no list for that is as good as a new one.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) async fn make_missing_root_crls(
        &self,
        root: &Authority,
        validity_seconds: u64,
    ) -> anyhow::Result<MadeCrls> {
        let last_event = last_event(self.store.as_ref(), root).await?;
        let mut missing = Vec::new();
        for key in root.keys() {
            if !self.store.crl(key).await?.is_some_and(|crl| is_fresh(&crl, last_event)) {
                missing.push(key);
            }
        }
        Ok(make_crls(self.resources(), root, &missing, validity_seconds).await)
    }
}

/// The last revocation of a certificate of the authority, which its lists have to tell of.
pub(super) async fn last_event(store: &dyn Store, authority: &Authority) -> Result<i64, StoreError> {
    let revoked = store.revoked(&authority.id, 0).await?;
    Ok(revoked.iter().map(|entry| entry.event).max().unwrap_or_default())
}

/// A new list of each of these keys of the authority that has not ended.
async fn make_crls(
    resources: Resources<'_>,
    authority: &Authority,
    keys: &[&str],
    validity_seconds: u64,
) -> MadeCrls {
    let mut crls = MadeCrls::default();
    for key in keys {
        match make_crl(resources, authority, key, validity_seconds).await {
            Ok(crl) => crls.made.push(crl),
            Err(error) if error.is_ended() => {}
            Err(error) => crls.failed.push(format!("no list of {key} was made: {error}")),
        }
    }
    crls
}

/// The generation that signs the lists of a key: the newest in use that has not ended, else one that waits or was given
/// up, whose certificate may end sooner.
pub(super) async fn signer<'a>(
    Resources { guest, keys, .. }: Resources<'_>,
    authority: &'a Authority,
    key: &str,
) -> Result<&'a Generation, ServiceError> {
    let speaking = authority.in_use().chain(&authority.next).chain(&authority.abandoned);
    for generation in speaking.filter(|one| one.key == key) {
        if describe(guest, keys, &generation.certificate).await?.not_after >= ambient::now() {
            return Ok(generation);
        }
    }
    Err(ServiceError::Ended(key.to_owned()))
}

/// Signs and records a list of everything of the authority that is revoked, whichever of its keys signed it. A verifier
/// that knows a list by its issuer's name may take that of another key, which then must not lack an entry (RFC 5280 6.3.3).
pub(super) async fn make_crl(
    resources: Resources<'_>,
    authority: &Authority,
    key: &str,
    validity_seconds: u64,
) -> Result<Crl, ServiceError> {
    let Resources { guest, keys, store } = resources;
    let generation = signer(resources, authority, key).await?.number;
    loop {
        let now = ambient::now();
        // Read before the entries: a revocation in between is told of again, none is left out.
        let last_event = store.last_revocation().await?;
        let before = store.crl(key).await?;
        // Of the clock, so that a list made after a restore has a higher number than all that were lost. Read before the
        // entries: whoever reads more of them has a higher one.
        let number = store.last_crl_number(key).await?.map_or(now, |last| now.max(last.saturating_add(1)));
        // A certificate that has ended stays in at least one list more (RFC 5280 3.3). A list of the future comes of a clock
        // that was wrong.
        let last = before.as_ref().map_or(now, |crl| crl.this_update.min(now));
        let since = last.saturating_sub(validity_seconds);
        // Unless it is one too many: since no list was made for so long, or so many were revoked at once.
        let fits = store.count_revoked(&authority.id, since).await? <= MAX_CRL_ENTRIES;
        let revoked = store.revoked(&authority.id, if fits { since } else { now }).await?;
        let request = json!({
            "now": now,
            "this_update": now.saturating_sub(SKEW_SECONDS),
            "authority": authority.value,
            "generation": generation,
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
        // Another process may have taken the number, or a higher one.
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
