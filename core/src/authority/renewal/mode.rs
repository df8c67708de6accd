//! With which key an authority is renewed.

use core::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use crate::keys::KeyReference;

/// With which key: `"same_key"`, or `{"new_key": {...}}`; where only a plan is made, `"new_key"` is one that is not
/// known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// With the key that it has: subject, key identifier and all extensions stay as they are, byte for byte.
    SameKey,
    /// With another key, of any kind.
    NewKey(Option<KeyReference>),
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ModeVisitor)
    }
}

const SAME_KEY: &str = "same_key";
const NEW_KEY: &str = "new_key";

struct ModeVisitor;

impl<'de> Visitor<'de> for ModeVisitor {
    type Value = Mode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"same_key\" or {\"new_key\": {...}}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Mode, E> {
        match text {
            SAME_KEY => Ok(Mode::SameKey),
            NEW_KEY => Ok(Mode::NewKey(None)),
            other => Err(E::unknown_variant(other, &[SAME_KEY, NEW_KEY])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mode, A::Error> {
        let name: Option<alloc::string::String> = map.next_key()?;
        match name.as_deref() {
            Some(NEW_KEY) => {}
            Some(other) => return Err(de::Error::unknown_variant(other, &[NEW_KEY])),
            None => return Err(de::Error::invalid_length(0, &self)),
        }
        let key = map.next_value()?;
        match map.next_key::<de::IgnoredAny>()? {
            None => Ok(Mode::NewKey(Some(key))),
            Some(_) => Err(de::Error::invalid_length(2, &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_a_word_or_has_a_key() {
        let read = |text: &str| serde_json::from_str::<Mode>(text);
        assert_eq!(read(r#""same_key""#).unwrap(), Mode::SameKey);
        assert_eq!(read(r#""new_key""#).unwrap(), Mode::NewKey(None));
        let key = KeyReference { id: "k".into(), public_key: None };
        assert_eq!(read(r#"{"new_key":{"id":"k"}}"#).unwrap(), Mode::NewKey(Some(key)));
        for wrong in [
            r#""other""#,
            "{}",
            r#"{"same_key":{"id":"k"}}"#,
            r#"{"new_key":null}"#,
            r#"{"new_key":{"id":"k"},"x":1}"#,
            "1",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
