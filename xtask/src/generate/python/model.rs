//! The interface as Python has it: records, enums and unions with a name each.

use super::flat::flattened;
use super::words;
use crate::generate::schema::{choices, is_required, list, object, pascal_case, referenced, text};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What stands in a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Any,
    Boolean,
    Integer,
    Text,
    /// Text in PEM, or an object that can be written so.
    Pem,
    /// What is in a file: text, bytes, or where it lies.
    File,
    /// A public key in PEM, or an object that can be written so.
    PublicKey,
    Bytes,
    Time,
    Milliseconds,
    Span,
    Constant(String),
    /// A record, an enum or a union.
    Named(String),
    List(Box<Kind>),
    Map(Box<Kind>),
    /// With how many items it has at least.
    Tuple(Vec<Kind>, usize),
    Union(Vec<Kind>),
    Nullable(Box<Kind>),
}

/// A field of a record, or a parameter of an operation.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) description: String,
    /// What it is where it is left out; nothing if it has to be there.
    pub(super) default: Option<Value>,
    /// Whether it is written even if it is the default.
    pub(super) is_kept: bool,
    pub(super) is_secret: bool,
}

/// What has a name.
pub(super) enum Definition {
    Record(Vec<Field>),
    /// Words with their descriptions.
    Enumeration(Vec<(String, String)>),
    /// Its members, and the field that tells them apart with the word of each.
    Union(Vec<Kind>, Option<(String, Vec<String>)>),
}

/// A definition with its name and description.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) definition: Definition,
    /// Whether callers make it.
    pub(super) is_input: bool,
    /// Whether the engine makes it.
    pub(super) is_output: bool,
}

/// An operation.
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) uses_keys: bool,
    pub(super) fields: Vec<Field>,
    pub(super) response: Kind,
}

/// All of it.
pub(super) struct Model {
    pub(super) abi_version: u64,
    pub(super) max_request_bytes: u64,
    pub(super) definitions: Vec<Named>,
    pub(super) operations: Vec<Operation>,
}

const SECRETS: [&str; 4] = ["Secret", "SecretBytes", "Password", "Seed"];

/// The word of a choice that tells it apart from the others.
fn tag(choice: &Value) -> Option<(&String, &str)> {
    object(&choice["properties"]).into_iter().find_map(|(name, field)| Some((name, field["const"].as_str()?)))
}

fn is_null(schema: &Value) -> bool {
    schema["type"] == "null"
}

impl Model {
    pub(super) fn new(interface: &Value) -> Result<Self> {
        let mut reader = Reader { interface, definitions: BTreeMap::new() };
        for part in ["request", "response"] {
            for (name, schema) in object(&interface[format!("{part}_types")]) {
                reader.define(part, name, schema)?;
            }
        }
        let mut operations = Vec::new();
        for operation in list(&interface["operations"]) {
            operations.push(reader.operation(operation)?);
        }
        let [abi_version, max_request_bytes] =
            ["abi_version", "max_request_bytes"].map(|name| interface[name].as_u64().context(name));
        let definitions = reader.definitions.into_values().collect();
        let (abi_version, max_request_bytes) = (abi_version?, max_request_bytes?);
        Ok(Self { abi_version, max_request_bytes, definitions, operations })
    }

    pub(super) fn get(&self, name: &str) -> Option<&Named> {
        self.definitions.iter().find(|named| named.name == name)
    }
}

struct Reader<'a> {
    interface: &'a Value,
    definitions: BTreeMap<String, Named>,
}

