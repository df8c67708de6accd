//! Who signed a revocation list, and how far he is believed (RFC 5280 6.3.3 f and g).

use alloc::{string::String, vec::Vec};

use super::{
    super::{
        build::{Graph, Path, search_once},
        node::Node,
        policy::RevocationMode,
        terms::{Terms, Whose},
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
        let (is_direct, mut weak) = (*issuer.subject == list.issuer, None);
        if is_direct && self.is_signed(source, &list.signed, issuer.holder, issuer.key)? {
            let may = issuer.extensions.and_then(|own| own.key_usage).is_none_or(|usage| usage.crl_sign());
            if may {
                return Ok(Ok(Signer::strong(issuer.holder)));
            }
            // Another certificate of the same key may say more; a revocation by the key that issued counts.
            weak = Some(Signer { holder: issuer.holder, weakness: Some(UNFIT.into()) });
        }
        match self.anchor_signer(path, source, list)? {
            Some(signer) if signer.weakness.is_none() => return Ok(Ok(signer)),
            own => weak = weak.or(own),
        }
        let above = path.chain.get(position.saturating_add(1)..).unwrap_or_default();
        let mut authorities = alloc::vec![issuer.subject];
        authorities.extend(certifiers(self.graph, above)?);
        let subject = Subject { path, list, authorities, is_direct };
        for &candidate in self.graph.named(&list.issuer) {
            let node = self.graph.node(candidate)?;
            let Ok((key, extensions)) = node.key().and_then(|key| Ok((key, node.extensions()?))) else {
                continue;
            };
            let holder = Holder::Node(candidate);
            if !self.is_signed(source, &list.signed, holder, key)? {
                continue;
            }
            if !extensions.key_usage.is_some_and(|usage| usage.crl_sign()) {
                wrong = UNFIT.into();
                continue;
            }
            match self.check_signer(&subject, candidate, index)? {
                Ok(None) => return Ok(Ok(Signer::strong(holder))),
                Ok(Some(weakness)) => {
                    weak.get_or_insert(Signer { holder, weakness: Some(weakness) });
                }
                Err(Some(detail)) => wrong = detail,
                Err(None) => {}
            }
        }
        Ok(weak.ok_or(wrong))
    }

    /// The anchor of the path, or a namesake of it which is one, too: the same authority after or before a renewal.
    fn anchor_signer(
        &mut self,
        path: &Path,
        source: Source,
        list: &RevocationList,
    ) -> Result<Option<Signer>, Error> {
        if self.graph.anchor(path.anchor)?.subject != list.issuer {
            return Ok(None);
        }
        let others = self.graph.anchors_named(&list.issuer).iter().filter(|other| **other != path.anchor);
        for index in core::iter::once(path.anchor).chain(others.copied()) {
            let anchor = self.graph.anchor(index)?;
            let usage = anchor.node.as_ref().map(Node::extensions).transpose()?.and_then(|own| own.key_usage);
            let holder = Holder::Anchor(index);
            if usage.is_none_or(|usage| usage.crl_sign())
                && self.is_signed(source, &list.signed, holder, anchor.key()?)?
            {
                let is_other = index != path.anchor;
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
    ) -> Result<Result<Option<String>, Option<String>>, Error> {
        let chain = &subject.path.chain;
        if let Some(place) = chain.iter().position(|own| *own == candidate) {
            let certifiers = certifiers(self.graph, chain.get(place..).unwrap_or_default())?;
            return Ok(match subject.check_certifiers(&certifiers) {
                Ok(()) => Ok(None),
                Err(detail) if subject.is_direct => Err(Some(without_path(detail))),
                Err(detail) => Ok(Some(less_than_asked(detail))),
            });
        }
        if self.under_way.contains(&index) {
            return Ok(Err(None));
        }
        if self.under_way.len() >= MAX_NESTING {
            return Ok(Err(Some("is signed by one whose own status rests on too many other lists".into())));
        }
        self.under_way.push(index);
        let question = self.graph.question;
        let (asked, least) = (self.asked_of_signers(), self.leniency());
        let terms = Terms { whose: Whose::ListSigner, now: question.now, spoke_at: None, policy: &asked };
        let (mode, heard) = (self.mode, core::mem::replace(&mut self.heard, Heard::Everybody));
        let found = match self.walk(subject, candidate, terms) {
            Err(error) if !is_end(&error) => {
                self.mode = RevocationMode::Soft;
                self.heard = Heard::Strong;
                let terms = Terms { spoke_at: Some(subject.list.this_update), policy: &least, ..terms };
                self.walk(subject, candidate, terms).map(|()| Some(less_than_asked(&error.detail)))
            }
            found => found.map(|()| None),
        };
        (self.mode, self.heard) = (mode, heard);
        self.under_way.pop();
        match found {
            Ok(weakness) => Ok(Ok(weakness)),
            Err(error) if is_end(&error) => Err(error),
            Err(error) => Ok(Err(Some(without_path(&error.detail)))),
        }
    }

    /// A path from a signer of the list to the same anchor, on these terms, on which nobody is revoked.
    fn walk(&mut self, subject: &Subject<'_, 'g>, candidate: usize, terms: Terms<'_>) -> Result<(), Error> {
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
            self.check_path(own).map(|_| ())
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
