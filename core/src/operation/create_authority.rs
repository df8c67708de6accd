//! `create_authority`: a root, or an authority below another one.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    authority::{Authority, Generation, MAX_CHAIN, OpenAuthority},
    base64url::Base64Url,
    certificate::Certificate,
    distinguished_name,
    error::{Error, ErrorCode},
    extension::{self, KeyUsageName},
    issue::{CertificateRecord, Issuance, Signer},
    key::PublicKey,
    keys::{Halt, KeyReference, Keys},
    path::Strength,
    profile::Profile,
    seed::Seed,
    validity::Period,
};

/// A root's life unless another is asked for: twenty years.
const ROOT_VALIDITY_SECONDS: u64 = 20 * 365 * 86_400;
/// A subordinate's: ten.
const SUBORDINATE_VALIDITY_SECONDS: u64 = 10 * 365 * 86_400;

/// What the authority is to be.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The randomness for the serial number.
    pub seed: Seed,
    /// Its name as RFC 4514 writes it.
    pub subject: String,
    /// Its key.
    pub key: KeyReference,
    /// Who signs its certificate; without one it is a root and signs its own.
    pub issuer: Option<Authority>,
    /// Its life in seconds: 20 years for a root, 10 for a subordinate, and never longer than its issuer's.
    pub validity_seconds: Option<u64>,
    /// How many authorities may follow below it (RFC 5280 4.2.1.9); no limit for a root if left out,
    /// none below a subordinate.
    pub path_length: Option<u8>,
    /// Where its CRL will be; goes into what it issues.
    #[serde(default)]
    pub crl_urls: Vec<String>,
    /// Where its OCSP responder will be.
    #[serde(default)]
    pub ocsp_urls: Vec<String>,
    /// Where its certificate will be.
    #[serde(default)]
    pub issuer_urls: Vec<String>,
}

/// The new authority.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The value to store and to send with each later request.
    pub authority: Authority,
    /// The record of its certificate.
    pub record: CertificateRecord,
}

/// Makes the authority; asks its own key (root) or its issuer's for one signature.
///
/// # Errors
/// `KeyUnknown`, `NameMalformed`, `ProfileSubjectRefused`, `ProfileKeyRefused`, `ProfileValidityRefused`, `FieldInvalid` for an
/// address, and those of the issuer: `AuthorityInvalid`, `AuthorityOutsideValidity`, `AuthorityPathLengthExceeded`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let key = keys.public_key(&request.key).map_err(|error| error.at("key"))?;
    let subject = distinguished_name::parse(&request.subject).map_err(|error| error.at("subject"))?;
    check(&key, &subject)?;
    let issuer = request.issuer.clone().map(|issuer| issuer.open()).transpose().map_err(|error| error.at("issuer"))?;
    let (name, period, path_length) = match &issuer {
        None => ("root-ca", Period::starting(request.now, request.validity_seconds.unwrap_or(ROOT_VALIDITY_SECONDS))?, request.path_length),
        Some(issuer) => {
            issuer.check_time(request.now).map_err(|error| error.at("issuer"))?;
            issuer.check_subject(&subject).map_err(|error| error.at("subject"))?;
            let seconds = request.validity_seconds.unwrap_or(SUBORDINATE_VALIDITY_SECONDS);
            let path_length = issuer.path_length_below(Some(request.path_length.unwrap_or(0)))?;
            ("subordinate-ca", Period::starting(request.now, seconds)?.within(issuer.period()), path_length)
        }
    };
    let identifier = extension::key_identifier(&key);
    let issuance = Issuance {
        seed: &request.seed,
        period,
        subject: &subject,
        public_key: &key,
        extensions: extensions(issuer.as_ref(), &identifier, path_length)?,
    };
    let authority = value(&request, issuer.as_ref(), identifier)?;
    let signer = issuer.as_ref().map_or(Signer::Subject(&request.key.id), Signer::Authority);
    let certificate = issuance.sign(&signer, keys)?;
    respond(authority, &certificate, name)
}

fn respond(mut authority: Authority, certificate: &Certificate, profile: &str) -> Result<Response, Halt> {
    authority.certificate = certificate.to_pem()?;
    Ok(Response { authority, record: CertificateRecord::new(certificate, profile, None)? })
}

fn check(key: &PublicKey, subject: &[u8]) -> Result<(), Error> {
    let rules = Profile::built_in("subordinate-ca")
        .ok_or_else(|| Error::new(ErrorCode::ProfileUnknown, "the profile subordinate-ca is not built in"))?;
    rules.check_key(key.kind()).map_err(|error| error.at("key"))?;
    rules.check_subject(subject).map_err(|error| error.at("subject"))
}

