//! SignerIdentifier and RecipientIdentifier (RFC 5652 sections 5.3 and 6.2.1): how a message names
//! a certificate.

use alloc::vec::Vec;

use der::{Decode, Encode, Sequence, Tag, TagNumber, Tagged, asn1::AnyRef};
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use crate::{certificate::Certificate, error::Error};

/// Issuer and serial number, as bytes: serial numbers of any length occur (RFC 5652 10.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct IssuerAndSerialNumber<'a> {
    pub(crate) issuer: AnyRef<'a>,
    pub(crate) serial_number: AnyRef<'a>,
}

/// The identifier of `certificate` by issuer and serial number, encoded.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(super) fn of(certificate: &Certificate) -> Result<Vec<u8>, Error> {
    let identifier = IssuerAndSerialNumber {
        issuer: AnyRef::from_der(certificate.issuer())?,
        serial_number: AnyRef::new(Tag::Integer, certificate.serial_number())?,
    };
    Ok(identifier.to_der()?)
}

/// Whether `identifier` names `certificate`, by issuer and serial number or by key identifier.
pub(super) fn names(identifier: AnyRef<'_>, certificate: &Certificate) -> bool {
    const KEY_IDENTIFIER: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };
    match identifier.tag() {
        Tag::Sequence => {
            of(certificate).is_ok_and(|wanted| identifier.to_der().is_ok_and(|found| found == wanted))
        }
        KEY_IDENTIFIER => certificate
            .extension::<SubjectKeyIdentifier>()
            .is_ok_and(|found| found.is_some_and(|found| found.0.as_bytes() == identifier.value())),
        _ => false,
    }
}
