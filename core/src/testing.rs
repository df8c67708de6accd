//! What the unit tests share: fixed keys and authorities, and running an operation both ways.

use alloc::{format, string::String, vec::Vec};
use std::sync::OnceLock;

use der::{Decode, Encode};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey};
use zeroize::Zeroizing;

use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureScheme},
    authority::Authority,
    certificate::{Certificate, TbsCertificate},
    error::Error,
    key::{KeyAlgorithm, PrivateKey},
    keys::{Answer, Halt, KeyReference, KeyRing, Keys, Question},
    operation::{activate_generation, create_authority, create_csr, renew_authority},
    seed::Seed,
    signed::Signed,
};

/// The time of the tests: 2026-11-19.
pub(crate) const NOW: u64 = 1_795_000_000;

/// Keys that every test may use by name.
pub(crate) struct TestKeys;

impl TestKeys {
    const ALL: [(&str, KeyAlgorithm); 11] = [
        ("root", KeyAlgorithm::Rsa2048),
        ("issuing", KeyAlgorithm::Rsa2048),
        ("ra", KeyAlgorithm::Rsa2048),
        ("device", KeyAlgorithm::Rsa2048),
        ("other", KeyAlgorithm::Rsa2048),
        ("p256", KeyAlgorithm::P256),
        ("p384", KeyAlgorithm::P384),
        ("ed25519", KeyAlgorithm::Ed25519),
        ("ml-dsa-44", KeyAlgorithm::MlDsa44),
        ("ml-dsa-65", KeyAlgorithm::MlDsa65),
        ("ml-dsa-87", KeyAlgorithm::MlDsa87),
    ];

    /// A ring that holds them all.
    pub(crate) fn ring() -> &'static KeyRing {
        static RING: OnceLock<KeyRing> = OnceLock::new();
        RING.get_or_init(|| {
            let mut ring = KeyRing::new();
            for (id, _) in Self::ALL {
                ring.import(id, private_key(id).to_pem().unwrap().expose().as_bytes()).unwrap();
            }
            ring
        })
    }

    /// A reference that names its public key, so that it also serves where the ring is empty.
    pub(crate) fn reference(id: &str) -> KeyReference {
        let keys = Keys::new(Self::ring(), Vec::new());
        let public = keys.public_key(&KeyReference { id: id.into(), public_key: None }).unwrap();
        KeyReference { id: id.into(), public_key: Some(public.to_pem().unwrap()) }
    }
}

/// One of the test keys.
pub(crate) fn private_key(id: &str) -> PrivateKey {
    let (byte, (_, algorithm)) = (1..).zip(TestKeys::ALL).find(|(_, (name, _))| *name == id).unwrap();
    PrivateKey::generate(algorithm, &Seed::new([byte; 32])).unwrap()
}

