//! From a JSON tree to what a request is made of.
//!
//! `serde_json` takes an array for a struct, too, field after field; here a struct is an object, as the schema has it.
//! An error says where in the request it lies.

use alloc::string::{String, ToString};
use core::{fmt, slice};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, DeserializeSeed, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};

use crate::place;

/// Reads a value out of a tree.
///
/// # Errors
/// What does not fit, and where.
pub(crate) fn read<'a, T: Deserialize<'a>>(value: &'a Value) -> Result<T, Misfit> {
    T::deserialize(Tree(value))
}

/// What does not fit, and where.
#[derive(Debug)]
pub(crate) struct Misfit {
    pub(crate) detail: String,
    pub(crate) at: Option<String>,
}

impl Misfit {
    fn within(self, step: Option<String>) -> Self {
        let at = step.map(|step| match &self.at {
            Some(part) => place::join(step, part),
            None => step,
        });
        Self { at, ..self }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl core::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self { detail: detail.to_string(), at: None }
    }
}

#[derive(Clone, Copy)]
struct Tree<'a>(&'a Value);

impl<'a> Tree<'a> {
    fn misfit(self, wanted: &dyn Expected) -> Misfit {
        let found = match self.0 {
            Value::Null => Unexpected::Other("null"),
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => Unexpected::Unsigned(value),
                (None, Some(value)) => Unexpected::Signed(value),
                (None, None) => Unexpected::Float(number.as_f64().unwrap_or_default()),
            },
            // Which may be a secret.
            Value::String(_) => Unexpected::Other("a string"),
            Value::Array(_) => Unexpected::Other("an array"),
            Value::Object(_) => Unexpected::Other("an object"),
        };
        de::Error::invalid_type(found, wanted)
    }

    fn fields(self, wanted: &dyn Expected) -> Result<Fields<'a>, Misfit> {
        match self.0 {
            Value::Object(fields) => Ok(Fields::of(fields)),
            _ => Err(self.misfit(wanted)),
        }
    }

    fn items(self, wanted: &dyn Expected) -> Result<Items<'a>, Misfit> {
        match self.0 {
            Value::Array(items) => Ok(Items { rest: items.iter(), index: 0 }),
            _ => Err(self.misfit(wanted)),
        }
    }

    fn text(self, wanted: &dyn Expected) -> Result<&'a str, Misfit> {
        self.0.as_str().ok_or_else(|| self.misfit(wanted))
    }

    fn number<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Value::Number(number) = self.0 else { return Err(self.misfit(&visitor)) };
        match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => visitor.visit_u64(value),
            (None, Some(value)) => visitor.visit_i64(value),
            (None, None) => visitor.visit_f64(number.as_f64().unwrap_or_default()),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.number(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Tree<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => visitor.visit_seq(self.items(&"an array")?),
            Value::Object(_) => visitor.visit_map(self.fields(&"an object")?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(*value),
            _ => Err(self.misfit(&visitor)),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let text = self.text(&visitor)?;
        visitor.visit_borrowed_str(text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let mut items = self.items(&visitor)?;
        let value = visitor.visit_seq(&mut items)?;
        items.finish().map(|()| value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let fields = self.fields(&visitor)?;
        visitor.visit_map(fields)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(name.as_str().into_deserializer()),
            Value::Object(variant) if variant.len() == 1 => {
                visitor.visit_enum(de::value::MapAccessDeserializer::new(Fields::of(variant)))
            }
            _ => Err(self.misfit(&"a string, or an object of one field")),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple_struct ignored_any
    }
}

struct Fields<'a> {
    rest: map::Iter<'a>,
    last: Option<(&'a String, &'a Value)>,
}

impl<'a> Fields<'a> {
    fn of(fields: &'a Map<String, Value>) -> Self {
        Self { rest: fields.iter(), last: None }
    }
}

impl<'a> MapAccess<'a> for Fields<'a> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        self.last = self.rest.next();
        self.last.map(|(name, _)| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let Some((name, value)) = self.last else { return Err(de::Error::custom("a value before its name")) };
        seed.deserialize(Tree(value)).map_err(|misfit| misfit.within(place::field(name)))
    }
}

struct Items<'a> {
    rest: slice::Iter<'a, Value>,
    index: usize,
}

impl Items<'_> {
    fn finish(&self) -> Result<(), Misfit> {
        match self.rest.as_slice() {
            [] => Ok(()),
            more => Err(de::Error::custom(format_args!("{} items more than there may be", more.len()))),
        }
    }
}

impl<'a> SeqAccess<'a> for Items<'a> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(value) = self.rest.next() else { return Ok(None) };
        let item =
            seed.deserialize(Tree(value)).map_err(|misfit| misfit.within(Some(self.index.to_string())))?;
        self.index = self.index.saturating_add(1);
        Ok(Some(item))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, vec::Vec};

    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        number: u8,
        parts: Option<Vec<Part>>,
        kind: Option<Kind>,
        named: Option<BTreeMap<String, (bool, i64)>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Part {
        text: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        With(Part),
    }

    fn whole(value: &Value) -> Result<Whole, (String, Option<String>)> {
        read(value).map_err(|misfit| (misfit.detail, misfit.at))
    }

    #[test]
    fn what_fits_is_read_as_serde_json_reads_it() {
        for value in [
            json!({"number": 1}),
            json!({"number": 255, "parts": [], "kind": "plain", "named": {}}),
            json!({"number": 0, "parts": [{"text": "a"}, {"text": "b"}], "kind": {"with": {"text": ""}}}),
            json!({"number": 0, "parts": null, "named": {"x": [true, -1], "y": [false, i64::MAX]}}),
        ] {
            assert_eq!(whole(&value).unwrap(), Whole::deserialize(&value).unwrap(), "{value}");
        }
    }

    #[test]
    fn what_does_not_fit_says_where() {
        for (value, at) in [
            (json!([1, null, null, null]), None),
            (json!({}), None),
            (json!({"number": 1, "other": 1}), None),
            (json!({"number": 256}), Some("number")),
            (json!({"number": -1}), Some("number")),
            (json!({"number": 1.5}), Some("number")),
            (json!({"number": "1"}), Some("number")),
            (json!({"number": null}), Some("number")),
            (json!({"number": 1, "parts": {}}), Some("parts")),
            (json!({"number": 1, "parts": [{"text": ""}, ["x"]]}), Some("parts.1")),
            (json!({"number": 1, "parts": [{"text": 1}]}), Some("parts.0.text")),
            (json!({"number": 1, "named": {"a.0": [true, "x"]}}), Some(r#"named["a.0"].1"#)),
            (json!({"number": 1, "named": {"a".repeat(300): [true, "x"]}}), Some("named")),
            (json!({"number": 1, "kind": "with"}), Some("kind")),
            (json!({"number": 1, "kind": {"plain": 1}}), Some("kind.plain")),
            (json!({"number": 1, "kind": {"with": {"text": ""}, "plain": null}}), Some("kind")),
            (json!({"number": 1, "named": {"x": [true]}}), Some("named.x")),
            (json!({"number": 1, "named": {"x": [true, 1, 2]}}), Some("named.x")),
            (json!({"number": 1, "named": {"x": [1, 1]}}), Some("named.x.0")),
        ] {
            let (detail, found) = whole(&value).unwrap_err();
            assert_eq!(found.as_deref(), at, "{value}: {detail}");
        }
    }
}
