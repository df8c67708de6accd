//! Authorities that are renewed under a running server, before OpenSSL: devices enrol before, while the next
//! generation waits, and after the change; whatever was issued stays good, and its revocation is told.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use conformance::device::{Authorities, Device, Reply};
use conformance::server::{self, Authority, Server, text};
use conformance::{http, openssl, peer, tool};
use serde_json::Value;

/// A server that is where its certificates say. `root.pem` is the root that everybody trusts from the start.
struct Setting {
    authority: Authority,
    server: Server,
}

impl Setting {
    fn new() -> Result<Self> {
        let authority = Authority::published(&[])?;
        std::fs::write(authority.folder().join("root.pem"), authority.root()?)?;
        let server = authority.serve()?;
        Ok(Self { authority, server })
    }

    fn folder(&self) -> &Path {
        self.authority.folder()
    }

    fn get(&self, path: &str) -> Result<Vec<u8>> {
        let reply = http::get(&format!("{}{path}", self.server.base()))?;
        ensure!(reply.status == 200, "{path} gives {}", reply.status);
        Ok(reply.body)
    }

    /// What `/chain.pem` serves, certificate by certificate.
    fn chain(&self) -> Result<Vec<String>> {
        Ok(split(&String::from_utf8(self.get("/chain.pem")?)?))
    }

    /// Whether GetCACaps names GetNextCACert; that is answered then, and only then.
    fn announces_next(&self) -> Result<bool> {
        let capabilities = String::from_utf8(self.get("/scep?operation=GetCACaps")?)?;
        ensure!(!capabilities.lines().any(str::is_empty), "a blank line in {capabilities:?}");
        let announced = capabilities.lines().any(|line| line == "GetNextCACert");
        let status = http::get(&format!("{}?operation=GetNextCACert", self.server.url()))?.status;
        ensure!(status == if announced { 200 } else { 404 }, "{announced} but {status}");
        Ok(announced)
    }

    fn wait_for_next(&self, wanted: bool) -> Result<()> {
        // The capability and the answer may change between the two questions.
        server::until("GetNextCACert comes or goes", || Ok(self.announces_next().ok() == Some(wanted)))
    }

    /// Waits until the certificate is the first that `/chain.pem` serves.
    fn wait_for_issuer(&self, certificate: &Value) -> Result<()> {
        let wanted = certificate.as_str().context("no certificate")?.trim();
        server::until("the new issuer is served", || {
            Ok(self.chain()?.first().is_some_and(|first| first.trim() == wanted))
        })
    }

    /// A command of `ca`, twice: the second time it has nothing to do and issues nothing.
    fn twice(&self, arguments: &[&str]) -> Result<Value> {
        let first = self.authority.run(arguments)?;
        ensure!(first["already"] == false, "{first}");
        let stored = self.inventory()?;
        let second = self.authority.run(arguments)?;
        ensure!(second["already"] == true, "{second}");
        for field in ["current", "next", "former", "certificate", "next_certificate"] {
            ensure!(first[field] == second[field], "{field} of {first} and {second}");
        }
        ensure!(stored == self.inventory()?, "the second time has issued something");
        Ok(first)
    }

    /// Serial numbers, but for those of the server's own signers of OCSP responses, which come by themselves.
    fn inventory(&self) -> Result<Vec<Value>> {
        let stored = self.authority.certificates()?;
        let others = stored.into_iter().filter(|one| one["profile"] != "ocsp-signer");
        Ok(others.map(|mut one| one["serial"].take()).collect())
    }

    /// `sealwright enroll`, which trusts this root and no other.
    fn enrol(&self, name: &str, root: &Path) -> Result<PathBuf> {
        let (out, url, subject) = (self.folder().join(name), self.server.url(), format!("CN={name}"));
        let root = openssl::run(
            &["x509", "-noout", "-fingerprint", "-sha256", "-in", text(root)],
            self.folder(),
            &[],
        )?;
        let fingerprint = root.rsplit('=').next().unwrap_or_default().replace(':', "").to_lowercase();
        let usual =
            ["enroll", "--url", &url, "--challenge", self.authority.challenge(), "--subject", &subject];
        server::sealwright(&[&usual[..], &["--ca-fingerprint", &fingerprint, "--out", text(&out)]].concat())
            .with_context(|| self.server.log())?;
        Ok(out.join("certificate.pem"))
    }

