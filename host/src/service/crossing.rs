//! What leads from the anchors of before to what the root issues now (RFC 4210 4.4, new with old).

use std::slice;

use super::hierarchy::{Authority, Generation};
use super::registration::describe;
use super::{CallError, Hierarchy, Resources};
use crate::ambient;

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
