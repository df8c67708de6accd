//! What can be done to a keystore without its password: nothing but the MAC ties its parts together.

use anyhow::{Context, Result, ensure};

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
const OCTET_STRING: u8 = 0x04;
const EXPLICIT_0: u8 = 0xa0;
/// id-data (RFC 5652 section 4), CertBag and x509Certificate (RFC 7292 section 4.2.3), each a whole element.
const ID_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const CERT_BAG: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03";
const X509_CERTIFICATE: &[u8] = b"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01";
/// The attribute that holds the state, 2.25.1399153004.
const STATE: &[u8] = b"\x06\x06\x69\x85\x9b\x95\xc3\x6c";

/// A PFX in DER without its MacData.
pub fn without_mac(pfx: &[u8]) -> Result<Vec<u8>> {
    let [version, auth_safe, _] = parts(pfx)?.try_into().ok().context("wanted a PFX with MacData")?;
    Ok(element(SEQUENCE, &[version, auth_safe]))
}

/// The same with the encrypted certificates replaced by one that stands there in the clear, with a state of our own;
/// the keys, whose names anybody can read, stay as they are.
pub fn with_plain_state(pfx: &[u8], certificate: &[u8], state: &[u8]) -> Result<Vec<u8>> {
    let [version, auth_safe, _] = parts(pfx)?.try_into().ok().context("wanted a PFX with MacData")?;
    let [id_data, wrapped] = parts(auth_safe)?.try_into().ok().context("wanted a ContentInfo")?;
    ensure!(id_data == ID_DATA, "wanted a PFX around data");
    let octets = content(content(wrapped)?)?;
    let [_, keys] = parts(octets)?.try_into().ok().context("wanted certificates and keys")?;
    let value = element(EXPLICIT_0, &[&element(OCTET_STRING, &[certificate])]);
    let value = element(EXPLICIT_0, &[&element(SEQUENCE, &[X509_CERTIFICATE, &value])]);
    let attribute = element(SEQUENCE, &[STATE, &element(SET, &[&element(OCTET_STRING, &[state])])]);
    let bag = element(SEQUENCE, &[CERT_BAG, &value, &element(SET, &[&attribute])]);
    let plain = data(&element(SEQUENCE, &[&bag]));
    Ok(element(SEQUENCE, &[version, &data(&element(SEQUENCE, &[&plain, keys]))]))
}

/// A ContentInfo of the type data.
fn data(octets: &[u8]) -> Vec<u8> {
    let wrapped = element(EXPLICIT_0, &[&element(OCTET_STRING, &[octets])]);
    element(SEQUENCE, &[ID_DATA, &wrapped])
}

/// A DER element.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|octet| **octet == 0).count()..];
    let mut out = vec![tag];
    match content.len() {
        0..=127 => out.extend(significant.last().or(Some(&0))),
        _ => {
            out.push(0x80 | significant.len() as u8);
            out.extend(significant);
        }
    }
    out.extend(content);
    out
}

/// The elements within an element.
fn parts(element: &[u8]) -> Result<Vec<&[u8]>> {
    let (mut rest, mut found) = (content(element)?, Vec::new());
    while !rest.is_empty() {
        let (_, end) = bounds(rest)?;
        let (one, after) = rest.split_at_checked(end).context("a cut element")?;
        found.push(one);
        rest = after;
    }
    Ok(found)
}

fn content(element: &[u8]) -> Result<&[u8]> {
    let (start, end) = bounds(element)?;
    element.get(start..end).context("a cut element")
}

/// Where the content of the first element begins and ends, in DER with a tag of one octet.
fn bounds(element: &[u8]) -> Result<(usize, usize)> {
    let first = usize::from(*element.get(1).context("an element without a length")?);
    if first < 0x80 {
        return Ok((2, 2 + first));
    }
    let start = 2 + (first & 0x7f);
    let length = element.get(2..start).context("a cut length")?;
    Ok((start, start + length.iter().fold(0, |length, octet| length << 8 | usize::from(*octet))))
}

/// The order of P-256 (FIPS 186-4 D.1.2.3).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// A certificate that was signed with a P-256 key, with the signature (r, n - s) in the place of (r, s): as good, and other octets.
pub fn with_other_signature(certificate: &[u8]) -> Result<Vec<u8>> {
    const BIT_STRING: u8 = 0x03;
    const INTEGER: u8 = 0x02;
    let [tbs, algorithm, signature] = parts(certificate)?.try_into().ok().context("wanted a certificate")?;
    let signature = content(signature)?.strip_prefix(b"\0").context("wanted whole octets")?;
    let [r, s] = parts(signature)?.try_into().ok().context("wanted r and s")?;
    let s = content(s)?;
    let mut own = [0; 32];
    let s = s.strip_prefix(b"\0").unwrap_or(s);
    own[32 - s.len()..].copy_from_slice(s);
    let (mut other, mut borrow) = (vec![0; 33], 0_i16);
    for index in (0..32).rev() {
        let difference = i16::from(ORDER[index]) - i16::from(own[index]) - borrow;
        borrow = i16::from(difference < 0);
        other[index + 1] = difference.rem_euclid(256) as u8;
    }
    let leading = other.iter().take_while(|octet| **octet == 0).count();
    let keep = leading - usize::from(other[leading] >= 0x80);
    let signature = element(SEQUENCE, &[r, &element(INTEGER, &[&other[keep..]])]);
    Ok(element(SEQUENCE, &[tbs, algorithm, &element(BIT_STRING, &[b"\0", &signature])]))
}
