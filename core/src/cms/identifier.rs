//! SignerIdentifier and RecipientIdentifier (RFC 5652 sections 5.3 and 6.2.1): how a message names
//! a certificate.

use alloc::{string::String, vec::Vec};

use der::{Decode, Encode, Sequence, Tag, TagNumber, Tagged, asn1::AnyRef};
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use crate::{certificate::Certificate, distinguished_name, error::Error, hex};

const KEY_IDENTIFIER: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };

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

/// A certificate, as a message names it.
pub(crate) enum SignerName<'a> {
    /// By the name of its issuer (RFC 4514) and its serial number in hexadecimal.
    IssuerAndSerial { issuer: String, serial: String },
    /// By the identifier of its key.
    KeyIdentifier(&'a [u8]),
    /// In no way that there is.
    Other,
}

/// What `identifier` says.
pub(super) fn read(identifier: AnyRef<'_>) -> SignerName<'_> {
    if identifier.tag() == KEY_IDENTIFIER {
        return SignerName::KeyIdentifier(identifier.value());
    }
    let encoded = identifier.to_der().unwrap_or_default();
    let Ok(named) = IssuerAndSerialNumber::from_der(&encoded) else { return SignerName::Other };
    let serial = match named.serial_number.value() {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let issuer = named.issuer.to_der().unwrap_or_default();
    SignerName::IssuerAndSerial { issuer: distinguished_name::to_text(&issuer), serial: hex::encode(serial) }
}

/// Whether `identifier` names `certificate`, by issuer and serial number or by key identifier.
pub(super) fn names(identifier: AnyRef<'_>, certificate: &Certificate) -> bool {
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
