//! The program as a person runs it: every command, from an empty folder to a renewed certificate.

mod authorities;
mod backups;
mod challenges;
mod interruptions;
mod linting;
mod maintenance;
mod program;
mod publishing;
mod registration;
mod requests;
mod revocation;
mod serving;
mod strength;
mod tokens;
mod verifying;

use std::fs;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use program::{Authority, openssl, sealwright, text};
use serde_json::{Value, json};

/// A certificate that OpenSSL finds to lead to the root.
fn verify(out: &std::path::Path) {
    let file = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let (ca, chain, leaf) = (file("ca.pem"), file("chain.pem"), file("certificate.pem"));
    openssl(&["verify", "-CAfile", &ca, "-untrusted", &chain, &leaf]);
    let public = |arguments: &[&str]| openssl(arguments);
    let of_key = public(&["pkey", "-in", &file("key.pem"), "-pubout"]);
    assert_eq!(of_key, public(&["x509", "-in", &leaf, "-noout", "-pubkey"]));
}

#[test]
fn init_makes_a_whole_folder_or_none() {
    let authority = Authority::new(&[]);
    for name in ["sealwright.toml", "store.sqlite", "seal.key", "keys/root-1.pem", "keys/ra-1.pem"] {
        assert!(authority.data.join(name).is_file(), "{name}");
    }
    let again = sealwright(&["init", "--data", text(&authority.data)]);
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    let folder = authority.folder.path();
    let empty = folder.join("empty");
    fs::write(&empty, "").unwrap();
    let other = folder.join("other");
    let failed = sealwright(&["init", "--data", text(&other), "--challenge-file", text(&empty)]);
    assert!(!failed.success && !other.exists());
    let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".new-")), "{left:?}");
}

