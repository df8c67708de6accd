//! Certificates-only messages (RFC 8894 section 3.4): SignedData without content and signers.

use alloc::vec::Vec;

use const_oid::db::rfc5911;
use der::Encode;

use super::{
    content_info,
    set::SetOf,
    signed_data::{EncapsulatedContentInfo, SignedData},
};
use crate::{certificate::Certificate, error::Error};

/// Wraps certificates, keeping their order: clients take the first one for their own.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn write(certificates: &[Certificate]) -> Result<Vec<u8>, Error> {
    let certificates: Vec<u8> =
        certificates.iter().flat_map(|certificate| certificate.der()).copied().collect();
    wrap(Some(SetOf(&certificates)), None)
}

/// The same around one revocation list in DER, and no certificates: the answer to GetCRL.
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn write_crl(crl: &[u8]) -> Result<Vec<u8>, Error> {
    wrap(None, Some(SetOf(crl)))
}

fn wrap(certificates: Option<SetOf<'_>>, crls: Option<SetOf<'_>>) -> Result<Vec<u8>, Error> {
    let signed_data = SignedData {
        version: 1,
        digest_algorithms: SetOf::default(),
        encap_content_info: EncapsulatedContentInfo { content_type: rfc5911::ID_DATA, content: None },
        certificates,
        crls,
        signer_infos: SetOf::default(),
    };
    content_info::wrap(rfc5911::ID_SIGNED_DATA, &signed_data.to_der()?)
}

/// The certificates in the order sent. Signers, should there be any, are not looked at.
///
/// # Errors
/// `CmsMalformed`, also if there is no certificate.
pub(crate) fn read(der: &[u8]) -> Result<Vec<Certificate>, Error> {
    let certificates = SignedData::read(der)?.certificates()?;
    if certificates.is_empty() {
        return Err(super::malformed("found a certificates-only message without a certificate"));
    }
    Ok(certificates)
}

/// The revocation lists in DER, in the order sent.
///
/// # Errors
/// `CmsMalformed`.
pub(crate) fn read_crls(der: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let lists = SignedData::read(der)?.crls.unwrap_or_default().encoded_elements();
    lists.map_err(super::in_structure("RevocationInfoChoices"))
}
