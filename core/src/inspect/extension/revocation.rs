//! Extensions of revocation lists and of their entries (RFC 5280 5.2 and 5.3).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

use super::key_usage::bit_names;
use crate::inspect::element::Element;
use crate::inspect::problem::Problem;

/// A number that may be longer than an integer of any host.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Number {
    /// Lowercase hex without leading zeros.
    pub hex: String,
    /// The same in decimal where it fits 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
}

pub(super) fn number(value: Element<'_>) -> Result<Number, Problem> {
    let decimal = value.unsigned("CRLNumber").ok().map(|number| number.to_string());
    Ok(Number { hex: value.integer_hex("CRLNumber")?, decimal })
}

/// CRLReason (RFC 5280 5.3.1) by name.
pub(in crate::inspect) fn reason_code(value: Element<'_>) -> Result<String, Problem> {
    if !value.is(der::Tag::Enumerated) {
        return Err(Problem::new(alloc::format!("found {}, wanted ENUMERATED", value.tag())));
    }
    let reason = value.unsigned("CRLReason")?;
    let name = usize::try_from(reason).ok().and_then(|reason| REASONS.get(reason));
    Ok(name.map_or_else(|| alloc::format!("reason {reason}"), ToString::to_string))
}

/// ReasonFlags (RFC 5280 4.2.1.13) by name.
pub(super) fn reason_flags(value: &Element<'_>) -> Result<Vec<String>, Problem> {
    Ok(bit_names(&value.named_bits("ReasonFlags")?, REASON_FLAGS))
}

const REASONS: &[&str] = &[
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "reason 7",
    "removeFromCRL",
    "privilegeWithdrawn",
    "aACompromise",
];

const REASON_FLAGS: &[&str] = &[
    "unused",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
];
