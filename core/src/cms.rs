//! Cryptographic Message Syntax (RFC 5652): signed and enveloped messages, both ends.
//!
//! Reading starts with [`ber`], because clients send BER; what follows sees DER lengths only. The
//! structures keep every SET in the order in which it was sent, and certificates as bytes: a
//! signature is checked over what was received, never over something encoded again.

pub(crate) mod attributes;
pub(crate) mod ber;
pub(crate) mod certificates_only;
pub(crate) mod content_encryption;
pub(crate) mod content_info;
pub(crate) mod detached;
pub(crate) mod digest;
pub(crate) mod enveloped_data;
pub(crate) mod identifier;
pub(crate) mod key_transport;
pub(crate) mod set;
pub(crate) mod signature;
pub(crate) mod signed_data;
pub(crate) mod signer_info;

use const_oid::{ObjectIdentifier, db::rfc5911};

use crate::error::{Error, ErrorCode};

/// Most certificates that a message may carry.
pub(crate) const MAX_CERTIFICATES: usize = 32;
/// Most elements that a set of attributes, signers or recipients may have.
pub(crate) const MAX_SET_ELEMENTS: usize = 64;

/// The error of a message that is not the structure it should be.
fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::CmsMalformed, detail)
}

/// Refuses a version above the last one that RFC 5652 has for the structure. Which of those it is, nothing
/// depends on and clients do not care: PyScep writes EnvelopedData of version 1, which there is not.
fn check_version(structure: &str, found: u8, last: u8) -> Result<(), Error> {
    if found <= last {
        return Ok(());
    }
    Err(malformed(format_args!("found {structure} of version {found}, wanted at most {last}")))
}

/// Refuses content of another type than data: SCEP has none (RFC 8894 section 3.1).
fn check_is_data(structure: &str, found: ObjectIdentifier) -> Result<(), Error> {
    match found {
        rfc5911::ID_DATA => Ok(()),
        other => Err(malformed(format_args!("found {structure} of the type {other}, wanted data"))),
    }
}

/// Gives der's parse errors the name of the structure that was being read.
fn in_structure(structure: &str) -> impl Fn(der::Error) -> Error + '_ {
    move |error| malformed(format_args!("found no {structure}: {error}"))
}
