//! What every store must do, whatever is behind it. Each implementation runs all of it.

mod authority;
mod challenge;
mod issue;
mod message;
mod request;
mod revocation;
mod token;

use super::*;

async fn contract(store: &dyn Store) {
    issue::keeps_what_it_is_given(store).await;
    authority::newest_authority_is_current(store).await;
    issue::first_answer_wins(store).await;
    issue::renewal_supersedes_only_what_it_names(store).await;
    issue::no_serial_twice(store).await;
    issue::race_has_one_winner(store).await;
    issue::filters_narrow(store).await;
    challenge::challenges_end(store).await;
    issue::revoked_keys_get_nothing(store).await;
    revocation::a_revocation_is_recorded_once(store).await;
    revocation::a_compromise_is_one_of_the_key(store).await;
    issue::a_renewal_needs_a_signer_that_is_not_revoked(store).await;
    issue::the_first_obstacle_is_told(store).await;
    revocation::a_crl_number_is_given_once(store).await;
    request::a_request_waits_for_one_decision(store).await;
    request::strangers_have_so_much_room_and_are_sent_away_together(store).await;
    authority::an_authority_changes_only_as_it_was_seen(store).await;
    issue::expiries_are_counted_by_days(store).await;
    token::a_key_verifies_for_as_long_as_what_it_signed(store).await;
    token::keys_end_at_once_and_do_not_come_back(store).await;
    token::api_tokens_end(store).await;
    message::a_message_counts_once(store).await;
    message::a_key_is_found_by_each_of_its_names(store).await;
    message::messages_have_so_much_room_and_are_forgotten(store).await;
    message::an_undated_message_does_not_come_back_with_its_key(store).await;
    message::undated_messages_of_a_revoked_key_take_no_room(store).await;
    store.ping().await.unwrap();
}

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
            subject_key_identifier: Some(format!("5c{serial}")),
            jwk_thumbprint: Some(format!("Thumb-{serial}")),
            csr_sha256: Some("csr".to_owned()),
        },
        device_name: Some(format!("device {serial}")),
        user_name: None,
        authority: Some("issuing-1".to_owned()),
        generation: 1,
        issued_at: 1_100,
        revoked_at: None,
        revocation_reason: None,
        invalidity_date: None,
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
        is_renewal: false,
        approval: None,
        issuer_sha256: None,
    }
}

async fn authority(store: &dyn Store, id: &str) {
    let value = serde_json::json!({ "certificate": id });
    let authority = StoredAuthority { id: id.to_owned(), role: Role::Issuing, value, created_at: 1 };
    store.put_authority(authority).await.unwrap();
}

fn revocation(serial: &str) -> Revocation {
    Revocation {
        serial: serial.to_owned(),
        at: 1_300,
        reason: "key_compromise".to_owned(),
        invalidity_date: Some(1_250),
        actor: "ada".to_owned(),
        comment: Some("stolen".to_owned()),
    }
}

fn event_of(action: &str, subject: &str, at: u64) -> Event {
    let (actor, action, subject) = ("ada".to_owned(), action.to_owned(), subject.to_owned());
    Event { at, actor, action, subject, comment: None }
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
