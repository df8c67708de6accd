//! Certification requests, PKCS#10 (RFC 2986).

use alloc::{string::String, vec, vec::Vec};

use const_oid::db::rfc5912;
use der::{
    Decode, Encode, Sequence,
    asn1::{Any, AnyRef, ObjectIdentifier, SetOfVec},
};
use x509_cert::{
    attr::{Attribute, Attributes},
    ext::{Extension, pkix::SubjectAltName},
    name::Name,
    request::Version,
};

use crate::{
    certificate::refuse_duplicates,
    directory_string, distinguished_name,
    error::{Error, ErrorCode},
    hex,
    key::PublicKey,
    pem,
    secret::Secret,
    signed::{Signed, malformed},
};

const LABELS: &[&str] = &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// The attribute challengePassword (RFC 2985 5.4.1).
pub const CHALLENGE_PASSWORD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.7");
/// The attribute extensionRequest (RFC 2985 5.4.2).
pub const EXTENSION_REQUEST: ObjectIdentifier = rfc5912::ID_EXTENSION_REQ;

/// What the applicant signs. Some clients leave the empty attributes out.
#[derive(Sequence)]
pub(crate) struct CertificationRequestInfo<'a> {
    pub(crate) version: Version,
    pub(crate) subject: AnyRef<'a>,
    pub(crate) public_key: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) attributes: Option<Attributes>,
}

/// A parsed request together with its bytes.
#[derive(Clone, Debug)]
pub struct CertificationRequest {
    der: Vec<u8>,
    signed: Signed,
    subject: Vec<u8>,
    public_key: PublicKey,
    attributes: Attributes,
}

impl CertificationRequest {
    /// Reads a request in DER. The signature is not checked; see [`Self::verify`].
    ///
    /// # Errors
    /// `CsrMalformed`; `KeyMalformed` and `KeyUnsupported` for the key in it.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let unreadable = |error| malformed(ErrorCode::CsrMalformed, "certification request", error);
        let signed = Signed::from_der(der).map_err(unreadable)?;
        let content = signed.content.clone();
        let info = CertificationRequestInfo::from_der(&content).map_err(unreadable)?;
        let subject = info.subject.to_der().map_err(unreadable)?;
        Name::from_der(&subject).map_err(unreadable)?;
        let attributes = info.attributes.unwrap_or_default();
        check_single_values(&attributes)?;
        let public_key = PublicKey::from_spki(&info.public_key.to_der().map_err(unreadable)?)?;
        Ok(Self { der: der.to_vec(), signed, subject, public_key, attributes })
    }

    /// Reads the first request of a PEM text.
    ///
    /// # Errors
    /// `PemMalformed`, and those of [`Self::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::decode(text, LABELS)?)
    }

    /// The request as a PEM block.
    ///
    /// # Errors
    /// None in practice; see [`pem::encode`].
    pub fn to_pem(&self) -> Result<String, Error> {
        pem::encode("CERTIFICATE REQUEST", &self.der)
    }

    /// Checks that the applicant holds the private key (proof of possession, RFC 2986 section 3).
    ///
    /// # Errors
    /// `CsrSignatureInvalid`, `SignatureAlgorithmRefused`.
    pub fn verify(&self) -> Result<(), Error> {
        self.signed.verify(&self.public_key).map_err(|error| match error.code {
            ErrorCode::SignatureInvalid => Error::new(
                ErrorCode::CsrSignatureInvalid,
                "the certification request is not signed by the private half of the key in it",
            ),
            _ => error,
        })
    }

    /// The whole request in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The signed content, the algorithm and the signature.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }

    /// The subject's name in DER.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The subject's name as RFC 4514 writes it.
    #[must_use]
    pub fn subject_text(&self) -> String {
        distinguished_name::to_text(&self.subject)
    }

    /// The key that is to be certified.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The attributes.
    #[must_use]
    pub const fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// SHA-256 of the DER in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::sha256(&self.der)
    }

    /// The challenge password, in whichever string type it came (RFC 2985 5.4.1 and what clients send).
    ///
    /// # Errors
    /// `CsrMalformed` if it is no string.
    pub fn challenge_password(&self) -> Result<Option<Secret>, Error> {
        self.attribute(CHALLENGE_PASSWORD)
            .map(|value| {
                directory_string::text(value)
                    .map(Secret::new)
                    .ok_or_else(|| csr_malformed("the challenge password is not a string"))
            })
            .transpose()
    }

    /// The extensions that the applicant asks for.
    ///
    /// # Errors
    /// `CsrMalformed` if the attribute does not parse.
    pub fn requested_extensions(&self) -> Result<Vec<Extension>, Error> {
        let extensions = self.attribute(EXTENSION_REQUEST).map(|value| value.decode_as::<Vec<Extension>>());
        let extensions = extensions
            .transpose()
            .map_err(|error| malformed(ErrorCode::CsrMalformed, "extension request", error))?
            .unwrap_or_default();
        refuse_duplicates(&extensions).map_err(|detail| Error::new(ErrorCode::CsrMalformed, detail))?;
        Ok(extensions)
    }

    /// The subject alternative names that the applicant asks for.
    ///
    /// # Errors
    /// `CsrMalformed` if they do not parse.
    pub fn requested_alternative_names(&self) -> Result<Option<SubjectAltName>, Error> {
        self.requested_extensions()?
            .iter()
            .find(|extension| extension.extn_id == const_oid::db::rfc5280::ID_CE_SUBJECT_ALT_NAME)
            .map(|extension| SubjectAltName::from_der(extension.extn_value.as_bytes()))
            .transpose()
            .map_err(|error| {
                malformed(ErrorCode::CsrMalformed, "subject alternative name of the request", error)
            })
    }

    fn attribute(&self, oid: ObjectIdentifier) -> Option<&Any> {
        self.attributes
            .iter()
            .find(|attribute| attribute.oid == oid)
            .and_then(|attribute| attribute.values.get(0))
    }
}

