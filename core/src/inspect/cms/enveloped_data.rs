//! EnvelopedData (RFC 5652 6): for whom, and under which ciphers.

use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::Identifier;
use crate::hex;
use crate::inspect::algorithm_identifier::Algorithm;
use crate::inspect::element::{Element, Fields};
use crate::inspect::problem::Problem;
use crate::object_identifier;

/// RFC 5652 6.1
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnvelopedData {
    /// As it stands there: 0 to 4.
    pub version: u64,
    /// Who can open it.
    pub recipients: Vec<Recipient>,
    /// What is in it, by name.
    pub content_type: String,
    /// The cipher of the content.
    pub content_encryption: Algorithm,
    /// The octets of the encrypted content; absent where it is detached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_content_length_bytes: Option<usize>,
}

/// RFC 5652 6.2, told apart by its `type`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Recipient {
    /// RFC 5652 6.2.1
    KeyTransport {
        /// Whose certificate.
        identifier: Identifier,
        /// How the content key is encrypted.
        key_encryption: Algorithm,
        /// The octets of the encrypted key.
        encrypted_key_length_bytes: usize,
    },
    /// RFC 5652 6.2.2
    KeyAgreement {
        /// How the key that encrypts the content key is agreed on, and the cipher that wraps.
        key_encryption: Algorithm,
        /// Whose certificates.
        identifiers: Vec<Identifier>,
    },
    /// RFC 5652 6.2.3
    KeyEncryptionKey {
        /// The name of the key, lowercase hex.
        key_identifier: String,
        /// How the content key is encrypted.
        key_encryption: Algorithm,
    },
    /// RFC 5652 6.2.4
    Password {
        /// How the password becomes a key.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_derivation: Option<Algorithm>,
        /// How the content key is encrypted.
        key_encryption: Algorithm,
    },
    /// RFC 5652 6.2.5
    Other {
        /// The kind by name.
        recipient_type: String,
    },
}

impl EnvelopedData {
    pub(super) fn read(element: Element<'_>) -> Result<Self, Problem> {
        let mut fields = element.sequence("EnvelopedData")?;
        let version = fields.required("version")?.unsigned("version")?;
        fields.optional_context(0)?;
        let recipients = fields.required("recipientInfos")?.list("recipientInfos")?;
        let mut content = fields.required("encryptedContentInfo")?.sequence("encryptedContentInfo")?;
        let content_type = content.required("contentType")?.oid("contentType")?;
        let content_encryption = Algorithm::read(content.required("contentEncryptionAlgorithm")?)?;
        let encrypted = content.optional_context(0)?.map(encrypted_length).transpose()?;
        Ok(Self {
            version,
            recipients: recipients.into_iter().map(Recipient::read).collect::<Result<_, _>>()?,
            content_type: object_identifier::name(&content_type),
            content_encryption,
            encrypted_content_length_bytes: encrypted,
        })
    }
}

/// The implicit tag hides an OCTET STRING, which BER may have in pieces.
fn encrypted_length(content: Element<'_>) -> Result<usize, Problem> {
    if !content.tag().is_constructed() {
        return Ok(content.value().len());
    }
    content.fields("encryptedContent")?.try_fold(0_usize, |length, piece| {
        Ok(length.saturating_add(piece?.octets("encryptedContent")?.len()))
    })
}

impl Recipient {
    fn read(element: Element<'_>) -> Result<Self, Problem> {
        let mut fields = element.fields("RecipientInfo")?;
        match (element.tag(), element.context()) {
            (Tag::Sequence, _) => Self::read_key_transport(fields),
            (_, Some(1)) => Self::read_key_agreement(fields),
            (_, Some(2)) => Self::read_key_encryption_key(fields),
            (_, Some(3)) => {
                fields.required("version")?;
                let key_derivation = fields.optional_context(0)?.map(Algorithm::read).transpose()?;
                Ok(Self::Password {
                    key_derivation,
                    key_encryption: Algorithm::read(fields.required("keyEncryptionAlgorithm")?)?,
                })
            }
            (_, Some(4)) => {
                let recipient_type = object_identifier::name(&fields.required("oriType")?.oid("oriType")?);
                Ok(Self::Other { recipient_type })
            }
            (tag, _) => Err(Problem::new(alloc::format!("found {tag}, wanted a RecipientInfo"))),
        }
    }

    fn read_key_transport(mut fields: Fields<'_>) -> Result<Self, Problem> {
        fields.required("version")?.unsigned("version")?;
        let identifier = Identifier::read(fields.required("rid")?)?;
        let key_encryption = Algorithm::read(fields.required("keyEncryptionAlgorithm")?)?;
        let encrypted_key = fields.required("encryptedKey")?.octets("encryptedKey")?;
        fields.finish()?;
        Ok(Self::KeyTransport { identifier, key_encryption, encrypted_key_length_bytes: encrypted_key.len() })
    }

    fn read_key_agreement(mut fields: Fields<'_>) -> Result<Self, Problem> {
        fields.required("version")?.unsigned("version")?;
        fields.optional_context(0)?;
        fields.optional_context(1)?;
        let key_encryption = Algorithm::read(fields.required("keyEncryptionAlgorithm")?)?;
        let keys = fields.required("recipientEncryptedKeys")?.list("recipientEncryptedKeys")?.into_iter();
        let identifiers =
            keys.map(|key| Identifier::read(key.sequence("RecipientEncryptedKey")?.required("rid")?));
        Ok(Self::KeyAgreement { key_encryption, identifiers: identifiers.collect::<Result<_, _>>()? })
    }

    fn read_key_encryption_key(mut fields: Fields<'_>) -> Result<Self, Problem> {
        fields.required("version")?.unsigned("version")?;
        let key = fields.required("kekid")?.sequence("KEKIdentifier")?.required("keyIdentifier")?;
        let key_identifier = hex::encode(key.octets("keyIdentifier")?);
        Ok(Self::KeyEncryptionKey {
            key_identifier,
            key_encryption: Algorithm::read(fields.required("keyEncryptionAlgorithm")?)?,
        })
    }
}
