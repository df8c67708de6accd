//! The algorithms of HTTP message signatures by their names in the registry (RFC 9421 sections 3.3 and 6.2.2).

use serde::{Deserialize, Serialize};

use crate::{
    algorithm::SignatureScheme,
    error::{Error, ErrorCode},
    key::{KeyKind, PublicKey},
};

/// An algorithm. HMAC, which is a secret that verifier and signer share, is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HttpAlgorithm {
    /// RSASSA-PSS with SHA-512 and a salt of 64 octets.
    #[serde(rename = "rsa-pss-sha512")]
    RsaPssSha512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "rsa-v1_5-sha256")]
    RsaV15Sha256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ecdsa-p256-sha256")]
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ecdsa-p384-sha384")]
    EcdsaP384Sha384,
    /// Ed25519.
    #[serde(rename = "ed25519")]
    Ed25519,
}

impl HttpAlgorithm {
    pub(crate) const ALL: [Self; 5] =
        [Self::RsaPssSha512, Self::RsaV15Sha256, Self::EcdsaP256Sha256, Self::EcdsaP384Sha384, Self::Ed25519];

    /// The name in the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaPssSha512 => "rsa-pss-sha512",
            Self::RsaV15Sha256 => "rsa-v1_5-sha256",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The algorithm of that name.
    ///
    /// # Errors
    /// `MessageAlgorithmRefused`.
    pub(crate) fn read(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name).ok_or_else(|| {
            let why = match name {
                "hmac-sha256" => ", which is a secret that verifier and signer share",
                _ => "",
            };
            let known = Self::ALL.map(Self::name).join(", ");
            refused(format_args!("found the algorithm {name:?}{why}; wanted one of {known}"))
        })
    }

    /// How it is signed.
    #[must_use]
    pub const fn scheme(self) -> SignatureScheme {
        match self {
            Self::RsaPssSha512 => SignatureScheme::RsaPssSha512,
            Self::RsaV15Sha256 => SignatureScheme::RsaPkcs1Sha256,
            Self::EcdsaP256Sha256 => SignatureScheme::EcdsaP256Sha256,
            Self::EcdsaP384Sha384 => SignatureScheme::EcdsaP384Sha384,
            Self::Ed25519 => SignatureScheme::Ed25519,
        }
    }

    /// Whether keys of that kind sign so.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (self, kind),
            (Self::RsaPssSha512, KeyKind::Rsa { .. } | KeyKind::RsaPss { .. })
                | (Self::RsaV15Sha256, KeyKind::Rsa { .. })
                | (Self::EcdsaP256Sha256, KeyKind::P256)
                | (Self::EcdsaP384Sha384, KeyKind::P384)
                | (Self::Ed25519, KeyKind::Ed25519)
        )
    }

    /// The one that a signature by `key` is to be verified with (RFC 9421 3.2, step 6): the one that it names, or else
    /// the one of those allowed that goes with the key. Of two that do, none is tried: the message does not decide.
    ///
    /// # Errors
    /// `MessageAlgorithmRefused`.
    pub(crate) fn choose(named: Option<Self>, allowed: &[Self], key: &PublicKey) -> Result<Self, Error> {
        let kind = key.kind();
        let mut fitting = allowed.iter().copied().filter(|algorithm| algorithm.fits(kind));
        match (named, fitting.next(), fitting.next()) {
            (Some(named), _, _) if !allowed.contains(&named) => {
                Err(refused(format_args!("found the algorithm {}, which is not allowed here", named.name())))
            }
            (Some(named), _, _) if !named.fits(kind) => {
                Err(refused(format_args!("found a {kind} key, which does not sign with {}", named.name())))
            }
            (Some(named), _, _) => Ok(named),
            (None, Some(only), None) => Ok(only),
            (None, None, _) => Err(refused(format_args!(
                "found a {kind} key, which signs with none of the algorithms allowed"
            ))),
            (None, Some(one), Some(other)) => Err(refused(format_args!(
                "found a signature that does not name its algorithm, and a {kind} key signs with {} and {}; allow one of them",
                one.name(),
                other.name()
            ))),
        }
    }
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageAlgorithmRefused, detail)
}
