//! `sign_ocsp_response`: what is known of some certificates, signed (RFC 6960 4.2), asked for or made beforehand.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt::Write;

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};

use crate::{
    algorithm::DigestAlgorithm,
    authority::{Authority, OpenAuthority},
    base64url::Base64Url,
    crl::{Reason, SerialNumber},
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    ocsp::{
        MAX_CERT_IDS, Nonce,
        cert_id::{CertId, Issuer},
        request::Request as OcspRequest,
        responder::{OpenResponder, Responder},
        response::{Response as OcspResponse, Status},
    },
    validity::{TOLERANCE_SECONDS, check_now},
};

/// What the response is to say.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// Whose certificates it is about.
    pub authority: Authority,
    /// Which of its generations issued them: the current one unless it is said.
    pub generation: Option<u32>,
    /// Who signs in the authority's place; the authority itself if left out.
    pub responder: Option<Responder>,
    /// What is known of each certificate.
    pub responses: Vec<CertificateStatus>,
    /// When it is signed, at most five minutes from `now`; `now` if left out.
    pub produced_at: Option<u64>,
    /// When this was known to be right, at most five minutes after `now`; `now` if left out.
    pub this_update: Option<u64>,
    /// Until when it may be believed, Unix seconds, never after the end of the signer's certificate; if left out, newer
    /// information is there at all times. RFC 5019 wants it.
    pub next_update: Option<u64>,
    /// The request's nonce; without one the response serves everybody.
    pub nonce: Option<Nonce>,
}

/// The status of one certificate.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateStatus {
    /// The CertID of the request, DER.
    pub cert_id: Option<Base64Url>,
    /// Or the serial number in hexadecimal of a certificate of the authority, for a response made beforehand.
    pub serial: Option<SerialNumber>,
    /// With a serial number: the digest of the CertID, `sha1` if left out, which is what most clients ask with.
    pub digest: Option<DigestAlgorithm>,
    /// `good`, `revoked` or `unknown`. Good is only what the authority has issued.
    pub status: StatusName,
    /// When it was revoked, Unix seconds.
    pub revoked_at: Option<u64>,
    /// Why, by its name in RFC 5280 5.3.1.
    pub reason: Option<Reason>,
}

/// What is known of a certificate (RFC 6960 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StatusName {
    /// Issued, and not revoked.
    Good,
    /// Revoked, for good or on hold.
    Revoked,
    /// Not known here.
    Unknown,
}

/// The response.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The generation that it is about.
    pub generation: u32,
    /// DER, of the type application/ocsp-response.
    pub response: Base64Url,
    /// When it was signed, Unix seconds.
    pub produced_at: u64,
    /// When this was known to be right, Unix seconds.
    pub this_update: u64,
    /// Until when it may be believed, Unix seconds.
    pub next_update: Option<u64>,
    /// For a response without nonce about one certificate: what clients append to the responder's address to get
    /// it (RFC 5019 section 5), for hosting it as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get_path: Option<String>,
}

/// Asks the responder's key for one signature over what the caller knows.
///
/// # Errors
/// `OcspResponderUnfit`, `OcspCertIdMalformed`, `OcspCertIdForeign` for good or revoked said of what another
/// issued, `FieldInvalid`, `RequestTooLarge`, `AuthorityInvalid`, `AuthorityOutsideValidity`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let authority = request.authority.open_generation(request.generation)?;
    authority.check_time(request.now)?;
    let responder = match request.responder {
        None => OpenResponder::authority(&authority),
        Some(responder) => OpenResponder::delegated(responder, &authority, request.now)
            .map_err(|error| error.at("responder"))?,
    };
    let this_update = request.this_update.unwrap_or(request.now);
    check_now(this_update, request.now, "this_update")?;
    let produced_at = request.produced_at.unwrap_or(request.now);
    if produced_at.abs_diff(request.now) > TOLERANCE_SECONDS {
        let detail = format_args!("found a response signed at {produced_at}, now is {}", request.now);
        return Err(invalid(detail).at("produced_at").into());
    }
    let statuses =
        statuses(request.responses, &authority, this_update).map_err(|error| error.at("responses"))?;
    // A response that outlives its signer would be hosted as good and believed by nobody.
    let next_update = request.next_update.map(|next| next.min(responder.not_after));
    if next_update.is_some_and(|next| next <= this_update) {
        return Err(invalid("found a next_update that is not after this_update").at("next_update").into());
    }
    let response = OcspResponse {
        produced_at,
        this_update,
        next_update,
        statuses: &statuses,
        nonce: request.nonce.as_ref(),
    };
    let get_path = match statuses.as_slice() {
        [(cert_id, _)] if request.nonce.is_none() => Some(get_path(cert_id)?),
        _ => None,
    };
    Ok(Response {
        generation: authority.value.generation,
        response: Base64Url(response.sign(&responder, keys)?),
        produced_at: response.produced_at,
        this_update,
        next_update: response.next_update,
        get_path,
    })
}

