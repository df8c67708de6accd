//! Revocation lists of growing length and OCSP responses, beside OpenSSL in the same run.

mod crl;
mod ocsp;

use crate::setting::Setting;
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt;

/// Lists by their length, and OCSP responses a second.
pub(crate) struct Revocation {
    lists: crl::Lists,
    responses: ocsp::Responses,
}

/// Measures with the setting's authority; each kind of OCSP responder runs for so many seconds.
pub(crate) fn measure(setting: &Setting, seconds: u64) -> Result<Revocation> {
    Ok(Revocation { lists: crl::measure(setting)?, responses: ocsp::measure(setting, seconds)? })
}

impl Revocation {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "lists": self.lists.to_json(), "ocsp": self.responses.to_json() })
    }
}

impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.lists, self.responses)
    }
}
