//! The one writer: jobs that wait share a transaction, and so the cost of making it durable.

use std::sync::Mutex;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::sqlite::{REMEMBERED, certificate, integer};
use super::{Challenge, Issuance, Recorded, StoreError, StoredAuthority};

/// Jobs that may wait; more callers wait for room.
const QUEUE: usize = 1024;
/// Jobs in one transaction.
const GROUP: usize = 256;

type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// One write and where to send its outcome.
pub(super) enum Job {
    /// Record a certificate and remember its reply.
    Issue(Box<Issuance>, Done<Recorded>),
    /// Record an authority.
    Authority(StoredAuthority, Done<()>),
    /// Record a challenge.
    Challenge(Challenge, Done<()>),
}

/// A handle to the writer's task.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    stop: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Writer {
    /// Starts the task, which owns the connection.
    pub(super) fn start(connection: SqliteConnection) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(connection, queue, stopped));
        Self { jobs, stop: Mutex::new(Some((stop, task))) }
    }

    /// Hands a job over and waits until it is durable.
    pub(super) async fn run<T>(&self, job: impl FnOnce(Done<T>) -> Job) -> Result<T, StoreError> {
        let (done, outcome) = oneshot::channel();
        self.jobs.send(job(done)).await.map_err(|_| StoreError::Closed)?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets the jobs that wait be done, then closes the connection.
    pub(super) async fn close(&self) {
        let stop = self.stop.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some((stop, task)) = stop {
            drop(stop);
            let _ = task.await;
        }
    }
}

async fn run(
    mut connection: SqliteConnection,
    mut queue: mpsc::Receiver<Job>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut group = Vec::with_capacity(GROUP);
    let mut closing = false;
    loop {
        let count = tokio::select! {
            biased;
            count = queue.recv_many(&mut group, GROUP) => count,
            _ = &mut stopped, if !closing => {
                closing = true;
                queue.close();
                continue;
            }
        };
        if count == 0 {
            break;
        }
        commit(&mut connection, group.drain(..)).await;
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the store did not close cleanly");
    }
}

/// An outcome that is held back until the commit.
enum Outcome {
    Issued(Done<Recorded>, Result<Recorded, StoreError>),
    Done(Done<()>, Result<(), StoreError>),
}

impl Outcome {
    fn send(self, committed: &Result<(), StoreError>) {
        // Nobody may be waiting any more; what is recorded stays recorded.
        match self {
            Self::Issued(done, outcome) => drop(done.send(committed.clone().and(outcome))),
            Self::Done(done, outcome) => drop(done.send(committed.clone().and(outcome))),
        }
    }
}

/// One transaction for the whole group; nobody is answered before it is durable.
async fn commit(connection: &mut SqliteConnection, group: impl Iterator<Item = Job>) {
    let begun = execute(connection, "BEGIN IMMEDIATE").await;
    let mut outcomes = Vec::new();
    for job in group {
        outcomes.push(match (&begun, job) {
            (Err(error), Job::Issue(_, done)) => Outcome::Issued(done, Err(error.clone())),
            (Err(error), Job::Authority(_, done) | Job::Challenge(_, done)) => {
                Outcome::Done(done, Err(error.clone()))
            }
            (Ok(()), job) => apply(connection, job).await,
        });
    }
    let committed = match begun {
        Ok(()) => execute(connection, "COMMIT").await,
        Err(error) => Err(error),
    };
    if committed.is_err() {
        // After a failed COMMIT the transaction may be open still; the next group needs a clean start.
        let _ = execute(connection, "ROLLBACK").await;
    }
    outcomes.into_iter().for_each(|outcome| outcome.send(&committed));
}

/// A job in a savepoint of its own: one that fails takes no other with it.
async fn apply(connection: &mut SqliteConnection, job: Job) -> Outcome {
    match job {
        Job::Issue(issuance, done) => {
            let outcome = savepoint(connection, async |connection| issue(connection, &issuance).await);
            Outcome::Issued(done, outcome.await)
        }
        Job::Authority(authority, done) => {
            let outcome =
                savepoint(connection, async |connection| put_authority(connection, &authority).await);
            Outcome::Done(done, outcome.await)
        }
        Job::Challenge(challenge, done) => {
            let outcome =
                savepoint(connection, async |connection| put_challenge(connection, &challenge).await);
            Outcome::Done(done, outcome.await)
        }
    }
}

