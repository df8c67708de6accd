//! `read_private_key`: a private key out of whatever form a tool wrote it in.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    error::ErrorCode,
    key::{KeyFile, KeyFormat, KeyKind},
    keys::{Halt, Keys},
    password::Password,
    secret::Secret,
};

/// What to read.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// PEM, of which the first private key is read, or DER in base64url: PKCS#8 plain or encrypted (PBES2 with PBKDF2 or
    /// scrypt, PBES1, the schemes of PKCS#12), PKCS#1, SEC1, and PEM with `Proc-Type` and `DEK-Info`. What was encrypted
    /// with Camellia, ARIA, SEED, IDEA, Blowfish, CAST, RC4 or RC5, or by way of a truncated SHA-512, is refused, as are
    /// RSA keys for RSASSA-PSS alone (RFC 4055), other curves than P-256 and P-384, DSA, and OpenSSH's own format.
    pub input: Secret,
    /// The password, where it is encrypted.
    pub password: Option<Password>,
}

/// The key.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// PEM, PKCS#8 (RFC 5958), not encrypted.
    pub private_key: Secret,
    /// PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
    pub public_key: String,
    /// `algorithm` (`rsa`, `p256`, `p384`, `p521`, `ed25519`, `ml_dsa_44`, `ml_dsa_65`, `ml_dsa_87`) and, for RSA, `bits`.
    #[serde(flatten)]
    pub kind: KeyKind,
    /// In which form it was: `pkcs8`, `pkcs1` or `sec1`.
    pub format: KeyFormat,
    /// Whether a password protected it.
    pub encrypted: bool,
}

/// Reads the key; what it was encrypted with may cost 6,750,000 iterations of PBKDF2 or 32 MiB of scrypt.
///
/// # Errors
/// `PrivateKeyAbsent` for something that is no private key, `KeyPasswordMissing`, `KeyPasswordWrong`, `KeyTooSmall`,
/// `KeyEncryptionRefused`, `KeyDerivationTooCostly`, `KeyUnsupported`, `KeyMalformed`, `PemMalformed`, `RequestTooLarge`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let KeyFile { key, format, encrypted } =
        KeyFile::read(request.input.expose(), request.password.as_ref()).map_err(|error| match error.code {
            ErrorCode::KeyPasswordMissing => error.at("password"),
            _ => error.at("input"),
        })?;
    Ok(Response {
        private_key: key.to_pem()?,
        public_key: key.public_key().to_pem()?,
        kind: key.public_key().kind(),
        format,
        encrypted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Error,
        testing::{both_ways, private_key},
    };

    fn read(input: &str, password: Option<&str>) -> Result<Response, Error> {
        both_ways(|keys| {
            let password = password.map(|password| Password::new(password.into()));
            run(Request { input: Secret::new(input.into()), password }, keys)
        })
    }

    fn code(input: &str, password: Option<&str>) -> ErrorCode {
        read(input, password).err().unwrap().code
    }

    const INPUTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/inputs/");

    fn file(name: &str) -> String {
        std::fs::read_to_string(alloc::format!("{INPUTS}{name}")).unwrap()
    }

    #[test]
    fn each_form_is_read() {
        for id in ["device", "p256", "p384", "ed25519", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] {
            let pem = private_key(id).to_pem().unwrap();
            let response = read(pem.expose(), None).unwrap();
            assert_eq!(response.private_key, pem);
            assert_eq!((response.format, response.encrypted), (KeyFormat::Pkcs8, false));
        }
        for (name, format) in [("key-pkcs1.pem", KeyFormat::Pkcs1), ("key-sec1.pem", KeyFormat::Sec1)] {
            let response = read(&file(name), None).unwrap();
            assert_eq!(response.format, format, "{name}");
            let again = read(response.private_key.expose(), None).unwrap();
            assert_eq!(again.public_key, response.public_key);
        }
    }

    #[test]
    fn each_refusal_has_its_own_word() {
        let encrypted = file("key-encrypted.pem");
        assert_eq!(code(&encrypted, None), ErrorCode::KeyPasswordMissing);
        let wrong = read(&encrypted, Some("wrong")).err().unwrap();
        assert_eq!((wrong.code, wrong.at.as_deref()), (ErrorCode::KeyPasswordWrong, Some("password")));
        assert_eq!(code(&file("certificate-rsa.pem"), None), ErrorCode::PrivateKeyAbsent);
        assert_eq!(code("hello, world", None), ErrorCode::PrivateKeyAbsent);
        assert_eq!(code("MAA", None), ErrorCode::PrivateKeyAbsent);
        assert_eq!(code(&"A".repeat(65_537), None), ErrorCode::RequestTooLarge);
        let small = include_str!("../../../tests/vectors/keys/rsa-1024.pem");
        assert_eq!(code(small, None), ErrorCode::KeyTooSmall);
        let other = include_str!("../../../tests/vectors/keys/x25519.pem");
        assert_eq!(code(other, None), ErrorCode::KeyUnsupported);
    }
}
