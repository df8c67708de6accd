//! Revocation lists and OCSP responses before the programs that will read them: OpenSSL, GnuTLS and pkilint.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use conformance::engine::{self, Engine};
use conformance::{linter, peer, tool};
use serde_json::{Value, json};
use tempfile::TempDir;

const KINDS: [&str; 4] = ["rsa", "p256", "p384", "ed25519"];

/// A root, an issuing authority below it, and a folder with their certificates.
struct Hierarchy {
    engine: Engine,
    folder: TempDir,
    root: Value,
    issuing: Value,
}

impl Hierarchy {
    /// The issuing authority's certificates name its lists at `crl_urls`.
    fn new(kind: &str, crl_urls: &[&str]) -> Result<Self> {
        let keys = [format!("{kind}-root"), format!("{kind}-device"), "rsa-ra".into(), "p256-device".into()];
        let pems = keys.iter().map(|name| engine::key(name)).collect::<Result<Vec<_>>>()?;
        let ids = ["root", "issuing", "device", "responder"];
        let held: Vec<_> = ids.into_iter().zip(pems.iter().map(String::as_str)).collect();
        let engine = Engine::holding(&held)?;
        let create = |key: &str, subject: &str, more: Value| {
            let mut request = json!({
                "op": "create_authority", "now": engine::now(), "seed": engine::seed(1), "subject": subject,
                "key": { "id": key },
            });
            merge(&mut request, &more);
            Ok::<_, anyhow::Error>(engine.call(&request)?["authority"].take())
        };
        let root = create("root", "CN=Revocation Root", json!({}))?;
        let more = json!({ "issuer": root, "crl_urls": crl_urls });
        let issuing = create("issuing", "CN=Revocation Issuing", more)?;
        let hierarchy = Self { engine, folder: tempfile::tempdir()?, root, issuing };
        hierarchy.write("root.pem", &hierarchy.root["certificate"])?;
        hierarchy.write("issuing.pem", &hierarchy.issuing["certificate"])?;
        Ok(hierarchy)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &Value) -> Result<()> {
        Ok(std::fs::write(self.path().join(name), text.as_str().context("no text")?)?)
    }

    /// A certificate under a profile, in the file of that name; its serial number comes back.
    fn issue(&self, file: &str, profile: &str, key: &str) -> Result<String> {
        let csr = self.engine.call(&json!({
            "op": "create_csr", "key": { "id": key }, "subject": format!("CN={file}"),
        }))?["csr"]
            .take();
        let issued = self.engine.call(&json!({
            "op": "sign_csr", "now": engine::now(), "seed": engine::seed(2), "authority": self.issuing,
            "profile": profile, "csr": csr,
        }))?;
        self.write(file, &issued["certificate"])?;
        Ok(issued["record"]["serial"].as_str().context("no serial number")?.to_owned())
    }

    fn device(&self, file: &str) -> Result<String> {
        self.issue(file, "device-identity", "device")
    }

    /// A list of an authority in the file of that name.
    fn list(&self, file: &str, authority: &Value, more: &Value) -> Result<Value> {
        let mut request = json!({
            "op": "sign_crl", "now": engine::now(), "authority": authority, "number": "1", "entries": [],
        });
        merge(&mut request, more);
        let list = self.engine.call(&request)?;
        self.write(file, &list["crl"])?;
        Ok(list)
    }

    fn openssl(&self, arguments: &[&str]) -> Result<String> {
        Ok(String::from_utf8(tool::run("openssl", arguments, self.path(), &[])?)?)
    }

    /// OpenSSL's verdict over a certificate with these lists.
    fn verify(&self, more: &[&str], lists: &[&str], certificate: &str) -> Result<String> {
        let mut arguments = vec!["verify", "-CAfile", "root.pem", "-untrusted", "issuing.pem"];
        arguments.extend(more);
        arguments.extend(lists.iter().flat_map(|list| ["-CRLfile", list]));
        arguments.push(certificate);
        self.openssl(&arguments)
    }

