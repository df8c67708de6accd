//! Revocation by OCSP responses (RFC 6960 3.2 and 4.2.2.2).

use alloc::string::{String, ToString};

use super::{
    super::{
        build::Path,
        node::{Node, Origin, is_strong, verify_signature},
        policy::RevocationMode,
        purpose::Purpose,
        validate,
    },
    Checker, Finding, Issuer, Notes, Source, is_end,
    response::{CertificateStatus, OcspResponse, SingleResponse},
};
use crate::{
    crl::Reason,
    error::{Error, ErrorCode},
    validity::Moment,
};

/// How long a response without nextUpdate is believed: newer ones are there all the time then (RFC 6960 4.2.2.1).
const MAX_AGE_SECONDS: u64 = 86_400;

impl<'a> Checker<'_, 'a> {
    /// What the responses say of a certificate of a path.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    pub(super) fn find_by_response(&mut self, path: &Path, position: usize) -> Result<Finding, Error> {
        let node = self.at(path, position)?;
        let issuer = self.issuer(path, position)?;
        let serial = node.certificate.serial_number();
        let (mut notes, mut good) = (Notes::default(), None);
        for (index, response) in self.graph.question.ocsp_responses.iter().enumerate() {
            let source = Source::Response(index);
            let each = || self.graph.budget.entry();
            let singles = response.about(serial, node.certificate.issuer(), issuer.key, each)?;
            if singles.is_empty() {
                continue;
            }
            if let Err(wrong) = self.check_responder(path, position, &issuer, index, response)? {
                notes.add(source, wrong);
                continue;
            }
            for single in singles {
                match self.finding(source, single) {
                    Ok(revoked @ Finding::Revoked { .. }) => return Ok(revoked),
                    Ok(finding) => {
                        good.get_or_insert(finding);
                    }
                    Err(wrong) => notes.add(source, wrong),
                }
            }
        }
        Ok(good.unwrap_or(Finding::Unknown(notes)))
    }

    /// What a response says of one certificate; why it says nothing, otherwise.
    fn finding(&self, source: Source, single: &SingleResponse) -> Result<Finding, String> {
        let (this_update, next_update) = (single.this_update, single.next_update);
        let current = self
            .check_begun(this_update)
            .and_then(|()| self.check_current(this_update, next_update, Some(MAX_AGE_SECONDS)));
        match single.status {
            CertificateStatus::Revoked { at, reason } if reason != Reason::CertificateHold => {
                Ok(Finding::Revoked { source, at, reason })
            }
            CertificateStatus::Revoked { at, reason } => {
                current.map(|()| Finding::Revoked { source, at, reason })
            }
            CertificateStatus::Unknown => Err("does not know it".into()),
            CertificateStatus::Good => current.map(|()| {
                let next_update = next_update.or(Some(this_update.saturating_add(MAX_AGE_SECONDS)));
                Finding::Good { source, this_update, next_update }
            }),
        }
    }

    /// Whether the response is from the issuer or from one whom the issuer named for it.
    fn check_responder(
        &mut self,
        path: &Path,
        position: usize,
        issuer: &Issuer<'_, 'a>,
        index: usize,
        response: &OcspResponse,
    ) -> Result<Result<(), String>, Error> {
        let source = Source::Response(index);
        if let Some(unknown) = response.unknown {
            return Ok(Err(alloc::format!(
                "has the critical extension {unknown}, which is not processed here"
            )));
        }
        if response.is_from(issuer.subject, issuer.key)
            && self.is_signed(source, &response.signed, issuer.holder, issuer.key)?
        {
            return Ok(Ok(()));
        }
        let mut wrong =
            "is signed neither by the issuer nor by one whom it named (RFC 6960 4.2.2.2)".to_string();
        let graph = self.graph;
        for (number, node) in graph.nodes.iter().enumerate() {
            if !matches!(node.origin, Origin::Response(own, _) if own == index) {
                continue;
            }
            match self.check_delegate(path, position, issuer, number, node, response, source) {
                Ok(()) => return Ok(Ok(())),
                Err(error) if is_end(&error) => return Err(error),
                Err(error) => wrong = alloc::format!("cannot be believed: {}", error.detail),
            }
        }
        Ok(Err(wrong))
    }

    /// A delegate: issued by the very key that issued the certificate in question, for this and nothing else.
    #[expect(clippy::too_many_arguments, reason = "what the response is about, and who signed it")]
    fn check_delegate(
        &mut self,
        path: &Path,
        position: usize,
        issuer: &Issuer<'_, 'a>,
        number: usize,
        node: &Node<'a>,
        response: &OcspResponse,
        source: Source,
    ) -> Result<(), Error> {
        let question = self.graph.question;
        let refused = |detail: &str| node.failure(ErrorCode::OcspResponderUnfit, detail);
        let key = node.key()?;
        if !response.is_from(&node.subject, key) {
            return Err(refused("it is not the certificate of the responder that the response names"));
        }
        Purpose::OcspSigner.check(node, question.policy.rules)?;
        validate::check_validity(node, question)?;
        validate::check_critical(node)?;
        if node.issuer != *issuer.subject || !is_strong(key.kind(), question.policy) {
            return Err(refused("it is not the issuer's, or its key is too small"));
        }
        self.graph.budget.signature()?;
        verify_signature(node.certificate.signed(), issuer.key, question.policy)?;
        if !self.is_signed(source, &response.signed, super::Holder::Node(number), key)? {
            return Err(refused("its key did not sign the response"));
        }
        self.check_delegate_status(path, position, number)
    }

    /// Whether the delegate is revoked: by lists alone, and not where its certificate says that nobody need ask
    /// (RFC 6960 4.2.2.2.1).
    fn check_delegate_status(&mut self, path: &Path, position: usize, number: usize) -> Result<(), Error> {
        let node = self.graph.node(number)?;
        if node.extensions()?.ocsp_no_check {
            return Ok(());
        }
        let above = path.chain.get(position.saturating_add(1)..).unwrap_or_default();
        let chain = core::iter::once(number).chain(above.iter().copied()).collect();
        match self.find_by_list(&Path { chain, anchor: path.anchor }, 0)? {
            Finding::Revoked { source, at, .. } => Err(node.failure(
                ErrorCode::OcspResponderUnfit,
                format_args!("{source} says that the responder was revoked at {}", Moment(at)),
            )),
            Finding::Unknown(_) if self.mode() == RevocationMode::Required => Err(node
                .failure(ErrorCode::OcspResponderUnfit, "whether the responder is revoked cannot be told")),
            _ => Ok(()),
        }
    }
}
