//! Devices whose certificates a server has issued, and what they sign with programs of others.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use conformance::http::{self, Reply};
use conformance::server::{Authority, Server, text};
use conformance::{engine, openssl, peer, tool};
use serde_json::{Value, json};

const SIGNER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_messages/http_message_signatures_peer.py");

/// Where devices think that they send to.
pub(crate) const ORIGIN: &str = "https://mdm.example";

/// A device: its key and certificate are files in the folder of its authority.
pub(crate) struct Device<'a> {
    pub(crate) authority: &'a Authority,
    pub(crate) name: String,
    pub(crate) certificate: String,
}

/// Whether OpenSSL is not here.
pub(crate) fn is_missing() -> bool {
    peer::find("openssl", "openssl").is_none()
}

/// Python with http-message-signatures, if it is here.
pub(crate) fn python() -> Option<PathBuf> {
    let package = peer::find_python_file("http_message_signatures/__init__.py");
    peer::find_python("python").filter(|_| package.is_some())
}

impl<'a> Device<'a> {
    /// One with a P-256 key, or with another of `openssl genpkey`.
    pub(crate) fn new(authority: &'a Authority, name: &str, key: &[&str]) -> Result<Self> {
        let p256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        let key = if key.is_empty() { &p256 } else { key };
        let folder = authority.folder();
        let (file, csr) = (format!("{name}.key"), format!("{name}.csr"));
        openssl::run(&[&["genpkey", "-out", &file][..], key].concat(), folder, &[])?;
        let subject = format!("/O=Acme/CN={name}");
        openssl::run(&["req", "-new", "-key", &file, "-subj", &subject, "-out", &csr], folder, &[])?;
        authority.run(&[
            "sign",
            text(&folder.join(csr)),
            "--out",
            text(&folder.join(format!("{name}.pem"))),
        ])?;
        Self::known(authority, name)
    }

    /// One whose files are there.
    pub(crate) fn known(authority: &'a Authority, name: &str) -> Result<Self> {
        let certificate = std::fs::read_to_string(authority.folder().join(format!("{name}.pem")))?;
        Ok(Self { authority, name: name.to_owned(), certificate })
    }

    pub(crate) fn serial(&self) -> Result<String> {
        let said = openssl::run(
            &["x509", "-noout", "-serial"],
            self.authority.folder(),
            self.certificate.as_bytes(),
        )?;
        Ok(said.trim_start_matches("serial=").to_ascii_lowercase())
    }

    /// SHA-256 of the certificate, as OpenSSL computes it.
    pub(crate) fn fingerprint(&self) -> Result<String> {
        let arguments = ["x509", "-noout", "-fingerprint", "-sha256"];
        let said = openssl::run(&arguments, self.authority.folder(), self.certificate.as_bytes())?;
        let (_, fingerprint) = said.split_once('=').context("no fingerprint")?;
        Ok(fingerprint.replace(':', "").to_ascii_lowercase())
    }

    /// What its key is called: the subject key identifier, in either case, the hash of the SubjectPublicKeyInfo, and, of a key of
    /// P-256, the thumbprint of RFC 7638; as OpenSSL computes them.
    pub(crate) fn key_names(&self) -> Result<[String; 4]> {
        let folder = self.authority.folder();
        let pem = self.certificate.as_bytes();
        let said = openssl::run(&["x509", "-noout", "-ext", "subjectKeyIdentifier"], folder, pem)?;
        let identifier = said.lines().nth(1).context("no identifier")?.trim().replace(':', "");
        let public = openssl::run(&["x509", "-noout", "-pubkey"], folder, pem)?;
        let spki = tool::run("openssl", &["pkey", "-pubin", "-outform", "DER"], folder, public.as_bytes())?;
        let sha256 = |octets: &[u8]| tool::run("openssl", &["dgst", "-sha256", "-binary"], folder, octets);
        let (x, y) = spki[spki.len() - 64..].split_at(32);
        let [x, y] = [x, y].map(Base64UrlUnpadded::encode_string);
        let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let hash = sha256(&spki)?.iter().map(|octet| format!("{octet:02x}")).collect();
        let thumbprint = Base64UrlUnpadded::encode_string(&sha256(jwk.as_bytes())?);
        Ok([identifier.to_ascii_lowercase(), identifier, hash, thumbprint])
    }

    fn file(&self, kind: &str) -> String {
        format!("{}.{kind}", self.name)
    }

    fn body(&self, body: &[u8]) -> Result<()> {
        Ok(std::fs::write(self.authority.folder().join(self.file("body")), body)?)
    }

    /// Detached CMS by `openssl cms`, base64.
    pub(crate) fn cms(&self, body: &[u8], more: &[&str]) -> Result<String> {
        self.body(body)?;
        let (input, signer, key) = (self.file("body"), self.file("pem"), self.file("key"));
        let usual =
            ["cms", "-sign", "-binary", "-in", &input, "-signer", &signer, "-inkey", &key, "-outform", "DER"];
        let der = tool::run("openssl", &[&usual[..], more].concat(), self.authority.folder(), &[])?;
        Ok(Base64::encode_string(&der))
    }

