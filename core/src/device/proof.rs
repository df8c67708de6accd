//! A signature that was found good, and what it is over.

use alloc::vec::Vec;

use super::{body::Body, malformed};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    cms::detached::are_signed_attributes,
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// What a good signature is over.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub(crate) algorithm: SignatureAlgorithm,
    /// The algorithm's own, SHA-512 where it has none outside of it.
    pub(crate) digest: DigestAlgorithm,
    /// Of all that was signed.
    pub(crate) hash: Vec<u8>,
}

/// Checks a signature over octets that are here; ECDSA's is in DER.
///
/// # Errors
/// `MessageSignatureInvalid`.
pub(crate) fn over_octets(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    octets: &[u8],
    signature: &[u8],
) -> Result<Proof, Error> {
    let digest = algorithm.digest().unwrap_or(DigestAlgorithm::Sha512);
    let hash = digest.digest(octets);
    let verified = match algorithm.digest() {
        Some(_) => key.verify_digest(algorithm, &hash, signature),
        None => key.verify(algorithm, octets, signature),
    };
    verified.map_err(|_| wrong_signature(key))?;
    Ok(Proof { algorithm, digest, hash })
}

/// The same over a body, of which the digest is enough where the algorithm has one. A body that is the signed attributes of
/// another message is none.
///
/// # Errors
/// `MessageSignatureInvalid`, `MessageBodyNeeded`, `MessageMalformed`.
pub(crate) fn over_body(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    body: &Body,
    signature: &[u8],
) -> Result<Proof, Error> {
    if matches!(body, Body::Whole(body) if are_signed_attributes(body)) {
        return Err(malformed("found a body that is the signed attributes of another message"));
    }
    let Some(digest) = algorithm.digest() else {
        return over_octets(key, algorithm, body.whole()?, signature);
    };
    let hash = body.digest(digest)?;
    key.verify_digest(algorithm, &hash, signature).map_err(|_| wrong_signature(key))?;
    Ok(Proof { algorithm, digest, hash })
}

/// Nothing more is to be said of it.
pub(crate) fn wrong_signature(key: &PublicKey) -> Error {
    Error::new(
        ErrorCode::MessageSignatureInvalid,
        format_args!("the signature is not one over this message by the {} key of the signer", key.kind()),
    )
}
