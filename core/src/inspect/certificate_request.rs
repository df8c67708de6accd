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
        let mut outer = request.sequence("CertificationRequest")?;
        let to_be_signed = outer.required("certificationRequestInfo")?;
        let signature_algorithm = outer.required("signatureAlgorithm")?;
        let (signature, _) = outer.required("signature")?.bits("signature")?;
        outer.finish()?;

        let mut fields = to_be_signed.sequence("certificationRequestInfo")?;
        let version = fields.required("version")?.unsigned("version")?;
        let subject = fields.required("subject")?;
        let public_key = fields.required("subjectPKInfo")?;
        let attributes = fields.optional_context(0)?;
        fields.finish()?;

        let mut described = Self {
            version: version.saturating_add(1),
            subject: name::distinguished_name(subject)?,
            public_key: PublicKey::read(public_key)?,
            signature_algorithm: Algorithm::read(signature_algorithm)?,
            signature_valid: signature::verify(
                public_key,
                signature_algorithm,
                to_be_signed.der(),
                signature,
            ),
            challenge_password: false,
            extensions: Vec::new(),
            attributes: Vec::new(),
            fingerprints: Fingerprints::of(request.der()),
        };
        for attribute in
            attributes.map(|attributes| attributes.list("attributes")).transpose()?.unwrap_or_default()
        {
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

pub(super) const CHALLENGE_PASSWORD: &str = "1.2.840.113549.1.9.7";
const EXTENSION_REQUEST: &str = "1.2.840.113549.1.9.14";
const MICROSOFT_EXTENSION_REQUEST: &str = "1.3.6.1.4.1.311.2.1.14";
