//! Times (RFC 5280 4.1.2.5).

use alloc::string::{String, ToString};

use der::Tag;

use super::{finding::Findings, rule::rules};
use crate::{inspect::element::Element, validity::date_time};

rules! {
    TIME_MALFORMED, Error, "RFC 5280 4.1.2.5":
        "a time is not one in UTC with seconds";
        "have it issued anew; the time has to end in Z, with seconds and without fractions".
    TIME_TYPE_WRONG, Warning, "RFC 5280 4.1.2.5":
        "a time up to 2049 is a GeneralizedTime, or a later one none";
        "have it issued anew; strict readers refuse the other type".
    VALIDITY_REVERSED, Error, "RFC 5280 4.1.2.5":
        "the end lies before the beginning";
        "have it issued anew".
    EXPIRED, Error, "RFC 5280 6.1.3 (a)(2)":
        "the certificate has ended";
        "renew it, and replace it wherever it is in use".
    NOT_YET_VALID, Warning, "RFC 5280 6.1.3 (a)(2)":
        "the certificate's life has not begun";
        "compare the clocks; if it is right, wait until it begins".
    EXPIRES_SOON, Notice, "RFC 5280 4.1.2.5":
        "less than a tenth of the certificate's life is left";
        "renew it".
}

/// The last second of 2049.
const END_OF_UTC_TIME: u64 = 2_524_607_999;

/// A time in Unix seconds, if it is one.
pub(super) fn time(element: Element<'_>, place: &'static str, findings: &mut Findings) -> Option<u64> {
    let seconds = match element.time(place) {
        Ok(seconds) => seconds,
        Err(problem) => {
            findings.add(&TIME_MALFORMED, place, problem);
            return None;
        }
    };
    let wanted = if seconds > END_OF_UTC_TIME { Tag::GeneralizedTime } else { Tag::UtcTime };
    let found = element.tag();
    findings.add_if(found != wanted, &TIME_TYPE_WRONG, place, format_args!("found {found}, wanted {wanted}"));
    Some(seconds)
}

/// A time as people read it.
pub(super) fn date(seconds: u64) -> String {
    date_time(seconds).map_or_else(|| seconds.to_string(), |time| time.to_string())
}

/// Looks at a life, of which both ends are Unix seconds.
pub(super) fn check(not_before: u64, not_after: u64, now: u64, findings: &mut Findings) {
    let (begin, end) = ("validity.notBefore", "validity.notAfter");
    let (first, last, present) = (date(not_before), date(not_after), date(now));
    let Some(life) = not_after.checked_sub(not_before) else {
        return findings.add(&VALIDITY_REVERSED, end, format_args!("found a life from {first} to {last}"));
    };
    findings.add_if(not_before > now, &NOT_YET_VALID, begin, format_args!("found {first}, now is {present}"));
    let Some(left) = not_after.checked_sub(now) else {
        return findings.add(&EXPIRED, end, format_args!("found {last}, now is {present}"));
    };
    let days = left / SECONDS_PER_DAY;
    findings.add_if(left < life / 10, &EXPIRES_SOON, end, format_args!("found {last}, in {days} days"));
}

pub(super) const SECONDS_PER_DAY: u64 = 86_400;
