//! A new certificate, and the reply that is remembered with it.

use async_trait::async_trait;
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use crate::store::sqlite::{REFUSED_FOR, REMEMBERED, certificate, integer, refused_for};
use crate::store::writer::{Around, Write};
use crate::store::{Certificate, Issuance, Recorded, StoreError};

/// One certificate and its reply, in one crossing to SQLite's thread: a crossing takes as long as a statement. The
/// parameters are numbered through both. `$begin` and `$end` are what is around them.
///
/// The certificate comes first: while a reply waits for its certificate, SQLite looks through all replies for one that
/// waits for the certificate that comes.
///
/// The first reply to a request decides: a later one changes nothing, but for the renewal that names what it replaces.
/// Whether a key was revoked is asked here, where no revocation comes between.
macro_rules! issue {
    ($begin:literal, $end:literal) => {
        concat!(
            $begin,
            "INSERT INTO certificates (serial, subject, common_name, issuer, subject_alternative_names, \
             device_name, user_name, authority, generation, profile, issued_at, not_before, not_after, revoked_at, \
             revocation_reason, invalidity_date, transaction_id, csr_sha256, sha256, public_key_sha256, \
             subject_key_identifier, jwk_thumbprint, pem) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23 \
             WHERE NOT EXISTS (SELECT 1 FROM certificates WHERE public_key_sha256 = ?20 AND revoked_at IS NOT NULL \
             AND revocation_reason IS NOT 'superseded') \
             AND NOT EXISTS (SELECT 1 FROM remembered_replies WHERE transaction_id = ?24 AND csr_sha256 = ?25 \
             AND serial IS NOT ?26) \
             AND NOT (?28 AND EXISTS (SELECT 1 FROM certificates WHERE sha256 = ?27 AND revoked_at IS NOT NULL)) \
             AND NOT EXISTS (",
            refused_for!("?29"),
            ") RETURNING 1; \
             INSERT INTO remembered_replies (transaction_id, csr_sha256, serial, remembered_at, signer_sha256) \
             SELECT ?24, ?25, ?1, ?11, ?27 WHERE changes() = 1 AND ?24 IS NOT NULL \
             ON CONFLICT (transaction_id, csr_sha256) DO UPDATE SET serial = excluded.serial, \
             remembered_at = excluded.remembered_at, signer_sha256 = excluded.signer_sha256",
            $end
        )
    };
}

const ISSUE: &str = issue!("", "");
const ISSUE_IN_TRANSACTION: &str = issue!("BEGIN IMMEDIATE; ", "; COMMIT");
const ISSUE_IN_SAVEPOINT: &str = issue!("SAVEPOINT job; ", "; RELEASE job");

#[async_trait]
impl Write for Issuance {
    type Output = Recorded;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Recorded, StoreError> {
        if !self.record(connection, ISSUE).await? {
            return self.obstacle(connection).await;
        }
        if let Some(id) = &self.approval {
            use_up(connection, id).await?;
        }
        Ok(Recorded::New)
    }

    async fn apply_in_one_crossing(
        &self,
        connection: &mut SqliteConnection,
        around: Around,
    ) -> Result<Option<Recorded>, StoreError> {
        let sql = match around {
            Around::Transaction => ISSUE_IN_TRANSACTION,
            Around::Savepoint => ISSUE_IN_SAVEPOINT,
        };
        let is_new = self.approval.is_none() && self.record(connection, sql).await?;
        Ok(is_new.then_some(Recorded::New))
    }
}

impl Issuance {
    /// Whether there was no obstacle.
    async fn record(&self, connection: &mut SqliteConnection, sql: &'static str) -> Result<bool, StoreError> {
        let retry = self.retry.as_ref();
        let recorded = bind_certificate(sqlx::query(sql), &self.certificate)?
            .bind(retry.map(|retry| &retry.transaction_id))
            .bind(retry.map(|retry| &retry.csr_sha256))
            .bind(&self.supersedes)
            .bind(&self.signer_sha256)
            .bind(self.is_renewal)
            .bind(&self.issuer_sha256)
            .fetch_all(connection)
            .await?;
        Ok(!recorded.is_empty())
    }

    /// Why nothing was recorded.
    async fn obstacle(&self, connection: &mut SqliteConnection) -> Result<Recorded, StoreError> {
        if let Some(retry) = &self.retry {
            let query = sqlx::query(REMEMBERED).bind(&retry.transaction_id).bind(&retry.csr_sha256);
            if let Some(winner) = query.fetch_optional(&mut *connection).await? {
                let winner = certificate(&winner)?;
                if self.supersedes.as_ref() != Some(&winner.record.serial) {
                    return Ok(Recorded::Already(Box::new(winner)));
                }
            }
        }
        if self.is_renewal {
            let query = "SELECT 1 FROM certificates WHERE sha256 = ? AND revoked_at IS NOT NULL";
            if sqlx::query(query).bind(&self.signer_sha256).fetch_optional(&mut *connection).await?.is_some()
            {
                return Err(StoreError::SignerRevoked);
            }
        }
        match sqlx::query(REFUSED_FOR).bind(&self.issuer_sha256).fetch_optional(connection).await? {
            Some(_) => Err(StoreError::IssuerRevoked),
            None => Err(StoreError::KeyRevoked),
        }
    }
}

/// A yes is for one certificate.
async fn use_up(connection: &mut SqliteConnection, id: &str) -> Result<(), StoreError> {
    let query =
        "UPDATE pending_requests SET state = 'issued', message = x'' WHERE id = ? AND state = 'approved'";
    match sqlx::query(query).bind(id).execute(connection).await?.rows_affected() {
        0 => Err(StoreError::Failed(format!("the approval of the request {id} is used up"))),
        _ => Ok(()),
    }
}

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// The columns of a certificate, in the order of `issue!`.
fn bind_certificate<'q>(
    query: Statement<'q>,
    certificate: &'q Certificate,
) -> Result<Statement<'q>, StoreError> {
    let record = &certificate.record;
    let names = serde_json::to_string(&record.subject_alternative_names)
        .map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(query
        .bind(&record.serial)
        .bind(&record.subject)
        .bind(&record.common_name)
        .bind(&record.issuer)
        .bind(names)
        .bind(&certificate.device_name)
        .bind(&certificate.user_name)
        .bind(&certificate.authority)
        .bind(i64::from(certificate.generation))
        .bind(&record.profile)
        .bind(integer(certificate.issued_at))
        .bind(integer(record.not_before))
        .bind(integer(record.not_after))
        .bind(certificate.revoked_at.map(integer))
        .bind(&certificate.revocation_reason)
        .bind(certificate.invalidity_date.map(integer))
        .bind(&certificate.transaction_id)
        .bind(&record.csr_sha256)
        .bind(&record.sha256)
        .bind(&record.public_key_sha256)
        .bind(&record.subject_key_identifier)
        .bind(&record.jwk_thumbprint)
        .bind(&certificate.pem))
}
