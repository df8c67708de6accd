//! Every error code is provoked by a vector, or `unreachable.json` says why none can.

use std::collections::{BTreeMap, BTreeSet};

use conformance::vector;
use sealwright_core::ErrorCode;

fn name(code: ErrorCode) -> String {
    match serde_json::to_value(code).unwrap() {
        serde_json::Value::String(name) => name,
        other => panic!("a code is written as {other}"),
    }
}

fn provoked() -> BTreeSet<String> {
    let files = vector::all().unwrap();
    let vectors = files.iter().flat_map(|(_, vectors)| vectors);
    vectors.filter_map(|vector| vector.error_code().map(str::to_owned)).collect()
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
    }
}

/// The header, the wire and Rust have one name and one number for each code.
#[test]
fn the_header_has_every_code() {
    let path = conformance::module::workspace().join("bindings/c/include/sealwright.h");
    let header = std::fs::read_to_string(path).unwrap();
    for code in ErrorCode::ALL {
        let line = format!("SEALWRIGHT_ERROR_{} = {},", name(*code).to_uppercase(), code.number());
        assert!(header.contains(&line), "the header has no {line}");
    }
}
