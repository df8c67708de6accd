//! Rules of certificates that belong together.

use alloc::{string::String, vec, vec::Vec};

use super::Case;
use crate::lint::{chain::*, testing::*};

/// A device's certificate below the subordinate.
fn leaf() -> Draft {
    Draft { issuer: common_name("Test Issuing"), signer: "issuing", ..Draft::device() }
        .with(authority_identifier(&[3; 20]))
}

fn scene(drafts: &[Draft]) -> Scene {
    // Each in a file of its own, so that their order says nothing.
    Scene::new(&drafts.iter().map(Draft::pem).collect::<Vec<_>>())
}

fn whole() -> Scene {
    scene(&[leaf(), Draft::subordinate(), Draft::root()])
}

fn file(drafts: &[Draft]) -> Scene {
    Scene::new(&[drafts.iter().map(Draft::pem).collect::<String>()])
}

pub(super) fn cases() -> Vec<Case> {
    [links(), paths(), shared()].into_iter().flatten().collect()
}

fn links() -> Vec<Case> {
    let late = Draft { not_after: utc("310101000000Z"), ..leaf() };
    let no_issuer = Draft::device().with(authority_identifier(&[3; 20]));
    let no_issuer = Draft { issuer: common_name("Test Issuing"), signer: "issuing", ..no_issuer };
    let not_an_authority = Draft::subordinate().without("2.5.29.19").with(key_usage(true, SIGN_AND_ENCIPHER));
    let by_serial = |serial: u8| {
        let issuer = tlv(0xa1, &tlv(0xa4, &common_name("Test Root")));
        let value = sequence(&[tlv(0x80, &[3; 20]), issuer, tlv(0x82, &[serial; 16])]);
        leaf().with(extension("2.5.29.35", false, &value))
    };
    let other_string = Draft { issuer: name(&[("2.5.4.3", 0x13, b"TEST issuing")]), ..leaf() };
    let named_alike = Draft { subject: common_name("Test Issuing"), ..leaf() };
    let forged = Draft { signer: "other", ..leaf() };
    vec![
        Case::new(&OUTLIVES_ISSUER, scene(&[late, Draft::subordinate()]), whole()),
        Case::new(
            &ISSUER_KEY_IDENTIFIER_DIFFERS,
            scene(&[leaf(), Draft::subordinate().with(subject_identifier(&[4; 20]))]),
            whole(),
        ),
        Case::new(&AKI_NAMES_OTHER_CERTIFICATE, scene(&[by_serial(0x11), Draft::subordinate()]), whole())
            .also(&["aki_by_issuer_and_serial"]),
        Case::new(&ISSUER_NAME_WRITTEN_DIFFERENTLY, scene(&[other_string, Draft::subordinate()]), whole()),
        Case::new(&SIGNATURE_NOT_BY_ISSUER, scene(&[forged.clone(), Draft::subordinate()]), whole()),
        Case::new(
            &SIGNATURE_NOT_BY_ISSUER,
            scene(&[forged.without("2.5.29.35"), Draft::subordinate()]),
            scene(&[leaf(), Draft::root()]),
        )
        .also(&["aki_missing"]),
        Case::new(&ISSUER_NOT_AUTHORITY, scene(&[no_issuer, not_an_authority]), whole()),
        Case::new(&LEAF_NAMED_LIKE_ISSUER, scene(&[named_alike, Draft::subordinate()]), whole()),
        Case::new(
            &CHAIN_OUT_OF_ORDER,
            file(&[Draft::root(), Draft::subordinate()]),
            file(&[leaf(), Draft::subordinate(), Draft::root()]),
        ),
    ]
}

fn paths() -> Vec<Case> {
    let limited = |length| Draft::root().with(constraints(true, true, Some(length)));
    let clients_only =
        Draft::subordinate().with(purposes(false, &[CLIENT_AUTH])).with(key_usage(true, &[1, 0x86]));
    let server =
        leaf().with(purposes(false, &[SERVER_AUTH])).with(alternative_names(false, &[(2, b"a.example.com")]));
    vec![
        Case::new(
            &PATH_LENGTH_EXCEEDED,
            scene(&[leaf(), Draft::subordinate(), limited(0)]),
            scene(&[leaf(), Draft::subordinate(), limited(1)]),
        ),
        Case::new(
            &ISSUER_WITHOUT_PURPOSE,
            scene(&[server, clients_only.clone(), Draft::root()]),
            scene(&[leaf(), clients_only, Draft::root()]),
        ),
    ]
}

fn shared() -> Vec<Case> {
    let renewed = Draft { serial: tlv(2, &[0x55; 16]), ..Draft::subordinate() };
    let same_number =
        Draft { serial: leaf().serial, subject: common_name("laptop-8"), spki: spki("other"), ..leaf() }
            .with(subject_identifier(&[5; 20]));
    let second_key = Draft { spki: spki("other"), ..renewed.clone() }.with(subject_identifier(&[6; 20]));
    let thief =
        Draft { serial: tlv(2, &[0x56; 16]), subject: common_name("thief"), spki: spki("other"), ..leaf() };
    vec![
        Case::new(
            &SKI_CHANGED_BETWEEN_GENERATIONS,
            scene(&[renewed.clone().with(subject_identifier(&[4; 20])), Draft::subordinate()]),
            scene(&[renewed, Draft::subordinate(), leaf()]),
        ),
        Case::new(
            &SKI_OF_TWO_KEYS,
            scene(&[leaf(), thief.clone()]),
            scene(&[leaf(), thief.with(subject_identifier(&[6; 20]))]),
        ),
        Case::new(
            &NAME_OF_TWO_KEYS,
            scene(&[second_key.clone().without("2.5.29.14"), Draft::subordinate()]),
            scene(&[second_key, Draft::subordinate()]),
        )
        .also(&["ski_missing"]),
        Case::new(&SERIAL_REPEATED, scene(&[leaf(), same_number]), whole()),
    ]
}
