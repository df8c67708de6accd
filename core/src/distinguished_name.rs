//! Distinguished names as people write them (RFC 4514).

pub(crate) mod rfc4514;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use const_oid::{
    ObjectIdentifier,
    db::{rfc3280, rfc4519},
};
use der::{Decode, Encode, Tag, Tagged, asn1::Any};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{Name, RdnSequence},
};

use crate::{
    directory_string,
    error::{Error, ErrorCode},
};

/// The longest name, in bytes of text or DER.
pub const MAX_NAME: usize = 8 * 1024;

/// Reads a name such as `CN=dev1,O=Acme`; the empty text is the empty name. Returns DER.
///
/// Country, serial number, domain component and email address get the string types of RFC 5280 appendix A,
/// everything else is UTF8String.
///
/// # Errors
/// `NameMalformed`.
pub fn parse(text: &str) -> Result<Vec<u8>, Error> {
    if text.len() > MAX_NAME {
        return Err(malformed(format_args!(
            "found a name of {} bytes, wanted at most {MAX_NAME}",
            text.len()
        )));
    }
    if text.trim().is_empty() {
        return Ok(Name::default().to_der()?);
    }
    let wanted = "wanted a name as RFC 4514 writes it, such as CN=dev1,O=Acme";
    let name = rfc4514::read(text).ok_or_else(|| malformed(format_args!("found {text:?}, {wanted}")))?;
    let der = name.to_der()?;
    check(&der).map_err(|detail| malformed(format_args!("found {text:?}: {detail}")))?;
    Ok(der)
}

/// The first common name in a name in DER, if it is one of the usual string types.
#[must_use]
pub fn common_name(name: &[u8]) -> Option<alloc::string::String> {
    let name = Name::from_der(name).ok()?;
    let first = name.iter().find(|attribute| attribute.oid == rfc4519::COMMON_NAME)?;
    directory_string::text(&first.value)
}

/// A name in DER as RFC 4514 writes it; nothing if it is no name. Strings of the old types, such as
/// BMPString, are text as well: what is no string at all is hexadecimal.
#[must_use]
pub fn to_text(name: &[u8]) -> String {
    rfc4514::write(&RdnSequence::from_der(name).unwrap_or_default(), directory_string::strict_text)
}

/// Whether two names in DER are the same to those who compare as RFC 5280 7.1 says: string type, case and
/// superfluous spaces make no difference.
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one == other || Folded::new(one).is_some_and(|one| Folded::new(other).is_some_and(|other| one == other))
}

/// What of a name is compared: its attributes, in order from one RDN to the next and sorted within one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Folded(Vec<Vec<(ObjectIdentifier, String)>>);

impl Folded {
    /// Of a name in DER; nothing if it is none.
    pub(crate) fn new(name: &[u8]) -> Option<Self> {
        let name = Name::from_der(name).ok()?;
        let rdns = name.iter_rdn().map(|rdn| {
            let mut attributes: Vec<_> = rdn.iter().map(folded_attribute).collect();
            attributes.sort_unstable();
            attributes
        });
        Some(Self(rdns.collect()))
    }

    /// Whether it is the empty name.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it begins as `base` does: whether it is in the subtree (RFC 5280 4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }

    /// The name below this one (RFC 5280 4.2.1.13, nameRelativeToCRLIssuer).
    pub(crate) fn below(&self, rdn: &[AttributeTypeAndValue]) -> Self {
        let mut attributes: Vec<_> = rdn.iter().map(folded_attribute).collect();
        attributes.sort_unstable();
        let mut name = self.clone();
        name.0.push(attributes);
        name
    }
}

/// The values of an attribute in a name in DER, those that are strings.
pub(crate) fn values(name: &[u8], oid: ObjectIdentifier) -> Vec<String> {
    let name = Name::from_der(name).unwrap_or_default();
    let own = name.iter().filter(|attribute| attribute.oid == oid);
    own.filter_map(|attribute| directory_string::text(&attribute.value)).collect()
}

/// Whether each UTF8String in a name in DER is UTF-8.
pub(crate) fn is_utf8(name: &[u8]) -> bool {
    let is_text = |value: &Any| core::str::from_utf8(value.value()).is_ok();
    let name = Name::from_der(name).unwrap_or_default();
    name.iter().all(|attribute| attribute.value.tag() != Tag::Utf8String || is_text(&attribute.value))
}

