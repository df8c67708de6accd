//! Rules of a certificate by itself.

use alloc::{vec, vec::Vec};

use super::{Case, device};
use crate::lint::{
    UNREADABLE, address::*, alternative_name::*, certificate::*, extensions::*, key::*, key_usage::*,
    policy::*, purpose::Purpose, serial_number::*, signature::*, testing::*, validity::*,
};

/// An SPKI of these parts.
fn key(algorithm: Vec<u8>, bits: &[u8]) -> Vec<u8> {
    sequence(&[algorithm, tlv(3, &[&[0], bits].concat())])
}

/// An RSA key of this modulus.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = sequence(&[tlv(2, &[&[0], modulus].concat()), tlv(2, exponent)]);
    key(sequence(&[oid("1.2.840.113549.1.1.1"), tlv(5, &[])]), &numbers)
}

/// A modulus that no small factor divides, as the lint itself says.
fn modulus(octets: usize) -> Vec<u8> {
    let ending = |end: u16| {
        let mut modulus = vec![0x80; octets];
        modulus.truncate(octets.saturating_sub(2));
        modulus.extend(end.to_be_bytes());
        modulus
    };
    let has_factor = |modulus: &[u8]| (3..=751).step_by(2).any(|factor| remainder(modulus, factor) == 0);
    (1..).step_by(2).map(ending).find(|modulus| !has_factor(modulus)).unwrap()
}

fn curve(digits: &str) -> Vec<u8> {
    key(sequence(&[oid("1.2.840.10045.2.1"), oid(digits)]), &[4; 65])
}

fn ecdsa_usage(draft: Draft) -> Draft {
    draft.with(key_usage(true, &[7, 0x80]))
}

