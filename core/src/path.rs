//! Certification paths (RFC 5280 section 6): whether a certificate leads to a trust anchor, and for what.
//!
//! [`verify`] builds every path that there may be, under budgets, validates each as section 6.1 has it, and gives the
//! first that holds, or the error of the one that came furthest. What a path rests on is in files of their own:
//! anchors, building, the steps of validation, policies, names, purposes, revocation.

pub mod anchor;
mod budget;
mod build;
mod conformance;
mod decision;
mod element;
mod extensions;
mod general_name;
pub mod identity;
mod name_constraints;
mod node;
pub mod policy;
mod policy_graph;
pub mod purpose;
mod rank;
mod revocation;
mod validate;

use alloc::vec::Vec;

pub use anchor::TrustAnchor;
pub use decision::{Decision, PathCertificate, RevocationStatus, Weakest};
pub use identity::Identity;
pub use policy::{Policy, RevocationMode, Rules};
pub use purpose::Purpose;
pub use revocation::{OcspResponse, RevocationList};

use crate::{certificate::Certificate, error::Error};

/// What is verified, and against what.
pub struct Question<'a> {
    /// The time, Unix seconds.
    pub now: u64,
    /// The certificate in question.
    pub certificate: &'a Certificate,
    /// Certificates that paths may go through, in any order; nobody trusts them.
    pub intermediates: &'a [Certificate],
    /// Where paths may end.
    pub anchors: &'a [TrustAnchor],
    /// Revocation lists, full and delta, of anybody.
    pub crls: &'a [RevocationList],
    /// OCSP responses about any of the certificates.
    pub ocsp_responses: &'a [OcspResponse],
    /// What the certificate is to be used for.
    pub purpose: Purpose,
    /// The names of which the certificate must have one; none for any name at all.
    pub identities: &'a [Identity],
    /// How strict to be.
    pub policy: &'a Policy,
}

/// Builds and validates paths from the certificate (RFC 5280 section 6).
///
/// # Errors
/// Those of the family `path_…`: of all that failed, the error of the path that came furthest, with the certificate
/// that it is about in `at`. `PathBudgetExhausted` if the search ended before all was tried.
pub fn verify(question: &Question<'_>) -> Result<Decision, Error> {
    let graph = build::Graph::new(question)?;
    let found = build::search(&graph, graph.target(), |path| validate::decide(&graph, path))?;
    decision::describe(&graph, found)
}

/// The certificates of a path from the one in question up, without the anchor.
pub(crate) type Chain = Vec<usize>;
