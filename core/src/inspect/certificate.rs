//! Certificates (RFC 5280 4.1).

use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

use super::algorithm_identifier::Algorithm;
use super::element::Element;
use super::extension::{self, Extension};
use super::fingerprint::Fingerprints;
use super::problem::Problem;
use super::public_key::PublicKey;
use super::{name, signature};

/// A certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// 1 to 3.
    pub version: u64,
    /// Lowercase hex without leading zero octets; a minus sign before it where it is negative.
    pub serial: String,
    /// RFC 4514.
    pub subject: String,
    /// RFC 4514.
    pub issuer: String,
    /// Unix seconds.
    pub not_before: u64,
    /// Unix seconds.
    pub not_after: u64,
    /// The subject's key.
    pub public_key: PublicKey,
    /// What the issuer signed with.
    pub signature_algorithm: Algorithm,
    /// Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one of this
    /// engine's, and within a message, which may hold more certificates than anybody would verify.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_signed: Option<bool>,
    /// In their order.
    pub extensions: Vec<Extension>,
    /// Of the whole certificate.
    #[serde(flatten)]
    pub fingerprints: Fingerprints,
}

impl Certificate {
    /// Reads a Certificate that stands alone.
    pub(super) fn read(certificate: Element<'_>) -> Result<Self, Problem> {
        Self::read_fields(certificate, true).map_err(|problem| problem.within("certificate"))
    }

    /// Reads a Certificate out of a message.
    pub(super) fn read_in_message(certificate: Element<'_>) -> Result<Self, Problem> {
        Self::read_fields(certificate, false).map_err(|problem| problem.within("certificate"))
    }

    fn read_fields(certificate: Element<'_>, alone: bool) -> Result<Self, Problem> {
        let mut outer = certificate.sequence("Certificate")?;
        let to_be_signed = outer.required("tbsCertificate")?;
        let signature_algorithm = outer.required("signatureAlgorithm")?;
        let (signature, _) = outer.required("signatureValue")?.bits("signatureValue")?;
        outer.finish()?;

        let mut fields = to_be_signed.sequence("tbsCertificate")?;
        let version = fields
            .optional_context(0)?
            .map(|version| version.explicit("version")?.unsigned("version"))
            .transpose()?;
        let serial = fields.required("serialNumber")?.integer_hex("serialNumber")?;
        fields.required("signature")?;
        let issuer = fields.required("issuer")?;
        let mut validity = fields.required("validity")?.sequence("validity")?;
        let not_before = validity.required("notBefore")?.time("notBefore")?;
        let not_after = validity.required("notAfter")?.time("notAfter")?;
        let subject = fields.required("subject")?;
        let public_key = fields.required("subjectPublicKeyInfo")?;
        fields.optional_context(1)?;
        fields.optional_context(2)?;
        let extensions = fields
            .optional_context(3)?
            .map(|extensions| extension::read_all(extensions.explicit("extensions")?));
        let extensions = extensions.transpose()?.unwrap_or_default();
        fields.finish()?;

        let self_signed = match issuer.der() == subject.der() {
            true if alone => {
                signature::verify(public_key, signature_algorithm, to_be_signed.der(), signature)
            }
            true => None,
            false => Some(false),
        };
        Ok(Self {
            version: version.unwrap_or(0).saturating_add(1),
            serial,
            subject: name::distinguished_name(subject)?,
            issuer: name::distinguished_name(issuer)?,
            not_before,
            not_after,
            public_key: PublicKey::read(public_key)?,
            signature_algorithm: Algorithm::read(signature_algorithm)?,
            self_signed,
            extensions,
            fingerprints: Fingerprints::of(certificate.der()),
        })
    }
}
