//! How many bodies may be on their way at the same time: a slow one holds its place until it is here or its time is over, so
//! nobody may hold all of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// When somebody with too many of them may come again.
const RETRY_SECONDS: u64 = 5;

/// The places there are.
pub(super) struct Uploads {
    places: usize,
    places_of_one: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by: BTreeMap<String, usize>,
}

/// A body's place, until it is dropped.
pub(super) struct Upload<'a> {
    uploads: &'a Uploads,
    by: String,
}

impl Uploads {
    /// With room for this many, and for so many of one.
    pub(super) fn new(places: usize, places_of_one: usize) -> Self {
        Self { places, places_of_one, taken: Mutex::default() }
    }

    /// A place for a body that somebody sends.
    ///
    /// # Errors
    /// 429 if he has as many as one may have, 503 if all are taken.
    pub(super) fn enter(&self, by: &str) -> Result<Upload<'_>, Box<Response>> {
        let mut taken = self.taken();
        if taken.all >= self.places {
            return Err(Box::new(Problem::busy("too many bodies are on their way").into_response()));
        }
        if taken.by.get(by).is_some_and(|own| *own >= self.places_of_one) {
            let detail = format!(
                "{} bodies from there are on their way already, which is as many as may be",
                self.places_of_one
            );
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", detail);
            return Err(Box::new(problem.after(RETRY_SECONDS).into_response()));
        }
        taken.all += 1;
        *taken.by.entry(by.to_owned()).or_default() += 1;
        Ok(Upload { uploads: self, by: by.to_owned() })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        let mut taken = self.uploads.taken();
        taken.all = taken.all.saturating_sub(1);
        let left = taken.by.get(&self.by).map_or(0, |own| own.saturating_sub(1));
        match left {
            0 => drop(taken.by.remove(&self.by)),
            left => drop(taken.by.insert(self.by.clone(), left)),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn status(uploads: &Uploads, by: &str) -> u16 {
        uploads.enter(by).map_or_else(|response| response.status().as_u16(), |_| 200)
    }

    #[test]
    fn nobody_holds_all_of_them() {
        let uploads = Uploads::new(3, 2);
        let (first, _second) = (uploads.enter("a").ok().unwrap(), uploads.enter("a").ok().unwrap());
        let refused = uploads.enter("a").err().unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "5");
        let other = uploads.enter("b").ok().unwrap();
        let busy = uploads.enter("c").err().unwrap();
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(busy.headers().contains_key(header::RETRY_AFTER));
        drop(first);
        assert_eq!((status(&uploads, "a"), status(&uploads, "b")), (200, 200), "places come back");
        drop(other);
        assert!(!uploads.taken().by.contains_key("b"), "who has gone is not remembered");
    }
}
