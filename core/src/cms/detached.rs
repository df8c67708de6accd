//! SignedData without its content (RFC 5652 section 5.2): the signature of something that travels beside it.

use alloc::vec::Vec;

use const_oid::{
    ObjectIdentifier,
    db::{rfc5911, rfc6268},
};
use der::{
    Decode, Encode,
    asn1::{AnyRef, OctetString, OctetStringRef},
};
use subtle::ConstantTimeEq;
use x509_cert::time::Time;

pub(crate) use super::identifier::SignerName;
use super::{
    attributes::{AttributesBuilder, SignedAttributes},
    digest, identifier,
    set::SetOf,
    signature,
    signed_data::{self, SignedData, Signer},
    signer_info::SignerInfo,
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureScheme},
    certificate::Certificate,
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    validity::{self, lenient_time},
};

/// Above the types of the attributes of SCEP (RFC 8894 3.2.1.1).
const SCEP_ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9");
const SIGNING_TIME: ObjectIdentifier = rfc6268::ID_SIGNING_TIME;

/// A detached signature by one signer; not yet verified.
#[derive(Clone, Debug)]
pub(crate) struct DetachedSignature<'a> {
    /// The certificates that came along.
    pub(crate) certificates: Vec<Certificate>,
    attributes: Option<SignedAttributes<'a>>,
    signer: SignerInfo<'a>,
}

impl<'a> DetachedSignature<'a> {
    /// Reads a ContentInfo in DER.
    ///
    /// # Errors
    /// `CmsMalformed`, also where the content is there: of two, nobody knows which was meant.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        let signed_data = SignedData::read(der)?;
        super::check_is_data("signed content", signed_data.encap_content_info.content_type)?;
        if signed_data.encap_content_info.content.is_some() {
            return Err(super::malformed("found a signature with its content inside, wanted a detached one"));
        }
        let signer = signed_data::only_signer(&signed_data)?;
        Ok(Self {
            certificates: signed_data.certificates()?,
            attributes: signer.signed_attrs.map(SignedAttributes::read).transpose()?,
            signer,
        })
    }

    /// Whether the signer says that this is its certificate.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        identifier::names(self.signer.sid, certificate)
    }

    /// How the signer names its certificate.
    pub(crate) fn signer_name(&self) -> SignerName<'a> {
        identifier::read(self.signer.sid)
    }

    /// Whether the signature is over attributes; otherwise it is over the content itself.
    pub(crate) const fn has_attributes(&self) -> bool {
        self.attributes.is_some()
    }

    /// The digest of the content, and how that or the attributes are signed.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused`, for MD5 too.
    pub(crate) fn algorithms(&self) -> Result<(DigestAlgorithm, SignatureAlgorithm), Error> {
        let digest = digest::read(&self.signer.digest_algorithm, false)?;
        Ok((digest, signature::read(&self.signer.signature_algorithm, digest)?))
    }

    /// When it was made, Unix seconds, if it says so (RFC 5652 11.3).
    ///
    /// # Errors
    /// `CmsMalformed`.
    pub(crate) fn signing_time(&self) -> Result<Option<u64>, Error> {
        let Some(attributes) = &self.attributes else { return Ok(None) };
        let Some(value) = attributes.value(SIGNING_TIME)? else { return Ok(None) };
        let time = lenient_time(value).map_err(super::in_structure("SigningTime"))?;
        Ok(Some(time.to_unix_duration().as_secs()))
    }

    /// What may have been signed: the attributes in the order received and in that of DER; nothing without attributes.
    /// They are about content of the digest `hash` (RFC 5652 section 5.4).
    ///
    /// # Errors
    /// `CmsMalformed`, `CmsDigestMismatch`.
    pub(crate) fn signed_attributes(&self, hash: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        let Some(attributes) = &self.attributes else { return Ok(Vec::new()) };
        // Those travel in the open, and are signed by the same keys.
        if attributes.has_below(SCEP_ATTRIBUTES) {
            return Err(super::malformed(
                "found the attributes of a SCEP message, which says nothing else (RFC 8894 3.2.1)",
            ));
        }
        let content_type = attributes.value(rfc5911::ID_CONTENT_TYPE)?;
        let content_type = content_type.map(AnyRef::decode_as::<ObjectIdentifier>);
        if !matches!(content_type, Some(Ok(rfc5911::ID_DATA))) {
            return Err(super::malformed("found no content type attribute that says data"));
        }
        match bool::from(digest_of_content(attributes)?.ct_eq(hash)) {
            true => attributes.signed_encodings(),
            false => {
                Err(Error::new(ErrorCode::CmsDigestMismatch, "the content is not the one that was signed"))
            }
        }
    }

    /// The digest of the content that the attributes state, if there are attributes.
    ///
    /// # Errors
    /// `CmsMalformed`.
    pub(crate) fn stated_digest(&self) -> Result<Option<&'a [u8]>, Error> {
        self.attributes.as_ref().map(digest_of_content).transpose()
    }

    /// The signature.
    pub(crate) fn signature(&self) -> &'a [u8] {
        self.signer.signature.as_bytes()
    }
}