    fn renew(&self, leaf: &Path) -> Result<()> {
        let out = leaf.parent().context("no folder")?;
        server::sealwright(&["enroll", "--url", &self.server.url(), "--out", text(out), "--renew"])
            .map(drop)
            .with_context(|| self.server.log())
    }

    fn revoke(&self, leaf: &Path) -> Result<()> {
        let serial = openssl::run(&["x509", "-noout", "-serial", "-in", text(leaf)], self.folder(), &[])?;
        self.authority.run(&["revoke", serial.trim_start_matches("serial=")]).map(drop)
    }

    /// The issuer's certificate in a file, from where the leaf says it is.
    fn issuer_of(&self, leaf: &Path, name: &str) -> Result<()> {
        let folder = self.folder();
        let shown =
            openssl::run(&["x509", "-noout", "-ext", "authorityInfoAccess", "-in", text(leaf)], folder, &[])?;
        let url = shown.lines().find_map(|line| line.trim().strip_prefix("CA Issuers - URI:"));
        let issuer = http::get(url.with_context(|| format!("found {shown}"))?)?;
        let pem = openssl::run(&["x509", "-inform", "DER"], folder, &issuer.body)?;
        Ok(std::fs::write(folder.join(name), pem)?)
    }

    /// OpenSSL on the path of a leaf, with the list from where the leaf says, and by OCSP: "good" or "revoked".
    fn judge(&self, leaf: &Path) -> Result<&'static str> {
        let folder = self.folder();
        self.issuer_of(leaf, "issuer.pem")?;
        let verify =
            ["verify", "-x509_strict", "-no-CApath", "-crl_check", "-crl_download", "-CAfile", "root.pem"];
        let by_list =
            openssl::run(&[&verify[..], &["-untrusted", "issuer.pem", text(leaf)]].concat(), folder, &[]);
        let url = format!("{}/ocsp", self.server.base());
        let ask = ["ocsp", "-url", &url, "-CAfile", "root.pem", "-issuer", "issuer.pem", "-cert", text(leaf)];
        let by_ocsp = openssl::run(&ask, folder, &[])?;
        match by_list {
            Ok(_) => {
                ensure!(by_ocsp.contains("certificate.pem: good"), "the list says good, OCSP {by_ocsp}");
                Ok("good")
            }
            Err(error) => {
                ensure!(error.to_string().contains("certificate revoked"), "{error:#}");
                ensure!(
                    by_ocsp.contains("certificate.pem: revoked"),
                    "the list says revoked, OCSP {by_ocsp}"
                );
                Ok("revoked")
            }
        }
    }

    /// Who signed the response about a leaf.
    fn ocsp_signer(&self, leaf: &Path) -> Result<String> {
        self.issuer_of(leaf, "issuer.pem")?;
        let url = format!("{}/ocsp", self.server.base());
        let ask = ["ocsp", "-url", &url, "-CAfile", "root.pem", "-issuer", "issuer.pem", "-cert", text(leaf)];
        let said = openssl::run(&[&ask[..], &["-resp_text"]].concat(), self.folder(), &[])?;
        let subject = said.lines().find_map(|line| line.trim().strip_prefix("Subject: "));
        // OpenSSL's versions put spaces in different places.
        Ok(subject.unwrap_or("the issuer itself").replace(" = ", "="))
    }

    /// GetNextCACert's body: OpenSSL verifies that the current issuing certificate signed it, and no other.
    fn next_certificates(&self, issuing: &str) -> Result<Vec<String>> {
        let folder = self.folder();
        std::fs::write(folder.join("next.der"), self.get("/scep?operation=GetNextCACert")?)?;
        std::fs::write(folder.join("issuing.pem"), issuing)?;
        let verify = |signer: &str, out: &str| {
            let usual = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "next.der", "-out", out];
            let trust = ["-nointern", "-certfile", signer, "-CAfile", "root.pem", "-purpose", "any"];
            openssl::run(&[&usual[..], &trust].concat(), folder, &[])
        };
        verify("issuing.pem", "next.p7")?;
        ensure!(verify("root.pem", "other.p7").is_err(), "it verifies with the root's key");
        let printed =
            openssl::run(&["pkcs7", "-inform", "DER", "-in", "next.p7", "-print_certs"], folder, &[])?;
        Ok(split(&printed))
    }
}

