//! Revocation by OCSP responses (RFC 6960 3.2 and 4.2.2.2).

use alloc::string::{String, ToString};

use super::{
    super::{
        build::Path,
        conformance::{self, Place},
        node::{Origin, is_strong, verify_signature},
        policy::{RevocationMode, Rules},
        purpose::Purpose,
        terms::{Terms, check_validity},
        validate::check_critical,
    },
    Checker, Finding, Found, Heard, Holder, Issuer, Notes, Source, is_end,
    response::{CertificateStatus, OcspResponse, SingleResponse},
};
use crate::{
    crl::Reason,
    error::{Error, ErrorCode},
    validity::Moment,
};

/// A response, and when it spoke of the certificate in question.
struct Word<'g> {
    source: Source,
    response: &'g OcspResponse,
    spoke_at: u64,
}

/// How long a response without nextUpdate is believed: newer ones are there all the time then (RFC 6960 4.2.2.1).
const MAX_AGE_SECONDS: u64 = 86_400;

/// Of two that say that a certificate is good, the later one.
fn newest(known: Option<Finding>, found: Finding) -> Option<Finding> {
    match (&known, &found) {
        (Some(Finding::Good { this_update: before, .. }), Finding::Good { this_update, .. })
            if *before >= *this_update =>
        {
            known
        }
        _ => Some(found),
    }
}

