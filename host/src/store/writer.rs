//! The one writer: jobs that wait share a transaction, and so the cost of making it durable.

use std::sync::Mutex;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::sqlite::{REMEMBERED, certificate, integer};
use super::{Challenge, Issuance, Recorded, StoreError, StoredAuthority};
use crate::ambient::Stopwatch;

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
    /// Remove a challenge.
    RemoveChallenge(String, Done<bool>),
    /// Nothing but a transaction.
    Ping(Done<()>),
    /// Ask for a setting of the connection.
    #[cfg(test)]
    Pragma(&'static str, Done<String>),
}

/// What a job gave, held back until the commit.
enum Applied {
    Recorded(Recorded),
    Removed(bool),
    Done,
    #[cfg(test)]
    Setting(String),
}

impl Job {
    fn answer(self, outcome: Result<Applied, StoreError>) {
        // Nobody may be waiting any more; what is recorded stays recorded.
        match (self, outcome) {
            (Self::Issue(_, done), Ok(Applied::Recorded(recorded))) => drop(done.send(Ok(recorded))),
            (Self::Issue(_, done), outcome) => drop(done.send(Err(unanswered(outcome)))),
            (Self::RemoveChallenge(_, done), Ok(Applied::Removed(found))) => drop(done.send(Ok(found))),
            (Self::RemoveChallenge(_, done), outcome) => drop(done.send(Err(unanswered(outcome)))),
            #[cfg(test)]
            (Self::Pragma(_, done), Ok(Applied::Setting(value))) => drop(done.send(Ok(value))),
            #[cfg(test)]
            (Self::Pragma(_, done), outcome) => drop(done.send(Err(unanswered(outcome)))),
            (Self::Authority(_, done) | Self::Challenge(_, done) | Self::Ping(done), outcome) => {
                drop(done.send(outcome.map(drop)));
            }
        }
    }
}

fn unanswered(outcome: Result<Applied, StoreError>) -> StoreError {
    outcome.err().unwrap_or_else(|| StoreError::Failed("the job gave no result".to_owned()))
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

    /// Comes back when no job is taken any more.
    pub(super) async fn ended(&self) {
        self.jobs.closed().await;
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
        commit(&mut connection, std::mem::take(&mut group)).await;
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the store did not close cleanly");
    }
}

/// One transaction for the whole group; nobody is answered before it is durable.
///
/// Some errors (a full disk, an I/O error) make SQLite roll back all of the transaction. Then the
/// jobs are done again, each in a transaction of its own: what can be recorded is.
async fn commit(connection: &mut SqliteConnection, group: Vec<Job>) {
    match transaction(connection, &group).await {
        Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(job, outcome)| job.answer(outcome)),
        Err(error) if group.len() == 1 => group.into_iter().for_each(|job| job.answer(Err(error.clone()))),
        Err(error) => {
            tracing::warn!(%error, jobs = group.len(), "the transaction was rolled back; each job is tried alone");
            for job in group {
                let outcome = transaction(connection, std::slice::from_ref(&job)).await;
                job.answer(
                    outcome.and_then(|mut outcomes| outcomes.pop().unwrap_or(Err(StoreError::Closed))),
                );
            }
        }
    }
}

/// The outcomes of the jobs once they are durable, or why none of them is.
async fn transaction(
    connection: &mut SqliteConnection,
    jobs: &[Job],
) -> Result<Vec<Result<Applied, StoreError>>, StoreError> {
    let clock = Stopwatch::start();
    execute(connection, "BEGIN IMMEDIATE").await?;
    let done = match all(connection, jobs).await {
        Ok(outcomes) => execute(connection, "COMMIT").await.map(|()| outcomes),
        Err(error) => Err(error),
    };
    if done.is_err() {
        // The transaction may be open still; the next group needs a clean start.
        let _ = execute(connection, "ROLLBACK").await;
    }
    tracing::debug!(jobs = jobs.len(), duration_us = clock.elapsed_us(), "store");
    done
}

async fn all(
    connection: &mut SqliteConnection,
    jobs: &[Job],
) -> Result<Vec<Result<Applied, StoreError>>, StoreError> {
    if let [job] = jobs {
        return Ok(vec![Ok(apply(connection, job).await?)]);
    }
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        outcomes.push(savepoint(connection, job).await?);
    }
    Ok(outcomes)
}

