//! Revocations, and the lists that tell of them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::put_event;
use crate::store::sqlite::{BY_SERIAL, certificate, integer};
use crate::store::writer::Write;
use crate::store::{Crl, Event, Revocation, Revoked, StoreError};

#[async_trait]
impl Write for Revocation {
    type Output = Revoked;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Revoked, StoreError> {
        let is_changed = revoke(connection, self, &self.serial).await?;
        let mut others = Vec::new();
        if is_changed && COMPROMISED.contains(&self.reason.as_str()) {
            for serial in of_same_key(connection, self).await? {
                if revoke(connection, self, &serial).await? {
                    others.push(serial);
                }
            }
        }
        let found = sqlx::query(BY_SERIAL).bind(&self.serial).fetch_optional(connection).await?;
        Ok(match found.as_ref().map(certificate).transpose()? {
            None => Revoked::Unknown,
            Some(now) if is_changed => Revoked::Now(Box::new(now), others),
            Some(before) => Revoked::Before(Box::new(before)),
        })
    }
}

/// The reasons that say that a key is in other hands: they are about each certificate of it.
const COMPROMISED: [&str; 2] = ["key_compromise", "ca_compromise"];

/// Whether there was something to change: that a key is in other hands may come out later, and goes before what was said
/// until then; and so may the date since when.
async fn revoke(
    connection: &mut SqliteConnection,
    revocation: &Revocation,
    serial: &str,
) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "UPDATE certificates SET revoked_at = coalesce(revoked_at, ?1), revocation_reason = ?2, \
         invalidity_date = coalesce(?3, invalidity_date) WHERE serial = ?4 AND (revoked_at IS NULL OR \
         (?2 IN ('key_compromise', 'ca_compromise') \
         AND revocation_reason NOT IN ('key_compromise', 'ca_compromise')) OR \
         (revocation_reason = ?2 AND ?3 IS NOT NULL AND invalidity_date IS NOT ?3))",
    )
    .bind(integer(revocation.at))
    .bind(&revocation.reason)
    .bind(revocation.invalidity_date.map(integer))
    .bind(serial)
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    let event = Event {
        at: revocation.at,
        actor: revocation.actor.clone(),
        action: Event::REVOKE.to_owned(),
        subject: serial.to_owned(),
        comment: revocation.comment.clone(),
    };
    let number = put_event(connection, &event).await?;
    sqlx::query("UPDATE certificates SET revocation_event = ? WHERE serial = ?")
        .bind(number)
        .bind(serial)
        .execute(connection)
        .await?;
    Ok(true)
}

/// The other certificates of the key that have not ended. A root's own is on no list.
async fn of_same_key(
    connection: &mut SqliteConnection,
    revocation: &Revocation,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "SELECT serial FROM certificates WHERE public_key_sha256 = \
         (SELECT public_key_sha256 FROM certificates WHERE serial = ?1) AND serial <> ?1 AND not_after >= ?2 \
         AND authority IS NOT NULL ORDER BY serial",
    )
    .bind(&revocation.serial)
    .bind(integer(revocation.at))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("serial")?)).collect()
}

#[async_trait]
impl Write for Crl {
    type Output = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        // Numbers of lists that are gone are below one that is kept, or below what a restore has noted.
        let added = sqlx::query(
            "INSERT INTO crls (key, number, this_update, next_update, last_event, pem) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM crls WHERE key = ?1 AND number >= ?2) \
             AND NOT EXISTS (SELECT 1 FROM crl_numbers WHERE key = ?1 AND number >= ?2)",
        )
        .bind(&self.key)
        .bind(integer(self.number))
        .bind(integer(self.this_update))
        .bind(integer(self.next_update))
        .bind(self.last_event)
        .bind(&self.pem)
        .execute(&mut *connection)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        // The one before stays, for whoever reads it just now.
        sqlx::query("DELETE FROM crls WHERE key = ? AND number < ?")
            .bind(&self.key)
            .bind(integer(self.number.saturating_sub(1)))
            .execute(connection)
            .await?;
        Ok(true)
    }
}

/// Lists are out of date, and had numbers elsewhere.
pub(in crate::store) struct OutdateCrls {
    /// Those of these keys.
    pub(in crate::store) keys: Vec<String>,
    /// By key.
    pub(in crate::store) numbers: BTreeMap<String, u64>,
}

#[async_trait]
impl Write for OutdateCrls {
    type Output = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for key in &self.keys {
            // No revocation has this number, so a list that tells of it is not the one that is wanted.
            sqlx::query("UPDATE crls SET last_event = -1 WHERE key = ?")
                .bind(key)
                .execute(&mut *connection)
                .await?;
        }
        for (key, number) in &self.numbers {
            sqlx::query(
                "INSERT INTO crl_numbers (key, number) VALUES (?, ?) \
                 ON CONFLICT (key) DO UPDATE SET number = max(number, excluded.number)",
            )
            .bind(key)
            .bind(integer(*number))
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }
}
