//! The registration authority's certificate: its end, and its renewal.

use std::fs;

use serde_json::Value;

use crate::program::{Authority, Server, openssl, sealwright, text};

fn renew(authority: &Authority, more: &[&str]) -> Value {
    let renewed = sealwright(&[&["ra", "renew", "--json", "--data", text(&authority.data)], more].concat());
    assert!(renewed.success, "{}{}", renewed.stdout, renewed.stderr);
    renewed.json()
}

#[test]
fn the_end_is_announced_and_renewal_ends_the_announcement() {
    let authority = Authority::usual();
    renew(&authority, &["--validity-days", "20"]);
    let server = authority.serve();
    let (health, _) = server.get("/healthz");
    assert!(health.contains("\"status\":\"ok\"") && health.contains("sealwright ra renew"), "{health}");
    let log = server.stop();
    let warned = |line: &&str| line.contains("\"WARN\"") && line.contains("sealwright ra renew");
    assert_eq!(log.lines().filter(warned).count(), 1, "{log}");
    let renewed = renew(&authority, &[]);
    assert_eq!(renewed["certificate"]["profile"], "scep-ra");
    let server = authority.serve();
    assert!(server.get("/healthz").0.contains("{\"status\":\"ok\"}"));
    let out = authority.folder.path().join("device");
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    assert!(!server.stop().contains("sealwright ra renew"));
    let list = ["certificates", "list", "--json", "--profile", "scep-ra", "--data", text(&authority.data)];
    assert_eq!(sealwright(&list).json()["certificates"].as_array().unwrap().len(), 3, "the old ones stay");
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
