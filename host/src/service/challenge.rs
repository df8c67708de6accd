//! Challenge passwords: kept as argon2id hashes, checked without giving anything away by time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::ServiceError;
use crate::ambient;
use crate::store::{Challenge, Store};

/// Right challenges that are remembered.
const ADMITTED: usize = 1024;
/// Wrong challenges that are remembered.
const REFUSED: usize = 8192;
/// Unknown challenges that wait for argon2; further ones are told to come again.
const WAITING: usize = 16;
/// How long one of them waits.
const PATIENCE: Duration = Duration::from_secs(5);
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

type Tag = [u8; 32];

/// What is known of challenges, under a key that only this process has and never as themselves.
#[derive(Default)]
struct Verdicts {
    /// To the hash in the store that a right one belongs to.
    admitted: BTreeMap<Tag, String>,
    refused: BTreeSet<Tag>,
    /// The refused, oldest first.
    order: VecDeque<Tag>,
    /// The store's challenges that the verdicts are about.
    compared: Tag,
}

impl Verdicts {
    /// Forgets what the store's challenges of today say otherwise.
    fn compare(&mut self, known: &[Challenge], state: Tag) {
        if self.compared == state {
            return;
        }
        self.compared = state;
        self.admitted.retain(|_, hash| known.iter().any(|one| one.hash == *hash));
        self.refused.clear();
        self.order.clear();
    }

    fn of(&self, tag: &Tag) -> Option<bool> {
        match self.admitted.contains_key(tag) {
            true => Some(true),
            false => self.refused.contains(tag).then_some(false),
        }
    }

    /// Remembers what a challenge was found to be among the store's of `state`, unless those changed meanwhile.
    fn keep(&mut self, tag: Tag, found: Option<String>, state: Tag) {
        match found {
            _ if state != self.compared => {}
            Some(hash) => self.admit(tag, hash),
            None => self.refuse(tag),
        }
    }

    fn admit(&mut self, tag: Tag, hash: String) {
        if self.admitted.len() >= ADMITTED {
            self.admitted.pop_first();
        }
        self.admitted.insert(tag, hash);
    }

    fn refuse(&mut self, tag: Tag) {
        if self.order.len() >= REFUSED
            && let Some(oldest) = self.order.pop_front()
        {
            self.refused.remove(&oldest);
        }
        if self.refused.insert(tag) {
            self.order.push_back(tag);
        }
    }
}

/// Decides whether a challenge is right.
///
/// argon2 is slow on purpose, so each challenge pays it once: the verdict is kept until the store's
/// challenges change. Unknown ones have a short queue of their own, so that whoever guesses keeps
/// nobody waiting who has been here before.
pub(super) struct ChallengeGate {
    store: Arc<dyn Store>,
    key: hmac::Key,
    verdicts: Mutex<Verdicts>,
    waiting: tokio::sync::Semaphore,
    /// One argon2 at a time: strangers cannot fill all cores with wrong challenges.
    turn: tokio::sync::Mutex<()>,
    #[cfg(test)]
    pub(super) hashed: std::sync::atomic::AtomicUsize,
}

impl ChallengeGate {
    /// With nothing remembered.
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            key: hmac::Key::new(hmac::HMAC_SHA256, &ambient::random::<32>()),
            verdicts: Mutex::default(),
            waiting: tokio::sync::Semaphore::new(WAITING),
            turn: tokio::sync::Mutex::default(),
            #[cfg(test)]
            hashed: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// Whether one of the store's challenges is this one. `known` are those of a moment ago, enough for a verdict that
    /// is remembered.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] if too many unknown challenges are being checked; those of the store.
    pub(super) async fn admits(&self, challenge: &str, known: &[Challenge]) -> Result<bool, ServiceError> {
        const BUSY: ServiceError = ServiceError::Busy("too many challenges are being checked");
        if challenge.is_empty() || challenge.len() > MAX_BYTES {
            return Ok(false);
        }
        let tag = self.tag([challenge.as_bytes()]);
        if let Some(verdict) = self.verdict(&tag, known).0 {
            return Ok(verdict);
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| BUSY)?;
        let _turn = tokio::time::timeout(PATIENCE, self.turn.lock()).await.map_err(|_| BUSY)?;
        // Whoever had the turn before may have checked the same challenge.
        let known = self.store.challenges(ambient::now()).await?;
        let (verdict, state) = self.verdict(&tag, &known);
        if let Some(verdict) = verdict {
            return Ok(verdict);
        }
        let found = self.search(challenge, known).await?;
        let admitted = found.is_some();
        self.verdicts().keep(tag, found.map(|found| found.hash), state);
        Ok(admitted)
    }

    /// What is remembered of a challenge, if it was compared with these, and a tag of them.
    fn verdict(&self, tag: &Tag, known: &[Challenge]) -> (Option<bool>, Tag) {
        let state = self.tag(known.iter().map(|one| one.hash.as_bytes()));
        let mut verdicts = self.verdicts();
        verdicts.compare(known, state);
        (verdicts.of(tag), state)
    }

    async fn search(
        &self,
        challenge: &str,
        known: Vec<Challenge>,
    ) -> Result<Option<Challenge>, ServiceError> {
        #[cfg(test)]
        self.hashed.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let challenge = Zeroizing::new(challenge.to_owned());
        let is_it = move |known: &Challenge| {
            Argon2::default().verify_password(challenge.as_bytes(), known.hash.as_str()).is_ok()
        };
        tokio::task::spawn_blocking(move || known.into_iter().find(is_it))
            .await
            .map_err(|error| ServiceError::Internal(format!("the challenge's check ended: {error}")))
    }

