//! `lint`: what is found, where, and how the program ends.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Authority, Ended, openssl, program, sealwright, text};

/// A certificate of OpenSSL's, with these extensions.
fn certificate(out: &Path, subject: &str, extensions: &[&str]) {
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", subject];
    let key = out.with_extension("key");
    let out = ["-keyout", text(&key), "-out", text(out)];
    let extensions: Vec<_> = extensions.iter().flat_map(|extension| ["-addext", extension]).collect();
    openssl(&[&request[..], &out, &extensions].concat());
}

fn ids(ended: &Ended) -> Vec<String> {
    let found = ended.json();
    let objects = found["objects"].as_array().unwrap().iter();
    let findings = objects.flat_map(|object| object["findings"].as_array().unwrap().clone());
    findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

fn status(arguments: &[&str]) -> i32 {
    program(arguments).output().unwrap().status.code().unwrap()
}

#[test]
fn files_are_looked_at_together_and_the_status_tells() {
    let folder = tempfile::tempdir().unwrap();
    let ra = folder.path().join("ra.pem");
    certificate(&ra, "/CN=ra", &["basicConstraints=critical,CA:false", "keyUsage=critical,digitalSignature"]);
    assert_eq!(status(&["lint", text(&ra)]), 0);
    let as_ra = ["lint", text(&ra), "--as", "ra"];
    assert_eq!(status(&as_ra), 1);
    let printed = sealwright(&as_ra).stdout;
    assert!(printed.starts_with(&format!("certificate CN=ra ({}, inputs.0.0)\n", text(&ra))), "{printed}");
    assert!(printed.contains("  error    ra_key_usage_incomplete at extensions."), "{printed}");
    assert!(printed.contains("to do: have it issued anew with both"), "{printed}");
    let found = ids(&sealwright(&[&as_ra[..], &["--json"]].concat()));
    assert!(found.contains(&"ra_without_windows_purpose".to_owned()), "{found:?}");
    let long = folder.path().join("long.pem");
    certificate(&long, &format!("/CN={}", "a".repeat(30)), &["basicConstraints=critical,CA:false"]);
    assert_eq!(status(&["lint", text(&ra), text(&long), "--append", "34"]), 0);
    assert_eq!(status(&["lint", text(&ra), text(&long), "--append", "35"]), 1);
    // DER, and a file that holds nothing of the kind.
    let der = folder.path().join("ra.der");
    openssl(&["x509", "-in", text(&ra), "-outform", "DER", "-out", text(&der)]);
    assert_eq!(status(&["lint", text(&der)]), 0);
    let junk = folder.path().join("junk");
    fs::write(&junk, "%").unwrap();
    assert_eq!(ids(&sealwright(&["lint", text(&junk), "--json"])), ["unreadable"]);
    let missing = folder.path().join("missing");
    for arguments in [&["lint", text(&missing)][..], &["lint"], &["lint", "--as", "x", text(&ra)]] {
        assert_eq!(status(arguments), 2, "{arguments:?}");
    }
    let refused = sealwright(&["lint", text(&missing), "--json"]).json();
    assert!(refused["error"]["detail"].is_string(), "{refused}");
}

#[test]
fn a_data_folder_is_looked_at_whole() {
    let authority = Authority::usual();
    let lint =
        |more: &[&str]| sealwright(&[&["lint", "--data", text(&authority.data), "--json"], more].concat());
    let found = lint(&[]).json();
    let kinds: Vec<_> =
        found["objects"].as_array().unwrap().iter().map(|object| object["kind"].clone()).collect();
    assert_eq!(kinds[0], "settings");
    assert_eq!(kinds.iter().filter(|kind| **kind == "authority").count(), 2, "{kinds:?}");
    let engine = |found: &Value| {
        let objects =
            found["objects"].as_array().unwrap().iter().filter(|object| object["kind"] != "settings");
        let findings: Vec<_> =
            objects.flat_map(|object| object["findings"].as_array().unwrap().clone()).collect();
        findings.into_iter().filter(|finding| finding["severity"] != "notice").collect::<Vec<_>>()
    };
    assert_eq!(
        engine(&found),
        Vec::<Value>::new(),
        "what init makes has nothing above notice but its addresses"
    );
    let renew = ["ca", "renew", "--data", text(&authority.data), "--new-key", "p256"];
    assert!(sealwright(&renew).success);
    let ids = ids(&lint(&["--severity", "error"]));
    assert!(ids.contains(&"fingerprint_about_to_change".to_owned()), "{ids:?}");
    let settings = authority.data.join("sealwright.toml");
    let text_of = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text_of.replace("allow_legacy = false", "allow_legacy = true")).unwrap();
    let found = sealwright(&["lint", "--data", text(&authority.data)]);
    assert!(
        !found.success && found.stdout.contains("legacy_allowed at scep.allow_legacy"),
        "{}",
        found.stdout
    );
}

#[test]
fn rules_are_explained() {
    let one = sealwright(&["lint", "--explain", "ra_key_usage_incomplete"]);
    assert!(one.success && one.stdout.contains("micromdm/scep issue 81"), "{}", one.stdout);
    assert!(sealwright(&["lint", "--explain", "public_url_loopback"]).stdout.contains("remedy: "));
    let all = sealwright(&["lint", "--explain", "all", "--json"]).json();
    assert!(all["rules"].as_array().unwrap().len() > 100, "{all}");
    assert_eq!(status(&["lint", "--explain", "nothing_such"]), 2);
    assert_eq!(status(&["lint", "--explain", "all", "file.pem"]), 2);
}