    /// A bare signature by `openssl dgst`, base64.
    pub(crate) fn bare(&self, body: &[u8]) -> Result<String> {
        self.body(body)?;
        let (input, key) = (self.file("body"), self.file("key"));
        let arguments = ["dgst", "-sha256", "-sign", &key, &input];
        Ok(Base64::encode_string(&tool::run("openssl", &arguments, self.authority.folder(), &[])?))
    }

    /// The headers of a request by http-message-signatures, which covers the body with Content-Digest if there is one.
    pub(crate) fn http(&self, request: &HttpRequest<'_>) -> Result<Vec<(String, String)>> {
        let python = python().context("no Python")?;
        let mut components = vec!["@method", "@target-uri"];
        components.extend(request.headers.iter().map(|(name, _)| *name));
        let key = std::fs::read_to_string(self.authority.folder().join(self.file("key")))?;
        let case = json!({
            "method": request.method, "target_uri": format!("{ORIGIN}{}", request.path),
            "headers": request.headers, "algorithm": request.algorithm, "private_key": key,
            "key_id": request.key_id, "components": components,
            "body": request.covers_body.then(|| Base64::encode_string(request.body)), "now": request.now,
        });
        let input = json!({ "verify": [], "sign": [case] }).to_string();
        let folder = self.authority.folder();
        let said = tool::run(&python.to_string_lossy(), &[SIGNER], folder, input.as_bytes())?;
        let said: Value = serde_json::from_slice(&said)?;
        Ok(serde_json::from_value(said["signed"][0].clone())?)
    }
}

/// What a device sends.
#[derive(Clone, Copy)]
pub(crate) struct HttpRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
    pub(crate) covers_body: bool,
    pub(crate) algorithm: &'a str,
    pub(crate) key_id: &'a str,
    pub(crate) now: u64,
}

impl<'a> HttpRequest<'a> {
    /// A check-in, signed now by the holder of a P-256 key with this id.
    pub(crate) fn new(key_id: &'a str, body: &'a [u8]) -> Self {
        Self {
            method: "PUT",
            path: "/checkin?device=7",
            headers: &[("content-type", "application/xml")],
            body,
            covers_body: true,
            algorithm: "ecdsa-p256-sha256",
            key_id,
            now: engine::now(),
        }
    }

    /// The message in the words of `verify_message`.
    pub(crate) fn message(&self, headers: &[(String, String)]) -> Value {
        json!({
            "form": "http",
            "request": {
                "method": self.method, "target_uri": format!("{ORIGIN}{}", self.path), "headers": headers,
            },
        })
    }
}

/// A server and a program that has messages verified.
pub(crate) struct Verifier {
    pub(crate) server: Server,
    authorization: String,
}

impl Verifier {
    pub(crate) fn new(authority: &Authority) -> Result<Self> {
        let added = authority.run(&["api-tokens", "add", "mdm", "--scope", "verify"])?;
        let token = added["api_token"].as_str().context("no token")?;
        Ok(Self { server: authority.serve()?, authorization: format!("Bearer {token}") })
    }

    /// What the program shows.
    pub(crate) fn authorization(&self) -> &str {
        &self.authorization
    }

    /// `POST /v1/device-messages/verify`.
    pub(crate) fn post(&self, request: &Value) -> Result<Reply> {
        let url = format!("{}/v1/device-messages/verify", self.server.base());
        http::post(&url, &[("Authorization", &self.authorization)], request.to_string().as_bytes())
    }

    /// What is said of a message that counts.
    pub(crate) fn counts(&self, message: &Value, body: &[u8]) -> Result<Value> {
        let request = json!({ "message": message, "body": Base64UrlUnpadded::encode_string(body) });
        let reply = self.post(&request)?;
        ensure!(reply.status == 200, "{}\n{}", reply.head, String::from_utf8_lossy(&reply.body));
        Ok(serde_json::from_slice(&reply.body)?)
    }

    /// Why a message does not count.
    pub(crate) fn refuses(&self, message: &Value, body: &[u8]) -> Result<String> {
        let request = json!({ "message": message, "body": Base64UrlUnpadded::encode_string(body) });
        let reply = self.post(&request)?;
        ensure!(reply.status == 422, "{}\n{}", reply.head, String::from_utf8_lossy(&reply.body));
        ensure!(reply.header("content-type") == Some("application/problem+json"), "{}", reply.head);
        let problem: Value = serde_json::from_slice(&reply.body)?;
        problem["code"].as_str().map(str::to_owned).context("no code")
    }
}

/// A message as CMS, in the words of `verify_message`.
pub(crate) fn cms_message(signature: &str) -> Value {
    json!({ "form": "detached_cms", "signature": signature })
}

/// The whole of a message to a server itself.
pub(crate) fn whole(server: &Server, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
    http::post(&format!("{}/v1/forward-auth/whole-message", server.base()), headers, body)
}

/// The code of a no, which stands in a header too.
pub(crate) fn reason(reply: &Reply) -> Result<String> {
    let problem: Value = serde_json::from_slice(&reply.body)
        .with_context(|| format!("{}\n{}", reply.head, String::from_utf8_lossy(&reply.body)))?;
    let code = problem["code"].as_str().context("no code")?;
    ensure!(reply.status == 401, "{}", reply.head);
    ensure!(reply.header("x-sealwright-reason") == Some(code), "{}", reply.head);
    Ok(code.to_owned())
}
