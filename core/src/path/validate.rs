//! Validation of one path (RFC 5280 section 6.1), from the anchor down, in the order of the section.

use alloc::{string::String, vec::Vec};

use der::asn1::ObjectIdentifier;

use super::{
    Question,
    build::{Graph, Path},
    conformance::{self, Place},
    identity,
    name_constraints::{self, NameConstraints},
    node::{Node, Origin, is_strong},
    policy::{Policy, Rules},
    policy_graph::{ANY, PolicyGraph},
    purpose::Purpose,
    revocation::{self, Status},
    terms::{Terms, Whose, check_validity},
};
use crate::{
    error::{Error, ErrorCode},
    key::KeyKind,
};

/// A path that was accepted, and what was found on the way.
pub(super) struct Accepted {
    pub(super) path: Path,
    /// The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6).
    pub(super) policies: Vec<ObjectIdentifier>,
    /// Which of the names asked for it was.
    pub(super) identity: Option<String>,
    /// Of each certificate, the one in question first.
    pub(super) statuses: Vec<Status>,
}

/// Decides on a path from the certificate in question: validation, purpose, name, then revocation, which costs most.
///
/// # Errors
/// Those of the family `path_…`.
pub(super) fn decide(graph: &Graph<'_>, path: &Path) -> Result<Accepted, Error> {
    let question = graph.question;
    let policies = validate(graph, path, Terms::of(question))?;
    check_purpose(graph, path, question.purpose)?;
    let identity = identity::check(graph.node(graph.target())?, question.identities)?;
    let statuses = revocation::check_path(graph, path)?;
    let identity = identity.map(|identity| identity.text().into());
    Ok(Accepted { path: path.clone(), policies, identity, statuses })
}

/// Checks the purpose of the first certificate of a path, and that its issuers may issue for it.
///
/// # Errors
/// `PathPurposeRefused`.
pub(super) fn check_purpose(graph: &Graph<'_>, path: &Path, purpose: Purpose) -> Result<(), Error> {
    let rules = graph.question.policy.rules;
    if let Some(node) = &graph.anchor(path.anchor)?.node {
        purpose.check_issuer(node, node.extensions()?)?;
    }
    for &index in path.chain.iter().skip(1).rev() {
        let node = graph.node(index)?;
        purpose.check_issuer(node, node.extensions()?)?;
    }
    path.chain.first().map_or(Ok(()), |first| purpose.check(graph.node(*first)?, rules))
}

/// RFC 5280 6.1: the policies that the path is valid for.
///
/// # Errors
/// Those of the family `path_…`.
pub(super) fn validate(
    graph: &Graph<'_>,
    path: &Path,
    terms: Terms<'_>,
) -> Result<Vec<ObjectIdentifier>, Error> {
    let mut state = State::initialize(graph, path, terms)?;
    let mut left = path.chain.len();
    let issues = terms.whose == Whose::Target && graph.question.purpose == Purpose::Authority;
    for &index in path.chain.iter().rev() {
        let node = graph.node(index)?;
        left = left.saturating_sub(1);
        let is_last = left == 0;
        let place = if is_last && !issues { Place::Target } else { Place::Issuer };
        conformance::check(node, place, terms.policy)?;
        state.process(node, is_last)?;
        if is_last && issues {
            state.take_issuer(node)?;
        }
        if is_last {
            return state.wrap_up(node);
        }
        state.prepare(node)?;
    }
    Err(Error::new(ErrorCode::EngineDefect, "a path has no certificate"))
}

/// The state variables (RFC 5280 6.1.2). The issuer's name and key are compared while the path is built.
struct State<'g, 'a> {
    graph: &'g Graph<'a>,
    terms: Terms<'g>,
    valid_policies: PolicyGraph,
    constraints: Vec<&'g NameConstraints<'a>>,
    explicit_policy: u32,
    inhibit_any_policy: u32,
    policy_mapping: u32,
    max_path_length: u32,
    wanted: Option<Vec<ObjectIdentifier>>,
}

impl<'g, 'a> State<'g, 'a> {
    /// RFC 5280 6.1.2, and what the anchor was trusted for (RFC 5937).
    fn initialize(graph: &'g Graph<'a>, path: &Path, terms: Terms<'g>) -> Result<Self, Error> {
        let policy = terms.policy;
        let found = graph.anchor(path.anchor)?;
        let anchor = found.anchor;
        let length = u32::try_from(path.chain.len()).unwrap_or(u32::MAX);
        let has_policies = terms.whose == Whose::Target;
        let start = |inhibited: bool| if inhibited && has_policies { 0 } else { length.saturating_add(1) };
        let wanted =
            if has_policies { within(policy.policy_set()?, anchor.policies.as_deref()) } else { None };
        let mut state = Self {
            graph,
            terms,
            valid_policies: PolicyGraph::new(),
            constraints: found.name_constraints()?.into_iter().collect(),
            explicit_policy: start(policy.require_explicit_policy || anchor.require_explicit_policy),
            inhibit_any_policy: start(policy.inhibit_any_policy || anchor.inhibit_any_policy),
            policy_mapping: start(policy.inhibit_policy_mapping || anchor.inhibit_policy_mapping),
            max_path_length: anchor.path_length.unwrap_or(length).min(length),
            wanted,
        };
        check_key(found.key()?.kind(), policy, |code, detail| found.failure(code, detail))?;
        if let Some(node) = &found.node {
            state.take_anchor(node)?;
        }
        Ok(state)
    }

