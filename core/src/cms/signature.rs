//! Signature algorithms of a SignerInfo (RFC 5652 section 10.1.2; RFC 3370 section 3; RFC 5754).

use const_oid::db::rfc5912;
use der::{Any, asn1::Null};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};

use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureScheme},
    error::{Error, ErrorCode},
};

/// The algorithm that `signature_algorithm` and the digest beside it stand for.
///
/// rsaEncryption takes its digest from the SignerInfo; an identifier that holds a digest of its own
/// must hold the same one.
///
/// # Errors
/// `SignatureAlgorithmRefused`.
pub(super) fn read(
    signature_algorithm: &AlgorithmIdentifierRef<'_>,
    digest: DigestAlgorithm,
) -> Result<SignatureAlgorithm, Error> {
    if signature_algorithm.oid == rfc5912::RSA_ENCRYPTION {
        return Ok(SignatureAlgorithm::RsaPkcs1(digest));
    }
    let parameters = signature_algorithm.parameters.map(Any::from);
    let identifier = AlgorithmIdentifierOwned { oid: signature_algorithm.oid, parameters };
    let algorithm = SignatureAlgorithm::from_identifier(&identifier)?;
    match algorithm.digest() {
        Some(inner) if inner == digest => Ok(algorithm),
        Some(_) => Err(Error::new(
            ErrorCode::SignatureAlgorithmRefused,
            "found a signature algorithm with another digest than the one beside it",
        )),
        None => Ok(algorithm),
    }
}

/// The identifier that goes into a SignerInfo. For RSA it is rsaEncryption with the digest beside
/// it, as RFC 3370 3.2 has it: strongSwan refuses sha256WithRSAEncryption there.
pub(super) fn identifier(scheme: SignatureScheme) -> AlgorithmIdentifierOwned {
    match scheme.algorithm() {
        SignatureAlgorithm::RsaPkcs1(_) => {
            AlgorithmIdentifierOwned { oid: rfc5912::RSA_ENCRYPTION, parameters: Some(Any::from(Null)) }
        }
        other => other.identifier(),
    }
}

/// The digest beside that identifier; Ed25519 and ML-DSA go with SHA-512 (RFC 8419 section 3.1, RFC 9882
/// section 3.3).
pub(super) const fn digest(scheme: SignatureScheme) -> DigestAlgorithm {
    match scheme.algorithm().digest() {
        Some(digest) => digest,
        None => DigestAlgorithm::Sha512,
    }
}
