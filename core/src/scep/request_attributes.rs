//! Signed attributes of a request (RFC 8894 section 3.2.1).

use alloc::vec::Vec;

use const_oid::db::rfc8894;
use der::asn1::{OctetStringRef, PrintableStringRef};

use super::{MessageType, TransactionId};
use crate::{
    cms::attributes::{AttributesBuilder, SignedAttributes},
    error::Error,
};

/// What a client says about its message.
#[derive(Clone, Debug)]
pub(crate) struct RequestAttributes {
    pub(crate) transaction_id: TransactionId,
    /// The type, or why it is refused: that can still be answered.
    pub(crate) message_type: Result<MessageType, Error>,
    pub(crate) sender_nonce: Option<Vec<u8>>,
}

impl RequestAttributes {
    /// Reads them.
    ///
    /// # Errors
    /// `ScepAttributeInvalid` if there is no transaction id or message type, or a nonce is none.
    pub(crate) fn read(attributes: &SignedAttributes<'_>) -> Result<Self, Error> {
        let transaction_id = attributes
            .value(rfc8894::ID_TRANSACTION_ID)?
            .ok_or_else(|| super::attribute_invalid("found a message without a transaction id"))?;
        let message_type = super::text(attributes, rfc8894::ID_MESSAGE_TYPE)?
            .ok_or_else(|| super::attribute_invalid("found a message without a message type"))?;
        Ok(Self {
            transaction_id: TransactionId::read(transaction_id)?,
            message_type: MessageType::read(&message_type),
            sender_nonce: super::nonce(attributes, rfc8894::ID_SENDER_NONCE)?,
        })
    }
}

/// The attributes of a request that is to be signed.
///
/// # Errors
/// `ScepAttributeInvalid` for a transaction id that cannot be.
pub(crate) fn write(
    message_type: MessageType,
    transaction_id: &TransactionId,
    sender_nonce: &[u8],
) -> Result<AttributesBuilder, Error> {
    let mut attributes = AttributesBuilder::default();
    attributes.add(rfc8894::ID_MESSAGE_TYPE, &PrintableStringRef::new(message_type.number())?)?;
    attributes.add(rfc8894::ID_TRANSACTION_ID, &transaction_id.value()?)?;
    attributes.add(rfc8894::ID_SENDER_NONCE, &OctetStringRef::new(sender_nonce)?)?;
    Ok(attributes)
}
