//! What a number or a text is, where JSON Schema has no word for it: the keywords `unit` and `holds`, which
//! languages make types of their own of.

use alloc::borrow::ToOwned;

use serde_json::Value;

/// Integers that are times in Unix seconds.
const TIMES: &[&str] = &[
    "current_not_after",
    "done_at",
    "expires",
    "first_not_after",
    "from",
    "key_expires",
    "last_not_after",
    "next_not_after",
    "next_update",
    "not_after",
    "not_before",
    "now",
    "produced_at",
    "revocation_date",
    "revoked_at",
    "signed_at",
    "this_update",
    "until",
];

/// Strings of requests, and lists of such, that are certificates, certification requests or revocation lists in PEM
/// where their description says so: a token has an issuer too.
const PEM: &[&str] = &[
    "authorities",
    "authority",
    "certificate",
    "certificates",
    "chain",
    "crl",
    "crls",
    "cross_certificates",
    "crossing",
    "csr",
    "helpers",
    "intermediates",
    "issuer",
    "recipient",
    "signer_certificate",
];

/// Strings of requests, and lists of such, that are what is in a file, PEM or DER.
const FILES: &[&str] = &["input", "inputs"];

/// Strings of requests that are keys: a file as well, where their description offers DER.
const KEYS: &[&str] = &["private_key", "public_key"];

/// Marks the fields in a schema and in all that is in it.
pub(super) fn mark(schema: &mut Value, is_request: bool) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| mark(item, is_request)),
        Value::Object(object) => {
            if let Some(Value::Object(fields)) = object.get_mut("properties") {
                for (name, field) in fields {
                    mark_field(name, field, is_request);
                }
            }
            object.values_mut().for_each(|inside| mark(inside, is_request));
        }
        _ => {}
    }
}

fn mark_field(name: &str, field: &mut Value, is_request: bool) {
    if is(field, "integer") {
        if let Some(unit) = unit(name) {
            insert(field, "unit", unit);
        }
        return;
    }
    let description = field.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_said = ["PEM", "ertificate"].iter().any(|word| description.contains(word));
    let field = if is(field, "array") { field.get_mut("items") } else { Some(field) };
    if let Some(field) = field
        && is_request
        && is_said
        && (is(field, "string") || field.get("$ref").is_some_and(|name| name == "#/request_types/Secret"))
        && let Some(what) = holds(name, description.contains("DER"))
    {
        insert(field, "holds", what);
    }
}

fn unit(name: &str) -> Option<&'static str> {
    match name {
        _ if TIMES.contains(&name) => Some("unix_seconds"),
        _ if name.ends_with("_seconds") => Some("seconds"),
        "timestamp_milliseconds" => Some("unix_milliseconds"),
        _ => None,
    }
}

fn holds(name: &str, may_be_der: bool) -> Option<&'static str> {
    match name {
        _ if PEM.contains(&name) => Some("pem"),
        _ if FILES.contains(&name) => Some("file"),
        _ if KEYS.contains(&name) && may_be_der => Some("file"),
        "public_key" => Some("public_key"),
        _ => None,
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}

fn insert(schema: &mut Value, keyword: &str, value: &str) {
    if let Value::Object(object) = schema {
        object.insert(keyword.into(), value.into());
    }
}
