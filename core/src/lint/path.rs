//! What the verifier finds on the paths of the certificates that are here (RFC 5280 6.1): as if those that nobody here has
//! issued were trusted. When a certificate is valid, and how strong it is, other rules tell.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Setting, chain::Link, finding::Findings, rule::rules};
use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    path::{
        Policy, Purpose, Question, RevocationList, RevocationMode, Rules, TrustAnchor, verify_intermediates,
    },
};

rules! {
    NAME_NOT_PERMITTED, Error, "RFC 5280 6.1.3 (b) and (c)":
        "the certificate has a name that the name constraints of an authority above it do not allow";
        "have it issued for a name within them, or by an authority without them".
    REVOKED, Error, "RFC 5280 6.1.3 (a)(3)":
        "a revocation list says that the certificate is revoked";
        "take it out of use, and get another one, with a new key if the reason is the key".
    POLICY_NOT_VALID, Error, "RFC 5280 6.1.3 (f) and 6.1.5 (g)":
        "an authority above wants a certificate policy, and there is none that all of them have";
        "have it issued with a policy of the authorities above".
    PATHS_NOT_FOLLOWED, Notice, "RFC 5280 8":
        "between these certificates there are more paths than are followed";
        "look at fewer certificates of one name at a time".
}

/// A certificate that the verifier can read.
struct Known<'c, 'a> {
    link: &'c Link<'a>,
    certificate: Certificate,
}

/// Looks at the paths of all certificates that somebody here has issued. Lists are in DER, with their places.
pub(super) fn check(
    links: &[Link<'_>],
    issuers: &[Option<usize>],
    lists: &[(&str, &[u8])],
    places: &dyn Fn(usize) -> String,
    setting: &Setting,
    findings: &mut [Findings],
) {
    let known = links.iter().zip(issuers).filter_map(|(link, issuer)| {
        Some((
            Known { link, certificate: Certificate::from_der(link.certificate.der).ok()? },
            issuer.is_none(),
        ))
    });
    let (trusted, issued): (Vec<_>, Vec<_>) = known.partition(|(_, is_trusted)| *is_trusted);
    let Some((first, _)) = issued.first() else { return };
    let certificates: Vec<_> = issued.iter().map(|(known, _)| known.certificate.clone()).collect();
    let anchors = trusted.iter().map(|(known, _)| TrustAnchor::from_certificate(known.certificate.clone()));
    let (list_places, crls): (Vec<_>, Vec<_>) = lists
        .iter()
        .filter_map(|(place, der)| Some((place.to_string(), RevocationList::from_der(der).ok()?)))
        .unzip();
    let wrong = verify_intermediates(&Question {
        now: setting.now,
        certificate: &first.certificate,
        intermediates: &certificates,
        anchors: &anchors.collect::<Vec<_>>(),
        crls: &crls,
        ocsp_responses: &[],
        purpose: Purpose::Any,
        identities: &[],
        policy: &policy(),
    });
    let place = |word: &str| {
        let (field, number) = word.split_once('.')?;
        let number: usize = number.parse().ok()?;
        let certificate =
            |list: &[(Known<'_, '_>, bool)]| list.get(number).map(|(own, _)| places(own.link.object));
        match field {
            "crls" => list_places.get(number).cloned(),
            "intermediates" => certificate(&issued),
            "anchors" => certificate(&trusted),
            _ => None,
        }
    };
    for (index, error) in wrong.unwrap_or_default().into_iter().enumerate() {
        let (Some((known, _)), Some(error)) = (issued.get(index), error) else { continue };
        let Some(findings) = findings.get_mut(known.link.object) else { continue };
        // What is wrong with an issuer is told of the issuer.
        if error.code == ErrorCode::PathBudgetExhausted || error.at == Some(format!("intermediates.{index}"))
        {
            tell(&error, known, place, findings);
        }
    }
}

/// Validation alone, whenever it were, and with signatures and keys of any strength.
fn policy() -> Policy {
    Policy {
        rules: Rules::Path,
        minimum_rsa_bits: 0,
        minimum_ec_bits: 0,
        revocation: RevocationMode::Soft,
        clock_skew_seconds: u64::MAX,
        allow_sha1: true,
        max_depth: u8::MAX,
        ..Policy::default()
    }
}

fn tell(
    error: &Error,
    known: &Known<'_, '_>,
    place: impl Fn(&str) -> Option<String>,
    findings: &mut Findings,
) {
    let extensions = &known.link.certificate.extensions;
    let (rule, at) = match error.code {
        ErrorCode::PathNameConstraintViolated => (&NAME_NOT_PERMITTED, extensions.place("2.5.29.17")),
        ErrorCode::PathRevoked => (&REVOKED, "serialNumber".into()),
        ErrorCode::PathPolicyInvalid => (&POLICY_NOT_VALID, extensions.place("2.5.29.32")),
        ErrorCode::PathBudgetExhausted => (&PATHS_NOT_FOLLOWED, "issuer".into()),
        _ => return,
    };
    let words = error.detail.split(' ').map(|word| place(word).unwrap_or_else(|| word.into()));
    findings.add(rule, at, words.collect::<Vec<_>>().join(" "));
}
