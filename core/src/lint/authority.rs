//! Authorities as values, with their generations and their helpers.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use super::{
    Setting, address,
    address::Fetched,
    certificate::Certificate,
    finding::Findings,
    purpose::Purpose,
    rule::rules,
    validity::{SECONDS_PER_DAY, date},
};
use crate::{
    authority::{Authority, Generation},
    hex, pem,
};

rules! {
    AUTHORITY_INVALID, Error, "RFC 5280 6.1.4":
        "the authority's value contradicts itself, and cannot be worked with";
        "restore the value from a backup".
    AUTHORITY_ABOUT_TO_EXPIRE, Warning, "RFC 5280 4.1.2.5 and RFC 4210 4.4":
        "the authority's certificate ends within a year";
        "renew the authority now: what it issues ends with it, and a fleet takes months".
    FINGERPRINT_ABOUT_TO_CHANGE, Warning, "Apple's SCEP payload (CAFingerprint)":
        "another certificate of the authority is waiting to be taken into use";
        "distribute profiles with the new CAFingerprint, and the new certificate as a payload, before it is taken into use".
    GENERATION_IDENTIFIER_CHANGED, Error, "cert-manager issue 8289, Vault issues 16461 and 11153":
        "two generations of one key have different key identifiers";
        "renew with the identifier of before: what was issued names it, and finds its issuer no more".
    CRL_ADDRESS_OF_TWO_KEYS, Warning, "RFC 5280 5":
        "two keys of the authority publish their lists at one address";
        "give each key a list address of its own: a list is known by its issuer's name alone".
    AUTHORITY_WITHOUT_REVOCATION, Notice, "RFC 5280 4.2.1.13":
        "the authority writes neither a list's address nor a responder's into what it issues";
        "set public_url, or the addresses, before more is issued: what has no address cannot be revoked for those who check".
    AUTHORITY_WITHOUT_CROSS_CERTIFICATES, Notice, "RFC 4210 4.4":
        "a generation with another key comes without certificates that lead from the old to the new and back";
        "renew with the engine, which makes them; devices that trust one generation otherwise refuse the other's".
    HELPER_ABOUT_TO_EXPIRE, Warning, "RFC 8894 2.1.2 and RFC 6960 4.2.2.2":
        "the certificate of a registration authority or OCSP responder ends soon";
        "renew it (`sealwright ra renew`): a running server does so by itself, so look why it has not".
    HELPER_OF_ANOTHER, Warning, "RFC 8894 2.1.2 and RFC 6960 4.2.2.2":
        "the certificate of a registration authority or OCSP responder is by none of the authority's keys";
        "have the authority issue one".
}

/// A year before its end an authority should be under renewal.
const AUTHORITY_SECONDS: u64 = 365 * SECONDS_PER_DAY;
/// The server renews helpers earlier than that, or when a third of their life is left.
const HELPER_SECONDS: u64 = 14 * SECONDS_PER_DAY;

/// The certificates of an authority's value that can be read, each with the place that it stands at.
pub(super) fn certificates(authority: &Authority) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for (place, generation) in generations(authority) {
        let field = |name: &str| {
            if place.is_empty() { format!("authority.{name}") } else { format!("authority.{place}.{name}") }
        };
        let mut add = |place: String, text: &str| {
            let block = pem::decode_all(text).ok().and_then(|blocks| blocks.into_iter().next());
            found.extend(block.map(|block| (place, block.der.to_vec())));
        };
        add(field("certificate"), &generation.certificate);
        for (list, certificates) in
            [("chain", &generation.chain), ("cross_certificates", &generation.cross_certificates)]
        {
            for (index, text) in certificates.iter().enumerate() {
                add(field(&format!("{list}.{index}")), text);
            }
        }
    }
    found
}

/// The generations, each with its place in the value.
fn generations(authority: &Authority) -> impl Iterator<Item = (String, Generation)> + '_ {
    let numbered = |name: &'static str, list: &[Generation]| -> Vec<(String, Generation)> {
        list.iter().enumerate().map(|(index, one)| (format!("{name}.{index}"), one.clone())).collect()
    };
    let next = authority.next.iter().map(|next| ("next".into(), next.clone()));
    core::iter::once((String::new(), authority.current()))
        .chain(next)
        .chain(numbered("former", &authority.former))
        .chain(numbered("abandoned", &authority.abandoned))
}

