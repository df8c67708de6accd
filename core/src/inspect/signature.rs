//! Signatures that an object carries over itself.

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
    let oid =
        algorithm.sequence("AlgorithmIdentifier").ok()?.required("algorithm").ok()?.oid("algorithm").ok()?;
    let algorithm = SignatureAlgorithm::from_oid(oid).ok()?;
    Some(key.verify(algorithm, message, signature).is_ok())
}
