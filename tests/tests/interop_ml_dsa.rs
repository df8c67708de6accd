//! ML-DSA before pyca/cryptography and the OpenSSL in it, both ways: what we sign it verifies, what it signs we verify,
//! and it holds a key that we ask. Debian's own OpenSSL is of before ML-DSA.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use conformance::engine::{self, Engine};
use conformance::{peer, tool};
use sealwright_core::KeyRing;
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("interop_ml_dsa/pyca.py");
/// The names of keys, with the class that pyca has for them and the identifier of RFC 9881.
const SETS: [(&str, &str, &str); 3] = [
    ("ml-dsa-44", "MLDSA44PublicKey", "2.16.840.1.101.3.4.3.17"),
    ("ml-dsa-65", "MLDSA65PublicKey", "2.16.840.1.101.3.4.3.18"),
    ("ml-dsa-87", "MLDSA87PublicKey", "2.16.840.1.101.3.4.3.19"),
];

struct Pyca {
    python: PathBuf,
}

impl Pyca {
    fn find() -> Option<Self> {
        peer::find_python("python").map(|python| Self { python })
    }

    fn ask(&self, question: &Value) -> Result<Value> {
        let python = self.python.to_str().context("the path of python is not text")?;
        let folder = tempfile::tempdir()?;
        let printed = tool::run(python, &["-c", SCRIPT], folder.path(), question.to_string().as_bytes())?;
        Ok(serde_json::from_slice(&printed)?)
    }
}

fn generate(algorithm: &str, number: u64) -> Result<Value> {
    Engine::default().call(&json!({
        "op": "generate_key", "seed": engine::seed(number), "algorithm": algorithm,
    }))
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("no text")
}

/// An authority with such a key, and one thing of each kind that it signs.
fn everything(algorithm: &str) -> Result<(Value, Value)> {
    let (root, leaf) = (generate(algorithm, 1)?, generate(algorithm, 2)?);
    let engine =
        Engine::holding(&[("root", text(&root["private_key"])?), ("leaf", text(&leaf["private_key"])?)])?;
    let now = engine::now();
    let authority = engine.call(&json!({
        "op": "create_authority", "now": now, "seed": engine::seed(3), "subject": "CN=Lattice Root",
        "key": { "id": "root" },
    }))?["authority"]
        .take();
    let csr = engine.call(&json!({ "op": "create_csr", "key": { "id": "leaf" }, "subject": "CN=OCSP" }))?;
    let issued = engine.call(&json!({
        "op": "sign_csr", "now": now, "seed": engine::seed(4), "authority": authority,
        "profile": "ocsp-signer", "csr": csr["csr"],
    }))?;
    let crl = engine.call(&json!({
        "op": "sign_crl", "now": now, "authority": authority, "number": "1", "entries": [["0a", now]],
    }))?;
    let response = engine.call(&json!({
        "op": "sign_ocsp_response", "now": now, "authority": authority,
        "responses": [{ "serial": "0a", "status": "good" }],
    }))?;
    let sealed = engine.call(&json!({
        "op": "encrypt_private_key", "seed": engine::seed(5), "private_key": leaf["private_key"],
        "password": "sesame", "iterations": 1000,
    }))?;
    let question = json!({
        "do": "judge", "root": authority["certificate"], "leaf": issued["certificate"], "csr": csr["csr"],
        "crl": crl["crl"], "ocsp": response["response"], "key": leaf["private_key"],
        "sealed": sealed["private_key"], "password": "sesame",
    });
    Ok((question, leaf))
}

#[test]
fn what_we_sign_is_verified() {
    let Some(pyca) = Pyca::find() else { return };
    for (algorithm, class, oid) in SETS {
        let (question, leaf) = everything(algorithm).unwrap();
        let judged = pyca.ask(&question).unwrap();
        assert_eq!(judged["algorithm"], class);
        assert_eq!(judged["oids"], json!([oid]));
        assert_eq!(judged["public_key"], leaf["public_key"], "{algorithm}");
        // The judge judges: another set's root did not sign this.
        let mut wrong = question.clone();
        let other = if algorithm == "ml-dsa-44" { "ml-dsa-65" } else { "ml-dsa-44" };
        wrong["root"] = everything(other).unwrap().0["root"].take();
        assert!(pyca.ask(&wrong).is_err());
    }
}

#[test]
fn what_others_sign_is_verified() {
    let Some(pyca) = Pyca::find() else { return };
    let now = engine::now();
    for ((root, ..), (leaf, ..)) in SETS.into_iter().zip(SETS.into_iter().cycle().skip(1)) {
        let made = pyca.ask(&json!({ "do": "issue", "root": root, "leaf": leaf, "now": now })).unwrap();
        let engine = Engine::default();
        let path = |certificate: &Value| {
            engine.call(&json!({
                "op": "verify_path", "now": now, "certificate": certificate, "purpose": "any",
                "anchors": [{ "certificate": made["root"] }], "policy": { "rules": "path" },
            }))
        };
        assert_eq!(path(&made["leaf"]).unwrap()["path"].as_array().unwrap().len(), 2);
        let read = engine.call(&json!({ "op": "read_private_key", "input": made["key"] })).unwrap();
        assert_eq!((&read["public_key"], &read["private_key"]), (&made["public_key"], &made["key"]));
        assert_eq!(read["algorithm"], leaf.replace('-', "_"));
        let seen = engine.call(&json!({ "op": "inspect", "input": made["csr"] })).unwrap();
        let request = &seen["objects"][0];
        assert_eq!(request["signature_valid"], true, "{seen}");
        assert_eq!(request["public_key"]["algorithm"], leaf.to_uppercase());
    }
}

/// The question names the set; its holder hedges, so that the signature is another one each time, and it counts.
#[test]
fn a_key_that_another_holds_is_asked() {
    let Some(pyca) = Pyca::find() else { return };
    for (algorithm, ..) in SETS {
        let csr = asked(&pyca, algorithm).unwrap();
        let seen = Engine::default().call(&json!({ "op": "inspect", "input": csr })).unwrap();
        assert_eq!(seen["objects"][0]["signature_valid"], true);
    }
}

fn asked(pyca: &Pyca, algorithm: &str) -> Result<Value> {
    let key = generate(algorithm, 6)?;
    let mut request = json!({
        "op": "create_csr", "subject": "CN=outside",
        "key": { "id": "outside", "public_key": key["public_key"] },
    });
    let call = |request: &Value| -> Result<Value> {
        let outcome = sealwright_core::call(&serde_json::to_vec(request)?, &KeyRing::new());
        Ok(serde_json::from_slice(&outcome.body)?)
    };
    let needs = call(&request)?["needs"].take();
    ensure!(needs[0]["scheme"] == algorithm.replace('-', "_"), "found {needs}");
    let answer = pyca.ask(&json!({ "do": "sign", "key": key["private_key"], "input": needs[0]["input"] }))?;
    request["answers"] = json!([answer["answer"]]);
    Ok(call(&request)?["ok"]["csr"].take())
}
