//! Where revocation lists, OCSP responders and issuers' certificates are (RFC 5280 4.2.1.13 and 4.2.2.1).

use alloc::string::String;
use core::net::IpAddr;

use super::{extensions::Extensions, finding::Findings, rule::rules};
use crate::inspect::extension::{DistributionPoint, ExtensionValue};

rules! {
    ADDRESS_MALFORMED, Error, "RFC 3986 3":
        "an address has no host, or characters that an address cannot have";
        "write it as http://host/path, in ASCII and without spaces".
    ADDRESS_LOOPBACK, Warning, "RFC 5280 4.2.1.13":
        "an address leads to the machine itself that reads it";
        "write the name by which devices reach the server".
    ADDRESS_PRIVATE, Notice, "RFC 1918, RFC 6762":
        "an address can be reached from inside only";
        "make sure that devices on the road need not ask, or publish the server".
    CRL_ADDRESS_UNREACHABLE_KIND, Warning, "RFC 5280 4.2.1.13":
        "a revocation list is at an address that readers do not fetch: file, ftp, or ldap without a host";
        "publish the list over plain HTTP and name that address first".
    CRL_ADDRESS_HTTPS, Warning, "RFC 5280 8":
        "a revocation list is at an https address";
        "publish it over plain HTTP: it is signed, and the server's own certificate would have to be checked first".
    OCSP_ADDRESS_HTTPS, Warning, "RFC 5280 8 and RFC 6960 A.1":
        "an OCSP responder is at an https address";
        "answer over plain HTTP: responses are signed, and the server's own certificate would have to be checked first".
    OCSP_ADDRESS_UNREACHABLE_KIND, Error, "RFC 6960 A.1":
        "an OCSP responder is at an address that is not HTTP";
        "write the responder's http address; others nobody asks".
    ISSUER_ADDRESS_HTTPS, Warning, "RFC 5280 8":
        "the issuer's certificate is at an https address";
        "publish it over plain HTTP: it is signed, and the server's own certificate would have to be checked first".
    ISSUER_ADDRESS_UNREACHABLE_KIND, Warning, "RFC 5280 4.2.2.1":
        "the issuer's certificate is at an address that readers do not fetch: file, ftp, or ldap without a host";
        "publish the certificate in DER over plain HTTP and name that address first".
    DISTRIBUTION_POINT_EMPTY, Error, "RFC 5280 4.2.1.13":
        "a distribution point names neither a place nor an issuer of the list";
        "name the list's address, or leave the point out".
    REVOCATION_UNKNOWN, Notice, "RFC 5280 4.2.1.13 and 4.2.2.1":
        "the certificate names neither a revocation list nor an OCSP responder";
        "let the authority write the addresses, unless the certificate lives so short that nobody revokes it".
}

/// What is fetched from an address.
#[derive(Clone, Copy)]
pub(super) enum Fetched {
    List,
    OcspResponse,
    IssuerCertificate,
}

/// Looks at all the addresses among the extensions of a certificate or list.
pub(super) fn check(extensions: &Extensions, findings: &mut Findings) {
    for (index, extension) in extensions.iter().enumerate() {
        match &extension.value {
            ExtensionValue::CrlDistributionPoints(points) | ExtensionValue::FreshestCrl(points) => {
                points.iter().for_each(|point| check_point(point, index, findings));
            }
            ExtensionValue::IssuingDistributionPoint(point) => {
                check_names(&point.names, index, Fetched::List, findings)
            }
            ExtensionValue::AuthorityInfoAccess(descriptions) => {
                for description in descriptions {
                    let fetched = match description.access_method.as_str() {
                        "ocsp" => Fetched::OcspResponse,
                        "caIssuers" => Fetched::IssuerCertificate,
                        _ => continue,
                    };
                    check_names(
                        core::slice::from_ref(&description.access_location),
                        index,
                        fetched,
                        findings,
                    );
                }
            }
            _ => {}
        }
    }
}

