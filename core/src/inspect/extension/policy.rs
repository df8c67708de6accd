//! Certificate policies (RFC 5280 4.2.1.4).

use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::sequence;
use crate::inspect::element::Element;
use crate::inspect::problem::Problem;
use crate::object_identifier;

/// One policy and its qualifiers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PolicyInformation"))]
pub struct Policy {
    /// The name, or the digits where it has none.
    pub policy: String,
    /// Where the certification practice statement is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cps: Vec<String>,
    /// Text for who relies on the certificate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_notices: Vec<String>,
    /// Qualifiers of other kinds, by object identifier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_qualifiers: Vec<String>,
}

pub(super) fn policies(value: Element<'_>) -> Result<Vec<Policy>, Problem> {
    sequence(value)?.list("CertificatePolicies")?.into_iter().map(policy).collect()
}

fn policy(value: Element<'_>) -> Result<Policy, Problem> {
    let mut fields = value.sequence("PolicyInformation")?;
    let identifier = fields.required("policyIdentifier")?.oid("policyIdentifier")?;
    let mut policy = Policy {
        policy: object_identifier::name(&identifier),
        cps: Vec::new(),
        user_notices: Vec::new(),
        other_qualifiers: Vec::new(),
    };
    if let Some(qualifiers) = fields.optional(Tag::Sequence)? {
        for qualifier in qualifiers.list("policyQualifiers")? {
            policy.add_qualifier(qualifier)?;
        }
    }
    Ok(policy)
}

impl Policy {
    fn add_qualifier(&mut self, value: Element<'_>) -> Result<(), Problem> {
        let mut fields = value.sequence("PolicyQualifierInfo")?;
        let kind = object_identifier::name(&fields.required("policyQualifierId")?.oid("policyQualifierId")?);
        match kind.as_str() {
            "cps" => self.cps.push(fields.required("cPSuri")?.text("cPSuri")?),
            "userNotice" => self.user_notices.push(user_notice(fields.required("UserNotice")?)?),
            _ => self.other_qualifiers.push(kind),
        }
        Ok(())
    }
}

/// The explicit text, and before it the organization and the numbers of its notices.
fn user_notice(value: Element<'_>) -> Result<String, Problem> {
    let mut fields = value.sequence("UserNotice")?;
    let reference = fields.optional(Tag::Sequence)?.map(notice_reference).transpose()?;
    let text = fields.next().transpose()?.map(|text| text.text("explicitText")).transpose()?;
    Ok([reference, text].into_iter().flatten().collect::<Vec<_>>().join(": "))
}

fn notice_reference(value: Element<'_>) -> Result<String, Problem> {
    let mut fields = value.sequence("NoticeReference")?;
    let organization = fields.required("organization")?.text("organization")?;
    let numbers = fields.required("noticeNumbers")?.list("noticeNumbers")?;
    let numbers: Vec<String> = numbers
        .into_iter()
        .map(|number| Ok(alloc::format!("{}", number.unsigned("noticeNumber")?)))
        .collect::<Result<_, Problem>>()?;
    Ok(alloc::format!("{organization} {}", numbers.join(", ")))
}
