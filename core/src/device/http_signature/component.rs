//! Component identifiers (RFC 9421 section 2): what of a message a signature covers.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    fields::{is_field_name, no_such},
    unavailable,
};
use crate::{
    device::malformed,
    error::Error,
    structured_field::{BareItem, InnerList, Item, Parameters, parse_item},
};

/// How many components a signature may cover.
const MAX_COMPONENTS: usize = 64;

/// The derived components (RFC 9421 section 2.2).
const DERIVED: [&str; 9] = [
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@request-target",
    "@path",
    "@query",
    "@query-param",
    "@status",
];

/// A component by its name and parameters, in whatever order these came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Component {
    pub(crate) name: String,
    /// Written in the one form of structured fields.
    pub(crate) sf: bool,
    /// Each line wrapped as a byte sequence.
    pub(crate) bs: bool,
    /// Of the request that a response answers.
    pub(crate) req: bool,
    /// Of the trailers.
    pub(crate) tr: bool,
    /// A member of a dictionary.
    pub(crate) key: Option<String>,
    /// A parameter of the query.
    pub(crate) query_name: Option<String>,
}

/// A component as a signature has it.
#[derive(Clone, Debug)]
pub(crate) struct Covered {
    pub(crate) component: Component,
    /// As it stands in the signature base.
    pub(crate) identifier: String,
}

impl Covered {
    /// All components of a signature, none of them twice.
    ///
    /// # Errors
    /// `MessageMalformed`, `MessageComponentUnavailable`.
    pub(crate) fn read_all(list: &InnerList) -> Result<Vec<Self>, Error> {
        if list.items.len() > MAX_COMPONENTS {
            return Err(malformed(format_args!(
                "found a signature over {} components, wanted at most {MAX_COMPONENTS}",
                list.items.len()
            )));
        }
        let covered: Vec<Self> = list.items.iter().map(Self::read).collect::<Result<_, _>>()?;
        let mut seen = BTreeSet::new();
        match covered.iter().find(|covered| !seen.insert(&covered.component)) {
            Some(twice) => Err(malformed(format_args!("found the component {} twice", twice.identifier))),
            None => Ok(covered),
        }
    }

    fn read(item: &Item) -> Result<Self, Error> {
        let BareItem::String(name) = &item.value else {
            return Err(malformed(format_args!("found the component {}, wanted a string", item.serialize())));
        };
        let identifier = item.serialize();
        let mut component = Component {
            name: name.clone(),
            sf: false,
            bs: false,
            req: false,
            tr: false,
            key: None,
            query_name: None,
        };
        for (parameter, value) in item.parameters.iter() {
            component.set(parameter, value).map_err(|detail| no_such(&identifier, detail))?;
        }
        component.check().map_err(|detail| no_such(&identifier, detail))?;
        Ok(Self { component, identifier })
    }
}

impl Component {
    /// Reads a component that a caller asks for: its name alone, or all of the identifier.
    ///
    /// # Errors
    /// `FieldInvalid`.
    pub(crate) fn parse(text: &str) -> Result<(Self, Item), Error> {
        let plain = || Item { value: BareItem::String(text.to_string()), parameters: Parameters::default() };
        let item = match text.starts_with('"') {
            true => parse_item(text),
            false => Ok(plain()),
        };
        let wrong =
            |detail: &str| crate::device::invalid(format_args!("found the component {text:?}: {detail}"));
        let item = item.map_err(|detail| wrong(&detail))?;
        let covered = Covered::read(&item).map_err(|error| wrong(&error.detail))?;
        Ok((covered.component, item))
    }

    fn set(&mut self, parameter: &str, value: &BareItem) -> Result<(), String> {
        match (parameter, value) {
            ("sf", BareItem::Boolean(true)) => self.sf = true,
            ("bs", BareItem::Boolean(true)) => self.bs = true,
            ("req", BareItem::Boolean(true)) => self.req = true,
            ("tr", BareItem::Boolean(true)) => self.tr = true,
            ("key", BareItem::String(key)) => self.key = Some(key.clone()),
            ("name", BareItem::String(name)) => self.query_name = Some(name.clone()),
            (other, _) => {
                return Err(format!(
                    "its parameter {other:?} is not known, or has another value than it may"
                ));
            }
        }
        Ok(())
    }

    /// Which parameters go with which name, and with each other.
    fn check(&self) -> Result<(), String> {
        let of_fields = self.sf || self.bs || self.tr || self.key.is_some();
        let is_param = self.name == "@query-param";
        if self.name.starts_with('@') {
            if !DERIVED.contains(&self.name.as_str()) {
                return Err("there is no such derived component".into());
            }
            if of_fields || self.query_name.is_some() != is_param || (self.req && self.name == "@status") {
                return Err("its parameters are not those of the derived component".into());
            }
        } else if !is_field_name(&self.name) || self.name.bytes().any(|octet| octet.is_ascii_uppercase()) {
            return Err("the name of a field is written in small letters".into());
        } else if self.query_name.is_some() || (self.bs && (self.sf || self.key.is_some())) {
            return Err("its parameters do not go together".into());
        }
        Ok(())
    }

    /// Whether covering this one covers what `wanted` asks for: all of the same thing, however it is written.
    pub(crate) fn covers(&self, wanted: &Self) -> bool {
        let form_is_free = !wanted.sf && !wanted.bs;
        let (sf, bs) = if form_is_free { (false, false) } else { (self.sf, self.bs) };
        Self { sf, bs, ..self.clone() } == *wanted
    }
}

/// The list that a signature is to cover.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn list_of(texts: &[String]) -> Result<InnerList, Error> {
    let items = texts.iter().map(|text| Component::parse(text).map(|(_, item)| item));
    Ok(InnerList { items: items.collect::<Result<_, _>>()?, parameters: Parameters::default() })
}

/// The error of a message that has no such part.
pub(crate) fn absent(identifier: &str, what: &str) -> Error {
    unavailable(format_args!("the signature covers {identifier}, and there is no {what}"))
}
