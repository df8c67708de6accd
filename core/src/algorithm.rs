//! Digest, signature and key-transport algorithms, by the identifiers of RFC 8017, 5758, 8410 and 9881.

use alloc::vec::Vec;

use const_oid::db::{rfc5912, rfc8410};
use der::asn1::{Any, Null, ObjectIdentifier};
use pkcs1::{RsaPssParamsOwned, RsaPssParamsRef};
use serde::{Deserialize, Serialize};
use sha2::Digest;
use spki::AlgorithmIdentifierOwned;

use crate::{
    error::{Error, ErrorCode},
    ml_dsa::MlDsa,
};

/// ecdsa-with-SHA1 (RFC 3279 2.2.3).
const ECDSA_WITH_SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");

/// A message digest. MD5 is here to be named when it is refused, or read under a legacy setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DigestAlgorithm {
    /// MD5 (RFC 1321), broken.
    Md5,
    /// SHA-1 (FIPS 180-4), accepted only where old clients need it.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    const ALL: [Self; 5] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The digest of `message`.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => md5::Md5::digest(message).to_vec(),
            Self::Sha1 => sha1::Sha1::digest(message).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }

    /// The identifier of the digest alone (RFC 5912).
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Md5 => rfc5912::ID_MD_5,
            Self::Sha1 => rfc5912::ID_SHA_1,
            Self::Sha256 => rfc5912::ID_SHA_256,
            Self::Sha384 => rfc5912::ID_SHA_384,
            Self::Sha512 => rfc5912::ID_SHA_512,
        }
    }

    /// The digest of that identifier.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused` for any other identifier.
    pub fn from_oid(oid: ObjectIdentifier) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|digest| digest.oid() == oid).ok_or_else(|| {
            refused(format_args!("found the digest {oid}, wanted SHA-256, SHA-384 or SHA-512"))
        })
    }
}

/// What a signature is made or checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS (RFC 8017 8.1): the digest, which is that of the mask too, and the octets of the salt.
    RsaPss(DigestAlgorithm, u8),
    /// ECDSA (RFC 5758 3.2); the curve is the key's.
    Ecdsa(DigestAlgorithm),
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// ML-DSA without a digest before it and with an empty context (RFC 9881).
    MlDsa(MlDsa),
}

impl SignatureAlgorithm {
    const KNOWN: [(ObjectIdentifier, Self); 13] = [
        (rfc5912::MD_5_WITH_RSA_ENCRYPTION, Self::RsaPkcs1(DigestAlgorithm::Md5)),
        (rfc5912::SHA_1_WITH_RSA_ENCRYPTION, Self::RsaPkcs1(DigestAlgorithm::Sha1)),
        (rfc5912::SHA_256_WITH_RSA_ENCRYPTION, Self::RsaPkcs1(DigestAlgorithm::Sha256)),
        (rfc5912::SHA_384_WITH_RSA_ENCRYPTION, Self::RsaPkcs1(DigestAlgorithm::Sha384)),
        (rfc5912::SHA_512_WITH_RSA_ENCRYPTION, Self::RsaPkcs1(DigestAlgorithm::Sha512)),
        (ECDSA_WITH_SHA_1, Self::Ecdsa(DigestAlgorithm::Sha1)),
        (rfc5912::ECDSA_WITH_SHA_256, Self::Ecdsa(DigestAlgorithm::Sha256)),
        (rfc5912::ECDSA_WITH_SHA_384, Self::Ecdsa(DigestAlgorithm::Sha384)),
        (rfc5912::ECDSA_WITH_SHA_512, Self::Ecdsa(DigestAlgorithm::Sha512)),
        (rfc8410::ID_ED_25519, Self::Ed25519),
        (MlDsa::MlDsa44.oid(), Self::MlDsa(MlDsa::MlDsa44)),
        (MlDsa::MlDsa65.oid(), Self::MlDsa(MlDsa::MlDsa65)),
        (MlDsa::MlDsa87.oid(), Self::MlDsa(MlDsa::MlDsa87)),
    ];

    /// The algorithm of an identifier in a certificate, CSR or CRL.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused` for an identifier that is not known.
    pub fn from_oid(oid: ObjectIdentifier) -> Result<Self, Error> {
        Self::KNOWN.into_iter().find(|(known, _)| *known == oid).map(|(_, algorithm)| algorithm).ok_or_else(
            || {
                refused(format_args!(
                    "found the signature algorithm {oid}, wanted RSA PKCS#1 v1.5 or PSS, ECDSA, Ed25519 or ML-DSA"
                ))
            },
        )
    }

