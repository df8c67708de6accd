//! How much there is to do, and in which time.

use alloc::{format, string::{String, ToString}};

use super::{Finding, Found, Situation, Status, attention, ok};
use crate::validity::date_time;

/// How many devices are many: above this, Jamf's own documentation has its customers call support.
const MANY: u64 = 500;

/// The renewal comes in time.
pub(super) fn time_left(situation: &Situation<'_>) -> Found {
    let (now, end) = (situation.request.now, situation.authority.certificate.not_after());
    let (has_ended, end_seconds, end) = (end < now, end, date(end));
    if has_ended {
        return attention(format_args!(
            "the authority ended at {end}: what it issued is not accepted until the renewed certificate is distributed, and \
             a new key cannot be vouched for by the old one any more"
        ));
    }
    let next = situation.next.not_after;
    if next <= end_seconds {
        return attention(format_args!("the renewed certificate would end at {}, no later than the present one", date(next)));
    }
    let is_late = end_seconds < situation.load.done_at;
    let needed = date(situation.load.done_at);
    if is_late {
        return attention(format_args!("the authority ends at {end}, before all devices are done at {needed}"));
    }
    ok(format_args!("the authority ends at {end}, all devices can be done at {needed}"))
}

/// As people read it.
fn date(seconds: u64) -> String {
    date_time(seconds).map_or_else(|| seconds.to_string(), |date| date.to_string())
}

/// How many devices come, and how fast.
pub(super) fn herd(situation: &Situation<'_>) -> Found {
    let load = situation.load;
    let (status, detail) = if load.certificates == 0 {
        (Status::Ok, "there is nothing to renew".into())
    } else if !situation.moves_the_anchor() {
        (Status::Ok, "no device has to renew because of this; what ends is renewed as it always is".into())
    } else {
        let status = if load.certificates > MANY { Status::Attention } else { Status::Ok };
        let detail = format!(
            "{} certificates over {} seconds are {} in an hour; devices renew at their next check-in, all at once, unless \
             they are told in groups",
            load.certificates, load.spread_seconds, load.per_hour
        );
        (status, detail)
    };
    Ok(Finding(status, Some(load.certificates), detail))
}
