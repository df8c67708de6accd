//! The compact serialization (RFC 7515 section 7.1): header, payload and signature in base64url, with dots between.

use alloc::{string::String, vec::Vec};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{MAX_TOKEN, algorithm::JwsAlgorithm};
use crate::{
    error::{Error, ErrorCode},
    jwk::{MAX_KID, check_kid},
    strict::Strict,
};

/// How deep header and claims may be nested.
const MAX_DEPTH: usize = 8;
/// How many members an object of them may have, and elements a list.
const MAX_MEMBERS: usize = 256;

/// A token taken apart; its signature is not checked yet.
#[derive(Debug)]
pub(crate) struct Compact<'a> {
    pub(crate) header: Header,
    /// What was signed (RFC 7515 5.2 step 8).
    pub(crate) signing_input: &'a [u8],
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// The header parameters that mean something here (RFC 7515 4.1). All others are passed over, `jwk`, `jku`, `x5c` and
/// `x5u` too: a key that comes with a token proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// The algorithm.
    pub(crate) alg: JwsAlgorithm,
    /// The id of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kid: Option<String>,
    /// The media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) typ: Option<String>,
}

impl<'a> Compact<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// `RequestTooLarge`, `JwtMalformed`, `JwtAlgorithmRefused`, `JwtCriticalHeaderUnknown`.
    pub(crate) fn read(token: &'a str) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN {
            return Err(Error::new(
                ErrorCode::RequestTooLarge,
                format_args!("found a token of {} bytes, wanted at most {MAX_TOKEN}", token.len()),
            ));
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or_else(|| parts(token))?;
        let (header, payload) = signing_input.split_once('.').ok_or_else(|| parts(token))?;
        if payload.contains('.') {
            return Err(parts(token));
        }
        if header.is_empty() || signature.is_empty() {
            return Err(malformed("found a token whose header or signature is empty"));
        }
        Ok(Self {
            header: Header::read(&decode("header", header)?)?,
            signing_input: signing_input.as_bytes(),
            payload: decode("payload", payload)?,
            signature: decode("signature", signature)?,
        })
    }
}

impl Header {
    fn read(json: &[u8]) -> Result<Self, Error> {
        let mut header = object("header", json)?;
        if let Some(found) = header.get("crit") {
            return Err(critical(format_args!(
                "found crit {found}, wanted none: no parameter of the header is known that has to be understood"
            )));
        }
        if header.contains_key("b64") {
            return Err(critical("found the parameter b64 (RFC 7797), wanted a payload in base64url"));
        }
        let alg = text(&mut header, "alg")?.ok_or_else(|| malformed("found a header without alg"))?;
        let alg = JwsAlgorithm::read(&alg)?;
        let kid = text(&mut header, "kid")?;
        if kid.as_deref().is_some_and(|kid| check_kid(kid).is_err()) {
            return Err(malformed(format_args!("found a kid that is empty or longer than {MAX_KID} bytes")));
        }
        Ok(Self { alg, kid, typ: text(&mut header, "typ")? })
    }
}

/// Header and claims in JSON as what is to be signed.
///
/// # Errors
/// `RequestTooLarge` if the token would be longer than it may be; `EncodingFailed`, not in practice.
pub(crate) fn signing_input(header: &impl Serialize, claims: &impl Serialize) -> Result<String, Error> {
    let mut input = encode(&json(header)?);
    input.push('.');
    input.push_str(&encode(&json(claims)?));
    Ok(input)
}

/// What was signed with its signature.
///
/// # Errors
/// `RequestTooLarge`.
pub(crate) fn assemble(mut input: String, signature: &[u8]) -> Result<String, Error> {
    input.push('.');
    input.push_str(&encode(signature));
    if input.len() > MAX_TOKEN {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("the token would have {} bytes, wanted at most {MAX_TOKEN}", input.len()),
        ));
    }
    Ok(input)
}

/// A JSON object in which no member is twice, neither deep nor wide.
///
/// # Errors
/// `JwtMalformed`.
pub(crate) fn object(what: &str, json: &[u8]) -> Result<Map<String, Value>, Error> {
    let mut tree: Strict = serde_json::from_slice(json).map_err(|error| {
        malformed(format_args!("the {what} is not JSON that can be read in one way: {error}"))
    })?;
    if !is_within(&tree.0, MAX_DEPTH) {
        return Err(malformed(format_args!(
            "found a {what} nested deeper than {MAX_DEPTH} or with more than {MAX_MEMBERS} members in one object"
        )));
    }
    match tree.0.take() {
        Value::Object(members) => Ok(members),
        _ => Err(malformed(format_args!("the {what} is JSON, but no object"))),
    }
}

