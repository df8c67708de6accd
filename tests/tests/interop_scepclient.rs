//! Debian's `scep` package: its scepclient against our server, and our `enroll` against its scepserver.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use conformance::server::{self, Authority, Server, text};
use conformance::{openssl, peer};

const PACKAGE: &str = "scep";

fn scepclient(server: &Server, authority: &Authority, challenge: &str, name: &str) -> Result<()> {
    let url = server.url();
    let arguments = [
        "-server-url",
        &url,
        "-challenge",
        challenge,
        "-cn",
        name,
        "-organization",
        "Acme",
        "-private-key",
        "client.key",
        "-certificate",
        "client.pem",
    ];
    conformance::tool::run("scepclient", &arguments, authority.folder(), &[]).map(drop)
}

/// What every certificate that a peer got has to be: issued by us for its key and the name it wanted.
fn check(authority: &Authority, certificate: &Path, key: &Path, common_name: &str) -> Result<()> {
    let folder = authority.folder();
    let certificate = std::fs::read_to_string(certificate)?;
    openssl::verify(&certificate, &authority.intermediates()?, &authority.root()?, folder)?;
    let subject = openssl::subject(&certificate, folder)?;
    ensure!(subject.contains(&format!("CN={common_name}")), "found {subject}");
    ensure!(openssl::public_key(&certificate, folder)? == openssl::public_half(key, folder)?, "another key");
    Ok(())
}

/// Its 2.1.0 encrypts with single DES whatever the server can do, so that the administrator has to allow it.
#[test]
fn scepclient_enrols_where_old_clients_are_allowed() {
    if peer::find("scepclient", PACKAGE).is_none() {
        return;
    }
    let authority = Authority::new().unwrap();
    authority.set("allow_legacy = false", "allow_legacy = true").unwrap();
    let server = authority.serve().unwrap();
    scepclient(&server, &authority, authority.challenge(), "go-device").unwrap();
    let folder = authority.folder();
    check(&authority, &folder.join("client.pem"), &folder.join("client.key"), "go-device").unwrap();
    server.stop().unwrap();
    assert!(authority.has_issued_to("go-device").unwrap());
}

#[test]
fn scepclient_with_a_wrong_challenge_gets_nothing() {
    if peer::find("scepclient", PACKAGE).is_none() {
        return;
    }
    let authority = Authority::new().unwrap();
    authority.set("allow_legacy = false", "allow_legacy = true").unwrap();
    let server = authority.serve().unwrap();
    let failure = scepclient(&server, &authority, "wrong", "go-device").unwrap_err().to_string();
    assert!(failure.contains("failInfo: badRequest"), "{failure}");
    assert!(!server.log().contains(authority.challenge()), "the log holds the challenge");
    server.stop().unwrap();
    assert!(!authority.has_issued_to("go-device").unwrap());
}

/// Single DES is refused unless it is allowed.
#[test]
fn single_des_is_off_by_default() {
    if peer::find("scepclient", PACKAGE).is_none() {
        return;
    }
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    assert!(scepclient(&server, &authority, authority.challenge(), "go-device").is_err());
    server.stop().unwrap();
    assert!(!authority.has_issued_to("go-device").unwrap());
}

/// Debian's scepserver on a free port; it is killed when this is dropped.
struct ScepServer {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl ScepServer {
    fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        conformance::tool::run(
            "scepserver",
            &["ca", "-init", "-depot", "depot", "-keySize", "2048"],
            folder.path(),
            &[],
        )?;
        let address = server::free_address()?;
        let child = Command::new("scepserver")
            .args(["-depot", "depot", "-port", &address.port().to_string(), "-challenge", "secret"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, url: format!("http://{address}/scep"), folder };
        let start = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            ensure!(start.elapsed() < Duration::from_secs(30), "scepserver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn root(&self) -> Result<String> {
        std::fs::read_to_string(self.folder.path().join("depot/ca.pem")).context("its certificate")
    }
}

impl Drop for ScepServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn enroll_gets_a_certificate_from_scepserver() {
    if peer::find("scepserver", PACKAGE).is_none() {
        return;
    }
    let peer = ScepServer::start().unwrap();
    let out = peer.folder.path().join("out");
    let report = server::sealwright(&[
        "enroll",
        "--url",
        &peer.url,
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
    std::fs::write(peer.folder.path().join("leaf.pem"), &certificate).unwrap();
    std::fs::write(peer.folder.path().join("root.pem"), root).unwrap();
    let folder = peer.folder.path();
    openssl::run(&["verify", "-no-CApath", "-CAfile", "root.pem", "leaf.pem"], folder, &[]).unwrap();
    assert!(openssl::subject(&certificate, folder).unwrap().contains("CN=our-device"));
    assert_eq!(
        openssl::public_key(&certificate, folder).unwrap(),
        openssl::public_half(&out.join("key.pem"), folder).unwrap()
    );
}
