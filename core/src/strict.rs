//! JSON in which no object has a field twice.
//!
//! `serde_json::Value` keeps the last of two fields with one name, other readers the first; then two programs
//! see two requests in the same bytes (RFC 8259 section 4).

use alloc::{string::String, vec::Vec};
use core::{fmt, mem};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use zeroize::Zeroize;

/// A JSON value, each field of its objects there once. Its strings are wiped when it is dropped, and so are
/// those of one that is refused halfway: any of them may be a secret.
pub(crate) struct Strict(pub(crate) Value);

impl Strict {
    fn push(&mut self, mut item: Self) {
        if let Value::Array(items) = &mut self.0 {
            items.push(item.0.take());
        }
    }

    /// Adds a field; its name comes back if there is one of that name.
    fn insert(&mut self, name: String, mut value: Self) -> Result<(), String> {
        match &mut self.0 {
            Value::Object(fields) if !fields.contains_key(&name) => {
                fields.insert(name, value.0.take());
                Ok(())
            }
            _ => Err(name),
        }
    }

    /// The text of a string, which nobody but the caller has now.
    pub(crate) fn take_text(&mut self) -> Option<String> {
        match &mut self.0 {
            Value::String(text) => Some(mem::take(text)),
            _ => None,
        }
    }
}

impl Drop for Strict {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(Value::Bool(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(Value::Number(value.into())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(Value::Number(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(Value::String(value.into())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Strict, E> {
        Ok(Strict(Value::String(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut array = Strict(Value::Array(Vec::new()));
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(array)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Strict, A::Error> {
        let mut object = Strict(Value::Object(Map::new()));
        while let Some((name, value)) = fields.next_entry::<String, Strict>()? {
            object
                .insert(name, value)
                .map_err(|name| A::Error::custom(format_args!("the field {name:?} is there twice")))?;
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str(text).map(|mut read: Strict| read.0.take())
    }

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5,"x\n\u00e9",{}],"b":{"a":{}}}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_field_may_be_there_once() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            assert!(read(text).unwrap_err().is_data(), "{text}");
        }
    }
}
