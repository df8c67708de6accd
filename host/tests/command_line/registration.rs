//! The registration authority's certificate: its end, and its renewal.

use std::fs;

use serde_json::Value;

use crate::program::{Authority, Server, openssl, sealwright, text, until};

pub(crate) fn renew(authority: &Authority, more: &[&str]) -> Value {
    let renewed = sealwright(&[&["ra", "renew", "--json", "--data", text(&authority.data)], more].concat());
    assert!(renewed.success, "{}{}", renewed.stdout, renewed.stderr);
    renewed.json()
}

#[test]
fn a_running_server_renews_it_before_its_end() {
    let authority = Authority::usual();
    renew(&authority, &["--validity-days", "20"]);
    let list = ["certificates", "list", "--json", "--profile", "scep-ra", "--data", text(&authority.data)];
    let stored = || sealwright(&list).json()["certificates"].as_array().unwrap().clone();
    assert_eq!(stored().len(), 2);
    let server = authority.serve();
    until("it is renewed", || stored().len() == 3);
    until("nothing is left to announce", || server.get("/healthz").0.contains("{\"status\":\"ok\"}"));
    let out = authority.folder.path().join("device");
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    let log = server.stop();
    assert!(!log.contains("\"ERROR\""), "{log}");
    // The next start has nothing to renew, and by hand one may at any time.
    authority.serve().stop();
    assert_eq!(stored().len(), 3);
    assert_eq!(renew(&authority, &[])["certificate"]["profile"], "scep-ra");
    assert_eq!(stored().len(), 4, "the old ones stay");
}

/// What mends a lost key does not ask for it.
#[test]
fn a_lost_key_is_no_reason_not_to_renew() {
    let authority = Authority::usual();
    fs::remove_file(authority.data.join("keys/ra-1.pem")).unwrap();
    let serve = ["serve", "--data", text(&authority.data), "--listen", "127.0.0.1:0"];
    let refused = sealwright(&serve);
    assert!(!refused.success && refused.stderr.contains("ra-1.pem"), "{}", refused.stderr);
    renew(&authority, &[]);
    let server = authority.serve();
    let enrolled = server.enroll(&authority, &authority.folder.path().join("d"), &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    server.stop();
}

/// A client that asked for the certificates before the renewal, and sends its message after it.
#[test]
fn messages_for_the_old_one_are_opened_and_answered_in_its_name() {
    let authority = Authority::usual();
    let folder = authority.folder.path();
    let list = ["certificates", "list", "--json", "--profile", "scep-ra", "--data", text(&authority.data)];
    let old = sealwright(&list).json()["certificates"][0]["pem"].as_str().unwrap().to_owned();
    let server = authority.serve();
    let message = server.captured(&authority, &folder.join("device"), &["--subject", "CN=late"]);
    server.stop();
    let new = renew(&authority, &[])["certificate"]["pem"].as_str().unwrap().to_owned();
    let server = authority.serve();
    let reply = server.exchange(&Server::post(&message));
    let start = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let (file, signer) = (folder.join("reply.der"), folder.join("signer.pem"));
    fs::write(&file, &reply[start..]).unwrap();
    assert_eq!(server.stop().matches("\"outcome\":\"issued\"").count(), 1);
    let verify = |certificate: &str| {
        fs::write(&signer, certificate).unwrap();
        let arguments =
            ["-inform", "DER", "-in", text(&file), "-noverify", "-nointern", "-certfile", text(&signer)];
        let command = [&["cms", "-verify", "-binary", "-out", "/dev/null"], &arguments[..]].concat();
        std::process::Command::new("openssl").args(command).output().unwrap().status.success()
    };
    assert!(verify(&old), "the old one signed");
    assert!(!verify(&new));
    openssl(&["cms", "-cmsout", "-inform", "DER", "-in", text(&file), "-noout"]);
}
