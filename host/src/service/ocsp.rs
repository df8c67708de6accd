//! OCSP (RFC 6960): what is known of a certificate, from the inventory and at once.

use serde::Deserialize;
use serde_json::{Value, json};

use super::crl::Reason;
use super::enroll::key_reference;
use super::hierarchy::{Authority, Generation, Hierarchy};
use super::issue::{SignRequest, sign_and_record};
use super::registration::{Standing, describe, standing};
use super::{Resources, Service, ServiceError, bytes};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::guest::CallError;
use crate::guest::wire::KeyUse;
use crate::keystore::KeyType;
use crate::store::{Event, Role, StoredAuthority};

/// A new certificate for the signer of responses is made when the old one has less than this to go.
const RENEWAL_SECONDS: u64 = 10 * SECONDS_PER_DAY;
/// Certificates that one request may ask about; each is a question to the store.
const MAX_ASKED: usize = 32;

/// A response, and for how long it may be kept.
#[derive(Clone, Debug)]
pub(crate) struct OcspReply {
    /// DER.
    pub(crate) body: Vec<u8>,
    /// From when until when it may be given again to who asks the same; none if to nobody.
    pub(crate) kept: Option<(u64, u64)>,
}

#[derive(Deserialize)]
struct Asked {
    requests: Vec<AskedCertificate>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
struct AskedCertificate {
    authority: Option<usize>,
    generation: Option<u32>,
    serial: Option<String>,
    cert_id: String,
}

#[derive(Deserialize)]
struct Response {
    response: String,
    next_update: Option<u64>,
}

/// Which of these signs responses for the current key of the issuing authority: one whose certificate is in force and
/// whose key is here.
pub(super) async fn responder(
    resources: Resources<'_>,
    issuing: &Authority,
    rows: impl Iterator<Item = &StoredAuthority>,
) -> anyhow::Result<Option<StoredAuthority>> {
    let is_ours = |row: &StoredAuthority| {
        let mut generations = issuing.generations().filter(|one| one.key == issuing.current.key);
        generations.any(|one| row.value["chain"][0].as_str() == Some(one.certificate.as_str()))
    };
    for row in rows {
        let helper = Authority::from_value(&row.id, row.value.clone())?;
        if is_ours(row)
            && resources.keys.exists(&row.id)?
            && standing(resources, &helper).await? == Standing::InForce
        {
            return Ok(Some(row.clone()));
        }
    }
    Ok(None)
}

impl Service {
    /// Answers an OCSP request. What cannot be answered gets one of the error responses of RFC 6960 2.3.
    ///
    /// # Errors
    /// If the engine, a key or the store fails.
    pub(crate) async fn ocsp(&self, request: &[u8]) -> Result<OcspReply, ServiceError> {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let hierarchy = self.hierarchy();
        let issuing = &hierarchy.issuing;
        let now = ambient::now();
        let request = json!({
            "now": now,
            "request": Base64UrlUnpadded::encode_string(request),
            "authorities": [issuing.value],
        });
        let asked: Asked = match self.guest.call("open_ocsp_request", request, &self.keys.granting(&[])).await
        {
            Ok(asked) => asked,
            Err(CallError::Refused(_)) => return self.ocsp_error("malformed_request").await,
            Err(error) => return Err(error.into()),
        };
        let ours = asked.requests.iter().filter(|one| one.authority.is_some());
        let mut generations = ours.map(|one| one.generation.and_then(|number| issuing.generation(number)));
        // Each key answers for what it has signed, and one response has one signature.
        let generation = match generations.next().flatten() {
            Some(first) if generations.all(|other| other.is_some_and(|other| other.key == first.key)) => {
                first
            }
            _ => return self.ocsp_error("unauthorized").await,
        };
        if asked.requests.len() > MAX_ASKED {
            return self.ocsp_error("malformed_request").await;
        }
        let end = now.saturating_add(self.revocation.ocsp_validity_minutes.saturating_mul(60));
        let mut responses = Vec::new();
        for one in &asked.requests {
            responses.push(self.ocsp_status(issuing, generation, one, now).await?);
        }
        let request = json!({
            "now": now,
            "authority": issuing.value,
            "generation": generation.number,
            "responses": responses,
            "next_update": end,
            "nonce": asked.nonce,
        });
        let responder = hierarchy.responder.as_ref().filter(|_| generation.key == issuing.current.key);
        let signed = match responder {
            Some(responder) => match self.sign_ocsp(&request, &generation.key, Some(responder)).await {
                // It ended, or the clock went back, since the authorities were looked at.
                Err(CallError::Refused(refused)) if refused.code == "ocsp_responder_unfit" => {
                    self.sign_ocsp(&request, &generation.key, None).await
                }
                signed => signed,
            },
            None => self.sign_ocsp(&request, &generation.key, None).await,
        };
        let signed = match signed {
            Ok(signed) => signed,
            // Every certificate of the key has ended.
            Err(CallError::Refused(refused)) if refused.code == "authority_outside_validity" => {
                return self.ocsp_error("unauthorized").await;
            }
            Err(error) => return Err(error.into()),
        };
        let end = signed.next_update.unwrap_or(end);
        Ok(OcspReply { body: bytes(&signed.response)?, kept: asked.nonce.is_none().then_some((now, end)) })
    }

    /// By the signer in the authority's place, or by the key itself.
    async fn sign_ocsp(
        &self,
        request: &Value,
        key: &str,
        responder: Option<&StoredAuthority>,
    ) -> Result<Response, CallError> {
        let mut request = request.clone();
        let mut signer = key;
        if let Some(responder) = responder {
            signer = &responder.id;
            request["responder"] = json!({ "key": signer, "certificate": responder.value["certificate"] });
        }
        self.guest.call("sign_ocsp_response", request, &self.keys.granting(&[(signer, KeyUse::Sign)])).await
    }

