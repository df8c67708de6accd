//! certmonger: its helper scep-submit by itself, and a whole session with `getcert`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use conformance::device::{Authorities, Device, Style};
use conformance::server::{Authority, Server, text};
use conformance::{engine, openssl, peer, tool};

const HELPER: &str = "/usr/lib/certmonger/scep-submit";
const SESSION: &str = "/usr/lib/certmonger/certmonger-session";

fn is_missing() -> bool {
    [(HELPER, "certmonger"), ("dbus-run-session", "dbus"), ("timeout", "coreutils")]
        .iter()
        .any(|(program, package)| peer::find(program, package).is_none())
}

fn submit(server: &Server, folder: &Path, arguments: &[&str]) -> Result<String> {
    let url = server.url();
    let arguments = [&["-u", &url], arguments].concat();
    Ok(String::from_utf8(tool::run(HELPER, &arguments, folder, &[])?)?)
}

#[test]
fn the_helper_reads_capabilities_and_certificates() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let folder = authority.folder();
    let capabilities = submit(&server, folder, &["-c"]).unwrap();
    for wanted in ["AES", "POSTPKIOperation", "SHA-256"] {
        assert!(capabilities.lines().any(|line| line.trim() == wanted), "{capabilities}");
    }
    let certificates = submit(&server, folder, &["-C"]).unwrap();
    assert!(certificates.matches("BEGIN CERTIFICATE").count() >= 2, "{certificates}");
    server.stop().unwrap();
}

/// The helper sends a message that it is given (by GET), verifies the reply and prints the envelope in it.
#[test]
fn the_helper_carries_a_message() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let folder = authority.folder();
    let known = Authorities::fetch(&server.url()).unwrap();
    std::fs::write(folder.join("ra.pem"), &known.encryption).unwrap();
    std::fs::write(folder.join("others.pem"), known.certificates.concat()).unwrap();
    std::fs::write(folder.join("root.pem"), authority.root().unwrap()).unwrap();
    let request =
        Device::new().unwrap().prepare("carried", authority.challenge(), &known, &Style::default()).unwrap();
    std::fs::write(folder.join("message.der"), &request.message).unwrap();
    let convert = ["pkcs7", "-inform", "DER", "-in", "message.der", "-out", "message.pem"];
    openssl::run(&convert, folder, &[]).unwrap();
    let options = ["-p", "-r", "ra.pem", "-I", "others.pem", "-N", "root.pem", "message.pem"];
    let envelope = submit(&server, folder, &options).unwrap();
    std::fs::write(folder.join("device.key"), engine::key("rsa-device").unwrap()).unwrap();
    let decrypt = ["cms", "-decrypt", "-binary", "-inform", "PEM", "-inkey", "device.key"];
    let certificates = tool::run("openssl", &decrypt, folder, envelope.as_bytes()).unwrap();
    let leaf =
        tool::run("openssl", &["pkcs7", "-inform", "DER", "-print_certs"], folder, &certificates).unwrap();
    let leaf = String::from_utf8(leaf).unwrap();
    openssl::verify(&leaf, &authority.intermediates().unwrap(), &authority.root().unwrap(), folder).unwrap();
    assert!(openssl::subject(&leaf, folder).unwrap().contains("CN=carried"));
    server.stop().unwrap();
}

/// A daemon of its own on a bus of its own; `script` runs beside it.
fn session(authority: &Authority, script: &str) -> Result<String> {
    let folder = authority.folder();
    let whole = format!(
        "{SESSION} -n >certmonger.log 2>&1 &
        daemon=$!
        trap 'kill $daemon' EXIT
        for _ in $(seq 100); do getcert list-cas -s >/dev/null 2>&1 && break; sleep 0.1; done
        {script}"
    );
    let output = Command::new("timeout")
        .args(["150", "dbus-run-session", "--", "bash", "-ec", &whole])
        .env("HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("XDG_CONFIG_HOME", folder)
        .current_dir(folder)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{}: {said}{}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
        std::fs::read_to_string(folder.join("certmonger.log")).unwrap_or_default()
    );
    Ok(said)
}

/// Enrolment, and renewal: certmonger's is a PKCSReq that the old certificate signs. The challenge that it sends again
/// counts no more by then.
#[test]
fn a_session_enrols_and_renews() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let folder = authority.folder();
    let (key, certificate) = (folder.join("monger.key"), folder.join("monger.pem"));
    let script = format!(
        "getcert add-scep-ca -s -c sealwright -u {url}
        getcert request -s -w -v -c sealwright -k {key} -f {certificate} -N CN=monger -D monger.example -L {challenge}
        cp {certificate} first.pem
        {program} challenges remove static-1 --data {data} --json
        getcert resubmit -s -w -v -f {certificate}
        getcert list -s",
        url = server.url(),
        key = text(&key),
        certificate = text(&certificate),
        challenge = authority.challenge(),
        program = text(conformance::server::program()),
        data = text(&authority.data()),
    );
    let said = session(&authority, &script).unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    assert!(said.contains("status: MONITORING"), "{said}");
    for file in ["first.pem", "monger.pem"] {
        check(&authority, &folder.join(file), &key).unwrap_or_else(|error| panic!("{file}: {error:#}"));
    }
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    assert_ne!(read("first.pem"), read("monger.pem"), "nothing was renewed: {}", server.log());
    assert!(!server.log().contains("renewal_req"), "{}", server.log());
    server.stop().unwrap();
}

fn check(authority: &Authority, certificate: &Path, key: &Path) -> Result<()> {
    let folder = authority.folder();
    let certificate = std::fs::read_to_string(certificate).context("no certificate")?;
    openssl::verify(&certificate, &authority.intermediates()?, &authority.root()?, folder)?;
    ensure!(openssl::subject(&certificate, folder)?.contains("CN=monger"), "another subject");
    ensure!(openssl::public_key(&certificate, folder)? == openssl::public_half(key, folder)?, "another key");
    Ok(())
}
