//! Writing DER (X.690 section 10), as little of it as the targets need.

/// SEQUENCE.
pub const SEQUENCE: u8 = 0x30;
/// SET.
pub const SET: u8 = 0x31;
/// BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// PrintableString.
pub const PRINTABLE_STRING: u8 = 0x13;
/// Constructed context tag 0.
pub const CONTEXT_0: u8 = 0xa0;

/// Tag, length, and the parts one after the other.
#[must_use]
pub fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut bytes = vec![tag];
    if content.len() < 0x80 {
        bytes.push(content.len() as u8);
    } else {
        let len = content.len().to_be_bytes();
        let zeros = len.iter().take_while(|octet| **octet == 0).count();
        bytes.push(0x80 | (len.len() - zeros) as u8);
        bytes.extend(&len[zeros..]);
    }
    bytes.extend(content);
    bytes
}

/// The first element of some bytes, header included; `None` if its length goes past the end.
#[must_use]
pub fn first(bytes: &[u8]) -> Option<&[u8]> {
    let (header, len) = measure(bytes)?;
    bytes.get(..header.checked_add(len)?)
}

/// The content of the first element of some bytes.
#[must_use]
pub fn content(bytes: &[u8]) -> Option<&[u8]> {
    let (header, len) = measure(bytes)?;
    bytes.get(header..header.checked_add(len)?)
}

/// The elements of some content; what is cut off at the end is left out.
pub fn elements(mut content: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let element = first(content)?;
        content = &content[element.len()..];
        Some(element)
    })
}

fn measure(bytes: &[u8]) -> Option<(usize, usize)> {
    let short = *bytes.get(1)?;
    if short < 0x80 {
        return Some((2, usize::from(short)));
    }
    let count = usize::from(short & 0x7f);
    if count == 0 || count > 4 {
        return None;
    }
    let octets = bytes.get(2..2 + count)?;
    let len = octets.iter().fold(0, |len, octet| len << 8 | usize::from(*octet));
    Some((2 + count, len))
}

#[cfg(test)]
mod tests {
    use super::{OCTET_STRING, content, element, first};

    #[test]
    fn lengths() {
        for len in [0, 1, 0x7f, 0x80, 0xff, 0x100, 70_000] {
            let bytes = element(OCTET_STRING, &[&vec![7; len], &[]]);
            assert_eq!(first(&bytes), Some(&bytes[..]));
            assert_eq!(content(&bytes).map(<[u8]>::len), Some(len));
        }
        assert_eq!(first(&[0x30, 0x82, 0x01]), None);
    }
}
