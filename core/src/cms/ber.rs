//! Basic Encoding Rules (X.690 section 8), rewritten as definite, minimal lengths.
//!
//! der reads a subset of BER (one level of indefinite OCTET STRING, no constructed string of
//! definite length, minimal lengths only) and sorts a SET while it decodes, which would lose the
//! bytes that were signed; so the encoding is straightened here, before der sees it.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

/// Most octets that a message may have.
pub(crate) const MAX_MESSAGE_OCTETS: usize = 1 << 20;
/// Most octets of a reply, which may hold a revocation list: as many as are sealed are opened.
pub(crate) const MAX_REPLY_OCTETS: usize = 8 << 20;
/// How deep elements may be nested.
const MAX_DEPTH: usize = 32;

/// Less than the content of an element that becomes longer.
const LONG_CONTENT: usize = 1 << 15;

const CONSTRUCTED: u8 = 0x20;
const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED_OCTET_STRING: u8 = OCTET_STRING | CONSTRUCTED;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// The same elements in the same order, with definite lengths in the fewest octets and the
/// segments of constructed OCTET STRINGs joined. Contents of primitive elements are untouched, so
/// anything that is DER already, such as a certificate within, comes out byte for byte.
///
/// # Errors
/// `RequestTooLarge` above [`MAX_MESSAGE_OCTETS`]; `CmsMalformed` if this is not one BER element.
pub(crate) fn to_der(ber: &[u8]) -> Result<Vec<u8>, Error> {
    to_der_within(ber, MAX_MESSAGE_OCTETS)
}

/// The same with another limit of octets.
///
/// # Errors
/// `RequestTooLarge` above it; `CmsMalformed` if this is not one BER element.
pub(crate) fn to_der_within(ber: &[u8], most_octets: usize) -> Result<Vec<u8>, Error> {
    if ber.len() > most_octets {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found a message of {} octets, wanted at most {most_octets}", ber.len()),
        ));
    }
    let mut rest = ber;
    let mut der = Zeroizing::new(Vec::with_capacity(room(ber.len())));
    copy_element(&mut rest, &mut der, 0, false)?;
    match rest {
        [] => Ok(core::mem::take(&mut *der)),
        _ => Err(super::malformed(format_args!("found {} octets after the end of the message", rest.len()))),
    }
}

/// As many octets as an encoding may become: it may hold keys, and one that grows would leave its beginnings behind.
/// An element of indefinite length has three octets around its content, a definite one five from 65536 octets on.
fn room(ber: usize) -> usize {
    let long = ber.div_euclid(LONG_CONTENT).saturating_mul(MAX_DEPTH.saturating_add(1));
    ber.saturating_add(long.saturating_mul(2))
}

/// Takes one element from `input` and writes it; as a `segment`, only what is in it.
fn copy_element(input: &mut &[u8], out: &mut Vec<u8>, depth: usize, segment: bool) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(super::malformed(format_args!("found elements nested deeper than {MAX_DEPTH}")));
    }
    let identifier = take_identifier(input)?;
    let length = take_length(input)?;
    let first = identifier.first().copied().unwrap_or_default();
    let joined = first == CONSTRUCTED_OCTET_STRING;
    if segment && first & !CONSTRUCTED != OCTET_STRING {
        return Err(super::malformed("found a segment of an OCTET STRING that is not an OCTET STRING"));
    }
    let start = out.len();
    if first & CONSTRUCTED == 0 {
        out.extend_from_slice(take_primitive(input, first, length)?);
    } else {
        copy_contents(input, length, out, depth.saturating_add(1), joined)?;
    }
    if !segment {
        let end = out.len();
        match joined {
            true => out.push(OCTET_STRING),
            false => out.extend_from_slice(identifier),
        }
        put_length(out, end.saturating_sub(start));
        // The length is known at last; what belongs in front is turned there, so that there is no second copy.
        let added = out.len().saturating_sub(end);
        if let Some(element) = out.get_mut(start..) {
            element.rotate_right(added);
        }
    }
    Ok(())
}

fn take_primitive<'a>(input: &mut &'a [u8], first: u8, length: Option<usize>) -> Result<&'a [u8], Error> {
    if first == 0 {
        return Err(super::malformed("found end-of-contents octets where an element was wanted"));
    }
    let length = length.ok_or_else(|| super::malformed("found a primitive element of indefinite length"))?;
    take(input, length)
}

/// Copies the elements within a constructed one: up to its length, or to its end-of-contents.
fn copy_contents(
    input: &mut &[u8],
    length: Option<usize>,
    out: &mut Vec<u8>,
    depth: usize,
    segments: bool,
) -> Result<(), Error> {
    if let Some(length) = length {
        let mut contents = take(input, length)?;
        while !contents.is_empty() {
            copy_element(&mut contents, out, depth, segments)?;
        }
        return Ok(());
    }
    loop {
        if let Some(rest) = input.strip_prefix(&END_OF_CONTENTS) {
            *input = rest;
            return Ok(());
        }
        copy_element(input, out, depth, segments)?;
    }
}

