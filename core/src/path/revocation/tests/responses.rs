//! Responses of the issuer and of one whom it named for them.

use const_oid::db::rfc5280;
use der::{Encode, asn1::Ia5String};
use x509_cert::ext::pkix::{
    CrlDistributionPoints, IssuingDistributionPoint,
    crl::dp::DistributionPoint,
    name::{DistributionPointName, GeneralName},
};

use super::{
    indirect::{critical, rewritten},
    *,
};

/// The issuer's word on the leaf at a time, and whether it says how long it is good: for a day.
pub(super) fn response(made: u64, has_end: bool, status: &str, reason: Option<&str>) -> OcspResponse {
    let serial = leaf().serial_hex();
    let revoked_at = (status == "revoked").then_some(NOW - 9 * DAY);
    let request = json!({
        "now": made, "authority": early(subordinate()), "next_update": has_end.then_some(made.saturating_add(DAY)),
        "responses": [{"serial": serial, "status": status, "revoked_at": revoked_at, "reason": reason}],
    });
    let response = signed(request, |request, keys| {
        sign_ocsp_response::run(request, keys).map(|response| json!({ "response": response.response }))
    });
    let der: Base64Url = serde_json::from_value(response["response"].clone()).unwrap();
    OcspResponse::from_der(&der.0).unwrap()
}

fn by_responses(responses: Vec<OcspResponse>) -> Option<ErrorCode> {
    Given { responses, ..Given::default() }.code()
}

#[test]
fn a_response_that_is_too_old_says_revoked_and_not_good() {
    let response = |days: u64, status, reason| response(NOW - days * DAY, true, status, reason);
    assert_eq!(by_responses(vec![response(0, "good", None)]), None);
    assert_eq!(by_responses(vec![response(2, "good", None)]), Some(ErrorCode::PathRevocationUnknown));
    let revoked = || response(2, "revoked", Some("keyCompromise"));
    assert_eq!(by_responses(vec![response(0, "good", None), revoked()]), Some(ErrorCode::PathRevoked));
    let held = response(2, "revoked", Some("certificateHold"));
    assert_eq!(by_responses(vec![held]), Some(ErrorCode::PathRevocationUnknown));
}

#[test]
fn a_response_from_the_future_says_revoked_and_not_good() {
    let ahead = |status, reason| response(NOW + 1, true, status, reason);
    assert_eq!(by_responses(vec![ahead("good", None)]), Some(ErrorCode::PathRevocationUnknown));
    for reason in ["superseded", "certificateHold"] {
        assert_eq!(
            by_responses(vec![ahead("revoked", Some(reason))]),
            Some(ErrorCode::PathRevoked),
            "{reason}"
        );
    }
}

#[test]
fn a_response_without_an_end_is_believed_for_a_day() {
    let without_end = |made| response(made, false, "good", None);
    assert_eq!(by_responses(vec![without_end(NOW - DAY)]), None);
    assert_eq!(by_responses(vec![without_end(NOW - DAY - 1)]), Some(ErrorCode::PathRevocationUnknown));
}

/// Of one whom the issuer named for it.
struct Delegate {
    ends: u64,
    has_key_identifier: bool,
    purpose: &'static str,
    /// Whose key signed its certificate.
    by: &'static str,
    need_not_be_checked: bool,
}

impl Delegate {
    const fn until(ends: u64) -> Self {
        let purpose = "1.3.6.1.5.5.7.3.9";
        Self { ends, has_key_identifier: true, purpose, by: "issuing", need_not_be_checked: true }
    }

    fn certificate(&self) -> Certificate {
        let (issuer, p256) = (certificate(&subordinate()), private_key("p256"));
        let time =
            |seconds| der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
        let identifier = extension::authority_key_identifier(&subordinate().subject_key_identifier.0);
        let purpose = extension::extended_key_usage(&[self.purpose.into()]).unwrap();
        resigned(&issuer, &private_key(self.by), |tbs| {
            tbs.serial_number = AnyRef::new(der::Tag::Integer, &[9]).unwrap().decode_as().unwrap();
            tbs.issuer = name(issuer.subject().to_vec());
            tbs.subject = name(crate::distinguished_name::parse("CN=Delegate").unwrap());
            tbs.validity.0.not_before = time(NOW - 60 * DAY).into();
            tbs.validity.0.not_after = time(self.ends).into();
            let key: &[u8] = Vec::leak(p256.public_key().spki().to_vec());
            tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
            let identifier = self.has_key_identifier.then(|| identifier.unwrap());
            let unchecked = self.need_not_be_checked.then(|| extension::ocsp_no_check().unwrap());
            let points = CrlDistributionPoints(vec![DistributionPoint {
                distribution_point: Some(point()),
                reasons: None,
                crl_issuer: None,
            }]);
            let points = extension::extension(false, &points).unwrap();
            tbs.extensions =
                Some([Some(purpose), identifier, unchecked, Some(points)].into_iter().flatten().collect());
        })
    }

    fn said(&self, made: u64, status: &str) -> OcspResponse {
        let request = json!({
            "now": made, "authority": early(subordinate()), "next_update": made.saturating_add(DAY),
            "responder": { "key": "p256", "certificate": self.certificate().to_pem().unwrap() },
            "responses": [{
                "serial": leaf().serial_hex(), "status": status,
                "revoked_at": (status == "revoked").then_some(NOW - 50 * DAY),
            }],
        });
        let response = signed(request, |request, keys| {
            sign_ocsp_response::run(request, keys).map(|response| json!({ "response": response.response }))
        });
        let der: Base64Url = serde_json::from_value(response["response"].clone()).unwrap();
        OcspResponse::from_der(&der.0).unwrap()
    }
}

