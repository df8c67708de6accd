//! Subject alternative names (RFC 5280 4.2.1.6) as `form:value` texts.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::net::IpAddr;

use der::{
    Decode, Encode,
    asn1::{Any, Ia5String, ObjectIdentifier, Utf8StringRef},
};
use x509_cert::{
    ext::pkix::name::{GeneralName, OtherName},
    name::Name,
};

use crate::{
    directory_string, distinguished_name,
    error::{Error, ErrorCode},
    hex,
};

/// How many names one certificate may carry.
pub const MAX_NAMES: usize = 100;

/// The otherName of a user principal name (Microsoft).
const USER_PRINCIPAL_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");

/// Reads `dns:`, `email:`, `uri:`, `ip:`, `upn:` or `directory:` followed by the value.
///
/// # Errors
/// `AlternativeNameMalformed`.
pub fn parse(text: &str) -> Result<GeneralName, Error> {
    let (form, value) = text.split_once(':').ok_or_else(|| malformed(text, "wanted form:value"))?;
    match form {
        "dns" if is_dns_name(value) => Ok(GeneralName::DnsName(ia5(text, value)?)),
        "dns" => Err(malformed(
            text,
            "wanted a host name of letters, digits and hyphens, perhaps with a leading *.",
        )),
        "email"
            if value
                .split_once('@')
                .is_some_and(|(local, host)| is_local_part(local) && is_dns_name(host)) =>
        {
            Ok(GeneralName::Rfc822Name(ia5(text, value)?))
        }
        "email" => Err(malformed(text, "wanted user@host")),
        "uri"
            if value.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && is_uri_text(rest)) =>
        {
            Ok(GeneralName::UniformResourceIdentifier(ia5(text, value)?))
        }
        "uri" => Err(malformed(text, "wanted an absolute URI")),
        "ip" => value
            .parse::<IpAddr>()
            .map(GeneralName::from)
            .map_err(|_| malformed(text, "wanted an IPv4 or IPv6 address")),
        "upn" if !value.is_empty() && !value.chars().any(char::is_control) => {
            Ok(GeneralName::OtherName(OtherName {
                type_id: USER_PRINCIPAL_NAME,
                value: Any::encode_from(&Utf8StringRef::new(value)?)?,
            }))
        }
        "directory" => Ok(GeneralName::DirectoryName(Name::from_der(&distinguished_name::parse(value)?)?)),
        _ => Err(malformed(text, "wanted dns:, email:, uri:, ip:, upn: or directory:")),
    }
}

/// Reads a list of names.
///
/// # Errors
/// `AlternativeNameMalformed`, also for more than [`MAX_NAMES`].
pub fn parse_all(texts: &[String]) -> Result<Vec<GeneralName>, Error> {
    if texts.len() > MAX_NAMES {
        return Err(Error::new(
            ErrorCode::AlternativeNameMalformed,
            format_args!("found {} alternative names, wanted at most {MAX_NAMES}", texts.len()),
        ));
    }
    texts.iter().map(|text| parse(text)).collect()
}

/// Writes a name as `form:value`; forms that [`parse`] does not know come as `other:` with hexadecimal DER.
#[must_use]
pub fn to_text(name: &GeneralName) -> String {
    match name {
        GeneralName::DnsName(value) => format!("dns:{value}"),
        GeneralName::Rfc822Name(value) => format!("email:{value}"),
        GeneralName::UniformResourceIdentifier(value) => format!("uri:{value}"),
        GeneralName::IpAddress(value) => format!("ip:{}", ip_text(value.as_bytes())),
        GeneralName::DirectoryName(value) => {
            format!("directory:{}", distinguished_name::to_text(&value.to_der().unwrap_or_default()))
        }
        GeneralName::RegisteredId(value) => format!("oid:{value}"),
        GeneralName::OtherName(other) if other.type_id == USER_PRINCIPAL_NAME => {
            directory_string::text(&other.value)
                .map_or_else(|| undecoded(name), |value| format!("upn:{value}"))
        }
        GeneralName::OtherName(_) | GeneralName::EdiPartyName(_) => undecoded(name),
    }
}

fn undecoded(name: &GeneralName) -> String {
    format!("other:{}", hex::encode(&name.to_der().unwrap_or_default()))
}

fn ip_text(octets: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(octets) {
        IpAddr::from(v4).to_string()
    } else if let Ok(v6) = <[u8; 16]>::try_from(octets) {
        IpAddr::from(v6).to_string()
    } else {
        hex::encode(octets)
    }
}

fn is_dns_name(value: &str) -> bool {
    let host = value.strip_prefix("*.").unwrap_or(value);
    value.len() <= 253 && host.split('.').all(is_label)
}

/// A dot-string or anything else of RFC 5321 4.1.2 that needs no quotes.
fn is_local_part(local: &str) -> bool {
    !local.is_empty()
        && local.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"(),:;<>@[\\]".contains(&byte))
}

/// RFC 3986 3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The characters of RFC 3986 appendix A.
fn is_uri_text(rest: &str) -> bool {
    !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '-' || character == '_')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn ia5(text: &str, value: &str) -> Result<Ia5String, Error> {
    Ia5String::new(value).map_err(|_| malformed(text, "wanted ASCII characters only"))
}

fn malformed(text: &str, wanted: &str) -> Error {
    Error::new(ErrorCode::AlternativeNameMalformed, format_args!("found {text:?}, {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Tag;

    #[test]
    fn every_form_round_trips() {
        for text in [
            "dns:a.example",
            "dns:*.example.net",
            "email:x@y.example",
            "uri:urn:device:1",
            "ip:10.0.0.1",
            "ip:2001:db8::1",
            "upn:user@corp",
            "directory:CN=x,O=y",
        ] {
            assert_eq!(to_text(&parse(text).unwrap()), text);
        }
    }

    #[test]
    fn what_does_not_fit_its_form_is_refused() {
        for text in [
            "a.example",
            "dns:",
            "dns:a b",
            "dns:-a",
            "email:x",
            "email:@y",
            "ip:1.2.3",
            "uri:x",
            "upn:",
            "oid:1.2",
            "dns:jü.example",
            "email:a b@y.example",
            "email:a\n\0@y.example",
            "email:a,b@y.example",
            "uri:x: \0\nz <script>",
            "uri:1x:y",
            "uri:x:a b",
            "upn:root@corp\0x",
        ] {
            assert_eq!(parse(text).unwrap_err().code, ErrorCode::AlternativeNameMalformed, "{text}");
        }
    }

    #[test]
    fn a_principal_name_keeps_its_characters_whatever_its_string_type() {
        let principal = |tag, value: &[u8]| {
            let value = Any::new(tag, value).unwrap();
            to_text(&GeneralName::OtherName(OtherName { type_id: USER_PRINCIPAL_NAME, value }))
        };
        assert_eq!(principal(Tag::Ia5String, b"user@corp"), "upn:user@corp");
        let undecoded = principal(Tag::Integer, b"\x01");
        assert!(undecoded.starts_with("other:"), "{undecoded}");
        assert_eq!(parse(&undecoded).unwrap_err().code, ErrorCode::AlternativeNameMalformed);
    }
}
