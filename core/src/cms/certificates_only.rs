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
    let signed_data = SignedData {
        version: 1,
        digest_algorithms: SetOf::default(),
        encap_content_info: EncapsulatedContentInfo { content_type: rfc5911::ID_DATA, content: None },
        certificates: Some(SetOf(&certificates)),
        crls: None,
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
