//! Authorities, new or changed.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

use super::put_event;
use crate::store::sqlite::integer;
use crate::store::writer::Write;
use crate::store::{Event, Issuance, Revocation, StoreError, StoredAuthority};

#[async_trait]
impl Write for StoredAuthority {
    type Output = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("UPDATE authorities SET is_current = 0 WHERE role = ?")
            .bind(self.role.name())
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO authorities (id, role, value, is_current, created_at) VALUES (?, ?, ?, 1, ?)",
        )
        .bind(&self.id)
        .bind(self.role.name())
        .bind(self.value.to_string())
        .bind(integer(self.created_at))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// A new value in place of the one that the caller has seen.
pub(in crate::store) struct ReplaceAuthority {
    /// The one seen.
    pub(in crate::store) seen: StoredAuthority,
    /// The engine's new value.
    pub(in crate::store) value: serde_json::Value,
    /// Certificates that belong to the new value.
    pub(in crate::store) issued: Vec<Issuance>,
    /// Certificates that end with the old one.
    pub(in crate::store) revoked: Vec<Revocation>,
    /// Who changed it, and why.
    pub(in crate::store) event: Event,
}

#[async_trait]
impl Write for ReplaceAuthority {
    type Output = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE authorities SET value = ? WHERE id = ? AND value = ?")
            .bind(self.value.to_string())
            .bind(&self.seen.id)
            .bind(self.seen.value.to_string())
            .execute(&mut *connection)
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        for issuance in &self.issued {
            issuance.apply(&mut *connection).await?;
        }
        for revocation in &self.revoked {
            revocation.apply(&mut *connection).await?;
        }
        put_event(connection, &self.event).await?;
        Ok(true)
    }
}