impl<'a> Reader<'a> {
    fn types(&self, part: &str) -> &'a Value {
        &self.interface[format!("{part}_types")]
    }

    fn operation(&mut self, operation: &'a Value) -> Result<Operation> {
        let (name, description) = (text(&operation["name"]), text(&operation["description"]));
        let (response, class) = (&operation["response"], format!("{}Response", pascal_case(name)));
        let fields = self.fields("request", &operation["request"], &pascal_case(name))?;
        let response = if self.is_defined(response) {
            let mut described = response.clone();
            let what = format!("What `{name}` gives. {}", text(&response["description"]));
            described["description"] = what.into();
            self.add("response", &class, &described)?;
            Kind::Named(class)
        } else {
            self.kind("response", response, &class)?
        };
        let uses_keys = operation["uses_keys"] == true;
        ensure!(
            !uses_keys || fields.iter().all(|field| field.name != "keys"),
            "two parameters keys of {name}"
        );
        let (name, description) = (name.to_owned(), description.to_owned());
        Ok(Operation { name, description, uses_keys, fields, response })
    }

    /// The name of a type in Python. Two types of one name but other fields are told apart.
    fn name(&self, part: &str, name: &str) -> String {
        let fields = |part| {
            let schema = self.types(part).get(name)?;
            Some(object(&schema["properties"]).into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        };
        match (fields("request"), fields("response")) {
            (Some(request), Some(response)) if part == "response" && request != response => {
                format!("Found{name}")
            }
            _ => name.to_owned(),
        }
    }

    /// Whether it gets a class or an alias of its own.
    fn is_defined(&self, schema: &Value) -> bool {
        schema.get("properties").is_some() || choices(schema).any(|choice| !is_null(choice))
    }

    fn define(&mut self, part: &str, name: &str, schema: &Value) -> Result<()> {
        if self.is_defined(schema) || schema.get("prefixItems").is_some() || schema["type"] == "object" {
            self.add(part, &self.name(part, name), schema)?;
        }
        Ok(())
    }

    fn add(&mut self, part: &str, name: &str, schema: &Value) -> Result<()> {
        let definition = self.definition(part, schema, name)?;
        let (is_input, is_output) = (part == "request", part == "response");
        let description = words::told(text(&schema["description"]), &Kind::Any);
        let Some(known) = self.definitions.get_mut(name) else {
            let new = Named { name: name.to_owned(), description, definition, is_input, is_output };
            self.definitions.insert(name.to_owned(), new);
            return Ok(());
        };
        known.is_input |= is_input;
        known.is_output |= is_output;
        merge(&mut known.definition, definition).with_context(|| format!("two definitions of {name}"))
    }

    fn definition(&mut self, part: &str, schema: &Value, name: &str) -> Result<Definition> {
        let variants: Vec<&Value> = choices(schema).filter(|choice| !is_null(choice)).collect();
        if variants.is_empty() {
            return if schema.get("properties").is_some() {
                Ok(Definition::Record(self.fields(part, schema, name)?))
            } else {
                Ok(Definition::Union(vec![self.kind(part, schema, name)?], None))
            };
        }
        if variants.iter().all(|choice| choice["const"].is_string()) {
            let word = |choice: &&Value| {
                (text(&choice["const"]).to_owned(), text(&choice["description"]).to_owned())
            };
            return Ok(Definition::Enumeration(variants.iter().map(word).collect()));
        }
        if let Some(flat) = flattened(schema, &variants) {
            return Ok(Definition::Record(self.fields(part, &flat, name)?));
        }
        let mut members = Vec::new();
        let mut tags = Vec::new();
        for choice in &variants {
            members.push(self.variant(part, schema, choice, name)?);
            tags.extend(tag(choice));
        }
        let told = (tags.len() == members.len()).then(|| {
            let words = tags.iter().map(|(_, word)| (*word).to_owned()).collect();
            (tags[0].0.clone(), words)
        });
        Ok(Definition::Union(members, told))
    }

    /// A member of a union: a class where it is an object, with the fields that all have.
    fn variant(&mut self, part: &str, whole: &Value, choice: &Value, name: &str) -> Result<Kind> {
        if choice.get("properties").is_none() {
            return self.kind(part, choice, name);
        }
        let mut merged =
            json!({ "properties": {}, "required": [], "description": text(&choice["description"]) });
        let target = referenced(choice).map(|name| &self.types(part)[name]);
        for source in [Some(whole), target, Some(choice)].into_iter().flatten() {
            for (field, schema) in object(&source["properties"]) {
                merged["properties"][field] = schema.clone();
            }
            let required = list(&source["required"]).to_vec();
            if let Some(all) = merged["required"].as_array_mut() {
                all.extend(required);
            }
            if text(&merged["description"]).is_empty() {
                merged["description"] = source["description"].clone();
            }
        }
        let suffix = match tag(choice) {
            Some((_, word)) => word,
            None => text(list(&choice["required"]).first().context("a variant without a field")?),
        };
        let class = format!("{name}{}", words::pascal(suffix));
        self.add(part, &class, &merged)?;
        Ok(Kind::Named(class))
    }

    fn fields(&mut self, part: &str, schema: &Value, owner: &str) -> Result<Vec<Field>> {
        let mut fields = Vec::new();
        for (name, field) in object(&schema["properties"]) {
            let kind = self.kind(part, field, &format!("{owner}{}", words::pascal(name)))?;
            let is_kept = part == "response" && is_required(schema, name);
            let default = if is_required(schema, name) { None } else { Some(default_of(&kind, field)) };
            let default = match &kind {
                Kind::Constant(word) => Some(word.clone().into()),
                _ => default,
            };
            let kind = match (&default, kind) {
                (Some(Value::Null), kind @ (Kind::Nullable(_) | Kind::Any)) => kind,
                (Some(Value::Null), kind) => Kind::Nullable(Box::new(kind)),
                (_, kind) => kind,
            };
            let description = words::told(text(&field["description"]), &kind);
            let is_secret = is_secret(field);
            fields.push(Field { name: name.clone(), kind, description, default, is_kept, is_secret });
        }
        Ok(fields)
    }

    fn kind(&mut self, part: &str, schema: &Value, name: &str) -> Result<Kind> {
        if let Some(word) = schema["const"].as_str() {
            return Ok(Kind::Constant(word.to_owned()));
        }
        if schema["contentEncoding"] == "base64url" {
            return Ok(Kind::Bytes);
        }
        match schema["holds"].as_str() {
            Some("pem") => return Ok(nullable(Kind::Pem, schema)),
            Some("file") => return Ok(nullable(Kind::File, schema)),
            Some("public_key") => return Ok(nullable(Kind::PublicKey, schema)),
            Some(other) => bail!("what holds {other} has no type yet"),
            None => {}
        }
        let words = list(&schema["enum"]);
        if !words.is_empty() {
            return Ok(Kind::Union(words.iter().map(|word| Kind::Constant(text(word).to_owned())).collect()));
        }
        if let Some(target) = referenced(schema) {
            return self.reference(part, target);
        }
        let members: Vec<&Value> = choices(schema).filter(|choice| !is_null(choice)).collect();
        if let [one] = members[..] {
            let kind = self.kind(part, one, name)?;
            let has_null = choices(schema).any(is_null);
            return Ok(if has_null { Kind::Nullable(Box::new(kind)) } else { kind });
        }
        if !members.is_empty() {
            self.add(part, name, schema)?;
            return Ok(Kind::Named(name.to_owned()));
        }
        let kind = match &schema["type"] {
            Value::String(kind) => self.plain(part, kind, schema, name)?,
            Value::Array(kinds) => {
                let kinds: Vec<_> = kinds.iter().filter(|kind| **kind != "null").collect();
                let [kind] = kinds[..] else { bail!("several types at once: {schema}") };
                self.plain(part, text(kind), schema, name)?
            }
            _ => Kind::Any,
        };
        Ok(nullable(kind, schema))
    }

    fn reference(&mut self, part: &str, target: &str) -> Result<Kind> {
        let schema = &self.types(part)[target];
        if schema["type"] == "string" && schema.get("oneOf").is_none() {
            return self.kind(part, schema, target);
        }
        Ok(Kind::Named(self.name(part, target)))
    }

    fn plain(&mut self, part: &str, kind: &str, schema: &Value, name: &str) -> Result<Kind> {
        Ok(match kind {
            "boolean" => Kind::Boolean,
            "integer" => match schema["unit"].as_str() {
                Some("unix_seconds") => Kind::Time,
                Some("unix_milliseconds") => Kind::Milliseconds,
                Some("seconds") => Kind::Span,
                Some(other) => bail!("the unit {other} has no type yet"),
                None => Kind::Integer,
            },
            "string" => Kind::Text,
            "array" if schema.get("prefixItems").is_some() => {
                let items = list(&schema["prefixItems"]).iter().map(|item| self.kind(part, item, name));
                let items = items.collect::<Result<Vec<_>>>()?;
                let least = schema["minItems"].as_u64().map_or(items.len(), |least| least as usize);
                Kind::Tuple(items, least)
            }
            "array" => Kind::List(Box::new(self.kind(part, &schema["items"], name)?)),
            "object" if schema.get("properties").is_some() => {
                self.add(part, name, schema)?;
                Kind::Named(name.to_owned())
            }
            "object" if schema["additionalProperties"].is_object() => {
                Kind::Map(Box::new(self.kind(part, &schema["additionalProperties"], name)?))
            }
            "object" => Kind::Map(Box::new(Kind::Any)),
            other => bail!("no type for {other}"),
        })
    }
}

