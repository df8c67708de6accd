//! ML-DSA (FIPS 204) as certificates and keys carry it (RFC 9881): the pure one, with an empty context.

mod consistency;
mod private_key;

use alloc::vec::Vec;

use const_oid::db::fips204;
use der::asn1::ObjectIdentifier;
use ml_dsa::{
    EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, SignatureEncoding, Signer,
    VerifyingKey,
};

pub(crate) use private_key::MlDsaPrivateKey;

/// A parameter set (FIPS 204 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlDsa {
    /// ML-DSA-44, of security category 2.
    MlDsa44,
    /// ML-DSA-65, of security category 3.
    MlDsa65,
    /// ML-DSA-87, of security category 5.
    MlDsa87,
}

impl MlDsa {
    const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// The identifier of keys and signatures alike (RFC 9881 section 2); it has no parameters.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::MlDsa44 => fips204::ID_ML_DSA_44,
            Self::MlDsa65 => fips204::ID_ML_DSA_65,
            Self::MlDsa87 => fips204::ID_ML_DSA_87,
        }
    }

    /// The parameter set of an identifier; none for those of HashML-DSA, which certificates must not have (RFC 9881
    /// section 8.3).
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.oid() == oid)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// The octets of a public key (FIPS 204 table 2). Any octets of that number are one.
    #[must_use]
    pub const fn public_key_octets(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Whether a signature is one over `message` by the holder of the key. Keys are expanded here and not when they
    /// are read: most that are read verify nothing.
    pub(crate) fn verifies(self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::MlDsa44 => verifies::<MlDsa44>(key, message, signature),
            Self::MlDsa65 => verifies::<MlDsa65>(key, message, signature),
            Self::MlDsa87 => verifies::<MlDsa87>(key, message, signature),
        }
    }
}

fn verifies<P: MlDsaParams>(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) =
        (EncodedVerifyingKey::<P>::try_from(key), Signature::<P>::try_from(signature))
    else {
        return false;
    };
    VerifyingKey::<P>::decode(&key).verify_with_context(message, &[], &signature)
}

