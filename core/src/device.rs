//! What devices sign and send: messages whose signature travels beside them, in a header.
//!
//! Three forms are known: detached CMS (`Mdm-Signature`), HTTP message signatures (RFC 9421), and a bare signature over the
//! body. In all of them the signature is good only together with who made it and when: the key is one that the caller
//! vouches for, or that of a certificate which the path verifier finds to lead to an anchor; the time is within limits; and
//! what comes back has a key under which the caller remembers the message, so that it counts once.
//!
//! # How a message names its key
//!
//! `keyid` (RFC 9421 2.3), or the header beside a bare signature, is compared with these texts of each signer:
//!
//! - the `id` that the caller gave it;
//! - SHA-256 of its certificate, in hexadecimal of either case or in base64url without padding;
//! - the subject key identifier of its certificate, in hexadecimal of either case;
//! - SHA-256 of its SubjectPublicKeyInfo, in hexadecimal of either case;
//! - the thumbprint of its key as a JWK (RFC 7638 with SHA-256).
//!
//! A message that names none is tried with all of them. Detached CMS names its signer's certificate by issuer and serial
//! number or by subject key identifier (RFC 5652 5.3), and may bring it along.

pub mod bare_signature;
pub mod body;
pub mod claims;
pub mod content_digest;
pub mod detached_cms;
pub mod freshness;
pub mod http_signature;
pub mod message;
pub(crate) mod proof;
pub(crate) mod replay;
pub mod signer;
pub mod signing;
pub mod trust;
pub mod verified;

use alloc::string::String;

use base64ct::{Base64, Base64Unpadded, Encoding};

use crate::error::{Error, ErrorCode};

/// The longest header that holds a signature, in characters, white space not counted.
const MAX_SIGNATURE_TEXT: usize = 2 * 1024 * 1024;

/// Base64 as headers have it: with or without padding, perhaps folded.
///
/// # Errors
/// `MessageMalformed`, `RequestTooLarge`.
pub(crate) fn decode_base64(text: &str) -> Result<alloc::vec::Vec<u8>, Error> {
    let digits: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    if digits.len() > MAX_SIGNATURE_TEXT {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!(
                "found a signature of {} characters, wanted at most {MAX_SIGNATURE_TEXT}",
                digits.len()
            ),
        ));
    }
    let bytes = match digits.ends_with('=') {
        true => Base64::decode_vec(&digits),
        false => Base64Unpadded::decode_vec(&digits),
    };
    bytes.map_err(|_| malformed("found a signature that is not base64"))
}

pub(crate) fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageMalformed, detail)
}

pub(crate) fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail)
}