/// Looks at the value; its certificates are looked at by themselves.
pub(super) fn check(authority: &Authority, setting: &Setting, findings: &mut Findings) {
    match authority.clone().open() {
        Err(error) => {
            let place = error.at.clone().unwrap_or_else(|| "authority".into());
            findings.add(&AUTHORITY_INVALID, place, &error.detail);
        }
        Ok(open) => {
            let end = open.period().not_after;
            let days = end.saturating_sub(setting.now) / SECONDS_PER_DAY;
            let is_near = end.saturating_sub(setting.now) < AUTHORITY_SECONDS;
            findings.add_if(
                is_near,
                &AUTHORITY_ABOUT_TO_EXPIRE,
                "certificate",
                format_args!("found {}, in {days} days", date(end)),
            );
        }
    }
    if let Some(next) = &authority.next {
        let is_rekeyed = next.key != authority.key;
        let fingerprint = fingerprint(&next.certificate);
        findings.add(
            &FINGERPRINT_ABOUT_TO_CHANGE,
            "next",
            format_args!("found generation {} waiting, with the SHA-256 {fingerprint}", next.number),
        );
        let is_bare = is_rekeyed && next.cross_certificates.is_empty();
        findings.add_if(
            is_bare,
            &AUTHORITY_WITHOUT_CROSS_CERTIFICATES,
            "next.cross_certificates",
            "found none",
        );
    }
    check_addresses(authority, findings);
    check_identifiers(authority, findings);
}

fn fingerprint(certificate: &str) -> String {
    let block = pem::decode_all(certificate).ok().and_then(|blocks| blocks.into_iter().next());
    block.map(|block| hex::sha256(&block.der)).unwrap_or_default()
}

fn check_addresses(authority: &Authority, findings: &mut Findings) {
    let is_silent = authority.crl_urls.is_empty() && authority.ocsp_urls.is_empty();
    findings.add_if(is_silent, &AUTHORITY_WITHOUT_REVOCATION, "crl_urls", "found no address");
    let mut keys = BTreeMap::new();
    for (place, generation) in generations(authority) {
        let place = |field: &str| if place.is_empty() { field.into() } else { format!("{place}.{field}") };
        for (field, urls, fetched) in [
            ("crl_urls", &generation.crl_urls, Fetched::List),
            ("ocsp_urls", &generation.ocsp_urls, Fetched::OcspResponse),
            ("issuer_urls", &generation.issuer_urls, Fetched::IssuerCertificate),
        ] {
            urls.iter().for_each(|url| address::check_address(url, &place(field), fetched, findings));
        }
        for url in &generation.crl_urls {
            let key = keys.entry(url.clone()).or_insert_with(|| generation.key.clone());
            findings.add_if(
                *key != generation.key,
                &CRL_ADDRESS_OF_TWO_KEYS,
                place("crl_urls"),
                format_args!("found {url:?}, where the list of the key {key:?} is"),
            );
        }
    }
}

fn check_identifiers(authority: &Authority, findings: &mut Findings) {
    let mut identifiers = BTreeMap::new();
    for (place, generation) in generations(authority) {
        let own = hex::encode(&generation.subject_key_identifier.0);
        let first = identifiers.entry(generation.key).or_insert_with(|| own.clone());
        let place = format!("{place}.subject_key_identifier");
        findings.add_if(
            *first != own,
            &GENERATION_IDENTIFIER_CHANGED,
            place.trim_start_matches('.'),
            format_args!("found {own}, and {first} in another generation"),
        );
    }
}

/// Looks at the certificate of a helper, beside the keys of its authority.
pub(super) fn check_helper(
    certificate: &Certificate<'_>,
    authority: Option<&Authority>,
    setting: &Setting,
    findings: &mut Findings,
) {
    if let Some((begin, end)) = certificate.period {
        let life = end.saturating_sub(begin);
        let left = end.saturating_sub(setting.now);
        let is_near = end >= setting.now && left < HELPER_SECONDS.min(life / 4);
        findings.add_if(
            is_near,
            &HELPER_ABOUT_TO_EXPIRE,
            "validity.notAfter",
            format_args!("found {}, in {} days", date(end), left / SECONDS_PER_DAY),
        );
    }
    let Some(authority) = authority else { return };
    let named =
        certificate.extensions.authority_key_identifier().and_then(|found| found.key_identifier.clone());
    let is_ours = generations(authority).any(|(_, one)| {
        named.as_ref().is_some_and(|named| *named == hex::encode(&one.subject_key_identifier.0))
    });
    findings.add_if(
        !is_ours,
        &HELPER_OF_ANOTHER,
        "extensions",
        format_args!("found the key identifier {}", named.unwrap_or_else(|| "none".into())),
    );
}

/// What a helper is for: an OCSP responder by its own word, otherwise a registration authority.
pub(super) fn helper_purpose(certificate: &Certificate<'_>) -> Purpose {
    match certificate.own_purpose() {
        Purpose::OcspSigner => Purpose::OcspSigner,
        _ => Purpose::Ra,
    }
}