/// Signs by the deterministic variant (FIPS 204 section 3.4), so that one request has one response.
fn sign<P: MlDsaParams>(key: &impl Signer<Signature<P>>, message: &[u8]) -> Option<Vec<u8>> {
    key.try_sign(message).ok().map(|signature| signature.to_vec())
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::{
        Decode, Encode,
        asn1::{AnyRef, BitStringRef, OctetStringRef},
    };
    use pkcs8::PrivateKeyInfoRef;
    use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

    use super::*;
    use crate::{
        algorithm::{SignatureAlgorithm, SignatureScheme},
        error::ErrorCode,
        hex,
        key::{PrivateKey, PublicKey},
    };

    /// The seed of the examples of RFC 9881 appendix C.
    fn example_seed() -> Vec<u8> {
        (0..32).collect()
    }

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        match content.len() {
            0..128 => [&[tag, length[1]], content].concat(),
            _ => [&[tag, 0x82, length[0], length[1]], content].concat(),
        }
    }

    fn expanded(set: MlDsa) -> Vec<u8> {
        private_key::expand(set, &example_seed().try_into().unwrap()).to_vec()
    }

    fn both(seed: &[u8], expanded: &[u8]) -> Vec<u8> {
        tlv(0x30, &[tlv(4, seed), tlv(4, expanded)].concat())
    }

    fn pkcs8<'a>(
        set: MlDsa,
        choice: &'a [u8],
        change: impl FnOnce(&mut PrivateKeyInfoRef<'a>),
    ) -> Result<PrivateKey, ErrorCode> {
        let algorithm = AlgorithmIdentifierRef { oid: set.oid(), parameters: None };
        let mut info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(choice).unwrap());
        change(&mut info);
        PrivateKey::from_pkcs8(&info.to_der().unwrap()).map_err(|error| error.code)
    }

    fn example(set: MlDsa) -> PrivateKey {
        pkcs8(set, &tlv(0x80, &example_seed()), |_| ()).unwrap()
    }

    fn scheme(key: &PrivateKey) -> SignatureScheme {
        key.public_key().signature_scheme()
    }

    /// RFC 9881 appendix C: the hash of each example's SubjectPublicKeyInfo, and of its expanded key.
    #[test]
    fn the_seed_of_the_rfc_gives_the_keys_of_the_rfc() {
        for (set, public, private) in [
            (
                MlDsa::MlDsa44,
                "837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be",
                "04bf6b9f579166a627961dfc5c3bf9717df868db88863856356c4668c8b56b0b",
            ),
            (
                MlDsa::MlDsa65,
                "b8b62131bfbe84433efb2273d7f5b87f7a22854a2cfd366fc2aead86d837c52d",
                "9f1e24f47795fe50040384e3d6183988047170fa2d866406b70fe0a3f8216063",
            ),
            (
                MlDsa::MlDsa87,
                "07e57c4f14dbad1267f621ec3777b4e2e6c4fbc4c22fbb87510ff8e0b3c6a642",
                "764d3e223ed90c07bc91a0ab6ecd170e5c66ffe39f7039298596039a36005435",
            ),
        ] {
            assert_eq!(example(set).public_key().sha256(), public, "{}", set.name());
            assert_eq!(hex::sha256(&expanded(set)), private, "{}", set.name());
        }
    }

    #[test]
    fn each_form_is_the_same_key() {
        for set in MlDsa::ALL {
            let (key, expanded) = (example(set), expanded(set));
            let seeded = pkcs8(set, &both(&example_seed(), &expanded), |_| ()).unwrap();
            let without_seed = pkcs8(set, &tlv(4, &expanded), |_| ()).unwrap();
            let signature = key.sign(scheme(&key), b"message").unwrap();
            let algorithm = SignatureAlgorithm::MlDsa(set);
            for read in [&seeded, &without_seed] {
                assert_eq!(read.public_key(), key.public_key());
                assert_eq!(read.sign(scheme(read), b"message").unwrap(), signature);
            }
            assert!(key.public_key().verify(algorithm, b"message", &signature).is_ok());
            assert!(key.public_key().verify(algorithm, b"Message", &signature).is_err());
            // The seed is what is written, and the expanded key where there is no seed.
            assert_eq!(seeded.to_pkcs8().unwrap().as_bytes(), key.to_pkcs8().unwrap().as_bytes());
            assert_eq!(key.to_pkcs8().unwrap().as_bytes().len(), 54);
            let written = without_seed.to_pkcs8().unwrap();
            let info = PrivateKeyInfoRef::try_from(written.as_bytes()).unwrap();
            assert_eq!(info.private_key.as_bytes(), tlv(4, &expanded));
            assert_eq!(info.algorithm.parameters, None);
        }
    }

    /// RFC 9881 section 8.2 and appendix C.4: seed and expanded key, the hash of the public key, and t0.
    #[test]
    fn what_does_not_belong_together_is_refused() {
        for set in MlDsa::ALL {
            let sound = expanded(set);
            let changed = |at: usize, change: fn(&mut u8)| {
                let mut octets = sound.clone();
                change(&mut octets[at]);
                octets
            };
            let last = sound.len() - 1;
            let other_seed = [&[9], &example_seed()[1..]].concat();
            let mut wrong = vec![
                ("seed", both(&other_seed, &sound)),
                ("both", both(&example_seed(), &changed(40, |octet| *octet ^= 1))),
                ("tr", tlv(4, &changed(64, |octet| *octet ^= 1))),
                ("t0", tlv(4, &changed(last, |octet| *octet ^= 0x80))),
                ("rho", tlv(4, &changed(0, |octet| *octet ^= 1))),
                // The library would panic.
                ("range of s1", tlv(4, &changed(128, |octet| *octet = 0xff))),
                ("shorter", tlv(4, &sound[..last])),
                ("longer", tlv(4, &[&sound[..], &[0]].concat())),
                ("nothing", tlv(4, &[])),
                ("seed of 31", tlv(0x80, &example_seed()[1..])),
                ("seed of 33", tlv(0x80, &[0; 33])),
                ("seed as the expanded key", tlv(4, &example_seed())),
                ("two seeds", both(&example_seed(), &example_seed())),
                ("constructed", tlv(0xa0, &example_seed())),
                ("integer", vec![2, 1, 1]),
                ("empty", vec![]),
                ("more behind it", [tlv(0x80, &example_seed()), vec![5, 0]].concat()),
            ];
            // A coefficient of s1 that is one less or more is in range and gives another key.
            let step = sound[128].wrapping_add(if sound[128] & 7 == 0 { 1 } else { 0xff });
            wrong.push(("s1", tlv(4, &[&sound[..128], &[step], &sound[129..]].concat())));
            for (what, choice) in wrong {
                let refused = pkcs8(set, &choice, |_| ()).err();
                assert_eq!(refused, Some(ErrorCode::KeyMalformed), "{} {what}", set.name());
            }
        }
    }

    #[test]
    fn what_stands_beside_the_key_belongs_to_it() {
        let (set, choice) = (MlDsa::MlDsa65, tlv(0x80, &example_seed()));
        let own = example(set);
        let other = example(MlDsa::MlDsa44);
        for (beside, refused) in [(&own, None), (&other, Some(ErrorCode::KeyMalformed))] {
            let public = BitStringRef::from_bytes(beside.public_key().bit_string()).unwrap();
            assert_eq!(pkcs8(set, &choice, |info| info.public_key = Some(public)).err(), refused);
        }
        let null = pkcs8(set, &choice, |info| info.algorithm.parameters = Some(AnyRef::NULL));
        assert_eq!(null.err(), Some(ErrorCode::KeyMalformed));
        let prehash =
            pkcs8(set, &choice, |info| info.algorithm.oid = fips204::ID_HASH_ML_DSA_65_WITH_SHA_512);
        assert_eq!(prehash.err(), Some(ErrorCode::KeyUnsupported));
    }

    #[test]
    fn a_public_key_has_its_length_and_no_parameters() {
        for set in MlDsa::ALL {
            let key = example(set);
            let with = |octets: &[u8], parameters| {
                let mut spki = SubjectPublicKeyInfoRef::from_der(key.public_key().spki()).unwrap();
                spki.subject_public_key = BitStringRef::from_bytes(octets).unwrap();
                spki.algorithm.parameters = parameters;
                PublicKey::from_spki(&spki.to_der().unwrap()).map_err(|error| error.code)
            };
            let octets = key.public_key().bit_string();
            assert_eq!(with(octets, None).as_ref(), Ok(key.public_key()));
            let longer = [octets, &[0]].concat();
            for (octets, parameters) in
                [(octets, Some(AnyRef::NULL)), (&octets[1..], None), (&longer, None), (&[], None)]
            {
                assert_eq!(with(octets, parameters), Err(ErrorCode::KeyMalformed));
            }
        }
    }

    /// One set's signature, or one with octets more or less, is none of another's.
    #[test]
    fn a_signature_is_of_its_own_set_and_length() {
        let keys = MlDsa::ALL.map(|set| (set, example(set)));
        for (set, key) in &keys {
            let signature = key.sign(scheme(key), b"message").unwrap();
            let refused = |key: &PrivateKey, algorithm, signature: &[u8]| {
                let verified =
                    key.public_key().verify(SignatureAlgorithm::MlDsa(algorithm), b"message", signature);
                assert_eq!(verified.err().map(|error| error.code), Some(ErrorCode::SignatureInvalid));
            };
            refused(key, *set, &signature[1..]);
            refused(key, *set, &[&signature[..], &[0]].concat());
            refused(key, *set, &[]);
            refused(key, *set, &vec![0xff; signature.len()]);
            for (other, other_key) in keys.iter().filter(|(other, _)| other != set) {
                refused(key, *other, &signature);
                refused(other_key, *other, &signature);
                assert_eq!(key.sign(scheme(other_key), b"m").err().unwrap().code, ErrorCode::KeyUnfit);
            }
        }
    }
}
