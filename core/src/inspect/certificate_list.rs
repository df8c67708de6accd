//! Certificate revocation lists (RFC 5280 5).

use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::algorithm_identifier::Algorithm;
use super::element::Element;
use super::extension::{self, Extension, ExtensionValue};
use super::fingerprint::Fingerprints;
use super::name;
use super::problem::Problem;

/// How many entries of a list are described.
const MAX_ENTRIES_SHOWN: usize = 100;

/// A certificate revocation list.
#[derive(Clone, Debug, Serialize)]
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
        let mut outer = list.sequence("CertificateList")?;
        let mut fields = outer.required("tbsCertList")?.sequence("tbsCertList")?;
        let signature_algorithm = Algorithm::read(outer.required("signatureAlgorithm")?)?;
        outer.required("signatureValue")?.bits("signatureValue")?;
        outer.finish()?;

        let version =
            fields.optional(Tag::Integer)?.map(|version| version.unsigned("version")).transpose()?;
        fields.required("signature")?;
        let issuer = name::distinguished_name(fields.required("issuer")?)?;
        let this_update = fields.required("thisUpdate")?.time("thisUpdate")?;
        let next_update =
            fields.next_if(|element| element.is(Tag::UtcTime) || element.is(Tag::GeneralizedTime))?;
        let next_update = next_update.map(|time| time.time("nextUpdate")).transpose()?;
        let (entries, revoked_certificates) = entries(fields.optional(Tag::Sequence)?)?;
        let extensions = fields
            .optional_context(0)?
            .map(|extensions| extension::read_all(extensions.explicit("crlExtensions")?));
        let extensions = extensions.transpose()?.unwrap_or_default();
        fields.finish()?;
        Ok(Self {
            version: version.unwrap_or(0).saturating_add(1),
            issuer,
            this_update,
            next_update,
            signature_algorithm,
            entries,
            entries_shown: revoked_certificates.len(),
            revoked_certificates,
            extensions,
            fingerprints: Fingerprints::of(list.der()),
        })
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
