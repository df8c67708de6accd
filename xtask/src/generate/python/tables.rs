//! What the package knows of the interface at run time: where there are bytes, times, enums and classes.

use super::model::{Definition, Field, Kind, Model, Named};
use super::operations::is_filled;
use super::words::{attribute, literal};
use serde_json::Value;

const IMPORTS: &str = "
from sealwright import _kinds as k
from sealwright import types
from sealwright._errors import ErrorCode
";

pub(super) fn module(model: &Model) -> String {
    let mut module =
        format!("{}\"\"\"The interface, to read and write it.\"\"\"\n{IMPORTS}", super::INTRODUCTION);
    module += &format!("\nABI_VERSION = {}\n", model.abi_version);
    module += &format!("\nMAX_REQUEST_BYTES = {}\n", model.max_request_bytes);
    module += "\nDEFINITIONS: dict[str, k.Definition] = {\n";
    for named in &model.definitions {
        module += &format!("    \"{}\": {},\n", named.name, definition(named));
    }
    module += "}\n\nOPERATIONS: dict[str, k.Operation] = {\n";
    for operation in &model.operations {
        let is_filled =
            |name: &str| operation.fields.iter().any(|field| field.name == name && is_filled(field));
        let [now, seed] = ["now", "seed"].map(|name| if is_filled(name) { "True" } else { "False" });
        let fields = fields(&operation.fields, "        ");
        let response = expression(&operation.response);
        module += &format!(
            "    \"{}\": k.Operation(({fields}), {response}, now={now}, seed={seed}),\n",
            operation.name
        );
    }
    module + "}\n"
}

fn definition(named: &Named) -> String {
    let name = if named.name == "ErrorCode" { named.name.clone() } else { format!("types.{}", named.name) };
    match &named.definition {
        Definition::Enumeration(_) => format!("k.Enumeration({name})"),
        Definition::Record(of) => format!("k.Record({name}, ({}))", fields(of, "        ")),
        Definition::Union(members, Some((field, words))) => {
            let pairs =
                words.iter().zip(members).map(|(word, kind)| format!("\"{word}\": {}", expression(kind)));
            format!("k.Tagged(\"{field}\", {{{}}})", pairs.collect::<Vec<_>>().join(", "))
        }
        Definition::Union(members, None) => match &members[..] {
            [one] => expression(one),
            all => format!("k.OneOf({})", all.iter().map(expression).collect::<Vec<_>>().join(", ")),
        },
    }
}

fn fields(fields: &[Field], indent: &str) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let field = |field: &Field| {
        // The word that tells a record apart is on the wire though the class has it by default.
        let is_word = matches!(field.kind, Kind::Constant(_));
        let is_kept =
            is_word || field.default.as_ref().is_none_or(|default| field.is_kept && !default.is_null());
        let kind = match (&field.default, &field.kind) {
            // Its default says so.
            (Some(Value::Null), Kind::Nullable(inner)) => expression(inner),
            (_, kind) => expression(kind),
        };
        let name = &field.name;
        let mut line = format!("{indent}k.Field(\"{name}\", {kind}");
        if let Some(default) = field.default.as_ref().filter(|default| !default.is_null()) {
            line += &format!(", default={}", literal(default));
        }
        if is_kept {
            line += ", keep=True";
        }
        if attribute(name) != *name {
            line += &format!(", attribute=\"{}\"", attribute(name));
        }
        line + "),\n"
    };
    format!("\n{}    ", fields.iter().map(field).collect::<String>())
}

fn expression(kind: &Kind) -> String {
    let all = |kinds: &[Kind]| kinds.iter().map(expression).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::Any => "k.PLAIN".to_owned(),
        Kind::Boolean => "k.BOOLEAN".to_owned(),
        Kind::Integer => "k.INTEGER".to_owned(),
        Kind::Text => "k.TEXT".to_owned(),
        Kind::Pem | Kind::PublicKey => "k.PEM".to_owned(),
        Kind::File => "k.FILE".to_owned(),
        Kind::Bytes => "k.BYTES".to_owned(),
        Kind::Time => "k.TIME".to_owned(),
        Kind::Milliseconds => "k.MILLISECONDS".to_owned(),
        Kind::Span => "k.SPAN".to_owned(),
        Kind::Constant(word) => format!("k.Words(\"{word}\")"),
        Kind::Named(name) => format!("\"{name}\""),
        Kind::List(item) => format!("k.ListOf({})", expression(item)),
        Kind::Map(item) => format!("k.MapOf({})", expression(item)),
        Kind::Tuple(items, least) => format!("k.TupleOf({}, least={least})", all(items)),
        Kind::Union(members) => match words(members) {
            Some(words) => format!("k.Words(\"{}\")", words.join("\", \"")),
            None => format!("k.OneOf({})", all(members)),
        },
        Kind::Nullable(inner) => format!("k.OrNone({})", expression(inner)),
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
