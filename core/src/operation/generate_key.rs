//! `generate_key`: a key pair from a seed.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    key::{KeyAlgorithm, PrivateKey},
    keys::{Halt, Keys},
    secret::Secret,
    seed::Seed,
};

/// What key to make.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The randomness, 32 bytes; whoever has it has the key.
    pub seed: Seed,
    /// Algorithm and size.
    pub algorithm: KeyAlgorithm,
}

/// The pair.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// PEM, PKCS#8 (RFC 5958), not encrypted.
    pub private_key: Secret,
    /// PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
    pub public_key: String,
}

/// Makes the pair; the same seed gives the same one.
///
/// # Errors
/// None for the algorithms that can be named.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let key = PrivateKey::generate(request.algorithm, &request.seed)?;
    Ok(Response { private_key: key.to_pem()?, public_key: key.public_key().to_pem()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyRing;

    #[test]
    fn a_generated_key_is_what_was_asked_for() {
        for (algorithm, kind) in [
            (KeyAlgorithm::Rsa2048, "RSA-2048"),
            (KeyAlgorithm::P256, "P-256"),
            (KeyAlgorithm::P384, "P-384"),
            (KeyAlgorithm::Ed25519, "Ed25519"),
            (KeyAlgorithm::MlDsa44, "ML-DSA-44"),
            (KeyAlgorithm::MlDsa65, "ML-DSA-65"),
            (KeyAlgorithm::MlDsa87, "ML-DSA-87"),
        ] {
            let make = |byte| {
                let request = Request { seed: Seed::new([byte; 32]), algorithm };
                run(request, &mut Keys::new(&KeyRing::new(), alloc::vec![])).unwrap_or_else(|_| panic!("no key"))
            };
            let pair = make(1);
            let key = PrivateKey::from_pem(pair.private_key.expose()).unwrap();
            assert_eq!(alloc::format!("{}", key.public_key().kind()), kind);
            assert_eq!(key.public_key().to_pem().unwrap(), pair.public_key);
            assert_eq!(make(1).public_key, pair.public_key);
            assert_ne!(make(2).public_key, pair.public_key);
        }
    }
}
