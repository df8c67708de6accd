//! Rules of authorities as values.

use alloc::{string::String, vec, vec::Vec};

use super::Case;
use crate::{
    authority::Authority,
    keys::Keys,
    lint::{authority::*, testing::*},
    operation::renew_authority,
    seed::Seed,
    testing::{NOW, TestKeys, rekeyed, root, subordinate},
};

fn changed(authority: Authority, change: impl FnOnce(&mut Authority)) -> Scene {
    let mut authority = authority;
    change(&mut authority);
    Scene::of(authority)
}

/// The authority with a generation that waits.
fn waiting(mode: renew_authority::Mode) -> Authority {
    let request = renew_authority::Request {
        now: NOW,
        seed: Seed::new([8; 32]),
        authority: root(),
        issuer: None,
        mode,
        validity_seconds: None,
        crl_urls: Some(vec!["http://pki.example/second.crl".into()]),
        share_crl_urls: false,
        ocsp_urls: None,
        issuer_urls: None,
        helpers: Vec::new(),
    };
    renew_authority::run(request, &mut Keys::new(TestKeys::ring(), Vec::new()))
        .unwrap_or_else(|halt| panic!("{halt:?}"))
        .authority
}

/// A registration authority's certificate by the root of the tests.
fn helper(signer: &'static str, identifier: &[u8], not_after: &str) -> String {
    Draft { not_after: utc(not_after), signer, ..Draft::device() }
        .with(authority_identifier(identifier))
        .with(purposes(false, &[REQUEST_AGENT]))
        .pem()
}

fn helped(helper: String) -> Scene {
    Scene { helpers: vec![helper], ..Scene::of(root()) }
}

pub(super) fn cases() -> Vec<Case> {
    let new_key = || waiting(renew_authority::Mode::NewKey(Some(TestKeys::reference("p256"))));
    let sound = || Scene::of(root());
    let own = root().subject_key_identifier.0;
    let near = |authority: Authority| {
        let mut scene = Scene::of(authority);
        // 19 years and some weeks into a life of twenty years.
        scene.setting.now = NOW.saturating_add((19 * 365 + 60) * DAY);
        scene
    };
    let shared = |draft: &mut Authority| draft.former[0].crl_urls.clone_from(&draft.crl_urls);
    vec![
        Case::new(
            &AUTHORITY_INVALID,
            changed(root(), |root| root.chain.push(subordinate().certificate)),
            sound(),
        ),
        Case::new(
            &AUTHORITY_INVALID,
            changed(root(), |root| root.certificate = "none".into()),
            Scene::of(subordinate()),
        ),
        Case::new(&AUTHORITY_ABOUT_TO_EXPIRE, near(root()), sound()).also(&["expires_soon"]),
        Case::new(&FINGERPRINT_ABOUT_TO_CHANGE, Scene::of(new_key()), Scene::of(rekeyed(root()))),
        Case::new(
            &AUTHORITY_WITHOUT_CROSS_CERTIFICATES,
            changed(new_key(), |root| root.next.iter_mut().for_each(|next| next.cross_certificates.clear())),
            sound(),
        )
        .also(&["fingerprint_about_to_change"]),
        Case::new(
            &GENERATION_IDENTIFIER_CHANGED,
            changed(waiting(renew_authority::Mode::SameKey), |root| {
                root.next.iter_mut().for_each(|next| next.subject_key_identifier.0[0] ^= 1)
            }),
            sound(),
        )
        .also(&["fingerprint_about_to_change"]),
        Case::new(&CRL_ADDRESS_OF_TWO_KEYS, changed(rekeyed(root()), shared), Scene::of(rekeyed(root()))),
        Case::new(
            &AUTHORITY_WITHOUT_REVOCATION,
            changed(root(), |root| (root.crl_urls, root.ocsp_urls) = (vec![], vec![])),
            sound(),
        ),
        Case::new(
            &HELPER_ABOUT_TO_EXPIRE,
            helped(helper("root", &own, "261201000000Z")),
            helped(helper("root", &own, "261230000000Z")),
        )
        .also(&["expires_soon"]),
        Case::new(
            &HELPER_OF_ANOTHER,
            helped(helper("other", &[9; 20], "280101000000Z")),
            helped(helper("root", &own, "280101000000Z")),
        ),
    ]
}
