//! The npm package, packed and installed where nothing else is: `cargo xtask test npm` sees to that and says where.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use conformance::npm::{Package, Report, input, report};
use conformance::workerd::Workerd;
use conformance::{engine, module, native, peer, tool, vector};
use serde_json::{Value, json};

fn package() -> Option<Package> {
    Package::find().unwrap()
}

#[test]
fn every_vector_in_node() {
    let Some(package) = package() else { return };
    check_all(&report(&package.node(&["node.mjs"], &input().unwrap()).unwrap()).unwrap());
}

fn check_all(report: &Report) {
    let count = |name: &str| report.counts[name].as_u64().unwrap();
    let vectors = vector::all().unwrap().iter().map(|(_, vectors)| vectors.len()).sum::<usize>();
    assert_eq!(usize::try_from(count("bytes")).unwrap(), vectors);
    // What is left out: requests that are no object, and what the package fills in.
    assert!(count("functions") + 40 > count("bytes"), "{:?}", report.counts);
    assert!(count("outside") > 350 && count("outside_exact") > 270, "{:?}", report.counts);
    assert!(count("beyond") < 20, "{:?}", report.counts);
}

/// What a package of npm calls this machine's processor.
fn architecture(x86_64: &'static str, aarch64: &'static str) -> &'static str {
    if cfg!(target_arch = "aarch64") { aarch64 } else { x86_64 }
}

/// A runtime of npm's: the vectors as bytes, and by the functions one of each operation.
fn in_runtime(runtime: &str, program: &str, arguments: &[&str]) {
    let Some(package) = package() else { return };
    let Some(peers) = peer::find_npm(runtime) else { return };
    let program = peers.join("node_modules").join(program).to_string_lossy().into_owned();
    let Some(_) = peer::find(&program, "npm") else { return };
    let printed = package.by(&program, arguments, &brief()).unwrap();
    check_brief(&report(&printed).unwrap());
}

fn brief() -> Value {
    let mut input = input().unwrap();
    input["brief"] = true.into();
    input
}

fn check_brief(report: &Report) {
    let count = |name: &str| report.counts[name].as_u64().unwrap();
    assert!(count("bytes") > 800 && count("functions") >= 40, "{:?}", report.counts);
    assert!(count("outside") >= 15 && count("outside_exact") > 10, "{:?}", report.counts);
}

#[test]
fn vectors_in_deno() {
    let arguments = ["run", "--no-lock", "--allow-read", "--allow-env", "node.mjs"];
    in_runtime("deno", &format!("@deno/linux-{}-glibc/deno", architecture("x64", "arm64")), &arguments);
}

#[test]
fn vectors_in_bun() {
    in_runtime("bun", &format!("@oven/bun-linux-{}/bin/bun", architecture("x64", "aarch64")), &["node.mjs"]);
}

#[test]
fn every_vector_in_workerd() {
    let Some(package) = package() else { return };
    let Some(workerd) = Workerd::find(&package) else { return };
    check_all(&report(&workerd.vectors(&input().unwrap()).unwrap()).unwrap());
}

#[test]
fn the_modules_name_no_folder_of_who_built_them() {
    let Some(package) = package() else { return };
    let dist = package.folder().join("node_modules/sealwright/dist");
    let own = ["core/src", "bindings/c"].map(|folder| module::workspace().join(folder));
    for name in ["sealwright.wasm", "verify/sealwright-verify.wasm"] {
        let module = std::fs::read(dist.join(name)).unwrap();
        let has = |text: &str| module.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(has("crates/"), "{name}");
        assert!(!has("registry/src") && !own.iter().any(|folder| has(&folder.to_string_lossy())), "{name}");
    }
}

/// publint and @arethetypeswrong find nothing wrong with the package.
#[test]
fn linters_of_packages_have_nothing_to_say() {
    let Some(package) = package() else { return };
    let Some(peers) = peer::find_npm("publint") else { return };
    let packed = module::target_folder().join("npm-package").join(concat!(
        "sealwright-",
        env!("CARGO_PKG_VERSION"),
        ".tgz"
    ));
    let packed = packed.to_string_lossy();
    let program = |name: &str| peers.join("node_modules/.bin").join(name).to_string_lossy().into_owned();
    let said = package.run(&program("publint"), &["run", &packed, "--strict"]).unwrap();
    assert!(String::from_utf8_lossy(&said).contains("All good!"), "{}", String::from_utf8_lossy(&said));
    package.run(&program("attw"), &[&packed, "--profile", "esm-only", "--no-color"]).unwrap();
}

#[test]
fn what_the_functions_promise() {
    let Some(package) = package() else { return };
    package.run("node", &["--expose-gc", "facade.mjs"]).unwrap();
}

#[test]
fn what_callers_and_signers_do_wrong_is_told() {
    let Some(package) = package() else { return };
    package.run("node", &["mistakes.mjs"]).unwrap();
}

/// A successful request of each operation, without keys where there is one.
fn requests() -> Vec<String> {
    let requests = sealwright_core::Operation::ALL.iter().map(|operation| {
        let vectors = vector::of(operation.name()).unwrap();
        let accepted = vectors.iter().filter(|vector| vector.response.is_some());
        let chosen = accepted.min_by_key(|vector| (vector.keys.len(), vector.request_bytes().len())).unwrap();
        String::from_utf8(chosen.request_bytes()).unwrap()
    });
    requests.collect()
}

