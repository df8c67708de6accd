//! A running server's revocation lists, OCSP responses and issuer certificates, fetched by other people's programs
//! from the addresses that stand in the certificates: OpenSSL, GnuTLS and curl.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use conformance::server::{self, Authority, Server, text};
use conformance::{openssl, peer, tool};

const KINDS: [&str; 2] = ["rsa-2048", "p256"];

fn is_missing() -> bool {
    [("openssl", "openssl"), ("curl", "curl"), ("ocsptool", "gnutls-bin")]
        .iter()
        .any(|(program, package)| peer::find(program, package).is_none())
}

/// A server that is where its certificates say, and a device with a certificate of it.
struct Setting {
    authority: Authority,
    server: Server,
    leaf: PathBuf,
    serial: String,
}

impl Setting {
    /// `root.pem`, and `issuing.pem` as the leaf says where to find it.
    fn new(kind: &str) -> Result<Self> {
        let authority = Authority::published(&["--key-type", kind])?;
        let server = authority.serve()?;
        let folder = authority.folder();
        std::fs::write(folder.join("root.pem"), authority.root()?)?;
        let (leaf, serial) = enrol(&authority, &server, "device")?;
        let issuer = fetch(folder, &address(folder, &leaf, "authorityInfoAccess", "CA Issuers - URI:")?)?;
        let pem = openssl::run(&["x509", "-inform", "DER"], folder, &issuer)?;
        std::fs::write(folder.join("issuing.pem"), pem)?;
        Ok(Self { authority, server, leaf, serial })
    }

    fn folder(&self) -> &Path {
        self.authority.folder()
    }

    fn revoke(&self, serial: &str, more: &[&str]) -> Result<()> {
        let revoked = self.authority.run(&[&["revoke", serial], more].concat())?;
        ensure!(revoked["already"] == false, "{revoked}");
        Ok(())
    }

    /// OpenSSL verifies a certificate with a list that it fetches itself from where the certificate says.
    fn verify_with_download(&self, certificate: &str) -> Result<String> {
        let usual = ["verify", "-x509_strict", "-no-CApath", "-crl_check", "-crl_download"];
        let files = ["-CAfile", "root.pem", "-untrusted", "issuing.pem", certificate];
        openssl::run(&[&usual[..], &files].concat(), self.folder(), &[])
    }

    /// The whole path with the lists that curl fetched.
    fn verify_with_lists(&self) -> Result<String> {
        let folder = self.folder();
        let mut lists = String::new();
        for certificate in [&self.leaf, &folder.join("issuing.pem")] {
            let list = fetch(folder, &address(folder, certificate, "crlDistributionPoints", "URI:")?)?;
            lists += &openssl::run(&["crl", "-inform", "DER"], folder, &list)?;
            lists.push('\n');
        }
        std::fs::write(folder.join("lists.pem"), lists)?;
        let usual = ["verify", "-x509_strict", "-no-CApath", "-crl_check_all", "-CRLfile", "lists.pem"];
        let files = ["-CAfile", "root.pem", "-untrusted", "issuing.pem", text(&self.leaf)];
        openssl::run(&[&usual[..], &files].concat(), folder, &[])
    }

    /// `openssl ocsp`, by POST; it verifies the response up to the root.
    fn ask(&self, more: &[&str]) -> Result<String> {
        let url = address(self.folder(), &self.leaf, "authorityInfoAccess", "OCSP - URI:")?;
        ensure!(url == format!("{}/ocsp", self.server.base()), "found {url}");
        let usual = ["ocsp", "-url", &url, "-no-CApath", "-CAfile", "root.pem"];
        openssl::run(&[&usual[..], more].concat(), self.folder(), &[])
    }

    fn ask_of_leaf(&self, more: &[&str]) -> Result<String> {
        let digest = more.iter().filter(|option| **option == "-sha256");
        let mut arguments: Vec<&str> = digest.copied().collect();
        arguments.extend(["-issuer", "issuing.pem", "-cert", text(&self.leaf)]);
        arguments.extend(more.iter().filter(|option| **option != "-sha256"));
        self.ask(&arguments)
    }

