//! `scep_read_ca_certificates`: what a client takes from a GetCACert response (RFC 8894 section 4.2.1).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use x509_cert::ext::pkix::KeyUsage;

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{ber, certificates_only},
    error::{Error, ErrorCode},
    issuer::{is_authority, is_issued_by, may_register},
    keys::{Halt, Keys},
    path::{self, Strength},
};

/// The HTTP response's body.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// One certificate in DER, or a certificates-only message.
    pub body: Base64Url,
    /// SHA-256 in hexadecimal of the certificate to trust, known in another way. What does not lead to
    /// it is left out: a bundle of the right root and a stranger's registration authority gives nobody a
    /// challenge password.
    #[serde(default)]
    pub trusted_sha256: Option<String>,
    /// Whether less than today's signatures and keys will do for the certificates.
    #[serde(default)]
    pub strength: Strength,
}

/// The certificates, and which of them is for what. Without `trusted_sha256`, all of it is as
/// trustworthy as the transport: compare `sha256` of the authority with a fingerprint that came
/// another way.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// All of them (PEM), in the order sent.
    pub certificates: Vec<String>,
    /// The one to encrypt requests for.
    pub encryption: String,
    /// The one that signs replies.
    pub signature: String,
    /// The authority that issues.
    pub authority: String,
    /// SHA-256 of each certificate in hexadecimal, in the same order.
    pub sha256: Vec<String>,
    /// Those that cross from one key of an authority to another (RFC 4210 section 4.4): for paths, not to be trusted
    /// for themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cross_certificates: Vec<String>,
    /// Those that do not lead to the one to trust, and why not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A certificate that was left out.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// SHA-256 of it in hexadecimal.
    pub sha256: String,
    /// The code of what stopped its path, such as `path_algorithm_refused`.
    pub code: ErrorCode,
    /// The same in words.
    pub detail: String,
}

/// Reads the body and tells the certificates apart by key usage, not by position.
///
/// # Errors
/// `CmsMalformed`, `RequestTooLarge`; `AuthorityInvalid` if the certificate to trust is not there, or none
/// is one to encrypt for.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let der = ber::to_der(&request.body.0).map_err(|error| error.at("body"))?;
    let certificates = match Certificate::from_der(&der) {
        Ok(certificate) => alloc::vec![certificate],
        Err(_) => certificates_only::read(&der).map_err(|error| error.at("body"))?,
    };
    let (certificates, left_out) = match &request.trusted_sha256 {
        None => (certificates, Vec::new()),
        Some(sha256) => trusted(&certificates, sha256, request.strength)
            .map_err(|error| error.at("trusted_sha256"))?,
    };
    Ok(Response { left_out, ..tell_apart(&certificates, request.strength)? })
}

/// Which of the certificates is for what.
///
/// # Errors
/// `AuthorityInvalid` if none is an authority's or a registration authority's.
pub(super) fn tell_apart(certificates: &[Certificate], strength: Strength) -> Result<Response, Error> {
    let (crossing, own): (Vec<_>, Vec<_>) =
        certificates.iter().partition(|one| is_crossing(one, certificates));
    let fit: Vec<_> = own.iter().copied().filter(|one| is_authority(one) || may_register(one)).collect();
    let encryption = choose(&fit, KeyUsage::key_encipherment)?;
    let signature = choose(&fit, KeyUsage::digital_signature)?;
    let authority = authority_of(signature, &own, strength);
    Ok(Response {
        encryption: encryption.to_pem()?,
        signature: signature.to_pem()?,
        authority: authority.to_pem()?,
        sha256: certificates.iter().map(Certificate::sha256).collect(),
        certificates: certificates.iter().map(Certificate::to_pem).collect::<Result<_, _>>()?,
        cross_certificates: crossing.into_iter().map(Certificate::to_pem).collect::<Result<_, _>>()?,
        left_out: Vec::new(),
    })
}

/// Whether another of an authority's keys signed it, and the key's own certificate is there too.
fn is_crossing(certificate: &Certificate, certificates: &[Certificate]) -> bool {
    let is_of_the_key = |other: &&Certificate| {
        *other != certificate
            && other.subject() == certificate.subject()
            && other.spki() == certificate.spki()
            && other.is_self_signed()
    };
    is_authority(certificate)
        && certificate.is_self_issued()
        && certificates.iter().any(|other| is_of_the_key(&other))
        && !certificate.is_self_signed()
}

