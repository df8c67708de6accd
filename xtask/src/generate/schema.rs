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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every field of the whole interface.
    fn fields() -> Vec<(String, Value)> {
        fn collect(schema: &Value, found: &mut Vec<(String, Value)>) {
            list(schema).iter().for_each(|item| collect(item, found));
            for (name, inside) in object(schema) {
                if name == "properties" {
                    let fields = object(inside).into_iter();
                    found.extend(fields.map(|(name, field)| (name.clone(), field.clone())));
                }
                collect(inside, found);
            }
        }
        let whole: Value = serde_json::from_str(include_str!("../../../bindings/schema.json")).unwrap();
        let mut found = Vec::new();
        collect(&whole, &mut found);
        found
    }

    fn is_integer(schema: &Value) -> bool {
        schema["type"] == "integer" || list(&schema["type"]).iter().any(|kind| kind == "integer")
    }

    #[test]
    fn what_is_a_time_by_its_description_is_marked_as_one() {
        let fields = fields();
        let mut times = BTreeSet::new();
        for (name, field) in fields.iter().filter(|(_, field)| is_integer(field)) {
            let description = text(&field["description"]);
            if ["Unix seconds", "second in which", "first second", "last second"]
                .iter()
                .any(|word| description.contains(word))
            {
                assert_eq!(field["unit"], "unix_seconds", "{name}: {description}");
                times.insert(name);
            }
            if description.contains("in seconds") || name.ends_with("_seconds") {
                assert_eq!(field["unit"], "seconds", "{name}: {description}");
            }
        }
        assert!(times.len() > 12, "{times:?}");
    }

    /// Descriptions are doc comments of Rust, and read in every language.
    #[test]
    fn no_description_links_to_rust() {
        let whole = include_str!("../../../bindings/schema.json");
        for word in ["](", "[`", "crate::", "super::"] {
            assert_eq!(whole.find(word), None, "{word}");
        }
    }

    #[test]
    fn what_holds_pem_is_marked_and_nothing_else() {
        let fields = fields();
        let mut marked = BTreeSet::new();
        for (name, field) in &fields {
            let description = text(&field["description"]);
            if field.get("holds").is_some() || field["items"].get("holds").is_some() {
                assert!(!description.contains("claim"), "{name}: {description}");
                marked.insert(name);
            }
        }
        assert!(marked.len() > 12, "{marked:?}");
        for name in
            ["csr", "certificate", "crls", "intermediates", "input", "inputs", "public_key", "private_key"]
        {
            assert!(marked.contains(&name.to_owned()), "{name}");
        }
    }
}