    fn ensure_refused(&self, more: &[&str], lists: &[&str], certificate: &str, why: &str) -> Result<()> {
        let verdict = self.verify(more, lists, certificate);
        let said = verdict.map_or_else(|error| error.to_string(), |said| format!("fine: {said}"));
        ensure!(said.contains(why), "{certificate} with {lists:?}: wanted {why:?}, OpenSSL says {said}");
        Ok(())
    }
}

fn merge(request: &mut Value, more: &Value) {
    for (name, value) in more.as_object().into_iter().flatten() {
        request[name] = value.clone();
    }
}

fn ensure_clean(findings: &BTreeSet<String>) -> Result<()> {
    ensure!(findings.is_empty(), "pkilint finds {findings:?}");
    Ok(())
}

/// Reason, invalidity date, dates before and after 2050, serial numbers short and with their first bit set.
fn many_entries(revoked: &str, now: u64) -> Value {
    json!([
        [revoked, now - 60, "keyCompromise", now - 86_400],
        ["01", now - 60, "superseded"],
        ["80", now - 60, "privilegeWithdrawn"],
        ["ff00ff00ff00ff00ff00ff00ff00ff00ff00ff", now - 60, "certificateHold"],
        ["02", 1_000_000_000_u64],
    ])
}

fn complete_list(kind: &str) -> Result<()> {
    let hierarchy = Hierarchy::new(kind, &["http://pki.example.com/crl"])?;
    let now = engine::now();
    hierarchy.device("good.pem")?;
    let revoked = hierarchy.device("revoked.pem")?;
    let list = hierarchy.list(
        "issuing.crl",
        &hierarchy.issuing,
        &json!({
            "number": "0x0123456789abcdef0123", "entries": many_entries(&revoked, now),
        }),
    )?;
    hierarchy.list("root.crl", &hierarchy.root, &json!({}))?;
    for (list, issuer) in [("issuing.crl", "issuing.pem"), ("root.crl", "root.pem")] {
        let arguments =
            ["crl", "-in", list, "-CAfile", issuer, "-verify", "-noout", "-fingerprint", "-sha256"];
        hierarchy.openssl(&arguments)?;
    }
    let shown = hierarchy.openssl(&["crl", "-in", "issuing.crl", "-noout", "-text"])?;
    for wanted in [
        "X509v3 CRL Number: \n                5373003642731685151011",
        "Key Compromise",
        "Invalidity Date",
        "Privilege Withdrawn",
        "Certificate Hold",
        "Sep  9 01:46:40 2001 GMT",
        "FF00FF00FF00FF00FF00FF00FF00FF00FF00FF",
    ] {
        ensure!(shown.contains(wanted), "{wanted:?} is not in {shown}");
    }
    ensure!(shown.matches("Serial Number:").count() == 5, "{shown}");
    let printed = hierarchy.openssl(&["crl", "-in", "issuing.crl", "-noout", "-fingerprint", "-sha256"])?;
    let fingerprint = printed.split_once('=').context("no fingerprint")?.1.replace(':', "").to_lowercase();
    ensure!(fingerprint.trim() == list["sha256"], "{fingerprint}");
    let lists = ["issuing.crl", "root.crl"];
    for check in [&["-crl_check"][..], &["-crl_check_all"], &["-crl_check_all", "-x509_strict"]] {
        ensure!(hierarchy.verify(check, &lists, "good.pem")?.contains("OK"));
        hierarchy.ensure_refused(check, &lists, "revoked.pem", "certificate revoked")?;
    }
    gnutls_list(&hierarchy)?;
    let Some(program) = peer::find_python("lint_crl") else { return Ok(()) };
    for (list, kind) in [("issuing.crl", "CRL"), ("root.crl", "ARL")] {
        ensure_clean(&linter::findings(&program, &["-t", kind, "-p", "PKIX"], list, hierarchy.path())?)?;
    }
    Ok(())
}

