//! strongSwan's `pki --scepca` and `pki --scep`, unmodified.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use conformance::server::{self, Authority, Server};
use conformance::{openssl, peer, tool};
use serde_json::Value;

const PACKAGES: &str = "strongswan-pki libstrongswan-extra-plugins libstrongswan-standard-plugins";
/// How often it asks when it has to wait, and for how long.
const POLLING: [&str; 4] = ["--interval", "1", "--maxpolltime", "60"];

fn is_missing() -> bool {
    peer::find("pki", PACKAGES).is_none()
        || peer::find("/usr/lib/ipsec/plugins/libstrongswan-curl.so", PACKAGES).is_none()
}

/// `pki --scepca`: fetches the certificates into `ca*.pem` and `ra.pem`, and verifies the chain itself.
fn fetch(server: &Server, folder: &Path) -> Result<()> {
    let url = server.url();
    let arguments =
        ["--scepca", "--url", &url, "--caout", "ca.pem", "--raout", "ra.pem", "--outform", "pem", "--force"];
    tool::run("pki", &arguments, folder, &[])?;
    ensure!(folder.join("ra.pem").exists(), "`pki --scepca` wrote no RA certificate");
    Ok(())
}

/// `pki --scep`: the certificate as PEM.
fn enrol(server: &Server, authority: &Authority, password: &str, more: &[&str]) -> Result<String> {
    let folder = authority.folder();
    let url = server.url();
    let mut arguments = vec![
        "--scep",
        "--url",
        &url,
        "--in",
        "device.key",
        "--dn",
        "O=Acme, CN=swan-device",
        "--san",
        "swan.example",
        "--password",
        password,
        "--cacert-enc",
        "ra.pem",
        "--cacert-sig",
        "ra.pem",
        "--outform",
        "pem",
    ];
    let authorities = authorities(folder)?;
    for file in &authorities {
        arguments.extend(["--cacert", server::text(file)]);
    }
    arguments.extend(more);
    Ok(String::from_utf8(tool::run("pki", &arguments, folder, &[])?)?)
}

/// `pki --scepca` numbers the certificates of a longer chain: ca.pem, ca-1.pem and so on.
fn authorities(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("ca") && name.ends_with(".pem") {
            files.push(path);
        }
    }
    Ok(files)
}

fn check(authority: &Authority, certificate: &str) -> Result<()> {
    let folder = authority.folder();
    openssl::verify(certificate, &authority.intermediates()?, &authority.root()?, folder)?;
    let subject = openssl::subject(certificate, folder)?;
    ensure!(subject.contains("CN=swan-device"), "found {subject}");
    let key = folder.join("device.key");
    ensure!(openssl::public_key(certificate, folder)? == openssl::public_half(&key, folder)?, "another key");
    let names = openssl::run(&["x509", "-noout", "-ext", "subjectAltName"], folder, certificate.as_bytes())?;
    ensure!(names.contains("DNS:swan.example"), "found {names}");
    Ok(())
}

fn authority_with_device() -> Result<(Authority, Server)> {
    with_device(Authority::new()?)
}

fn with_device(authority: Authority) -> Result<(Authority, Server)> {
    openssl::run(&["genrsa", "-out", "device.key", "2048"], authority.folder(), &[])?;
    let server = authority.serve()?;
    fetch(&server, authority.folder())?;
    Ok((authority, server))
}

#[test]
fn each_cipher_and_digest() {
    if is_missing() {
        return;
    }
    for cipher in ["aes", "des3"] {
        for digest in ["sha1", "sha256", "sha512"] {
            let (authority, server) = authority_with_device().unwrap();
            let more = ["--cipher", cipher, "--digest", digest];
            let certificate = enrol(&server, &authority, authority.challenge(), &more)
                .unwrap_or_else(|error| panic!("{cipher} {digest}: {error:#}\n{}", server.log()));
            check(&authority, &certificate).unwrap();
            server.stop().unwrap();
        }
    }
}

#[test]
fn a_wrong_password_gets_nothing() {
    if is_missing() {
        return;
    }
    let (authority, server) = authority_with_device().unwrap();
    let failure = enrol(&server, &authority, "wrong", &[]).unwrap_err().to_string();
    assert!(failure.to_lowercase().contains("badrequest"), "{failure}");
    server.stop().unwrap();
}

