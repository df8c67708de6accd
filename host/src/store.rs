//! What the host remembers, durably: authorities, certificates, replies, challenges.

mod certificate;
#[cfg(test)]
mod contract;
mod message;
mod request;
mod revocation;
mod sqlite;
mod token;
mod write;
mod writer;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Serialize;

pub(crate) use certificate::{
    Certificate, CertificateRecord, Issuance, Known, Recorded, Remembered, RetryKey,
};
pub(crate) use message::{MessagePut, NewMessage};
pub(crate) use request::{
    Decided, NewRequest, PendingRequest, RequestDecision, RequestRejection, RequestState,
};
pub(crate) use revocation::{Crl, Revocation, Revoked, RevokedCertificate};
pub(crate) use sqlite::{SqliteStore, snapshot};
pub(crate) use token::{
    ApiToken, NewTokenKey, Scope, Succession, TokenKey, TokenKeyPut, TokenKeyRetirement, TokenKeyState,
};

/// Why the store could not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The database refused or failed.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The key to be certified belongs to a revoked certificate.
    #[error("a certificate of this key was revoked; make a new key")]
    KeyRevoked,
    /// The certificate that a renewal was granted to was revoked.
    #[error("the signer's certificate is revoked")]
    SignerRevoked,
    /// The certificate of the authority that signed, or its key, was revoked.
    #[error(
        "the authority's own certificate is revoked, and nothing is issued with it any more; give the authority a new key \
         with `sealwright ca renew --new-key` and `ca activate`"
    )]
    IssuerRevoked,
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What an authority is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// The trust anchor; its key is used for intermediates alone.
    Root,
    /// Signs the devices' certificates.
    Issuing,
    /// Opens and signs SCEP messages (RFC 8894 1); not an authority, it issues nothing.
    Ra,
    /// Signs OCSP responses (RFC 6960 4.2.2.2); one for each key of the issuing authority.
    Ocsp,
}

impl Role {
    /// As it stands in the store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Issuing => "issuing",
            Self::Ra => "ra",
            Self::Ocsp => "ocsp",
        }
    }
}

/// An authority, or the registration authority's certificate, as the host keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredAuthority {
    /// Its name; also the id of its key.
    pub(crate) id: String,
    /// What it is for; one of each role is current.
    pub(crate) role: Role,
    /// The engine's value.
    pub(crate) value: serde_json::Value,
    /// When it was made.
    pub(crate) created_at: u64,
}

/// A challenge password, hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// Its name.
    pub(crate) id: String,
    /// argon2id, as a PHC string.
    pub(crate) hash: String,
    /// When it was made.
    pub(crate) created_at: u64,
    /// When it ends, if it does.
    pub(crate) expires_at: Option<u64>,
}

/// Certificates of one kind that end on the same day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Expiry {
    /// The profile that they were made under.
    pub(crate) profile: String,
    /// When they end.
    pub(crate) not_after: u64,
    /// How many.
    pub(crate) count: u64,
}

/// One line of the record of who did what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Event {
    /// When.
    pub(crate) at: u64,
    /// Who.
    pub(crate) actor: String,
    /// What.
    pub(crate) action: String,
    /// To what: a serial, a request's or an authority's id.
    pub(crate) subject: String,
    /// Why, in words.
    pub(crate) comment: Option<String>,
}

impl Event {
    /// The action of a revocation.
    pub(crate) const REVOKE: &'static str = "revoke";
}

/// Which certificates to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Text within subject, names, device, user, serial or transaction id.
    pub(crate) text: Option<String>,
    /// Only certificates that end before this time.
    pub(crate) expires_before: Option<u64>,
    /// Only certificates of this profile.
    pub(crate) profile: Option<String>,
    /// How many at most, newest first.
    pub(crate) limit: u32,
}

