//! Messages that OpenSSL made and replies that OpenSSL opens: every cipher, key transport, digest and form
//! of length. `interop_openssl/client.py` is the client around it.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use conformance::device::Authorities;
use conformance::server::{Authority, Server, text};
use conformance::{openssl, peer, tool};
use serde_json::Value;

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_openssl/client.py");

/// A server, and what the client needs to know of it.
struct Setting {
    authority: Authority,
    server: Server,
    python: PathBuf,
}

impl Setting {
    /// `None` if a program is missing.
    fn new() -> Result<Option<Self>> {
        Self::with(|_| Ok(()))
    }

    fn with(change: impl Fn(&Authority) -> Result<()>) -> Result<Option<Self>> {
        let (Some(python), Some(_)) = (peer::find_python("python"), peer::find("openssl", "openssl")) else {
            return Ok(None);
        };
        let authority = Authority::new()?;
        change(&authority)?;
        let server = authority.serve()?;
        let fetched = Authorities::fetch(&server.url())?;
        let folder = authority.folder();
        std::fs::write(folder.join("recipient.pem"), &fetched.encryption)?;
        // OpenSSL looks for intermediates of a signer among the trusted certificates alone; the chain has to
        // end in the root all the same.
        let trusted = [authority.root()?, fetched.certificates.concat()].concat();
        std::fs::write(folder.join("trusted.pem"), trusted)?;
        Ok(Some(Self { authority, server, python }))
    }

    /// Runs the client with these options; the answer is what it printed.
    fn ask(&self, common_name: &str, challenge: &str, more: &[&str]) -> Result<Value> {
        let url = self.server.url();
        let mut arguments = vec![
            CLIENT,
            "--url",
            &url,
            "--common-name",
            common_name,
            "--challenge",
            challenge,
            "--recipient",
            "recipient.pem",
            "--root",
            "trusted.pem",
            "--key",
            "python.key",
        ];
        arguments.extend(more);
        let printed = tool::run(text(&self.python), &arguments, self.authority.folder(), &[])?;
        let reply: Value = serde_json::from_slice(&printed)?;
        ensure!(reply["sorted"] == true, "the signed attributes are not sorted: {reply}");
        Ok(reply)
    }

    /// Enrols, and checks the reply and the certificate.
    fn enrol(&self, common_name: &str, more: &[&str]) -> Result<Value> {
        self.enrol_with(common_name, self.authority.challenge(), more)
    }

    fn enrol_with(&self, common_name: &str, challenge: &str, more: &[&str]) -> Result<Value> {
        let reply = self.ask(common_name, challenge, more)?;
        ensure!(reply["status"] == "0" && reply["message_type"] == "3", "found {reply}");
        ensure!(reply["transaction_id"] == reply["transaction_id_sent"], "found {reply}");
        ensure!(reply["has_sender_nonce"] == true, "found {reply}");
        let leaf = first(reply["certificates"].as_str().context("no certificate")?)?;
        let folder = self.authority.folder();
        openssl::verify(&leaf, &self.authority.intermediates()?, &self.authority.root()?, folder)?;
        ensure!(openssl::subject(&leaf, folder)?.contains(&format!("CN={common_name}")), "another subject");
        let key = openssl::public_half(&folder.join("python.key"), folder)?;
        ensure!(openssl::public_key(&leaf, folder)? == key, "another key");
        Ok(reply)
    }
}

impl Setting {
    /// How many certificates it says it has issued, and given again.
    fn server_log_counts(&self) -> (usize, usize) {
        let log = self.server.log();
        let count = |outcome: &str| log.matches(&format!("outcome=\"{outcome}\"")).count();
        (count("issued"), count("repeated"))
    }
}

/// The first PEM block: the leaf comes first.
fn first(certificates: &str) -> Result<String> {
    let start = certificates.find("-----BEGIN").context("no PEM")?;
    let end = certificates.find("-----END CERTIFICATE-----").context("no end of PEM")?;
    Ok(format!("{}-----END CERTIFICATE-----\n", &certificates[start..end]))
}

