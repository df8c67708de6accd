//! Attributes of signers and requests (RFC 5652 11, RFC 2985, RFC 8894 3.2.1).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use crate::hex;
use crate::inspect::certificate_request::CHALLENGE_PASSWORD;
use crate::inspect::element::Element;
use crate::inspect::problem::Problem;
use crate::inspect::undecoded::Undecoded;
use crate::object_identifier;

/// An attribute by name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attribute {
    /// The name, or the digits where it has none.
    pub name: String,
    /// The object identifier.
    pub oid: String,
    /// Its values.
    pub values: Vec<AttributeValue>,
}

/// The value of an attribute.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum AttributeValue {
    /// Text, a name, or octets in lowercase hex where the attribute is known to hold octets.
    Text(String),
    /// Unix seconds.
    #[cfg_attr(feature = "schema", schemars(extend("unit" = "unix_seconds")))]
    Time(u64),
    /// What is not decoded here.
    Undecoded(Undecoded),
}

impl Attribute {
    pub(in crate::inspect) fn read(attribute: Element<'_>) -> Result<Self, Problem> {
        let mut fields = attribute.sequence("attribute")?;
        let oid = fields.required("type")?.oid("type")?;
        let values =
            fields.optional(Tag::Set)?.map(|values| values.list("values")).transpose()?.unwrap_or_default();
        let digits = oid.to_string();
        Ok(Self {
            name: object_identifier::name(&oid),
            values: values.into_iter().map(|value| read_value(&digits, value)).collect(),
            oid: digits,
        })
    }
}

fn read_value(oid: &str, value: Element<'_>) -> AttributeValue {
    if oid == CHALLENGE_PASSWORD {
        return AttributeValue::Text("present, not shown".into());
    }
    let time = matches!(value.tag(), Tag::UtcTime | Tag::GeneralizedTime).then(|| value.time("value"));
    match (time, text(oid, value)) {
        (Some(Ok(seconds)), _) => AttributeValue::Time(seconds),
        (_, Ok(text)) => AttributeValue::Text(text),
        _ => AttributeValue::Undecoded(Undecoded::new(value.der())),
    }
}

fn text(oid: &str, value: Element<'_>) -> Result<String, Problem> {
    match value.tag() {
        Tag::ObjectIdentifier => Ok(object_identifier::name(&value.oid("value")?)),
        Tag::OctetString => Ok(hex::encode(value.octets("value")?)),
        _ => Ok(with_meaning(oid, value.text("value")?)),
    }
}

/// The decimal numbers of SCEP with their names before them.
fn with_meaning(oid: &str, number: String) -> String {
    let meanings: &[(&str, &str)] = match oid {
        "2.16.840.1.113733.1.9.2" => MESSAGE_TYPES,
        "2.16.840.1.113733.1.9.3" => PKI_STATUSES,
        "2.16.840.1.113733.1.9.4" => FAIL_INFOS,
        _ => return number,
    };
    match meanings.iter().find(|(known, _)| *known == number) {
        Some((_, meaning)) => alloc::format!("{meaning} ({number})"),
        None => number,
    }
}

/// RFC 8894 3.2.1.2
const MESSAGE_TYPES: &[(&str, &str)] = &[
    ("3", "CertRep"),
    ("17", "RenewalReq"),
    ("18", "UpdateReq"),
    ("19", "PKCSReq"),
    ("20", "CertPoll"),
    ("21", "GetCert"),
    ("22", "GetCRL"),
];

/// RFC 8894 3.2.1.3
const PKI_STATUSES: &[(&str, &str)] = &[("0", "SUCCESS"), ("2", "FAILURE"), ("3", "PENDING")];

/// RFC 8894 3.2.1.4
const FAIL_INFOS: &[(&str, &str)] =
    &[("0", "badAlg"), ("1", "badMessageCheck"), ("2", "badRequest"), ("3", "badTime"), ("4", "badCertId")];
