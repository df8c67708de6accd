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

async fn revoked_keys_get_nothing(store: &dyn Store) {
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

async fn a_revocation_is_recorded_once(store: &dyn Store) {
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
async fn a_compromise_is_one_of_the_key(store: &dyn Store) {
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

/// Whoever revokes the signer's certificate after it was looked at has the last word.
async fn a_renewal_needs_a_signer_that_is_not_revoked(store: &dyn Store) {
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

async fn expiries_are_counted_by_days(store: &dyn Store) {
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

async fn a_crl_number_is_given_once(store: &dyn Store) {
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

fn request(id: &str) -> PendingRequest {
    PendingRequest {
        id: id.to_owned(),
        transaction_id: format!("t-{id}"),
        csr_sha256: "csr".to_owned(),
        public_key_sha256: "key".to_owned(),
        signer_sha256: "signer".to_owned(),
        subject: "CN=dev".to_owned(),
        content: serde_json::json!({ "subject": "CN=dev" }),
        message: vec![1, 2, 3],
        state: RequestState::Pending,
        requested_at: 5,
        decided_at: None,
        decided_by: None,
        comment: None,
    }
}

async fn a_request_waits_for_one_decision(store: &dyn Store) {
    let put_of = async |id: &str, key: &str, forget_before| {
        let request = PendingRequest { public_key_sha256: key.to_owned(), ..request(id) };
        let new = NewRequest { request, room: 2, room_for_key: 1, room_bytes: 9, forget_before };
        store.put_request(new).await.unwrap().is_some()
    };
    let put = async |id: &str| put_of(id, &format!("key of {id}"), 0).await;
    assert!(put("r1").await);
    assert!(!put_of("r9", "key of r1", 0).await, "one key has no room for another");
    assert!(put("r2").await);
    assert!(!put("r3").await, "there is no room");
    assert!(put("r1").await, "it is there already");
    assert_eq!(store.requests(Some(RequestState::Pending), 9).await.unwrap().len(), 2);
    let decide = async |id: &str, state| {
        let (id, actor) = (id.to_owned(), "ada".to_owned());
        store.decide_request(RequestDecision { id, state, at: 7, actor, comment: None }).await.unwrap()
    };
    let Decided::Now(approved) = decide("r1", RequestState::Approved).await else { panic!("not decided") };
    assert_eq!((approved.state, approved.decided_by.as_deref()), (RequestState::Approved, Some("ada")));
    let late = decide("r1", RequestState::Rejected).await;
    assert!(matches!(late, Decided::Before(before) if before.state == RequestState::Approved));
    assert_eq!(decide("nobody", RequestState::Approved).await, Decided::Unknown);
    assert!(put("r3").await, "there is room again");
    assert_eq!(store.pending_request(&retry("t-r1")).await.unwrap().unwrap().id, "r1");
    assert_eq!(store.request_of_transaction("t-r2", "key of r2").await.unwrap().unwrap().id, "r2");
    assert!(store.request_of_transaction("t-r2", "another key").await.unwrap().is_none());
    assert_eq!(store.requests(None, 9).await.unwrap().len(), 3);
    assert_eq!(store.events("r1").await.unwrap()[0].action, "approve");
    let mut approved = issuance("r1", "t-r1");
    approved.certificate.record.public_key_sha256 = "key of r1".to_owned();
    approved.approval = Some("r1".to_owned());
    assert_eq!(store.issue(approved.clone()).await.unwrap(), Recorded::New);
    let used = store.request("r1").await.unwrap().unwrap();
    assert!(used.state == RequestState::Issued && used.message.is_empty());
    approved.retry = None;
    approved.certificate.record.serial = "r1-again".to_owned();
    approved.certificate.record.sha256 = "r1-again".to_owned();
    assert!(store.issue(approved).await.is_err(), "a yes is for one certificate");
    assert!(!put("r1").await, "the next one waits like any other");
    assert!(put_of("r4", "key of r4", 6).await, "what is old makes room");
    assert_eq!(store.requests(None, 9).await.unwrap().len(), 2, "the decided one and the new one");
}

async fn strangers_have_so_much_room_and_are_sent_away_together(store: &dyn Store) {
    let large = PendingRequest { message: vec![0; 7], ..request("r5") };
    let new = NewRequest { request: large, room: 9, room_for_key: 9, room_bytes: 9, forget_before: 0 };
    assert!(store.put_request(new.clone()).await.unwrap().is_none(), "3 and 7 bytes are too many");
    assert!(store.requests(None, 9).await.unwrap().iter().all(|one| one.message.is_empty()));
    assert_eq!(store.request("r4").await.unwrap().unwrap().message, [1, 2, 3]);
    let reject = async |text: Option<&str>| {
        let (text, actor, comment) = (text.map(str::to_owned), "ada".to_owned(), Some("rubbish".to_owned()));
        store.reject_requests(RequestRejection { text, at: 9, actor, comment }).await.unwrap()
    };
    assert_eq!((reject(Some("nobody")).await, reject(Some("cn=DEV")).await, reject(None).await), (0, 1, 0));
    let rejected = store.request("r4").await.unwrap().unwrap();
    assert_eq!((rejected.state, rejected.comment.as_deref()), (RequestState::Rejected, Some("rubbish")));
    assert_eq!(store.events("r4").await.unwrap()[0].action, "reject");
    assert!(store.put_request(new).await.unwrap().is_some(), "what is rejected takes no room");
}

async fn an_authority_changes_only_as_it_was_seen(store: &dyn Store) {
    let seen = store.current_authority(Role::Issuing).await.unwrap().unwrap();
    let event = || Event {
        at: 1,
        actor: "ada".to_owned(),
        action: "renew".to_owned(),
        subject: seen.id.clone(),
        comment: None,
    };
    let value = |text: &str| serde_json::json!({ "certificate": text });
    let issued = |serial| vec![Issuance { retry: None, ..issuance(serial, "t-issued") }];
    assert!(
        store.replace_authority(seen.clone(), value("new"), issued("i1"), Vec::new(), event()).await.unwrap()
    );
    assert!(
        !store
            .replace_authority(seen.clone(), value("newer"), issued("i2"), Vec::new(), event())
            .await
            .unwrap()
    );
    assert!(store.by_serial("i1").await.unwrap().is_some());
    assert!(store.by_serial("i2").await.unwrap().is_none());
    let expiries = store.expiries("issuing-1", 2_000).await.unwrap();
    let all: u64 = expiries.iter().map(|expiry| expiry.count).sum();
    assert!(all > 30 && expiries.iter().all(|expiry| expiry.not_after == 2_000), "{expiries:?}");
    assert!(store.expiries("issuing-1", 2_001).await.unwrap().is_empty());
    let now = store.current_authority(Role::Issuing).await.unwrap().unwrap();
    assert_eq!((now.id.as_str(), &now.value), (seen.id.as_str(), &value("new")));
    assert_eq!(store.events(&seen.id).await.unwrap().len(), 1);
}

/// A key of this name, made at a time.
fn token_key(name: &str, kid: &str, created_at: u64) -> NewTokenKey {
    let key = TokenKey {
        name: name.to_owned(),
        generation: 1,
        kid: kid.to_owned(),
        algorithm: "ES256".to_owned(),
        validity_seconds: 100,
        public_key: "PEM".to_owned(),
        is_uploaded: name == "uploaded",
        created_at,
        rotated_at: None,
        verifies_until: None,
        retired_at: None,
    };
    let event = event_of("create_token_key", name, created_at);
    NewTokenKey { key, succession: Succession::First, room: 4, event }
}

fn event_of(action: &str, subject: &str, at: u64) -> Event {
    let (actor, action, subject) = ("ada".to_owned(), action.to_owned(), subject.to_owned());
    Event { at, actor, action, subject, comment: None }
}

async fn verifying(store: &dyn Store, now: u64) -> Vec<String> {
    store.verifying_token_keys(now).await.unwrap().into_iter().map(|key| key.kid).collect()
}

async fn a_key_verifies_for_as_long_as_what_it_signed(store: &dyn Store) {
    let put = async |new: NewTokenKey| store.put_token_key(new).await.unwrap();
    let first = token_key("files", "k1", 1_000);
    let TokenKeyPut::Done(kept) = put(first.clone()).await else { panic!("it is not taken") };
    assert_eq!(*kept, first.key);
    assert_eq!(store.token_keys(Some("files"), 9).await.unwrap(), std::slice::from_ref(&first.key));
    assert_eq!(store.token_key("k1").await.unwrap(), Some(first.key.clone()));
    assert_eq!(store.token_key("k2").await.unwrap(), None);
    assert_eq!(put(token_key("files", "k2", 1_000)).await, TokenKeyPut::NameTaken);
    assert_eq!(put(token_key("other", "k1", 1_000)).await, TokenKeyPut::KeyTaken("files".to_owned()));
    let overlap = |kid: &str, at| NewTokenKey {
        succession: Succession::Overlap { margin_seconds: 20 },
        ..token_key("files", kid, at)
    };
    let nobody = NewTokenKey { succession: Succession::AtOnce, ..token_key("nobody", "k2", 1_000) };
    assert_eq!(put(nobody).await, TokenKeyPut::Unknown);
    let TokenKeyPut::Done(second) = put(overlap("k2", 2_000)).await else { panic!("it may follow") };
    assert_eq!(second.generation, 2);
    let before = store.token_keys(Some("files"), 9).await.unwrap().pop().unwrap();
    assert_eq!((before.rotated_at, before.verifies_until), (Some(2_000), Some(2_120)));
    assert_eq!(before.state(2_119), TokenKeyState::Verifying);
    assert_eq!(before.state(2_120), TokenKeyState::Ended);
    assert_eq!(verifying(store, 2_119).await, ["k2", "k1"]);
    assert_eq!(verifying(store, 2_120).await, ["k2"]);
    assert_eq!(store.events("files").await.unwrap().len(), 2);
}

async fn keys_end_at_once_and_do_not_come_back(store: &dyn Store) {
    let put = async |new: NewTokenKey| store.put_token_key(new).await.unwrap();
    let at_once = |kid: &str, room| NewTokenKey {
        succession: Succession::AtOnce,
        room,
        ..token_key("files", kid, 2_050)
    };
    // Two of them verify at this time, and both make room.
    assert_eq!(put(at_once("k3", 0)).await, TokenKeyPut::NoRoom);
    assert!(matches!(put(at_once("k3", 1)).await, TokenKeyPut::Done(_)));
    assert_eq!(verifying(store, 2_050).await, ["k3"]);
    let ended = store.token_keys(Some("files"), 9).await.unwrap();
    assert_eq!(ended[1].state(2_050), TokenKeyState::Retired);
    let retire = async |name: &str, generation| {
        let event = event_of("retire_token_key", name, 2_060);
        let retirement = TokenKeyRetirement { name: name.to_owned(), generation, event };
        store.retire_token_keys(retirement).await.unwrap()
    };
    assert_eq!(retire("nobody", None).await, None);
    assert_eq!(retire("files", Some(9)).await, None);
    assert_eq!(retire("files", Some(1)).await, Some(Vec::new()), "it has ended before");
    assert_eq!(retire("files", None).await, Some(vec!["k3".to_owned()]));
    assert_eq!(verifying(store, 2_060).await, [""; 0]);
    assert_eq!(put(token_key("again", "k3", 2_070)).await, TokenKeyPut::KeyTaken("files".to_owned()));
    assert_eq!(put(at_once("k4", 4)).await, TokenKeyPut::Unknown, "nothing is there to be followed");
    let actions: Vec<_> = store.events("files").await.unwrap().into_iter().map(|one| one.action).collect();
    assert_eq!(actions.iter().filter(|action| *action == "retire_token_key").count(), 1, "{actions:?}");
    for number in 0..5 {
        let (name, kid) = (format!("n{number}"), format!("room-{number}"));
        let done = put(token_key(&name, &kid, 3_000)).await;
        assert_eq!(matches!(done, TokenKeyPut::Done(_)), number < 4, "{done:?}");
    }
    assert_eq!(store.token_keys(None, 3).await.unwrap().len(), 3);
}

async fn api_tokens_end(store: &dyn Store) {
    let put = async |id: &str, scope, expires_at| {
        let sha256 = format!("hash-{id}");
        let token = ApiToken { id: id.to_owned(), sha256, scope, created_at: 10, expires_at };
        store
            .put_api_token(token.clone(), 2, event_of("add_api_token", id, 10))
            .await
            .unwrap()
            .then_some(token)
    };
    let portal = put("portal", Scope::Mint, None).await.unwrap();
    assert_eq!(put("portal", Scope::Keys, None).await, None);
    let short = put("short", Scope::Keys, Some(20)).await.unwrap();
    assert_eq!(put("third", Scope::Keys, None).await, None, "there is room for two");
    assert_eq!(store.api_tokens(19).await.unwrap(), [portal.clone(), short]);
    assert_eq!(store.api_tokens(20).await.unwrap(), [portal]);
    let remove = async |id: &str| store.remove_api_token(id, event_of("remove_api_token", id, 30)).await;
    assert!(remove("portal").await.unwrap());
    assert!(!remove("portal").await.unwrap());
    assert!(store.api_tokens(20).await.unwrap().is_empty());
    assert_eq!(store.events("portal").await.unwrap().len(), 2);
}

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

async fn a_message_counts_once(store: &dyn Store) {
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
    let of_key: Vec<_> = store.by_public_key("key of m3", 9).await.unwrap();
    assert_eq!(of_key.iter().map(|one| one.record.serial.as_str()).collect::<Vec<_>>(), ["m3", "m4"]);
    assert_eq!(store.by_public_key("key of m3", 1).await.unwrap().len(), 1);
}

/// What is remembered cannot grow without end: not by one device, and not by all.
async fn messages_have_so_much_room_and_are_forgotten(store: &dyn Store) {
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
    assert_eq!((forgotten(3_001).await, forgotten(3_001).await), (1, 0));
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
    revoked_keys_get_nothing(store).await;
    a_revocation_is_recorded_once(store).await;
    a_compromise_is_one_of_the_key(store).await;
    a_renewal_needs_a_signer_that_is_not_revoked(store).await;
    a_crl_number_is_given_once(store).await;
    a_request_waits_for_one_decision(store).await;
    strangers_have_so_much_room_and_are_sent_away_together(store).await;
    an_authority_changes_only_as_it_was_seen(store).await;
    expiries_are_counted_by_days(store).await;
    a_key_verifies_for_as_long_as_what_it_signed(store).await;
    keys_end_at_once_and_do_not_come_back(store).await;
    api_tokens_end(store).await;
    a_message_counts_once(store).await;
    messages_have_so_much_room_and_are_forgotten(store).await;
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
