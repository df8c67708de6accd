//! Messages that devices signed.

use super::*;

fn message(key: &str, signer: &str) -> NewMessage {
    NewMessage {
        replay_key: key.to_owned(),
        certificate_sha256: format!("hash-{signer}"),
        until: Some(5_000),
        room: 1_000,
        room_for_key: 1_000,
    }
}

async fn signer(store: &dyn Store, serial: &str, key: &str) {
    let mut new = issuance(serial, serial);
    new.certificate.record.public_key_sha256 = key.to_owned();
    store.issue(new).await.unwrap();
}

pub(super) async fn a_message_counts_once(store: &dyn Store) {
    for (serial, key) in [("m1", "key of m1"), ("m2", "key of m2"), ("m3", "key of m3"), ("m4", "key of m3")]
    {
        signer(store, serial, key).await;
    }
    let put = async |key: &str, signer: &str| store.put_message(message(key, signer)).await.unwrap();
    let MessagePut::Counted(signer) = put("a", "m1").await else { panic!("it is new") };
    assert_eq!(signer.record.serial, "m1");
    assert_eq!(put("a", "m1").await, MessagePut::Replayed);
    assert_eq!(put("b", "nobody").await, MessagePut::SignerUnknown);
    store.revoke(revocation("m2")).await.unwrap();
    assert_eq!(put("b", "m2").await, MessagePut::SignerRevoked("key_compromise".to_owned()));
    let superseded = Revocation { reason: "superseded".to_owned(), ..revocation("m3") };
    store.revoke(superseded).await.unwrap();
    assert_eq!(put("b", "m3").await, MessagePut::SignerRevoked("superseded".to_owned()));
    // What was refused was not remembered, and another certificate of the key goes on.
    assert!(matches!(put("b", "m4").await, MessagePut::Counted(_)));
    let jobs = (0..16).map(|_| store.put_message(message("race", "m1")));
    let outcomes = join_all(jobs).await.into_iter().map(Result::unwrap);
    assert_eq!(outcomes.filter(|outcome| matches!(outcome, MessagePut::Counted(_))).count(), 1);
}

pub(super) async fn a_key_is_found_by_each_of_its_names(store: &dyn Store) {
    let of = async |key_id: &str| {
        let found = store.by_key_id(key_id, 9).await.unwrap();
        found.into_iter().map(|one| one.record.serial).collect::<Vec<_>>()
    };
    assert_eq!(of("key of m3").await, ["m4", "m3"], "what is revoked comes last");
    assert_eq!(store.by_key_id("key of m3", 1).await.unwrap().len(), 1);
    assert_eq!((of("5cm3").await, of("5CM3").await), (vec!["m3".to_owned()], vec!["m3".to_owned()]));
    assert_eq!(of("Thumb-m3").await, ["m3"]);
    for another in ["thumb-m3", "THUMB-M3", "m3", "", "%"] {
        assert!(of(another).await.is_empty(), "{another:?}");
    }
}

/// What is remembered cannot grow without end: not by one device, and not by all.
pub(super) async fn messages_have_so_much_room_and_are_forgotten(store: &dyn Store) {
    let forgotten = async |before| store.forget_messages(before, 2).await.unwrap();
    while forgotten(u64::MAX >> 1).await > 0 {}
    signer(store, "w1", "key of w1").await;
    signer(store, "w2", "key of w2").await;
    let put = async |key: &str, signer: &str, until| {
        let new = NewMessage { until, room: 4, room_for_key: 3, ..message(key, signer) };
        store.put_message(new).await.unwrap()
    };
    for (key, until) in [("w-1", Some(10)), ("w-2", Some(20)), ("w-3", None)] {
        assert!(matches!(put(key, "w1", until).await, MessagePut::Counted(_)), "{key}");
    }
    assert_eq!(put("w-4", "w1", Some(30)).await, MessagePut::NoRoomForKey);
    assert!(matches!(put("w-4", "w2", Some(30)).await, MessagePut::Counted(_)));
    assert_eq!(put("w-5", "w2", Some(30)).await, MessagePut::NoRoom);
    assert_eq!(forgotten(10).await, 0, "it counts in its last second");
    assert_eq!(forgotten(11).await, 1);
    assert!(matches!(put("w-5", "w2", Some(30)).await, MessagePut::Counted(_)));
    assert_eq!(put("w-5", "w2", Some(30)).await, MessagePut::Replayed);
    assert_eq!((forgotten(2_000).await, forgotten(2_000).await), (2, 1), "so many at a time");
    assert_eq!(put("w-3", "w1", None).await, MessagePut::Replayed, "until the certificate ends");
    let mut later = issuance("w3", "w3");
    later.certificate.record.public_key_sha256 = "key of w1".to_owned();
    later.certificate.record.not_after = 3_000;
    store.issue(later).await.unwrap();
    assert_eq!(forgotten(2_001).await, 0, "its key has another one");
    assert_eq!(put("w-3", "w3", None).await, MessagePut::Replayed);
    assert_eq!(store.remembered_messages().await.unwrap(), 1);
    assert_eq!((forgotten(3_001).await, forgotten(3_001).await), (1, 0));
    assert_eq!(store.remembered_messages().await.unwrap(), 0);
}

/// Where all certificates of a key had ended, what it signed without a date may be forgotten: it does not count once more when
/// the key has a certificate again.
pub(super) async fn an_undated_message_does_not_come_back_with_its_key(store: &dyn Store) {
    let certified = async |serial: &str, issued_at, not_after| {
        let mut new = issuance(serial, serial);
        let record = &mut new.certificate.record;
        (record.public_key_sha256, record.not_after) = ("key of u".to_owned(), not_after);
        new.certificate.issued_at = issued_at;
        store.issue(new).await.unwrap();
    };
    let put = async |key: &str, signer: &str, until| {
        store.put_message(NewMessage { until, ..message(key, signer) }).await.unwrap()
    };
    certified("u1", 100, 200).await;
    certified("u2", 200, 300).await;
    assert!(matches!(put("u-1", "u2", None).await, MessagePut::Counted(_)), "one follows the other");
    while store.forget_messages(301, 9).await.unwrap() > 0 {}
    certified("u3", 301, 400).await;
    certified("u4", 350, 500).await;
    assert_eq!(put("u-1", "u3", None).await, MessagePut::KeyLapsed);
    assert_eq!(put("u-2", "u4", None).await, MessagePut::KeyLapsed);
    assert!(matches!(put("u-2", "u4", Some(450)).await, MessagePut::Counted(_)), "this one has a date");
}

/// Nothing that such a key signed counts any more.
pub(super) async fn undated_messages_of_a_revoked_key_take_no_room(store: &dyn Store) {
    for (serial, reason, forgotten) in [("v1", "superseded", 0), ("v2", "key_compromise", 1)] {
        signer(store, serial, &format!("key of {serial}")).await;
        let new = NewMessage { until: None, ..message(&format!("v-{serial}"), serial) };
        assert!(matches!(store.put_message(new).await.unwrap(), MessagePut::Counted(_)));
        store.revoke(Revocation { reason: reason.to_owned(), ..revocation(serial) }).await.unwrap();
        assert_eq!(store.forget_messages(1, 9).await.unwrap(), forgotten, "{reason}");
    }
}
