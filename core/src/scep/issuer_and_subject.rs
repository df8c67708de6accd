//! IssuerAndSubject: what CertPoll carries instead of a request (RFC 8894 section 3.3.3).

use alloc::vec::Vec;

use der::{Encode, Sequence, asn1::AnyRef};

use crate::error::Error;

#[derive(Sequence)]
struct IssuerAndSubject<'a> {
    issuer: AnyRef<'a>,
    subject: AnyRef<'a>,
}

/// IssuerAndSubject of two encoded names. Nobody reads it again: what is decrypted for strangers must
/// prove itself, and two names do not.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn write(issuer: AnyRef<'_>, subject: AnyRef<'_>) -> Result<Vec<u8>, Error> {
    Ok(IssuerAndSubject { issuer, subject }.to_der()?)
}
