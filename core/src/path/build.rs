//! Building paths (RFC 4158): from a certificate up, depth first, the likeliest issuer first, every signature checked
//! once at most.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::cell::RefCell;

use super::{
    Chain, Question,
    budget::{Budget, MAX_ISSUERS},
    conformance,
    node::{Anchor, Node, Origin, verify_signature},
    rank::MostTelling,
    revocation::{Holder, IssuingDistributionPoint, RevocationList, Source},
    terms::{Terms, is_valid},
    validate::{check_critical, check_issuer},
};
use crate::{
    certificate::Certificate,
    distinguished_name::Folded,
    error::{Error, ErrorCode},
};

/// A path: the certificates by their numbers in the graph, the one in question first, and the anchor.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) chain: Chain,
    pub(super) anchor: usize,
}

/// Who may have issued a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Issuer {
    Anchor(usize),
    Node(usize),
}

/// A list, who signed it, an anchor, and the authorities of the certificate that the list is asked about.
pub(super) type SignerPath = (usize, usize, usize, Vec<Folded>);

/// Everything that was given, and what was found out about it.
pub(super) struct Graph<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) anchors: Vec<Anchor<'a>>,
    pub(super) budget: Budget,
    issuers: BTreeMap<Folded, Vec<usize>>,
    anchors_by_name: BTreeMap<Folded, Vec<usize>>,
    signatures: RefCell<BTreeMap<(usize, Issuer), Result<(), Error>>>,
    /// What became of the signatures of lists and responses.
    pub(super) revocation_signatures: RefCell<BTreeMap<(Source, Holder), bool>>,
    /// Whether a signer of a list has a path at all.
    pub(super) signer_paths: RefCell<BTreeMap<SignerPath, Result<(), String>>>,
    /// What each list is about.
    pub(super) list_points: Vec<Option<IssuingDistributionPoint<'a>>>,
}

impl<'a> Graph<'a> {
    /// # Errors
    /// None in practice: names are names.
    pub(super) fn new(question: &'a Question<'a>) -> Result<Self, Error> {
        let anchors = question.anchors.iter().enumerate().map(|(index, anchor)| Anchor::new(index, anchor));
        let anchors: Vec<_> = anchors.collect::<Result<_, _>>()?;
        let mut anchors_by_name: BTreeMap<Folded, Vec<usize>> = BTreeMap::new();
        for anchor in &anchors {
            anchors_by_name.entry(anchor.subject.clone()).or_default().push(anchor.index);
        }
        let mut nodes = alloc::vec![Node::new(question.certificate, Origin::Target)?];
        let mut issuers: BTreeMap<Folded, Vec<usize>> = BTreeMap::new();
        for (index, certificate) in question.intermediates.iter().enumerate() {
            let node = Node::new(certificate, Origin::Intermediate(index))?;
            // Nobody goes on through an anchor.
            if !is_anchor(certificate, question, &anchors_by_name, &node.subject) {
                issuers.entry(node.subject.clone()).or_default().push(nodes.len());
            }
            nodes.push(node);
        }
        for (index, response) in question.ocsp_responses.iter().enumerate() {
            for (within, certificate) in response.certificates().iter().enumerate() {
                nodes.push(Node::new(certificate, Origin::Response(index, within))?);
            }
        }
        let list_points = question.crls.iter().map(RevocationList::issuing_distribution_point);
        Ok(Self {
            question,
            nodes,
            anchors,
            budget: Budget::new(),
            issuers,
            anchors_by_name,
            signatures: RefCell::default(),
            revocation_signatures: RefCell::default(),
            signer_paths: RefCell::default(),
            list_points: list_points.collect::<der::Result<_>>().map_err(|_| defect())?,
        })
    }

    /// The certificate in question.
    pub(super) const fn target(&self) -> usize {
        0
    }

    /// The intermediates, in their order.
    pub(super) fn intermediates(&self) -> core::ops::RangeInclusive<usize> {
        1..=self.question.intermediates.len()
    }

