//! What breaks in the field when an authority is renewed, as far as somebody can count it.

use super::{Found, Situation, counted};

/// Authorities below.
pub(super) fn subordinate_authorities(situation: &Situation<'_>) -> Found {
    let below = situation.valid(|profile| profile == "subordinate-ca");
    counted(
        Some(below),
        situation.is_new_key(),
        "authorities below must be issued again by the new key (`renew_authority`, with the same key or a new one) before devices \
         trust the new anchor only, or hand out old-with-new in their chains; each then has a chain of its own to distribute",
        "authorities below stay as they are: old and renewed certificate both lead to them",
    )
}

/// Certificates of servers.
pub(super) fn tls_certificates(situation: &Situation<'_>) -> Found {
    let servers = situation.valid(|profile| profile == "tls-server");
    counted(
        Some(servers),
        situation.moves_the_anchor(),
        "servers must get certificates of the new key, or send new-with-old along, before devices trust the new anchor only",
        "certificates of servers stay as they are",
    )
}

/// Helpers: registration authorities, OCSP signers.
pub(super) fn helpers(situation: &Situation<'_>) -> Found {
    let helpers = situation.valid(|profile| ["scep-ra", "ocsp-signer"].contains(&profile));
    counted(
        Some(helpers),
        true,
        "the renewal issues them again by the next generation, those that it is told of; the old ones serve \
         until it is activated, and open what is under way after it",
        "",
    )
}

/// Distribution over HTTPS.
pub(super) fn https_distribution_points(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.https_distribution_points,
        situation.moves_the_anchor(),
        "distribution points under a certificate of this authority stop being trusted where only the new anchor is; give \
         them new certificates first",
        "distribution points keep their certificates",
    )
}

/// Signed configuration profiles.
pub(super) fn signed_profiles(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.signed_profiles,
        situation.moves_the_anchor(),
        "profiles signed under the old key show as not verified where only the new anchor is; sign them again, but do not \
         install those with a SCEP payload anew, for that enrols the device again",
        "signed profiles stay verified",
    )
}

/// Plug-ins of other management systems.
pub(super) fn management_plugins(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.management_plugins,
        true,
        "plug-ins of other management systems hold a copy of the authority's certificate; give them the renewed one beside the \
         old",
        "",
    )
}

/// Tokens for automated enrolment.
pub(super) fn enrolment_tokens(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.enrolment_tokens,
        situation.moves_the_anchor(),
        "tokens for automated enrolment that hold a key of this authority's must be made anew, or new devices do not enrol",
        "tokens for automated enrolment stay valid",
    )
}

/// Profiles that pin the certificate.
pub(super) fn ca_fingerprint_profiles(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.ca_fingerprint_profiles,
        true,
        "the fingerprint of the certificate changes with any renewal: profiles not yet installed that pin it must name the new \
         one from the activation on; installed ones are not asked again",
        "",
    )
}

/// Browser policies by the issuer's name.
pub(super) fn auto_select_filters(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.auto_select_filters,
        false,
        "",
        "filters by the issuer's name go on: the name is kept octet by octet",
    )
}

/// Servers that hold the certificate as their anchor.
pub(super) fn trust_lists(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.trust_lists,
        situation.is_root(),
        "servers that hold the certificate as their anchor need the next one beside the old before the old one ends",
        "servers that hold the root as their anchor need nothing; those that hold the intermediate need the next one",
    )
}

/// What is encrypted for the certificate.
pub(super) fn escrow_recipients(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.escrow_recipients,
        true,
        "what is encrypted names the old certificate by issuer and serial number: the former generation stays in the authority's \
         value to find its key; do not remove it",
        "",
    )
}
