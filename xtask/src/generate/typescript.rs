//! TypeScript types of requests and responses, from the interface as JSON Schema.

use super::places::places;
use super::schema::{choices, is_required, list, object, pascal_case, referenced, text};
use anyhow::Result;
use serde_json::Value;

const INTRODUCTION: &str = "\
// Made by `cargo xtask generate` from the sources in core/; changes belong there.
";

/// The module with what the package knows of the interface at run time, and its two halves side by side.
pub(super) fn interface(interface: &Value) -> Result<String> {
    let (requests, responses) = (places(interface, "request")?, places(interface, "response")?);
    let mut module = INTRODUCTION.to_owned();
    module += "\nimport type * as requests from \"./requests.js\";\nimport type * as responses from \"./responses.js\";\n";
    module += "\n/** The version of the WebAssembly module's interface that this was made for. */\n";
    module += &format!("export const ABI_VERSION = {};\n", interface["abi_version"]);
    module += "\n/** The largest request, in bytes of JSON. */\n";
    module += &format!("export const MAX_REQUEST_BYTES = {};\n", interface["max_request_bytes"]);
    module += "\n/** What goes wrong, by name, with the numbers of the C interface. */\nexport const errorCodes = {\n";
    for error in list(&interface["errors"]) {
        module += &documentation(text(&error["description"]), 1);
        module += &format!("  {}: {},\n", text(&error["name"]), error["number"]);
    }
    module += "} as const;\n\n/** The name of what went wrong. */\nexport type ErrorCode = keyof typeof errorCodes;\n";
    module += "\n/** What each operation takes and gives, by its name on the wire. */\nexport interface Operations {\n";
    for operation in list(&interface["operations"]) {
        let name = text(&operation["name"]);
        let pascal = pascal_case(name);
        module += &documentation(text(&operation["description"]), 1);
        module += &format!(
            "  {name}: {{ request: requests.{pascal}Request; response: responses.{pascal}Response }};\n"
        );
    }
    module += "}\n\n/** The names of the operations that use private keys. */\nexport type KeyOperation =";
    for operation in list(&interface["operations"]) {
        if operation["uses_keys"] == true {
            module += &format!("\n  | {}", operation["name"]);
        }
    }
    module += ";\n\n/** Where there are bytes: here, in each item of a list, in fields, or where the named type has some. */\n";
    module += "export type Place = true | string | readonly [Place] | { readonly [field: string]: Place };\n";
    module += "\n/** Of each operation: whether the package fills in `now` and `seed`, and where it takes and gives bytes. */\n";
    module += "export const operations: { readonly [name in keyof Operations]: Operation } = {\n";
    for operation in list(&interface["operations"]) {
        let name = text(&operation["name"]);
        let request = &operation["request"];
        let parts = [
            ("now", is_required(request, "now").into()),
            ("seed", request["properties"].get("seed").is_some().into()),
            ("request", requests.operations[name].clone()),
            ("response", responses.operations[name].clone()),
        ];
        let parts = parts.into_iter().filter(|(_, part)| !part.is_null() && *part != false);
        let parts: Vec<_> = parts.map(|(field, part)| format!("{field}: {part}")).collect();
        module += &format!("  {name}: {{ {} }},\n", parts.join(", ")).replace("{  }", "{}");
    }
    module += "};\n\n/** What the package knows of an operation. */\nexport interface Operation {\n";
    module += "  readonly now?: true;\n  readonly seed?: true;\n  readonly request?: Place;\n  readonly response?: Place;\n}\n";
    for (name, part, types) in
        [("requestTypes", "requests", requests.types), ("responseTypes", "responses", responses.types)]
    {
        module += &format!("\n/** The places in the types of {part}. */\n");
        module += &format!("export const {name}: {{ readonly [name: string]: Place }} = {{\n");
        for (name, place) in object(&types) {
            module += &format!("  {name}: {place},\n");
        }
        module += "};\n";
    }
    Ok(module)
}

/// Which half of the interface.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Request,
    Response,
}

/// A field of requests that the package fills in, and from what.
const DEFAULTS: [(&str, &str); 2] = [
    ("now", "The clock's, if it is left out."),
    ("seed", "From `crypto.getRandomValues`, if it is left out."),
];

/// A module with the types of all requests or of all responses.
pub(super) fn types(interface: &Value, part: Part) -> String {
    let (types, of_operation, suffix) = match part {
        Part::Request => ("request_types", "request", "Request"),
        Part::Response => ("response_types", "response", "Response"),
    };
    let mut module = INTRODUCTION.to_owned();
    for operation in list(&interface["operations"]) {
        let name = text(&operation["name"]);
        let mut schema = operation[of_operation].clone();
        let what = format!("{suffix} of `{name}`: {}", text(&operation["description"]));
        schema["description"] = format!("{what}\n\n{}", text(&schema["description"])).into();
        if part == Part::Request {
            fill_in(&mut schema);
        }
        module += &declaration(&format!("{}{suffix}", pascal_case(name)), &schema);
    }
    for (name, schema) in object(&interface[types]) {
        module += &declaration(name, schema);
    }
    // Before what stands on lines of its own.
    module.replace(" \n", "\n")
}

