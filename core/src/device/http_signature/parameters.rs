//! The parameters of a signature (RFC 9421 section 2.3).

use alloc::{format, string::String};

use crate::{
    device::{freshness::Times, invalid, malformed, signer::MAX_KEY_ID},
    error::{Error, ErrorCode},
    structured_field::{BareItem, Parameters},
};

/// Those with a meaning.
const KNOWN: [&str; 6] = ["created", "expires", "nonce", "alg", "keyid", "tag"];

/// The parameters with a meaning; others are signed and mean nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SignatureParameters {
    pub(crate) created: Option<u64>,
    pub(crate) expires: Option<u64>,
    pub(crate) nonce: Option<String>,
    pub(crate) alg: Option<String>,
    pub(crate) keyid: Option<String>,
    pub(crate) tag: Option<String>,
}

impl SignatureParameters {
    /// # Errors
    /// `MessageMalformed`.
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Error> {
        if parameters.is_repeated() {
            return Err(malformed("found a parameter of the signature twice"));
        }
        Ok(Self {
            created: time(parameters, "created")?,
            expires: time(parameters, "expires")?,
            nonce: text(parameters, "nonce")?,
            alg: text(parameters, "alg")?,
            keyid: text(parameters, "keyid")?,
            tag: text(parameters, "tag")?,
        })
    }

    pub(crate) const fn times(&self) -> Times {
        Times { signed_at: self.created, expires: self.expires }
    }

    /// In the order in which they are written here.
    pub(crate) fn write(&self) -> Parameters {
        let mut parameters = Parameters::default();
        for (name, value) in [("created", self.created), ("expires", self.expires)] {
            if let Some(number) = value.and_then(|value| i64::try_from(value).ok()) {
                parameters.insert(name.into(), BareItem::Integer(number));
            }
        }
        let texts = [("nonce", &self.nonce), ("alg", &self.alg), ("keyid", &self.keyid), ("tag", &self.tag)];
        for (name, value) in texts {
            if let Some(value) = value {
                parameters.insert(name.into(), BareItem::String(value.clone()));
            }
        }
        parameters
    }

    /// Checks that those are there that have to be.
    ///
    /// # Errors
    /// `MessageParameterMissing`; `FieldInvalid` for a name that is none of them.
    pub(crate) fn check(&self, required: &[String], tag: Option<&str>) -> Result<(), Error> {
        for name in required {
            let is_there = match name.as_str() {
                "created" => self.created.is_some(),
                "expires" => self.expires.is_some(),
                "nonce" => self.nonce.is_some(),
                "alg" => self.alg.is_some(),
                "keyid" => self.keyid.is_some(),
                "tag" => self.tag.is_some(),
                other => {
                    let known = KNOWN.join(", ");
                    return Err(invalid(format_args!(
                        "found the parameter {other:?}, wanted one of {known}"
                    ))
                    .at("required_parameters"));
                }
            };
            if !is_there {
                return Err(missing(format_args!("found a signature without {name}, wanted one with it")));
            }
        }
        match (tag, self.tag.as_deref()) {
            (Some(wanted), found) if found != Some(wanted) => {
                Err(missing(format_args!("found the tag {found:?}, wanted {wanted:?}")))
            }
            _ => Ok(()),
        }
    }
}

fn time(parameters: &Parameters, name: &str) -> Result<Option<u64>, Error> {
    match parameters.get(name) {
        None => Ok(None),
        Some(BareItem::Integer(seconds)) => {
            u64::try_from(*seconds).map(Some).map_err(|_| malformed(format_args!("found {name} before 1970")))
        }
        Some(_) => Err(malformed(format_args!("found {name} that is no integer"))),
    }
}

fn text(parameters: &Parameters, name: &str) -> Result<Option<String>, Error> {
    match parameters.get(name) {
        None => Ok(None),
        Some(BareItem::String(text)) if text.len() <= MAX_KEY_ID => Ok(Some(text.clone())),
        Some(_) => Err(malformed(format!("found {name} that is no string of at most {MAX_KEY_ID} bytes"))),
    }
}

fn missing(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageParameterMissing, detail)
}
