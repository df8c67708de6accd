//! One private key in aws-lc: RSA, ECDSA, Ed25519 or ML-DSA.

use std::fmt;
use std::str::FromStr;

use anyhow::{anyhow, bail};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
    PqdsaSigningAlgorithm, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use pkcs8::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

/// The kinds of key that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
    /// ECDSA on NIST P-256.
    P256,
    /// ECDSA on NIST P-384.
    P384,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ML-DSA-44 (FIPS 204).
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

const NAMES: [(&str, KeyType); 9] = [
    ("rsa-2048", KeyType::Rsa2048),
    ("rsa-3072", KeyType::Rsa3072),
    ("rsa-4096", KeyType::Rsa4096),
    ("p256", KeyType::P256),
    ("p384", KeyType::P384),
    ("ed25519", KeyType::Ed25519),
    ("ml-dsa-44", KeyType::MlDsa44),
    ("ml-dsa-65", KeyType::MlDsa65),
    ("ml-dsa-87", KeyType::MlDsa87),
];

/// The parameter sets of ML-DSA, with the scheme by which the engine asks for each.
static ML_DSA: [(KeyType, &str, &PqdsaSigningAlgorithm); 3] = [
    (KeyType::MlDsa44, "ml_dsa_44", &ML_DSA_44_SIGNING),
    (KeyType::MlDsa65, "ml_dsa_65", &ML_DSA_65_SIGNING),
    (KeyType::MlDsa87, "ml_dsa_87", &ML_DSA_87_SIGNING),
];

impl KeyType {
    /// Whether messages can be encrypted to such a key, as SCEP wants.
    pub(crate) fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096)
    }
}

impl FromStr for KeyType {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, key_type)| *key_type).ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("wanted one of {}", names.join(", "))
        })
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, key_type)| key_type == self);
        f.write_str(name.map_or("unknown", |(name, _)| name))
    }
}

enum Material {
    Rsa { signing: Box<RsaKeyPair>, pkcs1: Pkcs1PrivateDecryptingKey, oaep: OaepPrivateDecryptingKey },
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    MlDsa(KeyType, PqdsaKeyPair),
}

/// A private key that signs and, if it is RSA, decrypts. It has no `Debug`: nothing can print it.
pub(crate) struct PrivateKey {
    material: Material,
    public_pem: String,
}

