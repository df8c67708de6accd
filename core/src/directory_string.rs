//! The character strings of names and attributes, in whichever ASN.1 type they come (RFC 5280 4.1.2.4).

use alloc::string::{String, ToString};

use der::{
    Tag, Tagged,
    asn1::{Any, BmpString, Ia5StringRef, PrintableStringRef},
};

/// The characters of a string; nothing if the value is no string. Octets that PrintableString and IA5String
/// do not have are read as UTF-8: challenge passwords come so.
pub(crate) fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            core::str::from_utf8(value.value()).ok().map(ToString::to_string)
        }
        // Latin-1 is what those who write TeletexString mean by it.
        Tag::TeletexString => Some(value.value().iter().copied().map(char::from).collect()),
        Tag::BmpString => BmpString::from_ucs2(value.value()).ok().map(|string| string.to_string()),
        _ => None,
    }
}

/// The characters of a string that has none but those of its type.
pub(crate) fn strict_text(value: &Any) -> Option<String> {
    let fits = match value.tag() {
        Tag::PrintableString => PrintableStringRef::try_from(value).is_ok(),
        Tag::Ia5String => Ia5StringRef::try_from(value).is_ok(),
        _ => true,
    };
    text(value).filter(|_| fits)
}
