//! JSON that keeps the order of its fields, so that a document written out again is the same bytes.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A JSON value. `serde_json::Value` sorts the fields of an object unless a feature says otherwise, and that
/// feature would be switched on for the engine under test as well.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(serde_json::Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, its fields in the order of the document.
    Object(IndexMap<String, Json>),
}

impl Json {
    /// Reads a document.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).with_context(|| {
            let start: String = String::from_utf8_lossy(bytes).chars().take(200).collect();
            format!("this is not JSON: {start}")
        })
    }

    /// The document without white space: the form in which the engine answers.
    #[must_use]
    pub fn compact(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a JSON value can be written")
    }

    /// The value at a JSON pointer (RFC 6901, without its escapes).
    pub fn at(&self, pointer: &str) -> Result<&Self> {
        let mut value = self;
        for step in pointer.split('/').skip(1) {
            let next = match value {
                Self::Object(fields) => fields.get(step),
                Self::Array(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
                _ => None,
            };
            value = next.with_context(|| format!("there is no {step:?} of {pointer:?}"))?;
        }
        Ok(value)
    }

    /// The text of a string.
    pub fn text(&self) -> Result<&str> {
        match self {
            Self::String(text) => Ok(text),
            other => anyhow::bail!("found {other:?}, wanted a string"),
        }
    }

    /// The items of an array.
    pub fn items(&self) -> Result<&[Self]> {
        match self {
            Self::Array(items) => Ok(items),
            other => anyhow::bail!("found {other:?}, wanted an array"),
        }
    }

    /// A field of an object; `None` when there is none, or when this is no object.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.get(field),
            _ => None,
        }
    }
}
