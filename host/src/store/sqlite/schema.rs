//! The tables of the embedded store, and how older ones become what this version wants.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row, SqlSafeStr};

use crate::store::StoreError;

/// How often bringing the tables up to date is tried, and what lies between.
const UPGRADE_TRIES: u32 = 20;
const UPGRADE_PAUSE: Duration = Duration::from_millis(100);
const MIGRATIONS: [(i64, &str, &str); 8] = [
    (1, "first", include_str!("../../../migrations/sqlite/0001_first.sql")),
    (2, "revoked keys", include_str!("../../../migrations/sqlite/0002_revoked_keys.sql")),
    (3, "life", include_str!("../../../migrations/sqlite/0003_life.sql")),
    (4, "large fleets", include_str!("../../../migrations/sqlite/0004_large_fleets.sql")),
    (5, "lists of all keys", include_str!("../../../migrations/sqlite/0005_lists_of_all_keys.sql")),
    (6, "tokens", include_str!("../../../migrations/sqlite/0006_tokens.sql")),
    (7, "messages", include_str!("../../../migrations/sqlite/0007_messages.sql")),
    (8, "names of keys", include_str!("../../../migrations/sqlite/0008_names_of_keys.sql")),
];

/// Brings the tables up to date. Foreign keys are looked at after a change alone: while a table is rebuilt they lead
/// nowhere, and looking at all of them takes its time.
pub(super) async fn upgrade(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.clone().foreign_keys(false).connect().await?;
    let before = applied(&mut connection).await?;
    let mut tries = 0;
    while let Err(error) = migrations().run(&mut connection).await {
        // Another process may be at it: each step is one transaction, and whoever comes second finds it done.
        tries += 1;
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                return Err(StoreError::Failed("it was made by a newer version of this program".to_owned()));
            }
            error if tries == UPGRADE_TRIES => return Err(StoreError::Failed(error.to_string())),
            _ => tokio::time::sleep(UPGRADE_PAUSE).await,
        }
    }
    let is_changed = applied(&mut connection).await? != before;
    let broken = match is_changed {
        true => sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await?,
        false => None,
    };
    connection.close().await?;
    match broken {
        None => Ok(()),
        Some(row) => {
            let table: String = row.try_get(0)?;
            Err(StoreError::Failed(format!("a row of {table} refers to nothing")))
        }
    }
}

/// How many steps were taken.
async fn applied(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let table = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    if sqlx::query(table).fetch_one(&mut *connection).await?.try_get::<i64, _>(0)? == 0 {
        return Ok(0);
    }
    Ok(sqlx::query("SELECT count(*) FROM _sqlx_migrations").fetch_one(connection).await?.try_get(0)?)
}

/// The tables, step by step.
pub(in crate::store) fn migrations() -> Migrator {
    migrator(&MIGRATIONS)
}

fn migrator(steps: &[(i64, &'static str, &'static str)]) -> Migrator {
    let step = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.iter().map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Such a list lacks what was signed with other keys of its authority, so that it is made anew.
    #[tokio::test]
    async fn a_list_of_before_tells_of_no_revocation() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("s.sqlite"));
        let mut connection = options.clone().create_if_missing(true).connect().await.unwrap();
        migrator(&MIGRATIONS[..4]).run(&mut connection).await.unwrap();
        let list = "INSERT INTO crls (key, number, this_update, next_update, last_event, pem) VALUES ('a', 1, 10, 20, 7, '-')";
        sqlx::query(list).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        upgrade(&options).await.unwrap();
        let mut connection = options.connect().await.unwrap();
        let row =
            sqlx::query("SELECT number, last_event FROM crls").fetch_one(&mut connection).await.unwrap();
        assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (1, -1));
    }
}
