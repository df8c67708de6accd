//! Reading token keys and API tokens.

use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::rows::{integer, optional_time, time};
use crate::store::{ApiToken, Scope, StoreError, TokenKey};

/// Column list of [`of_row`].
macro_rules! select_token_keys {
    ($rest:literal) => {
        concat!(
            "SELECT name, generation, kid, algorithm, validity_seconds, public_key, is_uploaded, created_at, ",
            "rotated_at, verifies_until, retired_at FROM token_keys ",
            $rest
        )
    };
}

/// Those of a name, or all; newest first.
pub(super) async fn token_keys(
    readers: &SqlitePool,
    name: Option<&str>,
    limit: u32,
) -> Result<Vec<TokenKey>, StoreError> {
    let query = sqlx::query(select_token_keys!(
        "WHERE ?1 IS NULL OR name = ?1 ORDER BY created_at DESC, name, generation DESC LIMIT ?2"
    ));
    query.bind(name).bind(limit).fetch_all(readers).await?.iter().map(of_row).collect()
}

/// The one with this id.
pub(super) async fn token_key(readers: &SqlitePool, kid: &str) -> Result<Option<TokenKey>, StoreError> {
    let query = sqlx::query(select_token_keys!("WHERE kid = ?")).bind(kid);
    query.fetch_optional(readers).await?.as_ref().map(of_row).transpose()
}

/// Those that verify.
pub(super) async fn verifying(readers: &SqlitePool, now: u64) -> Result<Vec<TokenKey>, StoreError> {
    let query = sqlx::query(select_token_keys!(
        "WHERE retired_at IS NULL AND (rotated_at IS NULL OR verifies_until > ?) ORDER BY name, generation DESC"
    ));
    query.bind(integer(now)).fetch_all(readers).await?.iter().map(of_row).collect()
}

fn of_row(row: &SqliteRow) -> Result<TokenKey, StoreError> {
    Ok(TokenKey {
        name: row.try_get("name")?,
        generation: row.try_get("generation")?,
        kid: row.try_get("kid")?,
        algorithm: row.try_get("algorithm")?,
        validity_seconds: time(row, "validity_seconds")?,
        public_key: row.try_get("public_key")?,
        is_uploaded: row.try_get("is_uploaded")?,
        created_at: time(row, "created_at")?,
        rotated_at: optional_time(row, "rotated_at")?,
        verifies_until: optional_time(row, "verifies_until")?,
        retired_at: optional_time(row, "retired_at")?,
    })
}

/// Those that have not ended, newest first.
pub(super) async fn api_tokens(readers: &SqlitePool, now: u64) -> Result<Vec<ApiToken>, StoreError> {
    let query = sqlx::query(
        "SELECT id, sha256, scope, created_at, expires_at FROM api_tokens \
         WHERE expires_at IS NULL OR expires_at > ? ORDER BY created_at DESC, id",
    );
    query.bind(integer(now)).fetch_all(readers).await?.iter().map(api_token).collect()
}

fn api_token(row: &SqliteRow) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.try_get("id")?,
        sha256: row.try_get("sha256")?,
        // What is not known is good for the least.
        scope: match row.try_get::<&str, _>("scope")? {
            "keys" => Scope::Keys,
            "verify" => Scope::Verify,
            _ => Scope::Mint,
        },
        created_at: time(row, "created_at")?,
        expires_at: optional_time(row, "expires_at")?,
    })
}
