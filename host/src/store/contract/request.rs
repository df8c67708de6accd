//! Requests for which somebody has to say yes.

use super::*;

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

pub(super) async fn a_request_waits_for_one_decision(store: &dyn Store) {
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

pub(super) async fn strangers_have_so_much_room_and_are_sent_away_together(store: &dyn Store) {
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
