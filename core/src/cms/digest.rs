//! Message digest algorithm identifiers (RFC 5652 section 10.1.1).

use der::asn1::AnyRef;
use spki::AlgorithmIdentifierRef;

use crate::{
    algorithm::DigestAlgorithm,
    error::{Error, ErrorCode},
};

/// The digest that an AlgorithmIdentifier names.
///
/// # Errors
/// `SignatureAlgorithmRefused` if it is unknown, or is MD5 and `allow_legacy` is not set.
pub(crate) fn read(
    identifier: &AlgorithmIdentifierRef<'_>,
    allow_legacy: bool,
) -> Result<DigestAlgorithm, Error> {
    match DigestAlgorithm::from_oid(identifier.oid)? {
        DigestAlgorithm::Md5 if !allow_legacy => Err(Error::new(
            ErrorCode::SignatureAlgorithmRefused,
            "found the digest MD5, which only the legacy setting allows",
        )),
        digest => Ok(digest),
    }
}

/// The identifier, with the NULL parameters that older readers want (RFC 5754 section 2).
pub(crate) const fn identifier(digest: DigestAlgorithm) -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: digest.oid(), parameters: Some(AnyRef::NULL) }
}