fn digest_of_content<'a>(attributes: &SignedAttributes<'a>) -> Result<&'a [u8], Error> {
    let stated = attributes.value(rfc5911::ID_MESSAGE_DIGEST)?;
    let stated = stated.and_then(|value| value.decode_as::<&OctetStringRef>().ok());
    stated.map(OctetStringRef::as_bytes).ok_or_else(|| super::malformed("found no message digest attribute"))
}

/// Whether octets are attributes as another message has them signed. Whoever takes them off that message has a signature
/// over these octets (RFC 5652 section 5.4 signs them as a SET and says of nothing that they are attributes).
pub(crate) fn are_signed_attributes(octets: &[u8]) -> bool {
    let has = |attributes: &SignedAttributes<'_>, oid| !matches!(attributes.value(oid), Ok(None));
    let read = SetOf::from_der(octets).ok().and_then(|set| SignedAttributes::read(set).ok());
    read.is_some_and(|attributes| {
        has(&attributes, rfc5911::ID_CONTENT_TYPE) && has(&attributes, rfc5911::ID_MESSAGE_DIGEST)
    })
}

/// What is to be said of the content that is signed.
pub(crate) enum Content<'a> {
    /// In attributes its digest, by the algorithm of [`digest_of`], and when it was signed, Unix seconds.
    Described { hash: &'a [u8], signed_at: u64 },
    /// Nothing: it is signed itself.
    Whole(&'a [u8]),
}

/// Signs content that stays outside. The signer's certificate and `more` go along.
///
/// # Errors
/// Those of the key; `FieldInvalid` for a time after the year 9999.
pub(crate) fn sign(
    signer: &Signer<'_>,
    keys: &mut Keys<'_>,
    content: &Content<'_>,
    more: &[Certificate],
) -> Result<Vec<u8>, Halt> {
    let key = signer.certificate.public_key()?;
    let (attributes, signature) = match content {
        Content::Whole(content) => (None, keys.sign(signer.key, &key, content)?),
        Content::Described { hash, signed_at } => {
            let attributes = described(hash, *signed_at)?;
            let signature = keys.sign(signer.key, &key, &SetOf(&attributes).to_der()?)?;
            (Some(attributes), signature)
        }
    };
    let all = core::iter::once(signer.certificate).chain(more);
    let certificates: Vec<u8> = all.flat_map(|one| one.der()).copied().collect();
    Ok(signer.encode(key.signature_scheme(), None, attributes.as_deref(), &signature, &certificates)?)
}

/// The digest that [`sign`] wants of the content, for a key that signs so.
pub(crate) const fn digest_of(scheme: SignatureScheme) -> DigestAlgorithm {
    signature::digest(scheme)
}

fn described(hash: &[u8], signed_at: u64) -> Result<Vec<u8>, Error> {
    let mut attributes = AttributesBuilder::default();
    let time = Time::from(validity::date_time_of(signed_at, "now")?);
    attributes.add(rfc5911::ID_CONTENT_TYPE, &rfc5911::ID_DATA)?;
    attributes.add(rfc5911::ID_MESSAGE_DIGEST, &OctetString::new(hash)?)?;
    attributes.add(SIGNING_TIME, &time)?;
    Ok(attributes.into_sorted())
}

#[cfg(test)]
mod tests {
    use der::asn1::PrintableStringRef;

    use super::*;
    use crate::testing::root;

    /// Whoever takes the content of a SCEP message off it has a signature that is detached.
    #[test]
    fn what_is_signed_for_scep_is_no_message() {
        let certificate = Certificate::from_pem(&root().certificate).unwrap();
        let signer = Signer { certificate: &certificate, key: "root" };
        for (attribute_type, is_scep) in
            [("2.16.840.1.113733.1.9.7", true), ("2.16.840.1.113733.1.10", false), ("1.2.3.4", false)]
        {
            let mut attributes = AttributesBuilder::default();
            attributes.add(rfc5911::ID_CONTENT_TYPE, &rfc5911::ID_DATA).unwrap();
            attributes.add(rfc5911::ID_MESSAGE_DIGEST, &OctetString::new([7; 32]).unwrap()).unwrap();
            let text = PrintableStringRef::new("7").unwrap();
            attributes.add(ObjectIdentifier::new(attribute_type).unwrap(), &text).unwrap();
            let scheme = SignatureScheme::RsaPkcs1Sha256;
            let der = signer.encode(scheme, None, Some(&attributes.into_sorted()), &[1], &[]).unwrap();
            let read = DetachedSignature::read(&der).unwrap();
            assert_eq!(read.signed_attributes(&[7; 32]).is_err(), is_scep, "{attribute_type}");
        }
    }
}
