//! Bare items (RFC 9651 sections 4.2.3.1 to 4.2.10).

use alloc::{format, string::String, vec::Vec};

use base64ct::{Base64, Base64Unpadded, Encoding};

use super::{
    BareItem,
    parse::{Read, Reader, ascii},
};

/// The most digits of an integer, and of the two parts of a decimal.
const MAX_DIGITS: usize = 15;
const MAX_WHOLE: usize = 12;
const MAX_FRACTION: usize = 3;

pub(super) fn parse_bare_item(reader: &mut Reader<'_>) -> Read<BareItem> {
    match reader.rest.first() {
        Some(b'-' | b'0'..=b'9') => number(reader),
        Some(b'"') => string(reader).map(BareItem::String),
        Some(b':') => bytes(reader).map(BareItem::Bytes),
        Some(b'?') => boolean(reader).map(BareItem::Boolean),
        Some(b'@') => date(reader),
        Some(b'%') => display_string(reader).map(BareItem::DisplayString),
        Some(first) if first.is_ascii_alphabetic() || *first == b'*' => Ok(BareItem::Token(token(reader))),
        Some(other) => Err(format!("found {:?}, with which no value begins", char::from(*other))),
        None => Err("found the end where a value was wanted".into()),
    }
}

fn number(reader: &mut Reader<'_>) -> Read<BareItem> {
    let negative = reader.takes(b'-');
    let whole = reader.while_is(|octet| octet.is_ascii_digit());
    if whole.is_empty() {
        return Err("found a number without digits".into());
    }
    let fraction = reader.takes(b'.').then(|| reader.while_is(|octet| octet.is_ascii_digit()));
    let signed = |number: i64| if negative { number.saturating_neg() } else { number };
    match fraction {
        None if whole.len() <= MAX_DIGITS => Ok(BareItem::Integer(signed(decimal(whole)))),
        Some(fraction) if whole.len() <= MAX_WHOLE && (1..=MAX_FRACTION).contains(&fraction.len()) => {
            let zeros = MAX_FRACTION.saturating_sub(fraction.len());
            let digits = [whole, fraction, b"000".get(..zeros).unwrap_or_default()].concat();
            Ok(BareItem::Decimal(signed(decimal(&digits))))
        }
        _ => Err("found a number with too many digits, or none after its point".into()),
    }
}

/// At most fifteen digits: nothing overflows. It does not saturate all the same: with `wide-arithmetic`, LLVM 22 compares a
/// saturating product of two `i64` with a half of another one.
fn decimal(digits: &[u8]) -> i64 {
    let digit = |octet: &u8| i64::from(octet.saturating_sub(b'0'));
    digits.iter().fold(0_i64, |number, octet| number.wrapping_mul(10).wrapping_add(digit(octet)))
}

fn string(reader: &mut Reader<'_>) -> Read<String> {
    reader.next();
    let mut text = String::new();
    loop {
        match reader.next() {
            Some(b'"') => return Ok(text),
            Some(b'\\') => match reader.next() {
                Some(escaped @ (b'"' | b'\\')) => text.push(char::from(escaped)),
                _ => return Err("found a backslash before something else than a quote or a backslash".into()),
            },
            Some(octet @ 0x20..=0x7e) => text.push(char::from(octet)),
            Some(_) => return Err("found a control character in a string".into()),
            None => return Err("found a string that does not end".into()),
        }
    }
}

fn token(reader: &mut Reader<'_>) -> String {
    ascii(reader.while_is(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&octet)))
}

/// Bits that are not used have to be zero: otherwise one sequence could be written in several ways (RFC 9651 4.2.7 leaves
/// it open). Padding may be left out, as it has it that parsers SHOULD allow.
fn bytes(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    reader.next();
    let digits = ascii(reader.while_is(|octet| octet.is_ascii_alphanumeric() || b"+/=".contains(&octet)));
    if !reader.takes(b':') {
        return Err("found a byte sequence that is not base64 between two colons".into());
    }
    let bytes = match digits.ends_with('=') {
        true => Base64::decode_vec(&digits),
        false => Base64Unpadded::decode_vec(&digits),
    };
    bytes.map_err(|_| "found a byte sequence that is not base64".into())
}

fn boolean(reader: &mut Reader<'_>) -> Read<bool> {
    reader.next();
    match reader.next() {
        Some(b'1') => Ok(true),
        Some(b'0') => Ok(false),
        _ => Err("found a question mark before something else than 0 or 1".into()),
    }
}

fn date(reader: &mut Reader<'_>) -> Read<BareItem> {
    reader.next();
    match reader.rest.first() {
        Some(b'-' | b'0'..=b'9') => {}
        _ => return Err("found a date that is no number".into()),
    }
    match number(reader)? {
        BareItem::Integer(seconds) => Ok(BareItem::Date(seconds)),
        _ => Err("found a date with a fraction".into()),
    }
}

fn display_string(reader: &mut Reader<'_>) -> Read<String> {
    reader.next();
    if !reader.takes(b'"') {
        return Err("found a percent sign without a quote after it".into());
    }
    let mut octets = Vec::new();
    loop {
        match reader.next() {
            Some(b'"') => break,
            Some(b'%') => {
                let pair = reader.next().zip(reader.next());
                let octet = pair.and_then(|(high, low)| Some(digit(high)? << 4 | digit(low)?));
                octets.push(octet.ok_or("found a percent sign without two small hexadecimal digits")?);
            }
            Some(octet @ 0x20..=0x7e) => octets.push(octet),
            Some(_) => return Err("found a control character in a display string".into()),
            None => return Err("found a display string that does not end".into()),
        }
    }
    String::from_utf8(octets).map_err(|_| "found a display string that is not UTF-8".into())
}

fn digit(octet: u8) -> Option<u8> {
    match octet {
        b'0'..=b'9' => Some(octet.saturating_sub(b'0')),
        b'a'..=b'f' => Some(octet.saturating_sub(b'a').saturating_add(10)),
        _ => None,
    }
}
