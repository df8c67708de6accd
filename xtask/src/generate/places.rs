//! Where in requests and responses there are bytes: base64url on the wire, and an array of octets in the languages.

use super::schema::{choices, list, object, referenced, text};
use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

/// The places of every operation, and of the types that have some.
///
/// A place is `true` for bytes, the name of a type, a list of one place for a list, and an object of the fields
/// in which there are places; `null` where there is none.
pub(super) struct Places {
    pub(super) operations: Value,
    pub(super) types: Value,
}

/// The places of all requests (`request`) or all responses (`response`).
pub(super) fn places(interface: &Value, part: &str) -> Result<Places> {
    let types = &interface[format!("{part}_types")];
    let mut operations = Map::new();
    for operation in list(&interface["operations"]) {
        let place = place(&operation[part], types)?.unwrap_or(Value::Null);
        operations.insert(text(&operation["name"]).to_owned(), place);
    }
    let mut named = Map::new();
    for (name, schema) in object(types) {
        match place(schema, types)? {
            Some(Value::Object(fields)) => named.insert(name.clone(), fields.into()),
            _ => continue,
        };
    }
    Ok(Places { operations: operations.into(), types: named.into() })
}

fn place(schema: &Value, types: &Value) -> Result<Option<Value>> {
    if !schema.is_object() {
        return Ok(None);
    }
    if schema["contentEncoding"] == "base64url" {
        return Ok(Some(json!(true)));
    }
    let mut found = None;
    if let Some(name) = referenced(schema) {
        found = by_name(name, types)?;
    }
    let mut fields = Map::new();
    for (name, field) in object(&schema["properties"]) {
        if let Some(place) = place(field, types)? {
            fields.insert(name.clone(), place);
        }
    }
    if !fields.is_empty() {
        found = merge(found, Some(fields.into()), schema)?;
    }
    let mut of_choices = Vec::new();
    for choice in choices(schema) {
        let place = place(choice, types)?;
        found = merge(found, place.clone(), schema)?;
        of_choices.push((choice, place));
    }
    for (choice, place) in of_choices {
        check_apart(&found, choice, &place)?;
    }
    for inside in [&schema["additionalProperties"], &schema["prefixItems"]] {
        let inside = if inside.is_array() { list(inside).iter().collect() } else { vec![inside] };
        for schema in inside {
            if place(schema, types)?.is_some() {
                bail!("bytes in a map or a tuple have no place yet: {schema}");
            }
        }
    }
    let items = place_of_items(schema, types)?;
    merge(found, items, schema)
}

fn place_of_items(schema: &Value, types: &Value) -> Result<Option<Value>> {
    match schema.get("items") {
        Some(items) => Ok(place(items, types)?.map(|item| json!([item]))),
        None => Ok(None),
    }
}

/// The name where the type has fields with places, its place otherwise. A type may hold itself.
fn by_name(name: &str, types: &Value) -> Result<Option<Value>> {
    if !has_bytes(&types[name], types, &mut Vec::new()) {
        return Ok(None);
    }
    match place(&types[name], types)? {
        Some(Value::Object(_)) => Ok(Some(name.into())),
        other => Ok(other),
    }
}

fn has_bytes<'a>(schema: &'a Value, types: &'a Value, seen: &mut Vec<&'a str>) -> bool {
    if schema["contentEncoding"] == "base64url" {
        return true;
    }
    if !schema.is_object() {
        return false;
    }
    if let Some(name) = referenced(schema)
        && !seen.contains(&name)
    {
        seen.push(name);
        if has_bytes(&types[name], types, seen) {
            return true;
        }
    }
    let fields = object(&schema["properties"]).into_iter().map(|(_, field)| field);
    let inside = fields.chain(choices(schema)).chain(list(&schema["prefixItems"]));
    let inside = inside.chain([&schema["items"], &schema["additionalProperties"]]).collect::<Vec<_>>();
    inside.into_iter().any(|schema| has_bytes(schema, types, seen))
}

