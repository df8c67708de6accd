//! OpenSSL and http-message-signatures (PyPI) read what we sign, and we read what they sign; OpenSSH writes keys that we
//! certify.

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use conformance::engine::{self, Engine};
use conformance::{openssl, peer, tool};
use serde_json::{Value, json};
use tempfile::TempDir;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_messages/");
const BODY: &[u8] = b"<plist><dict><key>Status</key><string>Idle</string></dict></plist>";

/// Each algorithm of RFC 9421 with a key of the vectors that signs so.
const HTTP: [(&str, &str); 5] = [
    ("rsa-v1_5-sha256", "rsa-device"),
    ("rsa-pss-sha512", "rsa-device"),
    ("ecdsa-p256-sha256", "p256-device"),
    ("ecdsa-p384-sha384", "p384-device"),
    ("ed25519", "ed25519-device"),
];

/// What a signature covers, in many of the ways that there are.
const COMPONENTS: [&str; 13] = [
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@path",
    "@query",
    "@request-target",
    "\"@query-param\";name=\"a%20b\"",
    "content-type",
    "\"content-type\";bs",
    "\"priority\";sf",
    "\"priority\";key=\"u\"",
    "content-digest",
];

/// Whoever signs, with a certificate below a root of our own.
struct Cast {
    engine: Engine,
    root: String,
    folder: TempDir,
    /// When certificates are made: that of a key is the same each time.
    now: u64,
}

impl Cast {
    fn new() -> Result<Self> {
        let names = ["rsa-root", "rsa-device", "p256-device", "p384-device", "p521-device", "ed25519-device"];
        let keys = names.map(engine::key).into_iter().collect::<Result<Vec<_>>>()?;
        let held: Vec<(&str, &str)> = names.into_iter().zip(keys.iter().map(String::as_str)).collect();
        let engine = Engine::holding(&held)?;
        let root = engine.call(&json!({
            "op": "create_authority", "now": engine::now(), "seed": engine::seed(1), "subject": "CN=Messages",
            "key": { "id": "rsa-root" },
        }))?;
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("body"), BODY)?;
        let authority = root["authority"].to_string();
        Ok(Self { engine, root: authority, folder, now: engine::now() })
    }

    fn authority(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.root)?)
    }

    /// A certificate of a public key in any of its forms.
    fn certificate(&self, public_key: &str) -> Result<String> {
        let issued = self.engine.call(&json!({
            "op": "issue_from_public_key", "now": self.now, "seed": engine::seed(2), "subject": "CN=device-7",
            "authority": self.authority()?, "profile": "device-identity", "public_key": public_key,
        }))?;
        text(&issued["certificate"])
    }

    fn sign(&self, key: &str, message: &Value) -> Result<Value> {
        let certificate = self.certificate(&engine::key(&format!("{key}.pub"))?)?;
        self.engine.call(&json!({
            "op": "sign_message", "now": engine::now(), "key": { "id": key }, "certificate": certificate,
            "message": message, "body": engine::encode(BODY),
        }))
    }

    fn verify(&self, message: &Value, signer: &str, body: &[u8]) -> Result<Value> {
        self.engine.call(&json!({
            "op": "verify_message", "now": engine::now(), "message": message, "body": engine::encode(body),
            "signers": [{ "certificate": signer }],
            "trust": { "anchors": [{ "certificate": self.authority()?["certificate"] }] },
            "freshness": { "allow_undated": message["form"] != "http", "max_age_seconds": 3600 },
        }))
    }

    /// Good with its body, and not good with another one.
    fn verify_both_ways(&self, message: &Value, signer: &str) -> Result<Value> {
        let verified = self.verify(message, signer, BODY)?;
        let device = &verified["signer"]["device"];
        ensure!(device["common_name"] == "device-7", "{verified}");
        ensure!(self.verify(message, signer, b"other").is_err(), "another body is good: {message}");
        Ok(verified)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        Ok(std::fs::write(self.folder.path().join(name), content)?)
    }

    fn openssl(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        tool::run("openssl", arguments, self.folder.path(), &[])
    }

    /// The files of a key: `key.pem`, `public.pem`, `certificate.pem`, `root.pem`.
    fn lay_out(&self, key: &str) -> Result<String> {
        let certificate = self.certificate(&engine::key(&format!("{key}.pub"))?)?;
        self.write("key.pem", engine::key(key)?.as_bytes())?;
        self.write("public.pem", engine::key(&format!("{key}.pub"))?.as_bytes())?;
        self.write("certificate.pem", certificate.as_bytes())?;
        self.write("root.pem", text(&self.authority()?["certificate"])?.as_bytes())?;
        Ok(certificate)
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(ToOwned::to_owned).with_context(|| format!("found {value}, wanted a text"))
}

