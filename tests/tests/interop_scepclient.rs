//! Debian's `scep` package: its scepclient against our server, and our `enroll` against its scepserver.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use conformance::scepserver::ScepServer;
use conformance::server::{self, Authority, Server, text};
use conformance::{openssl, peer, tool};

const PACKAGE: &str = "scep";

/// Debian 12's scepclient is 2.1.0; Debian 13's comes beside it where it is not the system's own.
fn clients() -> Vec<PathBuf> {
    let Some(own) = peer::find("scepclient", PACKAGE) else { return Vec::new() };
    let later =
        if version(&own).unwrap() == "2.1.0" { peer::find_unpacked("scepclient", PACKAGE) } else { None };
    [Some(own), later].into_iter().flatten().collect()
}

fn version(client: &Path) -> Result<String> {
    let printed = tool::run(text(client), &["-version"], Path::new("/"), &[])?;
    Ok(String::from_utf8(printed)?.trim().to_owned())
}

/// Enrols, or renews where there is a certificate: then it sends a RenewalReq that the old one signs.
fn scepclient(client: &Path, server: &Server, authority: &Authority, challenge: &str) -> Result<()> {
    let url = server.url();
    let arguments = [
        "-server-url",
        &url,
        "-challenge",
        challenge,
        "-cn",
        "go-device",
        "-organization",
        "Acme",
        "-private-key",
        "client.key",
        "-certificate",
        "client.pem",
    ];
    tool::run(text(client), &arguments, authority.folder(), &[]).map(drop)
}

/// What every certificate that a peer got has to be: issued by us for its key and the name it wanted.
fn check(authority: &Authority) -> Result<String> {
    let folder = authority.folder();
    let certificate = std::fs::read_to_string(folder.join("client.pem"))?;
    openssl::verify(&certificate, &authority.intermediates()?, &authority.root()?, folder)?;
    let subject = openssl::subject(&certificate, folder)?;
    ensure!(subject.contains("CN=go-device"), "found {subject}");
    let key = openssl::public_half(&folder.join("client.key"), folder)?;
    ensure!(openssl::public_key(&certificate, folder)? == key, "another key");
    Ok(certificate)
}

/// A server that bears single DES, which these clients send whatever it can do.
fn legacy() -> Result<(Authority, Server)> {
    let authority = Authority::new()?;
    authority.set("allow_legacy = false", "allow_legacy = true")?;
    let server = authority.serve()?;
    Ok((authority, server))
}

#[test]
fn scepclient_enrols_and_renews_where_old_ciphers_are_allowed() {
    for client in clients() {
        let (authority, server) = legacy().unwrap();
        scepclient(&client, &server, &authority, authority.challenge()).unwrap();
        let first = check(&authority).unwrap();
        // The request is kept; a new one is made where there is none.
        std::fs::remove_file(authority.folder().join("csr.pem")).unwrap();
        scepclient(&client, &server, &authority, "").unwrap();
        let second = check(&authority).unwrap();
        assert_ne!(first, second, "{}: nothing was renewed", client.display());
        let log = server.log();
        assert!(log.contains("renewal_req"), "{}: {log}", client.display());
        server.stop().unwrap();
        let stored = authority.certificates().unwrap();
        assert_eq!(stored.iter().filter(|record| record["common_name"] == "go-device").count(), 2);
    }
}

#[test]
fn scepclient_with_a_wrong_challenge_gets_nothing() {
    for client in clients() {
        let (authority, server) = legacy().unwrap();
        let failure = scepclient(&client, &server, &authority, "wrong").unwrap_err().to_string();
        assert!(failure.contains("failInfo: badRequest"), "{failure}");
        assert!(!server.log().contains(authority.challenge()), "the log holds the challenge");
        server.stop().unwrap();
        assert!(!authority.has_issued_to("go-device").unwrap());
    }
}

