//! The one form in which a value is written (RFC 9651 section 4.1).

use alloc::{format, string::String, vec::Vec};

use base64ct::{Base64, Encoding};

use super::{BareItem, Dictionary, InnerList, Item, Member, Parameters};

/// A dictionary; the empty text for one without members, which is not sent at all.
pub(crate) fn serialize_dictionary(dictionary: &Dictionary) -> String {
    let members = dictionary.iter().map(|(name, member)| match member {
        Member::Item(Item { value: BareItem::Boolean(true), parameters }) => {
            format!("{name}{}", parameters.serialize())
        }
        member => format!("{name}={}", member.serialize()),
    });
    members.collect::<Vec<_>>().join(", ")
}

/// A list; the empty text for one without members.
pub(crate) fn serialize_list(list: &[Member]) -> String {
    list.iter().map(Member::serialize).collect::<Vec<_>>().join(", ")
}

/// An inner list with its parameters.
pub(crate) fn serialize_inner_list(list: &InnerList) -> String {
    let items = list.items.iter().map(Item::serialize).collect::<Vec<_>>().join(" ");
    format!("({items}){}", list.parameters.serialize())
}

impl Member {
    /// A member with its parameters.
    pub(crate) fn serialize(&self) -> String {
        match self {
            Self::Item(item) => item.serialize(),
            Self::InnerList(list) => serialize_inner_list(list),
        }
    }
}

impl Item {
    /// An item with its parameters.
    pub(crate) fn serialize(&self) -> String {
        format!("{}{}", self.value.serialize(), self.parameters.serialize())
    }
}

impl Parameters {
    fn serialize(&self) -> String {
        self.iter()
            .map(|(name, value)| match value {
                BareItem::Boolean(true) => format!(";{name}"),
                value => format!(";{name}={}", value.serialize()),
            })
            .collect()
    }
}

impl BareItem {
    fn serialize(&self) -> String {
        match self {
            Self::Integer(number) => format!("{number}"),
            Self::Decimal(thousandths) => decimal(*thousandths),
            Self::String(text) => quoted(text),
            Self::Token(text) => text.clone(),
            Self::Bytes(bytes) => format!(":{}:", Base64::encode_string(bytes)),
            Self::Boolean(true) => "?1".into(),
            Self::Boolean(false) => "?0".into(),
            Self::Date(seconds) => format!("@{seconds}"),
            Self::DisplayString(text) => display_string(text),
        }
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// As few digits after the point as there may be, and at least one.
fn decimal(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let digits = thousandths.unsigned_abs();
    let (whole, fraction) = (digits.div_euclid(1000), digits.rem_euclid(1000));
    let fraction = format!("{fraction:03}");
    let fraction = match fraction.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    format!("{sign}{whole}.{fraction}")
}

fn display_string(text: &str) -> String {
    let mut quoted = String::from("%\"");
    for octet in text.bytes() {
        match octet {
            b'%' | b'"' | 0..0x20 | 0x7f.. => quoted.push_str(&format!("%{octet:02x}")),
            plain => quoted.push(char::from(plain)),
        }
    }
    quoted.push('"');
    quoted
}
