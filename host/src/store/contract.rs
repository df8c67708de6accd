//! What every store must do, whatever is behind it. Each implementation runs all of it.

use super::*;

fn certificate(serial: &str) -> Certificate {
    Certificate {
        record: CertificateRecord {
            serial: serial.to_owned(),
            subject: format!("CN=device {serial},O=Acme"),
            common_name: Some(format!("device {serial}")),
            issuer: "CN=Acme Issuing".to_owned(),
            subject_alternative_names: vec![format!("dns:{serial}.example")],
            not_before: 1_000,
            not_after: 2_000,
            profile: "device-identity".to_owned(),
            sha256: format!("hash-{serial}"),
            public_key_sha256: "key".to_owned(),
            csr_sha256: Some("csr".to_owned()),
        },
        device_name: Some(format!("device {serial}")),
        user_name: None,
        authority: Some("issuing-1".to_owned()),
        issued_at: 1_100,
        revoked_at: None,
        revocation_reason: None,
        transaction_id: Some("t".to_owned()),
        pem: "PEM".to_owned(),
    }
}

fn retry(transaction_id: &str) -> RetryKey {
    RetryKey { transaction_id: transaction_id.to_owned(), csr_sha256: "csr".to_owned() }
}

pub(super) fn issuance(serial: &str, transaction_id: &str) -> Issuance {
    let mut certificate = certificate(serial);
    certificate.transaction_id = Some(transaction_id.to_owned());
    Issuance {
        certificate,
        retry: Some(retry(transaction_id)),
        supersedes: None,
        signer_sha256: Some("signer".to_owned()),
    }
}

async fn authority(store: &dyn Store, id: &str) {
    let value = serde_json::json!({ "certificate": id });
    let authority = StoredAuthority { id: id.to_owned(), role: Role::Issuing, value, created_at: 1 };
    store.put_authority(authority).await.unwrap();
}

async fn keeps_what_it_is_given(store: &dyn Store) {
    authority(store, "issuing-1").await;
    assert_eq!(store.issue(issuance("a1", "t1")).await.unwrap(), Recorded::New);
    let kept = store.by_serial("a1").await.unwrap().unwrap();
    assert_eq!(kept, issuance("a1", "t1").certificate);
    assert_eq!(store.by_sha256("hash-a1").await.unwrap().unwrap(), kept);
    let remembered = store.remembered(&retry("t1")).await.unwrap().unwrap();
    assert_eq!((remembered.certificate, remembered.signer_sha256.as_deref()), (kept.clone(), Some("signer")));
    assert_eq!(store.of_transaction("t1", "key").await.unwrap().unwrap(), kept);
    assert!(store.of_transaction("t1", "another key").await.unwrap().is_none());
    assert!(store.of_transaction("t2", "key").await.unwrap().is_none());
}

async fn newest_authority_is_current(store: &dyn Store) {
    authority(store, "issuing-2").await;
    let current = store.current_authority(Role::Issuing).await.unwrap().unwrap();
    assert_eq!(current.id, "issuing-2");
    assert_eq!(current.value["certificate"], "issuing-2");
    assert!(store.current_authority(Role::Ra).await.unwrap().is_none());
    let all = store.authorities(Role::Issuing).await.unwrap();
    assert_eq!(all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["issuing-2", "issuing-1"]);
}

async fn first_answer_wins(store: &dyn Store) {
    store.issue(issuance("b1", "t-race")).await.unwrap();
    let Recorded::Already(winner) = store.issue(issuance("b2", "t-race")).await.unwrap() else {
        panic!("the second certificate was recorded too");
    };
    assert_eq!(winner.record.serial, "b1");
    assert!(store.by_serial("b2").await.unwrap().is_none());
}

async fn renewal_supersedes_only_what_it_names(store: &dyn Store) {
    store.issue(issuance("c1", "t-renew")).await.unwrap();
    let renewal =
        |serial, old: &str| Issuance { supersedes: Some(old.to_owned()), ..issuance(serial, "t-renew") };
    assert_eq!(store.issue(renewal("c2", "c1")).await.unwrap(), Recorded::New);
    let late = store.issue(renewal("c3", "c1")).await.unwrap();
    assert!(matches!(late, Recorded::Already(winner) if winner.record.serial == "c2"));
    assert_eq!(store.remembered(&retry("t-renew")).await.unwrap().unwrap().certificate.record.serial, "c2");
}

