//! SignerIdentifier and RecipientIdentifier (RFC 5652 sections 5.3 and 6.2.1): how a message names
//! a certificate.

use der::{Sequence, Tag, TagNumber, asn1::AnyRef};

use super::certificate::Certificate;

/// Issuer and serial number, as bytes: serial numbers of any length occur (RFC 5652 10.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct IssuerAndSerialNumber<'a> {
    pub(crate) issuer: AnyRef<'a>,
    pub(crate) serial_number: AnyRef<'a>,
}

/// Whether `identifier` names `certificate`, by issuer and serial number or by key identifier.
pub(super) fn names(identifier: AnyRef<'_>, certificate: &Certificate<'_>) -> bool {
    const KEY_IDENTIFIER: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };
    match der::Tagged::tag(&identifier) {
        Tag::Sequence => identifier
            .decode_as::<IssuerAndSerialNumber<'_>>()
            .is_ok_and(|identifier| identifier == certificate.issuer_and_serial_number()),
        KEY_IDENTIFIER => certificate.subject_key_identifier == Some(identifier.value()),
        _ => false,
    }
}
