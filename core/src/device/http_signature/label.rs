//! The fields Signature-Input and Signature (RFC 9421 section 4): which signature of a message is meant.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::base::Context;
use crate::{
    device::malformed,
    error::{Error, ErrorCode},
    structured_field::{BareItem, Dictionary, InnerList, Item, Member, parse_dictionary},
};

/// One signature of a message.
#[derive(Clone, Debug)]
pub(crate) struct Labelled {
    pub(crate) label: String,
    /// What it covers, with its parameters.
    pub(crate) list: InnerList,
    /// The octets.
    pub(crate) signature: Vec<u8>,
}

impl Labelled {
    /// The signature of a label, or the only one, or the only one of a tag.
    ///
    /// # Errors
    /// `MessageSignatureAbsent`, `MessageMalformed`.
    pub(crate) fn find(context: &Context, label: Option<&str>, tag: Option<&str>) -> Result<Self, Error> {
        let inputs = dictionary(context, "signature-input")?;
        let signatures = dictionary(context, "signature")?;
        let label = match label {
            Some(label) => label.to_owned(),
            None => only(&inputs, tag)?,
        };
        let (Some(input), Some(signature)) = (inputs.get(&label), signatures.get(&label)) else {
            return Err(missing(format_args!("found no signature {label:?}, but {}", labels(&inputs))));
        };
        let Member::InnerList(list) = input else {
            return Err(malformed(format_args!("found a Signature-Input {label:?} that is no inner list")));
        };
        let Member::Item(Item { value: BareItem::Bytes(signature), .. }) = signature else {
            return Err(malformed(format_args!("found a Signature {label:?} that is no byte sequence")));
        };
        Ok(Self { label, list: list.clone(), signature: signature.clone() })
    }
}

/// Whether a field of the message has a label, or is none that could be added to.
pub(crate) fn has(context: &Context, name: &str, label: &str) -> bool {
    let field = context.side(false).and_then(|side| side.headers.combined(name));
    field.is_some_and(|field| parse_dictionary(&field).map_or(true, |labels| labels.get(label).is_some()))
}

fn only(inputs: &Dictionary, tag: Option<&str>) -> Result<String, Error> {
    let has_tag = |member: &Member| match member {
        Member::InnerList(list) => {
            matches!(list.parameters.get("tag"), Some(BareItem::String(own)) if Some(own.as_str()) == tag)
        }
        Member::Item(_) => false,
    };
    let mut meant = inputs.iter().filter(|(_, member)| tag.is_none() || has_tag(member));
    match (meant.next(), meant.next()) {
        (Some((label, _)), None) => Ok(label.to_string()),
        (None, _) => Err(missing(format_args!(
            "found no signature, or none with the tag that is wanted, but {}",
            labels(inputs)
        ))),
        (Some(_), Some(_)) => {
            Err(missing(format_args!("found {}, and the request does not say which", labels(inputs))))
        }
    }
}

fn labels(inputs: &Dictionary) -> String {
    let labels: Vec<&str> = inputs.iter().map(|(label, _)| label).collect();
    format!("the labels {labels:?}")
}

/// A label that is there twice is one to each reader.
fn dictionary(context: &Context, name: &str) -> Result<Dictionary, Error> {
    let field = context.side(false).and_then(|side| side.headers.combined(name));
    let field = field.ok_or_else(|| missing(format_args!("found no header {name}")))?;
    let wrong = |detail: &str| malformed(format_args!("found a header {name} that is none: {detail}"));
    let dictionary = parse_dictionary(&field).map_err(|detail| wrong(&detail))?;
    match dictionary.is_repeated() {
        true => Err(wrong("a label is there twice")),
        false => Ok(dictionary),
    }
}

fn missing(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageSignatureAbsent, detail)
}
