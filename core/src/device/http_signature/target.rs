//! What a request is for, and the components that are derived from it (RFC 9421 section 2.2).

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    device::{http_signature::fields::is_field_name, malformed},
    error::Error,
    url::Url,
};

/// The longest request target, in bytes.
const MAX_TARGET: usize = 16 * 1024;

/// The target of a request.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) scheme: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) request_target: String,
}

impl Target {
    /// Takes a method and a target URI apart; the request target is that of the origin form unless it is said.
    ///
    /// # Errors
    /// `MessageMalformed`, `UrlMalformed`, `RequestTooLarge`.
    pub(crate) fn read(method: &str, uri: &str, request_target: Option<&str>) -> Result<Self, Error> {
        if !is_field_name(method) || method.len() > 64 {
            return Err(malformed(format_args!("found the method {method:?}, wanted a token")).at("method"));
        }
        let url = Url::read(uri).map_err(|error| error.at("target_uri"))?;
        let absolute = url.scheme_and_authority().filter(|_| !url.has_fragment());
        let (scheme, authority) = absolute.ok_or_else(|| {
            malformed("found a target URI without scheme and host, or with a fragment, wanted it as RFC 9110 7.1 has it")
                .at("target_uri")
        })?;
        let scheme = scheme.to_ascii_lowercase();
        let path = if url.raw_path().is_empty() { "/" } else { url.raw_path() };
        let query = url.query().map(ToString::to_string);
        let own = format!("{path}{}", query.as_ref().map_or_else(String::new, |query| format!("?{query}")));
        let request_target = request_target.unwrap_or(&own);
        if request_target.len() > MAX_TARGET || !request_target.bytes().all(|octet| octet.is_ascii_graphic())
        {
            return Err(
                malformed("found a request target with white space or beyond limits").at("request_target")
            );
        }
        Ok(Self {
            method: method.into(),
            uri: uri.into(),
            authority: normal_authority(&scheme, authority),
            scheme,
            path: path.into(),
            request_target: request_target.into(),
            query,
        })
    }

    /// The value of a query parameter by its encoded name (RFC 9421 section 2.2.8).
    ///
    /// # Errors
    /// What is wrong, in words: there is none of that name, or there are several.
    pub(crate) fn query_param(&self, name: &str) -> Result<String, String> {
        let query = self.query.as_deref().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let mut found = pairs.filter(|(own, _)| encoded(&decoded(own)) == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(encoded(&decoded(value))),
            (None, _) => Err(format!("the query has no parameter {name:?}")),
            (Some(_), Some(_)) => Err(format!("the query has more than one parameter {name:?}")),
        }
    }
}

/// Small letters, and no port that is the scheme's own (RFC 9110 section 4.2.3).
fn normal_authority(scheme: &str, authority: &str) -> String {
    let lower = authority.to_ascii_lowercase();
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    lower.strip_suffix(own_port).or(lower.strip_suffix(':')).unwrap_or(&lower).into()
}

/// The octets of a name or value of `application/x-www-form-urlencoded`.
fn decoded(text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => crate::url::path::octet_of(*high, *low),
            _ => None,
        };
        octets.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    octets
}

/// Percent-encoded as a form is, but for spaces, which are `%20`. What is not UTF-8 is replaced, as a form's parser does.
fn encoded(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    let mut encoded = String::new();
    for octet in text.bytes() {
        match octet {
            b'*' | b'-' | b'.' | b'_' => encoded.push(char::from(octet)),
            octet if octet.is_ascii_alphanumeric() => encoded.push(char::from(octet)),
            octet => encoded.push_str(&format!("%{octet:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn authorities_have_one_form() {
        for (uri, authority, path) in [
            ("https://MDM.example:443/A", "mdm.example", "/A"),
            ("HTTP://mdm.example:80", "mdm.example", "/"),
            ("http://mdm.example:443/", "mdm.example:443", "/"),
            ("https://mdm.example:/?", "mdm.example", "/"),
            ("https://[2001:DB8::1]:8443/a%2fb", "[2001:db8::1]:8443", "/a%2fb"),
        ] {
            let target = Target::read("GET", uri, None).unwrap();
            assert_eq!((target.authority.as_str(), target.path.as_str()), (authority, path));
        }
    }

    #[test]
    fn targets_that_are_none_are_refused() {
        let code = |method: &str, uri: &str, target: Option<&str>| {
            Target::read(method, uri, target).unwrap_err().code
        };
        for (method, uri, target) in [
            ("", "https://a/", None),
            ("GET /", "https://a/", None),
            ("GET", "/a", None),
            ("GET", "https://a/#b", None),
            ("GET", "https://a/", Some("/ b")),
        ] {
            assert_eq!(code(method, uri, target), ErrorCode::MessageMalformed, "{method} {uri}");
        }
        assert_eq!(code("GET", "https://u@a/", None), ErrorCode::UrlMalformed);
    }

    #[test]
    fn a_query_parameter_is_there_once() {
        let target = Target::read("GET", "https://a/?x=1&x=2&%79=%zz+&&z", None).unwrap();
        assert_eq!(target.query_param("y"), Ok("%25zz%20".into()));
        assert_eq!(target.query_param("z"), Ok(String::new()));
        assert!(target.query_param("x").is_err() && target.query_param("").is_err());
    }
}
