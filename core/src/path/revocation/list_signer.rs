//! Who signed a revocation list, and how far he is believed (RFC 5280 6.3.3 f and g).

use alloc::{string::String, vec::Vec};

use super::{
    super::{
        build::{Graph, Path, search_once},
        node::{Node, is_strong},
        policy::RevocationMode,
        terms::{Terms, Whose, is_valid},
        validate::validate,
    },
    Checker, Heard, Holder, MAX_NESTING, Source, is_end,
    list::RevocationList,
};
use crate::{
    distinguished_name::Folded,
    error::{Error, ErrorCode},
};

/// Who signed a list, and why he may say that a certificate is revoked, and not that it is good.
pub(super) struct Signer {
    pub(super) holder: Holder,
    pub(super) weakness: Option<String>,
}

impl Signer {
    const fn strong(holder: Holder) -> Self {
        Self { holder, weakness: None }
    }
}

/// The certificate that a list is asked about, and who may speak of it.
struct Subject<'p, 'g> {
    path: &'p Path,
    list: &'p RevocationList,
    /// Its issuer, and those above up to the anchor, by their names.
    authorities: Vec<&'g Folded>,
    /// Whether the list is in its issuer's name.
    is_direct: bool,
}

impl Subject<'_, '_> {
    /// Whether whom these certified is the issuer itself, by whatever key; or of the list's name, and certified by an
    /// authority of the path. A namesake that another authority certified is another one.
    fn check_certifiers(&self, certifiers: &[&Folded]) -> Result<(), &'static str> {
        let authorities = self.authorities.as_slice();
        match self.is_direct {
            true if authorities.get(1..) == Some(certifiers) => Ok(()),
            true => Err("it has the issuer's name, and another authority certified it than the issuer"),
            false if authorities.ends_with(certifiers) => Ok(()),
            false => Err("no authority above the certificate in question certified it"),
        }
    }
}