/// The store. Every write is durable when it returns.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// Records an authority and makes it the current one of its role.
    async fn put_authority(&self, authority: StoredAuthority) -> Result<(), StoreError>;
    /// The current authority of a role.
    async fn current_authority(&self, role: Role) -> Result<Option<StoredAuthority>, StoreError>;
    /// All authorities of a role that there ever were, newest first.
    async fn authorities(&self, role: Role) -> Result<Vec<StoredAuthority>, StoreError>;
    /// Records a certificate and remembers its reply, both or neither. Neither, and
    /// [`StoreError::KeyRevoked`], if a certificate for its key was revoked for another reason than that a
    /// newer one took its place; [`StoreError::SignerRevoked`] for a renewal, if the signer's was for whatever reason;
    /// [`StoreError::IssuerRevoked`], if [`Self::refused_for`] has a reason against the issuer's.
    async fn issue(&self, issuance: Issuance) -> Result<Recorded, StoreError>;
    /// What a request was answered with before.
    async fn remembered(&self, retry: &RetryKey) -> Result<Option<Remembered>, StoreError>;
    /// The same, the certificate that a request is signed with, if it is of the inventory, and the challenges that have
    /// not ended at a time, if one is given.
    async fn known(
        &self,
        retry: &RetryKey,
        signer_sha256: &str,
        challenges_at: Option<u64>,
    ) -> Result<Known, StoreError>;
    /// The newest certificate of a transaction for this key.
    async fn of_transaction(
        &self,
        id: &str,
        public_key_sha256: &str,
    ) -> Result<Option<Certificate>, StoreError>;
    /// The certificate with this hash of its DER.
    async fn by_sha256(&self, sha256: &str) -> Result<Option<Certificate>, StoreError>;
    /// The certificate with this serial.
    async fn by_serial(&self, serial: &str) -> Result<Option<Certificate>, StoreError>;
    /// The certificates whose key has this name, `limit` at most, newest first and those revoked last: its hash or the subject key identifier, both in
    /// hexadecimal of either case, or its thumbprint.
    async fn by_key_id(&self, key_id: &str, limit: u32) -> Result<Vec<Certificate>, StoreError>;
    /// The certificates that pass a filter, newest first.
    async fn certificates(&self, filter: &Filter) -> Result<Vec<Certificate>, StoreError>;
    /// Puts another value in the place of the one that was seen, with the certificates that belong to it or
    /// end with it, and a record of who did it; whether the one seen was still there.
    async fn replace_authority(
        &self,
        seen: StoredAuthority,
        value: serde_json::Value,
        issued: Vec<Issuance>,
        revoked: Vec<Revocation>,
        event: Event,
    ) -> Result<bool, StoreError>;
    /// Revokes a certificate and records who did it and why.
    async fn revoke(&self, revocation: Revocation) -> Result<Revoked, StoreError>;
    /// The revoked certificates of all generations of an authority that had not ended at `since`, by serial.
    async fn revoked(&self, authority: &str, since: u64) -> Result<Vec<RevokedCertificate>, StoreError>;
    /// How many those are.
    async fn count_revoked(&self, authority: &str, since: u64) -> Result<u64, StoreError>;
    /// How many certificates of an authority are in force at `now`, by profile and end. The ends are counted by days
    /// from `now` on: the first and the last of each day are as they are, the others of it stand with the first.
    async fn expiries(&self, authority: &str, now: u64) -> Result<Vec<Expiry>, StoreError>;
    /// Why the certificate with this hash is not to be used any more: it is revoked, or its key for another reason than
    /// that a newer one took its place.
    async fn refused_for(&self, sha256: &str) -> Result<Option<String>, StoreError>;
    /// How many certificates of an authority are in force at `now`, by generation.
    async fn in_force(&self, authority: &str, now: u64) -> Result<BTreeMap<u32, u64>, StoreError>;
    /// The last revocation there was, counted from 1.
    async fn last_revocation(&self) -> Result<i64, StoreError>;
    /// The newest revocation list of a key.
    async fn crl(&self, key: &str) -> Result<Option<Crl>, StoreError>;
    /// Records a revocation list; whether no list of the key had its number or a higher one (RFC 5280 5.2.3).
    async fn put_crl(&self, crl: Crl) -> Result<bool, StoreError>;
    /// Takes the revocation lists of these keys for out of date. Later ones get higher numbers than these as well.
    async fn outdate_crls(&self, keys: Vec<String>, numbers: BTreeMap<String, u64>)
    -> Result<(), StoreError>;
    /// The highest number that a revocation list of a key ever had, as far as it is known.
    async fn last_crl_number(&self, key: &str) -> Result<Option<u64>, StoreError>;
    /// Keeps a request until somebody decides: as it is kept now, which may be decided already; nothing if there was
    /// no room.
    async fn put_request(&self, request: NewRequest) -> Result<Option<PendingRequest>, StoreError>;
    /// Records somebody's no to all that wait, and tells how many those were.
    async fn reject_requests(&self, rejection: RequestRejection) -> Result<u64, StoreError>;
    /// Records somebody's yes or no.
    async fn decide_request(&self, decision: RequestDecision) -> Result<Decided, StoreError>;
    /// The request under this key.
    async fn pending_request(&self, retry: &RetryKey) -> Result<Option<PendingRequest>, StoreError>;
    /// The newest request of a transaction by the holder of this key.
    async fn request_of_transaction(
        &self,
        id: &str,
        public_key_sha256: &str,
    ) -> Result<Option<PendingRequest>, StoreError>;
    /// The requests in this state, or all, without their messages; newest first, `limit` at most.
    async fn requests(
        &self,
        state: Option<RequestState>,
        limit: u32,
    ) -> Result<Vec<PendingRequest>, StoreError>;
    /// The request with this id.
    async fn request(&self, id: &str) -> Result<Option<PendingRequest>, StoreError>;
    /// Adds to the record of who did what.
    async fn put_event(&self, event: Event) -> Result<(), StoreError>;
    /// What was done to this, oldest first.
    async fn events(&self, subject: &str) -> Result<Vec<Event>, StoreError>;
    /// Records a challenge.
    async fn put_challenge(&self, challenge: Challenge) -> Result<(), StoreError>;
    /// The challenges that have not ended at `now`.
    async fn challenges(&self, now: u64) -> Result<Vec<Challenge>, StoreError>;
    /// Removes a challenge; whether there was one with this id.
    async fn remove_challenge(&self, id: &str) -> Result<bool, StoreError>;
    /// Records a key that signs tokens, and ends those before it as it is told to.
    async fn put_token_key(&self, new: NewTokenKey) -> Result<TokenKeyPut, StoreError>;
    /// Ends keys that verify tokens, at once, and tells their ids; nothing if no key has that name or generation.
    async fn retire_token_keys(
        &self,
        retirement: TokenKeyRetirement,
    ) -> Result<Option<Vec<String>>, StoreError>;
    /// The keys of this name, or all; newest first, `limit` at most.
    async fn token_keys(&self, name: Option<&str>, limit: u32) -> Result<Vec<TokenKey>, StoreError>;
    /// The key with this id.
    async fn token_key(&self, kid: &str) -> Result<Option<TokenKey>, StoreError>;
    /// The keys that verify tokens at `now`, by name and newest first.
    async fn verifying_token_keys(&self, now: u64) -> Result<Vec<TokenKey>, StoreError>;
    /// Records an API token; not if its name is taken, or there are `room` already.
    async fn put_api_token(&self, token: ApiToken, room: u32, event: Event) -> Result<bool, StoreError>;
    /// The API tokens that have not ended at `now`, newest first.
    async fn api_tokens(&self, now: u64) -> Result<Vec<ApiToken>, StoreError>;
    /// Removes an API token; whether there was one with this id.
    async fn remove_api_token(&self, id: &str, event: Event) -> Result<bool, StoreError>;
    /// Remembers a message, unless it counted before or its signer's certificate counts no more: one transaction, so that
    /// of the same message twice at the same time one counts, and a revocation that is recorded has the last word.
    async fn put_message(&self, message: NewMessage) -> Result<MessagePut, StoreError>;
    /// Forgets messages that could count before this time alone, `limit` at most, and tells how many those were.
    async fn forget_messages(&self, before: u64, limit: u32) -> Result<u64, StoreError>;
    /// How many messages are remembered.
    async fn remembered_messages(&self) -> Result<u64, StoreError>;
    /// Whether the store can be read and written.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Comes back when nothing can be written any more.
    async fn ended(&self);
    /// Finishes what is under way and closes.
    async fn close(&self);
}
