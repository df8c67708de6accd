//! Signatures that an object carries over itself.

use der::Decode;
use spki::AlgorithmIdentifierOwned;

use super::element::Element;
use crate::algorithm::SignatureAlgorithm;
use crate::key::PublicKey;

/// Did the key in `spki` sign `message`? Nothing where key or algorithm is not one of this engine's.
pub(crate) fn verify(
    spki: Element<'_>,
    algorithm: Element<'_>,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let key = PublicKey::from_spki(spki.der()).ok()?;
    let identifier = AlgorithmIdentifierOwned::from_der(algorithm.der()).ok()?;
    let algorithm = SignatureAlgorithm::from_identifier(&identifier).ok()?;
    Some(key.verify(algorithm, message, signature).is_ok())
}
