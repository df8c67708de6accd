//! Requests that wait for somebody's yes.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::put_event;
use crate::store::sqlite::{BY_REQUEST_ID, BY_RETRY_KEY, integer, pending_request};
use crate::store::writer::Write;
use crate::store::{
    Decided, Event, NewRequest, PendingRequest, RequestDecision, RequestRejection, RequestState, StoreError,
};

#[async_trait]
impl Write for NewRequest {
    type Output = Option<PendingRequest>;

    /// A request that is there already stays as it is; one whose approval is used up begins to wait again.
    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Output, StoreError> {
        let request = &self.request;
        sqlx::query("DELETE FROM pending_requests WHERE coalesce(decided_at, requested_at) < ?")
            .bind(integer(self.forget_before))
            .execute(&mut *connection)
            .await?;
        if let Some(known) = self.known(connection).await?.filter(|known| known.state != RequestState::Issued)
        {
            return Ok(Some(known));
        }
        let length = i64::try_from(request.message.len()).unwrap_or(i64::MAX);
        let waiting = sqlx::query(
            "SELECT coalesce(sum(state = 'pending'), 0) AS n, coalesce(sum(length(message)), 0) AS bytes, \
             coalesce(sum(state = 'pending' AND public_key_sha256 = ?), 0) AS of_key FROM pending_requests",
        )
        .bind(&request.public_key_sha256)
        .fetch_one(&mut *connection)
        .await?;
        if waiting.try_get::<i64, _>("n")? >= i64::from(self.room)
            || waiting.try_get::<i64, _>("of_key")? >= i64::from(self.room_for_key)
            || waiting.try_get::<i64, _>("bytes")?.saturating_add(length) > integer(self.room_bytes)
        {
            return Ok(None);
        }
        sqlx::query(
            "INSERT OR REPLACE INTO pending_requests (id, transaction_id, csr_sha256, public_key_sha256, \
             signer_sha256, subject, content, message, state, requested_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
        )
        .bind(&request.id)
        .bind(&request.transaction_id)
        .bind(&request.csr_sha256)
        .bind(&request.public_key_sha256)
        .bind(&request.signer_sha256)
        .bind(&request.subject)
        .bind(request.content.to_string())
        .bind(&request.message)
        .bind(integer(request.requested_at))
        .execute(&mut *connection)
        .await?;
        self.known(connection).await
    }
}

impl NewRequest {
    async fn known(&self, connection: &mut SqliteConnection) -> Result<Option<PendingRequest>, StoreError> {
        let query =
            sqlx::query(BY_RETRY_KEY).bind(&self.request.transaction_id).bind(&self.request.csr_sha256);
        query.fetch_optional(connection).await?.as_ref().map(pending_request).transpose()
    }
}

#[async_trait]
impl Write for RequestDecision {
    type Output = Decided;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Decided, StoreError> {
        let changed = sqlx::query(
            "UPDATE pending_requests SET state = ?1, decided_at = ?2, decided_by = ?3, comment = ?4, \
             message = iif(?1 = 'rejected', x'', message) WHERE id = ?5 AND state = 'pending'",
        )
        .bind(self.state.name())
        .bind(integer(self.at))
        .bind(&self.actor)
        .bind(&self.comment)
        .bind(&self.id)
        .execute(&mut *connection)
        .await?;
        if changed.rows_affected() > 0 {
            let action = if self.state == RequestState::Approved { "approve" } else { "reject" };
            let event = Event {
                at: self.at,
                actor: self.actor.clone(),
                action: action.to_owned(),
                subject: self.id.clone(),
                comment: self.comment.clone(),
            };
            put_event(connection, &event).await?;
        }
        let found = sqlx::query(BY_REQUEST_ID).bind(&self.id).fetch_optional(connection).await?;
        Ok(match found.as_ref().map(pending_request).transpose()? {
            None => Decided::Unknown,
            Some(now) if changed.rows_affected() > 0 => Decided::Now(Box::new(now)),
            Some(before) => Decided::Before(Box::new(before)),
        })
    }
}

#[async_trait]
impl Write for RequestRejection {
    type Output = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        sqlx::query(
            "INSERT INTO events (at, actor, action, subject, comment) SELECT ?, ?, 'reject', id, ? \
             FROM pending_requests WHERE state = 'pending' AND instr(lower(subject), lower(?)) > 0",
        )
        .bind(integer(self.at))
        .bind(&self.actor)
        .bind(&self.comment)
        .bind(self.text.as_deref().unwrap_or_default())
        .execute(&mut *connection)
        .await?;
        let rejected = sqlx::query(
            "UPDATE pending_requests SET state = 'rejected', decided_at = ?, decided_by = ?, comment = ?, \
             message = x'' WHERE state = 'pending' AND instr(lower(subject), lower(?)) > 0",
        )
        .bind(integer(self.at))
        .bind(&self.actor)
        .bind(&self.comment)
        .bind(self.text.as_deref().unwrap_or_default())
        .execute(connection)
        .await?;
        Ok(rejected.rows_affected())
    }
}