/// Whether a name in DER has a relative distinguished name without attributes, which is SIZE (1..MAX) of them.
pub(crate) fn has_empty_rdn(name: &[u8]) -> bool {
    Name::from_der(name).unwrap_or_default().iter_rdn().any(|rdn| rdn.is_empty())
}

fn folded_attribute(attribute: &AttributeTypeAndValue) -> (ObjectIdentifier, String) {
    let text = directory_string::text(&attribute.value)
        .unwrap_or_else(|| crate::hex::encode(attribute.value.value()));
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    (attribute.oid, words.join(" "))
}

/// Checks a name in DER that somebody else made: its size, and that each value is a string of a type
/// that its attribute has (RFC 5280 appendix A), not empty and without control characters. A name that
/// two readers read differently is two names.
///
/// # Errors
/// What was found, in words.
pub(crate) fn check(name: &[u8]) -> Result<(), String> {
    if name.len() > MAX_NAME {
        return Err(format!("the name has {} octets, wanted at most {MAX_NAME}", name.len()));
    }
    if has_empty_rdn(name) {
        return Err("found a relative distinguished name without attributes".into());
    }
    let name = Name::from_der(name).map_err(|error| error.to_string())?;
    name.iter().try_for_each(|attribute| check_value(attribute.oid, &attribute.value))
}

fn check_value(oid: ObjectIdentifier, value: &Any) -> Result<(), String> {
    let text =
        Some(value).filter(|value| types(oid).contains(&value.tag())).and_then(directory_string::strict_text);
    let Some(text) = text.filter(|text| !text.is_empty() && !text.chars().any(char::is_control)) else {
        return Err(format!(
            "the value of {oid} is empty, no string, or has characters or a string type that it may not have"
        ));
    };
    if oid == rfc4519::COUNTRY_NAME
        && !(text.len() == 2 && text.chars().all(|letter| letter.is_ascii_alphabetic()))
    {
        return Err(format!("found the country {text:?}, wanted two letters"));
    }
    Ok(())
}

