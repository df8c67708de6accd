//! The packed npm package in browsers, and in projects as the tools of users make them: bundlers, `wrangler dev`.

use conformance::npm::{Package, Projects, input, report};
use conformance::{peer, tool, vector};

fn projects() -> Option<Projects> {
    Projects::find(&Package::find().unwrap()?).unwrap()
}

/// No bundler, and a content security policy that allows scripts of the page's own and WebAssembly.
#[test]
fn every_vector_in_chromium() {
    let Some(projects) = projects() else { return };
    let result = report(&projects.vectors("chromium", &input().unwrap()).unwrap()).unwrap();
    let count = |name: &str| usize::try_from(result.counts[name].as_u64().unwrap()).unwrap();
    let vectors = vector::all().unwrap().iter().map(|(_, vectors)| vectors.len()).sum::<usize>();
    assert_eq!(count("bytes"), vectors);
    assert!(count("functions") + 40 > vectors && count("outside") > 350, "{:?}", result.counts);
}

#[test]
fn vectors_in_firefox() {
    let Some(projects) = projects() else { return };
    let mut input = input().unwrap();
    input["brief"] = true.into();
    let result = report(&projects.vectors("firefox", &input).unwrap()).unwrap();
    let count = |name: &str| result.counts[name].as_u64().unwrap();
    assert!(
        count("bytes") > 800 && count("functions") >= 40 && count("outside") >= 15,
        "{:?}",
        result.counts
    );
}

/// OpenSSL likes the request that the application makes.
fn consumer(name: &str) {
    let Some(projects) = projects() else { return };
    let Some(openssl) = peer::find("openssl", "openssl") else { return };
    let printed = projects.run(&["consumers.mjs", name]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let verify = ["req", "-verify", "-noout", "-subject", "-nameopt", "RFC2253"];
    let judged = tool::run(&openssl.to_string_lossy(), &verify, folder.path(), &printed).unwrap();
    assert!(String::from_utf8_lossy(&judged).contains("CN=consumer"), "{name}: {judged:?}");
}

#[test]
fn a_page_without_a_bundler() {
    consumer("no_bundler");
}

#[test]
fn vite_serves_it_in_development() {
    consumer("vite_dev");
}

#[test]
fn vite_builds_it() {
    consumer("vite_build");
}

#[test]
fn webpack_builds_it() {
    consumer("webpack");
}

#[test]
fn esbuild_builds_it_and_the_module_is_copied() {
    consumer("esbuild");
}

#[test]
fn wrangler_serves_it() {
    consumer("wrangler_dev");
}