/// A RenewalReq, with a new key, signed with the old certificate; no password.
#[test]
fn a_renewal_is_signed_with_the_old_certificate() {
    if is_missing() {
        return;
    }
    let (authority, server) = authority_with_device().unwrap();
    let folder = authority.folder();
    let first = enrol(&server, &authority, authority.challenge(), &[]).unwrap();
    std::fs::write(folder.join("old.pem"), &first).unwrap();
    std::fs::rename(folder.join("device.key"), folder.join("old.key")).unwrap();
    openssl::run(&["genrsa", "-out", "device.key", "2048"], folder, &[]).unwrap();
    let more = ["--cert", "old.pem", "--key", "old.key"];
    let second =
        enrol(&server, &authority, "", &more).unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    check(&authority, &second).unwrap();
    assert_ne!(first, second);
    assert!(server.log().contains("renewal_req"), "{}", server.log());
    // The answer was lost, and it asks again.
    assert_eq!(second, enrol(&server, &authority, "", &more).unwrap());
    // A stranger's certificate renews nothing.
    let stranger = ["req", "-x509", "-key", "old.key", "-subj", "/O=Acme/CN=swan-device"];
    std::fs::write(folder.join("old.pem"), openssl::run(&stranger, folder, &[]).unwrap()).unwrap();
    assert!(enrol(&server, &authority, "", &more).is_err());
    server.stop().unwrap();
}

/// A client that lost the answer sends the same key and name again: the same certificate comes back.
#[test]
fn the_same_request_gets_the_same_certificate() {
    if is_missing() {
        return;
    }
    let (authority, server) = authority_with_device().unwrap();
    let first = enrol(&server, &authority, authority.challenge(), &[]).unwrap();
    let again = enrol(&server, &authority, authority.challenge(), &[]).unwrap();
    assert_eq!(first, again);
    server.stop().unwrap();
}

/// The one request that waits, as soon as it does.
fn waiting(authority: &Authority) -> Result<Value> {
    let list = || Ok::<_, anyhow::Error>(authority.run(&["requests", "list"])?["requests"].take());
    server::until("a request waits", || Ok(list()?.as_array().is_some_and(|found| found.len() == 1)))?;
    Ok(list()?[0].take())
}

/// Enrols where somebody has to say yes, and decides once the device has asked for the second time.
fn decided(decision: &[&str]) -> Result<(Authority, Server, Result<String>)> {
    let authority = Authority::new()?;
    authority.set("approval = \"never\"", "approval = \"always\"")?;
    let (authority, server) = with_device(authority)?;
    let outcome = std::thread::scope(|scope| {
        let client = scope.spawn(|| enrol(&server, &authority, authority.challenge(), &POLLING));
        let request = waiting(&authority)?;
        ensure!(request["state"] == "pending" && request["subject"] == "CN=swan-device,O=Acme", "{request}");
        server::until("it asks again", || Ok(server.log().contains("cert_poll")))?;
        ensure!(!authority.has_issued_to("swan-device")?, "issued before anybody said yes");
        let id = request["id"].as_str().unwrap_or_default();
        authority.run(&[&["requests", decision[0], id], &decision[1..]].concat())?;
        client.join().map_err(|_| anyhow::anyhow!("the client's thread ended"))
    })?;
    Ok((authority, server, outcome))
}

/// It polls with CertPoll, which names the transaction and holds no request.
#[test]
fn who_waits_gets_a_certificate_once_somebody_says_yes() {
    if is_missing() {
        return;
    }
    let (authority, server, outcome) = decided(&["approve"]).unwrap();
    let certificate = outcome.unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    check(&authority, &certificate).unwrap();
    let again = authority.run(&["requests", "list"]).unwrap();
    assert_eq!(again["requests"], serde_json::json!([]), "nothing waits any more");
    server.stop().unwrap();
}

#[test]
fn who_waits_gets_nothing_once_somebody_says_no() {
    if is_missing() {
        return;
    }
    let (authority, server, outcome) = decided(&["reject", "--comment", "not ours"]).unwrap();
    let failure = outcome.unwrap_err().to_string();
    assert!(failure.to_lowercase().contains("badrequest"), "{failure}");
    assert!(server.log().contains("the request was rejected: not ours"), "{}", server.log());
    server.stop().unwrap();
    assert!(!authority.has_issued_to("swan-device").unwrap());
}
