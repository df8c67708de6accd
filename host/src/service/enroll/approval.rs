//! Requests that wait for somebody's yes (RFC 8894 2.4, 3.3.3), and how they are asked about.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::opened::{Enrollment, FailInfo, Opened, Signer};
use super::{Decision, Hierarchy, Service, ServiceError, SignRequest};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::store::{NewRequest, PendingRequest, RequestState, RetryKey};

/// Requests that may wait at the same time. Anybody can send one, so there is an end to it.
const MAX_WAITING: u32 = 1_000;
/// Of one key.
const MAX_OF_KEY: u32 = 2;
/// The messages of all that are kept.
const MAX_BYTES: u64 = 16 << 20;
/// A request that nobody decides is forgotten, and so is a decision.
const KEPT_SECONDS: u64 = 30 * SECONDS_PER_DAY;

impl Service {
    /// The approval that this request may use up; without one, the answer to it. A request that is new begins to
    /// wait.
    pub(super) async fn approval(
        &self,
        retry: &RetryKey,
        signer: &Signer,
        enrollment: &Enrollment,
        message: &[u8],
    ) -> Result<Result<String, Decision>, ServiceError> {
        let known = self.store.pending_request(retry).await?;
        if let Some(known) = known.filter(|known| known.state != RequestState::Issued) {
            return Ok(answer(&known));
        }
        let request = PendingRequest {
            id: Base64UrlUnpadded::encode_string(&ambient::random::<9>()).replace(['-', '_'], "x"),
            transaction_id: retry.transaction_id.clone(),
            csr_sha256: retry.csr_sha256.clone(),
            public_key_sha256: signer.public_key_sha256.clone(),
            signer_sha256: signer.sha256.clone(),
            subject: enrollment.subject.clone(),
            content: self.describe(&enrollment.csr).await?,
            message: message.to_vec(),
            state: RequestState::Pending,
            requested_at: ambient::now(),
            decided_at: None,
            decided_by: None,
            comment: None,
        };
        let forget_before = ambient::now().saturating_sub(KEPT_SECONDS);
        let (room, room_for_key, room_bytes) = (MAX_WAITING, MAX_OF_KEY, MAX_BYTES);
        let new = NewRequest { request, room, room_for_key, room_bytes, forget_before };
        match self.store.put_request(new).await? {
            Some(kept) => Ok(answer(&kept)),
            None => Err(ServiceError::Busy("too many requests wait for approval")),
        }
    }

    /// Answers CertPoll (RFC 8894 3.3.3). What is asked about is told by the transaction id, for whoever holds the
    /// key of the request, and for nobody who has merely seen that id.
    pub(super) async fn decide_poll(
        &self,
        hierarchy: &Hierarchy,
        opened: &Opened,
        signer: &Signer,
    ) -> Result<Decision, ServiceError> {
        let (id, key) = (opened.transaction_id(), &signer.public_key_sha256);
        let unknown =
            || Decision::failure(FailInfo::BadCertId, "no request of this signer has this transaction id");
        if let Some(request) = self.store.request_of_transaction(id, key).await? {
            match answer(&request) {
                Ok(approval) => return self.decide_approved(hierarchy, request, approval).await,
                Err(decision) if request.state != RequestState::Issued => return Ok(decision),
                Err(_) => {}
            }
        }
        let now = ambient::now();
        let found = self.store.of_transaction(id, key).await?;
        let found = found.filter(|found| found.revoked_at.is_none() && now <= found.record.not_after);
        Ok(found.map_or_else(unknown, Decision::repeated))
    }

    /// Issues what a poll asks for: from the request as it came, which nobody but the registration authority can
    /// read.
    async fn decide_approved(
        &self,
        hierarchy: &Hierarchy,
        request: PendingRequest,
        approval: String,
    ) -> Result<Decision, ServiceError> {
        let opened = self.open_request(hierarchy, &request.message).await?;
        let Some(enrollment) = opened.enrollment.filter(|found| found.csr_sha256 == request.csr_sha256)
        else {
            return Ok(Decision::bad_request(
                "the request that was approved cannot be read any more; send it again",
            ));
        };
        let generation = hierarchy.generation_of(hierarchy.registration(opened.recipient)).number;
        let retry = RetryKey { transaction_id: request.transaction_id, csr_sha256: request.csr_sha256 };
        let supersedes = self.store.remembered(&retry).await?.map(|found| found.certificate.record.serial);
        let sign = SignRequest {
            generation: Some(generation),
            validity_seconds: self.scep.validity_days.map(|days| days.saturating_mul(SECONDS_PER_DAY)),
            retry: Some(retry),
            supersedes,
            signer_sha256: Some(request.signer_sha256),
            approval: Some(approval),
            ..SignRequest::new(&enrollment.csr, &self.scep.profile)
        };
        self.decide_issue(hierarchy, sign).await
    }
}

/// The approval that there is, or what a device is told of its request.
fn answer(request: &PendingRequest) -> Result<String, Decision> {
    match request.state {
        RequestState::Approved => Ok(request.id.clone()),
        RequestState::Pending | RequestState::Issued => Err(Decision::Pending(request.id.clone())),
        RequestState::Rejected => Err(Decision::bad_request(match &request.comment {
            Some(comment) => format!("the request was rejected: {comment}"),
            None => "the request was rejected".to_owned(),
        })),
    }
}
