//! `sealwright/verify`, the entry of the npm package that verifies and makes nothing.

use conformance::hostile;
use conformance::json::Json;
use conformance::npm::{Package, Report, entry, input};
use conformance::vector::{self, Vector};
use sealwright_core::{ErrorCode, Operation};
use serde_json::Value;

fn package() -> Option<Package> {
    Package::find().unwrap()
}

fn verifying() -> Vec<&'static str> {
    Operation::ALL.iter().filter(|operation| operation.verifies()).map(|operation| operation.name()).collect()
}

/// `verify_path` is `verifyPath`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &word[..1].to_uppercase() + &word[1..])
}

/// Private keys that do not say their public half: the whole engine computes it, and this one calculates with no private key.
const PUBLIC_HALF_COMPUTED: [&str; 4] = [
    "private-key-ed25519-device",
    "private-key-ml-dsa-65-device",
    "private-key-sec1-without-public",
    "private-key-without-public",
];

/// A description of a private key without what is computed from it.
fn as_written(description: &str) -> String {
    let (before, rest) = description.split_once(",\"public_key_sha256\":\"").unwrap();
    let (_, behind) = rest.split_once('"').unwrap();
    format!("{before}{behind}")
}

#[test]
fn what_verifies_gives_the_same_bytes() {
    let Some(package) = package() else { return };
    let names = verifying();
    assert!(names.len() >= 6, "{names:?}");
    let mut input = input().unwrap();
    let vectors = input["vectors"].as_array_mut().unwrap();
    vectors.retain(|vector| names.contains(&vector["file"].as_str().unwrap()));
    let count = vectors.len();
    let computed = |vector: &&mut Value| {
        let id = vector["id"].as_str().unwrap();
        vector["file"] == "inspect" && PUBLIC_HALF_COMPUTED.contains(&id)
    };
    let mut exceptions = 0;
    for vector in vectors.iter_mut().filter(computed) {
        vector["expected"] = as_written(vector["expected"].as_str().unwrap()).into();
        exceptions += 1;
    }
    assert_eq!(exceptions, PUBLIC_HALF_COMPUTED.len());
    input["only"] = names.clone().into();
    // Something that makes, and would succeed.
    let made =
        vector::of("generate_key").unwrap().into_iter().find(|vector| vector.response.is_some()).unwrap();
    input["request"] = String::from_utf8(made.request_bytes()).unwrap().into();
    let found: Value = serde_json::from_slice(&package.node(&["verify.mjs"], &input).unwrap()).unwrap();

    let report: Report = serde_json::from_value(found["report"].clone()).unwrap();
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
    assert_eq!(report.operations.len(), names.len());
    assert_eq!(report.counts["bytes"], count);
    assert!(report.counts["functions"].as_u64().unwrap() > 200, "{:?}", report.counts);

    let mut wanted: Vec<String> = names.iter().map(|name| camel_case(name)).collect();
    wanted.extend(["SealwrightError", "call", "init", "initSync", "toBase64Url"].map(ToOwned::to_owned));
    wanted.sort_unstable();
    assert_eq!(found["functions"], Value::from(wanted));

    assert_eq!(found["refused"]["status"], ErrorCode::OperationUnknown.number());
    let detail = found["refused"]["detail"].as_str().unwrap();
    assert!(detail.ends_with(&format!("only {}", names.join(", "))), "{detail}");
}

/// What nobody should send. To a name that is no operation here it says another list of them.
#[test]
fn hostile_requests_get_the_native_answer() {
    let Some(package) = package() else { return };
    let names = verifying();
    let all = hostile::requests().unwrap();
    let is_there = |vector: &&Vector| match vector.request.get("op").map(Json::text) {
        Some(Ok(op)) => names.contains(&op),
        _ => true,
    };
    let vectors: Vec<_> =
        all.iter().filter(is_there).map(|vector| entry("hostile", vector).unwrap()).collect();
    let mut input = input().unwrap();
    input["vectors"] = vectors.clone().into();
    input["only"] = names.into();
    input["request"] = "{}".into();
    let found: Value = serde_json::from_slice(&package.node(&["verify.mjs"], &input).unwrap()).unwrap();
    let report: Report = serde_json::from_value(found["report"].clone()).unwrap();
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
    assert_eq!(report.counts["bytes"], vectors.len());
    assert!(report.counts["functions"].as_u64().unwrap() > 100, "{:?}", report.counts);
}

/// Octets as servers send them: what is in the README, and a fiftieth more for other compilers.
#[test]
fn the_modules_stay_small() {
    let Some(package) = package() else { return };
    let script = "process.stdout.write(String(require('node:zlib').gzipSync(require('node:fs').readFileSync(process.argv[1])).length))";
    for (name, most) in [("sealwright.wasm", 950_000), ("verify/sealwright-verify.wasm", 510_000)] {
        let file = format!("node_modules/sealwright/dist/{name}");
        let length = package.run("node", &["-e", script, &file]).unwrap();
        let length: usize = String::from_utf8(length).unwrap().parse().unwrap();
        assert!(length < most, "{name}: {length} octets; if that has to be, bindings/npm/README.md says so");
    }
}

/// No key comes in, nothing is imported, and what is left out is not there.
#[test]
fn the_module_is_smaller_for_it() {
    let Some(package) = package() else { return };
    let read =
        |name: &str| std::fs::read(package.folder().join("node_modules/sealwright/dist").join(name)).unwrap();
    let (small, whole) = (read("verify/sealwright-verify.wasm"), read("sealwright.wasm"));
    assert!(small.len() * 100 < whole.len() * 60, "{} of {} bytes", small.len(), whole.len());
    let engine = wasmtime::Engine::default();
    let loaded = [&small, &whole].map(|bytes| wasmtime::Module::new(&engine, bytes).unwrap());
    let [small, whole] = loaded.map(|module| {
        assert_eq!(module.imports().count(), 0);
        module.exports().map(|export| export.name().to_owned()).collect::<Vec<_>>()
    });
    let missing: Vec<_> = whole.iter().filter(|name| !small.contains(name)).collect();
    let of_keys =
        ["__indirect_function_table", "sealwright_call_with_callback", "sealwright_engine_import_key"];
    assert_eq!(missing, of_keys);
}
