//! Challenge passwords: kept as argon2id hashes, checked without giving anything away by time.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::ServiceError;
use crate::ambient;
use crate::store::{Challenge, Store};

/// How long a checked challenge is taken without another argon2. A removed one lives on this long.
const REMEMBERED_SECONDS: u64 = 30;
/// Checked challenges that are remembered.
const REMEMBERED: usize = 64;
/// The longest challenge that is looked at.
const MAX_BYTES: usize = 1024;

/// Hashes a challenge for the store.
///
/// # Errors
/// If argon2 refuses, as it does for no challenge of ordinary length.
pub(crate) fn hash(challenge: &str) -> anyhow::Result<String> {
    let salt = ambient::random::<16>();
    Argon2::default()
        .hash_password_with_salt(challenge.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| anyhow::anyhow!("cannot hash the challenge: {error}"))
}

struct Checked {
    tag: hmac::Tag,
    until: u64,
}

/// Decides whether a challenge is right.
///
/// argon2 is slow on purpose. What it has let through is remembered for a short time, under a key
/// that only this process has and never as the challenge itself.
pub(super) struct ChallengeGate {
    store: Arc<dyn Store>,
    key: hmac::Key,
    checked: Mutex<Vec<Checked>>,
    /// One argon2 at a time: strangers cannot fill all cores with wrong challenges.
    turn: tokio::sync::Mutex<()>,
}

impl ChallengeGate {
    /// With nothing remembered.
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            key: hmac::Key::new(hmac::HMAC_SHA256, &ambient::random::<32>()),
            checked: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Whether one of the store's challenges is this one.
    pub(super) async fn admits(&self, challenge: &str) -> Result<bool, ServiceError> {
        if challenge.is_empty() || challenge.len() > MAX_BYTES {
            return Ok(false);
        }
        let tag = hmac::sign(&self.key, challenge.as_bytes());
        if self.remembers(&tag, ambient::now()) {
            return Ok(true);
        }
        let _turn = self.turn.lock().await;
        let now = ambient::now();
        // Whoever had the turn before may have checked the same challenge.
        if self.remembers(&tag, now) {
            return Ok(true);
        }
        let Some(found) = self.search(challenge, self.store.challenges(now).await?).await? else {
            return Ok(false);
        };
        let until = now.saturating_add(REMEMBERED_SECONDS);
        self.remember(tag, found.expires_at.map_or(until, |end| end.min(until)), now);
        Ok(true)
    }

    async fn search(
        &self,
        challenge: &str,
        known: Vec<Challenge>,
    ) -> Result<Option<Challenge>, ServiceError> {
        let challenge = Zeroizing::new(challenge.to_owned());
        let is_it = move |known: &Challenge| {
            Argon2::default().verify_password(challenge.as_bytes(), known.hash.as_str()).is_ok()
        };
        tokio::task::spawn_blocking(move || known.into_iter().find(is_it))
            .await
            .map_err(|error| ServiceError::Internal(format!("the challenge's check ended: {error}")))
    }

    fn remembers(&self, tag: &hmac::Tag, now: u64) -> bool {
        let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |one: &Checked| verify_slices_are_equal(one.tag.as_ref(), tag.as_ref()).is_ok();
        checked.iter().any(|one| now < one.until && same(one))
    }

    fn remember(&self, tag: hmac::Tag, until: u64, now: u64) {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked.retain(|one| now < one.until);
        if checked.len() < REMEMBERED {
            checked.push(Checked { tag, until });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;

    async fn gate(folder: &tempfile::TempDir) -> ChallengeGate {
        let store = SqliteStore::open(&folder.path().join("s.sqlite"), true).await.unwrap();
        let challenge = Challenge {
            id: "static".to_owned(),
            hash: hash("sesame").unwrap(),
            created_at: 0,
            expires_at: None,
        };
        store.put_challenge(challenge).await.unwrap();
        ChallengeGate::new(Arc::new(store))
    }

    #[tokio::test]
    async fn right_challenge_passes_and_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let gate = gate(&folder).await;
        assert!(gate.admits("sesame").await.unwrap());
        let tag = hmac::sign(&gate.key, b"sesame");
        assert!(gate.remembers(&tag, ambient::now()));
        assert!(!gate.remembers(&tag, ambient::now() + REMEMBERED_SECONDS + 1));
        assert!(gate.admits("sesame").await.unwrap());
    }

    #[tokio::test]
    async fn wrong_challenges_never_pass() {
        let folder = tempfile::tempdir().unwrap();
        let gate = gate(&folder).await;
        assert!(gate.admits("sesame").await.unwrap());
        let long = "x".repeat(MAX_BYTES + 1);
        for wrong in ["", "Sesame", "sesame ", "sesam", long.as_str()] {
            assert!(!gate.admits(wrong).await.unwrap(), "{wrong:?}");
        }
    }

    #[test]
    fn hashes_are_argon2id_and_salted() {
        let (one, two) = (hash("sesame").unwrap(), hash("sesame").unwrap());
        assert!(one.starts_with("$argon2id$"));
        assert_ne!(one, two);
    }
}
