//! The certificate that a client without one signs with (RFC 8894 section 2.3).

use alloc::vec::Vec;
use core::time::Duration;

use const_oid::AssociatedOid;
use der::{
    DateTime, Decode, Encode,
    asn1::{AnyRef, IntRef, OctetString},
};
use rand_core::Rng;
use x509_cert::{
    certificate::Version,
    ext::{
        Extension,
        pkix::{KeyUsage, KeyUsages},
    },
    time::{Time, Validity},
};

use crate::{
    certificate::{Certificate, TbsCertificate},
    csr::CertificationRequest,
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    signed::Signed,
};

const HOUR_SECONDS: u64 = 60 * 60;
/// Long enough for a request that waits for approval; nobody trusts it anyway.
const LIFETIME_SECONDS: u64 = 30 * 24 * HOUR_SECONDS;

/// Makes a certificate of the subject and the key of `csr`, signed by the key `id`. It begins an
/// hour before `now` (Unix seconds), because clocks differ.
///
/// # Errors
/// `FieldInvalid` for a time that no certificate can have, and those of the key.
pub(crate) fn certify(
    csr: &CertificationRequest,
    id: &str,
    now: u64,
    generator: &mut impl Rng,
    keys: &mut Keys<'_>,
) -> Result<Certificate, Halt> {
    let key = csr.public_key();
    let algorithm = key.signature_scheme().algorithm();
    let serial_number = serial_number(generator);
    let subject = AnyRef::from_der(csr.subject())?;
    let content = TbsCertificate {
        version: Version::V3,
        serial_number: IntRef::new(&serial_number)?,
        signature: algorithm.identifier(),
        issuer: subject,
        validity: Validity::new(
            time(now.saturating_sub(HOUR_SECONDS))?,
            time(now.saturating_add(LIFETIME_SECONDS))?,
        ),
        subject,
        subject_public_key_info: AnyRef::from_der(key.spki())?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(alloc::vec![key_usage()?]),
    }
    .to_der()?;
    let signature = keys.sign(id, key, &content)?;
    Ok(Certificate::from_der(&Signed::assemble(&content, algorithm, &signature)?)?)
}

/// 16 octets, positive and without leading zeros.
fn serial_number(generator: &mut impl Rng) -> Vec<u8> {
    let mut octets = alloc::vec![0; 16];
    generator.fill_bytes(&mut octets);
    if let Some(first) = octets.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    octets
}

fn key_usage() -> Result<Extension, Error> {
    let usage = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment);
    Ok(Extension { extn_id: KeyUsage::OID, critical: true, extn_value: OctetString::new(usage.to_der()?)? })
}

/// UTCTime until 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5).
fn time(unix: u64) -> Result<Time, Error> {
    let wanted = Duration::from_secs(unix);
    DateTime::from_unix_duration(wanted).map(Time::from).map_err(|_| {
        Error::new(ErrorCode::FieldInvalid, "found a time that no certificate can have").at("now")
    })
}
