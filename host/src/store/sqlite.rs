//! The embedded store: SQLite with WAL and synchronous=FULL, one writer, many readers.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row, SqlSafeStr, Sqlite};

use super::write::{ForgetCrls, RemoveChallenge, ReplaceAuthority};
use super::writer::{Ping, Writer};
use super::{
    Certificate, CertificateRecord, Challenge, Crl, Decided, Event, Expiry, Filter, Issuance, NewRequest,
    PendingRequest, Recorded, Remembered, RequestDecision, RequestState, RetryKey, Revocation, Revoked,
    RevokedCertificate, Role, Store, StoreError, StoredAuthority,
};

/// Readers at the same time.
const READERS: u32 = 4;
/// How long to wait for another process that holds the write lock.
const BUSY: Duration = Duration::from_secs(10);
/// How often bringing the tables up to date is tried, and what lies between.
const UPGRADE_TRIES: u32 = 20;
const UPGRADE_PAUSE: Duration = Duration::from_millis(100);
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "revoked keys", include_str!("../../migrations/sqlite/0002_revoked_keys.sql")),
    (3, "life", include_str!("../../migrations/sqlite/0003_life.sql")),
];

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
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        upgrade(&options).await?;
        let connection = options.clone().connect().await?;
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
    let path = to.to_str().ok_or_else(|| StoreError::Failed("the path is no text".to_owned()))?;
    sqlx::query("VACUUM INTO ?").bind(path).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Brings the tables up to date. Foreign keys are looked at afterwards: while a table is rebuilt they
/// lead nowhere.
async fn upgrade(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.clone().foreign_keys(false).connect().await?;
    let mut tries = 0;
    while let Err(error) = migrations().run(&mut connection).await {
        // Another process may be at it: each step is one transaction, and whoever comes second finds it done.
        tries += 1;
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                return Err(StoreError::Failed("it was made by a newer version of this program".to_owned()));
            }
            error if tries == UPGRADE_TRIES => return Err(StoreError::Failed(error.to_string())),
            _ => tokio::time::sleep(UPGRADE_PAUSE).await,
        }
    }
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await?;
    connection.close().await?;
    match broken {
        None => Ok(()),
        Some(row) => {
            let table: String = row.try_get(0)?;
            Err(StoreError::Failed(format!("a row of {table} refers to nothing")))
        }
    }
}

/// Column list of [`certificate`], in front of each query for certificates.
macro_rules! select_certificates {
    ($rest:literal) => {
        select_certificates!("", $rest)
    };
    ($further:literal, $rest:literal) => {
        concat!(
            "SELECT c.serial, c.subject, c.common_name, c.issuer, c.subject_alternative_names, ",
            "c.device_name, c.user_name, c.authority, c.generation, c.profile, c.issued_at, c.not_before, ",
            "c.not_after, c.revoked_at, c.revocation_reason, c.invalidity_date, c.transaction_id, c.csr_sha256, ",
            "c.sha256, c.public_key_sha256, c.pem",
            $further,
            " FROM certificates c ",
            $rest
        )
    };
}

/// The certificate that a retry key stands for; the writer asks the same.
pub(super) const REMEMBERED: &str = select_certificates!(
    ", r.signer_sha256 ",
    "JOIN remembered_replies r ON r.serial = c.serial WHERE r.transaction_id = ? AND r.csr_sha256 = ?"
);

pub(super) const BY_SERIAL: &str = select_certificates!("WHERE c.serial = ?");

/// Column list of [`pending_request`].
macro_rules! select_requests {
    ($rest:literal) => {
        concat!(
            "SELECT id, transaction_id, csr_sha256, public_key_sha256, signer_sha256, subject, content, message, state, ",
            "requested_at, decided_at, decided_by, comment FROM pending_requests ",
            $rest
        )
    };
}

pub(super) const BY_REQUEST_ID: &str = select_requests!("WHERE id = ?");
pub(super) const BY_RETRY_KEY: &str = select_requests!("WHERE transaction_id = ? AND csr_sha256 = ?");

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
        let query = sqlx::query(
            "SELECT id, value, created_at FROM authorities WHERE role = ? ORDER BY created_at DESC, rowid DESC",
        );
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
        let query = sqlx::query(select_certificates!("WHERE c.sha256 = ?"));
        let row = query.bind(sha256).fetch_optional(&self.readers).await?;
        row.as_ref().map(certificate).transpose()
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

    async fn revoked(
        &self,
        authority: &str,
        generations: &[u32],
        since: u64,
    ) -> Result<Vec<RevokedCertificate>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT serial, revoked_at, revocation_reason, invalidity_date, \
             coalesce((SELECT max(id) FROM events WHERE subject = serial AND action = 'revoke'), 0) AS event \
             FROM certificates WHERE revoked_at IS NOT NULL AND authority = ",
        );
        query.push_bind(authority.to_owned()).push(" AND not_after >= ").push_bind(integer(since));
        query.push(" AND generation IN (");
        let mut list = query.separated(", ");
        for generation in generations {
            list.push_bind(i64::from(*generation));
        }
        query.push(") ORDER BY serial");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(revoked_certificate).collect()
    }

    async fn expiries(&self, authority: &str, now: u64) -> Result<Vec<Expiry>, StoreError> {
        let query = sqlx::query(
            "SELECT generation, profile, not_after, count(*) AS n FROM certificates \
             WHERE authority = ? AND revoked_at IS NULL AND not_after >= ? \
             GROUP BY generation, profile, not_after ORDER BY not_after",
        );
        let rows = query.bind(authority).bind(integer(now)).fetch_all(&self.readers).await?;
        let expiry = |row: &SqliteRow| {
            Ok(Expiry {
                generation: row.try_get("generation")?,
                profile: row.try_get("profile")?,
                not_after: time(row, "not_after")?,
                count: time(row, "n")?,
            })
        };
        rows.iter().map(expiry).collect()
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

    async fn forget_crls(&self, keys: Vec<String>) -> Result<(), StoreError> {
        self.writer.run(ForgetCrls(keys)).await
    }

    async fn put_request(&self, request: NewRequest) -> Result<Option<PendingRequest>, StoreError> {
        self.writer.run(request).await
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
        let query = sqlx::query(
            "SELECT id, hash, created_at, expires_at FROM challenges \
             WHERE expires_at IS NULL OR expires_at > ? ORDER BY created_at DESC",
        );
        let rows = query.bind(integer(now)).fetch_all(&self.readers).await?;
        rows.iter().map(challenge).collect()
    }

    async fn remove_challenge(&self, id: &str) -> Result<bool, StoreError> {
        self.writer.run(RemoveChallenge(id.to_owned())).await
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

/// The tables, step by step.
pub(super) fn migrations() -> Migrator {
    let step = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.map(step).to_vec())
}

/// SQLite's integers are signed; times stay below 2^63.
pub(super) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn time(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}

fn optional_time(row: &SqliteRow, column: &str) -> Result<Option<u64>, StoreError> {
    let value: Option<i64> = row.try_get(column)?;
    Ok(value.map(|value| u64::try_from(value).unwrap_or(0)))
}

fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| StoreError::Failed(format!("{column}: {error}")))
}

