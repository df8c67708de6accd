//! `serve`: what it refuses to start with, what it prints, how it ends, and clients that do not behave.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{self, Authority, Server, program, sealwright, text, until};

/// Far below what a request may take, and far above what it takes.
const SOON: Duration = Duration::from_secs(8);

fn set(authority: &Authority, from: &str, to: &str) {
    let path = authority.data.join("sealwright.toml");
    let settings = fs::read_to_string(&path).unwrap();
    assert!(settings.contains(from), "{from}");
    fs::write(path, settings.replace(from, to)).unwrap();
}

#[test]
fn settings_that_cannot_work_are_refused_at_the_start() {
    let authority = Authority::usual();
    let usual = "profile = \"device-identity\"";
    for (from, to, reasons) in [
        (usual, "profile = \"nonsense\"", ["scep.profile is \"nonsense\"", "device-identity"]),
        (usual, "profile = \"subordinate-ca\"", ["scep.profile is \"subordinate-ca\"", "makes authorities"]),
        (
            usual,
            "profile = \"scep-ra\"",
            ["scep.profile is \"scep-ra\"", "wanted device-identity or tls-server"],
        ),
        ("#: validity_days = 365", "validity_days = 900", ["scep.validity_days is 900", "71280000"]),
        (
            "issuer_claim = \"iss\"",
            "issuer_claim = \"sub\"",
            ["tokens.subject_claim, issuer_claim and expires_claim", "wanted three"],
        ),
        ("max_age_seconds = 300", "max_age_seconds = 0", ["messages.max_age_seconds is 0", "wanted 1 to"]),
        (
            "clock_skew_seconds = 60",
            "clock_skew_seconds = 601",
            ["messages.clock_skew_seconds is 601", "wanted 0 to 600"],
        ),
        (
            "#: algorithms = [\"rsa-v1_5",
            "algorithms = [\"hmac-sha256\", \"rsa-v1_5",
            ["\"hmac-sha256\"", "wanted some of"],
        ),
        (
            "#: origin = \"https://mdm.example\"",
            "origin = \"https://[\"",
            ["messages.origin is \"https://[\"", "wanted scheme and host"],
        ),
        ("memory_mib = 128", "memory_mib = 1", ["sandbox.memory_mib is 1", "wanted 8 to 4095"]),
        ("level = \"info\"", "level = \"a=b=c\"", ["log.level is \"a=b=c\"", "wanted error, warn, info"]),
    ] {
        let settings = fs::read(authority.data.join("sealwright.toml")).unwrap();
        set(&authority, from, to);
        let refused = sealwright(&["serve", "--data", text(&authority.data), "--listen", "127.0.0.1:0"]);
        assert!(!refused.success, "{to}");
        for reason in reasons {
            assert!(refused.stderr.contains(reason), "{to}: {}", refused.stderr);
        }
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        fs::write(authority.data.join("sealwright.toml"), settings).unwrap();
    }
    set(&authority, usual, "profile = \"tls-server\"");
    authority.serve().stop();
}

#[test]
fn json_is_one_line_on_standard_output_and_a_log_of_json() {
    let authority = Authority::usual();
    let mut serve = program(&["serve", "--json", "--data", text(&authority.data), "--listen", "127.0.0.1:0"]);
    let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let address = told["address"].as_str().unwrap();
    assert_eq!(told["url"], format!("http://{address}/scep"));
    assert!(std::net::TcpStream::connect(address).is_ok());
    program::send_signal(&child, "TERM");
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    let log = String::from_utf8(ended.stderr).unwrap();
    assert!(log.lines().count() > 1);
    log.lines().for_each(|line| drop(serde_json::from_str::<Value>(line).expect(line)));
    line.clear();
    assert_eq!(stdout.read_line(&mut line).unwrap(), 0, "{line}");
}

