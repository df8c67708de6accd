//! OpenSSL as judge: what the vectors say is right must be right to somebody else as well.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use conformance::json::Json;
use conformance::outside::{self, Question};
use conformance::vector::{self, Vector};
use conformance::{native, tool};

fn openssl(arguments: &[&str], folder: &Path, input: &[u8]) -> Result<String> {
    Ok(String::from_utf8_lossy(&tool::run("openssl", arguments, folder, input)?).into_owned())
}

/// OpenSSL says in words what key it is; the names are ours on the left.
const KINDS: [(&str, &str); 6] = [
    ("rsa-2048", "Private-Key: (2048 bit, 2 primes)"),
    ("rsa-3072", "Private-Key: (3072 bit, 2 primes)"),
    ("rsa-4096", "Private-Key: (4096 bit, 2 primes)"),
    ("p256", "NIST CURVE: P-256"),
    ("p384", "NIST CURVE: P-384"),
    ("ed25519", "ED25519 Private-Key"),
];

#[test]
fn keys_are_sound() {
    vector::each_success("generate_key", |vector, folder| {
        let private_key = vector.text("/private_key")?.as_bytes();
        let algorithm = vector.request.at("/algorithm")?.text()?;
        let (_, kind) = KINDS.iter().find(|(name, _)| *name == algorithm).context("which key?")?;
        let shown = openssl(&["pkey", "-check", "-noout", "-text"], folder, private_key)?;
        ensure!(shown.contains("Key is valid") && shown.contains(kind), "{shown}");
        let public_key = openssl(&["pkey", "-pubout"], folder, private_key)?;
        ensure!(public_key == vector.text("/public_key")?, "another public key: {public_key}");
        Ok(())
    })
    .unwrap();
}

