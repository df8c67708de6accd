//! What a running server does by itself, beside what it is asked.

use std::fs::File;
use std::time::{Duration, Instant};

use crate::program::{Authority, sealwright, text, until};
use crate::registration::renew;

fn count(authority: &Authority, profile: &str) -> usize {
    let list = ["certificates", "list", "--json", "--profile", profile, "--data", text(&authority.data)];
    sealwright(&list).json()["certificates"].as_array().unwrap().len()
}

/// As another command does that makes keys.
fn lock(authority: &Authority) -> File {
    let keys = File::open(authority.data.join("keys")).unwrap();
    keys.lock().unwrap();
    keys
}

#[test]
fn a_renewal_that_has_to_wait_keeps_nobody_waiting_and_is_made_up_for() {
    let authority = Authority::usual();
    renew(&authority, &["--validity-days", "20"]);
    let at_it = lock(&authority);
    let server = authority.serve();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        let (health, took) = server.get("/healthz");
        assert!(health.contains("\"status\":\"ok\"") && took < Duration::from_secs(2), "{took:?}: {health}");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(count(&authority, "scep-ra"), 2);
    until("it is said", || server.get("/healthz").0.contains("was not renewed"));
    drop(at_it);
    until("it is renewed", || count(&authority, "scep-ra") == 3 && count(&authority, "ocsp-signer") == 1);
    until("nothing is left to say", || server.get("/healthz").0.contains("{\"status\":\"ok\"}"));
    server.stop();
}

#[test]
fn two_servers_on_one_folder_renew_once() {
    let authority = Authority::usual();
    renew(&authority, &["--validity-days", "20"]);
    let at_it = lock(&authority);
    let servers = [authority.serve(), authority.serve()];
    drop(at_it);
    until("it is renewed", || count(&authority, "scep-ra") == 3 && count(&authority, "ocsp-signer") == 1);
    // As long as the slower one may have waited for the faster one.
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!((count(&authority, "scep-ra"), count(&authority, "ocsp-signer")), (3, 1));
    for (number, server) in servers.into_iter().enumerate() {
        let out = authority.folder.path().join(number.to_string());
        let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
        assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
        server.stop();
    }
}