impl<'a> Checker<'_, 'a> {
    /// What the responses say of a certificate of a path.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    pub(super) fn find_by_response(&mut self, path: &Path, position: usize) -> Result<Found, Error> {
        let node = self.at(path, position)?;
        let issuer = self.issuer(path, position)?;
        let serial = node.certificate.serial_number();
        let (mut notes, mut good, mut held_at) = (Notes::default(), None, None);
        for (index, response) in self.graph.question.ocsp_responses.iter().enumerate() {
            let source = Source::Response(index);
            let each = || self.graph.budget.entry(0);
            let singles = response.about(serial, node.certificate.issuer(), issuer.key, each)?;
            if singles.is_empty() {
                continue;
            }
            let spoke_at = singles.iter().map(|single| single.this_update).max().unwrap_or_default();
            let word = Word { source, response, spoke_at };
            let weakness = match self.check_responder(path, position, &issuer, &word)? {
                Ok(weakness) => weakness,
                Err(wrong) => {
                    notes.add(source, wrong);
                    continue;
                }
            };
            for single in singles {
                if matches!(single.status, CertificateStatus::Revoked { reason: Reason::CertificateHold, .. })
                {
                    held_at = held_at.max(Some(single.this_update));
                }
                match self.finding(source, single, weakness.as_ref()) {
                    Ok(finding @ Finding::Revoked { .. }) => return Ok(Found { finding, held_at }),
                    Ok(finding) => good = newest(good, finding),
                    Err(wrong) => notes.add(source, wrong),
                }
            }
        }
        Ok(Found { finding: good.unwrap_or(Finding::Unknown(notes)), held_at })
    }

    /// What a response says of one certificate; why it says nothing, otherwise.
    fn finding(
        &self,
        source: Source,
        single: &SingleResponse,
        weakness: Option<&String>,
    ) -> Result<Finding, String> {
        let (this_update, next_update) = (single.this_update, single.next_update);
        let current = self.check_current(this_update, next_update, Some(MAX_AGE_SECONDS));
        if let Some(weakness) = weakness.filter(|_| self.heard == Heard::Strong) {
            return Err(weakness.clone());
        }
        match single.status {
            CertificateStatus::Revoked { at, reason } if reason != Reason::CertificateHold => {
                Ok(Finding::Revoked { source, at, reason })
            }
            CertificateStatus::Revoked { at, reason } => {
                current.map(|()| Finding::Revoked { source, at, reason })
            }
            CertificateStatus::Unknown => Err("does not know it".into()),
            CertificateStatus::Good => {
                self.check_begun(this_update)?;
                current?;
                weakness.map_or(Ok(()), |weakness| Err(weakness.clone()))?;
                let next_update = next_update.or(Some(this_update.saturating_add(MAX_AGE_SECONDS)));
                Ok(Finding::Good { source, this_update, next_update })
            }
        }
    }

    /// Whether the response is from the issuer or from one whom the issuer named for it; and why he may say that a
    /// certificate is revoked, and not that it is good.
    fn check_responder(
        &mut self,
        path: &Path,
        position: usize,
        issuer: &Issuer<'_, 'a>,
        word: &Word<'_>,
    ) -> Result<Result<Option<String>, String>, Error> {
        let Word { source, response, .. } = *word;
        if let Some(unknown) = response.unknown {
            return Ok(Err(alloc::format!(
                "has the critical extension {unknown}, which is not processed here"
            )));
        }
        if response.is_from(issuer.subject, issuer.key)
            && self.is_signed(source, &response.signed, issuer.holder, issuer.key)?
        {
            return Ok(Ok(None));
        }
        let mut wrong =
            "is signed neither by the issuer nor by one whom it named (RFC 6960 4.2.2.2)".to_string();
        let (graph, mut weak) = (self.graph, None);
        for (number, node) in graph.nodes.iter().enumerate() {
            let is_here = match node.origin {
                Origin::Response(own, _) => Source::Response(own) == source,
                Origin::Intermediate(_) => true,
                Origin::Target | Origin::Anchor(_) => false,
            };
            if !is_here {
                continue;
            }
            match self.check_delegate(path, position, issuer, number, word) {
                Ok(None) => return Ok(Ok(None)),
                Ok(Some(weakness)) => weak = Some(weakness),
                Err(error) if is_end(&error) => return Err(error),
                Err(error) => wrong = alloc::format!("cannot be believed: {}", error.detail),
            }
        }
        Ok(weak.map(Some).ok_or(wrong))
    }

    /// A delegate: issued by the very key that issued the certificate in question, for this and nothing else. What of
    /// him is less than the question asks, if anything.
    fn check_delegate(
        &mut self,
        path: &Path,
        position: usize,
        issuer: &Issuer<'_, 'a>,
        number: usize,
        word: &Word<'_>,
    ) -> Result<Option<String>, Error> {
        let (question, node) = (self.graph.question, self.graph.node(number)?);
        let refused = |detail: &str| node.failure(ErrorCode::OcspResponderUnfit, detail);
        let key = node.key()?;
        if !word.response.is_from(&node.subject, key) {
            return Err(refused("it is not the certificate of the responder that the response names"));
        }
        Purpose::OcspSigner.check(node, Rules::Path)?;
        check_critical(node)?;
        let (least, asked) = (self.leniency(), self.asked_of_signers());
        let terms = Terms { policy: &asked, ..Terms::of(question) };
        check_validity(node, Terms { spoke_at: Some(word.spoke_at), policy: &least, ..terms })?;
        if node.issuer != *issuer.subject || !is_strong(key.kind(), &least) {
            return Err(refused("it is not the issuer's, or its key is too small"));
        }
        self.graph.budget.signature()?;
        verify_signature(node.certificate.signed(), issuer.key, question.policy)?;
        if !self.is_signed(word.source, &word.response.signed, Holder::Node(number), key)? {
            return Err(refused("its key did not sign the response"));
        }
        let unknown = self.check_delegate_status(path, position, number)?;
        let weakness = check_validity(node, terms)
            .and_then(|()| conformance::check(node, Place::Target, &asked))
            .map_err(|error| error.detail)
            .err()
            .or((!is_strong(key.kind(), &asked)).then(|| "its key is too small".into()))
            .or(unknown.map(ToString::to_string));
        Ok(weakness.map(|weakness| alloc::format!("has a signer who is not all that is asked: {weakness}")))
    }

    /// Whether the delegate is revoked: by lists alone, and not where its certificate says that nobody need ask
    /// (RFC 6960 4.2.2.2.1). What is not known of that and has to be, if anything.
    fn check_delegate_status(
        &mut self,
        path: &Path,
        position: usize,
        number: usize,
    ) -> Result<Option<&'static str>, Error> {
        let node = self.graph.node(number)?;
        if node.extensions()?.ocsp_no_check {
            return Ok(None);
        }
        let above = path.chain.get(position.saturating_add(1)..).unwrap_or_default();
        let chain = core::iter::once(number).chain(above.iter().copied()).collect();
        let path = Path { chain, anchor: path.anchor };
        let lists = self.read_lists(&path, 0)?;
        if let Some(Finding::Revoked { source, at, .. }) = lists.revoked(Heard::Strong) {
            return Err(node.failure(
                ErrorCode::OcspResponderUnfit,
                format_args!("{source} says that the responder was revoked at {}", Moment(at)),
            ));
        }
        let everybody = Heard::Everybody;
        if lists.revoked(everybody).is_some() {
            return Ok(Some("somebody says that it is revoked"));
        }
        let is_unknown =
            matches!(lists.unless_revoked(everybody, lists.held_at(everybody)), Finding::Unknown(_));
        let must_be_known = self.graph.question.policy.revocation == RevocationMode::Required;
        Ok((is_unknown && must_be_known).then_some("whether it is revoked cannot be told"))
    }
}
