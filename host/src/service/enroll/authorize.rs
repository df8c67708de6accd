//! Who may have a certificate: who knows a challenge, and who renews what was issued here.

use super::opened::{Enrollment, FailInfo, MessageType, Signer};
use super::{Service, ServiceError};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::config::Approval;
use crate::store::{Certificate, Challenge};

/// By what right an enrolment is granted, if it is.
#[derive(Debug)]
pub(super) enum Authorization {
    /// It holds a challenge of ours.
    Challenge,
    /// It is signed with this certificate of ours, for the same subject.
    Renewal(Box<Certificate>),
    /// By none yet: somebody has to say yes.
    Approval,
    /// It is not.
    Refused(FailInfo, &'static str),
}

impl Authorization {
    fn refused(text: &'static str) -> Self {
        Self::Refused(FailInfo::BadRequest, text)
    }
}

impl Service {
    /// Decides an enrolment. Who signed decides, not what the message calls itself: certmonger and
    /// sscep renew with PKCSReq. `own` is the signer's certificate, if it is of the inventory;
    /// `challenges` are the store's, where the request has one.
    pub(super) async fn authorize(
        &self,
        message_type: MessageType,
        signer: &Signer,
        own: Option<Certificate>,
        challenges: &[Challenge],
        enrollment: &Enrollment,
    ) -> Result<Authorization, ServiceError> {
        let renewal = self.authorize_renewal(own, enrollment);
        if matches!(renewal, Authorization::Renewal(_)) || message_type == MessageType::RenewalReq {
            return Ok(renewal);
        }
        let approval = self.scep.approval;
        let challenge = enrollment.challenge_password.as_ref();
        if challenge.is_none() && approval == Approval::Never {
            return Ok(Authorization::refused(
                "the request holds no challenge password, and its signer cannot renew",
            ));
        }
        if !signer.holds_requested_key() {
            // Else whoever records a message could put its envelope, challenge and all, into one of
            // his own, and be sent the certificate.
            let text = "the request is for another key than the signer's";
            return Ok(Authorization::Refused(FailInfo::BadMessageCheck, text));
        }
        let Some(challenge) = challenge else { return Ok(Authorization::Approval) };
        Ok(match self.challenges.admits(challenge, challenges).await? {
            false => Authorization::refused("the challenge password is wrong"),
            true if approval == Approval::Always => Authorization::Approval,
            true => Authorization::Challenge,
        })
    }

    fn authorize_renewal(&self, own: Option<Certificate>, enrollment: &Enrollment) -> Authorization {
        let Some(current) = own else {
            return Authorization::refused(
                "a renewal is signed with the certificate that it renews; the signer's was not issued here",
            );
        };
        let now = ambient::now();
        let grace = self.scep.renewal_grace_days.saturating_mul(SECONDS_PER_DAY);
        if current.record.profile != self.scep.profile {
            Authorization::refused("the signer's certificate is of another profile")
        } else if current.revoked_at.is_some() {
            Authorization::refused("the signer's certificate is revoked")
        } else if now < current.record.not_before || now > current.record.not_after.saturating_add(grace) {
            Authorization::refused("the signer's certificate has expired")
        } else if current.record.subject != enrollment.subject {
            Authorization::refused("the request has another subject than the signer's certificate")
        } else {
            Authorization::Renewal(Box::new(current))
        }
    }
}
