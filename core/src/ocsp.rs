//! The Online Certificate Status Protocol (RFC 6960), a responder's side: requests read, responses written.
//!
//! Whether a certificate is good is the caller's to say. RFC 5019's light profile is served as well: SHA-1
//! or SHA-256 in the CertID, no nonce, nextUpdate present.

pub(crate) mod cert_id;
mod nonce;
pub(crate) mod request;
pub(crate) mod responder;
pub(crate) mod response;

pub use nonce::{MAX_NONCE, Nonce};
pub use request::{MAX_CERT_IDS, MAX_REQUEST_BYTES};
pub use response::ErrorStatus;
