//! `verify_path`: does this certificate lead to a trust anchor, now, for this purpose, under this name? (RFC 5280 6)

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    keys::{Halt, Keys},
    path::{
        Decision, Identity, Policy, Purpose,
        anchor::AnchorRequest,
        material::{Material, each, limit},
    },
};

/// The most names of one request.
const MAX_IDENTITIES: usize = 32;

/// What to verify, and against what.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The certificate in question, PEM.
    pub certificate: String,
    /// Certificates that the path may go through, PEM, in any order, more than are needed too.
    #[serde(default)]
    pub intermediates: Vec<String>,
    /// Where the path may end.
    pub anchors: Vec<AnchorRequest>,
    /// Revocation lists, PEM: full ones and deltas, of anybody.
    #[serde(default)]
    pub crls: Vec<String>,
    /// OCSP responses, DER.
    #[serde(default)]
    pub ocsp_responses: Vec<Base64Url>,
    /// What the certificate is to be used for.
    #[serde(default)]
    pub purpose: Purpose,
    /// Names of which it must have one: `dns:`, `ip:`, `email:`, `uri:`, `upn:`, `directory:` and the value. Whatever
    /// its names if there are none.
    #[serde(default)]
    pub identities: Vec<String>,
    /// How strict to be.
    #[serde(default)]
    pub policy: Policy,
}

/// The path and what was decided on the way.
pub type Response = Decision;

