//! What a list covers, and where it and its deltas are (RFC 5280 5.2.5 and 5.2.6).

use alloc::{string::String, vec, vec::Vec};

use const_oid::db::rfc5280;
use der::{Encode, asn1::OctetString};
use serde::Deserialize;
use x509_cert::ext::{
    Extension,
    pkix::{
        FreshestCrl, IssuingDistributionPoint as IssuingDistributionPointExtension,
        name::DistributionPointName,
    },
};

use super::partition::{self, Meeting};
use crate::{
    error::{Error, ErrorCode},
    extension,
};

/// The certificates that a list is about, where it is not about all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Contents {
    /// Those of end entities.
    UserCertificates,
    /// Those of authorities.
    CaCertificates,
}

/// What the list is to cover, where that is less than all that the authority issued.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IssuingDistributionPoint {
    /// Where this list is, as the certificates name it. For a partition the authority's `crl_urls` if left
    /// out.
    #[serde(default)]
    pub urls: Vec<String>,
    /// The one kind of certificate that it covers.
    pub only_contains: Option<Contents>,
    /// The one partition that it covers, from 0; entries of others are left out.
    pub partition: Option<u32>,
}

/// What a list covers, checked.
pub(crate) struct Scope {
    name: Option<DistributionPointName>,
    contents: Option<Contents>,
    /// Number and count.
    pub(crate) partition: Option<(u32, u32)>,
}

impl IssuingDistributionPoint {
    /// Checks it for an authority whose certificates name `crl_urls`, and those of its other generations `others`.
    ///
    /// # Errors
    /// `CrlScopeInvalid` if it says nothing, names a partition that there is not, or divides the certificates in
    /// another way than they say; `FieldInvalid` for an address.
    pub(crate) fn resolve(self, crl_urls: &[String], others: &[String]) -> Result<Scope, Error> {
        let own = if self.urls.is_empty() && self.partition.is_some() { crl_urls } else { &self.urls };
        let (urls, partition) = match (self.partition, partition::count(own)?) {
            (Some(partition), Some(count)) => (partition::expand(own, partition)?, Some((partition, count))),
            (None, None) => (own.to_vec(), None),
            (Some(_), None) => {
                return Err(invalid(
                    "found a partition, but no address with {partition/16} or the like in it",
                ));
            }
            (None, Some(_)) => {
                return Err(invalid("found the address of partitions, wanted the number of one"));
            }
        };
        if urls.is_empty() && self.only_contains.is_none() {
            return Err(invalid("found an issuing distribution point that says nothing (RFC 5280 5.2.5)"));
        }
        let name =
            (!urls.is_empty()).then(|| extension::distribution_point_name(&urls, "urls")).transpose()?;
        if let Some((_, count)) = partition {
            check_division(count, own, crl_urls, others)?;
        }
        Ok(Scope { name, contents: self.only_contains, partition })
    }
}

/// A list of fewer certificates than those that look for it there, or there under another name, hides the others.
fn check_division(count: u32, own: &[String], crl_urls: &[String], others: &[String]) -> Result<(), Error> {
    if let Some(named) = partition::count(crl_urls)?.filter(|named| *named != count) {
        return Err(invalid(format_args!(
            "found one of {count} partitions, wanted one of the {named} that the certificates name"
        )));
    }
    for (url, named) in
        own.iter().flat_map(|url| crl_urls.iter().chain(others).map(move |named| (url, named)))
    {
        if partition::meeting(url, named)? == Meeting::Otherwise {
            return Err(invalid(format_args!(
                "found partitions at {url:?}, but certificates name {named:?}: the list there has to cover more"
            )));
        }
    }
    Ok(())
}

impl Scope {
    /// IssuingDistributionPoint, critical.
    pub(super) fn to_extension(&self) -> Result<Extension, Error> {
        let value = IssuingDistributionPointExtension {
            distribution_point: self.name.clone(),
            only_contains_user_certs: self.contents == Some(Contents::UserCertificates),
            only_contains_ca_certs: self.contents == Some(Contents::CaCertificates),
            only_some_reasons: None,
            indirect_crl: false,
            only_contains_attribute_certs: false,
        };
        // Not by the type's own identifier: x509-cert 0.3 has another extension's there.
        Ok(Extension {
            extn_id: rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT,
            critical: true,
            extn_value: OctetString::new(value.to_der()?)?,
        })
    }
}

/// FreshestCRL: where the deltas are.
pub(super) fn freshest(urls: &[String]) -> Result<Extension, Error> {
    extension::extension(false, &FreshestCrl(vec![extension::distribution_point(urls, "freshest_crl_urls")?]))
}

fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::CrlScopeInvalid, detail)
}
