//! Entries of a list (RFC 5280 5.3), compact on the wire: a list may have a hundred thousand of them.

use alloc::vec::Vec;
use core::fmt;

use der::{Encode, asn1::GeneralizedTime};
use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};
use x509_cert::time::Time;

use super::Reason;
use crate::{
    error::{Error, ErrorCode},
    hex, validity,
};

/// How many entries one list may have; more belong into partitions (RFC 5280 5.2.5).
pub const MAX_ENTRIES: usize = 250_000;

/// The octets of the longest serial number, its sign left out (RFC 5280 4.1.2.2).
const LENGTH: usize = 20;

/// INTEGER, SEQUENCE.
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// The reasonCode extension up to the code: SEQUENCE { 2.5.29.21, OCTET STRING { ENUMERATED } }.
const REASON_CODE: [u8; 11] = [0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];
/// The invalidityDate extension up to the date: SEQUENCE { 2.5.29.24, OCTET STRING { GeneralizedTime } }.
const INVALIDITY_DATE: [u8; 9] = [0x30, 0x18, 0x06, 0x03, 0x55, 0x1d, 0x18, 0x04, 0x11];
/// The octets of an entry with a serial number of 20 octets and a reason: the room that most need.
const USUAL_LENGTH: usize = 54;

/// A serial number: hexadecimal on the wire, up to 20 octets, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SerialNumber([u8; LENGTH]);

impl SerialNumber {
    /// Reads hexadecimal digits, up to 40; none if it is anything else, or its INTEGER with the sign has more than 20
    /// octets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut octets = [0; LENGTH];
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut pairs = text.as_bytes().rchunks(2);
        for (octet, pair) in octets.iter_mut().rev().zip(pairs.by_ref()) {
            *octet = u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let is_positive = octets.first().is_some_and(|first| *first < 0x80);
        (is_positive && pairs.next().is_none()).then_some(Self(octets))
    }

    /// Takes the content octets of an INTEGER; none if it is negative or too long.
    #[must_use]
    pub fn from_integer(content: &[u8]) -> Option<Self> {
        let digits = match content {
            [0, rest @ ..] => rest,
            [first, ..] if first & 0x80 == 0 => content,
            _ => return None,
        };
        let mut octets = [0; LENGTH];
        let start = LENGTH.checked_sub(digits.len())?;
        octets.get_mut(start..)?.copy_from_slice(digits);
        Some(Self(octets))
    }

    /// The content octets of the INTEGER.
    #[must_use]
    pub fn to_integer(self) -> Vec<u8> {
        let digits = self.digits();
        let sign = digits.first().is_none_or(|first| first & 0x80 != 0);
        sign.then_some(0).into_iter().chain(digits.iter().copied()).collect()
    }

    /// Which of `count` parts it belongs to: the rest of the number divided by them. 0 if there are none.
    #[must_use]
    pub fn modulo(self, count: u32) -> u32 {
        let rest = self
            .0
            .iter()
            .try_fold(0_u64, |rest, octet| ((rest << 8) | u64::from(*octet)).checked_rem(u64::from(count)));
        rest.and_then(|rest| u32::try_from(rest).ok()).unwrap_or(0)
    }

    /// Without leading zeros; nothing for zero.
    fn digits(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|octet| **octet == 0).count();
        self.0.get(zeros..).unwrap_or_default()
    }
}

/// Two digits an octet, as certificates' records have it.
impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits() {
            [] => f.write_str("00"),
            digits => f.write_str(&hex::encode(digits)),
        }
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for SerialNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SerialNumberVisitor)
    }
}

struct SerialNumberVisitor;

impl Visitor<'_> for SerialNumberVisitor {
    type Value = SerialNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a serial number: 1 to 40 hexadecimal digits, as an INTEGER at most 20 octets")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SerialNumber, E> {
        SerialNumber::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// A revoked certificate: `[serial, revoked_at]`, `[serial, revoked_at, reason]` or