/// What a type is that is both given and read: one definition, which has to do for both.
fn merge(known: &mut Definition, new: Definition) -> Result<()> {
    match (known, new) {
        (Definition::Record(known), Definition::Record(new)) => {
            ensure!(known.len() == new.len(), "{} fields and {}", known.len(), new.len());
            for (known, new) in known.iter_mut().zip(new) {
                ensure!(known.name == new.name, "the fields {} and {}", known.name, new.name);
                known.is_kept |= new.is_kept;
                known.is_secret |= new.is_secret;
                // It is read as well, and then it is nothing but text.
                let is_optional =
                    known.default == Some(Value::Null) && !matches!(new.kind, Kind::Nullable(_));
                known.kind = if is_optional { Kind::Nullable(Box::new(new.kind)) } else { new.kind };
            }
        }
        (Definition::Enumeration(known), Definition::Enumeration(new)) => {
            ensure!(known.iter().map(|(word, _)| word).eq(new.iter().map(|(word, _)| word)), "other words");
        }
        (Definition::Union(known, _), Definition::Union(new, _)) => ensure!(*known == new, "other members"),
        _ => bail!("of different sorts"),
    }
    Ok(())
}

fn nullable(kind: Kind, schema: &Value) -> Kind {
    let has_null = list(&schema["type"]).iter().any(|kind| kind == "null");
    if has_null { Kind::Nullable(Box::new(kind)) } else { kind }
}

/// What a field is that is left out: its own default if Python can say it in a word, otherwise nothing at all.
fn default_of(kind: &Kind, schema: &Value) -> Value {
    match (kind, &schema["default"]) {
        (Kind::List(_), _) => json!([]),
        (Kind::Boolean | Kind::Integer, default) => default.clone(),
        _ => Value::Null,
    }
}

fn is_secret(schema: &Value) -> bool {
    referenced(schema).is_some_and(|name| SECRETS.contains(&name)) || choices(schema).any(is_secret)
}
