//! What clients put into a URL or a body, read as they mean it.

use base64ct::{Base64Unpadded, Encoding};

/// The value of a query parameter, percent-decoded; `+` stays `+`, since it is base64 here.
///
/// Names are compared without case. A value goes on to the next `&`, over further `=`.
pub(super) fn parameter(query: &str, name: &str) -> Option<Vec<u8>> {
    query.split('&').find_map(|pair| {
        let (found, value) = pair.split_once('=').unwrap_or((pair, ""));
        found.eq_ignore_ascii_case(name).then(|| percent_decode(value))
    })
}

/// A message in base64 as clients send it: either alphabet, with or without `=`, with line breaks,
/// with `+` that some layer turned into a space.
///
/// # Errors
/// `None` if it is not base64 even so, or empty.
pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain = String::with_capacity(text.len());
    for &byte in text.trim_ascii() {
        match byte {
            b'\r' | b'\n' | b'\t' | b'=' => {}
            b' ' | b'-' => plain.push('+'),
            b'_' => plain.push('/'),
            _ => plain.push(char::from(byte)),
        }
    }
    let decoded = Base64Unpadded::decode_vec(&plain).ok();
    decoded.filter(|message| !message.is_empty())
}

/// A body: DER (or BER) as it is, or base64 text of it. `None` if it is neither.
pub(super) fn from_body(body: &[u8]) -> Option<Vec<u8>> {
    const SEQUENCE: u8 = 0x30;
    match body.first() {
        // "0" is 0x30 too, but no CMS message in base64 starts with it: they start with "MI".
        Some(&SEQUENCE) => Some(body.to_vec()),
        Some(_) => from_base64(body),
        None => None,
    }
}

/// `%41` as `A`; what is no escape stays as it is.
pub(super) fn percent_decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = match after {
            [high, low, ..] if byte == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = &after[2..];
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Base64Url};

    /// Bytes whose base64 has `+`, `/` and padding.
    fn message() -> Vec<u8> {
        let mut bytes = vec![0x30, 0x82, 0x01, 0x00, 0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff];
        bytes.extend((0..=255).rev());
        bytes
    }

    fn read(query: &str) -> Option<Vec<u8>> {
        from_base64(&parameter(query, "message")?)
    }

    fn with_line_breaks(text: &str, line_break: &str) -> String {
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        lines.join(line_break)
    }

    #[test]
    fn both_alphabets_with_and_without_padding() {
        let (standard, url) = (Base64::encode_string(&message()), Base64Url::encode_string(&message()));
        assert!(standard.contains('+') && standard.contains('/') && standard.ends_with('='));
        for text in [standard, url] {
            for text in [text.as_str(), text.trim_end_matches('=')] {
                assert_eq!(read(&format!("operation=PKIOperation&message={text}")), Some(message()));
            }
        }
    }

    #[test]
    fn each_way_to_escape() {
        let text = Base64::encode_string(&message());
        let all = text.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
        let apple = text.replace('=', "%3D"); // macOS escapes nothing else
        let spaced = text.replace('+', " "); // a proxy decoded the query as a form
        let escaped_spaces = text.replace('+', "%20");
        for text in [all, apple, spaced, escaped_spaces] {
            assert_eq!(read(&format!("message={text}&operation=PKIOperation")), Some(message()));
        }
    }

    #[test]
    fn line_breaks_are_no_part_of_it() {
        let text = Base64::encode_string(&message());
        let strongswan = with_line_breaks(&text, "\n").replace('\n', "%0A").replace('+', "%2B");
        let cisco = with_line_breaks(&text, "\r\n").replace('\r', "%0D").replace('\n', "%0A");
        let ending = format!("{}%0A", text.replace('+', "%2B"));
        for text in [strongswan, cisco, ending] {
            assert_eq!(read(&format!("message={text}")), Some(message()));
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["", "=", "%", "a", "äöü", "MII*", "%0A"] {
            assert_eq!(read(&format!("message={text}")), None, "{text:?}");
        }
        assert_eq!(read("operation=PKIOperation"), None);
    }

    #[test]
    fn bodies_are_der_or_text() {
        assert_eq!(from_body(&message()), Some(message()));
        let text = with_line_breaks(&Base64::encode_string(&message()), "\r\n");
        assert_eq!(from_body(text.as_bytes()), Some(message()));
        assert_eq!(from_body(b""), None);
        assert_eq!(from_body(b"<html>"), None);
    }

    #[test]
    fn parameters_are_found_without_case_and_whole() {
        assert_eq!(parameter("Operation=GetCACaps&message=a=b", "operation").unwrap(), b"GetCACaps");
        assert_eq!(parameter("operation=x&message=a=b", "message").unwrap(), b"a=b");
        assert_eq!(parameter("operation", "operation").unwrap(), b"");
        assert_eq!(parameter("", "operation"), None);
        assert_eq!(percent_decode("%zz%4"), b"%zz%4");
    }
}
