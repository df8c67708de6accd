//! Cryptographic messages (RFC 5652), with the names that SCEP gives to its attributes (RFC 8894 3.2).

mod attribute;
mod enveloped_data;
mod signed_data;

use alloc::boxed::Box;
use alloc::string::String;
use serde::Serialize;

use super::element::Element;
use super::name;
use super::problem::Problem;
use crate::hex;
use crate::object_identifier;

pub use attribute::{Attribute, AttributeValue};
pub use enveloped_data::{EnvelopedData, Recipient};
pub use signed_data::{SignedData, Signer};

/// A ContentInfo (RFC 5652 3).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cms {
    /// `signedData`, `envelopedData` or another content type by name.
    pub content_type: String,
    /// `der`, or `ber` where lengths are indefinite or strings come in pieces.
    pub encoding: &'static str,
    /// RFC 5652 5
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_data: Option<Box<SignedData>>,
    /// RFC 5652 6, and authEnvelopedData (RFC 5083 2)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enveloped_data: Option<EnvelopedData>,
}

impl Cms {
    /// Reads a ContentInfo; `depth` is how many more may lie in it.
    pub(super) fn read(element: Element<'_>, depth: u8) -> Result<Self, Problem> {
        let mut fields = element.sequence("ContentInfo")?;
        let content_type = object_identifier::name(&fields.required("contentType")?.oid("contentType")?);
        let content = fields.optional_context(0)?.map(|content| content.explicit("content")).transpose()?;
        fields.finish()?;
        let mut message = Self { content_type, encoding: "der", signed_data: None, enveloped_data: None };
        match (message.content_type.as_str(), content) {
            ("signedData", Some(content)) => {
                message.signed_data = Some(Box::new(within(SignedData::read(content, depth), "signedData")?))
            }
            ("envelopedData" | "authEnvelopedData", Some(content)) => {
                message.enveloped_data = Some(within(EnvelopedData::read(content), "envelopedData")?);
            }
            _ => (),
        }
        Ok(message)
    }

    /// The same message, when it had to be straightened before it could be read.
    pub(super) fn into_ber(self) -> Self {
        Self { encoding: "ber", ..self }
    }
}

fn within<T>(result: Result<T, Problem>, structure: &str) -> Result<T, Problem> {
    result.map_err(|problem| problem.within(structure))
}

/// Whose certificate or key it is: SignerIdentifier, RecipientIdentifier (RFC 5652 5.3 and 6.2.1).
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Identifier {
    /// RFC 4514.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Lowercase hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Lowercase hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_key_identifier: Option<String>,
}

impl Identifier {
    fn read(element: Element<'_>) -> Result<Self, Problem> {
        if element.is_context(0) {
            return Ok(Self {
                subject_key_identifier: Some(hex::encode(key_identifier(element)?)),
                ..Self::default()
            });
        }
        let mut fields = element.sequence("IssuerAndSerialNumber")?;
        let issuer = name::distinguished_name(fields.required("issuer")?)?;
        let serial = fields.required("serialNumber")?.integer_hex("serialNumber")?;
        Ok(Self { issuer: Some(issuer), serial: Some(serial), subject_key_identifier: None })
    }
}

/// SubjectKeyIdentifier, or the first field of RecipientKeyIdentifier (RFC 5652 6.2.2).
fn key_identifier(element: Element<'_>) -> Result<&[u8], Problem> {
    match element.fields("RecipientKeyIdentifier") {
        Ok(mut fields) => fields.required("subjectKeyIdentifier")?.octets("subjectKeyIdentifier"),
        Err(_) => element.octets("subjectKeyIdentifier"),
    }
}
