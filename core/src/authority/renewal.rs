//! What the certificates of a renewed authority have for extensions.
//!
//! Nothing is computed anew that need not be: verifiers match names and key identifiers octet by octet, and a
//! key identifier that was made in another way, or an authority key identifier that names one certificate,
//! breaks every path of before.

use alloc::vec::Vec;

use const_oid::{AssociatedOid, db::rfc5280};
use der::asn1::ObjectIdentifier;
use x509_cert::ext::{Extension, pkix::AuthorityKeyIdentifier};

use super::OpenAuthority;
use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    extension,
};

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

/// For the same key, signed by itself: those of before, byte for byte.
///
/// # Errors
/// `RenewalRefused` if they name the certificate of before.
pub(crate) fn of_same_root(old: &Certificate) -> Result<Vec<Extension>, Error> {
    if names_one_certificate(old)? {
        return Err(Error::new(
            ErrorCode::RenewalRefused,
            "found an authority key identifier that names issuer and serial number: it is that of one certificate \
             and cannot be kept; renew with a new key",
        )
        .at("authority.certificate"));
    }
    Ok(old.extensions().to_vec())
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

/// For a new key below an issuer.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub(crate) fn of_new_subordinate(
    old: &Certificate,
    identifier: &[u8],
    issuer: &OpenAuthority,
) -> Result<Vec<Extension>, Error> {
    let mut new = alloc::vec![extension::subject_key_identifier(identifier)?];
    new.extend(issuer.extensions_for_issued()?);
    Ok(replaced(old, &OF_THE_ISSUER, new))
}

/// For a certificate of the key `subject`, signed by the key `issuer`, both the authority's own (RFC 4210
/// section 4.4), by their key identifiers: what is not of the keys stays as it was.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub(crate) fn of_self_issued(
    old: &Certificate,
    subject: &[u8],
    issuer: &[u8],
) -> Result<Vec<Extension>, Error> {
    let mut new = alloc::vec![extension::subject_key_identifier(subject)?];
    let had = old.extensions().iter().any(|extension| extension.extn_id == AuthorityKeyIdentifier::OID);
    if had || subject != issuer {
        new.push(extension::authority_key_identifier(issuer)?);
    }
    Ok(replaced(old, &[], new))
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
