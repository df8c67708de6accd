//! `create_csr`: a certification request, signed by the key that is to be certified.

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode,
    asn1::{Any, AnyRef, PrintableStringRef, SetOfVec, Utf8StringRef},
};
use serde::{Deserialize, Serialize};
use x509_cert::{attr::Attributes, request::Version};

use crate::{
    alternative_name,
    csr::{self, CertificationRequest, CertificationRequestInfo},
    distinguished_name,
    error::{Error, ErrorCode},
    extension,
    keys::{Halt, KeyReference, Keys},
    secret::Secret,
    signed::Signed,
};

/// The longest challenge password, in bytes.
const MAX_CHALLENGE: usize = 1024;

/// What to ask for.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key that is to be certified; it signs the request.
    pub key: KeyReference,
    /// The subject as RFC 4514 writes it; may be empty.
    pub subject: String,
    /// Names such as `dns:host.example`.
    #[serde(default)]
    pub subject_alternative_names: Vec<String>,
    /// The challenge password (RFC 2985 5.4.1) that a SCEP server wants.
    pub challenge_password: Option<Secret>,
}

/// The request for the authority.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// PEM, PKCS#10 (RFC 2986).
    pub csr: String,
    /// SHA-256 of its DER in hexadecimal.
    pub csr_sha256: String,
}

/// Makes the request; asks `key` for one signature.
///
/// # Errors
/// `KeyUnknown`, `NameMalformed`, `AlternativeNameMalformed`, `FieldInvalid` for a challenge that is too long.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let key = keys.public_key(&request.key).map_err(|error| error.at("key"))?;
    let subject = distinguished_name::parse(&request.subject).map_err(|error| error.at("subject"))?;
    let info = CertificationRequestInfo {
        version: Version::V1,
        subject: AnyRef::from_der(&subject)?,
        public_key: AnyRef::from_der(key.spki())?,
        attributes: Some(attributes(&request, subject.len() <= 2)?),
    };
    let content = info.to_der()?;
    let signature = keys.sign(&request.key.id, &key, &content)?;
    let der = Signed::assemble(&content, key.signature_scheme().algorithm(), &signature)?;
    let csr = CertificationRequest::from_der(&der)?;
    Ok(Response { csr: csr.to_pem()?, csr_sha256: csr.sha256() })
}

fn attributes(request: &Request, subject_is_empty: bool) -> Result<Attributes, Error> {
    let mut attributes = SetOfVec::new();
    if let Some(challenge) = &request.challenge_password {
        attributes.insert(csr::attribute(csr::CHALLENGE_PASSWORD, challenge_string(challenge.expose())?)?)?;
    }
    if !request.subject_alternative_names.is_empty() {
        let names = alternative_name::parse_all(&request.subject_alternative_names)
            .map_err(|error| error.at("subject_alternative_names"))?;
        let extensions = alloc::vec![extension::subject_alternative_names(names, subject_is_empty)?];
        attributes.insert(csr::attribute(csr::EXTENSION_REQUEST, Any::encode_from(&extensions)?)?)?;
    }
    Ok(attributes)
}

/// PrintableString where the characters allow it, which every server reads, otherwise UTF8String.
fn challenge_string(challenge: &str) -> Result<Any, Error> {
    if challenge.is_empty() || challenge.len() > MAX_CHALLENGE {
        let detail = format_args!("found a challenge password of {} bytes, wanted 1 to {MAX_CHALLENGE}", challenge.len());
        return Err(Error::new(ErrorCode::FieldInvalid, detail).at("challenge_password"));
    }
    match PrintableStringRef::new(challenge) {
        Ok(printable) => Ok(Any::encode_from(&printable)?),
        Err(_) => Ok(Any::encode_from(&Utf8StringRef::new(challenge)?)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestKeys, both_ways};

    fn request(challenge: Option<&str>, names: &[&str]) -> Request {
        Request {
            key: TestKeys::reference("device"),
            subject: "CN=dev1,O=Acme".into(),
            subject_alternative_names: names.iter().map(|name| (*name).into()).collect(),
            challenge_password: challenge.map(|text| Secret::new(text.into())),
        }
    }

    #[test]
    fn a_request_carries_what_was_asked_and_verifies() {
        let response = both_ways(|keys| run(request(Some("pässword"), &["dns:dev1.example"]), keys)).unwrap();
        let csr = CertificationRequest::from_pem(&response.csr).unwrap();
        csr.verify().unwrap();
        assert_eq!(csr.subject_text(), "CN=dev1,O=Acme");
        assert_eq!(csr.challenge_password().unwrap().unwrap().expose(), "pässword");
        let names = csr.requested_alternative_names().unwrap().unwrap();
        assert_eq!(alternative_name::to_text(&names.0[0]), "dns:dev1.example");
    }

    #[test]
    fn a_changed_request_does_not_verify() {
        let response = both_ways(|keys| run(request(None, &[]), keys)).unwrap();
        let mut der = CertificationRequest::from_pem(&response.csr).unwrap().der().to_vec();
        let at = der.windows(4).position(|window| window == b"dev1").unwrap();
        der[at] = b'D';
        let error = CertificationRequest::from_der(&der).unwrap().verify().unwrap_err();
        assert_eq!(error.code, ErrorCode::CsrSignatureInvalid);
    }

    /// Whoever holds an ML-DSA key reads in the question which one it is, and over what: the request, not its digest.
    #[test]
    fn a_question_to_an_ml_dsa_key_names_its_set() {
        for (id, scheme, octets) in
            [("ml-dsa-44", "ml_dsa_44", 2420), ("ml-dsa-65", "ml_dsa_65", 3309), ("ml-dsa-87", "ml_dsa_87", 4627)]
        {
            let asked = || Request { key: TestKeys::reference(id), ..request(None, &[]) };
            let csr = both_ways(|keys| run(asked(), keys)).unwrap().csr;
            let csr = CertificationRequest::from_pem(&csr).unwrap();
            csr.verify().unwrap();
            let ring = crate::KeyRing::new();
            let halt = run(asked(), &mut Keys::new(&ring, alloc::vec![])).err().unwrap();
            let Halt::Needs(question) = halt else { panic!("{halt:?}") };
            let crate::keys::Question::Sign { input, .. } = &question else { panic!("{question:?}") };
            let signed = crate::signed::Signed::from_der(csr.der()).unwrap();
            assert_eq!((&input.0, signed.signature.len()), (&signed.content, octets));
            assert_eq!(signed.algorithm.parameters, None);
            assert_eq!(serde_json::to_value(&question).unwrap()["scheme"], scheme);
            // Another's answer, and one that is none, are refused.
            for wrong in [alloc::vec![0; octets], alloc::vec![]] {
                let answer = Some(zeroize::Zeroizing::new(wrong));
                let halt = run(asked(), &mut Keys::new(&ring, alloc::vec![answer])).err().unwrap();
                assert!(matches!(halt, Halt::Error(error) if error.code == ErrorCode::KeyAnswerInvalid));
            }
        }
    }

    #[test]
    fn bad_fields_are_named() {
        let error = both_ways(|keys| run(request(Some(""), &[]), keys)).err().unwrap();
        assert_eq!((error.code, error.at.as_deref()), (ErrorCode::FieldInvalid, Some("challenge_password")));
        let error = both_ways(|keys| run(request(None, &["dns:"]), keys)).err().unwrap();
        assert_eq!(error.at.as_deref(), Some("subject_alternative_names"));
    }
}
