//! Revocations and the lists of them.

use super::*;

pub(super) async fn a_revocation_is_recorded_once(store: &dyn Store) {
    let before = store.last_revocation().await.unwrap();
    for (serial, generation) in [("h1", 1), ("h2", 2)] {
        let mut new = issuance(serial, serial);
        new.certificate.generation = generation;
        new.certificate.record.public_key_sha256 = format!("key of {serial}");
        store.issue(new).await.unwrap();
    }
    let Revoked::Now(now, _) = store.revoke(revocation("h1")).await.unwrap() else { panic!("not revoked") };
    assert_eq!((now.revoked_at, now.invalidity_date), (Some(1_300), Some(1_250)));
    let again = Revocation { at: 1_400, reason: "superseded".to_owned(), ..revocation("h1") };
    assert_eq!(store.revoke(again).await.unwrap(), Revoked::Before(now));
    assert_eq!(store.revoke(revocation("nobody")).await.unwrap(), Revoked::Unknown);
    let mut third = issuance("h3", "h3");
    third.certificate.record.public_key_sha256 = "key of h3".to_owned();
    store.issue(third).await.unwrap();
    for (at, reason, since) in [(1_300, "superseded", 1_300), (1_400, "key_compromise", 1_300)] {
        let raised = Revocation { at, reason: reason.to_owned(), ..revocation("h3") };
        let Revoked::Now(now, _) = store.revoke(raised).await.unwrap() else {
            panic!("not revoked: {reason}")
        };
        assert_eq!((now.revoked_at, now.revocation_reason.as_deref()), (Some(since), Some(reason)));
    }
    let [event] = &store.events("h1").await.unwrap()[..] else { panic!("not one event") };
    assert_eq!((event.actor.as_str(), event.comment.as_deref(), event.at), ("ada", Some("stolen"), 1_300));
    let after = store.last_revocation().await.unwrap();
    assert!(after > before);
    store.revoke(revocation("h2")).await.unwrap();
    assert!(store.last_revocation().await.unwrap() > after);
    let serials = async |since| {
        let found = store.revoked("issuing-1", since).await.unwrap();
        assert_eq!(store.count_revoked("issuing-1", since).await.unwrap(), found.len() as u64);
        found
            .into_iter()
            .map(|entry| entry.serial)
            .filter(|serial| serial.starts_with('h'))
            .collect::<Vec<_>>()
    };
    assert_eq!(serials(2_000).await, ["h1", "h2", "h3"], "of each generation");
    assert!(serials(2_001).await.is_empty(), "they have ended");
    assert!(store.revoked("root-1", 0).await.unwrap().is_empty());
}

/// A key in other hands is so in each certificate of it; another reason is about one certificate.
pub(super) async fn a_compromise_is_one_of_the_key(store: &dyn Store) {
    for (serial, key, not_after) in
        [("y1", "q", 2_000), ("y2", "q", 2_000), ("y3", "q", 1_200), ("y4", "r", 2_000)]
    {
        let mut new = issuance(serial, serial);
        new.certificate.record.public_key_sha256 = key.to_owned();
        new.certificate.record.not_after = not_after;
        store.issue(new).await.unwrap();
    }
    let of = |serial: &str, reason: &str| Revocation { reason: reason.to_owned(), ..revocation(serial) };
    assert_eq!(store.refused_for("hash-y1").await.unwrap(), None);
    let Revoked::Now(_, others) = store.revoke(of("y1", "superseded")).await.unwrap() else {
        panic!("not revoked")
    };
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(store.refused_for("hash-y1").await.unwrap().as_deref(), Some("superseded"));
    assert_eq!(store.refused_for("hash-y2").await.unwrap(), None);
    let below = |serial: &str| {
        let mut new = issuance(serial, serial);
        new.certificate.record.public_key_sha256 = format!("key of {serial}");
        Issuance { issuer_sha256: Some("hash-y2".to_owned()), ..new }
    };
    assert_eq!(store.issue(below("z1")).await.unwrap(), Recorded::New);
    let Revoked::Now(_, others) = store.revoke(of("y1", "key_compromise")).await.unwrap() else {
        panic!("not raised")
    };
    assert_eq!(others, ["y2"], "one has ended, the other has another key");
    let other = store.by_serial("y2").await.unwrap().unwrap();
    assert_eq!(other.revocation_reason.as_deref(), Some("key_compromise"));
    assert_eq!(store.refused_for("hash-y3").await.unwrap().as_deref(), Some("key_compromise"), "its key");
    assert_eq!(store.refused_for("hash-y4").await.unwrap(), None);
    assert!(matches!(store.issue(below("z2")).await, Err(StoreError::IssuerRevoked)));
    assert!(store.by_serial("z2").await.unwrap().is_none());
    // Since when is told later as well, and once.
    let since = || Revocation { invalidity_date: Some(1_111), ..of("y2", "key_compromise") };
    assert!(matches!(store.revoke(since()).await.unwrap(), Revoked::Now(..)));
    assert_eq!(store.by_serial("y2").await.unwrap().unwrap().invalidity_date, Some(1_111));
    assert!(matches!(store.revoke(since()).await.unwrap(), Revoked::Before(_)));
}

pub(super) async fn a_crl_number_is_given_once(store: &dyn Store) {
    let crl = |number, pem: &str| Crl {
        key: "aa".to_owned(),
        number,
        this_update: 10,
        next_update: 20,
        last_event: 3,
        pem: pem.to_owned(),
    };
    assert!(store.crl("aa").await.unwrap().is_none());
    assert!(store.put_crl(crl(1, "one")).await.unwrap());
    assert!(!store.put_crl(crl(1, "another")).await.unwrap());
    assert_eq!(store.crl("aa").await.unwrap().unwrap(), crl(1, "one"));
    for number in [2, 3] {
        assert!(store.put_crl(crl(number, "later")).await.unwrap());
    }
    assert!(!store.put_crl(crl(1, "again")).await.unwrap(), "its number was free again, but not given twice");
    assert_eq!(store.crl("aa").await.unwrap().unwrap().number, 3);
    assert!(store.crl("bb").await.unwrap().is_none());
    assert_eq!(store.last_crl_number("aa").await.unwrap(), Some(3));
    for (aa, bb) in [(2, 9), (7, 8)] {
        let numbers = [("aa".to_owned(), aa), ("bb".to_owned(), bb)].into();
        store.outdate_crls(vec!["aa".to_owned()], numbers).await.unwrap();
    }
    let outdated = store.crl("aa").await.unwrap().unwrap();
    assert_eq!((outdated.number, outdated.last_event), (3, -1));
    assert!(store.crl("bb").await.unwrap().is_none());
    let last = [store.last_crl_number("aa").await.unwrap(), store.last_crl_number("bb").await.unwrap()];
    assert_eq!(last, [Some(7), Some(9)], "no number goes back");
    assert!(!store.put_crl(crl(7, "of before the restore")).await.unwrap());
    assert!(store.put_crl(crl(8, "of after the restore")).await.unwrap());
    assert_eq!(store.last_crl_number("cc").await.unwrap(), None);
}
