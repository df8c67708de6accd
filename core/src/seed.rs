//! From the request's seed to every random value that an operation needs.

use alloc::format;

use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::secret::{self, Secret};

/// 32 bytes from the caller's random number generator, base64url on the wire.
///
/// A seed is as secret as what is made from it, and is used for one request only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The generator for one purpose: a different `purpose` gives an unrelated stream.
    ///
    /// ChaCha20 (RFC 8439) keyed with SHA-256 of the purpose and the seed; it wipes its state when it is dropped.
    #[must_use]
    pub fn generator(&self, purpose: &str) -> ChaCha20Rng {
        let mut hash = Sha256::new();
        hash.update(format!("sealwright seed {purpose}\0").as_bytes());
        hash.update(self.0);
        let key = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
        ChaCha20Rng::from_seed(*key)
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Secret::deserialize(deserializer)?;
        secret::decode::<Base64UrlUnpadded>(text.expose())
            .and_then(|bytes| bytes.as_slice().try_into().ok())
            .map(Self)
            .ok_or_else(|| de::Error::custom("a seed is 32 bytes in base64url without padding"))
    }
}
