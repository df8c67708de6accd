//! `issue_from_public_key`: a certificate for a device of which only the public key is here.
//!
//! Nothing proves here that whoever asks holds the private half: that is what a certification request is for, and
//! [`sign_csr`](super::sign_csr) checks it. The caller vouches for it, as for the names: it has to know from an
//! authenticated message whose key this is and that its holder has it. A key that was merely sent may be another's; who gets
//! a certificate with another's key can claim what the other has signed, and what is encrypted to him the other reads.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    authority::Authority,
    certificate::Certificate,
    distinguished_name,
    error::{Error, ErrorCode},
    issue::applicant::{Applicant, Issued, Issuer, check_named},
    jwk::ReadJwk,
    key::{PublicKey, public_file},
    keys::{Halt, Keys},
    profile::ProfileChoice,
    seed::Seed,
};

/// For whom, and by whom.
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
    /// Which of its generations: the current one unless it is said, or the next.
    pub generation: Option<u32>,
    /// A built-in profile by name, or a profile of one's own; none of an authority, which has to prove that it has its key.
    pub profile: ProfileChoice,
    /// The key: PEM `PUBLIC KEY` or `RSA PUBLIC KEY`, DER of these in base64url, or a line of OpenSSH (`ssh-rsa AAAA…`,
    /// `ecdsa-sha2-nistp256`, `ssh-ed25519`). Or
    pub public_key: Option<String>,
    /// the key as a JWK (RFC 7517).
    pub jwk: Option<Map<String, Value>>,
    /// The subject (RFC 4514); the empty text for none, where the profile allows that.
    pub subject: String,
    /// The alternative names as `form:value`.
    #[serde(default)]
    pub subject_alternative_names: Vec<String>,
    /// The lifetime in seconds in place of the profile's; it is cut where the authority's ends.
    pub validity_seconds: Option<u64>,
}

/// The certificate.
pub type Response = Issued;

/// Holds the key and the names against the profile's rules, then asks the authority's key for one signature. The caller
/// vouches for both; see above.
///
/// # Errors
/// `FieldInvalid`, `KeyMalformed`, `KeyUnsupported` for one that can be factored (ROCA) too, `KeyTooSmall`, `PemMalformed`,
/// `JwkMalformed`, `JwkRefused`, `NameMalformed`, `AlternativeNameMalformed`, the `Profile…` codes, `AuthorityInvalid`,
/// `AuthorityOutsideValidity`, `GenerationUnknown`, `GenerationRefused`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, seed, authority, generation, profile, public_key, jwk, validity_seconds, .. } = request;
    let issuer = Issuer::open(authority, generation, profile, now)?;
    if issuer.profile.authority {
        return Err(invalid("found the profile of an authority, wanted a certification request for one")
            .at("profile")
            .into());
    }
    let key = key(public_key.as_deref(), jwk.as_ref(), &issuer)?;
    let subject = distinguished_name::parse(&request.subject).map_err(|error| error.at("subject"))?;
    issuer.check_subject(&subject).map_err(|error| error.at("subject"))?;
    let names = issuer
        .alternative_names(&request.subject_alternative_names)
        .map_err(|error| error.at("subject_alternative_names"))?;
    check_named(&subject, &names).map_err(|error| error.at("subject"))?;
    let applicant =
        Applicant { now, seed: &seed, public_key: &key, subject, names, validity_seconds, csr_sha256: None };
    issuer.issue(applicant, keys)
}

fn key(public_key: Option<&str>, jwk: Option<&Map<String, Value>>, issuer: &Issuer) -> Result<PublicKey, Error> {
    let (key, at) = match (public_key, jwk) {
        (Some(text), None) => (public_file::read(text).map_err(|error| error.at("public_key"))?, "public_key"),
        (None, Some(members)) => (ReadJwk::read(members).map_err(|error| error.within("jwk"))?.key, "jwk"),
        _ => return Err(invalid("wanted either public_key or jwk").at("public_key")),
    };
    let checked = issuer.profile.check_key(key.kind()).and_then(|()| key.refuse_roca());
    checked.and_then(|()| refuse_issuers(&key, issuer)).map_err(|error| error.at(at))?;
    Ok(key)
}