/// Builds and validates paths (RFC 5280 6, RFC 9618), checks purpose, names (RFC 9525) and revocation (RFC 5280 6.3,
/// RFC 6960).
///
/// # Errors
/// Those of the family `path_…`, `at` naming the certificate that it is about: of all paths that failed, that of the
/// one that came furthest. The parse errors of what the request holds.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    limit(request.identities.len(), MAX_IDENTITIES, "identities")?;
    let certificate = Certificate::from_pem(&request.certificate).map_err(|error| error.at("certificate"))?;
    let material =
        Material::read(request.intermediates, request.anchors, request.crls, request.ocsp_responses)?;
    let identities = each(request.identities, "identities", |text| Identity::parse(&text))?;
    Ok(material.verify(request.now, &certificate, request.purpose, &identities, &request.policy)?)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use const_oid::db::rfc5280;
    use der::asn1::{ObjectIdentifier, OctetString};
    use x509_cert::ext::{
        Extension,
        pkix::{BasicConstraints, ExtendedKeyUsage, NameConstraints, constraints::name::GeneralSubtree},
    };

    use super::*;
    use crate::{
        alternative_name,
        error::{Error, ErrorCode},
        extension,
        keys::KeyRing,
        operation::sign_csr,
        testing::{NOW, authority, private_key, resigned, root, subordinate},
    };

    fn certificate(pem: &str) -> Certificate {
        Certificate::from_pem(pem).unwrap()
    }

    /// Below `subordinate`, with the key `device`.
    fn leaf(extensions: Vec<Extension>) -> Certificate {
        let issuer = certificate(&subordinate().certificate);
        let (subject, key) = (crate::distinguished_name::parse("CN=leaf").unwrap(), private_key("device"));
        let identifier = extension::authority_key_identifier(&subordinate().subject_key_identifier.0).unwrap();
        let parts = (issuer.subject().to_vec(), subject, key.public_key().spki().to_vec());
        let template = issuer.clone();
        resigned(&template, &private_key("issuing"), |tbs| {
            tbs.issuer = der::Decode::from_der(Vec::leak(parts.0)).unwrap();
            tbs.subject = der::Decode::from_der(Vec::leak(parts.1)).unwrap();
            tbs.subject_public_key_info = der::Decode::from_der(Vec::leak(parts.2)).unwrap();
            tbs.extensions = Some([vec![identifier], extensions].concat());
        })
    }

    fn request(certificate: &Certificate) -> Request {
        Request {
            now: NOW,
            certificate: certificate.to_pem().unwrap(),
            intermediates: vec![subordinate().certificate],
            anchors: vec![anchor(root().certificate)],
            crls: Vec::new(),
            ocsp_responses: Vec::new(),
            purpose: Purpose::Any,
            identities: Vec::new(),
            policy: Policy::default(),
        }
    }

    fn anchor(certificate: String) -> AnchorRequest {
        AnchorRequest { certificate: Some(certificate), ..AnchorRequest::default() }
    }

    fn verified(request: Request) -> Result<Decision, Error> {
        run(request, &mut Keys::new(&KeyRing::new(), Vec::new())).map_err(|halt| match halt {
            Halt::Error(error) => error,
            Halt::Needs(question) => panic!("{question:?}"),
        })
    }

    fn refused(request: Request) -> (ErrorCode, String) {
        let error = verified(request).unwrap_err();
        (error.code, error.at.unwrap_or_default())
    }

    fn names(texts: &[&str]) -> Extension {
        let names = texts.iter().map(|text| alternative_name::parse(text).unwrap()).collect();
        extension::subject_alternative_names(names, false).unwrap()
    }

    #[test]
    fn the_path_is_told_from_the_leaf_to_the_anchor() {
        let stranger = authority("other", "CN=Stranger", None).certificate;
        let own = leaf(vec![names(&["dns:*.a.example"])]);
        let decision = verified(Request {
            intermediates: vec![stranger, root().certificate, subordinate().certificate],
            identities: vec!["dns:x.example".into(), "dns:y.a.example".into()],
            ..request(&own)
        })
        .unwrap();
        let places: Vec<_> = decision.path.iter().map(|own| own.from.as_str()).collect();
        assert_eq!(places, ["certificate", "intermediates.2", "anchors.0"]);
        assert_eq!(decision.identity.as_deref(), Some("dns:y.a.example"));
        assert_eq!(decision.path[0].revocation.as_ref().unwrap().status, "unknown");
        assert_eq!(decision.weakest.digest, Some(crate::algorithm::DigestAlgorithm::Sha256));
    }

    #[test]
    fn each_rule_is_told_with_the_certificate_that_breaks_it() {
        let plain = leaf(vec![names(&["dns:a.example"])]);
        let unknown = Extension {
            extn_id: ObjectIdentifier::new_unwrap("1.2.3"),
            critical: true,
            extn_value: OctetString::new(vec![5, 0]).unwrap(),
        };
        let client = extension::extension(false, &ExtendedKeyUsage(vec![rfc5280::ID_KP_CLIENT_AUTH])).unwrap();
        let two = extension::extension(true, &BasicConstraints { ca: false, path_len_constraint: Some(0) }).unwrap();
        let cases = [
            (Request { intermediates: Vec::new(), ..request(&plain) }, ErrorCode::PathNotFound, "certificate"),
            (Request { now: 0, ..request(&plain) }, ErrorCode::PathCertificateNotYetValid, "anchors.0"),
            (request(&leaf(vec![unknown])), ErrorCode::PathCriticalExtensionUnknown, "certificate"),
            (request(&leaf(vec![two])), ErrorCode::PathCertificateInvalid, "certificate"),
            (
                Request { purpose: Purpose::TlsServer, ..request(&leaf(vec![client])) },
                ErrorCode::PathPurposeRefused,
                "certificate",
            ),
            (
                Request { policy: Policy { max_depth: 0, ..Policy::default() }, ..request(&plain) },
                ErrorCode::PathLengthExceeded,
                "intermediates.0",
            ),
            (
                Request { anchors: vec![anchor(authority("other", "CN=Test Root", None).certificate)], ..request(&plain) },
                ErrorCode::PathSignatureInvalid,
                "intermediates.0",
            ),
            (
                Request { identities: vec!["dns:b.example".into()], ..request(&plain) },
                ErrorCode::PathIdentityMismatch,
                "certificate",
            ),
            (
                Request {
                    intermediates: vec![subordinate().certificate, "x".into()],
                    ..request(&plain)
                },
                ErrorCode::PemMalformed,
                "intermediates.1",
            ),
        ];
        for (request, code, at) in cases {
            assert_eq!(refused(request), (code, at.into()));
        }
    }

    #[test]
    fn an_authority_may_issue() {
        let issuing = certificate(&subordinate().certificate);
        let asked = |own: &Certificate, intermediates: Vec<String>| Request {
            purpose: Purpose::Authority,
            intermediates,
            ..request(own)
        };
        assert!(verified(asked(&issuing, Vec::new())).is_ok());
        let web = Policy { rules: crate::path::Rules::WebPki, ..Policy::default() };
        assert!(verified(Request { policy: web, ..asked(&issuing, Vec::new()) }).is_ok());
        let none = refused(asked(&leaf(vec![names(&["dns:a.example"])]), vec![subordinate().certificate]));
        assert_eq!(none, (ErrorCode::PathIssuerUnfit, "certificate".into()));
        // The path length of the issuing authority is 0.
        let further = certificate(&authority("other", "CN=Further", None).certificate);
        let further = resigned(&further, &private_key("issuing"), |tbs| {
            tbs.issuer = der::Decode::from_der(issuing.subject()).unwrap();
            let identifier = extension::authority_key_identifier(&subordinate().subject_key_identifier.0);
            tbs.extensions.as_mut().unwrap().push(identifier.unwrap());
        });
        let below = || asked(&further, vec![subordinate().certificate]);
        assert_eq!(refused(below()), (ErrorCode::PathLengthExceeded, "certificate".into()));
        assert!(verified(Request { purpose: Purpose::Any, ..below() }).is_ok());
    }

    /// RFC 5280 6.1.4 n lets an issuer without key usage through, 4.2.1.3 wants one; 4.1.2.4 and 4.1.2.6 want text.
    #[test]
    fn what_section_4_wants_of_issuers_and_names() {
        let above = certificate(&subordinate().certificate);
        let silent = resigned(&above, &private_key("root"), |tbs| {
            tbs.extensions.as_mut().unwrap().retain(|own| own.extn_id != rfc5280::ID_CE_KEY_USAGE);
        });
        let own = leaf(vec![names(&["dns:a.example"])]);
        let name = [&[0x30, 15, 0x31, 13, 0x30, 11, 6, 3, 0x55, 4, 3, 12, 4][..], b"\xff\xfe\xfd\xfc"].concat();
        let name: &[u8] = Vec::leak(name);
        let named = |name: &'static [u8]| {
            resigned(&own, &private_key("issuing"), |tbs| tbs.subject = der::Decode::from_der(name).unwrap())
        };
        let (unreadable, empty) = (named(name), named(b"\x30\x02\x31\x00"));
        let path = || Policy { rules: crate::path::Rules::Path, ..Policy::default() };
        let without = || Request { intermediates: vec![silent.to_pem().unwrap()], ..request(&own) };
        let (with_name, with_nothing) = (|| request(&unreadable), || request(&empty));
        let cases: [(&dyn Fn() -> Request, &str, &str); 3] = [
            (&without, "intermediates.0", "4.2.1.3"),
            (&with_name, "certificate", "4.1.2.6"),
            (&with_nothing, "certificate", "4.1.2.4"),
        ];
        for (asked, at, section) in cases {
            let error = verified(asked()).unwrap_err();
            assert_eq!((error.code, error.at.as_deref()), (ErrorCode::PathCertificateInvalid, Some(at)));
            assert!(error.detail.contains(section), "{error}");
            assert!(verified(Request { policy: path(), ..asked() }).is_ok(), "{section}");
        }
        let root = certificate(&root().certificate);
        let root = resigned(&root, &private_key("root"), |tbs| {
            tbs.extensions.as_mut().unwrap().retain(|own| own.extn_id != rfc5280::ID_CE_KEY_USAGE);
        });
        let old = Request { anchors: vec![anchor(root.to_pem().unwrap())], ..request(&own) };
        assert!(verified(old).is_ok(), "anchors are as they are");
    }

    #[test]
    fn names_are_within_what_issuers_allow() {
        let subtree = |text| GeneralSubtree { base: alternative_name::parse(text).unwrap(), minimum: 0, maximum: None };
        let constraints = NameConstraints {
            permitted_subtrees: Some(vec![subtree("dns:example")]),
            excluded_subtrees: Some(vec![subtree("dns:b.example")]),
        };
        let constraints = extension::extension(true, &constraints).unwrap();
        let above = certificate(&subordinate().certificate);
        let limited = resigned(&above, &private_key("root"), |tbs| tbs.extensions.as_mut().unwrap().push(constraints));
        let asked = |name: &str| Request {
            intermediates: vec![limited.to_pem().unwrap()],
            ..request(&leaf(vec![names(&[name])]))
        };
        assert!(verified(asked("dns:a.example")).is_ok());
        assert!(verified(asked("email:a@b.test")).is_ok(), "another form");
        for name in ["dns:a.test", "dns:x.b.example", "dns:*.example"] {
            assert_eq!(refused(asked(name)).0, ErrorCode::PathNameConstraintViolated, "{name}");
        }
    }

    /// An address in the subject is read by whoever shows the certificate, alternative names or not.
    #[test]
    fn addresses_in_the_subject_are_within_what_issuers_allow() {
        let host = der::asn1::Ia5String::new("good.test").unwrap();
        let base = x509_cert::ext::pkix::name::GeneralName::Rfc822Name(host);
        let permitted = Some(vec![GeneralSubtree { base, minimum: 0, maximum: None }]);
        let constraints = NameConstraints { permitted_subtrees: permitted, excluded_subtrees: None };
        let constraints = extension::extension(true, &constraints).unwrap();
        let above = certificate(&subordinate().certificate);
        let limited = resigned(&above, &private_key("root"), |tbs| tbs.extensions.as_mut().unwrap().push(constraints));
        let asked = |subject: &str| {
            let subject: &[u8] = Vec::leak(crate::distinguished_name::parse(subject).unwrap());
            let own = leaf(vec![names(&["dns:a.test"])]);
            let own = resigned(&own, &private_key("issuing"), |tbs| {
                tbs.subject = der::Decode::from_der(subject).unwrap();
            });
            Request { intermediates: vec![limited.to_pem().unwrap()], ..request(&own) }
        };
        assert!(verified(asked("CN=leaf")).is_ok());
        let of = |address: &str| {
            let octets: String = address.bytes().map(|octet| alloc::format!("{octet:02x}")).collect();
            asked(&alloc::format!("1.2.840.113549.1.9.1=#16{:02x}{octets},CN=leaf", address.len()))
        };
        assert!(verified(of("a@good.test")).is_ok());
        assert_eq!(refused(of("a@evil.test")).0, ErrorCode::PathNameConstraintViolated);
    }

    /// Whether each of them is a root, only its signature tells.
    #[test]
    fn signatures_that_only_a_rule_asks_for_are_counted() {
        let stranger = certificate(&authority("other", "CN=Test Issuing", None).certificate);
        let selfish = resigned(&stranger, &private_key("other"), |tbs| {
            tbs.extensions.as_mut().unwrap().retain(|own| own.extn_id != rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER);
        });
        let many = Request { intermediates: vec![selfish.to_pem().unwrap(); 300], ..request(&leaf(Vec::new())) };
        assert_eq!(refused(many).0, ErrorCode::PathBudgetExhausted);
    }

    /// RFC 9881 from the root to the leaf; a policy that wants more than a set's security category refuses it.
    #[test]
    fn paths_of_ml_dsa_are_as_strong_as_their_sets() {
        let top = authority("ml-dsa-87", "CN=Lattice Root", None);
        let issuing = authority("ml-dsa-44", "CN=Lattice Issuing", Some(top.clone()));
        let asked = serde_json::json!({
            "now": NOW, "seed": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "authority": issuing,
            "profile": "ocsp-signer", "csr": crate::testing::csr("ml-dsa-65", "CN=Responder", &[]),
        });
        let issued = crate::testing::both_ways(|keys| {
            sign_csr::run(serde_json::from_value(asked.clone()).unwrap(), keys)
        });
        let own = certificate(&issued.unwrap().certificate);
        let with = |policy| Request {
            intermediates: vec![issuing.certificate.clone()],
            anchors: vec![anchor(top.certificate.clone())],
            policy,
            ..request(&own)
        };
        let decision = verified(with(Policy::default())).unwrap();
        let weakest = serde_json::to_value(&decision.weakest).unwrap();
        let wanted = serde_json::json!({ "from": "intermediates.0", "key": { "algorithm": "ml_dsa_44" } });
        assert_eq!(weakest, wanted);
        let strict = |bits| with(Policy { minimum_ec_bits: bits, ..Policy::default() });
        assert!(verified(strict(256)).is_ok());
        assert_eq!(refused(strict(257)), (ErrorCode::PathKeyTooWeak, "intermediates.0".into()));
        let web = Policy { rules: crate::path::Rules::WebPki, ..Policy::default() };
        let error = verified(with(web)).unwrap_err();
        assert!(error.detail.contains("Baseline Requirements 6.1.5"), "{error}");
        let changed = |at: usize| {
            let mut der = own.der().to_vec();
            let at = der.len() - at;
            der[at] ^= 1;
            Certificate::from_der(&der).unwrap()
        };
        for at in [1, 1000, 2420] {
            let forged = Request { certificate: changed(at).to_pem().unwrap(), ..with(Policy::default()) };
            assert_eq!(refused(forged).0, ErrorCode::PathSignatureInvalid);
        }
    }

    /// Each copy is another issuer, and none of them leads anywhere.
    #[test]
    fn a_search_ends_at_its_budget() {
        let own = leaf(Vec::new());
        let lost = Request {
            intermediates: vec![subordinate().certificate; 400],
            anchors: vec![anchor(authority("other", "CN=Nobody", None).certificate)],
            ..request(&own)
        };
        let error = verified(lost).unwrap_err();
        assert_eq!(error.code, ErrorCode::PathBudgetExhausted, "{error}");
        let many = Request { intermediates: vec![subordinate().certificate; 1001], ..request(&own) };
        assert_eq!(refused(many), (ErrorCode::RequestTooLarge, "intermediates".into()));
    }
}
