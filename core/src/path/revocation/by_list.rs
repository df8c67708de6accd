//! Revocation by lists: CRL validation (RFC 5280 6.3.3), step by step.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    string::String,
    vec::Vec,
};

use const_oid::db::rfc5280;

use super::{
    super::{
        build::Path,
        extensions::{DistributionPoint, PointName},
        general_name::GeneralName,
        node::Node,
    },
    Checker, Finding, Heard, Holder, Notes, Source,
    list::{ALL_REASONS, IssuingDistributionPoint, RevocationList, is_at_least},
    list_signer::Signer,
};
use crate::{crl::Reason, distinguished_name::Folded, error::Error};

/// A list that may be used for a certificate.
struct Read<'g> {
    source: Source,
    list: &'g RevocationList,
    signer: Holder,
    /// Whether the key that signed the certificate signed it, and not another of the name.
    by_issuer: bool,
    /// Why it may say that a certificate is revoked, and not that it is good.
    weakness: Option<String>,
    /// Whether that is so of its signer.
    is_weakly_signed: bool,
    has_begun: bool,
    is_current: bool,
    /// The newest delta that adds to it.
    delta: Option<&'g RevocationList>,
    /// The reasons that it is about, for the certificate.
    reasons: u16,
    entry: Option<(u64, Reason)>,
}

impl Read<'_> {
    /// Whether it says that the certificate is on hold, and a later list of the kind, which does not, that this is over
    /// (RFC 5280 5.3.1); of a delta's silence only another delta to the same base tells. No other revocation is taken
    /// back: one list of all is enough.
    fn is_over(&self, all: &[&Self]) -> bool {
        let is_silent_and_newer = |other: &&Self| {
            other.entry.is_none()
                && other.has_begun
                && is_newer(other.list, self.list)
                && is_of_a_kind(other.list, self.list)
                && other.signer == self.signer
                && (other.list.base.is_none() || other.list.base == self.list.base)
        };
        self.is_hold() && all.iter().any(is_silent_and_newer)
    }

    fn is_hold(&self) -> bool {
        matches!(self.entry, Some((_, Reason::CertificateHold)))
    }

    /// What it says, if that is a revocation. A list that has ended says nothing of a hold any more.
    fn revoked(&self, all: &[&Self]) -> Option<Finding> {
        let (at, reason) = self.entry?;
        let counts = !self.is_over(all) && (self.is_current || !self.is_hold());
        counts.then_some(Finding::Revoked { source: self.source, at, reason })
    }

    /// Whether it says of what is not in it that it is good: nobody said later that the certificate is on hold.
    fn says_good(&self, held_at: Option<u64>) -> bool {
        self.entry.is_none() && self.weakness.is_none() && Some(self.spoke_at()) >= held_at
    }

    /// Of when it is, with its delta.
    fn spoke_at(&self) -> u64 {
        self.delta.map_or(self.list.this_update, |delta| delta.this_update.max(self.list.this_update))
    }

    /// When there will be news of the list or of its delta.
    fn next_update(&self) -> Option<u64> {
        [Some(self.list), self.delta].into_iter().flatten().filter_map(|list| list.next_update).min()
    }

    /// The better one is told of as the reason why a certificate is good.
    const fn rank(&self) -> (bool, u64) {
        (self.by_issuer, self.list.this_update)
    }
}

/// All that may be used for a certificate, and why the others may not.
pub(super) struct Lists<'g> {
    read: Vec<Read<'g>>,
    notes: Notes,
}

impl Lists<'_> {
    fn heard(&self, heard: Heard) -> Vec<&Read<'_>> {
        self.read.iter().filter(|own| heard == Heard::Everybody || !own.is_weakly_signed).collect()
    }

    /// What they say, if that is a revocation.
    pub(super) fn revoked(&self, heard: Heard) -> Option<Finding> {
        let read = self.heard(heard);
        read.iter().find_map(|own| own.revoked(&read))
    }

    /// When one of them said last that the certificate is on hold, if none took that back since.
    pub(super) fn held_at(&self, heard: Heard) -> Option<u64> {
        let read = self.heard(heard);
        let holds = read.iter().filter(|own| own.is_hold() && !own.is_over(&read));
        holds.map(|own| own.spoke_at()).max()
    }

    /// What they say of a certificate that is not revoked, but was on hold at that time, if it was.
    pub(super) fn unless_revoked(&self, heard: Heard, held_at: Option<u64>) -> Finding {
        let read = self.heard(heard);
        let good: Vec<_> = read.iter().filter(|own| own.says_good(held_at)).collect();
        let reasons = good.iter().fold(0, |all, own| all | own.reasons);
        let mut notes = self.notes.clone();
        match good.iter().max_by_key(|own| own.rank()) {
            Some(best) if reasons == ALL_REASONS => Finding::Good {
                source: best.source,
                this_update: best.list.this_update,
                next_update: next_update(best, &good),
            },
            Some(best) => {
                notes.add(best.source, "is about some reasons only, and none is about the others");
                Finding::Unknown(notes)
            }
            None => Finding::Unknown(notes),
        }
    }
}

