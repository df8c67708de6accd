//! strongSwan's `pki --scepca` and `pki --scep`, unmodified.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use conformance::server::{Authority, Server};
use conformance::{openssl, peer, tool};

const PACKAGES: &str = "strongswan-pki libstrongswan-extra-plugins libstrongswan-standard-plugins";

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
        arguments.extend(["--cacert", conformance::server::text(file)]);
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
    let authority = Authority::new()?;
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