pub(super) fn cases() -> Vec<Case> {
    [
        numbers_and_times(),
        signatures(),
        keys(),
        whole(),
        identifiers(),
        policies(),
        usages(),
        names(),
        addresses(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn numbers_and_times() -> Vec<Case> {
    let time = |tag: u8, text: &str| tlv(tag, text.as_bytes());
    vec![
        device(&SERIAL_NEGATIVE, |draft| draft.serial = tlv(2, &[0x80; 16])),
        device(&SERIAL_ZERO, |draft| draft.serial = tlv(2, &[0])),
        device(&SERIAL_LONG, |draft| draft.serial = tlv(2, &[0x41; 21])),
        device(&SERIAL_SHORT, |draft| draft.serial = tlv(2, &[0x41; 6])),
        device(&TIME_MALFORMED, |draft| draft.not_after = time(0x18, "2028010100Z")),
        device(&TIME_TYPE_WRONG, |draft| draft.not_after = time(0x18, "20280101000000Z")),
        device(&TIME_TYPE_WRONG, |draft| draft.not_before = time(0x18, "20260101000000Z")),
        device(&VALIDITY_REVERSED, |draft| draft.not_before = utc("290101000000Z")),
        device(&EXPIRED, |draft| draft.not_after = utc("260601000000Z")),
        device(&NOT_YET_VALID, |draft| draft.not_before = utc("270101000000Z")),
        device(&EXPIRES_SOON, |draft| draft.not_after = utc("261201000000Z")),
    ]
}

fn signatures() -> Vec<Case> {
    let with = |digits: &str| sequence(&[oid(digits), tlv(5, &[])]);
    let both = |draft: &mut Draft, algorithm: Vec<u8>| {
        draft.algorithm.clone_from(&algorithm);
        draft.beside = algorithm;
    };
    vec![
        device(&SHA1_SIGNATURE, |draft| both(draft, with("1.2.840.113549.1.1.5"))),
        device(&SHA1_SIGNATURE, |draft| both(draft, sequence(&[oid("1.2.840.10045.4.1")]))),
        // RSASSA-PSS with its defaults
        device(&SHA1_SIGNATURE, |draft| {
            both(draft, sequence(&[oid("1.2.840.113549.1.1.10"), sequence(&[])]))
        }),
        device(&MD5_SIGNATURE, |draft| both(draft, with("1.2.840.113549.1.1.4"))),
        device(&SIGNATURE_ALGORITHM_MISMATCH, |draft| draft.algorithm = with("1.2.840.113549.1.1.12")),
        device(&SIGNATURE_PARAMETERS_WRONG, |draft| both(draft, sequence(&[oid("1.2.840.113549.1.1.11")]))),
        device(&SIGNATURE_PARAMETERS_WRONG, |draft| both(draft, with("1.2.840.10045.4.3.2"))),
        // Nobody relies on the signature of a root.
        {
            let mut root = Draft::root().without("2.5.29.35");
            both(&mut root, with("1.2.840.113549.1.1.5"));
            Case {
                sound: root.into(),
                ..device(&SHA1_SIGNATURE, |draft| both(draft, with("1.2.840.113549.1.1.5")))
            }
        },
    ]
}

fn keys() -> Vec<Case> {
    let modulus_of = |octets| modulus(octets);
    let mut even = modulus_of(256);
    even[255] &= 0xfe;
    let mut threefold = vec![0; 256];
    threefold[0] = 0xc0;
    threefold[255] = 3;
    let exponent = [1, 0, 1];
    let ed25519 = ecdsa_usage(Draft { spki: spki("ed25519"), ..Draft::device() });
    let ml_dsa = ecdsa_usage(Draft { spki: spki("ml-dsa-65"), ..Draft::device() });
    let ml_dsa_with_null = {
        let octets = vec![0; 1312];
        let null = sequence(&[oid("2.16.840.1.101.3.4.3.17"), tlv(5, &[])]);
        ecdsa_usage(Draft { spki: key(null, &octets), ..Draft::device() })
    };
    let p192 = ecdsa_usage(Draft { spki: curve("1.2.840.10045.3.1.1"), ..Draft::device() });
    let secp256k1 = ecdsa_usage(Draft { spki: curve("1.3.132.0.10"), ..Draft::device() });
    let unnamed = key(sequence(&[oid("1.2.840.10045.2.1"), sequence(&[])]), &[4; 65]);
    vec![
        device(&WEAK_KEY, |draft| draft.spki = rsa(&modulus_of(128), &exponent)),
        device(&WEAK_KEY, |draft| draft.spki = rsa(&modulus_of(256), &[1])),
        device(&WEAK_EXPONENT, |draft| draft.spki = rsa(&modulus_of(256), &[3])),
        Case::new(&WEAK_KEY, p192, ecdsa_usage(Draft { spki: spki("p256"), ..Draft::device() })),
        device(&WEAK_KEY, |draft| draft.spki = key(sequence(&[oid("1.2.840.10040.4.1")]), &[2, 1, 5])),
        device(&KEY_WITH_SMALL_FACTOR, |draft| draft.spki = rsa(&even, &exponent)),
        device(&KEY_WITH_SMALL_FACTOR, |draft| draft.spki = rsa(&threefold, &exponent)),
        Case::new(&KEY_KIND_RARE, ed25519, ecdsa_usage(Draft { spki: spki("p384"), ..Draft::device() })),
        Case::new(&KEY_KIND_RARE, secp256k1, Draft::device()),
        Case::new(&KEY_KIND_RARE, ml_dsa, Draft::device()),
        Case::new(&KEY_PARAMETERS_WRONG, ml_dsa_with_null, Draft::device()).also(&["key_kind_rare"]),
        device(&KEY_PARAMETERS_WRONG, |draft| {
            draft.spki = rsa(&modulus_of(256), &exponent);
            draft.spki = key(
                sequence(&[oid("1.2.840.113549.1.1.1")]),
                &sequence(&[tlv(2, &[&[0], &modulus_of(256)[..]].concat()), tlv(2, &exponent)]),
            );
        }),
        Case::new(
            &KEY_PARAMETERS_WRONG,
            ecdsa_usage(Draft { spki: unnamed, ..Draft::device() }),
            Draft::device(),
        )
        .also(&["key_kind_rare"]),
        device(&KEY_UNREADABLE, |draft| {
            draft.spki = key(sequence(&[oid("1.2.840.113549.1.1.1"), tlv(5, &[])]), &[9])
        }),
    ]
}

fn whole() -> Vec<Case> {
    let names = |critical| {
        Draft { subject: sequence(&[]), ..Draft::device() }
            .with(alternative_names(critical, &[(2, b"laptop.example.com")]))
    };
    let mut tampered = Draft::root();
    tampered.signer = "other";
    vec![
        Case::new(
            &VERSION_NOT_3,
            Draft { version: vec![], extensions: vec![], ..Draft::device() },
            Draft::device(),
        )
        .also(&["revocation_unknown"]),
        device(&EXTENSIONS_WITHOUT_VERSION_3, |draft| draft.version = vec![]),
        device(&UNIQUE_IDENTIFIER, |draft| draft.unique_id = tlv(0x82, &[0, 1])),
        device(&ISSUER_EMPTY, |draft| draft.issuer = sequence(&[])),
        device(&SUBJECT_EMPTY, |draft| draft.subject = sequence(&[])),
        Case::new(
            &SUBJECT_EMPTY,
            Draft { subject: sequence(&[]), ..Draft::subordinate() },
            Draft::subordinate(),
        ),
        Case::new(&ALTERNATIVE_NAMES_NOT_CRITICAL, names(false), names(true)),
        Case::new(&SELF_SIGNATURE_INVALID, tampered, Draft::root()),
        device(&EXTENSIONS_UNREADABLE, |draft| draft.extensions = vec![tlv(2, &[1])]).also(&[
            "aki_missing",
            "revocation_unknown",
            "ski_missing_in_leaf",
        ]),
        device(&EXTENSION_REPEATED, |draft| draft.extensions.push(subject_identifier(&[2; 20]))),
        device(&EXTENSION_MALFORMED, |draft| {
            draft.extensions.push(extension("2.5.29.17", false, &[1, 2, 3]))
        }),
        device(&EXTENSION_UNKNOWN_CRITICAL, |draft| {
            draft.extensions.push(extension("1.2.3.4", true, &[5, 0]))
        }),
        Case::new(
            &EXTENSION_WRONGLY_CRITICAL,
            Draft::device().with(extension("2.5.29.14", true, &tlv(4, &[2; 20]))),
            Draft::device(),
        ),
        Case::new(
            &EXTENSION_NOT_CRITICAL,
            Draft::subordinate().with(extension("2.5.29.36", false, &sequence(&[tlv(0x80, &[0])]))),
            Draft::subordinate().with(extension("2.5.29.36", true, &sequence(&[tlv(0x80, &[0])]))),
        ),
        {
            let mut empty = Draft::device();
            empty.extensions = vec![vec![]];
            Case::new(&EXTENSIONS_EMPTY, empty, Draft::device()).also(&[
                "aki_missing",
                "revocation_unknown",
                "ski_missing_in_leaf",
            ])
        },
        {
            let text = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
            Case::new(&UNREADABLE, Scene::new(&[text.into()]), Draft::device())
        },
    ]
}

fn identifiers() -> Vec<Case> {
    let by_serial = |identifier: &[u8]| {
        let issuer = tlv(0xa1, &tlv(0xa4, &common_name("Test Root Above")));
        let key = if identifier.is_empty() { vec![] } else { tlv(0x80, identifier) };
        extension("2.5.29.35", false, &sequence(&[key, issuer, tlv(0x82, &[7])]))
    };
    vec![
        Case::new(&AKI_MISSING, Draft::device().without("2.5.29.35"), Draft::device()),
        Case::new(&AKI_BY_ISSUER_AND_SERIAL, Draft::device().with(by_serial(&[1; 20])), Draft::device()),
        Case::new(&AKI_WITHOUT_KEY_IDENTIFIER, Draft::device().with(by_serial(&[])), Draft::device())
            .also(&["aki_by_issuer_and_serial"]),
        // OpenSSL writes it so into a root, where it breaks nothing.
        Case::new(
            &AKI_MISSING,
            Draft::device().without("2.5.29.35"),
            Draft::root().with(by_serial(&[1; 20])),
        ),
        Case::new(&SKI_MISSING_IN_LEAF, Draft::device().without("2.5.29.14"), Draft::device()),
        Case::new(&SKI_MISSING, Draft::subordinate().without("2.5.29.14"), Draft::subordinate()),
        Case::new(
            &KEY_USAGE_MISSING,
            Draft::subordinate().without("2.5.29.15"),
            Draft::device().without("2.5.29.15"),
        ),
        Case::new(
            &AUTHORITY_KEY_USAGE_INCOMPLETE,
            Draft::subordinate().with(key_usage(true, &[1, 2])),
            Draft::subordinate(),
        ),
        Case::new(
            &AUTHORITY_WITHOUT_CRL_SIGN,
            Draft::subordinate().with(key_usage(true, &[2, 4])),
            Draft::subordinate(),
        ),
        Case::new(
            &BASIC_CONSTRAINTS_NOT_CRITICAL,
            Draft::subordinate().with(constraints(false, true, None)),
            Draft::subordinate(),
        ),
        Case::new(
            &AUTHORITY_WITHOUT_BASIC_CONSTRAINTS,
            Scene::from(Draft::device()).meant_for(Purpose::Authority),
            Scene::from(Draft::subordinate()).meant_for(Purpose::Authority),
        ),
    ]
}

fn policies() -> Vec<Case> {
    let policies = |kinds: &[&str]| {
        let kinds: Vec<_> = kinds.iter().map(|kind| sequence(&[oid(kind)])).collect();
        Draft::device().with(extension("2.5.29.32", false, &sequence(&kinds)))
    };
    let empty = |kind| Draft::subordinate().with(extension(kind, true, &sequence(&[])));
    vec![
        Case::new(&POLICY_REPEATED, policies(&["1.2.3", "1.2.3"]), policies(&["1.2.3", "1.2.4"])),
        Case::new(&POLICY_CONSTRAINTS_EMPTY, empty("2.5.29.36"), Draft::subordinate()),
        Case::new(&NAME_CONSTRAINTS_EMPTY, empty("2.5.29.30"), Draft::subordinate()),
    ]
}

fn usages() -> Vec<Case> {
    let constrained =
        extension("2.5.29.30", true, &sequence(&[tlv(0xa0, &sequence(&[tlv(0x82, b"example.com")]))]));
    let any = |critical| Draft::device().with(purposes(critical, &[CLIENT_AUTH, "2.5.29.37.0"]));
    let p256 = Draft { spki: spki("p256"), ..Draft::device() };
    let ml_dsa = Draft { spki: spki("ml-dsa-65"), ..Draft::device() };
    vec![
        Case::new(
            &KEY_USAGE_EMPTY,
            Draft::device().with(key_usage(true, &[0])).with(purposes(false, &["1.2.3.4"])),
            Draft::device(),
        ),
        Case::new(
            &KEY_USAGE_NOT_CRITICAL,
            Draft::device().with(key_usage(false, SIGN_AND_ENCIPHER)),
            Draft::device(),
        ),
        Case::new(&KEY_USAGE_UNFIT_FOR_KEY, p256.clone(), ecdsa_usage(p256)),
        Case::new(&KEY_USAGE_UNFIT_FOR_KEY, ml_dsa.clone(), Draft::device()).also(&["key_kind_rare"]),
        // digitalSignature and keyAgreement
        Case::new(&KEY_USAGE_UNFIT_FOR_KEY, ml_dsa.with(key_usage(true, &[3, 0x88])), Draft::device())
            .also(&["key_kind_rare"]),
        Case::new(
            &KEY_USAGE_UNFIT_FOR_KEY,
            Draft::device().with(key_usage(true, &[3, 0x88])),
            Draft::device(),
        ),
        Case::new(
            &KEY_USAGE_BOUND_TO_AGREEMENT,
            ecdsa_usage(Draft { spki: spki("p256"), ..Draft::device() }).with(key_usage(true, &[0, 0x81])),
            Draft::device(),
        ),
        Case::new(
            &CERT_SIGN_WITHOUT_AUTHORITY,
            Draft::device().with(key_usage(true, &[2, 0x84])),
            Draft::device(),
        ),
        Case::new(
            &PATH_LENGTH_WITHOUT_AUTHORITY,
            Draft::device().with(constraints(true, false, Some(0))),
            Draft::device().with(constraints(true, false, None)),
        ),
        Case::new(
            &NAME_CONSTRAINTS_IN_LEAF,
            Draft::device().with(constrained.clone()),
            Draft::subordinate().with(constrained),
        ),
        Case::new(
            &PURPOSE_WITHOUT_KEY_USAGE,
            Draft::device().with(key_usage(true, &[5, 0x20])),
            Draft::device(),
        ),
        Case::new(&ANY_PURPOSE, any(false), Draft::device()),
        Case::new(&ANY_PURPOSE_CRITICAL, any(true), Draft::device().with(purposes(true, &[CLIENT_AUTH]))),
    ]
}

fn names() -> Vec<Case> {
    let with = |form: u8, content: &[u8]| Draft::device().with(alternative_names(false, &[(form, content)]));
    let mut cases = vec![
        Case::new(
            &ALTERNATIVE_NAMES_EMPTY,
            Draft::device().with(alternative_names(false, &[])),
            Draft::device(),
        ),
        Case::new(&ALTERNATIVE_NAMES_EMPTY, with(2, b""), with(2, b"a.example")),
        Case::new(&DNS_NAME_WITH_UNDERSCORE, with(2, b"a_b.example"), with(2, b"a-b.example")),
        Case::new(&IP_ADDRESS_AS_DNS_NAME, with(2, b"10.0.0.1"), with(7, &[10, 0, 0, 1])),
        Case::new(&IP_ADDRESS_WRONG, with(7, &[10, 0, 0]), with(7, &[0x20; 16])),
        Case::new(&IP_ADDRESS_WRONG, with(7, &[10, 0, 0, 0, 255, 0, 0, 0]), with(7, &[10, 0, 0, 1])),
        Case::new(&URI_WRONG, with(6, b"example.com/path"), with(6, b"https://example.com/path")),
        Case::new(&URI_WRONG, with(6, b"http://"), with(6, b"urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")),
    ];
    for wrong in [
        "a b.example",
        "https://a.example",
        "a.example:443",
        "*",
        "a.*.example",
        "-a.example",
        "a..example",
        "a.example.",
    ] {
        cases.push(Case::new(&DNS_NAME_WRONG, with(2, wrong.as_bytes()), with(2, b"*.a-1.example")));
    }
    for wrong in ["ann", "ann@", "Ann <ann@example.com>", "ann@b@example.com"] {
        cases.push(Case::new(
            &EMAIL_ADDRESS_WRONG,
            with(1, wrong.as_bytes()),
            with(1, b"ann.o-x@example.com"),
        ));
    }
    cases
}

fn addresses() -> Vec<Case> {
    let list = |url: &str| Draft::device().with(list_address(url));
    let ocsp = |url: &str| Draft::device().with(access(OCSP, url));
    let issuer = |url: &str| Draft::device().with(access(CA_ISSUERS, url));
    let reasons = extension("2.5.29.31", false, &sequence(&[sequence(&[tlv(0x81, &[1, 2])])]));
    vec![
        Case::new(&ADDRESS_MALFORMED, list("http:///root.crl"), list("http://[2001:db8::1]:8080/root.crl")),
        Case::new(&ADDRESS_MALFORMED, list("pki.example.com/root.crl"), list("http://pki.example.com")),
        Case::new(
            &ADDRESS_MALFORMED,
            ocsp("http://pki.example.com:99999/"),
            ocsp("http://pki.example.com:80/"),
        ),
        Case::new(&ADDRESS_MALFORMED, issuer("http://0.0.0.0/ca.cer"), issuer("http://198.51.100.7/ca.cer")),
        Case::new(&ADDRESS_LOOPBACK, list("http://127.0.0.1:8085/root.crl"), list("http://8.8.8.8/root.crl")),
        Case::new(
            &ADDRESS_LOOPBACK,
            ocsp("http://localhost/ocsp"),
            ocsp("http://localhost.example.com/ocsp"),
        ),
        Case::new(&ADDRESS_PRIVATE, list("http://10.1.2.3/root.crl"), list("http://11.1.2.3/root.crl")),
        Case::new(&ADDRESS_PRIVATE, list("http://pki/root.crl"), list("http://pki.example/root.crl")),
        Case::new(
            &CRL_ADDRESS_UNREACHABLE_KIND,
            list("file://server/root.crl"),
            list("ldap://x.example/cn=a?certificateRevocationList"),
        ),
        Case::new(&CRL_ADDRESS_UNREACHABLE_KIND, list("ldap:///CN=a"), Draft::device()),
        Case::new(&CRL_ADDRESS_HTTPS, list("https://pki.example.com/root.crl"), Draft::device()),
        Case::new(&OCSP_ADDRESS_HTTPS, ocsp("https://pki.example.com/ocsp"), Draft::device()),
        Case::new(&OCSP_ADDRESS_UNREACHABLE_KIND, ocsp("ldap://pki.example.com/ocsp"), Draft::device()),
        Case::new(&ISSUER_ADDRESS_HTTPS, issuer("https://pki.example.com/ca.cer"), Draft::device()),
        Case::new(&ISSUER_ADDRESS_UNREACHABLE_KIND, issuer("ftp://pki.example.com/ca.cer"), Draft::device()),
        Case::new(&DISTRIBUTION_POINT_EMPTY, Draft::device().with(reasons), Draft::device()),
        Case::new(
            &REVOCATION_UNKNOWN,
            Draft::device().without("2.5.29.31"),
            Draft::device().without("2.5.29.31").with(access(OCSP, "http://pki.example.com")),
        ),
    ]
}