/// A version with newer ciphers enrols without that; the others are told why not.
#[test]
fn scepclient_enrols_or_is_told_that_its_cipher_is_bad() {
    for client in clients() {
        let authority = Authority::new().unwrap();
        let server = authority.serve().unwrap();
        let outcome = scepclient(&client, &server, &authority, authority.challenge());
        let issued = match outcome {
            Ok(()) => check(&authority).map(|_| true).unwrap(),
            Err(error) => {
                assert!(error.to_string().contains("failInfo: badAlg"), "{error}");
                false
            }
        };
        server.stop().unwrap();
        assert_eq!(authority.has_issued_to("go-device").unwrap(), issued);
    }
}

/// One that waits asks with the same PKCSReq every half minute; what it gets is what somebody decided meanwhile.
fn waits_and_gets(client: &Path, decision: &str) -> Result<()> {
    let authority = Authority::new()?;
    authority.set("allow_legacy = false", "allow_legacy = true")?;
    authority.set("approval = \"never\"", "approval = \"without_challenge\"")?;
    let server = authority.serve()?;
    let outcome = std::thread::scope(|scope| {
        let device = scope.spawn(|| scepclient(client, &server, &authority, ""));
        let list = || authority.run(&["requests", "list"]);
        server::until("a request waits", || Ok(list()?["requests"][0].is_object()))?;
        let id = list()?["requests"][0]["id"].take();
        authority.run(&["requests", decision, id.as_str().unwrap_or_default()])?;
        device.join().map_err(|_| anyhow::anyhow!("the client's thread ended"))
    })?;
    let log = server.log();
    ensure!(log.matches("outcome=\"waiting\"").count() == 1, "{log}");
    ensure!(!log.contains("cert_poll"), "{log}");
    match decision {
        "approve" => check(&authority).map(drop).with_context(|| format!("{outcome:?} {log}"))?,
        _ => {
            let failure = outcome.err().context("the no was not heard")?.to_string();
            ensure!(failure.contains("failInfo: badRequest"), "{failure}");
            ensure!(!authority.has_issued_to("go-device")?, "issued all the same");
        }
    }
    server.stop()
}

#[test]
fn scepclient_waits_for_a_yes_or_a_no() {
    let clients = clients();
    std::thread::scope(|scope| {
        let all = clients.iter().flat_map(|client| ["approve", "reject"].map(|decision| (client, decision)));
        let running: Vec<_> = all
            .map(|(client, decision)| (decision, scope.spawn(move || waits_and_gets(client, decision))))
            .collect();
        for (decision, one) in running {
            one.join().unwrap().unwrap_or_else(|error| panic!("{decision}: {error:#}"));
        }
    });
}

#[test]
fn enroll_gets_a_certificate_from_scepserver() {
    if peer::find("scepserver", PACKAGE).is_none() {
        return;
    }
    let peer = ScepServer::start().unwrap();
    let out = peer.folder().join("out");
    let report = server::sealwright(&[
        "enroll",
        "--url",
        peer.url(),
        "--challenge",
        "secret",
        "--subject",
        "CN=our-device,O=Acme",
        "--out",
        text(&out),
        // Its 2.1.0 answers in single DES whatever the client can do.
        "--allow-legacy",
    ])
    .unwrap();
    let certificate = std::fs::read_to_string(out.join("certificate.pem")).unwrap();
    assert_eq!(report["certificate"].as_str().unwrap().trim(), certificate.trim());
    let root = peer.root().unwrap();
    // scepserver's root has a serial number and extensions that -x509_strict does not like.
    std::fs::write(peer.folder().join("leaf.pem"), &certificate).unwrap();
    std::fs::write(peer.folder().join("root.pem"), root).unwrap();
    let folder = peer.folder();
    openssl::run(&["verify", "-no-CApath", "-CAfile", "root.pem", "leaf.pem"], folder, &[]).unwrap();
    assert!(openssl::subject(&certificate, folder).unwrap().contains("CN=our-device"));
    assert_eq!(
        openssl::public_key(&certificate, folder).unwrap(),
        openssl::public_half(&out.join("key.pem"), folder).unwrap()
    );
}
