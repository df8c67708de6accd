//! Signature algorithms by the names of RFC 7518 section 3.1, RFC 8037 section 3.1 and RFC 9864 section 2.2.

use alloc::{format, string::String};

use serde::{Deserialize, Serialize};

use crate::{
    algorithm::SignatureScheme,
    error::{Error, ErrorCode},
    key::{KeyKind, PublicKey},
};

/// The smallest modulus in bits that signs tokens (RFC 7518 3.3).
const MIN_RSA_BITS: u32 = 2048;

/// A JWS algorithm. There is no `none` and no HMAC here: what cannot be named cannot be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum JwsAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSASSA-PSS with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// RSASSA-PSS with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// ECDSA on P-521 with SHA-512.
    #[serde(rename = "ES512")]
    Es512,
    /// Ed25519 by the name of RFC 8037.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// Ed25519 by the name of RFC 9864.
    #[serde(rename = "Ed25519")]
    Ed25519,
}

impl JwsAlgorithm {
    const ALL: [Self; 11] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
        Self::Ed25519,
    ];

    /// The name in a header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The algorithm of that name.
    ///
    /// # Errors
    /// `JwtAlgorithmRefused`.
    pub(crate) fn read(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name).ok_or_else(|| {
            let why = match name {
                _ if name.eq_ignore_ascii_case("none") => ", which is no signature at all",
                "HS256" | "HS384" | "HS512" => ", which is a secret that verifier and signer share",
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
            Self::Rs256 => SignatureScheme::RsaPkcs1Sha256,
            Self::Rs384 => SignatureScheme::RsaPkcs1Sha384,
            Self::Rs512 => SignatureScheme::RsaPkcs1Sha512,
            Self::Ps256 => SignatureScheme::RsaPssSha256,
            Self::Ps384 => SignatureScheme::RsaPssSha384,
            Self::Ps512 => SignatureScheme::RsaPssSha512,
            Self::Es256 => SignatureScheme::EcdsaP256Sha256,
            Self::Es384 => SignatureScheme::EcdsaP384Sha384,
            Self::Es512 => SignatureScheme::EcdsaP521Sha512,
            Self::EdDsa | Self::Ed25519 => SignatureScheme::Ed25519,
        }
    }

    /// What a key signs with when nobody says otherwise: RS256, PS256 for a key for RSASSA-PSS alone, or the one
    /// algorithm of the curve.
    ///
    /// # Errors
    /// `KeyUnsupported` for ML-DSA, which no RFC has for tokens.
    pub fn of(kind: KeyKind) -> Result<Self, Error> {
        Ok(match kind {
            KeyKind::Rsa { .. } => Self::Rs256,
            KeyKind::RsaPss { .. } => Self::Ps256,
            KeyKind::P256 => Self::Es256,
            KeyKind::P384 => Self::Es384,
            KeyKind::P521 => Self::Es512,
            KeyKind::Ed25519 => Self::EdDsa,
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => {
                let detail =
                    format_args!("found a key for {kind}, wanted one of RSA, P-256, P-384, P-521 or Ed25519");
                return Err(Error::new(ErrorCode::KeyUnsupported, detail));
            }
        })
    }

    /// Whether keys of that kind sign so.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (self, kind),
            (Self::Rs256 | Self::Rs384 | Self::Rs512, KeyKind::Rsa { .. })
                | (Self::Ps256 | Self::Ps384 | Self::Ps512, KeyKind::Rsa { .. } | KeyKind::RsaPss { .. })
                | (Self::Es256, KeyKind::P256)
                | (Self::Es384, KeyKind::P384)
                | (Self::Es512, KeyKind::P521)
                | (Self::EdDsa | Self::Ed25519, KeyKind::Ed25519)
        )
    }

    /// The algorithm asked for, or the usual one, of a key that may sign tokens.
    ///
    /// # Errors
    /// `JwtAlgorithmRefused` if it is not one for this key, and those of [`check_key`].
    pub(crate) fn choose(wanted: Option<Self>, key: &PublicKey) -> Result<Self, Error> {
        check_key(key)?;
        let usual = Self::of(key.kind())?;
        match wanted {
            Some(wanted) if !wanted.fits(key.kind()) => Err(refused(format_args!(
                "found a {} key, which cannot sign with {}, but with {}",
                key.kind(),
                wanted.name(),
                usual.name()
            ))),
            wanted => Ok(wanted.unwrap_or(usual)),
        }
    }
}

/// What the owner of a public key says that it signs with: one algorithm, or one of RSA's families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String")]
pub enum DeclaredAlgorithm {
    /// Only this one.
    Exactly(JwsAlgorithm),
    /// `RS`: RS256, RS384 and RS512.
    RsaPkcs1,
    /// `PS`: PS256, PS384 and PS512.
    RsaPss,
}

