//! Extensions by name (RFC 5280 4.2 and 5.2, and those of Microsoft, Netscape and Certificate Transparency).

mod constraints;
mod distribution_point;
mod key_usage;
mod microsoft;
mod policy;
mod revocation;
mod transparency;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use der::{Tag, asn1::ObjectIdentifier};
use serde::Serialize;

use super::element::{Element, Fields};
use super::name;
use super::problem::Problem;
use super::undecoded::Undecoded;
use crate::hex;
use crate::object_identifier;

pub use constraints::{BasicConstraints, NameConstraints, PolicyConstraints, PolicyMapping};
pub use distribution_point::{DistributionPoint, IssuingDistributionPoint};
pub use key_usage::PrivateKeyUsagePeriod;
pub use microsoft::{CaVersion, CertificateTemplate};
pub use policy::Policy;
pub use revocation::Number;
pub(super) use revocation::reason_code;
pub use transparency::SignedCertificateTimestamp;

/// The most extensions that one object may have.
const MAX_EXTENSIONS: usize = 256;

/// One extension: which, whether it is critical, and what it says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Extension {
    /// The object identifier.
    pub oid: String,
    /// Must who does not know it refuse the certificate?
    pub critical: bool,
    /// Its name and its value.
    #[serde(flatten)]
    pub value: ExtensionValue,
}

/// The value of an extension, told apart by its `name`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "name", content = "value", rename_all = "camelCase")]
pub enum ExtensionValue {
    /// RFC 5280 4.2.1.9
    BasicConstraints(BasicConstraints),
    /// RFC 5280 4.2.1.3: the names of the bits that are set.
    KeyUsage(Vec<String>),
    /// RFC 5280 4.2.1.12: the purposes by name, or in digits where they have none.
    ExtendedKeyUsage(Vec<String>),
    /// RFC 5280 4.2.1.6: general names as `dns:a.example`.
    SubjectAltName(Vec<String>),
    /// RFC 5280 4.2.1.7
    IssuerAltName(Vec<String>),
    /// RFC 5280 4.2.1.2: lowercase hex.
    SubjectKeyIdentifier(String),
    /// RFC 5280 4.2.1.1
    AuthorityKeyIdentifier(AuthorityKeyIdentifier),
    /// RFC 5280 4.2.1.13
    #[serde(rename = "cRLDistributionPoints")]
    CrlDistributionPoints(Vec<DistributionPoint>),
    /// RFC 5280 4.2.1.15
    #[serde(rename = "freshestCRL")]
    FreshestCrl(Vec<DistributionPoint>),
    /// RFC 5280 4.2.2.1
    AuthorityInfoAccess(Vec<AccessDescription>),
    /// RFC 5280 4.2.2.2
    SubjectInfoAccess(Vec<AccessDescription>),
    /// RFC 5280 4.2.1.4
    CertificatePolicies(Vec<Policy>),
    /// RFC 5280 4.2.1.5
    PolicyMappings(Vec<PolicyMapping>),
    /// RFC 5280 4.2.1.11
    PolicyConstraints(PolicyConstraints),
    /// RFC 5280 4.2.1.14: how many certificates may follow.
    InhibitAnyPolicy(u64),
    /// RFC 5280 4.2.1.10
    NameConstraints(NameConstraints),
    /// RFC 3280 4.2.1.4
    PrivateKeyUsagePeriod(PrivateKeyUsagePeriod),
    /// RFC 7633: the TLS extensions that the server must answer.
    TlsFeature(Vec<String>),
    /// RFC 6960 4.2.2.2.1: the responder's certificate need not be checked.
    OcspNoCheck(bool),
    /// RFC 9654: lowercase hex.
    OcspNonce(String),
    /// RFC 6962 3.3
    SignedCertificateTimestamps(Vec<SignedCertificateTimestamp>),
    /// RFC 6962 3.1: this is no certificate but what a log signs beforehand.
    PrecertificatePoison(bool),
    /// RFC 5280 5.2.3
    #[serde(rename = "cRLNumber")]
    CrlNumber(Number),
    /// RFC 5280 5.2.4: the number of the list that this one adds to.
    #[serde(rename = "deltaCRLIndicator")]
    DeltaCrlIndicator(Number),
    /// RFC 5280 5.2.5
    IssuingDistributionPoint(IssuingDistributionPoint),
    /// RFC 5280 5.3.1
    ReasonCode(String),
    /// RFC 5280 5.3.2: Unix seconds.
    InvalidityDate(u64),
    /// RFC 5280 5.3.3
    CertificateIssuer(Vec<String>),
    /// RFC 3280 5.3.2
    HoldInstructionCode(String),
    /// The template of version 1, by name.
    MicrosoftCertificateTemplateName(String),
    /// The template of version 2 and later, by identifier.
    MicrosoftCertificateTemplate(CertificateTemplate),
    /// Which certificate and key of the authority signed.
    MicrosoftCaVersion(CaVersion),
    /// The hash of the authority's certificate before this one, lowercase hex.
    MicrosoftPreviousCaCertificateHash(String),
    /// As certificatePolicies, for key purposes.
    MicrosoftApplicationPolicies(Vec<Policy>),
    /// When the next list is published, Unix seconds.
    MicrosoftNextCrlPublish(u64),
    /// The account's SID, which binds the certificate to it.
    MicrosoftSecurityIdentifier(String),
    /// The names of the bits that are set.
    NetscapeCertType(Vec<String>),
    /// Text.
    NetscapeComment(String),
    /// An extension that has a name or none, but is not decoded here.
    Other(OtherExtension),
    /// An extension that is not what its document says.
    Malformed(MalformedExtension),
}

