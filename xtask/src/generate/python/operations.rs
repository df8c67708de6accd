//! A function for each operation.

use super::model::{Field, Kind, Model, Operation};
use super::types::{Side, annotation};
use super::words::{attribute, escaped, literal, wrapped};

const IMPORTS: &str = "
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sealwright import types
from sealwright._call import run
from sealwright._inputs import Bytes, File, Pem, PublicKeyPem
from sealwright._keys import KeyRing, Signer
";

/// What the package fills in, and from what.
const FILLED: [(&str, &str); 2] =
    [("now", "The clock's, if it is left out."), ("seed", "From `os.urandom`, if it is left out.")];

const KEYS: &str = "keys: KeyRing | Signer | None = None";
const ABOUT_KEYS: &str =
    "        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.\n";

pub(super) fn module(model: &Model) -> String {
    let mut module = format!(
        "{}\"\"\"A function for each operation, by its name on the wire.\"\"\"\n{IMPORTS}",
        super::INTRODUCTION
    );
    let names = model.operations.iter().map(|operation| format!("    \"{}\",\n", operation.name));
    module += &format!("\n__all__ = [\n{}]\n", names.collect::<String>());
    for operation in &model.operations {
        module += &function(operation, model);
    }
    module
}

/// Those that have to be there first.
pub(super) fn is_filled(field: &Field) -> bool {
    (field.name == "now" && field.default.is_none()) || field.name == "seed"
}

fn function(operation: &Operation, model: &Model) -> String {
    let mut fields: Vec<&Field> = operation.fields.iter().collect();
    fields.sort_by_key(|field| (is_filled(field), field.default.is_some()));
    let mut parameters = Vec::new();
    let mut about = String::new();
    for field in &fields {
        let (name, kind) = (attribute(&field.name), qualified(&field.kind, model, Side::Input));
        let mut description = field.description.clone();
        let parameter = if is_filled(field) {
            let (_, from) = FILLED.iter().find(|(name, _)| *name == field.name).unwrap_or(&FILLED[0]);
            description = format!("{description} {from}");
            format!("{name}: {} | None = None", kind.trim_end_matches(" | None"))
        } else {
            match &field.default {
                None => format!("{name}: {kind}"),
                Some(default) => format!("{name}: {kind} = {}", literal(default)),
            }
        };
        parameters.push(parameter);
        about += &format!("{}\n", wrapped(&format!("{name}: {description}"), "        ", "            "));
    }
    if operation.uses_keys {
        parameters.push(KEYS.to_owned());
        about += ABOUT_KEYS;
    }
    let response = qualified(&operation.response, model, Side::Output);
    let lines: String = parameters.iter().map(|parameter| format!("    {parameter},\n")).collect();
    let signature = if parameters.is_empty() { String::new() } else { format!("\n    *,\n{lines}") };
    let about = if about.is_empty() { String::new() } else { format!("\n\n    Args:\n{about}    ") };
    let about = escaped(&format!("{}{about}", operation.description));
    let sent: Vec<_> =
        fields.iter().map(|field| format!("\"{}\": {}", field.name, attribute(&field.name))).collect();
    let keys = if operation.uses_keys { ", keys" } else { "" };
    let name = &operation.name;
    format!(
        "\n\ndef {name}({signature}) -> {response}:\n    \"\"\"{about}\"\"\"\n    response: {response} = run(\"{name}\", {{{}}}{keys})\n    return response\n",
        sent.join(", "),
    )
}

/// The type with the names of this package's in their module.
fn qualified(kind: &Kind, model: &Model, side: Side) -> String {
    let replaced = rename(kind, &|name| {
        if model.get(name).is_some() { format!("types.{name}") } else { name.to_owned() }
    });
    annotation(&replaced, side)
}

fn rename(kind: &Kind, by: &dyn Fn(&str) -> String) -> Kind {
    let all = |kinds: &[Kind]| kinds.iter().map(|kind| rename(kind, by)).collect();
    match kind {
        Kind::Named(name) => Kind::Named(by(name)),
        Kind::List(item) => Kind::List(Box::new(rename(item, by))),
        Kind::Map(item) => Kind::Map(Box::new(rename(item, by))),
        Kind::Nullable(inner) => Kind::Nullable(Box::new(rename(inner, by))),
        Kind::Tuple(items, least) => Kind::Tuple(all(items), *least),
        Kind::Union(members) => Kind::Union(all(members)),
        other => other.clone(),
    }
}
