//! Revocation by lists: CRL validation (RFC 5280 6.3.3), step by step.

use alloc::{string::String, vec::Vec};

use const_oid::db::rfc5280;

use super::{
    super::{
        build::{Path, search_once},
        extensions::{DistributionPoint, PointName},
        general_name::GeneralName,
        node::Node,
        validate,
    },
    Checker, Finding, Holder, MAX_NESTING, Notes, Source, is_end,
    list::{ALL_REASONS, IssuingDistributionPoint, RevocationList, is_at_least},
};
use crate::{
    crl::Reason,
    distinguished_name::Folded,
    error::{Error, ErrorCode},
};

impl<'g> Checker<'g, '_> {
    /// What the lists say of a certificate of a path.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    pub(super) fn find_by_list(&mut self, path: &Path, position: usize) -> Result<Finding, Error> {
        let node = self.at(path, position)?;
        let extensions = node.extensions()?;
        // As if the certificate said so: everything, from its issuer (RFC 5280 6.3.3, last paragraph).
        let implied = DistributionPoint {
            name: Some(PointName::Full(alloc::vec![GeneralName::Directory(node.issuer.clone())])),
            reasons: None,
            crl_issuer: None,
        };
        let (mut notes, mut mask, mut last) = (Notes::default(), 0_u16, None);
        for point in extensions.distribution_points.iter().chain([&implied]) {
            for (index, list) in self.graph.question.crls.iter().enumerate() {
                if mask == ALL_REASONS {
                    break;
                }
                let Some(reasons) = self.reasons(node, point, list)?.filter(|own| own & !mask != 0) else {
                    continue;
                };
                let source = Source::List(index);
                if let Err(wrong) = self.check_list(path, position, index, list)? {
                    notes.add(source, wrong);
                    continue;
                }
                if let Some((at, reason)) = self.look_up(path, position, index, list)? {
                    return Ok(Finding::Revoked { source, at, reason });
                }
                mask |= reasons;
                last = Some((source, list));
            }
        }
        Ok(match last {
            Some((source, list)) if mask == ALL_REASONS => {
                Finding::Good { source, this_update: list.this_update, next_update: list.next_update }
            }
            Some((source, _)) => {
                notes.add(source, "is about some reasons only, and none is about the others");
                Finding::Unknown(notes)
            }
            None => Finding::Unknown(notes),
        })
    }

    /// Steps b and d: the reasons that a full list is about, if it is one for that certificate and point.
    fn reasons(
        &self,
        node: &Node<'_>,
        point: &DistributionPoint<'_>,
        list: &RevocationList,
    ) -> Result<Option<u16>, Error> {
        if list.base.is_some() {
            return Ok(None);
        }
        let own =
            list.issuing_distribution_point().map_err(|error| Error::new(ErrorCode::CrlMalformed, error))?;
        let is_indirect = own.as_ref().is_some_and(|own| own.is_indirect);
        let is_issuer = match &point.crl_issuer {
            Some(names) => is_indirect && names.contains(&GeneralName::Directory(list.issuer.clone())),
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
            !other_kind && !own.only_attribute_certificates && self.is_point(&own, point, list, node)?;
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
        let own_names = names(name, &list.issuer);
        let wanted = match (&point.name, &point.crl_issuer) {
            (Some(name), issuer) => {
                let issuer = issuer.as_deref().and_then(directory).unwrap_or(&node.issuer);
                names(name, issuer)
            }
            (None, Some(issuer)) => issuer.clone(),
            (None, None) => Vec::new(),
        };
        self.graph.budget.comparisons(own_names.len().saturating_mul(wanted.len()))?;
        Ok(own_names.iter().any(|name| wanted.contains(name)))
    }

    /// Whether a list may be used: its time, its extensions, its signer.
    fn check_list(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Result<(), String>, Error> {
        let usable = self
            .check_time(list.this_update, list.next_update, None)
            .and_then(|()| list.check(self.graph.question.policy.rules));
        match usable {
            Ok(()) => Ok(self.signer(path, position, index, list)?.map(|_| ())),
            Err(wrong) => Ok(Err(wrong)),
        }
    }

    /// Steps f and g: whose key signed the list. It is that of the certificate's issuer, or of somebody of the list's
    /// name who has a path to the same anchor.
    fn signer(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Result<Holder, String>, Error> {
        let source = Source::List(index);
        let issuer = self.issuer(path, position)?;
        let mut wrong: String =
            "is signed by nobody of its issuer's name who has a path to the anchor".into();
        if *issuer.subject == list.issuer
            && self.is_signed(source, &list.signed, issuer.holder, issuer.key)?
        {
            let may = issuer.extensions.and_then(|own| own.key_usage).is_none_or(|usage| usage.crl_sign());
            if may {
                return Ok(Ok(issuer.holder));
            }
            wrong = "is signed by one whose key usage does not include cRLSign (RFC 5280 6.3.3 f)".into();
        }
        let anchor = self.graph.anchor(path.anchor)?;
        if anchor.subject == list.issuer {
            let holder = Holder::Anchor(path.anchor);
            let usage = anchor.node.as_ref().map(Node::extensions).transpose()?.and_then(|own| own.key_usage);
            if usage.is_none_or(|usage| usage.crl_sign())
                && self.is_signed(source, &list.signed, holder, anchor.key()?)?
            {
                return Ok(Ok(holder));
            }
        }
        for &candidate in self.graph.named(&list.issuer) {
            match self.check_signer(path, candidate, index, list)? {
                Ok(()) => return Ok(Ok(Holder::Node(candidate))),
                Err(Some(detail)) => wrong = detail,
                Err(None) => {}
            }
        }
        Ok(Err(wrong))
    }

    /// Whether a certificate's key signed the list, may do so, and has a path to the same anchor on which nobody is
    /// revoked. A list that is about its own signer is believed until it says that he is revoked.
    fn check_signer(
        &mut self,
        path: &Path,
        candidate: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Result<(), Option<String>>, Error> {
        let node = self.graph.node(candidate)?;
        let Ok((key, extensions)) = node.key().and_then(|key| Ok((key, node.extensions()?))) else {
            return Ok(Err(None));
        };
        let holder = Holder::Node(candidate);
        if !self.is_signed(Source::List(index), &list.signed, holder, key)? {
            return Ok(Err(None));
        }
        if extensions.key_usage.is_some_and(|usage| !usage.crl_sign()) {
            return Ok(Err(Some(
                "is signed by one whose key usage does not include cRLSign (RFC 5280 6.3.3 f)".into(),
            )));
        }
        if self.under_way.contains(&index) || path.chain.contains(&candidate) {
            return Ok(Ok(()));
        }
        if self.under_way.len() >= MAX_NESTING {
            return Ok(Err(Some("is signed by one whose own status rests on too many other lists".into())));
        }
        self.under_way.push(index);
        let graph = self.graph;
        let found = search_once(graph, candidate, |own| {
            let same = graph.anchor(own.anchor)?.anchor.spki == graph.anchor(path.anchor)?.anchor.spki
                && graph.anchor(own.anchor)?.subject == graph.anchor(path.anchor)?.subject;
            if !same {
                return Err(node.failure(ErrorCode::PathNotFound, "its path leads to another anchor"));
            }
            validate::validate(graph, own)?;
            self.check_path(own).map(|_| ())
        });
        self.under_way.pop();
        match found {
            Ok(()) => Ok(Ok(())),
            Err(error) if is_end(&error) => Err(error),
            Err(error) => Ok(Err(Some(alloc::format!("has a signer without a path: {}", error.detail)))),
        }
    }

    /// Steps i to k: the entry of the certificate in the newest delta of the list, or in the list.
    fn look_up(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Option<(u64, Reason)>, Error> {
        let node = self.at(path, position)?;
        let (serial, graph) = (node.certificate.serial_number(), self.graph);
        let each = || graph.budget.entry();
        let mut found = None;
        if let Some(delta) = self.delta(path, position, index, list)? {
            found = delta.find(serial, &node.issuer, each)?;
        }
        let found = match found {
            Some(found) => Some(found),
            None => list.find(serial, &node.issuer, each)?,
        };
        Ok(found.filter(|(_, reason)| *reason != Reason::RemoveFromCrl))
    }

    /// Steps c and h: the newest delta that adds to the list, by the same signer.
    fn delta(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Option<&'g RevocationList>, Error> {
        let Ok(signer) = self.signer(path, position, index, list)? else { return Ok(None) };
        let question = self.graph.question;
        let mut newest: Option<&'g RevocationList> = None;
        for (number, delta) in question.crls.iter().enumerate() {
            let fits = adds_to(delta, list)
                && newest.is_none_or(|newest| is_newer(delta, newest))
                && self.check_time(delta.this_update, delta.next_update, None).is_ok()
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

/// Step c: the same issuer, scope and key; the delta begins no later than the list, and goes on from it (5.2.4).
fn adds_to(delta: &RevocationList, list: &RevocationList) -> bool {
    let same = |id| delta.octets(id) == list.octets(id);
    let (Some(base), Some(number), Some(own)) = (&delta.base, &list.number, &delta.number) else {
        return false;
    };
    delta.issuer == list.issuer
        && same(rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT)
        && same(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER)
        && is_at_least(number, base)
        && is_at_least(own, number)
}

fn is_newer(one: &RevocationList, other: &RevocationList) -> bool {
    let number = |list: &RevocationList| list.number.clone().unwrap_or_default();
    !is_at_least(&number(other), &number(one))
}

/// The names of a distribution point, one that is relative to its issuer's name in full.
fn names<'n>(name: &PointName<'n>, issuer: &Folded) -> Vec<GeneralName<'n>> {
    match name {
        PointName::Full(names) => names.clone(),
        PointName::Relative(attributes) => alloc::vec![GeneralName::Directory(issuer.below(attributes))],
    }
}

fn directory<'n>(names: &'n [GeneralName<'_>]) -> Option<&'n Folded> {
    names.iter().find_map(|name| match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    })
}