#[test]
fn arguments_that_cannot_be_read_are_json_too() {
    for arguments in
        [&["--json", "serve"][..], &["certificates", "lst", "--json"], &["init", "--json", "--x"]]
    {
        let refused = sealwright(arguments);
        assert!(!refused.success);
        assert_eq!(refused.json()["error"]["code"], "usage", "{arguments:?}");
        assert!(refused.stderr.is_empty(), "{}", refused.stderr);
    }
    assert!(sealwright(&["serve"]).stderr.starts_with("error: "));
    assert!(sealwright(&["serve", "--help", "--json"]).stdout.contains("Examples:"));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let authority = Authority::usual();
    let mut server = authority.serve();
    let mut stream = server.connect();
    let head = "POST /scep?operation=PKIOperation HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    until("the server drains", || server.log().contains("\"message\":\"stopping"));
    server.signal("TERM");
    assert!(server.wait(SOON).success());
    assert!(server.log().contains("cut off"), "{}", server.log());
}

#[test]
fn silent_connections_keep_nobody_out() {
    let authority = Authority::usual();
    set(&authority, "max_connections = 1024", "max_connections = 4");
    let server = authority.serve();
    let silent: Vec<_> = (0..12).map(|_| server.connect()).collect();
    let mut slow = server.connect();
    slow.write_all(b"POST /scep HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n30").unwrap();
    for _ in 0..6 {
        let (health, took) = server.get("/healthz");
        assert!(health.contains("\"status\":\"ok\""), "{health}");
        assert!(took < SOON, "{took:?}");
    }
    drop((silent, slow));
    server.stop();
}

/// An upload that takes longer than strangers need for many times as many connections as there are places.
#[test]
fn a_slow_upload_gets_through_a_crowd() {
    for (path, status) in [("/scep", "400 "), ("/ocsp", "200 ")] {
        let authority = Authority::usual();
        set(&authority, "max_connections = 1024", "max_connections = 4");
        let server = authority.serve();
        let mut slow = server.connect();
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20\r\n\r\n");
        slow.write_all(head.as_bytes()).unwrap();
        let mut crowd = Vec::new();
        for _ in 0..20 {
            crowd.extend((0..4).map(|_| server.connect()));
            slow.write_all(b"0").unwrap();
            std::thread::sleep(Duration::from_millis(200));
        }
        let mut reply = Vec::new();
        slow.read_to_end(&mut reply).unwrap();
        let reply = String::from_utf8_lossy(&reply);
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {reply}");
        drop(crowd);
        server.stop();
    }
}

/// Sends a message and hangs up after this time; gives the line of the log, if there is one.
fn hang_up(server: &Server, message: &[u8], delay: Duration) -> Option<Value> {
    let posts = || {
        let log = server.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["method"] == "POST").collect::<Vec<_>>()
    };
    let before = posts().len();
    let mut stream = server.connect();
    stream.write_all(&Server::post(message)).unwrap();
    std::thread::sleep(delay);
    drop(stream);
    let start = Instant::now();
    while posts().len() == before && start.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(5));
    }
    posts().into_iter().nth(before)
}

/// Who hangs up at once may be forgotten, and a request that was not even looked at has no line. From some
/// moment on the message is worked on: then it is worked on to the end, though nobody waits for the answer.
#[test]
fn who_hangs_up_is_served_to_the_end_and_is_in_the_log() {
    let authority = Authority::usual();
    let server = authority.serve();
    let message =
        server.captured(&authority, &authority.folder.path().join("device"), &["--subject", "CN=gone"]);
    let delays = (1..200).map(Duration::from_millis);
    let mut lines = delays.filter_map(|delay| hang_up(&server, &message, delay));
    let line = lines.find(|line| line["outcome"] != "abandoned").unwrap();
    assert_eq!((&line["outcome"], &line["hung_up"]), (&"issued".into(), &true.into()), "{line}");
    assert!(line["status"].is_null() && line["transaction_id"].is_string(), "{line}");
    let search = ["--search", "CN=gone", "--data", text(&authority.data)];
    let listed = sealwright(&[&["certificates", "list", "--json"], &search[..]].concat());
    assert_eq!(listed.json()["certificates"][0]["serial"], line["detail"]);
    server.stop();
}

#[test]
fn a_key_of_another_certificate_is_refused_at_the_start() {
    let authority = Authority::usual();
    let keys = authority.data.join("keys");
    fs::copy(keys.join("ra-1.pem"), keys.join("issuing-1.pem")).unwrap();
    let refused = sealwright(&["serve", "--data", text(&authority.data), "--listen", "127.0.0.1:0"]);
    assert!(!refused.success);
    assert!(refused.stderr.contains("the key file issuing-1.pem is not the key"), "{}", refused.stderr);
}
