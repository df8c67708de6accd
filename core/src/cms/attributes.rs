//! Signed attributes (RFC 5652 section 5.3 and 11).

use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use der::{Encode, Sequence, asn1::AnyRef};

use super::{MAX_SET_ELEMENTS, set, set::SetOf};
use crate::error::Error;

#[derive(Clone, Copy, Debug, Sequence)]
struct Attribute<'a> {
    attribute_type: ObjectIdentifier,
    values: SetOf<'a>,
}

/// Signed attributes as they were received.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignedAttributes<'a> {
    raw: &'a [u8],
    attributes: Vec<Attribute<'a>>,
}

impl<'a> SignedAttributes<'a> {
    /// Reads the contents of the SET.
    ///
    /// # Errors
    /// `CmsMalformed`.
    pub(super) fn read(set: SetOf<'a>) -> Result<Self, Error> {
        let attributes = set.elements().map_err(super::in_structure("SignedAttributes"))?;
        Ok(Self { raw: set.0, attributes })
    }

    /// The one value of the attribute of this type; nothing if there is no such attribute.
    ///
    /// # Errors
    /// `CmsMalformed` if it occurs twice or has not exactly one value.
    pub(crate) fn value(&self, attribute_type: ObjectIdentifier) -> Result<Option<AnyRef<'a>>, Error> {
        let mut found = self.attributes.iter().filter(|attribute| attribute.attribute_type == attribute_type);
        let Some(attribute) = found.next() else {
            return Ok(None);
        };
        if found.next().is_some() {
            return Err(super::malformed(format_args!("found the attribute {attribute_type} twice")));
        }
        attribute.values.only().map(Some).map_err(|_| {
            super::malformed(format_args!("found the attribute {attribute_type} without exactly one value"))
        })
    }

    /// Whether an attribute has a type below this one.
    pub(super) fn has_below(&self, arc: ObjectIdentifier) -> bool {
        self.attributes.iter().any(|own| own.attribute_type.as_bytes().starts_with(arc.as_bytes()))
    }

    /// What may have been signed: the attributes as a SET in the order received and, where that
    /// differs, in the order of DER (RFC 5652 section 5.4).
    pub(super) fn signed_encodings(&self) -> Result<Vec<Vec<u8>>, Error> {
        let received = SetOf(self.raw).to_der()?;
        let elements = self.attributes.iter().map(Encode::to_der).collect::<der::Result<Vec<_>>>()?;
        let sorted = SetOf(&set::sorted(elements)).to_der()?;
        Ok(if sorted == received { alloc::vec![received] } else { alloc::vec![received, sorted] })
    }
}

/// Attributes on their way into a signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttributesBuilder {
    encoded: Vec<Vec<u8>>,
}

impl AttributesBuilder {
    /// Adds an attribute of one value.
    ///
    /// # Errors
    /// `EncodingFailed` if the value cannot be encoded or there are too many attributes.
    pub(crate) fn add(&mut self, attribute_type: ObjectIdentifier, value: &impl Encode) -> Result<(), Error> {
        if self.encoded.len() >= MAX_SET_ELEMENTS {
            return Err(der::Tag::Set.length_error().to_error().into());
        }
        let value = value.to_der()?;
        self.encoded.push(Attribute { attribute_type, values: SetOf(&value) }.to_der()?);
        Ok(())
    }

    /// The contents of the SET, in the order of DER.
    pub(super) fn into_sorted(self) -> Vec<u8> {
        set::sorted(self.encoded)
    }
}
