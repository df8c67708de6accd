//! How many connections there may be. Silent ones cost a stranger nothing, so they keep nobody out: when
//! all places are taken, the connection that has been idle longest gives way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// How often to look again for an idle connection, when all of them are at work.
const AGAIN: Duration = Duration::from_millis(50);

/// The places there are.
pub(super) struct Connections {
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Idle>>,
}

/// The connections that nothing is done for, in the order in which they became idle.
#[derive(Default)]
struct Idle {
    next: u64,
    close: BTreeMap<u64, Arc<Notify>>,
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
    idle: Arc<Mutex<Idle>>,
    /// Among the idle.
    position: Mutex<Option<u64>>,
    close: Arc<Notify>,
}

/// While this lives, the connection is not idle.
pub(super) struct AtWork(Connection);

impl Connections {
    /// With room for this many.
    pub(super) fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), idle: Arc::default() }
    }

    /// A place for a new connection; an idle one has to go if there is none.
    pub(super) async fn enter(&self) -> Place {
        loop {
            let places = self.places.clone();
            let permit = match places.try_acquire_owned() {
                Ok(permit) => permit,
                Err(_) => {
                    if let Some((_, close)) = locked(&self.idle).close.pop_first() {
                        close.notify_one();
                    }
                    match tokio::time::timeout(AGAIN, self.places.clone().acquire_owned()).await {
                        Ok(Ok(permit)) => permit,
                        _ => continue,
                    }
                }
            };
            let state = State { idle: self.idle.clone(), position: Mutex::default(), close: Arc::default() };
            let connection = Connection(Arc::new(state));
            connection.rest();
            return Place { connection, _permit: permit };
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
        self.connection.0.close.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.leave_idle();
    }
}

impl Connection {
    /// Says that a request of this connection is worked on.
    pub(super) fn work(&self) -> AtWork {
        self.leave_idle();
        AtWork(self.clone())
    }

    fn rest(&self) {
        let mut idle = locked(&self.0.idle);
        let position = idle.next;
        idle.next += 1;
        idle.close.insert(position, self.0.close.clone());
        *locked(&self.0.position) = Some(position);
    }

    fn leave_idle(&self) {
        let mut idle = locked(&self.0.idle);
        if let Some(position) = locked(&self.0.position).take() {
            idle.close.remove(&position);
        }
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

    /// Whether the connection was told to go.
    async fn is_told(place: &Place) -> bool {
        tokio::time::timeout(Duration::from_millis(1), place.is_needed()).await.is_ok()
    }

    #[tokio::test]
    async fn the_longest_idle_gives_way() {
        let connections = Connections::new(3);
        let (first, second, third) =
            (connections.enter().await, connections.enter().await, connections.enter().await);
        let working = first.connection().work();
        drop(second.connection().work());
        // The first is at work, and the second was at work after the third came.
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
        let connections = Connections::new(1);
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
        assert!(connections.idle.lock().unwrap().close.is_empty(), "who has gone is not remembered");
    }
}
