//! Reading the interface's schema; what is not there is empty.

use serde_json::Value;

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn object(value: &Value) -> Vec<(&String, &Value)> {
    value.as_object().into_iter().flatten().collect()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The members of a union.
pub(super) fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    list(&schema["anyOf"]).iter().chain(list(&schema["oneOf"]))
}

/// The name of the type that a reference leads to.
pub(super) fn referenced(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Whether an object has to have the field.
pub(super) fn is_required(schema: &Value, field: &str) -> bool {
    list(&schema["required"]).iter().any(|name| name == field)
}

/// `sign_csr` as `SignCsr`.
pub(super) fn pascal_case(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}

pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
