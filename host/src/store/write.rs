//! Each change of the embedded store, for [`super::writer`].

mod authority;
mod challenge;
mod issue;
mod message;
mod request;
mod revocation;
mod token;

pub(super) use authority::ReplaceAuthority;
pub(super) use challenge::RemoveChallenge;
pub(super) use message::ForgetMessages;
pub(super) use revocation::OutdateCrls;
pub(super) use token::{PutApiToken, RemoveApiToken};

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

use super::sqlite::integer;
use super::{Event, StoreError};

/// Adds to the record of who did what.
async fn put_event(connection: &mut SqliteConnection, event: &Event) -> Result<i64, StoreError> {
    let done = sqlx::query("INSERT INTO events (at, actor, action, subject, comment) VALUES (?, ?, ?, ?, ?)")
        .bind(integer(event.at))
        .bind(&event.actor)
        .bind(&event.action)
        .bind(&event.subject)
        .bind(&event.comment)
        .execute(connection)
        .await?;
    Ok(done.last_insert_rowid())
}

#[async_trait]
impl super::writer::Write for Event {
    type Output = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        put_event(connection, self).await.map(drop)
    }
}
