//! The text of distinguished names (RFC 4514): written, and read.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use const_oid::{
    ObjectIdentifier,
    db::{rfc3280, rfc4519},
};
use der::{Decode, Encode, Tag, asn1::Any};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{RdnSequence, RelativeDistinguishedName},
};

use crate::{hex, object_identifier};

/// The attribute types that have keywords: in each line the digits, the keyword that is written, and others that are
/// read. Sorted as text.
const TYPES: &str = include_str!("attribute_types.txt");

/// A name as text; `text_of` says what a value reads, if anything.
pub(crate) fn write(name: &RdnSequence, text_of: impl Fn(&Any) -> Option<String>) -> String {
    let attribute = |attribute: &AttributeTypeAndValue| {
        let AttributeTypeAndValue { oid, value } = attribute;
        write_attribute(oid, value, text_of(value))
    };
    let rdn = |rdn: &RelativeDistinguishedName| rdn.iter().map(attribute).collect::<Vec<_>>().join("+");
    let mut rdns: Vec<_> = name.iter().map(rdn).collect();
    // The last one comes first (section 2.1).
    rdns.reverse();
    rdns.join(",")
}

/// Digits and hexadecimal where the type has no keyword, or the value no text (section 2.4).
fn write_attribute(oid: &ObjectIdentifier, value: &Any, text: Option<String>) -> String {
    let digits = oid.to_string();
    let keyword = object_identifier::entry(TYPES, &digits).and_then(|keywords| keywords.split(' ').next());
    match keyword.zip(text) {
        Some((keyword, text)) => format!("{keyword}={}", escape(&text)),
        None => format!("{digits}=#{}", hex::encode(&value.to_der().unwrap_or_default())),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut rest = text.char_indices().peekable();
    while let Some((position, character)) = rest.next() {
        let (is_first, is_last) = (position == 0, rest.peek().is_none());
        match character {
            '#' if is_first => escaped.push_str("\\#"),
            ' ' if is_first || is_last => escaped.push_str("\\ "),
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => escaped.extend(['\\', character]),
            '\0'..='\x1f' | '\x7f' => escaped.push_str(&format!("\\{:02x}", u32::from(character))),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The name that a text is; nothing if it is none.
pub(super) fn read(text: &str) -> Option<RdnSequence> {
    let mut rdns = parts(text, ',').into_iter().map(read_rdn).collect::<Option<Vec<_>>>()?;
    rdns.reverse();
    Some(RdnSequence::from(rdns))
}

fn read_rdn(text: &str) -> Option<RelativeDistinguishedName> {
    let attributes = parts(text, '+').into_iter().map(read_attribute).collect::<Option<Vec<_>>>()?;
    RelativeDistinguishedName::try_from(attributes).ok()
}

/// What stands between the separators that no backslash precedes.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let mut is_escaped = false;
    let is_separator = |character| {
        let ends = !is_escaped && character == separator;
        is_escaped = !is_escaped && character == '\\';
        ends
    };
    text.split(is_separator).collect()
}

fn read_attribute(text: &str) -> Option<AttributeTypeAndValue> {
    let (keyword, value) = text.split_once('=')?;
    let oid = attribute_type(keyword.trim_start_matches(' '))?;
    let value = match value.strip_prefix('#') {
        Some(digits) => Any::from_der(&hex::decode(digits)?).ok()?,
        None => Any::new(string_type(oid), unescape(value)?).ok()?,
    };
    Some(AttributeTypeAndValue { oid, value })
}

fn attribute_type(keyword: &str) -> Option<ObjectIdentifier> {
    let is_own = |keywords: &str| keywords.split(' ').any(|own| own.eq_ignore_ascii_case(keyword));
    let known = TYPES.lines().filter_map(|line| line.split_once(' ')).find(|(_, keywords)| is_own(keywords));
    known.map_or(keyword, |(digits, _)| digits).parse().ok()
}

/// The string type of what is read: that of RFC 5280 appendix A, and UTF8String where there is a choice.
const fn string_type(oid: ObjectIdentifier) -> Tag {
    match oid {
        rfc4519::COUNTRY_NAME | rfc4519::SERIAL_NUMBER => Tag::PrintableString,
        rfc4519::DOMAIN_COMPONENT | rfc3280::EMAIL_ADDRESS => Tag::Ia5String,
        _ => Tag::Utf8String,
    }
}

/// The octets behind the backslashes (section 3): a special character, or two hexadecimal digits. What has to be escaped
/// and is not may be meant as it was in other notations, and is nothing: `O="Acme, CN=admin"` is not two attributes.
fn unescape(value: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    let mut rest = value.bytes();
    let mut ends_in_space = false;
    while let Some(octet) = rest.next() {
        match octet {
            b'"' | b';' | b'<' | b'>' | 0 => return None,
            b'\\' => match rest.next()? {
                special @ (b' ' | b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'=' | b'>' | b'\\') => {
                    octets.push(special);
                }
                digit => octets.extend(hex::decode(core::str::from_utf8(&[digit, rest.next()?]).ok()?)?),
            },
            plain => octets.push(plain),
        }
        ends_in_space = octet == b' ';
    }
    (!ends_in_space && !value.starts_with(' ')).then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory_string;

    fn round(text: &str) -> String {
        write(&read(text).unwrap(), directory_string::strict_text)
    }

    /// RFC 4514 section 4, and what else is hard.
    #[test]
    fn a_name_is_written_as_it_was_read() {
        for text in [
            "UID=jsmith,DC=example,DC=net",
            "OU=Sales+CN=J.  Smith,DC=example,DC=net",
            r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            r"CN=Before\0dAfter,DC=example,DC=net",
            "1.3.6.1.4.1.1466.0=#04024869",
            "CN=Lučić",
            r"CN=\#x\ ,O=\ \<\>\;",
            r"CN=a\\,O=b",
            r"OU=e+O=c\+d,CN=a\\\,O",
            "PKCS-9-AT-UNSTRUCTUREDNAME=router.example",
            r"CN=a\\\ ",
        ] {
            assert_eq!(round(text), text);
        }
    }

    #[test]
    fn keywords_are_read_in_any_case_and_by_their_other_names() {
        for (text, written) in [
            ("commonName=a, o=b", "CN=a,O=b"),
            (r"cn=\4c\75\c4\8d", "CN=Luč"),
            ("2.5.4.3=a", "CN=a"),
            ("E=a@b.example", "EMAIL=a@b.example"),
            ("pkcs-9-at-emailAddress=a@b.example", "EMAIL=a@b.example"),
            ("CN=#0c0161", "CN=a"),
            ("unstructuredName=router.example", "PKCS-9-AT-UNSTRUCTUREDNAME=router.example"),
        ] {
            assert_eq!(round(text), written, "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in [
            r#"O="Acme, CN=admin""#,
            "CN=a;O=b",
            "CN=a ,O=b",
            "CN= a",
            "CN=<a>",
            "\nCN=a",
            "CN=a\0b",
            r"CN=a\\ ",
            "",
            "CN",
            "=a",
            "CN=a,,O=b",
            "CN=a,",
            r"CN=\",
            r"CN=\4",
            r"CN=\zz",
            "CN=#0c",
            "CN=#0",
            "nothing=a",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    /// What the library that writes names too has a keyword for, and a little more.
    #[test]
    fn names_are_those_of_x509_cert() {
        for line in TYPES.lines() {
            let (digits, keywords) = line.split_once(' ').unwrap();
            let oid = digits.parse().unwrap();
            let value = Any::new(Tag::Utf8String, *b"a").unwrap();
            let theirs = AttributeTypeAndValue { oid, value }.to_string();
            let (theirs, _) = theirs.split_once('=').unwrap();
            assert_eq!(keywords.split(' ').next(), Some(theirs), "{line}");
            assert!(keywords.split(' ').all(|keyword| attribute_type(keyword) == Some(oid)), "{line}");
        }
        let digits: Vec<_> =
            TYPES.lines().filter_map(|line| line.split_once(' ')).map(|(digits, _)| digits).collect();
        assert!(digits.is_sorted());
        assert_eq!(digits.len(), 166);
    }
}
