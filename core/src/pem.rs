//! Textual encodings (RFC 7468), read as they are found in the field.

use alloc::{format, string::String, vec::Vec};

use core::mem;

use base64ct::Base64;
use der::pem::{LineEnding, encode_string};
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorCode},
    secret,
};

/// How many blocks one text may hold.
pub const MAX_BLOCKS: usize = 256;

/// One block: its label and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The label between `BEGIN` and the dashes.
    pub label: String,
    /// What its header `DEK-Info` says, if the block is encrypted as RFC 1421 has it; `der` is not DER then.
    pub dek_info: Option<String>,
    /// The decoded bytes; they may be a private key, so they are wiped.
    pub der: Zeroizing<Vec<u8>>,
}

/// Writes DER as a PEM block with lines of 64 characters, each ended by a line feed.
///
/// # Errors
/// `EncodingFailed` if the label is not one that PEM can carry.
pub fn encode(label: &str, der: &[u8]) -> Result<String, Error> {
    encode_string(label, LineEnding::LF, der).map_err(|_| {
        Error::new(ErrorCode::EncodingFailed, format_args!("cannot write PEM with the label {label}"))
    })
}

/// Every block of a text. Anything between blocks is skipped, as are headers within a block
/// (RFC 1421); lines may have any length and any ending.
///
/// # Errors
/// `PemMalformed` if a block does not end, is not base64, or there are more than [`MAX_BLOCKS`].
pub fn decode_all(text: &str) -> Result<Vec<Block>, Error> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after_begin)) = rest.split_once("-----BEGIN ") {
        if blocks.len() >= MAX_BLOCKS {
            return Err(malformed(format_args!("found more than {MAX_BLOCKS} PEM blocks")));
        }
        let (block, after) = decode_first(after_begin)?;
        blocks.push(block);
        rest = after;
    }
    Ok(blocks)
}

/// The first block with one of `labels`.
///
/// # Errors
/// `PemMalformed` if there is none; the detail names what was found instead.
pub fn decode(text: &str, labels: &[&str]) -> Result<Vec<u8>, Error> {
    let blocks = decode_all(text)?;
    let found = blocks.first().map(|block| block.label.clone());
    let wanted = blocks.into_iter().find(|block| labels.contains(&block.label.as_str()));
    wanted.map(|mut block| mem::take(&mut *block.der)).ok_or_else(|| {
        let wanted = labels.join(" or ");
        malformed(match found {
            Some(label) => format!("found a PEM block {label:?}, wanted {wanted}"),
            None => format!("found no PEM block, wanted {wanted}"),
        })
    })
}

fn decode_first(after_begin: &str) -> Result<(Block, &str), Error> {
    let (label, body) = after_begin
        .split_once("-----")
        .filter(|(label, _)| label.len() <= 64 && !label.contains('\n'))
        .ok_or_else(|| malformed("found a PEM block whose first line does not end in five dashes"))?;
    let end = format!("-----END {label}-----");
    let (base64, after) =
        body.split_once(&end).ok_or_else(|| malformed(format_args!("found no line {end:?}")))?;
    let der = decode_body(base64)
        .ok_or_else(|| malformed(format_args!("the PEM block {label:?} is not base64")))?;
    Ok((Block { label: label.into(), dek_info: dek_info(base64), der }, after))
}

/// The octets of all lines that are not headers.
fn decode_body(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Room for all of it at once: what is outgrown is not wiped, and this may be a private key.
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for line in text.lines().filter(|line| !line.contains(':')) {
        // Without an early end the compiler looks at many octets at once.
        if line.bytes().fold(true, |so_far, octet| so_far & octet.is_ascii_graphic()) {
            digits.extend_from_slice(line.as_bytes());
        } else {
            line.split_ascii_whitespace().for_each(|part| digits.extend_from_slice(part.as_bytes()));
        }
    }
    secret::decode::<Base64>(digits.as_slice())
}

/// The value of `DEK-Info` where `Proc-Type` says that there is one (RFC 1421 section 4.6.1).
fn dek_info(body: &str) -> Option<String> {
    let mut headers = body.lines().skip(1).map_while(|line| line.split_once(':'));
    if !headers.any(|(name, value)| name.trim() == "Proc-Type" && value.contains("ENCRYPTED")) {
        return None;
    }
    let (_, info) = headers.find(|(name, _)| name.trim() == "DEK-Info")?;
    Some(info.trim().into())
}

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::PemMalformed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_tools_write() {
        let text = "subject=CN = x\r\n-----BEGIN A B-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\nAQ\r\nID\r\n-----END A B-----\n-----BEGIN C-----\nBA U\tG \n-----END C-----";
        let blocks = decode_all(text).unwrap();
        assert_eq!(blocks.len(), 2);
        assert_eq!(*blocks[0].der, [1, 2, 3]);
        assert_eq!(decode(text, &["C"]).unwrap(), [4, 5, 6]);
        assert_eq!(decode(text, &["D"]).unwrap_err().code, ErrorCode::PemMalformed);
        assert!(decode_all("-----BEGIN X-----\nAAAA").is_err());
        for wrong in ["!!!!", "AAA", "AR==", "AQJ=", "AQ==AQ=="] {
            let text = format!("-----BEGIN X-----\n{wrong}\n-----END X-----");
            assert!(decode_all(&text).is_err(), "{wrong}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        let text = encode("CERTIFICATE", &[7; 100]).unwrap();
        assert_eq!(decode(&text, &["CERTIFICATE"]).unwrap(), [7; 100]);
    }
}