/// What a function throws for a request is what the native engine has to say of it.
#[test]
fn hostile_requests_get_the_native_code() {
    let Some(package) = package() else { return };
    let schema: Value = serde_json::from_str(include_str!("../../bindings/schema.json")).unwrap();
    let input = json!({ "schema": schema, "requests": requests() });
    let found: Value = serde_json::from_slice(&package.node_file("hostile.mjs", &input).unwrap()).unwrap();
    let asked = found["asked"].as_array().unwrap();
    assert!(asked.len() > 1500);
    let wrong: Vec<_> = asked.iter().filter_map(|one| differs(one).unwrap()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), asked.len(), wrong.join("\n"));
    let refused = asked.iter().filter(|one| one["code"] == "request_malformed").count();
    assert!(refused * 10 < asked.len() * 9, "nearly all are refused for their form: nothing is tried");
    assert_eq!(found["polluted"], Value::Null);
    let too_large = native::call(&vec![b' '; 100_000_000], &[]).unwrap();
    assert_eq!(found["status"], too_large.status);
    for code in found["too_large"].as_array().unwrap() {
        assert_eq!(*code, "request_too_large");
    }
}

/// What is wrong with the answer to one request.
fn differs(one: &Value) -> Result<Option<String>> {
    let wire = engine::decode(&one["wire"])?;
    let answer = native::call(&wire, &[])?;
    let text: String = String::from_utf8_lossy(&wire).chars().take(300).collect();
    if let Some(code) = one["code"].as_str() {
        let body: Value = serde_json::from_slice(&answer.body)?;
        let wanted = match answer.status {
            0 => "ok",
            // There is nobody to ask.
            1 => "key_unknown",
            _ => body["error"]["code"].as_str().context("an error without code")?,
        };
        return Ok((code != wanted).then(|| format!("found {code}, wanted {wanted}: {text}")));
    }
    let same = one["status"] == answer.status && engine::decode(&one["body"])? == answer.body;
    Ok((!same).then(|| format!("found {}, wanted {answer:?}: {text}", one["status"])))
}

/// TypeScript finds nothing wrong with a file.
fn compile(package: &Package, libraries: &str, file: &str) -> Result<()> {
    let compiler = module::target_folder().join("npm-package/node_modules/.bin/tsc");
    let strict =
        ["--noEmit", "--strict", "--allowJs", "--checkJs", "--module", "nodenext", "--target", "es2022"];
    let options = [&strict[..], &["--types", "", "--lib", libraries, file]].concat();
    package.run(&compiler.to_string_lossy(), &options)?;
    Ok(())
}

#[test]
fn types_compile_without_any_library() {
    let Some(package) = package() else { return };
    compile(&package, "es2022", "types.ts").unwrap();
}

/// The JavaScript in a page.
fn examples(page: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let blocks = text.split("```js\n").skip(1).filter_map(|rest| rest.split("```").next());
    Ok(blocks.map(ToOwned::to_owned).collect())
}

/// What the pages say works, and OpenSSL likes what it prints.
#[test]
fn examples_of_the_pages_work() {
    let Some(package) = package() else { return };
    let Some(openssl) = peer::find("openssl", "openssl") else { return };
    let pages: [PathBuf; 2] =
        ["README.md", "bindings/npm/README.md"].map(|page| module::workspace().join(page));
    for page in pages {
        let examples = examples(&page).unwrap();
        assert!(!examples.is_empty(), "{} has no example", page.display());
        for example in examples {
            std::fs::write(package.folder().join("example.mjs"), &example).unwrap();
            compile(&package, "es2022,dom", "example.mjs").unwrap();
            let printed = package.run("node", &["example.mjs"]).unwrap();
            let verify = ["req", "-verify", "-noout"];
            let folder = tempfile::tempdir().unwrap();
            let judged = tool::run(&openssl.to_string_lossy(), &verify, folder.path(), &printed);
            judged.with_context(|| String::from_utf8_lossy(&printed).into_owned()).unwrap();
        }
    }
}

#[test]
fn the_package_holds_what_it_needs_and_no_more() {
    let Some(package) = package() else { return };
    let installed = package.folder().join("node_modules/sealwright");
    let listed = |folder: &Path| -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    };
    let wanted = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "package.json"];
    assert_eq!(listed(&installed).unwrap(), wanted);
    let dist = listed(&installed.join("dist")).unwrap();
    assert!(dist.iter().all(|name| !name.ends_with(".map")), "{dist:?}");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(installed.join("package.json")).unwrap()).unwrap();
    assert!(manifest.get("dependencies").is_none(), "{manifest}");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    each_export_is_there(&installed, &manifest["exports"]).unwrap();
}

fn each_export_is_there(installed: &Path, exports: &Value) -> Result<()> {
    match exports {
        Value::String(file) => ensure!(installed.join(file).is_file(), "there is no {file}"),
        Value::Object(conditions) => {
            conditions.values().try_for_each(|inside| each_export_is_there(installed, inside))?;
        }
        other => anyhow::bail!("found {other}"),
    }
    Ok(())
}
