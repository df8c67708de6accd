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
mod terms;
mod validate;

use alloc::vec::Vec;

pub use anchor::TrustAnchor;
pub use decision::{Decision, PathCertificate, RevocationStatus, Weakest};
pub use identity::Identity;
pub use policy::{Policy, RevocationMode, Rules, Strength};
pub use purpose::Purpose;
pub use revocation::{OcspResponse, RevocationList};

use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::PublicKey,
    signed::Signed,
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

/// The same of each of the intermediates, which may be on the paths of each other, under one budget: what is wrong with
/// it. The certificate in question is not looked at, nor are names. After the end of the budget, nothing more is.
///
/// # Errors
/// None in practice; see [`build::Graph::new`].
pub(crate) fn verify_intermediates(question: &Question<'_>) -> Result<Vec<Option<Error>>, Error> {
    let graph = build::Graph::new(question)?;
    let mut wrong = Vec::new();
    for index in graph.intermediates() {
        let error = build::search(&graph, index, |path| validate::decide(&graph, path)).err();
        let is_end = error.as_ref().is_some_and(|error| error.code == ErrorCode::PathBudgetExhausted);
        wrong.push(error);
        if is_end {
            break;
        }
    }
    Ok(wrong)
}

/// What the engine holds its own paths to: section 6.1, without the time unless it is said, which its operations tell of
/// themselves, and no signatures and keys weaker than were asked for.
fn own_policy(strength: Strength) -> Policy {
    Policy {
        rules: Rules::Path,
        revocation: RevocationMode::Off,
        minimum_rsa_bits: strength.minimum_rsa_bits,
        allow_sha1: strength.allow_sha1,
        max_depth: u8::MAX,
        clock_skew_seconds: u64::MAX,
        ..Policy::default()
    }
}

/// A question of the engine's own, without revocation and names.
const fn own_question<'a>(
    certificate: &'a Certificate,
    anchors: &'a [TrustAnchor],
    purpose: Purpose,
    policy: &'a Policy,
) -> Question<'a> {
    Question {
        now: 0,
        certificate,
        intermediates: &[],
        anchors,
        crls: &[],
        ocsp_responses: &[],
        purpose,
        identities: &[],
        policy,
    }
}

/// Checks that the certificates of a chain, nearest first, are authorities, each issued by the next: that they are the
/// one path to the last, which is trusted, and that the first may issue (RFC 5280 6.1). When they are valid is not looked
/// at.
///
/// # Errors
/// Those of [`verify`]; `PathNotFound` if the path leaves one of the chain out.
pub(crate) fn check_authority(chain: &[Certificate], strength: Strength) -> Result<(), Error> {
    let Some(last) = chain.last() else { return Ok(()) };
    check_trusted(last, Purpose::Authority, None, strength)?;
    let [certificate, intermediates @ .., _] = chain else { return Ok(()) };
    let (policy, anchors) = (own_policy(strength), [TrustAnchor::from_certificate(last.clone())]);
    let question = own_question(certificate, &anchors, Purpose::Authority, &policy);
    let decision = verify(&Question { intermediates, ..question })?;
    match decision.path.len() == chain.len() {
        true => Ok(()),
        false => Err(Error::new(
            ErrorCode::PathNotFound,
            "found a certificate in the chain that its path does not need",
        )),
    }
}

/// Checks a certificate that is trusted itself, so that no path has to lead to it: its key, its extensions, whether it is
/// fit for the purpose; at a time, if there is one.
///
/// # Errors
/// Those of [`verify`].
pub(crate) fn check_trusted(
    certificate: &Certificate,
    purpose: Purpose,
    now: Option<u64>,
    strength: Strength,
) -> Result<(), Error> {
    let policy = at(now, own_policy(strength));
    let question = own_question(certificate, &[], purpose, &policy);
    validate::check_trusted(&Question { now: now.unwrap_or(0), ..question })
}

/// Checks that there is a path from a certificate to the one that is trusted, through any of the others, whenever they are valid
/// (RFC 5280 6.1).
///
/// # Errors
/// Those of [`verify`].
pub(crate) fn find(
    certificate: &Certificate,
    intermediates: &[Certificate],
    trusted: &Certificate,
    strength: Strength,
) -> Result<(), Error> {
    let (policy, anchors) = (own_policy(strength), [TrustAnchor::from_certificate(trusted.clone())]);
    verify(&Question { intermediates, ..own_question(certificate, &anchors, Purpose::Any, &policy) })
        .map(|_| ())
}

/// Checks that one of the issuers issued a certificate itself, for a purpose; at a time, if there is one. When an issuer
/// is valid that is only a name and a key is the caller's to say.
///
/// # Errors
/// Those of [`verify`].
pub(crate) fn check_issued(
    certificate: &Certificate,
    issuers: &[TrustAnchor],
    purpose: Purpose,
    now: Option<u64>,
    strength: Strength,
) -> Result<(), Error> {
    let policy = Policy { max_depth: 0, ..at(now, own_policy(strength)) };
    let question = own_question(certificate, issuers, purpose, &policy);
    verify(&Question { now: now.unwrap_or(0), ..question }).map(|_| ())
}

/// Whether a key made a signature with an algorithm that counts, as for a certificate.
pub(crate) fn is_signed_by(signed: &Signed, key: &PublicKey, strength: Strength) -> bool {
    let policy = own_policy(strength);
    node::is_strong(key.kind(), &policy) && node::verify_signature(signed, key, &policy).is_ok()
}

fn at(now: Option<u64>, policy: Policy) -> Policy {
    let clock_skew_seconds = if now.is_some() { 0 } else { policy.clock_skew_seconds };
    Policy { clock_skew_seconds, ..policy }
}

/// The certificates of a path from the one in question up, without the anchor.
pub(crate) type Chain = Vec<usize>;