fn gnutls_list(hierarchy: &Hierarchy) -> Result<()> {
    if peer::find("certtool", "gnutls-bin").is_none() {
        return Ok(());
    }
    let arguments = ["--verify-crl", "--load-ca-certificate", "issuing.pem", "--infile", "issuing.crl"];
    let said = String::from_utf8(tool::run("certtool", &arguments, hierarchy.path(), &[])?)?;
    ensure!(said.contains("Verification output: Verified"), "{said}");
    let shown = tool::run("certtool", &["--crl-info", "--infile", "issuing.crl"], hierarchy.path(), &[])?;
    let shown = String::from_utf8_lossy(&shown);
    ensure!(shown.contains("Revoked certificates (5)"), "{shown}");
    Ok(())
}

#[test]
fn complete_lists() {
    for kind in KINDS {
        complete_list(kind).with_context(|| kind).unwrap();
    }
}

#[test]
fn deltas() -> Result<()> {
    let hierarchy = Hierarchy::new("p256", &["http://pki.example.com/crl"])?;
    let now = engine::now();
    hierarchy.device("good.pem")?;
    let held = hierarchy.device("held.pem")?;
    let new = hierarchy.device("new.pem")?;
    hierarchy.list(
        "base.crl",
        &hierarchy.issuing,
        &json!({
            "number": "7", "entries": [[held, now - 60, "certificateHold"]],
            "freshest_crl_urls": ["http://pki.example.com/delta"],
        }),
    )?;
    hierarchy.list(
        "delta.crl",
        &hierarchy.issuing,
        &json!({
            "number": "8", "base_number": "7",
            "entries": [[held, now, "removeFromCRL"], [new, now, "keyCompromise"]],
        }),
    )?;
    let check = ["-crl_check", "-use_deltas", "-extended_crl"];
    let lists = ["base.crl", "delta.crl"];
    ensure!(hierarchy.verify(&check, &lists, "good.pem")?.contains("OK"));
    ensure!(hierarchy.verify(&check, &lists, "held.pem")?.contains("OK"), "the hold is over");
    hierarchy.ensure_refused(&check, &lists, "new.pem", "certificate revoked")?;
    hierarchy.ensure_refused(&["-crl_check"], &lists[..1], "held.pem", "certificate revoked")?;
    ensure!(hierarchy.verify(&["-crl_check"], &lists[..1], "new.pem")?.contains("OK"));
    let Some(program) = peer::find_python("lint_crl") else { return Ok(()) };
    for list in lists {
        ensure_clean(&linter::findings(&program, &["-t", "CRL", "-p", "PKIX"], list, hierarchy.path())?)?;
    }
    Ok(())
}

/// Four lists, each for a quarter of the certificates: each certificate is found in its own and in no other.
#[test]
fn partitions() -> Result<()> {
    let hierarchy = Hierarchy::new("p256", &["http://pki.example.com/{partition/4}.crl"])?;
    let now = engine::now();
    let mut entries = Vec::new();
    for number in 0..12 {
        let serial = hierarchy.device(&format!("{number}.pem"))?;
        if number % 2 == 0 {
            entries.push(json!([serial, now - 60]));
        }
    }
    let lists: Vec<String> = (0..4).map(|partition| format!("{partition}.crl")).collect();
    let mut count = 0;
    for (partition, file) in lists.iter().enumerate() {
        let point = json!({ "partition": partition });
        let more = json!({ "entries": entries, "issuing_distribution_point": point });
        count += hierarchy.list(file, &hierarchy.issuing, &more)?["entries"].as_u64().context("no count")?;
    }
    ensure!(count == 6, "{count} entries");
    let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
    for number in 0..12 {
        let certificate = format!("{number}.pem");
        if number % 2 == 0 {
            hierarchy.ensure_refused(&["-crl_check"], &lists, &certificate, "certificate revoked")?;
        } else {
            ensure!(hierarchy.verify(&["-crl_check"], &lists, &certificate)?.contains("OK"));
        }
        let own = |list: &&str| {
            let verdict = hierarchy.verify(&["-crl_check"], &[*list], &certificate);
            verdict.map_or_else(|error| !error.to_string().contains("scope"), |_| true)
        };
        let covering = lists.iter().copied().filter(own).count();
        ensure!(covering == 1, "{covering} lists cover {certificate}");
    }
    let Some(program) = peer::find_python("lint_crl") else { return Ok(()) };
    for list in lists {
        ensure_clean(&linter::findings(&program, &["-t", "CRL", "-p", "PKIX"], list, hierarchy.path())?)?;
    }
    Ok(())
}

