//! Linters over a certificate of each profile: no error, no warning. And our own linter beside pkilint and zlint, on
//! certificates that none of us made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
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

/// Our own linter over what we emit, alone and as chains.
#[test]
fn nothing_of_ours_is_above_notice() {
    for kind in ["rsa", "p256", "p384", "ed25519"] {
        let hierarchy = Hierarchy::new(kind).unwrap();
        let certificates = hierarchy.certificates().unwrap();
        let root = certificates[0].1.clone();
        for (profile, certificate) in &certificates {
            let found = ours(&hierarchy.engine, engine::now(), &[certificate, &root]).unwrap();
            assert!(
                found["counts"]["error"] == 0 && found["counts"]["warning"] == 0,
                "{profile} ({kind}): {found}"
            );
        }
    }
}

/// The authority, all that it issued, its revocation list and a request, in one look.
#[test]
fn nothing_of_ours_is_above_notice_beside_the_rest() {
    for kind in ["rsa", "p256", "p384", "ed25519"] {
        let hierarchy = Hierarchy::new(kind).unwrap();
        let call = |request: Value| hierarchy.engine.call(&request).unwrap();
        let root = hierarchy.create_authority("CN=Acme Root CA,O=Acme,C=US", "root", None).unwrap();
        let list = call(json!({
            "op": "sign_crl", "now": engine::now(), "authority": root, "number": "1", "validity_seconds": 604_800,
            "entries": [["4711", engine::now() - 60, "keyCompromise"]],
        }));
        let request = call(json!({
            "op": "create_csr", "key": { "id": "device" }, "subject": "CN=laptop-7,O=Acme",
            "subject_alternative_names": ["dns:laptop-7.example.com"],
        }));
        let certificates = hierarchy.certificates().unwrap();
        let mut inputs: Vec<_> = certificates.iter().map(|(_, certificate)| certificate.clone()).collect();
        inputs.extend([list["crl"].clone(), request["csr"].clone()]);
        let found = call(json!({ "op": "lint", "now": engine::now(), "inputs": inputs, "authority": root }));
        assert!(found["counts"]["error"] == 0 && found["counts"]["warning"] == 0, "{kind}: {found}");
        assert!(found["objects"].as_array().unwrap().len() > inputs.len(), "{kind}: {found}");
    }
}

fn ours(engine: &Engine, now: u64, inputs: &[&Value]) -> Result<Value> {
    engine.call(&json!({ "op": "lint", "now": now, "inputs": inputs }))
}

/// A rule of ours, and what the others call the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    rule: String,
    pkilint: BTreeSet<String>,
    zlint: BTreeSet<String>,
}

/// Something that one linter finds in a certificate and the other does not, and why that is right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disagreement {
    certificate: String,
    tool: String,
    /// A rule of ours that the tool is silent about, or a code of the tool's that we are silent about.
    finding: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreement {
    rows: Vec<Row>,
    exceptions: Vec<Disagreement>,
}

/// November 2026, within the life of the certificates that pyca makes.
const NOW: u64 = 1_795_000_000;

type Found = BTreeMap<String, BTreeSet<String>>;

impl Agreement {
    fn read(file: &str) -> Result<Self> {
        let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// What one finds and the other does not: certificate, tool, finding.
    fn differences(&self, tool: &str, ours: &Found, theirs: &Found) -> BTreeSet<[String; 3]> {
        let names = |row: &Row| if tool == "zlint" { row.zlint.clone() } else { row.pkilint.clone() };
        let mut differences = BTreeSet::new();
        for (certificate, rules) in ours {
            let codes = &theirs[certificate];
            let silent = self.rows.iter().filter(|row| rules.contains(&row.rule) && !names(row).is_empty());
            let silent = silent.filter(|row| names(row).is_disjoint(codes)).map(|row| row.rule.clone());
            let explained = |code: &&String| {
                self.rows.iter().any(|row| names(row).contains(*code) && rules.contains(&row.rule))
            };
            let alone = codes.iter().filter(|code| !explained(code)).cloned();
            differences
                .extend(silent.chain(alone).map(|finding| [certificate.clone(), tool.to_owned(), finding]));
        }
        differences
    }
}

/// The rules that we find, by certificate.
fn our_findings(folder: &Path) -> Result<Found> {
    let engine = Engine::holding(&[])?;
    let mut found = Found::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let response = ours(&engine, NOW, &[&std::fs::read_to_string(&path)?.into()])?;
        let findings = response["objects"][0]["findings"].as_array().cloned().unwrap_or_default();
        let ids = findings.iter().filter_map(|finding| finding["id"].as_str()).map(str::to_owned);
        found.insert(path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), ids.collect());
    }
    Ok(found)
}

