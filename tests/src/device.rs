//! A device that enrols over SCEP, made of the client half of the engine: messages are prepared in
//! advance, so that a test or a measurement can send them when it wants.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::engine::{self, Engine};
use crate::http;

/// What a client knows of a server.
pub struct Authorities {
    /// The certificate that requests are encrypted for.
    pub encryption: String,
    /// Every certificate of the answer to GetCACert.
    pub certificates: Vec<String>,
    /// Whether replies in single DES are read, as Debian's scepserver 2.1.0 writes them; not at first.
    pub allow_legacy: bool,
}

impl Authorities {
    /// Asks the server with GetCACert.
    pub fn fetch(url: &str) -> Result<Self> {
        let reply = http::get(&format!("{url}?operation=GetCACert"))?;
        ensure!(reply.status == 200, "GetCACert gives {}", reply.status);
        let request = json!({ "op": "scep_read_ca_certificates", "body": engine::encode(&reply.body) });
        Self::read(&request)
    }

    /// Asks the server with GetNextCACert, and believes what this authority's certificate (PEM) verifies.
    pub fn fetch_next(url: &str, authority: &str) -> Result<Self> {
        let reply = http::get(&format!("{url}?operation=GetNextCACert"))?;
        ensure!(reply.status == 200, "GetNextCACert gives {}", reply.status);
        Self::read(&json!({
            "op": "scep_read_next_ca_certificates", "now": engine::now(), "body": engine::encode(&reply.body),
            "authority": authority,
        }))
    }

    fn read(request: &Value) -> Result<Self> {
        let read = Engine::default().call(request)?;
        let certificates = read["certificates"].as_array().context("no certificates")?;
        Ok(Self {
            encryption: read["encryption"].as_str().context("no encryption certificate")?.to_owned(),
            certificates: certificates.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            allow_legacy: false,
        })
    }
}

/// How a request is made.
#[derive(Clone)]
pub struct Style {
    /// `aes_128_cbc` and so on.
    pub content_cipher: &'static str,
    /// `rsa_pkcs1`, `rsa_oaep_sha1` or `rsa_oaep_sha256`.
    pub key_transport: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self { content_cipher: "aes_128_cbc", key_transport: "rsa_pkcs1" }
    }
}

/// A device with one RSA key.
pub struct Device {
    engine: Engine,
    signer: String,
}

/// A request that is ready to be sent.
pub struct Request {
    /// The common name that it asks for.
    pub common_name: String,
    /// The pkiMessage.
    pub message: Vec<u8>,
    csr: String,
    pending: Value,
}

/// What a reply says.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// The certificate (PEM).
    Success(String),
    /// The name of the failInfo.
    Failure(String),
    /// Ask again later.
    Pending,
}

impl Device {
    /// The device of the tests; its key is in `vectors/keys`.
    pub fn new() -> Result<Self> {
        let engine = Engine::holding(&[("device", &engine::key("rsa-device")?)])?;
        let mut device = Self { engine, signer: String::new() };
        device.signer = device.self_signed()?;
        Ok(device)
    }

    /// One certificate signs all its requests: making one for each would only cost time.
    fn self_signed(&self) -> Result<String> {
        let created = self.engine.call(&json!({
            "op": "create_authority", "now": engine::now(), "seed": engine::seed(u64::MAX),
            "subject": "CN=device", "key": { "id": "device" },
        }))?;
        created["authority"]["certificate"].as_str().map(str::to_owned).context("no certificate")
    }

    /// A request for a certificate with this common name and with a transaction id of its own.
    pub fn prepare(
        &self,
        common_name: &str,
        challenge: &str,
        authorities: &Authorities,
        style: &Style,
    ) -> Result<Request> {
        let seed = engine::seed(number_of(common_name));
        let csr = self.engine.call(&json!({
            "op": "create_csr", "key": { "id": "device" }, "subject": format!("CN={common_name}"),
            "challenge_password": challenge,
        }))?["csr"]
            .take();
        let sealed = self.engine.call(&json!({
            "op": "scep_seal_request", "now": engine::now(), "seed": seed, "message_type": "pkcs_req",
            "csr": csr, "key": { "id": "device" }, "signer_certificate": self.signer,
            "recipient": authorities.encryption, "transaction_id": format!("transaction {common_name}"),
            "content_cipher": style.content_cipher, "key_transport": style.key_transport,
        }))?;
        Ok(Request {
            common_name: common_name.to_owned(),
            message: engine::decode(&sealed["message"])?,
            csr: csr.as_str().context("no csr")?.to_owned(),
            pending: sealed["pending"].clone(),
        })
    }

    /// Opens the reply to a request: its signature, its addressee and that the certificate is for the key
    /// and the name that were asked for.
    pub fn open(&self, request: &Request, reply: &[u8], authorities: &Authorities) -> Result<Reply> {
        let opened = self.read(request, reply, authorities)?;
        match opened["status"].as_str() {
            Some("success") => self.accept(request, &opened["certificates"][0]).map(Reply::Success),
            Some("failure") => Ok(Reply::Failure(opened["fail_info"].as_str().unwrap_or("").to_owned())),
            Some("pending") => Ok(Reply::Pending),
            _ => anyhow::bail!("found the status {}", opened["status"]),
        }
    }

    /// Sends a request for a first certificate and gives the reply.
    pub fn enrol(
        &self,
        common_name: &str,
        challenge: &str,
        url: &str,
        authorities: &Authorities,
    ) -> Result<Reply> {
        let request = self.prepare(common_name, challenge, authorities, &Style::default())?;
        let reply = http::post(&format!("{url}?operation=PKIOperation"), &[], &request.message)?;
        ensure!(reply.status == 200, "found {}", reply.status);
        self.open(&request, &reply.body, authorities)
    }

    /// All certificates in a successful reply, in its order.
    pub fn certificates(
        &self,
        request: &Request,
        reply: &[u8],
        authorities: &Authorities,
    ) -> Result<Vec<String>> {
        let opened = self.read(request, reply, authorities)?;
        let certificates = opened["certificates"].as_array().context("no certificates")?;
        Ok(certificates.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    fn read(&self, request: &Request, reply: &[u8], authorities: &Authorities) -> Result<Value> {
        self.engine.call(&json!({
            "op": "scep_open_reply", "seed": engine::seed(0), "message": engine::encode(reply),
            "pending": request.pending, "key": { "id": "device" },
            "authorities": authorities.certificates, "csr": request.csr,
            "allow_legacy": authorities.allow_legacy,
        }))
    }

    fn accept(&self, request: &Request, certificate: &Value) -> Result<String> {
        let seen = self.engine.call(&json!({ "op": "inspect", "input": certificate }))?;
        let wanted = format!("CN={}", request.common_name);
        let subject = seen["objects"][0]["subject"].as_str().with_context(|| format!("found {seen}"))?;
        ensure!(subject.contains(&wanted), "found the subject {subject}, wanted {wanted}");
        certificate.as_str().map(str::to_owned).context("no certificate")
    }
}

/// FNV-1a: names that differ give seeds that differ.
fn number_of(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}
