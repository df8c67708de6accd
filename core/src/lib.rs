//! A deterministic, sans-IO PKI engine for device management.
//!
//! [`call`] takes a JSON request and gives a JSON response. It reads no clock, draws no random
//! number and touches no file or socket: the time (`now`, Unix seconds) and the randomness (`seed`,
//! 32 bytes) are fields of the requests that need them, so the same request gives the same bytes
//! everywhere.
//!
//! On the wire: PEM (RFC 7468) for certificates, certification requests and keys; base64url without padding
//! for raw bytes; Unix seconds for time. Unknown fields are refused.
//!
//! A private key is either in the [`KeyRing`] or somebody else's: then [`call_asking`] asks whom it is told to; [`call`]
//! gives a question (`needs`) and wants the same request again, with the answer. See [`keys`].
//!
//! An authority is a value with generations; see [`authority`]. `plan_renewal` says what its renewal will do,
//! `renew_authority` makes the next generation, `activate_generation` takes it into use.
//!
//! Content is guarded by tokens, in a header or in a URL; see [`jwt`]. What devices send is signed beside the body; see
//! [`device`].
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod algorithm;
pub mod alternative_name;
pub mod authority;
pub mod backup;
pub mod base64url;
mod call;
pub mod certificate;
mod cms;
pub mod crl;
pub mod csr;
pub mod device;
mod directory_string;
pub mod distinguished_name;
pub mod error;
pub mod extension;
pub mod hex;
pub mod inspect;
mod issue;
mod issuer;
mod jks;
pub mod jwk;
pub mod jwt;
pub mod key;
pub mod keys;
pub mod keystore;
pub mod lint;
pub mod ml_dsa;
mod object_identifier;
pub mod ocsp;
pub mod operation;
pub mod password;
pub mod password_encryption;
pub mod path;
pub mod pem;
pub mod pkcs12;
mod place;
pub mod profile;
pub mod scep;
#[cfg(feature = "schema")]
pub mod schema;
pub mod secret;
pub mod seed;
pub mod serial_number;
pub mod signed;
mod strict;
mod structured_field;
#[cfg(test)]
mod testing;
mod tree;
mod url;
pub mod validity;

pub use call::{MAX_REQUEST, Outcome, call, call_asking};
pub use error::{Error, ErrorCode};
pub use issue::CertificateRecord;
pub use keys::KeyRing;
pub use operation::Operation;