impl TryFrom<String> for DeclaredAlgorithm {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "RS" => Ok(Self::RsaPkcs1),
            "PS" => Ok(Self::RsaPss),
            name => JwsAlgorithm::read(name)
                .map(Self::Exactly)
                .map_err(|error| format!("{}, RS, PS", error.detail)),
        }
    }
}

impl DeclaredAlgorithm {
    /// Whether a token with this algorithm may come from the key. The two names of Ed25519 are one algorithm.
    #[must_use]
    pub fn allows(self, algorithm: JwsAlgorithm) -> bool {
        match self {
            Self::Exactly(only) => only.scheme() == algorithm.scheme(),
            Self::RsaPkcs1 => {
                matches!(algorithm, JwsAlgorithm::Rs256 | JwsAlgorithm::Rs384 | JwsAlgorithm::Rs512)
            }
            Self::RsaPss => {
                matches!(algorithm, JwsAlgorithm::Ps256 | JwsAlgorithm::Ps384 | JwsAlgorithm::Ps512)
            }
        }
    }

    /// Whether keys of that kind sign so.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::Exactly(algorithm) => algorithm.fits(kind),
            Self::RsaPkcs1 => JwsAlgorithm::Rs256.fits(kind),
            Self::RsaPss => JwsAlgorithm::Ps256.fits(kind),
        }
    }

    /// For messages: what is allowed.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exactly(JwsAlgorithm::EdDsa | JwsAlgorithm::Ed25519) => "EdDSA (Ed25519)",
            Self::Exactly(algorithm) => algorithm.name(),
            Self::RsaPkcs1 => "RS256, RS384 or RS512",
            Self::RsaPss => "PS256, PS384 or PS512",
        }
    }
}

/// Refuses keys that must not sign tokens.
///
/// # Errors
/// `KeyTooSmall` for RSA below 2048 bits (RFC 7518 3.3), `KeyUnsupported` for one that can be factored (ROCA), or ML-DSA.
pub(crate) fn check_key(key: &PublicKey) -> Result<(), Error> {
    JwsAlgorithm::of(key.kind())?;
    match key.kind() {
        KeyKind::Rsa { bits } | KeyKind::RsaPss { bits } if bits < MIN_RSA_BITS => Err(Error::new(
            ErrorCode::KeyTooSmall,
            format_args!("found an RSA key of {bits} bits, wanted at least {MIN_RSA_BITS}"),
        )),
        _ => key.refuse_roca(),
    }
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtAlgorithmRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::private_key;

    #[test]
    fn names_are_read_as_they_are_written() {
        for algorithm in JwsAlgorithm::ALL {
            assert_eq!(JwsAlgorithm::read(algorithm.name()), Ok(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.name());
        }
        for name in ["none", "None", "NONE", "HS256", "HS512", "rs256", "RS1", "ES256K", "", "EdDSA "] {
            let refused = JwsAlgorithm::read(name).unwrap_err();
            assert_eq!(refused.code, ErrorCode::JwtAlgorithmRefused, "{name}");
        }
    }

    #[test]
    fn a_key_has_the_algorithms_of_its_kind() {
        for (id, fitting) in [
            ("device", &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..]),
            ("p256", &["ES256"]),
            ("p384", &["ES384"]),
            ("ed25519", &["EdDSA", "Ed25519"]),
        ] {
            let key = private_key(id);
            for algorithm in JwsAlgorithm::ALL {
                let chosen = JwsAlgorithm::choose(Some(algorithm), key.public_key());
                match fitting.contains(&algorithm.name()) {
                    true => assert_eq!(chosen, Ok(algorithm)),
                    false => assert_eq!(chosen.unwrap_err().code, ErrorCode::JwtAlgorithmRefused),
                }
            }
            let usual = JwsAlgorithm::choose(None, key.public_key()).unwrap();
            assert_eq!(usual.name(), fitting[0]);
        }
        let lattice = JwsAlgorithm::choose(None, private_key("ml-dsa-44").public_key());
        assert_eq!(lattice.unwrap_err().code, ErrorCode::KeyUnsupported);
    }

    #[test]
    fn a_family_is_a_family() {
        let declared = |name: &str| DeclaredAlgorithm::try_from(String::from(name)).unwrap();
        let allowed = |name: &str| {
            let declared = declared(name);
            JwsAlgorithm::ALL
                .into_iter()
                .filter(move |algorithm| declared.allows(*algorithm))
                .map(JwsAlgorithm::name)
        };
        assert!(allowed("RS").eq(["RS256", "RS384", "RS512"]));
        assert!(allowed("PS").eq(["PS256", "PS384", "PS512"]));
        assert!(allowed("RS384").eq(["RS384"]));
        assert!(allowed("Ed25519").eq(["EdDSA", "Ed25519"]));
        assert!(DeclaredAlgorithm::try_from(String::from("none")).is_err());
        assert!(DeclaredAlgorithm::try_from(String::from("HS")).is_err());
    }
}
