//! An authority below the root, which says that the lists about it are somebody else's, and which is in such a list.
//! Who signs that is no authority, and has no policies.

use const_oid::db::rfc5280;
use der::{Encode, asn1::OctetString};
use x509_cert::{
    crl::TbsCertList,
    ext::{
        Extension,
        pkix::{
            CertificatePolicies, CrlDistributionPoints, IssuingDistributionPoint, PolicyConstraints,
            certpolicy::PolicyInformation, crl::dp::DistributionPoint, name::GeneralName,
        },
    },
};

use super::*;
use crate::{algorithm::SignatureScheme, certificate::TbsCertificate, signed::Signed};

const LISTS: &str = "CN=Lists";
const POLICY: &str = "1.2.3.4";

fn general_name(subject: &[u8]) -> Vec<GeneralName> {
    vec![GeneralName::DirectoryName(Decode::from_der(subject).unwrap())]
}

fn lists() -> Vec<u8> {
    crate::distinguished_name::parse(LISTS).unwrap()
}

fn target() -> Certificate {
    let subordinate = certificate(&subordinate());
    resigned(&subordinate, &private_key("root"), |tbs| {
        let points = CrlDistributionPoints(vec![DistributionPoint {
            distribution_point: None,
            reasons: None,
            crl_issuer: Some(general_name(&lists())),
        }]);
        let policies = CertificatePolicies(vec![PolicyInformation {
            policy_identifier: POLICY.parse().unwrap(),
            policy_qualifiers: None,
        }]);
        let policies = extension::extension(false, &policies).unwrap();
        let extensions = tbs.extensions.as_mut().unwrap();
        extensions.retain(|own| own.extn_id != rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS);
        extensions.extend([extension::extension(false, &points).unwrap(), policies]);
    })
}