impl PrivateKey {
    /// A new key from aws-lc's generator.
    ///
    /// # Errors
    /// If generation fails.
    pub(crate) fn generate(key_type: KeyType) -> anyhow::Result<Self> {
        let rng = SystemRandom::new();
        let failed = |_| anyhow!("cannot make a key of type {key_type}");
        let rsa = |size| -> anyhow::Result<Self> {
            let key = PrivateDecryptingKey::generate(size).map_err(failed)?;
            let pkcs8: Pkcs8V1Der<'static> = key.as_der().map_err(failed)?;
            Self::from_pkcs8(pkcs8.as_ref())
        };
        let ecdsa = |algorithm| -> anyhow::Result<Self> {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &rng).map_err(failed)?;
            Self::from_pkcs8(pkcs8.as_ref())
        };
        let ml_dsa = |algorithm| -> anyhow::Result<Self> {
            let pkcs8 = PqdsaKeyPair::generate(algorithm).and_then(|key| key.to_pkcs8v1()).map_err(failed)?;
            Self::from_pkcs8(pkcs8.as_ref())
        };
        match key_type {
            KeyType::Rsa2048 => rsa(KeySize::Rsa2048),
            KeyType::Rsa3072 => rsa(KeySize::Rsa3072),
            KeyType::Rsa4096 => rsa(KeySize::Rsa4096),
            KeyType::P256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING),
            KeyType::P384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING),
            KeyType::Ed25519 => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8v1(&rng).map_err(failed)?;
                Self::from_pkcs8(pkcs8.as_ref())
            }
            KeyType::MlDsa44 => ml_dsa(&ML_DSA_44_SIGNING),
            KeyType::MlDsa65 => ml_dsa(&ML_DSA_65_SIGNING),
            KeyType::MlDsa87 => ml_dsa(&ML_DSA_87_SIGNING),
        }
    }

    /// Takes a PKCS#8 key (RFC 5958), DER. The kind is found by trying each.
    ///
    /// # Errors
    /// If it is of none of the kinds of [`KeyType`].
    pub(crate) fn from_pkcs8(der: &[u8]) -> anyhow::Result<Self> {
        let material = read(der).ok_or_else(|| {
            anyhow!(
                "the key is none that can be used: RSA of 2048 to 8192 bits, P-256, P-384, Ed25519 or ML-DSA with its seed"
            )
        })?;
        let spki = public_der(&material)?;
        let public_pem = pem::encode_string("PUBLIC KEY", LineEnding::LF, spki.as_ref())
            .map_err(|error| anyhow!("cannot write a public key: {error}"))?;
        Ok(Self { material, public_pem })
    }

    /// Takes an unencrypted PKCS#8 key in PEM.
    ///
    /// # Errors
    /// As [`Self::from_pkcs8`].
    pub(crate) fn from_pem(text: &str) -> anyhow::Result<Self> {
        let (label, document) =
            pkcs8::SecretDocument::from_pem(text).map_err(|_| anyhow!("the key file is not PEM"))?;
        if label != "PRIVATE KEY" {
            bail!("found {label:?}, wanted PRIVATE KEY (PKCS#8); `openssl pkey` converts");
        }
        Self::from_pkcs8(document.as_bytes())
    }

    /// The kind, if it is one that is made here.
    pub(crate) fn key_type(&self) -> Option<KeyType> {
        match &self.material {
            Material::Rsa { signing, .. } => match signing.public_modulus_len() {
                256 => Some(KeyType::Rsa2048),
                384 => Some(KeyType::Rsa3072),
                512 => Some(KeyType::Rsa4096),
                _ => None,
            },
            Material::P256(_) => Some(KeyType::P256),
            Material::P384(_) => Some(KeyType::P384),
            Material::Ed25519(_) => Some(KeyType::Ed25519),
            Material::MlDsa(key_type, _) => Some(*key_type),
        }
    }

    /// The public half: SubjectPublicKeyInfo in PEM.
    pub(crate) fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// The private half, unencrypted: for the sealing and for a client's own key file.
    pub(crate) fn private_pem(&self) -> anyhow::Result<Zeroizing<String>> {
        pem::encode_string("PRIVATE KEY", LineEnding::LF, &self.pkcs8()?)
            .map(Zeroizing::new)
            .map_err(|error| anyhow!("cannot write a private key: {error}"))
    }

    /// PKCS#8, DER: written when it is asked for, so that no copy lies about beside aws-lc's own.
    pub(super) fn pkcs8(&self) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let document = |document: &[u8]| Zeroizing::new(document.to_vec());
        let der = |der: Pkcs8V1Der<'static>| document(der.as_ref());
        let written = match &self.material {
            Material::Rsa { signing, .. } => signing.as_der().map(der),
            Material::P256(key) | Material::P384(key) => key.to_pkcs8v1().map(|key| document(key.as_ref())),
            Material::Ed25519(key) => key.as_der().map(der),
            Material::MlDsa(_, key) => key.to_pkcs8v1().map(|key| document(key.as_ref())),
        };
        written.map_err(|_| anyhow!("cannot write a private key"))
    }

    /// Signs `message` (not a digest). ECDSA signatures are r and s, each of fixed length. Those of ECDSA and ML-DSA are
    /// other ones each time: aws-lc hedges ML-DSA (FIPS 204 section 3.4) and has no deterministic variant.
    ///
    /// # Errors
    /// If the scheme is not one of this key.
    pub(crate) fn sign(&self, scheme: &str, message: &[u8]) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let rng = SystemRandom::new();
        let failed = |_| anyhow!("signing with {scheme} failed");
        let signature = match (&self.material, scheme) {
            (Material::Rsa { signing, .. }, _) => {
                let padding = rsa_padding(scheme)?;
                let mut signature = vec![0; signing.public_modulus_len()];
                signing.sign(padding, &rng, message, &mut signature).map_err(failed)?;
                signature
            }
            (Material::P256(key), "ecdsa_p256_sha256") | (Material::P384(key), "ecdsa_p384_sha384") => {
                key.sign(&rng, message).map_err(failed)?.as_ref().to_vec()
            }
            (Material::Ed25519(key), "ed25519") => key.try_sign(message).map_err(failed)?.as_ref().to_vec(),
            (Material::MlDsa(key_type, key), _)
                if ML_DSA.iter().any(|own| (own.0, own.1) == (*key_type, scheme)) =>
            {
                let mut signature = vec![0; key.algorithm().signature_len()];
                key.sign(message, &mut signature).map_err(failed)?;
                signature
            }
            _ => bail!("this key cannot sign with {scheme}"),
        };
        Ok(Zeroizing::new(signature))
    }

    /// Decrypts; `None` for whatever is wrong with the ciphertext, without a reason.
    ///
    /// # Errors
    /// If the scheme is unknown or the key is not RSA.
    pub(crate) fn decrypt(
        &self,
        scheme: &str,
        ciphertext: &[u8],
    ) -> anyhow::Result<Option<Zeroizing<Vec<u8>>>> {
        let Material::Rsa { pkcs1, oaep, .. } = &self.material else {
            bail!("this key cannot decrypt");
        };
        let mut plaintext = Zeroizing::new(vec![0; pkcs1.min_output_size()]);
        let with_oaep = |algorithm: &'static OaepAlgorithm, plaintext: &mut [u8]| {
            oaep.decrypt(algorithm, ciphertext, plaintext, None).map(|found| found.len())
        };
        let length = match scheme {
            "rsa_pkcs1" => pkcs1.decrypt(ciphertext, &mut plaintext).map(|found| found.len()),
            "rsa_oaep_sha1" => with_oaep(&OAEP_SHA1_MGF1SHA1, &mut plaintext),
            "rsa_oaep_sha256" => with_oaep(&OAEP_SHA256_MGF1SHA256, &mut plaintext),
            _ => bail!("{scheme} is not a way to decrypt"),
        };
        Ok(length.ok().map(|length| {
            plaintext.truncate(length);
            plaintext
        }))
    }
}

