//! What may be so about a path, to tell exactly which paths a disagreement is about.

use super::question::Question;
use crate::der;
use sealwright_core::certificate::Certificate;

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";
const ALTERNATIVE_NAMES: &str = "2.5.29.17";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
const POLICIES: &str = "2.5.29.32";
const POLICY_CONSTRAINTS: &str = "2.5.29.36";
const SUBJECT_KEY: &str = "2.5.29.14";
const AUTHORITY_KEY: &str = "2.5.29.35";
/// Those that the engine takes when they are critical and OpenSSL does not: key identifiers, other names of the issuer,
/// where deltas are, that a responder need not be asked about.
const UNKNOWN_TO_OPENSSL: &[&str] =
    &[SUBJECT_KEY, AUTHORITY_KEY, "2.5.29.18", "2.5.29.46", "1.3.6.1.5.5.7.48.1.5"];
/// The same of rustls-webpki: policies too.
const UNKNOWN_TO_WEBPKI: &[&str] = &["2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54"];
/// Those that OpenSSL reads in every certificate and the engine does not: Netscape's type, proxies, addresses.
const READ_BY_OPENSSL_ALONE: &[&str] =
    &["2.16.840.1.113730.1.1", "1.3.6.1.5.5.7.1.14", "1.3.6.1.5.5.7.1.7", "1.3.6.1.5.5.7.1.8"];
/// anyExtendedKeyUsage.
const ANY_PURPOSE: &[u8] = &[0x06, 0x04, 0x55, 0x1d, 0x25, 0x00];
/// The type of common names.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
/// ecdsa-with-SHA256 with NULL for parameters, which it does not have (RFC 5758 3.2).
const ECDSA_SHA256_AND_NULL: &[u8] =
    &[0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x05, 0x00];
/// requireExplicitPolicy.
const REQUIRE_EXPLICIT_POLICY: u8 = 0x80;

/// GeneralNames by their tags.
const DNS_NAME: u8 = 0x82;
const DIRECTORY_NAME: u8 = 0xa4;
const EDI_PARTY_NAME: u8 = 0xa5;

/// A path in question.
struct Asked {
    /// The one in question first, the anchor last.
    certificates: Vec<Certificate>,
}

type Condition = fn(&Asked) -> bool;