/// RFC 5280 4.2.1.1
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuthorityKeyIdentifier {
    /// Lowercase hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_identifier: Option<String>,
    /// The issuer of the authority's certificate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authority_cert_issuer: Vec<String>,
    /// Its serial number in lowercase hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_cert_serial_number: Option<String>,
}

/// RFC 5280 4.2.2.1
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessDescription {
    /// `ocsp`, `caIssuers` or another.
    pub access_method: String,
    /// Where: mostly `uri:`.
    pub access_location: String,
}

/// An extension that is not decoded here.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OtherExtension {
    /// The name, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_as: Option<String>,
    /// The text, if the value is one character string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The octets of the value.
    #[serde(flatten)]
    pub octets: Undecoded,
}

/// An extension that is not what its document says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MalformedExtension {
    /// Which extension it should be.
    pub known_as: String,
    /// What was found and what was wanted.
    pub problem: String,
    /// The octets of the value.
    #[serde(flatten)]
    pub octets: Undecoded,
}

/// Extensions, in their order.
pub(crate) fn read_all(extensions: Element<'_>) -> Result<Vec<Extension>, Problem> {
    extensions.list_up_to(MAX_EXTENSIONS, "Extensions")?.into_iter().map(read).collect()
}

fn read(extension: Element<'_>) -> Result<Extension, Problem> {
    let mut fields = extension.sequence("Extension")?;
    let oid = fields.required("extnID")?.oid("extnID")?;
    let critical = fields.optional(Tag::Boolean)?.map(|critical| critical.boolean("critical")).transpose()?;
    let octets = fields.required("extnValue")?.octets("extnValue")?;
    Ok(Extension { oid: oid.to_string(), critical: critical.unwrap_or(false), value: value(oid, octets) })
}

fn value(oid: ObjectIdentifier, octets: &[u8]) -> ExtensionValue {
    let decoded = Element::parse(octets).and_then(|element| decode(&oid.to_string(), element));
    match (decoded, object_identifier::known_name(&oid)) {
        (Ok(Some(value)), _) => value,
        (Err(problem), Some(known_as)) => ExtensionValue::Malformed(MalformedExtension {
            known_as,
            problem: problem.to_string(),
            octets: Undecoded::new(octets),
        }),
        (_, known_as) => {
            let text = Element::parse(octets).and_then(|element| element.text("value")).ok();
            ExtensionValue::Other(OtherExtension { known_as, text, octets: Undecoded::new(octets) })
        }
    }
}

