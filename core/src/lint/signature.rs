//! Signature algorithms (RFC 5280 4.1.1.2).

use alloc::string::String;

use super::{finding::Findings, rule::rules};
use crate::inspect::{Algorithm, element::Element};

rules! {
    SHA1_SIGNATURE, Error, "RFC 9155 and OpenSSL 3.0 (security level 1)":
        "the signature is made with SHA-1";
        "sign it anew with SHA-256 or better; OpenSSL 3, Apple and Windows refuse SHA-1".
    MD5_SIGNATURE, Error, "RFC 6151 2":
        "the signature is made with MD5 or MD2, which can be forged";
        "sign it anew with SHA-256 or better, with a new serial number".
    SIGNATURE_ALGORITHM_MISMATCH, Error, "RFC 5280 4.1.1.2":
        "the algorithm that is signed is not the one beside the signature";
        "have it issued anew by software that writes the same algorithm twice".
    SIGNATURE_PARAMETERS_WRONG, Warning, "RFC 4055 5 and RFC 5758 3":
        "the signature algorithm has parameters that it must not have, or lacks the NULL that it must have";
        "have it issued anew; strict readers (Go, BoringSSL, webpki) refuse other parameters".
}

/// Looks at the algorithm of a signature; at its strength only if somebody has to rely on it.
pub(super) fn check(
    beside: Element<'_>,
    signed: Option<Element<'_>>,
    relied_on: bool,
    findings: &mut Findings,
) {
    let Ok(algorithm) = Algorithm::read(beside) else {
        return findings.add(&super::UNREADABLE, PLACE, "found no AlgorithmIdentifier");
    };
    let name = algorithm.name.as_str();
    let lower = name.to_ascii_lowercase();
    let hash = algorithm.hash.as_deref().unwrap_or_default();
    let has = |part: &str| lower.contains(part) || hash == part;
    findings.add_if(
        relied_on && has("sha1"),
        &SHA1_SIGNATURE,
        PLACE,
        format_args!("found {name} with SHA-1, wanted SHA-256 or better"),
    );
    findings.add_if(
        has("md5") || has("md2"),
        &MD5_SIGNATURE,
        PLACE,
        format_args!("found {name}, wanted SHA-256 or better"),
    );
    if signed.is_some_and(|signed| signed.der() != beside.der()) {
        let signed =
            signed.and_then(|signed| Algorithm::read(signed).ok()).map_or_else(String::new, |read| read.name);
        findings.add(
            &SIGNATURE_ALGORITHM_MISMATCH,
            PLACE,
            format_args!("found {signed} in what is signed and {name} beside it, wanted the same octets"),
        );
    }
    if let Some(wanted) = wrong_parameters(beside, &algorithm.oid) {
        findings.add(
            &SIGNATURE_PARAMETERS_WRONG,
            PLACE,
            format_args!("found other parameters of {name}, wanted {wanted}"),
        );
    }
}

/// What the parameters should be, where they are something else.
fn wrong_parameters(algorithm: Element<'_>, oid: &str) -> Option<&'static str> {
    let parameters = algorithm.sequence("AlgorithmIdentifier").ok()?.nth(1).and_then(Result::ok);
    let is_null = parameters.is_some_and(|found| found.is(der::Tag::Null));
    let is_pss_or_older = ["10", "7"].contains(&oid.rsplit('.').next()?);
    if oid.starts_with("1.2.840.113549.1.1.") && !is_pss_or_older {
        return (!is_null).then_some("NULL");
    }
    let has_none = oid.starts_with("1.2.840.10045.4.")
        || oid.starts_with("1.3.101.")
        || oid.starts_with("2.16.840.1.101.3.4.3.");
    (has_none && parameters.is_some()).then_some("none")
}

const PLACE: &str = "signatureAlgorithm";
