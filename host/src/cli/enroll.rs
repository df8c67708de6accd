//! `sealwright enroll`: the SCEP client with its files.

mod files;
mod trust;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::output::{self, Output};
use super::strength::StrengthArgs;
use crate::ambient;
use crate::client::{CaCertificates, Client, Enrolled, EnrollmentRequest, KEY, OLD_KEY, Transport};
use crate::durable;
use crate::keystore::{KeyStore, KeyType};
use files::{Files, Generation};

/// Get a certificate from a SCEP server, any SCEP server
///
/// Writes key.pem, certificate.pem, chain.pem and ca.pem. The key is made here and never leaves.
/// If it ends before the certificate is there, run it again: the same key and the same request are
/// sent, and nothing is issued twice. A renewal leaves the old files in use until the new ones are
/// whole; if it is cut off while it puts them into place, the next run finishes that first.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright enroll --url http://ca.example/scep --challenge-file challenge.txt \\
      --ca-fingerprint 5f0c... --subject 'CN=laptop-7,O=Acme' --out ./laptop-7
  sealwright enroll --url http://ca.example/scep --out ./laptop-7 --renew")]
pub(super) struct EnrollArgs {
    /// The server's SCEP URL
    #[arg(long)]
    url: String,
    /// The challenge password. Others on this machine can see it in the process list: prefer
    /// --challenge-file or the variable
    #[arg(long, env = "SEALWRIGHT_CHALLENGE", hide_env_values = true)]
    challenge: Option<String>,
    /// A file with the challenge password
    #[arg(long, value_name = "FILE", conflicts_with = "challenge")]
    challenge_file: Option<PathBuf>,
    /// The name in the certificate (RFC 4514), such as CN=laptop-7,O=Acme. A renewal keeps its own
    #[arg(long, required_unless_present = "renew", conflicts_with = "renew")]
    subject: Option<String>,
    /// A further name: dns:host, email:a@b, ip:10.0.0.1, upn:user@domain, uri:...
    #[arg(long = "san", value_name = "KIND:VALUE")]
    subject_alternative_names: Vec<String>,
    /// The folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// SHA-256 of the root's certificate, hex, as `sealwright init` prints it. Without it, a first
    /// enrolment trusts whoever answers, and a renewal the roots in ca.pem
    #[arg(long, value_name = "SHA256")]
    ca_fingerprint: Option<String>,
    /// The new key: rsa-2048 (if left out), rsa-3072 or rsa-4096. SCEP knows no other kind
    #[arg(long)]
    key_type: Option<KeyType>,
    /// Renew the certificate in --out: sign with it in place of a challenge, and make a new key
    #[arg(long)]
    renew: bool,
    /// Send messages in URLs even if the server takes POST
    #[arg(long)]
    get: bool,
    /// Read answers that are signed with MD5 or encrypted with single DES, as very old servers write
    /// them. Both are broken
    #[arg(long)]
    allow_legacy: bool,
    #[command(flatten)]
    strength: StrengthArgs,
    /// Encrypt with this in place of the best that the server knows
    #[arg(long)]
    cipher: Option<Cipher>,
    /// How the content key is encrypted
    #[arg(long, default_value = "pkcs1")]
    key_transport: KeyTransport,
    /// How often to send a message again when no answer comes
    #[arg(long, default_value_t = 4)]
    retries: u32,
    /// How often to ask again while the request is pending
    #[arg(long, default_value_t = 10)]
    polls: u32,
    /// Seconds between those
    #[arg(long, default_value_t = 30)]
    poll_seconds: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    #[value(name = "3des")]
    TripleDes,
}

#[derive(Clone, Copy, ValueEnum)]
enum KeyTransport {
    Pkcs1,
    OaepSha1,
    OaepSha256,
}

