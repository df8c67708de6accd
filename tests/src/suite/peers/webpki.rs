//! rustls-webpki.

use std::time::Duration;

use anyhow::{Result, anyhow};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{
    CertificateDer, CertificateRevocationListDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor,
    UnixTime,
};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage,
    RevocationOptionsBuilder,
};

use super::Verdicts;
use crate::suite::{Case, Question};

const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = webpki::ALL_VERIFICATION_ALGS;

pub(super) fn judge(cases: &[Case]) -> Result<Verdicts> {
    let verdict = |case: &Case| can_be_asked(&case.question).then(|| accepts(&case.question).is_ok());
    Ok(cases.iter().map(verdict).collect())
}

/// It has no policies, no limit of depth to set, and knows the names of servers alone. It is always asked for a purpose.
fn can_be_asked(question: &Question) -> bool {
    !question.is_about_policies()
        && question.max_depth().is_none()
        && question.names().iter().all(|(form, _)| matches!(*form, "dns" | "ip"))
}

fn accepts(question: &Question) -> Result<()> {
    let ders = |pems: &[String]| pems.iter().map(|pem| der(pem)).collect::<Result<Vec<_>>>();
    let (leaf, between, anchors) =
        (der(&question.certificate)?, ders(&question.intermediates)?, ders(&question.anchors)?);
    let anchors: Vec<TrustAnchor<'_>> =
        anchors.iter().map(webpki::anchor_from_trusted_cert).collect::<Result<_, _>>()?;
    let lists = question.crls.iter().map(|pem| list(pem)).collect::<Result<Vec<_>>>()?;
    let lists: Vec<_> = lists.iter().collect();
    let revocation = RevocationOptionsBuilder::new(&lists)
        .ok()
        .map(|options| options.with_expiration_policy(ExpirationPolicy::Enforce).build());
    let usage = match question.purpose {
        "device_client" => KeyUsage::client_auth(),
        _ => KeyUsage::server_auth(),
    };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(question.now));
    let leaf = EndEntityCert::try_from(&leaf)?;
    leaf.verify_for_usage(ALGORITHMS, &anchors, &between, now, usage, revocation, None)?;
    for (_, name) in question.names() {
        leaf.verify_is_valid_for_subject_name(&ServerName::try_from(name)?)?;
    }
    Ok(())
}

fn der(pem: &str) -> Result<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| anyhow!("{error}"))
}

fn list(pem: &str) -> Result<CertRevocationList<'static>> {
    let der =
        CertificateRevocationListDer::from_pem_slice(pem.as_bytes()).map_err(|error| anyhow!("{error}"))?;
    Ok(BorrowedCertRevocationList::from_der(&der)?.to_owned()?.into())
}
