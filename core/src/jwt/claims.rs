//! The claims of a token (RFC 7519 section 4) as they were found.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::{check_text, compact, invalid};
use crate::error::{Error, ErrorCode};

/// The last second of the year 9999.
const MAX_TIME: u64 = 253_402_300_799;

/// The names that a token of the compatible shape has its claims by.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ClaimNames {
    /// Of the subject: `sub`.
    pub subject: String,
    /// Of the issuer: `iss`.
    pub issuer: String,
    /// Of the time from which on the token is not good any more: `exp`.
    pub expires: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self { subject: "sub".into(), issuer: "iss".into(), expires: "exp".into() }
    }
}

impl ClaimNames {
    /// # Errors
    /// `FieldInvalid` for an empty name, one that is there twice, or a registered one for another claim.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let names = [(&self.subject, "sub"), (&self.issuer, "iss"), (&self.expires, "exp")];
        for (index, (name, own)) in names.iter().enumerate() {
            check_text("names", name)?;
            let is_anothers = REGISTERED.contains(&name.as_str()) && name.as_str() != *own;
            let is_twice = names.iter().skip(index.saturating_add(1)).any(|(other, _)| other == name);
            if is_anothers || is_twice {
                return Err(invalid(format_args!("found the name {name:?}, which is that of another claim"))
                    .at("names"));
            }
        }
        Ok(())
    }
}

/// Names with a meaning of their own (RFC 7519 4.1, and those of the bound shape).
const REGISTERED: [&str; 10] =
    ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "path", "path_prefix", "device"];

/// The claims of a token.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Reads a payload.
    ///
    /// # Errors
    /// `JwtMalformed` if it is no JSON object that can be read in one way.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Error> {
        compact::object("payload", payload).map(Self)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A claim that is a text, if it is there.
    ///
    /// # Errors
    /// `JwtClaimInvalid`.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(claim_invalid(name, "text")),
        }
    }

    /// A claim that is a time (NumericDate, RFC 7519 section 2): the first whole second that is not before it.
    ///
    /// # Errors
    /// `JwtClaimInvalid` for what is no number, and a number that is no time from 1970 to 9999.
    pub(crate) fn time(&self, name: &str) -> Result<Option<u64>, Error> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let seconds = value.as_number().and_then(whole_seconds).filter(|seconds| *seconds <= MAX_TIME);
        match seconds {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(claim_invalid(name, "number of seconds since 1970, up to the year 9999")),
        }
    }

    /// The audiences: one text, or a list of them (RFC 7519 4.1.3).
    ///
    /// # Errors
    /// `JwtClaimInvalid`.
    pub(crate) fn audiences(&self) -> Result<Option<Vec<&str>>, Error> {
        let wrong = || claim_invalid("aud", "text or list of texts");
        match self.0.get("aud") {
            None => Ok(None),
            Some(Value::String(one)) => Ok(Some(alloc::vec![one])),
            Some(Value::Array(several)) => {
                several.iter().map(|one| one.as_str().ok_or_else(wrong)).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(wrong()),
        }
    }
}

/// The number rounded up, from its digits: there is no arithmetic with floats here.
fn whole_seconds(number: &Number) -> Option<u64> {
    if let Some(seconds) = number.as_u64() {
        return Some(seconds);
    }
    let digits = number.to_string();
    let (whole, fraction) = digits.split_once('.')?;
    let whole: u64 = whole.parse().ok()?;
    match fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        true => whole.checked_add(fraction.bytes().any(|digit| digit != b'0').into()),
        // An exponent: beyond what is a time, or so small that nobody meant it.
        false => None,
    }
}

fn claim_invalid(name: &str, wanted: &str) -> Error {
    Error::new(ErrorCode::JwtClaimInvalid, format_args!("found the claim {name:?} that is no {wanted}"))
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn times_may_have_fractions() {
        let time = |json: &str| {
            let claims = Claims::read(format!("{{\"exp\":{json}}}").as_bytes()).unwrap();
            claims.time("exp").map_err(|error| error.code)
        };
        for (json, wanted) in [
            ("0", 0),
            ("1795000000", 1_795_000_000),
            ("1795000000.0", 1_795_000_000),
            ("1795000000.25", 1_795_000_001),
            ("1.795e9", 1_795_000_000),
            ("17950000005e-1", 1_795_000_001),
            ("253402300799", MAX_TIME),
        ] {
            assert_eq!(time(json), Ok(Some(wanted)), "{json}");
        }
        for json in [
            "-1",
            "-0.5",
            "1e300",
            "1e-9",
            "253402300800",
            "1795000000000",
            "18446744073709551616",
            "\"1795000000\"",
            "null",
            "true",
            "[1]",
        ] {
            assert_eq!(time(json), Err(ErrorCode::JwtClaimInvalid), "{json}");
        }
    }

    #[test]
    fn an_audience_is_one_or_several() {
        let audiences = |json: &str| {
            let claims = Claims::read(json.as_bytes()).unwrap();
            let found = claims.audiences().map_err(|error| error.code)?;
            Ok(found.map(|texts| texts.join("|")))
        };
        assert_eq!(audiences("{}"), Ok(None));
        assert_eq!(audiences(r#"{"aud":"a"}"#), Ok(Some("a".into())));
        assert_eq!(audiences(r#"{"aud":["a","b"]}"#), Ok(Some("a|b".into())));
        for json in [r#"{"aud":7}"#, r#"{"aud":["a",7]}"#, r#"{"aud":null}"#, r#"{"aud":{"a":1}}"#] {
            assert_eq!(audiences(json), Err(ErrorCode::JwtClaimInvalid), "{json}");
        }
    }

    #[test]
    fn claims_are_an_object_with_each_name_once() {
        for json in [
            "[]",
            "7",
            "",
            "foo",
            r#"{"exp":1,"exp":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            "{} x",
            "{\"a\":\"\u{0}\"}",
        ] {
            assert_eq!(Claims::read(json.as_bytes()).unwrap_err().code, ErrorCode::JwtMalformed, "{json}");
        }
        assert_eq!(Claims::read(b"{\"a\":\"\xff\"}").unwrap_err().code, ErrorCode::JwtMalformed);
    }

    #[test]
    fn names_do_not_collide() {
        let names = |subject: &str, issuer: &str, expires: &str| {
            ClaimNames { subject: subject.into(), issuer: issuer.into(), expires: expires.into() }
                .check()
                .is_ok()
        };
        assert!(names("user", "app", "until") && names("sub", "iss", "exp"));
        assert!(!names("a", "a", "exp") && !names("sub", "iss", "sub") && !names("iss", "sub", "exp"));
        assert!(!names("", "iss", "exp") && !names("path", "iss", "exp") && !names("sub", "iss", "aud"));
    }
}