/// Runs the command.
pub(super) async fn run(args: EnrollArgs, output: Output) -> anyhow::Result<()> {
    if let Some(key_type) = args.key_type.filter(|key_type| !key_type.is_rsa()) {
        bail!("SCEP replies are encrypted to the new key, which {key_type} cannot do; take rsa-2048");
    }
    let keys = Arc::new(KeyStore::in_memory());
    let transport = Transport::new(&args.url, args.retries)?;
    let strength = args.strength.strength();
    let files = Files::open(&args.out)?;
    if files.finish()? {
        let client = Client { guest: super::guest_without_data().await?, keys, transport, strength };
        return finished(&files, &client, &args, output).await;
    }
    let renews = prepare(&files, &args, &keys)?;
    let client = Client { guest: super::guest_without_data().await?, keys, transport, strength };
    let wanted = wanted(&args, &files, &client, renews).await?;
    output.step(&format!("asking {} for its certificates", args.url));
    let ca =
        client.ca_certificates(&wanted).await.map_err(|error| trust::with_way_out(error, &args, &files))?;
    trust::tell(&args, !wanted.trusted_sha256.is_empty(), &ca, output);
    output.step(&format!("asking for a certificate for {}", wanted.subject));
    let enrolled = match client.enroll(&wanted, &ca).await {
        Ok(enrolled) => enrolled,
        Err(error) => return Err(with_way_out(error, &files, &client, &wanted).await),
    };
    let certificate = save(&files, &client, &wanted, &ca, &enrolled).await?;
    let result = json!({
        "finished": false,
        "transaction_id": enrolled.transaction_id,
        "ca_fingerprint": ca.trust_anchor,
        "ca_checked": !wanted.trusted_sha256.is_empty(),
        "certificate": enrolled.certificates.first(),
    });
    report(&args, result, &certificate, output);
    Ok(())
}

/// What there was to do was to finish an earlier run; its certificate is the answer to this one.
async fn finished(files: &Files, client: &Client, args: &EnrollArgs, output: Output) -> anyhow::Result<()> {
    output.step("the run before this one was cut off after the server's answer: finished what it began");
    let pem = read_certificate(files)?;
    let certificate = inspect(client, &pem).await?;
    // What the server said of it is not known any more.
    let result = json!({
        "finished": true,
        "transaction_id": null,
        "ca_fingerprint": null,
        "ca_checked": null,
        "certificate": pem,
    });
    report(args, result, &certificate, output);
    Ok(())
}

/// Makes or finds the keys, and gives the certificate to renew.
fn prepare(files: &Files, args: &EnrollArgs, keys: &KeyStore) -> anyhow::Result<Option<String>> {
    let has_certificate = files.certificate().exists();
    if !args.renew {
        if has_certificate {
            bail!("{} is there already; --renew renews it", files.certificate().display());
        }
        key_at(&files.key(), KEY, args.key_type, keys)?;
        return Ok(None);
    }
    if !has_certificate {
        bail!("there is no {} to renew; leave --renew out", files.certificate().display());
    }
    keys.keep(OLD_KEY, Files::read_key(&files.key())?);
    key_at(&files.new_key(), KEY, args.key_type, keys)?;
    read_certificate(files).map(Some)
}

fn read_certificate(files: &Files) -> anyhow::Result<String> {
    let path = files.certificate();
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The key of an attempt that did not finish, or a new one; on disk before anything is sent.
fn key_at(path: &Path, id: &str, wanted: Option<KeyType>, keys: &KeyStore) -> anyhow::Result<()> {
    if path.exists() {
        let key = Files::read_key(path)?;
        if let Some(wanted) = wanted.filter(|wanted| key.key_type() != Some(*wanted)) {
            bail!(
                "{path} is there already and is no {wanted} key; leave --key-type out to use it, or remove it",
                path = path.display()
            );
        }
        keys.keep(id, key);
        return Ok(());
    }
    let key = keys.generate(id, wanted.unwrap_or(KeyType::Rsa2048))?;
    durable::create_secret(path, key.private_pem()?.as_bytes())
}

async fn wanted(
    args: &EnrollArgs,
    files: &Files,
    client: &Client,
    renews: Option<String>,
) -> anyhow::Result<EnrollmentRequest> {
    let subject = match (&args.subject, &renews) {
        (Some(subject), _) => subject.clone(),
        (None, Some(certificate)) => {
            let found = inspect(client, certificate).await?;
            let key = inspect(client, client.keys.key(OLD_KEY)?.public_pem()).await?;
            if found["public_key"]["sha256"] != key["sha256"] {
                let (key, certificate) = (files.key(), files.certificate());
                bail!(
                    "{} is not the key of {}; put the right one there, or enrol anew in another folder",
                    key.display(),
                    certificate.display()
                );
            }
            found["subject"].as_str().unwrap_or_default().to_owned()
        }
        (None, None) => bail!("--subject is missing"),
    };
    let (trusted_sha256, anchors) = trust::trusted(args, files, client).await?;
    Ok(EnrollmentRequest {
        subject,
        subject_alternative_names: args.subject_alternative_names.clone(),
        challenge: challenge(args)?,
        renews,
        trusted_sha256,
        anchors,
        cipher: args.cipher.map(|cipher| cipher_name(cipher).to_owned()),
        key_transport: Some(key_transport_name(args.key_transport).to_owned()),
        get: args.get,
        allow_legacy: args.allow_legacy,
        polls: args.polls,
        poll_interval: Duration::from_secs(args.poll_seconds),
    })
}

fn challenge(args: &EnrollArgs) -> anyhow::Result<Option<Zeroizing<String>>> {
    if let Some(path) = &args.challenge_file {
        let text = fs::read_to_string(path)
            .map(Zeroizing::new)
            .with_context(|| format!("cannot read the challenge file {}", path.display()))?;
        return Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())));
    }
    Ok(args.challenge.clone().map(Zeroizing::new))
}

