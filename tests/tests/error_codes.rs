//! Every error code is provoked by a vector, or `unreachable.json` says why none can.

use std::collections::{BTreeMap, BTreeSet};

use conformance::{
    module::workspace,
    vector::{self, Vector},
};
use sealwright_core::ErrorCode;

fn name(code: ErrorCode) -> String {
    match serde_json::to_value(code).unwrap() {
        serde_json::Value::String(name) => name,
        other => panic!("a code is written as {other}"),
    }
}

/// The code of an error, or of a SCEP message that is answered with a refusal.
fn codes(vector: &Vector) -> Vec<String> {
    let refusal = vector.response.as_ref().and_then(|body| body.at("/ok/rejection/error/code").ok());
    let refusal = refusal.map(|code| code.text().unwrap());
    vector.error_code().into_iter().chain(refusal).map(str::to_owned).collect()
}

fn provoked() -> BTreeSet<String> {
    let files = vector::all().unwrap();
    let vectors = files.iter().flat_map(|(_, vectors)| vectors);
    vectors.flat_map(codes).collect()
}

#[test]
fn every_code_is_provoked_or_explained() {
    let text = std::fs::read(vector::folder().join("unreachable.json")).unwrap();
    let unreachable: BTreeMap<String, String> = serde_json::from_slice(&text).unwrap();
    let provoked = provoked();
    let missing: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| name(*code))
        .filter(|name| !provoked.contains(name) && !unreachable.contains_key(name))
        .collect();
    assert!(missing.is_empty(), "no vector provokes {missing:?}");
    let known: BTreeSet<String> = ErrorCode::ALL.iter().map(|code| name(*code)).collect();
    for (name, reason) in &unreachable {
        assert!(known.contains(name), "{name} in unreachable.json is no error code");
        assert!(!provoked.contains(name), "{name} in unreachable.json is provoked by a vector");
        assert!(reason.len() > 20, "{name} in unreachable.json has no reason");
        for file in reason.split_whitespace().filter(|word| word.contains('/')) {
            assert!(workspace().join(file).is_file(), "{name} in unreachable.json: there is no {file}");
        }
    }
}

/// The header, the wire and Rust have one name and one number for each code.
#[test]
fn the_header_has_every_code() {
    let path = workspace().join("bindings/c/include/sealwright.h");
    let header = std::fs::read_to_string(path).unwrap();
    for code in ErrorCode::ALL {
        let line = format!("SEALWRIGHT_ERROR_{} = {},", name(*code).to_uppercase(), code.number());
        assert!(header.contains(&line), "the header has no {line}");
    }
}