/// Their names, in words that an entry of the table can be read with.
const CONDITIONS: &[(&str, Condition)] = &[
    ("a certificate is not of version 3", |asked| asked.any(|own| version(own) != 3)),
    ("the certificate is an authority's", |asked| asked.target().is_some_and(is_authority)),
    ("the certificate is the anchor", |asked| {
        asked.target().map(Certificate::der) == asked.anchor().map(Certificate::der)
    }),
    ("names are equal without regard to case, spaces and encoding alone", |asked| {
        asked.links().any(|(own, issuer)| own.issuer() != issuer.subject())
    }),
    ("key identifiers differ", |asked| {
        asked.links().any(|(own, issuer)| key_identifiers_differ(own, issuer))
    }),
    ("a directory name is constrained", |asked| {
        asked.any(|own| constrains(own, |tag| tag == DIRECTORY_NAME))
    }),
    ("a name that webpki cannot compare is constrained", |asked| {
        asked.any(|own| constrains(own, |tag| !matches!(tag, DNS_NAME | 0x87)))
    }),
    ("an intermediate is self-issued", |asked| asked.intermediates().any(is_self_issued)),
    ("the certificate is self-issued", |asked| asked.target().is_some_and(is_self_issued)),
    ("a certificate is for any purpose", |asked| {
        asked.any(|own| parts(own, "2.5.29.37").any(|purpose| purpose == ANY_PURPOSE))
    }),
    ("a critical extension is unknown to OpenSSL", |asked| {
        asked.any(|own| is_critical(own, UNKNOWN_TO_OPENSSL))
    }),
    ("a critical extension is unknown to webpki", |asked| {
        asked.any(|own| is_critical(own, UNKNOWN_TO_OPENSSL) || is_critical(own, UNKNOWN_TO_WEBPKI))
    }),
    ("an extension is read by OpenSSL alone", |asked| {
        asked.any(|own| READ_BY_OPENSSL_ALONE.iter().any(|id| has(own, id)))
    }),
    ("OpenSSL cannot read an alternative name of the anchor", |asked| {
        asked.anchor().is_some_and(|own| parts(own, ALTERNATIVE_NAMES).any(|name| !is_read_by_openssl(name)))
    }),
    ("the anchor is no authority", |asked| asked.anchor().is_some_and(|own| !is_authority(own))),
    ("the anchor may not sign certificates", |asked| {
        asked.anchor().is_some_and(|own| !signs_certificates(own))
    }),
    ("the anchor has no key usage", |asked| asked.anchor().is_some_and(|own| !has(own, KEY_USAGE))),
    ("an alternative name has a wildcard below a top-level domain", |asked| {
        hosts(asked).any(|name| name.starts_with("*.") && name.matches('.').count() == 1)
    }),
    ("an alternative name is no host name", |asked| hosts(asked).any(|name| !is_host(name))),
    ("the certificate names no host", |asked| {
        asked.target().is_some_and(|own| parts(own, ALTERNATIVE_NAMES).all(|name| name[0] != DNS_NAME))
    }),
    ("a host is constrained", |asked| asked.any(|own| constrains(own, |tag| tag == DNS_NAME))),
    ("names are constrained", |asked| asked.any(|own| constrains(own, |_| true))),
    ("a text of a name is none", |asked| {
        asked.any(|own| [own.issuer(), own.subject()].into_iter().any(|name| !is_text(name)))
    }),
    ("a common name of the certificate is no text", |asked| {
        let is_wrong = |(id, value)| id == COMMON_NAME && !is_string(value);
        asked.target().is_some_and(|own| attributes(own.subject()).any(is_wrong))
    }),
    ("an explicit policy is required", |asked| {
        let required = |own| parts(own, POLICY_CONSTRAINTS).any(|part| part[0] == REQUIRE_EXPLICIT_POLICY);
        asked.below_anchor().iter().any(required)
    }),
    ("every certificate has policies", |asked| asked.below_anchor().iter().all(|own| has(own, POLICIES))),
    ("a wildcard is in a domain with an underscore", |asked| {
        hosts(asked).any(|name| name.starts_with("*.") && name.contains('_'))
    }),
    ("a name and its key are there twice", |asked| {
        let key = |own: &Certificate| (own.subject_text().to_lowercase(), own.spki().to_vec());
        let below = asked.below_anchor();
        below.iter().enumerate().any(|(index, own)| below[..index].iter().any(|one| key(one) == key(own)))
    }),
    ("there is a unique identifier", |asked| {
        asked.any(|own| fields(own).iter().any(|field| matches!(field.first(), Some(0x81 | 0x82))))
    }),
    ("what is signed has NULL for the parameters of the signature", |asked| {
        asked.any(|own| fields(own).get(usize::from(version(own) != 1) + 1) == Some(&ECDSA_SHA256_AND_NULL))
    }),
    ("a path length is above 255", |asked| {
        asked.any(|own| parts(own, BASIC_CONSTRAINTS).any(|part| part[0] == 2 && part.len() > 3))
    }),
    ("there are more than six intermediates", |asked| asked.intermediates().count() > 6),
];

/// Whether there is a condition of that name.
#[must_use]
pub fn is_known(name: &str) -> bool {
    CONDITIONS.iter().any(|(own, _)| *own == name)
}

/// Whether the condition of that name holds; nothing if there is none.
#[must_use]
pub fn holds(name: &str, question: &Question) -> Option<bool> {
    let (_, condition) = CONDITIONS.iter().find(|(own, _)| *own == name)?;
    let certificates = question.certificates().map(|der| Certificate::from_der(der));
    Some(condition(&Asked { certificates: certificates.collect::<Result<_, _>>().ok()? }))
}

impl Asked {
    fn target(&self) -> Option<&Certificate> {
        self.certificates.first()
    }

    fn anchor(&self) -> Option<&Certificate> {
        self.certificates.last()
    }

    fn below_anchor(&self) -> &[Certificate] {
        self.certificates.split_last().map_or(&[], |(_, below)| below)
    }

    fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().skip(1).take(self.certificates.len().saturating_sub(2))
    }

    fn any(&self, holds: impl FnMut(&Certificate) -> bool) -> bool {
        self.certificates.iter().any(holds)
    }

    /// Each certificate with its issuer.
    fn links(&self) -> impl Iterator<Item = (&Certificate, &Certificate)> {
        self.certificates.iter().zip(self.certificates.iter().skip(1))
    }
}

fn version(certificate: &Certificate) -> u8 {
    certificate.version() as u8 + 1
}

/// The fields of what is signed.
fn fields(certificate: &Certificate) -> Vec<&[u8]> {
    let content = der::content(&certificate.signed().content).unwrap_or_default();
    der::elements(content).collect()
}