fn split(certificates: &str) -> Vec<String> {
    let end = "-----END CERTIFICATE-----";
    let ends = certificates.split_inclusive(end).filter(|part| part.contains(end));
    ends.map(|part| format!("{}\n", &part[part.find("-----BEGIN").unwrap_or(0)..])).collect()
}

fn success(reply: Reply) -> Result<String> {
    match reply {
        Reply::Success(certificate) => Ok(certificate),
        other => anyhow::bail!("found {other:?}"),
    }
}

fn is_missing() -> bool {
    peer::find("openssl", "openssl").is_none()
}

/// The whole life of a renewal of the issuing authority; `kind` is that of a new key.
fn rollover(kind: Option<&str>) -> Result<()> {
    let setting = Setting::new()?;
    let root = setting.folder().join("root.pem");
    let before = setting.enrol("before", &root)?;
    let issuing = setting.chain()?.remove(0);
    ensure!(!setting.announces_next()?, "a next generation before any renewal");
    // While it waits, both generations are served.
    let renew: Vec<&str> =
        ["ca", "renew"].into_iter().chain(kind.into_iter().flat_map(|kind| ["--new-key", kind])).collect();
    let renewed = setting.twice(&renew)?;
    setting.wait_for_next(true)?;
    ensure!(setting.chain()?[0] == issuing, "the next generation is in use already");
    let next_issuing = renewed["next_certificate"].as_str().context("no next certificate")?;
    let next = setting.next_certificates(&issuing)?;
    ensure!(next.iter().any(|one| one.trim() == next_issuing.trim()), "{next:?}");
    let waiting = setting.enrol("waiting", &root)?;
    let authorities = Authorities::fetch_next(&setting.server.url(), &issuing)?;
    let reply =
        Device::new()?.enrol("early", setting.authority.challenge(), &setting.server.url(), &authorities)?;
    let early = setting.folder().join("early/certificate.pem");
    std::fs::create_dir(setting.folder().join("early"))?;
    std::fs::write(&early, success(reply)?)?;
    // The server goes on, under the new generation.
    let activated = setting.twice(&["ca", "activate"])?;
    ensure!(activated["certificate"] == next_issuing, "{activated}");
    setting.wait_for_issuer(&activated["certificate"])?;
    setting.wait_for_next(false)?;
    let after = setting.enrol("after", &root)?;
    setting.renew(&waiting)?;
    let leaves = [&before, &waiting, &early, &after];
    for leaf in leaves {
        let verdict = setting.judge(leaf).with_context(|| format!("{leaf:?}"))?;
        ensure!(verdict == "good", "{leaf:?} is {verdict}");
    }
    let chain = [issuing.clone(), next_issuing.to_owned()];
    for (leaf, by) in [(&before, 0), (&early, 1), (&after, 1), (&waiting, 1)] {
        let leaf = std::fs::read_to_string(leaf)?;
        openssl::verify(&leaf, &chain[by..=by], &setting.authority.root()?, setting.folder())?;
        // With the same key each stands for the other, with a new one neither does.
        let other =
            openssl::verify(&leaf, &chain[1 - by..=1 - by], &setting.authority.root()?, setting.folder());
        ensure!(other.is_ok() == kind.is_none(), "{other:?}");
    }
    let signer = if kind.is_none() { "CN=OCSP issuing-1" } else { "CN=OCSP issuing-2" };
    server::until("the new generation has its signer of OCSP responses", || {
        Ok(setting.ocsp_signer(&after)? == signer)
    })?;
    // A revocation is told by the key that signed, and by no other.
    for (revoked, good) in [(&before, &after), (&early, &waiting)] {
        setting.revoke(revoked)?;
        let verdicts = [setting.judge(revoked)?, setting.judge(good)?];
        ensure!(verdicts == ["revoked", "good"], "{verdicts:?}");
    }
    setting.server.stop()
}

