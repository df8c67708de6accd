//! Messages that devices signed, remembered and forgotten.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::store::sqlite::{BY_SHA256, REFUSED_FOR, certificate, integer};
use crate::store::writer::Write;
use crate::store::{Certificate, MessagePut, NewMessage, StoreError};

/// Of a message that does not say when it was signed: it could count as long as its key has a certificate.
const WITHOUT_END: i64 = i64::MAX;
/// Whether all certificates of a key had ended when a later one was issued.
const HAS_LAPSED: &str = "SELECT 1 FROM certificates AS later WHERE public_key_sha256 = ?1 AND issued_at > \
     (SELECT min(issued_at) FROM certificates WHERE public_key_sha256 = ?1) AND NOT EXISTS (SELECT 1 FROM certificates \
     WHERE public_key_sha256 = ?1 AND issued_at < later.issued_at AND not_after >= later.issued_at) LIMIT 1";

#[async_trait]
impl Write for NewMessage {
    type Output = MessagePut;

    /// What is not remembered has changed nothing.
    async fn apply(&self, connection: &mut SqliteConnection) -> Result<MessagePut, StoreError> {
        let signer = sqlx::query(BY_SHA256).bind(&self.certificate_sha256);
        let Some(row) = signer.fetch_optional(&mut *connection).await? else {
            return Ok(MessagePut::SignerUnknown);
        };
        let signer = certificate(&row)?;
        let refused = sqlx::query(REFUSED_FOR).bind(&self.certificate_sha256);
        if let Some(row) = refused.fetch_optional(&mut *connection).await? {
            return Ok(MessagePut::SignerRevoked(row.try_get("reason")?));
        }
        let known = sqlx::query("SELECT 1 FROM replay_keys WHERE key = ?").bind(&self.replay_key);
        if known.fetch_optional(&mut *connection).await?.is_some() {
            return Ok(MessagePut::Replayed);
        }
        let lapsed = sqlx::query(HAS_LAPSED).bind(&signer.record.public_key_sha256);
        if self.until.is_none() && lapsed.fetch_optional(&mut *connection).await?.is_some() {
            return Ok(MessagePut::KeyLapsed);
        }
        if !self.has_room(&signer, connection).await? {
            return Ok(MessagePut::NoRoomForKey);
        }
        let counted = sqlx::query("UPDATE replay_count SET n = n + 1 WHERE n < ?").bind(integer(self.room));
        if counted.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(MessagePut::NoRoom);
        }
        sqlx::query("INSERT INTO replay_keys (key, public_key_sha256, until) VALUES (?, ?, ?)")
            .bind(&self.replay_key)
            .bind(&signer.record.public_key_sha256)
            .bind(self.until.map_or(WITHOUT_END, integer))
            .execute(connection)
            .await?;
        Ok(MessagePut::Counted(Box::new(signer)))
    }
}

impl NewMessage {
    async fn has_room(
        &self,
        signer: &Certificate,
        connection: &mut SqliteConnection,
    ) -> Result<bool, StoreError> {
        let of_key = sqlx::query(
            "SELECT count(*) AS n FROM (SELECT 1 FROM replay_keys WHERE public_key_sha256 = ? LIMIT ?)",
        );
        let of_key = of_key.bind(&signer.record.public_key_sha256).bind(integer(self.room_for_key));
        Ok(of_key.fetch_one(connection).await?.try_get::<i64, _>("n")? < integer(self.room_for_key))
    }
}

/// Messages that count no more are forgotten, so many at a time that nobody waits long for it: those that are too old, and
/// undated ones of a key that has no certificate any more, or was revoked for good.
pub(in crate::store) struct ForgetMessages {
    /// Those that could count before this time alone.
    pub(in crate::store) before: u64,
    /// How many at most.
    pub(in crate::store) limit: u32,
}

#[async_trait]
impl Write for ForgetMessages {
    type Output = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let forgotten = sqlx::query(
            "DELETE FROM replay_keys WHERE key IN (SELECT key FROM replay_keys AS own WHERE until < ?1 OR (until = ?3 AND \
             (NOT EXISTS (SELECT 1 FROM certificates WHERE public_key_sha256 = own.public_key_sha256 AND not_after >= ?1) \
             OR EXISTS (SELECT 1 FROM certificates WHERE public_key_sha256 = own.public_key_sha256 AND revoked_at IS NOT \
             NULL AND revocation_reason IS NOT 'superseded'))) LIMIT ?2)",
        );
        let forgotten = forgotten.bind(integer(self.before)).bind(self.limit).bind(WITHOUT_END);
        let forgotten = forgotten.execute(&mut *connection).await?;
        let count = forgotten.rows_affected();
        if count > 0 {
            let counted = sqlx::query("UPDATE replay_count SET n = n - ?").bind(integer(count));
            counted.execute(connection).await?;
        }
        Ok(count)
    }
}
