//! What the host does with the engine, the keys and the store: the decisions between them.

pub(crate) mod challenge;
mod enroll;
pub(crate) mod init;
mod issue;
mod registration;
mod trial;

use std::sync::Arc;

use anyhow::{Context, anyhow};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ambient;
use crate::config::{Config, DataFolder, Scep};
use crate::guest::{CallError, Guest};
use crate::keystore::{KeyStore, Passphrase};
use crate::store::{Role, SqliteStore, Store, StoreError, StoredAuthority};
use challenge::ChallengeGate;
pub(crate) use enroll::PkiReply;
pub(crate) use issue::SignRequest;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServiceError {
    /// The engine refused, or its sandbox was stopped.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key to be certified belongs to a revoked certificate.
    #[error("a certificate of this key was revoked; make a new key")]
    KeyRevoked,
    /// Too much is under way; the same request may be served a little later.
    #[error("{0}")]
    Busy(&'static str),
    /// A thread of the host ended early.
    #[error("{0}")]
    Internal(String),
}

/// An authority as the engine made it, with the parts that the host reads.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    /// Its id in the store.
    pub(crate) id: String,
    /// Its certificate, PEM.
    pub(crate) certificate: String,
    /// Its issuers, nearest first, root last; PEM.
    pub(crate) chain: Vec<String>,
    /// The id of its key.
    pub(crate) key: String,
    /// The engine's value.
    pub(crate) value: Value,
}

#[derive(Deserialize)]
struct AuthorityParts {
    certificate: String,
    chain: Vec<String>,
    key: String,
}

impl Authority {
    /// Reads the engine's value.
    fn from_value(id: &str, value: Value) -> anyhow::Result<Self> {
        let parts = AuthorityParts::deserialize(&value)
            .with_context(|| format!("the authority {id:?} in the store is damaged"))?;
        let AuthorityParts { certificate, chain, key } = parts;
        Ok(Self { id: id.to_owned(), certificate, chain, key, value })
    }

    /// Its certificate and the intermediates above it, nearest first; the root only on demand.
    fn path(&self, with_root: bool) -> Vec<String> {
        let mut path = vec![self.certificate.clone()];
        path.extend(self.chain.iter().cloned());
        if !with_root {
            path.pop();
        }
        path
    }
}

/// The authorities of a running host.
#[derive(Clone, Debug)]
pub(crate) struct Hierarchy {
    /// Signs devices' certificates.
    pub(crate) issuing: Authority,
    /// Speaks SCEP. In the shape of an authority, though it issues nothing.
    pub(crate) ra: Authority,
    /// Spoke SCEP before it was renewed; messages for them are still opened.
    former: Vec<Authority>,
    /// The end of the registration authority's certificate.
    pub(crate) ra_not_after: u64,
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
    pub(crate) hierarchy: Hierarchy,
    challenges: ChallengeGate,
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
        let issuing = current(store.as_ref(), Role::Issuing).await?;
        let ra = current(store.as_ref(), Role::Ra).await?;
        let keys = Arc::new(KeyStore::open(&data.keys(), passphrase));
        let (cache, limits) = (data.cache(), config.sandbox.limits());
        // Compiling, or reading what was compiled, goes on while the keys are unsealed.
        let guest = tokio::task::spawn_blocking(move || Guest::load(Some(cache), limits));
        match needed {
            Needed::Issuing => unseal(&keys, [&issuing.key]).await?,
            Needed::Scep => unseal(&keys, [&issuing.key, &ra.key]).await?,
        }
        let guest = guest.await.context("the engine's thread ended")??;
        let ra_not_after = registration::describe(&guest, &keys, &ra.certificate).await?.not_after;
        let resources = Resources { guest: &guest, keys: &keys, store: store.as_ref() };
        let former = match needed {
            Needed::Issuing => Vec::new(),
            Needed::Scep => registration::former(resources, &ra).await?,
        };
        let hierarchy = Hierarchy { issuing, ra, former, ra_not_after };
        Ok(Self {
            guest,
            keys,
            challenges: ChallengeGate::new(store.clone()),
            store,
            scep: config.scep.clone(),
            hierarchy,
        })
    }

    fn resources(&self) -> Resources<'_> {
        Resources { guest: &self.guest, keys: &self.keys, store: self.store.as_ref() }
    }

    /// The answer to GetCACert: registration authority first, then issuing, then what is above.
    ///
    /// # Errors
    /// If the engine refuses.
    pub(crate) async fn ca_certificates(&self) -> Result<CaCertificates, ServiceError> {
        let Hierarchy { issuing, ra, .. } = &self.hierarchy;
        let mut certificates = vec![ra.certificate.clone()];
        certificates.extend(match self.scep.exclude_intermediate {
            false => issuing.path(true),
            true => issuing.path(true).pop().into_iter().collect(),
        });
        let request = json!({ "certificates": certificates });
        let reply: CaCertificatesReply =
            self.guest.call("scep_write_ca_certificates", request, &self.keys.granting(&[])).await?;
        Ok(CaCertificates { body: bytes(&reply.body)?, content_type: reply.content_type })
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

async fn current(store: &dyn Store, role: Role) -> anyhow::Result<Authority> {
    let found = store.current_authority(role).await?;
    let found = found.ok_or_else(|| anyhow!("the store has no current {} authority", role.name()))?;
    Authority::from_value(&found.id, found.value)
}

/// Makes an authority the current one of its role.
async fn record_authority(store: &dyn Store, role: Role, authority: &Authority) -> anyhow::Result<()> {
    let authority = StoredAuthority {
        id: authority.id.clone(),
        role,
        value: authority.value.clone(),
        created_at: ambient::now(),
    };
    Ok(store.put_authority(authority).await?)
}

/// Raw bytes in the engine's JSON.
fn bytes(base64url: &str) -> Result<Vec<u8>, CallError> {
    Base64UrlUnpadded::decode_vec(base64url)
        .map_err(|_| CallError::Failed("the engine's bytes are not base64url".to_owned()))
}
