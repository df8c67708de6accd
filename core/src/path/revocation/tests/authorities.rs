//! Authorities that certify others of any name: who speaks for whom.

use const_oid::db::rfc5280;
use der::Encode;
use x509_cert::ext::pkix::{CrlDistributionPoints, crl::dp::DistributionPoint, name::GeneralName};

use super::{
    indirect::{critical, rewritten, scope},
    *,
};

const ROOT: &str = "CN=Test Root";
const KNOWN: Option<ErrorCode> = None;
const UNKNOWN: Option<ErrorCode> = Some(ErrorCode::PathRevocationUnknown);
const REVOKED: Option<ErrorCode> = Some(ErrorCode::PathRevoked);

/// A certificate by its serial number, its name and key, and those of who issued it; everybody may issue, and sign lists.
fn issued(number: u8, (subject, key): (&str, &str), (issuer, by): (&str, &str)) -> Certificate {
    changed(number, (subject, key), (issuer, by), |_| {})
}

fn changed(
    number: u8,
    (subject, key): (&str, &str),
    (issuer, by): (&str, &str),
    change: impl FnOnce(&mut crate::certificate::TbsCertificate<'_>),
) -> Certificate {
    let usage = extension::key_usage(&[KeyUsageName::KeyCertSign, KeyUsageName::CrlSign]).unwrap();
    let key = private_key(key);
    resigned(&certificate(&subordinate()), &private_key(by), |tbs| {
        tbs.serial_number =
            AnyRef::new(der::Tag::Integer, Vec::leak(vec![number])).unwrap().decode_as().unwrap();
        tbs.issuer = named(issuer);
        tbs.subject = named(subject);
        tbs.subject_public_key_info =
            AnyRef::try_from(&*Vec::leak(key.public_key().spki().to_vec())).unwrap();
        tbs.extensions = Some(vec![usage, extension::authority_constraints(None).unwrap()]);
        change(tbs);
    })
}

fn named(subject: &str) -> AnyRef<'static> {
    name(crate::distinguished_name::parse(subject).unwrap())
}

fn ended(at: u64) -> impl FnOnce(&mut crate::certificate::TbsCertificate<'_>) {
    let time = |seconds| der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
    move |tbs| {
        tbs.validity.0.not_before = time(NOW - 60 * DAY).into();
        tbs.validity.0.not_after = time(at).into();
    }
}

/// A list in a name, by a key, of those numbers.
fn said((issuer, key): (&str, &str), numbers: &[u8]) -> RevocationList {
    let serials = numbers.iter().map(|number| crate::hex::encode(&[*number]));
    let entries: Vec<_> = serials.map(|serial| json!([serial, NOW - 3 * DAY, "keyCompromise"])).collect();
    let made = list(1, json!(entries)).by(&early(root()));
    rewritten(&made, key, |tbs| tbs.issuer = named(issuer).decode_as().unwrap())
}

#[derive(Default)]
struct Bundle {
    anchors: Vec<Certificate>,
    chain: Vec<Certificate>,
    lists: Vec<RevocationList>,
    responses: Vec<OcspResponse>,
}

impl Bundle {
    fn new(chain: Vec<Certificate>, lists: Vec<RevocationList>) -> Self {
        Self { chain, lists, ..Self::default() }
    }

    /// What is decided where the status has to be known, and where not.
    fn codes(self) -> [Option<ErrorCode>; 2] {
        let anchors = [vec![certificate(&early(root()))], self.anchors].concat();
        let anchors: Vec<_> = anchors.into_iter().map(TrustAnchor::from_certificate).collect();
        let code = |revocation| {
            let question = Question {
                now: NOW,
                certificate: self.chain.first().unwrap(),
                intermediates: &self.chain[1..],
                anchors: &anchors,
                crls: &self.lists,
                ocsp_responses: &self.responses,
                purpose: Purpose::Any,
                identities: &[],
                policy: &Policy { revocation, rules: Rules::Path, ..Policy::default() },
            };
            verify(&question).err().map(|error| error.code)
        };
        [RevocationMode::Required, RevocationMode::Soft].map(code)
    }
}

