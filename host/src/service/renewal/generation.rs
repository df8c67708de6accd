//! What a renewal needs of the generations that there are: one that waits is the one that is wanted, and there is room.

use anyhow::{bail, ensure};
use serde_json::Value;

use super::{Mode, Renewal, event};
use crate::ambient::{self, date};
use crate::service::hierarchy::{Authority, Generation};
use crate::service::registration::describe;
use crate::service::{Service, sha256};
use crate::store::{Event, Role, StoredAuthority};

/// What certificates begin before they are made, and the last second of a life.
const CLOCK_SECONDS: u64 = 3_600;
/// How many former and abandoned generations the engine takes in an authority's value.
const MAX_GENERATIONS: usize = 32;

impl Service {
    /// Whether the generation that waits is the one that is asked for now.
    pub(super) async fn check_waiting(&self, renewal: &Renewal, authority: &Authority) -> anyhow::Result<()> {
        let Some(next) = &authority.next else { return Ok(()) };
        self.check_usable(renewal.role, next).await?;
        let is_same_key = next.key == authority.current.key;
        let key_type = self.keys.key(&next.key)?.key_type();
        let (is_it, kind) = match renewal.mode {
            Mode::SameKey => (is_same_key, "the same key".to_owned()),
            Mode::NewKey(wanted) => {
                (!is_same_key && key_type == Some(wanted), format!("a new key of kind {wanted}"))
            }
        };
        let of_kind = key_type.map(|kind| kind.to_string()).unwrap_or_default();
        ensure!(
            is_it,
            "generation {} waits already, with the key {} ({of_kind}), and not with {kind}: take it into use with `ca activate`, \
             or give it up with `ca abandon` first",
            next.number,
            next.key
        );
        self.check_life(renewal, next).await
    }

    /// Whether what waits lives as long as is asked for now, as far as its issuer allows.
    async fn check_life(&self, renewal: &Renewal, next: &Generation) -> anyhow::Result<()> {
        let Some(wanted) = renewal.validity_seconds else { return Ok(()) };
        let found = describe(&self.guest, &self.keys, &next.certificate).await?;
        let life = found.not_after.saturating_sub(found.not_before);
        let issuer = self.issuer_of(renewal.role).await?;
        let is_cut = match &issuer {
            Some(issuer) => {
                let end = describe(&self.guest, &self.keys, &issuer.current.certificate).await?.not_after;
                found.not_after == end && life < wanted
            }
            None => false,
        };
        ensure!(
            is_cut || life.abs_diff(wanted) <= CLOCK_SECONDS,
            "generation {} waits already, until {}, and not for {} days: take it into use with `ca activate`, or give it up \
             with `ca abandon` first",
            next.number,
            date(found.not_after),
            wanted / ambient::SECONDS_PER_DAY
        );
        Ok(())
    }

    /// One that has ended or was revoked while it waited is of no use any more.
    pub(super) async fn check_usable(&self, role: Role, next: &Generation) -> anyhow::Result<()> {
        let refused = self.store.refused_for(&sha256(&next.certificate)?).await?;
        let end = describe(&self.guest, &self.keys, &next.certificate).await?.not_after;
        let which = if role == Role::Root { " --authority root" } else { "" };
        ensure!(
            end >= ambient::now(),
            "generation {} has ended at {} while it waited: give it up with `ca abandon{which}`, and make another one with \
             `ca renew{which}`",
            next.number,
            date(end)
        );
        ensure!(
            refused.is_none(),
            "generation {} or its key was revoked while it waited ({}): give it up with `ca abandon{which}`, and make another one \
             with `ca renew{which} --new-key`",
            next.number,
            refused.unwrap_or_default()
        );
        Ok(())
    }

    /// The generation that has to go before there is room for another: the oldest that has ended. None if there is room.
    ///
    /// # Errors
    /// If none has ended.
    pub(super) async fn to_forget(&self, authority: &Authority) -> anyhow::Result<Option<u32>> {
        let mut kept: Vec<_> = authority.former.iter().chain(&authority.abandoned).collect();
        if kept.len() < MAX_GENERATIONS {
            return Ok(None);
        }
        kept.sort_by_key(|generation| generation.number);
        let now = ambient::now();
        let in_force = self.store.in_force(&authority.id, now).await?;
        // The number of the next one is counted from the highest.
        let highest = authority.generations().map(|one| one.number).max();
        let mut first_end = u64::MAX;
        for generation in kept.into_iter().filter(|one| Some(one.number) != highest) {
            let end = describe(&self.guest, &self.keys, &generation.certificate).await?.not_after;
            if end < now && !in_force.contains_key(&generation.number) {
                return Ok(Some(generation.number));
            }
            first_end = first_end.min(end);
        }
        bail!(
            "there are {MAX_GENERATIONS} former and abandoned generations, which is the most, and none has ended; the first \
             ends at {}: renew after that",
            date(first_end)
        )
    }

    /// The authority with room for another generation: without the oldest that has ended, if there was none.
    pub(super) async fn with_room(
        &self,
        renewal: &Renewal,
        stored: StoredAuthority,
    ) -> anyhow::Result<StoredAuthority> {
        let authority = Authority::from_value(&stored.id, stored.value.clone())?;
        let Some(number) = self.to_forget(&authority).await? else { return Ok(stored) };
        let value = without(&stored.value, number);
        let comment = format!("generation {number}, which has ended, made room for another");
        let event = Event { comment: Some(comment), ..event(renewal, "forget", &stored.id) };
        self.replace(stored, value, Vec::new(), event).await?;
        Ok(self.stored(renewal.role).await?.0)
    }
}

/// The engine's value without one of the former or abandoned generations.
pub(super) fn without(value: &Value, number: u32) -> Value {
    let mut value = value.clone();
    for part in ["former", "abandoned"] {
        if let Some(generations) = value.get_mut(part).and_then(Value::as_array_mut) {
            generations.retain(|one| one["number"] != number);
        }
    }
    value
}
