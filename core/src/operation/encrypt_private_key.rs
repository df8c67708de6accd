//! `encrypt_private_key`: a private key under a password (RFC 5958 section 3).

use serde::{Deserialize, Serialize};

use crate::{
    key::{encrypted, file::KeyFile},
    keys::{Halt, Keys},
    password::Password,
    password_encryption::Derivation,
    pem,
    secret::Secret,
    seed::Seed,
};

/// What to encrypt, and how.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The randomness for salt and initialization vector.
    pub seed: Seed,
    /// PEM or DER in base64url, not encrypted.
    pub private_key: Secret,
    /// The password, 1 to 1024 bytes.
    pub password: Password,
    /// `pbkdf2_sha256` (default) or `scrypt`.
    #[serde(default)]
    pub kdf: Derivation,
    /// The iterations of PBKDF2, 1 to 1,000,000; 600,000 by default.
    pub iterations: Option<u32>,
}

/// The encrypted key.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// A PEM block `ENCRYPTED PRIVATE KEY`: PBES2 with AES-256-CBC (RFC 8018 section 6.2).
    pub private_key: Secret,
}

/// Encrypts the key.
///
/// # Errors
/// `FieldInvalid` for a password or a count of iterations that is refused, and those of reading the key.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let key = KeyFile::read(request.private_key.expose(), None).map_err(|error| error.at("private_key"))?.key;
    let mut rng = request.seed.generator("encrypt_private_key");
    let der = encrypted::seal(&key, &request.password, request.kdf, request.iterations, &mut rng)?;
    Ok(Response { private_key: pem::encode("ENCRYPTED PRIVATE KEY", &der).map(Secret::new)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::{Error, ErrorCode},
        testing::{both_ways, private_key},
    };

    fn encrypt(password: &str, kdf: Derivation, iterations: Option<u32>) -> Result<Response, Error> {
        both_ways(|keys| {
            let request = Request {
                seed: Seed::new([3; 32]),
                private_key: private_key("p256").to_pem()?,
                password: Password::new(password.into()),
                kdf,
                iterations,
            };
            run(request, keys)
        })
    }

    #[test]
    fn what_is_encrypted_is_read_again() {
        for (kdf, iterations) in [(Derivation::Pbkdf2Sha256, Some(2)), (Derivation::Scrypt, None)] {
            let sealed = encrypt("pässword", kdf, iterations).unwrap();
            let open = |password: &str| {
                KeyFile::read(sealed.private_key.expose(), Some(&Password::new(password.into())))
            };
            assert_eq!(open("pässword").unwrap().key.to_pem().unwrap(), private_key("p256").to_pem().unwrap());
            assert_eq!(open("password").err().unwrap().code, ErrorCode::KeyPasswordWrong);
        }
    }

    #[test]
    fn an_empty_password_protects_nothing() {
        let refused = encrypt("", Derivation::Pbkdf2Sha256, Some(2)).err().unwrap();
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::FieldInvalid, Some("password")));
    }
}
