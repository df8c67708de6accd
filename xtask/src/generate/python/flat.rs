//! Choices that one class can say as well.

use crate::generate::schema::{choices, is_required, list, object};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One object with the fields of all choices, where that says it as well: choices that differ in few fields, and in
/// none of them in type.
pub(super) fn flattened(schema: &Value, variants: &[&Value]) -> Option<Value> {
    let mut properties = json!({});
    let mut words = BTreeMap::<&String, Vec<&str>>::new();
    for choice in variants {
        let inner: Vec<&Value> = choices(choice).collect();
        if !inner.is_empty() {
            let flat = flattened(choice, &inner)?;
            for (name, field) in object(&flat["properties"]) {
                properties[name] = field.clone();
            }
            continue;
        }
        if choice.get("$ref").is_some() || choice.get("const").is_some() || choice.get("enum").is_some() {
            return None;
        }
        for (name, field) in object(&choice["properties"]) {
            if let Some(word) = field["const"].as_str() {
                words.entry(name).or_default().push(word);
                continue;
            }
            let same = properties
                .get(name)
                .is_none_or(|known| known["type"] == field["type"] && known["$ref"] == field["$ref"]);
            if !same {
                return None;
            }
            properties[name] = field.clone();
        }
    }
    let has_base = schema.get("properties").is_some();
    if !has_base && object(&properties).len() > 1 {
        return None;
    }
    for (name, all) in words {
        properties[name] = json!({ "enum": all });
    }
    let common = |name: &String| variants.iter().all(|choice| is_required(choice, name));
    let mut required: Vec<Value> = object(&properties)
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| common(name))
        .map(|name| name.clone().into())
        .collect();
    required.extend(list(&schema["required"]).iter().cloned());
    for (name, field) in object(&schema["properties"]) {
        properties[name] = field.clone();
    }
    Some(json!({ "properties": properties, "required": required, "description": schema["description"] }))
}
