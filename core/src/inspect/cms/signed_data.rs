//! SignedData (RFC 5652 5). Signatures are described, not verified: that takes somebody to trust.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::{Attribute, Identifier};
use crate::inspect::algorithm_identifier::Algorithm;
use crate::inspect::element::Element;
use crate::inspect::problem::Problem;
use crate::inspect::{Certificate, CertificateList, Description, Unreadable, recognition};
use crate::object_identifier;

/// RFC 5652 5.1
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedData {
    /// As it stands there: 1 to 5.
    pub version: u64,
    /// No content and no signer: a way to hand out certificates and lists (RFC 5652 5.2, RFC 8894 3.4).
    pub certificates_only: bool,
    /// By name.
    pub digest_algorithms: Vec<String>,
    /// By name.
    pub content_type: String,
    /// The octets of the content; absent where it is detached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_length_bytes: Option<usize>,
    /// The content, where it is an object that can be described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Box<Description>>,
    /// Who signed.
    pub signers: Vec<Signer>,
    /// In their order.
    pub certificates: Vec<Description>,
    /// In their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificate_lists: Vec<Description>,
}

/// RFC 5652 5.3
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Signer {
    /// As it stands there: 1 or 3.
    pub version: u64,
    /// Whose certificate.
    pub identifier: Identifier,
    /// What the content was hashed with.
    pub digest_algorithm: Algorithm,
    /// What was signed with.
    pub signature_algorithm: Algorithm,
    /// Under the signature.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed_attributes: Vec<Attribute>,
    /// Beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsigned_attributes: Vec<Attribute>,
}

impl SignedData {
    pub(super) fn read(element: Element<'_>, depth: u8) -> Result<Self, Problem> {
        let mut fields = element.sequence("SignedData")?;
        let version = fields.required("version")?.unsigned("version")?;
        let digest_algorithms = fields.required("digestAlgorithms")?.list("digestAlgorithms")?;
        let mut encapsulated = fields.required("encapContentInfo")?.sequence("encapContentInfo")?;
        let content_type = encapsulated.required("eContentType")?.oid("eContentType")?;
        let content =
            encapsulated.optional_context(0)?.map(|content| content.explicit("eContent")).transpose()?;
        let certificates = fields.optional_context(0)?;
        let certificate_lists = fields.optional_context(1)?;
        let signers = fields.required("signerInfos")?.list("signerInfos")?;
        fields.finish()?;
        Ok(Self {
            version,
            certificates_only: content.is_none() && signers.is_empty(),
            digest_algorithms: digest_algorithms
                .into_iter()
                .map(|one| Ok(Algorithm::read(one)?.name))
                .collect::<Result<_, Problem>>()?,
            content_type: object_identifier::name(&content_type),
            content_length_bytes: content.map(|content| content_octets(content).len()),
            content: content
                .and_then(|content| recognition::describe_at(content_octets(content), None, depth).ok())
                .map(Box::new),
            signers: signers.into_iter().map(Signer::read).collect::<Result<_, _>>()?,
            certificates: described(certificates, |one| {
                Certificate::read_in_message(one).map(Description::Certificate)
            })?,
            certificate_lists: described(certificate_lists, |one| {
                CertificateList::read(one).map(Description::CertificateList)
            })?,
        })
    }
}

/// An OCTET STRING's content; what PKCS#7 put there instead is taken whole (RFC 5652 5.2.1).
fn content_octets(content: Element<'_>) -> &[u8] {
    match content.is(Tag::OctetString) {
        true => content.value(),
        false => content.der(),
    }
}

/// Each element by `read`; one that it cannot read stands between the others as unreadable.
fn described<'a>(
    set: Option<Element<'a>>,
    read: impl Fn(Element<'a>) -> Result<Description, Problem>,
) -> Result<Vec<Description>, Problem> {
    let Some(set) = set else { return Ok(Vec::new()) };
    let elements = set.list("a set")?.into_iter();
    Ok(elements
        .map(|one| {
            read(one).unwrap_or_else(|problem| Description::Unreadable(Unreadable::new(one.der(), &problem)))
        })
        .collect())
}

impl Signer {
    fn read(element: Element<'_>) -> Result<Self, Problem> {
        let mut fields = element.sequence("SignerInfo")?;
        let version = fields.required("version")?.unsigned("version")?;
        let identifier = Identifier::read(fields.required("sid")?)?;
        let digest_algorithm = Algorithm::read(fields.required("digestAlgorithm")?)?;
        let signed_attributes = attributes(fields.optional_context(0)?)?;
        let signature_algorithm = Algorithm::read(fields.required("signatureAlgorithm")?)?;
        fields.required("signature")?.octets("signature")?;
        let unsigned_attributes = attributes(fields.optional_context(1)?)?;
        fields.finish()?;
        Ok(Self {
            version,
            identifier,
            digest_algorithm,
            signature_algorithm,
            signed_attributes,
            unsigned_attributes,
        })
    }
}

fn attributes(set: Option<Element<'_>>) -> Result<Vec<Attribute>, Problem> {
    let Some(set) = set else { return Ok(Vec::new()) };
    set.list("attributes")?.into_iter().map(Attribute::read).collect()
}
