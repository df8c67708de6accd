//! What a token key is made of, and what the engine says of it.

use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::keys::key_id;
use super::{Described, TokenError, Tokens};
use crate::guest::CallError;
use crate::keystore::{KeyType, PrivateKey};
use crate::store::TokenKey;

/// The kinds of key by what they sign with; the first of RSA is the smallest.
const ALGORITHMS: [(&str, &[KeyType]); 10] = [
    ("RS256", RSA),
    ("RS384", RSA),
    ("RS512", RSA),
    ("PS256", RSA),
    ("PS384", RSA),
    ("PS512", RSA),
    ("ES256", &[KeyType::P256]),
    ("ES384", &[KeyType::P384]),
    ("EdDSA", &[KeyType::Ed25519]),
    ("Ed25519", &[KeyType::Ed25519]),
];
const RSA: &[KeyType] = &[KeyType::Rsa2048, KeyType::Rsa3072, KeyType::Rsa4096];

/// What a key is made of.
pub(crate) enum Material {
    /// A new one.
    Generate {
        /// RFC 7518 3.1; otherwise RS256, or what the key before signs with.
        algorithm: Option<String>,
        /// The modulus of RSA: 2048 if nothing is said.
        rsa_bits: Option<u32>,
    },
    /// One that somebody brings.
    Upload {
        /// Any PEM of a private key.
        private_key: Zeroizing<String>,
        /// If it is encrypted.
        password: Option<Zeroizing<String>>,
        /// Otherwise the usual one of its kind.
        algorithm: Option<String>,
    },
}

#[derive(Deserialize)]
struct ReadKey {
    private_key: String,
}

/// A key before it has its place.
pub(super) struct Ready {
    pub(super) key: PrivateKey,
    pub(super) described: Described,
    pub(super) is_uploaded: bool,
}

impl Tokens {
    /// A key that is read or made, and looked at by the engine, but neither kept nor recorded.
    pub(super) async fn ready(
        &self,
        material: Material,
        before: Option<TokenKey>,
    ) -> Result<Ready, TokenError> {
        let is_uploaded = matches!(material, Material::Upload { .. });
        let (key, algorithm) = match material {
            Material::Generate { algorithm, rsa_bits } => {
                let usual = before.as_ref().map_or("RS256", |before| &before.algorithm);
                let algorithm = algorithm.unwrap_or_else(|| usual.to_owned());
                let key_type = self.key_type(&algorithm, rsa_bits, before.as_ref()).await?;
                let made = blocking(move || PrivateKey::generate(key_type)).await?;
                (made, Some(algorithm))
            }
            Material::Upload { private_key, password, algorithm } => {
                let mut request = json!({ "input": private_key.as_str() });
                if let Some(password) = &password {
                    request["password"] = json!(password.as_str());
                }
                let read: ReadKey =
                    self.guest.call("read_private_key", request, &self.keys.granting(&[])).await?;
                let key = PrivateKey::from_pem(&Zeroizing::new(read.private_key)).map_err(|error| {
                    TokenError::Invalid(format!("the key cannot be taken over: {error:#}"))
                })?;
                (key, algorithm)
            }
        };
        let mut public = json!({ "public_key": key.public_pem() });
        if let Some(algorithm) = algorithm {
            check_algorithm(&algorithm).map_err(TokenError::Invalid)?;
            public["algorithm"] = json!(algorithm);
        }
        let described = self.write(&[public]).await?.keys.pop();
        let described =
            described.ok_or_else(|| CallError::Failed("the engine says nothing of the key".to_owned()))?;
        Ok(Ready { key, described, is_uploaded })
    }

    async fn key_type(
        &self,
        algorithm: &str,
        rsa_bits: Option<u32>,
        before: Option<&TokenKey>,
    ) -> Result<KeyType, TokenError> {
        let kinds = kinds(algorithm).map_err(TokenError::Invalid)?;
        let fitting =
            |bits: u32| kinds.iter().copied().find(|kind| kind.to_string() == format!("rsa-{bits}"));
        match (rsa_bits, kinds) {
            (None, [only]) => Ok(*only),
            (Some(bits), _) => fitting(bits).ok_or_else(|| {
                TokenError::Invalid(format!(
                    "found a key for {algorithm} of {bits} bits, wanted 2048, 3072 or 4096 for RSA, and nothing for others"
                ))
            }),
            (None, _) => {
                let Some(before) = before else { return Ok(KeyType::Rsa2048) };
                // As large as the one before, as far as such keys are made here.
                let (keys, id) = (self.keys.clone(), key_id(&before.kid));
                let found = blocking(move || Ok(keys.key(&id).ok().and_then(|key| key.key_type()))).await?;
                Ok(found.filter(|found| kinds.contains(found)).unwrap_or(KeyType::Rsa2048))
            }
        }
    }
}

/// Whether keys are made for this algorithm.
///
/// # Errors
/// What is wanted instead.
pub(crate) fn check_algorithm(algorithm: &str) -> Result<(), String> {
    kinds(algorithm).map(drop)
}

fn kinds(algorithm: &str) -> Result<&'static [KeyType], String> {
    let found = ALGORITHMS.iter().find(|(name, _)| *name == algorithm);
    found.map(|(_, kinds)| *kinds).ok_or_else(|| {
        let known: Vec<_> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        format!("found the algorithm {algorithm:?}, wanted one of {}", known.join(", "))
    })
}

/// On a thread where slow work keeps nobody waiting.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, TokenError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(anyhow::Error::from).and_then(|done| done).map_err(TokenError::Failed)
}
