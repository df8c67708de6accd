//! PyScep, from PyPI, with the workarounds that its client.py names: another reader of our messages (asn1crypto),
//! and CertPoll, GetCert, GetCRL and GetNextCACert from a client.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use conformance::device::{Authorities, Device, Reply};
use conformance::server::{self, Authority, Server, text};
use conformance::{http, openssl, peer, tool};
use serde_json::{Value, json};

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_pyscep/client.py");

/// A server, and what PyScep needs.
struct Setting {
    authority: Authority,
    server: Server,
    python: PathBuf,
}

impl Setting {
    /// `None` if PyScep is missing.
    fn new() -> Result<Option<Self>> {
        Self::with(|_| Ok(()))
    }

    fn with(change: impl Fn(&Authority) -> Result<()>) -> Result<Option<Self>> {
        let Some(python) = peer::find_python("python") else { return Ok(None) };
        let authority = Authority::new()?;
        change(&authority)?;
        let server = authority.serve()?;
        Ok(Some(Self { authority, server, python }))
    }

    fn folder(&self) -> &Path {
        self.authority.folder()
    }

    fn run(&self, command: &str, more: &[&str]) -> Result<Value> {
        let url = self.server.url();
        let arguments = [&[CLIENT, command, &url, text(self.folder())], more].concat();
        let printed = tool::run(text(&self.python), &arguments, self.folder(), &[]);
        Ok(serde_json::from_slice(&printed.with_context(|| self.server.log())?)?)
    }

    /// The certificate that it got, under this issuer.
    fn check(&self, common_name: &str, intermediates: &[String]) -> Result<()> {
        let folder = self.folder();
        let certificate = std::fs::read_to_string(folder.join("pyscep.pem"))?;
        openssl::verify(&certificate, intermediates, &self.authority.root()?, folder)?;
        ensure!(
            openssl::subject(&certificate, folder)?.contains(&format!("CN={common_name}")),
            "another subject"
        );
        let key = openssl::public_half(&folder.join("pyscep.key"), folder)?;
        ensure!(openssl::public_key(&certificate, folder)? == key, "another key");
        Ok(())
    }
}

#[test]
fn pyscep_enrols_and_polls() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let report = setting.run("enrol", &["py-device", setting.authority.challenge()]).unwrap();
    assert_eq!(report["enrol"], "success", "{report}");
    assert_eq!((&report["poll"], &report["same"]), (&json!("success"), &json!(true)), "{report}");
    assert_eq!(report["unknown"], "BadCertId", "{report}");
    setting.check("py-device", &setting.authority.intermediates().unwrap()).unwrap();
    setting.server.stop().unwrap();
    assert!(setting.authority.has_issued_to("py-device").unwrap());
}

#[test]
fn a_wrong_challenge_gets_nothing() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let report = setting.run("enrol", &["py-device", "wrong"]).unwrap();
    assert_eq!(report["enrol"], "BadRequest", "{report}");
    assert_eq!(report["poll"], "BadCertId", "{report}");
    setting.server.stop().unwrap();
    assert!(!setting.authority.has_issued_to("py-device").unwrap());
}

/// Approval by hand: pending, however often it asks, until somebody has decided.
#[test]
fn a_poll_tells_what_was_decided() {
    for (decision, answer) in [("approve", "success"), ("reject", "BadRequest")] {
        let change =
            |authority: &Authority| authority.set("approval = \"never\"", "approval = \"without_challenge\"");
        let Some(setting) = Setting::with(change).unwrap() else { return };
        let report = setting.run("enrol", &["py-device", ""]).unwrap();
        assert_eq!((&report["enrol"], &report["poll"]), (&json!("pending"), &json!("pending")), "{report}");
        assert_eq!(report["unknown"], "BadCertId", "{report}");
        let listed = setting.authority.run(&["requests", "list"]).unwrap();
        let id = listed["requests"][0]["id"].as_str().unwrap_or_else(|| panic!("{listed}"));
        assert_eq!(setting.run("poll", &[]).unwrap()["poll"], "pending");
        setting.authority.run(&["requests", decision, id]).unwrap();
        for _ in 0..2 {
            assert_eq!(setting.run("poll", &[]).unwrap()["poll"], answer);
        }
        assert_eq!(setting.authority.has_issued_to("py-device").unwrap(), decision == "approve");
        if decision == "approve" {
            setting.check("py-device", &setting.authority.intermediates().unwrap()).unwrap();
        }
        setting.server.stop().unwrap();
    }
}