async fn no_serial_twice(store: &dyn Store) {
    store.issue(issuance("d1", "t-d1")).await.unwrap();
    assert!(store.issue(issuance("d1", "t-d2")).await.is_err());
    assert!(store.remembered(&retry("t-d2")).await.unwrap().is_none(), "a reply without a certificate");
}

async fn race_has_one_winner(store: &dyn Store) {
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

/// All at once: every future is polled before any has to be done.
async fn join_all<T>(jobs: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut jobs: Vec<_> = jobs.map(|job| (Box::pin(job), None)).collect();
    std::future::poll_fn(|context| {
        for (job, outcome) in jobs.iter_mut().filter(|(_, outcome)| outcome.is_none()) {
            if let std::task::Poll::Ready(value) = job.as_mut().poll(context) {
                *outcome = Some(value);
            }
        }
        match jobs.iter().all(|(_, outcome)| outcome.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    jobs.into_iter().filter_map(|(_, outcome)| outcome).collect()
}

async fn filters_narrow(store: &dyn Store) {
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

async fn revoked_keys_are_known(store: &dyn Store) {
    for (serial, key, reason) in
        [("g1", "key-lost", "key_compromise"), ("g2", "key-renewed", "superseded"), ("g3", "key-good", "")]
    {
        let mut new = issuance(serial, serial);
        new.certificate.record.public_key_sha256 = key.to_owned();
        new.certificate.revoked_at = (!reason.is_empty()).then_some(1_200);
        new.certificate.revocation_reason = (!reason.is_empty()).then(|| reason.to_owned());
        store.issue(new).await.unwrap();
    }
    assert!(store.is_revoked_key("key-lost").await.unwrap());
    assert!(!store.is_revoked_key("key-renewed").await.unwrap());
    assert!(!store.is_revoked_key("key-good").await.unwrap());
}

async fn challenges_end(store: &dyn Store) {
    for (id, expires_at) in [("static", None), ("short", Some(100))] {
        let hash = "$argon2id$".to_owned();
        let challenge = Challenge { id: id.to_owned(), hash, created_at: 1, expires_at };
        store.put_challenge(challenge).await.unwrap();
    }
    assert_eq!(store.challenges(99).await.unwrap().len(), 2);
    assert_eq!(store.challenges(100).await.unwrap()[0].id, "static");
    assert!(store.remove_challenge("static").await.unwrap());
    assert!(!store.remove_challenge("static").await.unwrap());
    assert!(store.challenges(100).await.unwrap().is_empty());
}

async fn contract(store: &dyn Store) {
    keeps_what_it_is_given(store).await;
    newest_authority_is_current(store).await;
    first_answer_wins(store).await;
    renewal_supersedes_only_what_it_names(store).await;
    no_serial_twice(store).await;
    race_has_one_winner(store).await;
    filters_narrow(store).await;
    challenges_end(store).await;
    revoked_keys_are_known(store).await;
    store.ping().await.unwrap();
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = SqliteStore::open(&path, true).await.unwrap();
    contract(&store).await;
    store.close().await;
    assert!(matches!(store.issue(issuance("z", "z")).await, Err(StoreError::Closed)));
    let again = SqliteStore::open(&path, false).await.unwrap();
    assert!(again.by_serial("a1").await.unwrap().is_some());
}

/// fsync cannot be seen from here: these settings are what makes SQLite call it before a commit ends.
#[tokio::test]
async fn sqlite_is_durable_by_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    assert!(SqliteStore::open(&path, false).await.is_err());
    for create in [true, false] {
        let store = SqliteStore::open(&path, create).await.unwrap();
        assert_eq!(store.pragma("PRAGMA journal_mode").await, "wal");
        assert_eq!(store.pragma("PRAGMA synchronous").await, "2", "2 is FULL");
        assert_eq!(store.pragma("PRAGMA foreign_keys").await, "1");
        store.close().await;
    }
}

#[tokio::test]
async fn a_store_without_its_writer_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("s.sqlite"), true).await.unwrap();
    store.ping().await.unwrap();
    store.stop_writer().await;
    assert!(matches!(store.ping().await, Err(StoreError::Closed)));
    store.ended().await;
}
