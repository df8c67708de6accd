//! Simple Certificate Enrolment Protocol (RFC 8894): the messages of both ends, no transport.

pub(crate) mod certified_key;
pub(crate) mod enrollment;
pub(crate) mod fail_info;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod issuer_and_subject;
pub(crate) mod message_type;
pub(crate) mod pending;
pub(crate) mod query;
pub(crate) mod reply_attributes;
pub(crate) mod reply_to;
pub(crate) mod request_attributes;
pub(crate) mod self_signed;
pub(crate) mod signer_report;
pub(crate) mod transaction_id;

pub use certified_key::CertifiedKey;
pub use enrollment::Enrollment;
pub use fail_info::{FailInfo, fail_info};
pub use message_type::MessageType;
pub use pending::Pending;
pub use query::{Query, Wanted};
pub use reply_to::ReplyTo;
pub use signer_report::SignerReport;
pub use transaction_id::StringType;
pub(crate) use transaction_id::TransactionId;

use alloc::{string::String, vec::Vec};

use der::{
    Tagged,
    asn1::{AnyRef, OctetStringRef},
};

use crate::{
    cms::attributes::SignedAttributes,
    error::{Error, ErrorCode},
};

/// Octets of a nonce that this engine makes (RFC 8894 section 3.2.1.5).
pub(crate) const NONCE_OCTETS: usize = 16;
/// Most octets of a nonce that a peer sends; old clients send 8.
const MAX_NONCE_OCTETS: usize = 64;

fn attribute_invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::ScepAttributeInvalid, detail)
}

/// An attribute that is a nonce; nothing if it is not there.
fn nonce(
    attributes: &SignedAttributes<'_>,
    oid: const_oid::ObjectIdentifier,
) -> Result<Option<Vec<u8>>, Error> {
    attributes
        .value(oid)?
        .map(|value| match value.decode_as::<&OctetStringRef>() {
            Ok(nonce) if (1..=MAX_NONCE_OCTETS).contains(&nonce.as_bytes().len()) => {
                Ok(nonce.as_bytes().to_vec())
            }
            _ => Err(attribute_invalid(format_args!(
                "found no nonce of 1 to {MAX_NONCE_OCTETS} octets in the attribute {oid}"
            ))),
        })
        .transpose()
}

/// An attribute that is a short text, in whichever string type; nothing if it is not there.
fn text(
    attributes: &SignedAttributes<'_>,
    oid: const_oid::ObjectIdentifier,
) -> Result<Option<String>, Error> {
    attributes
        .value(oid)?
        .map(|value: AnyRef<'_>| {
            StringType::of(value.tag())
                .and_then(|_| core::str::from_utf8(value.value()).ok())
                .filter(|text| text.len() <= transaction_id::MAX_OCTETS)
                .map(Into::into)
                .ok_or_else(|| attribute_invalid(format_args!("found no short text in the attribute {oid}")))
        })
        .transpose()
}
