//! transactionID (RFC 8894 section 3.2.1.1).

use alloc::string::String;

use der::{Tag, Tagged, asn1::AnyRef};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Most octets of a transaction id; certmonger sends 77 decimal digits.
pub(crate) const MAX_OCTETS: usize = 256;

/// The string type that a text came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StringType {
    /// What RFC 8894 asks for.
    #[default]
    PrintableString,
    /// UTF8String.
    Utf8String,
    /// IA5String.
    Ia5String,
    /// TeletexString, also called T61String.
    TeletexString,
}

impl StringType {
    const ALL: [Self; 4] = [Self::PrintableString, Self::Utf8String, Self::Ia5String, Self::TeletexString];

    pub(crate) fn of(tag: Tag) -> Option<Self> {
        Self::ALL.into_iter().find(|string_type| string_type.tag() == tag)
    }

    const fn tag(self) -> Tag {
        match self {
            Self::PrintableString => Tag::PrintableString,
            Self::Utf8String => Tag::Utf8String,
            Self::Ia5String => Tag::Ia5String,
            Self::TeletexString => Tag::TeletexString,
        }
    }

    /// Whether it need not be said.
    pub(crate) fn is_printable(&self) -> bool {
        *self == Self::PrintableString
    }
}

/// A transaction id, which goes back exactly as it came: same characters, same string type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransactionId {
    pub(crate) text: String,
    pub(crate) string_type: StringType,
}

impl TransactionId {
    /// Reads the value of the attribute.
    ///
    /// # Errors
    /// `ScepAttributeInvalid` if it is no string, empty, longer than 256 octets, or not UTF-8.
    pub(super) fn read(value: AnyRef<'_>) -> Result<Self, Error> {
        let string_type = StringType::of(value.tag());
        let text = core::str::from_utf8(value.value()).ok().filter(|text| is_allowed(text));
        match (string_type, text) {
            (Some(string_type), Some(text)) => Ok(Self { text: text.into(), string_type }),
            _ => Err(super::attribute_invalid(format_args!(
                "found a transaction id that is not a string of 1 to {MAX_OCTETS} octets without control characters"
            ))),
        }
    }

    /// The value of the attribute.
    ///
    /// # Errors
    /// `ScepAttributeInvalid` if no client can have sent it.
    pub(super) fn value(&self) -> Result<AnyRef<'_>, Error> {
        if !is_allowed(&self.text) {
            return Err(super::attribute_invalid("found a transaction id that no message can have"));
        }
        Ok(AnyRef::new(self.string_type.tag(), self.text.as_bytes())?)
    }
}

fn is_allowed(text: &str) -> bool {
    (1..=MAX_OCTETS).contains(&text.len()) && !text.chars().any(char::is_control)
}