fn cipher_name(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::Aes128 => "aes_128_cbc",
        Cipher::Aes192 => "aes_192_cbc",
        Cipher::Aes256 => "aes_256_cbc",
        Cipher::TripleDes => "des_ede3_cbc",
    }
}

fn key_transport_name(transport: KeyTransport) -> &'static str {
    match transport {
        KeyTransport::Pkcs1 => "rsa_pkcs1",
        KeyTransport::OaepSha1 => "rsa_oaep_sha1",
        KeyTransport::OaepSha256 => "rsa_oaep_sha256",
    }
}

/// Says what to do when the certificate that was to be renewed has ended.
async fn with_way_out(
    error: anyhow::Error,
    files: &Files,
    client: &Client,
    wanted: &EnrollmentRequest,
) -> anyhow::Error {
    let Some(old) = &wanted.renews else { return error };
    let not_after = inspect(client, old).await.ok().and_then(|found| found["not_after"].as_u64());
    match not_after.filter(|end| *end < ambient::now()) {
        Some(end) => error.context(format!(
            "{path} ended at {end}, and few servers renew what has ended: remove {path}, and enrol anew with \
             --subject and a challenge",
            path = files.certificate().display(),
            end = output::date(end),
        )),
        None => error,
    }
}

/// Puts the new certificate into place, with the authorities' above it.
async fn save(
    files: &Files,
    client: &Client,
    wanted: &EnrollmentRequest,
    ca: &CaCertificates,
    enrolled: &Enrolled,
) -> anyhow::Result<Value> {
    let certificate = enrolled.certificates.first().context("the reply holds no certificate")?;
    let (mut roots, mut intermediates) = (String::new(), String::new());
    for pem in &ca.certificates {
        let is_ra = [&ca.encryption, &ca.signature].contains(&pem) && *pem != ca.authority;
        let found = inspect(client, pem).await?;
        // A root's certificate by another key of its own has both names as well, but is no root.
        match found["subject"] == found["issuer"] && found["self_signed"] != false {
            true => roots.push_str(pem),
            false if !is_ra => intermediates.push_str(pem),
            false => {}
        }
    }
    intermediates.extend(ca.crossing.iter().map(String::as_str));
    if roots.is_empty() {
        roots.push_str(&ca.authority);
    }
    files.put(&Generation {
        certificate,
        chain: &intermediates,
        ca: &roots,
        has_new_key: wanted.renews.is_some(),
    })?;
    inspect(client, certificate).await
}

/// What the engine says about a certificate.
async fn inspect(client: &Client, pem: &str) -> anyhow::Result<Value> {
    Ok(inspect_all(client, pem).await?["objects"][0].take())
}

async fn inspect_all(client: &Client, pem: &str) -> anyhow::Result<Value> {
    let grant = client.keys.granting(&[]);
    let found = client.guest.call("inspect", json!({ "input": pem }), &grant).await;
    found.context("cannot read a certificate")
}

fn report(args: &EnrollArgs, mut result: Value, certificate: &Value, output: Output) {
    let out = args.out.display();
    for name in ["subject", "serial", "not_after"] {
        result[name] = certificate[name].clone();
    }
    let names = ["key.pem", "certificate.pem", "chain.pem", "ca.pem"];
    result["files"] = json!(names.map(|name| args.out.join(name)));
    output.result(&result, || {
        let text = |name: &str| certificate[name].as_str().unwrap_or("?").to_owned();
        let until = certificate["not_after"].as_u64().map_or_else(|| "?".to_owned(), output::date);
        format!(
            "enrolled {}\n  serial       {}\n  valid until  {until}\n  \
             files        {out}/key.pem, certificate.pem, chain.pem, ca.pem",
            text("subject"),
            text("serial"),
        )
    });
}
