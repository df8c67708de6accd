//! Walking over DER one element at a time (X.690 8.1).
//!
//! The strict types of the engine refuse what a certificate must not be; a person who inspects one wants to
//! see it all the same. So `inspect` reads tags and lengths strictly and judges nothing above them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use der::asn1::{AnyRef, GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

use super::problem::Problem;
use crate::hex;

/// The most elements that one list may hold; longer ones are refused rather than printed.
pub(crate) const MAX_LIST_ITEMS: usize = 4096;

/// One tag, length and value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    tag: Tag,
    value: &'a [u8],
    der: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads the one element that `der` is; bytes after it are an error.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, Problem> {
        let (element, rest) = Self::parse_first(der)?;
        match rest.len() {
            0 => Ok(element),
            extra => Err(Problem::new(format!("{extra} bytes follow the {}", element.tag))),
        }
    }

    /// Reads the first element of `der` and gives the bytes after it.
    pub(crate) fn parse_first(der: &'a [u8]) -> Result<(Self, &'a [u8]), Problem> {
        let mut reader = SliceReader::new(der)?;
        let tlv = reader.tlv_bytes()?;
        let rest = der.get(tlv.len()..).unwrap_or_default();
        Ok((Self::from_tlv(tlv)?, rest))
    }

    fn from_tlv(der: &'a [u8]) -> Result<Self, Problem> {
        let any = AnyRef::from_der(der)?;
        Ok(Self { tag: any.tag(), value: any.value(), der })
    }

    /// The tag, as it was found.
    pub(crate) fn tag(&self) -> Tag {
        self.tag
    }

    /// The content octets.
    pub(crate) fn value(&self) -> &'a [u8] {
        self.value
    }

    /// The whole encoding: identifier, length and content octets.
    pub(crate) fn der(&self) -> &'a [u8] {
        self.der
    }

    /// Is this the universal tag `tag`?
    pub(crate) fn is(&self, tag: Tag) -> bool {
        self.tag == tag
    }

    /// The number of a context-specific tag.
    pub(crate) fn context(&self) -> Option<u32> {
        match self.tag {
            Tag::ContextSpecific { number: TagNumber(number), .. } => Some(number),
            _ => None,
        }
    }

    /// Is this a context-specific tag with `number`?
    pub(crate) fn is_context(&self, number: u32) -> bool {
        self.context() == Some(number)
    }

    /// Opens a constructed element. `what` names it in problems.
    pub(crate) fn fields(&self, what: &'static str) -> Result<Fields<'a>, Problem> {
        match self.tag.is_constructed() {
            true => Ok(Fields { reader: SliceReader::new(self.value)?, what }),
            false => Err(Problem::expected(what, self.tag)),
        }
    }

    /// Opens a SEQUENCE, or one that an implicit tag stands for.
    pub(crate) fn sequence(&self, what: &'static str) -> Result<Fields<'a>, Problem> {
        self.expect(Tag::Sequence, what)?.fields(what)
    }

    /// Every element of a constructed one, [`MAX_LIST_ITEMS`] at most.
    pub(crate) fn list(&self, what: &'static str) -> Result<Vec<Element<'a>>, Problem> {
        self.list_up_to(MAX_LIST_ITEMS, what)
    }

    /// Every element of a constructed one, `limit` at most.
    pub(crate) fn list_up_to(&self, limit: usize, what: &'static str) -> Result<Vec<Element<'a>>, Problem> {
        let items: Vec<_> = self.fields(what)?.take(limit.saturating_add(1)).collect::<Result<_, _>>()?;
        match items.len() > limit {
            true => Err(Problem::new(format!("{what}: found more than {limit} elements"))),
            false => Ok(items),
        }
    }

    /// The element inside of an explicit tag.
    pub(crate) fn explicit(&self, what: &'static str) -> Result<Element<'a>, Problem> {
        let mut fields = self.fields(what)?;
        let inner = fields.required(what)?;
        fields.finish()?;
        Ok(inner)
    }

    /// An element with the universal `tag`, or with an implicit one that the caller has looked at.
    pub(crate) fn expect(&self, tag: Tag, what: &'static str) -> Result<&Self, Problem> {
        match self.tag == tag || self.context().is_some() {
            true => Ok(self),
            false => Err(Problem::expected(what, self.tag)),
        }
    }

    /// An OBJECT IDENTIFIER.
    pub(crate) fn oid(&self, what: &'static str) -> Result<ObjectIdentifier, Problem> {
        self.expect(Tag::ObjectIdentifier, what)?;
        ObjectIdentifier::from_bytes(self.value).map_err(|_| {
            Problem::new(format!("{what}: malformed OBJECT IDENTIFIER {}", hex::encode(self.value)))
        })
    }

    /// The content of an OCTET STRING.
    pub(crate) fn octets(&self, what: &'static str) -> Result<&'a [u8], Problem> {
        Ok(self.expect(Tag::OctetString, what)?.value)
    }

    /// The octets of a BIT STRING and the number of its bits.
    pub(crate) fn bits(&self, what: &'static str) -> Result<(&'a [u8], usize), Problem> {
        let (unused, octets) = self
            .expect(Tag::BitString, what)?
            .value
            .split_first()
            .ok_or_else(|| Problem::new(format!("{what}: empty BIT STRING")))?;
        let bits = octets.len().saturating_mul(8).checked_sub(usize::from(*unused));
        match bits {
            Some(bits) if *unused < 8 => Ok((octets, bits)),
            _ => Err(Problem::new(format!("{what}: a BIT STRING with {unused} unused bits"))),
        }
    }

    /// The positions of the bits that are set, as in a named bit list.
    pub(crate) fn named_bits(&self, what: &'static str) -> Result<Vec<usize>, Problem> {
        let (octets, count) = self.bits(what)?;
        let bits = octets.iter().flat_map(|octet| (0..8).map(move |bit| octet & (0x80_u8 >> bit) != 0));
        Ok(bits
            .take(count)
            .take(MAX_LIST_ITEMS)
            .enumerate()
            .filter(|(_, set)| *set)
            .map(|(bit, _)| bit)
            .collect())
    }

    /// A BOOLEAN; whatever is not zero is true.
    pub(crate) fn boolean(&self, what: &'static str) -> Result<bool, Problem> {
        match self.expect(Tag::Boolean, what)?.value {
            [octet] => Ok(*octet != 0),
            other => Err(Problem::new(format!("{what}: a BOOLEAN of {} octets", other.len()))),
        }
    }

    /// An INTEGER (or ENUMERATED) as lowercase hex without leading zeros, with a sign where it is negative.
    pub(crate) fn integer_hex(&self, what: &'static str) -> Result<String, Problem> {
        let octets = self.integer_octets(what)?;
        match octets.first().is_some_and(|first| first & 0x80 != 0) {
            true => Ok(format!("-{}", hex::encode(&magnitude(octets)))),
            false => Ok(hex::encode(without_leading_zeros(octets))),
        }
    }

    /// The magnitude of an INTEGER that is not negative, without leading zeros.
    pub(crate) fn unsigned_octets(&self, what: &'static str) -> Result<&'a [u8], Problem> {
        let octets = self.integer_octets(what)?;
        match octets.first().is_some_and(|first| first & 0x80 != 0) {
            true => Err(Problem::new(format!("{what}: found a negative number"))),
            false => Ok(without_leading_zeros(octets)),
        }
    }

    /// An INTEGER (or ENUMERATED) that is not negative and fits 64 bits.
    pub(crate) fn unsigned(&self, what: &'static str) -> Result<u64, Problem> {
        let octets = self.unsigned_octets(what)?;
        match octets.len() <= 8 {
            true => Ok(octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet))),
            false => Err(Problem::new(format!(
                "{what}: found a number of {} octets, wanted 8 at most",
                octets.len()
            ))),
        }
    }

    fn integer_octets(&self, what: &'static str) -> Result<&'a [u8], Problem> {
        match self.is(Tag::Enumerated) {
            true => Ok(self.value),
            false => Ok(self.expect(Tag::Integer, what)?.value),
        }
    }

    /// UTCTime or GeneralizedTime as Unix seconds (RFC 5280 4.1.2.5).
    pub(crate) fn time(&self, what: &'static str) -> Result<u64, Problem> {
        match self.tag {
            Tag::UtcTime => {
                self.unix_seconds(UtcTime::from_der(self.der).map(|time| time.to_unix_duration()), what)
            }
            Tag::GeneralizedTime => self.implicit_generalized_time(what),
            other => Err(Problem::expected(what, other)),
        }
    }

    /// GeneralizedTime under an implicit tag as Unix seconds.
    pub(crate) fn implicit_generalized_time(&self, what: &'static str) -> Result<u64, Problem> {
        let time =
            AnyRef::new(Tag::GeneralizedTime, self.value).and_then(AnyRef::decode_as::<GeneralizedTime>);
        self.unix_seconds(time.map(|time| time.to_unix_duration()), what)
    }

    fn unix_seconds(&self, time: der::Result<Duration>, what: &str) -> Result<u64, Problem> {
        time.map(|time| time.as_secs()).map_err(|_| {
            Problem::new(format!("{what}: found {:?}, wanted a time in UTC with seconds", latin(self.value)))
        })
    }

    /// The text of any of the character strings of ASN.1.
    pub(crate) fn text(&self, what: &'static str) -> Result<String, Problem> {
        match self.tag {
            Tag::Utf8String => core::str::from_utf8(self.value)
                .map(ToString::to_string)
                .map_err(|_| Problem::new(format!("{what}: a UTF8String that is not UTF-8"))),
            Tag::BmpString => {
                ucs2(self.value).ok_or_else(|| Problem::new(format!("{what}: a BMPString of odd length")))
            }
            tag if is_text(tag) => Ok(latin(self.value)),
            tag if tag.is_context_specific() => Ok(String::from_utf8_lossy(self.value).into_owned()),
            other => Err(Problem::expected(what, other)),
        }
    }
}

/// The elements of a constructed element, taken in order.
pub(crate) struct Fields<'a> {
    reader: SliceReader<'a>,
    what: &'static str,
}

impl<'a> Fields<'a> {
    /// The next element, which must be there.
    pub(crate) fn required(&mut self, field: &'static str) -> Result<Element<'a>, Problem> {
        match self.next() {
            Some(element) => element,
            None => Err(Problem::new(format!("{} ends where {field} was wanted", self.what))),
        }
    }

    /// The next element if it has the universal tag `tag`.
    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<Element<'a>>, Problem> {
        self.next_if(|element| element.is(tag))
    }

    /// The next element if it has the context-specific tag `number`.
    pub(crate) fn optional_context(&mut self, number: u32) -> Result<Option<Element<'a>>, Problem> {
        self.next_if(|element| element.is_context(number))
    }

    /// The next element if `wanted` says so.
    pub(crate) fn next_if(
        &mut self,
        wanted: impl Fn(&Element<'a>) -> bool,
    ) -> Result<Option<Element<'a>>, Problem> {
        if self.reader.is_finished() {
            return Ok(None);
        }
        let mut ahead = self.reader.clone();
        let element = Element::from_tlv(ahead.tlv_bytes()?)?;
        if !wanted(&element) {
            return Ok(None);
        }
        self.reader = ahead;
        Ok(Some(element))
    }

    /// Says whether anything is left that nobody asked for.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        match self.next().transpose()? {
            None => Ok(()),
            Some(extra) => Err(Problem::new(format!("{}: found a surplus {}", self.what, extra.tag))),
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Element<'a>, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_finished() {
            return None;
        }
        let element = self.reader.tlv_bytes().map_err(Problem::from).and_then(Element::from_tlv);
        if element.is_err() {
            // Nothing can be found behind what cannot be read, and whoever goes on asking must come to an end.
            self.reader = SliceReader::new(&[]).ok()?;
        }
        Some(element.map_err(|problem| problem.within(self.what)))
    }
}

fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    match octets {
        [0, rest @ ..] if !rest.is_empty() => without_leading_zeros(rest),
        other => other,
    }
}

