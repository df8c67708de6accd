//! Rules that the verifier finds.

use alloc::{string::String, vec, vec::Vec};

use super::Case;
use crate::lint::{chain, path::*, testing::*};

/// A device's certificate below the subordinate, for a host.
fn leaf(host: &[u8]) -> Draft {
    Draft { issuer: common_name("Test Issuing"), signer: "issuing", ..Draft::device() }
        .with(authority_identifier(&[3; 20]))
        .with(alternative_names(false, &[(2, host)]))
}

fn scene(drafts: &[Draft], lists: &[ListDraft]) -> Scene {
    let certificates = drafts.iter().map(Draft::pem);
    Scene::new(&certificates.chain(lists.iter().map(ListDraft::pem)).collect::<Vec<_>>())
}

/// Permits `example.com` alone.
fn limited() -> Draft {
    let subtrees = tlv(0xa0, &sequence(&[tlv(0x82, b"example.com")]));
    Draft::subordinate().with(extension("2.5.29.30", true, &sequence(&[subtrees])))
}

/// A list of the subordinate's that names the device.
fn list(serial: u8) -> ListDraft {
    let entry = sequence(&[tlv(2, &[serial; 16]), utc("261110000000Z")]);
    ListDraft {
        issuer: common_name("Test Issuing"),
        entries: sequence(&[entry]),
        extensions: vec![authority_identifier(&[3; 20]), extension("2.5.29.20", false, &tlv(2, &[7]))],
        signer: "issuing",
        ..ListDraft::sound()
    }
}

pub(super) fn cases() -> Vec<Case> {
    let whole = |leaf: Draft, issuing: Draft| scene(&[leaf, issuing, Draft::root()], &[]);
    let sound = || leaf(b"a.example.com");
    let explicit = Draft::subordinate().with(extension("2.5.29.36", true, &sequence(&[tlv(0x80, &[0])])));
    let policy = extension("2.5.29.32", false, &sequence(&[sequence(&[oid("1.2.3.4")])]));
    let listed = |lists: &[ListDraft]| scene(&[sound(), Draft::subordinate(), Draft::root()], lists);
    vec![
        Case::new(&NAME_NOT_PERMITTED, whole(leaf(b"a.example.org"), limited()), whole(sound(), limited())),
        // Ended, which other rules tell, and hidden by nothing.
        Case::new(
            &NAME_NOT_PERMITTED,
            whole(Draft { not_after: utc("260601000000Z"), ..leaf(b"a.example.org") }, limited()),
            whole(sound(), Draft::subordinate()),
        )
        .also(&["expired"]),
        Case::new(&REVOKED, listed(&[list(0x41)]), listed(&[list(0x44)])),
        Case::new(
            &POLICY_NOT_VALID,
            whole(sound(), explicit.clone().with(policy.clone())),
            whole(sound().with(policy.clone()), explicit.with(policy)),
        ),
        Case::new(&PATHS_NOT_FOLLOWED, many(250), many(10)),
    ]
}

/// Two certificates, and many of their issuer's name before the one of their issuer.
fn many(count: usize) -> Scene {
    let namesake = Draft { spki: spki("other"), serial: tlv(2, &[0x57; 16]), ..Draft::subordinate() }
        .with(subject_identifier(&[9; 20]))
        .pem();
    let second = Draft { serial: tlv(2, &[0x58; 16]), ..leaf(b"b.example.com") };
    let others = [Draft::subordinate(), leaf(b"a.example.com"), second].map(|draft| draft.pem());
    Scene::new(&[vec![namesake.repeat(count)], others.to_vec()].concat())
}

fn told(scene: &Scene) -> Vec<(String, String, String)> {
    let told = |object: crate::lint::Object| {
        let at = object.at;
        object.findings.into_iter().map(move |finding| (at.clone(), finding.id, finding.detail))
    };
    scene.objects().into_iter().flat_map(told).collect()
}

/// An authority's revocation is told of the authority, and of the list by its place in the request.
#[test]
fn whom_it_is_about_and_who_says_so() {
    let of_root = ListDraft {
        entries: sequence(&[sequence(&[tlv(2, &[0x43; 16]), utc("261110000000Z")])]),
        ..ListDraft::sound()
    };
    let found = told(&scene(&[leaf(b"a.example.com"), Draft::subordinate(), Draft::root()], &[of_root]));
    let [(at, id, detail)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((at.as_str(), id.as_str()), ("inputs.1.0", "revoked"));
    assert!(detail.contains("inputs.3.0 says that it was revoked"), "{detail}");
}

/// What an impostor of the name does not sign, the right one may, wherever it is.
#[test]
fn all_of_one_name_are_tried() {
    let impostor = Draft { spki: spki("other"), serial: tlv(2, &[0x57; 16]), ..Draft::subordinate() };
    let without = |draft: Draft| draft.without("2.5.29.14");
    let bare = |draft: Draft| draft.without("2.5.29.35");
    let all = [bare(leaf(b"a.example.com")), without(impostor), without(Draft::subordinate())];
    let found = told(&scene(&all, &[list(0x41)]));
    let ids: Vec<_> = found.iter().map(|(_, id, _)| id.as_str()).collect();
    assert!(ids.contains(&"revoked"), "{ids:?}");
    for id in [&chain::SIGNATURE_NOT_BY_ISSUER, &crate::lint::certificate_list::CRL_SIGNATURE_INVALID] {
        assert!(!ids.contains(&id.id().as_str()), "{ids:?}");
    }
    let forged = Draft { signer: "device", ..bare(leaf(b"a.example.com")) };
    let found = told(&scene(&[forged, all[1].clone(), all[2].clone()], &[]));
    assert!(found.iter().any(|(_, id, _)| *id == chain::SIGNATURE_NOT_BY_ISSUER.id()), "{found:?}");
}