/// The attributes that are heard come once and have one value (RFC 2985 5.4): of two, each reader would
/// believe another one.
fn check_single_values(attributes: &Attributes) -> Result<(), Error> {
    for oid in [CHALLENGE_PASSWORD, EXTENSION_REQUEST] {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        let single = found.next().is_none_or(|attribute| attribute.values.len() == 1);
        if !single || found.next().is_some() {
            return Err(Error::new(
                ErrorCode::CsrMalformed,
                format_args!("the attribute {oid} does not have one value and no more"),
            ));
        }
    }
    Ok(())
}

/// An attribute with one value.
pub(crate) fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute, Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

fn csr_malformed(detail: &str) -> Error {
    Error::new(ErrorCode::CsrMalformed, detail)
}

#[cfg(test)]
mod tests {
    use der::asn1::Utf8StringRef;

    use super::*;
    use crate::testing::{csr, private_key};

    fn with_attributes(attributes: Vec<Attribute>) -> Result<CertificationRequest, Error> {
        let plain = CertificationRequest::from_pem(&csr("device", "CN=dev1", &[]))?;
        let mut info = CertificationRequestInfo::from_der(&plain.signed.content)?;
        info.attributes = Some(SetOfVec::try_from(attributes)?);
        let (content, scheme) = (info.to_der()?, crate::algorithm::SignatureScheme::RsaPkcs1Sha256);
        let signature = private_key("device").sign(scheme, &content)?;
        CertificationRequest::from_der(&Signed::assemble(&content, scheme.algorithm(), &signature)?)
    }

    fn challenge(texts: &[&str]) -> Attribute {
        let values = texts.iter().map(|text| Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap());
        let values: Vec<Any> = values.collect();
        Attribute { oid: CHALLENGE_PASSWORD, values: SetOfVec::try_from(values).unwrap() }
    }

    #[test]
    fn what_is_heard_comes_once() {
        assert!(with_attributes(vec![challenge(&["a"])]).unwrap().verify().is_ok());
        for attributes in
            [vec![challenge(&["a"]), challenge(&["b"])], vec![challenge(&["a", "b"])], vec![challenge(&[])]]
        {
            assert_eq!(with_attributes(attributes).unwrap_err().code, ErrorCode::CsrMalformed);
        }
        let name = |text| crate::alternative_name::parse(text).unwrap();
        let names = |text| crate::extension::subject_alternative_names(vec![name(text)], false).unwrap();
        let extensions = Any::encode_from(&vec![names("dns:a.example"), names("dns:b.example")]).unwrap();
        let twice = with_attributes(vec![attribute(EXTENSION_REQUEST, extensions).unwrap()]).unwrap();
        assert_eq!(twice.requested_extensions().unwrap_err().code, ErrorCode::CsrMalformed);
    }
}