/// The magnitude of a negative number in two's complement.
fn magnitude(octets: &[u8]) -> Vec<u8> {
    let mut carry = true;
    let mut negated: Vec<u8> = octets
        .iter()
        .rev()
        .map(|octet| {
            let (sum, overflow) = (!octet).overflowing_add(carry.into());
            carry = overflow;
            sum
        })
        .collect();
    negated.reverse();
    without_leading_zeros(&negated).to_vec()
}

fn is_text(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::PrintableString
            | Tag::Ia5String
            | Tag::NumericString
            | Tag::VisibleString
            | Tag::TeletexString
            | Tag::VideotexString
            | Tag::GeneralString
    )
}

/// The types before Unicode as everybody fills them: ISO 8859-1.
fn latin(octets: &[u8]) -> String {
    octets.iter().map(|octet| char::from(*octet)).collect()
}

fn ucs2(octets: &[u8]) -> Option<String> {
    let (pairs, []) = octets.as_chunks::<2>() else { return None };
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that stays where it failed would be asked for ever.
    #[test]
    fn what_cannot_be_read_is_the_end() {
        let reader = SliceReader::new(&[2, 1, 5, 0xd0, 0xbb, 0x30, 0x3d]).unwrap();
        let mut fields = Fields { reader, what: "list" };
        assert!(fields.next().unwrap().is_ok());
        assert!(fields.next().unwrap().is_err());
        assert!(fields.next().is_none());
    }
}