/// Identifier octets (X.690 8.1.2); tag numbers above 30 take up to four more.
fn take_identifier<'a>(input: &mut &'a [u8]) -> Result<&'a [u8], Error> {
    const HIGH_TAG: u8 = 0x1f;
    const MORE: u8 = 0x80;
    let length = match input.first() {
        Some(first) if first & HIGH_TAG == HIGH_TAG => input
            .iter()
            .skip(1)
            .take(4)
            .position(|octet| octet & MORE == 0)
            .map(|position| position.saturating_add(2))
            .ok_or_else(|| super::malformed("found a tag number that does not end within four octets"))?,
        _ => 1,
    };
    take(input, length)
}

/// Length octets (X.690 8.1.3), minimal or not; nothing for the indefinite form.
fn take_length(input: &mut &[u8]) -> Result<Option<usize>, Error> {
    const LONG_FORM: u8 = 0x80;
    match take(input, 1)? {
        [first] if first & LONG_FORM == 0 => Ok(Some(usize::from(*first))),
        [first] => match usize::from(first & !LONG_FORM) {
            0 => Ok(None),
            count @ 1..=8 => take(input, count)?
                .iter()
                // As wide everywhere, so that a length too long for 32 bits is one error on every machine.
                .try_fold(0_u32, |length, octet| length.checked_mul(256)?.checked_add(u32::from(*octet)))
                .and_then(|length| usize::try_from(length).ok())
                .map(Some)
                .ok_or_else(|| super::malformed("found a length that no message can have")),
            count => Err(super::malformed(format_args!("found a length of {count} octets"))),
        },
        _ => Err(super::malformed("the message ends within a length")),
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    const LONG_FORM: u8 = 0x80;
    match u8::try_from(length) {
        Ok(short) if short < LONG_FORM => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|octet| **octet == 0).count();
            let significant = octets.len().saturating_sub(zeros);
            out.push(u8::try_from(significant).unwrap_or_default() | LONG_FORM);
            out.extend(octets.iter().skip(zeros));
        }
    }
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8], Error> {
    let (taken, rest) = input
        .split_at_checked(length)
        .ok_or_else(|| super::malformed("the message ends within an element"))?;
    *input = rest;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn code(ber: &[u8]) -> ErrorCode {
        to_der(ber).unwrap_err().code
    }

    #[test]
    fn der_stays_as_it_is() {
        let der = [&[0x30, 0x82, 1, 4, 0x04, 0x82, 1, 0][..], &[7; 256]].concat();
        assert_eq!(to_der(&der).unwrap(), der);
    }

    #[test]
    fn a_set_keeps_its_order() {
        let set = [0x31, 0x80, 2, 1, 9, 2, 1, 1, 0, 0];
        assert_eq!(to_der(&set).unwrap(), [0x31, 6, 2, 1, 9, 2, 1, 1]);
    }

    #[test]
    fn segments_are_joined_at_any_depth() {
        let nested = [0x24, 0x80, 0x04, 1, b'a', 0x24, 6, 0x24, 0x80, 0x04, 0, 0, 0, 0x04, 1, b'b', 0, 0];
        assert_eq!(to_der(&nested).unwrap(), [0x04, 2, b'a', b'b']);
    }

    #[test]
    fn long_lengths_become_short() {
        assert_eq!(to_der(&[0x30, 0x84, 0, 0, 0, 4, 2, 0x81, 1, 5]).unwrap(), [0x30, 3, 2, 1, 5]);
    }

    #[test]
    fn high_tags_pass() {
        let der = [0xbf, 0x85, 0x01, 3, 2, 1, 5];
        assert_eq!(to_der(&der).unwrap(), der);
        assert_eq!(code(&[0xbf, 0x85, 0x85, 0x85, 0x85, 0x01, 0]), ErrorCode::CmsMalformed);
    }

    #[test]
    fn what_is_not_ber_is_refused() {
        let refused: &[&[u8]] = &[
            &[],
            &[0x30],
            &[0x30, 2, 5],
            &[0x30, 0x80, 5, 0],
            &[0x04, 0x80, 0, 0],
            &[0x30, 2, 0, 0],
            &[0x30, 0, 0],
            &[0x24, 3, 2, 1, 5],
            &[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
            &[0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        for ber in refused {
            assert_eq!(code(ber), ErrorCode::CmsMalformed, "{ber:?}");
        }
    }

    #[test]
    fn a_length_beyond_32_bits_is_none_on_any_machine() {
        let detail = to_der(&[0x30, 0x85, 1, 0, 0, 0, 0]).unwrap_err().detail;
        assert_eq!(detail, "found a length that no message can have");
    }

    /// What grew would have left a part of a key behind.
    #[test]
    fn what_becomes_longer_has_its_room() {
        for (depth, length) in [(1, 65_536), (30, 65_536), (30, 900_000), (5, 100)] {
            let octets = u32::try_from(length).unwrap().to_be_bytes();
            let inner = [&[0x04, 0x83][..], &octets[1..], &vec![7; length]].concat();
            let ber = [&[0x30, 0x80].repeat(depth)[..], &inner, &[0, 0].repeat(depth)].concat();
            let der = to_der(&ber).unwrap();
            assert_eq!(der.capacity(), room(ber.len()));
            assert_eq!(to_der(&der).unwrap(), der);
        }
    }

    #[test]
    fn depth_and_size_have_limits() {
        assert_eq!(code(&[0x30, 0x80].repeat(5000)), ErrorCode::CmsMalformed);
        assert_eq!(code(&vec![0; MAX_MESSAGE_OCTETS + 1]), ErrorCode::RequestTooLarge);
    }
}
