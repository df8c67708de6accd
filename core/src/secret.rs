//! Text that must not appear in a message or a log, and that is wiped when it is dropped.

use alloc::{string::String, vec, vec::Vec};
use core::fmt;

use base64ct::Encoding;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::strict::Strict;

/// A challenge password, a private key in PEM, or the like.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Unlike serde's own message for a wrong type, the one from here does not repeat the value.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Strict::deserialize(deserializer)?
            .take_text()
            .map(Self::new)
            .ok_or_else(|| de::Error::custom("found something that is not a string in a secret field"))
    }
}

/// The bytes that a text in one of base64's alphabets holds. What came out before an error is wiped too.
pub(crate) fn decode<E: Encoding>(text: impl AsRef<[u8]>) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.as_ref();
    let mut bytes = Zeroizing::new(vec![0; text.len()]);
    let length = E::decode(text, &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}