#[test]
fn each_cipher_transport_and_length_by_get_and_post() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let ciphers = [
        ("aes-128-cbc", "aes128_cbc"),
        ("aes-192-cbc", "aes192_cbc"),
        ("aes-256-cbc", "aes256_cbc"),
        ("des-ede3-cbc", "tripledes_3key"),
    ];
    for (cipher, answered) in ciphers {
        for (padding, transport) in
            [("pkcs1", "rsaes_pkcs1v15"), ("oaep-sha1", "rsaes_oaep"), ("oaep-sha256", "rsaes_oaep")]
        {
            for (lengths, method) in [(None, "post"), (Some("--indefinite"), "get")] {
                let common_name = format!("{cipher}-{padding}-{method}");
                let mut more = vec!["--cipher", cipher, "--padding", padding, "--method", method];
                more.extend(lengths);
                let reply = setting
                    .enrol(&common_name, &more)
                    .unwrap_or_else(|error| panic!("{common_name}: {error:#}\n{}", setting.server.log()));
                assert_eq!(reply["nonce_returned"], true, "{common_name}");
                assert_eq!(reply["cipher"], answered, "{common_name}: not the client's cipher");
                assert!(
                    reply["transport"] == transport || reply["transport"] == "rsa",
                    "{common_name}: {reply}"
                );
            }
        }
    }
    setting.server.stop().unwrap();
}

#[test]
fn each_digest() {
    let Some(setting) = Setting::new().unwrap() else { return };
    for digest in ["sha1", "sha256", "sha384", "sha512"] {
        setting.enrol(digest, &["--digest", digest]).unwrap_or_else(|error| panic!("{digest}: {error:#}"));
    }
    setting.server.stop().unwrap();
}

/// Single DES (RFC 8894 section 2.9 forbids it) is refused unless it is allowed, and never written.
#[test]
fn single_des_is_off_by_default() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let des = ["--cipher", "des-cbc"];
    let refused = setting.ask("des", setting.authority.challenge(), &des).unwrap();
    assert_eq!((&refused["status"], &refused["fail_info"]), (&"2".into(), &"0".into()), "{refused}");
    setting.server.stop().unwrap();
    assert!(!setting.authority.has_issued_to("des").unwrap());
    let change = |authority: &Authority| authority.set("allow_legacy = false", "allow_legacy = true");
    let Some(setting) = Setting::with(change).unwrap() else { return };
    let reply = setting.enrol("des", &des).unwrap();
    assert_eq!(reply["cipher"], "tripledes_3key", "{reply}");
    setting.server.stop().unwrap();
}

/// Line 6 of what servers have to bear: the challenge in any string type.
#[test]
fn each_string_type_of_the_challenge() {
    let Some(setting) = Setting::new().unwrap() else { return };
    for kind in ["printable", "utf8", "ia5", "t61"] {
        setting.enrol(kind, &["--challenge-type", kind]).unwrap_or_else(|error| panic!("{kind}: {error:#}"));
    }
    setting.server.stop().unwrap();
}

/// No senderNonce, one of 8 octets (old iOS), and attributes that are not in the order of DER.
#[test]
fn odd_attributes() {
    let Some(setting) = Setting::new().unwrap() else { return };
    setting.enrol("no-nonce", &["--nonce-size", "0"]).unwrap();
    let reply = setting.enrol("short-nonce", &["--nonce-size", "8"]).unwrap();
    assert_eq!(reply["nonce_returned"], true, "{reply}");
    setting.enrol("unsorted", &["--unsorted"]).unwrap();
    setting.server.stop().unwrap();
}

/// A wrong challenge, a message type that nobody has (18 was UpdateReq in old drafts), and an envelope for
/// somebody else are answered by signed failures over HTTP 200.
#[test]
fn failures_are_signed_replies() {
    let Some(setting) = Setting::new().unwrap() else { return };
    let challenge = setting.authority.challenge();
    let refused = setting.ask("wrong", "not the challenge", &[]).unwrap();
    assert_eq!((&refused["status"], &refused["fail_info"]), (&"2".into(), &"2".into()), "{refused}");
    let refused = setting.ask("update", challenge, &["--message-type", "18"]).unwrap();
    assert_eq!(refused["status"], "2", "{refused}");
    let folder = setting.authority.folder();
    let other =
        ["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", "other.key", "-subj", "/CN=other"];
    std::fs::write(folder.join("other.pem"), openssl::run(&other, folder, &[]).unwrap()).unwrap();
    let refused = setting.ask("astray", challenge, &["--recipient", "other.pem"]).unwrap();
    assert_eq!(refused["status"], "2", "{refused}");
    for common_name in ["wrong", "update", "astray"] {
        assert!(!setting.authority.has_issued_to(common_name).unwrap());
    }
    setting.server.stop().unwrap();
}

