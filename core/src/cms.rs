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
pub(crate) mod digest;
pub(crate) mod enveloped_data;
pub(crate) mod identifier;
pub(crate) mod key_transport;
pub(crate) mod set;
pub(crate) mod signature;
pub(crate) mod signed_data;
pub(crate) mod signer_info;

use crate::error::{Error, ErrorCode};

/// Most certificates that a message may carry.
pub(crate) const MAX_CERTIFICATES: usize = 32;
/// Most elements that a set of attributes, signers or recipients may have.
pub(crate) const MAX_SET_ELEMENTS: usize = 64;

/// The error of a message that is not the structure it should be.
fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::CmsMalformed, detail)
}

/// Gives der's parse errors the name of the structure that was being read.
fn in_structure(structure: &str) -> impl Fn(der::Error) -> Error + '_ {
    move |error| malformed(format_args!("found no {structure}: {error}"))
}
