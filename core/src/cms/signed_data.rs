//! SignedData (RFC 5652 section 5): read and checked, or made.

use alloc::vec::Vec;

use const_oid::{ObjectIdentifier, db::rfc5911};
use der::{
    Decode, Encode, Sequence, Tag,
    asn1::{AnyRef, OctetString, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;
use subtle::ConstantTimeEq;

use super::{
    MAX_CERTIFICATES,
    attributes::{AttributesBuilder, SignedAttributes},
    content_info, digest, identifier,
    set::SetOf,
    signature,
    signer_info::SignerInfo,
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureScheme},
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::PublicKey,
    keys::{Halt, Keys},
};

/// The structure as it is encoded.
#[derive(Clone, Copy, Debug, Sequence)]
pub(super) struct SignedData<'a> {
    pub(super) version: u8,
    pub(super) digest_algorithms: SetOf<'a>,
    pub(super) encap_content_info: EncapsulatedContentInfo<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub(super) certificates: Option<SetOf<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub(super) crls: Option<SetOf<'a>>,
    pub(super) signer_infos: SetOf<'a>,
}

/// What was signed, or nothing.
#[derive(Clone, Copy, Debug, Sequence)]
pub(super) struct EncapsulatedContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) content: Option<AnyRef<'a>>,
}

impl<'a> SignedData<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Error> {
        content_info::unwrap(der, rfc5911::ID_SIGNED_DATA, "SignedData")
    }

    /// The certificates that can be read, in the order sent; others are no use to anybody.
    pub(super) fn certificates(&self) -> Result<Vec<Certificate>, Error> {
        let elements = self.certificates.unwrap_or_default().encoded_elements();
        let elements = elements.map_err(super::in_structure("CertificateSet"))?;
        if elements.len() > MAX_CERTIFICATES {
            return Err(super::malformed(format_args!(
                "found {} certificates, wanted at most {MAX_CERTIFICATES}",
                elements.len()
            )));
        }
        Ok(elements.into_iter().filter_map(|der| Certificate::from_der(der).ok()).collect())
    }
}

/// A message with one signer and signed attributes, as SCEP has them; not yet verified.
#[derive(Clone, Debug)]
pub(crate) struct SignedMessage<'a> {
    /// The content; empty where there is none.
    pub(crate) content: &'a [u8],
    /// The certificates that came along.
    pub(crate) certificates: Vec<Certificate>,
    /// What the signer says about the content.
    pub(crate) attributes: SignedAttributes<'a>,
    content_type: ObjectIdentifier,
    signer: SignerInfo<'a>,
}