fn by_delegate(delegate: &Delegate, made: u64, status: &str, policy: &Policy) -> Option<ErrorCode> {
    by_response(delegate.said(made, status), vec![], vec![], policy)
}

fn by_response(
    response: OcspResponse,
    strangers: Vec<Certificate>,
    mut lists: Vec<RevocationList>,
    policy: &Policy,
) -> Option<ErrorCode> {
    lists.push(list(1, json!([])).by(&root()));
    verify(&Question {
        now: NOW,
        certificate: &leaf(),
        intermediates: &[strangers, vec![certificate(&early(subordinate()))]].concat(),
        anchors: &[TrustAnchor::from_certificate(certificate(&root()))],
        crls: &lists,
        ocsp_responses: &[response],
        purpose: Purpose::Any,
        identities: &[],
        policy,
    })
    .err()
    .map(|error| error.code)
}

/// Whose certificate has ended since he spoke, whose key is too small for who asks, or who has not what the rules want.
#[test]
fn a_delegate_who_is_not_all_that_is_asked_says_revoked_and_not_good() {
    let usual = required();
    let lenient = Policy { rules: Rules::Path, ..usual.clone() };
    let now = Delegate::until(NOW + DAY);
    assert_eq!(by_delegate(&now, NOW, "good", &usual), None);
    let nameless = Delegate { has_key_identifier: false, ..Delegate::until(NOW + DAY) };
    assert_eq!(by_delegate(&nameless, NOW, "good", &lenient), None);
    for (delegate, made, policy) in [
        (now, NOW, Policy { minimum_ec_bits: 384, ..usual.clone() }),
        (Delegate::until(NOW - 30 * DAY), NOW - 40 * DAY, usual.clone()),
        (nameless, NOW, usual),
    ] {
        let soft = Policy { revocation: RevocationMode::Soft, ..policy.clone() };
        for policy in [&policy, &soft] {
            assert_eq!(by_delegate(&delegate, made, "revoked", policy), Some(ErrorCode::PathRevoked));
        }
        let unknown = Some(ErrorCode::PathRevocationUnknown);
        assert_eq!(by_delegate(&delegate, made, "good", &policy), unknown);
    }
}

fn required() -> Policy {
    Policy { revocation: RevocationMode::Required, ..Policy::default() }
}

/// Where the lists about delegates are.
fn point() -> DistributionPointName {
    let url = Ia5String::new("http://ca.example/delegates.crl").unwrap();
    DistributionPointName::FullName(vec![GeneralName::UniformResourceIdentifier(url)])
}

/// A list about delegates alone.
fn of_delegates(list: &List) -> RevocationList {
    rewritten(&list.made(), "issuing", |tbs| {
        let point = IssuingDistributionPoint {
            distribution_point: Some(point()),
            only_contains_user_certs: false,
            only_contains_ca_certs: false,
            only_some_reasons: None,
            indirect_crl: false,
            only_contains_attribute_certs: false,
        };
        let point = critical(rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT, point.to_der().unwrap());
        tbs.crl_extensions.as_mut().unwrap().push(point);
    })
}

#[test]
fn a_delegate_may_be_among_the_intermediates() {
    let delegate = Delegate::until(NOW + DAY);
    for (status, code) in [("good", None), ("revoked", Some(ErrorCode::PathRevoked))] {
        let mut response = delegate.said(NOW, status);
        response.certificates.clear();
        assert_eq!(by_response(response, vec![delegate.certificate()], vec![], &required()), code);
    }
}

/// One whose key signed, and whom the issuer's key certified for responses.
#[test]
fn who_is_no_delegate_says_nothing() {
    let delegate = Delegate::until(NOW + DAY);
    let with = |named: &Delegate| {
        let mut response = delegate.said(NOW, "revoked");
        response.certificates = vec![named.certificate()];
        by_response(response, vec![], vec![], &required())
    };
    assert_eq!(with(&delegate), Some(ErrorCode::PathRevoked));
    for other in [
        Delegate { purpose: "1.3.6.1.5.5.7.3.2", ..Delegate::until(NOW + DAY) },
        Delegate { by: "other", ..Delegate::until(NOW + DAY) },
        Delegate { by: "root", ..Delegate::until(NOW + DAY) },
    ] {
        assert_eq!(with(&other), Some(ErrorCode::PathRevocationUnknown), "{} {}", other.by, other.purpose);
    }
}

#[test]
fn the_status_of_a_delegate_counts_where_its_certificate_does_not_say_otherwise() {
    let delegate = Delegate { need_not_be_checked: false, ..Delegate::until(NOW + DAY) };
    let decided = |status, lists: &[&List], policy: &Policy| {
        let lists = lists.iter().map(|list| of_delegates(list)).collect();
        by_response(delegate.said(NOW, status), vec![], lists, policy)
    };
    let (revoked, unknown) = (Some(ErrorCode::PathRevoked), Some(ErrorCode::PathRevocationUnknown));
    let soft = Policy { revocation: RevocationMode::Soft, ..required() };
    let silent = list(1, json!([]));
    assert_eq!(decided("good", &[&silent], &required()), None);
    for policy in [&required(), &soft] {
        assert_eq!(decided("revoked", &[], policy), revoked, "its status is not known");
        assert_eq!(decided("revoked", &[&silent], policy), revoked);
    }
    assert_eq!(decided("good", &[], &required()), unknown);
    let about = list(1, json!([["09", NOW - DAY, "keyCompromise"]]));
    assert_eq!(decided("revoked", &[&about], &required()), unknown, "it is revoked itself");
    assert_eq!(decided("revoked", &[&about], &soft), None);
}
