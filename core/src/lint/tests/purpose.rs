//! Rules of what certificates are meant for.

use alloc::{vec, vec::Vec};

use super::Case;
use crate::lint::{
    purpose::{Purpose, *},
    testing::*,
};

fn ra() -> Draft {
    Draft::device().with(purposes(false, &[REQUEST_AGENT]))
}

fn server() -> Draft {
    Draft::device()
        .with(purposes(false, &[SERVER_AUTH]))
        .with(alternative_names(false, &[(2, b"a.example.com")]))
}

fn responder() -> Draft {
    Draft::device().with(key_usage(true, &[7, 0x80])).with(purposes(false, &[OCSP_SIGNING])).with(extension(
        "1.3.6.1.5.5.7.48.1.5",
        false,
        &[5, 0],
    ))
}

pub(super) fn cases() -> Vec<Case> {
    let as_ra = |draft: Draft| Scene::from(draft).meant_for(Purpose::Ra);
    let as_server = |draft: Draft| Scene::from(draft).meant_for(Purpose::TlsServer);
    let named = |text: &str| Draft { subject: common_name(text), ..server() };
    let p256 = Draft { spki: spki("p256"), ..ra() }.with(key_usage(true, &[7, 0x80]));
    vec![
        Case::new(&RA_KEY_USAGE_INCOMPLETE, ra().with(key_usage(true, &[7, 0x80])), ra()),
        Case::new(&RA_KEY_USAGE_INCOMPLETE, ra().with(key_usage(true, &[5, 0x20])), ra()),
        Case::new(&RA_KEY_USAGE_INCOMPLETE, ra().without("2.5.29.15"), ra()),
        Case::new(&RA_KEY_NOT_RSA, p256, ra()).also(&["ra_key_usage_incomplete"]),
        Case::new(&RA_WITHOUT_WINDOWS_PURPOSE, as_ra(Draft::device()), as_ra(server())),
        Case::new(
            &RA_WITHOUT_WINDOWS_PURPOSE,
            as_ra(Draft::device().with(purposes(false, &["1.3.6.1.5.5.7.3.28"]))),
            as_ra(ra()),
        ),
        Case::new(
            &RA_IS_AUTHORITY,
            as_ra(
                Draft::subordinate()
                    .with(key_usage(true, &[1, 0xa6]))
                    .with(purposes(false, &[REQUEST_AGENT])),
            ),
            as_ra(ra()),
        ),
        Case::new(
            &DEVICE_WITHOUT_CLIENT_AUTH,
            Scene::from(server()).meant_for(Purpose::Device),
            Scene::from(Draft::device()).meant_for(Purpose::Device),
        ),
        Case::new(&SERVER_WITHOUT_ALTERNATIVE_NAMES, server().without("2.5.29.17"), server()),
        Case::new(
            &SERVER_WITHOUT_SERVER_AUTH,
            as_server(server().with(purposes(false, &[CLIENT_AUTH]))),
            as_server(server()),
        ),
        Case::new(&SERVER_WITHOUT_SERVER_AUTH, as_server(server().without("2.5.29.37")), as_server(server())),
        Case::new(
            &SERVER_LIFE_OVER_825_DAYS,
            Draft { not_after: utc("280501000000Z"), ..server() },
            Draft { not_after: utc("280405000000Z"), ..server() },
        ),
        Case::new(&COMMON_NAME_NOT_AMONG_NAMES, named("b.example.com"), named("A.example.com")),
        Case::new(
            &OCSP_SIGNER_WITHOUT_PURPOSE,
            Scene::from(responder().with(purposes(false, &[CLIENT_AUTH]))).meant_for(Purpose::OcspSigner),
            Scene::from(responder()).meant_for(Purpose::OcspSigner),
        ),
        Case::new(&OCSP_SIGNER_WITHOUT_NO_CHECK, responder().without("1.3.6.1.5.5.7.48.1.5"), responder()),
    ]
}
