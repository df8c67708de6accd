//! Challenge passwords.

use super::*;

pub(super) async fn challenges_end(store: &dyn Store) {
    for (id, expires_at) in [("static", None), ("short", Some(100))] {
        let hash = "$argon2id$".to_owned();
        let challenge = Challenge { id: id.to_owned(), hash, created_at: 1, expires_at };
        store.put_challenge(challenge).await.unwrap();
    }
    assert_eq!(store.challenges(99).await.unwrap().len(), 2);
    assert_eq!(store.challenges(100).await.unwrap()[0].id, "static");
    let known = async |at| store.known(&retry("of no request"), "nobody", at).await.unwrap().challenges;
    assert_eq!(known(Some(99)).await, store.challenges(99).await.unwrap());
    assert_eq!(known(Some(100)).await, store.challenges(100).await.unwrap());
    assert!(known(None).await.is_empty(), "nobody asked");
    assert!(store.remove_challenge("static").await.unwrap());
    assert!(!store.remove_challenge("static").await.unwrap());
    assert!(store.challenges(100).await.unwrap().is_empty());
}
