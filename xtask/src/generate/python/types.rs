//! Dataclasses, enums and aliases.

use super::model::{Definition, Field, Kind, Model, Named};
use super::words::{attribute, docstring, literal, member, with_attributes};
use crate::generate::schema::{list, text};
use serde_json::Value;

const IMPORTS: &str = "
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal, Optional, TypeAlias, Union

from sealwright._dataclass import FrozenDataclass, secret
from sealwright._errors import ErrorCode
from sealwright._inputs import Bytes, File, Pem, PublicKeyPem
";

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    /// Callers give it: any sequence, any mapping and any buffer will do.
    Input,
    /// They give it, and the engine does.
    Both,
    /// The engine gives it.
    Output,
}

impl Side {
    fn of(named: &Named) -> Self {
        match (named.is_input, named.is_output) {
            (true, false) => Self::Input,
            (true, true) => Self::Both,
            _ => Self::Output,
        }
    }
}

pub(super) fn module(model: &Model) -> String {
    let mut module = format!(
        "{}\"\"\"What requests and responses are made of.\n\nTimes are aware, in UTC; a time past the year 9999 is that year's \
         last moment. Classes are immutable:\n`dataclasses.replace` makes another one.\n\"\"\"\n{IMPORTS}",
        super::INTRODUCTION
    );
    let of = |wanted: fn(&Definition) -> bool| {
        model.definitions.iter().filter(move |named| wanted(&named.definition))
    };
    let enumerations = of(|definition| matches!(definition, Definition::Enumeration(_)));
    for named in enumerations.filter(|named| named.name != "ErrorCode") {
        module += &enumeration(named);
    }
    for named in of(|definition| matches!(definition, Definition::Record(_))) {
        module += &record(named, &unions_of(model, &named.name));
    }
    for named in of(|definition| matches!(definition, Definition::Union(..))) {
        module += &alias(named);
    }
    module
}

/// The module with the codes of what goes wrong.
pub(super) fn errors(interface: &Value) -> String {
    let mut module = format!(
        "{}\"\"\"What goes wrong, by name.\"\"\"\n\nfrom enum import Enum\n\n\n",
        super::INTRODUCTION
    );
    module += "class ErrorCode(str, Enum):\n";
    let codes = list(&interface["errors"]).iter();
    module += &with_attributes(
        "What went wrong: a name that never changes its meaning.",
        codes.map(|error| (member(text(&error["name"])), text(&error["description"]))),
    );
    let mut numbers = String::new();
    for error in list(&interface["errors"]) {
        let name = text(&error["name"]);
        module += &format!("\n    {} = \"{name}\"\n", member(name));
        module += &docstring(text(&error["description"]), "    ");
        numbers += &format!("    \"{name}\": {},\n", error["number"]);
    }
    module += "\n    def __str__(self) -> str:\n        return str(self.value)\n";
    module += "\n    @property\n    def number(self) -> int:\n        \"\"\"Its number in the C interface.\"\"\"\n        return _NUMBERS[self.value]\n";
    module + &format!("\n\n_NUMBERS = {{\n{numbers}}}\n")
}

fn enumeration(named: &Named) -> String {
    let Definition::Enumeration(words) = &named.definition else { return String::new() };
    let mut class = format!("\n\nclass {}(str, Enum):\n", named.name);
    let members = words.iter().map(|(word, description)| (member(word), description.as_str()));
    class += &with_attributes(&named.description, members);
    for (word, description) in words {
        class += &format!("\n    {} = \"{word}\"\n", member(word));
        if !description.is_empty() {
            class += &docstring(description, "    ");
        }
    }
    class + "\n    def __str__(self) -> str:\n        return str(self.value)\n"
}

/// A sentence that names the unions of which a class is a member: to itself an alias has nothing that `help` could tell.
fn unions_of(model: &Model, class: &str) -> String {
    let has_it = |named: &&Named| match &named.definition {
        Definition::Union(members, _) => members.iter().any(|kind| *kind == Kind::Named(class.to_owned())),
        _ => false,
    };
    let names: Vec<_> =
        model.definitions.iter().filter(has_it).map(|named| format!("`{}`", named.name)).collect();
    if names.is_empty() { String::new() } else { format!("\n\nOne form of {}.", names.join(" and ")) }
}

