//! The seeds: chains of x509-limbo (C2SP) with the key of the seeds in place of all others.
//!
//! `cargo test -p sealwright-fuzz --features differential seeds_from_limbo -- --ignored` writes them anew out of
//! `tests/data/suites/limbo.json`.

use super::question::{Question, Verdict};
use super::{judge, openssl, ours, webpki};
use crate::der::{self, BIT_STRING, SEQUENCE};
use crate::path;
use base64ct::{Base64, Encoding};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The longest chain that mutations still get through.
const LONGEST: usize = 3000;

#[test]
#[ignore = "writes the seeds"]
fn seeds_from_limbo() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let suite = fs::read(here.join("../tests/data/suites/limbo.json")).unwrap();
    let suite: Value = serde_json::from_slice(&suite).unwrap();
    let folder = here.join("seeds/differential");
    let mut known = BTreeSet::new();
    for case in suite["testcases"].as_array().unwrap() {
        let Some(chain) = chain(case) else { continue };
        // The rules of the suite first, then those that bring out something else.
        for flags in [1, 0, 5] {
            let seed = [&[flags], chain.as_slice()].concat();
            let Some(question) = Question::read(&seed) else { continue };
            let verdicts = [ours::judge, openssl::judge, webpki::judge].map(|ask| kind(&ask(&question)));
            if known.insert(verdicts) {
                let name = case["id"].as_str().unwrap().replace("::", "-");
                fs::write(folder.join(format!("limbo-{name}-{flags}")), &seed).unwrap();
            }
        }
    }
}

/// A verdict without what only one case has: numbers and names.
fn kind(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted(_) => String::from("accepted"),
        Verdict::Refused(error, detail) if error.starts_with("path_") => {
            format!("{error} {}", detail.rsplit(": ").next().unwrap_or_default())
        }
        Verdict::Refused(error, _) => error.clone(),
    }
}

/// The certificates of a case that asks nothing that the three cannot be asked alike.
fn chain(case: &Value) -> Option<Vec<u8>> {
    let pems = |field: &str| case[field].as_array().into_iter().flatten().filter_map(Value::as_str);
    let is_plain = pems("crls").count() == 0
        && case["max_chain_depth"].is_null()
        && pems("trusted_certs").count() == 1
        && !case["id"].as_str()?.starts_with("online");
    let all = case["peer_certificate"].as_str().into_iter().chain(pems("untrusted_intermediates"));
    let all: Option<Vec<_>> = all.chain(pems("trusted_certs")).map(with_our_key).collect();
    let chain = all?.concat();
    (is_plain && chain.len() < LONGEST).then_some(chain)
}

/// The certificate with the key of the seeds and ECDSA with SHA-256 in it, not signed.
fn with_our_key(pem: &str) -> Option<Vec<u8>> {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let certificate = Base64::decode_vec(&text).ok()?;
    let parts: Vec<_> = der::elements(der::content(&certificate)?).collect();
    let mut fields: Vec<_> = der::elements(der::content(parts.first()?)?).collect();
    let version = usize::from(*fields.first()?.first()? == 0xa0);
    *fields.get_mut(version + 1)? = path::ECDSA_SHA256;
    *fields.get_mut(version + 5)? = path::spki();
    let content = der::element(SEQUENCE, &fields);
    let signature = der::element(BIT_STRING, &[&[0]]);
    Some(der::element(SEQUENCE, &[&content, path::ECDSA_SHA256, &signature]))
}

/// Every seed is a chain, and none of them a finding.
#[test]
fn seeds_are_understood() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds/differential");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(question) = Question::read(&fs::read(&path).unwrap()) else { continue };
        for disagreement in judge(&question) {
            assert!(disagreement.is_known(), "{path:?}: {disagreement}");
        }
    }
}
