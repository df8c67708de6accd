//! URLs that carry a token (RFC 3986): taken apart without being changed, so that what comes out is what went in.

pub(crate) mod path;

use alloc::{format, string::String, vec::Vec};

use crate::{
    error::{Error, ErrorCode},
    jwt::MAX_TOKEN,
};
use path::{Path, octet_of};

/// The longest URL without its token, in bytes.
const MAX_URL: usize = 8192;
/// The longest name of a parameter, in bytes.
const MAX_PARAMETER: usize = 64;

/// A URL with `http` or `https`, or the part of one that a request line has (RFC 9112 3.2.1).
#[derive(Debug)]
pub(crate) struct Url<'a> {
    /// Scheme and authority, or nothing.
    origin: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Takes a URL apart (RFC 3986 appendix B).
    ///
    /// # Errors
    /// `RequestTooLarge`, `UrlMalformed`.
    pub(crate) fn read(text: &'a str) -> Result<Self, Error> {
        let limit = MAX_URL.saturating_add(MAX_TOKEN);
        if text.len() > limit {
            let detail = format_args!("found a URL of {} bytes, wanted at most {limit}", text.len());
            return Err(Error::new(ErrorCode::RequestTooLarge, detail));
        }
        if !text.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&octet)) {
            return Err(malformed("found a character that a URL does not have, wanted it percent-encoded"));
        }
        let (rest, fragment) = split(text, '#');
        let (rest, query) = split(rest, '?');
        if fragment.is_some_and(|fragment| fragment.contains('#')) {
            return Err(malformed("found a second number sign"));
        }
        let (origin, path) = split_origin(rest)?;
        Ok(Self { origin, path, query, fragment })
    }

    /// Its path in the one form.
    ///
    /// # Errors
    /// `UrlPathRefused`.
    pub(crate) fn path(&self) -> Result<Path, Error> {
        Path::read(self.path)
    }

    /// Scheme and authority as they stand there; nothing for the part that a request line has.
    pub(crate) fn scheme_and_authority(&self) -> Option<(&'a str, &'a str)> {
        self.origin.split_once("://")
    }

    /// The path as it stands there.
    pub(crate) const fn raw_path(&self) -> &'a str {
        self.path
    }

    /// The query as it stands there, without its question mark.
    pub(crate) const fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// Whether it ends with a fragment, which no server is sent.
    pub(crate) const fn has_fragment(&self) -> bool {
        self.fragment.is_some()
    }

    /// The URL with one parameter more at the end of its query.
    ///
    /// # Errors
    /// `UrlTokenRepeated` if it has one of that name; `RequestTooLarge`.
    pub(crate) fn with(&self, parameter: &Parameter, value: &str) -> Result<String, Error> {
        if self.pairs().any(|pair| parameter.is_of(pair)) {
            return Err(repeated(format_args!(
                "the URL has a parameter {:?} already; take it away or name another one",
                parameter.0
            )));
        }
        let length =
            [self.origin, self.path, self.query.unwrap_or_default(), self.fragment.unwrap_or_default()];
        let length = length.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        if length > MAX_URL {
            let detail = format_args!("found a URL of {length} bytes, wanted at most {MAX_URL}");
            return Err(Error::new(ErrorCode::RequestTooLarge, detail));
        }
        let pair = format!("{}={value}", parameter.0);
        let query = match self.query {
            Some(query) => format!("{query}&{pair}"),
            None => pair,
        };
        Ok(self.text(Some(&query)))
    }

    /// The URL without the parameter, and the parameter's value as it stands there.
    ///
    /// # Errors
    /// `UrlTokenMissing`, `UrlTokenRepeated`.
    pub(crate) fn without(&self, parameter: &Parameter) -> Result<(String, &'a str), Error> {
        let mut found = None;
        let mut others: Vec<&str> = Vec::new();
        for pair in self.pairs() {
            if !parameter.is_of(pair) {
                others.push(pair);
            } else if found.replace(pair).is_some() {
                return Err(repeated(format_args!(
                    "found more than one parameter {:?}, wanted one",
                    parameter.0
                )));
            }
        }
        let pair = found.ok_or_else(|| {
            Error::new(
                ErrorCode::UrlTokenMissing,
                format_args!("found no parameter {:?}, wanted one with a token", parameter.0),
            )
        })?;
        let value = pair
            .strip_prefix(parameter.0.as_str())
            .and_then(|rest| rest.strip_prefix('='))
            .ok_or_else(|| {
                let name = pair.split('=').next().unwrap_or_default();
                repeated(format_args!(
                    "found a parameter written {name:?}, wanted {:?} with a value",
                    parameter.0
                ))
            })?;
        let query = others.join("&");
        Ok((self.text((!others.is_empty()).then_some(query.as_str())), value))
    }

    fn pairs(&self) -> impl Iterator<Item = &'a str> {
        self.query.into_iter().flat_map(|query| query.split('&'))
    }

    fn text(&self, query: Option<&str>) -> String {
        let mut text = format!("{}{}", self.origin, self.path);
        for (mark, part) in [('?', query), ('#', self.fragment)] {
            if let Some(part) = part {
                text.push(mark);
                text.push_str(part);
            }
        }
        text
    }
}

/// The name of the parameter that holds the token.
#[derive(Debug)]
pub(crate) struct Parameter(String);

