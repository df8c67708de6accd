//! Each rule on something that breaks it and on something that does not.

mod authority;
mod certificate;
mod chain;
mod list;
mod name;
mod path;
mod purpose;

use alloc::{collections::BTreeSet, string::String, string::ToString, vec, vec::Vec};

use super::{
    Purpose,
    rule::{Rule, Severity, TABLE},
    testing::{Draft, RequestDraft, Scene},
};
use crate::error::ErrorCode;

/// Something that breaks a rule, what else that breaks, and something like it that is sound.
pub(super) struct Case {
    rule: &'static Rule,
    also: &'static [&'static str],
    broken: Scene,
    sound: Scene,
}

impl Case {
    /// A case that breaks `rule` and no other.
    pub(super) fn new(rule: &'static Rule, broken: impl Into<Scene>, sound: impl Into<Scene>) -> Self {
        Self { rule, also: &[], broken: broken.into(), sound: sound.into() }
    }

    pub(super) fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }
}

/// A device's certificate with a change, beside one without.
pub(super) fn device(rule: &'static Rule, change: impl FnOnce(&mut Draft)) -> Case {
    let mut draft = Draft::device();
    change(&mut draft);
    Case::new(rule, draft, Draft::device())
}

fn cases() -> Vec<Case> {
    [
        certificate::cases(),
        name::cases(),
        purpose::cases(),
        chain::cases(),
        path::cases(),
        list::cases(),
        list::requests(),
        authority::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn each_rule_finds_what_it_is_for_and_nothing_else() {
    for Case { rule, also, broken, sound } in cases() {
        let mut wanted: Vec<String> = also.iter().map(ToString::to_string).collect();
        wanted.push(rule.id());
        wanted.sort_unstable();
        assert_eq!(broken.ids(), wanted, "{}", rule.id());
        assert_eq!(sound.ids(), Vec::<String>::new(), "sound for {}", rule.id());
    }
}

#[test]
fn every_rule_has_a_case_and_every_finding_a_rule() {
    let table: Vec<String> = TABLE.iter().flat_map(|subject| subject.iter()).map(|rule| rule.id()).collect();
    let ids: BTreeSet<_> = table.iter().cloned().collect();
    assert_eq!(ids.len(), table.len(), "an id is there twice");
    let cases = cases();
    let shown: BTreeSet<_> = cases.iter().map(|case| case.rule.id()).collect();
    assert_eq!(ids.difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new(), "rules without a case");
    let found: BTreeSet<_> = cases.iter().flat_map(|case| case.broken.ids()).collect();
    assert_eq!(found.difference(&ids).collect::<Vec<_>>(), Vec::<&String>::new(), "findings of no rule");
}

#[test]
fn the_table_can_be_read() {
    for rule in super::explanations() {
        assert!(
            rule.id
                .bytes()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_')
        );
        for text in [rule.about, rule.remedy, rule.source] {
            assert!(text.len() > 6 && !text.ends_with('.') && text.trim() == text, "{}: {text:?}", rule.id);
        }
    }
}

#[test]
fn findings_say_where_and_come_worst_first() {
    let mut draft = Draft::device();
    draft.serial = super::testing::tlv(2, &[0xff, 1]);
    draft.extensions.retain(|extension| !extension.windows(5).any(|part| part == [6, 3, 0x55, 0x1d, 14]));
    let objects = Scene::from(draft).objects();
    let [object] = objects.as_slice() else { panic!("{objects:?}") };
    assert_eq!((object.kind, object.at.as_str(), object.input), ("certificate", "inputs.0.0", Some(0)));
    assert_eq!(object.name.as_deref(), Some("CN=laptop-7"));
    let [first, second] = object.findings.as_slice() else { panic!("{object:?}") };
    assert_eq!((first.id.as_str(), first.r#where.as_str()), ("serial_negative", "serialNumber"));
    assert_eq!((second.id.as_str(), second.severity), ("ski_missing_in_leaf", Severity::Notice));
}

/// Of a file with a leaf and its authorities, the purpose is the leaf's; of authorities alone, the first one's.
#[test]
fn a_purpose_is_of_the_leaf() {
    let leaf = [Draft::subordinate().pem(), Draft::device().pem(), Draft::root().pem()];
    let found = Scene::new(&leaf).meant_for(Purpose::OcspSigner).objects();
    let with: Vec<_> = found.iter().map(|object| !object.findings.is_empty()).collect();
    assert_eq!(with, [false, true, false], "{found:?}");
    let authorities = [Draft::subordinate().pem(), Draft::root().pem()];
    let found = Scene::new(&authorities).meant_for(Purpose::Ra).objects();
    assert!(found[0].findings.iter().any(|finding| finding.id == "ra_is_authority"), "{found:?}");
    assert!(found[1].findings.is_empty(), "{found:?}");
}

#[test]
fn what_is_not_looked_at_is_named() {
    let key = crate::testing::private_key("device").to_pem().unwrap();
    let objects = Scene::new(&[key.expose().to_string(), Draft::device().pem()]).objects();
    assert_eq!(objects[0].kind, "private_key");
    assert!(objects[0].findings.is_empty() && objects[0].sha256.is_none());
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let objects = Scene::new(&[broken.to_string()]).objects();
    assert_eq!((objects[0].kind, objects[0].findings[0].id.as_str()), ("unreadable", "unreadable"));
}

#[test]
fn nothing_and_too_much_are_refused() {
    let refusal = |inputs: &[String]| {
        let inputs: Vec<_> = inputs.iter().cloned().map(crate::secret::Secret::new).collect();
        let setting = Scene::new(&[]).setting;
        super::lint(&inputs, None, &[], &setting).unwrap_err().code
    };
    assert_eq!(refusal(&[]), ErrorCode::FieldInvalid);
    assert_eq!(refusal(&vec![RequestDraft::sound().pem(); super::MAX_INPUTS + 1]), ErrorCode::FieldInvalid);
    assert_eq!(refusal(&["?".to_string()]), ErrorCode::PemMalformed);
    let many = RequestDraft::sound().pem().repeat(200);
    assert_eq!(refusal(&[many.clone(), many]), ErrorCode::FieldInvalid);
}
