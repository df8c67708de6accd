//! What a certificate says about those below it (RFC 5280 4.2.1.5 and 4.2.1.9 to 4.2.1.11).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::{optional, sequence};
use crate::inspect::element::Element;
use crate::inspect::name;
use crate::inspect::problem::Problem;
use crate::object_identifier;

/// RFC 5280 4.2.1.9
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BasicConstraints {
    /// May the subject issue certificates?
    pub ca: bool,
    /// How many authorities may stand between it and the end entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u64>,
}

/// RFC 5280 4.2.1.10
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NameConstraints {
    /// General names; an address is a network.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permitted: Vec<String>,
    /// Those that win over the permitted ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
}

/// RFC 5280 4.2.1.11: after how many certificates the demand holds.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyConstraints {
    /// Then a policy must be acceptable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_explicit_policy: Option<u64>,
    /// Then policies are no longer mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inhibit_policy_mapping: Option<u64>,
}

/// RFC 5280 4.2.1.5
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyMapping {
    /// The issuer's policy.
    pub issuer_domain_policy: String,
    /// The subject's that counts as the same.
    pub subject_domain_policy: String,
}

pub(super) fn basic_constraints(value: Element<'_>) -> Result<BasicConstraints, Problem> {
    let mut fields = sequence(value)?.fields("BasicConstraints")?;
    let ca = fields.optional(Tag::Boolean)?.map(|ca| ca.boolean("cA")).transpose()?;
    let path_length =
        fields.optional(Tag::Integer)?.map(|length| length.unsigned("pathLenConstraint")).transpose()?;
    fields.finish()?;
    Ok(BasicConstraints { ca: ca.unwrap_or(false), path_length })
}

pub(super) fn name_constraints(value: Element<'_>) -> Result<NameConstraints, Problem> {
    let mut fields = sequence(value)?.fields("NameConstraints")?;
    let constraints = NameConstraints {
        permitted: optional(&mut fields, 0, general_subtrees)?.unwrap_or_default(),
        excluded: optional(&mut fields, 1, general_subtrees)?.unwrap_or_default(),
    };
    fields.finish()?;
    Ok(constraints)
}

fn general_subtrees(value: &Element<'_>) -> Result<Vec<String>, Problem> {
    value.list("GeneralSubtrees")?.into_iter().map(general_subtree).collect()
}

/// The base; minimum and maximum stand behind it only where they break the profile of RFC 5280.
fn general_subtree(value: Element<'_>) -> Result<String, Problem> {
    let mut fields = value.sequence("GeneralSubtree")?;
    let base = name::general_name(fields.required("base")?)?;
    let minimum = optional(&mut fields, 0, |element| element.unsigned("minimum"))?.unwrap_or(0);
    let maximum = optional(&mut fields, 1, |element| element.unsigned("maximum"))?;
    Ok(match (minimum, maximum) {
        (0, None) => base,
        (minimum, None) => format!("{base} (minimum {minimum})"),
        (minimum, Some(maximum)) => format!("{base} (minimum {minimum}, maximum {maximum})"),
    })
}

pub(super) fn policy_constraints(value: Element<'_>) -> Result<PolicyConstraints, Problem> {
    let mut fields = sequence(value)?.fields("PolicyConstraints")?;
    let constraints = PolicyConstraints {
        require_explicit_policy: optional(&mut fields, 0, |element| {
            element.unsigned("requireExplicitPolicy")
        })?,
        inhibit_policy_mapping: optional(&mut fields, 1, |element| element.unsigned("inhibitPolicyMapping"))?,
    };
    fields.finish()?;
    Ok(constraints)
}

pub(super) fn policy_mappings(value: Element<'_>) -> Result<Vec<PolicyMapping>, Problem> {
    sequence(value)?.list("PolicyMappings")?.into_iter().map(policy_mapping).collect()
}

fn policy_mapping(value: Element<'_>) -> Result<PolicyMapping, Problem> {
    let mut fields = value.sequence("PolicyMapping")?;
    let issuer = fields.required("issuerDomainPolicy")?.oid("issuerDomainPolicy")?;
    let subject = fields.required("subjectDomainPolicy")?.oid("subjectDomainPolicy")?;
    Ok(PolicyMapping {
        issuer_domain_policy: object_identifier::name(&issuer),
        subject_domain_policy: object_identifier::name(&subject),
    })
}
