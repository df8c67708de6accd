//! The embedded store: SQLite with WAL and synchronous=FULL, one writer, many readers.

mod rows;
mod schema;
mod tokens;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row, Sqlite};

pub(super) use rows::{
    BY_REQUEST_ID, BY_RETRY_KEY, BY_SERIAL, BY_SHA256, REFUSED_FOR, REMEMBERED, certificate, integer,
    pending_request, refused_for,
};
use rows::{
    CHALLENGES, KNOWN, authority, challenge, crl, event, optional_time, remembered, revoked_certificate,
    select_certificates, select_requests, time,
};
#[cfg(test)]
pub(super) use schema::migrations;
use schema::upgrade;

use crate::durable;

use super::write::{
    ForgetMessages, OutdateCrls, PutApiToken, RemoveApiToken, RemoveChallenge, ReplaceAuthority,
};
use super::writer::{Ping, Writer};
use super::{
    ApiToken, Certificate, Challenge, Crl, Decided, Event, Expiry, Filter, Issuance, Known, MessagePut,
    NewMessage, NewRequest, NewTokenKey, PendingRequest, Recorded, Remembered, RequestDecision,
    RequestRejection, RequestState, RetryKey, Revocation, Revoked, RevokedCertificate, Role, Store,
    StoreError, StoredAuthority, TokenKey, TokenKeyPut, TokenKeyRetirement,
};

/// Readers at the same time.
const READERS: u32 = 4;
/// What the writer keeps in memory, in KiB below zero as SQLite has it. A certificate has its place in many indexes, at
/// random in most: without their pages at hand each costs a read.
const WRITERS_CACHE: &str = "-65536";
/// How long to wait for another process that holds the write lock.
const BUSY: Duration = Duration::from_secs(10);

/// A store in one file.
pub(crate) struct SqliteStore {
    readers: SqlitePool,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the file, or makes it when `create` is set, and brings its tables up to date.
    ///
    /// # Errors
    /// If the file is missing, damaged, or of a newer version of this program.
    pub(crate) async fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        if create && !path.exists() {
            create_private(path)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        upgrade(&options).await?;
        // What a write may have to take back needs no file of its own.
        let writing = options.clone().pragma("cache_size", WRITERS_CACHE).pragma("temp_store", "MEMORY");
        let connection = writing.connect().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A connection to a file does not break while it waits.
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self { readers, writer: Writer::start(connection) })
    }
}

/// Writes the store of a data folder, as it is at this moment, into a new file. A server may be at work on it.
///
/// # Errors
/// If the file is there, or the disk refuses.
pub(crate) async fn snapshot(from: &Path, to: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(from).busy_timeout(BUSY);
    let mut connection = options.connect().await?;
    create_private(to)?;
    let path = to.to_str().ok_or_else(|| StoreError::Failed("the path is no text".to_owned()))?;
    sqlx::query("VACUUM INTO ?").bind(path).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// SQLite takes an empty file for a new database, and gives the files beside it the same rights.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let made = durable::create_empty_secret(path);
    made.map(drop).map_err(|error| StoreError::Failed(format!("cannot create {}: {error}", path.display())))
}

#[async_trait]
impl Store for SqliteStore {
    async fn put_authority(&self, authority: StoredAuthority) -> Result<(), StoreError> {
        self.writer.run(authority).await
    }

    async fn current_authority(&self, role: Role) -> Result<Option<StoredAuthority>, StoreError> {
        let row =
            sqlx::query("SELECT id, value, created_at FROM authorities WHERE role = ? AND is_current = 1")
                .bind(role.name())
                .fetch_optional(&self.readers)
                .await?;
        row.map(|row| authority(role, &row)).transpose()
    }

    async fn authorities(&self, role: Role) -> Result<Vec<StoredAuthority>, StoreError> {
        let query =
            sqlx::query("SELECT id, value, created_at FROM authorities WHERE role = ? ORDER BY rowid DESC");
        let rows = query.bind(role.name()).fetch_all(&self.readers).await?;
        rows.iter().map(|row| authority(role, row)).collect()
    }

    async fn issue(&self, issuance: Issuance) -> Result<Recorded, StoreError> {
        self.writer.run(issuance).await
    }

    async fn remembered(&self, retry: &RetryKey) -> Result<Option<Remembered>, StoreError> {
        let query = sqlx::query(REMEMBERED).bind(&retry.transaction_id).bind(&retry.csr_sha256);
        let row = query.fetch_optional(&self.readers).await?;
        row.as_ref().map(remembered).transpose()
    }

