//! Responses of the issuer and of one whom it named for them.

use super::*;

/// The issuer's word on the leaf at a time, and whether it says how long it is good: for a day.
fn response(made: u64, has_end: bool, status: &str, reason: Option<&str>) -> OcspResponse {
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
}

impl Delegate {
    const fn until(ends: u64) -> Self {
        Self { ends, has_key_identifier: true }
    }

    fn certificate(&self) -> Certificate {
        let (issuer, p256) = (certificate(&subordinate()), private_key("p256"));
        let time =
            |seconds| der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
        let identifier = extension::authority_key_identifier(&subordinate().subject_key_identifier.0);
        let purpose = extension::extended_key_usage(&["1.3.6.1.5.5.7.3.9".into()]).unwrap();
        resigned(&issuer, &private_key("issuing"), |tbs| {
            tbs.issuer = name(issuer.subject().to_vec());
            tbs.subject = name(crate::distinguished_name::parse("CN=Delegate").unwrap());
            tbs.validity.0.not_before = time(NOW - 60 * DAY).into();
            tbs.validity.0.not_after = time(self.ends).into();
            let key: &[u8] = Vec::leak(p256.public_key().spki().to_vec());
            tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
            let own = [purpose, extension::ocsp_no_check().unwrap()];
            let identifier = self.has_key_identifier.then(|| identifier.unwrap());
            tbs.extensions = Some(own.into_iter().chain(identifier).collect());
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
    verify(&Question {
        now: NOW,
        certificate: &leaf(),
        intermediates: &[certificate(&early(subordinate()))],
        anchors: &[TrustAnchor::from_certificate(certificate(&root()))],
        crls: &[list(1, json!([])).by(&root())],
        ocsp_responses: &[delegate.said(made, status)],
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
    let usual = Policy { revocation: RevocationMode::Required, ..Policy::default() };
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
