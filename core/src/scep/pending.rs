//! What a client has to remember of a request in order to read its reply.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::Query;
use crate::base64url::Base64Url;

/// Made when a request is sealed, given back unchanged when its reply is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// The transaction; polls for the same certificate have the same.
    pub transaction_id: String,
    /// What the reply's recipientNonce must be.
    pub sender_nonce: Base64Url,
    /// The certificate that the message was signed with (PEM), which the reply is encrypted for.
    pub signer_certificate: String,
    /// In GetCert and GetCRL, what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
}
