//! What a running server does by itself: it follows what commands change, renews what helps the authority, and
//! says once a day what needs somebody's attention.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::{App, Published};
use crate::ambient;

/// Between two warnings of the same thing.
const REMINDER: Duration = Duration::from_secs(ambient::SECONDS_PER_DAY);
/// Between two looks whether a command has changed the authorities.
const REFRESH: Duration = Duration::from_secs(2);
/// A clock that is set by less than this is kept in time.
const CLOCK_SECONDS: u64 = 60;
/// Between two looks whether a certificate of the server's own comes to its end.
const RENEWAL: Duration = Duration::from_secs(3_600);
/// After a renewal that failed; each further failure doubles it, up to the hour.
const RETRY: Duration = Duration::from_secs(5);
/// Between two times that messages are forgotten.
pub(super) const FORGETTING: Duration = Duration::from_secs(60);

/// When the helpers are looked at the next time.
struct Due {
    at: Instant,
    pause: Duration,
}

impl Due {
    fn now() -> Self {
        Self { at: Instant::now(), pause: RETRY }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.at
    }

    fn after(&mut self, is_done: bool) {
        let pause = if is_done { RENEWAL } else { self.pause };
        self.pause = if is_done { RETRY } else { pause.saturating_mul(2).min(RENEWAL) };
        self.at = Instant::now() + pause;
    }
}

/// The time of day beside a clock that nobody sets.
struct Clock {
    at: Instant,
    time: u64,
}

impl Clock {
    fn now() -> Self {
        Self { at: Instant::now(), time: ambient::now() }
    }

    /// Whether somebody has set the time of day since this was asked last.
    fn is_set_anew(&mut self) -> bool {
        let expected = self.time.saturating_add(self.at.elapsed().as_secs());
        *self = Self::now();
        self.time.abs_diff(expected) > CLOCK_SECONDS
    }
}

/// Goes on until it is dropped.
pub(super) async fn maintain(app: Arc<App>) -> Infallible {
    let mut renewal = Due::now();
    let (mut reminded, mut forgot): (Option<Instant>, Option<Instant>) = (None, None);
    let mut last_trouble = None;
    let (mut clock, mut urgent) = (Clock::now(), BTreeSet::new());
    loop {
        // What was made while the clock was wrong may not be in force any more, or not yet.
        if clock.is_set_anew() {
            renewal = Due::now();
        }
        if renewal.is_over() {
            renewal.after(renew(&app).await);
        }
        if forgot.is_none_or(|last| last.elapsed() >= FORGETTING) {
            forgot = Some(Instant::now());
            forget(&app).await;
        }
        let trouble = match follow(&app).await {
            Ok(is_changed) => {
                // A new generation wants a signer of OCSP responses now, not within the hour.
                if is_changed {
                    renewal = Due::now();
                }
                None
            }
            Err(error) => Some(format!(
                "the authorities were changed, and the server goes on with the old ones: {error:#}"
            )),
        };
        if trouble.is_some() && trouble != last_trouble {
            trouble.iter().for_each(|trouble| tracing::error!("{trouble}"));
        }
        last_trouble.clone_from(&trouble);
        app.service.note("the authorities", trouble);
        let now_urgent = app.service.urgent();
        if !now_urgent.is_subset(&urgent) {
            reminded = None;
        }
        urgent = now_urgent;
        if reminded.is_none_or(|last| last.elapsed() >= REMINDER) {
            reminded = Some(Instant::now());
            app.service.warnings(ambient::now()).iter().for_each(|warning| tracing::warn!("{warning}"));
        }
        tokio::time::sleep(REFRESH).await;
    }
}

/// Renews what comes to its end; whether all of it went well.
async fn renew(app: &App) -> bool {
    let mut is_done = true;
    for (what, done) in app.service.renew_helpers().await {
        is_done &= done.is_ok();
        let trouble = done.err().map(|error| format!("{what} was not renewed: {error:#}"));
        trouble.iter().for_each(|trouble| tracing::error!("{trouble}"));
        app.service.note(what, trouble);
    }
    is_done
}

/// Makes room for messages that are to be remembered, and says so where there will soon be none.
async fn forget(app: &App) {
    let (few_left, failed) = match app.service.forget_messages().await {
        Ok(few_left) => (few_left, None),
        Err(error) => (None, Some(format!("messages that count no more were not forgotten: {error}"))),
    };
    failed.iter().for_each(|trouble| tracing::error!("{trouble}"));
    app.service.note("messages", failed);
    let told = few_left.clone().unwrap_or_default();
    if app.service.note("room for messages", few_left) {
        tracing::warn!("{told}");
    }
}

/// Takes over what was changed; whether anything was. What is published changes with what is served, or neither.
async fn follow(app: &App) -> anyhow::Result<bool> {
    let Some(changed) = app.service.changed().await? else { return Ok(false) };
    let published = Published::of(&app.service, &changed).await?;
    app.service.serve_with(changed);
    *app.published.write().unwrap_or_else(PoisonError::into_inner) = published;
    tracing::info!("authorities or revocations were changed; from now on the new state is served");
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_noticed_once() {
        for seconds in [CLOCK_SECONDS + 5, u64::MAX] {
            let mut clock = Clock { at: Instant::now(), time: ambient::now().saturating_sub(seconds) };
            assert!(clock.is_set_anew(), "it was set forward");
            assert!(!clock.is_set_anew());
        }
        let mut clock = Clock { at: Instant::now(), time: ambient::now() + CLOCK_SECONDS + 5 };
        assert!(clock.is_set_anew(), "it was set back");
    }

    #[test]
    fn a_renewal_that_failed_is_tried_again_soon_and_then_less_often() {
        let left = |due: &Due| due.at.saturating_duration_since(Instant::now());
        let mut due = Due::now();
        assert!(due.is_over());
        due.after(false);
        assert!(!due.is_over() && left(&due) <= RETRY);
        for _ in 0..20 {
            due.after(false);
        }
        assert!(left(&due) > RENEWAL / 2 && left(&due) <= RENEWAL);
        due.after(true);
        due.after(false);
        assert!(left(&due) <= RETRY, "what went well in between counts");
    }
}