/// The string types that an attribute may have.
fn types(oid: ObjectIdentifier) -> &'static [Tag] {
    const PRINTABLE: &[Tag] = &[Tag::PrintableString];
    const IA5: &[Tag] = &[Tag::Ia5String];
    const DIRECTORY: &[Tag] = &[Tag::Utf8String, Tag::PrintableString, Tag::TeletexString, Tag::BmpString];
    const ANY: &[Tag] =
        &[Tag::Utf8String, Tag::PrintableString, Tag::TeletexString, Tag::BmpString, Tag::Ia5String];
    match oid {
        rfc4519::COUNTRY_NAME | rfc4519::SERIAL_NUMBER | rfc4519::DN_QUALIFIER => PRINTABLE,
        rfc4519::DOMAIN_COMPONENT | rfc3280::EMAIL_ADDRESS => IA5,
        rfc4519::COMMON_NAME
        | rfc4519::SURNAME
        | rfc4519::GIVEN_NAME
        | rfc4519::INITIALS
        | rfc4519::TITLE
        | rfc4519::LOCALITY_NAME
        | rfc4519::ST
        | rfc4519::ORGANIZATION_NAME
        | rfc4519::ORGANIZATIONAL_UNIT_NAME => DIRECTORY,
        _ => ANY,
    }
}

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::NameMalformed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn reads_and_writes_rfc_4514() {
        for text in ["CN=dev1,O=Acme", "CN=Acme\\, Inc.", "CN=Jürgen,C=DE", "CN=a+OU=b,DC=example,DC=net"] {
            let name = Name::from_der(&parse(text).unwrap()).unwrap();
            assert_eq!(name.to_string(), text);
        }
        assert_eq!(parse("").unwrap(), [0x30, 0]);
        assert_eq!(common_name(&parse("O=x,CN=dev 1").unwrap()).unwrap(), "dev 1");
    }

    /// SEQUENCE { SET { SEQUENCE { attribute 2.5.4.`last`, value } } }
    fn with_value(last: u8, tag: u8, value: &[u8]) -> Vec<u8> {
        let length = |content: usize| u8::try_from(content).unwrap();
        let value = [&[tag, length(value.len())], value].concat();
        let attribute = [&[0x06, 3, 0x55, 4, last][..], &value].concat();
        let attribute = [&[0x30, length(attribute.len())], &attribute[..]].concat();
        let rdn = [&[0x31, length(attribute.len())], &attribute[..]].concat();
        [&[0x30, length(rdn.len())], &rdn[..]].concat()
    }

    #[test]
    fn names_are_compared_as_verifiers_do() {
        let name = parse("CN=Root").unwrap();
        for (tag, value) in [(0x0c, &b"ROOT"[..]), (0x13, b"Root"), (0x13, b" root "), (0x14, b"Root")] {
            assert!(is_same(&name, &with_value(3, tag, value)), "{value:?}");
        }
        assert!(is_same(&parse("CN=My  root+O=x").unwrap(), &parse("O=X+CN=my root").unwrap()));
        for other in ["CN=Roots", "O=Root", "CN=Root,O=x", ""] {
            assert!(!is_same(&name, &parse(other).unwrap()), "{other}");
        }
        assert!(!is_same(&parse("CN=a,O=b").unwrap(), &parse("O=b,CN=a").unwrap()));
    }

    #[test]
    fn a_name_that_somebody_else_made_is_read_one_way_only() {
        let ucs_2: Vec<u8> = "ä".repeat(30).encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (tag, value) in [(0x0c, &b"dev"[..]), (0x13, b"dev"), (0x14, b"d\xe9v"), (0x1e, &ucs_2)] {
            check(&with_value(3, tag, value)).unwrap();
        }
        for (last, tag, value) in [
            (3, 0x0c, &b""[..]),
            (3, 0x0c, b"admin\0.evil"),
            (3, 0x0c, b"a\nb"),
            (3, 0x0c, b"\xff"),
            (3, 0x02, b"\x01"),
            (3, 0x14, b"a\0"),
            (3, 0x1e, b"\0"),
            (3, 0x16, b"dev"),
            (6, 0x13, b"D"),
            (6, 0x0c, b"DE"),
            (5, 0x0c, b"17"),
        ] {
            check(&with_value(last, tag, value)).unwrap_err();
        }
        check(&[0x30, 2, 0x31, 0]).unwrap_err();
        // Its text is within the limit, its DER is not.
        assert_eq!(parse(&["O=a"; 700].join(",")).unwrap_err().code, ErrorCode::NameMalformed);
    }

    #[test]
    fn strings_of_old_types_are_text() {
        let ucs_2: Vec<u8> = "Jürgen, 7".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let bmp = with_value(3, 0x1e, &ucs_2);
        assert_eq!(to_text(&bmp), r"CN=Jürgen\, 7");
        assert_eq!(common_name(&bmp).unwrap(), "Jürgen, 7");
        let latin_1 = with_value(3, 0x14, b"J\xfcrgen");
        assert_eq!((to_text(&latin_1), common_name(&latin_1)), ("CN=Jürgen".into(), Some("Jürgen".into())));
        let integer = with_value(3, 0x02, b"\x01");
        assert_eq!((to_text(&integer), common_name(&integer)), ("2.5.4.3=#020101".into(), None));
    }

    /// Where there is nothing old about it, a name is written as `x509-cert` does.
    #[test]
    fn usual_names_are_written_as_they_were() {
        for text in ["CN=a+OU=b,DC=example,DC=net", "CN=\\#x\\ ,O=\\ \\\"\\<\\>", "1.2.3.4=#0c0161", ""] {
            let der = parse(text).unwrap();
            assert_eq!(to_text(&der), Name::from_der(&der).unwrap().to_string());
        }
        assert_eq!(to_text(b"no name"), "");
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in [
            "dev1",
            "CN",
            "CN=",
            "C=Ö",
            "=x",
            "CN=a,,O=b",
            "CN=\\00",
            "CN=\\ff",
            "C=D",
            "C=12",
            "CN=a\\0Ab",
            "CN=#020101",
            "CN=#1600",
        ] {
            assert_eq!(parse(text).unwrap_err().code, ErrorCode::NameMalformed, "{text}");
        }
    }
}
