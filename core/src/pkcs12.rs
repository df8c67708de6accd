//! PKCS#12 (RFC 7292): keys and certificates in one file under a password, both ends.
//!
//! What is written is what OpenSSL 3, NSS, Java, macOS and Windows read: AES-256-CBC under PBKDF2-HMAC-SHA256 for keys
//! and certificates, HMAC-SHA256 with the derivation of appendix B over all of it. Reading takes everything that was ever common, in BER.

mod authenticated_safe;
mod bag;
mod chain;
mod mac;
mod pfx;
mod store;

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use crate::{
    cms::ber,
    error::{Error, ErrorCode},
    keystore::MAX_FILE,
};

pub(crate) use bag::{Bag, Content};
pub(crate) use chain::MAX_CHAIN;
pub use mac::MacName;
pub(crate) use pfx::{WRITTEN_MAC, open, seal};
pub(crate) use store::{Entry, Store, pair};

/// The most bags of a file, and as many certificates and keys.
pub(crate) const MAX_BAGS: usize = 1024;
/// The longest friendly name, in characters.
pub(crate) const MAX_FRIENDLY_NAME: usize = 256;

/// An attribute of our own on a certificate: what the writer wants to find again, one OCTET STRING. The number is "Seal"
/// in ASCII below 2.25. It is registered nowhere, and that arc is for UUIDs made as X.667 says, which this is not: nobody
/// else is known to use it, and it stays, because files have it.
const STATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1399153004");

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::Pkcs12Malformed, detail)
}

fn in_structure(structure: &str) -> impl Fn(der::Error) -> Error + '_ {
    move |error| malformed(format_args!("found no {structure}: {error}"))
}

/// The same elements with DER's lengths: many writers use those of BER.
fn straighten(encoded: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let der = ber::to_der_within(encoded, MAX_FILE).map(Zeroizing::new);
    der.map_err(|error| Error { code: ErrorCode::Pkcs12Malformed, ..error })
}
