//! Rules of distinguished names.

use alloc::{vec, vec::Vec};

use super::Case;
use crate::lint::{name::*, testing::*};

const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;
const IA5: u8 = 0x16;
const TELETEX: u8 = 0x14;
const BMP: u8 = 0x1e;

fn with(kind: &str, tag: u8, text: &[u8]) -> Draft {
    Draft { subject: name(&[("2.5.4.3", 0x0c, b"laptop-7"), (kind, tag, text)]), ..Draft::device() }
}

fn named(tag: u8, text: &[u8]) -> Draft {
    Draft { subject: name(&[("2.5.4.3", tag, text)]), ..Draft::device() }
}

fn appended(length: usize, characters: usize) -> Scene {
    let mut scene = Scene::from(named(0x0c, &vec![b'a'; length]));
    scene.setting.appended_characters = characters;
    scene
}

pub(super) fn cases() -> Vec<Case> {
    [lengths(), strings(), parts()].into_iter().flatten().collect()
}

fn lengths() -> Vec<Case> {
    vec![
        Case::new(&SUBJECT_OVER_64_CHARACTERS, appended(65, 0), appended(64, 0)),
        Case::new(&SUBJECT_OVER_64_CHARACTERS, appended(29, 36), appended(28, 36)),
        // Characters are counted, not octets.
        Case::new(
            &SUBJECT_OVER_64_CHARACTERS,
            named(UTF8, "ü".repeat(65).as_bytes()),
            named(UTF8, "ü".repeat(64).as_bytes()),
        ),
        Case::new(
            &SUBJECT_OVER_64_CHARACTERS,
            {
                let mut request = Scene::new(&[RequestDraft {
                    subject: common_name(&"a".repeat(60)),
                    ..RequestDraft::sound()
                }
                .pem()]);
                request.setting.appended_characters = 5;
                request
            },
            Scene::new(&[RequestDraft::sound().pem()]),
        ),
        Case::new(
            &NAME_ATTRIBUTE_LONG,
            with("2.5.4.10", UTF8, &[b'a'; 65]),
            with("2.5.4.10", UTF8, &[b'a'; 64]),
        ),
        Case::new(
            &NAME_ATTRIBUTE_LONG,
            with("2.5.4.7", UTF8, &[b'a'; 129]),
            with("2.5.4.7", UTF8, &[b'a'; 128]),
        ),
        Case::new(&NAME_ATTRIBUTE_EMPTY, with("2.5.4.11", UTF8, b""), with("2.5.4.11", UTF8, b"a")),
        Case::new(&NAME_WITH_SPACES_AROUND, with("2.5.4.11", UTF8, b" a"), with("2.5.4.11", UTF8, b"a b")),
        Case::new(&NAME_WITH_PLACEHOLDER, named(UTF8, b"$SERIALNUMBER"), named(UTF8, b"5$ A$AP")),
        Case::new(&NAME_WITH_PLACEHOLDER, named(UTF8, b"id %HardwareUUID%"), named(UTF8, b"100% wool")),
        Case::new(&NAME_WITH_PLACEHOLDER, named(UTF8, b"{{deviceid}}"), named(UTF8, b"{x}")),
    ]
}

fn strings() -> Vec<Case> {
    vec![
        Case::new(&STRING_TYPE_ODD, named(TELETEX, b"laptop"), named(PRINTABLE, b"laptop")),
        Case::new(&STRING_TYPE_ODD, named(BMP, &[0, b'a']), named(UTF8, b"a")),
        Case::new(&STRING_TYPE_WRONG, with("2.5.4.6", UTF8, b"DE"), with("2.5.4.6", PRINTABLE, b"DE")),
        Case::new(&STRING_TYPE_WRONG, with("2.5.4.5", UTF8, b"C02"), with("2.5.4.5", PRINTABLE, b"C02")),
        Case::new(
            &STRING_TYPE_WRONG,
            with("0.9.2342.19200300.100.1.25", UTF8, b"example"),
            with("0.9.2342.19200300.100.1.25", IA5, b"example"),
        ),
        Case::new(
            &STRING_TYPE_WRONG,
            named(IA5, b"laptop"),
            with("1.2.840.113549.1.9.1", IA5, b"ann@example.com"),
        ),
        Case::new(
            &STRING_CHARACTERS_WRONG,
            named(PRINTABLE, b"ann@example.com"),
            named(UTF8, b"ann@example.com"),
        ),
        Case::new(&STRING_CHARACTERS_WRONG, named(UTF8, b"a\x00b"), named(UTF8, b"ab")),
        Case::new(&STRING_CHARACTERS_WRONG, named(UTF8, b"\xff"), named(UTF8, "ÿ".as_bytes())),
    ]
}

fn parts() -> Vec<Case> {
    let two = |one: &str| name(&[("2.5.4.3", UTF8, b"laptop-7"), (one, UTF8, b"seven")]);
    let together = sequence(&[tlv(
        0x31,
        &[sequence(&[oid("2.5.4.3"), tlv(UTF8, b"a")]), sequence(&[oid("2.5.4.11"), tlv(UTF8, b"b")])]
            .concat(),
    )]);
    vec![
        Case::new(&COUNTRY_WRONG, with("2.5.4.6", PRINTABLE, b"Germany"), with("2.5.4.6", PRINTABLE, b"DE")),
        Case::new(
            &COMMON_NAME_REPEATED,
            Draft { subject: two("2.5.4.3"), ..Draft::device() },
            Draft { subject: two("2.5.4.11"), ..Draft::device() },
        ),
        Case::new(
            &NAME_PART_WITH_SEVERAL_VALUES,
            Draft { subject: together, ..Draft::device() },
            Draft::device(),
        ),
        Case::new(
            &NAME_MALFORMED,
            Draft { subject: sequence(&[tlv(0x0c, b"laptop")]), ..Draft::device() },
            Draft::device(),
        ),
        // The issuer's name is looked at as well.
        Case::new(
            &COUNTRY_WRONG,
            Draft { issuer: name(&[("2.5.4.6", PRINTABLE, b"X")]), ..Draft::device() },
            Draft::device(),
        ),
    ]
}