    /// Good is only what was issued here, by this key.
    async fn ocsp_status(
        &self,
        issuing: &Authority,
        generation: &Generation,
        asked: &AskedCertificate,
        now: u64,
    ) -> Result<Value, ServiceError> {
        let unknown = json!({ "cert_id": asked.cert_id, "status": "unknown" });
        let (Some(_), Some(serial)) = (asked.authority, &asked.serial) else { return Ok(unknown) };
        let Some(found) = self.store.by_serial(serial).await? else { return Ok(unknown) };
        let is_by = found.authority.as_ref() == Some(&issuing.id)
            && issuing.generation(found.generation).is_some_and(|one| one.key == generation.key);
        Ok(match found.revoked_at {
            _ if !is_by => unknown,
            None => json!({ "cert_id": asked.cert_id, "status": "good" }),
            Some(at) => json!({
                "cert_id": asked.cert_id,
                "status": "revoked",
                "revoked_at": at.min(now),
                "reason": Reason::of_stored(found.revocation_reason.as_deref()),
            }),
        })
    }

    /// The signer that is there is renewed with its key; in the place of one that was revoked or lost comes a new one.
    async fn responder_id(&self, present: Option<&StoredAuthority>, key: &str) -> anyhow::Result<String> {
        if let Some(present) = present
            && self.keys.exists(&present.id)?
        {
            return Ok(present.id.clone());
        }
        let rows = self.store.authorities(Role::Ocsp).await?;
        let ids = (1..).map(|number| format!("ocsp-{key}-{number}"));
        let free = ids.into_iter().find(|id| rows.iter().all(|row| row.id != *id));
        free.ok_or_else(|| anyhow::anyhow!("there is no free id"))
    }

    /// The response of RFC 6960 2.3 with this status.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn ocsp_error(&self, status: &str) -> Result<OcspReply, ServiceError> {
        let request = json!({ "status": status });
        let written: Response =
            self.guest.call("write_ocsp_error", request, &self.keys.granting(&[])).await?;
        Ok(OcspReply { body: bytes(&written.response)?, kept: None })
    }

    /// Gives the signer of OCSP responses a certificate, if it has none or a nearly ended one.
    ///
    /// # Errors
    /// If a key cannot be made, the engine refuses, or the store fails; then the issuing key itself signs
    /// responses, or the old certificate goes on.
    pub(crate) async fn renew_responder(&self) -> anyhow::Result<()> {
        if self.responder_lasts(&self.hierarchy()).await? {
            return Ok(());
        }
        let _lock = self.keys.lock().await?;
        // Another server on this folder may have done it by now.
        let hierarchy = self.latest().await?;
        if self.responder_lasts(&hierarchy).await? {
            return Ok(());
        }
        self.certify_responder(&hierarchy).await
    }

    /// Whether there is a signer, with its key here and some time to go.
    async fn responder_lasts(&self, hierarchy: &Hierarchy) -> anyhow::Result<bool> {
        let Some(responder) = &hierarchy.responder else { return Ok(false) };
        let certificate = responder.value["certificate"].as_str().unwrap_or_default();
        let described = describe(&self.guest, &self.keys, certificate).await?;
        let end = described.not_after;
        let own = describe(&self.guest, &self.keys, &hierarchy.issuing.current.certificate).await?.not_after;
        let now = ambient::now();
        let lasts = (end.saturating_sub(now) > RENEWAL_SECONDS || end >= own) && described.not_before <= now;
        let is_here = self.keys.exists(&responder.id)?;
        if lasts && is_here {
            self.keys.key(&responder.id)?;
        }
        Ok(lasts && is_here)
    }

    async fn certify_responder(&self, hierarchy: &Hierarchy) -> anyhow::Result<()> {
        let issuing = &hierarchy.issuing;
        let id = self.responder_id(hierarchy.responder.as_ref(), &issuing.current.key).await?;
        let issuing_key = self.keys.key(&issuing.current.key)?;
        let key_type = issuing_key.key_type().unwrap_or(KeyType::Rsa2048);
        let (making, making_id) = (self.keys.clone(), id.clone());
        tokio::task::spawn_blocking(move || making.find_or_generate(&making_id, key_type).map(drop))
            .await??;
        let subject = format!("CN=OCSP {}", issuing.current.key);
        let request = json!({ "key": key_reference(&self.keys, &id)?, "subject": subject });
        let requested: Value =
            self.guest.call("create_csr", request, &self.keys.granting(&[(&id, KeyUse::Sign)])).await?;
        let csr = requested["csr"].as_str().unwrap_or_default();
        let request = SignRequest::new(csr, "ocsp-signer");
        let issued = sign_and_record(self.resources(), issuing, request).await?;
        let value = json!({ "certificate": issued.certificate.pem, "chain": issued.chain, "key": id });
        let stored = self.store.authorities(Role::Ocsp).await?.into_iter().find(|row| row.id == id);
        match stored {
            None => {
                let created_at = ambient::now();
                let new = StoredAuthority { id, role: Role::Ocsp, value, created_at };
                self.store.put_authority(new).await?;
            }
            Some(seen) => {
                let event = Event {
                    at: ambient::now(),
                    actor: "serve".to_owned(),
                    action: "renew".to_owned(),
                    subject: id,
                    comment: None,
                };
                self.store.replace_authority(seen, value, Vec::new(), Vec::new(), event).await?;
            }
        }
        Ok(())
    }
}