/// `[serial, revoked_at, reason, invalidity_date]` on the wire, a reason of null for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The certificate's serial number.
    pub serial: SerialNumber,
    /// When it was revoked, Unix seconds.
    pub revoked_at: u64,
    /// Why.
    pub reason: Reason,
    /// Since when it is not to be trusted, if that is known (RFC 5280 5.3.2), Unix seconds.
    pub invalidity_date: Option<u64>,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry: [serial, revoked_at], then reason and invalidity_date if there are any")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Entry, A::Error> {
        let missing = |length| de::Error::invalid_length(length, &self);
        Ok(Entry {
            serial: fields.next_element()?.ok_or_else(|| missing(0))?,
            revoked_at: fields.next_element()?.ok_or_else(|| missing(1))?,
            reason: fields.next_element::<Option<Reason>>()?.flatten().unwrap_or_default(),
            invalidity_date: fields.next_element::<Option<u64>>()?.flatten(),
        })
    }
}

impl Entry {
    /// Appends its DER. Never longer than 127 octets, so that each length is one octet.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let date = |seconds| {
            validity::date_time(seconds).ok_or_else(|| {
                self.invalid(format_args!("the time {seconds}, wanted Unix seconds before the year 10000"))
            })
        };
        let (mut buffer, mut invalidity_buffer) = ([0; 20], [0; 20]);
        let revoked_at = Time::from(date(self.revoked_at)?).encode_to_slice(&mut buffer)?;
        let mut extensions = 0_usize;
        if self.reason != Reason::Unspecified {
            extensions = extensions.saturating_add(REASON_CODE.len()).saturating_add(1);
        }
        let invalidity_date: &[u8] = match self.invalidity_date {
            None => &[],
            Some(seconds) => {
                GeneralizedTime::from_date_time(date(seconds)?).encode_to_slice(&mut invalidity_buffer)?
            }
        };
        if !invalidity_date.is_empty() {
            extensions =
                extensions.saturating_add(INVALIDITY_DATE.len()).saturating_add(invalidity_date.len());
        }
        let digits = self.serial.digits();
        let sign = digits.first().is_none_or(|first| first & 0x80 != 0);
        let integer = digits.len().saturating_add(usize::from(sign));
        let wrapped = if extensions == 0 { 0 } else { extensions.saturating_add(2) };
        let length = integer.saturating_add(2).saturating_add(revoked_at.len()).saturating_add(wrapped);
        out.extend([SEQUENCE, octet(length)?, INTEGER, octet(integer)?]);
        out.extend(sign.then_some(0));
        out.extend_from_slice(digits);
        out.extend_from_slice(revoked_at);
        if extensions > 0 {
            out.extend([SEQUENCE, octet(extensions)?]);
        }
        if self.reason != Reason::Unspecified {
            out.extend_from_slice(&REASON_CODE);
            out.push(self.reason.code());
        }
        if !invalidity_date.is_empty() {
            out.extend_from_slice(&INVALIDITY_DATE);
            out.extend_from_slice(invalidity_date);
        }
        Ok(())
    }

    /// The error of an entry: what was found in it.
    pub(crate) fn invalid(&self, found: impl fmt::Display) -> Error {
        Error::new(
            ErrorCode::CrlEntryInvalid,
            format_args!("found in the entry of the certificate {} {found}", self.serial),
        )
        .at("entries")
    }
}

fn octet(length: usize) -> Result<u8, Error> {
    let octet = u8::try_from(length).ok().filter(|length| *length < 0x80);
    octet.ok_or_else(|| der::Error::from(der::ErrorKind::Overflow).into())
}

/// The entries by their serial numbers, so that one set gives one list whatever its order.
///
/// # Errors
/// `CrlEntryRepeated` if two entries are about one certificate; `CrlEntryInvalid` for removeFromCRL in a
/// list that is no delta; `RequestTooLarge`.
pub(crate) fn sort(mut entries: Vec<Entry>, is_delta: bool) -> Result<Vec<Entry>, Error> {
    if entries.len() > MAX_ENTRIES {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {} entries, wanted at most {MAX_ENTRIES}", entries.len()),
        )
        .at("entries"));
    }
    entries.sort_unstable_by_key(|entry| entry.serial);
    let twice = entries.iter().zip(entries.iter().skip(1)).find(|(one, next)| one.serial == next.serial);
    if let Some((entry, _)) = twice {
        return Err(Error::new(
            ErrorCode::CrlEntryRepeated,
            format_args!("found two entries of the certificate {}, wanted one", entry.serial),
        )
        .at("entries"));
    }
    match entries.iter().find(|entry| entry.reason == Reason::RemoveFromCrl && !is_delta) {
        None => Ok(entries),
        Some(entry) => Err(entry.invalid("the reason removeFromCRL, which only a delta list may have")),
    }
}

