//! What has to be remembered of a request in order to answer it.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::{StringType, TransactionId};
use crate::{algorithm::KeyTransport, base64url::Base64Url, cms::content_encryption::ContentCipher};

/// Made when a request is opened, given back unchanged when its reply is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplyTo {
    /// Returned exactly as it came.
    pub transaction_id: String,
    /// The string type that it came in; PrintableString if it is not said.
    #[serde(default, skip_serializing_if = "StringType::is_printable")]
    pub transaction_id_type: StringType,
    /// The client's senderNonce, which becomes the reply's recipientNonce; some clients send none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_nonce: Option<Base64Url>,
    /// The signer's certificate (PEM), which the reply is encrypted for.
    pub certificate: String,
    /// The cipher for the reply: the client's own, and triple DES for single DES.
    pub content_cipher: ContentCipher,
    /// The key transport for the reply: the client's own.
    pub key_transport: KeyTransport,
}

impl ReplyTo {
    pub(crate) fn transaction_id(&self) -> TransactionId {
        TransactionId { text: self.transaction_id.clone(), string_type: self.transaction_id_type }
    }
}
