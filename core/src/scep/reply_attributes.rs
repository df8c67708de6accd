//! Signed attributes of a reply, CertRep (RFC 8894 section 3.2.1).

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use const_oid::db::{rfc5911, rfc8894};
use der::{
    DateTime, Tagged,
    asn1::{OctetStringRef, PrintableStringRef, UtcTime, Utf8StringRef},
};

use super::{FailInfo, TransactionId, message_type::CERT_REP};
use crate::{
    cms::attributes::{AttributesBuilder, SignedAttributes},
    error::{Error, ErrorCode},
};

/// Most octets of a failInfoText.
pub(crate) const MAX_FAIL_INFO_TEXT: usize = 1024;

/// pkiStatus (RFC 8894 section 3.2.1.3), with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PkiStatus {
    Success,
    Failure { fail_info: FailInfo, text: Option<String> },
    Pending,
}

impl PkiStatus {
    const fn number(&self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::Failure { .. } => "2",
            Self::Pending => "3",
        }
    }
}

/// What a server says about its reply.
#[derive(Clone, Debug)]
pub(crate) struct ReplyAttributes {
    pub(crate) status: PkiStatus,
    pub(crate) transaction_id: TransactionId,
    pub(crate) sender_nonce: Option<Vec<u8>>,
    pub(crate) recipient_nonce: Option<Vec<u8>>,
}

impl ReplyAttributes {
    /// Reads them.
    ///
    /// # Errors
    /// `ScepAttributeInvalid`; `ScepMessageTypeRefused` if this is no CertRep.
    pub(crate) fn read(attributes: &SignedAttributes<'_>) -> Result<Self, Error> {
        let message_type = super::text(attributes, rfc8894::ID_MESSAGE_TYPE)?;
        if message_type.as_deref() != Some(CERT_REP) {
            return Err(Error::new(
                ErrorCode::ScepMessageTypeRefused,
                format_args!("found a reply of the message type {message_type:?}, wanted {CERT_REP}"),
            ));
        }
        let transaction_id = attributes
            .value(rfc8894::ID_TRANSACTION_ID)?
            .ok_or_else(|| super::attribute_invalid("found a reply without a transaction id"))?;
        Ok(Self {
            status: read_status(attributes)?,
            transaction_id: TransactionId::read(transaction_id)?,
            sender_nonce: super::nonce(attributes, rfc8894::ID_SENDER_NONCE)?,
            recipient_nonce: super::nonce(attributes, rfc8894::ID_RECIPIENT_NONCE)?,
        })
    }

    /// The attributes of a reply that is to be signed at `now` (Unix seconds).
    ///
    /// # Errors
    /// `ScepAttributeInvalid` for a transaction id that cannot be; `FieldInvalid` for a time
    /// beyond 2049, which UTCTime cannot say.
    pub(crate) fn write(&self, now: u64) -> Result<AttributesBuilder, Error> {
        let mut attributes = AttributesBuilder::default();
        attributes.add(rfc5911::ID_SIGNING_TIME, &signing_time(now)?)?;
        attributes.add(rfc8894::ID_MESSAGE_TYPE, &PrintableStringRef::new(CERT_REP)?)?;
        attributes.add(rfc8894::ID_PKI_STATUS, &PrintableStringRef::new(self.status.number())?)?;
        attributes.add(rfc8894::ID_TRANSACTION_ID, &self.transaction_id.value()?)?;
        if let PkiStatus::Failure { fail_info, text } = &self.status {
            attributes.add(rfc8894::ID_FAIL_INFO, &PrintableStringRef::new(fail_info.number())?)?;
            if let Some(text) = text {
                attributes.add(rfc8894::ID_SCEP_FAIL_INFO_TEXT, &Utf8StringRef::new(text)?)?;
            }
        }
        if let Some(nonce) = &self.sender_nonce {
            attributes.add(rfc8894::ID_SENDER_NONCE, &OctetStringRef::new(nonce)?)?;
        }
        if let Some(nonce) = &self.recipient_nonce {
            attributes.add(rfc8894::ID_RECIPIENT_NONCE, &OctetStringRef::new(nonce)?)?;
        }
        Ok(attributes)
    }
}

fn read_status(attributes: &SignedAttributes<'_>) -> Result<PkiStatus, Error> {
    match super::text(attributes, rfc8894::ID_PKI_STATUS)?.as_deref() {
        Some("0") => Ok(PkiStatus::Success),
        Some("3") => Ok(PkiStatus::Pending),
        Some("2") => {
            let fail_info = super::text(attributes, rfc8894::ID_FAIL_INFO)?
                .and_then(|number| FailInfo::read(&number))
                .ok_or_else(|| super::attribute_invalid("found a failure without a known failInfo"))?;
            Ok(PkiStatus::Failure { fail_info, text: read_fail_info_text(attributes) })
        }
        found => {
            Err(super::attribute_invalid(format_args!("found the pkiStatus {found:?}, wanted 0, 2 or 3")))
        }
    }
}

/// The server's own words; a text that cannot be read is as good as none.
fn read_fail_info_text(attributes: &SignedAttributes<'_>) -> Option<String> {
    let value = attributes.value(rfc8894::ID_SCEP_FAIL_INFO_TEXT).ok()??;
    super::StringType::of(value.tag())?;
    let text = core::str::from_utf8(value.value()).ok()?;
    (text.len() <= MAX_FAIL_INFO_TEXT).then(|| text.into())
}

/// RFC 5652 section 11.3: UTCTime until 2049.
fn signing_time(now: u64) -> Result<UtcTime, Error> {
    DateTime::from_unix_duration(Duration::from_secs(now))
        .and_then(UtcTime::from_date_time)
        .map_err(|_| Error::new(ErrorCode::FieldInvalid, "found a time that UTCTime cannot say").at("now"))
}
