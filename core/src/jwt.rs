//! JSON Web Tokens (RFC 7519) as compact JSON Web Signatures (RFC 7515 section 7.1).
//!
//! What is accepted follows RFC 8725: the key decides the algorithm, not the token; there is no `none` and no HMAC;
//! keys come from the caller alone, whatever a header carries; nothing is read that could be read in two ways.
//!
//! Two shapes are minted. The *compatible* one is what simple servers have always written:
//!
//! ```text
//! {"alg":"RS256"}
//! {"sub":"…","iss":"…","exp":1795003600}
//! ```
//!
//! with these members in this order, no white space, text in UTF-8 with the escapes of `serde_json` alone (`\"`, `\\`,
//! `\b`, `\f`, `\n`, `\r`, `\t` and `\u00xx` for other control characters; no `\/`), and `exp` in whole seconds; its
//! claims may have other names. RSASSA-PKCS1-v1_5 is deterministic, so the token is the same octet for octet wherever
//! it is made of the same values. The *bound* one says for whom, for what and from when it is good.

pub mod algorithm;
pub(crate) mod binding;
pub mod claims;
pub(crate) mod compact;
#[cfg(test)]
mod conformance;
pub mod key_set;
pub mod policy;
pub mod shape;
pub mod verification;

use alloc::string::String;

pub use binding::PathBinding;
pub use compact::Header;

use crate::error::{Error, ErrorCode};

/// The longest token, in bytes.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;
/// The longest life of a token that is minted or that a policy may allow: 366 days.
pub(crate) const MAX_LIFETIME_SECONDS: u64 = 366 * 86_400;
/// The longest text in one claim, in bytes.
pub(crate) const MAX_TEXT: usize = 1024;
/// How many texts a list in a request may have.
pub(crate) const MAX_LIST: usize = 32;

/// A text that is to become a claim, or is to be compared with one.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn check_text(field: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(invalid(format_args!(
            "found a text of {} bytes, wanted 1 to {MAX_TEXT} without control characters",
            text.len()
        ))
        .at(field));
    }
    Ok(())
}

/// The same of several.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn check_texts(field: &str, texts: &[String]) -> Result<(), Error> {
    if texts.len() > MAX_LIST {
        return Err(invalid(format_args!("found {} texts, wanted at most {MAX_LIST}", texts.len())).at(field));
    }
    texts.iter().try_for_each(|text| check_text(field, text))
}

pub(crate) fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail)
}
