//! The interface's schema before jsonschema (Python): what the engine takes and gives is what the schema says.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use conformance::vector::{self, Vector};
use conformance::{peer, tool};
use sealwright_core::operation::Operation;
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("interop_schema/judge.py");
const SCHEMA: &str = include_str!("../../bindings/schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// What jsonschema has to say of each.
fn judged(questions: &[Value]) -> Result<Option<Vec<Vec<String>>>> {
    let Some(python) = peer::find_python("python") else { return Ok(None) };
    let python = python.to_str().context("the path of python is not text")?.to_owned();
    let folder = tempfile::tempdir()?;
    let input = json!([schema(), questions]).to_string();
    Ok(Some(serde_json::from_slice(&tool::run(&python, &["-c", SCRIPT], folder.path(), input.as_bytes())?)?))
}

fn vectors() -> impl Iterator<Item = Vector> {
    vector::all().unwrap().into_iter().flat_map(|(_, vectors)| vectors)
}

fn question(operation: &str, part: &str, value: Value) -> Value {
    json!({ "operation": operation, "part": part, "value": value })
}

/// The operation and its fields, if the request is an object that names one.
fn fields(vector: &Vector) -> Option<(String, Value)> {
    let mut request = serde_json::to_value(&vector.request).ok()?;
    let fields = request.as_object_mut()?;
    let name = fields.remove("op")?.as_str()?.to_owned();
    fields.remove("answers");
    Some((name, request))
}

fn response(vector: &Vector) -> Option<Value> {
    vector.response.as_ref().and_then(|response| serde_json::to_value(response).ok())
}

#[test]
fn every_vector_is_as_the_schema_says() {
    let mut questions = Vec::new();
    for vector in vectors() {
        let (Some((name, request)), Some(mut response)) = (fields(&vector), response(&vector)) else {
            continue;
        };
        questions.push(question(&name, "request", request));
        if let Some(result) = response.get_mut("ok") {
            questions.push(question(&name, "response", result.take()));
        }
    }
    for part in ["request", "response"] {
        let asked = questions.iter().filter(|one| one["part"] == part);
        let named: BTreeSet<_> = asked.filter_map(|one| one["operation"].as_str()).collect();
        assert_eq!(named, Operation::ALL.iter().map(|one| one.name()).collect(), "{part}s of each operation");
    }
    let Some(judged) = judged(&questions).unwrap() else { return };
    assert_eq!(judged.len(), questions.len());
    for (question, errors) in questions.iter().zip(judged) {
        assert!(errors.is_empty(), "{} of {}: {errors:?}", question["part"], question["operation"]);
    }
}

/// The schema is no weaker than the engine: what the engine refuses for its fields, it refuses.
#[test]
fn a_field_more_or_less_is_against_the_schema() {
    let schema = schema();
    let mut questions = Vec::new();
    for operation in schema["operations"].as_array().unwrap() {
        let name = operation["name"].as_str().unwrap();
        let vectors = vector::of(name).unwrap();
        let accepted = vectors.iter().find(|vector| vector.response.is_some()).unwrap();
        let (_, request) = fields(accepted).unwrap();
        let mut more = request.clone();
        more["no_such_field"] = 1.into();
        questions.push(question(name, "request", more));
        for required in operation["request"]["required"].as_array().into_iter().flatten() {
            let mut less = request.clone();
            less.as_object_mut().unwrap().remove(required.as_str().unwrap()).unwrap();
            questions.push(question(name, "request", less));
        }
    }
    let Some(judged) = judged(&questions).unwrap() else { return };
    for (question, errors) in questions.iter().zip(judged) {
        let wanted = ["no_such_field", "required"];
        assert!(
            errors.iter().any(|error| wanted.iter().any(|part| error.contains(part))),
            "{question}: {errors:?}"
        );
    }
}
