//! Public and private keys: PKCS#8 and SubjectPublicKeyInfo on the outside, one type an algorithm inside.

mod dek_info;
pub(crate) mod encrypted;
pub(crate) mod file;
mod private;
mod public;
pub(crate) mod public_file;
mod roca;
mod rsa_key;
mod ssh;

use serde::{Deserialize, Serialize};

pub use file::{KeyFile, KeyFormat};
pub use private::{MIN_RSA_BITS, PrivateKey};
pub use public::PublicKey;

use crate::ml_dsa::MlDsa;

/// The kinds of key that are made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum KeyAlgorithm {
    /// RSA with a modulus of 2048 bits.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// RSA with a modulus of 3072 bits.
    #[serde(rename = "rsa-3072")]
    Rsa3072,
    /// RSA with a modulus of 4096 bits.
    #[serde(rename = "rsa-4096")]
    Rsa4096,
    /// The curve P-256 (secp256r1).
    #[serde(rename = "p256")]
    P256,
    /// The curve P-384 (secp384r1).
    #[serde(rename = "p384")]
    P384,
    /// The curve P-521 (secp521r1).
    #[serde(rename = "p521")]
    P521,
    /// Ed25519 (RFC 8410).
    #[serde(rename = "ed25519")]
    Ed25519,
    /// ML-DSA-44 (RFC 9881).
    #[serde(rename = "ml-dsa-44")]
    MlDsa44,
    /// ML-DSA-65.
    #[serde(rename = "ml-dsa-65")]
    MlDsa65,
    /// ML-DSA-87.
    #[serde(rename = "ml-dsa-87")]
    MlDsa87,
}

/// The kind and size of a key as profiles and inventories speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "algorithm", rename_all = "snake_case")]
pub enum KeyKind {
    /// RSA, with the length of the modulus in bits.
    Rsa {
        /// Length of the modulus.
        bits: u32,
    },
    /// RSA for RSASSA-PSS alone (RFC 4055 1.2), with the length of the modulus in bits.
    RsaPss {
        /// Length of the modulus.
        bits: u32,
    },
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// ML-DSA-44.
    #[serde(rename = "ml_dsa_44")]
    MlDsa44,
    /// ML-DSA-65.
    #[serde(rename = "ml_dsa_65")]
    MlDsa65,
    /// ML-DSA-87.
    #[serde(rename = "ml_dsa_87")]
    MlDsa87,
}

impl From<MlDsa> for KeyKind {
    fn from(set: MlDsa) -> Self {
        match set {
            MlDsa::MlDsa44 => Self::MlDsa44,
            MlDsa::MlDsa65 => Self::MlDsa65,
            MlDsa::MlDsa87 => Self::MlDsa87,
        }
    }
}

impl core::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::RsaPss { bits } => write!(f, "RSA-PSS-{bits}"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::P521 => f.write_str("P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::MlDsa44 => f.write_str(MlDsa::MlDsa44.name()),
            Self::MlDsa65 => f.write_str(MlDsa::MlDsa65.name()),
            Self::MlDsa87 => f.write_str(MlDsa::MlDsa87.name()),
        }
    }
}
