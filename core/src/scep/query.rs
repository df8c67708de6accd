//! IssuerAndSerialNumber: what GetCert and GetCRL carry (RFC 8894 sections 3.3.4 and 3.3.5).

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, IntRef},
};
use serde::{Deserialize, Serialize};
use x509_cert::name::Name;

use super::MessageType;
use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    distinguished_name::{self, MAX_NAME},
    error::Error,
    hex,
    seed::Seed,
    serial_number,
};

/// Most octets of a serial number (RFC 5280 4.1.2.2).
const MAX_SERIAL_NUMBER: usize = 20;

#[derive(Sequence)]
struct IssuerAndSerialNumber<'a> {
    issuer: AnyRef<'a>,
    serial_number: IntRef<'a>,
}

/// The certificate that a client asks for, or asks the CRL for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wanted {
    /// Its issuer (RFC 4514), as the records of certificates have it.
    pub issuer: String,
    /// The same in DER.
    pub issuer_der: Base64Url,
    /// Its serial number in hexadecimal, as the records have it.
    pub serial: String,
}

impl Wanted {
    /// Reads it. Nothing if anything is wrong: nobody may learn what.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let named = IssuerAndSerialNumber::from_der(der).ok()?;
        let issuer = named.issuer.to_der().ok()?;
        let serial_number = named.serial_number.as_bytes();
        let is_negative = serial_number.first().is_none_or(|first| *first >= 0x80);
        if issuer.len() > MAX_NAME || is_negative || serial_number.len() > MAX_SERIAL_NUMBER {
            return None;
        }
        Name::from_der(&issuer).ok().filter(|name| !name.is_empty())?;
        Some(Self::new(&issuer, serial_number))
    }

    /// What takes the place of one that could not be read: by this issuer, but with a serial number that no
    /// certificate has.
    pub(crate) fn unknown(issuer: &[u8], seed: &Seed) -> Self {
        Self::new(issuer, &serial_number::generate(seed, b"scep_open_request wanted"))
    }

    fn new(issuer: &[u8], serial_number: &[u8]) -> Self {
        Self {
            issuer: distinguished_name::to_text(issuer),
            issuer_der: Base64Url(issuer.to_vec()),
            serial: serial_hex(serial_number),
        }
    }
}

/// What a client has to remember of its query in order to judge the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// `get_cert` or `get_crl`.
    pub message_type: MessageType,
    /// The issuer's name in DER.
    pub issuer: Base64Url,
    /// The serial number in hexadecimal.
    pub serial: String,
}

impl Query {
    /// Whether the certificate is the one that was asked for.
    pub(crate) fn is_for(&self, certificate: &Certificate) -> bool {
        certificate.issuer() == self.issuer.0 && certificate.serial_hex() == self.serial
    }
}

/// IssuerAndSerialNumber of an encoded name and a positive number in hexadecimal, and the number as the records
/// have it; nothing if it is none.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn write(issuer: &[u8], serial: &str) -> Result<Option<(Vec<u8>, String)>, Error> {
    let Some(octets) = hex::decode(serial).filter(|octets| !octets.is_empty()) else {
        return Ok(None);
    };
    let significant: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
    let sign: &[u8] = if significant.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    let content = [sign, &significant].concat();
    if content.len() > MAX_SERIAL_NUMBER {
        return Ok(None);
    }
    let named =
        IssuerAndSerialNumber { issuer: AnyRef::from_der(issuer)?, serial_number: IntRef::new(&content)? };
    Ok(Some((named.to_der()?, serial_hex(&content))))
}

/// As [`Certificate::serial_hex`] writes it.
fn serial_hex(content: &[u8]) -> String {
    hex::encode(match content {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let issuer = distinguished_name::parse("CN=Test CA").unwrap();
        for (given, wanted) in
            [("1002", "1002"), ("ff", "ff"), ("00ff", "ff"), ("0000", "00"), ("00", "00"), ("7F01", "7f01")]
        {
            let (der, serial) = write(&issuer, given).unwrap().unwrap();
            let read = Wanted::read(&der).unwrap();
            assert_eq!(
                (serial.as_str(), read.serial.as_str(), read.issuer.as_str()),
                (wanted, wanted, "CN=Test CA")
            );
            assert_eq!(read.issuer_der.0, issuer);
        }
        for none in ["", "1", "0x10", "zz", &"11".repeat(21), &"ff".repeat(20)] {
            assert_eq!(write(&issuer, none).unwrap(), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_query_is_nothing() {
        let (good, _) = write(&distinguished_name::parse("CN=Test CA").unwrap(), "1002").unwrap().unwrap();
        assert!(Wanted::read(&good).is_some());
        for length in 0..good.len() {
            assert_eq!(Wanted::read(&good[..length]), None);
        }
        let long =
            write(&distinguished_name::parse("CN=Test CA").unwrap(), &"11".repeat(20)).unwrap().unwrap();
        assert!(Wanted::read(&long.0).is_some());
        let asked = |serial: &[u8]| {
            let issuer = distinguished_name::parse("CN=Test CA").unwrap();
            let issuer = AnyRef::from_der(&issuer).unwrap();
            let serial = AnyRef::new(der::Tag::Integer, serial).unwrap();
            der::Encode::to_der(&alloc::vec![issuer, serial]).unwrap()
        };
        assert_eq!(Wanted::read(&asked(&[0, 255])).unwrap().serial, "ff");
        for bad in [
            &[&good[..], b"\0"].concat()[..],
            b"\x30\x04\x30\x00\x30\x00",
            b"\x30\x05\x02\x01\x01\x30\x00",
            b"\x30\x05\x30\x00\x02\x01\x01",
            &asked(&[255]),
            &asked(&[0x11; 21]),
        ] {
            assert_eq!(Wanted::read(bad), None, "{bad:x?}");
        }
    }

    #[test]
    fn the_unknown_looks_like_the_known() {
        let issuer = distinguished_name::parse("CN=Test CA").unwrap();
        let unknown = |seed: u8| Wanted::unknown(&issuer, &Seed::new([seed; 32]));
        let (der, _) = write(&issuer, &unknown(1).serial).unwrap().unwrap();
        assert_eq!(Wanted::read(&der), Some(unknown(1)), "a request could have asked for it");
        assert_eq!(unknown(1).serial.len(), 40);
        assert_ne!(unknown(1).serial, unknown(2).serial);
    }
}
