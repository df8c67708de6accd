//! When a message was signed, and how old it may be.

use serde::Deserialize;

use super::{invalid, malformed};
use crate::error::{Error, ErrorCode};

/// What counts unless it is said otherwise, and the most that may be said, in seconds.
const DEFAULT_SKEW_SECONDS: u64 = 60;
const MAX_SKEW_SECONDS: u64 = 600;
const DEFAULT_AGE_SECONDS: u64 = 300;
const MAX_AGE_SECONDS: u64 = 366 * 86_400;

/// How old a message may be.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Freshness {
    /// How far the clocks may be apart: 60 seconds if nothing is said, 600 at most.
    pub clock_skew_seconds: u64,
    /// How long after it was signed a message counts: 300 seconds if nothing is said, 366 days at most.
    pub max_age_seconds: u64,
    /// Accepts a message that does not say when it was signed: a bare signature never does. It has to be remembered for as
    /// long as the key is in use.
    pub allow_undated: bool,
}

impl Default for Freshness {
    fn default() -> Self {
        Self {
            clock_skew_seconds: DEFAULT_SKEW_SECONDS,
            max_age_seconds: DEFAULT_AGE_SECONDS,
            allow_undated: false,
        }
    }
}

/// What a message says of its time, Unix seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    pub(crate) signed_at: Option<u64>,
    pub(crate) expires: Option<u64>,
}

impl Freshness {
    /// # Errors
    /// `FieldInvalid`.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (skew, age) = (self.clock_skew_seconds, self.max_age_seconds);
        if skew > MAX_SKEW_SECONDS {
            return Err(invalid(format_args!("found {skew} seconds, wanted at most {MAX_SKEW_SECONDS}"))
                .at("clock_skew_seconds"));
        }
        if !(1..=MAX_AGE_SECONDS).contains(&age) {
            return Err(invalid(format_args!("found {age} seconds, wanted 1 to {MAX_AGE_SECONDS}"))
                .at("max_age_seconds"));
        }
        Ok(())
    }

    /// Holds a message against the time. The last second in which it would be accepted comes back; none for one that has no
    /// time at all.
    ///
    /// # Errors
    /// `MessageUndated`, `MessageFromFuture`, `MessageStale`, `MessageMalformed`.
    pub(crate) fn accept(&self, times: Times, now: u64) -> Result<Option<u64>, Error> {
        let Times { signed_at, expires } = times;
        if signed_at.is_none() && !self.allow_undated {
            return Err(Error::new(
                ErrorCode::MessageUndated,
                "found no time at which the message was signed, wanted one (or allow_undated)",
            ));
        }
        if let Some(signed_at) =
            signed_at.filter(|signed_at| now.saturating_add(self.clock_skew_seconds) < *signed_at)
        {
            return Err(Error::new(
                ErrorCode::MessageFromFuture,
                format_args!("the message was signed at {signed_at}, and it is {now}; are the clocks right?"),
            ));
        }
        if signed_at.zip(expires).is_some_and(|(signed_at, expires)| expires < signed_at) {
            return Err(malformed("found a message that expires before it was signed"));
        }
        let aged = signed_at.map(|signed_at| signed_at.saturating_add(self.max_age_seconds));
        let last = aged.into_iter().chain(expires).min();
        let last = last.map(|last| last.saturating_add(self.clock_skew_seconds));
        match last {
            Some(last) if last < now => Err(Error::new(
                ErrorCode::MessageStale,
                format_args!(
                    "the message counted until {last}, and it is {now}; the device has to sign anew"
                ),
            )),
            last => Ok(last),
        }
    }
}