impl<'g> Checker<'g, '_> {
    /// The lists that may be used for a certificate of a path.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    pub(super) fn read_lists(&mut self, path: &Path, position: usize) -> Result<Lists<'g>, Error> {
        let node = self.at(path, position)?;
        let extensions = node.extensions()?;
        // As if the certificate said so: everything, from its issuer (RFC 5280 6.3.3, last paragraph).
        let implied = DistributionPoint {
            name: Some(PointName::Full(alloc::vec![GeneralName::Directory(node.issuer.clone())])),
            reasons: None,
            crl_issuer: None,
        };
        let mut notes = Notes::default();
        let mut read: BTreeMap<usize, Option<Read<'g>>> = BTreeMap::new();
        for point in extensions.distribution_points.iter().chain([&implied]) {
            for (index, list) in self.graph.question.crls.iter().enumerate() {
                self.graph.budget.entry(0)?;
                let Some(reasons) = self.reasons(node, point, index, list)? else { continue };
                let known = match read.entry(index) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => place.insert(self.read(path, position, index, list, &mut notes)?),
                };
                if let Some(own) = known {
                    own.reasons |= reasons;
                }
            }
        }
        Ok(Lists { read: read.into_values().flatten().collect(), notes })
    }

    /// A list that may be used, and what it says of the certificate; notes of why it may not, or not for everything.
    fn read(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &'g RevocationList,
        notes: &mut Notes,
    ) -> Result<Option<Read<'g>>, Error> {
        let source = Source::List(index);
        let signer = match list.check_critical() {
            Ok(()) => self.signer(path, position, index, list)?,
            Err(wrong) => Err(wrong),
        };
        let Signer { holder: signer, weakness: own } = match signer {
            Ok(signer) => signer,
            Err(wrong) => {
                notes.add(source, wrong);
                return Ok(None);
            }
        };
        let current = self.check_current(list.this_update, list.next_update, None);
        let is_current = list.next_update.is_none() || current.is_ok();
        let begun = self.check_begun(list.this_update);
        let has_begun = begun.is_ok();
        let is_weakly_signed = own.is_some();
        let weakness = own.or_else(|| self.weakness(list, begun.and(current)));
        if let Some(weakness) = &weakness {
            notes.add(source, weakness);
        }
        let by_issuer = signer == self.issuer(path, position)?.holder;
        let delta = self.delta(signer, list)?;
        let entry = self.look_up(path, position, list, delta)?;
        let reasons = 0;
        Ok(Some(Read {
            source,
            list,
            signer,
            by_issuer,
            weakness,
            is_weakly_signed,
            has_begun,
            is_current,
            delta,
            reasons,
            entry,
        }))
    }

    /// Why a list does not say of everything that is not in it that it is good.
    fn weakness(&self, list: &RevocationList, current: Result<(), String>) -> Option<String> {
        if list.base.is_some() {
            return Some("is a delta, which says nothing of what was before (RFC 5280 5.2.4)".into());
        }
        current.and_then(|()| list.check(self.graph.question.policy.rules)).err()
    }

    /// Steps b and d: the reasons that a list is about, if it is one for that certificate and point.
    fn reasons(
        &self,
        node: &Node<'_>,
        point: &DistributionPoint<'_>,
        index: usize,
        list: &RevocationList,
    ) -> Result<Option<u16>, Error> {
        let own = self.graph.list_points.get(index).and_then(Option::as_ref);
        let is_indirect = own.is_some_and(|own| own.is_indirect);
        let is_issuer = match &point.crl_issuer {
            Some(names) if is_indirect => {
                self.graph.budget.comparisons(names.len())?;
                names.iter().filter_map(directory).any(|name| *name == list.issuer)
            }
            Some(_) => false,
            None => list.issuer == node.issuer,
        };
        if !is_issuer {
            return Ok(None);
        }
        let some = point.reasons.unwrap_or(ALL_REASONS) & ALL_REASONS;
        let Some(own) = own else { return Ok(Some(some)) };
        let is_ca = node.extensions()?.is_ca();
        let other_kind = if is_ca { own.only_user_certificates } else { own.only_ca_certificates };
        let is_about =
            !other_kind && !own.only_attribute_certificates && self.is_point(own, point, list, node)?;
        Ok(is_about.then_some(some & own.only_some_reasons.unwrap_or(ALL_REASONS)))
    }

    /// Step b 2 i: whether a name of the list's point is one of the certificate's.
    fn is_point(
        &self,
        own: &IssuingDistributionPoint<'_>,
        point: &DistributionPoint<'_>,
        list: &RevocationList,
        node: &Node<'_>,
    ) -> Result<bool, Error> {
        let Some(name) = &own.name else { return Ok(true) };
        let wanted = match (&point.name, &point.crl_issuer) {
            (Some(name), issuer) => {
                let issuer = issuer.iter().flatten().find_map(directory).unwrap_or(&node.issuer);
                self.names(name, issuer)?
            }
            (None, Some(issuer)) => issuer.clone(),
            (None, None) => return Ok(false),
        };
        let own_names = self.names(name, &list.issuer)?;
        self.graph.budget.comparisons(own_names.len().saturating_mul(wanted.len()))?;
        Ok(own_names.iter().any(|name| wanted.contains(name)))
    }

    /// The names of a distribution point, one that is relative to its issuer's name in full.
    fn names<'n>(&self, name: &PointName<'n>, issuer: &Folded) -> Result<Vec<GeneralName<'n>>, Error> {
        match name {
            PointName::Full(names) => {
                self.graph.budget.comparisons(names.len())?;
                Ok(names.clone())
            }
            PointName::Relative(attributes) => {
                Ok(alloc::vec![GeneralName::Directory(issuer.below(attributes))])
            }
        }
    }

    /// Steps i to k: the entry of the certificate in the newest delta of the list, or in the list.
    fn look_up(
        &mut self,
        path: &Path,
        position: usize,
        list: &RevocationList,
        delta: Option<&RevocationList>,
    ) -> Result<Option<(u64, Reason)>, Error> {
        let node = self.at(path, position)?;
        let (serial, graph) = (node.certificate.serial_number(), self.graph);
        let each = |length| graph.budget.entry(length);
        let in_delta = delta.map(|delta| delta.find(serial, &node.issuer, each)).transpose()?.flatten();
        let in_list = list.find(serial, &node.issuer, each)?;
        // The end of a hold (5.3.1): no other revocation is taken back.
        let found = match in_list {
            Some((_, Reason::CertificateHold)) | None if in_delta.is_some() => in_delta,
            found => found,
        };
        Ok(found.filter(|(_, reason)| *reason != Reason::RemoveFromCrl))
    }

    /// Steps c and h: the newest delta that adds to the list, by the same signer.
    fn delta(&mut self, signer: Holder, list: &RevocationList) -> Result<Option<&'g RevocationList>, Error> {
        let question = self.graph.question;
        let mut newest: Option<&'g RevocationList> = None;
        for (number, delta) in question.crls.iter().enumerate() {
            self.graph.budget.entry(0)?;
            let fits = adds_to(delta, list)
                && newest.is_none_or(|newest| is_newer(delta, newest))
                && self.check_begun(delta.this_update).is_ok()
                && self.check_current(delta.this_update, delta.next_update, None).is_ok()
                && delta.check_critical().is_ok()
                && delta.check(question.policy.rules).is_ok();
            if fits && self.is_signed_by(number, delta, signer)? {
                newest = Some(delta);
            }
        }
        Ok(newest)
    }

    fn is_signed_by(&mut self, index: usize, list: &RevocationList, signer: Holder) -> Result<bool, Error> {
        let key = match signer {
            Holder::Anchor(index) => self.graph.anchor(index)?.key()?,
            Holder::Node(index) => self.graph.node(index)?.key()?,
        };
        self.is_signed(Source::List(index), &list.signed, signer, key)
    }
}

