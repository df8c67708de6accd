//! A SCEP client (RFC 8894): what `enroll` does, without files and without words.

mod ca_certificates;
mod capabilities;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ambient;
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, Guest};
use crate::keystore::{KeyStore, PrivateKey};
pub(crate) use ca_certificates::CaCertificates;
use capabilities::Capabilities;
pub(crate) use transport::Transport;

/// The id under which the client's new key goes.
pub(crate) const KEY: &str = "device";
/// The id of the key that a renewal is signed with.
pub(crate) const OLD_KEY: &str = "device-old";

/// How many certificates of a server are taken for its root, by way of trial.
const MAX_ANCHORS: usize = 8;

/// How many certificates of a server are looked at for what crosses.
const MAX_CROSSING: usize = 32;

/// What signatures and keys of a server's certificates must be.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Strength {
    /// Whether SHA-1 counts.
    pub(crate) allow_sha1: bool,
    /// The smallest RSA key.
    pub(crate) minimum_rsa_bits: u32,
}

impl Default for Strength {
    fn default() -> Self {
        Self { allow_sha1: false, minimum_rsa_bits: 2048 }
    }
}

/// What to ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnrollmentRequest {
    /// RFC 4514.
    pub(crate) subject: String,
    /// `dns:host` and so on.
    pub(crate) subject_alternative_names: Vec<String>,
    /// The challenge password; a renewal needs none.
    pub(crate) challenge: Option<zeroize::Zeroizing<String>>,
    /// The certificate to renew, PEM.
    pub(crate) renews: Option<String>,
    /// SHA-256 (hex) of certificates that may be trusted: all others must lead to one of them. If there is
    /// none here, whoever answers is trusted.
    pub(crate) trusted_sha256: Vec<String>,
    /// Those of them that are here (PEM): a server whose root was renewed does not send the old one any more, though
    /// all that it sends leads there.
    pub(crate) anchors: Vec<String>,
    /// The engine's name of a cipher, when it should not be chosen by what the server can do.
    pub(crate) cipher: Option<String>,
    /// The engine's name of a key transport; PKCS#1 v1.5 otherwise.
    pub(crate) key_transport: Option<String>,
    /// Send messages with GET even if the server takes POST.
    pub(crate) get: bool,
    /// Read MD5 and single DES in the answer.
    pub(crate) allow_legacy: bool,
    /// How often to ask again while the server says that the request is pending.
    pub(crate) polls: u32,
    /// The pause before each.
    pub(crate) poll_interval: Duration,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Enrolled {
    /// The new certificate first, then what came with it; PEM.
    pub(crate) certificates: Vec<String>,
    /// RFC 8894 3.2.1.1.
    pub(crate) transaction_id: String,
}

#[derive(Deserialize)]
struct Written {
    body: String,
}

#[derive(Deserialize)]
struct Requested {
    csr: String,
}

#[derive(Clone, Deserialize, Serialize)]
struct Sealed {
    message: String,
    pending: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
enum Reply {
    Success { certificates: Vec<String> },
    Failure { fail_info: String, fail_info_text: Option<String> },
    Pending,
}

/// A client and its one key.
pub(crate) struct Client {
    /// The engine.
    pub(crate) guest: Guest,
    /// Holds [`KEY`] and, for a renewal, [`OLD_KEY`].
    pub(crate) keys: Arc<KeyStore>,
    /// The way to the server.
    pub(crate) transport: Transport,
    /// What the certificates of the server must be.
    pub(crate) strength: Strength,
}

impl Client {
    /// Asks what the server can do. A server that does not say is taken for a current one.
    async fn capabilities(&self) -> Capabilities {
        match self.transport.get("GetCACaps", None).await {
            Ok(body) => Capabilities::parse(&body),
            Err(error) => {
                tracing::debug!(%error, "the server does not say what it can do");
                Capabilities::default()
            }
        }
    }

    /// Fetches the authority's certificates and checks them against the fingerprints, if any are known.
    ///
    /// # Errors
    /// If they cannot be fetched or read, or do not lead to one of the fingerprints.
    pub(crate) async fn ca_certificates(&self, wanted: &EnrollmentRequest) -> anyhow::Result<CaCertificates> {
        let body = self.transport.get("GetCACert", None).await?;
        let read = match wanted.trusted_sha256.as_slice() {
            [] => self.found_ca_certificates(&body).await,
            trusted => self.trusted_ca_certificates(&body, trusted, &wanted.anchors).await,
        };
        let mut found = read.context("the server's CA certificates are not usable")?;
        found.crossing = self.crossing(&body, &found).await?;
        Ok(found)
    }

