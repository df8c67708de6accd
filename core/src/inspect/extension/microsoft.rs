//! Extensions of Active Directory Certificate Services ([MS-WCCE] 2.2.2.7).

use alloc::string::{String, ToString};
use der::Tag;
use serde::Serialize;

use super::{ExtensionValue, policy, sequence};
use crate::hex;
use crate::inspect::element::Element;
use crate::inspect::problem::Problem;

/// [MS-WCCE] 2.2.2.7.7.2
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateTemplate {
    /// The template's object identifier.
    pub template: String,
    /// Counts the changes that ask for a new certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub major_version: Option<u64>,
    /// Counts the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minor_version: Option<u64>,
}

/// [MS-WCCE] 2.2.2.7: which certificate and key of the authority, counted from 0.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaVersion {
    /// How often the certificate was renewed.
    pub certificate_index: u64,
    /// How often the key was renewed.
    pub key_index: u64,
}

pub(super) fn decode(oid: &str, value: Element<'_>) -> Result<Option<ExtensionValue>, Problem> {
    use ExtensionValue as Value;
    Ok(Some(match oid {
        "1.3.6.1.4.1.311.20.2" => Value::MicrosoftCertificateTemplateName(value.text("template name")?),
        "1.3.6.1.4.1.311.21.1" => Value::MicrosoftCaVersion(ca_version(value)?),
        "1.3.6.1.4.1.311.21.2" => {
            Value::MicrosoftPreviousCaCertificateHash(hex::encode(value.octets("previous certificate hash")?))
        }
        "1.3.6.1.4.1.311.21.4" => Value::MicrosoftNextCrlPublish(value.time("next publish")?),
        "1.3.6.1.4.1.311.21.7" => Value::MicrosoftCertificateTemplate(certificate_template(value)?),
        "1.3.6.1.4.1.311.21.10" => Value::MicrosoftApplicationPolicies(policy::policies(value)?),
        "1.3.6.1.4.1.311.25.2" => Value::MicrosoftSecurityIdentifier(security_identifier(value)?),
        _ => return Ok(None),
    }))
}

fn certificate_template(value: Element<'_>) -> Result<CertificateTemplate, Problem> {
    let mut fields = sequence(value)?.fields("CertificateTemplate")?;
    let template = fields.required("templateID")?.oid("templateID")?.to_string();
    let major_version =
        fields.optional(Tag::Integer)?.map(|version| version.unsigned("templateMajorVersion")).transpose()?;
    let minor_version =
        fields.optional(Tag::Integer)?.map(|version| version.unsigned("templateMinorVersion")).transpose()?;
    fields.finish()?;
    Ok(CertificateTemplate { template, major_version, minor_version })
}

fn ca_version(value: Element<'_>) -> Result<CaVersion, Problem> {
    let version = value.unsigned("CA version")?;
    Ok(CaVersion { certificate_index: version & 0xffff, key_index: version >> 16 })
}

/// [MS-WCCE] 2.2.2.7.7.4: an OtherName within GeneralNames that holds the SID as text.
fn security_identifier(value: Element<'_>) -> Result<String, Problem> {
    let mut names = sequence(value)?.fields("NtdsCaSecurityExt")?;
    let mut other_name = names.required("otherName")?.fields("otherName")?;
    other_name.required("type-id")?.oid("type-id")?;
    let sid = other_name.required("value")?.explicit("value")?.octets("objectSid")?;
    core::str::from_utf8(sid)
        .map(ToString::to_string)
        .map_err(|_| Problem::new("objectSid: found octets, wanted text"))
}