/// Who signs the list, with that key, certified by the root unless it is changed.
fn signer(key: &str, by: (&str, &Authority), change: impl Fn(&mut TbsCertificate<'_>)) -> Certificate {
    let identifier = extension::authority_key_identifier(&by.1.subject_key_identifier.0).unwrap();
    let usage = extension::key_usage(&[KeyUsageName::CrlSign]).unwrap();
    let (key, issuer) = (private_key(key), certificate(by.1));
    resigned(&certificate(&subordinate()), &private_key(by.0), |tbs| {
        tbs.issuer = name(issuer.subject().to_vec());
        tbs.subject = name(lists());
        let key: &[u8] = Vec::leak(key.public_key().spki().to_vec());
        tbs.subject_public_key_info = AnyRef::try_from(key).unwrap();
        tbs.extensions = Some(vec![identifier, usage]);
        change(tbs);
    })
}

fn usual() -> Certificate {
    signer("other", ("root", &root()), |_| {})
}

pub(super) fn scope(user_certificates_only: bool, indirect_crl: bool) -> Extension {
    let point = IssuingDistributionPoint {
        distribution_point: None,
        only_contains_user_certs: user_certificates_only,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl,
        only_contains_attribute_certs: false,
    };
    critical(rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT, point.to_der().unwrap())
}

pub(super) fn critical(extn_id: der::asn1::ObjectIdentifier, value: Vec<u8>) -> Extension {
    Extension { extn_id, critical: true, extn_value: OctetString::new(value).unwrap() }
}

/// A list changed and signed anew.
pub(super) fn rewritten(
    list: &RevocationList,
    key: &str,
    change: impl FnOnce(&mut TbsCertList),
) -> RevocationList {
    let mut tbs: TbsCertList = Decode::from_der(&list.signed.content).unwrap();
    change(&mut tbs);
    let scheme = match key {
        "p256" => SignatureScheme::EcdsaP256Sha256,
        "p384" => SignatureScheme::EcdsaP384Sha384,
        _ => SignatureScheme::RsaPkcs1Sha256,
    };
    tbs.signature = Decode::from_der(&scheme.algorithm().identifier().to_der().unwrap()).unwrap();
    let content = tbs.to_der().unwrap();
    let signature = private_key(key).sign(scheme, &content).unwrap();
    RevocationList::from_der(&Signed::assemble(&content, scheme.algorithm(), &signature).unwrap()).unwrap()
}

/// A list of the signer's of a day ago, with the target in it under its issuer's name if `revoked`.
fn said(key: &str, revoked: bool) -> RevocationList {
    let entries = if revoked { json!([[target().serial_hex(), NOW - 2 * DAY, null]]) } else { json!([]) };
    let direct = List { age: 1, ..list(1, entries) }.by(&early(authority("other", LISTS, None)));
    rewritten(&direct, key, |tbs| {
        tbs.crl_extensions.as_mut().unwrap().push(scope(false, true));
        let issuer = general_name(target().issuer()).to_der().unwrap();
        for entry in tbs.revoked_certificates.iter_mut().flatten() {
            let issuer = critical(rfc5280::ID_CE_CERTIFICATE_ISSUER, issuer.clone());
            entry.crl_entry_extensions = Some(vec![issuer]);
        }
    })
}

/// The root's list of those that are no authorities: of the signer, and not of the target.
fn of_users() -> RevocationList {
    rewritten(&list(1, json!([])).by(&root()), "root", |tbs| {
        tbs.crl_extensions.as_mut().unwrap().push(scope(true, false));
    })
}

struct Case {
    key: &'static str,
    signer: Certificate,
    purpose: Purpose,
    policy: Policy,
    /// Whether something says that the signer is not revoked.
    signer_is_known: bool,
    /// Others, and what they say.
    others: fn() -> (Vec<Certificate>, Vec<RevocationList>),
}

impl Default for Case {
    fn default() -> Self {
        let policy = Policy::default();
        Self {
            key: "other",
            signer: usual(),
            purpose: Purpose::Authority,
            policy,
            signer_is_known: true,
            others: Default::default,
        }
    }
}

impl Case {
    fn code(&self, revoked: bool, revocation: RevocationMode) -> Option<ErrorCode> {
        let mut crls = vec![said(self.key, revoked)];
        crls.extend(self.signer_is_known.then(of_users));
        let (strangers, more) = (self.others)();
        crls.extend(more);
        let question = Question {
            now: NOW,
            certificate: &target(),
            intermediates: &[strangers, vec![self.signer.clone(), certificate(&early(subordinate()))]]
                .concat(),
            anchors: &[TrustAnchor::from_certificate(certificate(&early(root())))],
            crls: &crls,
            ocsp_responses: &[],
            purpose: self.purpose,
            identities: &[],
            policy: &Policy { revocation, ..self.policy.clone() },
        };
        verify(&question).err().map(|error| error.code)
    }

    #[track_caller]
    fn check(&self, good_when_required: Option<ErrorCode>) {
        for mode in [RevocationMode::Soft, RevocationMode::Required] {
            assert_eq!(self.code(true, mode), Some(ErrorCode::PathRevoked), "{mode:?}");
        }
        assert_eq!(self.code(false, RevocationMode::Soft), None);
        assert_eq!(self.code(false, RevocationMode::Required), good_when_required);
    }
}

#[test]
fn its_signer_need_be_no_authority_nor_under_the_policies_wanted() {
    let wanted =
        Policy { policies: Some(vec![POLICY.into()]), require_explicit_policy: true, ..Policy::default() };
    for purpose in [Purpose::Any, Purpose::Authority] {
        for policy in [Policy::default(), wanted.clone()] {
            Case { purpose, policy, ..Case::default() }.check(None);
        }
    }
}

/// They are about servers and their authorities, not about who signs lists.
#[test]
fn its_signer_need_not_follow_the_baseline_requirements() {
    let policy = Policy { rules: Rules::WebPki, ..Policy::default() };
    Case { policy: policy.clone(), ..Case::default() }.check(None);
    let authority = signer("other", ("root", &root()), |tbs| {
        let usage = extension::key_usage(&[KeyUsageName::KeyCertSign, KeyUsageName::CrlSign]).unwrap();
        let own = tbs.extensions.as_mut().unwrap();
        own.retain(|one| one.extn_id != rfc5280::ID_CE_KEY_USAGE);
        own.extend([usage, extension::authority_constraints(None).unwrap()]);
        own.push(extension::subject_key_identifier(b"lists").unwrap());
    });
    let case = Case { policy, signer: authority, ..Case::default() };
    assert_eq!(case.code(true, RevocationMode::Soft), Some(ErrorCode::PathRevoked));
}

/// A stricter question is no reason to believe less that something is revoked.
#[test]
fn a_signer_who_is_not_all_that_is_asked_says_revoked_and_not_good() {
    let unknown = Some(ErrorCode::PathRevocationUnknown);
    Case { signer_is_known: false, ..Case::default() }.check(unknown);
    let policy = Policy { minimum_ec_bits: 384, ..Policy::default() };
    let weak = signer("p256", ("root", &root()), |_| {});
    Case { policy, key: "p256", signer: weak, ..Case::default() }.check(unknown);
    let deep = signer("other", ("issuing", &subordinate()), |_| {});
    let policy = Policy { max_depth: 0, ..Policy::default() };
    Case { policy, signer: deep, ..Case::default() }.check(unknown);
    let without_identifier = signer("other", ("root", &root()), |tbs| {
        let own = tbs.extensions.as_mut().unwrap();
        own.retain(|one| one.extn_id != rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER);
    });
    Case { signer: without_identifier, ..Case::default() }.check(unknown);
    let time = |seconds| der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
    let ended = signer("other", ("root", &root()), |tbs| {
        tbs.validity.0.not_before = time(NOW - 30 * DAY).into();
        tbs.validity.0.not_after = time(NOW - DAY / 2).into();
    });
    Case { signer: ended, ..Case::default() }.check(unknown);
    let under_policies = signer("other", ("root", &root()), |tbs| {
        let constraints =
            PolicyConstraints { require_explicit_policy: Some(0), inhibit_policy_mapping: None };
        let constraints = critical(rfc5280::ID_CE_POLICY_CONSTRAINTS, constraints.to_der().unwrap());
        tbs.extensions.as_mut().unwrap().push(constraints);
    });
    Case { signer: under_policies, ..Case::default() }.check(unknown);
}

/// One whom nobody named for it says nothing.
#[test]
fn a_signer_without_a_path_or_the_right_to_sign_lists_says_nothing() {
    let unknown = Some(ErrorCode::PathRevocationUnknown);
    let signed_by_himself = signer("other", ("other", &authority("other", LISTS, None)), |_| {});
    let may_not = signer("other", ("root", &root()), |tbs| {
        let own = tbs.extensions.as_mut().unwrap();
        own.retain(|one| one.extn_id != rfc5280::ID_CE_KEY_USAGE);
    });
    let ended_before = signer("other", ("root", &root()), |tbs| {
        let time =
            |seconds| der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
        tbs.validity.0.not_before = time(NOW - 30 * DAY).into();
        tbs.validity.0.not_after = time(NOW - 2 * DAY).into();
    });
    for signer in [signed_by_himself, may_not, ended_before] {
        let case = Case { signer, ..Case::default() };
        assert_eq!(case.code(true, RevocationMode::Soft), None);
        assert_eq!(case.code(true, RevocationMode::Required), unknown);
    }
}

/// One with a serial number of his own.
fn other_number() -> Certificate {
    signer("other", ("root", &root()), |tbs| {
        tbs.serial_number = AnyRef::new(der::Tag::Integer, &[0x47, 0x11]).unwrap().decode_as().unwrap();
    })
}

/// A key of the root's name whose certificate has ended, and which says that the signer is revoked.
fn weaker() -> (Vec<Certificate>, Vec<RevocationList>) {
    let time = |seconds| der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
    let subject = certificate(&root()).subject().to_vec();
    let ended = signer("p256", ("root", &root()), |tbs| {
        tbs.subject = name(subject.clone());
        tbs.validity.0.not_before = time(NOW - 30 * DAY).into();
        tbs.validity.0.not_after = time(NOW - DAY / 2).into();
    });
    let entries = json!([[other_number().serial_hex(), NOW - 2 * DAY, "keyCompromise"]]);
    let said = List { age: 1, ..list(1, entries) }.by(&early(root()));
    (vec![ended], vec![rewritten(&said, "p256", |_| {})])
}

#[test]
fn who_is_not_all_that_is_asked_silences_nobody_who_is() {
    let case = Case { signer: other_number(), others: weaker, ..Case::default() };
    for mode in [RevocationMode::Soft, RevocationMode::Required] {
        assert_eq!(case.code(true, mode), Some(ErrorCode::PathRevoked), "{mode:?}");
    }
    let alone = Case { signer: other_number(), ..Case::default() };
    assert_eq!(alone.code(false, RevocationMode::Required), None);
    let unknown = Some(ErrorCode::PathRevocationUnknown);
    assert_eq!(case.code(false, RevocationMode::Required), unknown, "but makes him one of themselves");
}

/// A key of the root's name of which nobody says whether it is revoked, and which says that the signer is.
fn unknown() -> (Vec<Certificate>, Vec<RevocationList>) {
    let subject = certificate(&root()).subject().to_vec();
    let key = signer("p256", ("root", &root()), |tbs| {
        tbs.subject = name(subject.clone());
        let own = tbs.extensions.as_mut().unwrap();
        own.push(extension::authority_constraints(None).unwrap());
        own.push(extension::subject_key_identifier(b"unknown").unwrap());
    });
    let entries = json!([[other_number().serial_hex(), NOW - 2 * DAY, "keyCompromise"]]);
    let said = rewritten(&list(1, entries).by(&early(root())), "p256", |tbs| {
        tbs.crl_extensions.as_mut().unwrap().push(scope(true, false));
    });
    (vec![key], vec![said])
}

/// Where each status has to be known, that of who speaks of a signer has to be, too.
#[test]
fn who_may_be_revoked_silences_nobody_where_that_has_to_be_known() {
    let case = Case { signer: other_number(), others: unknown, ..Case::default() };
    assert_eq!(case.code(true, RevocationMode::Required), Some(ErrorCode::PathRevoked));
    assert_eq!(case.code(true, RevocationMode::Soft), None, "and is heard where it need not");
}

/// The root says that the signer is revoked.
#[test]
fn who_is_revoked_says_nothing() {
    let others = || {
        let entries = json!([[other_number().serial_hex(), NOW - 2 * DAY, "keyCompromise"]]);
        let said = rewritten(&list(2, entries).by(&early(root())), "root", |tbs| {
            tbs.crl_extensions.as_mut().unwrap().push(scope(true, false));
        });
        (vec![], vec![said])
    };
    let case = Case { signer: other_number(), others, ..Case::default() };
    assert_eq!(case.code(true, RevocationMode::Soft), None);
    assert_eq!(case.code(true, RevocationMode::Required), Some(ErrorCode::PathRevocationUnknown));
}
