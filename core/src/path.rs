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
pub(crate) mod material;
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

use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
};

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

/// What the engine holds its own chains to: section 6.1 without the time, which its operations tell of themselves, and
/// with the algorithms and sizes of authorities that were made elsewhere long ago.
fn own_policy() -> Policy {
    Policy {
        rules: Rules::Path,
        revocation: RevocationMode::Off,
        minimum_rsa_bits: 1024,
        allow_sha1: true,
        max_depth: u8::MAX,
        clock_skew_seconds: u64::MAX,
        ..Policy::default()
    }
}

/// Checks that each certificate of a chain, nearest first, was issued by the next: that it is the one path to the last
/// (RFC 5280 6.1). When they are valid is not looked at.
///
/// # Errors
/// Those of [`verify`]; `PathNotFound` if the path leaves one of the chain out.
pub(crate) fn check_chain(chain: &[Certificate]) -> Result<(), Error> {
    let [certificate, intermediates @ .., anchor] = chain else { return Ok(()) };
    let decision = find(certificate, intermediates, anchor)?;
    match decision.path.len() == chain.len() {
        true => Ok(()),
        false => Err(Error::new(
            ErrorCode::PathNotFound,
            "found a certificate in the chain that its path does not need",
        )),
    }
}

/// Finds a path from a certificate to the one that is trusted, through any of the others, whenever they are valid
/// (RFC 5280 6.1).
///
/// # Errors
/// Those of [`verify`].
pub(crate) fn find(
    certificate: &Certificate,
    intermediates: &[Certificate],
    trusted: &Certificate,
) -> Result<Decision, Error> {
    verify(&Question {
        now: 0,
        certificate,
        intermediates,
        anchors: &[TrustAnchor::from_certificate(trusted.clone())],
        crls: &[],
        ocsp_responses: &[],
        purpose: Purpose::Any,
        identities: &[],
        policy: &own_policy(),
    })
}

/// Checks that one of the issuers issued a certificate itself, for a purpose; at a time, if there is one. When an issuer
/// is valid is the caller's to say.
///
/// # Errors
/// Those of [`verify`].
pub(crate) fn check_issued(
    certificate: &Certificate,
    issuers: &[TrustAnchor],
    purpose: Purpose,
    now: Option<u64>,
) -> Result<(), Error> {
    let clock_skew_seconds = if now.is_some() { 0 } else { u64::MAX };
    let policy = Policy { max_depth: 0, clock_skew_seconds, ..own_policy() };
    verify(&Question {
        now: now.unwrap_or(0),
        certificate,
        intermediates: &[],
        anchors: issuers,
        crls: &[],
        ocsp_responses: &[],
        purpose,
        identities: &[],
        policy: &policy,
    })
    .map(|_| ())
}

/// The certificates of a path from the one in question up, without the anchor.
pub(crate) type Chain = Vec<usize>;
