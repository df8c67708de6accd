//! The revocation list in the answer to GetCRL (RFC 8894 section 3.3.5): whose it is, not what it says.

use alloc::{string::String, vec::Vec};

use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};
use x509_cert::ext::pkix::KeyUsage;

use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    issuer::is_authority,
    pem,
    signed::{Signed, malformed},
};

const LABEL: &str = "X509 CRL";

/// A revocation list that was taken apart far enough to tell whose it is.
pub(crate) struct RevocationList {
    der: Vec<u8>,
    signed: Signed,
    issuer: Vec<u8>,
}

impl RevocationList {
    /// Reads the first one of a PEM text.
    ///
    /// # Errors
    /// `PemMalformed`, `FieldInvalid`.
    pub(crate) fn from_pem(text: &str) -> Result<Self, Error> {
        let der = pem::decode(text, &[LABEL])?;
        Self::from_der(&der).map_err(|error| malformed(ErrorCode::FieldInvalid, "revocation list", error))
    }

    /// Reads one in DER.
    ///
    /// # Errors
    /// The decoder's; the caller knows where it came from.
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let signed = Signed::from_der(der)?;
        let content = AnyRef::from_der(&signed.content)?;
        // tbsCertList: version, where there is one, signature, issuer (RFC 5280 5.1.2).
        let mut fields = SliceReader::new(content.value())?;
        let mut algorithm: AnyRef<'_> = fields.decode()?;
        if algorithm.tag() == Tag::Integer {
            algorithm = fields.decode()?;
        }
        let issuer: AnyRef<'_> = fields.decode()?;
        let updated: AnyRef<'_> = fields.decode()?;
        let is_list = content.tag() == Tag::Sequence
            && algorithm.tag() == Tag::Sequence
            && issuer.tag() == Tag::Sequence
            && [Tag::UtcTime, Tag::GeneralizedTime].contains(&updated.tag());
        if !is_list || algorithm.to_der()? != signed.algorithm.to_der()? {
            return Err(der::ErrorKind::Failed.into());
        }
        let issuer = issuer.to_der()?;
        Ok(Self { der: der.to_vec(), issuer, signed })
    }

    /// The whole list in DER.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The issuer's name in DER.
    pub(crate) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// The list as a PEM block.
    ///
    /// # Errors
    /// None in practice; see [`pem::encode`].
    pub(crate) fn to_pem(&self) -> Result<String, Error> {
        pem::encode(LABEL, &self.der)
    }

    /// Whether the authority signed it, and may (RFC 5280 6.3.3).
    pub(crate) fn is_issued_by(&self, issuer: &Certificate) -> bool {
        let usage = issuer.extension::<KeyUsage>();
        is_authority(issuer)
            && usage.is_ok_and(|usage| usage.is_none_or(|usage| usage.crl_sign()))
            && issuer.subject() == self.issuer
            && issuer.public_key().is_ok_and(|key| self.signed.verify(&key).is_ok())
    }
}
