//! Rules of revocation lists and of requests.

use alloc::{vec, vec::Vec};

use super::Case;
use crate::lint::{certificate_list::*, certificate_request::*, testing::*};

fn list(change: impl FnOnce(&mut ListDraft)) -> Scene {
    let mut draft = ListDraft::sound();
    change(&mut draft);
    Scene::new(&[draft.pem(), Draft::root().pem()])
}

pub(super) fn cases() -> Vec<Case> {
    [heads(), entries()].into_iter().flatten().collect()
}

fn heads() -> Vec<Case> {
    let number = |digits: &[u8]| extension("2.5.29.20", false, &tlv(2, digits));
    let scope = |flags: &[u8]| {
        extension(
            "2.5.29.28",
            true,
            &sequence(&flags.iter().map(|flag| tlv(*flag, &[0xff])).collect::<Vec<_>>()),
        )
    };
    let aki = authority_identifier(&[1; 20]);
    let sound = || list(|_| ());
    let no_crl_sign = Draft::root().with(key_usage(true, &[2, 4]));
    vec![
        Case::new(
            &CRL_VERSION_1,
            list(|draft| (draft.version, draft.extensions) = (vec![], vec![])),
            sound(),
        ),
        Case::new(&CRL_ISSUER_EMPTY, list(|draft| draft.issuer = sequence(&[])), sound()),
        Case::new(&CRL_EXPIRED, list(|draft| draft.next_update = utc("261117000000Z")), sound()),
        Case::new(&CRL_ABOUT_TO_EXPIRE, list(|draft| draft.next_update = utc("261118120000Z")), sound()),
        Case::new(&CRL_FROM_THE_FUTURE, list(|draft| draft.this_update = utc("261120000000Z")), sound()),
        Case::new(
            &CRL_TIMES_REVERSED,
            list(|draft| {
                (draft.this_update, draft.next_update) = (utc("261117000000Z"), utc("261116000000Z"));
            }),
            sound(),
        )
        .also(&["crl_expired"]),
        Case::new(&CRL_NEXT_UPDATE_MISSING, list(|draft| draft.next_update = vec![]), sound()),
        Case::new(&CRL_AKI_MISSING, list(|draft| draft.extensions = vec![number(&[7])]), sound()),
        Case::new(&CRL_NUMBER_MISSING, list(|draft| draft.extensions = vec![aki.clone()]), sound()),
        Case::new(
            &CRL_NUMBER_LONG,
            list(|draft| draft.extensions = vec![aki.clone(), number(&[1; 21])]),
            list(|draft| draft.extensions = vec![aki.clone(), number(&[1; 20])]),
        ),
        Case::new(
            &CRL_SCOPE_CONTRADICTION,
            list(|draft| draft.extensions.push(scope(&[0x81, 0x82]))),
            list(|draft| draft.extensions.push(scope(&[0x81]))),
        ),
        Case::new(&CRL_SIGNATURE_INVALID, list(|draft| draft.signer = "other"), sound()),
        Case::new(
            &CRL_SIGNER_WITHOUT_CRL_SIGN,
            Scene::new(&[ListDraft::sound().pem(), no_crl_sign.pem()]),
            sound(),
        )
        .also(&["authority_without_crl_sign"]),
    ]
}

fn entries() -> Vec<Case> {
    let reason = |code: u8| extension("2.5.29.21", false, &tlv(0x0a, &[code]));
    let entries = |entries: &[Vec<u8>]| sequence(entries);
    let sound = || list(|_| ());
    vec![
        Case::new(
            &CRL_ENTRIES_EMPTY,
            list(|draft| draft.entries = sequence(&[])),
            list(|draft| draft.entries = vec![]),
        ),
        Case::new(
            &CRL_ENTRY_MALFORMED,
            list(|draft| draft.entries = entries(&[sequence(&[tlv(2, &[5])])])),
            sound(),
        ),
        Case::new(
            &CRL_ENTRY_EXTENSION_CRITICAL,
            list(|draft| {
                let reason = extension("2.5.29.21", true, &tlv(0x0a, &[1]));
                draft.entries = entries(&[entry(5, "261110000000Z", &[reason])]);
            }),
            list(|draft| draft.entries = entries(&[entry(5, "261110000000Z", &[reason(1)])])),
        ),
        Case::new(
            &CRL_ENTRY_REPEATED,
            list(|draft| {
                draft.entries = entries(&[entry(5, "261110000000Z", &[]), entry(5, "261110000000Z", &[])])
            }),
            sound(),
        ),
        Case::new(
            &CRL_ENTRY_FROM_THE_FUTURE,
            list(|draft| draft.entries = entries(&[entry(5, "261116000000Z", &[])])),
            sound(),
        ),
        Case::new(
            &CRL_REASON_UNSPECIFIED,
            list(|draft| draft.entries = entries(&[entry(5, "261110000000Z", &[reason(0)])])),
            list(|draft| draft.entries = entries(&[entry(5, "261110000000Z", &[reason(1)])])),
        ),
    ]
}

fn request(change: impl FnOnce(&mut RequestDraft)) -> Scene {
    let mut draft = RequestDraft::sound();
    change(&mut draft);
    Scene::new(&[draft.pem()])
}

pub(super) fn requests() -> Vec<Case> {
    let challenge = |texts: &[&[u8]]| {
        attribute("1.2.840.113549.1.9.7", &texts.iter().map(|text| tlv(0x0c, text)).collect::<Vec<_>>())
    };
    let asking = attribute("1.2.840.113549.1.9.14", &[sequence(&[constraints(true, true, None)])]);
    let sound = || request(|draft| draft.attributes.push(challenge(&[b"secret"])));
    vec![
        Case::new(&CSR_SIGNATURE_INVALID, request(|draft| draft.signer = "other"), sound()),
        Case::new(&CSR_VERSION_WRONG, request(|draft| draft.version = 2), sound()),
        Case::new(
            &CSR_ATTRIBUTE_REPEATED,
            request(|draft| draft.attributes.extend([challenge(&[b"a"]), challenge(&[b"b"])])),
            sound(),
        ),
        Case::new(
            &CSR_ATTRIBUTE_REPEATED,
            request(|draft| draft.attributes.push(challenge(&[b"a", b"b"]))),
            sound(),
        ),
        Case::new(&CSR_ATTRIBUTES_MALFORMED, request(|draft| draft.attributes = vec![tlv(2, &[1])]), sound()),
        Case::new(
            &CSR_WITHOUT_NAME,
            request(|draft| (draft.subject, draft.attributes) = (sequence(&[]), vec![])),
            request(|draft| draft.subject = sequence(&[])),
        ),
        Case::new(&CSR_ASKS_FOR_AUTHORITY, request(|draft| draft.attributes = vec![asking.clone()]), sound()),
    ]
}
