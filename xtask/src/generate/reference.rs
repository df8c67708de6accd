//! The reference page, from the interface as JSON Schema.

use super::schema::{capitalized, choices, is_required, list, object, text};
use serde_json::Value;

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask generate` from the sources in core/; changes belong there. -->

# Reference

A request is a JSON object: `op` is the name of an operation, and its fields stand beside it. The response is
`{\"ok\": ...}`, or `{\"error\": {\"code\", \"at\", \"detail\"}}`, or `{\"needs\": [...]}` where a key that is held elsewhere
has to sign or decrypt: its result comes back in `answers`, with the same request. Times are Unix seconds. The same as JSON
Schema is in `bindings/schema.json`.
";

/// Markdown.
pub(super) fn page(interface: &Value) -> String {
    let mut page = INTRODUCTION.to_owned();
    page += "\n## Operations\n";
    for operation in list(&interface["operations"]) {
        let (name, description) = (text(&operation["name"]), text(&operation["description"]));
        page += &format!("\n### {name}\n\n{description}\n");
        for part in ["request", "response"] {
            page += &format!("\n**{}**\n\n{}", capitalized(part), body(&operation[part]));
        }
    }
    for part in ["request", "response"] {
        page += &format!("\n## Types of {part}s\n");
        for (name, schema) in object(&interface[format!("{part}_types")]) {
            page += &format!("\n### <a id=\"{part}_types-{name}\"></a>{name}\n\n");
            page += &paragraph(schema);
            page += &body(schema);
        }
    }
    page += "\n## Error codes\n\n| Number | Code | When |\n|---:|---|---|\n";
    for error in list(&interface["errors"]) {
        let (name, when) = (text(&error["name"]), cell(text(&error["description"])));
        page += &format!("| {} | `{name}` | {when} |\n", error["number"]);
    }
    page
}

fn paragraph(schema: &Value) -> String {
    match text(&schema["description"]) {
        "" => String::new(),
        description => format!("{description}\n\n"),
    }
}

/// The fields of an object, the choices of a choice, or else what it is.
fn body(schema: &Value) -> String {
    let mut body = String::new();
    let fields = object(&schema["properties"]);
    if !fields.is_empty() {
        body += "| Field | Type | |\n|---|---|---|\n";
        for (name, field) in fields {
            let optional = if is_required(schema, name) { "" } else { ", optional" };
            let description = cell(text(&field["description"]));
            body += &format!("| `{name}` | {}{optional} | {description} |\n", cell(&kind(field)));
        }
    }
    for choice in choices(schema) {
        let description = text(&choice["description"]);
        body += &format!("- {}: {}\n", kind(choice), description.replace('\n', " "));
    }
    if body.is_empty() {
        body = format!("{}\n", capitalized(&kind(schema)));
    }
    body
}

/// What stands in a value, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return link(reference);
    }
    if let Some(constant) = schema.get("const") {
        return format!("`{constant}`");
    }
    let names: Vec<_> = list(&schema["enum"]).iter().map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        return names.join(" or ");
    }
    let kinds: Vec<_> = choices(schema).map(kind).collect();
    if !kinds.is_empty() {
        return kinds.join(" or ");
    }
    match &schema["type"] {
        Value::String(name) => named(name, schema),
        Value::Array(names) => {
            names.iter().map(|name| named(text(name), schema)).collect::<Vec<_>>().join(" or ")
        }
        _ => list(&schema["allOf"]).first().map_or_else(|| "any value".to_owned(), kind),
    }
}

fn named(name: &str, schema: &Value) -> String {
    match name {
        "string" if schema.get("contentEncoding").is_some() => "bytes in base64url".to_owned(),
        "array" if schema.get("items").is_some_and(Value::is_object) => {
            format!("list of {}", kind(&schema["items"]))
        }
        "array" => {
            let parts: Vec<_> = list(&schema["prefixItems"]).iter().map(kind).collect();
            format!("[{}]", parts.join(", "))
        }
        "object" if schema.get("additionalProperties").is_some_and(Value::is_object) => {
            format!("object of {}", kind(&schema["additionalProperties"]))
        }
        "object" => {
            let fields = object(&schema["properties"]);
            let fields: Vec<_> =
                fields.into_iter().map(|(name, field)| format!("`{name}`: {}", kind(field))).collect();
            format!("object {{{}}}", fields.join(", "))
        }
        name => name.to_owned(),
    }
}

fn link(reference: &str) -> String {
    let path = reference.trim_start_matches("#/");
    let name = path.rsplit('/').next().unwrap_or(path);
    format!("[{name}](#{})", path.replace('/', "-"))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface() -> Value {
        serde_json::from_str(include_str!("../../../bindings/schema.json")).unwrap()
    }

    #[test]
    fn whatever_a_caller_can_give_says_what_it_is() {
        let interface = interface();
        let mut fields = 0;
        let operations = list(&interface["operations"]);
        let types = object(&interface["request_types"]);
        assert!(operations.len() >= 40 && types.len() > 50);
        for operation in operations {
            assert_ne!(text(&operation["description"]), "", "{}", operation["name"]);
        }
        let named = operations.iter().map(|operation| (text(&operation["name"]), &operation["request"]));
        for (owner, schema) in named.chain(types.iter().map(|(name, schema)| (name.as_str(), *schema))) {
            for (name, field) in object(&schema["properties"]) {
                fields += 1;
                assert_ne!(text(&field["description"]), "", "{owner}.{name}");
            }
        }
        assert!(fields > 300, "{fields}");
    }

    #[test]
    fn error_codes_are_there_in_the_order_of_their_numbers() {
        let interface = interface();
        let numbers: Vec<_> =
            list(&interface["errors"]).iter().map(|error| error["number"].as_u64().unwrap()).collect();
        assert!(numbers.len() > 100 && numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    /// A type is told by its name alone, so two of one name would get a number.
    #[test]
    fn no_two_types_have_one_name() {
        let interface = interface();
        for part in ["request_types", "response_types"] {
            for (name, _) in object(&interface[part]) {
                let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
                assert!(stem == name || interface[part].get(stem).is_none(), "{part}: {name}");
            }
        }
    }

    #[test]
    fn links_of_the_page_lead_somewhere() {
        let page = page(&interface());
        let targets: Vec<_> = page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert!(targets.len() > 100);
        for target in targets {
            assert!(page.contains(&format!("<a id=\"{target}\"></a>")), "{target}");
        }
    }
}