fn octets(value: &Value) -> Result<Vec<u8>> {
    Base64::decode_vec(&text(value)?).map_err(|error| anyhow::anyhow!("{error}"))
}

const CMS_VERIFY: [&str; 11] =
    ["cms", "-verify", "-inform", "DER", "-in", "cms", "-content", "body", "-binary", "-CAfile", "root.pem"];

#[test]
fn openssl_reads_our_detached_cms() {
    if peer::find("openssl", "openssl").is_none() {
        return;
    }
    let cast = Cast::new().unwrap();
    for key in ["rsa-device", "p256-device", "p384-device", "p521-device"] {
        cast.lay_out(key).unwrap();
        for without_attributes in [false, true] {
            let message = json!({ "form": "detached_cms", "without_attributes": without_attributes });
            let signed = cast.sign(key, &message).unwrap();
            cast.write("cms", &octets(&signed["signature"]).unwrap()).unwrap();
            let verify = [&CMS_VERIFY[..], &["-purpose", "any"]].concat();
            let said = cast.openssl(&verify).unwrap_or_else(|error| panic!("{key}: {error}"));
            assert_eq!(said, BODY, "{key}");
            cast.write("body", b"other").unwrap();
            assert!(cast.openssl(&verify).is_err(), "{key}");
            cast.write("body", BODY).unwrap();
        }
    }
}

#[test]
fn we_read_openssls_detached_cms() {
    if peer::find("openssl", "openssl").is_none() {
        return;
    }
    let cast = Cast::new().unwrap();
    let pss: &[&str] = &["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1"];
    for (key, more, algorithm) in [
        ("rsa-device", &[][..], "rsa_pkcs1_sha256"),
        ("rsa-device", &["-md", "sha512"], "rsa_pkcs1_sha512"),
        ("rsa-device", &["-noattr"], "rsa_pkcs1_sha256"),
        ("rsa-device", &["-nocerts"], "rsa_pkcs1_sha256"),
        ("rsa-device", &["-keyid"], "rsa_pkcs1_sha256"),
        ("rsa-device", pss, "rsa_pss_sha256"),
        ("p256-device", &["-md", "sha256"], "ecdsa_p256_sha256"),
        ("p256-device", &["-md", "sha256", "-noattr"], "ecdsa_p256_sha256"),
        ("p384-device", &["-md", "sha384"], "ecdsa_p384_sha384"),
        ("p521-device", &["-md", "sha512", "-keyid", "-nocerts"], "ecdsa_p521_sha512"),
    ] {
        let certificate = cast.lay_out(key).unwrap();
        let sign =
            ["cms", "-sign", "-in", "body", "-binary", "-signer", "certificate.pem", "-inkey", "key.pem"];
        let der = cast.openssl(&[&sign[..], more, &["-outform", "DER"]].concat()).unwrap();
        let ber = indefinite(&der).unwrap();
        // OpenSSL says that what the lengths were changed of is what it was.
        cast.write("cms", &ber).unwrap();
        let more_verify = ["-purpose", "any", "-certfile", "certificate.pem"];
        cast.openssl(&[&CMS_VERIFY[..], &more_verify].concat()).unwrap();
        let mut replay_keys = Vec::new();
        for octets in [der, ber] {
            let message = json!({ "form": "detached_cms", "signature": Base64::encode_string(&octets) });
            let verified = cast.verify_both_ways(&message, &certificate);
            let verified = verified.unwrap_or_else(|error| panic!("{key} {more:?}: {error}"));
            assert_eq!(verified["algorithm"], algorithm, "{more:?}");
            assert_eq!(verified.get("signed_at").is_none(), more.contains(&"-noattr"), "{verified}");
            replay_keys.push(verified["replay"]["key"].clone());
        }
        assert_eq!(replay_keys[0], replay_keys[1]);
    }
}

/// The same with indefinite lengths, as far as nothing is signed in its encoding.
fn indefinite(der: &[u8]) -> Result<Vec<u8>> {
    let open = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
    let (_, content_info) = split(der).context("no ContentInfo")?.0;
    let ((tag, content_type), rest) = split(content_info).context("no content type")?;
    let content_type = [&[tag, u8::try_from(content_type.len())?], content_type].concat();
    let (_, explicit) = split(rest).context("no content")?.0;
    let (_, mut rest) = split(explicit).context("no SignedData")?.0;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let before = rest;
        let ((tag, content), after) = split(rest).context("no part of SignedData")?;
        rest = after;
        match tag & 0x20 {
            0 => parts.extend_from_slice(&before[..before.len() - after.len()]),
            _ => parts.extend(open(tag, content)),
        }
    }
    Ok(open(0x30, &[content_type, open(0xa0, &open(0x30, &parts))].concat()))
}

