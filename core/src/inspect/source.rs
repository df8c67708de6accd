//! From the text that a person pasted to DER: PEM blocks (RFC 7468), base64 or base64url.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use base64ct::{Base64Unpadded, Base64UrlUnpadded};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};
use crate::{pem, secret};

/// One object before anybody looked inside.
pub(crate) struct Block {
    /// The PEM label.
    pub(crate) label: Option<String>,
    /// The cipher of a block that is encrypted as RFC 1421 has it; `der` is not DER then.
    pub(crate) legacy_cipher: Option<String>,
    /// The octets; they may be a private key, so they are wiped.
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// The objects in a text.
pub(crate) fn blocks(input: &str) -> Result<Vec<Block>, Error> {
    if !input.contains(BEGIN) {
        return Ok(alloc::vec![Block { label: None, legacy_cipher: None, der: base64(input)? }]);
    }
    let cipher = |info: String| info.split(',').next().unwrap_or_default().trim().to_string();
    Ok(pem::decode_all(input)?
        .into_iter()
        .map(|block| Block {
            label: Some(block.label),
            legacy_cipher: block.dek_info.map(cipher),
            der: block.der,
        })
        .collect())
}

fn base64(input: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Room for all of it at once: what is outgrown is not wiped.
    let mut digits = Zeroizing::new(String::with_capacity(input.len()));
    digits.extend(input.chars().filter(|character| !character.is_ascii_whitespace() && *character != '='));
    secret::decode::<Base64UrlUnpadded>(&digits)
        .or_else(|| secret::decode::<Base64Unpadded>(&digits))
        .filter(|der| !der.is_empty())
        .ok_or_else(|| {
            Error::new(
                ErrorCode::PemMalformed,
                "found text that is neither, wanted a PEM block or DER in base64 or base64url",
            )
        })
}

const BEGIN: &str = "-----BEGIN ";
