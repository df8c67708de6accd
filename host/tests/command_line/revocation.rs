//! `revoke`, and what `certificates show` tells of it.

use serde_json::{Value, json};

use crate::program::{Authority, Ended, sealwright, text};

fn revoke(authority: &Authority, id: &str, more: &[&str]) -> Ended {
    sealwright(&[&["revoke", id, "--json", "--data", text(&authority.data)], more].concat())
}

fn show(authority: &Authority, id: &str) -> Value {
    sealwright(&["certificates", "show", id, "--json", "--data", text(&authority.data)]).json()
}

/// A certificate of this profile.
fn stored(authority: &Authority, profile: &str) -> Value {
    let list = ["certificates", "list", "--json", "--profile", profile, "--data", text(&authority.data)];
    sealwright(&list).json()["certificates"][0].take()
}

fn detail(ended: &Ended) -> String {
    assert!(!ended.success, "{}", ended.stdout);
    ended.json()["error"]["detail"].as_str().unwrap().to_owned()
}

/// A device's folder and serial number.
fn enrolled(
    authority: &Authority,
    server: &crate::program::Server,
    name: &str,
) -> (std::path::PathBuf, String) {
    let (out, subject) = (authority.folder.path().join(name), format!("CN={name}"));
    let enrolled = server.enroll(authority, &out, &["--subject", &subject]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    let serial = enrolled.json()["serial"].as_str().unwrap().to_owned();
    (out, serial)
}

#[test]
fn who_revoked_and_why_is_on_record() {
    let authority = Authority::usual();
    let server = authority.serve();
    let (_, serial) = enrolled(&authority, &server, "stolen");
    assert_eq!(
        (&show(&authority, &serial)["state"], &show(&authority, &serial)["events"]),
        (&json!("valid"), &json!([]))
    );
    // As OpenSSL writes a serial number.
    let digits: Vec<_> =
        serial.as_bytes().chunks(2).map(|two| String::from_utf8_lossy(two).to_uppercase()).collect();
    let more = [
        "--reason",
        "key_compromise",
        "--comment",
        "ticket 4711",
        "--by",
        "ada",
        "--invalid-since",
        "1790000000",
    ];
    let revoked = revoke(&authority, &digits.join(":"), &more).json();
    assert_eq!(revoked["already"], false);
    let certificate = &revoked["certificate"];
    assert_eq!((&certificate["serial"], &certificate["subject"]), (&json!(serial), &json!("CN=stolen")));
    assert_eq!(certificate["revocation_reason"], "key_compromise");
    assert_eq!(certificate["invalidity_date"], 1_790_000_000);
    let shown = show(&authority, &serial);
    assert_eq!(shown["state"], "revoked");
    let event = &shown["events"][0];
    assert_eq!(
        (&event["action"], &event["actor"], &event["comment"], &event["at"]),
        (&json!("revoke"), &json!("ada"), &json!("ticket 4711"), &shown["revoked_at"])
    );
    // The second time changes nothing, and says so.
    let again = revoke(&authority, &serial, &["--reason", "superseded", "--by", "eve"]).json();
    assert_eq!((&again["already"], &again["certificate"]), (&json!(true), certificate));
    assert_eq!(show(&authority, &serial), shown);
    let people = sealwright(&["revoke", &serial, "--data", text(&authority.data)]);
    assert!(
        people.stdout.contains("was revoked before") && people.stdout.contains("key_compromise"),
        "{}",
        people.stdout
    );
    let list = sealwright(&["certificates", "list", "--search", "stolen", "--data", text(&authority.data)]);
    assert!(list.stdout.lines().nth(1).unwrap().trim_end().ends_with("revoked"), "{}", list.stdout);
    server.stop();
}

#[test]
fn a_running_server_renews_nothing_for_a_revoked_certificate_or_its_key() {
    let authority = Authority::usual();
    let server = authority.serve();
    let (out, serial) = enrolled(&authority, &server, "stolen");
    assert!(revoke(&authority, &serial, &["--reason", "key_compromise"]).success);
    let renewed = sealwright(&["enroll", "--url", &server.url, "--out", text(&out), "--renew"]);
    assert!(!renewed.success && renewed.stderr.contains("is revoked"), "{}", renewed.stderr);
    std::fs::remove_file(out.join("certificate.pem")).unwrap();
    let anew = server.enroll(&authority, &out, &["--subject", "CN=other-name", "--retries", "0"]);
    assert!(!anew.success && anew.stdout.contains("revoked"), "{}", anew.stdout);
    // By its SHA-256; who is superseded keeps the right to the key.
    let (out, serial) = enrolled(&authority, &server, "replaced");
    let sha256 = show(&authority, &serial)["sha256"].as_str().unwrap().to_owned();
    assert!(revoke(&authority, &sha256, &["--reason", "superseded"]).success);
    std::fs::remove_file(out.join("certificate.pem")).unwrap();
    let anew = server.enroll(&authority, &out, &["--subject", "CN=other-name"]);
    assert!(anew.success, "{}{}", anew.stdout, anew.stderr);
    server.stop();
}

#[test]
fn what_cannot_be_revoked_is_said_with_a_way_out() {
    let authority = Authority::usual();
    for id in ["00ff", "no hex at all", &"0".repeat(64)] {
        let said = detail(&revoke(&authority, id, &[]));
        assert!(said.contains("no certificate has") && said.contains("certificates list"), "{said}");
    }
    let root = stored(&authority, "root-ca");
    let said = detail(&revoke(&authority, root["serial"].as_str().unwrap(), &[]));
    assert!(said.contains("is a root") && said.contains("whoever trusts it has to remove it"), "{said}");
    assert!(show(&authority, root["serial"].as_str().unwrap())["revoked_at"].is_null());
    let wrong = revoke(&authority, "00", &["--reason", "certificate_hold"]);
    assert_eq!(wrong.json()["error"]["code"], "usage");
    assert!(wrong.stdout.contains("cessation_of_operation"), "{}", wrong.stdout);
    let elsewhere = authority.folder.path().join("elsewhere");
    let nowhere = sealwright(&["revoke", "00", "--json", "--data", text(&elsewhere)]);
    assert!(detail(&nowhere).contains("is not a data folder"), "{}", nowhere.stdout);
    assert!(!elsewhere.exists());
}

/// The server makes the issuing authority's lists; the root's is made by hand.
#[test]
fn what_stands_on_the_roots_list_is_said_with_the_next_step() {
    let authority = Authority::usual();
    let folder = authority.folder.path();
    let (key, csr) = (folder.join("key.pem"), folder.join("sub.csr"));
    let request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Sub", "-keyout", text(&key)];
    crate::program::openssl(&[&request[..], &["-out", text(&csr)]].concat());
    let sign = ["sign", text(&csr), "--json", "--profile", "subordinate-ca", "--data", text(&authority.data)];
    let signed = sealwright(&sign);
    assert!(signed.success, "{}{}", signed.stdout, signed.stderr);
    let subordinate = signed.json()["certificate"]["serial"].as_str().unwrap().to_owned();
    let all =
        ["certificates", "list", "--json", "--profile", "subordinate-ca", "--data", text(&authority.data)];
    let all = sealwright(&all).json()["certificates"].take();
    let issuing = all.as_array().unwrap().iter().find(|one| one["authority"] == "root-1").unwrap();
    for (serial, is_by_root) in [(subordinate.as_str(), false), (issuing["serial"].as_str().unwrap(), true)] {
        let people = sealwright(&["revoke", serial, "--data", text(&authority.data)]);
        assert_eq!(
            people.stdout.contains("next: sealwright ca crl --authority root"),
            is_by_root,
            "{}",
            people.stdout
        );
        let again = revoke(&authority, serial, &[]).json();
        assert_eq!(again["next"].is_string(), is_by_root, "{again}");
    }
}
