//! What leads from each of the root's certificates to what was issued under another one (RFC 4210 4.4).

use std::slice;

use anyhow::ensure;
use serde_json::Value;

use super::hierarchy::{Authority, Generation};
use super::registration::describe;
use super::renewal::{Renewal, event};
use super::{CallError, Hierarchy, Resources, Service};
use crate::ambient;
use crate::store::Role;

/// How many issuers the engine takes above an authority.
const MAX_CHAIN: usize = 16;

/// For each key of the root, newest first, the certificates that lead to it from the keys before.
pub(super) type Crossing = Vec<Vec<String>>;

/// Those that have not ended: as long as an old root lives, so does what it has crossed.
pub(super) async fn crossing(
    Resources { guest, keys, .. }: Resources<'_>,
    root: Option<&Authority>,
) -> Result<Crossing, CallError> {
    let mut generations: Vec<&Generation> = root.into_iter().flat_map(Authority::in_use).collect();
    generations.dedup_by(|next, kept| next.key == kept.key);
    let mut crossing: Crossing = Vec::new();
    // From the oldest key on: what leads to it leads on to those after it.
    for generation in generations.into_iter().rev() {
        let mut forth = Vec::new();
        if let Some(new_with_old) = generation.cross_certificates.first()
            && describe(guest, keys, new_with_old).await?.not_after >= ambient::now()
        {
            forth.push(new_with_old.clone());
            forth.extend(crossing.first().cloned().unwrap_or_default());
        }
        crossing.insert(0, forth);
    }
    Ok(crossing)
}

impl Hierarchy {
    /// What leads from the roots of before to a generation of the issuing authority; nothing where the oldest of them
    /// has signed it.
    pub(super) fn crossing_to(&self, generation: &Generation) -> slice::Iter<'_, String> {
        // Its chain has one step back for each key that the root got since.
        let steps_back = generation.chain.len().saturating_sub(1);
        self.crossing.get(steps_back).map_or(&[][..], Vec::as_slice).iter()
    }

    /// The certificates of the present path as they are given to the world: whoever trusts the root, or one of before,
    /// gets from it to what is issued now.
    pub(crate) fn served_path(&self) -> Vec<String> {
        let current = &self.issuing.current;
        let mut path = current.path(true);
        let root = path.pop();
        path.extend(self.crossing_to(current).cloned());
        path.extend(root);
        path
    }
}

impl Service {
    /// Gives all generations of the issuing authority the way to the root's current certificate: over the cross
    /// certificate, if the root's key is a new one (RFC 4210 4.4).
    pub(super) async fn lead_to_root(&self, renewal: &Renewal) -> anyhow::Result<()> {
        let Some(root) = self.store.current_authority(Role::Root).await? else { return Ok(()) };
        let root = Authority::from_value(&root.id, root.value)?;
        let (stored, _) = self.stored(Role::Issuing).await?;
        let mut value = stored.value.clone();
        lead(&mut value, &root);
        let former = value.get_mut("former").and_then(Value::as_array_mut);
        former.into_iter().flatten().for_each(|generation| lead(generation, &root));
        let next = value.get_mut("next").filter(|next| next.is_object());
        next.into_iter().for_each(|next| lead(next, &root));
        if value == stored.value {
            return Ok(());
        }
        let event = event(renewal, "chain", &stored.id);
        self.replace(stored, value, Vec::new(), event).await
    }

    /// Whether all generations of the issuing authority can be given the way to the root's next certificate.
    ///
    /// # Errors
    /// If one would be too far from it.
    pub(super) async fn check_crossing(&self, root: &Authority) -> anyhow::Result<()> {
        let is_new_key = root.next.as_ref().is_some_and(|next| next.key != root.current.key);
        let Some(issuing) = self.store.current_authority(Role::Issuing).await?.filter(|_| is_new_key) else {
            return Ok(());
        };
        let issuing = Authority::from_value(&issuing.id, issuing.value)?;
        let farthest = issuing.generations().max_by_key(|generation| generation.chain.len());
        ensure!(
            farthest.is_none_or(|generation| generation.chain.len() < MAX_CHAIN),
            "between generation {} of the issuing authority and the root lie as many keys of the root as there may be \
             ({MAX_CHAIN}): the root gets another key once that generation has ended and was let go",
            farthest.map_or(0, |generation| generation.number)
        );
        Ok(())
    }
}

/// The same for one generation, as it stands in the engine's value.
fn lead(generation: &mut Value, root: &Authority) {
    let Some(mut chain) = generation["chain"].as_array().cloned() else { return };
    let last = chain.pop();
    let last = last.as_ref().and_then(Value::as_str);
    let signed_by = root.generations().find(|one| Some(one.certificate.as_str()) == last);
    let Some(signed_by) = signed_by.filter(|one| one.number < root.current.number) else { return };
    if signed_by.key != root.current.key {
        // A root that had ended when it was renewed crosses nothing: then nothing leads from here to the new one.
        let Some(old_with_new) = root.value["cross_certificates"][1].as_str() else { return };
        chain.push(old_with_new.into());
    }
    chain.push(root.current.certificate.clone().into());
    generation["chain"] = chain.into();
}
