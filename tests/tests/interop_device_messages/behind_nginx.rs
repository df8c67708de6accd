//! nginx before an application, with the README's configurations.

use anyhow::{Result, ensure};
use base64ct::{Base64, Encoding};
use conformance::http::{self, Reply};
use conformance::nginx::{self, Nginx};
use conformance::server::{Authority, Server, free_address, text};
use conformance::{openssl, peer, tool};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::application;
use super::fleet::{Device, HttpRequest, is_missing, python, reason};

/// The addresses that the README has.
const README_SERVER: &str = "127.0.0.1:8085";
const README_APPLICATION: &str = "127.0.0.1:9000";
/// The README's places of the two configurations: the whole message, and without the body.
const WHOLE: usize = 1;
const WITHOUT_BODY: usize = 2;
const BODY: &[u8] = b"<plist><string>Idle</string></plist>";

/// nginx with both of them.
fn before(server: &Server) -> Result<Option<Nginx>> {
    before_with(server, "")
}

/// The same with further directives.
fn before_with(server: &Server, more: &str) -> Result<Option<Nginx>> {
    let Some(program) = nginx::find() else { return Ok(None) };
    let blocks = [more, &nginx::from_readme(WHOLE)?, &nginx::from_readme(WITHOUT_BODY)?].concat();
    ensure!(
        blocks.contains(README_SERVER) && blocks.contains(README_APPLICATION),
        "the README has other addresses"
    );
    // Devices speak HTTPS with what is in front of this nginx here.
    let blocks = blocks
        .replace(README_SERVER, &server.address().to_string())
        .replace(README_APPLICATION, &application::start()?.to_string())
        .replace("$scheme", "https");
    Nginx::start(&program, TempDir::new()?, &blocks).map(Some)
}

/// Where the device's request goes.
fn send(
    nginx: &Nginx,
    request: &HttpRequest<'_>,
    headers: &[(String, String)],
    more: &[(&str, &str)],
) -> Result<Reply> {
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = format!("http://{}{}", nginx.address(), request.path);
    match request.method {
        "GET" => http::get_with(&url, &[&headers, more].concat()),
        _ => http::post(&url, &[&headers, more].concat(), request.body),
    }
}

fn header_of<'a>(said: &'a Value, name: &str) -> Vec<&'a str> {
    let lines = said["headers"].as_array().into_iter().flatten();
    lines.filter(|line| line[0] == name).filter_map(|line| line[1].as_str()).collect()
}

/// What a client may try to be taken for another.
const CLAIMED: [(&str, &str); 16] = [
    ("X-Sealwright-Serial", "claimed"),
    ("X-Sealwright-Subject", "claimed"),
    ("X-Sealwright-Common-Name", "claimed"),
    ("X-Sealwright-Names", "claimed"),
    ("X-Sealwright-Device", "claimed"),
    ("X-Sealwright-User", "claimed"),
    ("X-Sealwright-Certificate-Sha256", "claimed"),
    ("X-Sealwright-Form", "claimed"),
    ("X-Sealwright-Key-Id", "claimed"),
    ("X-Sealwright-Signed-At", "claimed"),
    ("X-Sealwright-Content-Digest", "claimed"),
    ("X-Original-URI", "/elsewhere"),
    ("X-Forwarded-Uri", "/elsewhere"),
    ("X-Forwarded-Method", "GET"),
    ("X-Forwarded-Host", "elsewhere.example"),
    ("X-Forwarded-Proto", "http"),
];

