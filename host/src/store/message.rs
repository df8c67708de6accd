//! Messages that devices signed: each counts once.

use super::Certificate;

/// A message that is good by itself, to be remembered.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage {
    /// The engine's replay key.
    pub(crate) replay_key: String,
    /// Of the certificate that it is verified with.
    pub(crate) certificate_sha256: String,
    /// The last second in which it would be accepted. Without one it is remembered for as long as its key has a certificate,
    /// and does not count once the key has been without.
    pub(crate) until: Option<u64>,
    /// How many messages are remembered.
    pub(crate) room: u64,
    /// How many of one key.
    pub(crate) room_for_key: u64,
}

/// What became of a [`NewMessage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MessagePut {
    /// It counts, this once; it is the holder's of this certificate.
    Counted(Box<Certificate>),
    /// It counted before.
    Replayed,
    /// The certificate is in no inventory.
    SignerUnknown,
    /// The certificate or its key is revoked, for this reason.
    SignerRevoked(String),
    /// It has no end, and what the key signed before may be forgotten: for a while no certificate of it was in force.
    KeyLapsed,
    /// As many messages of its key are remembered as may.
    NoRoomForKey,
    /// As many messages are remembered as may.
    NoRoom,
}
