//! Certificates, and the replies that are remembered with them.

use super::*;

pub(super) async fn keeps_what_it_is_given(store: &dyn Store) {
    authority(store, "issuing-1").await;
    assert_eq!(store.issue(issuance("a1", "t1")).await.unwrap(), Recorded::New);
    let kept = store.by_serial("a1").await.unwrap().unwrap();
    assert_eq!(kept, issuance("a1", "t1").certificate);
    assert_eq!(store.by_sha256("hash-a1").await.unwrap().unwrap(), kept);
    let remembered = store.remembered(&retry("t1")).await.unwrap().unwrap();
    assert_eq!((remembered.certificate, remembered.signer_sha256.as_deref()), (kept.clone(), Some("signer")));
    let known = async |transaction, signer| store.known(&retry(transaction), signer, None).await.unwrap();
    let both = Known {
        remembered: store.remembered(&retry("t1")).await.unwrap(),
        signer: Some(kept.clone()),
        challenges: Vec::new(),
    };
    assert_eq!(known("t1", "hash-a1").await, both);
    assert_eq!(known("t1", "another").await, Known { signer: None, ..both.clone() });
    assert_eq!(known("another", "hash-a1").await, Known { remembered: None, ..both });
    assert_eq!(known("another", "another").await, Known::default());
    assert_eq!(store.of_transaction("t1", "key").await.unwrap().unwrap(), kept);
    assert!(store.of_transaction("t1", "another key").await.unwrap().is_none());
    assert!(store.of_transaction("t2", "key").await.unwrap().is_none());
}

pub(super) async fn first_answer_wins(store: &dyn Store) {
    store.issue(issuance("b1", "t-race")).await.unwrap();
    let Recorded::Already(winner) = store.issue(issuance("b2", "t-race")).await.unwrap() else {
        panic!("the second certificate was recorded too");
    };
    assert_eq!(winner.record.serial, "b1");
    assert!(store.by_serial("b2").await.unwrap().is_none());
}

pub(super) async fn renewal_supersedes_only_what_it_names(store: &dyn Store) {
    store.issue(issuance("c1", "t-renew")).await.unwrap();
    let renewal =
        |serial, old: &str| Issuance { supersedes: Some(old.to_owned()), ..issuance(serial, "t-renew") };
    assert_eq!(store.issue(renewal("c2", "c1")).await.unwrap(), Recorded::New);
    let late = store.issue(renewal("c3", "c1")).await.unwrap();
    assert!(matches!(late, Recorded::Already(winner) if winner.record.serial == "c2"));
    assert_eq!(store.remembered(&retry("t-renew")).await.unwrap().unwrap().certificate.record.serial, "c2");
}

pub(super) async fn no_serial_twice(store: &dyn Store) {
    store.issue(issuance("d1", "t-d1")).await.unwrap();
    assert!(store.issue(issuance("d1", "t-d2")).await.is_err());
    assert!(store.remembered(&retry("t-d2")).await.unwrap().is_none(), "a reply without a certificate");
}

pub(super) async fn race_has_one_winner(store: &dyn Store) {
    let jobs = (0..32).map(|n| {
        let twin = store.issue(issuance(&format!("e{n}"), "t-many"));
        let other = store.issue(issuance(&format!("f{n}"), &format!("t-other-{n}")));
        async move { (twin.await.unwrap(), other.await.unwrap()) }
    });
    let mut new = 0;
    for (twin, other) in join_all(jobs).await {
        assert_eq!(other, Recorded::New);
        new += u32::from(twin == Recorded::New);
    }
    assert_eq!(new, 1);
}

pub(super) async fn filters_narrow(store: &dyn Store) {
    let all = Filter { limit: 500, ..Filter::default() };
    let count = store.certificates(&all).await.unwrap().len();
    assert!(count > 30);
    let one = Filter { text: Some("DEVICE A1".to_owned()), ..all.clone() };
    assert_eq!(store.certificates(&one).await.unwrap().len(), 1);
    let ending = Filter { expires_before: Some(2_000), ..all.clone() };
    assert!(store.certificates(&ending).await.unwrap().is_empty());
    let other = Filter { profile: Some("tls-server".to_owned()), ..all.clone() };
    assert!(store.certificates(&other).await.unwrap().is_empty());
    let few = Filter { limit: 3, ..all };
    assert_eq!(store.certificates(&few).await.unwrap().len(), 3);
}

pub(super) async fn revoked_keys_get_nothing(store: &dyn Store) {
    for (serial, key, reason) in
        [("g1", "key-lost", "key_compromise"), ("g2", "key-renewed", "superseded"), ("g3", "key-good", "")]
    {
        let mut new = issuance(serial, serial);
        new.certificate.record.public_key_sha256 = key.to_owned();
        new.certificate.revoked_at = (!reason.is_empty()).then_some(1_200);
        new.certificate.revocation_reason = (!reason.is_empty()).then(|| reason.to_owned());
        store.issue(new).await.unwrap();
    }
    let again = async |serial: &str, key: &str| {
        let mut new = issuance(serial, serial);
        new.certificate.record.public_key_sha256 = key.to_owned();
        store.issue(new).await
    };
    assert!(matches!(again("g4", "key-lost").await, Err(StoreError::KeyRevoked)));
    assert!(store.remembered(&retry("g4")).await.unwrap().is_none(), "a reply without a certificate");
    assert_eq!(again("g5", "key-renewed").await.unwrap(), Recorded::New);
    assert_eq!(again("g6", "key-good").await.unwrap(), Recorded::New);
}