/// The one below has the name of the one above.
#[test]
fn nobody_vouches_for_who_is_above() {
    let evil = issued(2, ("CN=Evil", "other"), (ROOT, "root"));
    let namesake = issued(3, (ROOT, "ra"), ("CN=Evil", "other"));
    let leaf = issued(4, ("CN=leaf", "device"), (ROOT, "ra"));
    let own = || vec![said((ROOT, "ra"), &[]), said(("CN=Evil", "other"), &[])];
    let with = |more: Option<RevocationList>| {
        let lists = own().into_iter().chain(more).collect();
        Bundle::new(vec![leaf.clone(), namesake.clone(), evil.clone()], lists).codes()
    };
    assert_eq!(with(None), [UNKNOWN, KNOWN]);
    assert_eq!(with(Some(said((ROOT, "root"), &[]))), [KNOWN, KNOWN]);
    assert_eq!(with(Some(said((ROOT, "root"), &[2]))), [REVOKED, REVOKED]);
    // Nor does the one above speak for what its namesake issued.
    for numbers in [&[][..], &[4]] {
        let lists = vec![said((ROOT, "root"), numbers), said(("CN=Evil", "other"), &[])];
        let chain = vec![leaf.clone(), namesake.clone(), evil.clone()];
        assert_eq!(Bundle::new(chain, lists).codes(), [UNKNOWN, KNOWN], "{numbers:?}");
    }
}