fn extensions(
    issuer: Option<&OpenAuthority>,
    identifier: &[u8],
    path_length: Option<u8>,
) -> Result<Vec<x509_cert::ext::Extension>, Error> {
    let mut extensions = alloc::vec![
        extension::authority_constraints(path_length)?,
        extension::key_usage(&[KeyUsageName::DigitalSignature, KeyUsageName::KeyCertSign, KeyUsageName::CrlSign])?,
        extension::subject_key_identifier(identifier)?,
    ];
    if let Some(issuer) = issuer {
        extensions.extend(issuer.extensions_for_issued()?);
    }
    Ok(extensions)
}

/// The value without its certificate. Its addresses are written once on trial, so that a wrong one shows now and not
/// at the first certificate.
fn value(request: &Request, issuer: Option<&OpenAuthority>, identifier: Vec<u8>) -> Result<Authority, Error> {
    extension::check_addresses(&request.crl_urls, &request.ocsp_urls, &request.issuer_urls)?;
    let chain = issuer.map(OpenAuthority::chain).unwrap_or_default();
    if chain.len() > MAX_CHAIN {
        return Err(Error::new(ErrorCode::AuthorityInvalid, format_args!("found {} issuers above, wanted at most {MAX_CHAIN}", chain.len())).at("issuer"));
    }
    Ok(Authority::of(Generation {
        number: 1,
        certificate: String::new(),
        chain,
        key: request.key.id.clone(),
        subject_key_identifier: Base64Url(identifier),
        cross_certificates: Vec::new(),
        strength: issuer.map_or_else(Strength::default, |issuer| issuer.value.strength),
        crl_urls: request.crl_urls.clone(),
        ocsp_urls: request.ocsp_urls.clone(),
        issuer_urls: request.issuer_urls.clone(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, TestKeys, both_ways, root, subordinate};
    use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, SubjectKeyIdentifier};

    fn request(issuer: Option<Authority>) -> Request {
        Request {
            now: NOW,
            seed: Seed::new([3; 32]),
            subject: "CN=Acme CA,O=Acme".into(),
            key: TestKeys::reference("issuing"),
            issuer,
            validity_seconds: None,
            path_length: None,
            crl_urls: alloc::vec![],
            ocsp_urls: alloc::vec![],
            issuer_urls: alloc::vec![],
        }
    }

    fn refusal(request: impl Fn() -> Request) -> ErrorCode {
        both_ways(|keys| run(request(), keys)).err().unwrap().code
    }

    #[test]
    fn a_root_signs_itself() {
        let certificate = Certificate::from_pem(&root().certificate).unwrap();
        certificate.signed().verify(&certificate.public_key().unwrap()).unwrap();
        assert!(certificate.is_self_issued());
        assert_eq!(certificate.serial_number().len(), 20);
        assert_eq!(certificate.extension::<BasicConstraints>().unwrap().unwrap().path_len_constraint, None);
    }

    #[test]
    fn a_subordinate_is_signed_by_its_issuer_and_names_its_key() {
        let (root, subordinate) = (root(), subordinate());
        let (above, below) = (Certificate::from_pem(&root.certificate).unwrap(), Certificate::from_pem(&subordinate.certificate).unwrap());
        below.signed().verify(&above.public_key().unwrap()).unwrap();
        let identifier: AuthorityKeyIdentifier = below.extension().unwrap().unwrap();
        let own: SubjectKeyIdentifier = above.extension().unwrap().unwrap();
        assert_eq!(identifier.key_identifier.unwrap().as_bytes(), own.0.as_bytes());
        assert!(identifier.authority_cert_serial_number.is_none());
        assert_eq!(below.extension::<BasicConstraints>().unwrap().unwrap().path_len_constraint, Some(0));
        assert_eq!(subordinate.chain, [root.certificate]);
    }

    #[test]
    fn a_subordinate_does_not_outlive_its_issuer() {
        let forever = || Request { validity_seconds: Some(100 * 365 * 86_400), ..request(Some(root())) };
        let response = both_ways(|keys| run(forever(), keys)).unwrap();
        assert_eq!(response.record.not_after, Certificate::from_pem(&root().certificate).unwrap().not_after());
    }

    #[test]
    fn what_an_issuer_may_not_do_is_refused() {
        assert_eq!(refusal(|| request(Some(subordinate()))), ErrorCode::AuthorityPathLengthExceeded);
        assert_eq!(refusal(|| Request { now: 1, ..request(Some(root())) }), ErrorCode::AuthorityOutsideValidity);
        let other_identifier = || Authority { subject_key_identifier: Base64Url(alloc::vec![1]), ..root() };
        assert_eq!(refusal(|| request(Some(other_identifier()))), ErrorCode::AuthorityInvalid);
        assert_eq!(refusal(|| Request { subject: "O=Acme".into(), ..request(None) }), ErrorCode::ProfileSubjectRefused);
        assert_eq!(refusal(|| Request { crl_urls: alloc::vec!["nowhere".into()], ..request(None) }), ErrorCode::FieldInvalid);
    }
}
