//! What a path is held to, and when.

use super::{Question, node::Node, policy::Policy};
use crate::{
    error::{Error, ErrorCode},
    validity::Moment,
};

/// Whose path it is. Purpose and policies are asked of the certificate in question; who signs a revocation list may be
/// no authority, and is under the policies of nobody who asks (RFC 5280 6.3.3 f).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Target,
    ListSigner,
}

/// What a path is held to.
#[derive(Clone, Copy)]
pub(super) struct Terms<'q> {
    pub(super) whose: Whose,
    pub(super) now: u64,
    /// When a signer said what is believed of him if only that is on his path what has to be there: certificates that are
    /// valid now or were so then, and no policies.
    pub(super) spoke_at: Option<u64>,
    pub(super) policy: &'q Policy,
}

impl<'q> Terms<'q> {
    /// Those of the question for its certificate.
    pub(super) const fn of(question: &Question<'q>) -> Self {
        Self { whose: Whose::Target, now: question.now, spoke_at: None, policy: question.policy }
    }
}

/// Whether it is valid; if not, when it begins or has ended.
fn outside(node: &Node<'_>, terms: Terms<'_>) -> Option<(ErrorCode, &'static str, Moment)> {
    let (period, skew) = (node.certificate.period(), terms.policy.clock_skew_seconds);
    let outside = |time: u64| {
        if time.saturating_add(skew) < period.not_before {
            let begins = Moment(period.not_before);
            return Some((ErrorCode::PathCertificateNotYetValid, "notBefore", begins));
        }
        (time > period.not_after.saturating_add(skew)).then_some((
            ErrorCode::PathCertificateExpired,
            "notAfter",
            Moment(period.not_after),
        ))
    };
    let found = outside(terms.now)?;
    let was_valid = terms.spoke_at.is_some_and(|then| outside(then.min(terms.now)).is_none());
    (!was_valid).then_some(found)
}

/// Whether [`check_validity`] finds nothing.
pub(super) fn is_valid(node: &Node<'_>, terms: Terms<'_>) -> bool {
    outside(node, terms).is_none()
}

/// RFC 5280 6.1.3 a 2.
///
/// # Errors
/// `PathCertificateNotYetValid`, `PathCertificateExpired`.
pub(super) fn check_validity(node: &Node<'_>, terms: Terms<'_>) -> Result<(), Error> {
    let Some((code, field, moment)) = outside(node, terms) else { return Ok(()) };
    let now = Moment(terms.now);
    Err(node.failure(code, format_args!("found {field} {moment}, now is {now} (RFC 5280 6.1.3 a 2)")))
}