/// Two who sign lists of one authority, the key of one of them stolen.
#[test]
fn of_two_signers_neither_silences_the_other() {
    let branch = issued(2, ("CN=Branch", "issuing"), (ROOT, "root"));
    let leaf = issued(9, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let [one, other] = [(3, "p256"), (4, "p384")]
        .map(|(number, key)| issued(number, ("CN=Branch", key), ("CN=Branch", "issuing")));
    let lists = || {
        [said((ROOT, "root"), &[]), said(("CN=Branch", "p256"), &[4, 9]), said(("CN=Branch", "p384"), &[3])]
    };
    let chain = vec![leaf, branch, one, other];
    assert_eq!(Bundle::new(chain.clone(), lists().into()).codes(), [REVOKED, REVOKED]);
    assert_eq!(Bundle::new(chain, lists().into_iter().rev().collect()).codes(), [REVOKED, REVOKED]);
}

/// One that another authority has certified under it, where a namesake of the root is in between.
#[test]
fn a_forged_lineage_speaks_for_nobody() {
    let branch = issued(2, ("CN=Branch", "issuing"), (ROOT, "root"));
    let leaf = issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let evil = issued(4, ("CN=Evil", "other"), (ROOT, "root"));
    let false_root = issued(5, (ROOT, "ra"), ("CN=Evil", "other"));
    let false_branch = issued(6, ("CN=Branch", "p256"), (ROOT, "ra"));
    let chain = vec![leaf, branch, evil, false_root, false_branch];
    let with = |own: RevocationList| {
        let lists = vec![said((ROOT, "root"), &[]), said(("CN=Evil", "other"), &[]), own];
        Bundle::new(chain.clone(), lists).codes()
    };
    assert_eq!(with(said(("CN=Branch", "p256"), &[])), [UNKNOWN, KNOWN], "says nothing good");
    assert_eq!(with(said(("CN=Branch", "p256"), &[3])), [UNKNOWN, KNOWN], "and nothing bad");
    assert_eq!(with(said(("CN=Branch", "issuing"), &[])), [KNOWN, KNOWN]);
}

/// Who signs the lists of an authority by another key is revoked by nobody but who certified that key.
#[test]
fn a_forged_lineage_silences_nobody() {
    let regional = issued(2, ("CN=Region", "issuing"), (ROOT, "root"));
    let branch = issued(3, ("CN=Branch", "ra"), ("CN=Region", "issuing"));
    let signer = issued(4, ("CN=Branch", "p256"), ("CN=Region", "issuing"));
    let leaf = issued(5, ("CN=leaf", "root"), ("CN=Branch", "ra"));
    let evil = issued(6, ("CN=Evil", "other"), (ROOT, "root"));
    let false_root = issued(7, (ROOT, "device"), ("CN=Evil", "other"));
    let false_region = issued(8, ("CN=Region", "p384"), (ROOT, "device"));
    let lists = vec![said(("CN=Branch", "p256"), &[5]), said(("CN=Region", "p384"), &[4])];
    let chain = vec![leaf, branch, regional, signer, evil, false_root, false_region];
    assert_eq!(Bundle::new(chain, lists).codes(), [UNKNOWN, REVOKED]);
}

/// As after some changes of the key that signs lists, each of them with its list still.
#[test]
fn an_authority_may_have_several_signers() {
    let branch = issued(2, ("CN=Branch", "issuing"), (ROOT, "root"));
    let leaf = issued(9, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let (mut chain, mut lists) = (vec![leaf, branch], vec![said((ROOT, "root"), &[])]);
    for (number, key) in [(3, "p256"), (4, "p384"), (5, "other"), (6, "ra")] {
        chain.push(issued(number, ("CN=Branch", key), ("CN=Branch", "issuing")));
        lists.push(said(("CN=Branch", key), &[]));
    }
    assert_eq!(Bundle::new(chain, lists).codes(), [KNOWN, KNOWN]);
}

/// Named by the certificate as who signs its lists.
fn under_lists_of(signer: &str) -> impl FnOnce(&mut crate::certificate::TbsCertificate<'_>) {
    let signer = named(signer).to_der().unwrap();
    move |tbs| {
        let points = CrlDistributionPoints(vec![DistributionPoint {
            distribution_point: None,
            reasons: None,
            crl_issuer: Some(vec![GeneralName::DirectoryName(Decode::from_der(&signer).unwrap())]),
        }]);
        tbs.extensions.as_mut().unwrap().push(extension::extension(false, &points).unwrap());
    }
}

/// A list of others' certificates: of the leaf's, which has the number 9, if `revoked`.
fn indirect((issuer, key): (&str, &str), of: &str, revoked: bool) -> RevocationList {
    let direct = said((issuer, key), if revoked { &[9] } else { &[] });
    let of = vec![GeneralName::DirectoryName(named(of).decode_as().unwrap())].to_der().unwrap();
    rewritten(&direct, key, |tbs| {
        tbs.crl_extensions.as_mut().unwrap().push(scope(false, true));
        for entry in tbs.revoked_certificates.iter_mut().flatten() {
            let issuer = critical(rfc5280::ID_CE_CERTIFICATE_ISSUER, of.clone());
            entry.crl_entry_extensions = Some(vec![issuer]);
        }
    })
}

/// Who signs lists for others is certified by an authority above what he speaks of; one that another certified under
/// the same anchor says revoked at most.
#[test]
fn a_signer_for_others_is_certified_from_above() {
    let branch = issued(2, ("CN=Branch", "issuing"), (ROOT, "root"));
    let evil = issued(4, ("CN=Evil", "other"), (ROOT, "root"));
    for signer in ["CN=Lists", ROOT] {
        let leaf = changed(9, ("CN=leaf", "device"), ("CN=Branch", "issuing"), under_lists_of(signer));
        let with = |by: (&str, &str), revoked| {
            let own = issued(7, (signer, "p256"), by);
            let lists = vec![
                said((ROOT, "root"), &[]),
                said(("CN=Evil", "other"), &[]),
                said(("CN=Stranger", "ra"), &[]),
                indirect((signer, "p256"), "CN=Branch", revoked),
            ];
            let anchors = vec![issued(1, ("CN=Stranger", "ra"), ("CN=Stranger", "ra"))];
            let chain = vec![leaf.clone(), branch.clone(), evil.clone(), own];
            Bundle { anchors, ..Bundle::new(chain, lists) }.codes()
        };
        assert_eq!(with(("CN=Evil", "other"), true), [REVOKED, REVOKED], "{signer}");
        assert_eq!(with(("CN=Evil", "other"), false), [UNKNOWN, KNOWN], "{signer}");
        assert_eq!(with(("CN=Stranger", "ra"), true), [UNKNOWN, KNOWN], "{signer}");
        assert_eq!(with((ROOT, "root"), true), [REVOKED, REVOKED], "{signer}");
        assert_eq!(with((ROOT, "root"), false), [KNOWN, KNOWN], "{signer}");
    }
}

/// The key that issued a certificate revokes it, whatever that certificate of the key says of lists.
#[test]
fn the_key_that_issued_says_revoked_and_where_it_may_sign_no_lists_not_good() {
    let without = |number| {
        changed(number, ("CN=Branch", "issuing"), (ROOT, "root"), |tbs| {
            let usage = extension::key_usage(&[KeyUsageName::KeyCertSign]).unwrap();
            let own = tbs.extensions.as_mut().unwrap();
            own.retain(|one| one.extn_id != rfc5280::ID_CE_KEY_USAGE);
            own.push(usage);
        })
    };
    let leaf = issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let with = |numbers: &[u8], more: Option<Certificate>| {
        let lists = vec![said((ROOT, "root"), &[]), said(("CN=Branch", "issuing"), numbers)];
        let chain = [leaf.clone(), without(2)].into_iter().chain(more).collect();
        Bundle::new(chain, lists).codes()
    };
    assert_eq!(with(&[3], None), [REVOKED, REVOKED]);
    assert_eq!(with(&[], None), [UNKNOWN, KNOWN]);
    let may = issued(4, ("CN=Branch", "issuing"), (ROOT, "root"));
    assert_eq!(with(&[], Some(may)), [KNOWN, KNOWN], "the same key by another certificate");
}

/// A root before and after a renewal, both of them anchors.
#[test]
fn another_anchor_of_the_name_says_revoked_and_not_good() {
    let (branch, renewed) =
        (issued(2, ("CN=Branch", "issuing"), (ROOT, "root")), issued(1, (ROOT, "other"), (ROOT, "other")));
    let leaf = issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let with = |numbers: &[u8], anchor: Certificate| {
        let lists = vec![said((ROOT, "other"), numbers), said(("CN=Branch", "issuing"), &[])];
        let chain = vec![leaf.clone(), branch.clone()];
        Bundle { anchors: vec![anchor], ..Bundle::new(chain, lists) }.codes()
    };
    assert_eq!(with(&[2], renewed.clone()), [REVOKED, REVOKED]);
    assert_eq!(with(&[], renewed), [UNKNOWN, KNOWN]);
    for end in [NOW - DAY, NOW + DAY] {
        let before = changed(1, (ROOT, "other"), (ROOT, "other"), ended(end));
        let code = if end > NOW { [REVOKED, REVOKED] } else { [UNKNOWN, KNOWN] };
        assert_eq!(with(&[2], before), code, "valid until {end}");
    }
    let stranger = issued(1, ("CN=Stranger", "other"), ("CN=Stranger", "other"));
    assert_eq!(with(&[2], stranger), [UNKNOWN, KNOWN]);
}

/// On a curve that is not read here.
#[test]
fn another_anchor_of_the_name_that_cannot_be_used_is_left_alone() {
    let (branch, leaf) = (
        issued(2, ("CN=Branch", "issuing"), (ROOT, "root")),
        issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing")),
    );
    let unread = changed(1, (ROOT, "p256"), (ROOT, "other"), |tbs| {
        let spki = tbs.subject_public_key_info.to_der().unwrap();
        let point = spki.get(spki.len().saturating_sub(68)..).unwrap();
        let curve = crate::hex::decode("3056301006072a8648ce3d020106052b8104000a").unwrap();
        tbs.subject_public_key_info = name([&curve, point].concat());
    });
    let lists =
        vec![said((ROOT, "p384"), &[]), said((ROOT, "root"), &[]), said(("CN=Branch", "issuing"), &[])];
    let bundle = Bundle { anchors: vec![unread], ..Bundle::new(vec![leaf, branch], lists) };
    assert_eq!(bundle.codes(), [KNOWN, KNOWN]);
}

/// Certificates of before, as those of some roots and what they certified.
#[test]
fn an_authority_without_key_usage_signs_lists() {
    let (branch, leaf) = (
        issued(2, ("CN=Branch", "issuing"), (ROOT, "root")),
        issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing")),
    );
    let next = changed(4, ("CN=Branch", "p256"), (ROOT, "root"), |tbs| {
        tbs.extensions.as_mut().unwrap().retain(|own| own.extn_id != rfc5280::ID_CE_KEY_USAGE);
    });
    for (numbers, codes) in [(&[3][..], [REVOKED, REVOKED]), (&[], [KNOWN, KNOWN])] {
        let lists = vec![said((ROOT, "root"), &[]), said(("CN=Branch", "p256"), numbers)];
        let chain = vec![leaf.clone(), branch.clone(), next.clone()];
        assert_eq!(Bundle::new(chain, lists).codes(), codes);
    }
}

/// The next key of an authority, which the next key of the root certified.
#[test]
fn a_signer_under_another_anchor_of_the_name_says_revoked_and_not_good() {
    let branch = issued(2, ("CN=Branch", "issuing"), (ROOT, "root"));
    let leaf = issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let with = |numbers: &[u8], root: &str| {
        let lists =
            vec![said((ROOT, "root"), &[]), said((ROOT, "other"), &[]), said(("CN=Branch", "p256"), numbers)];
        let chain = vec![leaf.clone(), branch.clone(), issued(4, ("CN=Branch", "p256"), (root, "other"))];
        let anchors = vec![issued(1, (root, "other"), (root, "other"))];
        Bundle { anchors, ..Bundle::new(chain, lists) }.codes()
    };
    assert_eq!(with(&[3], ROOT), [REVOKED, REVOKED]);
    assert_eq!(with(&[], ROOT), [UNKNOWN, KNOWN]);
    assert_eq!(with(&[3], "CN=Stranger"), [UNKNOWN, KNOWN]);
}

/// Whose own certificate is good, below one that has ended since.
#[test]
fn each_certificate_of_a_signer_may_have_ended_since_he_spoke() {
    let branch = issued(2, ("CN=Branch", "issuing"), (ROOT, "root"));
    let leaf = issued(3, ("CN=leaf", "device"), ("CN=Branch", "issuing"));
    let with = |end: u64, numbers: &[u8]| {
        let before = changed(4, ("CN=Branch", "other"), (ROOT, "root"), ended(end));
        let signer = issued(5, ("CN=Branch", "p256"), ("CN=Branch", "other"));
        let lists = vec![said((ROOT, "root"), &[]), earlier(&said(("CN=Branch", "p256"), numbers), "p256")];
        Bundle::new(vec![leaf.clone(), branch.clone(), signer, before], lists).codes()
    };
    assert_eq!(with(NOW - DAY / 2, &[3]), [REVOKED, REVOKED]);
    assert_eq!(with(NOW - DAY / 2, &[]), [UNKNOWN, KNOWN]);
    assert_eq!(with(NOW - 2 * DAY, &[3]), [UNKNOWN, KNOWN], "before he spoke");
}

/// The same list of a day before.
fn earlier(list: &RevocationList, key: &str) -> RevocationList {
    let day_before = der::DateTime::from_unix_duration(core::time::Duration::from_secs(NOW - DAY)).unwrap();
    rewritten(list, key, |tbs| {
        tbs.this_update =
            x509_cert::time::Time::UtcTime(der::asn1::UtcTime::from_date_time(day_before).unwrap())
    })
}

/// Lists about signers of lists, each by the next one; of the last, who is no authority, the root says that he is good.
#[test]
fn signers_stand_on_few_other_signers() {
    let with = |signers: u8, more: Option<(Certificate, RevocationList)>| {
        let name = |number: u8| alloc::format!("CN=Lists {number}");
        let mut chain = vec![changed(9, ("CN=leaf", "device"), (ROOT, "root"), under_lists_of(&name(0)))];
        let mut lists = vec![rewritten(&said((ROOT, "root"), &[]), "root", |tbs| {
            tbs.crl_extensions.as_mut().unwrap().push(scope(true, false));
        })];
        for number in 0..signers {
            let key = if number.is_multiple_of(2) { "p256" } else { "p384" };
            let (own, next) = (name(number), number.saturating_add(1));
            chain.push(changed(10_u8.saturating_add(number), (&own, key), (ROOT, "root"), |tbs| {
                if next < signers {
                    under_lists_of(&name(next))(tbs);
                } else {
                    let own = tbs.extensions.as_mut().unwrap();
                    own.retain(|one| one.extn_id == rfc5280::ID_CE_KEY_USAGE);
                }
            }));
            lists.push(indirect((&own, key), ROOT, false));
        }
        if let Some((certificate, list)) = more {
            chain.push(certificate);
            lists.push(list);
        }
        Bundle::new(chain, lists).codes()
    };
    assert_eq!(with(4, None), [KNOWN, KNOWN]);
    assert_eq!(with(5, None), [UNKNOWN, KNOWN]);
    // At the last one a stranger is as unheard as at the first.
    let stranger = issued(30, (ROOT, "other"), (ROOT, "other"));
    assert_eq!(with(4, Some((stranger, said((ROOT, "other"), &[13])))), [KNOWN, KNOWN]);
}
