//! How much PKI work there may be at once. Beyond it a client is told to come again, at once: a queue
//! that strangers can fill without end makes every honest device wait until it gives up.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that are worked on at the same time. More than the sandbox has instances, because those
/// that wait for the disk share one commit.
const RUNNING: u32 = 64;

/// The places there are.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// A request's place, until it is dropped.
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

impl Admission {
    /// With room for this many requests, those that are worked on included.
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            running: Arc::new(Semaphore::new(usize::try_from(RUNNING).unwrap_or(usize::MAX))),
        }
    }

    /// Waits for the request's turn; `None` if there is no room to wait. Whoever stops waiting, since
    /// the client hung up, gives the place back and nothing was begun.
    pub(super) async fn enter(&self) -> Option<Place> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let running = self.running.clone().acquire_owned().await.ok()?;
        Some(Place { _place: place, _running: running })
    }

    /// Waits until nothing is worked on.
    pub(super) async fn idle(&self) {
        let _ = self.running.acquire_many(RUNNING).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{Future, poll_fn};
    use std::task::Poll;

    /// Whether the future has ended after one poll.
    async fn has_ended<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
        let mut future = future;
        poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn beyond_the_places_nobody_waits() {
        let admission = Admission::new(2);
        let (one, _two) = (admission.enter().await.unwrap(), admission.enter().await.unwrap());
        assert!(admission.enter().await.is_none());
        drop(one);
        assert!(admission.enter().await.is_some());
    }

    #[tokio::test]
    async fn who_hangs_up_while_waiting_leaves_no_trace() {
        let running = usize::try_from(RUNNING).unwrap();
        let admission = Admission::new(running + 1);
        let mut places = Vec::new();
        for _ in 0..running {
            places.push(admission.enter().await.unwrap());
        }
        {
            let mut waiter = std::pin::pin!(admission.enter());
            assert!(!has_ended(waiter.as_mut()).await);
            assert!(admission.enter().await.is_none(), "the waiter has the last place");
        }
        places.pop();
        assert!(admission.enter().await.is_some());
    }

    #[tokio::test]
    async fn idle_waits_for_the_last() {
        let admission = Admission::new(4);
        let place = admission.enter().await.unwrap();
        let mut idle = std::pin::pin!(admission.idle());
        assert!(!has_ended(idle.as_mut()).await);
        drop(place);
        assert!(has_ended(idle.as_mut()).await);
    }
}
