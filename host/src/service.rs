//! What the host does with the engine, the keys and the store: the decisions between them.

pub(crate) mod api_tokens;
pub(crate) mod backup;
pub(crate) mod challenge;
pub(crate) mod crl;
mod crossing;
mod enroll;
mod hierarchy;
pub(crate) mod init;
mod issue;
pub(crate) mod messages;
mod ocsp;
mod published;
mod registration;
pub(crate) mod renewal;
pub(crate) mod tokens;
mod trial;
mod warnings;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, RwLock};

use anyhow::Context;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde_json::json;

use crate::ambient;
use crate::config::{Config, DataFolder, Messages, Revocation, Scep, Urls};
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, Guest};
use crate::hex;
use crate::keystore::{KeyStore, Passphrase};
use crate::store::{SqliteStore, Store, StoreError};
use challenge::ChallengeGate;
pub(crate) use enroll::PkiReply;
use hierarchy::record_authority;
pub(crate) use hierarchy::{Authority, Hierarchy};
pub(crate) use issue::{Applicant, SignRequest};
pub(crate) use ocsp::OcspReply;
use published::Lists;
use tokens::Tokens;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServiceError {
    /// The engine refused, or its sandbox was stopped.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too much is under way; the same request may be served a little later.
    #[error("{0}")]
    Busy(&'static str),
    /// Every certificate of this key of an authority has ended.
    #[error("every certificate of the key {0} has ended, so nothing is signed with it any more")]
    Ended(String),
    /// What several waited for, each of whom is told.
    #[error(transparent)]
    Shared(#[from] Arc<ServiceError>),
    /// A thread of the host ended early.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// Whether the same request may be served a little later.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    /// Whether it is that a key has ended: then there is nothing left to be done.
    pub(crate) fn is_ended(&self) -> bool {
        match self {
            Self::Ended(_) => true,
            Self::Shared(error) => error.is_ended(),
            _ => false,
        }
    }
}

/// What making and recording certificates takes.
#[derive(Clone, Copy)]
pub(crate) struct Resources<'a> {
    /// The engine.
    pub(crate) guest: &'a Guest,
    /// Signs, and where new keys go.
    pub(crate) keys: &'a Arc<KeyStore>,
    /// Where all else goes.
    pub(crate) store: &'a dyn Store,
}

/// A body and its media type, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct CaCertificates {
    /// One certificate, or a degenerate SignedData (RFC 8894 4.2.1).
    pub(crate) body: Vec<u8>,
    /// As the RFC wants it for this body.
    pub(crate) content_type: String,
}

#[derive(Deserialize)]
struct CaCertificatesReply {
    body: String,
    content_type: String,
}

/// Which keys a command cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needed {
    /// To issue: the issuing authority's.
    Issuing,
    /// To answer SCEP: the registration authorities' too.
    Scep,
}

/// The running host: all that the doors (HTTP, command line) call.
pub(crate) struct Service {
    pub(crate) guest: Guest,
    keys: Arc<KeyStore>,
    pub(crate) store: Arc<dyn Store>,
    scep: Scep,
    revocation: Revocation,
    urls: Urls,
    needed: Needed,
    hierarchy: RwLock<Arc<Hierarchy>>,
    lists: Arc<Lists>,
    /// What the server tries again and again and cannot do, by what it is.
    troubles: Mutex<BTreeMap<String, String>>,
    challenges: ChallengeGate,
    pub(crate) tokens: Tokens,
    pub(crate) messages: Messages,
}

impl Service {
    /// Opens a data folder: store, keys, engine.
    ///
    /// # Errors
    /// If a part of it is missing or damaged, or the passphrase is wrong.
    pub(crate) async fn open(
        data: &DataFolder,
        config: &Config,
        passphrase: Passphrase,
        needed: Needed,
    ) -> anyhow::Result<Self> {
        let path = data.store();
        let store = SqliteStore::open(&path, false)
            .await
            .with_context(|| format!("cannot open {}", path.display()))?;
        let store: Arc<dyn Store> = Arc::new(store);
        let keys = Arc::new(KeyStore::open(&data.keys(), passphrase));
        let (cache, limits) = (data.cache(), config.sandbox.limits());
        let guest = tokio::task::spawn_blocking(move || Guest::load(Some(cache), limits));
        let guest = guest.await.context("the engine's thread ended")??;
        let resources = Resources { guest: &guest, keys: &keys, store: store.as_ref() };
        let hierarchy = Hierarchy::load(resources, needed).await?;
        Ok(Self {
            lists: Lists::new(guest.clone(), keys.clone(), store.clone(), config.revocation.crl_seconds()),
            challenges: ChallengeGate::new(store.clone()),
            tokens: Tokens::new(resources, store.clone(), config.tokens.clone()),
            guest,
            keys,
            store,
            messages: config.messages.clone(),
            scep: config.scep.clone(),
            revocation: config.revocation.clone(),
            urls: config.server.urls(),
            needed,
            hierarchy: RwLock::new(Arc::new(hierarchy)),
            troubles: Mutex::default(),
        })
    }