/// A device with a certificate, which lies beside its key in `old.pem` and `old.key`.
fn device(common_name: &str) -> Result<Option<(Setting, String)>> {
    let Some(setting) = Setting::new()? else { return Ok(None) };
    let folder = setting.authority.folder();
    let reply = setting.enrol(common_name, &[])?;
    let old = first(reply["certificates"].as_str().context("no certificate")?)?;
    std::fs::write(folder.join("old.pem"), &old)?;
    std::fs::rename(folder.join("python.key"), folder.join("old.key"))?;
    // From now on nobody is let in by it.
    setting.authority.run(&["challenges", "remove", "static-1"])?;
    Ok(Some((setting, old)))
}

/// The options of a renewal that the old certificate signs.
fn signed_by_old<'a>(message_type: &'a str, transaction_id: &'a str) -> [&'a str; 8] {
    let signer = ["--signer", "old.pem", "--signer-key", "old.key"];
    let [a, b, c, d] = signer;
    [a, b, c, d, "--message-type", message_type, "--transaction-id", transaction_id]
}

/// Shapes one, two and four of a renewal: RenewalReq and PKCSReq that the old certificate signs, and each sent again
/// after its reply was lost. The signer decides, so neither needs a challenge.
#[test]
fn renewals_that_the_old_certificate_signs_and_their_repetition() {
    for message_type in ["17", "19"] {
        let Some((setting, old)) = device("renewing").unwrap() else { return };
        let more = signed_by_old(message_type, "the renewal");
        let new = |reply: &Value| first(reply["certificates"].as_str().unwrap()).unwrap();
        let renewed = new(&setting.enrol_with("renewing", "", &more).unwrap());
        assert_ne!(renewed, old, "{message_type}");
        let again = new(&setting.enrol_with("renewing", "", &more).unwrap());
        assert_eq!(renewed, again, "{message_type}: another certificate for the same request");
        assert_eq!(setting.server_log_counts(), (2, 1), "{message_type}");
        setting.server.stop().unwrap();
    }
}

/// What is no renewal, though a certificate of ours signs it: for another subject, with a revoked certificate, and
/// with the message type 18, whatever its signer.
#[test]
fn what_is_no_renewal_is_refused() {
    let Some((setting, _)) = device("renewing").unwrap() else { return };
    let refused = |common_name: &str, message_type: &str, fail_info: &str| {
        let transaction = format!("{common_name} {message_type}");
        let reply = setting.ask(common_name, "", &signed_by_old(message_type, &transaction)).unwrap();
        assert_eq!((&reply["status"], &reply["fail_info"]), (&"2".into(), &fail_info.into()), "{reply}");
    };
    refused("renewing", "18", "2");
    refused("another", "17", "2");
    refused("another", "19", "2");
    let serial = ["x509", "-noout", "-serial", "-in", "old.pem"];
    let serial = openssl::run(&serial, setting.authority.folder(), &[]).unwrap();
    setting
        .authority
        .run(&["revoke", serial.trim_start_matches("serial="), "--reason", "superseded"])
        .unwrap();
    refused("renewing", "17", "2");
    refused("renewing", "19", "2");
    assert_eq!(setting.server_log_counts(), (1, 0));
    setting.server.stop().unwrap();
}

/// Shape three, Apple's, and its repetition: a new key, which signs for itself, and a fresh challenge.
#[test]
fn renewals_with_a_fresh_challenge_and_their_repetition() {
    let Some((setting, old)) = device("renewing").unwrap() else { return };
    let more = ["--transaction-id", "the renewal"];
    let refused = setting.ask("renewing", setting.authority.challenge(), &more).unwrap();
    assert_eq!(refused["status"], "2", "the challenge of before still counts: {refused}");
    let added = setting.authority.run(&["challenges", "add"]).unwrap();
    let challenge = added["challenge"].as_str().unwrap();
    let new = |reply: &Value| first(reply["certificates"].as_str().unwrap()).unwrap();
    let renewed = new(&setting.enrol_with("renewing", challenge, &more).unwrap());
    assert_ne!(renewed, old);
    assert_eq!(renewed, new(&setting.enrol_with("renewing", challenge, &more).unwrap()));
    assert_eq!(setting.server_log_counts(), (2, 1));
    setting.server.stop().unwrap();
}
