//! pkilint's PKIX linters over a certificate of each profile: no error, no warning.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use conformance::engine::{self, Engine};
use conformance::{linter, peer, tool};
use serde::Deserialize;
use serde_json::{Value, json};

/// A finding that we live with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// The profile that it is about, or `*`.
    profile: String,
    /// pkilint's code.
    code: String,
    /// Why.
    reason: String,
}

fn exceptions() -> Result<Vec<Exception>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/lint-exceptions.json");
    let exceptions: Vec<Exception> = serde_json::from_slice(&std::fs::read(path)?)?;
    ensure!(exceptions.iter().all(|exception| exception.reason.len() > 20), "an exception without a reason");
    Ok(exceptions)
}

/// A hierarchy with everything an authority can have, and what hangs below it.
struct Hierarchy {
    engine: Engine,
    kind: &'static str,
}

impl Hierarchy {
    fn new(kind: &'static str) -> Result<Self> {
        let keys = ["root", "device"].map(|role| format!("{kind}-{role}"));
        let [root, device] = [engine::key(&keys[0])?, engine::key(&keys[1])?];
        let ra = engine::key("rsa-ra")?;
        let engine = Engine::holding(&[("root", &root), ("device", &device), ("ra", &ra)])?;
        Ok(Self { engine, kind })
    }

    fn create_authority(&self, subject: &str, key: &str, issuer: Option<&Value>) -> Result<Value> {
        let mut request = json!({
            "op": "create_authority", "now": engine::now(), "seed": engine::seed(1), "subject": subject,
            "key": { "id": key },
            "crl_urls": ["http://pki.example.com/crl"], "ocsp_urls": ["http://ocsp.example.com"],
            "issuer_urls": ["http://pki.example.com/ca.cer"],
        });
        if let Some(issuer) = issuer {
            request["issuer"] = issuer.clone();
        }
        Ok(self.engine.call(&request)?["authority"].take())
    }

    fn sign(
        &self,
        authority: &Value,
        profile: &str,
        key: &str,
        subject: &str,
        names: &[&str],
    ) -> Result<Value> {
        let csr = self.engine.call(&json!({
            "op": "create_csr", "key": { "id": key }, "subject": subject, "subject_alternative_names": names,
        }))?["csr"]
            .take();
        Ok(self.engine.call(&json!({
            "op": "sign_csr", "now": engine::now(), "seed": engine::seed(2), "authority": authority,
            "profile": profile, "csr": csr,
        }))?["certificate"]
            .take())
    }

    /// A certificate of each profile, with its name.
    fn certificates(&self) -> Result<Vec<(&'static str, Value)>> {
        let root = self.create_authority("CN=Acme Root CA,O=Acme,C=US", "root", None)?;
        let device_names = ["dns:laptop-7.example.com", "email:ann@example.com", "upn:ann@example.com"];
        let mut certificates = vec![
            ("root-ca", root["certificate"].clone()),
            (
                "subordinate-ca",
                self.create_authority("CN=Acme Issuing CA,O=Acme,C=US", "device", Some(&root))?["certificate"]
                    .take(),
            ),
            ("device-identity", self.sign(&root, "device-identity", "device", "CN=laptop-7,O=Acme", &device_names)?),
            ("device-identity", self.sign(&root, "device-identity", "device", "CN=laptop-7", &[])?),
            ("scep-ra", self.sign(&root, "scep-ra", "ra", "CN=Acme SCEP RA,O=Acme", &[])?),
            ("ocsp-signer", self.sign(&root, "ocsp-signer", "device", "CN=Acme OCSP,O=Acme", &[])?),
        ];
        let server =
            self.sign(&root, "tls-server", "device", "CN=www.example.com", &["dns:www.example.com"])?;
        certificates.push(("tls-server", server));
        let below = self.sign(&root, "subordinate-ca", "device", "CN=Acme Branch CA,O=Acme,C=US", &[])?;
        certificates.push(("subordinate-ca", below));
        Ok(certificates)
    }
}

/// The codes that pkilint gives, `ERROR` and `WARNING` and worse.
fn lint(linter: &Path, certificate: &str, folder: &Path) -> Result<BTreeSet<String>> {
    std::fs::write(folder.join("certificate.pem"), certificate)?;
    linter::findings(linter, &[], "certificate.pem", folder)
}

fn linter() -> Option<PathBuf> {
    peer::find_python("lint_pkix_cert")
}

#[test]
fn each_profile() {
    let Some(linter) = linter() else { return };
    let exceptions = exceptions().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for kind in ["rsa", "p256", "p384", "ed25519"] {
        let hierarchy = Hierarchy::new(kind).unwrap();
        for (profile, certificate) in hierarchy.certificates().unwrap() {
            let codes = lint(&linter, certificate.as_str().unwrap(), folder.path()).unwrap();
            for code in codes {
                let known = exceptions.iter().any(|exception| {
                    [profile, "*"].contains(&exception.profile.as_str()) && exception.code == code
                });
                if !known {
                    found.push(format!("{profile} ({}): {code}", hierarchy.kind));
                }
            }
        }
    }
    assert!(found.is_empty(), "pkilint finds\n{}", found.join("\n"));
}

/// That the linter is really asked: a certificate with a flaw has a finding.
#[test]
fn the_linter_finds_a_flaw() {
    let Some(linter) = linter() else { return };
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-noenc",
        "-keyout",
        "flawed.key",
        "-subj",
        "/CN=flawed",
        "-addext",
        "basicConstraints=CA:true",
    ];
    let flawed = tool::run("openssl", &arguments, folder.path(), &[]).unwrap();
    let codes = lint(&linter, &String::from_utf8(flawed).unwrap(), folder.path()).unwrap();
    assert!(!codes.is_empty());
}