impl<'a> SignedMessage<'a> {
    /// Reads a ContentInfo in DER.
    ///
    /// # Errors
    /// `CmsMalformed`.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        let signed_data = SignedData::read(der)?;
        let signer: SignerInfo<'a> = signed_data
            .signer_infos
            .only()
            .map_err(|error| super::malformed(format_args!("found not exactly one SignerInfo: {error}")))?;
        let attributes = signer
            .signed_attrs
            .ok_or_else(|| super::malformed("found a signer without signed attributes"))?;
        Ok(Self {
            content: signed_data.encap_content_info.content.map(AnyRef::value).unwrap_or_default(),
            certificates: signed_data.certificates()?,
            attributes: SignedAttributes::read(attributes)?,
            content_type: signed_data.encap_content_info.content_type,
            signer,
        })
    }

    /// The signer's certificate among `certificates`.
    ///
    /// # Errors
    /// `CmsSignerUnknown`.
    pub(crate) fn signer<'c>(&self, certificates: &'c [Certificate]) -> Result<&'c Certificate, Error> {
        certificates
            .iter()
            .find(|certificate| identifier::names(self.signer.sid, certificate))
            .ok_or_else(|| Error::new(ErrorCode::CmsSignerUnknown, "found no certificate of the signer"))
    }

    /// The digest that the signer used.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused`.
    pub(crate) fn digest(&self, allow_legacy: bool) -> Result<DigestAlgorithm, Error> {
        digest::read(&self.signer.digest_algorithm, allow_legacy)
    }

    /// Checks the content against its digest, and the signature by `key` (RFC 5652 section 5.6).
    ///
    /// # Errors
    /// `CmsDigestMismatch`, `SignatureInvalid`, `SignatureAlgorithmRefused`, `CmsMalformed`.
    pub(crate) fn verify(&self, key: &PublicKey, allow_legacy: bool) -> Result<(), Error> {
        let digest = self.digest(allow_legacy)?;
        let algorithm = signature::read(&self.signer.signature_algorithm, digest)?;
        self.verify_content(digest)?;
        let signature = self.signer.signature.as_bytes();
        let mut outcome = Ok(());
        for encoding in self.attributes.signed_encodings()? {
            outcome = key.verify(algorithm, &encoding, signature);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn verify_content(&self, digest: DigestAlgorithm) -> Result<(), Error> {
        let content_type =
            self.attributes.value(rfc5911::ID_CONTENT_TYPE)?.map(AnyRef::decode_as::<ObjectIdentifier>);
        if !matches!(content_type, Some(Ok(found)) if found == self.content_type) {
            return Err(super::malformed("found no content type attribute that fits the content"));
        }
        let stated = self
            .attributes
            .value(rfc5911::ID_MESSAGE_DIGEST)?
            .and_then(|value| value.decode_as::<&OctetStringRef>().ok())
            .ok_or_else(|| super::malformed("found no message digest attribute"))?;
        if bool::from(stated.as_bytes().ct_eq(&digest.digest(self.content))) {
            Ok(())
        } else {
            Err(Error::new(ErrorCode::CmsDigestMismatch, "the content is not the one that was signed"))
        }
    }
}

/// Who signs a message: the key's id in the ring, and the certificate that names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signer<'a> {
    /// The id of the key.
    pub(crate) key: &'a str,
    /// Its certificate.
    pub(crate) certificate: &'a Certificate,
}

impl Signer<'_> {
    /// Signs `content` (or nothing, for a message that is all attributes) together with the
    /// attributes; contentType and messageDigest are added here. The signer's certificate goes
    /// along.
    ///
    /// # Errors
    /// Those of the key; `EncodingFailed`.
    pub(crate) fn seal(
        &self,
        keys: &mut Keys<'_>,
        content: Option<&[u8]>,
        mut attributes: AttributesBuilder,
    ) -> Result<Vec<u8>, Halt> {
        let key = self.certificate.public_key()?;
        let scheme = key.signature_scheme();
        let message_digest = signature::digest(scheme).digest(content.unwrap_or_default());
        attributes.add(rfc5911::ID_CONTENT_TYPE, &rfc5911::ID_DATA)?;
        attributes.add(rfc5911::ID_MESSAGE_DIGEST, &OctetString::new(message_digest)?)?;
        let attributes = attributes.into_sorted();
        let signature = keys.sign(self.key, &key, &SetOf(&attributes).to_der()?)?;
        Ok(self.encode(scheme, content, &attributes, &signature)?)
    }

    fn encode(
        &self,
        scheme: SignatureScheme,
        content: Option<&[u8]>,
        attributes: &[u8],
        signature: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let digest_algorithm = digest::identifier(signature::digest(scheme));
        let sid = identifier::of(self.certificate)?;
        let signature_algorithm = signature::identifier(scheme).to_der()?;
        let signer_info = SignerInfo {
            version: 1,
            sid: AnyRef::from_der(&sid)?,
            digest_algorithm,
            signed_attrs: Some(SetOf(attributes)),
            signature_algorithm: AlgorithmIdentifierRef::from_der(&signature_algorithm)?,
            signature: OctetStringRef::new(signature)?,
            unsigned_attrs: None,
        }
        .to_der()?;
        let signed_data = SignedData {
            version: 1,
            digest_algorithms: SetOf(&digest_algorithm.to_der()?),
            encap_content_info: EncapsulatedContentInfo {
                content_type: rfc5911::ID_DATA,
                content: content.map(|content| AnyRef::new(Tag::OctetString, content)).transpose()?,
            },
            certificates: Some(SetOf(self.certificate.der())),
            crls: None,
            signer_infos: SetOf(&signer_info),
        };
        content_info::wrap(rfc5911::ID_SIGNED_DATA, &signed_data.to_der()?)
    }
}
