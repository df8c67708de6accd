//! The renewal of an authority: with which key, what has to be so, and what the certificates have for extensions.
//!
//! Nothing is computed anew that need not be: verifiers match names and key identifiers octet by octet, and a
//! key identifier that was made in another way, or an authority key identifier that names one certificate,
//! breaks every path of before.

mod mode;
pub(crate) mod precondition;

use alloc::vec::Vec;

use const_oid::{AssociatedOid, db::rfc5280};
use der::asn1::ObjectIdentifier;
use x509_cert::ext::{Extension, pkix::AuthorityKeyIdentifier};

use super::OpenAuthority;
use crate::{certificate::Certificate, error::Error, extension};
pub use mode::Mode;

/// What a certificate says of its issuer.
const OF_THE_ISSUER: [ObjectIdentifier; 4] = [
    AuthorityKeyIdentifier::OID,
    rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS,
    rfc5280::ID_CE_FRESHEST_CRL,
    rfc5280::ID_PE_AUTHORITY_INFO_ACCESS,
];

/// Whether the certificate names its issuer by issuer and serial number (RFC 5280 4.2.1.1): then it fits one
/// certificate of its issuer only.
///
/// # Errors
/// `CertificateMalformed`.
pub(crate) fn names_one_certificate(certificate: &Certificate) -> Result<bool, Error> {
    let identifier: Option<AuthorityKeyIdentifier> = certificate.extension()?;
    Ok(identifier.is_some_and(|found| {
        found.authority_cert_issuer.is_some() || found.authority_cert_serial_number.is_some()
    }))
}

/// For the same key below an issuer: those of before, but what tells of the issuer.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub(crate) fn of_same_subordinate(
    old: &Certificate,
    issuer: &OpenAuthority,
) -> Result<Vec<Extension>, Error> {
    Ok(replaced(old, &OF_THE_ISSUER, issuer.extensions_for_issued()?))
}

/// For a key with this identifier that another one signs: the issuer's or, in certificates that cross, one of the
/// authority's own (RFC 4210 section 4.4). It is found revoked on the signer's list.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub(crate) fn of_signed_key(
    old: &Certificate,
    identifier: &[u8],
    signer: &OpenAuthority,
) -> Result<Vec<Extension>, Error> {
    let mut new = alloc::vec![extension::subject_key_identifier(identifier)?];
    new.extend(signer.extensions_for_issued()?);
    Ok(replaced(old, &OF_THE_ISSUER, new))
}

/// For a new key that signs itself: what tells of the issuer was of the old key. Nobody looks for a root on a list.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub(crate) fn of_new_root(old: &Certificate, identifier: &[u8]) -> Result<Vec<Extension>, Error> {
    let mut new = alloc::vec![extension::subject_key_identifier(identifier)?];
    if old.extensions().iter().any(|extension| extension.extn_id == AuthorityKeyIdentifier::OID) {
        new.push(extension::authority_key_identifier(identifier)?);
    }
    Ok(replaced(old, &OF_THE_ISSUER, new))
}

/// The extensions of `old` without those of the types `dropped`, and with the `new` ones: in the place of those of
/// their type, or else at the end.
fn replaced(old: &Certificate, dropped: &[ObjectIdentifier], mut new: Vec<Extension>) -> Vec<Extension> {
    let mut extensions = Vec::new();
    for kept in old.extensions() {
        match new.iter().position(|extension| extension.extn_id == kept.extn_id) {
            Some(position) => extensions.push(new.remove(position)),
            None if dropped.contains(&kept.extn_id) => {}
            None => extensions.push(kept.clone()),
        }
    }
    extensions.append(&mut new);
    extensions
}
