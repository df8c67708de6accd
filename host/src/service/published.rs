//! The revocation lists that are handed out: as fresh as the last revocation, and made once for all who wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use tokio::sync::watch;

use super::crl::{SKEW_SECONDS, make_crl};
use super::hierarchy::{Authority, Hierarchy};
use super::{Resources, Service, ServiceError, pem_to_der};
use crate::ambient;
use crate::guest::Guest;
use crate::keystore::KeyStore;
use crate::store::{Crl, Store};

/// A list as it is handed out: in memory once, however many read it.
#[derive(Debug)]
pub(crate) struct PublishedCrl {
    /// As it is recorded.
    pub(crate) crl: Crl,
    /// DER.
    pub(crate) der: Bytes,
}

impl PublishedCrl {
    fn new(crl: Crl) -> Result<Arc<Self>, ServiceError> {
        let der = pem_to_der(&crl.pem)?.into();
        Ok(Arc::new(Self { crl, der }))
    }
}

/// A list is not made again within this time of another, though its life be short since its signer ends soon.
const PAUSE_SECONDS: u64 = 60;

/// Whether a list tells of this revocation, and half its time is not over.
pub(super) fn is_fresh(crl: &Crl, last_event: i64) -> bool {
    let made = crl.this_update.saturating_add(SKEW_SECONDS);
    let half = crl.this_update.midpoint(crl.next_update);
    let until = half.max(made.saturating_add(PAUSE_SECONDS)).min(crl.next_update);
    // One of the future comes of a clock that was wrong.
    (crl.this_update..until).contains(&ambient::now()) && crl.last_event >= last_event
}

/// How the making of a list went, for each who waits.
type Made = Result<Arc<PublishedCrl>, Arc<ServiceError>>;

/// Makes lists, on tasks of their own: they are made though everybody who asked has hung up.
pub(super) struct Lists {
    guest: Guest,
    keys: Arc<KeyStore>,
    store: Arc<dyn Store>,
    validity_seconds: u64,
    /// Whoever signs a list; the others wait for it.
    signing: tokio::sync::Mutex<()>,
    /// Those that were handed out last, by key.
    latest: Mutex<BTreeMap<String, Arc<PublishedCrl>>>,
    /// Those in the making, by key. Of one that is made the sender is gone.
    making: Mutex<BTreeMap<String, watch::Receiver<Option<Made>>>>,
}

impl Lists {
    pub(super) fn new(
        guest: Guest,
        keys: Arc<KeyStore>,
        store: Arc<dyn Store>,
        validity_seconds: u64,
    ) -> Arc<Self> {
        Arc::new(Self {
            guest,
            keys,
            store,
            validity_seconds,
            signing: tokio::sync::Mutex::default(),
            latest: Mutex::default(),
            making: Mutex::default(),
        })
    }

    /// The list of a key of this authority that tells of all that was revoked until now.
    async fn of_key(
        self: &Arc<Self>,
        hierarchy: &Arc<Hierarchy>,
        key: &str,
    ) -> Result<Arc<PublishedCrl>, ServiceError> {
        let wanted = self.store.last_revocation().await?;
        loop {
            if let Some(fresh) = self.fresh(key, wanted).await? {
                return Ok(fresh);
            }
            // What is in the making may have been begun before the last revocation; then another one is.
            let mut making = self.making(hierarchy, key);
            let ended = || ServiceError::Internal(format!("the list of {key} was not made"));
            let made = making.wait_for(Option::is_some).await.map_err(|_| ended())?.clone();
            let made = made.ok_or_else(ended)??;
            // Though half its time be over from the start, since its signer ends soon: another would be no better.
            if made.crl.last_event >= wanted {
                return Ok(made);
            }
        }
    }

    fn making(self: &Arc<Self>, hierarchy: &Arc<Hierarchy>, key: &str) -> watch::Receiver<Option<Made>> {
        let mut making = locked(&self.making);
        if let Some(running) = making.get(key).filter(|running| running.has_changed().is_ok()) {
            return running.clone();
        }
        let (done, result) = watch::channel(None);
        making.insert(key.to_owned(), result.clone());
        let (lists, hierarchy, key) = (self.clone(), hierarchy.clone(), key.to_owned());
        tokio::spawn(async move {
            let made = lists.make(&hierarchy.issuing, &key).await.map_err(Arc::new);
            done.send_replace(Some(made));
        });
        result
    }

    async fn make(&self, issuing: &Authority, key: &str) -> Result<Arc<PublishedCrl>, ServiceError> {
        let _alone = self.signing.lock().await;
        // Another process may have made what is wanted.
        let last_event = self.store.last_revocation().await?;
        if let Some(crl) = self.fresh(key, last_event).await? {
            return Ok(crl);
        }
        let resources = Resources { guest: &self.guest, keys: &self.keys, store: self.store.as_ref() };
        let made = PublishedCrl::new(make_crl(resources, issuing, key, self.validity_seconds).await?)?;
        locked(&self.latest).insert(key.to_owned(), made.clone());
        Ok(made)
    }

    async fn fresh(&self, key: &str, last_event: i64) -> Result<Option<Arc<PublishedCrl>>, ServiceError> {
        let latest = locked(&self.latest).get(key).filter(|known| is_fresh(&known.crl, last_event)).cloned();
        if latest.is_some() {
            return Ok(latest);
        }
        let Some(crl) = self.store.crl(key).await?.filter(|crl| is_fresh(crl, last_event)) else {
            return Ok(None);
        };
        let published = PublishedCrl::new(crl)?;
        locked(&self.latest).insert(key.to_owned(), published.clone());
        Ok(Some(published))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// The revocation list of a key, as fresh as the last revocation; nothing if no authority has the key.
    ///
    /// The key of the root lies sealed while the server runs: of its list there is what `ca crl` has made. Of a key that
    /// has ended there is the last list.
    ///
    /// # Errors
    /// If the engine refuses or the store fails.
    pub(crate) async fn crl(&self, key: &str) -> Result<Option<Arc<PublishedCrl>>, ServiceError> {
        let hierarchy = self.hierarchy();
        let has_key = |authority: &Authority| authority.keys().contains(&key);
        if !has_key(&hierarchy.issuing) {
            return match &hierarchy.root {
                Some(root) if has_key(root) => self.last_crl(key).await,
                _ => Ok(None),
            };
        }
        match self.issuing_crl(&hierarchy, key).await {
            Err(ended) if ended.is_ended() => self.last_crl(key).await,
            made => made.map(Some),
        }
    }

    /// The revocation list of a key of the issuing authority, as fresh as the last revocation.
    ///
    /// # Errors
    /// If the key has ended, the engine refuses or the store fails.
    pub(crate) async fn issuing_crl(
        &self,
        hierarchy: &Arc<Hierarchy>,
        key: &str,
    ) -> Result<Arc<PublishedCrl>, ServiceError> {
        let made = self.lists.of_key(hierarchy, key).await;
        let what = format!("the revocation list of {key}");
        let trouble = made.as_ref().err().filter(|error| !error.is_ended());
        self.note(&what, trouble.map(|error| format!("{what} cannot be made: {error}")));
        made
    }

    /// The list of a key that was made last, whatever happened since.
    async fn last_crl(&self, key: &str) -> Result<Option<Arc<PublishedCrl>>, ServiceError> {
        self.store.crl(key).await?.map(PublishedCrl::new).transpose()
    }
}