/// The DER of all entries, one behind the other.
pub(super) fn encode(entries: Vec<Entry>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(entries.len().saturating_mul(USUAL_LENGTH));
    for entry in entries {
        entry.write(&mut out)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString, vec};

    use super::*;

    fn entry(serial: &str) -> Entry {
        Entry {
            serial: SerialNumber::parse(serial).unwrap(),
            revoked_at: 1_795_000_000,
            reason: Reason::Unspecified,
            invalidity_date: None,
        }
    }

    #[test]
    fn serial_numbers_are_hexadecimal() {
        for (text, integer, written) in [
            ("0", vec![0], "00"),
            ("7f", vec![0x7f], "7f"),
            ("00FF", vec![0, 0xff], "ff"),
            ("abc", vec![0x0a, 0xbc], "0abc"),
        ] {
            let serial = SerialNumber::parse(text).unwrap();
            assert_eq!((serial.to_integer(), serial.to_string().as_str()), (integer.clone(), written));
            assert_eq!(SerialNumber::from_integer(&integer), Some(serial));
        }
        for wrong in ["", "0x1", "-1", "g", "+1", &"1".repeat(41), &"f".repeat(40)] {
            assert_eq!(SerialNumber::parse(wrong), None, "{wrong}");
        }
        assert_eq!(SerialNumber::from_integer(&[0x80]), None);
        assert_eq!(SerialNumber::from_integer(&[]), None);
        assert_eq!(SerialNumber::from_integer(&[1; 21]), None);
        let largest = format!("7{}", "f".repeat(39));
        assert_eq!(SerialNumber::parse(&largest).unwrap().to_integer().len(), 20, "RFC 5280 4.1.2.2");
    }

    #[test]
    fn the_rest_is_of_the_whole_number() {
        assert_eq!(SerialNumber::parse("ffffffffffffffffffff").unwrap().modulo(10), 5);
        assert_eq!(SerialNumber::parse("ffffffffffffffffffff").unwrap().modulo(0), 0);
        assert_eq!(SerialNumber::parse("0123456789abcdef").unwrap().modulo(1_000_003), 637115);
    }

    #[test]
    fn entries_are_read_from_lists_of_two_to_four() {
        let read = |text| serde_json::from_str::<Entry>(text);
        assert_eq!(read(r#"["0a",1795000000]"#).unwrap(), entry("0a"));
        let full = Entry { reason: Reason::CaCompromise, invalidity_date: Some(7), ..entry("0a") };
        assert_eq!(read(r#"["0A",1795000000,"cACompromise",7]"#).unwrap(), full);
        let dated = Entry { invalidity_date: Some(7), ..entry("0a") };
        assert_eq!(read(r#"["0a",1795000000,null,7]"#).unwrap(), dated);
        for wrong in [
            r#"["0a"]"#,
            r#"["0a",1,"boredom"]"#,
            r#"["0a",1,null,null,1]"#,
            r#"["x",1]"#,
            "{}",
            r#"["0a",-1]"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_have_a_limit() {
        let refused = sort(vec![entry("1"); MAX_ENTRIES + 1], false).unwrap_err();
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RequestTooLarge, Some("entries")));
    }

    #[test]
    fn the_longest_entry_fits() {
        let longest = Entry {
            reason: Reason::KeyCompromise,
            revoked_at: 4_000_000_000,
            invalidity_date: Some(4_000_000_000),
            ..entry(&format!("7{}", "f".repeat(39)))
        };
        let der = encode(vec![longest]).unwrap();
        assert_eq!(usize::from(der[1]), der.len() - 2);
        let far = Entry { revoked_at: 1_795_000_000_000, ..entry("1") };
        assert_eq!(encode(vec![far]).unwrap_err().code, ErrorCode::CrlEntryInvalid);
    }
}