fn value<'a>(certificate: &'a Certificate, id: &str) -> Option<&'a [u8]> {
    let extension = certificate.extensions().iter().find(|own| own.extn_id.to_string() == id)?;
    Some(extension.extn_value.as_bytes())
}

fn has(certificate: &Certificate, id: &str) -> bool {
    value(certificate, id).is_some()
}

/// The elements of the SEQUENCE that an extension is.
fn parts<'a>(certificate: &'a Certificate, id: &str) -> impl Iterator<Item = &'a [u8]> {
    value(certificate, id).and_then(der::content).into_iter().flat_map(der::elements)
}

fn is_critical(certificate: &Certificate, ids: &[&str]) -> bool {
    let is_one = |id: String| ids.contains(&id.as_str());
    certificate.extensions().iter().any(|own| own.critical && is_one(own.extn_id.to_string()))
}

fn is_authority(certificate: &Certificate) -> bool {
    parts(certificate, BASIC_CONSTRAINTS).any(|part| part == [1, 1, 0xff])
}

fn signs_certificates(certificate: &Certificate) -> bool {
    let usage = value(certificate, KEY_USAGE).and_then(der::content);
    usage.is_none_or(|bits| bits.get(1).is_some_and(|first| first & 0x04 != 0))
}

/// Whether issuer and subject are one name, written in two ways perhaps.
fn is_self_issued(certificate: &Certificate) -> bool {
    let folded = |text: String| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    folded(certificate.issuer_text()) == folded(certificate.subject_text())
}

/// Whether the identifier that a certificate has for its issuer's key is another one than the issuer has, or it names
/// an issuer and a serial number.
fn key_identifiers_differ(certificate: &Certificate, issuer: &Certificate) -> bool {
    let own = value(issuer, SUBJECT_KEY).and_then(der::content);
    parts(certificate, AUTHORITY_KEY).any(|part| match part[0] {
        0x80 => own.is_some_and(|own| der::content(part) != Some(own)),
        _ => true,
    })
}

/// Whether a constraint is about a name of such a form.
fn constrains(certificate: &Certificate, is_form: impl Fn(u8) -> bool) -> bool {
    let subtrees = parts(certificate, NAME_CONSTRAINTS).filter_map(der::content).flat_map(der::elements);
    let mut tags = subtrees.filter_map(|subtree| der::content(subtree)?.first());
    tags.any(|tag| is_form(*tag))
}

/// The hosts among the alternative names of all certificates.
fn hosts(asked: &Asked) -> impl Iterator<Item = &str> {
    let names = asked.certificates.iter().flat_map(|own| parts(own, ALTERNATIVE_NAMES));
    names.filter(|name| name[0] == DNS_NAME).filter_map(|name| str::from_utf8(der::content(name)?).ok())
}

/// A name that could be one of a host, and is no address.
pub(super) fn is_host(name: &str) -> bool {
    let domain = name.strip_prefix("*.").unwrap_or(name);
    let last = domain.rsplit('.').next().unwrap_or_default();
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && domain.split('.').all(is_label) && !last.bytes().all(|octet| octet.is_ascii_digit())
}

/// Whether OpenSSL reads a GeneralName: the texts of a directory name, and no name of EDI.
fn is_read_by_openssl(name: &[u8]) -> bool {
    match name[0] {
        DIRECTORY_NAME => der::content(name).is_none_or(is_text),
        EDI_PARTY_NAME => false,
        _ => true,
    }
}

/// Whether the texts of a name are, by their types.
fn is_text(name: &[u8]) -> bool {
    attributes(name).all(|(_, value)| is_string(value))
}

/// The attributes of a name: the type of each, and its value.
fn attributes(name: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let sets = der::content(name).into_iter().flat_map(der::elements).filter_map(der::content);
    sets.flat_map(der::elements).filter_map(|attribute| {
        let mut fields = der::elements(der::content(attribute)?);
        Some((fields.next()?, fields.next()?))
    })
}

/// Whether a value is text of its type.
fn is_string(value: &[u8]) -> bool {
    match (value[0], der::content(value).unwrap_or_default()) {
        (0x0c, content) => str::from_utf8(content).is_ok(),
        (0x12..=0x14 | 0x16, _) => true,
        (0x1c, content) => content.len().is_multiple_of(4),
        (0x1e, content) => content.len().is_multiple_of(2),
        _ => false,
    }
}
