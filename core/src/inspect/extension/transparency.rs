//! Signed certificate timestamps (RFC 6962 3.2 and 3.3).

use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

use crate::hex;
use crate::inspect::element::{Element, MAX_LIST_ITEMS};
use crate::inspect::problem::Problem;

/// One log's promise.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedCertificateTimestamp {
    /// 1 for RFC 6962; where it is another, the other fields are absent.
    pub version: u8,
    /// SHA-256 of the log's key, lowercase hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_id: Option<String>,
    /// Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_milliseconds: Option<u64>,
}

/// The list within its OCTET STRING: lengths of 16 bits, for the list and for each timestamp.
pub(super) fn timestamps(value: Element<'_>) -> Result<Vec<SignedCertificateTimestamp>, Problem> {
    let (mut list, after) = take_u16_prefixed(value.octets("SignedCertificateTimestampList")?)?;
    if !after.is_empty() {
        return Err(Problem::new(alloc::format!("{} bytes follow the timestamps", after.len())));
    }
    let mut timestamps = Vec::new();
    while !list.is_empty() {
        let (timestamp, rest) = take_u16_prefixed(list)?;
        timestamps.push(read(timestamp)?);
        if timestamps.len() > MAX_LIST_ITEMS {
            return Err(Problem::new("too many timestamps"));
        }
        list = rest;
    }
    Ok(timestamps)
}

fn take_u16_prefixed(octets: &[u8]) -> Result<(&[u8], &[u8]), Problem> {
    let truncated = || Problem::new("the timestamps end too early");
    let (length, rest) = octets.split_first_chunk::<2>().ok_or_else(truncated)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or_else(truncated)
}

fn read(timestamp: &[u8]) -> Result<SignedCertificateTimestamp, Problem> {
    let truncated = || Problem::new("a timestamp ends too early");
    let (version, rest) = timestamp.split_first().ok_or_else(truncated)?;
    if *version != 0 {
        return Ok(SignedCertificateTimestamp {
            version: version.saturating_add(1),
            log_id: None,
            timestamp_milliseconds: None,
        });
    }
    let (log_id, rest) = rest.split_first_chunk::<32>().ok_or_else(truncated)?;
    let (milliseconds, _) = rest.split_first_chunk::<8>().ok_or_else(truncated)?;
    Ok(SignedCertificateTimestamp {
        version: 1,
        log_id: Some(hex::encode(log_id)),
        timestamp_milliseconds: Some(u64::from_be_bytes(*milliseconds)),
    })
}
