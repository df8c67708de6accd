//! Public keys as files and programs hold them: SubjectPublicKeyInfo (RFC 5280 4.1.2.7), RSAPublicKey (RFC 8017 A.1.1), a
//! line of OpenSSH (RFC 4253 6.6).

use base64ct::{Base64UrlUnpadded, Encoding};
use const_oid::db::rfc5912;
use der::asn1::AnyRef;

use super::{
    PublicKey,
    public::{malformed, unsupported},
    ssh,
};
use crate::{
    error::{Error, ErrorCode},
    pem,
};

/// The largest text; the largest key has three thousand octets.
const MAX_TEXT: usize = 16 * 1024;

/// Reads a text: PEM `PUBLIC KEY` or `RSA PUBLIC KEY`, one line of OpenSSH, or DER of the first two in base64url.
///
/// # Errors
/// `RequestTooLarge`, `PemMalformed`, `KeyMalformed`, `KeyUnsupported`.
pub(crate) fn read(text: &str) -> Result<PublicKey, Error> {
    if text.len() > MAX_TEXT {
        let detail = format_args!("found a public key of {} bytes, wanted at most {MAX_TEXT}", text.len());
        return Err(Error::new(ErrorCode::RequestTooLarge, detail));
    }
    if text.contains("-----BEGIN ") {
        return from_der(&pem::decode(text, &["PUBLIC KEY", "RSA PUBLIC KEY"])?);
    }
    let text = text.trim();
    match Base64UrlUnpadded::decode_vec(text) {
        Ok(der) => from_der(&der),
        Err(_) if text.contains(' ') => ssh::read_line(text),
        Err(_) => Err(malformed("found text that is neither PEM, a line of OpenSSH nor base64url")),
    }
}

/// DER of either form says which it is.
fn from_der(der: &[u8]) -> Result<PublicKey, Error> {
    PublicKey::from_spki(der).or_else(|error| {
        let read = PublicKey::from_parts(rfc5912::RSA_ENCRYPTION, Some(AnyRef::NULL), der);
        // Of an RSAPublicKey its own trouble is told, of anything else that of a SubjectPublicKeyInfo.
        read.map_err(|own| match own.code {
            ErrorCode::KeyUnsupported => unsupported(own.detail),
            _ => error,
        })
    })
}

#[cfg(test)]
mod tests {
    use base64ct::Base64;

    use super::*;
    use crate::testing::private_key;

    fn code(text: &str) -> ErrorCode {
        read(text).unwrap_err().code
    }

    #[test]
    fn a_key_is_one_in_each_form() {
        for id in ["device", "p256", "p384", "ed25519"] {
            let key = private_key(id).public_key().clone();
            for text in
                [key.to_pem().unwrap(), Base64UrlUnpadded::encode_string(key.spki()), ssh::written(&key)]
            {
                assert_eq!(read(&text).as_ref(), Ok(&key), "{text}");
            }
        }
        let key = private_key("device").public_key().clone();
        let pkcs1 = key.bit_string();
        assert_eq!(read(&pem::encode("RSA PUBLIC KEY", pkcs1).unwrap()).as_ref(), Ok(&key));
        assert_eq!(read(&Base64UrlUnpadded::encode_string(pkcs1)), Ok(key));
    }

    #[test]
    fn what_is_no_public_key_is_told() {
        let private = private_key("p256").to_pem().unwrap();
        assert_eq!(code(private.expose()), ErrorCode::PemMalformed);
        for text in ["", "abc", "AAAA", "ssh-rsa", "ssh-rsa !", "hello world"] {
            assert_eq!(code(text), ErrorCode::KeyMalformed, "{text}");
        }
        let small = [&[0x30, 8, 2, 1, 0x11, 2, 3, 1, 0, 1][..]].concat();
        assert_eq!(code(&Base64UrlUnpadded::encode_string(&small)), ErrorCode::KeyUnsupported);
        assert_eq!(code(&"A".repeat(MAX_TEXT + 1)), ErrorCode::RequestTooLarge);
        assert_eq!(code(&Base64::encode_string(&[7; 40])), ErrorCode::KeyMalformed);
    }
}