impl<'g> Checker<'g, '_> {
    /// Steps f and g: whose key signed the list. It is that of the certificate's issuer, or of somebody of the list's
    /// name who has a path to the same anchor.
    pub(super) fn signer(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Result<Signer, String>, Error> {
        const UNFIT: &str = "is signed by one whose key usage does not include cRLSign (RFC 5280 6.3.3 f)";
        let source = Source::List(index);
        let issuer = self.issuer(path, position)?;
        let mut wrong: String =
            "is signed by nobody of its issuer's name who has a path to the anchor".into();
        let is_direct = *issuer.subject == list.issuer;
        let above = path.chain.get(position.saturating_add(1)..).unwrap_or_default();
        let mut authorities = alloc::vec![issuer.subject];
        authorities.extend(certifiers(self.graph, above)?);
        let (subject, mut weak) = (Subject { path, list, authorities, is_direct }, None);
        if is_direct && self.is_signed(source, &list.signed, issuer.holder, issuer.key)? {
            let may = issuer.extensions.and_then(|own| own.key_usage).is_none_or(|usage| usage.crl_sign());
            if may {
                return Ok(Ok(Signer::strong(issuer.holder)));
            }
            // Another certificate of the same key may say more; a revocation by the key that issued counts.
            weak = Some(Signer { holder: issuer.holder, weakness: Some(UNFIT.into()) });
        }
        match self.anchor_signer(&subject, source)? {
            Some(signer) if signer.weakness.is_none() => return Ok(Ok(signer)),
            own => weak = weak.or(own),
        }
        for &candidate in self.graph.named(&list.issuer) {
            let node = self.graph.node(candidate)?;
            let Ok((key, extensions)) = node.key().and_then(|key| Ok((key, node.extensions()?))) else {
                continue;
            };
            let holder = Holder::Node(candidate);
            if !self.is_signed(source, &list.signed, holder, key)? {
                continue;
            }
            if !extensions.key_usage.map_or_else(|| extensions.is_ca(), |usage| usage.crl_sign()) {
                wrong = UNFIT.into();
                continue;
            }
            match self.check_signer(&subject, candidate, index)? {
                Ok(None) => return Ok(Ok(Signer::strong(holder))),
                Ok(Some(weakness)) => {
                    weak.get_or_insert(Signer { holder, weakness: Some(weakness) });
                }
                Err(detail) => wrong = detail,
            }
        }
        Ok(weak.ok_or(wrong))
    }

    /// The anchor of the path, or a namesake of it which is one, too: the same authority after or before a renewal.
    fn anchor_signer(&mut self, subject: &Subject<'_, 'g>, source: Source) -> Result<Option<Signer>, Error> {
        let (own, list) = (self.graph.anchor(subject.path.anchor)?, subject.list);
        if own.subject != list.issuer || subject.check_certifiers(&[]).is_err() {
            return Ok(None);
        }
        let least = self.leniency();
        let terms =
            Terms { spoke_at: Some(list.this_update), policy: &least, ..Terms::of(self.graph.question) };
        let others = self.graph.anchors_named(&list.issuer).iter().filter(|other| **other != own.index);
        for index in core::iter::once(own.index).chain(others.copied()) {
            let anchor = self.graph.anchor(index)?;
            let is_other = anchor.anchor.spki != own.anchor.spki;
            let fits = |node: &Node<'_>| {
                let usage = node.extensions()?.key_usage;
                let was_valid = !is_other || is_valid(node, terms);
                Ok::<_, Error>(was_valid && usage.is_none_or(|usage| usage.crl_sign()))
            };
            let Ok(key) = anchor.key() else { continue };
            let holder = Holder::Anchor(index);
            if anchor.node.as_ref().is_none_or(|node| fits(node).unwrap_or(false))
                && is_strong(key.kind(), &least)
                && self.is_signed(source, &list.signed, holder, key)?
            {
                let weakness = is_other.then(|| "is signed by another anchor than the path's".into());
                return Ok(Some(Signer { holder, weakness }));
            }
        }
        Ok(None)
    }

    /// Whether the certificate of a key that signed the list has a path to the same anchor on which nobody is revoked;
    /// and if that is not all that the question asks, what is missing. A list that is about its own signer is believed
    /// until it says that he is revoked.
    fn check_signer(
        &mut self,
        subject: &Subject<'_, 'g>,
        candidate: usize,
        index: usize,
    ) -> Result<Result<Option<String>, String>, Error> {
        let chain = &subject.path.chain;
        if let Some(place) = chain.iter().position(|own| *own == candidate) {
            let certifiers = certifiers(self.graph, chain.get(place..).unwrap_or_default())?;
            return Ok(match subject.check_certifiers(&certifiers) {
                Ok(()) => Ok(None),
                Err(detail) if subject.is_direct => Err(without_path(detail)),
                Err(detail) => Ok(Some(less_than_asked(detail))),
            });
        }
        let question = self.graph.question;
        let (asked, least) = (self.asked_of_signers(), self.leniency());
        let terms = Terms { whose: Whose::ListSigner, now: question.now, spoke_at: None, policy: &asked };
        let lenient = Terms { spoke_at: Some(subject.list.this_update), policy: &least, ..terms };
        let rests = match self.under_way.contains(&index) {
            true => Some("whether he is revoked rests on this very list"),
            false => (self.under_way.len() >= MAX_NESTING)
                .then_some("whether he is revoked rests on too many other lists"),
        };
        if let Some(rests) = rests {
            let found = self.has_path(subject, candidate, index, lenient)?;
            return Ok(match found {
                Ok(()) => Ok(Some(less_than_asked(rests))),
                Err(detail) => Err(without_path(&detail)),
            });
        }
        self.under_way.push(index);
        let (mode, heard) = (self.mode, self.heard);
        (self.mode, self.heard) = (question.policy.revocation, Heard::Everybody);
        let found = match self.walk(subject, candidate, terms, true) {
            Err(error) if !is_end(&error) => {
                (self.mode, self.heard) = (RevocationMode::Soft, Heard::Strong);
                let found = self.walk(subject, candidate, lenient, true);
                found.map(|()| Some(less_than_asked(&error.detail)))
            }
            found => found.map(|()| None),
        };
        (self.mode, self.heard) = (mode, heard);
        self.under_way.pop();
        match found {
            Ok(weakness) => Ok(Ok(weakness)),
            Err(error) if is_end(&error) => Err(error),
            Err(error) => Ok(Err(without_path(&error.detail))),
        }
    }

    /// Whether a signer has a path, whatever the statuses on it; each is looked for once.
    fn has_path(
        &mut self,
        subject: &Subject<'_, 'g>,
        candidate: usize,
        index: usize,
        terms: Terms<'_>,
    ) -> Result<Result<(), String>, Error> {
        let authorities = subject.authorities.iter().map(|name| (*name).clone()).collect();
        let key = (index, candidate, subject.path.anchor, authorities);
        if let Some(known) = self.graph.signer_paths.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = match self.walk(subject, candidate, terms, false) {
            Err(error) if is_end(&error) => return Err(error),
            found => found.map_err(|error| error.detail),
        };
        self.graph.signer_paths.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// A path from a signer of the list to the same anchor, on these terms, and on which nobody is revoked, if that is to
    /// be looked at.
    fn walk(
        &mut self,
        subject: &Subject<'_, 'g>,
        candidate: usize,
        terms: Terms<'_>,
        with_statuses: bool,
    ) -> Result<(), Error> {
        let (graph, node) = (self.graph, self.graph.node(candidate)?);
        let anchor = graph.anchor(subject.path.anchor)?;
        let is_lenient = terms.spoke_at.is_some();
        search_once(graph, candidate, is_lenient, |own| {
            let other = graph.anchor(own.anchor)?;
            // One that has the same name is the same authority after or before a renewal.
            let is_same = other.anchor.spki == anchor.anchor.spki || is_lenient;
            if !is_same || other.subject != anchor.subject {
                return Err(node.failure(ErrorCode::PathNotFound, "its path leads to another anchor"));
            }
            if let Err(detail) = subject.check_certifiers(&certifiers(graph, &own.chain)?)
                && (subject.is_direct || !is_lenient)
            {
                return Err(node.failure(ErrorCode::PathNotFound, detail));
            }
            validate(graph, own, terms)?;
            if with_statuses { self.check_path(own).map(|_| ()) } else { Ok(()) }
        })
    }
}

fn less_than_asked(detail: &str) -> String {
    alloc::format!("has a signer who is not all that is asked: {detail}")
}

fn without_path(detail: &str) -> String {
    alloc::format!("has a signer without a path: {detail}")
}

/// Who certified the first of a chain, who certified that one and so on up to the anchor, by their names, whichever keys
/// of one name are in between.
fn certifiers<'g>(graph: &'g Graph<'_>, chain: &[usize]) -> Result<Vec<&'g Folded>, Error> {
    let mut certifiers = Vec::new();
    for index in chain {
        let node = graph.node(*index)?;
        if !node.is_self_issued() {
            certifiers.push(&node.issuer);
        }
    }
    Ok(certifiers)
}