/// A list of end entities does for a device and not for an authority.
#[test]
fn lists_of_one_kind() -> Result<()> {
    let hierarchy = Hierarchy::new("rsa", &["http://pki.example.com/crl"])?;
    hierarchy.device("good.pem")?;
    let user = json!({ "issuing_distribution_point": { "only_contains": "user_certificates" } });
    let ca = json!({ "issuing_distribution_point": { "only_contains": "ca_certificates" } });
    hierarchy.list("user.crl", &hierarchy.issuing, &user)?;
    hierarchy.list("root-user.crl", &hierarchy.root, &user)?;
    hierarchy.list("root-ca.crl", &hierarchy.root, &ca)?;
    ensure!(hierarchy.verify(&["-crl_check_all"], &["user.crl", "root-ca.crl"], "good.pem")?.contains("OK"));
    hierarchy.ensure_refused(&["-crl_check_all"], &["user.crl", "root-user.crl"], "good.pem", "scope")
}

/// That the judges do judge: a list with a bit flipped.
#[test]
fn a_forged_list_is_noticed() -> Result<()> {
    let hierarchy = Hierarchy::new("p256", &[])?;
    hierarchy.list("issuing.crl", &hierarchy.issuing, &json!({}))?;
    hierarchy.openssl(&["crl", "-in", "issuing.crl", "-outform", "DER", "-out", "issuing.der"])?;
    let path = hierarchy.path().join("issuing.der");
    let mut der = std::fs::read(&path)?;
    *der.last_mut().context("empty")? ^= 1;
    std::fs::write(&path, der)?;
    let forged = hierarchy.openssl(&[
        "crl",
        "-in",
        "issuing.der",
        "-inform",
        "DER",
        "-CAfile",
        "issuing.pem",
        "-noout",
    ]);
    ensure!(forged.is_err() || !forged?.contains("verify OK"));
    hierarchy.device("good.pem")?;
    hierarchy.openssl(&["crl", "-in", "issuing.der", "-inform", "DER", "-out", "forged.crl"])?;
    hierarchy.ensure_refused(&["-crl_check"], &["forged.crl"], "good.pem", "signature")
}