    /// Of what was left out, other certificates for the keys and names of those that were not: they lead from elsewhere
    /// to where this leads, for others who trust a root of before.
    async fn crossing(&self, body: &[u8], found: &CaCertificates) -> Result<Vec<String>, CallError> {
        let all = self.read_ca_certificates(body, None).await?;
        let is_left_out = |pem: &&String| !found.certificates.contains(*pem);
        let left_out: Vec<_> = all.certificates.iter().filter(is_left_out).take(MAX_CROSSING).collect();
        let mut known = Vec::new();
        for pem in found.certificates.iter().take(MAX_CROSSING).filter(|_| !left_out.is_empty()) {
            known.push(self.subject_and_key(pem).await?);
        }
        let mut crossing = Vec::new();
        for pem in left_out {
            // Nobody asked for what cannot be read.
            if self.subject_and_key(pem).await.is_ok_and(|found| known.contains(&found)) {
                crossing.push(pem.clone());
            }
        }
        Ok(crossing)
    }

    async fn subject_and_key(&self, certificate: &str) -> Result<(Value, Value), CallError> {
        let request = json!({ "input": certificate });
        let mut seen: Value = self.guest.call("inspect", request, &self.keys.granting(&[])).await?;
        let mut seen = seen["objects"][0].take();
        Ok((seen["subject"].take(), seen["public_key"]["sha256"].take()))
    }

    /// What leads to the first of these that the server has sent; if it has sent none, to the first that is here.
    async fn trusted_ca_certificates(
        &self,
        body: &[u8],
        trusted: &[String],
        anchors: &[String],
    ) -> Result<CaCertificates, CallError> {
        let all = self.read_ca_certificates(body, None).await?;
        let sent = trusted.iter().find(|sha256| all.sha256.contains(sha256));
        if sent.is_none() && !anchors.is_empty() {
            let body = self.write_ca_certificates(&[&all.certificates, anchors].concat()).await?;
            for sha256 in trusted.iter().take(MAX_ANCHORS) {
                let found = self.read_ca_certificates(&body, Some(sha256)).await?;
                // Where nothing leads to it, it stands for itself alone.
                if found.encryption == all.encryption {
                    return Ok(found);
                }
            }
        }
        let sent = sent.or(trusted.first());
        let found = self.read_ca_certificates(body, sent.map(String::as_str)).await?;
        if found.encryption != all.encryption {
            let why = found.why_without(&all, &all.encryption).unwrap_or_default();
            tracing::warn!(
                "the server's registration authority does not lead to the trusted certificate and is not \
                 used: {why}. If the server leaves out the certificate between them, it has to send it; \
                 --allow-sha1 and --minimum-rsa-bits take what is weak"
            );
        }
        Ok(found)
    }

    /// What a server sends that nothing is known of: its root and all that leads to it, so that whoever
    /// compares the root's fingerprint has compared all of it.
    async fn found_ca_certificates(&self, body: &[u8]) -> Result<CaCertificates, CallError> {
        let mut all = self.read_ca_certificates(body, None).await?;
        let mut best: Option<CaCertificates> = None;
        // The root comes last, as a rule.
        for sha256 in all.sha256.iter().rev().take(MAX_ANCHORS) {
            let below = self.read_ca_certificates(body, Some(sha256)).await?;
            let best_count = best.as_ref().map_or(0, |best| best.certificates.len());
            // One that nothing leads to but itself says nothing of the others.
            let leads = below.certificates.len() > 1 || all.certificates.len() == 1;
            if leads && below.has_roles_of(&all) && below.certificates.len() > best_count {
                best = Some(below);
            }
        }
        all.trust_anchor = all.authority_sha256().map(str::to_owned);
        Ok(best.unwrap_or(all))
    }

    async fn write_ca_certificates(&self, certificates: &[String]) -> Result<Vec<u8>, CallError> {
        let request = json!({ "certificates": certificates });
        let grant = self.keys.granting(&[]);
        let written: Written = self.guest.call("scep_write_ca_certificates", request, &grant).await?;
        Base64UrlUnpadded::decode_vec(&written.body).map_err(|error| CallError::Failed(error.to_string()))
    }

    async fn read_ca_certificates(
        &self,
        body: &[u8],
        trusted: Option<&str>,
    ) -> Result<CaCertificates, CallError> {
        let body = Base64UrlUnpadded::encode_string(body);
        let mut request = json!({ "body": body, "strength": self.strength });
        if let Some(sha256) = trusted {
            request["trusted_sha256"] = sha256.into();
        }
        let grant = self.keys.granting(&[]);
        let found: CaCertificates = self.guest.call("scep_read_ca_certificates", request, &grant).await?;
        Ok(CaCertificates { trust_anchor: trusted.map(str::to_owned), ..found })
    }

