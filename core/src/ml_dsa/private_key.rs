//! Private keys of ML-DSA: the seed, the expanded key, or both (RFC 9881 section 6).

use alloc::{boxed::Box, vec::Vec};

use der::{
    Decode, Encode, Sequence, Tag, TagNumber,
    asn1::{AnyRef, BitStringRef, OctetStringRef},
};
use ml_dsa::{
    ExpandedSigningKey, ExpandedSigningKeyBytes, Keypair, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed,
    SigningKey,
};
use pkcs8::{Document, PrivateKeyInfoRef, SecretDocument};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{MlDsa, consistency::Parts};
use crate::error::{Error, ErrorCode};

/// The octets of a seed, whatever the parameter set.
pub(crate) const SEED_OCTETS: usize = 32;

/// A private key, ready to sign; it is wiped when it is dropped.
pub(crate) struct MlDsaPrivateKey {
    set: MlDsa,
    public: Vec<u8>,
    /// What is written: the seed, or the expanded key if there is no seed.
    choice: Zeroizing<Vec<u8>>,
    signer: Box<dyn Sign + Send + Sync>,
}

trait Sign {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

impl<P: MlDsaParams> Sign for SigningKey<P> {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        super::sign(self, message)
    }
}

impl<P: MlDsaParams> Sign for ExpandedSigningKey<P> {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        super::sign(self, message)
    }
}

#[derive(Sequence)]
struct Both<'a> {
    seed: &'a OctetStringRef,
    expanded_key: &'a OctetStringRef,
}

impl MlDsaPrivateKey {
    /// The key of a seed (FIPS 204 algorithm 6).
    ///
    /// # Errors
    /// None in practice: `EncodingFailed`.
    pub(crate) fn from_seed(set: MlDsa, seed: &[u8; SEED_OCTETS]) -> Result<Self, Error> {
        let choice = Zeroizing::new(AnyRef::new(SEED_TAG, seed)?.to_der()?);
        let (public, signer) = match set {
            MlDsa::MlDsa44 => seeded::<MlDsa44>(seed),
            MlDsa::MlDsa65 => seeded::<MlDsa65>(seed),
            MlDsa::MlDsa87 => seeded::<MlDsa87>(seed),
        };
        Ok(Self { set, public, choice, signer })
    }

    /// Reads OneAsymmetricKey (RFC 5958) with any of the three forms. What stands there twice must be the same twice:
    /// seed and expanded key, the public key beside them, and what an expanded key holds of its public key.
    ///
    /// # Errors
    /// `KeyMalformed`.
    pub(crate) fn from_pkcs8(set: MlDsa, info: &PrivateKeyInfoRef<'_>) -> Result<Self, Error> {
        if info.algorithm.parameters.is_some() {
            return Err(malformed(set, "has parameters, wanted none (RFC 9881 section 2)"));
        }
        let key = Self::from_choice(set, info.private_key.as_bytes())?;
        match &info.public_key {
            Some(public) if public.as_bytes() != Some(&key.public) => {
                Err(malformed(set, "has another public key beside it than its own"))
            }
            _ => Ok(key),
        }
    }

    fn from_choice(set: MlDsa, der: &[u8]) -> Result<Self, Error> {
        let unreadable =
            || malformed(set, "is neither a seed, an expanded key nor both (RFC 9881 section 6)");
        let choice = AnyRef::from_der(der).map_err(|_| unreadable())?;
        match der::Tagged::tag(&choice) {
            SEED_TAG => Self::from_seed(set, seed(set, choice.value())?),
            Tag::OctetString => Self::from_expanded(set, choice.value()),
            Tag::Sequence => {
                let both = Both::from_der(der).map_err(|_| unreadable())?;
                let seed = seed(set, both.seed.as_bytes())?;
                if bool::from(expand(set, seed).ct_eq(both.expanded_key.as_bytes())) {
                    return Self::from_seed(set, seed);
                }
                Err(malformed(
                    set,
                    "has an expanded key that is not the one of its seed (RFC 9881 section 8.2)",
                ))
            }
            _ => Err(unreadable()),
        }
    }

