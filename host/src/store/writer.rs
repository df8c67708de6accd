//! The one writer: writes that wait share a transaction, and so the cost of making it durable.

use std::sync::Mutex;

use async_trait::async_trait;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::StoreError;
use crate::ambient::Stopwatch;

/// Writes that may wait; more callers wait for room.
const QUEUE: usize = 1024;
/// Writes in one transaction.
const GROUP: usize = 256;

/// What is around a change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Around {
    /// A transaction of its own.
    Transaction,
    /// The savepoint `job` in a transaction.
    Savepoint,
}

/// One change of the store.
#[async_trait]
pub(super) trait Write: Send + Sync + 'static {
    /// What it gives once it is durable.
    type Output: Send + 'static;

    /// Makes the change, within a transaction. It is made again if that transaction is lost.
    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Output, StoreError>;

    /// Makes the change with what is around it in one crossing to SQLite's thread. Nothing where the write cannot do
    /// that, or where nothing was changed and [`Self::apply`] is to say why. After an error what is around it may be open.
    async fn apply_in_one_crossing(
        &self,
        _: &mut SqliteConnection,
        _: Around,
    ) -> Result<Option<Self::Output>, StoreError> {
        Ok(None)
    }
}

/// Nothing but a transaction.
pub(super) struct Ping;

#[async_trait]
impl Write for Ping {
    type Output = ();

    async fn apply(&self, _: &mut SqliteConnection) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A write, and who waits for it.
#[async_trait]
trait Job: Send {
    /// Makes the change and holds back what it gave.
    async fn apply(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError>;
    /// The same in one crossing, if the write can; whether it has.
    async fn apply_in_one_crossing(
        &mut self,
        connection: &mut SqliteConnection,
        around: Around,
    ) -> Result<bool, StoreError>;
    /// Tells how it went, once it is known whether the transaction is durable.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Waiting<W: Write> {
    write: W,
    outcome: Option<Result<W::Output, StoreError>>,
    done: oneshot::Sender<Result<W::Output, StoreError>>,
}

#[async_trait]
impl<W: Write> Job for Waiting<W> {
    async fn apply(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let outcome = self.write.apply(connection).await;
        let done = outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        self.outcome = Some(outcome);
        done
    }

    async fn apply_in_one_crossing(
        &mut self,
        connection: &mut SqliteConnection,
        around: Around,
    ) -> Result<bool, StoreError> {
        let outcome = self.write.apply_in_one_crossing(connection, around).await;
        let done = outcome.as_ref().map(Option::is_some).map_err(Clone::clone);
        self.outcome = outcome.transpose();
        done
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { outcome, done, .. } = *self;
        let unmade = || Err(StoreError::Failed("the write was not made".to_owned()));
        let outcome = committed.and_then(|()| outcome.unwrap_or_else(unmade));
        // Nobody may be waiting any more; what is recorded stays recorded.
        let _ = done.send(outcome);
    }
}

/// A handle to the writer's task.
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
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

    /// Hands a write over and waits until it is durable.
    pub(super) async fn run<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        let (done, outcome) = oneshot::channel();
        let job = Box::new(Waiting { write, outcome: None, done });
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }

    /// Comes back when no write is taken any more.
    pub(super) async fn ended(&self) {
        self.jobs.closed().await;
    }

    /// Lets the writes that wait be done, then closes the connection.
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
    mut queue: mpsc::Receiver<Box<dyn Job>>,
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
/// writes are made again, each in a transaction of its own: what can be recorded is.
async fn commit(connection: &mut SqliteConnection, mut group: Vec<Box<dyn Job>>) {
    match transaction(connection, &mut group).await {
        Err(error) if group.len() > 1 => {
            tracing::warn!(%error, jobs = group.len(), "the transaction was rolled back; each write is tried alone");
            for mut job in group {
                let committed = transaction(connection, std::slice::from_mut(&mut job)).await;
                job.answer(committed);
            }
        }
        committed => group.into_iter().for_each(|job| job.answer(committed.clone())),
    }
}

/// Whether the jobs are durable, but for those that failed by themselves; or why none of them is.
async fn transaction(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let clock = Stopwatch::start();
    let done = match &mut *jobs {
        [job] => alone(connection, job).await,
        jobs => together(connection, jobs).await,
    };
    if done.is_err() {
        // The transaction may be open still; the next group needs a clean start.
        let _ = execute(connection, "ROLLBACK").await;
    }
    tracing::debug!(jobs = jobs.len(), duration_us = clock.elapsed_us(), "store");
    done
}

async fn alone(connection: &mut SqliteConnection, job: &mut Box<dyn Job>) -> Result<(), StoreError> {
    if job.apply_in_one_crossing(connection, Around::Transaction).await? {
        return Ok(());
    }
    execute(connection, "BEGIN IMMEDIATE").await?;
    job.apply(connection).await?;
    execute(connection, "COMMIT").await
}

async fn together(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    execute(connection, "BEGIN IMMEDIATE").await?;
    for job in jobs {
        savepoint(connection, job).await?;
    }
    execute(connection, "COMMIT").await
}

/// A job in a savepoint of its own: one that fails takes no other with it. The error says that the
/// transaction around it is lost.
async fn savepoint(connection: &mut SqliteConnection, job: &mut Box<dyn Job>) -> Result<(), StoreError> {
    let is_lost = match job.apply_in_one_crossing(connection, Around::Savepoint).await {
        Ok(true) => return Ok(()),
        Ok(false) => {
            execute(connection, "SAVEPOINT job").await?;
            job.apply(connection).await.is_err()
        }
        Err(_) => true,
    };
    if is_lost {
        execute(connection, "ROLLBACK TO job").await?;
    }
    execute(connection, "RELEASE job").await
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::contract::issuance;
    use super::super::sqlite::migrations;
    use super::super::{Issuance, Recorded, Role, StoredAuthority};
    use super::*;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, Row};

