//! PyScep, from PyPI, with the workarounds that its client.py names: another reader of our messages (asn1crypto),
//! and CertPoll from a client.

use std::path::Path;

use anyhow::{Context, Result};
use conformance::server::{Authority, Server, text};
use conformance::{openssl, peer, tool};
use serde_json::{Value, json};

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_pyscep/client.py");

fn run(python: &Path, server: &Server, authority: &Authority, challenge: &str, name: &str) -> Result<Value> {
    let (folder, url) = (authority.folder(), server.url());
    let arguments = [CLIENT, &url, challenge, name, text(folder)];
    let printed = tool::run(text(python), &arguments, folder, &[]).with_context(|| server.log())?;
    Ok(serde_json::from_slice(&printed)?)
}

#[test]
fn pyscep_enrols_and_polls() {
    let Some(python) = peer::find_python("python") else { return };
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let report = run(&python, &server, &authority, authority.challenge(), "py-device").unwrap();
    assert_eq!(report["enrol"], "success", "{report}");
    assert_eq!((&report["poll"], &report["same"]), (&json!("success"), &json!(true)), "{report}");
    assert_eq!(report["unknown"], "BadCertId", "{report}");
    assert_eq!((&report["get_cert"], &report["get_crl"]), (&json!("BadRequest"), &json!("BadRequest")));
    let folder = authority.folder();
    let certificate = std::fs::read_to_string(folder.join("pyscep.pem")).unwrap();
    let (intermediates, root) = (authority.intermediates().unwrap(), authority.root().unwrap());
    openssl::verify(&certificate, &intermediates, &root, folder).unwrap();
    assert!(openssl::subject(&certificate, folder).unwrap().contains("CN=py-device"));
    let key = openssl::public_half(&folder.join("pyscep.key"), folder).unwrap();
    assert_eq!(openssl::public_key(&certificate, folder).unwrap(), key);
    server.stop().unwrap();
    assert!(authority.has_issued_to("py-device").unwrap());
}

#[test]
fn a_wrong_challenge_gets_nothing() {
    let Some(python) = peer::find_python("python") else { return };
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let report = run(&python, &server, &authority, "wrong", "py-device").unwrap();
    assert_eq!(report["enrol"], "BadRequest", "{report}");
    server.stop().unwrap();
    assert!(!authority.has_issued_to("py-device").unwrap());
}