/// The signature, and the subject by OpenSSL's own RFC 2253 writer (both put the last RDN first).
#[test]
fn requests_verify() {
    vector::each_success("create_csr", |vector, folder| {
        let csr = vector.text("/csr")?.as_bytes();
        openssl(&["req", "-verify", "-noout"], folder, csr)?;
        let shown = openssl(&["req", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"], folder, csr)?;
        let subject = vector.request.at("/subject")?.text()?;
        if !subject.contains('\\') {
            ensure!(shown.contains(&format!("Subject: {subject}\n")), "{shown}");
        }
        if let Some(challenge) = vector.request.get("challenge_password") {
            let challenge = challenge.text()?;
            ensure!(
                !challenge.is_ascii() || shown.contains(&format!("challengePassword        :{challenge}")),
                "{shown}"
            );
        }
        let digest = openssl(&["req", "-outform", "DER", "-out", "csr.der"], folder, csr)
            .and_then(|_| openssl(&["dgst", "-sha256", "-r", "csr.der"], folder, b""))?;
        ensure!(digest.starts_with(vector.text("/csr_sha256")?), "{digest}");
        Ok(())
    })
    .unwrap();
}

/// The names in a request are those that were asked for, in their forms.
#[test]
fn alternative_names_are_what_was_asked() {
    let vectors = vector::of("create_csr").unwrap();
    let vector = vectors.iter().find(|vector| vector.id == "alternative-names").unwrap();
    let csr = vector.text("/csr").unwrap().as_bytes();
    let shown = openssl(&["req", "-noout", "-text"], Path::new("."), csr).unwrap();
    for name in [
        "DNS:device-3.example.org",
        "email:owner@example.org",
        "URI:urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "IP Address:192.0.2.7",
        "IP Address:2001:DB8:0:0:0:0:0:7",
        "othername: UPN::owner@example.org",
        "DirName:/O=Acme/CN=device-3",
    ] {
        assert!(shown.contains(name), "no {name} in {shown}");
    }
}

/// The strictest path validation that OpenSSL has, at the time of the request, up to the root.
fn verify_chain(certificate: &str, chain: &[&str], now: u64, purpose: &str, folder: &Path) -> Result<()> {
    let (root, between) = match chain.split_last() {
        Some((root, between)) => (*root, between.concat()),
        None => (certificate, String::new()),
    };
    std::fs::write(folder.join("root.pem"), root)?;
    std::fs::write(folder.join("between.pem"), &between)?;
    std::fs::write(folder.join("leaf.pem"), certificate)?;
    let now = now.to_string();
    let mut arguments = vec!["verify", "-x509_strict", "-check_ss_sig", "-no-CApath", "-no-CAstore"];
    arguments.extend(["-attime", &now, "-CAfile", "root.pem"]);
    if !between.is_empty() {
        arguments.extend(["-untrusted", "between.pem"]);
    }
    if !purpose.is_empty() {
        arguments.extend(["-purpose", purpose]);
    }
    arguments.push("leaf.pem");
    openssl(&arguments, folder, b"").map(drop)
}

fn now(vector: &Vector) -> Result<u64> {
    Ok(String::from_utf8(vector.request.at("/now")?.compact())?.parse()?)
}

fn texts(value: &conformance::json::Json) -> Result<Vec<&str>> {
    value.items()?.iter().map(conformance::json::Json::text).collect()
}

/// The record must say of the certificate what OpenSSL says of it.
fn check_record(vector: &Vector, certificate: &str, folder: &Path) -> Result<()> {
    let serial = openssl(&["x509", "-noout", "-serial"], folder, certificate.as_bytes())?;
    let serial = serial.trim().trim_start_matches("serial=").to_lowercase();
    ensure!(serial == vector.text("/record/serial")?, "the serial number is {serial}");
    let fingerprint = ["x509", "-noout", "-fingerprint", "-sha256"];
    let fingerprint = openssl(&fingerprint, folder, certificate.as_bytes())?;
    let fingerprint = fingerprint.trim().rsplit('=').next().unwrap_or_default();
    let fingerprint = fingerprint.replace(':', "").to_lowercase();
    ensure!(fingerprint == vector.text("/record/sha256")?, "the fingerprint is {fingerprint}");
    let response = vector.response.as_ref().context("no response")?;
    for (flag, field) in [("-startdate", "not_before"), ("-enddate", "not_after")] {
        let date = openssl(&["x509", "-noout", flag], folder, certificate.as_bytes())?;
        let date = date.trim().split_once('=').context("no date")?.1.to_owned();
        let seconds = tool::run("date", &["-u", "-d", &date, "+%s"], folder, b"")?;
        let recorded = response.at(&format!("/ok/record/{field}"))?.compact();
        ensure!(seconds.trim_ascii() == recorded, "{field} is {date}");
    }
    Ok(())
}

#[test]
fn authorities_verify() {
    vector::each_success("create_authority", |vector, folder| {
        let authority = vector.response.as_ref().context("no response")?.at("/ok/authority")?;
        let certificate = authority.at("/certificate")?.text()?;
        verify_chain(certificate, &texts(authority.at("/chain")?)?, now(vector)?, "", folder)?;
        let shown = openssl(&["x509", "-noout", "-text"], folder, certificate.as_bytes())?;
        for wanted in ["X509v3 Basic Constraints: critical\n                CA:TRUE", "Certificate Sign"] {
            ensure!(shown.contains(wanted), "{shown}");
        }
        check_record(vector, certificate, folder)
    })
    .unwrap();
}

/// The parts of a certificate that a renewal with the same key leaves as they are, in OpenSSL's words.
fn lasting(certificate: &str, folder: &Path) -> Result<String> {
    let without = "no_header,no_version,no_serial,no_signame,no_validity,no_issuer,no_sigdump";
    let arguments = ["x509", "-noout", "-text", "-nameopt", "RFC2253,show_type", "-certopt", without];
    openssl(&arguments, folder, certificate.as_bytes())
}

/// Old and new vouch for each other; with the same key nothing but serial number and dates changes.
#[test]
fn renewals_verify() {
    vector::each_success("renew_authority", |vector, folder| {
        let response = vector.response.as_ref().context("no response")?.at("/ok")?;
        let old = vector.request.at("/authority/certificate")?.text()?;
        let new = vector.text("/new_with_new/certificate")?;
        let now = now(vector)?;
        verify_chain(new, &texts(response.at("/authority/next/chain")?)?, now, "", folder)?;
        if vector.request.at("/mode")?.text().is_ok() && vector.id != "subordinate-same-key-new-issuer" {
            ensure!(lasting(old, folder)? == lasting(new, folder)?, "more than the dates changed");
        }
        if let Ok(forth) = vector.text("/new_with_old/certificate") {
            verify_chain(forth, &[old], now, "", folder)?;
            verify_chain(vector.text("/old_with_new/certificate")?, &[new], now, "", folder)?;
        }
        for helper in response.at("/helpers")?.items()? {
            let mut chain = vec![new];
            chain.extend(texts(response.at("/authority/next/chain")?)?);
            verify_chain(helper.at("/certificate")?.text()?, &chain, now, "", folder)?;
        }
        Ok(())
    })
    .unwrap();
}

/// What OpenSSL must find a certificate of each profile fit for.
fn purpose(profile: &str) -> &'static str {
    match profile {
        "device-identity" => "sslclient",
        "tls-server" => "sslserver",
        _ => "",
    }
}

#[test]
fn certificates_verify() {
    vector::each_success("sign_csr", |vector, folder| {
        let certificate = vector.text("/certificate")?;
        let chain = vector.response.as_ref().context("no response")?.at("/ok/chain")?;
        let profile = vector.request.at("/profile")?.text().unwrap_or("custom");
        verify_chain(certificate, &texts(chain)?, now(vector)?, purpose(profile), folder)?;
        let shown = openssl(&["x509", "-noout", "-text"], folder, certificate.as_bytes())?;
        let is_authority = shown.contains("CA:TRUE");
        let own = matches!(vector.request.at("/profile/authority"), Ok(Json::Bool(true)));
        ensure!(is_authority == (own || profile == "subordinate-ca"), "{shown}");
        check_record(vector, certificate, folder)?;
        let requested = ["req", "-noout", "-pubkey"];
        let requested = openssl(&requested, folder, vector.request.at("/csr")?.text()?.as_bytes())?;
        let certified = openssl(&["x509", "-noout", "-pubkey"], folder, certificate.as_bytes())?;
        ensure!(requested == certified, "the key is not the request's");
        Ok(())
    })
    .unwrap();
}

/// Keys that OpenSSL holds. RSA PKCS#1 v1.5 and Ed25519 signatures leave no choice, so the bytes must be the
/// vector's; an ECDSA signature has a random number in it, RSASSA-PSS a random salt, so there the outcome must be a
/// success.
#[test]
fn openssl_holds_the_keys() {
    let count = std::cell::Cell::new(0_u32);
    for (file, vectors) in vector::all().unwrap() {
        let is_asked =
            |vector: &&Vector| !vector.keys.is_empty() && !vector.held_only && !vector.is_beyond_openssl();
        for vector in vectors.iter().filter(is_asked) {
            let folder = tempfile::tempdir().unwrap();
            let random = std::cell::Cell::new(false);
            let answer = outside::converse(
                &vector.request,
                |request| native::call(request, &[]),
                |question| {
                    random.set(
                        random.get()
                            || ["ecdsa", "rsa_pss"].iter().any(|kind| question.scheme.starts_with(kind)),
                    );
                    count.set(count.get() + 1);
                    hold(vector, question, folder.path())
                },
            );
            let answer = answer.with_context(|| format!("{file}/{}", vector.id)).unwrap();
            if !random.get() {
                assert_eq!(answer.body, vector.expected().unwrap(), "{file}/{}", vector.id);
            } else if vector.is_success() {
                assert_eq!(answer.status, 0, "{file}/{}: {answer:?}", vector.id);
            }
        }
    }
    assert!(count.get() > 0, "no vector asks for a key");
}

/// RSASSA-PSS with a salt as long as the digest, and the digest in the mask too.
const fn pss(digest: &'static str) -> [&'static str; 8] {
    [
        "-sign",
        "-rawin",
        "-digest",
        digest,
        "-pkeyopt",
        "rsa_padding_mode:pss",
        "-pkeyopt",
        "rsa_pss_saltlen:digest",
    ]
}

const PSS_SHA256: [&str; 8] = pss("sha256");
const PSS_SHA384: [&str; 8] = pss("sha384");
const PSS_SHA512: [&str; 8] = pss("sha512");

fn hold(vector: &Vector, question: &Question<'_>, folder: &Path) -> Result<Option<Vec<u8>>> {
    std::fs::write(folder.join("key.pem"), &outside::find(&vector.keys, question)?.pem)?;
    std::fs::write(folder.join("input"), &question.input)?;
    let mut arguments = vec!["pkeyutl", "-inkey", "key.pem", "-in", "input"];
    let padding: &[&str] = match question.scheme {
        "rsa_pkcs1" => &["-decrypt", "-pkeyopt", "rsa_padding_mode:pkcs1"],
        "rsa_oaep_sha1" => &["-decrypt", "-pkeyopt", "rsa_padding_mode:oaep"],
        "rsa_oaep_sha256" => {
            &["-decrypt", "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256"]
        }
        "rsa_pkcs1_sha256" | "ecdsa_p256_sha256" => &["-sign", "-rawin", "-digest", "sha256"],
        "rsa_pkcs1_sha384" | "ecdsa_p384_sha384" => &["-sign", "-rawin", "-digest", "sha384"],
        "rsa_pkcs1_sha512" | "ecdsa_p521_sha512" => &["-sign", "-rawin", "-digest", "sha512"],
        "rsa_pss_sha256" => &PSS_SHA256,
        "rsa_pss_sha384" => &PSS_SHA384,
        "rsa_pss_sha512" => &PSS_SHA512,
        "ed25519" => &["-sign", "-rawin"],
        other => anyhow::bail!("OpenSSL is not asked for {other}"),
    };
    arguments.extend(padding);
    let output = tool::run("openssl", &arguments, folder, b"");
    Ok(match question.scheme {
        "ecdsa_p256_sha256" => Some(outside::fixed(&output?, 32)?),
        "ecdsa_p384_sha384" => Some(outside::fixed(&output?, 48)?),
        "ecdsa_p521_sha512" => Some(outside::fixed(&output?, 66)?),
        _ if question.purpose == "decrypt" => output.ok(),
        _ => Some(output?),
    })
}
