//! The parts of a certificate that messages need, read from any X.509 version.
//!
//! Clients sign with certificates that they made themselves: version 1, serial numbers of 33
//! octets, odd validity. The profile of RFC 5280 would refuse them, so only what identifies the
//! certificate and its key is read here, and as bytes.

use alloc::vec::Vec;

use const_oid::db::rfc5280;
use der::{
    Decode, Encode, Reader, Sequence, SliceReader, Tag, TagMode, TagNumber,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;

use super::identifier::IssuerAndSerialNumber;
use crate::{
    algorithm::SignatureAlgorithm,
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// A certificate that names a signer, a recipient or an issuer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Certificate<'a> {
    /// The whole certificate.
    pub(crate) der: &'a [u8],
    /// Its issuer's name.
    pub(crate) issuer: AnyRef<'a>,
    /// Its serial number, an INTEGER of any length.
    pub(crate) serial_number: AnyRef<'a>,
    /// Its subject's name.
    pub(crate) subject: AnyRef<'a>,
    /// The value of its subject key identifier extension.
    pub(crate) subject_key_identifier: Option<&'a [u8]>,
    /// The first octet of its key usage extension, where digitalSignature is the highest bit.
    pub(crate) key_usage: Option<u8>,
    /// Whether its basic constraints say that it is a certificate authority.
    pub(crate) is_authority: bool,
    public_key: AnyRef<'a>,
    tbs: AnyRef<'a>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    signature: &'a [u8],
}

#[derive(Sequence)]
struct Signed<'a> {
    tbs: AnyRef<'a>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

#[derive(Sequence)]
struct Extension<'a> {
    id: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    critical: bool,
    value: &'a OctetStringRef,
}

#[derive(Sequence)]
struct BasicConstraints<'a> {
    #[asn1(default = "Default::default")]
    authority: bool,
    #[asn1(optional = "true")]
    path_length: Option<AnyRef<'a>>,
}

impl<'a> Certificate<'a> {
    /// Reads the parts from DER.
    ///
    /// # Errors
    /// `CertificateMalformed`.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        parse(der).map_err(|error| {
            Error::new(ErrorCode::CertificateMalformed, format_args!("found no certificate: {error}"))
        })
    }

    /// What names this certificate in a message.
    pub(crate) const fn issuer_and_serial_number(&self) -> IssuerAndSerialNumber<'a> {
        IssuerAndSerialNumber { issuer: self.issuer, serial_number: self.serial_number }
    }

    /// Whether issuer and subject are the same name.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// The key that it certifies.
    ///
    /// # Errors
    /// `KeyMalformed`, `KeyUnsupported`.
    pub(crate) fn public_key(&self) -> Result<PublicKey, Error> {
        PublicKey::from_spki(&self.public_key.to_der()?)
    }

    /// Checks that `issuer` signed this certificate and bears the name that it gives.
    ///
    /// # Errors
    /// `SignatureInvalid`, `SignatureAlgorithmRefused`, or those of the issuer's key.
    pub(crate) fn verify_issued_by(&self, issuer: &Certificate<'_>) -> Result<(), Error> {
        if self.issuer != issuer.subject {
            return Err(Error::new(ErrorCode::SignatureInvalid, "the certificate names another issuer"));
        }
        let algorithm = SignatureAlgorithm::from_oid(self.signature_algorithm.oid)?.refuse_broken()?;
        issuer.public_key()?.verify(algorithm, &self.tbs.to_der()?, self.signature)
    }
}

fn parse(der: &[u8]) -> der::Result<Certificate<'_>> {
    let signed = Signed::from_der(der)?;
    let signature = signed.signature.as_bytes().ok_or_else(|| Tag::BitString.value_error())?;
    signed.tbs.sequence(|reader| {
        let _version: Option<der::asn1::ContextSpecific<AnyRef<'_>>> =
            der::asn1::ContextSpecific::decode_explicit(reader, TagNumber(0))?;
        let serial_number = typed(reader, Tag::Integer)?;
        let _signature: AnyRef<'_> = reader.decode()?;
        let issuer = typed(reader, Tag::Sequence)?;
        let _validity: AnyRef<'_> = reader.decode()?;
        let subject = typed(reader, Tag::Sequence)?;
        let public_key = typed(reader, Tag::Sequence)?;
        let mut certificate = Certificate {
            der,
            issuer,
            serial_number,
            subject,
            subject_key_identifier: None,
            key_usage: None,
            is_authority: false,
            public_key,
            tbs: signed.tbs,
            signature_algorithm: signed.signature_algorithm,
            signature,
        };
        for extension in extensions(reader)? {
            read_extension(&extension, &mut certificate)?;
        }
        Ok(certificate)
    })
}

fn typed<'a>(reader: &mut SliceReader<'a>, tag: Tag) -> der::Result<AnyRef<'a>> {
    let element: AnyRef<'_> = reader.decode()?;
    der::Tagged::tag(&element).assert_eq(tag)?;
    Ok(element)
}

/// What follows the key: unique identifiers, which nobody uses, and the extensions.
fn extensions<'a>(reader: &mut SliceReader<'a>) -> der::Result<Vec<Extension<'a>>> {
    let mut found = Vec::new();
    while !reader.is_finished() {
        let list: Option<Vec<Extension<'_>>> = reader.context_specific(TagNumber(3), TagMode::Explicit)?;
        match list {
            Some(list) => found.extend(list),
            None => reader.decode::<AnyRef<'_>>().map(drop)?,
        }
    }
    Ok(found)
}

fn read_extension<'a>(extension: &Extension<'a>, certificate: &mut Certificate<'a>) -> der::Result<()> {
    let value = extension.value.as_bytes();
    match extension.id {
        rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER => {
            certificate.subject_key_identifier = Some(<&OctetStringRef>::from_der(value)?.as_bytes());
        }
        rfc5280::ID_CE_KEY_USAGE => {
            certificate.key_usage = Some(BitStringRef::from_der(value)?.raw_bytes().first().copied().unwrap_or_default());
        }
        rfc5280::ID_CE_BASIC_CONSTRAINTS => {
            certificate.is_authority = BasicConstraints::from_der(value)?.authority;
        }
        _ => {}
    }
    Ok(())
}