/// The trusted certificate and all from which a path leads to it, in their order; then the others.
fn trusted(
    certificates: &[Certificate],
    sha256: &str,
    strength: Strength,
) -> Result<(Vec<Certificate>, Vec<LeftOut>), Error> {
    let trusted = certificates.iter().find(|one| one.sha256() == sha256).ok_or_else(|| {
        let detail = "found no certificate with this fingerprint among the server's";
        Error::new(ErrorCode::AuthorityInvalid, detail)
    })?;
    let (mut leading, mut left_out) = (Vec::new(), Vec::new());
    for one in certificates {
        let found = if one == trusted { Ok(()) } else { path::find(one, certificates, trusted, strength) };
        match found {
            Ok(()) => leading.push(one.clone()),
            Err(error) => left_out.push(LeftOut { sha256: one.sha256(), code: error.code, detail: error.detail }),
        }
    }
    Ok((leading, left_out))
}

/// A registration authority that may do it, else an authority that does it itself.
fn choose<'a>(fit: &[&'a Certificate], usage: fn(&KeyUsage) -> bool) -> Result<&'a Certificate, Error> {
    let may = |certificate: &Certificate| match certificate.extension::<KeyUsage>() {
        Ok(found) => found.as_ref().is_none_or(usage),
        Err(_) => false,
    };
    let registration = fit.iter().find(|certificate| !is_authority(certificate) && may(certificate));
    let found = registration.or_else(|| fit.iter().find(|certificate| may(certificate))).or_else(|| fit.first());
    found.copied().ok_or_else(|| {
        let detail = "found neither an authority nor a registration authority among the certificates";
        Error::new(ErrorCode::AuthorityInvalid, detail).at("body")
    })
}