fn is_within(value: &Value, depth: usize) -> bool {
    let Some(below) = depth.checked_sub(1) else { return false };
    match value {
        Value::Array(items) => items.len() <= MAX_MEMBERS && items.iter().all(|item| is_within(item, below)),
        Value::Object(members) => {
            members.len() <= MAX_MEMBERS && members.values().all(|member| is_within(member, below))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn text(header: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match header.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(format_args!("found a header whose {name} is no text"))),
    }
}

/// base64url without padding, white space or bits that say nothing (RFC 7515 section 2).
fn decode(what: &str, text: &str) -> Result<Vec<u8>, Error> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| {
        malformed(format_args!("the {what} is not base64url without padding, white space and unused bits"))
    })
}

fn encode(octets: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(octets)
}

fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    crate::call::json(value)
        .map_err(|_| Error::new(ErrorCode::EncodingFailed, "the token could not be written as JSON"))
}

fn parts(token: &str) -> Error {
    let found = token.split('.').count();
    malformed(format_args!("found {found} parts with dots between, wanted header, payload and signature"))
}

fn critical(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtCriticalHeaderUnknown, detail)
}

pub(crate) fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtMalformed, detail)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn token(header: &str) -> String {
        format!("{}.e30.AA", encode(header.as_bytes()))
    }

    fn code(header: &str) -> ErrorCode {
        Compact::read(&token(header)).unwrap_err().code
    }

    #[test]
    fn a_header_is_read_whatever_else_it_holds() {
        let token =
            token(r#" { "typ": "JWT", "alg" : "ES256", "kid": "k", "jwk": {"kty":"EC"}, "x5u": 7 } "#);
        let read = Compact::read(&token).unwrap();
        let wanted = Header { alg: JwsAlgorithm::Es256, kid: Some("k".into()), typ: Some("JWT".into()) };
        assert_eq!(
            (read.header, read.payload.as_slice(), read.signature.as_slice()),
            (wanted, &b"{}"[..], &[0][..])
        );
    }

    #[test]
    fn headers_that_say_too_much_or_too_little_are_refused() {
        for (header, wanted) in [
            (r#"{"alg":"RS256","alg":"RS256"}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256","\u0061lg":"none"}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256","x":{"y":1,"y":2}}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256"}{}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":["RS256"]}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256","kid":7}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256","kid":""}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256","typ":null}"#, ErrorCode::JwtMalformed),
            (r#"{"typ":"JWT"}"#, ErrorCode::JwtMalformed),
            (r#"["alg"]"#, ErrorCode::JwtMalformed),
            ("\u{feff}{\"alg\":\"RS256\"}", ErrorCode::JwtMalformed),
            (r#"{"alg":"RS256","x":[[[[[[[[1]]]]]]]]}"#, ErrorCode::JwtMalformed),
            (r#"{"alg":"none"}"#, ErrorCode::JwtAlgorithmRefused),
            (r#"{"alg":"HS256"}"#, ErrorCode::JwtAlgorithmRefused),
            (r#"{"alg":"RS256","crit":["exp"],"exp":1}"#, ErrorCode::JwtCriticalHeaderUnknown),
            (r#"{"alg":"RS256","crit":[]}"#, ErrorCode::JwtCriticalHeaderUnknown),
            (r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#, ErrorCode::JwtCriticalHeaderUnknown),
            (r#"{"alg":"RS256","b64":true}"#, ErrorCode::JwtCriticalHeaderUnknown),
        ] {
            assert_eq!(code(header), wanted, "{header}");
        }
        let wide: Vec<_> = (0..=MAX_MEMBERS).map(|index| format!("\"m{index}\":0")).collect();
        assert_eq!(code(&format!("{{{}}}", wide.join(","))), ErrorCode::JwtMalformed);
        let read = Compact::read(&token(r#"{"alg":"RS256","x":[[[[[[1]]]]]]}"#)).map(|_| ());
        assert_eq!(read, Ok(()));
    }

    #[test]
    fn a_token_is_written_in_one_way() {
        let good = token(r#"{"alg":"RS256"}"#);
        let header = good.split('.').next().unwrap();
        Compact::read(&good).unwrap();
        for other in [
            "".into(),
            "..".into(),
            header.into(),
            format!("{header}.e30"),
            format!("{header}.e30."),
            ".e30.AA".into(),
            format!("{good}.AA"),
            format!("{good}.AA.AA"),
            format!("{header}.e30.AB"),
            format!("{header}.e31.AA"),
            format!("{header}.e30=.AA"),
            format!("{header}.e30.AA=="),
            format!("{header}.e30.A"),
            format!("{header}.e30.++++"),
            format!("{header}.e30.////"),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{header} .e30.AA"),
            format!("{header}.e\u{433}30.AA"),
        ] {
            assert_eq!(Compact::read(&other).unwrap_err().code, ErrorCode::JwtMalformed, "{other:?}");
        }
        let long = format!("{header}.{}.AA", "A".repeat(MAX_TOKEN));
        assert_eq!(Compact::read(&long).unwrap_err().code, ErrorCode::RequestTooLarge);
    }
}