    /// An anchor that is given as a certificate is held to what the certificate says.
    fn take_anchor(&mut self, node: &'g Node<'a>) -> Result<(), Error> {
        let extensions = node.extensions()?;
        check_validity(node, self.terms)?;
        conformance::check(node, Place::Anchor, self.terms.policy)?;
        if self.terms.policy.rules != Rules::Path {
            check_issuer(node)?;
        }
        check_critical(node)?;
        self.constraints.extend(extensions.name_constraints.iter());
        if let Some(length) = extensions.basic_constraints.and_then(|constraints| constraints.path_length) {
            self.max_path_length = self.max_path_length.min(length);
        }
        Ok(())
    }

    /// Basic certificate processing (RFC 5280 6.1.3).
    fn process(&mut self, node: &Node<'_>, is_last: bool) -> Result<(), Error> {
        check_key(node.key()?.kind(), self.terms.policy, |code, detail| node.failure(code, detail))?;
        check_validity(node, self.terms)?;
        self.check_names(node, is_last)?;
        self.take_policies(node, is_last)?;
        self.check_explicit_policy(node, "f of 6.1.3")
    }

    /// RFC 5280 6.1.3 b and c: not for self-issued ones, but for the last.
    fn check_names(&self, node: &Node<'_>, is_last: bool) -> Result<(), Error> {
        if node.is_self_issued() && !is_last {
            return Ok(());
        }
        name_constraints::check(node, &self.constraints, self.terms.policy.rules, &self.graph.budget)
    }

    /// RFC 5280 6.1.3 d and e, by the graph of RFC 9618.
    fn take_policies(&mut self, node: &Node<'_>, is_last: bool) -> Result<(), Error> {
        let Some(policies) = &node.extensions()?.policies else {
            self.valid_policies.clear();
            return Ok(());
        };
        let any_allowed = self.inhibit_any_policy > 0 || (!is_last && node.is_self_issued());
        self.valid_policies.descend(policies, any_allowed, &self.graph.budget)
    }

    /// Whether the path has to be valid for a policy.
    const fn wants_policy(&self) -> bool {
        self.explicit_policy == 0 && self.terms.spoke_at.is_none()
    }

    /// RFC 5280 6.1.3 f.
    fn check_explicit_policy(&self, node: &Node<'_>, step: &str) -> Result<(), Error> {
        match !self.wants_policy() || !self.valid_policies.is_null() {
            true => Ok(()),
            false => Err(node.failure(
                ErrorCode::PathPolicyInvalid,
                format_args!("no policy is valid up to here, and there has to be one (RFC 5280 step {step})"),
            )),
        }
    }

    /// Preparation for the next certificate (RFC 5280 6.1.4).
    fn prepare(&mut self, node: &'g Node<'a>) -> Result<(), Error> {
        self.map_policies(node)?;
        self.constraints.extend(node.extensions()?.name_constraints.iter());
        self.count_down(node)?;
        self.take_issuer(node)?;
        check_critical(node)
    }

    /// RFC 5280 6.1.4 k to n.
    fn take_issuer(&mut self, node: &Node<'_>) -> Result<(), Error> {
        check_issuer(node)?;
        self.take_path_length(node)
    }

    /// RFC 5280 6.1.4 a and b.
    fn map_policies(&mut self, node: &Node<'_>) -> Result<(), Error> {
        let mappings = &node.extensions()?.mappings;
        if mappings.iter().any(|(issuer, subject)| *issuer == ANY || *subject == ANY) {
            return Err(node.failure(
                ErrorCode::PathPolicyInvalid,
                "found a mapping of anyPolicy, which there may not be (RFC 5280 6.1.4 a)",
            ));
        }
        self.valid_policies.map(mappings, self.policy_mapping > 0, &self.graph.budget)
    }

    /// RFC 5280 6.1.4 h, i and j.
    fn count_down(&mut self, node: &Node<'_>) -> Result<(), Error> {
        let extensions = node.extensions()?;
        if !node.is_self_issued() {
            self.explicit_policy = self.explicit_policy.saturating_sub(1);
            self.policy_mapping = self.policy_mapping.saturating_sub(1);
            self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
        }
        let least = |own: u32, said: Option<u32>| said.map_or(own, |said| own.min(said));
        self.explicit_policy = least(self.explicit_policy, extensions.require_explicit_policy);
        self.policy_mapping = least(self.policy_mapping, extensions.inhibit_policy_mapping);
        self.inhibit_any_policy = least(self.inhibit_any_policy, extensions.inhibit_any_policy);
        Ok(())
    }