async fn savepoint<T>(
    connection: &mut SqliteConnection,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    execute(connection, "SAVEPOINT job").await?;
    let outcome = work(connection).await;
    if outcome.is_err() {
        execute(connection, "ROLLBACK TO job").await?;
    }
    execute(connection, "RELEASE job").await?;
    outcome
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}

async fn issue(connection: &mut SqliteConnection, new: &Issuance) -> Result<Recorded, StoreError> {
    if let Some(retry) = &new.retry {
        // The first one in decides: a later one changes nothing and gets the winner's certificate.
        let remembered = sqlx::query(
            "INSERT INTO remembered_replies (transaction_id, csr_sha256, serial, remembered_at) \
             VALUES (?, ?, ?, ?) ON CONFLICT (transaction_id, csr_sha256) DO UPDATE SET \
             serial = excluded.serial, remembered_at = excluded.remembered_at \
             WHERE remembered_replies.serial = ?",
        )
        .bind(&retry.transaction_id)
        .bind(&retry.csr_sha256)
        .bind(&new.certificate.record.serial)
        .bind(integer(new.certificate.issued_at))
        .bind(&new.supersedes)
        .execute(&mut *connection)
        .await?;
        if remembered.rows_affected() == 0 {
            let query = sqlx::query(REMEMBERED).bind(&retry.transaction_id).bind(&retry.csr_sha256);
            let winner = certificate(&query.fetch_one(connection).await?)?;
            return Ok(Recorded::Already(Box::new(winner)));
        }
    }
    insert_certificate(connection, new).await?;
    Ok(Recorded::New)
}

async fn insert_certificate(connection: &mut SqliteConnection, new: &Issuance) -> Result<(), StoreError> {
    let (certificate, record) = (&new.certificate, &new.certificate.record);
    let names = serde_json::to_string(&record.subject_alternative_names)
        .map_err(|error| StoreError::Failed(error.to_string()))?;
    sqlx::query(
        "INSERT INTO certificates (serial, subject, common_name, issuer, subject_alternative_names, \
         device_name, user_name, authority, profile, issued_at, not_before, not_after, revoked_at, \
         revocation_reason, transaction_id, csr_sha256, sha256, public_key_sha256, pem) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&record.serial)
    .bind(&record.subject)
    .bind(&record.common_name)
    .bind(&record.issuer)
    .bind(names)
    .bind(&certificate.device_name)
    .bind(&certificate.user_name)
    .bind(&certificate.authority)
    .bind(&record.profile)
    .bind(integer(certificate.issued_at))
    .bind(integer(record.not_before))
    .bind(integer(record.not_after))
    .bind(certificate.revoked_at.map(integer))
    .bind(&certificate.revocation_reason)
    .bind(&certificate.transaction_id)
    .bind(&record.csr_sha256)
    .bind(&record.sha256)
    .bind(&record.public_key_sha256)
    .bind(&certificate.pem)
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_authority(connection: &mut SqliteConnection, new: &StoredAuthority) -> Result<(), StoreError> {
    sqlx::query("UPDATE authorities SET is_current = 0 WHERE role = ?")
        .bind(new.role.name())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO authorities (id, role, value, is_current, created_at) VALUES (?, ?, ?, 1, ?)")
        .bind(&new.id)
        .bind(new.role.name())
        .bind(new.value.to_string())
        .bind(integer(new.created_at))
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_challenge(connection: &mut SqliteConnection, new: &Challenge) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO challenges (id, hash, created_at, expires_at) VALUES (?, ?, ?, ?)")
        .bind(&new.id)
        .bind(&new.hash)
        .bind(integer(new.created_at))
        .bind(new.expires_at.map(integer))
        .execute(connection)
        .await?;
    Ok(())
}