fn decode(oid: &str, value: Element<'_>) -> Result<Option<ExtensionValue>, Problem> {
    use ExtensionValue as Value;
    Ok(Some(match oid {
        "2.5.29.14" => Value::SubjectKeyIdentifier(hex::encode(value.octets("subjectKeyIdentifier")?)),
        "2.5.29.15" => Value::KeyUsage(key_usage::key_usage(value)?),
        "2.5.29.16" => Value::PrivateKeyUsagePeriod(key_usage::private_key_usage_period(value)?),
        "2.5.29.17" => Value::SubjectAltName(name::general_names(sequence(value)?)?),
        "2.5.29.18" => Value::IssuerAltName(name::general_names(sequence(value)?)?),
        "2.5.29.19" => Value::BasicConstraints(constraints::basic_constraints(value)?),
        "2.5.29.20" => Value::CrlNumber(revocation::number(value)?),
        "2.5.29.21" => Value::ReasonCode(revocation::reason_code(value)?),
        "2.5.29.23" => {
            Value::HoldInstructionCode(object_identifier::name(&value.oid("holdInstructionCode")?))
        }
        "2.5.29.24" => Value::InvalidityDate(value.time("invalidityDate")?),
        "2.5.29.27" => Value::DeltaCrlIndicator(revocation::number(value)?),
        "2.5.29.28" => Value::IssuingDistributionPoint(distribution_point::issuing(value)?),
        "2.5.29.29" => Value::CertificateIssuer(name::general_names(sequence(value)?)?),
        "2.5.29.30" => Value::NameConstraints(constraints::name_constraints(value)?),
        "2.5.29.31" => Value::CrlDistributionPoints(distribution_point::all(value)?),
        "2.5.29.32" => Value::CertificatePolicies(policy::policies(value)?),
        "2.5.29.33" => Value::PolicyMappings(constraints::policy_mappings(value)?),
        "2.5.29.35" => Value::AuthorityKeyIdentifier(authority_key_identifier(value)?),
        "2.5.29.36" => Value::PolicyConstraints(constraints::policy_constraints(value)?),
        "2.5.29.37" => Value::ExtendedKeyUsage(key_usage::extended_key_usage(value)?),
        "2.5.29.46" => Value::FreshestCrl(distribution_point::all(value)?),
        "2.5.29.54" => Value::InhibitAnyPolicy(value.unsigned("inhibitAnyPolicy")?),
        "1.3.6.1.5.5.7.1.1" => Value::AuthorityInfoAccess(access_descriptions(value)?),
        "1.3.6.1.5.5.7.1.11" => Value::SubjectInfoAccess(access_descriptions(value)?),
        "1.3.6.1.5.5.7.1.24" => Value::TlsFeature(key_usage::tls_feature(value)?),
        "1.3.6.1.5.5.7.48.1.2" => Value::OcspNonce(hex::encode(value.octets("nonce")?)),
        "1.3.6.1.5.5.7.48.1.5" => Value::OcspNoCheck(null(value)?),
        "1.3.6.1.4.1.11129.2.4.2" => Value::SignedCertificateTimestamps(transparency::timestamps(value)?),
        "1.3.6.1.4.1.11129.2.4.3" => Value::PrecertificatePoison(null(value)?),
        "2.16.840.1.113730.1.1" => Value::NetscapeCertType(key_usage::netscape_cert_type(value)?),
        "2.16.840.1.113730.1.13" => Value::NetscapeComment(value.text("netscapeComment")?),
        oid => return microsoft::decode(oid, value),
    }))
}

fn sequence(value: Element<'_>) -> Result<Element<'_>, Problem> {
    match value.is(Tag::Sequence) {
        true => Ok(value),
        false => Err(Problem::new(format!("found {}, wanted SEQUENCE", value.tag()))),
    }
}

fn null(value: Element<'_>) -> Result<bool, Problem> {
    match value.is(Tag::Null) {
        true => Ok(true),
        false => Err(Problem::new(format!("found {}, wanted NULL", value.tag()))),
    }
}

fn authority_key_identifier(value: Element<'_>) -> Result<AuthorityKeyIdentifier, Problem> {
    let mut fields = sequence(value)?.fields("AuthorityKeyIdentifier")?;
    let identifier = AuthorityKeyIdentifier {
        key_identifier: optional(&mut fields, 0, |element| element.octets("keyIdentifier"))?.map(hex::encode),
        authority_cert_issuer: optional(&mut fields, 1, |element| name::general_names(*element))?
            .unwrap_or_default(),
        authority_cert_serial_number: optional(&mut fields, 2, |element| {
            element.integer_hex("authorityCertSerialNumber")
        })?,
    };
    fields.finish()?;
    Ok(identifier)
}

/// The field with the context-specific tag `number`, read by `read` where it is there.
fn optional<'a, T>(
    fields: &mut Fields<'a>,
    number: u32,
    read: impl Fn(&Element<'a>) -> Result<T, Problem>,
) -> Result<Option<T>, Problem> {
    fields.optional_context(number)?.map(|element| read(&element)).transpose()
}

fn access_descriptions(value: Element<'_>) -> Result<Vec<AccessDescription>, Problem> {
    sequence(value)?.list("AccessDescriptions")?.into_iter().map(access_description).collect()
}

fn access_description(value: Element<'_>) -> Result<AccessDescription, Problem> {
    let mut fields = value.sequence("AccessDescription")?;
    let method = fields.required("accessMethod")?.oid("accessMethod")?;
    let access_location = name::general_name(fields.required("accessLocation")?)?;
    Ok(AccessDescription { access_method: object_identifier::name(&method), access_location })
}