/// Whose key everybody knows: of an authority, nobody else holds the private half.
fn refuse_issuers(key: &PublicKey, issuer: &Issuer) -> Result<(), Error> {
    let chain = issuer.authority.chain();
    let is_of = |pem: &String| Certificate::from_pem(pem).is_ok_and(|own| own.spki() == key.spki());
    match issuer.authority.public_key() == key || chain.iter().any(is_of) {
        false => Ok(()),
        true => Err(Error::new(
            ErrorCode::ProfileKeyRefused,
            "found the key of the authority, or of one above it, wanted that of a device",
        )),
    }
}

fn invalid(detail: &str) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use serde_json::json;

    use super::*;
    use crate::{
        jwk::Jwk,
        jwt::algorithm::JwsAlgorithm,
        operation::sign_csr,
        testing::{NOW, both_ways, csr, private_key, subordinate},
    };

    fn pem(key: &str) -> String {
        private_key(key).public_key().to_pem().unwrap()
    }

    fn issue(fields: &Value) -> Result<Issued, Error> {
        let mut request = json!({
            "now": NOW, "seed": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "authority": subordinate(),
            "profile": "device-identity", "public_key": pem("device"), "subject": "CN=dev1",
        });
        for (name, value) in fields.as_object().unwrap() {
            request[name] = value.clone();
        }
        both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys))
    }

    fn refused(fields: &Value) -> (ErrorCode, String) {
        let error = issue(fields).err().unwrap();
        (error.code, error.at.unwrap_or_default())
    }

    /// What `sign_csr` makes of a request with the same key and names, but for the hash of the request.
    #[test]
    fn the_certificate_is_that_of_a_certification_request() {
        let asked = json!({
            "now": NOW, "seed": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "authority": subordinate(),
            "profile": "device-identity", "csr": csr("device", "CN=dev1", &["uri:urn:7"]),
        });
        let signed = both_ways(|keys| sign_csr::run(serde_json::from_value(asked.clone()).unwrap(), keys)).unwrap();
        let issued = issue(&json!({ "subject_alternative_names": ["uri:urn:7"] })).unwrap();
        assert_eq!(issued.certificate, signed.certificate);
        assert_eq!((issued.record.csr_sha256, issued.record.sha256), (None, signed.record.sha256));
    }

    #[test]
    fn a_key_is_taken_in_each_of_its_forms() {
        for id in ["device", "p256", "p384", "ed25519"] {
            let key = private_key(id).public_key().clone();
            let jwk = Jwk::new(&key, "k".into(), JwsAlgorithm::of(key.kind()).unwrap()).unwrap();
            let by_jwk = issue(&json!({ "public_key": null, "jwk": jwk })).unwrap();
            let by_pem = issue(&json!({ "public_key": pem(id) })).unwrap();
            assert_eq!(by_jwk.certificate, by_pem.certificate);
            assert_eq!(by_pem.record.public_key_sha256, key.sha256());
        }
    }

    #[test]
    fn the_profiles_rules_hold() {
        let long = u64::MAX;
        for (fields, code, at) in [
            (json!({ "profile": "scep-ra", "public_key": pem("p256") }), ErrorCode::ProfileKeyRefused, "public_key"),
            (json!({ "public_key": pem("ml-dsa-44") }), ErrorCode::ProfileKeyRefused, "public_key"),
            (json!({ "public_key": pem("issuing") }), ErrorCode::ProfileKeyRefused, "public_key"),
            (json!({ "public_key": pem("root") }), ErrorCode::ProfileKeyRefused, "public_key"),
            (json!({ "profile": "subordinate-ca" }), ErrorCode::FieldInvalid, "profile"),
            (json!({ "public_key": null }), ErrorCode::FieldInvalid, "public_key"),
            (json!({ "public_key": "x" }), ErrorCode::KeyMalformed, "public_key"),
            (json!({ "public_key": null, "jwk": {} }), ErrorCode::JwkMalformed, "jwk.kty"),
            (json!({ "subject": "O=x" }), ErrorCode::ProfileSubjectRefused, "subject"),
            (json!({ "subject": "dev1" }), ErrorCode::NameMalformed, "subject"),
            (json!({ "subject": "CN=Test Issuing" }), ErrorCode::ProfileSubjectRefused, "subject"),
            (json!({ "profile": "tls-server" }), ErrorCode::ProfileAlternativeNameRefused, "subject_alternative_names"),
            (json!({ "validity_seconds": long }), ErrorCode::ProfileValidityRefused, "validity_seconds"),
        ] {
            assert_eq!(refused(&fields), (code, at.to_string()), "{fields}");
        }
    }
}