fn read(der: &[u8]) -> Option<Material> {
    let ecdsa = |algorithm: &'static EcdsaSigningAlgorithm| EcdsaKeyPair::from_pkcs8(algorithm, der).ok();
    if let Ok(signing) = RsaKeyPair::from_pkcs8(der) {
        let decrypting = PrivateDecryptingKey::from_pkcs8(der).ok()?;
        return Some(Material::Rsa {
            signing: Box::new(signing),
            pkcs1: Pkcs1PrivateDecryptingKey::new(decrypting.clone()).ok()?,
            oaep: OaepPrivateDecryptingKey::new(decrypting).ok()?,
        });
    }
    None.or_else(|| ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Material::P256))
        .or_else(|| ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING).map(Material::P384))
        .or_else(|| Ed25519KeyPair::from_pkcs8(der).ok().map(Material::Ed25519))
        .or_else(|| ML_DSA.iter().find_map(|(key_type, _, algorithm)| ml_dsa(*key_type, algorithm, der)))
}

/// A key without its seed could sign, but not be written: aws-lc writes the seed alone.
fn ml_dsa(key_type: KeyType, algorithm: &'static PqdsaSigningAlgorithm, der: &[u8]) -> Option<Material> {
    let key = PqdsaKeyPair::from_pkcs8(algorithm, der).ok()?;
    key.to_pkcs8v1().is_ok().then_some(Material::MlDsa(key_type, key))
}

fn public_der(material: &Material) -> anyhow::Result<PublicKeyX509Der<'static>> {
    let der = match material {
        Material::Rsa { signing, .. } => signing.public_key().as_der(),
        Material::P256(key) | Material::P384(key) => key.public_key().as_der(),
        Material::Ed25519(key) => key.public_key().as_der(),
        Material::MlDsa(_, key) => key.public_key().as_der(),
    };
    der.map_err(|_| anyhow!("cannot write a public key"))
}

