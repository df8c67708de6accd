//! Authorities.

use super::*;

pub(super) async fn newest_authority_is_current(store: &dyn Store) {
    authority(store, "issuing-2").await;
    let current = store.current_authority(Role::Issuing).await.unwrap().unwrap();
    assert_eq!(current.id, "issuing-2");
    assert_eq!(current.value["certificate"], "issuing-2");
    assert!(store.current_authority(Role::Ra).await.unwrap().is_none());
    let all = store.authorities(Role::Issuing).await.unwrap();
    assert_eq!(all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["issuing-2", "issuing-1"]);
}

pub(super) async fn an_authority_changes_only_as_it_was_seen(store: &dyn Store) {
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