    fn verdicts(&self) -> MutexGuard<'_, Verdicts> {
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A tag that says nothing without this process's key.
    fn tag<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Tag {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        let mut tag = Tag::default();
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;

    async fn put(store: &dyn Store, id: &str, text: &str, expires_at: Option<u64>) {
        let hash = hash(text).unwrap();
        let challenge = Challenge { id: id.to_owned(), hash, created_at: 0, expires_at };
        store.put_challenge(challenge).await.unwrap();
    }

    async fn gate(folder: &tempfile::TempDir) -> ChallengeGate {
        let store = SqliteStore::open(&folder.path().join("s.sqlite"), true).await.unwrap();
        put(&store, "static", "sesame", None).await;
        ChallengeGate::new(Arc::new(store))
    }

    async fn admits(gate: &ChallengeGate, challenge: &str) -> Result<bool, ServiceError> {
        let known = gate.store.challenges(ambient::now()).await.unwrap();
        gate.admits(challenge, &known).await
    }

    fn hashed(gate: &ChallengeGate) -> usize {
        gate.hashed.load(std::sync::atomic::Ordering::SeqCst)
    }

    #[tokio::test]
    async fn each_challenge_is_hashed_once() {
        let folder = tempfile::tempdir().unwrap();
        let gate = gate(&folder).await;
        for _ in 0..3 {
            assert!(admits(&gate, "sesame").await.unwrap());
            assert!(!admits(&gate, "guess").await.unwrap());
        }
        assert_eq!(hashed(&gate), 2);
        assert!(
            gate.admits("sesame", &[]).await.unwrap(),
            "the store decides, not what was known a moment ago"
        );
    }

    #[tokio::test]
    async fn verdicts_end_when_the_challenges_change() {
        let folder = tempfile::tempdir().unwrap();
        let gate = gate(&folder).await;
        assert!(!admits(&gate, "open").await.unwrap());
        put(gate.store.as_ref(), "new", "open", Some(ambient::now() + 2)).await;
        assert!(admits(&gate, "open").await.unwrap());
        assert!(admits(&gate, "sesame").await.unwrap());
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(!admits(&gate, "open").await.unwrap());
        let before = hashed(&gate);
        assert!(admits(&gate, "sesame").await.unwrap());
        assert_eq!(hashed(&gate), before, "another challenge's end is no reason to forget this one");
    }

    #[tokio::test]
    async fn who_guesses_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let gate = Arc::new(gate(&folder).await);
        assert!(admits(&gate, "sesame").await.unwrap());
        // As if an argon2 were under way, and the queue behind it full.
        let _turn = gate.turn.lock().await;
        let guesses: Vec<_> = (0..WAITING)
            .map(|number| {
                let gate = gate.clone();
                tokio::spawn(async move { admits(&gate, &format!("guess {number}")).await })
            })
            .collect();
        while gate.waiting.available_permits() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(matches!(admits(&gate, "one more").await, Err(ServiceError::Busy(_))));
        assert!(admits(&gate, "sesame").await.unwrap());
        for guess in guesses {
            assert!(matches!(guess.await.unwrap(), Err(ServiceError::Busy(_))), "nobody waits for ever");
        }
    }

    /// One may be removed, or added, while argon2 runs.
    #[test]
    fn a_verdict_on_other_challenges_is_not_kept() {
        let mut verdicts = Verdicts::default();
        let (before, after, tag) = ([1; 32], [2; 32], [3; 32]);
        for found in [Some("hash".to_owned()), None] {
            verdicts.compare(&[], before);
            verdicts.compare(&[], after);
            verdicts.keep(tag, found.clone(), before);
            assert_eq!(verdicts.of(&tag), None);
            verdicts.keep(tag, found.clone(), after);
            assert_eq!(verdicts.of(&tag), Some(found.is_some()));
        }
    }

    #[test]
    fn refused_challenges_are_forgotten_from_the_oldest() {
        let mut verdicts = Verdicts::default();
        let tag = |number: usize| {
            let mut tag = Tag::default();
            tag[..8].copy_from_slice(&number.to_be_bytes());
            tag
        };
        (0..=REFUSED).for_each(|number| verdicts.refuse(tag(number)));
        assert_eq!(verdicts.of(&tag(0)), None);
        assert_eq!(verdicts.of(&tag(1)), Some(false));
        assert_eq!(verdicts.refused.len(), REFUSED);
    }

    #[tokio::test]
    async fn wrong_challenges_never_pass() {
        let folder = tempfile::tempdir().unwrap();
        let gate = gate(&folder).await;
        assert!(admits(&gate, "sesame").await.unwrap());
        let long = "x".repeat(MAX_BYTES + 1);
        for wrong in ["", "Sesame", "sesame ", "sesam", long.as_str()] {
            assert!(!admits(&gate, wrong).await.unwrap(), "{wrong:?}");
        }
    }

    #[test]
    fn hashes_are_argon2id_and_salted() {
        let (one, two) = (hash("sesame").unwrap(), hash("sesame").unwrap());
        assert!(one.starts_with("$argon2id$"));
        assert_ne!(one, two);
    }
}
