//! What the authority and its certificate allow.

use x509_cert::ext::pkix::SubjectKeyIdentifier;

use super::{Finding, Found, Situation, Status, attention, ok, refused};
use crate::{authority::renewal, issuer};

/// No other renewal is waiting.
pub(super) fn waiting_generation(situation: &Situation<'_>) -> Found {
    match &situation.preconditions.waiting {
        Ok(()) => ok("no renewal is under way"),
        Err(error) => refused(error),
    }
}

/// There is room for another generation.
pub(super) fn former_generations(situation: &Situation<'_>) -> Found {
    match &situation.preconditions.number {
        Ok(_) => ok("there is room for another generation"),
        Err(error) => refused(error),
    }
}

/// The issuer of a subordinate can renew it.
pub(super) fn issuer(situation: &Situation<'_>) -> Found {
    match &situation.preconditions.issuer {
        Err(error) => refused(error),
        Ok(None) => ok("a root signs its own certificate"),
        Ok(Some(issuer)) if issuer.period().not_after <= situation.authority.certificate.not_after() => {
            attention(format_args!(
                "the issuer ends at {}: the renewed authority would not live longer than the present one; renew the issuer first",
                issuer.period().not_after
            ))
        }
        Ok(Some(_)) => ok("the issuer can renew it"),
    }
}

/// The new key does nothing else.
pub(super) fn new_key(situation: &Situation<'_>) -> Found {
    match &situation.preconditions.key {
        Err(error) => refused(error),
        Ok(Some(key)) if key.is_new => ok("the key is none of the authority's or its issuer's, and large enough"),
        Ok(Some(_)) => ok("the key stays"),
        Ok(None) => Ok(Finding(
            Status::Unknown,
            None,
            "the key is not made yet; it must be none of the authority's, its issuer's or its helpers'".into(),
        )),
    }
}

/// Nothing names the authority's certificate by issuer and serial number.
pub(super) fn authority_key_identifier(situation: &Situation<'_>) -> Found {
    if let Err(error) = &situation.preconditions.identifier {
        return refused(error);
    }
    if !renewal::names_one_certificate(&situation.authority.certificate)? {
        return ok("the authority's certificate names its issuer by key identifier at most");
    }
    attention(
        "the authority's certificate names its issuer by issuer and serial number; whoever made it may have issued the \
         authority's certificates alike, and those lead to the old certificate only: keep it with the new one until the \
         last of them has ended",
    )
}

/// The certificate has the key identifier that others name it by.
pub(super) fn subject_key_identifier(situation: &Situation<'_>) -> Found {
    let identifier: Option<SubjectKeyIdentifier> = situation.authority.certificate.extension()?;
    match identifier {
        Some(_) if situation.is_new_key() => ok("old and new certificate have key identifiers, so verifiers tell them apart"),
        Some(_) => ok("the key identifier is kept octet by octet"),
        None if situation.is_new_key() => attention(
            "the old certificate has no key identifier: of two certificates of one name GnuTLS then tries the last only; put the \
             new one after the old one in every bundle",
        ),
        None => attention("the certificate has no key identifier; the renewed one will have none either"),
    }
}

/// Certificates that cross have room.
pub(super) fn path_length(situation: &Situation<'_>) -> Found {
    let length = issuer::path_length(&situation.authority.certificate)?;
    match length {
        Some(length) if situation.moves_the_anchor() => attention(format_args!(
            "the path length is {length}: certificates that cross are self-issued and not counted (RFC 5280 6.1.4), but GnuTLS \
             counts them and refuses a path that is too long by one; give its users the new anchor first"
        )),
        _ => ok("nothing new comes between the authority and what it issues, or there is room for it"),
    }
}

/// Nothing is valid longer than its authority.
pub(super) fn validity_nesting(situation: &Situation<'_>) -> Found {
    let end = situation.authority.certificate.not_after();
    let groups = situation.request.certificates.iter().filter(|group| group.not_after > end);
    let beyond = groups.fold(0_u64, |sum, group| sum.saturating_add(group.count));
    if beyond > 0 {
        return Ok(Finding(
            Status::Attention,
            Some(beyond),
            "certificates end after the authority's own: verifiers of the shell model refuse them at once".into(),
        ));
    }
    Ok(Finding(Status::Ok, Some(0), "no certificate outlives the authority's own".into()))
}

/// Who trusts the old certificate gets the new one.
pub(super) fn trust_anchors(situation: &Situation<'_>) -> Found {
    if !situation.is_root() {
        return ok("the anchor is the root above, which stays; servers send the new intermediate with the chain");
    }
    if situation.is_new_key() {
        return attention(
            "distribute the new certificate as a payload of its own, not in the profile of the SCEP payload; until then \
             new-with-old leads from the old anchor to new certificates, and old-with-new from the new anchor to old ones",
        );
    }
    attention(
        "distribute the renewed certificate as a payload of its own before the old one ends; both accept each other's \
         certificates, in either order",
    )
}