type Element<'a> = ((u8, &'a [u8]), &'a [u8]);

/// The first element's tag and content, and what follows.
fn split(der: &[u8]) -> Option<Element<'_>> {
    let (tag, length) = (*der.first()?, *der.get(1)?);
    let (length, header) = match length {
        short @ 0..=0x7f => (usize::from(short), 2),
        long => {
            let count = usize::from(long & 0x7f);
            let octets = der.get(2..2 + count)?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), 2 + count)
        }
    };
    Some(((tag, der.get(header..header + length)?), der.get(header + length..)?))
}

/// A scheme of ours in the words of `openssl dgst`.
fn dgst(scheme: &str) -> Vec<&'static str> {
    let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"];
    let digest = match &scheme[scheme.len() - 3..] {
        "384" => "-sha384",
        "512" => "-sha512",
        _ => "-sha256",
    };
    match scheme.starts_with("rsa_pss") {
        true => [&[digest][..], &pss].concat(),
        false => vec![digest],
    }
}

#[test]
fn bare_signatures_are_those_of_openssl() {
    if peer::find("openssl", "openssl").is_none() {
        return;
    }
    let cast = Cast::new().unwrap();
    for (key, scheme) in [
        ("rsa-device", "rsa_pkcs1_sha256"),
        ("rsa-device", "rsa_pkcs1_sha384"),
        ("rsa-device", "rsa_pkcs1_sha512"),
        ("rsa-device", "rsa_pss_sha256"),
        ("rsa-device", "rsa_pss_sha384"),
        ("rsa-device", "rsa_pss_sha512"),
        ("p256-device", "ecdsa_p256_sha256"),
        ("p384-device", "ecdsa_p384_sha384"),
        ("p521-device", "ecdsa_p521_sha512"),
        ("ed25519-device", "ed25519"),
    ] {
        let certificate = cast.lay_out(key).unwrap();
        let signed = cast.sign(key, &json!({ "form": "bare", "scheme": scheme })).unwrap();
        cast.write("signature", &octets(&signed["signature"]).unwrap()).unwrap();
        let (sign, verify): (Vec<&str>, Vec<&str>) = if key == "ed25519-device" {
            let own = ["pkeyutl", "-rawin", "-in", "body", "-inkey"];
            (
                [&own[..], &["key.pem", "-sign"]].concat(),
                [&own[..], &["public.pem", "-pubin", "-verify", "-sigfile", "signature"]].concat(),
            )
        } else {
            let own = [&["dgst"][..], &dgst(scheme)].concat();
            (
                [&own[..], &["-sign", "key.pem", "body"]].concat(),
                [&own[..], &["-verify", "public.pem", "-signature", "signature", "body"]].concat(),
            )
        };
        cast.openssl(&verify).unwrap_or_else(|error| panic!("{scheme}: {error}"));
        let theirs = cast.openssl(&sign).unwrap();
        let message = json!({
            "form": "bare", "scheme": scheme, "signature": Base64::encode_string(&theirs), "key_id": signed["key_id"],
        });
        let verified = cast.verify_both_ways(&message, &certificate).unwrap();
        assert_eq!(verified["algorithm"], scheme);
    }
}

#[test]
fn keys_of_openssh_are_certified() {
    if peer::find("ssh-keygen", "openssh-client").is_none() {
        return;
    }
    let cast = Cast::new().unwrap();
    let folder = cast.folder.path();
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let file = format!("ssh-{kind}");
        let make = ["-q", "-t", kind, "-N", "", "-C", "device 7", "-f", &file];
        tool::run("ssh-keygen", &make, folder, &[]).unwrap();
        let line = std::fs::read_to_string(folder.join(format!("{file}.pub"))).unwrap();
        let certificate = cast.certificate(&line).unwrap();
        // OpenSSH says what key it is that OpenSSL finds in the certificate; it does not write Ed25519 so.
        let found = openssl::public_key(&certificate, folder).unwrap();
        if kind == "ed25519" {
            let blob = Base64::decode_vec(line.split(' ').nth(1).unwrap()).unwrap();
            assert!(found.contains(&Base64::encode_string(&blob[blob.len() - 32..])));
            continue;
        }
        let public = format!("{file}.pub");
        let written = tool::run("ssh-keygen", &["-e", "-m", "PKCS8", "-f", &public], folder, &[]).unwrap();
        assert_eq!(found.trim(), String::from_utf8(written).unwrap().trim(), "{kind}");
    }
    let pkcs1 = ["rsa", "-pubin", "-in", "public.pem", "-RSAPublicKey_out"];
    let own = cast.lay_out("rsa-device").unwrap();
    let pkcs1 = String::from_utf8(cast.openssl(&pkcs1).unwrap()).unwrap();
    let again = cast.certificate(&pkcs1).unwrap();
    assert_eq!(openssl::public_key(&again, folder).unwrap(), openssl::public_key(&own, folder).unwrap());
}

