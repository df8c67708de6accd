//! JSON as a tree: what a request is built as, and what a response is read from.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::fmt;
use std::io::{self, Write};

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;
use zeroize::Zeroizing;

use sealwright_core::{Error, ErrorCode};

use crate::field::{Field, Step};

/// A JSON value whose objects have each field once, in the order of the text. It is wiped when it is dropped.
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Text),
    List(Vec<Value>),
    Object(Fields),
}

impl Value {
    /// What stands in a field, if there is one.
    pub(crate) fn get(&self, field: &Field) -> Option<&Self> {
        field.steps().iter().try_fold(self, |value, step| match (value, step) {
            (Self::Object(fields), Step::Name(name)) => fields.get(name),
            (Self::List(items), Step::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// Puts a value in a field, in place of what was there. The objects and lists on the way are made; an index
    /// may be one more than the list has.
    pub(crate) fn set(&mut self, field: &Field, value: Self) -> Result<(), Error> {
        let place = field.steps().iter().try_fold(self, Self::enter)?;
        *place = value;
        Ok(())
    }

    fn enter<'a>(&'a mut self, step: &Step) -> Result<&'a mut Self, Error> {
        if let Self::Null = self {
            *self = match step {
                Step::Name(_) => Self::Object(Fields::default()),
                Step::Index(_) => Self::List(Vec::new()),
            };
        }
        match (self, step) {
            (Self::Object(fields), Step::Name(name)) => Ok(fields.make(name)),
            (Self::List(items), Step::Index(index)) => item(items, *index),
            (other, Step::Name(name)) => {
                Err(misfit(format_args!("there is {} where {name} stands in an object", other.kind())))
            }
            (other, Step::Index(index)) => {
                Err(misfit(format_args!("there is {} where {index} stands in a list", other.kind())))
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// JSON text in memory of the length that it needs, so that no part of it is left behind by growing. It is wiped when
    /// it is dropped.
    pub(crate) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let defect = |_| Error::new(ErrorCode::EngineDefect, "a value that is no JSON");
        let mut length = Length(0);
        serde_json::to_writer(&mut length, self).map_err(defect)?;
        let mut text = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *text, self).map_err(defect)?;
        Ok(text)
    }
}

/// The fields of an object in their order, found by their names without the random numbers that a hash would take.
#[derive(Default)]
pub(crate) struct Fields {
    fields: Vec<(Text, Value)>,
    places: BTreeMap<Box<str>, usize>,
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let place = self.places.get(name)?;
        self.fields.get(*place).map(|(_, value)| value)
    }

    /// The name and the value of the field that was added as this one.
    pub(crate) fn nth(&self, index: usize) -> Option<&(Text, Value)> {
        self.fields.get(index)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Text, Value)> {
        self.fields.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The last field, which is no more in the object.
    pub(crate) fn pop(mut self) -> Option<(Text, Value)> {
        self.fields.pop()
    }

    /// The field of that name, made where there is none.
    pub(crate) fn make(&mut self, name: &str) -> &mut Value {
        let next = self.fields.len();
        let place = *self.places.entry(name.into()).or_insert(next);
        if place == next {
            self.fields.push((Text::new(name), Value::Null));
        }
        #[allow(clippy::indexing_slicing, reason = "found there, or pushed just now")]
        &mut self.fields[place].1
    }
}

fn item(items: &mut Vec<Value>, index: usize) -> Result<&mut Value, Error> {
    if index == items.len() {
        items.push(Value::Null);
    }
    let count = items.len();
    items.get_mut(index).ok_or_else(|| {
        misfit(format_args!("the list has {count} items, so {count} is the next one, not {index}"))
    })
}

fn misfit(detail: fmt::Arguments) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail)
}

/// Counts what is written to it.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Text with a NUL behind it, for C. It is wiped when it is dropped.
pub(crate) struct Text(Zeroizing<String>);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let mut owned = Zeroizing::new(String::with_capacity(text.len().saturating_add(1)));
        owned.push_str(text);
        owned.push('\0');
        Self(owned)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.strip_suffix('\0').unwrap_or_default()
    }

    /// For C, which finds the NUL.
    pub(crate) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text.as_str()),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Object(fields) => {
                let mut object = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields.iter() {
                    object.serialize_entry(name.as_str(), value)?;
                }
                object.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(Text::new(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, value)) = entries.next_entry::<String, Value>()? {
            if fields.get(&name).is_some() {
                return Err(A::Error::custom("a field is there twice"));
            }
            *fields.make(&name) = value;
        }
        Ok(Value::Object(fields))
    }
}
