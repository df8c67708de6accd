//! From rows to what the host knows, and the columns of those rows.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::{
    Certificate, CertificateRecord, Challenge, Crl, Event, PendingRequest, Remembered, RequestState,
    RevokedCertificate, Role, StoreError, StoredAuthority,
};

/// Column list of [`certificate`], in front of each query for certificates.
macro_rules! select_certificates {
    ($rest:literal) => {
        select_certificates!("", $rest)
    };
    ($further:literal, $rest:literal) => {
        concat!(
            "SELECT c.serial, c.subject, c.common_name, c.issuer, c.subject_alternative_names, ",
            "c.device_name, c.user_name, c.authority, c.generation, c.profile, c.issued_at, c.not_before, ",
            "c.not_after, c.revoked_at, c.revocation_reason, c.invalidity_date, c.transaction_id, c.csr_sha256, ",
            "c.sha256, c.public_key_sha256, c.subject_key_identifier, c.jwk_thumbprint, c.pem",
            $further,
            " FROM certificates c ",
            $rest
        )
    };
}

/// The certificate that a retry key stands for.
macro_rules! select_remembered {
    ($further:literal) => {
        select_certificates!(
            $further,
            "JOIN remembered_replies r ON r.serial = c.serial WHERE r.transaction_id = ?1 AND r.csr_sha256 = ?2"
        )
    };
}

/// A reader asks it, and the writer.
pub(in crate::store) const REMEMBERED: &str = select_remembered!(", r.signer_sha256 ");

/// The challenges that have not ended at a time; none at no time.
macro_rules! select_challenges {
    ($now:literal) => {
        concat!(
            "SELECT id, hash, created_at, expires_at FROM challenges \
             WHERE coalesce(expires_at > ",
            $now,
            ", ",
            $now,
            " IS NOT NULL) ORDER BY created_at DESC"
        )
    };
}

pub(super) const CHALLENGES: &str = select_challenges!("?1");

/// What a retry key stands for, the certificate with a hash, and challenges: in one crossing to SQLite's thread.
pub(super) const KNOWN: &str = concat!(
    select_remembered!(", r.signer_sha256, 'remembered' AS kind "),
    " UNION ALL ",
    select_certificates!(", NULL, 'signer' ", "WHERE c.sha256 = ?3"),
    "; ",
    select_challenges!("?4")
);

/// The reason of [`crate::store::Store::refused_for`], for the certificate whose hash a parameter is.
macro_rules! refused_for {
    ($sha256:literal) => {
        concat!(
            "SELECT coalesce(revocation_reason, 'unspecified') AS reason \
             FROM certificates WHERE revoked_at IS NOT NULL AND (sha256 = ",
            $sha256,
            " OR (revocation_reason IS NOT 'superseded' AND public_key_sha256 = \
             (SELECT public_key_sha256 FROM certificates WHERE sha256 = ",
            $sha256,
            "))) LIMIT 1"
        )
    };
}

pub(in crate::store) const REFUSED_FOR: &str = refused_for!("?1");

pub(in crate::store) const BY_SERIAL: &str = select_certificates!("WHERE c.serial = ?");

pub(in crate::store) const BY_SHA256: &str = select_certificates!("WHERE c.sha256 = ?");

/// Column list of [`pending_request`].
macro_rules! select_requests {
    ($rest:literal) => {
        select_requests!("message", $rest)
    };
    ($message:literal, $rest:literal) => {
        concat!(
            "SELECT id, transaction_id, csr_sha256, public_key_sha256, signer_sha256, subject, content, ",
            $message,
            " AS message, state, requested_at, decided_at, decided_by, comment FROM pending_requests ",
            $rest
        )
    };
}

pub(in crate::store) const BY_REQUEST_ID: &str = select_requests!("WHERE id = ?");
pub(in crate::store) const BY_RETRY_KEY: &str =
    select_requests!("WHERE transaction_id = ? AND csr_sha256 = ?");

pub(in crate::store) use refused_for;
pub(super) use {select_certificates, select_requests};

/// SQLite's integers are signed; times stay below 2^63.
pub(in crate::store) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(in crate::store) fn time(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}

pub(in crate::store) fn optional_time(row: &SqliteRow, column: &str) -> Result<Option<u64>, StoreError> {
    let value: Option<i64> = row.try_get(column)?;
    Ok(value.map(|value| u64::try_from(value).unwrap_or(0)))
}

fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| StoreError::Failed(format!("{column}: {error}")))
}

/// A row of [`select_certificates`].
pub(in crate::store) fn certificate(row: &SqliteRow) -> Result<Certificate, StoreError> {
    Ok(Certificate {
        record: CertificateRecord {
            serial: row.try_get("serial")?,
            subject: row.try_get("subject")?,
            common_name: row.try_get("common_name")?,
            issuer: row.try_get("issuer")?,
            subject_alternative_names: json(row, "subject_alternative_names")?,
            not_before: time(row, "not_before")?,
            not_after: time(row, "not_after")?,
            profile: row.try_get("profile")?,
            sha256: row.try_get("sha256")?,
            public_key_sha256: row.try_get("public_key_sha256")?,
            subject_key_identifier: row.try_get("subject_key_identifier")?,
            jwk_thumbprint: row.try_get("jwk_thumbprint")?,
            csr_sha256: row.try_get("csr_sha256")?,
        },
        device_name: row.try_get("device_name")?,
        user_name: row.try_get("user_name")?,
        authority: row.try_get("authority")?,
        generation: row.try_get("generation")?,
        issued_at: time(row, "issued_at")?,
        revoked_at: optional_time(row, "revoked_at")?,
        revocation_reason: row.try_get("revocation_reason")?,
        invalidity_date: optional_time(row, "invalidity_date")?,
        transaction_id: row.try_get("transaction_id")?,
        pem: row.try_get("pem")?,
    })
}

pub(in crate::store) fn remembered(row: &SqliteRow) -> Result<Remembered, StoreError> {
    Ok(Remembered { certificate: certificate(row)?, signer_sha256: row.try_get("signer_sha256")? })
}

pub(in crate::store) fn authority(role: Role, row: &SqliteRow) -> Result<StoredAuthority, StoreError> {
    Ok(StoredAuthority {
        id: row.try_get("id")?,
        role,
        value: json(row, "value")?,
        created_at: time(row, "created_at")?,
    })
}

pub(in crate::store) fn challenge(row: &SqliteRow) -> Result<Challenge, StoreError> {
    Ok(Challenge {
        id: row.try_get("id")?,
        hash: row.try_get("hash")?,
        created_at: time(row, "created_at")?,
        expires_at: optional_time(row, "expires_at")?,
    })
}

pub(in crate::store) fn revoked_certificate(row: &SqliteRow) -> Result<RevokedCertificate, StoreError> {
    Ok(RevokedCertificate {
        serial: row.try_get("serial")?,
        revoked_at: time(row, "revoked_at")?,
        reason: row.try_get("revocation_reason")?,
        invalidity_date: optional_time(row, "invalidity_date")?,
        event: row.try_get("event")?,
    })
}

pub(in crate::store) fn crl(row: &SqliteRow) -> Result<Crl, StoreError> {
    Ok(Crl {
        key: row.try_get("key")?,
        number: time(row, "number")?,
        this_update: time(row, "this_update")?,
        next_update: time(row, "next_update")?,
        last_event: row.try_get("last_event")?,
        pem: row.try_get("pem")?,
    })
}

/// A row of [`select_requests`].
pub(in crate::store) fn pending_request(row: &SqliteRow) -> Result<PendingRequest, StoreError> {
    Ok(PendingRequest {
        id: row.try_get("id")?,
        transaction_id: row.try_get("transaction_id")?,
        csr_sha256: row.try_get("csr_sha256")?,
        public_key_sha256: row.try_get("public_key_sha256")?,
        signer_sha256: row.try_get("signer_sha256")?,
        subject: row.try_get("subject")?,
        content: json(row, "content")?,
        message: row.try_get("message")?,
        state: match row.try_get::<&str, _>("state")? {
            "approved" => RequestState::Approved,
            "rejected" => RequestState::Rejected,
            "issued" => RequestState::Issued,
            _ => RequestState::Pending,
        },
        requested_at: time(row, "requested_at")?,
        decided_at: optional_time(row, "decided_at")?,
        decided_by: row.try_get("decided_by")?,
        comment: row.try_get("comment")?,
    })
}

pub(in crate::store) fn event(row: &SqliteRow) -> Result<Event, StoreError> {
    Ok(Event {
        at: time(row, "at")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        subject: row.try_get("subject")?,
        comment: row.try_get("comment")?,
    })
}
