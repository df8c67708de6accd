//! `sign_csr`: a certificate from a certification request, under a profile.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;
use x509_cert::ext::pkix::name::GeneralName;

use crate::{
    alternative_name,
    authority::Authority,
    csr::CertificationRequest,
    distinguished_name,
    error::Error,
    issue::applicant::{Applicant, Issued, Issuer, check_named},
    keys::{Halt, Keys},
    profile::ProfileChoice,
    seed::Seed,
};

/// What to sign, and how.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The randomness for the serial number.
    pub seed: Seed,
    /// Who signs.
    pub authority: Authority,
    /// Which of its generations: the current one unless it is said, or the next, for a request that came to it.
    pub generation: Option<u32>,
    /// A built-in profile by name (`device-identity`, `scep-ra`, `tls-server`, `subordinate-ca`, `ocsp-signer`) or a profile of one's own.
    pub profile: ProfileChoice,
    /// The request, PEM.
    pub csr: String,
    /// The subject (RFC 4514) in place of the request's.
    pub subject: Option<String>,
    /// The alternative names in place of the request's.
    pub subject_alternative_names: Option<Vec<String>>,
    /// The lifetime in seconds in place of the profile's; it is cut where the authority's ends.
    pub validity_seconds: Option<u64>,
}

/// The certificate.
pub type Response = Issued;

/// Checks the request's proof of possession and the profile's rules, then asks the authority's key for one signature.
///
/// Of what the request asks for, only subject, alternative names and key are heard; everything else is the profile's.
///
/// # Errors
/// `CsrMalformed`, `CsrSignatureInvalid`, the `Profile…` codes, `AuthorityInvalid`, `AuthorityOutsideValidity`,
/// `AuthorityPathLengthExceeded`, `GenerationUnknown`, `GenerationRefused`, and the parse errors of what the request names.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, seed, authority, generation, profile, csr, subject, subject_alternative_names, .. } = request;
    let issuer = Issuer::open(authority, generation, profile, now)?;
    let csr = CertificationRequest::from_pem(&csr).map_err(|error| error.at("csr"))?;
    issuer.profile.check_key(csr.public_key().kind()).map_err(|error| error.at("csr"))?;
    let subject = self::subject(subject.as_deref(), &csr, &issuer)?;
    let names = alternative_names(subject_alternative_names, &csr, &issuer)?;
    check_named(&subject, &names).map_err(|error| error.at("csr"))?;
    csr.verify().map_err(|error| error.at("csr"))?;
    let applicant = Applicant {
        now,
        seed: &seed,
        public_key: csr.public_key(),
        subject,
        names,
        validity_seconds: request.validity_seconds,
        csr_sha256: Some(csr.sha256()),
    };
    issuer.issue(applicant, keys)
}

fn subject(said: Option<&str>, csr: &CertificationRequest, issuer: &Issuer) -> Result<Vec<u8>, Error> {
    let (subject, at) = match said {
        Some(text) => (distinguished_name::parse(text).map_err(|error| error.at("subject"))?, "subject"),
        None => (csr.subject().to_vec(), "csr"),
    };
    issuer.check_subject(&subject).map_err(|error| error.at(at))?;
    Ok(subject)
}

