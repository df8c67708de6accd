//! SET OF, as received.

use alloc::vec::Vec;

use der::{Decode, DecodeValue, EncodeValue, FixedTag, Header, Length, Reader, SliceReader, Tag, Writer};

use super::MAX_SET_ELEMENTS;

/// The contents of a SET OF in the order and the bytes in which they were sent.
///
/// der's own types sort while they decode, which loses what was signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SetOf<'a>(pub(crate) &'a [u8]);

impl<'a> SetOf<'a> {
    /// Each element, decoded.
    pub(crate) fn elements<T: Decode<'a, Error = der::Error>>(self) -> der::Result<Vec<T>> {
        let mut reader = SliceReader::new(self.0)?;
        let mut elements = Vec::new();
        while !reader.is_finished() {
            if elements.len() >= MAX_SET_ELEMENTS {
                return Err(Tag::Set.length_error().into());
            }
            elements.push(reader.decode()?);
        }
        Ok(elements)
    }

    /// Each element as the bytes that it is.
    pub(crate) fn encoded_elements(self) -> der::Result<Vec<&'a [u8]>> {
        let mut reader = SliceReader::new(self.0)?;
        let mut elements = Vec::new();
        while !reader.is_finished() {
            if elements.len() >= MAX_SET_ELEMENTS {
                return Err(Tag::Set.length_error().into());
            }
            elements.push(reader.tlv_bytes()?);
        }
        Ok(elements)
    }

    /// The one element of a set that has exactly one.
    pub(crate) fn only<T: Decode<'a, Error = der::Error>>(self) -> der::Result<T> {
        T::from_der(self.0)
    }
}

impl FixedTag for SetOf<'_> {
    const TAG: Tag = Tag::Set;
}

impl<'a> DecodeValue<'a> for SetOf<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_slice(header.length()).map(Self)
    }
}

impl EncodeValue for SetOf<'_> {
    fn value_len(&self) -> der::Result<Length> {
        Length::try_from(self.0.len())
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

/// The contents of a SET OF in the order that DER demands (X.690 11.6).
pub(crate) fn sorted(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    elements.concat()
}