fn record(named: &Named, unions: &str) -> String {
    let Definition::Record(fields) = &named.definition else { return String::new() };
    let mut class = format!("\n\nclass {}(FrozenDataclass):\n", named.name);
    let attributes = fields.iter().map(|field| (attribute(&field.name), field.description.as_str()));
    class += &with_attributes(&format!("{}{unions}", named.description), attributes);
    let side = Side::of(named);
    for field in fields {
        class +=
            &format!("\n    {}: {}{}\n", attribute(&field.name), annotation(&field.kind, side), value(field));
        if !field.description.is_empty() {
            class += &docstring(&field.description, "    ");
        }
    }
    class
}

/// What follows the type of a field. Secrets are not shown.
fn value(field: &Field) -> String {
    match (&field.default, field.is_secret) {
        (None, false) => String::new(),
        (None, true) => " = secret()".to_owned(),
        (Some(default), false) => format!(" = {}", literal(default)),
        (Some(default), true) => format!(" = secret(default={})", literal(default)),
    }
}

fn alias(named: &Named) -> String {
    let Definition::Union(members, _) = &named.definition else { return String::new() };
    let side = Side::of(named);
    let members: Vec<_> = members.iter().map(|kind| annotation(kind, side).replace(" | None", "")).collect();
    let whole = match &members[..] {
        [one] => one.clone(),
        all => format!("Union[\n    {},\n]", all.join(",\n    ")),
    };
    format!("\n\n{}: TypeAlias = {whole}\n{}", named.name, docstring(&named.description, ""))
}

/// The type as Python's checkers read it.
pub(super) fn annotation(kind: &Kind, side: Side) -> String {
    let inside = |kind: &Kind| annotation(kind, side);
    match kind {
        Kind::Any => "Any".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "int".to_owned(),
        Kind::Text => "str".to_owned(),
        Kind::Pem => "Pem".to_owned(),
        Kind::File => "File".to_owned(),
        Kind::PublicKey => "PublicKeyPem".to_owned(),
        Kind::Bytes if side == Side::Input => "Bytes".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
        Kind::Time | Kind::Milliseconds => "datetime".to_owned(),
        Kind::Span => "timedelta".to_owned(),
        Kind::Constant(word) => format!("Literal[\"{word}\"]"),
        Kind::Named(name) => name.clone(),
        Kind::List(item) if side != Side::Output => format!("Sequence[{}]", inside(item)),
        Kind::List(item) => format!("tuple[{}, ...]", inside(item)),
        Kind::Map(item) if side != Side::Output => format!("Mapping[str, {}]", inside(item)),
        Kind::Map(item) => format!("dict[str, {}]", inside(item)),
        Kind::Tuple(items, least) => {
            let items: Vec<_> = items.iter().map(|item| optional(&inside(item))).collect();
            let lengths: Vec<_> = (*least..=items.len())
                .map(|length| format!("tuple[{}]", items[..length].join(", ")))
                .collect();
            if lengths.len() == 1 { lengths.concat() } else { format!("Union[{}]", lengths.join(", ")) }
        }
        Kind::Union(members) if members.iter().all(|kind| matches!(kind, Kind::Constant(_))) => {
            let words = members.iter().map(inside).collect::<Vec<_>>().join(", ");
            format!("Literal[{}]", words.replace("Literal[", "").replace(']', ""))
        }
        Kind::Union(members) => members.iter().map(inside).collect::<Vec<_>>().join(" | "),
        Kind::Nullable(inner) => format!("{} | None", inside(inner)),
    }
}

/// Aliases are read at run time, where a name that comes later is a string.
fn optional(annotation: &str) -> String {
    match annotation.strip_suffix(" | None") {
        Some(inner) => format!("Optional[{inner}]"),
        None => annotation.to_owned(),
    }
}