/// The one that issued `certificate`; itself, where it is an authority or alone.
fn authority_of<'a>(
    certificate: &'a Certificate,
    certificates: &[&'a Certificate],
    strength: Strength,
) -> &'a Certificate {
    if is_authority(certificate) {
        return certificate;
    }
    let issued = |candidate: &&Certificate| is_authority(candidate) && is_issued_by(certificate, candidate, strength);
    certificates.iter().copied().find(issued).unwrap_or(certificate)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        extension,
        scep::fixture::{base64url, error, ok, private_key, text},
        testing::{resigned, resigned_with_sha1},
    };

    fn read(certificates: &[&str]) -> Value {
        let certificates: alloc::vec::Vec<_> = certificates.iter().map(|name| text(name)).collect();
        let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": certificates}));
        ok(&json!({"op": "scep_read_ca_certificates", "body": written["body"]}))
    }

    #[test]
    fn key_usage_tells_them_apart_in_any_order() {
        for order in [["ra.pem", "ca.pem"], ["ca.pem", "ra.pem"]] {
            let read = read(&order);
            assert_eq!(read["encryption"], text("ra.pem"));
            assert_eq!(read["signature"], text("ra.pem"));
            assert_eq!(read["authority"], text("ca.pem"));
            assert_eq!(read["certificates"], json!(order.map(text)));
            assert_eq!(read["sha256"].as_array().unwrap().len(), 2);
        }
    }

    #[test]
    fn an_authority_alone_does_everything() {
        for alone in ["ca.pem", "client-v1.pem"] {
            let read = read(&[alone]);
            for role in ["encryption", "signature", "authority"] {
                assert_eq!(read[role], text(alone), "{alone} {role}");
            }
        }
    }

    fn read_trusting(certificates: &[&str], trusted: &str) -> Value {
        let sent: alloc::vec::Vec<_> = certificates.iter().map(|name| text(name)).collect();
        let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": sent}));
        let position = certificates.iter().position(|name| *name == trusted).unwrap();
        let sha256 = read(certificates)["sha256"][position].clone();
        ok(&json!({"op": "scep_read_ca_certificates", "body": written["body"], "trusted_sha256": sha256}))
    }

    #[test]
    fn what_does_not_lead_to_the_trusted_one_is_left_out() {
        let all = ["client-v1.pem", "ra.pem", "ca.pem"];
        let read = read_trusting(&all, "ca.pem");
        assert_eq!(read["certificates"], json!(["ra.pem", "ca.pem"].map(text)));
        assert_eq!(read["encryption"], text("ra.pem"));
        let leaf = read_trusting(&all, "ra.pem");
        assert_eq!(leaf["certificates"], json!([text("ra.pem")]), "a leaf makes nothing else trusted");
    }

    /// The registration authority of an old NDES: who wants it asks for it.
    #[test]
    fn a_weak_one_is_left_out_unless_it_is_asked_for() {
        let ra = Certificate::from_pem(&text("ra.pem")).unwrap();
        let old = resigned_with_sha1(&ra, &private_key("ca"), |_| ());
        let sent = [old.to_pem().unwrap(), text("ca.pem")];
        let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": sent}));
        let ca = Certificate::from_pem(&text("ca.pem")).unwrap();
        let mut request = json!({
            "op": "scep_read_ca_certificates", "body": written["body"], "trusted_sha256": ca.sha256(),
        });
        let strict = ok(&request);
        assert_eq!((&strict["certificates"], &strict["encryption"]), (&json!(sent[1..]), &json!(sent[1])));
        let left_out = &strict["left_out"][0];
        assert_eq!((&left_out["sha256"], &left_out["code"]), (&json!(old.sha256()), &json!("path_algorithm_refused")));
        assert!(left_out["detail"].as_str().unwrap().contains("SHA-1"), "{left_out}");
        request["strength"] = json!({"allow_sha1": true});
        let lenient = ok(&request);
        assert_eq!((&lenient["certificates"], &lenient["signature"]), (&json!(sent), &json!(sent[0])));
        assert_eq!(lenient.get("left_out"), None);
        // Whoever is trusted: the one that issued it is not known by a signature that counts for nothing.
        request["trusted_sha256"] = Value::Null;
        assert_eq!(ok(&request)["authority"], sent[1]);
        request["strength"] = json!({});
        assert_eq!(ok(&request)["authority"], sent[0]);
    }

    /// Names and signatures lead to the root, but the issuing authority may have no authority below it.
    #[test]
    fn what_no_path_allows_is_left_out() {
        let of = |authority: crate::authority::Authority| Certificate::from_pem(&authority.certificate).unwrap();
        let (root, issuing) = (of(crate::testing::root()), of(crate::testing::subordinate()));
        let further = of(crate::testing::authority("other", "CN=Further", None));
        let further = resigned(&further, &crate::testing::private_key("issuing"), |tbs| {
            tbs.issuer = der::asn1::AnyRef::try_from(issuing.subject()).unwrap();
        });
        let registration = Certificate::from_pem(&text("ra.pem")).unwrap();
        let registration = resigned(&registration, &crate::testing::private_key("other"), |tbs| {
            tbs.issuer = der::asn1::AnyRef::try_from(further.subject()).unwrap();
        });
        let sent = [&registration, &further, &issuing, &root].map(|one| one.to_pem().unwrap());
        let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": sent}));
        let request = json!({
            "op": "scep_read_ca_certificates", "body": written["body"], "trusted_sha256": root.sha256(),
        });
        assert_eq!(ok(&request)["certificates"], json!(sent[1..]));
    }

    /// The certificate of a device has a registration authority's issuer and key usage.
    #[test]
    fn a_device_is_no_registration_authority() {
        let ra = Certificate::from_pem(&text("ra.pem")).unwrap();
        let told = |purposes: &[&str]| {
            let purposes: Vec<_> = purposes.iter().map(|&oid| oid.into()).collect();
            let device = resigned(&ra, &private_key("ca"), |tbs| {
                let usage = extension::extended_key_usage(&purposes).unwrap();
                let extensions = tbs.extensions.get_or_insert_default();
                extensions.retain(|extension| extension.extn_id != usage.extn_id);
                extensions.push(usage);
            })
            .to_pem()
            .unwrap();
            let sent = [&device, &text("ca.pem")];
            let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": sent}));
            let read = ok(&json!({"op": "scep_read_ca_certificates", "body": written["body"]}));
            assert_eq!(read["encryption"], read["signature"]);
            read["encryption"] == device
        };
        const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
        assert!(!told(&[CLIENT_AUTH]));
        assert!(!told(&["1.3.6.1.5.5.7.3.1", CLIENT_AUTH]));
        for purpose in ["1.3.6.1.4.1.311.20.2.1", "1.3.6.1.5.5.7.3.28", "2.5.29.37.0"] {
            assert!(told(&[CLIENT_AUTH, purpose]), "{purpose}");
        }
    }

    #[test]
    fn another_fingerprint_is_refused() {
        let written = ok(&json!({"op": "scep_write_ca_certificates", "certificates": [text("ca.pem")]}));
        let request =
            json!({"op": "scep_read_ca_certificates", "body": written["body"], "trusted_sha256": "00"});
        assert_eq!(error(&request), "authority_invalid");
    }

    #[test]
    fn what_holds_no_certificate_is_refused() {
        for body in [&b""[..], b"<html>", b"\x30\x80\0\0"] {
            let code = error(&json!({"op": "scep_read_ca_certificates", "body": base64url(body)}));
            assert_eq!(code, "cms_malformed");
        }
    }
}
