//! Lists and responses by hand: who is believed, and what.

mod authorities;
mod indirect;
mod responses;

use alloc::{vec, vec::Vec};

use der::{Decode, asn1::AnyRef};
use serde_json::{Value, json};

use super::*;
use crate::{
    authority::Authority,
    base64url::Base64Url,
    certificate::Certificate,
    extension::{self, KeyUsageName},
    keys::Keys,
    operation::{sign_crl, sign_ocsp_response},
    path::{Decision, Policy, Question, TrustAnchor, verify},
    testing::{NOW, TestKeys, authority, private_key, resigned, root, subordinate},
};

const DAY: u64 = 86_400;

fn certificate(authority: &Authority) -> Certificate {
    Certificate::from_pem(&authority.certificate).unwrap()
}

fn signed<T>(request: Value, run: impl Fn(T, &mut Keys<'_>) -> Result<Value, crate::keys::Halt>) -> Value
where
    T: serde::de::DeserializeOwned,
{
    let request = serde_json::from_value(request).unwrap();
    run(request, &mut Keys::new(TestKeys::ring(), Vec::new())).unwrap_or_else(|halt| panic!("{halt:?}"))
}

/// A list of the subordinate's: `NOW` is in the last second of one that was made `age` days ago for as many days.
struct List {
    number: u64,
    age: u64,
    ahead_seconds: u64,
    days: u64,
    entries: Value,
    base: Option<u64>,
}

fn list(number: u64, entries: Value) -> List {
    List { number, age: 0, ahead_seconds: 0, days: 7, entries, base: None }
}

impl List {
    fn by(&self, authority: &Authority) -> RevocationList {
        let made = NOW.saturating_add(self.ahead_seconds).saturating_sub(self.age.saturating_mul(DAY));
        let request = json!({
            "now": made, "authority": authority, "number": self.number.to_string(),
            "validity_seconds": self.days.saturating_mul(DAY), "entries": self.entries,
            "base_number": self.base.map(|base| alloc::string::ToString::to_string(&base)),
        });
        let response = signed(request, |request, keys| {
            sign_crl::run(request, keys).map(|response| json!({ "crl": response.crl }))
        });
        RevocationList::from_pem(response["crl"].as_str().unwrap()).unwrap()
    }

    fn made(&self) -> RevocationList {
        self.by(&early(subordinate()))
    }
}

/// An authority that is as old as its lists.
fn early(authority: Authority) -> Authority {
    let year_before = |key: &str, authority: &Authority| {
        let own = certificate(authority);
        resigned(&own, &private_key(key), |tbs| {
            let early =
                der::DateTime::from_unix_duration(core::time::Duration::from_secs(NOW - 365 * DAY)).unwrap();
            tbs.validity.0.not_before = early.into();
        })
        .to_pem()
        .unwrap()
    };
    let chain = authority.chain.iter().map(|_| year_before("root", &root())).collect();
    Authority { certificate: year_before("root", &authority), chain, ..authority }
}

/// A name for as long as the tests run.
fn name(der: Vec<u8>) -> AnyRef<'static> {
    AnyRef::from_der(Vec::leak(der)).unwrap()
}

fn leaf() -> Certificate {
    let (issuer, device) = (certificate(&subordinate()), private_key("device"));
    let identifier = extension::authority_key_identifier(&subordinate().subject_key_identifier.0).unwrap();
    resigned(&certificate(&subordinate()), &private_key("issuing"), |tbs| {
        tbs.issuer = name(issuer.subject().to_vec());
        tbs.subject = name(crate::distinguished_name::parse("CN=leaf").unwrap());
        let key: &[u8] = Vec::leak(device.public_key().spki().to_vec());
        tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
        tbs.extensions = Some(vec![identifier]);
    })
}

#[derive(Default)]
struct Given {
    lists: Vec<RevocationList>,
    responses: Vec<OcspResponse>,
    strangers: Vec<Certificate>,
    soft: bool,
}

impl Given {
    /// What is decided on the leaf; that its issuer is not revoked, the root says.
    fn verified(mut self) -> Result<Decision, Error> {
        self.lists.push(list(1, json!([])).by(&root()));
        let revocation = if self.soft { RevocationMode::Soft } else { RevocationMode::Required };
        verify(&Question {
            now: NOW,
            certificate: &leaf(),
            intermediates: &[self.strangers, vec![certificate(&early(subordinate()))]].concat(),
            anchors: &[TrustAnchor::from_certificate(certificate(&root()))],
            crls: &self.lists,
            ocsp_responses: &self.responses,
            purpose: Purpose::Any,
            identities: &[],
            policy: &Policy { revocation, ..Policy::default() },
        })
    }

    fn code(self) -> Option<ErrorCode> {
        self.verified().err().map(|error| error.code)
    }
}

fn by_lists(lists: Vec<RevocationList>) -> Option<ErrorCode> {
    Given { lists, ..Given::default() }.code()
}

fn entry(reason: &str) -> Value {
    json!([[leaf().serial_hex(), NOW - 9 * DAY, reason]])
}

#[test]
fn one_list_that_says_revoked_is_enough_in_any_order() {
    let (before, after) = (list(1, json!([])), list(2, entry("keyCompromise")));
    for lists in [[&before, &after], [&after, &before]] {
        assert_eq!(by_lists(lists.map(List::made).into()), Some(ErrorCode::PathRevoked));
    }
    let told = Given { lists: vec![after.made()], ..Given::default() }.verified().unwrap_err();
    assert!(
        told.detail.contains("crls.0 says that it was revoked at 2026-11-09T11:06:40Z, keyCompromise"),
        "{told}"
    );
    assert_eq!(by_lists(vec![before.made()]), None);
    assert_eq!(by_lists(vec![]), Some(ErrorCode::PathRevocationUnknown));
}

#[test]
fn an_anchor_among_the_others_is_the_anchor() {
    let error = Given { strangers: vec![certificate(&root())], ..Given::default() }.verified().unwrap_err();
    assert_eq!(
        (error.code, error.at.as_deref()),
        (ErrorCode::PathRevocationUnknown, Some("certificate")),
        "{error}"
    );
}

#[test]
fn the_newest_list_is_told_of() {
    let old = List { age: 2, ..list(1, json!([])) };
    for lists in [[&old, &list(2, json!([]))], [&list(2, json!([])), &old]] {
        let newest = if lists[0].age == 0 { "crls.0" } else { "crls.1" };
        let decision = Given { lists: lists.map(List::made).into(), ..Given::default() }.verified().unwrap();
        assert_eq!(decision.path[0].revocation.as_ref().unwrap().source.as_deref(), Some(newest));
        assert_eq!(decision.not_after, NOW + 7 * DAY, "until there is news");
    }
}

#[test]
fn what_is_too_old_to_say_good_says_revoked() {
    let stale = |entries| List { age: 3, days: 2, ..list(1, entries) }.made();
    assert_eq!(by_lists(vec![stale(json!([]))]), Some(ErrorCode::PathRevocationUnknown));
    for soft in [false, true] {
        let lists = vec![stale(entry("superseded"))];
        assert_eq!(Given { lists, soft, ..Given::default() }.code(), Some(ErrorCode::PathRevoked));
    }
    // A hold ends with the list.
    assert_eq!(by_lists(vec![stale(entry("certificateHold"))]), Some(ErrorCode::PathRevocationUnknown));
}

/// Clocks differ: who revoked a moment ago is believed, and nobody else is the better for it.
#[test]
fn what_is_from_the_future_says_revoked_and_neither_good_nor_that_a_hold_is_over() {
    let ahead = |number, entries| List { ahead_seconds: 1, ..list(number, entries) }.made();
    assert_eq!(by_lists(vec![ahead(2, json!([]))]), Some(ErrorCode::PathRevocationUnknown));
    for soft in [false, true] {
        let lists = vec![list(1, json!([])).made(), ahead(2, entry("keyCompromise"))];
        assert_eq!(Given { lists, soft, ..Given::default() }.code(), Some(ErrorCode::PathRevoked));
    }
    let held = list(1, entry("certificateHold")).made();
    assert_eq!(by_lists(vec![held, ahead(2, json!([]))]), Some(ErrorCode::PathRevoked));
}

#[test]
fn a_hold_ends_with_the_next_list() {
    let held = list(1, entry("certificateHold"));
    assert_eq!(by_lists(vec![held.made()]), Some(ErrorCode::PathRevoked));
    assert_eq!(by_lists(vec![held.made(), list(2, json!([])).made()]), None);
    assert_eq!(by_lists(vec![list(2, json!([])).made(), held.made()]), None);
    assert_eq!(
        by_lists(vec![list(2, entry("certificateHold")).made(), list(1, json!([])).made()]),
        Some(ErrorCode::PathRevoked)
    );
}

/// A list that has ended takes nothing back that it says itself, nor is one before it good then.
#[test]
fn a_hold_is_not_over_with_a_list_that_says_the_same() {
    let held = |number, age, days| List { age, days, ..list(number, entry("certificateHold")) }.made();
    let silent = |number, age, days| List { age, days, ..list(number, json!([])) }.made();
    assert_eq!(by_lists(vec![held(1, 5, 30), held(2, 3, 2)]), Some(ErrorCode::PathRevoked));
    let unknown = Some(ErrorCode::PathRevocationUnknown);
    assert_eq!(by_lists(vec![held(1, 5, 30), silent(2, 3, 2)]), unknown, "over, and who is good nobody says");
    assert_eq!(by_lists(vec![silent(1, 5, 30), held(2, 3, 2)]), unknown, "the later one is the last word");
    assert_eq!(by_lists(vec![silent(3, 1, 30), held(2, 3, 2)]), None);
}

/// A response that has ended is no reason to believe a list of before.
#[test]
fn a_hold_counts_against_what_others_said_before() {
    let silent = |age| List { age, days: 30, ..list(1, json!([])) }.made();
    let held = || vec![responses::response(NOW - 2 * DAY, true, "revoked", Some("certificateHold"))];
    let code = |age| Given { lists: vec![silent(age)], responses: held(), ..Given::default() }.code();
    assert_eq!(code(5), Some(ErrorCode::PathRevocationUnknown));
    assert_eq!(code(1), None);
}

/// Responses are newer than lists as a rule.
#[test]
fn what_a_response_revokes_no_list_takes_back() {
    for reason in ["keyCompromise", "certificateHold"] {
        for soft in [false, true] {
            let responses = vec![responses::response(NOW - DAY / 2, true, "revoked", Some(reason))];
            let lists = vec![list(1, json!([])).made()];
            let code = Given { lists, responses, soft, ..Given::default() }.code();
            assert_eq!(code, Some(ErrorCode::PathRevoked), "{reason}");
        }
    }
}

/// A base and its delta are together of the delta's time.
#[test]
fn a_delta_that_ends_a_hold_counts_from_its_own_time() {
    let before = List { age: 4, days: 30, ..list(2, entry("certificateHold")) }.made();
    let removed = List { age: 1, days: 7, base: Some(2), ..list(3, entry("removeFromCRL")) }.made();
    let held = || vec![responses::response(NOW - 2 * DAY, true, "revoked", Some("certificateHold"))];
    let code = |lists| Given { lists, responses: held(), ..Given::default() }.code();
    assert_eq!(code(vec![before, removed]), None);
}

/// Such lists are of no authority that keeps its records, and are read to the certificate's disadvantage.
#[test]
fn of_several_entries_for_one_certificate_a_revocation_counts() {
    let both = |first: &str, second: &str| {
        let one = list(1, entry(first)).made();
        let two = List { base: Some(1), ..list(2, entry(second)) }.made();
        let more: x509_cert::crl::TbsCertList = Decode::from_der(&two.signed.content).unwrap();
        let made = indirect::rewritten(&one, "issuing", |tbs| {
            tbs.revoked_certificates.as_mut().unwrap().extend(more.revoked_certificates.unwrap());
        });
        by_lists(vec![made])
    };
    for (first, second) in [
        ("keyCompromise", "certificateHold"),
        ("keyCompromise", "removeFromCRL"),
        ("certificateHold", "superseded"),
    ] {
        assert_eq!(both(first, second), Some(ErrorCode::PathRevoked), "{first}, {second}");
    }
}

/// What is removed from a list, only a delta of the list's signer's says that is the last word.
#[test]
fn a_hold_ends_by_no_delta_that_may_not_be_used() {
    let held = || list(2, entry("certificateHold")).made();
    let removed = List { base: Some(2), ..list(3, entry("removeFromCRL")) };
    assert_eq!(by_lists(vec![held(), removed.made()]), None);
    let revoked = Some(ErrorCode::PathRevoked);
    let forged = indirect::rewritten(&removed.made(), "other", |_| {});
    assert_eq!(by_lists(vec![held(), forged]), revoked);
    let stale = List { age: 3, days: 2, base: Some(2), ..list(3, entry("removeFromCRL")) };
    let before = List { age: 4, days: 7, ..list(2, entry("certificateHold")) };
    assert_eq!(by_lists(vec![before.made(), stale.made()]), revoked);
    let without_number = indirect::rewritten(&removed.made(), "issuing", |tbs| {
        let own = tbs.crl_extensions.as_mut().unwrap();
        own.iter_mut()
            .filter(|one| one.extn_id == const_oid::db::rfc5280::ID_CE_CRL_NUMBER)
            .for_each(|one| one.critical = true);
    });
    assert_eq!(by_lists(vec![held(), without_number]), revoked, "that breaks the rules");
}

#[test]
fn a_delta_says_revoked_without_its_base() {
    let delta = |number, base, entries| List { base: Some(base), ..list(number, entries) }.made();
    assert_eq!(by_lists(vec![delta(3, 2, entry("keyCompromise"))]), Some(ErrorCode::PathRevoked));
    assert_eq!(by_lists(vec![delta(3, 2, json!([]))]), Some(ErrorCode::PathRevocationUnknown));
    let lists = vec![list(1, json!([])).made(), delta(3, 2, entry("keyCompromise"))];
    assert_eq!(by_lists(lists), Some(ErrorCode::PathRevoked), "it goes on from a list that is not here");
    let lists = vec![list(2, entry("certificateHold")).made(), delta(3, 2, entry("removeFromCRL"))];
    assert_eq!(by_lists(lists), None);
    let held = || list(2, entry("certificateHold")).made();
    let silent = || delta(3, 2, json!([]));
    for lists in [vec![held(), silent()], vec![silent(), held()]] {
        assert_eq!(by_lists(lists), Some(ErrorCode::PathRevoked), "silence of a delta takes nothing back");
    }
    let revoked = || list(2, entry("superseded")).made();
    let lists = vec![revoked(), delta(3, 2, entry("removeFromCRL"))];
    assert_eq!(by_lists(lists), Some(ErrorCode::PathRevoked), "no hold is no end of one");
    let held_after = delta(3, 2, entry("certificateHold"));
    let lists = vec![list(2, entry("keyCompromise")).made(), held_after, list(4, json!([])).made()];
    assert_eq!(by_lists(lists), Some(ErrorCode::PathRevoked), "nor a beginning");
    let ahead = List { ahead_seconds: 1, base: Some(2), ..list(3, entry("removeFromCRL")) }.made();
    assert_eq!(by_lists(vec![held(), ahead]), Some(ErrorCode::PathRevoked), "not before it begins");
    let by_delta = |number| delta(number, 2, entry("certificateHold"));
    let base = || list(2, json!([])).made();
    assert_eq!(by_lists(vec![base(), by_delta(3)]), Some(ErrorCode::PathRevoked));
    assert_eq!(
        by_lists(vec![base(), by_delta(3), delta(4, 2, json!([]))]),
        None,
        "but of a delta to the same base"
    );
}

/// That nobody was revoked since the base, the delta says, and only as long as it is the last word.
#[test]
fn a_decision_ends_with_the_first_of_all_that_say_good() {
    let base = || list(2, json!([])).made();
    let end = |lists| {
        let decision = Given { lists, ..Given::default() }.verified().unwrap();
        assert_eq!(Some(decision.not_after), decision.path[0].revocation.as_ref().unwrap().next_update);
        decision.not_after
    };
    let delta = |days| List { days, base: Some(2), ..list(3, json!([])) }.made();
    assert_eq!(end(vec![base()]), NOW + 7 * DAY);
    assert_eq!(end(vec![base(), delta(1)]), NOW + DAY);
    assert_eq!(end(vec![base(), delta(8)]), NOW + 7 * DAY);
    // One that adds to another base says nothing here.
    let other = List { days: 1, base: Some(3), ..list(4, json!([])) }.made();
    assert_eq!(end(vec![base(), other]), NOW + 7 * DAY);
}

#[test]
fn a_namesake_elsewhere_speaks_for_nobody() {
    let namesake = |issuer: &Authority, key: &str| {
        let identifier = extension::authority_key_identifier(&issuer.subject_key_identifier.0).unwrap();
        let usage = extension::key_usage(&[KeyUsageName::CrlSign]).unwrap();
        let (issuer, p256) = (certificate(issuer), private_key("p256"));
        resigned(&certificate(&subordinate()), &private_key(key), |tbs| {
            tbs.issuer = name(issuer.subject().to_vec());
            let key: &[u8] = Vec::leak(p256.public_key().spki().to_vec());
            tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
            tbs.extensions = Some(vec![identifier, usage]);
        })
    };
    let mut speaker = subordinate();
    speaker.key = "p256".into();
    speaker.certificate = resigned(&certificate(&subordinate()), &private_key("root"), |tbs| {
        let key: &[u8] = Vec::leak(private_key("p256").public_key().spki().to_vec());
        tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
    })
    .to_pem()
    .unwrap();
    let sibling = authority("other", "CN=Sibling", Some(root()));
    let said = || vec![list(1, json!([])).by(&speaker), list(1, json!([])).by(&sibling)];
    let strangers = vec![namesake(&sibling, "other"), certificate(&sibling)];
    let rules = |strangers| Given { lists: said(), strangers, ..Given::default() }.code();
    assert_eq!(rules(strangers), Some(ErrorCode::PathRevocationUnknown));
    assert_eq!(rules(vec![namesake(&root(), "root")]), None, "by the issuer's own issuer");
    // A namesake that may certify, and certifies its own key once more.
    let usage = extension::key_usage(&[KeyUsageName::KeyCertSign, KeyUsageName::CrlSign]).unwrap();
    let extensions = |identifier: &[u8]| {
        let own = extension::subject_key_identifier(identifier).unwrap();
        let issuers = extension::authority_key_identifier(identifier).unwrap();
        vec![own, issuers, usage.clone(), extension::authority_constraints(None).unwrap()]
    };
    let around = resigned(&namesake(&sibling, "other"), &private_key("other"), |tbs| {
        tbs.extensions = Some(extensions(&sibling.subject_key_identifier.0));
        let key: &[u8] = Vec::leak(private_key("ra").public_key().spki().to_vec());
        tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
    });
    let selfish = resigned(&namesake(&sibling, "other"), &private_key("ra"), |tbs| {
        tbs.issuer = name(around.subject().to_vec());
        tbs.extensions = Some(extensions(&sibling.subject_key_identifier.0));
    });
    let strangers = vec![selfish, around, certificate(&sibling)];
    assert_eq!(rules(strangers), Some(ErrorCode::PathRevocationUnknown), "around by a self-issued one");
}
