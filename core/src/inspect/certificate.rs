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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
        let fields = CertificateFields::read(certificate)?;
        let (issuer, subject) = (fields.issuer, fields.subject);
        let self_signed = match issuer.der() == subject.der() {
            true if alone => fields.verify(fields.public_key),
            true => None,
            false => Some(false),
        };
        Ok(Self {
            version: fields.version,
            serial: fields.serial.integer_hex("serialNumber")?,
            subject: name::distinguished_name(subject)?,
            issuer: name::distinguished_name(issuer)?,
            not_before: fields.not_before.time("notBefore")?,
            not_after: fields.not_after.time("notAfter")?,
            public_key: PublicKey::read(fields.public_key)?,
            signature_algorithm: Algorithm::read(fields.signature_algorithm)?,
            self_signed,
            extensions: fields.extensions.map(extension::read_all).transpose()?.unwrap_or_default(),
            fingerprints: Fingerprints::of(certificate.der()),
        })
    }
}

/// The parts of a certificate, each as it stands there and none judged.
#[derive(Clone, Copy)]
pub(crate) struct CertificateFields<'a> {
    /// What is signed.
    pub(crate) to_be_signed: Element<'a>,
    /// The algorithm beside the signature.
    pub(crate) signature_algorithm: Element<'a>,
    /// The octets of the signature.
    pub(crate) signature: &'a [u8],
    /// 1 to 3.
    pub(crate) version: u64,
    pub(crate) serial: Element<'a>,
    /// The algorithm within what is signed.
    pub(crate) signed_algorithm: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) not_before: Element<'a>,
    pub(crate) not_after: Element<'a>,
    pub(crate) subject: Element<'a>,
    pub(crate) public_key: Element<'a>,
    pub(crate) issuer_unique_id: Option<Element<'a>>,
    pub(crate) subject_unique_id: Option<Element<'a>>,
    /// The list within its tag.
    pub(crate) extensions: Option<Element<'a>>,
}

impl<'a> CertificateFields<'a> {
    /// Takes a Certificate apart.
    pub(crate) fn read(certificate: Element<'a>) -> Result<Self, Problem> {
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
        let serial = fields.required("serialNumber")?;
        let signed_algorithm = fields.required("signature")?;
        let issuer = fields.required("issuer")?;
        let mut validity = fields.required("validity")?.sequence("validity")?;
        let parts = Self {
            to_be_signed,
            signature_algorithm,
            signature,
            version: version.unwrap_or(0).saturating_add(1),
            serial,
            signed_algorithm,
            issuer,
            not_before: validity.required("notBefore")?,
            not_after: validity.required("notAfter")?,
            subject: fields.required("subject")?,
            public_key: fields.required("subjectPublicKeyInfo")?,
            issuer_unique_id: fields.optional_context(1)?,
            subject_unique_id: fields.optional_context(2)?,
            extensions: fields
                .optional_context(3)?
                .map(|extensions| extensions.explicit("extensions"))
                .transpose()?,
        };
        fields.finish()?;
        Ok(parts)
    }

    /// Did the key in `spki` sign it? Nothing where key or algorithm is not one of this engine's.
    pub(crate) fn verify(&self, spki: Element<'_>) -> Option<bool> {
        signature::verify(spki, self.signature_algorithm, self.to_be_signed.der(), self.signature)
    }
}
