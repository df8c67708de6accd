//! Challenges, added and removed.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

use crate::store::sqlite::integer;
use crate::store::writer::Write;
use crate::store::{Challenge, StoreError};

#[async_trait]
impl Write for Challenge {
    type Output = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO challenges (id, hash, created_at, expires_at) VALUES (?, ?, ?, ?)")
            .bind(&self.id)
            .bind(&self.hash)
            .bind(integer(self.created_at))
            .bind(self.expires_at.map(integer))
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// The challenge with this id is taken away.
pub(in crate::store) struct RemoveChallenge(pub(in crate::store) String);

#[async_trait]
impl Write for RemoveChallenge {
    type Output = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let removed =
            sqlx::query("DELETE FROM challenges WHERE id = ?").bind(&self.0).execute(connection).await?;
        Ok(removed.rows_affected() > 0)
    }
}