/// The names of a certification request are read by the same rules as those that people type.
fn alternative_names(
    said: Option<Vec<String>>,
    csr: &CertificationRequest,
    issuer: &Issuer,
) -> Result<Vec<GeneralName>, Error> {
    let (texts, at) = match said {
        Some(texts) => (texts, "subject_alternative_names"),
        None => {
            let names = csr.requested_alternative_names().map_err(|error| error.at("csr"))?;
            (names.map_or_else(Vec::new, |names| names.0.iter().map(alternative_name::to_text).collect()), "csr")
        }
    };
    issuer.alternative_names(&texts).map_err(|error| error.at(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        KeyRing,
        certificate::Certificate,
        error::ErrorCode,
        extension,
        operation::create_csr,
        testing::{NOW, TestKeys, both_ways, csr, private_key, resigned, root, subordinate},
    };
    use x509_cert::ext::pkix::{BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage};

    fn request(profile: &str, csr: String) -> Request {
        Request {
            now: NOW,
            seed: Seed::new([4; 32]),
            authority: subordinate(),
            generation: None,
            profile: ProfileChoice::Named(profile.into()),
            csr,
            subject: None,
            subject_alternative_names: None,
            validity_seconds: None,
        }
    }

    fn refusal(request: impl Fn() -> Request) -> Error {
        both_ways(|keys| run(request(), keys)).err().unwrap()
    }

    #[test]
    fn a_device_gets_what_its_profile_says() {
        let response = both_ways(|keys| run(request("device-identity", csr("device", "CN=dev1", &["dns:dev1.example"])), keys)).unwrap();
        let certificate = Certificate::from_pem(&response.certificate).unwrap();
        let issuer = Certificate::from_pem(&response.chain[0]).unwrap();
        certificate.signed().verify(&issuer.public_key().unwrap()).unwrap();
        assert_eq!(certificate.issuer(), issuer.subject());
        let usage: KeyUsage = certificate.extension().unwrap().unwrap();
        assert!(usage.digital_signature() && usage.key_encipherment() && !usage.key_cert_sign());
        let purposes: ExtendedKeyUsage = certificate.extension().unwrap().unwrap();
        assert_eq!(alloc::format!("{}", purposes.0[0]), "1.3.6.1.5.5.7.3.2");
        assert!(certificate.extension::<BasicConstraints>().unwrap().is_none());
        assert!(certificate.extension::<CrlDistributionPoints>().unwrap().is_some());
        assert_eq!(response.record.subject_alternative_names, ["dns:dev1.example"]);
        assert_eq!(response.record.serial.len(), 40);
        assert_eq!(response.record.not_after, NOW + 365 * 86_400 - 1);
    }

    /// The answer to a question that was never asked opens no way around the proof of possession.
    #[test]
    fn answers_prove_nothing_for_a_broken_request() {
        let mut der = crate::pem::decode(&csr("device", "CN=dev1", &[]), &["CERTIFICATE REQUEST"]).unwrap();
        *der.last_mut().unwrap() ^= 1;
        let broken = || request("device-identity", crate::pem::encode("CERTIFICATE REQUEST", &der).unwrap());
        let answered = |ring: &KeyRing| {
            let answer = Some(zeroize::Zeroizing::new(alloc::vec![7; 256]));
            match run(broken(), &mut Keys::new(ring, alloc::vec![answer])) {
                Err(Halt::Error(error)) => error.code,
                _ => panic!("no error"),
            }
        };
        assert_eq!(answered(TestKeys::ring()), ErrorCode::CsrSignatureInvalid);
        assert_eq!(answered(&KeyRing::new()), ErrorCode::CsrSignatureInvalid);
    }

    #[test]
    fn nobody_is_named_like_an_authority_in_other_letters() {
        let subject = Certificate::from_pem(&root().certificate).unwrap().subject_text();
        for name in [subject.clone(), subject.to_lowercase().replace("cn=", "CN="), subject.to_uppercase()] {
            let refused = refusal(|| request("device-identity", csr("device", &name, &[])));
            assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::ProfileSubjectRefused, Some("csr")), "{name}");
        }
    }

    #[test]
    fn the_longest_life_counts_its_backdating() {
        let longest = || Request {
            validity_seconds: Some(825 * 86_400),
            ..request("device-identity", csr("device", "CN=dev1", &[]))
        };
        let record = both_ways(|keys| run(longest(), keys)).unwrap().record;
        assert_eq!(record.not_after - record.not_before + 1, 825 * 86_400);
    }

    #[test]
    fn one_seed_gives_two_certificates_two_serial_numbers() {
        let serial = |subject: &str, now: u64| {
            let request = || Request { now, ..request("device-identity", csr("device", subject, &[])) };
            both_ways(|keys| run(request(), keys)).unwrap().record.serial
        };
        assert_eq!(serial("CN=a", NOW), serial("CN=a", NOW));
        assert_ne!(serial("CN=a", NOW), serial("CN=b", NOW));
        assert_ne!(serial("CN=a", NOW), serial("CN=a", NOW + 1));
    }

    #[test]
    fn nothing_outlives_its_issuer() {
        let last = Certificate::from_pem(&subordinate().certificate).unwrap().not_after();
        let late = || Request { now: last - 10, ..request("device-identity", csr("device", "CN=dev1", &[])) };
        assert_eq!(both_ways(|keys| run(late(), keys)).unwrap().record.not_after, last);
        let too_late = refusal(|| Request { now: last + 1, ..request("device-identity", csr("device", "CN=dev1", &[])) });
        assert_eq!(too_late.code, ErrorCode::AuthorityOutsideValidity);
    }

    #[test]
    fn an_authority_for_one_purpose_issues_for_no_other() {
        let own = Certificate::from_pem(&subordinate().certificate).unwrap();
        let usage = extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2".into()]).unwrap();
        let limited = resigned(&own, &private_key("root"), |tbs| tbs.extensions.as_mut().unwrap().push(usage));
        let authority = || Authority { certificate: limited.to_pem().unwrap(), ..subordinate() };
        let device = || Request { authority: authority(), ..request("device-identity", csr("device", "CN=a", &[])) };
        assert!(both_ways(|keys| run(device(), keys)).is_ok());
        let server = csr("device", "CN=a.example", &["dns:a.example"]);
        let refused = refusal(|| Request { authority: authority(), ..request("tls-server", server.clone()) });
        assert_eq!(refused.code, ErrorCode::AuthorityInvalid);
        assert!(refused.detail.contains("1.3.6.1.5.5.7.3.1"), "{}", refused.detail);
    }

    #[test]
    fn a_chain_of_something_else_is_refused() {
        let with_chain = |chain: Vec<String>| {
            refusal(|| Request {
                authority: Authority { chain: chain.clone(), ..subordinate() },
                ..request("device-identity", csr("device", "CN=dev1", &[]))
            })
        };
        let hello = with_chain(alloc::vec!["hello".into()]);
        assert_eq!((hello.code, hello.at.as_deref()), (ErrorCode::PemMalformed, Some("authority.chain")));
        assert_eq!(with_chain(alloc::vec![subordinate().certificate]).code, ErrorCode::AuthorityInvalid);
    }

    #[test]
    fn nobody_is_named_like_an_authority() {
        for name in ["CN=Test Issuing", "CN=Test Root"] {
            let refused = refusal(|| request("device-identity", csr("device", name, &[])));
            assert_eq!(refused.code, ErrorCode::ProfileSubjectRefused, "{name}");
        }
    }

    #[test]
    fn an_ec_key_gets_no_key_encipherment() {
        let response = both_ways(|keys| run(request("device-identity", csr("p256", "CN=dev1", &[])), keys)).unwrap();
        let usage: KeyUsage = Certificate::from_pem(&response.certificate).unwrap().extension().unwrap().unwrap();
        assert!(usage.digital_signature() && !usage.key_encipherment());
    }

    #[test]
    fn a_subordinate_ca_needs_room_in_the_path() {
        let ca = |authority| Request { authority, ..request("subordinate-ca", csr("device", "CN=Sub", &[])) };
        assert_eq!(refusal(|| ca(subordinate())).code, ErrorCode::AuthorityPathLengthExceeded);
        let response = both_ways(|keys| run(ca(root()), keys)).unwrap();
        let constraints: BasicConstraints = Certificate::from_pem(&response.certificate).unwrap().extension().unwrap().unwrap();
        assert_eq!(constraints, BasicConstraints { ca: true, path_len_constraint: Some(0) });
    }

    #[test]
    fn the_profiles_rules_hold() {
        let device = || csr("device", "CN=dev1", &[]);
        assert_eq!(refusal(|| request("tls-server", device())).code, ErrorCode::ProfileAlternativeNameRefused);
        assert_eq!(refusal(|| request("scep-ra", csr("p256", "CN=ra", &[]))).code, ErrorCode::ProfileKeyRefused);
        assert_eq!(refusal(|| request("device-identity", csr("device", "O=x", &[]))).code, ErrorCode::ProfileSubjectRefused);
        assert_eq!(refusal(|| request("toaster", device())).code, ErrorCode::ProfileUnknown);
        let long = || Request { validity_seconds: Some(u64::MAX), ..request("device-identity", device()) };
        assert_eq!(refusal(long).code, ErrorCode::ProfileValidityRefused);
    }

    #[test]
    fn a_request_without_proof_of_possession_is_refused() {
        let other = both_ways(|keys| {
            create_csr::run(
                create_csr::Request {
                    key: TestKeys::reference("device"),
                    subject: "CN=dev1".into(),
                    subject_alternative_names: Vec::new(),
                    challenge_password: None,
                },
                keys,
            )
        });
        let mut der = CertificationRequest::from_pem(&other.unwrap().csr).unwrap().der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let forged = CertificationRequest::from_der(&der).unwrap().to_pem().unwrap();
        let error = refusal(|| request("device-identity", forged.clone()));
        assert_eq!((error.code, error.at.as_deref()), (ErrorCode::CsrSignatureInvalid, Some("csr")));
    }
}