    /// An authority that the certificates of the contract belong to, in a store of one connection.
    async fn connection(folder: &tempfile::TempDir) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(folder.path().join("s.sqlite"));
        let mut connection = options.create_if_missing(true).connect().await.unwrap();
        migrations().run(&mut connection).await.unwrap();
        let value = serde_json::json!({});
        let role = Role::Issuing;
        let authority = StoredAuthority { id: "issuing-1".to_owned(), role, value, created_at: 1 };
        authority.apply(&mut connection).await.unwrap();
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
        let (mut jobs, mut answers) = (Vec::<Box<dyn Job>>::new(), Vec::new());
        // Every third has no room at all; the others do, for a while.
        for number in 0..9 {
            let mut new = issuance(&format!("s{number}"), &format!("t{number}"));
            let size = if number % 3 == 2 { 200_000 } else { 4_000 };
            new.certificate.pem = "x".repeat(size);
            let (done, answer) = oneshot::channel();
            jobs.push(Box::new(Waiting { write: new, outcome: None, done }));
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

    /// Commits these writes in one transaction, and tells which are recorded. It is lost for one that is alone only.
    async fn committed(connection: &mut SqliteConnection, writes: Vec<Issuance>) -> Vec<bool> {
        let (mut jobs, mut answers) = (Vec::<Box<dyn Job>>::new(), Vec::new());
        for write in writes {
            let (done, answer) = oneshot::channel();
            jobs.push(Box::new(Waiting { write, outcome: None, done }));
            answers.push(answer);
        }
        let committed = transaction(connection, &mut jobs).await;
        assert!(committed.is_ok() || jobs.len() == 1, "{committed:?}");
        jobs.into_iter().for_each(|job| job.answer(committed.clone()));
        let mut recorded = Vec::new();
        for answer in answers {
            recorded.push(answer.await.unwrap().is_ok());
        }
        recorded
    }

    /// Neither a certificate that is there already, nor one whose reply or approval cannot be recorded.
    #[tokio::test]
    async fn one_that_fails_leaves_nothing_and_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = connection(&folder).await;
        let no_reply = "CREATE TEMP TRIGGER no_reply BEFORE INSERT ON remembered_replies \
                        WHEN new.transaction_id = 'lost' BEGIN SELECT raise(ABORT, 'no reply'); END";
        sqlx::query(no_reply).execute(&mut connection).await.unwrap();
        let good = |serial: &str| issuance(serial, &format!("of {serial}"));
        let twice = || issuance("a", "of another");
        let lost = || issuance("x", "lost");
        let unapproved = || Issuance { approval: Some("none".to_owned()), ..good("y") };
        let together = vec![good("a"), twice(), lost(), good("b"), unapproved(), good("c")];
        assert_eq!(committed(&mut connection, together).await, [true, false, false, true, false, true]);
        for failing in [twice(), lost(), unapproved()] {
            assert_eq!(committed(&mut connection, vec![failing]).await, [false]);
        }
        assert_eq!(committed(&mut connection, vec![good("d")]).await, [true]);
        let options = SqliteConnectOptions::new().filename(folder.path().join("s.sqlite"));
        let mut other = options.connect().await.unwrap();
        for table in ["certificates", "remembered_replies"] {
            let serials = format!("SELECT group_concat(serial ORDER BY serial) FROM {table}");
            let row = sqlx::query(sqlx::AssertSqlSafe(serials)).fetch_one(&mut other).await.unwrap();
            assert_eq!(row.get::<String, _>(0), "a,b,c,d", "{table}");
        }
    }

    #[tokio::test]
    async fn a_savepoint_in_one_crossing_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = connection(&folder).await;
        execute(&mut connection, "BEGIN IMMEDIATE").await.unwrap();
        let write = issuance("a", "of a");
        let done = write.apply_in_one_crossing(&mut connection, Around::Savepoint).await.unwrap();
        assert_eq!(done, Some(Recorded::New));
        assert!(execute(&mut connection, "RELEASE job").await.is_err(), "one more was open");
        execute(&mut connection, "COMMIT").await.unwrap();
    }
}
