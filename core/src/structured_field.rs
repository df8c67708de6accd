//! Structured fields of HTTP (RFC 9651): read strictly, written in the one form.
//!
//! Whoever signs or digests a field signs what two readers have to read alike, so nothing is read here that the RFC's
//! algorithms refuse, and what was read is written as section 4.1 has it.

#[cfg(test)]
mod conformance;
mod item;
mod parse;
mod serialize;

use alloc::{collections::BTreeMap, string::String, vec::Vec};

pub(crate) use parse::{parse_dictionary, parse_item, parse_list};
pub(crate) use serialize::{serialize_dictionary, serialize_inner_list, serialize_list};

/// The longest field, in bytes, all its lines together.
pub(crate) const MAX_FIELD: usize = 64 * 1024;

/// A value without parameters (RFC 9651 section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BareItem {
    Integer(i64),
    /// In thousandths.
    Decimal(i64),
    String(String),
    Token(String),
    Bytes(Vec<u8>),
    Boolean(bool),
    /// Unix seconds.
    Date(i64),
    DisplayString(String),
}

/// Values by their names in the order in which the names first came; of two values for a name the last one counts
/// (RFC 9651 sections 3.1.2 and 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ordered<T> {
    entries: Vec<(String, T)>,
    index: BTreeMap<String, usize>,
    repeated: bool,
}

/// The parameters of an item or an inner list.
pub(crate) type Parameters = Ordered<BareItem>;
/// A dictionary (RFC 9651 section 3.2).
pub(crate) type Dictionary = Ordered<Member>;

/// An item (RFC 9651 section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) value: BareItem,
    pub(crate) parameters: Parameters,
}

/// An inner list (RFC 9651 section 3.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InnerList {
    pub(crate) items: Vec<Item>,
    pub(crate) parameters: Parameters,
}

/// A member of a list or a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Item(Item),
    InnerList(InnerList),
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), index: BTreeMap::new(), repeated: false }
    }
}

impl<T> Ordered<T> {
    pub(crate) fn insert(&mut self, name: String, value: T) {
        match self.index.get(&name).and_then(|index| self.entries.get_mut(*index)) {
            Some(entry) => {
                entry.1 = value;
                self.repeated = true;
            }
            None => {
                self.index.insert(name.clone(), self.entries.len());
                self.entries.push((name, value));
            }
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.index.get(name).and_then(|index| self.entries.get(*index)).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether a name came twice. The RFC has the last one count; a reader that does not do so sees something else.
    pub(crate) const fn is_repeated(&self) -> bool {
        self.repeated
    }
}
