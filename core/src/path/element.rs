//! The elements of a SEQUENCE, one by one, in DER.

use der::{
    Decode, ErrorKind, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{AnyRef, ObjectIdentifier},
};

/// What is left of the content of a constructed value.
pub(super) struct Elements<'a>(SliceReader<'a>);

impl<'a> Elements<'a> {
    /// Of the one SEQUENCE that `der` is.
    pub(super) fn of_sequence(der: &'a [u8]) -> der::Result<Self> {
        Self::of(AnyRef::from_der(der)?, Tag::Sequence)
    }

    /// Of a value of that tag.
    pub(super) fn of(value: AnyRef<'a>, tag: Tag) -> der::Result<Self> {
        value.tag().assert_eq(tag)?;
        Self::of_content(value.value())
    }

    /// Of content octets.
    pub(super) fn of_content(content: &'a [u8]) -> der::Result<Self> {
        SliceReader::new(content).map(Self)
    }

    /// The next one, which has to be there.
    pub(super) fn required(&mut self) -> der::Result<AnyRef<'a>> {
        self.0.decode()
    }

    /// The next one if it has that tag.
    pub(super) fn optional(&mut self, tag: Tag) -> der::Result<Option<AnyRef<'a>>> {
        match self.0.is_finished() || Tag::peek(&self.0)? != tag {
            true => Ok(None),
            false => self.0.decode().map(Some),
        }
    }

    /// The next one if it has that context-specific tag.
    pub(super) fn context(&mut self, number: u32) -> der::Result<Option<AnyRef<'a>>> {
        match self.0.is_finished() || context(Tag::peek(&self.0)?) != Some(number) {
            true => Ok(None),
            false => self.0.decode().map(Some),
        }
    }

    /// That nothing is left.
    pub(super) fn finish(self) -> der::Result<()> {
        self.0.finish()
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = der::Result<AnyRef<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.0.is_finished() && !self.0.is_failed()).then(|| self.0.decode())
    }
}

/// The number of a context-specific tag.
pub(super) fn context(tag: Tag) -> Option<u32> {
    match tag {
        Tag::ContextSpecific { number: TagNumber(number), .. } => Some(number),
        _ => None,
    }
}

/// The one value within an explicit tag.
pub(super) fn explicit(value: AnyRef<'_>) -> der::Result<AnyRef<'_>> {
    AnyRef::from_der(value.value())
}

/// An OBJECT IDENTIFIER.
pub(super) fn oid(value: AnyRef<'_>) -> der::Result<ObjectIdentifier> {
    value.decode_as()
}

/// A small INTEGER, whatever its tag: one that is larger than any limit here is as good as the largest.
pub(super) fn number(value: AnyRef<'_>) -> der::Result<u32> {
    let octets = match value.value() {
        [] => return Err(ErrorKind::Length { tag: Tag::Integer }.into()),
        [first, ..] if first & 0x80 != 0 => return Err(ErrorKind::Value { tag: Tag::Integer }.into()),
        [0, next, ..] if next & 0x80 == 0 => {
            return Err(ErrorKind::Noncanonical { tag: Tag::Integer }.into());
        }
        octets => octets,
    };
    let number = octets.iter().try_fold(0_u32, |number, octet| {
        number.checked_mul(256).and_then(|number| number.checked_add(u32::from(*octet)))
    });
    Ok(number.unwrap_or(u32::MAX))
}

/// A BOOLEAN, whatever its tag.
pub(super) fn boolean(value: AnyRef<'_>) -> der::Result<bool> {
    match value.value() {
        [0] => Ok(false),
        [0xff] => Ok(true),
        _ => Err(ErrorKind::Value { tag: Tag::Boolean }.into()),
    }
}

/// The bits of a BIT STRING of names, whatever its tag: the first is the highest of the result. Those from the
/// seventeenth on have no names anywhere and are refused.
pub(super) fn bits(value: AnyRef<'_>) -> der::Result<u16> {
    match value.value() {
        [unused @ 0..=7] if *unused == 0 => Ok(0),
        [unused @ 0..=7, high] => Ok(cut(*high, *unused).map(|high| u16::from(high) << 8)?),
        [unused @ 0..=7, high, low] => {
            Ok(cut(*low, *unused).map(|low| u16::from(*high) << 8 | u16::from(low))?)
        }
        _ => Err(ErrorKind::Value { tag: Tag::BitString }.into()),
    }
}

/// The last octet, whose unused bits are zero (X.690 11.2.1).
fn cut(octet: u8, unused: u8) -> der::Result<u8> {
    match octet.trailing_zeros() >= u32::from(unused) {
        true => Ok(octet),
        false => Err(ErrorKind::Value { tag: Tag::BitString }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(content: &[u8]) -> der::Result<u32> {
        number(AnyRef::new(Tag::Integer, content).unwrap())
    }

    #[test]
    fn numbers_are_small_or_the_largest() {
        assert_eq!(integer(&[0]), Ok(0));
        assert_eq!(integer(&[0, 0x80]), Ok(128));
        assert_eq!(integer(&[1, 0, 0, 0, 0]), Ok(u32::MAX));
        for wrong in [&[][..], &[0x80], &[0, 1]] {
            assert!(integer(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn bits_are_counted_from_the_left() {
        let read = |content: &[u8]| bits(AnyRef::new(Tag::BitString, content).unwrap());
        assert_eq!(read(&[0]), Ok(0));
        assert_eq!(read(&[7, 0x80]), Ok(0x8000));
        assert_eq!(read(&[7, 0x03, 0x80]), Ok(0x0380));
        for wrong in [&[][..], &[8, 0], &[7, 0xc0], &[0, 1, 2, 3], &[1]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn elements_are_read_in_their_order() {
        let mut elements = Elements::of_sequence(&[0x30, 5, 0x01, 1, 0xff, 0x80, 0]).unwrap();
        assert!(elements.optional(Tag::Integer).unwrap().is_none());
        assert_eq!(boolean(elements.required().unwrap()), Ok(true));
        assert!(elements.context(1).unwrap().is_none() && elements.context(0).unwrap().is_some());
        assert!(elements.context(0).unwrap().is_none());
        elements.finish().unwrap();
        assert!(Elements::of_sequence(&[0x31, 0]).is_err());
        let cut_off = Elements::of_content(&[0x04, 2, 0]).unwrap();
        assert_eq!(cut_off.take(5).filter(Result::is_err).count(), 1);
    }
}
