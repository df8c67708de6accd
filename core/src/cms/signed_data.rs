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

/// The last version (RFC 5652 section 5.1).
const LAST_VERSION: u8 = 5;
/// That of a SignerInfo (RFC 5652 section 5.3).
const LAST_SIGNER_VERSION: u8 = 3;

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
        let data: Self = content_info::unwrap(der, rfc5911::ID_SIGNED_DATA, "SignedData")?;
        super::check_version("SignedData", data.version, LAST_VERSION)?;
        Ok(data)
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
        let message = Self::read_any(der)?;
        super::check_is_data("signed content", message.content_type)?;
        Ok(message)
    }

    /// The same, whatever the type of the content is.
    ///
    /// # Errors
    /// `CmsMalformed`.
    pub(crate) fn read_any(der: &'a [u8]) -> Result<Self, Error> {
        let signed_data = SignedData::read(der)?;
        let signer = only_signer(&signed_data)?;
        let attributes = signer
            .signed_attrs
            .ok_or_else(|| super::malformed("found a signer without signed attributes"))?;
        let content =
            signed_data.encap_content_info.content.map(|content| content.decode_as::<&OctetStringRef>());
        let content = content.transpose().map_err(super::in_structure("EncapsulatedContentInfo"))?;
        Ok(Self {
            content: content.map(OctetStringRef::as_bytes).unwrap_or_default(),
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
        let mut named =
            certificates.iter().filter(|certificate| identifier::names(self.signer.sid, certificate));
        let unknown = |detail: &str| Error::new(ErrorCode::CmsSignerUnknown, detail);
        let signer = named.next().ok_or_else(|| unknown("found no certificate of the signer"))?;
        match named.all(|other| other == signer) {
            true => Ok(signer),
            false => Err(unknown("found several certificates that may be the signer's")),
        }
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

/// The one signer of a message.
///
/// # Errors
/// `CmsMalformed` if there is not exactly one, or one that contradicts the message.
pub(super) fn only_signer<'a>(signed_data: &SignedData<'a>) -> Result<SignerInfo<'a>, Error> {
    let signer: SignerInfo<'a> = signed_data
        .signer_infos
        .only()
        .map_err(|error| super::malformed(format_args!("found not exactly one SignerInfo: {error}")))?;
    super::check_version("SignerInfo", signer.version, LAST_SIGNER_VERSION)?;
    check_digest_algorithms(signed_data, &signer)?;
    Ok(signer)
}

/// The digests that a message announces must be those that it has (RFC 5652 section 5.1).
fn check_digest_algorithms(signed_data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Result<(), Error> {
    let announced: Vec<AlgorithmIdentifierRef<'_>> = signed_data
        .digest_algorithms
        .elements()
        .map_err(super::in_structure("DigestAlgorithmIdentifiers"))?;
    match announced.iter().any(|digest| digest.oid == signer.digest_algorithm.oid) {
        true => Ok(()),
        false => Err(super::malformed("found a signer whose digest is not among the message's digests")),
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
        attributes: AttributesBuilder,
    ) -> Result<Vec<u8>, Halt> {
        self.seal_with(keys, content, attributes, &[])
    }

    /// The same with more certificates than the signer's beside the signature.
    ///
    /// # Errors
    /// Those of the key; `EncodingFailed`.
    pub(crate) fn seal_with(
        &self,
        keys: &mut Keys<'_>,
        content: Option<&[u8]>,
        mut attributes: AttributesBuilder,
        more: &[Certificate],
    ) -> Result<Vec<u8>, Halt> {
        let key = self.certificate.public_key()?;
        let scheme = key.signature_scheme();
        let message_digest = signature::digest(scheme).digest(content.unwrap_or_default());
        attributes.add(rfc5911::ID_CONTENT_TYPE, &rfc5911::ID_DATA)?;
        attributes.add(rfc5911::ID_MESSAGE_DIGEST, &OctetString::new(message_digest)?)?;
        let attributes = attributes.into_sorted();
        let signature = keys.sign(self.key, &key, &SetOf(&attributes).to_der()?)?;
        let all = core::iter::once(self.certificate).chain(more);
        let certificates: Vec<u8> = all.flat_map(|one| one.der()).copied().collect();
        Ok(self.encode(scheme, content, Some(&attributes), &signature, &certificates)?)
    }

    pub(super) fn encode(
        &self,
        scheme: SignatureScheme,
        content: Option<&[u8]>,
        attributes: Option<&[u8]>,
        signature: &[u8],
        certificates: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let digest_algorithm = digest::identifier(signature::digest(scheme));
        let sid = identifier::of(self.certificate)?;
        let signature_algorithm = signature::identifier(scheme).to_der()?;
        let signer_info = SignerInfo {
            version: 1,
            sid: AnyRef::from_der(&sid)?,
            digest_algorithm,
            signed_attrs: attributes.map(SetOf),
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
            certificates: Some(SetOf(certificates)),
            crls: None,
            signer_infos: SetOf(&signer_info),
        };
        content_info::wrap(rfc5911::ID_SIGNED_DATA, &signed_data.to_der()?)
    }
}

#[cfg(test)]
mod tests {
    use der::asn1::Ia5StringRef;

    use super::*;
    use crate::{
        cms::ber,
        scep::fixture::{file, private_key, ring, text},
    };

    const CUSTOM: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3");

    fn client() -> Certificate {
        Certificate::from_pem(&text("client.pem")).unwrap()
    }

    fn seal(content: &[u8]) -> Vec<u8> {
        let mut attributes = AttributesBuilder::default();
        attributes.add(CUSTOM, &Ia5StringRef::new("x").unwrap()).unwrap();
        let certificate = client();
        Signer { key: "client", certificate: &certificate }
            .seal(&mut Keys::new(&ring(), Vec::new()), Some(content), attributes)
            .unwrap()
    }

    fn verify(der: &[u8]) -> Result<(), ErrorCode> {
        let message = SignedMessage::read(der).map_err(|error| error.code)?;
        message.verify(&client().public_key().unwrap(), false).map_err(|error| error.code)
    }

    /// The message with its attributes in the order of `arrange`, signed over them in the order of `sign`.
    fn reordered(arrange: fn(&mut Vec<Vec<u8>>), sign: fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let der = seal(b"content");
        let signed_data = SignedData::read(&der).unwrap();
        let mut signer: SignerInfo<'_> = signed_data.signer_infos.only().unwrap();
        let sent = signer.signed_attrs.unwrap().encoded_elements().unwrap();
        let sent: Vec<Vec<u8>> = sent.into_iter().map(Into::into).collect();
        let order = |change: fn(&mut Vec<Vec<u8>>)| {
            let mut elements = sent.clone();
            change(&mut elements);
            elements.concat()
        };
        let (sent, signed) = (order(arrange), order(sign));
        let key = private_key("client");
        let to_sign = SetOf(&signed).to_der().unwrap();
        let signature = key.sign(key.public_key().signature_scheme(), &to_sign).unwrap();
        signer.signed_attrs = Some(SetOf(&sent));
        signer.signature = OctetStringRef::new(&signature).unwrap();
        let signer = signer.to_der().unwrap();
        let signed_data = SignedData { signer_infos: SetOf(&signer), ..signed_data };
        content_info::wrap(rfc5911::ID_SIGNED_DATA, &signed_data.to_der().unwrap()).unwrap()
    }

    #[test]
    fn attributes_are_verified_as_sent_or_as_sorted() {
        assert_eq!(verify(&reordered(|_| {}, |_| {})), Ok(()));
        assert_eq!(verify(&reordered(|sent| sent.reverse(), |signed| signed.reverse())), Ok(()));
        assert_eq!(verify(&reordered(|sent| sent.reverse(), |_| {})), Ok(()));
        assert_eq!(verify(&reordered(|_| {}, |signed| signed.reverse())), Err(ErrorCode::SignatureInvalid));
    }

    #[test]
    fn attributes_are_written_sorted() {
        let der = seal(b"content");
        let message = SignedMessage::read(&der).unwrap();
        assert_eq!(message.attributes.signed_encodings().unwrap().len(), 1);
    }

    #[test]
    fn another_content_is_a_wrong_digest() {
        let mut der = seal(b"content");
        let at = der.windows(7).position(|window| window == b"content").unwrap();
        der[at] = b'C';
        assert_eq!(verify(&der), Err(ErrorCode::CmsDigestMismatch));
    }

    #[test]
    fn an_attribute_must_be_single() {
        let der = reordered(
            |sent| sent.push(sent.last().unwrap().clone()),
            |signed| signed.push(signed.last().unwrap().clone()),
        );
        assert_eq!(verify(&der), Err(ErrorCode::CmsMalformed));
    }

    #[test]
    fn a_digest_beside_another_one_is_refused() {
        let der = seal(b"content");
        let rsa_with_sha256 = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
        let sha1_sized = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04";
        let parts: Vec<usize> = (0..der.len()).filter(|at| der[*at..].starts_with(rsa_with_sha256)).collect();
        let mut unknown = der.clone();
        for at in parts {
            unknown[at..at + sha1_sized.len()].copy_from_slice(sha1_sized);
        }
        assert_eq!(verify(&unknown), Err(ErrorCode::SignatureAlgorithmRefused));
    }

    /// The message with what `change` does to it outside of what is signed.
    fn changed(change: impl Fn(&mut SignedData<'_>)) -> Result<(), ErrorCode> {
        let der = seal(b"content");
        let mut signed_data = SignedData::read(&der).unwrap();
        change(&mut signed_data);
        verify(&content_info::wrap(rfc5911::ID_SIGNED_DATA, &signed_data.to_der().unwrap()).unwrap())
    }

    #[test]
    fn versions_are_those_that_there_are() {
        for version in 0..=7 {
            let found = changed(|data| data.version = version);
            let wanted = if version <= LAST_VERSION { Ok(()) } else { Err(ErrorCode::CmsMalformed) };
            assert_eq!(found, wanted, "{version}");
        }
        let der = seal(b"content");
        let data = SignedData::read(&der).unwrap();
        let signer: SignerInfo<'_> = data.signer_infos.only().unwrap();
        for version in 0..=5 {
            let signer = SignerInfo { version, ..signer }.to_der().unwrap();
            let data = SignedData { signer_infos: SetOf(&signer), ..data }.to_der().unwrap();
            let found = verify(&content_info::wrap(rfc5911::ID_SIGNED_DATA, &data).unwrap());
            assert_eq!(found.is_ok(), version <= LAST_SIGNER_VERSION, "{version}");
        }
    }

    #[test]
    fn the_signers_digest_is_announced() {
        let sha512 = digest::identifier(DigestAlgorithm::Sha512).to_der().unwrap();
        let sha256 = digest::identifier(DigestAlgorithm::Sha256).to_der().unwrap();
        let of = |set: &[u8]| changed(|data| data.digest_algorithms = SetOf(Vec::leak(set.to_vec())));
        assert_eq!(of(&[sha512.clone(), sha256].concat()), Ok(()));
        for set in [&[][..], &sha512, b"\x05\x00"] {
            assert_eq!(of(set), Err(ErrorCode::CmsMalformed), "{set:?}");
        }
    }

    #[test]
    fn the_content_is_data_in_an_octet_string() {
        let with = |content_type, tag| {
            changed(|data| {
                let content = Some(AnyRef::new(tag, b"content").unwrap());
                data.encap_content_info = EncapsulatedContentInfo { content_type, content };
            })
        };
        assert_eq!(with(rfc5911::ID_DATA, Tag::OctetString), Ok(()));
        assert_eq!(with(rfc5911::ID_DATA, Tag::Utf8String), Err(ErrorCode::CmsMalformed));
        assert_eq!(with(rfc5911::ID_ENVELOPED_DATA, Tag::OctetString), Err(ErrorCode::CmsMalformed));
        // Nor is another type right if the signature says so as well.
        fn relabel(attributes: &mut [Vec<u8>]) {
            let [data, enveloped] =
                [rfc5911::ID_DATA, rfc5911::ID_ENVELOPED_DATA].map(|oid| oid.to_der().unwrap());
            let attribute = attributes.iter_mut().find(|attribute| attribute.ends_with(&data)).unwrap();
            let at = attribute.len() - data.len();
            attribute.splice(at.., enveloped);
        }
        let der = reordered(|sent| relabel(sent), |signed| relabel(signed));
        let mut data = SignedData::read(&der).unwrap();
        data.encap_content_info.content_type = rfc5911::ID_ENVELOPED_DATA;
        let der = content_info::wrap(rfc5911::ID_SIGNED_DATA, &data.to_der().unwrap()).unwrap();
        assert_eq!(verify(&der), Err(ErrorCode::CmsMalformed));
    }

    #[test]
    fn too_many_certificates_are_refused() {
        let certificate = client();
        let many = alloc::vec![certificate; MAX_CERTIFICATES + 1];
        let der = crate::cms::certificates_only::write(&many).unwrap();
        assert!(crate::cms::certificates_only::read(&der).is_err());
        assert!(
            crate::cms::certificates_only::read(&crate::cms::certificates_only::write(&many[1..]).unwrap())
                .is_ok()
        );
    }

    #[test]
    fn ber_of_openssl_hashes_the_content_as_sent() {
        let ber = file("des3-sha1-ber.der");
        assert!(ber.starts_with(b"\x30\x80"));
        assert_eq!(verify(&ber::to_der(&ber).unwrap()), Ok(()));
    }
}
