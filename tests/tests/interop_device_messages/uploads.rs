//! Bodies that come slowly: they keep nobody else out.

use std::io::Write;
use std::net::TcpStream;

use conformance::http::Reply;
use conformance::server::{self, Authority, Server};
use serde_json::Value;

use super::fleet::{Device, is_missing, reason, whole};

const BODY: &[u8] = b"<plist><string>Idle</string></plist>";
/// How many of one key, and of nobody knows whom, are on their way at the same time.
const OF_KEY: usize = 4;
const UNPROVED: usize = 64;

/// A message of which the body never comes whole.
fn slow(server: &Server, headers: &[(&str, &str)]) -> TcpStream {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST /v1/forward-auth/whole-message HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {}\r\n\r\n<",
        BODY.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn code(reply: &Reply) -> (u16, String) {
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    (reply.status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_device_holds_so_many_places_and_no_more() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let device = Device::new(&authority, "slow", &[]).unwrap();
    let other = Device::new(&authority, "quick", &[]).unwrap();
    let server = authority.serve().unwrap();
    let signature = device.cms(BODY, &[]).unwrap();
    let headers = [("Mdm-Signature", signature.as_str())];
    let mut slow: Vec<_> = (0..OF_KEY).map(|_| slow(&server, &headers)).collect();
    // Another body than the signed one is looked at while there is a place, and does not make the message count.
    let tampered = || whole(&server, &headers, b"another body").unwrap();
    server::until("all places of the device are taken", || {
        Ok(code(&tampered()) == (429, "too_many_uploads".to_owned()))
    })
    .unwrap();
    let refused = whole(&server, &headers, BODY).unwrap();
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("5")), "{}", refused.head);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let own = other.cms(BODY, &[]).unwrap();
    assert_eq!(whole(&server, &[("Mdm-Signature", &own)], BODY).unwrap().status, 200);
    slow.pop();
    server::until("there is a place again", || {
        let reply = tampered();
        Ok(reply.status == 401 && reason(&reply)? == "message_body_mismatch")
    })
    .unwrap();
    assert_eq!(whole(&server, &headers, BODY).unwrap().status, 200);
    drop(slow);
    server.stop().unwrap();
}

/// Where the signature is over the body, anybody can name anybody's key: such bodies take no place of those that are proved.
#[test]
fn bodies_of_nobody_knows_whom_keep_no_device_out() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    for (from, to) in [
        ("allow_undated = false", "allow_undated = true"),
        ("#: bare_header", "bare_header"),
        ("#: bare_key_id_header", "bare_key_id_header"),
    ] {
        authority.set(from, to).unwrap();
    }
    let device = Device::new(&authority, "known", &[]).unwrap();
    let server = authority.serve().unwrap();
    let (id, made_up) = (device.fingerprint().unwrap(), "AAAA");
    let headers = [("X-Signature", made_up), ("X-Key-Id", &id)];
    let slow: Vec<_> = (0..UNPROVED).map(|_| slow(&server, &headers)).collect();
    server::until("all places of nobody knows whom are taken", || {
        Ok(code(&whole(&server, &headers, BODY)?) == (503, "busy".to_owned()))
    })
    .unwrap();
    let dated = device.cms(BODY, &[]).unwrap();
    assert_eq!(whole(&server, &[("Mdm-Signature", &dated)], BODY).unwrap().status, 200);
    drop(slow);
    server.stop().unwrap();
}