    /// Keeps other commands from making keys for as long as the result lives.
    ///
    /// # Errors
    /// If one is at it.
    pub(crate) async fn lock(&self) -> anyhow::Result<Option<std::fs::File>> {
        self.keys.lock().await
    }

    /// What the engine says of a certificate.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) async fn describe(&self, certificate: &str) -> Result<serde_json::Value, CallError> {
        let request = json!({ "input": certificate });
        let mut found: serde_json::Value =
            self.guest.call("inspect", request, &self.keys.granting(&[])).await?;
        Ok(found["objects"][0].take())
    }

    fn resources(&self) -> Resources<'_> {
        Resources { guest: &self.guest, keys: &self.keys, store: self.store.as_ref() }
    }

    /// The answer to GetCACert: registration authority first, then issuing, then what is above.
    ///
    /// # Errors
    /// If the engine refuses.
    pub(crate) async fn ca_certificates(
        &self,
        hierarchy: &Hierarchy,
    ) -> Result<CaCertificates, ServiceError> {
        let Hierarchy { issuing, ra, .. } = hierarchy;
        let mut certificates = vec![ra.current.certificate.clone()];
        match self.scep.exclude_intermediate {
            false => {
                certificates.extend(issuing.current.path(true));
                // Last, since clients choose by position.
                certificates.extend(hierarchy.crossing_to(&issuing.current).cloned());
            }
            true => certificates.extend(issuing.current.path(true).pop()),
        }
        let request = json!({ "certificates": certificates });
        let reply: CaCertificatesReply =
            self.guest.call("scep_write_ca_certificates", request, &self.keys.granting(&[])).await?;
        reply.try_into()
    }

    /// The answer to GetNextCACert (RFC 8894 4.7), while there is a next generation and who speaks SCEP for it.
    ///
    /// # Errors
    /// If the engine refuses.
    pub(crate) async fn next_ca_certificates(
        &self,
        hierarchy: &Hierarchy,
    ) -> Result<Option<CaCertificates>, ServiceError> {
        let Hierarchy { issuing, next_ra: Some(next_ra), .. } = hierarchy else {
            return Ok(None);
        };
        let crossing: Vec<_> = issuing.next.iter().flat_map(|next| hierarchy.crossing_to(next)).collect();
        let request = json!({
            "now": ambient::now(),
            "authority": issuing.value,
            "helpers": [next_ra.current.certificate],
            "crossing": crossing,
        });
        let grant = self.keys.granting(&[(&issuing.current.key, KeyUse::Sign)]);
        let reply: CaCertificatesReply =
            self.guest.call("scep_write_next_ca_certificates", request, &grant).await?;
        Ok(Some(reply.try_into()?))
    }
}

impl TryFrom<CaCertificatesReply> for CaCertificates {
    type Error = ServiceError;

    fn try_from(reply: CaCertificatesReply) -> Result<Self, ServiceError> {
        Ok(Self { body: bytes(&reply.body)?, content_type: reply.content_type })
    }
}

/// Opens these keys now, so that a wrong passphrase is found before the first request.
async fn unseal<const N: usize>(keys: &Arc<KeyStore>, ids: [&String; N]) -> anyhow::Result<()> {
    let tasks = ids.map(|id| {
        let (keys, id) = (keys.clone(), id.clone());
        tokio::task::spawn_blocking(move || keys.key(&id).map(drop))
    });
    for task in tasks {
        task.await.context("a thread that opens keys ended")??;
    }
    Ok(())
}

/// Raw bytes in the engine's JSON.
fn bytes(base64url: &str) -> Result<Vec<u8>, CallError> {
    Base64UrlUnpadded::decode_vec(base64url)
        .map_err(|_| CallError::Failed("the engine's bytes are not base64url".to_owned()))
}

/// The SHA-256 of a certificate in PEM, in hexadecimal, as the inventory has it.
///
/// # Errors
/// If it is no PEM.
pub(crate) fn sha256(certificate: &str) -> Result<String, CallError> {
    let der = pem_to_der(certificate)?;
    Ok(hex::sha256(&der))
}

/// What is in a PEM text.
///
/// # Errors
/// If it is none.
pub(crate) fn pem_to_der(pem: &str) -> Result<Vec<u8>, CallError> {
    pkcs8::Document::from_pem(pem)
        .map(|(_, document)| document.into_vec())
        .map_err(|error| CallError::Failed(format!("what is stored as PEM is none: {error}")))
}