/// Says of each field that the package fills in that it may be left out.
fn fill_in(schema: &mut Value) {
    for (field, from) in DEFAULTS {
        let Some(found) = schema["properties"].get_mut(field) else { continue };
        let is_time = field == "now";
        let description = format!("{} {from}", text(&found["description"]));
        if is_time && !is_required(schema, field) {
            continue;
        }
        schema["properties"][field]["description"] = description.into();
        if let Some(required) = schema["required"].as_array_mut() {
            required.retain(|name| name != field);
        }
    }
}

fn declaration(name: &str, schema: &Value) -> String {
    let comment = documentation(&with_choices(schema), 0);
    let is_interface = schema.get("properties").is_some() && choices(schema).next().is_none();
    if is_interface || is_without_fields(schema) {
        format!("\n{comment}export interface {name} {}\n", fields(schema, 0))
    } else {
        format!("\n{comment}export type {name} = {};\n", kind(schema, 0))
    }
}

/// An object that has no field at all.
fn is_without_fields(schema: &Value) -> bool {
    schema["type"] == "object" && is_closed(schema) && object(&schema["properties"]).is_empty()
}

fn is_closed(schema: &Value) -> bool {
    matches!(schema.get("additionalProperties"), None | Some(Value::Bool(false)))
}

/// The description, and of a choice of words what each means.
fn with_choices(schema: &Value) -> String {
    let mut description = text(&schema["description"]).to_owned();
    let words = choices(schema).filter(|choice| choice["const"].is_string());
    let words: Vec<_> = words
        .filter(|choice| choice.get("description").is_some())
        .map(|choice| format!("- `{}`: {}", text(&choice["const"]), text(&choice["description"])))
        .collect();
    if !words.is_empty() {
        description += &format!("\n\n{}", words.join("\n"));
    }
    description
}

/// A TSDoc comment.
fn documentation(description: &str, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let description = description.trim().replace("*/", "*\\/");
    match description.lines().collect::<Vec<_>>()[..] {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        ref lines => {
            let lines = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n");
            format!("{indent}/**\n{}{indent} */\n", lines.collect::<String>())
        }
    }
}

/// The type of a value.
fn kind(schema: &Value, depth: usize) -> String {
    let mut parts = Vec::new();
    if let Some(name) = referenced(schema) {
        parts.push(name.to_owned());
    }
    if schema.get("properties").is_some() {
        parts.push(fields(schema, depth));
    }
    // A choice of anything is one between these fields and none.
    let says_something = |choice: &&Value| object(choice).iter().any(|(key, _)| *key != "description");
    let (rest, none): (Vec<_>, Vec<_>) = choices(schema).partition(says_something);
    let union: Vec<_> = rest.into_iter().map(|choice| member(choice, depth)).collect();
    if !union.is_empty() {
        let union = if union.iter().any(|member| member.starts_with('\n')) {
            let indent = "  ".repeat(depth + 1);
            let line = |member: String| {
                if member.starts_with('\n') { member } else { format!("\n{indent}| {member}") }
            };
            union.into_iter().map(line).collect()
        } else {
            union.join(" | ")
        };
        parts.push(match (none.is_empty(), parts.is_empty()) {
            (false, _) => format!("Partial<{union}>"),
            (true, true) => union,
            (true, false) => format!("({union})"),
        });
    }
    if parts.is_empty() { plain(schema, depth) } else { parts.join(" & ") }
}

/// The member of a union; on a line of its own, below what it means, where it is more than a word.
fn member(choice: &Value, depth: usize) -> String {
    let kind = kind(choice, depth + 1);
    let indent = "  ".repeat(depth + 1);
    if choice.get("const").is_some()
        || choice.get("properties").is_none() && choice.get("description").is_none()
    {
        return kind;
    }
    format!("\n{}{indent}| {kind}", documentation(text(&choice["description"]), depth + 1))
}

/// The type of what is neither a reference nor a choice nor an object with fields.
fn plain(schema: &Value, depth: usize) -> String {
    if let Some(constant) = schema.get("const") {
        return constant.to_string();
    }
    let words: Vec<_> = list(&schema["enum"]).iter().map(Value::to_string).collect();
    if !words.is_empty() {
        return words.join(" | ");
    }
    match &schema["type"] {
        Value::String(name) => named(name, schema, depth),
        Value::Array(names) => {
            let names = names.iter().map(|name| named(text(name), schema, depth));
            names.collect::<Vec<_>>().join(" | ")
        }
        _ => "unknown".to_owned(),
    }
}

fn named(name: &str, schema: &Value, depth: usize) -> String {
    match name {
        "string" if schema["contentEncoding"] == "base64url" => "Uint8Array".to_owned(),
        "integer" => "number".to_owned(),
        "array" if schema.get("prefixItems").is_some() => tuple(schema, depth),
        "array" => {
            let item = kind(&schema["items"], depth);
            if item.contains([' ', '\n']) { format!("Array<{item}>") } else { format!("{item}[]") }
        }
        "object" => fields(schema, depth),
        name => name.to_owned(),
    }
}

