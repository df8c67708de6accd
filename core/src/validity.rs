//! Validity periods (RFC 5280 4.1.2.5).

use core::time::Duration;

use der::{
    DateTime, DecodeValue, Encode, EncodeValue, FixedTag, Header, Length, Reader, Tag, Tagged, Writer,
    asn1::AnyRef,
};
use x509_cert::time::{Time, Validity};

use crate::error::{Error, ErrorCode};

/// How far before `now` a certificate begins, so that a device whose clock is slow accepts it at once.
pub const BACKDATE_SECONDS: u64 = 300;

/// How far ahead of `now` a time may lie that cannot be of the future: the clocks of two machines.
pub const TOLERANCE_SECONDS: u64 = 300;

/// A period in Unix seconds, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first second.
    pub not_before: u64,
    /// The last second.
    pub not_after: u64,
}

impl Period {
    /// A life of `seconds` from `now` on, begun [`BACKDATE_SECONDS`] earlier.
    ///
    /// # Errors
    /// `ProfileValidityRefused` for no life at all or one that ends after the year 9999.
    pub fn starting(now: u64, seconds: u64) -> Result<Self, Error> {
        let last = seconds.checked_sub(1).and_then(|rest| now.checked_add(rest));
        let not_after = last.ok_or_else(|| {
            refused(format_args!(
                "found a lifetime of {seconds} seconds, wanted at least one that ends in this era"
            ))
        })?;
        let period = Self { not_before: now.saturating_sub(BACKDATE_SECONDS), not_after };
        period.to_validity().map(|_| period)
    }

    /// The part of this period that lies within `outer`: nothing outlives its issuer.
    #[must_use]
    pub fn within(self, outer: Self) -> Self {
        Self {
            not_before: self.not_before.max(outer.not_before),
            not_after: self.not_after.min(outer.not_after),
        }
    }

    /// Begun later, if need be, so that the whole is no longer than `seconds`: limits count the
    /// time from the first second to the last, backdating included (RFC 5280 4.1.2.5).
    #[must_use]
    pub fn at_most(self, seconds: u64) -> Self {
        let earliest = self.not_after.saturating_add(1).saturating_sub(seconds);
        Self { not_before: self.not_before.max(earliest), ..self }
    }

    /// Whether `now` lies in the period.
    #[must_use]
    pub const fn contains(self, now: u64) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// As certificates carry it: UTCTime up to 2049, GeneralizedTime after.
    ///
    /// # Errors
    /// `ProfileValidityRefused` after the year 9999.
    pub fn to_validity(self) -> Result<Validity, Error> {
        Ok(Validity::new(time(self.not_before)?, time(self.not_after)?))
    }
}

/// Validity as certificates have it, those that begin before 1970 too: Unix seconds begin there, and so do they.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime(pub(crate) Validity);

impl<'a> DecodeValue<'a> for Lifetime {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, _: Header) -> der::Result<Self> {
        Ok(Self(Validity::new(lenient_time(reader.decode()?)?, lenient_time(reader.decode()?)?)))
    }
}

impl EncodeValue for Lifetime {
    fn value_len(&self) -> der::Result<Length> {
        self.0.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.0.encode_value(writer)
    }
}

impl FixedTag for Lifetime {
    const TAG: Tag = Tag::Sequence;
}

/// A Time (RFC 5280 4.1.2.5), one from 1950 to 1969 as the first second of 1970.
pub(crate) fn lenient_time(time: AnyRef<'_>) -> der::Result<Time> {
    let whole = time.to_der()?;
    let is_early = time.tag() == Tag::UtcTime && matches!(time.value(), [b'5' | b'6', ..]);
    if is_early && time.value().len() == EARLY_LENGTH && time.value().ends_with(b"Z") {
        let mut moved = whole.clone();
        // The rest of it is read as that of another year.
        if let Some(decade) = moved.get_mut(2) {
            *decade = b'7';
        }
        let _: Time = der::Decode::from_der(&moved)?;
        return DateTime::new(1970, 1, 1, 0, 0, 0).map(Time::from);
    }
    der::Decode::from_der(&whole)
}

/// The octets of a UTCTime.
const EARLY_LENGTH: usize = 13;

/// Unix seconds as ASN.1's times take them; none after the year 9999.
pub(crate) fn date_time(seconds: u64) -> Option<DateTime> {
    DateTime::from_unix_duration(Duration::from_secs(seconds)).ok()
}

/// A time in Unix seconds, for people: as RFC 3339 has it, or the number where the calendar ends.
pub(crate) struct Moment(pub(crate) u64);

impl core::fmt::Display for Moment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match date_time(self.0) {
            Some(time) => time.fmt(f),
            None => self.0.fmt(f),
        }
    }
}

/// Checks that a time of a request is none of the future.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn check_now(seconds: u64, now: u64, field: &str) -> Result<(), Error> {
    if seconds <= now.saturating_add(TOLERANCE_SECONDS) {
        return Ok(());
    }
    let detail = format_args!("found the time {seconds}, wanted none of the future, now is {now}");
    Err(Error::new(ErrorCode::FieldInvalid, detail).at(field))
}

/// The same as [`date_time`], for a field of a request.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn date_time_of(seconds: u64, field: &str) -> Result<DateTime, Error> {
    date_time(seconds).ok_or_else(|| {
        let detail = format_args!("found the time {seconds}, wanted Unix seconds before the year 10000");
        Error::new(ErrorCode::FieldInvalid, detail).at(field)
    })
}

fn time(seconds: u64) -> Result<Time, Error> {
    date_time(seconds).map(Time::from).ok_or_else(|| {
        refused(format_args!("found the time {seconds}, wanted Unix seconds before the year 10000"))
    })
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::ProfileValidityRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_never_leaves_its_issuers() {
        let outer = Period { not_before: 1_000_000, not_after: 2_000_000 };
        let inner = Period::starting(1_000_100, 86_400 * 365).unwrap().within(outer);
        assert_eq!(inner, outer);
        assert!(inner.contains(2_000_000) && !inner.contains(2_000_001));
    }

    #[test]
    fn backdating_counts_within_the_maximum() {
        let length = |period: Period| period.not_after - period.not_before + 1;
        let (now, maximum) = (1_000_000, 1000);
        let longest = Period::starting(now, maximum).unwrap().at_most(maximum);
        assert_eq!((length(longest), longest.not_before), (maximum, now));
        let shorter = Period::starting(now, 800).unwrap().at_most(maximum);
        assert_eq!((length(shorter), shorter.not_before), (maximum, now - 200));
        let short = Period::starting(now, 10).unwrap();
        assert_eq!(short.at_most(maximum), short);
    }

    #[test]
    fn impossible_lifetimes_are_refused() {
        for (now, seconds) in [(0, 0), (u64::MAX, 2), (300_000_000_000, 1)] {
            assert_eq!(Period::starting(now, seconds).unwrap_err().code, ErrorCode::ProfileValidityRefused);
        }
    }
}
