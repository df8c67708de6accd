//! `requests`: approval by hand, from the device's side and the administrator's.

use std::fs;

use serde_json::{Value, json};

use crate::program::{Authority, Ended, Server, sealwright, text};

fn requests(authority: &Authority, arguments: &[&str]) -> Ended {
    sealwright(&[&["requests"], arguments, &["--json", "--data", text(&authority.data)]].concat())
}

fn listed(authority: &Authority, state: &str) -> Vec<Value> {
    let listed = requests(authority, &["list", "--state", state]).json();
    listed["requests"].as_array().unwrap().clone()
}

/// One where everybody without a challenge has to wait.
fn waiting_room() -> Authority {
    let authority = Authority::usual();
    let path = authority.data.join("sealwright.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let changed = settings.replace("approval = \"never\"", "approval = \"without_challenge\"");
    assert_ne!(settings, changed);
    fs::write(path, changed).unwrap();
    authority
}

/// Asks once, without a challenge.
fn ask(authority: &Authority, server: &Server, name: &str) -> Ended {
    let (out, subject) = (authority.folder.path().join(name), format!("CN={name}"));
    let usual = ["enroll", "--json", "--url", &server.url, "--subject", &subject, "--retries", "0"];
    let more = ["--ca-fingerprint", &authority.fingerprint, "--polls", "0", "--out", text(&out)];
    sealwright(&[&usual[..], &more].concat())
}

#[test]
fn a_device_gets_what_somebody_decided() {
    let authority = waiting_room();
    let server = authority.serve();
    for name in ["yes", "no"] {
        let pending = ask(&authority, &server, name);
        assert!(!pending.success && pending.stdout.contains("still pending"), "{}", pending.stdout);
        let again = ask(&authority, &server, name);
        assert!(!again.success && again.stdout.contains("still pending"), "{}", again.stdout);
    }
    let waiting = listed(&authority, "pending");
    let mut subjects: Vec<_> = waiting.iter().map(|request| request["subject"].clone()).collect();
    // Within a second no order is promised.
    subjects.sort_by_key(ToString::to_string);
    assert_eq!(subjects, ["CN=no", "CN=yes"], "each once");
    let id = |name: &str| {
        let request = waiting.iter().find(|request| request["subject"] == format!("CN={name}")).unwrap();
        request["id"].as_str().unwrap().to_owned()
    };
    // With a challenge nobody waits.
    let known = server.enroll(&authority, &authority.folder.path().join("known"), &["--subject", "CN=known"]);
    assert!(known.success, "{}", known.stderr);
    let approved = requests(&authority, &["approve", &id("yes"), "--by", "ada"]).json();
    assert_eq!((&approved["already"], &approved["request"]["state"]), (&json!(false), &json!("approved")));
    assert_eq!(approved["request"]["decided_by"], "ada");
    let rejected =
        requests(&authority, &["reject", &id("no"), "--comment", "not one of ours", "--by", "ada"]).json();
    assert_eq!(
        (&rejected["request"]["state"], &rejected["request"]["comment"]),
        (&json!("rejected"), &json!("not one of ours"))
    );
    let got = ask(&authority, &server, "yes");
    assert!(got.success, "{}{}", got.stdout, got.stderr);
    let refused = ask(&authority, &server, "no");
    assert!(!refused.success && refused.stdout.contains("not one of ours"), "{}", refused.stdout);
    assert_eq!((listed(&authority, "pending").len(), listed(&authority, "all").len()), (0, 2));
    assert_eq!((listed(&authority, "issued").len(), listed(&authority, "rejected").len()), (1, 1));
    server.stop();
}

#[test]
fn decisions_are_made_once_and_are_on_record() {
    let authority = waiting_room();
    let server = authority.serve();
    ask(&authority, &server, "device");
    let id = listed(&authority, "pending")[0]["id"].as_str().unwrap().to_owned();
    let shown = requests(&authority, &["show", &id]).json();
    assert_eq!((&shown["request"]["state"], &shown["events"]), (&json!("pending"), &json!([])));
    assert_eq!(
        (&shown["request"]["content"]["kind"], &shown["request"]["content"]["subject"]),
        (&json!("certificate_request"), &json!("CN=device"))
    );
    assert!(requests(&authority, &["approve", &id, "--by", "ada", "--comment", "asked by mail"]).success);
    let again = requests(&authority, &["approve", &id, "--by", "eve"]).json();
    assert_eq!((&again["already"], &again["request"]["decided_by"]), (&json!(true), &json!("ada")));
    let other = requests(&authority, &["reject", &id]);
    assert!(!other.success && other.stdout.contains("was approved by ada"), "{}", other.stdout);
    assert!(other.stdout.contains("can be revoked"), "{}", other.stdout);
    let events = requests(&authority, &["show", &id]).json()["events"].take();
    assert_eq!(events.as_array().unwrap().len(), 1, "{events}");
    assert_eq!(
        (&events[0]["action"], &events[0]["actor"], &events[0]["comment"]),
        (&json!("approve"), &json!("ada"), &json!("asked by mail"))
    );
    for command in ["show", "approve", "reject"] {
        let unknown = requests(&authority, &[command, "nobody"]);
        assert!(
            !unknown.success && unknown.stdout.contains("requests list --state all"),
            "{}",
            unknown.stdout
        );
    }
    let people = sealwright(&["requests", "list", "--state", "all", "--data", text(&authority.data)]);
    assert!(people.stdout.contains("CN=device") && people.stdout.contains("approved"), "{}", people.stdout);
    server.stop();
}

#[test]
fn what_strangers_have_sent_is_rejected_at_once() {
    let authority = waiting_room();
    let server = authority.serve();
    for name in ["one", "two", "ours"] {
        ask(&authority, &server, name);
    }
    let some = requests(&authority, &["reject", "--all-pending", "--search", "cn=o", "--by", "ada"]).json();
    assert_eq!(some["rejected"], 2);
    let left = listed(&authority, "pending");
    assert_eq!((left.len(), &left[0]["subject"]), (1, &json!("CN=two")));
    assert_eq!(requests(&authority, &["reject", "--all-pending"]).json()["rejected"], 1);
    assert!(!requests(&authority, &["reject"]).success, "neither one nor all");
    let refused = ask(&authority, &server, "one");
    assert!(!refused.success && refused.stdout.contains("was rejected"), "{}", refused.stdout);
    server.stop();
}