#[test]
fn the_issuing_authority_goes_on_with_the_same_key() {
    if !is_missing() {
        rollover(None).unwrap();
    }
}

#[test]
fn the_issuing_authority_goes_on_with_another_kind_of_key() {
    if !is_missing() {
        rollover(Some("p256")).unwrap();
    }
}

#[test]
fn what_is_given_up_is_announced_no_more() {
    if is_missing() {
        return;
    }
    let setting = Setting::new().unwrap();
    let root = setting.folder().join("root.pem");
    let issuing = setting.chain().unwrap().remove(0);
    setting.authority.run(&["ca", "renew", "--new-key", "p256"]).unwrap();
    setting.wait_for_next(true).unwrap();
    let abandoned = setting.twice(&["ca", "abandon", "--comment", "wrong kind"]).unwrap();
    assert_eq!(abandoned["certificate"].as_str().unwrap().trim(), issuing.trim());
    setting.wait_for_next(false).unwrap();
    assert_eq!(setting.chain().unwrap()[0], issuing);
    let device = setting.enrol("device", &root).unwrap();
    assert_eq!(setting.judge(&device).unwrap(), "good");
    // Nothing stands in the way of another renewal, and nothing waits for `activate`.
    let nothing = setting.authority.run(&["ca", "activate"]).unwrap();
    assert_eq!(nothing["already"], true, "{nothing}");
    let renewed = setting.twice(&["ca", "renew"]).unwrap();
    assert_ne!(renewed["next_certificate"].as_str().map(str::trim), Some(issuing.trim()));
    setting.wait_for_next(true).unwrap();
    setting.next_certificates(&issuing).unwrap();
    setting.server.stop().unwrap();
}

/// Every list that is needed between a leaf and the root, for `-crl_check_all`.
fn lists(setting: &Setting, keys: &[&str]) -> Result<()> {
    let mut lists = String::new();
    for key in keys {
        let list = setting.get(&format!("/crl/{key}.crl"))?;
        lists += &openssl::run(&["crl", "-inform", "DER"], setting.folder(), &list)?;
        lists.push('\n');
    }
    Ok(std::fs::write(setting.folder().join("lists.pem"), lists)?)
}

/// Each of the anchors alone, with nothing between but what `/chain.pem` serves; the lists of all.
fn from_each_root(setting: &Setting, leaf: &Path, roots: &[&Path]) -> Result<()> {
    let folder = setting.folder();
    std::fs::write(folder.join("served.pem"), setting.chain()?.concat())?;
    for root in roots {
        let usual = ["verify", "-x509_strict", "-no-CApath", "-crl_check_all", "-CRLfile", "lists.pem"];
        let files = ["-CAfile", text(root), "-untrusted", "served.pem", text(leaf)];
        openssl::run(&[&usual[..], &files].concat(), folder, &[])
            .with_context(|| format!("from {root:?}"))?;
        let leaf = std::fs::read_to_string(leaf)?;
        let chain = [leaf, setting.chain()?.concat()].concat();
        if peer::find("certtool", "gnutls-bin").is_some() {
            let judge = ["--verify", "--load-ca-certificate", text(root)];
            let said = tool::run("certtool", &judge, folder, chain.as_bytes());
            said.with_context(|| format!("GnuTLS from {root:?}"))?;
        }
    }
    Ok(())
}