#[test]
fn nginx_hands_the_whole_message_on_once_it_is_good() {
    let (false, Some(_)) = (is_missing(), python()) else { return };
    let authority = Authority::new().unwrap();
    authority.set("#: accel_redirect", "accel_redirect").unwrap();
    let device = Device::new(&authority, "tablet-5", &[]).unwrap();
    let server = authority.serve().unwrap();
    let Some(nginx) = before(&server).unwrap() else { return };
    let (id, serial) = (device.fingerprint().unwrap(), device.serial().unwrap());
    let request = HttpRequest { method: "POST", path: "/checkin/7?a=b%20c", ..HttpRequest::new(&id, BODY) };
    let headers = device.http(&request).unwrap();
    let tampered = HttpRequest { body: b"<plist><string>Busy</string></plist>", ..request };
    assert_eq!(reason(&send(&nginx, &tampered, &headers, &[]).unwrap()).unwrap(), "message_body_mismatch");
    let reply = send(&nginx, &request, &headers, &CLAIMED).unwrap();
    assert_eq!(
        reply.status,
        200,
        "{}\n{}\n{}",
        reply.head,
        String::from_utf8_lossy(&reply.body),
        nginx.log()
    );
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(said["start"], "POST /checkin/7?a=b%20c HTTP/1.0");
    assert_eq!(said["body"].as_str().unwrap().as_bytes(), BODY);
    assert_eq!(header_of(&said, "x-sealwright-serial"), [serial.as_str()]);
    assert!(!said["headers"].to_string().contains("claimed"), "{said}");
    assert_eq!(reason(&send(&nginx, &request, &headers, &[]).unwrap()).unwrap(), "message_replayed");

    // A body that does not stay in the memory of anybody.
    let large = vec![b'x'; 5 << 20];
    let signature = device.cms(&large, &[]).unwrap();
    let url = format!("http://{}/checkin", nginx.address());
    let reply = http::post(&url, &[("Mdm-Signature", &signature)], &large).unwrap();
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(said["body"].as_str().map(str::len), Some(large.len()), "{}", reply.head);
    let unsigned = http::post(&url, &CLAIMED, BODY).unwrap();
    assert_eq!(reason(&unsigned).unwrap(), "message_signature_absent");
    server.stop().unwrap();
    assert_eq!(http::post(&url, &[("Mdm-Signature", &signature)], BODY).unwrap().status, 502);
}

#[test]
fn nginx_asks_without_the_body_and_the_application_is_told_its_digest() {
    let (false, Some(_)) = (is_missing(), python()) else { return };
    let authority = Authority::new().unwrap();
    let device = Device::new(&authority, "tablet-6", &[]).unwrap();
    let server = authority.serve().unwrap();
    let Some(nginx) = before(&server).unwrap() else { return };
    let (id, serial) = (device.fingerprint().unwrap(), device.serial().unwrap());
    let request = HttpRequest { method: "POST", path: "/status?x", ..HttpRequest::new(&id, BODY) };
    let headers = device.http(&request).unwrap();
    let refused = |reply: &Reply| {
        assert_eq!(reply.status, 401, "{}", reply.head);
        reply.header("X-Sealwright-Reason").unwrap_or_default().to_owned()
    };
    let elsewhere = HttpRequest { path: "/status?y", ..request };
    let reply = send(&nginx, &elsewhere, &headers, &[]).unwrap();
    assert_eq!(refused(&reply), "message_signature_invalid");
    let reply = send(&nginx, &request, &headers, &CLAIMED).unwrap();
    assert_eq!(reply.status, 200, "{}\n{}", reply.head, nginx.log());
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(header_of(&said, "x-sealwright-serial"), [serial.as_str()]);
    assert!(!said["headers"].to_string().contains("claimed"), "{said}");
    // As OpenSSL computes it; http-message-signatures may have signed it with SHA-512 alone.
    let told = header_of(&said, "x-sealwright-content-digest").concat();
    let (name, _) = told.split_once('=').unwrap();
    let digest = openssl_digest(&authority, &name.replace('-', ""), BODY).unwrap();
    assert_eq!(told, format!("{name}=:{digest}:"));
    assert_eq!(refused(&send(&nginx, &request, &headers, &[]).unwrap()), "message_replayed");

    let get = HttpRequest { method: "GET", path: "/status", covers_body: false, headers: &[], ..request };
    let headers = device.http(&get).unwrap();
    let lines: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = format!("http://{}/status", nginx.address());
    let longer = http::send("GET", &url, &lines, Some(BODY)).unwrap();
    assert_eq!(refused(&longer), "message_component_uncovered");
    let reply = send(&nginx, &get, &headers, &[]).unwrap();
    assert_eq!(reply.status, 200, "{}\n{}", reply.head, nginx.log());
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    let empty = openssl_digest(&authority, "sha256", b"").unwrap();
    assert_eq!(header_of(&said, "x-sealwright-content-digest"), [format!("sha-256=:{empty}:")]);
    assert_eq!(refused(&nginx.get("/status", &CLAIMED).unwrap()), "message_signature_absent");

    let cms = device.cms(BODY, &["-md", "sha384"]).unwrap();
    let reply = http::post(&url, &[("Mdm-Signature", &cms)], BODY).unwrap();
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    let digest = openssl_digest(&authority, "sha384", BODY).unwrap();
    assert_eq!(header_of(&said, "x-sealwright-content-digest"), [format!("sha-384=:{digest}:")]);
    server.stop().unwrap();
}

