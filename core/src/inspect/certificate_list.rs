//! Certificate revocation lists (RFC 5280 5).

use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::algorithm_identifier::Algorithm;
use super::element::Element;
use super::extension::{self, Extension, ExtensionValue};
use super::fingerprint::Fingerprints;
use super::problem::Problem;
use super::{name, signature};

/// How many entries of a list are described.
const MAX_ENTRIES_SHOWN: usize = 100;

/// A certificate revocation list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateList {
    /// 1 or 2.
    pub version: u64,
    /// RFC 4514.
    pub issuer: String,
    /// Unix seconds.
    pub this_update: u64,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update: Option<u64>,
    /// What the issuer signed with.
    pub signature_algorithm: Algorithm,
    /// How many certificates are revoked.
    pub entries: usize,
    /// How many of them are described here: the first 100.
    pub entries_shown: usize,
    /// The entries, in their order.
    pub revoked_certificates: Vec<RevokedCertificate>,
    /// Of the list, in their order.
    pub extensions: Vec<Extension>,
    /// Of the whole list.
    #[serde(flatten)]
    pub fingerprints: Fingerprints,
}

/// One entry of a list (RFC 5280 5.3).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevokedCertificate {
    /// Lowercase hex without leading zeros.
    pub serial: String,
    /// Unix seconds.
    pub revocation_date: u64,
    /// Why, by the name that RFC 5280 5.3.1 gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The other extensions of the entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
}

impl CertificateList {
    /// Reads a CertificateList.
    pub(super) fn read(list: Element<'_>) -> Result<Self, Problem> {
        Self::read_fields(list).map_err(|problem| problem.within("certificate list"))
    }

    fn read_fields(list: Element<'_>) -> Result<Self, Problem> {
        let fields = CertificateListFields::read(list)?;
        let (entries, revoked_certificates) = entries(fields.entries)?;
        Ok(Self {
            version: fields.version,
            issuer: name::distinguished_name(fields.issuer)?,
            this_update: fields.this_update.time("thisUpdate")?,
            next_update: fields.next_update.map(|time| time.time("nextUpdate")).transpose()?,
            signature_algorithm: Algorithm::read(fields.signature_algorithm)?,
            entries,
            entries_shown: revoked_certificates.len(),
            revoked_certificates,
            extensions: fields.extensions.map(extension::read_all).transpose()?.unwrap_or_default(),
            fingerprints: Fingerprints::of(list.der()),
        })
    }
}

/// The parts of a list, each as it stands there and none judged.
#[derive(Clone, Copy)]
pub(crate) struct CertificateListFields<'a> {
    to_be_signed: Element<'a>,
    /// The algorithm beside the signature.
    pub(crate) signature_algorithm: Element<'a>,
    signature: &'a [u8],
    /// 1 or 2.
    pub(crate) version: u64,
    /// The algorithm within what is signed.
    pub(crate) signed_algorithm: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) this_update: Element<'a>,
    pub(crate) next_update: Option<Element<'a>>,
    /// revokedCertificates
    pub(crate) entries: Option<Element<'a>>,
    /// The list within its tag.
    pub(crate) extensions: Option<Element<'a>>,
}

impl<'a> CertificateListFields<'a> {
    /// Takes a CertificateList apart.
    pub(crate) fn read(list: Element<'a>) -> Result<Self, Problem> {
        let mut outer = list.sequence("CertificateList")?;
        let to_be_signed = outer.required("tbsCertList")?;
        let signature_algorithm = outer.required("signatureAlgorithm")?;
        let (signature, _) = outer.required("signatureValue")?.bits("signatureValue")?;
        outer.finish()?;

        let mut fields = to_be_signed.sequence("tbsCertList")?;
        let version =
            fields.optional(Tag::Integer)?.map(|version| version.unsigned("version")).transpose()?;
        let parts = Self {
            to_be_signed,
            signature_algorithm,
            signature,
            version: version.unwrap_or(0).saturating_add(1),
            signed_algorithm: fields.required("signature")?,
            issuer: fields.required("issuer")?,
            this_update: fields.required("thisUpdate")?,
            next_update: fields
                .next_if(|element| element.is(Tag::UtcTime) || element.is(Tag::GeneralizedTime))?,
            entries: fields.optional(Tag::Sequence)?,
            extensions: fields
                .optional_context(0)?
                .map(|extensions| extensions.explicit("crlExtensions"))
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

/// Counts all entries and describes the first ones.
fn entries(list: Option<Element<'_>>) -> Result<(usize, Vec<RevokedCertificate>), Problem> {
    let Some(list) = list else { return Ok((0, Vec::new())) };
    let shown =
        list.fields("revokedCertificates")?.take(MAX_ENTRIES_SHOWN).map(|entry| revoked_certificate(entry?));
    let shown = shown.collect::<Result<_, _>>()?;
    let count = list
        .fields("revokedCertificates")?
        .try_fold(0_usize, |count, entry| entry.map(|_| count.saturating_add(1)))?;
    Ok((count, shown))
}

fn revoked_certificate(entry: Element<'_>) -> Result<RevokedCertificate, Problem> {
    let mut fields = entry.sequence("revokedCertificates")?;
    let serial = fields.required("userCertificate")?.integer_hex("userCertificate")?;
    let revocation_date = fields.required("revocationDate")?.time("revocationDate")?;
    let extensions =
        fields.optional(Tag::Sequence)?.map(extension::read_all).transpose()?.unwrap_or_default();
    fields.finish()?;
    let reason = extensions.iter().find_map(|extension| match &extension.value {
        ExtensionValue::ReasonCode(reason) => Some(reason.clone()),
        _ => None,
    });
    let others =
        extensions.into_iter().filter(|extension| !matches!(extension.value, ExtensionValue::ReasonCode(_)));
    Ok(RevokedCertificate { serial, revocation_date, reason, extensions: others.collect() })
}