fn statuses(
    responses: Vec<CertificateStatus>,
    authority: &OpenAuthority,
    this_update: u64,
) -> Result<Vec<(CertId, Status)>, Error> {
    if responses.is_empty() {
        return Err(invalid("found no certificate to say something about"));
    }
    if responses.len() > MAX_CERT_IDS {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {} certificates, wanted at most {MAX_CERT_IDS}", responses.len()),
        ));
    }
    if responses.iter().any(|response| response.revoked_at.is_some_and(|at| at > this_update)) {
        return Err(invalid("found a certificate revoked after this_update"));
    }
    let issuer = Issuer::new(&authority.certificate)?;
    let statuses = responses.into_iter().map(|response| response.resolve(&issuer)).collect::<Result<Vec<_>, _>>()?;
    check_agreement(&statuses, &issuer)?;
    Ok(statuses)
}

/// However a certificate is named, there is one thing to say of it.
fn check_agreement(statuses: &[(CertId, Status)], issuer: &Issuer) -> Result<(), Error> {
    let mut said = BTreeMap::new();
    for (cert_id, status) in statuses {
        let own = cert_id.serial.filter(|_| cert_id.is_issued_by(issuer));
        let name = own.ok_or(cert_id.der.as_slice());
        if said.insert(name, status).is_some_and(|before| before != status) {
            return Err(invalid("found one certificate with two statuses"));
        }
    }
    Ok(())
}

impl CertificateStatus {
    fn resolve(self, issuer: &Issuer) -> Result<(CertId, Status), Error> {
        let status = self.status()?;
        let cert_id = match (self.cert_id, self.serial, self.digest) {
            (Some(cert_id), None, None) => CertId::from_der(&cert_id.0)?,
            (None, Some(serial), digest) => CertId::new(known_digest(digest)?, issuer, serial)?,
            _ => return Err(invalid("wanted a cert_id, or a serial with or without a digest")),
        };
        if self.status != StatusName::Unknown && !cert_id.is_issued_by(issuer) {
            return Err(Error::new(
                ErrorCode::OcspCertIdForeign,
                "found a certificate that the authority did not issue, of which it knows nothing",
            ));
        }
        Ok((cert_id, status))
    }

    fn status(&self) -> Result<Status, Error> {
        match (self.status, self.revoked_at, self.reason) {
            (StatusName::Good, None, None) => Ok(Status::Good),
            (StatusName::Unknown, None, None) => Ok(Status::Unknown),
            (StatusName::Revoked, _, Some(Reason::RemoveFromCrl)) => {
                Err(invalid("found the reason removeFromCRL, which means that it is not revoked"))
            }
            (StatusName::Revoked, Some(at), reason) => {
                Ok(Status::Revoked { at, reason: reason.unwrap_or_default() })
            }
            (StatusName::Revoked, None, _) => Err(invalid("found a revoked certificate without revoked_at")),
            _ => Err(invalid("found revoked_at or reason of a certificate that is not revoked")),
        }
    }
}

/// MD5 is not for this; every client knows one of the others.
fn known_digest(digest: Option<DigestAlgorithm>) -> Result<DigestAlgorithm, Error> {
    match digest.unwrap_or(DigestAlgorithm::Sha1) {
        DigestAlgorithm::Md5 => Err(invalid("found the digest md5, wanted sha1 or sha256")),
        digest => Ok(digest),
    }
}

/// The base64 of the request that asks this, as it stands in a path.
fn get_path(cert_id: &CertId) -> Result<String, Error> {
    let base64 = Base64::encode_string(&OcspRequest::plain(cert_id)?);
    Ok(base64.chars().fold(String::new(), |mut path, character| {
        match character {
            '+' | '/' | '=' => {
                let _ = write!(path, "%{:02X}", u32::from(character));
            }
            plain => path.push(plain),
        }
        path
    }))
}

fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        certificate::Certificate,
        extension,
        key::PrivateKey,
        operation::sign_csr,
        profile::ProfileChoice,
        seed::Seed,
        testing::{NOW, authority, both_ways, csr, private_key, resigned, resigned_with_sha1, root, subordinate},
    };

    fn fields(more: &Value) -> Value {
        let mut fields = json!({
            "now": NOW, "authority": subordinate(), "responses": [{ "serial": "5a01", "status": "good" }],
        });
        for (name, value) in more.as_object().unwrap() {
            fields[name] = value.clone();
        }
        fields
    }

    fn sign(more: &Value) -> Result<Response, Error> {
        let fields = fields(more);
        both_ways(|keys| run(serde_json::from_value(fields.clone()).unwrap(), keys))
    }

    fn refusal(more: &Value) -> (ErrorCode, String) {
        let error = sign(more).err().unwrap();
        (error.code, error.at.unwrap_or_default())
    }

    /// A certificate of the profile `ocsp-signer` for a test key.
    fn signer(authority: &Authority, key: &str, profile: &str) -> String {
        let request = || sign_csr::Request {
            now: NOW,
            seed: Seed::new([7; 32]),
            authority: authority.clone(),
            generation: None,
            profile: ProfileChoice::Named(profile.into()),
            csr: csr(key, "CN=OCSP", &[]),
            subject: None,
            subject_alternative_names: None,
            validity_seconds: None,
        };
        both_ways(|keys| sign_csr::run(request(), keys)).unwrap().certificate
    }

    #[test]
    fn responses_are_signed_by_who_may() {
        let own = Certificate::from_pem(&subordinate().certificate).unwrap();
        let delegated = signer(&subordinate(), "p256", "ocsp-signer");
        let certificate = Certificate::from_pem(&delegated).unwrap();
        let no_check = certificate.extensions().iter().find(|own| own.extn_id == const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK);
        assert_eq!(no_check.map(|own| own.extn_value.as_bytes()), Some(&[5, 0][..]));
        let of_authority = sign(&json!({})).unwrap();
        let responder = json!({ "responder": { "key": "p256", "certificate": delegated } });
        let of_delegated = sign(&responder).unwrap();
        for (response, signer) in [(of_authority, own), (of_delegated, certificate)] {
            let key = signer.public_key().unwrap();
            let (content, signature) = crate::ocsp::response::signed_part(&response.response.0);
            key.verify(key.signature_scheme().algorithm(), &content, &signature).unwrap();
        }
    }

    #[test]
    fn a_responder_needs_the_authoritys_word() {
        let refused = |key: &str, certificate: String| {
            refusal(&json!({ "responder": { "key": key, "certificate": certificate } }))
        };
        let unfit = (ErrorCode::OcspResponderUnfit, String::from("responder"));
        assert_eq!(refused("p256", signer(&root(), "p256", "ocsp-signer")), unfit, "another's");
        assert_eq!(refused("device", signer(&subordinate(), "device", "device-identity")), unfit, "a device");
        let sound = Certificate::from_pem(&signer(&subordinate(), "p256", "ocsp-signer")).unwrap();
        let issuing: PrivateKey = private_key("issuing");
        let usage = extension::key_usage(&[extension::KeyUsageName::KeyAgreement]).unwrap();
        let silent = resigned(&sound, &issuing, |tbs| {
            for own in tbs.extensions.iter_mut().flatten().filter(|own| own.extn_id == usage.extn_id) {
                *own = usage.clone();
            }
        });
        assert_eq!(refused("p256", silent.to_pem().unwrap()), unfit, "no signatures");
        let old = resigned_with_sha1(&sound, &issuing, |_| ());
        assert_eq!(refused("p256", old.to_pem().unwrap()), unfit, "signed with SHA-1");
        let forged = resigned(&sound, &private_key("other"), |_| ());
        assert_eq!(refused("p256", forged.to_pem().unwrap()), unfit, "signed by another");
        let late = refusal(&json!({
            "now": NOW + 31 * 86_400, "responder": { "key": "p256", "certificate": sound.to_pem().unwrap() },
        }));
        assert_eq!(late, unfit, "too late");
    }

    #[test]
    fn a_response_made_beforehand_says_where_clients_look_for_it() {
        let response = sign(&json!({ "next_update": NOW + 86_400 })).unwrap();
        let path = response.get_path.unwrap();
        assert!(path.starts_with("M") && !path.contains(['/', '+', '=']), "{path}");
        let base64 = path.replace("%2F", "/").replace("%2B", "+").replace("%3D", "=");
        let request = OcspRequest::from_der(&Base64::decode_vec(&base64).unwrap()).unwrap();
        let serial = SerialNumber::parse("5a01");
        assert_eq!(request.cert_ids.iter().map(|cert_id| cert_id.serial).collect::<Vec<_>>(), [serial]);
        assert_eq!(sign(&json!({ "nonce": "AAAA" })).unwrap().get_path, None);
    }

    #[test]
    fn nothing_is_said_of_the_certificates_of_others() {
        let issuer = Issuer::new(&Certificate::from_pem(&root().certificate).unwrap()).unwrap();
        let cert_id = CertId::new(DigestAlgorithm::Sha256, &issuer, SerialNumber::parse("7").unwrap()).unwrap();
        let cert_id = Base64Url(cert_id.der);
        let said = |status: &str, more: Value| {
            let mut response = json!({ "cert_id": cert_id, "status": status });
            for (name, value) in more.as_object().unwrap() {
                response[name] = value.clone();
            }
            json!({ "responses": [response] })
        };
        let foreign = (ErrorCode::OcspCertIdForeign, String::from("responses"));
        assert_eq!(refusal(&said("good", json!({}))), foreign);
        assert_eq!(refusal(&said("revoked", json!({ "revoked_at": NOW }))), foreign);
        assert!(sign(&said("unknown", json!({}))).is_ok());
    }

    #[test]
    fn fields_that_contradict_each_other_are_refused() {
        let one = |response: Value| refusal(&json!({ "responses": [response] }));
        let invalid = (ErrorCode::FieldInvalid, String::from("responses"));
        for wrong in [
            json!({ "serial": "1", "status": "good", "revoked_at": NOW }),
            json!({ "serial": "1", "status": "revoked" }),
            json!({ "serial": "1", "status": "revoked", "revoked_at": NOW, "reason": "removeFromCRL" }),
            json!({ "serial": "1", "status": "revoked", "revoked_at": NOW * 1000 }),
            json!({ "serial": "1", "status": "unknown", "reason": "superseded" }),
            json!({ "serial": "1", "status": "good", "digest": "md5" }),
            json!({ "status": "good" }),
        ] {
            assert_eq!(one(wrong.clone()), invalid, "{wrong}");
        }
        let malformed = (ErrorCode::OcspCertIdMalformed, String::from("responses"));
        assert_eq!(one(json!({ "cert_id": "MAA", "status": "good" })), malformed);
        assert_eq!(refusal(&json!({ "responses": [] })), invalid);
        let many: Vec<Value> = (0..=MAX_CERT_IDS).map(|_| json!({ "serial": "1", "status": "good" })).collect();
        assert_eq!(refusal(&json!({ "responses": many })).0, ErrorCode::RequestTooLarge);
        let early = refusal(&json!({ "next_update": NOW }));
        assert_eq!(early, (ErrorCode::FieldInvalid, "next_update".into()));
        for (field, time) in [("this_update", NOW + 301), ("produced_at", NOW + 301), ("produced_at", NOW - 301)] {
            assert_eq!(refusal(&json!({ field: time })), (ErrorCode::FieldInvalid, field.into()), "{time}");
        }
        assert!(sign(&json!({ "this_update": NOW - 86_400, "produced_at": NOW - 300 })).is_ok());
        let revoked = |at: u64| json!({ "serial": "1", "digest": "sha256", "status": "revoked", "revoked_at": at });
        let two = |one: Value, other: Value| json!({ "responses": [one, { "serial": "2", "status": "good" }, other] });
        let good = json!({ "serial": "1", "status": "good" });
        assert_eq!(refusal(&two(good.clone(), revoked(NOW))), invalid);
        assert_eq!(refusal(&two(revoked(NOW - 1), revoked(NOW))), invalid);
        assert_eq!(refusal(&two(good.clone(), json!({ "serial": "01", "status": "unknown" }))), invalid);
        assert!(sign(&two(good.clone(), good)).is_ok(), "asked twice, answered twice");
        let end = Certificate::from_pem(&subordinate().certificate).unwrap().not_after();
        assert_eq!(sign(&json!({ "next_update": end + 1 })).unwrap().next_update, Some(end));
        let delegated = signer(&subordinate(), "p256", "ocsp-signer");
        let own_end = Certificate::from_pem(&delegated).unwrap().not_after();
        let year = json!({
            "next_update": NOW + 365 * 86_400, "responder": { "key": "p256", "certificate": delegated },
        });
        assert_eq!(sign(&year).unwrap().next_update, Some(own_end));
        assert_eq!(one(json!({ "serial": "1", "status": "revoked", "revoked_at": NOW + 1 })), invalid);
        let late = refusal(&json!({ "now": NOW + 40 * 365 * 86_400 }));
        assert_eq!(late.0, ErrorCode::AuthorityOutsideValidity);
    }

    #[test]
    fn every_kind_of_key_signs_responses() {
        for key in ["root", "p256", "p384", "ed25519", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] {
            assert!(sign(&json!({ "authority": authority(key, "CN=Test", None) })).is_ok());
        }
    }
}
