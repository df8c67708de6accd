//! What the package knows of the interface at run time: where there are bytes, times, enums and classes.

use super::model::{Definition, Field, Kind, Model, Named};
use super::operations::is_filled;
use super::words::{attribute, literal};
use serde_json::Value;

const IMPORTS: &str = "
from sealwright import types
from sealwright._errors import ErrorCode
from sealwright._kinds import (
    BOOLEAN,
    BYTES,
    FILE,
    INTEGER,
    MILLISECONDS,
    PEM,
    PLAIN,
    PUBLIC_KEY,
    SPAN,
    TEXT,
    TIME,
    Definition,
    Enumeration,
    Field,
    ListOf,
    MapOf,
    OneOf,
    Operation,
    OrNone,
    Record,
    Tagged,
    TupleOf,
    Words,
)
";

pub(super) fn module(model: &Model) -> String {
    let mut module =
        format!("{}\"\"\"The interface, to read and write it.\"\"\"\n{IMPORTS}", super::INTRODUCTION);
    module += &format!("\nABI_VERSION = {}\n", model.abi_version);
    module += &format!("\nMAX_REQUEST_BYTES = {}\n", model.max_request_bytes);
    module += "\nDEFINITIONS: dict[str, Definition] = {\n";
    for named in &model.definitions {
        module += &format!("    \"{}\": {},\n", named.name, definition(named));
    }
    module += "}\n\nOPERATIONS: dict[str, Operation] = {\n";
    for operation in &model.operations {
        let is_filled =
            |name: &str| operation.fields.iter().any(|field| field.name == name && is_filled(field));
        let [now, seed] = ["now", "seed"].map(|name| if is_filled(name) { "True" } else { "False" });
        let fields = fields(&operation.fields, "        ");
        let response = expression(&operation.response);
        module += &format!(
            "    \"{}\": Operation(({fields}), {response}, now={now}, seed={seed}),\n",
            operation.name
        );
    }
    module + "}\n"
}

fn definition(named: &Named) -> String {
    let name = if named.name == "ErrorCode" { named.name.clone() } else { format!("types.{}", named.name) };
    match &named.definition {
        Definition::Enumeration(_) => format!("Enumeration({name})"),
        Definition::Record(of) => format!("Record({name}, ({}))", fields(of, "        ")),
        Definition::Union(members, Some((field, words))) => {
            let pairs =
                words.iter().zip(members).map(|(word, kind)| format!("\"{word}\": {}", expression(kind)));
            format!("Tagged(\"{field}\", {{{}}})", pairs.collect::<Vec<_>>().join(", "))
        }
        Definition::Union(members, None) => match &members[..] {
            [one] => expression(one),
            all => format!("OneOf({})", all.iter().map(expression).collect::<Vec<_>>().join(", ")),
        },
    }
}

fn fields(fields: &[Field], indent: &str) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let field = |field: &Field| {
        let is_kept = field.default.as_ref().is_none_or(|default| field.is_kept && !default.is_null());
        let kept = if is_kept { ", keep=True" } else { "" };
        let default =
            field.default.as_ref().map(|value| format!(", default={}", literal(value))).unwrap_or_default();
        let kind = match (&field.default, &field.kind) {
            // Its default says so.
            (Some(Value::Null), Kind::Nullable(inner)) => expression(inner),
            (_, kind) => expression(kind),
        };
        let (attribute, name) = (attribute(&field.name), &field.name);
        format!("{indent}Field(\"{attribute}\", \"{name}\", {kind}{default}{kept}),\n")
    };
    format!("\n{}    ", fields.iter().map(field).collect::<String>())
}

fn expression(kind: &Kind) -> String {
    let all = |kinds: &[Kind]| kinds.iter().map(expression).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::Any => "PLAIN".to_owned(),
        Kind::Boolean => "BOOLEAN".to_owned(),
        Kind::Integer => "INTEGER".to_owned(),
        Kind::Text => "TEXT".to_owned(),
        Kind::Pem => "PEM".to_owned(),
        Kind::File => "FILE".to_owned(),
        Kind::PublicKey => "PUBLIC_KEY".to_owned(),
        Kind::Bytes => "BYTES".to_owned(),
        Kind::Time => "TIME".to_owned(),
        Kind::Milliseconds => "MILLISECONDS".to_owned(),
        Kind::Span => "SPAN".to_owned(),
        Kind::Constant(word) => format!("Words(\"{word}\")"),
        Kind::Named(name) => format!("\"{name}\""),
        Kind::List(item) => format!("ListOf({})", expression(item)),
        Kind::Map(item) => format!("MapOf({})", expression(item)),
        Kind::Tuple(items, least) => format!("TupleOf({}, least={least})", all(items)),
        Kind::Union(members) => match words(members) {
            Some(words) => format!("Words(\"{}\")", words.join("\", \"")),
            None => format!("OneOf({})", all(members)),
        },
        Kind::Nullable(inner) => format!("OrNone({})", expression(inner)),
    }
}

/// The words of a union of nothing else.
fn words(members: &[Kind]) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    for member in members {
        let Kind::Constant(word) = member else { return None };
        words.push(word.as_str());
    }
    Some(words)
}