/// Whoever trusts one of these roots alone gets from it to the next generation with what GetNextCACert gives.
fn next_leads_from(setting: &Setting, next: &Value, roots: &[&Path]) -> Result<()> {
    let folder = setting.folder();
    let body = setting.get("/scep?operation=GetNextCACert")?;
    let held = openssl::run(&["pkcs7", "-inform", "DER", "-print_certs"], folder, &body)?;
    std::fs::write(folder.join("next-held.pem"), held)?;
    std::fs::write(folder.join("next.pem"), next.as_str().context("no next certificate")?)?;
    for root in roots {
        let usual = ["verify", "-x509_strict", "-no-CApath", "-CAfile", text(root)];
        openssl::run(&[&usual[..], &["-untrusted", "next-held.pem", "next.pem"]].concat(), folder, &[])
            .with_context(|| format!("the next generation from {root:?}"))?;
    }
    Ok(())
}

fn root_rollover(kind: Option<&str>) -> Result<()> {
    let setting = Setting::new()?;
    let folder = setting.folder();
    let (old_root, new_root) = (folder.join("root.pem"), folder.join("new-root.pem"));
    let before = setting.enrol("before", &old_root)?;
    let late = setting.enrol("late", &old_root)?;
    let renew = ["ca", "renew", "--authority", "root"];
    let renew: Vec<&str> =
        renew.into_iter().chain(kind.into_iter().flat_map(|kind| ["--new-key", kind])).collect();
    setting.twice(&renew)?;
    ensure!(!setting.announces_next()?, "GetNextCACert for a change that no device has to know");
    let activated = setting.twice(&["ca", "activate", "--authority", "root"])?;
    let root = activated["certificate"].as_str().context("no certificate")?;
    std::fs::write(&new_root, root)?;
    server::until("the new root is served", || {
        Ok(String::from_utf8(setting.get("/ca.pem")?)?.trim() == root.trim())
    })?;
    ensure!(setting.chain()?.len() == if kind.is_some() { 3 } else { 2 }, "{:?}", setting.chain()?);
    let keys =
        if kind.is_some() { vec!["issuing-1", "root-1", "root-2"] } else { vec!["issuing-1", "root-1"] };
    lists(&setting, &keys)?;
    from_each_root(&setting, &before, &[&old_root, &new_root])?;
    // One that knows the old root renews, one that knows the new root only enrols.
    setting.renew(&before)?;
    let after = setting.enrol("after", &new_root)?;
    let written = |name: &str| -> Result<usize> {
        Ok(split(&std::fs::read_to_string(after.with_file_name(name))?).len())
    };
    let counted = (written("ca.pem")?, written("chain.pem")?);
    ensure!(counted == (1, if kind.is_some() { 2 } else { 1 }), "found {counted:?} in ca.pem and chain.pem");
    for leaf in [&before, &after] {
        from_each_root(&setting, leaf, &[&old_root, &new_root])?;
    }
    // And the next generation of the issuing authority is the new root's own.
    let next = setting.authority.run(&["ca", "renew"])?;
    setting.wait_for_next(true)?;
    next_leads_from(&setting, &next["next_certificate"], &[&old_root, &new_root])?;
    let activated = setting.authority.run(&["ca", "activate"])?;
    setting.wait_for_issuer(&activated["certificate"])?;
    // What leads to it from the old root goes with it, for as long as that one lives.
    ensure!(setting.chain()?.len() == if kind.is_some() { 3 } else { 2 }, "{:?}", setting.chain()?);
    let last = setting.enrol("last", &new_root)?;
    lists(&setting, &keys)?;
    from_each_root(&setting, &before, &[&new_root])?;
    from_each_root(&setting, &last, &[&old_root, &new_root])?;
    // So a device that knows the old root alone renews, and what it keeps is enough for others like it.
    setting.renew(&late)?;
    for leaf in [&last, &late] {
        let chain = std::fs::read_to_string(leaf.with_file_name("chain.pem"))?;
        openssl::verify(&std::fs::read_to_string(leaf)?, &[chain], &setting.authority.root()?, folder)
            .context("from the old root and chain.pem alone")?;
    }
    setting.server.stop()
}

#[test]
fn the_root_goes_on_with_the_same_key() {
    if !is_missing() {
        root_rollover(None).unwrap();
    }
}

#[test]
fn the_root_goes_on_with_another_kind_of_key() {
    if !is_missing() {
        root_rollover(Some("p256")).unwrap();
    }
}