    /// RFC 5280 6.1.4 l and m.
    fn take_path_length(&mut self, node: &Node<'_>) -> Result<(), Error> {
        if !node.is_self_issued() {
            self.max_path_length = self.max_path_length.checked_sub(1).ok_or_else(|| {
                node.failure(
                    ErrorCode::PathLengthExceeded,
                    "it follows an issuer whose path length allows no more issuers (RFC 5280 6.1.4 l)",
                )
            })?;
        }
        let own = node.extensions()?.basic_constraints.and_then(|constraints| constraints.path_length);
        self.max_path_length = own.map_or(self.max_path_length, |own| own.min(self.max_path_length));
        Ok(())
    }

    /// RFC 5280 6.1.5.
    fn wrap_up(mut self, node: &Node<'_>) -> Result<Vec<ObjectIdentifier>, Error> {
        // Step a: less one, whoever issued it.
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        // Step b.
        if node.extensions()?.require_explicit_policy == Some(0) {
            self.explicit_policy = 0;
        }
        // Steps e and f.
        check_critical(node)?;
        // Step g.
        let wants_policy = self.wants_policy();
        let policies = self.valid_policies.outcome(self.wanted.as_deref());
        match !wants_policy || !policies.is_empty() {
            true => Ok(policies),
            false => Err(node.failure(
                ErrorCode::PathPolicyInvalid,
                "the path is valid for none of the policies wanted, and has to be for one (RFC 5280 6.1.5 g)",
            )),
        }
    }
}

/// Checks a certificate that is trusted itself, so that no path has to lead to it: what it says of itself, and whether
/// it is fit for the purpose.
///
/// # Errors
/// Those of the family `path_…`.
pub(super) fn check_trusted(question: &Question<'_>) -> Result<(), Error> {
    let (node, policy) = (Node::new(question.certificate, Origin::Target)?, question.policy);
    check_key(node.key()?.kind(), policy, |code, detail| node.failure(code, detail))?;
    check_validity(&node, Terms::of(question))?;
    conformance::check(&node, Place::Anchor, policy)?;
    if question.purpose == Purpose::Authority {
        check_issuer(&node)?;
    }
    check_critical(&node)?;
    question.purpose.check(&node, policy.rules)
}

/// The least that a key must be.
fn check_key(
    kind: KeyKind,
    policy: &Policy,
    failure: impl Fn(ErrorCode, String) -> Error,
) -> Result<(), Error> {
    match is_strong(kind, policy) {
        true => Ok(()),
        false => Err(failure(
            ErrorCode::PathKeyTooWeak,
            alloc::format!(
                "found a key {kind}, wanted RSA of at least {} bits, or at least {} on a curve",
                policy.minimum_rsa_bits,
                policy.minimum_ec_bits
            ),
        )),
    }
}

/// RFC 5280 6.1.4 k and n.
///
/// # Errors
/// `PathIssuerUnfit`.
pub(super) fn check_issuer(node: &Node<'_>) -> Result<(), Error> {
    let extensions = node.extensions()?;
    if !extensions.is_ca() {
        return Err(node.failure(
            ErrorCode::PathIssuerUnfit,
            "its basic constraints do not make it an authority (RFC 5280 6.1.4 k)",
        ));
    }
    match extensions.key_usage.is_none_or(|usage| usage.key_cert_sign()) {
        true => Ok(()),
        false => Err(node.failure(
            ErrorCode::PathIssuerUnfit,
            "its key usage does not include keyCertSign (RFC 5280 6.1.4 n)",
        )),
    }
}

/// RFC 5280 6.1.4 o, 6.1.5 f.
///
/// # Errors
/// `PathCriticalExtensionUnknown`.
pub(super) fn check_critical(node: &Node<'_>) -> Result<(), Error> {
    match node.extensions()?.unknown {
        None => Ok(()),
        Some(unknown) => Err(node.failure(
            ErrorCode::PathCriticalExtensionUnknown,
            format_args!(
                "found the critical extension {unknown}, which is not processed here (RFC 5280 4.2)"
            ),
        )),
    }
}

/// The policies wanted that the anchor is trusted for (RFC 5937 3.2).
fn within(
    wanted: Option<Vec<ObjectIdentifier>>,
    anchor: Option<&[ObjectIdentifier]>,
) -> Option<Vec<ObjectIdentifier>> {
    match (wanted, anchor) {
        (Some(mut wanted), Some(anchor)) if !anchor.contains(&ANY) => {
            if wanted.contains(&ANY) {
                return Some(anchor.to_vec());
            }
            wanted.retain(|policy| anchor.contains(policy));
            Some(wanted)
        }
        (None, Some(anchor)) => Some(anchor.to_vec()),
        (wanted, _) => wanted,
    }
}
