//! Where revocation lists are, and what a list is about (RFC 5280 4.2.1.13 and 5.2.5).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

use super::{optional, revocation, sequence};
use crate::inspect::element::Element;
use crate::inspect::name;
use crate::inspect::problem::Problem;

/// RFC 5280 4.2.1.13
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DistributionPoint {
    /// General names of the list, mostly `uri:`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The reasons that the list covers, where it does not cover all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Who signs the list, where that is not the certificate's issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crl_issuer: Vec<String>,
}

/// RFC 5280 5.2.5
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssuingDistributionPoint {
    /// General names of the list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Only end entities are listed.
    pub only_contains_user_certs: bool,
    /// Only authorities are listed.
    pub only_contains_ca_certs: bool,
    /// Only these reasons are listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_some_reasons: Vec<String>,
    /// Certificates of other issuers are listed too.
    pub indirect_crl: bool,
    /// Only attribute certificates are listed.
    pub only_contains_attribute_certs: bool,
}

pub(super) fn all(value: Element<'_>) -> Result<Vec<DistributionPoint>, Problem> {
    sequence(value)?.list("CRLDistributionPoints")?.into_iter().map(distribution_point).collect()
}

fn distribution_point(value: Element<'_>) -> Result<DistributionPoint, Problem> {
    let mut fields = value.sequence("DistributionPoint")?;
    let point = DistributionPoint {
        names: optional(&mut fields, 0, distribution_point_name)?.unwrap_or_default(),
        reasons: optional(&mut fields, 1, revocation::reason_flags)?.unwrap_or_default(),
        crl_issuer: optional(&mut fields, 2, |element| name::general_names(*element))?.unwrap_or_default(),
    };
    fields.finish()?;
    Ok(point)
}

fn distribution_point_name(value: &Element<'_>) -> Result<Vec<String>, Problem> {
    let choice = value.explicit("DistributionPointName")?;
    match choice.context() {
        Some(0) => name::general_names(choice),
        Some(1) => Ok(alloc::vec![format!("relative:{}", name::relative_distinguished_name(choice)?)]),
        _ => Err(Problem::new(format!("found {}, wanted a DistributionPointName", choice.tag()))),
    }
}

pub(super) fn issuing(value: Element<'_>) -> Result<IssuingDistributionPoint, Problem> {
    let mut fields = sequence(value)?.fields("IssuingDistributionPoint")?;
    let point = IssuingDistributionPoint {
        names: optional(&mut fields, 0, distribution_point_name)?.unwrap_or_default(),
        only_contains_user_certs: optional(&mut fields, 1, |flag| flag.boolean("onlyContainsUserCerts"))?
            .unwrap_or(false),
        only_contains_ca_certs: optional(&mut fields, 2, |flag| flag.boolean("onlyContainsCACerts"))?
            .unwrap_or(false),
        only_some_reasons: optional(&mut fields, 3, revocation::reason_flags)?.unwrap_or_default(),
        indirect_crl: optional(&mut fields, 4, |flag| flag.boolean("indirectCRL"))?.unwrap_or(false),
        only_contains_attribute_certs: optional(&mut fields, 5, |flag| {
            flag.boolean("onlyContainsAttributeCerts")
        })?
        .unwrap_or(false),
    };
    fields.finish()?;
    Ok(point)
}
