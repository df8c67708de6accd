//! The engine.

use super::question::{Path, Purpose, Question, Verdict};
use crate::engine::NOW;
use sealwright_core::Error;
use sealwright_core::certificate::Certificate;
use sealwright_core::path::{self, Identity, Policy, RevocationMode, Rules, TrustAnchor};

/// Its verdict.
///
/// # Panics
/// If it cannot read what it has read before.
pub(super) fn judge(question: &Question) -> Verdict {
    let read = |der: &Vec<u8>| Certificate::from_der(der).expect("a certificate that was read before");
    let intermediates: Vec<_> = question.intermediates.iter().map(read).collect();
    let identities = question.host.iter().map(|host| Identity::parse(&format!("dns:{host}")));
    let identities = match identities.collect::<Result<Vec<_>, _>>() {
        Ok(identities) => identities,
        Err(error) => return refused(error),
    };
    let rules = if question.strict { Rules::Rfc5280 } else { Rules::Path };
    let decision = path::verify(&path::Question {
        now: NOW,
        certificate: &read(&question.certificate),
        intermediates: &intermediates,
        anchors: &[TrustAnchor::from_certificate(read(&question.anchor))],
        crls: &[],
        ocsp_responses: &[],
        purpose: match question.purpose {
            Purpose::TlsServer => path::Purpose::TlsServer,
            Purpose::DeviceClient => path::Purpose::DeviceClient,
        },
        identities: &identities,
        policy: &Policy { rules, revocation: RevocationMode::Off, ..Policy::default() },
    });
    match decision {
        Ok(decision) => {
            let numbers = decision.path.iter().filter_map(|own| own.from.strip_prefix("intermediates."));
            let number = |text: &str| text.parse::<usize>().expect("the number of an intermediate");
            let path = numbers.map(|text| question.intermediates[number(text)].clone());
            Verdict::Accepted(Path { intermediates: path.collect() })
        }
        Err(error) => refused(error),
    }
}

fn refused(error: Error) -> Verdict {
    let code = serde_json::to_value(error.code).expect("a code");
    Verdict::Refused(code.as_str().expect("its name").to_owned(), error.detail)
}