fn tuple(schema: &Value, depth: usize) -> String {
    let least = schema["minItems"].as_u64().unwrap_or_default();
    let items = (0..).zip(list(&schema["prefixItems"])).map(|(place, item)| {
        let item = kind(item, depth);
        if place < least { item } else { format!("({item})?") }
    });
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// An object in braces.
fn fields(schema: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let mut body = String::new();
    for (name, field) in object(&schema["properties"]) {
        body += &documentation(text(&field["description"]), depth + 1);
        let optional = if is_required(schema, name) { "" } else { "?" };
        let name = if is_identifier(name) { name.clone() } else { format!("\"{name}\"") };
        body += &format!("{indent}{name}{optional}: {};\n", kind(field, depth + 1));
    }
    if !is_closed(schema) {
        body += &format!("{indent}[field: string]: {};\n", kind(&schema["additionalProperties"], depth + 1));
    }
    if body.is_empty() { "{}".to_owned() } else { format!("{{\n{body}{}}}", "  ".repeat(depth)) }
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn whole() -> Value {
        serde_json::from_str(include_str!("../../../bindings/schema.json")).unwrap()
    }

    #[test]
    fn values_have_their_types() {
        let bytes = json!({ "type": "string", "contentEncoding": "base64url" });
        for (schema, wanted) in [
            (json!({ "type": "integer", "format": "uint64" }), "number"),
            (bytes.clone(), "Uint8Array"),
            (json!({ "type": ["string", "null"] }), "string | null"),
            (json!({ "type": "array", "items": bytes }), "Uint8Array[]"),
            (json!({ "type": "array", "items": { "type": ["string", "null"] } }), "Array<string | null>"),
            (json!({ "anyOf": [{ "$ref": "#/request_types/Key" }, { "type": "null" }] }), "Key | null"),
            (json!({ "enum": ["a", "b"] }), "\"a\" | \"b\""),
            (
                json!({ "type": "array", "minItems": 1, "prefixItems": [{ "type": "string" }, { "type": "integer" }] }),
                "[string, (number)?]",
            ),
            (
                json!({ "$ref": "#/response_types/Key", "properties": { "kind": { "const": "key" } }, "required": ["kind"] }),
                "Key & {\n  kind: \"key\";\n}",
            ),
            (
                json!({ "type": "object", "properties": { "sha-256": { "type": "string", "description": "D." } } }),
                "{\n  /** D. */\n  \"sha-256\"?: string;\n}",
            ),
            (json!({ "type": "object", "additionalProperties": true }), "{\n  [field: string]: unknown;\n}"),
            (json!({ "anyOf": [{ "oneOf": [{ "type": "string" }] }, {}] }), "Partial<string>"),
            (
                json!({ "oneOf": [{ "const": "a" }, { "properties": { "b": { "type": "boolean" } }, "description": "B." }] }),
                "\n  | \"a\"\n  /** B. */\n  | {\n    b?: boolean;\n  }",
            ),
            (json!(true), "unknown"),
        ] {
            assert_eq!(kind(&schema, 0), wanted, "{schema}");
        }
    }

    #[test]
    fn a_comment_does_not_end_early() {
        assert_eq!(
            documentation("one */ two\n\nthree", 1),
            "  /**\n   * one *\\/ two\n   *\n   * three\n   */\n"
        );
    }

    #[test]
    fn clock_and_seed_may_be_left_out() {
        let whole = whole();
        let module = types(&whole, Part::Request);
        let sign_csr = module.split("export interface SignCsrRequest {").nth(1).unwrap();
        let sign_csr = sign_csr.split("\n}\n").next().unwrap();
        assert!(sign_csr.contains("  now?: number;") && sign_csr.contains("  seed?: Seed;"), "{sign_csr}");
        assert!(
            sign_csr.contains("  csr: string;") && sign_csr.contains("if it is left out. */"),
            "{sign_csr}"
        );
        let table = interface(&whole).unwrap();
        assert!(table.contains("  sign_csr: { now: true, seed: true, request: {"), "{table}");
    }

    /// Each operation, each of its fields and each type, with its comment.
    #[test]
    fn nothing_of_the_interface_is_left_out() {
        let whole = whole();
        for (part, types_of, key) in
            [(Part::Request, "request_types", "request"), (Part::Response, "response_types", "response")]
        {
            let module = types(&whole, part);
            let names = object(&whole[types_of]).into_iter().map(|(name, _)| name.clone());
            let suffix = if part == Part::Request { "Request" } else { "Response" };
            let operations = list(&whole["operations"]);
            let of_operations = operations.iter().map(|one| pascal_case(text(&one["name"])) + suffix);
            for name in names.chain(of_operations) {
                let found = ["interface", "type"]
                    .map(|what| module.matches(&format!("export {what} {name} ")).count());
                assert_eq!(found[0] + found[1], 1, "{name}");
            }
            for operation in operations {
                for (name, field) in object(&operation[key]["properties"]) {
                    let comment = text(&field["description"]).lines().next().unwrap_or_default();
                    assert!(module.contains(comment), "{}.{name}: {comment}", operation["name"]);
                }
            }
        }
    }
}
