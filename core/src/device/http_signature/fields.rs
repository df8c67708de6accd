//! Header and trailer fields of a message, and their values as they are signed (RFC 9421 section 2.1).

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    device::{http_signature::unavailable, malformed},
    error::{Error, ErrorCode},
    structured_field::{
        BareItem, Item, MAX_FIELD, Member, Parameters, parse_dictionary, parse_item, parse_list,
        serialize_dictionary, serialize_list,
    },
};

/// How many lines the headers, or the trailers, of a message may have.
const MAX_LINES: usize = 256;

/// The kinds of structured field (RFC 9651 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StructuredType {
    /// A list.
    List,
    /// A dictionary.
    Dictionary,
    /// An item.
    Item,
}

/// Fields that everybody knows to be structured.
const KNOWN: [(&str, StructuredType); 14] = [
    ("accept-ch", StructuredType::List),
    ("accept-signature", StructuredType::Dictionary),
    ("cache-status", StructuredType::List),
    ("client-cert", StructuredType::Item),
    ("client-cert-chain", StructuredType::List),
    ("content-digest", StructuredType::Dictionary),
    ("idempotency-key", StructuredType::Item),
    ("priority", StructuredType::Dictionary),
    ("proxy-status", StructuredType::List),
    ("repr-digest", StructuredType::Dictionary),
    ("signature", StructuredType::Dictionary),
    ("signature-input", StructuredType::Dictionary),
    ("want-content-digest", StructuredType::Dictionary),
    ("want-repr-digest", StructuredType::Dictionary),
];

impl StructuredType {
    /// That of a field which everybody knows.
    pub(crate) fn known(name: &str) -> Option<Self> {
        KNOWN.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind)
    }
}

/// Fields in the order in which they came: names in small letters, values without folds and outer white space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads lines as name and value.
    ///
    /// # Errors
    /// `RequestTooLarge`; `MessageMalformed` for a name that is no token and a value with control characters; `at` the line.
    pub(crate) fn read(lines: &[(String, String)], place: &str) -> Result<Self, Error> {
        let octets = lines
            .iter()
            .fold(0_usize, |sum, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()));
        if lines.len() > MAX_LINES || octets > MAX_FIELD {
            return Err(Error::new(
                ErrorCode::RequestTooLarge,
                format_args!(
                    "found {} lines of {octets} bytes, wanted at most {MAX_LINES} of {MAX_FIELD}",
                    lines.len()
                ),
            )
            .at(place));
        }
        let read = |(index, (name, value)): (usize, &(String, String))| {
            line(name, value).map_err(|error| error.at(format_args!("{place}.{index}")))
        };
        lines.iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Adds a line, of which name and value are in order.
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.into(), value.into()));
    }

    /// Whether there is a field of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// All lines of a field, with a comma and a space between them; nothing where there is none.
    pub(crate) fn combined(&self, name: &str) -> Option<String> {
        self.has(name).then(|| self.lines(name).collect::<Vec<_>>().join(", "))
    }

    /// The field, written in the one form (RFC 9421 section 2.1.1).
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn strict(&self, name: &str, kind: StructuredType) -> Result<String, String> {
        let text = self.combined(name).unwrap_or_default();
        match kind {
            StructuredType::List => parse_list(&text).map(|list| serialize_list(&list)),
            StructuredType::Dictionary => {
                parse_dictionary(&text).map(|dictionary| serialize_dictionary(&dictionary))
            }
            StructuredType::Item => parse_item(&text).map(|item| item.serialize()),
        }
    }

    /// One member of a field that is a dictionary (RFC 9421 section 2.1.2).
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn member(&self, name: &str, key: &str) -> Result<String, String> {
        let dictionary = parse_dictionary(&self.combined(name).unwrap_or_default())?;
        dictionary.get(key).map(Member::serialize).ok_or_else(|| format!("it has no member {key:?}"))
    }

    /// Each line as a byte sequence (RFC 9421 section 2.1.3).
    pub(crate) fn wrapped(&self, name: &str) -> String {
        let wrap = |value: &str| {
            let value = BareItem::Bytes(value.as_bytes().to_vec());
            Member::Item(Item { value, parameters: Parameters::default() })
        };
        serialize_list(&self.lines(name).map(wrap).collect::<Vec<_>>())
    }

    fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

fn line(name: &str, value: &str) -> Result<(String, String), Error> {
    if !is_field_name(name) {
        return Err(malformed(format_args!("found the field name {name:?}, wanted a token")));
    }
    Ok((name.to_ascii_lowercase(), unfolded(value)?))
}

/// A token (RFC 9110 section 5.6.2).
pub(crate) fn is_field_name(name: &str) -> bool {
    let is_token = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
    !name.is_empty() && name.bytes().all(is_token)
}

/// Without outer white space, and a space for each obsolete fold (RFC 9112 section 5.2).
fn unfolded(value: &str) -> Result<String, Error> {
    let blank = |character| character == ' ' || character == '\t';
    let mut text = String::new();
    let mut parts = value.split('\n').enumerate().peekable();
    while let Some((index, part)) = parts.next() {
        let part = part.strip_suffix('\r').filter(|_| parts.peek().is_some()).unwrap_or(part);
        if index > 0 && !part.starts_with(blank) {
            return Err(malformed("found a line break in a field's value that is no fold"));
        }
        if part.chars().any(|character| character.is_control() && character != '\t') {
            return Err(malformed("found a control character in a field's value"));
        }
        match index {
            0 => text.push_str(part),
            _ => {
                let length = text.trim_end_matches(blank).len();
                text.truncate(length);
                text.push(' ');
                text.push_str(part.trim_start_matches(blank));
            }
        }
    }
    Ok(text.trim_matches(blank).to_string())
}

/// The error of a field that cannot be had as it was asked for.
pub(crate) fn no_such(identifier: &str, detail: impl core::fmt::Display) -> Error {
    unavailable(format_args!("the signature covers {identifier}: {detail}"))
}
