//! What CertPoll, GetCert and GetCRL carry instead of a request (RFC 8894 sections 3.3.3 to 3.3.5).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use der::{Decode, Encode, Sequence, asn1::AnyRef};
use serde::{Deserialize, Serialize};

use x509_cert::name::Name;

use crate::{cms::identifier::IssuerAndSerialNumber, error::Error, hex};

/// A certificate that a client asks about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The issuer's name (RFC 4514).
    pub issuer: String,
    /// The subject's name, in a poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The serial number in hexadecimal, in GetCert and GetCRL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

#[derive(Sequence)]
struct IssuerAndSubject<'a> {
    issuer: AnyRef<'a>,
    subject: AnyRef<'a>,
}

impl Query {
    /// Reads IssuerAndSubject; nothing if it is none.
    pub(crate) fn read_poll(der: &[u8]) -> Option<Self> {
        let names = IssuerAndSubject::from_der(der).ok()?;
        Some(Self { issuer: name(names.issuer)?, subject: Some(name(names.subject)?), serial: None })
    }

    /// Reads IssuerAndSerialNumber; nothing if it is none.
    pub(crate) fn read_serial(der: &[u8]) -> Option<Self> {
        let identifier = IssuerAndSerialNumber::from_der(der).ok()?;
        Some(Self {
            issuer: name(identifier.issuer)?,
            subject: None,
            serial: Some(hex::encode(identifier.serial_number.value())),
        })
    }
}

/// IssuerAndSubject of two encoded names.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn write_poll(issuer: AnyRef<'_>, subject: AnyRef<'_>) -> Result<Vec<u8>, Error> {
    Ok(IssuerAndSubject { issuer, subject }.to_der()?)
}

fn name(name: AnyRef<'_>) -> Option<String> {
    name.decode_as::<Name>().ok().map(|name| name.to_string())
}
