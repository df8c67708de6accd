//! What a key may be used for (RFC 5280 4.2.1.3 and 4.2.1.12, RFC 7633, and Netscape's older list).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

use super::{optional, sequence};
use crate::inspect::element::Element;
use crate::inspect::problem::Problem;
use crate::object_identifier;

/// RFC 3280 4.2.1.4, Unix seconds
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrivateKeyUsagePeriod {
    /// The key may sign from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<u64>,
    /// It may sign until here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<u64>,
}

pub(super) fn key_usage(value: Element<'_>) -> Result<Vec<String>, Problem> {
    Ok(bit_names(&value.named_bits("KeyUsage")?, KEY_USAGES))
}

pub(super) fn netscape_cert_type(value: Element<'_>) -> Result<Vec<String>, Problem> {
    Ok(bit_names(&value.named_bits("NetscapeCertType")?, NETSCAPE_CERT_TYPES))
}

/// The names of set bits; one without a name is shown by its number.
pub(super) fn bit_names(bits: &[usize], names: &[&str]) -> Vec<String> {
    bits.iter()
        .map(|bit| names.get(*bit).map_or_else(|| alloc::format!("bit {bit}"), ToString::to_string))
        .collect()
}

pub(super) fn extended_key_usage(value: Element<'_>) -> Result<Vec<String>, Problem> {
    let purposes = sequence(value)?.list("ExtKeyUsageSyntax")?;
    purposes.into_iter().map(|purpose| Ok(object_identifier::name(&purpose.oid("KeyPurposeId")?))).collect()
}

pub(super) fn private_key_usage_period(value: Element<'_>) -> Result<PrivateKeyUsagePeriod, Problem> {
    let mut fields = sequence(value)?.fields("PrivateKeyUsagePeriod")?;
    let period = PrivateKeyUsagePeriod {
        not_before: optional(&mut fields, 0, |time| time.implicit_generalized_time("notBefore"))?,
        not_after: optional(&mut fields, 1, |time| time.implicit_generalized_time("notAfter"))?,
    };
    fields.finish()?;
    Ok(period)
}

pub(super) fn tls_feature(value: Element<'_>) -> Result<Vec<String>, Problem> {
    let features = sequence(value)?.list("Features")?;
    features.into_iter().map(|feature| Ok(feature_name(feature.unsigned("feature")?))).collect()
}

fn feature_name(feature: u64) -> String {
    match feature {
        5 => "status_request".into(),
        17 => "status_request_v2".into(),
        other => other.to_string(),
    }
}

const KEY_USAGES: &[&str] = &[
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

const NETSCAPE_CERT_TYPES: &[&str] =
    &["sslClient", "sslServer", "smime", "objectSigning", "reserved", "sslCA", "smimeCA", "objectSigningCA"];
