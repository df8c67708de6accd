//! Where certificates look for what revokes them.

use alloc::{string::String, vec::Vec};

use super::{Found, Situation, attention, ok, refused};

/// The addresses can be written.
pub(super) fn addresses(situation: &Situation<'_>) -> Found {
    match &situation.preconditions.addresses {
        Ok(_) => ok("lists, responder and certificate are at addresses that a certificate can name"),
        Err(error) => refused(error),
    }
}

/// The CRL of the old key goes on.
pub(super) fn crl_of_the_old_key(situation: &Situation<'_>) -> Found {
    match &situation.preconditions.place {
        Err(error) => refused(error),
        Ok(Some(url)) => attention(format_args!(
            "the CRLs of all keys are at {url}: each needs the revoked certificates of all generations, and a higher number \
             than every other"
        )),
        Ok(None) => {
            let (wanted, current) = (&situation.request.crl_urls, &situation.request.authority.crl_urls);
            of_the_old_key(situation, wanted.as_ref(), current, "the CRL", "crl_urls")
        }
    }
}

/// OCSP for the old key goes on.
pub(super) fn ocsp_of_the_old_key(situation: &Situation<'_>) -> Found {
    let (wanted, current) = (&situation.request.ocsp_urls, &situation.request.authority.ocsp_urls);
    if situation.is_new_key() && !current.is_empty() {
        return attention(format_args!(
            "an OCSP signer for each key is needed until the last certificate of the old key has ended{}",
            if wanted.is_some() { "" } else { "; one responder can serve both, by the issuer's key in the request" }
        ));
    }
    of_the_old_key(situation, wanted.as_ref(), current, "OCSP", "ocsp_urls")
}

fn of_the_old_key(
    situation: &Situation<'_>,
    wanted: Option<&Vec<String>>,
    current: &[String],
    what: &str,
    field: &str,
) -> Found {
    if current.is_empty() {
        return ok(format_args!("certificates name no place for {what}"));
    }
    if !situation.is_new_key() {
        return ok(format_args!("the key is the same: {what} goes on for both certificates"));
    }
    if wanted.is_some_and(|wanted| !wanted.iter().any(|url| current.contains(url))) {
        return attention(format_args!(
            "{what} of the old key has to be signed and published until its last certificate has ended"
        ));
    }
    attention(format_args!(
        "the new key needs a place of its own for {what}: give the renewal other `{field}`, for that of the old key has to go on"
    ))
}
