//! messageType (RFC 8894 section 3.2.1.2).

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode};

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// PKCSReq: a certificate, with a challenge password or signed by an older certificate.
    PkcsReq,
    /// RenewalReq: a certificate in place of the one that signs.
    RenewalReq,
    /// CertPoll, in older texts GetCertInitial: the outcome of a request that is pending.
    CertPoll,
    /// GetCert: a certificate by issuer and serial number.
    GetCert,
    /// GetCRL: the revocation list for a certificate.
    GetCrl,
}

/// The messageType of a reply, CertRep.
pub(crate) const CERT_REP: &str = "3";

impl MessageType {
    const ALL: [Self; 5] = [Self::RenewalReq, Self::PkcsReq, Self::CertPoll, Self::GetCert, Self::GetCrl];

    /// The type of that decimal number.
    ///
    /// # Errors
    /// `ScepMessageTypeRefused` for any other, 18 of old drafts included.
    pub(crate) fn read(number: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|message_type| message_type.number() == number).ok_or_else(|| {
            Error::new(
                ErrorCode::ScepMessageTypeRefused,
                format_args!("found the message type {number:?}, wanted 17, 19, 20, 21 or 22"),
            )
        })
    }

    /// Its decimal number.
    pub(crate) const fn number(self) -> &'static str {
        match self {
            Self::RenewalReq => "17",
            Self::PkcsReq => "19",
            Self::CertPoll => "20",
            Self::GetCert => "21",
            Self::GetCrl => "22",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_and_others_are_refused() {
        for message_type in MessageType::ALL {
            assert_eq!(MessageType::read(message_type.number()).unwrap(), message_type);
        }
        for other in ["18", "3", "", "019", "x"] {
            assert_eq!(MessageType::read(other).unwrap_err().code, ErrorCode::ScepMessageTypeRefused);
        }
    }
}