/// Three certificates, a request about all of them by OpenSSL with a nonce, and what it reads in the response.
fn ocsp(kind: &str, digest: &str, delegated: bool) -> Result<()> {
    let hierarchy = Hierarchy::new(kind, &[])?;
    let now = engine::now();
    let good = hierarchy.device("good.pem")?;
    let revoked = hierarchy.device("revoked.pem")?;
    hierarchy.device("unknown.pem")?;
    let mut ask = vec!["ocsp", digest, "-issuer", "issuing.pem"];
    for certificate in ["good.pem", "revoked.pem", "unknown.pem"] {
        ask.extend(["-cert", certificate]);
    }
    hierarchy.openssl(&[&ask[..], &["-reqout", "request.der"]].concat())?;
    let opened = open(&hierarchy, "request.der")?;
    ensure!(opened["nonce"].is_string() && opened["signed"] == false, "{opened}");
    let mut responses = Vec::new();
    for request in opened["requests"].as_array().context("no requests")? {
        ensure!(request["authority"] == 1, "{request}");
        let mut response = json!({ "cert_id": request["cert_id"], "status": "unknown" });
        if request["serial"] == good.as_str() {
            response["status"] = "good".into();
        } else if request["serial"] == revoked.as_str() {
            merge(
                &mut response,
                &json!({ "status": "revoked", "revoked_at": now - 60, "reason": "keyCompromise" }),
            );
        }
        responses.push(response);
    }
    let more = json!({ "responses": responses, "nonce": opened["nonce"], "next_update": now + 3600 });
    respond(&hierarchy, "response.der", delegated, &more)?;
    // With -cert it makes a request of its own, without it it compares the nonce.
    let judge = ["-respin", "response.der", "-CAfile", "root.pem", "-verify_other", "issuing.pem"];
    hierarchy.openssl(&[&["ocsp", "-reqin", "request.der"][..], &judge].concat())?;
    let said = hierarchy.openssl(&[&ask[..], &["-no_nonce"], &judge].concat())?;
    for wanted in [
        "good.pem: good",
        "revoked.pem: revoked",
        "Reason: keyCompromise",
        "unknown.pem: unknown",
        "Next Update:",
    ] {
        ensure!(said.contains(wanted), "{wanted:?} is not in {said}");
    }
    let Some(program) = peer::find_python("lint_ocsp_response") else { return Ok(()) };
    ensure_clean(&linter::findings(&program, &[], "response.der", hierarchy.path())?)
}

fn open(hierarchy: &Hierarchy, file: &str) -> Result<Value> {
    let request = std::fs::read(hierarchy.path().join(file))?;
    hierarchy.engine.call(&json!({
        "op": "open_ocsp_request", "request": engine::encode(&request),
        "authorities": [hierarchy.root, hierarchy.issuing],
    }))
}

fn respond(hierarchy: &Hierarchy, file: &str, delegated: bool, more: &Value) -> Result<Value> {
    let mut request =
        json!({ "op": "sign_ocsp_response", "now": engine::now(), "authority": hierarchy.issuing });
    if delegated {
        hierarchy.issue("responder.pem", "ocsp-signer", "responder")?;
        let certificate = std::fs::read_to_string(hierarchy.path().join("responder.pem"))?;
        request["responder"] = json!({ "key": "responder", "certificate": certificate });
    }
    merge(&mut request, more);
    let response = hierarchy.engine.call(&request)?;
    std::fs::write(hierarchy.path().join(file), engine::decode(&response["response"])?)?;
    Ok(response)
}

#[test]
fn ocsp_before_openssl_and_pkilint() {
    for kind in KINDS {
        for (digest, delegated) in [("-sha1", false), ("-sha256", true)] {
            ocsp(kind, digest, delegated).with_context(|| format!("{kind} {digest} {delegated}")).unwrap();
        }
    }
}

/// GnuTLS's own request, and a response that it verifies.
#[test]
fn ocsp_before_gnutls() -> Result<()> {
    if peer::find("ocsptool", "gnutls-bin").is_none() {
        return Ok(());
    }
    for (kind, delegated) in
        [("rsa", false), ("rsa", true), ("p256", false), ("p384", true), ("ed25519", false)]
    {
        let hierarchy = Hierarchy::new(kind, &[])?;
        let serial = hierarchy.device("good.pem")?;
        let ask = [
            "--generate-request",
            "--load-issuer",
            "issuing.pem",
            "--load-cert",
            "good.pem",
            "--nonce",
            "--outfile",
            "request.der",
        ];
        tool::run("ocsptool", &ask, hierarchy.path(), &[])?;
        let opened = open(&hierarchy, "request.der")?;
        let request = &opened["requests"][0];
        ensure!(request["authority"] == 1 && request["serial"] == serial.as_str(), "{opened}");
        let more = json!({
            "responses": [{ "cert_id": request["cert_id"], "status": "good" }], "nonce": engine::encode(&[0xa5; 32]),
            "next_update": engine::now() + 3600,
        });
        respond(&hierarchy, "response.der", delegated, &more)?;
        let judge = ["--verify-response", "--load-response", "response.der", "--load-trust", "issuing.pem"];
        let said = String::from_utf8(tool::run("ocsptool", &judge, hierarchy.path(), &[])?)?;
        ensure!(said.contains("Verifying OCSP Response: Success"), "{kind} {delegated}: {said}");
        let info = ["--response-info", "--infile", "response.der"];
        let shown = String::from_utf8(tool::run("ocsptool", &info, hierarchy.path(), &[])?)?;
        ensure!(shown.contains("Certificate Status: good") && shown.contains(&"a5".repeat(32)), "{shown}");
    }
    Ok(())
}

