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
    pub(super) policy: &'q Policy,
}

impl<'q> Terms<'q> {
    /// Those of the question for its certificate.
    pub(super) const fn of(question: &Question<'q>) -> Self {
        Self { whose: Whose::Target, now: question.now, policy: question.policy }
    }
}

/// Whether it is valid at that time; if not, when it begins or has ended.
fn outside(node: &Node<'_>, terms: Terms<'_>) -> Option<(ErrorCode, &'static str, Moment)> {
    let (period, now, skew) = (node.certificate.period(), terms.now, terms.policy.clock_skew_seconds);
    if now.saturating_add(skew) < period.not_before {
        return Some((ErrorCode::PathCertificateNotYetValid, "notBefore", Moment(period.not_before)));
    }
    (now > period.not_after.saturating_add(skew)).then_some((
        ErrorCode::PathCertificateExpired,
        "notAfter",
        Moment(period.not_after),
    ))
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
