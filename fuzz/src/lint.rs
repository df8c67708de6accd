//! Findings on anything: certificates, requests, revocation lists, and pairs of them.

use crate::{der, engine};
use serde_json::{Value, json};

/// No object can have more findings than this: rules times what is told of each.
const MAX_FINDINGS: usize = 2_000;

/// The bytes as they are, and as a chain of what stands in them one after the other, for every purpose. What is
/// found is judged: every finding is of a rule that there is, and the counts are right.
pub fn run(data: &[u8]) {
    for purpose in ["auto", "ra", "authority", "tls_server", "ocsp_signer"] {
        look(&[data], purpose);
    }
    if let Some(first) = der::first(data) {
        let rest = data.get(first.len()..).unwrap_or_default();
        look(&[first, rest], "device");
    }
}

fn look(objects: &[&[u8]], purpose: &str) {
    let inputs: Vec<_> = objects.iter().map(|object| engine::pem("CERTIFICATE", object)).collect();
    let request = json!({
        "op": "lint", "now": engine::NOW, "inputs": inputs, "as": purpose, "appended_characters": 36,
    });
    let outcome = engine::ask(&request);
    let body: Value = serde_json::from_slice(&outcome.body).expect("JSON");
    if outcome.status == 0 {
        check(&body["ok"], objects.len());
    }
}

fn check(found: &Value, count: usize) {
    let objects = found["objects"].as_array().expect("objects");
    assert_eq!(objects.len(), count, "one object for each input");
    let mut counted = 0;
    for object in objects {
        let findings = object["findings"].as_array().expect("findings");
        assert!(findings.len() < MAX_FINDINGS, "{} findings", findings.len());
        counted += u64::try_from(findings.len()).expect("a number");
        for finding in findings {
            for text in ["id", "severity", "detail", "remedy", "source"] {
                assert!(finding[text].as_str().is_some_and(|text| !text.is_empty()), "{finding}");
            }
        }
        let worst_first = findings.iter().map(|finding| rank(&finding["severity"])).collect::<Vec<_>>();
        assert!(worst_first.is_sorted(), "{findings:?}");
        let is_readable = object["kind"] != "unreadable";
        assert!(is_readable || findings.iter().any(|finding| finding["id"] == "unreadable"), "{object}");
    }
    let counts = ["error", "warning", "notice"].map(|severity| found["counts"][severity].as_u64());
    assert_eq!(counts.into_iter().flatten().sum::<u64>(), counted, "{found}");
}

fn rank(severity: &Value) -> usize {
    ["error", "warning", "notice"].iter().position(|known| severity == known).expect("a severity")
}