/// Made beforehand: a response without a nonce, found by the path that a client asks for.
#[test]
fn ocsp_for_static_hosting() -> Result<()> {
    let hierarchy = Hierarchy::new("p256", &[])?;
    let serial = hierarchy.device("good.pem")?;
    let more = json!({ "responses": [{ "serial": serial, "status": "good" }], "next_update": engine::now() + 86_400 });
    let response = respond(&hierarchy, "response.der", true, &more)?;
    let ask = ["ocsp", "-issuer", "issuing.pem", "-cert", "good.pem"];
    hierarchy.openssl(&[&ask[..], &["-no_nonce", "-reqout", "request.der"]].concat())?;
    let base64 = hierarchy.openssl(&["base64", "-A", "-in", "request.der"])?;
    let path = base64.trim().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    ensure!(response["get_path"] == path.as_str(), "{response} is not at {path}");
    let judge = ["-respin", "response.der", "-CAfile", "root.pem", "-verify_other", "issuing.pem"];
    ensure!(hierarchy.openssl(&[&ask[..], &judge].concat())?.contains("good.pem: good"));
    Ok(())
}

/// A signed request is read; the words for no answer are understood; a nonce of another request is noticed.
#[test]
fn ocsp_at_the_edges() -> Result<()> {
    let hierarchy = Hierarchy::new("rsa", &[])?;
    hierarchy.device("good.pem")?;
    std::fs::write(hierarchy.path().join("device.key"), engine::key("rsa-ra")?)?;
    let ask = ["ocsp", "-issuer", "issuing.pem", "-cert", "good.pem"];
    let signed = ["-signer", "good.pem", "-signkey", "device.key", "-reqout", "signed.der"];
    hierarchy.openssl(&[&ask[..], &signed].concat())?;
    let opened = open(&hierarchy, "signed.der")?;
    ensure!(opened["nonce"].is_string(), "{opened}");
    ensure!(opened["signed"] == true && opened["requests"][0]["authority"] == 1, "{opened}");
    let more = json!({ "responses": [{ "cert_id": opened["requests"][0]["cert_id"], "status": "good" }], "nonce": "AAAA" });
    respond(&hierarchy, "response.der", false, &more)?;
    let judge = [
        "-respin",
        "response.der",
        "-reqin",
        "signed.der",
        "-CAfile",
        "root.pem",
        "-verify_other",
        "issuing.pem",
    ];
    ensure!(hierarchy.openssl(&[&["ocsp"][..], &judge].concat()).is_err(), "the nonce is another one");
    for (status, words) in [
        ("malformed_request", "malformedrequest"),
        ("internal_error", "internalerror"),
        ("try_later", "trylater"),
        ("sig_required", "sigrequired"),
        ("unauthorized", "unauthorized"),
    ] {
        let response = hierarchy.engine.call(&json!({ "op": "write_ocsp_error", "status": status }))?;
        std::fs::write(hierarchy.path().join("error.der"), engine::decode(&response["response"])?)?;
        let script = "openssl ocsp -respin error.der -noverify 2>&1 || true";
        let said = String::from_utf8(tool::run("sh", &["-c", script], hierarchy.path(), &[])?)?;
        ensure!(said.to_lowercase().contains(words), "{status}: {said}");
    }
    Ok(())
}
