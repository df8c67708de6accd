//! PyJWT and jose (npm) read our tokens and JWK sets, and we read theirs, with each algorithm.

use anyhow::{Context, Result, ensure};
use conformance::engine::{self, Engine};
use conformance::{peer, tool};
use serde_json::{Value, json};
use tempfile::TempDir;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_jose/");

/// Each algorithm with a key of the vectors that signs so.
const ALGORITHMS: [(&str, &str); 10] = [
    ("RS256", "rsa-device"),
    ("RS384", "rsa-device"),
    ("RS512", "rsa-device"),
    ("PS256", "rsa-device"),
    ("PS384", "rsa-device"),
    ("PS512", "rsa-device"),
    ("ES256", "p256-device"),
    ("ES384", "p384-device"),
    ("ES512", "p521-device"),
    ("EdDSA", "ed25519-device"),
];

/// Our key as a verifier has it; the algorithm is its id.
fn public(algorithm: &str, key: &str) -> Result<Value> {
    let public_key = engine::key(&format!("{key}.pub"))?;
    Ok(json!({ "kid": algorithm, "algorithm": algorithm, "public_key": public_key }))
}

fn mint(engine: &Engine, now: u64, (algorithm, key): (&str, &str), token: &Value) -> Result<String> {
    let request =
        json!({ "op": "mint_jwt", "now": now, "key": { "id": key }, "algorithm": algorithm, "token": token });
    text(&engine.call(&request)?["token"])
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(ToOwned::to_owned).with_context(|| format!("found {value}, wanted a text"))
}

/// Shows a peer our tokens and keys, and looks at what it makes of them and at its own tokens.
fn exchange(ask: impl Fn(&Value) -> Result<Value>) -> Result<()> {
    let pems = ALGORITHMS.iter().map(|(_, key)| engine::key(key)).collect::<Result<Vec<_>>>()?;
    let held: Vec<(&str, &str)> =
        ALGORITHMS.iter().zip(&pems).map(|((_, key), pem)| (*key, pem.as_str())).collect();
    let engine = Engine::holding(&held)?;
    let now = engine::now();
    let compatible = json!({ "shape": "compatible", "subject": "app-1.2.ipa", "issuer": "portal", "lifetime_seconds": 3600 });
    let (mut keys, mut tokens, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for (algorithm, key) in ALGORITHMS {
        let token = mint(&engine, now, (algorithm, key), &compatible)?;
        ours.push(token.clone());
        tokens.push(
            json!({ "token": token, "alg": algorithm, "public_key": engine::key(&format!("{key}.pub"))? }),
        );
        let bound = json!({
            "shape": "bound", "lifetime_seconds": 60, "kid": algorithm, "issuer": "portal", "subject": "Bücher",
            "audience": ["files"], "path": { "prefix": "/a" }, "device": "d", "jti": { "given": "1" },
        });
        let token = mint(&engine, now, (algorithm, key), &bound)?;
        tokens.push(json!({ "token": token, "alg": algorithm, "audience": "files" }));
        keys.push(public(algorithm, key)?);
    }
    let jwks = engine.call(&json!({ "op": "jwks", "keys": keys }))?["jwks"].take();
    let private = ALGORITHMS
        .iter()
        .zip(&pems)
        .map(|((algorithm, _), pem)| json!({ "alg": algorithm, "kid": algorithm, "private_key": pem }));
    let answer = ask(&json!({
        "now": now, "tokens": tokens, "jwks": jwks, "keys": private.collect::<Vec<_>>(),
    }))?;
    for (index, token) in tokens.iter().enumerate() {
        let request = json!({
            "op": "verify_jwt", "now": now, "token": token["token"], "jwks": jwks,
            "policy": { "audience": token.get("audience") }, "path": token.get("audience").map(|_| "/a/b"), "device": "d",
        });
        let said = engine.call(&request)?;
        ensure!(said["claims"] == answer["claims"][index], "{said} and {}", answer["claims"][index]);
    }
    for (index, (algorithm, key)) in ALGORITHMS.into_iter().enumerate() {
        let verify = |token: &Value, policy: Value, path: Value| {
            engine.call(&json!({
                "op": "verify_jwt", "now": now, "token": token, "keys": [public(algorithm, key)?], "policy": policy,
                "path": path,
            }))
        };
        let bound = &answer["bound"][index];
        let said = verify(bound, json!({ "audience": "files", "issuers": ["peer"] }), json!("/a"))?;
        ensure!(said["kid"] == algorithm && said["header"]["alg"] == algorithm, "{said}");
        let theirs = &answer["compatible"][index];
        verify(theirs, json!({ "issuers": ["portal"], "subject": "app-1.2.ipa" }), Value::Null)?;
        // PKCS#1 v1.5 and Ed25519 leave no choice: the same token, octet for octet.
        if algorithm.starts_with("RS") || algorithm == "EdDSA" {
            ensure!(theirs == &ours[index], "{algorithm}: {theirs} and {}", ours[index]);
        }
    }
    Ok(())
}

fn ask(program: &str, arguments: &[&str], request: &Value) -> Result<Value> {
    let folder = TempDir::new()?;
    Ok(serde_json::from_slice(&tool::run(
        program,
        arguments,
        folder.path(),
        request.to_string().as_bytes(),
    )?)?)
}

#[test]
fn pyjwt_reads_ours_and_we_read_its() {
    let (Some(python), Some(_)) = (peer::find_python("python"), peer::find_python_file("jwt/__init__.py"))
    else {
        return;
    };
    let script = format!("{FOLDER}pyjwt.py");
    exchange(|request| ask(&python.to_string_lossy(), &[&script], request)).unwrap();
}

#[test]
fn jose_reads_ours_and_we_read_its() {
    let (Some(node), Some(folder)) = (peer::find("node", "nodejs"), peer::find_npm("jose")) else { return };
    let (script, folder) = (format!("{FOLDER}jose.mjs"), folder.to_string_lossy().into_owned());
    exchange(|request| ask(&node.to_string_lossy(), &[&script, &folder], request)).unwrap();
}
