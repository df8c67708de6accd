//! Token keys and API tokens: new, followed by another, ended.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::put_event;
use crate::store::sqlite::integer;
use crate::store::writer::Write;
use crate::store::{ApiToken, Event, NewTokenKey, StoreError, Succession, TokenKeyPut, TokenKeyRetirement};

#[async_trait]
impl Write for NewTokenKey {
    type Output = TokenKeyPut;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<TokenKeyPut, StoreError> {
        let of_key = sqlx::query("SELECT name FROM token_keys WHERE kid = ?").bind(&self.key.kid);
        if let Some(row) = of_key.fetch_optional(&mut *connection).await? {
            return Ok(TokenKeyPut::KeyTaken(row.try_get("name")?));
        }
        let of_name = sqlx::query(
            "SELECT coalesce(max(generation), 0) AS last, \
             count(*) FILTER (WHERE rotated_at IS NULL AND retired_at IS NULL) AS signing \
             FROM token_keys WHERE name = ?",
        );
        let row = of_name.bind(&self.key.name).fetch_one(&mut *connection).await?;
        let (last, signing) = (row.try_get::<u32, _>("last")?, row.try_get::<u32, _>("signing")?);
        match self.succession {
            Succession::First if last > 0 => return Ok(TokenKeyPut::NameTaken),
            Succession::Overlap { .. } | Succession::AtOnce if signing == 0 => {
                return Ok(TokenKeyPut::Unknown);
            }
            _ => {}
        }
        if self.count_others(connection).await? >= self.room {
            return Ok(TokenKeyPut::NoRoom);
        }
        self.end_those_before(connection).await?;
        let mut key = self.key.clone();
        key.generation = last.saturating_add(1);
        sqlx::query(
            "INSERT INTO token_keys (name, generation, kid, algorithm, validity_seconds, public_key, is_uploaded, \
             created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&key.name)
        .bind(key.generation)
        .bind(&key.kid)
        .bind(&key.algorithm)
        .bind(integer(key.validity_seconds))
        .bind(&key.public_key)
        .bind(key.is_uploaded)
        .bind(integer(key.created_at))
        .execute(&mut *connection)
        .await?;
        put_event(connection, &self.event).await?;
        Ok(TokenKeyPut::Done(Box::new(key)))
    }
}

impl NewTokenKey {
    /// How many keys verify beside this one.
    async fn count_others(&self, connection: &mut SqliteConnection) -> Result<u32, StoreError> {
        let query = sqlx::query(
            "SELECT count(*) AS n FROM token_keys WHERE retired_at IS NULL \
             AND (rotated_at IS NULL OR verifies_until > ?) AND NOT (? AND name = ?)",
        );
        let query = query
            .bind(integer(self.key.created_at))
            .bind(self.succession == Succession::AtOnce)
            .bind(&self.key.name);
        Ok(query.fetch_one(connection).await?.try_get("n")?)
    }

    async fn end_those_before(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let (name, now) = (&self.key.name, self.key.created_at);
        match self.succession {
            Succession::First => {}
            Succession::Overlap { margin_seconds } => {
                sqlx::query(
                    "UPDATE token_keys SET rotated_at = ?1, verifies_until = ?1 + validity_seconds + ?2 \
                     WHERE name = ?3 AND rotated_at IS NULL AND retired_at IS NULL",
                )
                .bind(integer(now))
                .bind(integer(margin_seconds))
                .bind(name)
                .execute(connection)
                .await?;
            }
            Succession::AtOnce => drop(retire(connection, name, None, now).await?),
        }
        Ok(())
    }
}

/// Ends the keys of a name, or one of them; tells which ones verified until now.
async fn retire(
    connection: &mut SqliteConnection,
    name: &str,
    generation: Option<u32>,
    now: u64,
) -> Result<Vec<String>, StoreError> {
    let query = sqlx::query(
        "UPDATE token_keys SET retired_at = ?1 WHERE name = ?2 AND (?3 IS NULL OR generation = ?3) \
         AND retired_at IS NULL AND (rotated_at IS NULL OR verifies_until > ?1) RETURNING kid",
    );
    let query = query.bind(integer(now)).bind(name).bind(generation);
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get("kid")?)).collect()
}

#[async_trait]
impl Write for TokenKeyRetirement {
    type Output = Option<Vec<String>>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Option<Vec<String>>, StoreError> {
        let known = sqlx::query(
            "SELECT 1 FROM token_keys WHERE name = ?1 AND (?2 IS NULL OR generation = ?2) LIMIT 1",
        );
        let known = known.bind(&self.name).bind(self.generation);
        if known.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(None);
        }
        let retired = retire(&mut *connection, &self.name, self.generation, self.event.at).await?;
        if !retired.is_empty() {
            put_event(connection, &self.event).await?;
        }
        Ok(Some(retired))
    }
}

/// An API token to be recorded.
pub(in crate::store) struct PutApiToken {
    /// The token.
    pub(in crate::store) token: ApiToken,
    /// How many there may be.
    pub(in crate::store) room: u32,
    /// Who did it.
    pub(in crate::store) event: Event,
}

#[async_trait]
impl Write for PutApiToken {
    type Output = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO api_tokens (id, sha256, scope, created_at, expires_at) SELECT ?1, ?2, ?3, ?4, ?5 \
             WHERE (SELECT count(*) FROM api_tokens) < ?6 AND NOT EXISTS (SELECT 1 FROM api_tokens WHERE id = ?1)",
        )
        .bind(&self.token.id)
        .bind(&self.token.sha256)
        .bind(self.token.scope.name())
        .bind(integer(self.token.created_at))
        .bind(self.token.expires_at.map(integer))
        .bind(self.room)
        .execute(&mut *connection)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        put_event(connection, &self.event).await?;
        Ok(true)
    }
}

/// The API token with this id is taken away.
pub(in crate::store) struct RemoveApiToken {
    /// Its name.
    pub(in crate::store) id: String,
    /// Who did it.
    pub(in crate::store) event: Event,
}

#[async_trait]
impl Write for RemoveApiToken {
    type Output = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let removed = sqlx::query("DELETE FROM api_tokens WHERE id = ?").bind(&self.id);
        if removed.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(false);
        }
        put_event(connection, &self.event).await?;
        Ok(true)
    }
}