    /// The algorithm of an identifier with its parameters. Those of RSASSA-PSS say what is checked (RFC 4055 3.1);
    /// the others have none, or NULL, and the one that was written is not looked at.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused` for an identifier that is not known, and for RSASSA-PSS without parameters, with
    /// a mask of another kind or digest, or another trailer.
    pub fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, Error> {
        match identifier.oid {
            rfc5912::ID_RSASSA_PSS => pss(identifier.parameters.as_ref()),
            oid => Self::from_oid(oid),
        }
    }

    /// Refuses parameters that the algorithm does not have: NULL or none for RSA PKCS#1 (RFC 4055 5), none for ECDSA,
    /// Ed25519 and ML-DSA (RFC 5758 3.2, RFC 8410 3, RFC 9881 2).
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused`.
    pub fn check_parameters(self, parameters: Option<&Any>) -> Result<(), Error> {
        let fits = match self {
            Self::RsaPkcs1(_) => parameters.is_none_or(Any::is_null),
            Self::RsaPss(..) => true,
            Self::Ecdsa(_) | Self::Ed25519 | Self::MlDsa(_) => parameters.is_none(),
        };
        if fits {
            Ok(())
        } else {
            Err(refused("found parameters that the signature algorithm does not have"))
        }
    }

    /// The identifier, with NULL parameters for RSA (RFC 8017 A.2.4) and none otherwise, but for RSASSA-PSS.
    #[must_use]
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        if let Self::RsaPss(digest, salt_octets) = self {
            return AlgorithmIdentifierOwned {
                oid: rfc5912::ID_RSASSA_PSS,
                parameters: pss_parameters(digest, salt_octets),
            };
        }
        let oid = Self::KNOWN
            .into_iter()
            .find(|(_, algorithm)| *algorithm == self)
            .map_or(rfc5912::RSA_ENCRYPTION, |(oid, _)| oid);
        let parameters = matches!(self, Self::RsaPkcs1(_)).then(|| Any::from(Null));
        AlgorithmIdentifierOwned { oid, parameters }
    }

    /// The digest that goes into the signature; Ed25519 and ML-DSA have their own inside.
    #[must_use]
    pub const fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss(digest, _) | Self::Ecdsa(digest) => Some(digest),
            Self::Ed25519 | Self::MlDsa(_) => None,
        }
    }

    /// Refuses MD5, which anybody can forge.
    ///
    /// # Errors
    /// `SignatureAlgorithmRefused`.
    pub fn refuse_broken(self) -> Result<Self, Error> {
        match self.digest() {
            Some(DigestAlgorithm::Md5) => {
                Err(refused("found a signature with MD5, wanted SHA-256 or better"))
            }
            _ => Ok(self),
        }
    }
}

/// The schemes that signatures are made with, as they are named in a key question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, in the mask too, and a salt of 32 bytes.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, in the mask too, and a salt of 48 bytes.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, in the mask too, and a salt of 64 bytes.
    RsaPssSha512,
    /// ECDSA over P-256 with SHA-256; the raw signature is r and s, 32 bytes each.
    EcdsaP256Sha256,
    /// ECDSA over P-384 with SHA-384; the raw signature is r and s, 48 bytes each.
    EcdsaP384Sha384,
    /// ECDSA over P-521 with SHA-512; the raw signature is r and s, 66 bytes each.
    EcdsaP521Sha512,
    /// Ed25519.
    Ed25519,
    /// ML-DSA-44 with an empty context; an answer is wanted by the deterministic variant (FIPS 204 3.4), but any counts.
    #[serde(rename = "ml_dsa_44")]
    MlDsa44,
    /// ML-DSA-65, likewise.
    #[serde(rename = "ml_dsa_65")]
    MlDsa65,
    /// ML-DSA-87, likewise.
    #[serde(rename = "ml_dsa_87")]
    MlDsa87,
}

impl SignatureScheme {
    /// The algorithm that a verifier will use.
    #[must_use]
    pub const fn algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::RsaPkcs1Sha256 => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            Self::RsaPkcs1Sha384 => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384),
            Self::RsaPkcs1Sha512 => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512),
            Self::RsaPssSha256 => SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha256, 32),
            Self::RsaPssSha384 => SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha384, 48),
            Self::RsaPssSha512 => SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha512, 64),
            Self::EcdsaP256Sha256 => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256),
            Self::EcdsaP384Sha384 => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384),
            Self::EcdsaP521Sha512 => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512),
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
            Self::MlDsa44 => SignatureAlgorithm::MlDsa(MlDsa::MlDsa44),
            Self::MlDsa65 => SignatureAlgorithm::MlDsa(MlDsa::MlDsa65),
            Self::MlDsa87 => SignatureAlgorithm::MlDsa(MlDsa::MlDsa87),
        }
    }
}

/// How a content-encryption key is encrypted for its recipient (RFC 8017 section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyTransport {
    /// RSAES-PKCS1-v1_5.
    RsaPkcs1,
    /// RSAES-OAEP with SHA-1, also in the mask, and no label.
    RsaOaepSha1,
    /// RSAES-OAEP with SHA-256, also in the mask, and no label.
    RsaOaepSha256,
}

/// RSASSA-PSS-params (RFC 4055 3.1). One digest for the message and the mask, as everybody writes it; two would be
/// as strong as the weaker one.
fn pss(parameters: Option<&Any>) -> Result<SignatureAlgorithm, Error> {
    let parameters: RsaPssParamsOwned =
        parameters.and_then(|parameters| parameters.decode_as().ok()).ok_or_else(|| {
            refused("found RSASSA-PSS without parameters, or with others than those of RFC 4055")
        })?;
    let digest = DigestAlgorithm::from_oid(parameters.hash.oid)?;
    let plain = |own: &AlgorithmIdentifierOwned| own.parameters.as_ref().is_none_or(Any::is_null);
    let mask = parameters.mask_gen;
    let fits = plain(&parameters.hash)
        && mask.oid == rfc5912::ID_MGF_1
        && mask.parameters.is_some_and(|mask| mask.oid == digest.oid() && plain(&mask));
    if fits {
        return Ok(SignatureAlgorithm::RsaPss(digest, parameters.salt_len));
    }
    Err(refused("found RSASSA-PSS whose mask is not MGF1 with the digest of the message"))
}

fn pss_parameters(digest: DigestAlgorithm, salt_octets: u8) -> Option<Any> {
    let parameters = match digest {
        DigestAlgorithm::Md5 => RsaPssParamsRef::new::<md5::Md5>(salt_octets),
        DigestAlgorithm::Sha1 => RsaPssParamsRef::new::<sha1::Sha1>(salt_octets),
        DigestAlgorithm::Sha256 => RsaPssParamsRef::new::<sha2::Sha256>(salt_octets),
        DigestAlgorithm::Sha384 => RsaPssParamsRef::new::<sha2::Sha384>(salt_octets),
        DigestAlgorithm::Sha512 => RsaPssParamsRef::new::<sha2::Sha512>(salt_octets),
    };
    Any::encode_from(&parameters).ok()
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::SignatureAlgorithmRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_round_trip() {
        for (oid, algorithm) in SignatureAlgorithm::KNOWN {
            assert_eq!(algorithm.identifier().oid, oid);
            assert_eq!(SignatureAlgorithm::from_oid(oid).unwrap(), algorithm);
        }
        for digest in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_oid(digest.oid()).unwrap(), digest);
        }
    }

    #[test]
    fn the_parameters_of_pss_are_read_and_written() {
        for digest in DigestAlgorithm::ALL {
            for salt in [0, 20, 32, 255] {
                let algorithm = SignatureAlgorithm::RsaPss(digest, salt);
                let read = SignatureAlgorithm::from_identifier(&algorithm.identifier());
                assert_eq!(read, Ok(algorithm));
            }
        }
        let pss = |parameters| AlgorithmIdentifierOwned { oid: rfc5912::ID_RSASSA_PSS, parameters };
        let mut mixed: RsaPssParamsRef<'_> = RsaPssParamsRef::new::<sha2::Sha256>(32);
        mixed.hash.oid = rfc5912::ID_SHA_384;
        let mut no_mgf1: RsaPssParamsRef<'_> = RsaPssParamsRef::new::<sha2::Sha256>(32);
        no_mgf1.mask_gen.oid = rfc5912::ID_SHA_384;
        for parameters in
            [None, Some(Any::null()), Any::encode_from(&mixed).ok(), Any::encode_from(&no_mgf1).ok()]
        {
            let refused = SignatureAlgorithm::from_identifier(&pss(parameters)).unwrap_err();
            assert_eq!(refused.code, ErrorCode::SignatureAlgorithmRefused);
        }
    }

    #[test]
    fn parameters_are_those_of_the_algorithm() {
        let (rsa, ecdsa) = (
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256),
        );
        let (null, other) = (Any::null(), Any::encode_from(&7_u8).unwrap());
        for (algorithm, parameters, fits) in [
            (rsa, None, true),
            (rsa, Some(&null), true),
            (rsa, Some(&other), false),
            (ecdsa, None, true),
            (ecdsa, Some(&null), false),
            (SignatureAlgorithm::Ed25519, Some(&null), false),
            (SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), None, true),
            (SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), Some(&null), false),
        ] {
            assert_eq!(algorithm.check_parameters(parameters).is_ok(), fits, "{algorithm:?} {parameters:?}");
        }
    }

    #[test]
    fn md5_is_refused() {
        let md5 = SignatureAlgorithm::from_oid(rfc5912::MD_5_WITH_RSA_ENCRYPTION).unwrap();
        assert_eq!(md5.refuse_broken().unwrap_err().code, ErrorCode::SignatureAlgorithmRefused);
    }
}