/// zlint's lints for RFC 5280 and for everybody, WARNING and worse; what Go cannot parse is `unparsed`.
fn zlint_findings(program: &Path, folder: &Path, certificates: &Found) -> Result<Found> {
    let program = program.to_str().context("a path")?;
    certificates
        .keys()
        .map(|certificate| {
            let arguments = ["-includeSources", "RFC5280,RFC5480,Community", &format!("{certificate}.pem")];
            let codes = match tool::run(program, &arguments, folder, &[]) {
                Err(error) => {
                    ensure!(format!("{error:#}").contains("unable to parse certificate"), "{error:#}");
                    BTreeSet::from(["unparsed".to_owned()])
                }
                Ok(printed) => {
                    let results: BTreeMap<String, Value> = serde_json::from_slice(&printed)?;
                    let bad = |result: &Value| {
                        ["warn", "error", "fatal"].iter().any(|word| result["result"] == *word)
                    };
                    results.into_iter().filter(|(_, result)| bad(result)).map(|(lint, _)| lint).collect()
                }
            };
            Ok((certificate.clone(), codes))
        })
        .collect()
}

/// We find what pkilint and zlint find, on certificates that pyca made, good and broken.
#[test]
fn others_agree() {
    agree("certificates.py", "pkilint_all.py", "lint-agreement.json");
}

/// The same on revocation lists. Neither of them looks at certification requests.
#[test]
fn others_agree_on_lists() {
    agree("lists.py", "pkilint_lists.py", "lint-agreement-lists.json");
}

/// What one script makes, another shows to pkilint. A file has what differs, and why.
fn agree(objects: &str, pkilint: &str, agreement: &str) {
    let (Some(python), Some(zlint)) = (peer::find_python("python"), peer::find_unpacked("zlint", "zlint"))
    else {
        return;
    };
    let (python, folder) = (python.to_str().unwrap(), tempfile::tempdir().unwrap());
    let script = |name: &str| format!("{}/tests/lint/{name}", env!("CARGO_MANIFEST_DIR"));
    tool::run(python, &[&script(objects), "."], folder.path(), &[]).unwrap();
    let ours = our_findings(folder.path()).unwrap();
    let printed = tool::run(python, &[&script(pkilint), "."], folder.path(), &[]).unwrap();
    let pkilint: Found = serde_json::from_slice(&printed).unwrap();
    let zlint = zlint_findings(&zlint, folder.path(), &ours).unwrap();
    let agreement = Agreement::read(agreement).unwrap();
    let mut differences = agreement.differences("pkilint", &ours, &pkilint);
    differences.extend(agreement.differences("zlint", &ours, &zlint));
    let named = |one: &Disagreement| [one.certificate.clone(), one.tool.clone(), one.finding.clone()];
    assert_eq!(differences, agreement.exceptions.iter().map(named).collect());
    assert!(
        agreement.exceptions.iter().all(|exception| exception.reason.len() > 20),
        "an exception without a reason"
    );
    // Every rule that is found has a row, every row a certificate; what is sound has no finding above notice.
    let rules: BTreeSet<_> = ours.values().flatten().cloned().collect();
    assert_eq!(rules, agreement.rows.iter().map(|row| row.rule.clone()).collect());
    for (certificate, rules) in ours.iter().filter(|(certificate, _)| certificate.starts_with("good-")) {
        assert!(rules.is_empty(), "{certificate}: {rules:?}");
    }
    assert!(
        ours.iter()
            .filter(|(certificate, _)| !certificate.starts_with("good-"))
            .all(|(_, rules)| !rules.is_empty())
    );
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
