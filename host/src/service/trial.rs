//! A trial before the server listens: whether the keys are those of the certificates, and whether a device
//! can get anything under the settings of SCEP. The engine decides the latter, with an authority and a key
//! that are thrown away.

use std::sync::Arc;

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use super::enroll::key_reference;
use super::hierarchy::Generation;
use super::issue::{SignRequest, sign};
use super::{Authority, Hierarchy, Service};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, Guest};
use crate::keystore::{KeyStore, KeyType};

/// The engine's profiles for devices, for messages.
const WANTED: &str = "wanted device-identity or tls-server";
const KEY: &str = "trial";

impl Service {
    /// Checks the settings of SCEP against the engine.
    ///
    /// # Errors
    /// If no device could be given a certificate, or each would be given an authority's.
    pub(crate) async fn check_scep_settings(&self) -> anyhow::Result<()> {
        let profile = &self.scep.profile;
        let trial = Trial::new(&self.guest).await?;
        let validity_seconds = self.scep.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY));
        // Some profiles want an alternative name, others allow none.
        let mut signed = trial.sign(profile, validity_seconds, &[]).await;
        if refusal(&signed) == Some("profile_alternative_name_refused") {
            signed = trial.sign(profile, validity_seconds, &["dns:trial.example"]).await;
        }
        match (refusal(&signed), self.scep.validity_days) {
            (Some("profile_validity_refused"), Some(days)) => {
                bail!("scep.validity_days is {days}: {}", signed.unwrap_err())
            }
            (Some(_), _) => bail!("scep.profile is {profile:?}: {}; {WANTED}", signed.unwrap_err()),
            _ => {}
        }
        let is_authority = trial.is_authority(&signed?).await?;
        ensure!(!is_authority, "scep.profile is {profile:?}, which makes authorities of devices; {WANTED}");
        Ok(())
    }
}

impl Service {
    /// Checks that each key that the server uses is the one in its certificate.
    ///
    /// # Errors
    /// If one is another's, as after a restore of files of two authorities.
    pub(crate) async fn check_keys(&self, hierarchy: &Hierarchy) -> anyhow::Result<()> {
        for authority in std::iter::once(&hierarchy.issuing).chain(hierarchy.registrations()) {
            let Generation { certificate, key: id, .. } = &authority.current;
            let key = self.keys.key(id)?;
            let both = format!("{certificate}{}", key.public_pem());
            let found: Value =
                self.guest.call("inspect", json!({ "input": both }), &self.keys.granting(&[])).await?;
            ensure!(
                found["objects"][0]["public_key"]["sha256"] == found["objects"][1]["sha256"],
                "the key file {0}.pem is not the key of the certificate {0}; put the right one back from a \
                 backup, or, for a registration authority, remove it or make a new one with `sealwright ra renew`",
                id
            );
        }
        Ok(())
    }
}

/// The engine's code, if it refused.
fn refusal(signed: &Result<String, CallError>) -> Option<&str> {
    match signed {
        Err(CallError::Refused(error)) => Some(&error.code),
        _ => None,
    }
}

struct Trial<'a> {
    guest: &'a Guest,
    keys: Arc<KeyStore>,
    authority: Authority,
}

impl<'a> Trial<'a> {
    async fn new(guest: &'a Guest) -> anyhow::Result<Self> {
        let keys = Arc::new(KeyStore::in_memory());
        keys.generate(KEY, KeyType::P256)?;
        let request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "subject": "CN=trial",
            "key": key_reference(&keys, KEY)?,
        });
        let grant = keys.granting(&[(KEY, KeyUse::Sign)]);
        let mut made: Value = guest.call("create_authority", request, &grant).await?;
        let authority = Authority::from_value(KEY, made["authority"].take())?;
        Ok(Self { guest, keys, authority })
    }

    async fn sign(
        &self,
        profile: &str,
        validity_seconds: Option<u64>,
        names: &[&str],
    ) -> Result<String, CallError> {
        let request = json!({
            "key": key_reference(&self.keys, KEY)?,
            "subject": "CN=trial device",
            "subject_alternative_names": names,
        });
        let grant = self.keys.granting(&[(KEY, KeyUse::Sign)]);
        let requested: Value = self.guest.call("create_csr", request, &grant).await?;
        let csr = requested["csr"].as_str().unwrap_or_default();
        let request = SignRequest { validity_seconds, ..SignRequest::new(csr, profile) };
        Ok(sign(self.guest, &self.keys, &self.authority, &request).await?.certificate)
    }

    /// Whether the certificate is an authority's (RFC 5280 4.2.1.9).
    async fn is_authority(&self, certificate: &str) -> Result<bool, CallError> {
        let request = json!({ "input": certificate });
        let found: Value = self.guest.call("inspect", request, &self.keys.granting(&[])).await?;
        let extensions = found["objects"][0]["extensions"].as_array().cloned().unwrap_or_default();
        let constraints = extensions.iter().find(|extension| extension["oid"] == "2.5.29.19");
        Ok(constraints.is_some_and(|constraints| constraints["value"]["ca"] == true))
    }
}