    async fn known(
        &self,
        retry: &RetryKey,
        signer_sha256: &str,
        challenges_at: Option<u64>,
    ) -> Result<Known, StoreError> {
        let query = sqlx::query(KNOWN)
            .bind(&retry.transaction_id)
            .bind(&retry.csr_sha256)
            .bind(signer_sha256)
            .bind(challenges_at.map(integer));
        let mut known = Known::default();
        for row in query.fetch_all(&self.readers).await? {
            match row.try_get("kind") {
                Ok("remembered") => known.remembered = Some(remembered(&row)?),
                Ok("signer") => known.signer = Some(certificate(&row)?),
                Ok(other) => return Err(StoreError::Failed(format!("a row of the kind {other}"))),
                Err(sqlx::Error::ColumnNotFound(_)) => known.challenges.push(challenge(&row)?),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(known)
    }

    async fn of_transaction(
        &self,
        id: &str,
        public_key_sha256: &str,
    ) -> Result<Option<Certificate>, StoreError> {
        let query = sqlx::query(select_certificates!(
            "WHERE c.transaction_id = ? AND c.public_key_sha256 = ? ORDER BY c.issued_at DESC LIMIT 1"
        ));
        let row = query.bind(id).bind(public_key_sha256).fetch_optional(&self.readers).await?;
        row.as_ref().map(certificate).transpose()
    }

    async fn by_sha256(&self, sha256: &str) -> Result<Option<Certificate>, StoreError> {
        let row = sqlx::query(BY_SHA256).bind(sha256).fetch_optional(&self.readers).await?;
        row.as_ref().map(certificate).transpose()
    }

    async fn by_key_id(&self, key_id: &str, limit: u32) -> Result<Vec<Certificate>, StoreError> {
        let query = sqlx::query(select_certificates!(
            "WHERE c.public_key_sha256 = ?1 OR c.subject_key_identifier = ?1 OR c.jwk_thumbprint = ?2 \
             ORDER BY c.revoked_at IS NOT NULL, c.issued_at DESC, c.serial LIMIT ?3"
        ));
        let query = query.bind(key_id.to_ascii_lowercase()).bind(key_id).bind(limit);
        query.fetch_all(&self.readers).await?.iter().map(certificate).collect()
    }

    async fn by_serial(&self, serial: &str) -> Result<Option<Certificate>, StoreError> {
        let row = sqlx::query(BY_SERIAL).bind(serial).fetch_optional(&self.readers).await?;
        row.as_ref().map(certificate).transpose()
    }

    async fn certificates(&self, filter: &Filter) -> Result<Vec<Certificate>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(select_certificates!("WHERE 1 = 1"));
        if let Some(text) = &filter.text {
            query.push(" AND instr(lower(c.subject || ' ' || c.subject_alternative_names || ' ' || ");
            query.push("coalesce(c.device_name, '') || ' ' || coalesce(c.user_name, '') || ' ' || ");
            query.push("c.serial || ' ' || coalesce(c.transaction_id, '')), lower(");
            query.push_bind(text.clone()).push(")) > 0");
        }
        if let Some(time) = filter.expires_before {
            query.push(" AND c.not_after < ").push_bind(integer(time));
        }
        if let Some(profile) = &filter.profile {
            query.push(" AND c.profile = ").push_bind(profile.clone());
        }
        query.push(" ORDER BY c.issued_at DESC, c.serial LIMIT ");
        query.push_bind(i64::from(filter.limit));
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(certificate).collect()
    }

    async fn replace_authority(
        &self,
        seen: StoredAuthority,
        value: serde_json::Value,
        issued: Vec<Issuance>,
        revoked: Vec<Revocation>,
        event: Event,
    ) -> Result<bool, StoreError> {
        self.writer.run(ReplaceAuthority { seen, value, issued, revoked, event }).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Revoked, StoreError> {
        self.writer.run(revocation).await
    }

    async fn revoked(&self, authority: &str, since: u64) -> Result<Vec<RevokedCertificate>, StoreError> {
        let query = sqlx::query(
            "SELECT serial, revoked_at, revocation_reason, invalidity_date, coalesce(revocation_event, 0) AS event \
             FROM certificates WHERE revoked_at IS NOT NULL AND authority = ? AND not_after >= ? ORDER BY serial",
        );
        let rows = query.bind(authority).bind(integer(since)).fetch_all(&self.readers).await?;
        rows.iter().map(revoked_certificate).collect()
    }

    async fn count_revoked(&self, authority: &str, since: u64) -> Result<u64, StoreError> {
        let query = sqlx::query(
            "SELECT count(*) AS n FROM certificates WHERE revoked_at IS NOT NULL AND authority = ? AND not_after >= ?",
        );
        time(&query.bind(authority).bind(integer(since)).fetch_one(&self.readers).await?, "n")
    }

    async fn expiries(&self, authority: &str, now: u64) -> Result<Vec<Expiry>, StoreError> {
        let query = sqlx::query(
            "SELECT profile, min(not_after) AS first, max(not_after) AS last, count(*) AS n FROM certificates \
             WHERE authority = ?1 AND revoked_at IS NULL AND not_after >= ?2 \
             GROUP BY profile, (not_after - ?2) / 86400 ORDER BY first",
        );
        let rows = query.bind(authority).bind(integer(now)).fetch_all(&self.readers).await?;
        let mut expiries = Vec::new();
        for row in &rows {
            let (profile, count) = (row.try_get::<String, _>("profile")?, time(row, "n")?);
            let (first, last) = (time(row, "first")?, time(row, "last")?);
            // The ends of each day as they are: nobody is told another first or last one for all the counting.
            let of_last = u64::from(first != last);
            expiries.push(Expiry { profile: profile.clone(), not_after: first, count: count - of_last });
            expiries.extend((of_last > 0).then_some(Expiry { profile, not_after: last, count: of_last }));
        }
        Ok(expiries)
    }

    async fn in_force(&self, authority: &str, now: u64) -> Result<BTreeMap<u32, u64>, StoreError> {
        let query = sqlx::query(
            "SELECT generation, count(*) AS n FROM certificates \
             WHERE authority = ? AND revoked_at IS NULL AND not_after >= ? GROUP BY generation",
        );
        let rows = query.bind(authority).bind(integer(now)).fetch_all(&self.readers).await?;
        let of_generation = |row: &SqliteRow| Ok((row.try_get("generation")?, time(row, "n")?));
        rows.iter().map(of_generation).collect()
    }

    async fn refused_for(&self, sha256: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(REFUSED_FOR).bind(sha256).fetch_optional(&self.readers).await?;
        row.map(|row| Ok(row.try_get("reason")?)).transpose()
    }

    async fn last_revocation(&self) -> Result<i64, StoreError> {
        let query = sqlx::query("SELECT coalesce(max(id), 0) AS id FROM events WHERE action = ?");
        let row = query.bind(Event::REVOKE).fetch_one(&self.readers).await?;
        Ok(row.try_get("id")?)
    }

    async fn crl(&self, key: &str) -> Result<Option<Crl>, StoreError> {
        let query = sqlx::query(
            "SELECT key, number, this_update, next_update, last_event, pem FROM crls \
             WHERE key = ? ORDER BY number DESC LIMIT 1",
        );
        let row = query.bind(key).fetch_optional(&self.readers).await?;
        row.as_ref().map(crl).transpose()
    }

    async fn put_crl(&self, crl: Crl) -> Result<bool, StoreError> {
        self.writer.run(crl).await
    }

    async fn outdate_crls(
        &self,
        keys: Vec<String>,
        numbers: BTreeMap<String, u64>,
    ) -> Result<(), StoreError> {
        self.writer.run(OutdateCrls { keys, numbers }).await
    }

    async fn last_crl_number(&self, key: &str) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query(
            "SELECT max(number) AS number FROM (SELECT number FROM crls WHERE key = ?1 \
             UNION ALL SELECT number FROM crl_numbers WHERE key = ?1)",
        );
        optional_time(&query.bind(key).fetch_one(&self.readers).await?, "number")
    }

    async fn put_request(&self, request: NewRequest) -> Result<Option<PendingRequest>, StoreError> {
        self.writer.run(request).await
    }

    async fn reject_requests(&self, rejection: RequestRejection) -> Result<u64, StoreError> {
        self.writer.run(rejection).await
    }

    async fn decide_request(&self, decision: RequestDecision) -> Result<Decided, StoreError> {
        self.writer.run(decision).await
    }

    async fn pending_request(&self, retry: &RetryKey) -> Result<Option<PendingRequest>, StoreError> {
        let query = sqlx::query(BY_RETRY_KEY).bind(&retry.transaction_id).bind(&retry.csr_sha256);
        query.fetch_optional(&self.readers).await?.as_ref().map(pending_request).transpose()
    }

    async fn request_of_transaction(
        &self,
        id: &str,
        public_key_sha256: &str,
    ) -> Result<Option<PendingRequest>, StoreError> {
        let query = sqlx::query(select_requests!(
            "WHERE transaction_id = ? AND public_key_sha256 = ? ORDER BY requested_at DESC LIMIT 1"
        ));
        let query = query.bind(id).bind(public_key_sha256);
        query.fetch_optional(&self.readers).await?.as_ref().map(pending_request).transpose()
    }

    async fn requests(
        &self,
        state: Option<RequestState>,
        limit: u32,
    ) -> Result<Vec<PendingRequest>, StoreError> {
        let query = sqlx::query(select_requests!(
            "x''",
            "WHERE ?1 IS NULL OR state = ?1 ORDER BY requested_at DESC, id LIMIT ?2"
        ));
        let query = query.bind(state.map(RequestState::name)).bind(i64::from(limit));
        query.fetch_all(&self.readers).await?.iter().map(pending_request).collect()
    }

    async fn request(&self, id: &str) -> Result<Option<PendingRequest>, StoreError> {
        let row = sqlx::query(BY_REQUEST_ID).bind(id).fetch_optional(&self.readers).await?;
        row.as_ref().map(pending_request).transpose()
    }

    async fn put_event(&self, event: Event) -> Result<(), StoreError> {
        self.writer.run(event).await
    }

    async fn events(&self, subject: &str) -> Result<Vec<Event>, StoreError> {
        let query = sqlx::query(
            "SELECT at, actor, action, subject, comment FROM events WHERE subject = ? ORDER BY id",
        );
        query.bind(subject).fetch_all(&self.readers).await?.iter().map(event).collect()
    }

    async fn put_challenge(&self, challenge: Challenge) -> Result<(), StoreError> {
        self.writer.run(challenge).await
    }

    async fn challenges(&self, now: u64) -> Result<Vec<Challenge>, StoreError> {
        let query = sqlx::query(CHALLENGES);
        let rows = query.bind(integer(now)).fetch_all(&self.readers).await?;
        rows.iter().map(challenge).collect()
    }

    async fn remove_challenge(&self, id: &str) -> Result<bool, StoreError> {
        self.writer.run(RemoveChallenge(id.to_owned())).await
    }

    async fn put_token_key(&self, new: NewTokenKey) -> Result<TokenKeyPut, StoreError> {
        self.writer.run(new).await
    }

    async fn retire_token_keys(
        &self,
        retirement: TokenKeyRetirement,
    ) -> Result<Option<Vec<String>>, StoreError> {
        self.writer.run(retirement).await
    }

    async fn token_keys(&self, name: Option<&str>, limit: u32) -> Result<Vec<TokenKey>, StoreError> {
        tokens::token_keys(&self.readers, name, limit).await
    }

    async fn token_key(&self, kid: &str) -> Result<Option<TokenKey>, StoreError> {
        tokens::token_key(&self.readers, kid).await
    }

    async fn verifying_token_keys(&self, now: u64) -> Result<Vec<TokenKey>, StoreError> {
        tokens::verifying(&self.readers, now).await
    }

    async fn put_api_token(&self, token: ApiToken, room: u32, event: Event) -> Result<bool, StoreError> {
        self.writer.run(PutApiToken { token, room, event }).await
    }

    async fn api_tokens(&self, now: u64) -> Result<Vec<ApiToken>, StoreError> {
        tokens::api_tokens(&self.readers, now).await
    }

    async fn remove_api_token(&self, id: &str, event: Event) -> Result<bool, StoreError> {
        self.writer.run(RemoveApiToken { id: id.to_owned(), event }).await
    }

    async fn put_message(&self, message: NewMessage) -> Result<MessagePut, StoreError> {
        self.writer.run(message).await
    }

    async fn forget_messages(&self, before: u64, limit: u32) -> Result<u64, StoreError> {
        self.writer.run(ForgetMessages { before, limit }).await
    }

    async fn remembered_messages(&self) -> Result<u64, StoreError> {
        let count = sqlx::query("SELECT n FROM replay_count").fetch_one(&self.readers).await?;
        time(&count, "n")
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        self.writer.run(Ping).await
    }

    async fn ended(&self) {
        self.writer.ended().await;
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

#[cfg(test)]
impl SqliteStore {
    /// What the writer's own connection says to `PRAGMA name`.
    pub(super) async fn pragma(&self, sql: &'static str) -> String {
        self.writer.run(Pragma(sql)).await.unwrap()
    }

    /// Ends the writer, as a panic would.
    pub(super) async fn stop_writer(&self) {
        self.writer.close().await;
    }
}

/// Asks for a setting of the writer's connection.
#[cfg(test)]
struct Pragma(&'static str);

#[cfg(test)]
#[async_trait]
impl super::writer::Write for Pragma {
    type Output = String;

    async fn apply(&self, connection: &mut sqlx::sqlite::SqliteConnection) -> Result<String, StoreError> {
        use sqlx::ValueRef;
        let row = sqlx::query(self.0).fetch_one(connection).await?;
        let is_text = row.try_get_raw(0)?.type_info().to_string() == "TEXT";
        Ok(match is_text {
            true => row.try_get(0)?,
            false => row.try_get::<i64, _>(0)?.to_string(),
        })
    }
}