/// When there will be news of what says that a certificate is good: the best list, where it is about all reasons, else of
/// all that are about some.
fn next_update(best: &Read<'_>, good: &[&&Read<'_>]) -> Option<u64> {
    if best.reasons == ALL_REASONS {
        return best.next_update();
    }
    good.iter().filter_map(|own| own.next_update()).min()
}

/// Step c: the same issuer, scope and key; the delta begins no later than the list, and goes on from it (5.2.4).
fn adds_to(delta: &RevocationList, list: &RevocationList) -> bool {
    let (Some(base), Some(number), Some(own)) = (&delta.base, &list.number, &delta.number) else {
        return false;
    };
    is_of_a_kind(delta, list) && is_at_least(number, base) && is_at_least(own, number)
}

/// Whether issuer, scope and key are the same.
fn is_of_a_kind(one: &RevocationList, other: &RevocationList) -> bool {
    let same = |id| one.octets(id) == other.octets(id);
    one.issuer == other.issuer
        && same(rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT)
        && same(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER)
}

fn is_newer(one: &RevocationList, other: &RevocationList) -> bool {
    let [one, other] = [one, other].map(|list| list.number.as_deref().unwrap_or_default());
    !is_at_least(other, one)
}

const fn directory<'n>(name: &'n GeneralName<'_>) -> Option<&'n Folded> {
    match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    }
}
