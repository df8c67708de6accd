//! What programs show to use the API: 256 random bits, kept as a hash.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::store::{ApiToken, Event, Scope, Store, StoreError};
use crate::{ambient, hex};

/// API tokens at the same time; each request is compared with all of them.
pub(crate) const MAX_TOKENS: u32 = 64;
/// What each begins with, for whoever searches repositories and logs for secrets.
const PREFIX: &str = "sealwright_";

/// Makes one and records its hash; nothing if the name is taken or there is no room. The text is shown once.
///
/// # Errors
/// If the store fails.
pub(crate) async fn add(
    store: &dyn Store,
    id: &str,
    scope: Scope,
    expires_at: Option<u64>,
    actor: String,
) -> Result<Option<(ApiToken, Zeroizing<String>)>, StoreError> {
    let bits = Zeroizing::new(ambient::random::<32>());
    let encoded = Zeroizing::new(Base64UrlUnpadded::encode_string(bits.as_slice()));
    let text = Zeroizing::new(format!("{PREFIX}{}", encoded.as_str()));
    let created_at = ambient::now();
    let token =
        ApiToken { id: id.to_owned(), sha256: hex::sha256(text.as_bytes()), scope, created_at, expires_at };
    let event = event("add_api_token", id, actor);
    let is_added = store.put_api_token(token.clone(), MAX_TOKENS, event).await?;
    Ok(is_added.then_some((token, text)))
}

/// Removes one; whether there was one of this name.
///
/// # Errors
/// If the store fails.
pub(crate) async fn remove(store: &dyn Store, id: &str, actor: String) -> Result<bool, StoreError> {
    store.remove_api_token(id, event("remove_api_token", id, actor)).await
}

/// The one that is shown, if it is one and has not ended.
///
/// # Errors
/// If the store fails.
pub(crate) async fn find(store: &dyn Store, shown: &str) -> Result<Option<ApiToken>, StoreError> {
    let hash = hex::sha256(shown.as_bytes());
    let known = store.api_tokens(ambient::now()).await?;
    let is_it = |one: &ApiToken| verify_slices_are_equal(one.sha256.as_bytes(), hash.as_bytes()).is_ok();
    Ok(known.into_iter().find(is_it))
}

fn event(action: &str, id: &str, actor: String) -> Event {
    let (at, action, subject) = (ambient::now(), action.to_owned(), ApiToken::subject(id));
    Event { at, actor, action, subject, comment: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;

    #[tokio::test]
    async fn what_is_shown_is_found_and_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.sqlite");
        let store = SqliteStore::open(&path, true).await.unwrap();
        let add = async |id: &str, scope, end| add(&store, id, scope, end, "ada".to_owned()).await.unwrap();
        let (portal, text) = add("portal", Scope::Mint, None).await.unwrap();
        let (_, other) = add("other", Scope::Keys, None).await.unwrap();
        let (_, ended) = add("ended", Scope::Keys, Some(1)).await.unwrap();
        assert!(add("portal", Scope::Keys, None).await.is_none());
        assert_eq!(text.len(), PREFIX.len() + 43);
        assert_eq!(find(&store, &text).await.unwrap(), Some(portal));
        assert_eq!(find(&store, &other).await.unwrap().unwrap().scope, Scope::Keys);
        let (upper, longer, shorter) =
            (text.to_uppercase(), format!("{}A", text.as_str()), &text[..text.len() - 1]);
        for wrong in ["", &upper, &longer, shorter, &ended, &hex::sha256(text.as_bytes())] {
            assert_eq!(find(&store, wrong).await.unwrap(), None, "{wrong}");
        }
        assert!(remove(&store, "portal", "ada".to_owned()).await.unwrap());
        assert_eq!(find(&store, &text).await.unwrap(), None);
        store.close().await;
        let file = std::fs::read(path).unwrap();
        for text in [&text, &other] {
            let secret = &text.as_bytes()[PREFIX.len()..];
            assert!(!file.windows(secret.len()).any(|part| part == secret));
        }
        let (who, what) = ("api token portal", "add_api_token");
        let store = SqliteStore::open(&folder.path().join("s.sqlite"), false).await.unwrap();
        let events = store.events(who).await.unwrap();
        assert_eq!((events.len(), events[0].action.as_str(), events[0].actor.as_str()), (2, what, "ada"));
    }
}
