//! How many connections there may be. Idle ones cost a stranger nothing, so they keep nobody out: when all
//! places are taken, the one that has been idle longest gives way. A connection is idle until the head of a
//! request is there, and again after its answer; an upload is work, which ends with the request's time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::ambient::Stopwatch;

/// How often to look again for an idle connection, when there is none.
const AGAIN: Duration = Duration::from_millis(50);
/// How long a connection has to be idle before it may be closed for another one: the head of an honest request
/// is there sooner.
const PATIENCE: Duration = Duration::from_secs(1);

/// The places there are.
pub(super) struct Connections {
    places: Arc<Semaphore>,
    idle: Arc<Idle>,
}

/// The connections that nothing is done for.
struct Idle {
    patience: Duration,
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    next: u64,
    connections: BTreeMap<u64, Connection>,
}

/// One connection's place, until it is dropped.
pub(super) struct Place {
    connection: Connection,
    _permit: OwnedSemaphorePermit,
}

/// A connection, as its requests know it.
#[derive(Clone)]
pub(super) struct Connection(Arc<State>);

struct State {
    idle: Arc<Idle>,
    /// Its number among the idle; the same for all of its life.
    number: u64,
    /// Since it was accepted, or its last answer was ready.
    since: Mutex<Stopwatch>,
    close: Notify,
}

/// While this lives, the connection is not idle.
pub(super) struct AtWork(Connection);

impl Connections {
    /// With room for this many.
    pub(super) fn new(places: usize) -> Self {
        Self::with_patience(places, PATIENCE)
    }

    fn with_patience(places: usize, patience: Duration) -> Self {
        let idle = Idle { patience, list: Mutex::default() };
        Self { places: Arc::new(Semaphore::new(places)), idle: Arc::new(idle) }
    }

    /// A place for a new connection; an idle one has to go if there is none.
    pub(super) async fn enter(&self) -> Place {
        loop {
            let places = self.places.clone();
            let permit = match places.try_acquire_owned() {
                Ok(permit) => permit,
                Err(_) => {
                    self.idle.close_one();
                    match tokio::time::timeout(AGAIN, self.places.clone().acquire_owned()).await {
                        Ok(Ok(permit)) => permit,
                        _ => continue,
                    }
                }
            };
            return Place { connection: Connection::new(&self.idle), _permit: permit };
        }
    }
}

impl Idle {
    /// Tells the connection that has been idle longest to go, if that is long enough.
    fn close_one(&self) {
        let list = locked(&self.list);
        let longest = list.connections.values().max_by_key(|connection| connection.idle());
        if let Some(connection) = longest.filter(|connection| connection.idle() >= self.patience) {
            connection.0.close.notify_one();
        }
    }
}

impl Place {
    /// The connection that has it.
    pub(super) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// Comes back when the place is needed for another connection.
    pub(super) async fn is_needed(&self) {
        loop {
            self.connection.0.close.notified().await;
            // Meanwhile it may have come to life.
            if self.connection.may_go() {
                return;
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.leave_idle();
    }
}

impl Connection {
    fn new(idle: &Arc<Idle>) -> Self {
        let number = {
            let mut list = locked(&idle.list);
            list.next += 1;
            list.next
        };
        let since = Mutex::new(Stopwatch::start());
        let connection = Self(Arc::new(State { idle: idle.clone(), number, since, close: Notify::new() }));
        connection.rest();
        connection
    }

    /// Says that a request of this connection is worked on.
    pub(super) fn work(&self) -> AtWork {
        self.leave_idle();
        AtWork(self.clone())
    }

    fn idle(&self) -> Duration {
        locked(&self.0.since).elapsed()
    }

    fn may_go(&self) -> bool {
        let is_idle = locked(&self.0.idle.list).connections.contains_key(&self.0.number);
        is_idle && self.idle() >= self.0.idle.patience
    }

    fn rest(&self) {
        *locked(&self.0.since) = Stopwatch::start();
        locked(&self.0.idle.list).connections.insert(self.0.number, self.clone());
    }

    fn leave_idle(&self) {
        locked(&self.0.idle.list).connections.remove(&self.0.number);
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.rest();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIEF: Duration = Duration::from_millis(20);

    /// Whether the connection was told to go.
    async fn is_told(place: &Place) -> bool {
        tokio::time::timeout(Duration::from_millis(1), place.is_needed()).await.is_ok()
    }

    #[tokio::test]
    async fn the_longest_idle_gives_way() {
        let connections = Connections::with_patience(3, BRIEF);
        let (first, second, third) =
            (connections.enter().await, connections.enter().await, connections.enter().await);
        let working = first.connection().work();
        tokio::time::sleep(BRIEF).await;
        // The first is at work, and the second was after the third came.
        drop(second.connection().work());
        tokio::time::sleep(BRIEF).await;
        let mut entering = Box::pin(connections.enter());
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut entering).await.is_err());
        assert!(is_told(&third).await);
        assert!(!is_told(&first).await && !is_told(&second).await);
        drop(third);
        let _new = entering.await;
        drop(working);
    }

    #[tokio::test]
    async fn who_is_at_work_is_left_alone() {
        let connections = Connections::with_patience(1, BRIEF);
        let only = connections.enter().await;
        let working = only.connection().work();
        let mut entering = Box::pin(connections.enter());
        assert!(tokio::time::timeout(AGAIN * 3, &mut entering).await.is_err());
        assert!(!is_told(&only).await);
        drop(working);
        assert!(tokio::time::timeout(AGAIN * 3, &mut entering).await.is_err());
        assert!(is_told(&only).await);
        drop(only);
        entering.await;
        assert!(locked(&connections.idle.list).connections.is_empty(), "who has gone is not remembered");
    }

    #[tokio::test]
    async fn a_notice_that_came_too_late_closes_nothing() {
        let connections = Connections::with_patience(1, BRIEF);
        let only = connections.enter().await;
        tokio::time::sleep(BRIEF).await;
        connections.idle.close_one();
        let working = only.connection().work();
        tokio::time::sleep(BRIEF).await;
        assert!(!is_told(&only).await, "at work since");
        drop(working);
        assert!(!is_told(&only).await, "the old notice is gone");
    }
}
