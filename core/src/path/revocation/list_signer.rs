//! Who signed a revocation list, and how far he is believed (RFC 5280 6.3.3 f and g).

use alloc::string::String;

use super::{
    super::{
        build::{Graph, Path, search_once},
        node::Node,
        policy::RevocationMode,
        terms::{Terms, Whose},
        validate::validate,
    },
    Checker, Holder, MAX_NESTING, Source, is_end,
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

impl Checker<'_, '_> {
    /// Steps f and g: whose key signed the list. It is that of the certificate's issuer, or of somebody of the list's
    /// name who has a path to the same anchor.
    pub(super) fn signer(
        &mut self,
        path: &Path,
        position: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Result<Signer, String>, Error> {
        let source = Source::List(index);
        let issuer = self.issuer(path, position)?;
        let mut wrong: String =
            "is signed by nobody of its issuer's name who has a path to the anchor".into();
        if *issuer.subject == list.issuer
            && self.is_signed(source, &list.signed, issuer.holder, issuer.key)?
        {
            let may = issuer.extensions.and_then(|own| own.key_usage).is_none_or(|usage| usage.crl_sign());
            if may {
                return Ok(Ok(Signer::strong(issuer.holder)));
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
                return Ok(Ok(Signer::strong(holder)));
            }
        }
        let mut weak = None;
        for &candidate in self.graph.named(&list.issuer) {
            match self.check_signer(path, position, candidate, index, list)? {
                Ok(None) => return Ok(Ok(Signer::strong(Holder::Node(candidate)))),
                Ok(Some(weakness)) => {
                    let holder = Holder::Node(candidate);
                    weak.get_or_insert(Signer { holder, weakness: Some(weakness) });
                }
                Err(Some(detail)) => wrong = detail,
                Err(None) => {}
            }
        }
        Ok(weak.ok_or(wrong))
    }

    /// Whether a certificate's key signed the list, may do so, and has a path to the same anchor on which nobody is
    /// revoked; and if that is not all that the question asks, what is missing. A list that is about its own signer is
    /// believed until it says that he is revoked.
    fn check_signer(
        &mut self,
        path: &Path,
        position: usize,
        candidate: usize,
        index: usize,
        list: &RevocationList,
    ) -> Result<Result<Option<String>, Option<String>>, Error> {
        let node = self.graph.node(candidate)?;
        let Ok((key, extensions)) = node.key().and_then(|key| Ok((key, node.extensions()?))) else {
            return Ok(Err(None));
        };
        let holder = Holder::Node(candidate);
        if !self.is_signed(Source::List(index), &list.signed, holder, key)? {
            return Ok(Err(None));
        }
        if !extensions.key_usage.is_some_and(|usage| usage.crl_sign()) {
            return Ok(Err(Some(
                "is signed by one whose key usage does not include cRLSign (RFC 5280 6.3.3 f)".into(),
            )));
        }
        if self.under_way.contains(&index) || path.chain.contains(&candidate) {
            return Ok(Ok(None));
        }
        if self.under_way.len() >= MAX_NESTING {
            return Ok(Err(Some("is signed by one whose own status rests on too many other lists".into())));
        }
        self.under_way.push(index);
        let question = self.graph.question;
        let asked = self.asked_of_signers();
        let terms = Terms { whose: Whose::ListSigner, now: question.now, policy: &asked };
        let found = match self.walk(path, position, candidate, list, terms, false) {
            Err(error) if !is_end(&error) => {
                let least = self.leniency();
                let now = self.spoke_at(node, list.this_update);
                let mode = core::mem::replace(&mut self.mode, RevocationMode::Soft);
                let terms = Terms { now, policy: &least, ..terms };
                let found = self.walk(path, position, candidate, list, terms, true);
                self.mode = mode;
                found.map(|()| {
                    Some(alloc::format!("has a signer who is not all that is asked: {}", error.detail))
                })
            }
            found => found.map(|()| None),
        };
        self.under_way.pop();
        match found {
            Ok(weakness) => Ok(Ok(weakness)),
            Err(error) if is_end(&error) => Err(error),
            Err(error) => Ok(Err(Some(alloc::format!("has a signer without a path: {}", error.detail)))),
        }
    }

    /// A path from a signer of the list to the same anchor, on these terms, on which nobody is revoked.
    fn walk(
        &mut self,
        path: &Path,
        position: usize,
        candidate: usize,
        list: &RevocationList,
        terms: Terms<'_>,
        far_and_wide: bool,
    ) -> Result<(), Error> {
        let (graph, node) = (self.graph, self.graph.node(candidate)?);
        // One authority may have several keys (RFC 5280 6.3.3 f); a namesake elsewhere under the anchor is another one.
        let above = path.chain.get(position.saturating_add(1)..).unwrap_or_default();
        let is_direct = *self.issuer(path, position)?.subject == list.issuer;
        search_once(graph, candidate, far_and_wide, |own| {
            let same = graph.anchor(own.anchor)?.anchor.spki == graph.anchor(path.anchor)?.anchor.spki
                && graph.anchor(own.anchor)?.subject == graph.anchor(path.anchor)?.subject;
            if !same {
                return Err(node.failure(ErrorCode::PathNotFound, "its path leads to another anchor"));
            }
            if is_direct && certifier(graph, &own.chain)? != certifier(graph, above)? {
                let detail = "it has the issuer's name, and another authority certified it than the issuer";
                return Err(node.failure(ErrorCode::PathNotFound, detail));
            }
            validate(graph, own, terms)?;
            self.check_path(own).map(|_| ())
        })
    }
}

/// Who certified the first of a chain, whichever keys of its own name are in between; none if that is the anchor's name.
fn certifier<'g>(graph: &'g Graph<'_>, chain: &[usize]) -> Result<Option<&'g Folded>, Error> {
    for index in chain {
        let node = graph.node(*index)?;
        if !node.is_self_issued() {
            return Ok(Some(&node.issuer));
        }
    }
    Ok(None)
}
