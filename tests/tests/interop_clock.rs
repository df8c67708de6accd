//! What comes with time, under a clock that faketime moves: helpers near their end and past it, and a clock that was
//! ahead.

use std::cell::RefCell;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use conformance::server::{self, Authority, text};
use conformance::{http, openssl, peer};
use serde_json::Value;

/// Runs a command on the data folder of an authority, at another time of day.
fn at(offset: &str, authority: &Authority, arguments: &[&str]) -> Result<Value> {
    let data = authority.data();
    let arguments = [arguments, &["--data", text(&data), "--json"]].concat();
    let output = faketime(offset).args(&arguments).stdin(Stdio::null()).output()?;
    ensure!(
        output.status.success(),
        "{arguments:?} at {offset}: {}",
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat())
    );
    serde_json::from_slice(&output.stdout).with_context(|| format!("{arguments:?} printed no JSON"))
}

fn faketime(offset: &str) -> Command {
    let mut command = Command::new(server::program());
    server::faketime(&mut command, offset);
    command
}

fn is_missing() -> bool {
    [("faketime", "faketime"), ("openssl", "openssl")]
        .iter()
        .any(|(program, package)| peer::find(program, package).is_none())
}

/// One that was made so long ago.
fn made(offset: &str) -> Result<Authority> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let arguments = ["init", "--json", "--key-type", "p256", "--data", text(&data)];
    let output = faketime(offset).args(arguments).stdin(Stdio::null()).output()?;
    let report: Value = serde_json::from_slice(&tool_output(output)?)?;
    let field = |name: &str| report[name].as_str().map(str::to_owned).context(name.to_owned());
    Authority::copied(&data, &field("ca_certificate")?, &field("challenge")?)
}

