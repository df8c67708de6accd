//! OpenSSL, as `openssl verify -partial_chain -purpose …` asks it, with `-x509_strict` and
//! `-policy_check` for the strict rules.

use super::question::{Path, Purpose, Question, Verdict};
use crate::engine::NOW;
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext};

/// Its verdict.
///
/// # Panics
/// If OpenSSL has no memory, or no verdict.
pub(super) fn judge(question: &Question) -> Verdict {
    let read = question.certificates().map(|der| X509::from_der(der)).collect::<Result<Vec<_>, _>>();
    let mut intermediates = match read {
        Ok(read) => read,
        Err(error) => return Verdict::Refused("unreadable".into(), error.to_string()),
    };
    let (certificate, anchor) = (intermediates.remove(0), intermediates.pop().expect("an anchor"));
    let mut between = Stack::new().expect("a stack");
    for intermediate in intermediates {
        between.push(intermediate).expect("room on a stack");
    }
    let store = store(question, anchor).expect("a store");
    let mut context = X509StoreContext::new().expect("a context");
    let verdict = context.init(&store, &certificate, &between, |context| {
        if context.verify_cert()? {
            let chain = context.chain().into_iter().flatten().map(|own| own.to_der());
            return Ok(Verdict::Accepted(path(chain.collect::<Result<_, _>>()?)));
        }
        let detail = format!("at depth {}", context.error_depth());
        Ok(Verdict::Refused(context.error().error_string().to_owned(), detail))
    });
    // What went wrong on the way stays in the queue of the thread otherwise.
    let queue = ErrorStack::get();
    verdict.unwrap_or_else(|error| Verdict::Refused("no verdict".into(), format!("{error} {queue}")))
}

fn store(question: &Question, anchor: X509) -> Result<X509Store, ErrorStack> {
    let mut param = X509VerifyParam::new()?;
    // Limbo's anchors may be any certificates.
    param.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    if question.strict {
        param.set_flags(X509VerifyFlags::X509_STRICT | X509VerifyFlags::POLICY_CHECK)?;
    }
    param.set_time(NOW.try_into().expect("a time"));
    param.set_purpose(match question.purpose {
        Purpose::TlsServer => X509PurposeId::SSL_SERVER,
        Purpose::DeviceClient => X509PurposeId::SSL_CLIENT,
    })?;
    if let Some(host) = &question.host {
        // The common name is no name of a host (RFC 9525 2).
        param.set_hostflags(X509CheckFlags::NEVER_CHECK_SUBJECT | X509CheckFlags::NO_PARTIAL_WILDCARDS);
        param.set_host(host)?;
    }
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(anchor)?;
    store.set_param(&param)?;
    Ok(store.build())
}

/// The chain without its ends. A chain of one is the certificate in question, which is the anchor too.
fn path(mut chain: Vec<Vec<u8>>) -> Path {
    chain.pop();
    Path { intermediates: chain.into_iter().skip(1).collect() }
}