/// Whoever revokes the signer's certificate after it was looked at has the last word.
pub(super) async fn a_renewal_needs_a_signer_that_is_not_revoked(store: &dyn Store) {
    let mut old = issuance("k1", "k1");
    old.certificate.record.public_key_sha256 = "old key".to_owned();
    store.issue(old).await.unwrap();
    let renewal = |serial: &str, is_renewal| {
        let mut new = issuance(serial, serial);
        new.certificate.record.public_key_sha256 = format!("key of {serial}");
        Issuance { signer_sha256: Some("hash-k1".to_owned()), is_renewal, ..new }
    };
    assert_eq!(store.issue(renewal("k2", true)).await.unwrap(), Recorded::New);
    let superseded = Revocation { reason: "superseded".to_owned(), ..revocation("k1") };
    assert!(matches!(store.revoke(superseded).await.unwrap(), Revoked::Now(..)));
    assert!(matches!(store.issue(renewal("k3", true)).await, Err(StoreError::SignerRevoked)));
    assert!(store.by_serial("k3").await.unwrap().is_none());
    assert!(store.remembered(&retry("k3")).await.unwrap().is_none(), "a reply without a certificate");
    assert_eq!(store.issue(renewal("k4", false)).await.unwrap(), Recorded::New, "by a challenge");
}

/// What was answered before is told before all else, but for what is to be replaced.
pub(super) async fn the_first_obstacle_is_told(store: &dyn Store) {
    let new = |serial: &str, transaction: &str, key: &str| {
        let mut new = issuance(serial, transaction);
        new.certificate.record.public_key_sha256 = key.to_owned();
        new
    };
    let compromised = |serial: &str| Revocation { reason: "key_compromise".to_owned(), ..revocation(serial) };
    assert_eq!(store.issue(new("p1", "p", "key p")).await.unwrap(), Recorded::New);
    assert_eq!(store.issue(new("p2", "p2", "key p2")).await.unwrap(), Recorded::New);
    assert!(matches!(store.revoke(compromised("p1")).await.unwrap(), Revoked::Now(..)));
    let again = store.issue(new("p3", "p", "key p")).await.unwrap();
    assert!(matches!(again, Recorded::Already(first) if first.record.serial == "p1"));
    let replacing = |new| Issuance { supersedes: Some("p1".to_owned()), ..new };
    let lost = store.issue(replacing(new("p4", "p", "key p"))).await;
    assert!(matches!(lost, Err(StoreError::KeyRevoked)), "{lost:?}");
    let by_lost = |new| Issuance { signer_sha256: Some("hash-p1".to_owned()), is_renewal: true, ..new };
    let renewed = store.issue(replacing(by_lost(new("p5", "p", "key p")))).await;
    assert!(matches!(renewed, Err(StoreError::SignerRevoked)), "{renewed:?}");
    let silent = Issuance { retry: None, ..new("p6", "p6", "key p") };
    assert!(matches!(store.issue(silent.clone()).await, Err(StoreError::KeyRevoked)));
    assert!(matches!(store.issue(by_lost(silent.clone())).await, Err(StoreError::SignerRevoked)));
    let below_lost = |new| Issuance { issuer_sha256: Some("hash-p1".to_owned()), ..new };
    assert!(matches!(store.issue(by_lost(below_lost(silent.clone()))).await, Err(StoreError::SignerRevoked)));
    assert!(matches!(store.issue(below_lost(silent.clone())).await, Err(StoreError::IssuerRevoked)));
    let of_nobody = Issuance { signer_sha256: None, is_renewal: true, ..new("p7", "p7", "key p2") };
    assert_eq!(store.issue(of_nobody).await.unwrap(), Recorded::New);
    let kept = store.remembered(&retry("p")).await.unwrap().unwrap();
    assert_eq!(kept.certificate.record.serial, "p1");
    for serial in ["p3", "p4", "p5", "p6"] {
        assert!(store.by_serial(serial).await.unwrap().is_none(), "{serial}");
    }
}

pub(super) async fn expiries_are_counted_by_days(store: &dyn Store) {
    authority(store, "counted-1").await;
    let (now, day) = (10_000, 86_400);
    let ends = [now, now + 5, now + 9, now + day - 1, now + day, now + 40 * day + 3, now - 1];
    for (number, not_after) in ends.into_iter().enumerate() {
        let mut new = issuance(&format!("n{number}"), &format!("n{number}"));
        new.certificate.authority = Some("counted-1".to_owned());
        new.certificate.generation = 1 + u32::from(number == 4);
        new.certificate.record.not_after = not_after;
        new.certificate.record.public_key_sha256 = format!("key of n{number}");
        store.issue(new).await.unwrap();
    }
    let expiries = store.expiries("counted-1", now).await.unwrap();
    let counted: Vec<_> = expiries.iter().map(|one| (one.not_after, one.count)).collect();
    let wanted = [(now, 3), (now + day - 1, 1), (now + day, 1), (now + 40 * day + 3, 1)];
    assert_eq!(counted, wanted, "the first and the last of a day are as they are");
    assert_eq!(store.in_force("counted-1", now).await.unwrap(), [(1, 5), (2, 1)].into());
    assert!(matches!(store.revoke(revocation("n0")).await.unwrap(), Revoked::Now(..)));
    assert_eq!(store.in_force("counted-1", now + 6).await.unwrap(), [(1, 3), (2, 1)].into());
    assert_eq!(store.expiries("counted-1", now).await.unwrap()[0].not_after, now + 5);
}