#[test]
#[cfg(unix)]
fn keys_are_sealed_and_openssl_opens_them() {
    use std::os::unix::fs::PermissionsExt;
    let authority = Authority::new(&["--key-type", "p256"]);
    let password = format!("file:{}", text(&authority.data.join("seal.key")));
    for id in ["root-1", "issuing-1", "ra-1"] {
        let path = authority.data.join("keys").join(format!("{id}.pem"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        assert!(fs::read_to_string(&path).unwrap().contains("ENCRYPTED PRIVATE KEY"));
        openssl(&["pkey", "-in", text(&path), "-passin", &password, "-noout"]);
    }
    assert_eq!(fs::metadata(&authority.data).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn wrong_passphrase_is_said_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let (right, wrong) = (folder.path().join("right"), folder.path().join("wrong"));
    fs::write(&right, "correct horse\n").unwrap();
    fs::write(&wrong, "battery staple\n").unwrap();
    let authority = Authority::new(&["--passphrase-file", text(&right)]);
    assert!(!authority.data.join("seal.key").exists());
    let serve = |more: &[&str]| {
        let listen = ["serve", "--data", text(&authority.data), "--listen", "127.0.0.1:0"];
        sealwright(&[&listen, more].concat())
    };
    let refused = serve(&["--passphrase-file", text(&wrong)]);
    assert!(!refused.success && refused.stderr.contains("passphrase is not the one"), "{}", refused.stderr);
    let missing = serve(&[]);
    assert!(!missing.success && missing.stderr.contains("--passphrase-file"), "{}", missing.stderr);
}

#[test]
fn enroll_renew_and_see_it_in_the_inventory() {
    let authority = Authority::new(&["--organization", "Acme, Inc."]);
    let server = authority.serve();
    let out = authority.folder.path().join("laptop-7");
    let first = server.enroll(&authority, &out, &["--subject", "CN=laptop-7,O=Acme"]);
    assert!(first.success, "{}", first.stderr);
    verify(&out);
    let renewed = sealwright(&["enroll", "--url", &server.url, "--out", text(&out), "--renew", "--json"]);
    assert!(renewed.success, "{}", renewed.stderr);
    verify(&out);
    assert_ne!(first.json()["serial"], renewed.json()["serial"]);
    assert_eq!(first.json()["subject"], renewed.json()["subject"]);
    let checked = [first.json()["ca_checked"].clone(), renewed.json()["ca_checked"].clone()];
    assert_eq!(checked, [true, true], "the renewal goes by ca.pem");
    let told = [first.json()["ca_fingerprint"].clone(), renewed.json()["ca_fingerprint"].clone()];
    assert_eq!(told, [authority.fingerprint.as_str(); 2], "as `init` told it");
    let list = |more: &[&str]| {
        let listed = sealwright(
            &[&["certificates", "list", "--json", "--data", text(&authority.data)], more].concat(),
        );
        listed.json()["certificates"].as_array().unwrap().clone()
    };
    assert_eq!(list(&["--search", "LAPTOP-7"]).len(), 2);
    // The server makes a signer of OCSP responses beside it, some time.
    let mut profiles: Vec<_> = list(&[]).iter().map(|one| one["profile"].clone()).collect();
    profiles.retain(|profile| profile != "ocsp-signer");
    assert_eq!(profiles.len(), 5, "root, issuing, RA and two of the device: {profiles:?}");
    let serial = renewed.json()["serial"].as_str().unwrap().to_owned();
    let shown = sealwright(&["certificates", "show", &serial, "--data", text(&authority.data)]);
    assert!(shown.stdout.contains("subject: CN=laptop-7,O=Acme"), "{}", shown.stdout);
    server.stop();
}

#[test]
fn a_renewal_trusts_no_other_root_than_before() {
    let authority = Authority::usual();
    let out = authority.folder.path().join("device");
    let server = authority.serve();
    let usual = ["enroll", "--url", &server.url, "--out", text(&out)];
    let blind = [&usual[..], &["--subject", "CN=device", "--challenge", &authority.challenge]].concat();
    let enrolled = sealwright(&[&blind[..], &["--json"]].concat());
    assert_eq!(enrolled.json()["ca_checked"], false);
    assert_eq!(enrolled.json()["ca_fingerprint"], authority.fingerprint.as_str(), "as `init` told it");
    let root = fs::read(out.join("ca.pem")).unwrap();
    let stranger = Authority::new(&["--key-type", "p256"]);
    let other = stranger.serve();
    let renew = |url: &str| sealwright(&["enroll", "--url", url, "--out", text(&out), "--renew"]);
    let refused = renew(&other.url);
    assert!(
        !refused.success && refused.stderr.contains("give it with --ca-fingerprint"),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read(out.join("ca.pem")).unwrap(), root);
    let renewed = renew(&server.url);
    assert!(renewed.success && renewed.stderr.contains("the one in ca.pem"), "{}", renewed.stderr);
    fs::remove_file(out.join("ca.pem")).unwrap();
    let blind = renew(&server.url);
    assert!(!blind.success && blind.stderr.contains("whom to trust"), "{}", blind.stderr);
    other.stop();
    server.stop();
}

#[test]
fn what_does_not_lead_to_the_root_is_left_out_and_said() {
    let authority = Authority::usual();
    let path = authority.data.join("sealwright.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, settings.replace("exclude_intermediate = false", "exclude_intermediate = true"))
        .unwrap();
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    let refused = server.enroll(&authority, &out, &["--subject", "CN=device", "--retries", "0"]);
    assert!(!refused.success && refused.stderr.contains("does not lead to"), "{}", refused.stderr);
    server.stop();
}

#[test]
fn each_way_to_send_works() {
    let authority = Authority::usual();
    let server = authority.serve();
    let ways: [&[&str]; 4] = [
        &["--get"],
        &["--get", "--cipher", "3des"],
        &["--cipher", "aes256", "--key-transport", "oaep-sha256"],
        &["--cipher", "aes192", "--key-transport", "oaep-sha1"],
    ];
    for (number, way) in ways.iter().enumerate() {
        let (out, subject) = (authority.folder.path().join(number.to_string()), format!("CN=way {number}"));
        let enrolled = server.enroll(&authority, &out, &[&["--subject", &subject], *way].concat());
        assert!(enrolled.success, "{way:?}: {}", enrolled.stderr);
        verify(&out);
    }
    server.stop();
}

#[test]
fn lost_reply_costs_nothing() {
    let authority = Authority::usual();
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    let first = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    fs::remove_file(out.join("certificate.pem")).unwrap();
    server.kill(); // as if the machine went down before the reply arrived
    let server = authority.serve();
    let second = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert_eq!(first.json()["serial"], second.json()["serial"]);
    server.stop();
}

#[test]
fn wrong_challenge_and_wrong_fingerprint_are_refused() {
    let authority = Authority::usual();
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    let enroll = |more: &[&str]| {
        let usual = ["enroll", "--url", &server.url, "--subject", "CN=device", "--out", text(&out)];
        sealwright(&[&usual, more].concat())
    };
    let refused = enroll(&["--challenge", "guess"]);
    assert!(!refused.success && refused.stderr.contains("challenge password is wrong"), "{}", refused.stderr);
    let missing = enroll(&[]);
    assert!(!missing.success && missing.stderr.contains("no challenge"), "{}", missing.stderr);
    let fingerprint = "00".repeat(32);
    let stranger = enroll(&["--challenge", &authority.challenge, "--ca-fingerprint", &fingerprint]);
    assert!(!stranger.success && stranger.stderr.contains("CA certificates"), "{}", stranger.stderr);
    assert!(!out.join("certificate.pem").exists());
    let log = server.stop();
    assert_eq!(log.matches("\"outcome\":\"refused\"").count(), 2, "{log}");
}

#[test]
fn log_has_a_line_for_each_request_and_no_secret() {
    let authority = Authority::usual();
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device", "--get"]);
    let log = server.stop();
    let id = enrolled.json()["transaction_id"].as_str().unwrap().to_owned();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let issued: Vec<_> = lines.iter().filter(|line| line["outcome"] == "issued").collect();
    assert_eq!(issued.len(), 1, "{log}");
    assert_eq!(issued[0]["transaction_id"], id.as_str());
    assert!(issued[0]["duration_us"].as_u64().is_some());
    let seal = fs::read_to_string(authority.data.join("seal.key")).unwrap();
    for secret in [authority.challenge.as_str(), &seal, "message=", "PRIVATE KEY"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}

#[test]
fn lists_that_are_cut_say_so() {
    let authority = Authority::usual();
    let list = ["certificates", "list", "--data", text(&authority.data), "--limit"];
    let cut = sealwright(&[&list[..], &["2"]].concat());
    assert_eq!(cut.stdout.lines().count(), 3, "{}", cut.stdout);
    assert!(cut.stderr.contains("newest 2 are shown"), "{}", cut.stderr);
    assert_eq!(sealwright(&[&list[..], &["2", "--json"]].concat()).json()["more"], true);
    let whole = sealwright(&[&list[..], &["3"]].concat());
    assert_eq!((whole.stdout.lines().count(), whole.stderr.as_str()), (4, ""));
    assert_eq!(sealwright(&[&list[..], &["3", "--json"]].concat()).json()["more"], false);
    assert!(!sealwright(&[&list[..], &["0"]].concat()).success);
}

#[test]
#[cfg(unix)]
fn a_passphrase_that_is_no_text_is_not_left_out() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut init = program::program(&["init", "--data", text(&data)]);
    let ended =
        init.env("SEALWRIGHT_PASSPHRASE", std::ffi::OsStr::from_bytes(b"\xffsecret")).output().unwrap();
    assert!(!ended.status.success() && !data.exists());
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(errors.contains("SEALWRIGHT_PASSPHRASE is not UTF-8"), "{errors}");
}

/// In each form that a key comes in; the certificate is of that key.
#[test]
fn a_public_key_alone_gets_a_certificate() {
    let authority = Authority::usual();
    let folder = authority.folder.path();
    let path = |name: &str| text(&folder.join(name)).to_owned();
    let (key, public, pkcs1, line) = (path("key.pem"), path("key.pub"), path("pkcs1.pub"), path("line.pub"));
    openssl(&["genrsa", "-out", &key, "2048"]);
    let spki = openssl(&["pkey", "-in", &key, "-pubout"]);
    fs::write(&public, &spki).unwrap();
    openssl(&["rsa", "-in", &key, "-RSAPublicKey_out", "-out", &pkcs1]);
    let modulus = openssl(&["rsa", "-in", &key, "-noout", "-modulus"]);
    let modulus = modulus.trim().trim_start_matches("Modulus=");
    let n: Vec<u8> = (0..modulus.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&modulus[at..at + 2], 16).unwrap())
        .collect();
    // RFC 4253 6.6: an mpint has a zero before the highest bit.
    let field = |octets: &[u8]| [&u32::try_from(octets.len()).unwrap().to_be_bytes()[..], octets].concat();
    let blob = [field(b"ssh-rsa"), field(&[1, 0, 1]), field(&[&[0][..], &n].concat())].concat();
    fs::write(&line, format!("ssh-rsa {} agent@laptop\n", Base64::encode_string(&blob))).unwrap();
    let jwk = path("key.jwk");
    fs::write(
        &jwk,
        json!({ "kty": "RSA", "e": "AQAB", "n": Base64UrlUnpadded::encode_string(&n) }).to_string(),
    )
    .unwrap();
    let sign = |file: &str, more: &[&str]| {
        let usual = ["sign", file, "--public-key", "--subject", "CN=agent-7,O=Acme", "--json"];
        sealwright(&[&usual[..], &["--data", text(&authority.data)], more].concat())
    };
    for file in [&public, &pkcs1, &line, &jwk] {
        let signed = sign(file, &["--san", "uri:urn:agent:7"]);
        assert!(signed.success, "{file}: {}", signed.stdout);
        let certificate = signed.json()["certificate"].clone();
        assert_eq!(certificate["subject_alternative_names"], json!(["uri:urn:agent:7"]));
        let out = path("out.pem");
        fs::write(&out, certificate["pem"].as_str().unwrap()).unwrap();
        assert_eq!(openssl(&["x509", "-in", &out, "-noout", "-pubkey"]), spki, "{file}");
        let subject = openssl(&["x509", "-in", &out, "-noout", "-subject", "-nameopt", "RFC2253"]);
        assert_eq!(subject.trim(), "subject=CN=agent-7,O=Acme");
    }
    for (file, more, code) in [
        (&key, &[][..], "pem_malformed"),
        (&public, &["--profile", "subordinate-ca"], "field_invalid"),
        (&public, &["--san", "nonsense"], "alternative_name_malformed"),
    ] {
        let refused = sign(file, more);
        assert!(!refused.success && refused.stdout.contains(code), "{more:?}: {}", refused.stdout);
    }
    for half in [&["--public-key"][..], &["--subject", "CN=x"]] {
        let usual = [&["sign", &public, "--data", text(&authority.data), "--json"], half].concat();
        assert_eq!(sealwright(&usual).json()["error"]["code"], "usage");
    }
}

#[test]
fn sign_and_inspect() {
    let authority = Authority::usual();
    let folder = authority.folder.path();
    let (key, csr) = (folder.join("key.pem"), folder.join("server.csr"));
    let request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=web.example"];
    let names = ["-addext", "subjectAltName=DNS:web.example", "-keyout", text(&key), "-out", text(&csr)];
    openssl(&[&request[..], &names].concat());
    let sign = ["sign", text(&csr), "--data", text(&authority.data), "--profile", "tls-server", "--json"];
    let signed = sealwright(&sign);
    assert!(signed.success, "{}", signed.stdout);
    let pem = signed.json()["certificate"]["pem"].as_str().unwrap().to_owned();
    let leaf = folder.join("leaf.pem");
    fs::write(&leaf, &pem).unwrap();
    let chain: String = signed.json()["chain"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let ca = folder.join("ca.pem");
    fs::write(&ca, chain).unwrap();
    openssl(&["verify", "-CAfile", text(&ca), text(&leaf)]);
    let (der, out) = (folder.join("server.der"), folder.join("out.pem"));
    openssl(&["req", "-in", text(&csr), "-outform", "DER", "-out", text(&der)]);
    let to = |csr: &std::path::Path, out: &std::path::Path| {
        let data = ["--data", text(&authority.data), "--profile", "tls-server", "--out", text(out)];
        sealwright(&[&["sign", text(csr)], &data[..]].concat())
    };
    let signed = to(&der, &out);
    assert!(signed.success, "{}", signed.stderr);
    openssl(&["verify", "-CAfile", text(&ca), text(&out)]);
    let count = || {
        let list = ["certificates", "list", "--json", "--data", text(&authority.data)];
        sealwright(&list).json()["certificates"].as_array().unwrap().len()
    };
    let (written, issued) = (fs::read(&out).unwrap(), count());
    for (out, reason) in [(out.clone(), "exists already"), (folder.join("missing/x.pem"), "cannot write")] {
        let refused = to(&csr, &out);
        assert!(!refused.success && refused.stderr.contains(reason), "{}", refused.stderr);
    }
    assert_eq!((fs::read(&out).unwrap(), count()), (written, issued), "nothing was issued for nothing");
    let inspected = sealwright(&["inspect", text(&leaf)]);
    assert!(inspected.stdout.starts_with("kind: certificate\n"), "{}", inspected.stdout);
    assert!(inspected.stdout.contains("web.example"), "{}", inspected.stdout);
    let refused = sealwright(&["sign", text(&leaf), "--data", text(&authority.data), "--json"]);
    assert!(!refused.success && refused.json()["error"]["code"].is_string(), "{}", refused.stdout);
}

#[test]
fn what_is_not_scep_is_a_problem_document() {
    let authority = Authority::usual();
    let server = authority.serve();
    for (request, status, code) in [
        ("GET /nowhere", 404, "not_found"),
        ("GET /scep", 400, "bad_request"),
        ("GET /scep?operation=GetNextCACert", 404, "no_next_certificates"),
        ("GET /scep?operation=GetEverything", 501, "unknown_operation"),
        ("GET /crl/nobody.crl", 404, "not_found"),
        ("GET /ca/issuing-1.pem", 404, "not_found"),
        ("DELETE /scep?operation=GetCACaps", 405, "method_not_allowed"),
        ("POST /healthz", 405, "method_not_allowed"),
    ] {
        let reply = server.raw(&format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {reply}");
        assert!(reply.contains("application/problem+json"), "{request}: {reply}");
        assert!(reply.contains(&format!("\"code\":\"{code}\"")), "{request}: {reply}");
    }
    let health = server.raw("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(health.contains("{\"status\":\"ok\"}"), "{health}");
    // Cisco speaks HTTP/1.0, and strongSwan sends an empty Expect.
    let old = server.raw("GET /scep/pkiclient.exe?operation=getcacaps&message=x HTTP/1.0\r\n\r\n");
    assert!(old.contains("POSTPKIOperation"), "{old}");
    let long = "x".repeat(300 << 10);
    let head = "POST /scep?operation=PKIOperation HTTP/1.1\r\nHost: x\r\nExpect:\r\nConnection: close\r\n";
    let refused = server.raw(&format!("{head}Content-Length: {}\r\n\r\n{long}", long.len()));
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    server.stop();
}

#[test]
fn second_start_compiles_nothing() {
    let authority = Authority::new(&[]);
    let compiled = || {
        let mut names = Vec::new();
        program::files(&authority.data.join("cache"), &mut names);
        names.retain(|path| path.extension().is_none());
        names.sort();
        names
    };
    let before = compiled();
    assert!(!before.is_empty());
    authority.serve().stop();
    assert_eq!(before, compiled());
}
