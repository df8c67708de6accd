//! A new certificate, and the reply that is remembered with it.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

use crate::store::sqlite::{REFUSED_FOR, REMEMBERED, certificate, integer};
use crate::store::writer::Write;
use crate::store::{Issuance, Recorded, StoreError};

#[async_trait]
impl Write for Issuance {
    type Output = Recorded;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Recorded, StoreError> {
        if let Some(retry) = &self.retry {
            // The first one in decides: a later one changes nothing and gets the winner's certificate.
            let remembered = sqlx::query(
                "INSERT INTO remembered_replies (transaction_id, csr_sha256, serial, remembered_at, signer_sha256) \
                 VALUES (?, ?, ?, ?, ?) ON CONFLICT (transaction_id, csr_sha256) DO UPDATE SET \
                 serial = excluded.serial, remembered_at = excluded.remembered_at, \
                 signer_sha256 = excluded.signer_sha256 \
                 WHERE remembered_replies.serial = ?",
            )
            .bind(&retry.transaction_id)
            .bind(&retry.csr_sha256)
            .bind(&self.certificate.record.serial)
            .bind(integer(self.certificate.issued_at))
            .bind(&self.signer_sha256)
            .bind(&self.supersedes)
            .execute(&mut *connection)
            .await?;
            if remembered.rows_affected() == 0 {
                let query = sqlx::query(REMEMBERED).bind(&retry.transaction_id).bind(&retry.csr_sha256);
                let winner = certificate(&query.fetch_one(connection).await?)?;
                return Ok(Recorded::Already(Box::new(winner)));
            }
        }
        if self.is_renewal {
            check_signer(connection, self.signer_sha256.as_deref()).await?;
        }
        if let Some(sha256) = &self.issuer_sha256
            && sqlx::query(REFUSED_FOR).bind(sha256).fetch_optional(&mut *connection).await?.is_some()
        {
            return Err(StoreError::IssuerRevoked);
        }
        insert_certificate(connection, self).await?;
        if let Some(id) = &self.approval {
            use_up(connection, id).await?;
        }
        Ok(Recorded::New)
    }
}

/// Asked in the same transaction, as of the key below.
async fn check_signer(connection: &mut SqliteConnection, sha256: Option<&str>) -> Result<(), StoreError> {
    let query = "SELECT 1 FROM certificates WHERE sha256 = ? AND revoked_at IS NOT NULL";
    match sqlx::query(query).bind(sha256).fetch_optional(connection).await? {
        Some(_) => Err(StoreError::SignerRevoked),
        None => Ok(()),
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

/// Whether the key was revoked is asked in the same transaction: no revocation comes between.
async fn insert_certificate(connection: &mut SqliteConnection, new: &Issuance) -> Result<(), StoreError> {
    let (certificate, record) = (&new.certificate, &new.certificate.record);
    let names = serde_json::to_string(&record.subject_alternative_names)
        .map_err(|error| StoreError::Failed(error.to_string()))?;
    let inserted = sqlx::query(
        "INSERT INTO certificates (serial, subject, common_name, issuer, subject_alternative_names, \
         device_name, user_name, authority, generation, profile, issued_at, not_before, not_after, revoked_at, \
         revocation_reason, invalidity_date, transaction_id, csr_sha256, sha256, public_key_sha256, \
         subject_key_identifier, jwk_thumbprint, pem) \
         SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS ( \
         SELECT 1 FROM certificates WHERE public_key_sha256 = ? AND revoked_at IS NOT NULL \
         AND revocation_reason IS NOT 'superseded')",
    )
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
    .bind(&certificate.pem)
    .bind(&record.public_key_sha256)
    .execute(connection)
    .await?;
    match inserted.rows_affected() {
        0 => Err(StoreError::KeyRevoked),
        _ => Ok(()),
    }
}
