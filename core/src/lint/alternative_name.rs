//! Subject alternative names (RFC 5280 4.2.1.6).

use core::net::IpAddr;

use super::{address, finding::Findings, rule::rules};

rules! {
    ALTERNATIVE_NAMES_EMPTY, Error, "RFC 5280 4.2.1.6":
        "the extension has no name, or an empty one";
        "leave the extension out, or fill the variable that it was meant to hold".
    DNS_NAME_WRONG, Error, "RFC 5280 4.2.1.6 and RFC 1034 3.5":
        "a DNS name has other characters than letters, digits and hyphens, or labels that are too long or empty";
        "write the host's name alone: no scheme, no port, no space, and a wildcard only as the whole first label".
    DNS_NAME_WITH_UNDERSCORE, Warning, "RFC 5280 4.2.1.6 and RFC 1034 3.5":
        "a DNS name has an underscore";
        "give the host a name of letters, digits and hyphens; some verifiers refuse others".
    IP_ADDRESS_AS_DNS_NAME, Error, "RFC 5280 4.2.1.6":
        "an IP address stands where a DNS name belongs";
        "write it as an iPAddress; verifiers do not look for addresses among DNS names".
    IP_ADDRESS_WRONG, Error, "RFC 5280 4.2.1.6":
        "an IP address has neither 4 nor 16 octets";
        "write the address alone, without mask or prefix length".
    EMAIL_ADDRESS_WRONG, Error, "RFC 5280 4.2.1.6 and RFC 9598":
        "an email address is none in ASCII";
        "write the mailbox alone, as in ann@example.com; beyond ASCII there is SmtpUTF8Mailbox".
    URI_WRONG, Error, "RFC 5280 4.2.1.6":
        "a URI is not absolute";
        "write it with its scheme, and with a host where the scheme has one".
}

/// Looks at alternative names, in the form that `inspect` gives them.
pub(super) fn check(names: &[alloc::string::String], place: &str, findings: &mut Findings) {
    findings.add_if(names.is_empty(), &ALTERNATIVE_NAMES_EMPTY, place, "found no name, wanted one at least");
    for (index, name) in names.iter().enumerate() {
        let place = format_args!("{place}.{index}");
        let Some((form, value)) = name.split_once(':') else { continue };
        match form {
            "dns" | "email" | "uri" if value.trim().is_empty() => {
                findings.add(&ALTERNATIVE_NAMES_EMPTY, place, format_args!("found an empty {form} name"));
            }
            "dns" if value.parse::<IpAddr>().is_ok() => {
                findings.add(&IP_ADDRESS_AS_DNS_NAME, place, format_args!("found {value:?}"))
            }
            "dns" if value.contains('_') && is_dns_name(&value.replace('_', "x")) => {
                findings.add(&DNS_NAME_WITH_UNDERSCORE, place, format_args!("found {value:?}"));
            }
            "dns" => {
                findings.add_if(!is_dns_name(value), &DNS_NAME_WRONG, place, format_args!("found {value:?}"))
            }
            "ip" => findings.add_if(
                value.parse::<IpAddr>().is_err(),
                &IP_ADDRESS_WRONG,
                place,
                format_args!("found {value:?}"),
            ),
            "email" => findings.add_if(
                !is_mailbox(value),
                &EMAIL_ADDRESS_WRONG,
                place,
                format_args!("found {value:?}"),
            ),
            "uri" => findings.add_if(
                !address::is_absolute(value),
                &URI_WRONG,
                place,
                format_args!("found {value:?}"),
            ),
            _ => {}
        }
    }
}

/// A host's name in the preferred syntax of RFC 1034 3.5, digits first allowed (RFC 1123 2.1), or a wildcard.
pub(super) fn is_dns_name(name: &str) -> bool {
    let host = name.strip_prefix("*.").unwrap_or(name);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && host.split('.').all(is_label)
}

fn is_mailbox(text: &str) -> bool {
    let plain = text.bytes().all(|octet| octet.is_ascii_graphic() && !b"<>,;:()[]\\\"".contains(&octet));
    let parts = text.rsplit_once('@');
    plain && parts.is_some_and(|(local, host)| !local.is_empty() && !local.contains('@') && is_dns_name(host))
}