fn tool_output(output: std::process::Output) -> Result<Vec<u8>> {
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

fn count(authority: &Authority, profile: &str) -> Result<usize> {
    let stored = authority.certificates()?;
    Ok(stored.iter().filter(|one| one["profile"] == profile).count())
}

/// A backup of `authority` restored in the place of its data folder.
fn restore(authority: &Authority) -> Result<()> {
    let folder = authority.folder();
    std::fs::write(folder.join("password"), "correct horse\n")?;
    let (backup, restored) = (folder.join("backup"), folder.join("restored"));
    let password = folder.join("password");
    authority.run(&["ca", "backup", "--out", text(&backup), "--password-file", text(&password)])?;
    let (from, data) = (text(&backup), text(&restored));
    let arguments = ["ca", "restore", "--from", from, "--data", data, "--password-file", text(&password)];
    server::sealwright(&arguments)?;
    std::fs::rename(authority.data(), folder.join("lost"))?;
    Ok(std::fs::rename(restored, authority.data())?)
}

fn enrol(authority: &Authority, url: &str, name: &str) -> Result<()> {
    let (out, subject) = (authority.folder().join(name), format!("CN={name}"));
    let usual = ["enroll", "--url", url, "--challenge", authority.challenge(), "--subject", &subject];
    server::sealwright(&[&usual[..], &["--out", text(&out)]].concat()).map(drop)
}

#[test]
fn a_registration_authority_that_has_ended_is_no_obstacle_to_a_restore() {
    if is_missing() {
        return;
    }
    let authority = made("-500d").unwrap();
    restore(&authority).unwrap();
    assert_eq!(count(&authority, "scep-ra").unwrap(), 2, "the one that has ended and a new one");
    let server = authority.serve().unwrap();
    enrol(&authority, &server.url(), "device").unwrap();
    server.stop().unwrap();
}

/// Its certificate lasts 30 days; a server gives it a new one ten days before.
#[test]
fn the_signer_of_ocsp_responses_is_renewed_before_its_end() {
    if is_missing() {
        return;
    }
    for (offset, wanted) in [("-25d", 2), ("-15d", 1)] {
        let authority = made("-40d").unwrap();
        // It is made by the server alone: one that ran then, until it was there.
        let then = serve_once(offset, &authority).unwrap();
        assert_eq!(then, 1);
        let server = authority.serve().unwrap();
        if wanted > 1 {
            server::until("it is renewed", || Ok(count(&authority, "ocsp-signer")? == wanted)).unwrap();
        } else {
            std::thread::sleep(std::time::Duration::from_secs(6));
        }
        assert_eq!(count(&authority, "ocsp-signer").unwrap(), wanted, "{offset}");
        assert!(server.log().lines().all(|line| !line.contains("ERROR")), "{}", server.log());
        server.stop().unwrap();
    }
}

/// Runs a server at another time until it has made its signer of OCSP responses; how many there are then.
fn serve_once(offset: &str, authority: &Authority) -> Result<usize> {
    let server = authority.serve_at(offset)?;
    server::until("the signer is there", || Ok(count(authority, "ocsp-signer")? == 1))?;
    server.stop()?;
    count(authority, "ocsp-signer")
}

/// The numbers of lists are those of the clock, and go on from a higher one where the clock was wrong.
#[test]
fn a_number_of_a_clock_that_was_ahead_is_not_undercut_after_a_restore() {
    if is_missing() {
        return;
    }
    let authority = made("-1d").unwrap();
    let ahead = at("+900d", &authority, &["ca", "crl"]).unwrap();
    let ahead = ahead["crls"][0]["number"].as_u64().unwrap();
    restore(&authority).unwrap();
    let server = authority.serve().unwrap();
    let list = http::get(&format!("{}/crl/issuing-1.crl", server.base())).unwrap();
    let shown =
        openssl::run(&["crl", "-inform", "DER", "-noout", "-crlnumber"], authority.folder(), &list.body);
    let shown = shown.unwrap();
    let hex = shown.trim_start_matches("crlNumber=").trim_start_matches("0x");
    assert!(u64::from_str_radix(hex, 16).unwrap() > ahead, "{shown} after {ahead}");
    server.stop().unwrap();
}

/// What a server made while the clock was ahead is not in force yet: it makes it again, and meanwhile the keys that are
/// in force answer.
#[test]
fn a_clock_that_was_ahead_stops_neither_ocsp_nor_enrolment() {
    if is_missing() {
        return;
    }
    let authority = made("-1d").unwrap();
    let folder = authority.folder().to_owned();
    // At that time the registration authority is near its end as well.
    serve_once("+340d", &authority).unwrap();
    let server = authority.serve().unwrap();
    enrol(&authority, &server.url(), "device").unwrap();
    let device = folder.join("device");
    std::fs::write(folder.join("root.pem"), authority.root().unwrap()).unwrap();
    std::fs::write(folder.join("issuing.pem"), authority.intermediates().unwrap().concat()).unwrap();
    let (url, leaf) = (format!("{}/ocsp", server.base()), device.join("certificate.pem"));
    let question = ["ocsp", "-issuer", "issuing.pem", "-cert", text(&leaf), "-url", &url, "-no_nonce"];
    let answer = openssl::run(
        &[&question[..], &["-CAfile", "root.pem", "-verify_other", "issuing.pem"]].concat(),
        &folder,
        &[],
    );
    let answer = answer.unwrap();
    assert!(answer.contains("certificate.pem: good"), "{answer}");
    server.stop().unwrap();
}

/// Nothing that an ended key could say of its certificates would be believed, nor would a list.
#[test]
fn an_authority_that_has_ended_speaks_for_no_certificate() {
    if is_missing() {
        return;
    }
    let authority = made("-1d").unwrap();
    let folder = authority.folder().to_owned();
    let server = authority.serve().unwrap();
    enrol(&authority, &server.url(), "device").unwrap();
    server.stop().unwrap();
    // A list of before is no list of now.
    at("+0", &authority, &["ca", "crl"]).unwrap();
    std::fs::write(folder.join("issuing.pem"), authority.intermediates().unwrap().concat()).unwrap();
    let ended = authority.serve_at("+30y").unwrap();
    let url = format!("{}/ocsp", ended.base());
    let question =
        ["ocsp", "-issuer", "issuing.pem", "-cert", "device/certificate.pem", "-url", &url, "-no_nonce"];
    let said = RefCell::new(String::new());
    let answered = server::until("there is an answer", || {
        let output = Command::new("openssl").args(question).current_dir(&folder).output()?;
        *said.borrow_mut() = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        Ok(said.borrow().contains("Responder Error"))
    });
    ended.stop().unwrap();
    let said = said.into_inner();
    assert!(answered.is_ok() && said.contains("unauthorized (6)"), "{said}");
    let out = folder.join("list.pem");
    for which in ["issuing", "root"] {
        for more in [&["--out", text(&out)][..], &[]] {
            let refused = at("+30y", &authority, &[&["ca", "crl", "--authority", which], more].concat());
            let said = refused.unwrap_err().to_string();
            assert!(said.contains("has ended") && !out.exists(), "{which}: {said}");
        }
    }
}

/// RFC 5280 3.3: it is in one list more after its end, so that nobody who reads each list misses it; then it is gone.
#[test]
fn a_revoked_certificate_that_has_ended_is_in_one_list_more() {
    if is_missing() {
        return;
    }
    let authority = made("-1d").unwrap();
    let server = authority.serve().unwrap();
    enrol(&authority, &server.url(), "device").unwrap();
    server.stop().unwrap();
    let stored = authority.certificates().unwrap();
    let device = stored.iter().find(|one| one["subject"] == "CN=device").unwrap();
    let (serial, end) = (device["serial"].as_str().unwrap(), device["not_after"].as_u64().unwrap());
    authority.run(&["revoke", serial, "--reason", "superseded"]).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let days = (end - now) / 86_400;
    for (days, wanted) in [(days - 30, 1), (days + 30, 1), (days + 60, 0)] {
        let list = at(&format!("+{days}d"), &authority, &["ca", "crl"]).unwrap();
        let list = list["crls"][0]["crl"].as_str().unwrap().as_bytes();
        let seen = openssl::run(&["crl", "-noout", "-text"], authority.folder(), list).unwrap();
        assert_eq!(seen.matches("Serial Number:").count(), wanted, "{days} days from now: {seen}");
    }
}
