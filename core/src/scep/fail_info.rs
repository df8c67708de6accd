//! failInfo (RFC 8894 section 3.2.1.4).

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// Why a request failed, in the five words that SCEP has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailInfo {
    /// An algorithm that is unknown or not supported.
    BadAlg,
    /// An integrity check failed: signature, decryption, or what came out of it.
    BadMessageCheck,
    /// The transaction is not permitted or not supported.
    BadRequest,
    /// The signing time is not close enough to the server's.
    BadTime,
    /// No certificate fits what was asked for.
    BadCertId,
}

impl FailInfo {
    const ALL: [Self; 5] = [Self::BadAlg, Self::BadMessageCheck, Self::BadRequest, Self::BadTime, Self::BadCertId];

    pub(crate) fn read(number: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fail_info| fail_info.number() == number)
    }

    pub(crate) const fn number(self) -> &'static str {
        match self {
            Self::BadAlg => "0",
            Self::BadMessageCheck => "1",
            Self::BadRequest => "2",
            Self::BadTime => "3",
            Self::BadCertId => "4",
        }
    }
}