/// Over HTTP/2 a body says neither its length nor its encoding. It is digested as it comes; and who does not see it says which
/// digest it would have to have.
#[test]
fn bodies_over_http2_need_no_length_and_are_checked_all_the_same() {
    let (false, Some(_), Some(curl)) = (is_missing(), python(), peer::find("/usr/bin/curl", "curl")) else {
        return;
    };
    let authority = Authority::new().unwrap();
    authority.set("#: accel_redirect", "accel_redirect").unwrap();
    let device = Device::new(&authority, "tablet-7", &[]).unwrap();
    let server = authority.serve().unwrap();
    let address = free_address().unwrap();
    let Some(nginx) = before_with(&server, &format!("listen {address} http2;\n")).unwrap() else { return };
    let id = device.fingerprint().unwrap();
    let send = |request: &HttpRequest<'_>, headers: &[(String, String)], body: &[u8]| -> Value {
        let url = format!("http://{address}{}", request.path);
        let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let mut arguments = vec!["--silent", "--http2-prior-knowledge", "--request", request.method];
        lines.iter().for_each(|line| arguments.extend(["--header", line]));
        arguments.extend(["--upload-file", "-", &url]);
        let said = tool::run(text(&curl), &arguments, authority.folder(), body).unwrap();
        serde_json::from_slice(&said)
            .unwrap_or_else(|_| panic!("{}\n{}", String::from_utf8_lossy(&said), nginx.log()))
    };
    let request = HttpRequest { method: "POST", path: "/checkin/7", ..HttpRequest::new(&id, BODY) };
    let headers = device.http(&request).unwrap();
    assert_eq!(send(&request, &headers, b"another body")["code"], "message_body_mismatch");
    assert_eq!(send(&request, &headers, b"")["code"], "message_body_mismatch");
    assert_eq!(send(&request, &headers, BODY)["body"].as_str().unwrap().as_bytes(), BODY);
    let get = HttpRequest { method: "GET", covers_body: false, headers: &[], ..request };
    let headers = device.http(&get).unwrap();
    assert_ne!(send(&get, &headers, BODY)["body"], json!(String::from_utf8_lossy(BODY)), "{}", server.log());

    let get = HttpRequest { path: "/status", ..get };
    let headers = device.http(&get).unwrap();
    let said = send(&get, &headers, BODY);
    assert_eq!(said["body"].as_str().unwrap().as_bytes(), BODY, "nobody has seen it on the way");
    let empty = openssl_digest(&authority, "sha256", b"").unwrap();
    assert_eq!(header_of(&said, "x-sealwright-content-digest"), [format!("sha-256=:{empty}:")]);
    server.stop().unwrap();
}

fn openssl_digest(authority: &Authority, digest: &str, body: &[u8]) -> Result<String> {
    let folder = authority.folder();
    std::fs::write(folder.join("digested"), body)?;
    let said = openssl::run(&["dgst", &format!("-{digest}"), "-r", "digested"], folder, &[])?;
    let hex = said.split(' ').next().unwrap_or_default();
    let octets: Result<Vec<u8>, _> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16)).collect();
    Ok(Base64::encode_string(&octets?))
}