/// A job in a savepoint of its own: one that fails takes no other with it. The outer error says that
/// the transaction around it is lost.
async fn savepoint(
    connection: &mut SqliteConnection,
    job: &Job,
) -> Result<Result<Applied, StoreError>, StoreError> {
    execute(connection, "SAVEPOINT job").await?;
    let outcome = apply(connection, job).await;
    if outcome.is_err() {
        execute(connection, "ROLLBACK TO job").await?;
    }
    execute(connection, "RELEASE job").await?;
    Ok(outcome)
}

async fn apply(connection: &mut SqliteConnection, job: &Job) -> Result<Applied, StoreError> {
    match job {
        Job::Issue(issuance, _) => issue(connection, issuance).await.map(Applied::Recorded),
        Job::Authority(authority, _) => put_authority(connection, authority).await.map(|()| Applied::Done),
        Job::Challenge(challenge, _) => put_challenge(connection, challenge).await.map(|()| Applied::Done),
        Job::RemoveChallenge(id, _) => remove_challenge(connection, id).await.map(Applied::Removed),
        Job::Ping(_) => Ok(Applied::Done),
        #[cfg(test)]
        Job::Pragma(sql, _) => {
            use sqlx::{Row, ValueRef};
            let row = sqlx::query(*sql).fetch_one(connection).await?;
            let is_text = row.try_get_raw(0)?.type_info().to_string() == "TEXT";
            Ok(Applied::Setting(match is_text {
                true => row.try_get(0)?,
                false => row.try_get::<i64, _>(0)?.to_string(),
            }))
        }
    }
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}

async fn issue(connection: &mut SqliteConnection, new: &Issuance) -> Result<Recorded, StoreError> {
    if let Some(retry) = &new.retry {
        // The first one in decides: a later one changes nothing and gets the winner's certificate.
        let remembered = sqlx::query(
            "INSERT INTO remembered_replies (transaction_id, csr_sha256, serial, remembered_at, signer_sha256) \
             VALUES (?, ?, ?, ?, ?) ON CONFLICT (transaction_id, csr_sha256) DO UPDATE SET \
             serial = excluded.serial, remembered_at = excluded.remembered_at, \
             signer_sha256 = excluded.signer_sha256 \
             WHERE remembered_replies.serial = ?",
        )
        .bind(&retry.transaction_id)
        .bind(&retry.csr_sha256)
        .bind(&new.certificate.record.serial)
        .bind(integer(new.certificate.issued_at))
        .bind(&new.signer_sha256)
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

async fn remove_challenge(connection: &mut SqliteConnection, id: &str) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM challenges WHERE id = ?").bind(id).execute(connection).await?;
    Ok(removed.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::super::contract::issuance;
    use super::super::sqlite::migrations;
    use super::*;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, Row};

    /// An authority that the certificates of the contract belong to, in a store of one connection.
    async fn connection(folder: &tempfile::TempDir) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(folder.path().join("s.sqlite"));
        let mut connection = options.create_if_missing(true).connect().await.unwrap();
        migrations().run(&mut connection).await.unwrap();
        let value = serde_json::json!({});
        let role = super::super::Role::Issuing;
        let authority = StoredAuthority { id: "issuing-1".to_owned(), role, value, created_at: 1 };
        put_authority(&mut connection, &authority).await.unwrap();
        connection
    }

    async fn pages(connection: &mut SqliteConnection, sql: &'static str) -> i64 {
        sqlx::query(sql).fetch_one(connection).await.unwrap().get(0)
    }

    #[tokio::test]
    async fn a_full_disk_makes_no_answer_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = connection(&folder).await;
        let used = pages(&mut connection, "PRAGMA page_count").await;
        let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", used + 12));
        sqlx::query(limit).execute(&mut connection).await.unwrap();
        let (mut jobs, mut answers) = (Vec::new(), Vec::new());
        // Every third has no room at all; the others do, for a while.
        for number in 0..9 {
            let mut new = issuance(&format!("s{number}"), &format!("t{number}"));
            let size = if number % 3 == 2 { 200_000 } else { 4_000 };
            new.certificate.pem = "x".repeat(size);
            let (done, answer) = oneshot::channel();
            jobs.push(Job::Issue(Box::new(new), done));
            answers.push(answer);
        }
        commit(&mut connection, jobs).await;
        let mut recorded = 0;
        for (number, answer) in answers.into_iter().enumerate() {
            let told = answer.await.unwrap().is_ok();
            let serial = format!("s{number}");
            let query = sqlx::query("SELECT 1 FROM certificates WHERE serial = ?").bind(serial);
            let there = query.fetch_optional(&mut connection).await.unwrap().is_some();
            assert_eq!(told, there, "job {number}");
            recorded += u32::from(there);
        }
        assert!((1..9).contains(&recorded), "{recorded} of 9 fit");
    }
}