    /// # Errors
    /// None in practice: numbers come from this graph.
    pub(super) fn node(&self, index: usize) -> Result<&Node<'a>, Error> {
        self.nodes.get(index).ok_or_else(defect)
    }

    /// # Errors
    /// None in practice: numbers come from this graph.
    pub(super) fn anchor(&self, index: usize) -> Result<&Anchor<'a>, Error> {
        self.anchors.get(index).ok_or_else(defect)
    }

    /// Those that may sign for a name, such as that of a list's issuer.
    pub(super) fn named(&self, subject: &Folded) -> &[usize] {
        self.issuers.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The anchors of a name.
    pub(super) fn anchors_named(&self, subject: &Folded) -> &[usize] {
        self.anchors_by_name.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Whether the issuer's key made the certificate's signature (RFC 5280 6.1.3 a 1).
    fn check_signature(&self, index: usize, issuer: Issuer) -> Result<(), Error> {
        if let Some(known) = self.signatures.borrow().get(&(index, issuer)) {
            return known.clone();
        }
        let result = self.verify(self.node(index)?, issuer);
        if !matches!(&result, Err(error) if error.code == ErrorCode::PathBudgetExhausted) {
            self.signatures.borrow_mut().insert((index, issuer), result.clone());
        }
        result
    }

    fn verify(&self, node: &Node<'_>, issuer: Issuer) -> Result<(), Error> {
        let (key, origin) = match issuer {
            Issuer::Anchor(index) => (self.anchor(index)?.key()?, Origin::Anchor(index)),
            Issuer::Node(index) => (self.node(index)?.key()?, self.node(index)?.origin),
        };
        self.budget.signature()?;
        verify_signature(node.certificate.signed(), key, self.question.policy).map_err(|error| {
            let (code, detail) = (error.code, error.detail);
            node.failure(code, format_args!("by the key of {origin}: {detail} (RFC 5280 6.1.3 a 1)"))
        })
    }

    /// Those who may have issued a certificate by its issuer's name, the likeliest first: the one that its authority
    /// key identifier means, then those that are valid now.
    fn candidates(&self, node: &Node<'_>) -> Vec<usize> {
        let mut candidates: Vec<_> = self.named(&node.issuer).to_vec();
        let wanted = node.extensions().ok().and_then(|own| own.authority_key.as_ref()?.identifier);
        candidates.sort_by_cached_key(|index| {
            let node = self.nodes.get(*index);
            let own = node.and_then(|node| node.extensions().ok()?.subject_key);
            let differs = wanted.zip(own).is_some_and(|(wanted, own)| wanted != own);
            (differs, !node.is_some_and(|node| is_valid(node, Terms::of(self.question))))
        });
        candidates
    }

    /// Whether a certificate may be an issuer, whomever it issued to.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    fn is_plausible(&self, node: &Node<'_>) -> Result<bool, Error> {
        if let Some(known) = node.known.is_plausible.get() {
            return Ok(*known);
        }
        // That it is self-signed, its rules may have to find out.
        if node.is_self_issued() && node.extensions().is_ok_and(|own| own.authority_key.is_none()) {
            self.budget.signature()?;
        }
        let check = || {
            check_issuer(node)?;
            check_critical(node)?;
            conformance::check(node, conformance::Place::Issuer, self.question.policy)
        };
        Ok(*node
            .known
            .is_plausible
            .get_or_init(|| is_valid(node, Terms::of(self.question)) && check().is_ok()))
    }
}

/// Whether the certificate, byte for byte, is that of an anchor.
fn is_anchor(
    certificate: &Certificate,
    question: &Question<'_>,
    by_name: &BTreeMap<Folded, Vec<usize>>,
    subject: &Folded,
) -> bool {
    let anchors = by_name.get(subject).into_iter().flatten().filter_map(|index| question.anchors.get(*index));
    anchors.filter_map(|anchor| anchor.certificate.as_ref()).any(|own| own == certificate)
}

fn defect() -> Error {
    Error::new(ErrorCode::EngineDefect, "a path names a certificate that there is not")
}

/// Looks for a path from the certificate in question that `accept` takes.
///
/// First only through issuers that can be ones; if that finds nothing, through all of them, to say what is wrong.
///
/// # Errors
/// That of the path that came furthest; `PathBudgetExhausted` if the first look had to end early.
pub(super) fn search<T>(
    graph: &Graph<'_>,
    start: usize,
    accept: impl FnMut(&Path) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut search = Search::new(graph, start, accept);
    match search.extend() {
        Ok(Some(found)) => return Ok(found),
        Ok(None) => {}
        Err(exhausted) => return Err(search.exhausted(exhausted)),
    }
    search.only_plausible = false;
    search.chain.truncate(1);
    graph.budget.renew_for_diagnosis();
    // All that can be accepted was looked at: an end of the budget is no news any more.
    match search.extend() {
        Ok(Some(found)) => Ok(found),
        Ok(None) | Err(_) => Err(search.telling.take().unwrap_or_else(defect)),
    }
}

/// The same for the signer of a revocation list, who is one of many and need not be told of. Far and wide: at any depth,
/// and through issuers that the question would not have.
///
/// # Errors
/// `PathBudgetExhausted`, or that of the path that came furthest.
pub(super) fn search_once<T>(
    graph: &Graph<'_>,
    start: usize,
    far_and_wide: bool,
    accept: impl FnMut(&Path) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut search = Search::new(graph, start, accept);
    if far_and_wide {
        search.only_plausible = false;
        search.max_depth = u8::MAX;
    }
    search.extend()?.ok_or_else(|| search.telling.take().unwrap_or_else(defect))
}