#[test]
fn http_message_signatures_reads_ours_and_we_read_its() {
    let (Some(python), Some(_)) =
        (peer::find_python("python"), peer::find_python_file("http_message_signatures/__init__.py"))
    else {
        return;
    };
    exchange(|request| {
        let script = format!("{FOLDER}http_message_signatures_peer.py");
        let folder = TempDir::new()?;
        let input = request.to_string();
        let said = tool::run(&python.to_string_lossy(), &[&script], folder.path(), input.as_bytes())?;
        Ok(serde_json::from_slice(&said)?)
    })
    .unwrap();
}

fn post(headers: &[Value]) -> Value {
    let own = [json!(["Content-Type", "application/xml"]), json!(["Priority", "u=1,   i"])];
    let headers = [&own[..], headers].concat();
    json!({
        "method": "POST", "target_uri": "https://mdm.example:8443/checkin?a%20b=c+d&e=%2f",
        "headers": headers,
    })
}

fn exchange(ask: impl Fn(&Value) -> Result<Value>) -> Result<()> {
    let cast = Cast::new()?;
    let (mut to_verify, mut to_sign) = (Vec::new(), Vec::new());
    for (algorithm, key) in HTTP {
        let message = json!({
            "form": "http", "request": post(&[]), "algorithm": algorithm, "components": COMPONENTS, "nonce": "n",
            "content_digest": ["sha-256", "sha-512"], "lifetime_seconds": 60,
        });
        let signed = cast.sign(key, &message)?;
        let mut case = post(signed["headers"].as_array().context("no headers")?);
        case["algorithm"] = json!(algorithm);
        case["public_key"] = json!(engine::key(&format!("{key}.pub"))?);
        case["body"] = json!(Base64::encode_string(BODY));
        let mut other_body = case.clone();
        other_body["body"] = json!(Base64::encode_string(b"other"));
        let mut other_method = case.clone();
        other_method["method"] = json!("PUT");
        to_verify.extend([case, other_body, other_method]);
        let mut case = post(&[]);
        case["algorithm"] = json!(algorithm);
        case["private_key"] = json!(engine::key(key)?);
        case["key_id"] = json!(algorithm);
        case["components"] = json!(COMPONENTS[..12]);
        case["body"] = json!(Base64::encode_string(BODY));
        case["now"] = json!(engine::now());
        to_sign.push(case);
    }
    let answer = ask(&json!({ "verify": to_verify, "sign": to_sign }))?;
    let wanted = cast_components();
    for (index, found) in answer["verified"].as_array().context("no answer")?.iter().enumerate() {
        match index % 3 {
            0 => ensure!(found["covered"] == json!(wanted) && found["nonce"] == "n", "{found}"),
            _ => ensure!(found.get("refused").is_some(), "{found}"),
        }
    }
    for (index, (algorithm, key)) in HTTP.into_iter().enumerate() {
        let headers = answer["signed"][index].as_array().context("no headers")?;
        let names = |line: &&Value| {
            let name = line[0].as_str().unwrap_or_default().to_ascii_lowercase();
            name != "content-type" && name != "priority"
        };
        let headers: Vec<Value> = headers.iter().filter(names).cloned().collect();
        let verify = |request: Value, body: &[u8]| {
            cast.engine.call(&json!({
                "op": "verify_message", "now": engine::now(), "body": engine::encode(body),
                "message": { "form": "http", "request": request, "tag": "peer" },
                "signers": [{ "id": algorithm, "public_key": engine::key(&format!("{key}.pub"))? }],
            }))
        };
        let verified = verify(post(&headers), BODY)?;
        ensure!(verified["body_covered"] == true && verified["http"]["nonce"] == "peer-1", "{verified}");
        ensure!(verified["http"]["covered"].as_array().map(Vec::len) == Some(13), "{verified}");
        ensure!(verify(post(&headers), b"other").is_err(), "another body");
        let mut other = post(&headers);
        other["method"] = json!("PUT");
        ensure!(verify(other, BODY).is_err(), "another method");
    }
    Ok(())
}

/// The components as their identifiers are written.
fn cast_components() -> Vec<String> {
    let quoted = |name: &&str| match name.starts_with('"') {
        true => (*name).to_owned(),
        false => format!("\"{name}\""),
    };
    COMPONENTS.iter().map(quoted).collect()
}
