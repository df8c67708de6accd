//! A certificate is signed, recorded, and only then handed out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Authority, Resources, Service, ServiceError, sha256};
use crate::ambient;
use crate::guest::wire::KeyUse;
use crate::guest::{CallError, Guest};
use crate::keystore::KeyStore;
use crate::store::{Certificate, CertificateRecord, Issuance, Recorded, RetryKey};

/// Who is to have a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Applicant<'a> {
    /// Whoever made this request, PEM.
    Csr(&'a str),
    /// The holder of this key (PEM, a line of OpenSSH, or a JWK), for which the caller vouches, with this subject.
    PublicKey { key: &'a str, subject: &'a str },
}

/// What to sign, and why.
#[derive(Clone, Debug)]
pub(crate) struct SignRequest<'a> {
    /// For whom.
    pub(crate) applicant: Applicant<'a>,
    /// The profile's name.
    pub(crate) profile: &'a str,
    /// The generation of the authority that signs, if it is not the current one.
    pub(crate) generation: Option<u32>,
    /// The lifetime, if it is not the profile's.
    pub(crate) validity_seconds: Option<u64>,
    /// The alternative names, if they are not the request's.
    pub(crate) subject_alternative_names: Option<Vec<String>>,
    /// Under what to remember the reply.
    pub(crate) retry: Option<RetryKey>,
    /// Serial of the remembered certificate that the new one may replace.
    pub(crate) supersedes: Option<String>,
    /// SHA-256 of the certificate that signed the message.
    pub(crate) signer_sha256: Option<String>,
    /// Whether it is granted to the signer's certificate.
    pub(crate) is_renewal: bool,
    /// The request whose approval this uses up.
    pub(crate) approval: Option<String>,
}

impl<'a> SignRequest<'a> {
    /// A request that no message stands behind.
    pub(crate) fn new(csr: &'a str, profile: &'a str) -> Self {
        Self::of(Applicant::Csr(csr), profile)
    }

    /// The same, of any applicant.
    pub(crate) fn of(applicant: Applicant<'a>, profile: &'a str) -> Self {
        Self {
            applicant,
            profile,
            generation: None,
            validity_seconds: None,
            subject_alternative_names: None,
            retry: None,
            supersedes: None,
            signer_sha256: None,
            is_renewal: false,
            approval: None,
        }
    }
}

/// A certificate that may be handed out: it is in the store.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Issued {
    /// As it is recorded.
    pub(crate) certificate: Certificate,
    /// Its issuers, nearest first, root last; PEM.
    pub(crate) chain: Vec<String>,
    /// Whether an earlier request was answered with it already.
    pub(crate) repeated: bool,
}

#[derive(Deserialize)]
pub(super) struct Signed {
    generation: u32,
    /// PEM.
    pub(super) certificate: String,
    chain: Vec<String>,
    record: CertificateRecord,
}

impl Service {
    /// Signs a request with the issuing authority and records the certificate.
    ///
    /// # Errors
    /// If the engine refuses the request, the key or the issuer was revoked, or the store fails: then nothing is
    /// handed out.
    pub(crate) async fn issue(&self, request: SignRequest<'_>) -> Result<Issued, ServiceError> {
        sign_and_record(self.resources(), &self.hierarchy().issuing, request).await
    }
}

/// Signs a request with an authority and records the certificate.
pub(super) async fn sign_and_record(
    resources: Resources<'_>,
    authority: &Authority,
    request: SignRequest<'_>,
) -> Result<Issued, ServiceError> {
    let Resources { guest, keys, store } = resources;
    let signed = sign(guest, keys, authority, &request).await?;
    let issuer = authority.generation(signed.generation).unwrap_or(&authority.current);
    let issuance = Issuance {
        certificate: inventory_entry(
            signed.certificate,
            signed.record,
            Some((authority, signed.generation)),
            request.retry.as_ref(),
        ),
        retry: request.retry,
        supersedes: request.supersedes,
        signer_sha256: request.signer_sha256,
        is_renewal: request.is_renewal,
        approval: request.approval,
        issuer_sha256: Some(sha256(&issuer.certificate)?),
    };
    let certificate = issuance.certificate.clone();
    Ok(match store.issue(issuance).await? {
        Recorded::New => Issued { certificate, chain: signed.chain, repeated: false },
        Recorded::Already(earlier) => Issued { certificate: *earlier, chain: signed.chain, repeated: true },
    })
}

