//! Revocations, and the lists that tell of them.

use super::Certificate;

/// A certificate to be revoked.
#[derive(Clone, Debug)]
pub(crate) struct Revocation {
    /// Which.
    pub(crate) serial: String,
    /// From when on.
    pub(crate) at: u64,
    /// RFC 5280 5.3.1, by name.
    pub(crate) reason: String,
    /// RFC 5280 5.3.2.
    pub(crate) invalidity_date: Option<u64>,
    /// Who revokes.
    pub(crate) actor: String,
    /// Why, in words.
    pub(crate) comment: Option<String>,
}

/// What became of a [`Revocation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// It is revoked from now on, and with it, if its key is in other hands, these of the same key, by their serials.
    Now(Box<Certificate>, Vec<String>),
    /// It was revoked before; nothing was changed.
    Before(Box<Certificate>),
    /// There is none with this serial.
    Unknown,
}

/// An entry of a revocation list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RevokedCertificate {
    /// Hex.
    pub(crate) serial: String,
    /// When.
    pub(crate) revoked_at: u64,
    /// RFC 5280 5.3.1, by name.
    pub(crate) reason: Option<String>,
    /// RFC 5280 5.3.2.
    pub(crate) invalidity_date: Option<u64>,
    /// The number of its revocation among all; 0 for one of before there were numbers.
    pub(crate) event: i64,
}

/// A revocation list that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crl {
    /// The id of the key that signed it.
    pub(crate) key: String,
    /// RFC 5280 5.2.3.
    pub(crate) number: u64,
    /// When it was made.
    pub(crate) this_update: u64,
    /// When there will be a newer one at the latest.
    pub(crate) next_update: u64,
    /// The last revocation that it tells of.
    pub(crate) last_event: i64,
    /// PEM.
    pub(crate) pem: String,
}