    /// `ocsptool --ask`. It wants the signer of the response, or who certified that, among the trusted.
    fn ask_gnutls(&self) -> Result<String> {
        let url = format!("--ask={}/ocsp", self.server.base());
        let files = ["--load-cert", text(&self.leaf), "--load-issuer", "issuing.pem"];
        let arguments = [&[url.as_str(), "--nonce", "--load-trust", "issuing.pem"][..], &files].concat();
        let said = tool::run("ocsptool", &arguments, self.folder(), &[])?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    /// A request for a serial number, without a nonce, as OpenSSL writes it.
    fn request(&self, serial: &str) -> Result<Vec<u8>> {
        let arguments =
            ["ocsp", "-issuer", "issuing.pem", "-serial", serial, "-no_nonce", "-reqout", "request.der"];
        openssl::run(&arguments, self.folder(), &[])?;
        Ok(std::fs::read(self.folder().join("request.der"))?)
    }

    /// GET of a request in this form of base64; the head of the answer, and what OpenSSL reads in it.
    fn get(&self, serial: &str, encoded: &str) -> Result<(String, String)> {
        let (folder, url) = (self.folder(), format!("{}/ocsp/{encoded}", self.server.base()));
        let curl = ["-sS", "--path-as-is", "-D", "head.txt", "-o", "response.der", &url];
        tool::run("curl", &curl, folder, &[])?;
        let read = ["ocsp", "-respin", "response.der", "-no_nonce", "-no-CApath", "-CAfile", "root.pem"];
        let said =
            openssl::run(&[&read[..], &["-issuer", "issuing.pem", "-serial", serial]].concat(), folder, &[])?;
        Ok((std::fs::read_to_string(folder.join("head.txt"))?.to_lowercase(), said))
    }

    /// POST of bytes; OpenSSL says what is wrong.
    fn post(&self, body: &[u8]) -> Result<String> {
        let folder = self.folder();
        std::fs::write(folder.join("body"), body)?;
        let url = format!("{}/ocsp", self.server.base());
        let typed = "Content-Type: application/ocsp-request";
        let curl = ["-sS", "-H", typed, "--data-binary", "@body", "-o", "response.der", &url];
        tool::run("curl", &curl, folder, &[])?;
        openssl::run(&["ocsp", "-respin", "response.der", "-noverify", "-resp_text"], folder, &[])
    }
}

/// The file of a new certificate, and its serial number.
fn enrol(authority: &Authority, server: &Server, name: &str) -> Result<(PathBuf, String)> {
    let out = authority.folder().join(name);
    let (url, subject) = (server.url(), format!("CN={name}"));
    let usual = ["enroll", "--url", &url, "--challenge", authority.challenge(), "--subject", &subject];
    let report = server::sealwright(&[&usual[..], &["--out", text(&out)]].concat())?;
    let serial = report["serial"].as_str().context("no serial number")?.to_owned();
    Ok((out.join("certificate.pem"), serial))
}

/// An address out of an extension of a certificate.
fn address(folder: &Path, certificate: &Path, extension: &str, label: &str) -> Result<String> {
    let shown = openssl::run(&["x509", "-noout", "-ext", extension, "-in", text(certificate)], folder, &[])?;
    let found = shown.lines().find_map(|line| line.trim().strip_prefix(label));
    found.map(str::to_owned).with_context(|| format!("{certificate:?} has no {label} in {shown}"))
}

fn fetch(folder: &Path, url: &str) -> Result<Vec<u8>> {
    tool::run("curl", &["-sSf", url], folder, &[])
}

fn number(setting: &Setting, key: &str) -> Result<u64> {
    let list = fetch(setting.folder(), &format!("{}/crl/{key}.crl", setting.server.base()))?;
    let shown = openssl::run(&["crl", "-inform", "DER", "-noout", "-crlnumber"], setting.folder(), &list)?;
    let hex = shown.trim_start_matches("crlNumber=0x").trim_start_matches("crlNumber=");
    u64::from_str_radix(hex, 16).with_context(|| format!("found {shown}"))
}

#[test]
fn lists_are_where_certificates_say_and_tell_of_a_revocation_at_once() {
    if is_missing() {
        return;
    }
    for kind in KINDS {
        let setting = Setting::new(kind).unwrap();
        let leaf = text(&setting.leaf).to_owned();
        for certificate in [leaf.as_str(), "issuing.pem"] {
            setting.verify_with_download(certificate).unwrap_or_else(|error| panic!("{kind}: {error:#}"));
        }
        setting.verify_with_lists().unwrap();
        let before = number(&setting, "issuing-1").unwrap();
        let (other, _) = enrol(&setting.authority, &setting.server, "other").unwrap();
        assert_eq!(number(&setting, "issuing-1").unwrap(), before, "a new list without need");
        setting
            .revoke(&setting.serial, &["--reason", "key_compromise", "--invalid-since", "1790000000"])
            .unwrap();
        for failure in [setting.verify_with_download(&leaf), setting.verify_with_lists()] {
            let failure = failure.unwrap_err().to_string();
            assert!(failure.contains("certificate revoked"), "{kind}: {failure}");
        }
        setting.verify_with_download(text(&other)).unwrap();
        assert!(number(&setting, "issuing-1").unwrap() > before);
        let list = fetch(setting.folder(), &format!("{}/crl/issuing-1.crl", setting.server.base())).unwrap();
        let shown =
            openssl::run(&["crl", "-inform", "DER", "-noout", "-text"], setting.folder(), &list).unwrap();
        for wanted in [&setting.serial.to_uppercase(), "Key Compromise", "Sep 21 14:13:20 2026 GMT"] {
            assert!(shown.contains(wanted), "{wanted} is not in {shown}");
        }
        setting.server.stop().unwrap();
    }
}

#[test]
fn a_revoked_issuing_certificate_is_on_the_roots_list_once_that_is_made() {
    if is_missing() {
        return;
    }
    let setting = Setting::new("p256").unwrap();
    let folder = setting.folder();
    let serial = openssl::run(&["x509", "-noout", "-serial", "-in", "issuing.pem"], folder, &[]).unwrap();
    setting.revoke(serial.trim_start_matches("serial="), &["--reason", "ca_compromise"]).unwrap();
    setting.verify_with_download("issuing.pem").unwrap();
    setting.authority.run(&["ca", "crl", "--authority", "root"]).unwrap();
    let failure = setting.verify_with_download("issuing.pem").unwrap_err().to_string();
    assert!(failure.contains("certificate revoked"), "{failure}");
    let failure = setting.verify_with_lists().unwrap_err().to_string();
    assert!(failure.contains("certificate revoked"), "{failure}");
    setting.server.stop().unwrap();
}

#[test]
fn ocsp_tells_good_revoked_and_unknown() {
    if is_missing() {
        return;
    }
    for kind in KINDS {
        let setting = Setting::new(kind).unwrap();
        // With a nonce and without, the issuer by SHA-1 and by SHA-256.
        for more in [&[][..], &["-no_nonce"], &["-sha256"], &["-sha256", "-no_nonce"]] {
            let said = setting.ask_of_leaf(more).unwrap_or_else(|error| panic!("{kind} {more:?}: {error:#}"));
            assert!(
                said.contains("certificate.pem: good") && said.contains("Next Update"),
                "{more:?}: {said}"
            );
        }
        let said = setting.ask_gnutls().unwrap();
        assert!(said.contains("Certificate Status: good"), "{said}");
        assert!(said.contains("Verifying OCSP Response: Success"), "{said}");
        let said = setting.ask(&["-issuer", "issuing.pem", "-serial", "0x4711"]).unwrap();
        assert!(said.contains("0x4711: unknown"), "{said}");
        setting.revoke(&setting.serial, &["--reason", "superseded"]).unwrap();
        for more in [&[][..], &["-no_nonce"], &["-sha256"]] {
            let said = setting.ask_of_leaf(more).unwrap();
            assert!(
                said.contains("certificate.pem: revoked") && said.contains("Reason: superseded"),
                "{said}"
            );
        }
        let said = setting.ask_gnutls().unwrap();
        assert!(said.contains("Certificate Status: revoked"), "{said}");
        assert!(said.contains("Verifying OCSP Response: Success"), "{said}");
        setting.server.stop().unwrap();
    }
}

/// Two in one request, of which one is not known: one response for both, each with its own status.
#[test]
fn ocsp_answers_for_each_of_several() {
    if is_missing() {
        return;
    }
    let setting = Setting::new("p256").unwrap();
    let (other, serial) = enrol(&setting.authority, &setting.server, "other").unwrap();
    setting.revoke(&serial, &[]).unwrap();
    let more = ["-cert", text(&other), "-serial", "0x4711"];
    let said = setting.ask_of_leaf(&more).unwrap();
    assert!(said.contains("device/certificate.pem: good"), "{said}");
    assert!(said.contains("other/certificate.pem: revoked"), "{said}");
    assert!(said.contains("0x4711: unknown"), "{said}");
    setting.server.stop().unwrap();
}

/// Each certificate in a request is a question to the store.
#[test]
fn ocsp_answers_for_as_many_as_it_may_and_no_more() {
    if is_missing() {
        return;
    }
    let setting = Setting::new("p256").unwrap();
    let serials: Vec<_> = (1..=32).map(|number| format!("0x47{number:02}")).collect();
    let more: Vec<_> = serials.iter().flat_map(|serial| ["-serial", serial]).collect();
    let ask = |more: &[&str]| setting.ask(&[&["-issuer", "issuing.pem"], more].concat());
    let said = ask(&more).unwrap();
    assert_eq!(said.matches(": unknown").count(), 32, "{said}");
    let failure = ask(&[&more[..], &["-serial", "0x4711"]].concat()).unwrap_err().to_string();
    assert!(failure.contains("malformedrequest"), "{failure}");
    setting.server.stop().unwrap();
}

#[test]
fn ocsp_refuses_what_is_not_its_own() {
    if is_missing() {
        return;
    }
    let setting = Setting::new("rsa-2048").unwrap();
    let folder = setting.folder();
    let other =
        ["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", "other.key", "-subj", "/CN=other"];
    std::fs::write(folder.join("other.pem"), openssl::run(&other, folder, &[]).unwrap()).unwrap();
    // `openssl ocsp` says the error on standard output and ends with 1.
    let failure = setting.ask(&["-issuer", "other.pem", "-serial", "1"]).unwrap_err().to_string();
    assert!(failure.contains("unauthorized"), "{failure}");
    // The root's certificates are on its list; its key lies sealed.
    let failure = setting.ask(&["-issuer", "root.pem", "-cert", "issuing.pem"]).unwrap_err().to_string();
    assert!(failure.contains("unauthorized"), "{failure}");
    let request = setting.request("1").unwrap();
    for rubbish in [&b"rubbish"[..], b"", &request[..request.len() - 1], &[&request[..], b"x"].concat()] {
        let failure = setting.post(rubbish).unwrap_err().to_string();
        assert!(failure.contains("malformedrequest"), "{rubbish:?}: {failure}");
    }
    let failure = setting.get("1", "rubbish!").unwrap_err().to_string();
    assert!(failure.contains("malformedrequest"), "{failure}");
    let url = format!("{}/ocsp", setting.server.base());
    let code = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@long", &url];
    std::fs::write(folder.join("long"), vec![b'x'; 20 << 10]).unwrap();
    assert_eq!(tool::run("curl", &code, folder, &[]).unwrap(), b"413");
    // After all of it, it answers.
    assert!(setting.ask_of_leaf(&[]).unwrap().contains("good"));
    setting.server.stop().unwrap();
}

/// RFC 6960 A.1 and RFC 5019 6.2: the slashes and plus signs of base64 escaped or as they are, and how long the
/// answer may be kept.
#[test]
fn ocsp_by_get_can_be_kept() {
    if is_missing() {
        return;
    }
    let setting = Setting::new("p256").unwrap();
    let hex = format!("0x{}", setting.serial);
    let request = setting.request(&hex).unwrap();
    let (head, said) = setting.get(&hex, &escaped(&request)).unwrap();
    assert!(said.contains(": good"), "{said}");
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-type: application/ocsp-response"),
        "{head}"
    );
    let age = head.lines().find_map(|line| line.strip_prefix("cache-control: max-age=")).unwrap();
    let age: u64 = age.split(',').next().unwrap().parse().unwrap();
    assert!((3_590..=3_600).contains(&age), "{head}");
    for wanted in ["public", "no-transform", "must-revalidate", "last-modified: ", "expires: ", "etag: \""] {
        assert!(head.contains(wanted), "{wanted} is not in {head}");
    }
    // One whose base64 has both of the characters that are special in a path.
    let found = (1..500).map(|number| format!("0x{number:x}")).find_map(|serial| {
        let request = setting.request(&serial).unwrap();
        let plain = Base64::encode_string(&request);
        (plain.contains('/') && plain.contains('+')).then_some((serial, request, plain))
    });
    let (serial, request, plain) = found.unwrap();
    for form in [plain, escaped(&request)] {
        let (_, said) = setting.get(&serial, &form).unwrap_or_else(|error| panic!("{form}: {error:#}"));
        assert!(said.contains(": unknown"), "{form}: {said}");
    }
    setting.revoke(&setting.serial, &[]).unwrap();
    let (_, said) = setting.get(&hex, &escaped(&setting.request(&hex).unwrap())).unwrap();
    assert!(said.contains(": revoked"), "{said}");
    setting.server.stop().unwrap();
}

fn escaped(request: &[u8]) -> String {
    Base64::encode_string(request).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}