/// Signs a request with an authority and records nothing: not to be handed out.
pub(super) async fn sign(
    guest: &Guest,
    keys: &Arc<KeyStore>,
    authority: &Authority,
    request: &SignRequest<'_>,
) -> Result<Signed, CallError> {
    let mut body = json!({
        "now": ambient::now(),
        "seed": ambient::seed(),
        "authority": authority.value,
        "profile": request.profile,
    });
    let operation = match request.applicant {
        Applicant::Csr(csr) => {
            body["csr"] = json!(csr);
            "sign_csr"
        }
        Applicant::PublicKey { key, subject } => {
            body["subject"] = json!(subject);
            match serde_json::from_str::<Map<String, Value>>(key) {
                Ok(jwk) => body["jwk"] = json!(jwk),
                Err(_) => body["public_key"] = json!(key.trim()),
            }
            "issue_from_public_key"
        }
    };
    if let Some(generation) = request.generation {
        body["generation"] = generation.into();
    }
    if let Some(seconds) = request.validity_seconds {
        body["validity_seconds"] = seconds.into();
    }
    if let Some(names) = &request.subject_alternative_names {
        body["subject_alternative_names"] = json!(names);
    }
    // The engine refuses a number that there is not.
    let signer = request.generation.and_then(|number| authority.generation(number));
    let key = &signer.unwrap_or(&authority.current).key;
    guest.call(operation, body, &keys.granting(&[(key, KeyUse::Sign)])).await
}

/// What the inventory keeps of a new certificate.
pub(super) fn inventory_entry(
    pem: String,
    record: CertificateRecord,
    issuer: Option<(&Authority, u32)>,
    retry: Option<&RetryKey>,
) -> Certificate {
    let name = |kinds: &[&str]| alternative_name(&record.subject_alternative_names, kinds);
    Certificate {
        device_name: record.common_name.clone().or_else(|| name(&["dns"])),
        user_name: name(&["upn", "email"]),
        authority: issuer.map(|(authority, _)| authority.id.clone()),
        generation: issuer.map_or(1, |(_, generation)| generation),
        issued_at: ambient::now(),
        revoked_at: None,
        revocation_reason: None,
        invalidity_date: None,
        transaction_id: retry.map(|retry| retry.transaction_id.clone()),
        record,
        pem,
    }
}

/// The first alternative name of the first of these kinds that there is.
fn alternative_name(names: &[String], kinds: &[&str]) -> Option<String> {
    kinds.iter().find_map(|kind| {
        names.iter().find_map(|name| match name.split_once(':') {
            Some((found, value)) if found == *kind => Some(value.to_owned()),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(common_name: Option<&str>, names: &[&str]) -> CertificateRecord {
        CertificateRecord {
            serial: "01".to_owned(),
            subject: String::new(),
            common_name: common_name.map(str::to_owned),
            issuer: String::new(),
            subject_alternative_names: names.iter().map(|&name| name.to_owned()).collect(),
            not_before: 0,
            not_after: 1,
            profile: "device-identity".to_owned(),
            sha256: String::new(),
            public_key_sha256: String::new(),
            subject_key_identifier: None,
            jwk_thumbprint: None,
            csr_sha256: None,
        }
    }

    #[test]
    fn device_and_user_come_from_the_names() {
        let names = ["dns:mac-7.example", "email:a@example", "upn:ada@corp.example"];
        let entry = inventory_entry(String::new(), record(Some("mac-7"), &names), None, None);
        assert_eq!(entry.device_name.as_deref(), Some("mac-7"));
        assert_eq!(entry.user_name.as_deref(), Some("ada@corp.example"));
        let nameless = inventory_entry(String::new(), record(None, &names[..2]), None, None);
        assert_eq!(nameless.device_name.as_deref(), Some("mac-7.example"));
        assert_eq!(nameless.user_name.as_deref(), Some("a@example"));
    }
}