fn rsa_padding(scheme: &str) -> anyhow::Result<&'static dyn RsaEncoding> {
    Ok(match scheme {
        "rsa_pkcs1_sha256" => &RSA_PKCS1_SHA256,
        "rsa_pkcs1_sha384" => &RSA_PKCS1_SHA384,
        "rsa_pkcs1_sha512" => &RSA_PKCS1_SHA512,
        // A salt as long as the digest, and the same digest in the mask: what the names stand for.
        "rsa_pss_sha256" => &RSA_PSS_SHA256,
        "rsa_pss_sha384" => &RSA_PSS_SHA384,
        "rsa_pss_sha512" => &RSA_PSS_SHA512,
        _ => bail!("this key cannot sign with {scheme}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rsa::{OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey, PublicEncryptingKey};
    use aws_lc_rs::signature::{
        ECDSA_P384_SHA384_FIXED, ML_DSA_44, ML_DSA_65, ML_DSA_87, RSA_PKCS1_2048_8192_SHA256,
        RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
        UnparsedPublicKey, VerificationAlgorithm,
    };

    fn public(key: &PrivateKey) -> Vec<u8> {
        pkcs8::Document::from_pem(key.public_pem()).unwrap().1.into_vec()
    }

    fn verifies(key: &PrivateKey, how: &'static dyn VerificationAlgorithm, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(how, public(key)).verify(b"message", signature).is_ok()
    }

    #[test]
    fn rsa_signs_and_decrypts_each_way() {
        let key = PrivateKey::generate(KeyType::Rsa2048).unwrap();
        let signature = key.sign("rsa_pkcs1_sha256", b"message").unwrap();
        assert!(verifies(&key, &RSA_PKCS1_2048_8192_SHA256, &signature));
        let pss: [(&str, &'static RsaParameters); 3] = [
            ("rsa_pss_sha256", &RSA_PSS_2048_8192_SHA256),
            ("rsa_pss_sha384", &RSA_PSS_2048_8192_SHA384),
            ("rsa_pss_sha512", &RSA_PSS_2048_8192_SHA512),
        ];
        for (scheme, how) in pss {
            assert!(verifies(&key, how, &key.sign(scheme, b"message").unwrap()), "{scheme}");
        }
        let public = PublicEncryptingKey::from_der(&public(&key)).unwrap();
        let mut sealed = vec![0; 256];
        Pkcs1PublicEncryptingKey::new(public.clone()).unwrap().encrypt(b"secret", &mut sealed).unwrap();
        assert_eq!(key.decrypt("rsa_pkcs1", &sealed).unwrap().unwrap().as_slice(), b"secret");
        assert!(key.decrypt("rsa_oaep_sha1", &sealed).unwrap().is_none());
        let oaep = OaepPublicEncryptingKey::new(public).unwrap();
        for (scheme, algorithm) in
            [("rsa_oaep_sha1", &OAEP_SHA1_MGF1SHA1), ("rsa_oaep_sha256", &OAEP_SHA256_MGF1SHA256)]
        {
            oaep.encrypt(algorithm, b"secret", &mut sealed, None).unwrap();
            assert_eq!(key.decrypt(scheme, &sealed).unwrap().unwrap().as_slice(), b"secret");
        }
    }

    #[test]
    fn any_broken_ciphertext_has_the_same_answer() {
        let key = PrivateKey::generate(KeyType::Rsa2048).unwrap();
        for ciphertext in [&[][..], &[0; 255], &[0; 256], &[0xff; 256], &[1; 4096]] {
            assert!(key.decrypt("rsa_pkcs1", ciphertext).unwrap().is_none());
            assert!(key.decrypt("rsa_oaep_sha256", ciphertext).unwrap().is_none());
        }
    }

    #[test]
    fn ecdsa_signatures_have_fixed_length() {
        let key = PrivateKey::generate(KeyType::P384).unwrap();
        let signature = key.sign("ecdsa_p384_sha384", b"message").unwrap();
        assert_eq!(signature.len(), 96);
        assert!(verifies(&key, &ECDSA_P384_SHA384_FIXED, &signature));
        assert!(key.sign("ecdsa_p256_sha256", b"message").is_err());
        assert!(key.decrypt("rsa_pkcs1", b"x").is_err());
    }

    #[test]
    fn ml_dsa_signs_by_its_own_scheme() {
        for (key_type, scheme, how) in [
            (KeyType::MlDsa44, "ml_dsa_44", &ML_DSA_44),
            (KeyType::MlDsa65, "ml_dsa_65", &ML_DSA_65),
            (KeyType::MlDsa87, "ml_dsa_87", &ML_DSA_87),
        ] {
            let key = PrivateKey::generate(key_type).unwrap();
            assert_eq!(key.key_type(), Some(key_type));
            assert!(verifies(&key, how, &key.sign(scheme, b"message").unwrap()));
            for other in ["ml_dsa_44", "ml_dsa_65", "ml_dsa_87", "ed25519"] {
                assert_eq!(key.sign(other, b"message").is_ok(), other == scheme);
            }
            assert!(key.decrypt("rsa_pkcs1", b"x").is_err());
        }
    }

    #[test]
    fn every_kind_survives_pem() {
        for (name, key_type) in NAMES {
            if key_type == KeyType::Rsa4096 {
                continue; // the same code as the other RSA sizes, and slow to make
            }
            let key = PrivateKey::generate(key_type).unwrap();
            let again = PrivateKey::from_pem(&key.private_pem().unwrap()).unwrap();
            assert_eq!(again.public_pem(), key.public_pem(), "{name}");
            assert_eq!(name.parse::<KeyType>().unwrap().to_string(), name);
        }
    }
}
