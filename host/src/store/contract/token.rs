//! Keys that sign tokens, and API tokens.

use super::*;

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

async fn verifying(store: &dyn Store, now: u64) -> Vec<String> {
    store.verifying_token_keys(now).await.unwrap().into_iter().map(|key| key.kid).collect()
}

pub(super) async fn a_key_verifies_for_as_long_as_what_it_signed(store: &dyn Store) {
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

pub(super) async fn keys_end_at_once_and_do_not_come_back(store: &dyn Store) {
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

pub(super) async fn api_tokens_end(store: &dyn Store) {
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