    /// Enrols, or renews, and waits as long as `wanted` allows.
    ///
    /// # Errors
    /// If the server refuses, does not answer, or answers with something that does not check out.
    pub(crate) async fn enroll(
        &self,
        wanted: &EnrollmentRequest,
        ca: &CaCertificates,
    ) -> anyhow::Result<Enrolled> {
        let capabilities = self.capabilities().await;
        let csr = self.create_csr(wanted).await?;
        let first = if wanted.renews.is_some() { "renewal_req" } else { "pkcs_req" };
        // Servers without Renewal still renew: by PKCSReq that the old certificate signs.
        let first = if capabilities.renewal() { first } else { "pkcs_req" };
        let mut sealed = self.seal(first, &csr, wanted, ca, &capabilities).await?;
        let transaction_id = sealed.pending["transaction_id"].as_str().unwrap_or_default().to_owned();
        for poll in 0..=wanted.polls {
            match self.exchange(&sealed, &csr, wanted, ca, &capabilities).await? {
                Reply::Success { certificates } => {
                    return Ok(Enrolled { certificates, transaction_id });
                }
                Reply::Failure { fail_info, fail_info_text } => {
                    bail!("the server refused: {}", reason(&fail_info, fail_info_text.as_deref()))
                }
                Reply::Pending if poll < wanted.polls => {
                    tracing::info!(transaction_id, "pending: asking again later");
                    tokio::time::sleep(wanted.poll_interval).await;
                    sealed = self.seal("cert_poll", &csr, wanted, ca, &capabilities).await?;
                }
                Reply::Pending => {}
            }
        }
        bail!("the request is still pending; run the same command again once it is approved")
    }

    async fn create_csr(&self, wanted: &EnrollmentRequest) -> anyhow::Result<String> {
        let mut request = json!({ "key": self.key(KEY)?, "subject": wanted.subject });
        if !wanted.subject_alternative_names.is_empty() {
            request["subject_alternative_names"] = json!(wanted.subject_alternative_names);
        }
        if let Some(challenge) = &wanted.challenge {
            request["challenge_password"] = challenge.as_str().into();
        }
        let requested: Requested = self
            .guest
            .call("create_csr", request, &self.keys.granting(&[(KEY, KeyUse::Sign)]))
            .await
            .context("cannot make the certificate request")?;
        Ok(requested.csr)
    }

    async fn seal(
        &self,
        message_type: &str,
        csr: &str,
        wanted: &EnrollmentRequest,
        ca: &CaCertificates,
        capabilities: &Capabilities,
    ) -> anyhow::Result<Sealed> {
        let cipher = wanted.cipher.as_deref().unwrap_or_else(|| capabilities.cipher());
        let mut request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "message_type": message_type,
            "csr": csr,
            "key": self.key(signing_key(wanted))?,
            "recipient": ca.encryption,
            "content_cipher": cipher,
        });
        if let Some(transport) = &wanted.key_transport {
            request["key_transport"] = transport.as_str().into();
        }
        if let Some(certificate) = &wanted.renews {
            request["signer_certificate"] = certificate.as_str().into();
        }
        if message_type == "cert_poll" {
            request["issuer"] = ca.authority.as_str().into();
        }
        let grant = self.keys.granting(&[(signing_key(wanted), KeyUse::Sign)]);
        let sealed = self.guest.call("scep_seal_request", request, &grant).await;
        sealed.context("cannot make the SCEP message")
    }

    async fn exchange(
        &self,
        sealed: &Sealed,
        csr: &str,
        wanted: &EnrollmentRequest,
        ca: &CaCertificates,
        capabilities: &Capabilities,
    ) -> anyhow::Result<Reply> {
        let message = Base64UrlUnpadded::decode_vec(&sealed.message)
            .map_err(|_| anyhow::anyhow!("the engine's message is not base64url"))?;
        let answer = match capabilities.post() && !wanted.get {
            true => self.transport.post("PKIOperation", &message).await?,
            false => self.transport.get("PKIOperation", Some(&message)).await?,
        };
        self.open_reply(&answer, sealed, csr, wanted, ca).await
    }

    async fn open_reply(
        &self,
        answer: &[u8],
        sealed: &Sealed,
        csr: &str,
        wanted: &EnrollmentRequest,
        ca: &CaCertificates,
    ) -> anyhow::Result<Reply> {
        let request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "message": Base64UrlUnpadded::encode_string(answer),
            "pending": sealed.pending,
            "key": self.key(signing_key(wanted))?,
            "authorities": ca.certificates,
            "csr": csr,
            "allow_legacy": wanted.allow_legacy,
            "strength": self.strength,
        });
        let grant = self.keys.granting(&[(signing_key(wanted), KeyUse::Decrypt)]);
        let reply = self.guest.call("scep_open_reply", request, &grant).await;
        reply.context("the server's answer does not check out")
    }

    fn key(&self, id: &str) -> anyhow::Result<Value> {
        let key: Arc<PrivateKey> = self.keys.key(id)?;
        Ok(json!({ "id": id, "public_key": key.public_pem() }))
    }
}