fn check_point(point: &DistributionPoint, index: usize, findings: &mut Findings) {
    let is_empty = point.names.is_empty() && point.crl_issuer.is_empty();
    findings.add_if(
        is_empty,
        &DISTRIBUTION_POINT_EMPTY,
        format_args!("extensions.{index}"),
        "found reasons at most, wanted an address",
    );
    check_names(&point.names, index, Fetched::List, findings);
}

fn check_names(names: &[String], index: usize, fetched: Fetched, findings: &mut Findings) {
    for name in names.iter().filter_map(|name| name.strip_prefix("uri:")) {
        check_address(name, &alloc::format!("extensions.{index}"), fetched, findings);
    }
}

/// Looks at one address.
pub(super) fn check_address(text: &str, place: &str, fetched: Fetched, findings: &mut Findings) {
    let found = format_args!("found {text:?}");
    let Some(address) = Address::parse(text) else {
        return findings.add(&ADDRESS_MALFORMED, place, found);
    };
    let (https, other_kind) = match fetched {
        Fetched::List => (&CRL_ADDRESS_HTTPS, &CRL_ADDRESS_UNREACHABLE_KIND),
        Fetched::OcspResponse => (&OCSP_ADDRESS_HTTPS, &OCSP_ADDRESS_UNREACHABLE_KIND),
        Fetched::IssuerCertificate => (&ISSUER_ADDRESS_HTTPS, &ISSUER_ADDRESS_UNREACHABLE_KIND),
    };
    match (address.scheme.as_str(), fetched) {
        ("http", _) => {}
        ("https", _) => findings.add(https, place, found),
        ("ldap" | "ldaps", Fetched::List | Fetched::IssuerCertificate) if !address.host.is_empty() => {}
        _ => return findings.add(other_kind, place, found),
    }
    if address.host.is_empty() {
        return findings.add(&ADDRESS_MALFORMED, place, found);
    }
    match address.reach() {
        Reach::Itself => findings.add(&ADDRESS_LOOPBACK, place, found),
        Reach::Inside => findings.add(&ADDRESS_PRIVATE, place, found),
        Reach::Everybody => {}
        Reach::Nobody => findings.add(&ADDRESS_MALFORMED, place, found),
    }
}

/// Whether a text is an absolute URI: a scheme, and something after it.
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet));
    is_scheme && !rest.is_empty() && rest != "//" && rest.bytes().all(|octet| octet.is_ascii_graphic())
}

/// Who can get to an address.
enum Reach {
    Everybody,
    Inside,
    Itself,
    Nobody,
}

struct Address {
    scheme: String,
    host: String,
}

impl Address {
    fn parse(text: &str) -> Option<Self> {
        if !is_absolute(text) || text.bytes().any(|octet| b"\"<>\\^`{|}".contains(&octet)) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let authority =
            rest.strip_prefix("//").map_or("", |rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match host.strip_prefix('[') {
            Some(literal) => literal.split_once(']')?,
            None => host.split_once(':').unwrap_or((host, "")),
        };
        let port = port.trim_start_matches(':');
        (port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0))
            .then(|| Self { scheme: scheme.to_ascii_lowercase(), host: host.to_ascii_lowercase() })
    }

    fn reach(&self) -> Reach {
        let host = self.host.trim_end_matches('.');
        match host.parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => Reach::Itself,
            Ok(address) if address.is_unspecified() || address.is_multicast() => Reach::Nobody,
            Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => Reach::Inside,
            Ok(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => {
                Reach::Inside
            }
            Ok(_) => Reach::Everybody,
            Err(_) if host == "localhost" || host.ends_with(".localhost") => Reach::Itself,
            Err(_)
                if !host.contains('.')
                    || [".local", ".internal", ".lan"].iter().any(|end| host.ends_with(end)) =>
            {
                Reach::Inside
            }
            Err(_) => Reach::Everybody,
        }
    }
}
