//! Certification requests (RFC 2986 4).

use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::algorithm_identifier::Algorithm;
use super::cms::Attribute;
use super::element::Element;
use super::extension::{self, Extension};
use super::fingerprint::Fingerprints;
use super::problem::Problem;
use super::public_key::PublicKey;
use super::{name, signature};

/// A certification request.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateRequest {
    /// Always 1.
    pub version: u64,
    /// RFC 4514.
    pub subject: String,
    /// The requester's key.
    pub public_key: PublicKey,
    /// What the requester signed with.
    pub signature_algorithm: Algorithm,
    /// Did the key in the request sign it? Absent where the algorithm is not one of this engine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_valid: Option<bool>,
    /// Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown.
    pub challenge_password: bool,
    /// The extensions that the requester wishes for (RFC 2985 5.4.2).
    pub extensions: Vec<Extension>,
    /// The other attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Of the whole request.
    #[serde(flatten)]
    pub fingerprints: Fingerprints,
}

impl CertificateRequest {
    /// Reads a CertificationRequest.
    pub(super) fn read(request: Element<'_>) -> Result<Self, Problem> {
        Self::read_fields(request).map_err(|problem| problem.within("certificate request"))
    }

    fn read_fields(request: Element<'_>) -> Result<Self, Problem> {
        let fields = CertificateRequestFields::read(request)?;
        let mut described = Self {
            version: fields.version,
            subject: name::distinguished_name(fields.subject)?,
            public_key: PublicKey::read(fields.public_key)?,
            signature_algorithm: Algorithm::read(fields.signature_algorithm)?,
            signature_valid: fields.verify(),
            challenge_password: false,
            extensions: Vec::new(),
            attributes: Vec::new(),
            fingerprints: Fingerprints::of(request.der()),
        };
        for attribute in fields.attributes()? {
            described.add(attribute)?;
        }
        Ok(described)
    }

    fn add(&mut self, attribute: Element<'_>) -> Result<(), Problem> {
        let mut fields = attribute.sequence("attribute")?;
        let oid = fields.required("type")?.oid("type")?;
        let values = fields.optional(Tag::Set)?;
        match (alloc::format!("{oid}").as_str(), values) {
            (CHALLENGE_PASSWORD, _) => self.challenge_password = true,
            (EXTENSION_REQUEST | MICROSOFT_EXTENSION_REQUEST, Some(values)) => {
                for extensions in values.list("extensionRequest")? {
                    self.extensions.extend(extension::read_all(extensions)?);
                }
            }
            _ => self.attributes.push(Attribute::read(attribute)?),
        }
        Ok(())
    }
}

/// The parts of a certification request, each as it stands there and none judged.
#[derive(Clone, Copy)]
pub(crate) struct CertificateRequestFields<'a> {
    to_be_signed: Element<'a>,
    pub(crate) signature_algorithm: Element<'a>,
    signature: &'a [u8],
    /// 1, for what is written as 0.
    pub(crate) version: u64,
    pub(crate) subject: Element<'a>,
    pub(crate) public_key: Element<'a>,
    attributes: Option<Element<'a>>,
}

impl<'a> CertificateRequestFields<'a> {
    /// Takes a CertificationRequest apart.
    pub(crate) fn read(request: Element<'a>) -> Result<Self, Problem> {
        let mut outer = request.sequence("CertificationRequest")?;
        let to_be_signed = outer.required("certificationRequestInfo")?;
        let signature_algorithm = outer.required("signatureAlgorithm")?;
        let (signature, _) = outer.required("signature")?.bits("signature")?;
        outer.finish()?;

        let mut fields = to_be_signed.sequence("certificationRequestInfo")?;
        let version = fields.required("version")?.unsigned("version")?;
        let parts = Self {
            to_be_signed,
            signature_algorithm,
            signature,
            version: version.saturating_add(1),
            subject: fields.required("subject")?,
            public_key: fields.required("subjectPKInfo")?,
            attributes: fields.optional_context(0)?,
        };
        fields.finish()?;
        Ok(parts)
    }

    /// The attributes, in their order.
    pub(crate) fn attributes(&self) -> Result<Vec<Element<'a>>, Problem> {
        Ok(self.attributes.map(|attributes| attributes.list("attributes")).transpose()?.unwrap_or_default())
    }

    /// Did the key in the request sign it? Nothing where the algorithm is not one of this engine's.
    pub(crate) fn verify(&self) -> Option<bool> {
        let (message, signature) = (self.to_be_signed.der(), self.signature);
        signature::verify(self.public_key, self.signature_algorithm, message, signature)
    }
}

pub(crate) const CHALLENGE_PASSWORD: &str = "1.2.840.113549.1.9.7";
pub(crate) const EXTENSION_REQUEST: &str = "1.2.840.113549.1.9.14";
pub(crate) const MICROSOFT_EXTENSION_REQUEST: &str = "1.3.6.1.4.1.311.2.1.14";
