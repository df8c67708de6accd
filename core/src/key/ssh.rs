//! Public keys as OpenSSH writes them: one line, `ssh-rsa AAAA… comment` (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC
//! 8709 section 4).

use base64ct::{Base64, Encoding};
use const_oid::db::{rfc5912, rfc8410};
use der::{
    Encode,
    asn1::{AnyRef, ObjectIdentifier, UintRef},
};
use pkcs1::RsaPublicKeyRef;

use super::{
    PublicKey,
    public::{malformed, unsupported},
};
use crate::error::Error;

/// Reads a line: the type, the key in base64, and perhaps a comment.
///
/// # Errors
/// `KeyMalformed`, `KeyUnsupported`.
pub(super) fn read_line(line: &str) -> Result<PublicKey, Error> {
    if line.lines().count() != 1 {
        return Err(malformed("found several lines, wanted one of OpenSSH"));
    }
    let mut words = line.split_ascii_whitespace();
    let (kind, text) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let blob =
        Base64::decode_vec(text).map_err(|_| malformed("found a key of OpenSSH that is not base64"))?;
    let mut reader = Reader(&blob);
    if reader.string()? != kind.as_bytes() {
        return Err(malformed(format_args!("found the type {kind:?} before a key of another type")));
    }
    let key = match kind {
        "ssh-rsa" => rsa(&mut reader),
        "ssh-ed25519" => PublicKey::from_parts(rfc8410::ID_ED_25519, None, reader.string()?),
        "ecdsa-sha2-nistp256" => ecdsa(&mut reader, "nistp256", rfc5912::SECP_256_R_1),
        "ecdsa-sha2-nistp384" => ecdsa(&mut reader, "nistp384", rfc5912::SECP_384_R_1),
        "ecdsa-sha2-nistp521" => ecdsa(&mut reader, "nistp521", rfc5912::SECP_521_R_1),
        other => Err(unsupported(format_args!(
            "found a key of the type {other:?}, wanted ssh-rsa, ecdsa-sha2-nistp256, -384, -521 or ssh-ed25519"
        ))),
    }?;
    match reader.0 {
        [] => Ok(key),
        _ => Err(malformed("found something after the key of OpenSSH")),
    }
}

fn rsa(reader: &mut Reader<'_>) -> Result<PublicKey, Error> {
    let (exponent, modulus) = (reader.positive()?, reader.positive()?);
    let numbers =
        RsaPublicKeyRef { modulus: UintRef::new(modulus)?, public_exponent: UintRef::new(exponent)? };
    PublicKey::from_parts(rfc5912::RSA_ENCRYPTION, Some(AnyRef::NULL), &numbers.to_der()?)
}

fn ecdsa(reader: &mut Reader<'_>, name: &str, curve: ObjectIdentifier) -> Result<PublicKey, Error> {
    if reader.string()? != name.as_bytes() {
        return Err(malformed(format_args!("found a key on another curve than {name}")));
    }
    PublicKey::from_parts(rfc5912::ID_EC_PUBLIC_KEY, Some(AnyRef::from(&curve)), reader.string()?)
}

/// What is left of a key (RFC 4251 section 5).
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn string(&mut self) -> Result<&'a [u8], Error> {
        let ends = || malformed("found a key of OpenSSH that ends within a part");
        let (length, rest) = self.0.split_first_chunk::<4>().ok_or_else(ends)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| ends())?;
        let (string, rest) = rest.split_at_checked(length).ok_or_else(ends)?;
        self.0 = rest;
        Ok(string)
    }

    /// A positive mpint in the fewest octets, without the zero that makes it positive.
    fn positive(&mut self) -> Result<&'a [u8], Error> {
        match self.string()? {
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Ok(rest),
            number @ [1..=0x7f, ..] => Ok(number),
            _ => Err(malformed("found a number that is not positive, or has zeros before it")),
        }
    }
}

/// The line of a key.
#[cfg(test)]
pub(super) fn written(key: &PublicKey) -> alloc::string::String {
    use super::KeyKind;

    let string = |octets: &[u8]| [&u32::try_from(octets.len()).unwrap().to_be_bytes()[..], octets].concat();
    let positive = |number: &[u8]| match number[0] {
        0x80.. => string(&[&[0], number].concat()),
        _ => string(number),
    };
    let (kind, parts) = match key.kind() {
        KeyKind::Ed25519 => ("ssh-ed25519", string(key.bit_string())),
        KeyKind::P256 => ("ecdsa-sha2-nistp256", [string(b"nistp256"), string(key.bit_string())].concat()),
        KeyKind::P384 => ("ecdsa-sha2-nistp384", [string(b"nistp384"), string(key.bit_string())].concat()),
        _ => {
            let (modulus, exponent) = key.rsa_numbers().unwrap();
            ("ssh-rsa", [positive(&exponent), positive(modulus)].concat())
        }
    };
    alloc::format!(
        "{kind} {} somebody@somewhere",
        Base64::encode_string(&[string(kind.as_bytes()), parts].concat())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorCode, testing::private_key};

    #[test]
    fn a_key_has_one_form() {
        let line = written(private_key("device").public_key());
        let blob = Base64::decode_vec(line.split(' ').nth(1).unwrap()).unwrap();
        let code = |kind: &str, blob: &[u8]| {
            read_line(&alloc::format!("{kind} {}", Base64::encode_string(blob))).err().map(|error| error.code)
        };
        let malformed = Some(ErrorCode::KeyMalformed);
        assert_eq!(code("ssh-rsa", &blob), None);
        assert_eq!(code("ssh-ed25519", &blob), malformed);
        assert_eq!(code("ssh-rsa", &blob[..blob.len() - 1]), malformed);
        assert_eq!(code("ssh-rsa", &[blob.as_slice(), &[0]].concat()), malformed);
        let mut negative = blob.clone();
        // The zero before the modulus of 256 octets.
        let at = negative.len() - 257;
        negative[at] = 0x80;
        assert_eq!(code("ssh-rsa", &negative), malformed);
        let padded = [&blob[..11], &[0, 0, 0, 4, 0, 1, 0, 1], &blob[18..]].concat();
        assert_eq!(code("ssh-rsa", &padded), malformed);
        assert_eq!(code("ssh-dss", b"\0\0\0\x07ssh-dss"), Some(ErrorCode::KeyUnsupported));
        assert_eq!(read_line(&alloc::format!("{line}\n{line}")).unwrap_err().code, ErrorCode::KeyMalformed);
    }
}
