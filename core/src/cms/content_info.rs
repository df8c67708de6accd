//! ContentInfo (RFC 5652 section 3).

use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use der::{Decode, Encode, Sequence, asn1::AnyRef};

use crate::error::Error;

/// The outermost structure: a content of a type that it names.
#[derive(Clone, Copy, Debug, Sequence)]
pub(crate) struct ContentInfo<'a> {
    pub(crate) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(crate) content: AnyRef<'a>,
}

/// The content of a ContentInfo in DER, which must have the type `wanted`.
///
/// # Errors
/// `CmsMalformed`.
pub(super) fn unwrap<'a, T>(der: &'a [u8], wanted: ObjectIdentifier, name: &str) -> Result<T, Error>
where
    T: der::Choice<'a> + der::DecodeValue<'a, Error = der::Error>,
{
    let info = ContentInfo::from_der(der).map_err(super::in_structure("ContentInfo"))?;
    if info.content_type != wanted {
        return Err(super::malformed(format_args!(
            "found a content of the type {}, wanted {name}",
            info.content_type
        )));
    }
    info.content.decode_as().map_err(super::in_structure(name))
}

/// A ContentInfo around `content`, which is an encoded element.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn wrap(content_type: ObjectIdentifier, content: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(ContentInfo { content_type, content: AnyRef::from_der(content)? }.to_der()?)
}