    fn from_expanded(set: MlDsa, expanded: &[u8]) -> Result<Self, Error> {
        let no_key = || malformed(set, "is no expanded key of its size and range (FIPS 204 algorithm 25)");
        let parts = Parts::read(set, expanded).ok_or_else(no_key)?;
        let read = match set {
            MlDsa::MlDsa44 => decoded::<MlDsa44>(expanded),
            MlDsa::MlDsa65 => decoded::<MlDsa65>(expanded),
            MlDsa::MlDsa87 => decoded::<MlDsa87>(expanded),
        };
        let (public, signer) = read.ok_or_else(no_key)?;
        let choice = Zeroizing::new(OctetStringRef::new(expanded)?.to_der()?);
        if parts.belong_to(&public) {
            return Ok(Self { set, public, choice, signer });
        }
        Err(malformed(set, "is an expanded key whose parts do not belong together (RFC 9881 section 8.2)"))
    }

    /// The key in PKCS#8: the seed where it is known, as RFC 9881 section 6 recommends.
    pub(crate) fn to_pkcs8(&self) -> pkcs8::Result<SecretDocument> {
        let algorithm = AlgorithmIdentifierRef { oid: self.set.oid(), parameters: None };
        let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&self.choice)?);
        Ok(SecretDocument::encode_msg(&info)?)
    }

    pub(crate) const fn parameter_set(&self) -> MlDsa {
        self.set
    }

    /// The public half in a SubjectPublicKeyInfo (RFC 9881 section 4).
    pub(crate) fn to_public_key_der(&self) -> spki::Result<Document> {
        let algorithm = AlgorithmIdentifierRef { oid: self.set.oid(), parameters: None };
        let subject_public_key = BitStringRef::from_bytes(&self.public)?;
        Ok(Document::encode_msg(&SubjectPublicKeyInfoRef { algorithm, subject_public_key })?)
    }

    /// The signature, always the same one; none if there is none to be found, which has a probability below 2⁻¹²⁸.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.signer.sign(message)
    }
}

const SEED_TAG: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };

fn seed(set: MlDsa, octets: &[u8]) -> Result<&[u8; SEED_OCTETS], Error> {
    octets.try_into().map_err(|_| malformed(set, "has a seed that is not of 32 octets"))
}

type Halves = (Vec<u8>, Box<dyn Sign + Send + Sync>);

// Each set has its matrices on the stack while a key is made, 100 to 200 KiB: only one of these frames at a time.
#[inline(never)]
fn seeded<P: MlDsaParams + 'static>(seed: &[u8; SEED_OCTETS]) -> Halves {
    let key = SigningKey::<P>::from_seed(<&Seed>::from(seed));
    (key.verifying_key().encode().to_vec(), Box::new(key))
}

/// Only of octets that are in range: the library panics at others.
#[expect(
    deprecated,
    reason = "keys without a seed are a form of RFC 9881, and what the library warns of is checked"
)]
#[inline(never)]
fn decoded<P: MlDsaParams + 'static>(expanded: &[u8]) -> Option<Halves> {
    let mut octets = ExpandedSigningKeyBytes::<P>::try_from(expanded).ok()?;
    let key = Box::new(ExpandedSigningKey::<P>::from_expanded(&octets));
    octets.zeroize();
    Some((key.verifying_key().encode().to_vec(), key))
}

pub(super) fn expand(set: MlDsa, seed: &[u8; SEED_OCTETS]) -> Zeroizing<Vec<u8>> {
    match set {
        MlDsa::MlDsa44 => expanded::<MlDsa44>(seed),
        MlDsa::MlDsa65 => expanded::<MlDsa65>(seed),
        MlDsa::MlDsa87 => expanded::<MlDsa87>(seed),
    }
}

#[expect(deprecated, reason = "it is compared, not kept")]
#[inline(never)]
fn expanded<P: MlDsaParams>(seed: &[u8; SEED_OCTETS]) -> Zeroizing<Vec<u8>> {
    let mut octets = ExpandedSigningKey::<P>::from_seed(<&Seed>::from(seed)).to_expanded();
    let copy = Zeroizing::new(octets.to_vec());
    octets.zeroize();
    copy
}

fn malformed(set: MlDsa, what: &str) -> Error {
    Error::new(ErrorCode::KeyMalformed, format_args!("the {} private key {what}", set.name()))
}