impl Parameter {
    /// The name; `token` if none is given.
    ///
    /// # Errors
    /// `FieldInvalid`.
    pub(crate) fn read(name: Option<&str>) -> Result<Self, Error> {
        let name = name.unwrap_or("token");
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'~');
        if name.is_empty() || name.len() > MAX_PARAMETER || !name.bytes().all(plain) {
            let detail = format_args!(
                "found the name {name:?}, wanted 1 to {MAX_PARAMETER} letters, digits, '-', '_', '.' and '~'"
            );
            return Err(Error::new(ErrorCode::FieldInvalid, detail).at("parameter"));
        }
        Ok(Self(name.into()))
    }

    /// Whether a server takes a pair of a query for this parameter, however its name is encoded.
    fn is_of(&self, pair: &str) -> bool {
        let mut name = pair.split('=').next().unwrap_or_default().bytes();
        let mut wanted = self.0.bytes();
        while let Some(octet) = name.next() {
            let decoded = match octet {
                b'%' => name.next().zip(name.next()).and_then(|(high, low)| octet_of(high, low)),
                plain => Some(plain),
            };
            if decoded.is_none() || decoded != wanted.next() {
                return false;
            }
        }
        wanted.next().is_none()
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Scheme with authority, and path.
fn split_origin(text: &str) -> Result<(&str, &str), Error> {
    let lower: String = text.chars().take(8).map(|character| character.to_ascii_lowercase()).collect();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let Some(scheme) = scheme else {
        return match text.starts_with('/') {
            true => Ok(("", text)),
            false => Err(malformed("found a URL that begins neither with https://, http:// nor a slash")),
        };
    };
    let authority = text.get(scheme.len()..).unwrap_or_default();
    let authority = authority.split('/').next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') || authority.contains('%') {
        return Err(malformed("found no host, or one with a user name or percent signs"));
    }
    Ok(text.split_at_checked(scheme.len().saturating_add(authority.len())).unwrap_or((text, "")))
}

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::UrlMalformed, detail)
}

fn repeated(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::UrlTokenRepeated, detail)
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::UrlPathRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter() -> Parameter {
        Parameter::read(None).unwrap()
    }

    #[test]
    fn a_token_goes_in_and_comes_out() {
        for (url, with) in [
            ("https://h/a", "https://h/a?token=x.y.z"),
            ("https://h", "https://h?token=x.y.z"),
            ("/a/b", "/a/b?token=x.y.z"),
            ("HTTP://h:8080/a?q=1#f", "HTTP://h:8080/a?q=1&token=x.y.z#f"),
            ("https://[::1]/?", "https://[::1]/?&token=x.y.z"),
            ("https://h/?#", "https://h/?&token=x.y.z#"),
            ("https://h/#f?g", "https://h/?token=x.y.z#f?g"),
            ("/a?&&b==c?d/e", "/a?&&b==c?d/e&token=x.y.z"),
            ("/a?xtoken=1&Token=2&tokens&a=token", "/a?xtoken=1&Token=2&tokens&a=token&token=x.y.z"),
        ] {
            assert_eq!(Url::read(url).unwrap().with(&parameter(), "x.y.z").unwrap(), with);
            assert_eq!(Url::read(with).unwrap().without(&parameter()).unwrap(), (url.into(), "x.y.z"));
        }
        let first = Url::read("/a?token=x&b=1").unwrap().without(&parameter()).unwrap();
        assert_eq!(first, ("/a?b=1".into(), "x"));
    }

    #[test]
    fn there_is_one_token() {
        let without = |url: &str| Url::read(url).unwrap().without(&parameter()).unwrap_err().code;
        for url in ["/a", "/a?", "/a?b=1", "/a?Token=x", "/a#token=x", "/a?b=1;token=x"] {
            assert_eq!(without(url), ErrorCode::UrlTokenMissing, "{url}");
        }
        for url in
            ["/a?token=x&token=x", "/a?token=x&%74oken=y", "/a?token=x&token", "/a?%74oken=x", "/a?token"]
        {
            assert_eq!(without(url), ErrorCode::UrlTokenRepeated, "{url}");
        }
        for url in ["/a?token=x", "/a?%74%6f%6B%65n=x", "/a?token", "/a?b&token="] {
            let with = Url::read(url).unwrap().with(&parameter(), "x");
            assert_eq!(with.unwrap_err().code, ErrorCode::UrlTokenRepeated, "{url}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in [
            "",
            "a/b",
            "ftp://h/a",
            "https:/h",
            "https:///a",
            "https://?a",
            "https://u:p@h/a",
            "https://h%00/a",
            "/a b",
            "/a\n",
            "/ä",
            "/a\\b",
            "/a#b#c",
            "javascript:x",
            "/a<b",
        ] {
            assert_eq!(Url::read(url).unwrap_err().code, ErrorCode::UrlMalformed, "{url}");
        }
        let long = format!("/{}", "a".repeat(MAX_URL));
        assert_eq!(
            Url::read(&long).unwrap().with(&parameter(), "x").unwrap_err().code,
            ErrorCode::RequestTooLarge
        );
        let long = format!("/{}", "a".repeat(MAX_URL + MAX_TOKEN));
        assert_eq!(Url::read(&long).unwrap_err().code, ErrorCode::RequestTooLarge);
        for name in ["", "a b", "a=b", "%74oken", "tökén"] {
            assert_eq!(Parameter::read(Some(name)).unwrap_err().code, ErrorCode::FieldInvalid, "{name}");
        }
    }
}