struct Search<'g, 'a, F> {
    graph: &'g Graph<'a>,
    /// From the certificate in question up.
    chain: Chain,
    only_plausible: bool,
    max_depth: u8,
    telling: MostTelling,
    accept: F,
}

impl<'g, 'a, T, F: FnMut(&Path) -> Result<T, Error>> Search<'g, 'a, F> {
    fn new(graph: &'g Graph<'a>, start: usize, accept: F) -> Self {
        let (chain, telling) = (alloc::vec![start], MostTelling::default());
        let max_depth = graph.question.policy.max_depth;
        Self { graph, chain, only_plausible: true, max_depth, telling, accept }
    }

    /// The end of a budget, with what was found before it.
    fn exhausted(&self, error: Error) -> Error {
        let error = match self.telling.detail() {
            None => error,
            Some(detail) => {
                Error { detail: alloc::format!("{}; before that, {detail}", error.detail), ..error }
            }
        };
        error.at(Origin::Target)
    }

    /// Tries all that may have issued the last certificate; errors are those that end the search.
    fn extend(&mut self) -> Result<Option<T>, Error> {
        let graph = self.graph;
        let Some(&last) = self.chain.last() else { return Ok(None) };
        let node = graph.node(last)?;
        let mut known = false;
        for &anchor in graph.anchors_named(&node.issuer) {
            known = true;
            graph.budget.candidate()?;
            if self.is_issued(last, Issuer::Anchor(anchor))? {
                match self.finish(anchor)? {
                    Some(found) => return Ok(Some(found)),
                    None => continue,
                }
            }
        }
        for &candidate in node.known.candidates.get_or_init(|| graph.candidates(node)) {
            graph.budget.candidate()?;
            let is_known_issuer = !self.is_loop(candidate)?;
            known |= is_known_issuer;
            if !is_known_issuer
                || !self.may_follow(candidate)?
                || !self.is_issued(last, Issuer::Node(candidate))?
            {
                continue;
            }
            self.chain.push(candidate);
            let found = self.extend();
            self.chain.pop();
            if let Some(found) = found? {
                return Ok(Some(found));
            }
        }
        if !known {
            let detail = if node.is_self_issued() {
                "it is its own issuer and no anchor: make it one if it is to be trusted (RFC 5280 6.1)".into()
            } else {
                let issuer = node.certificate.issuer_text();
                format!("found no other certificate and no anchor of its issuer {issuer:?} (RFC 5280 6.1)")
            };
            self.note(false, node.failure(ErrorCode::PathNotFound, detail));
        }
        Ok(None)
    }

    /// Whether it signed the last certificate.
    fn is_issued(&mut self, last: usize, issuer: Issuer) -> Result<bool, Error> {
        match self.graph.check_signature(last, issuer) {
            Ok(()) => Ok(true),
            Err(error) if error.code == ErrorCode::PathBudgetExhausted => Err(error),
            Err(error) => {
                self.note(false, error);
                Ok(false)
            }
        }
    }

    /// A path that is whole.
    fn finish(&mut self, anchor: usize) -> Result<Option<T>, Error> {
        self.graph.budget.path()?;
        match (self.accept)(&Path { chain: self.chain.clone(), anchor }) {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.code == ErrorCode::PathBudgetExhausted => Err(error),
            Err(error) => {
                self.note(true, error);
                Ok(None)
            }
        }
    }

    /// Whether name and key are in the path already (RFC 4158 2.4.2, 5.2).
    fn is_loop(&self, candidate: usize) -> Result<bool, Error> {
        let candidate = self.graph.node(candidate)?;
        for &index in &self.chain {
            let node = self.graph.node(index)?;
            if node.certificate.spki() == candidate.certificate.spki() && node.subject == candidate.subject {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the path may be longer, and the next one may be an issuer.
    fn may_follow(&mut self, candidate: usize) -> Result<bool, Error> {
        let node = self.graph.node(candidate)?;
        let mut depth = usize::from(!node.is_self_issued());
        for &index in self.chain.iter().skip(1) {
            depth = depth.saturating_add(usize::from(!self.graph.node(index)?.is_self_issued()));
        }
        let most = self.max_depth;
        if depth > usize::from(most) || self.chain.len() > MAX_ISSUERS {
            let detail = format_args!(
                "found an issuer more than the {most} that were asked for, or {MAX_ISSUERS} in all"
            );
            self.note(false, node.failure(ErrorCode::PathLengthExceeded, detail));
            return Ok(false);
        }
        if self.only_plausible { self.graph.is_plausible(node) } else { Ok(true) }
    }

    fn note(&mut self, reached_anchor: bool, error: Error) {
        self.telling.add(reached_anchor, self.chain.len(), error);
    }
}