/// Both places in one, where that is possible.
fn merge(one: Option<Value>, other: Option<Value>, schema: &Value) -> Result<Option<Value>> {
    match (one, other) {
        (None, place) | (place, None) => Ok(place),
        (Some(one), Some(other)) if one == other => Ok(Some(one)),
        (Some(Value::Object(mut one)), Some(Value::Object(other))) => {
            for (name, place) in other {
                let merged = merge(one.remove(&name), Some(place), schema)?;
                one.extend(merged.map(|place| (name, place)));
            }
            Ok(Some(one.into()))
        }
        _ => bail!("what stands there cannot be told by its place: {schema}"),
    }
}

/// What is bytes in one choice must not be something else in another: a place does not tell which choice it is in.
fn check_apart(all: &Option<Value>, choice: &Value, own: &Option<Value>) -> Result<()> {
    let confused = match (all, own) {
        (None, _) => false,
        (Some(Value::Object(fields)), own) => fields.keys().any(|name| {
            let is_own = own.as_ref().is_some_and(|own| own.get(name).is_some());
            !is_own && choice["properties"].get(name).is_some()
        }),
        (Some(_), Some(_)) => false,
        (Some(_), None) => choice["type"] != "null",
    };
    if confused {
        bail!("bytes in one choice and something else in another: {choice}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Value {
        json!({ "type": "string", "contentEncoding": "base64url" })
    }

    fn of(schema: Value, types: Value) -> Result<Option<Value>> {
        place(&schema, &types)
    }

    #[test]
    fn bytes_are_found_wherever_they_are() {
        let types = json!({
            "Bytes": bytes(),
            "Leaf": { "properties": { "digest": { "$ref": "#/t/Bytes" }, "name": { "type": "string" } } },
            "Tree": { "properties": { "children": { "items": { "$ref": "#/t/Tree" } } } },
        });
        for (schema, wanted) in [
            (json!({ "type": "string" }), None),
            (json!({ "$ref": "#/t/Bytes" }), Some(json!(true))),
            (json!({ "$ref": "#/t/Tree" }), None),
            (json!({ "anyOf": [{ "$ref": "#/t/Bytes" }, { "type": "null" }] }), Some(json!(true))),
            (json!({ "items": { "$ref": "#/t/Leaf" } }), Some(json!(["Leaf"]))),
            (
                json!({ "oneOf": [{ "properties": { "a": bytes() } }, { "properties": { "b": bytes() } }] }),
                Some(json!({ "a": true, "b": true })),
            ),
        ] {
            assert_eq!(of(schema.clone(), types.clone()).unwrap(), wanted, "{schema}");
        }
    }

    #[test]
    fn what_its_place_does_not_tell_is_refused() {
        for schema in [
            json!({ "anyOf": [bytes(), { "type": "string" }] }),
            json!({ "anyOf": [{ "type": "string" }, bytes()] }),
            json!({ "oneOf": [
                { "properties": { "a": bytes() } },
                { "properties": { "a": { "type": "string" } } },
            ] }),
            json!({ "additionalProperties": bytes() }),
            json!({ "prefixItems": [bytes()] }),
        ] {
            assert!(of(schema.clone(), json!({})).is_err(), "{schema}");
        }
    }

    #[test]
    fn every_type_that_is_named_is_there() {
        let interface: Value = serde_json::from_str(include_str!("../../../bindings/schema.json")).unwrap();
        let mut count = 0;
        for part in ["request", "response"] {
            let places = places(&interface, part).unwrap();
            let mut names = Vec::new();
            collect(&places.operations, &mut names);
            collect(&places.types, &mut names);
            for name in &names {
                assert!(places.types.get(name).is_some(), "{part}: {name}");
            }
            count += names.len();
        }
        assert!(count > 20, "{count}");
    }

    fn collect(place: &Value, names: &mut Vec<String>) {
        match place {
            Value::String(name) => names.push(name.clone()),
            Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
            Value::Object(fields) => fields.values().for_each(|field| collect(field, names)),
            _ => {}
        }
    }
}