#[test]
fn certificates_and_lists_are_found_by_who_may_ask() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let (folder, url) = (setting.folder(), setting.server.url());
    let authorities = Authorities::fetch(&url).unwrap();
    let other =
        Device::new().unwrap().enrol("other", setting.authority.challenge(), &url, &authorities).unwrap();
    let Reply::Success(other) = other else { panic!("{other:?}") };
    std::fs::write(folder.join("other.pem"), &other).unwrap();
    let serial = openssl::run(&["x509", "-noout", "-serial"], folder, other.as_bytes()).unwrap();
    let serial = serial.trim_start_matches("serial=");
    setting.authority.run(&["revoke", serial]).unwrap();
    setting.run("enrol", &["py-device", setting.authority.challenge()]).unwrap();
    let report = setting.run("ask", &[serial]).unwrap();
    assert_eq!((&report["own"], &report["same"]), (&json!("success"), &json!(true)), "{report}");
    assert_eq!((&report["other"], &report["other_serial"]), (&json!("success"), &json!(true)), "{report}");
    for refused in ["stranger", "no_certificate", "no_list"] {
        assert_eq!(report[refused], "BadCertId", "{refused}: {report}");
    }
    assert_eq!(report["list"], "success", "{report}");
    // OpenSSL takes that list, and finds on it who was revoked and nobody else.
    std::fs::write(folder.join("root.pem"), setting.authority.root().unwrap()).unwrap();
    std::fs::write(folder.join("issuing.pem"), setting.authority.intermediates().unwrap().concat()).unwrap();
    let verify = |leaf: &str| {
        let usual = ["verify", "-x509_strict", "-no-CApath", "-crl_check", "-CRLfile", "list.pem"];
        openssl::run(
            &[&usual[..], &["-CAfile", "root.pem", "-untrusted", "issuing.pem", leaf]].concat(),
            folder,
            &[],
        )
    };
    verify("pyscep.pem").unwrap();
    let failure = verify("other.pem").unwrap_err().to_string();
    assert!(failure.contains("certificate revoked"), "{failure}");
    setting.server.stop().unwrap();
}

/// While a next generation waits, it verifies GetNextCACert, encrypts to the next registration authority, and gets a
/// certificate of the next generation; that goes on after the change.
#[test]
fn a_device_enrols_with_the_next_generation() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let folder = setting.folder();
    std::fs::write(folder.join("issuing.pem"), setting.authority.intermediates().unwrap().concat()).unwrap();
    // PyScep cannot verify what another kind of key than RSA has signed.
    let renewed = setting.authority.run(&["ca", "renew", "--new-key", "rsa-3072"]).unwrap();
    let next = renewed["next_certificate"].as_str().unwrap().to_owned();
    let url = format!("{}?operation=GetNextCACert", setting.server.url());
    server::until("it is announced", || Ok(http::get(&url)?.status == 200)).unwrap();
    let report = setting.run("next", &["py-device", setting.authority.challenge(), "issuing.pem"]).unwrap();
    assert_eq!(
        report,
        json!({ "rollover": true, "type": "application/x-x509-next-ca-cert", "enrol": "success" })
    );
    let fetched = std::fs::read_to_string(folder.join("next.pem")).unwrap();
    assert!(fetched.contains(next.trim()), "{fetched}");
    setting.check("py-device", std::slice::from_ref(&next)).unwrap();
    setting.authority.run(&["ca", "activate"]).unwrap();
    server::until("it is in use", || Ok(http::get(&url)?.status == 404)).unwrap();
    let report = setting.run("poll", &[]).unwrap();
    assert_eq!(report["poll"], "success", "{report}");
    setting.check("py-device", &[next]).unwrap();
    setting.server.stop().unwrap();
}
