//! `challenges`, and a running server that honours them.

use serde_json::Value;

use crate::program::{Authority, Ended, Server, sealwright, text};

fn challenges(authority: &Authority, arguments: &[&str]) -> Ended {
    sealwright(&[&["challenges"], arguments, &["--json", "--data", text(&authority.data)]].concat())
}

fn ids(authority: &Authority) -> Vec<String> {
    let listed = challenges(authority, &["list"]);
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    let mut ids: Vec<_> = listed.json()["challenges"].as_array().unwrap().iter().map(id).collect();
    ids.sort();
    ids
}

/// Whether a new device is let in.
fn admits(server: &Server, authority: &Authority, challenge: &str, name: &str) -> bool {
    let (out, subject) = (authority.folder.path().join(name), format!("CN={name}"));
    let usual = ["enroll", "--url", &server.url, "--out", text(&out), "--subject", &subject];
    let ended = sealwright(&[&usual[..], &["--challenge", challenge]].concat());
    assert!(ended.success || ended.stderr.contains("challenge password is wrong"), "{}", ended.stderr);
    ended.success
}

#[test]
fn a_running_server_honours_what_is_added_and_removed() {
    let authority = Authority::usual();
    let server = authority.serve();
    assert!(admits(&server, &authority, &authority.challenge, "first"));
    let added = challenges(&authority, &["add"]);
    let challenge = added.json()["challenge"].as_str().unwrap().to_owned();
    assert!(admits(&server, &authority, &challenge, "second"));
    let removed = challenges(&authority, &["remove", "static-1"]);
    assert_eq!(removed.json()["left"], 1);
    assert!(!admits(&server, &authority, &authority.challenge, "third"));
    assert!(admits(&server, &authority, &challenge, "fourth"));
    assert!(challenges(&authority, &["remove", "static-2"]).success);
    assert!(!admits(&server, &authority, &challenge, "fifth"));
    let again = challenges(&authority, &["remove", "static-2"]);
    assert!(!again.success && again.stdout.contains("challenges list"), "{}", again.stdout);
    server.stop();
}

#[test]
fn the_list_shows_times_and_no_secret() {
    let authority = Authority::usual();
    let file = authority.folder.path().join("challenge.txt");
    std::fs::write(&file, "open sesame\n").unwrap();
    let added =
        challenges(&authority, &["add", "--challenge-file", text(&file), "--expires-in", "12h"]).json();
    assert_eq!((&added["id"], &added["challenge"]), (&"static-2".into(), &"open sesame".into()));
    let short = challenges(&authority, &["add", "--expires-in", "1s"]).json();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(ids(&authority), ["static-1", "static-2", "static-3"]);
    let listed = challenges(&authority, &["list"]);
    let find = |id: &str| {
        let all = listed.json()["challenges"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["id"] == id).unwrap()
    };
    let seconds = |one: &Value| one["expires_at"].as_u64().unwrap() - one["created_at"].as_u64().unwrap();
    assert_eq!((seconds(&find("static-2")), &find("static-2")["expired"]), (43_200, &false.into()));
    assert_eq!(find("static-3")["expired"], true);
    assert!(find("static-1")["expires_at"].is_null());
    let people = sealwright(&["challenges", "list", "--data", text(&authority.data)]).stdout;
    for secret in ["open sesame", &authority.challenge, short["challenge"].as_str().unwrap(), "$argon2"] {
        assert!(!listed.stdout.contains(secret) && !people.contains(secret), "{secret}");
    }
    let wrong = challenges(&authority, &["add", "--expires-in", "soon"]);
    assert!(wrong.stdout.contains("30d"), "{}", wrong.stdout);
}

#[test]
fn more_than_a_server_can_compare_are_refused() {
    let authority = Authority::usual();
    assert!(challenges(&authority, &["add", "--expires-in", "1s"]).success);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    // One is there from the start, and the one that has ended takes no room.
    for _ in 1..16 {
        assert!(challenges(&authority, &["add"]).success);
    }
    let refused = challenges(&authority, &["add"]);
    assert!(!refused.success && refused.stdout.contains("16 is the limit"), "{}", refused.stdout);
    assert!(challenges(&authority, &["remove", "static-1"]).success);
    assert!(challenges(&authority, &["add"]).success);
}
