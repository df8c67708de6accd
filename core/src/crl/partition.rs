//! Lists in parts: addresses with `{partition/16}` in them stand for 16 lists, numbered from 0
//! (RFC 5280 5.2.5).
//!
//! A certificate belongs to the partition that is left over when its serial number is divided by their count.
//! That never changes, spreads random serial numbers and consecutive ones alike, and anybody can
//! calculate it. The certificate names the list of its own partition; the list names itself.

use alloc::{string::String, vec::Vec};

use super::SerialNumber;
use crate::error::{Error, ErrorCode};

/// How many partitions an authority may have.
pub const MAX_PARTITIONS: u32 = 65_536;

const OPENING: &str = "{partition/";

/// The count of partitions that these addresses name; none if they name one list.
///
/// # Errors
/// `CrlScopeInvalid` if it is not a number from 2 to [`MAX_PARTITIONS`], or the addresses do not agree.
pub fn count(urls: &[String]) -> Result<Option<u32>, Error> {
    let mut counts = urls.iter().map(|url| split(url).map(|parts| parts.map(|(_, count, _)| count)));
    let first = counts.next().transpose()?.flatten();
    for other in counts {
        if other? != first {
            return Err(invalid("found addresses that do not agree on the count of partitions"));
        }
    }
    Ok(first)
}

/// The addresses of the partition that the certificate of this serial number belongs to; none where there
/// are no partitions.
///
/// # Errors
/// `CrlScopeInvalid`, as [`count`].
pub fn of_certificate(urls: &[String], serial: SerialNumber) -> Result<Option<Vec<String>>, Error> {
    count(urls)?.map(|count| expand(urls, serial.modulo(count))).transpose()
}

/// The addresses of one partition.
///
/// # Errors
/// `CrlScopeInvalid` if there is no partition of that number, or as [`count`].
pub fn expand(urls: &[String], partition: u32) -> Result<Vec<String>, Error> {
    urls.iter()
        .map(|url| match split(url)? {
            Some((before, count, after)) if partition < count => {
                Ok(alloc::format!("{before}{partition}{after}"))
            }
            Some((_, count, _)) => Err(invalid(format_args!(
                "found the partition {partition}, there are 0 to {}",
                count.saturating_sub(1)
            ))),
            None => Err(invalid(format_args!(
                "found the partition {partition} for the address {url:?}, wanted one with {OPENING}16}} in it"
            ))),
        })
        .collect()
}

/// How the lists at two addresses stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// None of one is where one of the other is.
    Apart,
    /// They are the same lists.
    Alike,
    /// They have a place in common, but divide the certificates in another way: a list there would be taken for
    /// one that covers more than it does.
    Otherwise,
}

/// Compares two addresses, with partitions in them or not.
///
/// # Errors
/// `CrlScopeInvalid`, as [`count`].
pub fn meeting(one: &str, other: &str) -> Result<Meeting, Error> {
    let meets = match (split(one)?, split(other)?) {
        (None, None) => return Ok(if one == other { Meeting::Alike } else { Meeting::Apart }),
        (Some(parts), Some(others)) if parts == others => return Ok(Meeting::Alike),
        (Some((before, _, after)), Some((other_before, _, other_after))) => {
            // What one has more than the other may be digits of the number.
            let is_number = |more: Option<&str>| more.is_some_and(is_digits);
            let starts = is_number(before.strip_prefix(other_before).or(other_before.strip_prefix(before)));
            starts && is_number(after.strip_suffix(other_after).or(other_after.strip_suffix(after)))
        }
        (Some(parts), None) => holds(parts, other),
        (None, Some(parts)) => holds(parts, one),
    };
    Ok(if meets { Meeting::Otherwise } else { Meeting::Apart })
}

/// Whether one of the partitions is at this address.
fn holds((before, count, after): (&str, u32, &str), url: &str) -> bool {
    let number = url.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    let number = number.and_then(|digits| digits.parse::<u32>().ok().filter(|_| is_digits(digits)));
    number.is_some_and(|number| number < count)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands before the count of partitions, the count, and what stands behind it.
fn split(url: &str) -> Result<Option<(&str, u32, &str)>, Error> {
    let Some((before, rest)) = url.split_once(OPENING) else { return Ok(None) };
    let parts = rest.split_once('}').and_then(|(digits, after)| {
        let count = digits.parse().ok().filter(|_| is_digits(digits))?;
        Some((before, count, after))
    });
    parts
        .filter(|(_, count, after)| (2..=MAX_PARTITIONS).contains(count) && !after.contains(OPENING))
        .map(Some)
        .ok_or_else(|| {
            invalid(format_args!(
                "found the address {url:?}, wanted one count of partitions in it, from 2 to {MAX_PARTITIONS}"
            ))
        })
}

fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::CrlScopeInvalid, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| String::from(*text)).collect()
    }

    #[test]
    fn a_certificate_always_has_the_same_partition() {
        let addresses = urls(&["http://a.example/{partition/16}.crl", "ldap://b.example/{partition/16}"]);
        assert_eq!(count(&addresses).unwrap(), Some(16));
        let serial = SerialNumber::parse("5a1b").unwrap();
        let expanded = of_certificate(&addresses, serial).unwrap().unwrap();
        assert_eq!(expanded, urls(&["http://a.example/11.crl", "ldap://b.example/11"]));
        assert_eq!(of_certificate(&urls(&["http://a.example/crl"]), serial).unwrap(), None);
        assert_eq!(count(&[]).unwrap(), None);
    }

    #[test]
    fn addresses_meet_where_a_list_of_both_can_be() {
        for (one, other, wanted) in [
            ("http://a.example/crl", "http://a.example/crl", Meeting::Alike),
            ("http://a.example/{partition/4}", "http://a.example/{partition/4}", Meeting::Alike),
            ("http://a.example/{partition/4}", "http://a.example/{partition/8}", Meeting::Otherwise),
            ("http://a.example/{partition/4}", "http://a.example/3", Meeting::Otherwise),
            (
                "http://a.example/1{partition/9}.crl",
                "http://a.example/{partition/99}.crl",
                Meeting::Otherwise,
            ),
            ("http://a.example/{partition/4}", "http://a.example/4", Meeting::Apart),
            ("http://a.example/{partition/4}", "http://a.example/+3", Meeting::Apart),
            ("http://a.example/{partition/4}", "http://b.example/{partition/8}", Meeting::Apart),
            ("http://a.example/{partition/4}", "http://a.example/{partition/4}.crl", Meeting::Apart),
            ("http://a.example/crl", "http://a.example/crl2", Meeting::Apart),
        ] {
            assert_eq!(meeting(one, other).unwrap(), wanted, "{one} {other}");
            assert_eq!(meeting(other, one).unwrap(), wanted, "{other} {one}");
        }
        assert!(meeting("{partition/1}", "http://a.example").is_err());
    }

    #[test]
    fn counts_that_make_no_sense_are_refused() {
        for wrong in [
            "{partition/1}",
            "{partition/+4}",
            "{partition/}",
            "{partition/4",
            "{partition/99999}",
            "{partition/4}{partition/4}",
        ] {
            assert_eq!(count(&urls(&[wrong])).unwrap_err().code, ErrorCode::CrlScopeInvalid, "{wrong}");
        }
        assert!(count(&urls(&["{partition/4}", "{partition/8}"])).is_err());
        assert!(count(&urls(&["{partition/4}", "http://a.example"])).is_err());
        assert!(expand(&urls(&["{partition/4}"]), 4).is_err());
        assert!(expand(&urls(&["http://a.example"]), 0).is_err());
    }
}