/// Runs an operation with the keys in the ring, then with an empty ring and answered questions: between runs, in one, and
/// the first before it. Compares.
pub(crate) fn both_ways<T: serde::Serialize>(
    operation: impl Fn(&mut Keys<'_>) -> Result<T, Halt>,
) -> Result<T, Error> {
    let finish = |result| match result {
        Ok(response) => Ok(response),
        Err(Halt::Error(error)) => Err(error),
        Err(Halt::Needs(question)) => panic!("a held key was asked for: {question:?}"),
    };
    let held = finish(operation(&mut Keys::new(TestKeys::ring(), Vec::new())));
    let asked = with_questions(&operation);
    let mut answers = Vec::new();
    let mut ask = |question: &Question| {
        answers.push(answer(question.clone()));
        Ok(answers.last().cloned())
    };
    let empty = KeyRing::new();
    let at_once = finish(operation(&mut Keys::new(&empty, Vec::new()).asking(Some(&mut ask))));
    let (first, mut later) = (answers.iter().take(1).cloned().collect(), answers.into_iter().skip(1));
    let mut ask = |_: &Question| Ok(later.next());
    let mut keys = Keys::new(&empty, first).asking(Some(&mut ask));
    let after_one = finish(operation(&mut keys));
    keys.finish().unwrap();
    let text = |result: &Result<T, Error>| match result {
        Ok(response) => serde_json::to_string(response).unwrap(),
        Err(error) => format!("{error:?}"),
    };
    assert_eq!(text(&held), text(&asked));
    assert_eq!(text(&held), text(&at_once));
    assert_eq!(text(&held), text(&after_one));
    held
}

fn with_questions<T>(operation: &impl Fn(&mut Keys<'_>) -> Result<T, Halt>) -> Result<T, Error> {
    let empty = KeyRing::new();
    let mut answers: Vec<Answer> = Vec::new();
    loop {
        let mut keys = Keys::new(&empty, answers.clone());
        match operation(&mut keys) {
            Ok(response) => {
                keys.finish().unwrap();
                return Ok(response);
            }
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Needs(question)) => answers.push(answer(question)),
        }
    }
}

/// What an outside holder of the test keys answers.
pub(crate) fn answer(question: Question) -> Answer {
    match question {
        Question::Sign { key, scheme, input } => {
            Some(Zeroizing::new(TestKeys::ring().sign_raw(&key, scheme, &input.0).unwrap()))
        }
        Question::Decrypt { key, scheme, input } => TestKeys::ring().decrypt(&key, scheme, &input.0).unwrap(),
    }
}

/// A root authority with the key `root`.
pub(crate) fn root() -> Authority {
    authority("root", "CN=Test Root", None)
}

/// An authority below [`root`] with the key `issuing`.
pub(crate) fn subordinate() -> Authority {
    authority("issuing", "CN=Test Issuing", Some(root()))
}

pub(crate) fn authority(key: &str, subject: &str, issuer: Option<Authority>) -> Authority {
    authority_for(key, subject, issuer, None)
}

/// The same for another lifetime than the usual one.
pub(crate) fn authority_for(
    key: &str,
    subject: &str,
    issuer: Option<Authority>,
    validity_seconds: Option<u64>,
) -> Authority {
    let request = create_authority::Request {
        now: NOW,
        seed: Seed::new([9; 32]),
        subject: subject.into(),
        key: TestKeys::reference(key),
        issuer,
        validity_seconds,
        path_length: None,
        crl_urls: alloc::vec!["http://ca.example/crl".into()],
        ocsp_urls: alloc::vec!["http://ca.example/ocsp".into()],
        issuer_urls: alloc::vec!["http://ca.example/ca.cer".into()],
    };
    create_authority::run(request, &mut Keys::new(TestKeys::ring(), Vec::new()))
        .unwrap_or_else(|halt| panic!("{halt:?}"))
        .authority
}

/// The authority after a renewal with the key `p256`.
pub(crate) fn rekeyed(authority: Authority) -> Authority {
    let request = renew_authority::Request {
        now: NOW,
        seed: Seed::new([8; 32]),
        authority,
        issuer: None,
        mode: renew_authority::Mode::NewKey(Some(TestKeys::reference("p256"))),
        validity_seconds: None,
        crl_urls: Some(alloc::vec!["http://pki.example/second.crl".into()]),
        share_crl_urls: false,
        ocsp_urls: None,
        issuer_urls: None,
        helpers: Vec::new(),
    };
    let mut keys = Keys::new(TestKeys::ring(), Vec::new());
    let renewed = renew_authority::run(request, &mut keys).unwrap_or_else(|halt| panic!("{halt:?}"));
    // The next generation's life begins a little before it is made.
    let request = activate_generation::Request { now: NOW, authority: renewed.authority, generation: None };
    activate_generation::run(request, &mut keys).unwrap_or_else(|halt| panic!("{halt:?}")).authority
}

/// A certificate changed and signed anew by a key of the tests.
pub(crate) fn resigned<'a>(
    certificate: &'a Certificate,
    key: &PrivateKey,
    change: impl FnOnce(&mut TbsCertificate<'a>),
) -> Certificate {
    let mut tbs = TbsCertificate::from_der(&certificate.signed().content).unwrap();
    change(&mut tbs);
    let content = tbs.to_der().unwrap();
    let scheme = SignatureScheme::RsaPkcs1Sha256;
    let signature = key.sign(scheme, &content).unwrap();
    Certificate::from_der(&Signed::assemble(&content, scheme.algorithm(), &signature).unwrap()).unwrap()
}

/// The same signed with SHA-1, as the engine itself does not.
pub(crate) fn resigned_with_sha1<'a>(
    certificate: &'a Certificate,
    key: &PrivateKey,
    change: impl FnOnce(&mut TbsCertificate<'a>),
) -> Certificate {
    let key = RsaPrivateKey::from_pkcs8_der(key.to_pkcs8().unwrap().as_bytes()).unwrap();
    resigned_outside(certificate, &key, DigestAlgorithm::Sha1, change)
}

/// An RSA key of 1024 bits, which the engine itself does not hold.
pub(crate) fn short_key() -> RsaPrivateKey {
    RsaPrivateKey::new(&mut Seed::new([77; 32]).generator("a short key"), 1024).unwrap()
}

/// The same by a key outside the engine, with SHA-1 or SHA-256.
pub(crate) fn resigned_outside<'a>(
    certificate: &'a Certificate,
    key: &RsaPrivateKey,
    digest: DigestAlgorithm,
    change: impl FnOnce(&mut TbsCertificate<'a>),
) -> Certificate {
    let algorithm = SignatureAlgorithm::RsaPkcs1(digest);
    let mut tbs = TbsCertificate::from_der(&certificate.signed().content).unwrap();
    tbs.signature = algorithm.identifier();
    change(&mut tbs);
    let content = tbs.to_der().unwrap();
    let scheme = match digest {
        DigestAlgorithm::Sha1 => Pkcs1v15Sign::new::<sha1::Sha1>(),
        _ => Pkcs1v15Sign::new::<sha2::Sha256>(),
    };
    let signature = key.sign(scheme, &digest.digest(&content)).unwrap();
    Certificate::from_der(&Signed::assemble(&content, algorithm, &signature).unwrap()).unwrap()
}

/// A certification request (PEM) by a test key.
pub(crate) fn csr(key: &str, subject: &str, names: &[&str]) -> String {
    let request = create_csr::Request {
        key: TestKeys::reference(key),
        subject: subject.into(),
        subject_alternative_names: names.iter().map(|name| (*name).into()).collect(),
        challenge_password: None,
    };
    create_csr::run(request, &mut Keys::new(TestKeys::ring(), Vec::new()))
        .unwrap_or_else(|halt| panic!("{halt:?}"))
        .csr
}
