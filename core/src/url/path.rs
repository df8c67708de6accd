//! The path of a URL (RFC 3986 section 3.3) in the one form in which two of them are compared.
//!
//! A file server and whoever guards it must see the same file in a path. So what some program somewhere reads in
//! another way is refused, not mended: dot segments, empty segments, encoded slashes, backslashes, double encodings,
//! octets that are no UTF-8. What is left is normalised as RFC 3986 section 6.2.2 has it: unreserved characters are
//! written plainly, other octets as percent signs with capital digits. Letters keep their case.

use alloc::{string::String, vec::Vec};

use super::refused;
use crate::error::Error;

/// The longest path, in bytes.
pub(crate) const MAX_PATH: usize = 4096;

/// An absolute path in its one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(String);

impl Path {
    /// Reads a path; an empty one is `/` (RFC 3986 6.2.3).
    ///
    /// # Errors
    /// `UrlPathRefused`.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_PATH {
            return Err(refused(format_args!(
                "found a path of {} bytes, wanted at most {MAX_PATH}",
                text.len()
            )));
        }
        if text.is_empty() {
            return Ok(Self("/".into()));
        }
        let below =
            text.strip_prefix('/').ok_or_else(|| refused("found a path that does not begin with a slash"))?;
        let mut path = String::with_capacity(text.len());
        let mut segments = below.split('/').peekable();
        while let Some(segment) = segments.next() {
            // The last one is empty where the path ends in a slash.
            if segment.is_empty() && segments.peek().is_some() {
                return Err(refused("found two slashes in a row, wanted one"));
            }
            path.push('/');
            push_segment(&mut path, segment)?;
        }
        Ok(Self(path))
    }

    /// The path in its one form.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this path or lies below it: the prefix ends where a segment ends.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let rest = other.0.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.0.ends_with('/'))
    }
}

fn push_segment(path: &mut String, segment: &str) -> Result<(), Error> {
    let octets = decode(segment)?;
    let plain =
        core::str::from_utf8(&octets).map_err(|_| refused("found octets in a path that are no UTF-8"))?;
    // `..;x` is `..` where parameters are cut off, `.. ` where spaces are.
    let name = plain.split(';').next().unwrap_or_default();
    if !segment.is_empty() && name.trim_matches(['.', ' ']).is_empty() {
        return Err(refused(format_args!("found the segment {segment:?}, wanted the path without it")));
    }
    if plain.chars().any(|character| character.is_control() || matches!(character, '/' | '\\')) {
        return Err(refused(format_args!(
            "found a slash, a backslash or a control character encoded in {segment:?}"
        )));
    }
    if has_escape(plain) {
        return Err(refused(format_args!("found {segment:?}, which is encoded twice")));
    }
    let mut rest = segment.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            path.push(octet.into());
            continue;
        }
        let encoded =
            rest.next().zip(rest.next()).and_then(|(high, low)| octet_of(high, low)).unwrap_or_default();
        match is_unreserved(encoded) {
            true => path.push(encoded.into()),
            false => push_encoded(path, encoded),
        }
    }
    Ok(())
}

/// The octets of a segment.
fn decode(segment: &str) -> Result<Vec<u8>, Error> {
    let mut octets = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'%' {
            let encoded = rest.next().zip(rest.next()).and_then(|(high, low)| octet_of(high, low));
            octets.push(encoded.ok_or_else(|| {
                refused("found a percent sign that is not followed by two hexadecimal digits")
            })?);
        } else if is_unreserved(octet) || b"!$&'()*+,;=:@".contains(&octet) {
            octets.push(octet);
        } else {
            return Err(refused(format_args!(
                "found {segment:?} with a character that a path does not have, wanted it percent-encoded"
            )));
        }
    }
    Ok(octets)
}

/// Whether a text that was decoded once could be decoded again.
fn has_escape(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| match three {
        [b'%', high, low] => octet_of(*high, *low).is_some(),
        _ => false,
    })
}

/// Two hexadecimal digits.
pub(crate) fn octet_of(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

fn push_encoded(path: &mut String, octet: u8) {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0').to_ascii_uppercase();
    path.extend(['%', digit(octet >> 4), digit(octet & 15)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn read(text: &str) -> String {
        Path::read(text).unwrap().as_str().into()
    }

    #[test]
    fn there_is_one_form() {
        for (text, wanted) in [
            ("", "/"),
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("/a/b/", "/a/b/"),
            ("/%61/%7e%2D", "/a/~-"),
            ("/a%20b%c3%a4", "/a%20b%C3%A4"),
            ("/a%21!%3b;", "/a%21!%3B;"),
            ("/100%25", "/100%25"),
            ("/100%25zz", "/100%25zz"),
            ("/a.b/..c/.d/e./...f", "/a.b/..c/.d/e./...f"),
            ("/A/a", "/A/a"),
            ("/a%3Fb%23c", "/a%3Fb%23c"),
        ] {
            assert_eq!(read(text), wanted);
            assert_eq!(read(wanted), wanted);
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for text in [
            "a/b",
            "//",
            "//a",
            "/a//b",
            "/a/../b",
            "/a/..",
            "/..",
            "/.",
            "/a/./b",
            "/%2e%2e/b",
            "/a/%2E./b",
            "/.%2e",
            "/a/..;x/b",
            "/a/.;/b",
            "/a/..%3bx",
            "/a/%20",
            "/a/..%20/b",
            "/a/...",
            "/;x",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/a%0ab",
            "/a%7f",
            "/a%252e%252e",
            "/a%252fb",
            "/%25%32%65",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%+1",
            "/a b",
            "/a?b",
            "/a#b",
            "/ä",
            "/a%ff",
            "/%c0%ae%c0%ae/b",
            "/%c2%85",
            "/a[b]",
            "/a|b",
            "/a\"b",
        ] {
            assert_eq!(Path::read(text).unwrap_err().code, ErrorCode::UrlPathRefused, "{text}");
        }
        let long = alloc::format!("/{}", "a".repeat(MAX_PATH));
        assert_eq!(Path::read(&long).unwrap_err().code, ErrorCode::UrlPathRefused);
    }

    #[test]
    fn a_prefix_ends_where_a_segment_ends() {
        let covers =
            |prefix: &str, path: &str| Path::read(prefix).unwrap().covers(&Path::read(path).unwrap());
        for (prefix, path) in [
            ("/a/b", "/a/b"),
            ("/a/b", "/a/b/"),
            ("/a/b", "/a/b/c"),
            ("/a/b/", "/a/b/c"),
            ("/", "/"),
            ("/", "/x/y"),
            ("/a/b", "/%61/b/c"),
        ] {
            assert!(covers(prefix, path), "{prefix} {path}");
        }
        for (prefix, path) in [
            ("/a/b", "/a/bc"),
            ("/a/b", "/a"),
            ("/a/b", "/A/b"),
            ("/a/b/", "/a/b"),
            ("/a/b", "/a/b.txt"),
            ("/a/b", "/a/b;c"),
            ("/a/b", "/a/b%20"),
        ] {
            assert!(!covers(prefix, path), "{prefix} {path}");
        }
    }
}
