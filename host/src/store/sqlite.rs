//! The embedded store: SQLite with WAL and synchronous=FULL, one writer, many readers.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, QueryBuilder, Row, SqlSafeStr, Sqlite};

use super::writer::{Job, Writer};
use super::{
    Certificate, CertificateRecord, Challenge, Filter, Issuance, Recorded, Remembered, RetryKey, Role, Store,
    StoreError, StoredAuthority,
};

/// Readers at the same time.
const READERS: u32 = 4;
/// How long to wait for another process that holds the write lock.
const BUSY: Duration = Duration::from_secs(10);
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "revoked keys", include_str!("../../migrations/sqlite/0002_revoked_keys.sql")),
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
        let mut connection = options.clone().connect().await?;
        migrations().run(&mut connection).await.map_err(|error| StoreError::Failed(error.to_string()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A connection to a file does not break while it waits.
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self { readers, writer: Writer::start(connection) })
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
            "c.device_name, c.user_name, c.authority, c.profile, c.issued_at, c.not_before, ",
            "c.not_after, c.revoked_at, c.revocation_reason, c.transaction_id, c.csr_sha256, ",
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

#[async_trait]
impl Store for SqliteStore {
    async fn put_authority(&self, authority: StoredAuthority) -> Result<(), StoreError> {
        self.writer.run(|done| Job::Authority(authority, done)).await
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
        self.writer.run(|done| Job::Issue(Box::new(issuance), done)).await
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

    async fn is_revoked_key(&self, public_key_sha256: &str) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "SELECT 1 FROM certificates WHERE public_key_sha256 = ? AND revoked_at IS NOT NULL \
             AND revocation_reason IS NOT 'superseded' LIMIT 1",
        );
        Ok(query.bind(public_key_sha256).fetch_optional(&self.readers).await?.is_some())
    }

    async fn by_sha256(&self, sha256: &str) -> Result<Option<Certificate>, StoreError> {
        let query = sqlx::query(select_certificates!("WHERE c.sha256 = ?"));
        let row = query.bind(sha256).fetch_optional(&self.readers).await?;
        row.as_ref().map(certificate).transpose()
    }

    async fn by_serial(&self, serial: &str) -> Result<Option<Certificate>, StoreError> {
        let query = sqlx::query(select_certificates!("WHERE c.serial = ?"));
        let row = query.bind(serial).fetch_optional(&self.readers).await?;
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

    async fn put_challenge(&self, challenge: Challenge) -> Result<(), StoreError> {
        self.writer.run(|done| Job::Challenge(challenge, done)).await
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
        self.writer.run(|done| Job::RemoveChallenge(id.to_owned(), done)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        self.writer.run(Job::Ping).await
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
        issued_at: time(row, "issued_at")?,
        revoked_at: optional_time(row, "revoked_at")?,
        revocation_reason: row.try_get("revocation_reason")?,
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

#[cfg(test)]
impl SqliteStore {
    /// What the writer's own connection says to `PRAGMA name`.
    pub(super) async fn pragma(&self, sql: &'static str) -> String {
        self.writer.run(|done| Job::Pragma(sql, done)).await.unwrap()
    }

    /// Ends the writer, as a panic would.
    pub(super) async fn stop_writer(&self) {
        self.writer.close().await;
    }
}