/// The key that signs messages, and that replies are encrypted to.
fn signing_key(wanted: &EnrollmentRequest) -> &'static str {
    if wanted.renews.is_some() { OLD_KEY } else { KEY }
}

fn reason(fail_info: &str, text: Option<&str>) -> String {
    match text {
        Some(text) if !text.is_empty() => format!("{text} ({fail_info})"),
        _ => match fail_info {
            "bad_request" => "bad_request (a wrong challenge, or a subject that is not allowed)".to_owned(),
            "bad_time" => "bad_time (the clocks differ too much)".to_owned(),
            other => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SECONDS_PER_DAY as DAY;
    use crate::guest::{Limits, cache};
    use crate::keystore::KeyType;

    const CA: &str = "ca";
    const RA: &str = "ra";

    /// A client, and the keys of a server that it knows.
    struct Pair {
        client: Client,
        authority: Value,
    }

    impl Pair {
        async fn new() -> Self {
            let guest = Guest::load(Some(cache()), Limits::default()).unwrap();
            let keys = Arc::new(KeyStore::in_memory());
            keys.generate(CA, KeyType::P256).unwrap();
            for id in [KEY, RA] {
                keys.generate(id, KeyType::Rsa2048).unwrap();
            }
            let transport = Transport::new("http://localhost/scep", 0).unwrap();
            let client = Client { guest, keys, transport, strength: Strength::default() };
            let request = json!({
                "now": ambient::now() - 100 * DAY,
                "seed": ambient::seed(),
                "subject": "CN=CA",
                "key": client.key(CA).unwrap(),
            });
            let made = call(&client, "create_authority", request, CA).await;
            Self { client, authority: made["authority"].clone() }
        }

        /// A registration authority's certificate that begins some days ago and lasts so many.
        async fn registration(&self, days_ago: u64, days: u64) -> String {
            let request = json!({ "key": self.client.key(RA).unwrap(), "subject": "CN=RA" });
            let requested = call(&self.client, "create_csr", request, RA).await;
            let request = json!({
                "now": ambient::now() - days_ago * DAY,
                "seed": ambient::seed(),
                "authority": self.authority,
                "profile": "scep-ra",
                "csr": requested["csr"],
                "validity_seconds": days * DAY,
            });
            text(&call(&self.client, "sign_csr", request, CA).await["certificate"])
        }

        /// What the client makes of a refusal that this registration authority signed.
        async fn told(&self, registration: &str) -> anyhow::Result<Reply> {
            let authority = text(&self.authority["certificate"]);
            let ca = CaCertificates {
                certificates: vec![registration.to_owned(), authority.clone()],
                encryption: registration.to_owned(),
                signature: registration.to_owned(),
                authority,
                sha256: Vec::new(),
                left_out: Vec::new(),
                trust_anchor: None,
                crossing: Vec::new(),
            };
            let wanted =
                EnrollmentRequest { subject: "CN=device".to_owned(), ..EnrollmentRequest::default() };
            let csr = self.client.create_csr(&wanted).await?;
            let sealed = self.client.seal("pkcs_req", &csr, &wanted, &ca, &Capabilities::default()).await?;
            let server = json!({ "key": self.client.key(RA)?, "certificate": registration });
            let request = json!({
                "now": ambient::now(),
                "seed": ambient::seed(),
                "message": sealed.message,
                "recipients": [server],
            });
            let grant = self.client.keys.granting(&[(RA, KeyUse::Decrypt)]);
            let opened: Value = self.client.guest.call("scep_open_request", request, &grant).await?;
            let request = json!({
                "now": ambient::now(),
                "seed": ambient::seed(),
                "reply_to": opened["reply_to"],
                "signer": server,
                "result": { "status": "failure", "fail_info": "bad_request" },
            });
            let reply = call(&self.client, "scep_seal_reply", request, RA).await;
            let reply = Base64UrlUnpadded::decode_vec(&text(&reply["message"])).unwrap();
            self.client.open_reply(&reply, &sealed, &csr, &wanted, &ca).await
        }
    }

    async fn call(client: &Client, operation: &'static str, request: Value, key: &str) -> Value {
        let grant = client.keys.granting(&[(key, KeyUse::Sign)]);
        client.guest.call(operation, request, &grant).await.unwrap()
    }

    fn text(value: &Value) -> String {
        value.as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_signer_whose_time_is_over_is_not_believed() {
        let pair = Pair::new().await;
        let valid = pair.told(&pair.registration(10, 20).await).await;
        assert!(matches!(valid, Ok(Reply::Failure { .. })), "{:?}", valid.err());
        let ended = pair.told(&pair.registration(40, 20).await).await;
        let reason = format!("{:#}", ended.err().unwrap());
        assert!(reason.contains("found notAfter"), "{reason}");
    }
}