/// A row of [`select_certificates`].
pub(super) fn certificate(row: &SqliteRow) -> Result<Certificate, StoreError> {
    Ok(Certificate {
        record: CertificateRecord {
            serial: row.try_get("serial")?,
            subject: row.try_get("subject")?,
            common_name: row.try_get("common_name")?,
            issuer: row.try_get("issuer")?,
            subject_alternative_names: json(row, "subject_alternative_names")?,
            not_before: time(row, "not_before")?,
            not_after: time(row, "not_after")?,
            profile: row.try_get("profile")?,
            sha256: row.try_get("sha256")?,
            public_key_sha256: row.try_get("public_key_sha256")?,
            csr_sha256: row.try_get("csr_sha256")?,
        },
        device_name: row.try_get("device_name")?,
        user_name: row.try_get("user_name")?,
        authority: row.try_get("authority")?,
        generation: row.try_get("generation")?,
        issued_at: time(row, "issued_at")?,
        revoked_at: optional_time(row, "revoked_at")?,
        revocation_reason: row.try_get("revocation_reason")?,
        invalidity_date: optional_time(row, "invalidity_date")?,
        transaction_id: row.try_get("transaction_id")?,
        pem: row.try_get("pem")?,
    })
}

fn remembered(row: &SqliteRow) -> Result<Remembered, StoreError> {
    Ok(Remembered { certificate: certificate(row)?, signer_sha256: row.try_get("signer_sha256")? })
}

fn authority(role: Role, row: &SqliteRow) -> Result<StoredAuthority, StoreError> {
    Ok(StoredAuthority {
        id: row.try_get("id")?,
        role,
        value: json(row, "value")?,
        created_at: time(row, "created_at")?,
    })
}

fn challenge(row: &SqliteRow) -> Result<Challenge, StoreError> {
    Ok(Challenge {
        id: row.try_get("id")?,
        hash: row.try_get("hash")?,
        created_at: time(row, "created_at")?,
        expires_at: optional_time(row, "expires_at")?,
    })
}

fn revoked_certificate(row: &SqliteRow) -> Result<RevokedCertificate, StoreError> {
    Ok(RevokedCertificate {
        serial: row.try_get("serial")?,
        revoked_at: time(row, "revoked_at")?,
        reason: row.try_get("revocation_reason")?,
        invalidity_date: optional_time(row, "invalidity_date")?,
        event: row.try_get("event")?,
    })
}

fn crl(row: &SqliteRow) -> Result<Crl, StoreError> {
    Ok(Crl {
        key: row.try_get("key")?,
        number: time(row, "number")?,
        this_update: time(row, "this_update")?,
        next_update: time(row, "next_update")?,
        last_event: row.try_get("last_event")?,
        pem: row.try_get("pem")?,
    })
}

/// A row of [`select_requests`].
pub(super) fn pending_request(row: &SqliteRow) -> Result<PendingRequest, StoreError> {
    Ok(PendingRequest {
        id: row.try_get("id")?,
        transaction_id: row.try_get("transaction_id")?,
        csr_sha256: row.try_get("csr_sha256")?,
        public_key_sha256: row.try_get("public_key_sha256")?,
        signer_sha256: row.try_get("signer_sha256")?,
        subject: row.try_get("subject")?,
        content: json(row, "content")?,
        message: row.try_get("message")?,
        state: match row.try_get::<&str, _>("state")? {
            "approved" => RequestState::Approved,
            "rejected" => RequestState::Rejected,
            "issued" => RequestState::Issued,
            _ => RequestState::Pending,
        },
        requested_at: time(row, "requested_at")?,
        decided_at: optional_time(row, "decided_at")?,
        decided_by: row.try_get("decided_by")?,
        comment: row.try_get("comment")?,
    })
}

fn event(row: &SqliteRow) -> Result<Event, StoreError> {
    Ok(Event {
        at: time(row, "at")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        subject: row.try_get("subject")?,
        comment: row.try_get("comment")?,
    })
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
