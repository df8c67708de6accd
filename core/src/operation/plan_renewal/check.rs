//! The checks of a planned renewal, each by its name.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use super::{Mode, Situation};
use crate::{authority::renewal, error::Error, issuer};

/// How many devices are many: above this, Jamf's own documentation has its customers call support.
const MANY: u64 = 500;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing to do.
    Ok,
    /// Somebody has to do something, or be told.
    Attention,
    /// The request does not say how many there are.
    Unknown,
    /// The renewal would be refused.
    Refused,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which.
    pub name: Name,
    /// What it found.
    pub status: Status,
    /// How many things it is about, where they can be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// A sentence: what will happen, or what is to be done.
    pub detail: String,
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident => $function:ident,)*) => {
        /// The names of the checks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Name {
            $($(#[$doc])* $name,)*
        }

        /// All checks, in the order of their list.
        ///
        /// # Errors
        /// Those of parsing the authority's own extensions.
        pub(super) fn all(situation: &Situation<'_>) -> Result<Vec<Check>, Error> {
            Ok(alloc::vec![$($function(situation)?.named(Name::$name),)*])
        }
    };
}

checks! {
    /// No other renewal is waiting.
    WaitingGeneration => waiting_generation,
    /// There is room for another generation.
    FormerGenerations => former_generations,
    /// The issuer of a subordinate can renew it.
    Issuer => issuer,
    /// Nothing names the authority's certificate by issuer and serial number.
    AuthorityKeyIdentifier => authority_key_identifier,
    /// The certificate has the key identifier that others name it by.
    SubjectKeyIdentifier => subject_key_identifier,
    /// Certificates that cross have room.
    PathLength => path_length,
    /// The renewal comes in time.
    TimeLeft => time_left,
    /// Nothing is valid longer than its authority.
    ValidityNesting => validity_nesting,
    /// Who trusts the old certificate gets the new one.
    TrustAnchors => trust_anchors,
    /// Certificates of servers.
    TlsCertificates => tls_certificates,
    /// Helpers: registration authorities, OCSP signers.
    Helpers => helpers,
    /// Distribution over HTTPS.
    HttpsDistributionPoints => https_distribution_points,
    /// Signed configuration profiles.
    SignedProfiles => signed_profiles,
    /// Plug-ins of other management systems.
    ManagementPlugins => management_plugins,
    /// Tokens for automated enrolment.
    EnrolmentTokens => enrolment_tokens,
    /// Profiles that pin the certificate.
    CaFingerprintProfiles => ca_fingerprint_profiles,
    /// Browser policies by the issuer's name.
    AutoSelectFilters => auto_select_filters,
    /// Servers that hold the certificate as their anchor.
    TrustLists => trust_lists,
    /// What is encrypted for the certificate.
    EscrowRecipients => escrow_recipients,
    /// The CRL of the old key goes on.
    CrlOfTheOldKey => crl_of_the_old_key,
    /// OCSP for the old key goes on.
    OcspOfTheOldKey => ocsp_of_the_old_key,
    /// How many devices come, and how fast.
    Herd => herd,
}

/// A finding without its name.
struct Finding(Status, Option<u64>, String);

impl Finding {
    fn named(self, name: Name) -> Check {
        let Self(status, count, detail) = self;
        Check { name, status, count, detail }
    }
}

type Found = Result<Finding, Error>;

fn ok(detail: impl ToString) -> Found {
    Ok(Finding(Status::Ok, None, detail.to_string()))
}

fn attention(detail: impl ToString) -> Found {
    Ok(Finding(Status::Attention, None, detail.to_string()))
}

fn refused(detail: impl ToString) -> Found {
    Ok(Finding(Status::Refused, None, detail.to_string()))
}

/// About things that the caller counts: `attention` where there are some and the new key, or any renewal, touches
/// them.
fn counted(count: Option<u64>, is_touched: bool, touched: &str, untouched: &str) -> Found {
    Ok(match count {
        None => {
            let about = if is_touched { touched } else { untouched };
            Finding(Status::Unknown, None, format!("it is not said how many there are; {about}"))
        }
        Some(0) => Finding(Status::Ok, Some(0), "there are none".into()),
        some if is_touched => Finding(Status::Attention, some, touched.into()),
        some => Finding(Status::Ok, some, untouched.into()),
    })
}

impl Situation<'_> {
    fn is_new_key(&self) -> bool {
        self.request.mode == Mode::NewKey
    }

    /// Whether what is trusted becomes another key.
    fn moves_the_anchor(&self) -> bool {
        self.is_root() && self.is_new_key()
    }

    fn is_root(&self) -> bool {
        self.authority.certificate.is_self_issued()
    }

    /// How many valid certificates there are of kinds.
    fn valid(&self, is_wanted: impl Fn(&str) -> bool) -> u64 {
        let kinds = self.dependents.iter().filter(|kind| is_wanted(&kind.profile));
        kinds.fold(0, |sum, kind| sum.saturating_add(kind.count))
    }
}

fn waiting_generation(situation: &Situation<'_>) -> Found {
    match &situation.request.authority.next {
        Some(next) => refused(format_args!(
            "generation {} is waiting: activate or abandon it; another renewal would make a third certificate",
            next.number
        )),
        None => ok("no renewal is under way"),
    }
}

fn former_generations(situation: &Situation<'_>) -> Found {
    let authority = &situation.request.authority;
    if authority.has_room() {
        return ok("there is room for another generation");
    }
    refused(format_args!(
        "there are {} former and {} abandoned generations: take the oldest, whose last certificate has ended, out of the \
         authority's value",
        authority.former.len(),
        authority.abandoned.len()
    ))
}

fn issuer(situation: &Situation<'_>) -> Found {
    let own = &situation.authority.certificate;
    let issuer = match (&situation.issuer, situation.is_root()) {
        (None, true) => return ok("a root signs its own certificate"),
        (Some(_), true) => return refused("a root has no issuer, but one was given"),
        (None, false) => return refused("a subordinate is renewed by its issuer, which was not given"),
        (Some(Err(error)), false) => return refused(format_args!("the issuer cannot be used: {error}")),
        (Some(Ok(issuer)), false) => issuer,
    };
    if issuer.certificate.subject() != own.issuer() {
        return refused("the issuer given has another name than the one that the authority has");
    }
    let may = issuer::path_length(own).and_then(|length| issuer.path_length_below(length));
    if let Err(error) = issuer.check_time(situation.request.now).and(may.map(drop)) {
        return refused(format_args!("the issuer cannot renew it: {error}"));
    }
    if issuer.period().not_after <= own.not_after() {
        return attention(format_args!(
            "the issuer ends at {}: the renewed authority would not live longer than the present one; renew the issuer first",
            issuer.period().not_after
        ));
    }
    ok("the issuer can renew it")
}

fn authority_key_identifier(situation: &Situation<'_>) -> Found {
    if !renewal::names_one_certificate(&situation.authority.certificate)? {
        return ok("the authority's certificate names its issuer by key identifier at most");
    }
    if situation.is_root() && !situation.is_new_key() {
        return refused(
            "the authority's certificate has an authority key identifier with issuer and serial number, which are \
             those of this one certificate: it can be renewed with a new key only",
        );
    }
    attention(
        "the authority's certificate names its issuer by issuer and serial number; whoever made it may have issued the \
         authority's certificates alike, and those lead to the old certificate only: keep it with the new one until the \
         last of them has ended",
    )
}

fn subject_key_identifier(situation: &Situation<'_>) -> Found {
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

fn path_length(situation: &Situation<'_>) -> Found {
    let length = issuer::path_length(&situation.authority.certificate)?;
    match length {
        Some(length) if situation.moves_the_anchor() => attention(format_args!(
            "the path length is {length}: certificates that cross are self-issued and not counted (RFC 5280 6.1.4), but GnuTLS \
             counts them and refuses a path that is too long by one; give its users the new anchor first"
        )),
        _ => ok("nothing new comes between the authority and what it issues, or there is room for it"),
    }
}

fn time_left(situation: &Situation<'_>) -> Found {
    let (now, end) = (situation.request.now, situation.authority.certificate.not_after());
    if end < now {
        return attention(format_args!(
            "the authority ended at {end}: what it issued is not accepted until the renewed certificate is distributed, and \
             a new key cannot be vouched for by the old one any more"
        ));
    }
    if situation.next.not_after <= end {
        return attention(format_args!("the renewed certificate would end at {}, no later than the present one", situation.next.not_after));
    }
    let needed = now.saturating_add(situation.load.spread_seconds);
    if end < needed {
        return attention(format_args!("the authority ends at {end}, before all devices are done at {needed}"));
    }
    ok(format_args!("the authority ends at {end}, all devices can be done at {needed}"))
}

fn validity_nesting(situation: &Situation<'_>) -> Found {
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

fn trust_anchors(situation: &Situation<'_>) -> Found {
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

fn tls_certificates(situation: &Situation<'_>) -> Found {
    let servers = situation.valid(|profile| profile == "tls-server");
    counted(
        Some(servers),
        situation.moves_the_anchor(),
        "servers must get certificates of the new key, or send new-with-old along, before devices trust the new anchor only",
        "certificates of servers stay as they are",
    )
}

fn helpers(situation: &Situation<'_>) -> Found {
    let helpers = situation.valid(|profile| ["scep-ra", "ocsp-signer"].contains(&profile));
    counted(
        Some(helpers),
        true,
        "name them in the renewal's `helpers`, so that they are issued again by the next generation; the old ones serve until \
         it is activated, and open what is under way after it",
        "",
    )
}

fn https_distribution_points(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.https_distribution_points,
        situation.moves_the_anchor(),
        "distribution points under a certificate of this authority stop being trusted where only the new anchor is; give \
         them new certificates first",
        "distribution points keep their certificates",
    )
}

fn signed_profiles(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.signed_profiles,
        situation.moves_the_anchor(),
        "profiles signed under the old key show as not verified where only the new anchor is; sign them again, but do not \
         install those with a SCEP payload anew, for that enrols the device again",
        "signed profiles stay verified",
    )
}

fn management_plugins(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.management_plugins,
        true,
        "plug-ins of other management systems hold a copy of the authority's certificate; give them the renewed one beside the \
         old",
        "",
    )
}

fn enrolment_tokens(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.enrolment_tokens,
        situation.moves_the_anchor(),
        "tokens for automated enrolment that hold a key of this authority's must be made anew, or new devices do not enrol",
        "tokens for automated enrolment stay valid",
    )
}

fn ca_fingerprint_profiles(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.ca_fingerprint_profiles,
        true,
        "the fingerprint of the certificate changes with any renewal: profiles not yet installed that pin it must name the new \
         one from the activation on; installed ones are not asked again",
        "",
    )
}

fn auto_select_filters(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.auto_select_filters,
        false,
        "",
        "filters by the issuer's name go on: the name is kept octet by octet",
    )
}

fn trust_lists(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.trust_lists,
        situation.is_root(),
        "servers that hold the certificate as their anchor need the next one beside the old before the old one ends",
        "servers that hold the root as their anchor need nothing; those that hold the intermediate need the next one",
    )
}

fn escrow_recipients(situation: &Situation<'_>) -> Found {
    counted(
        situation.request.settings.escrow_recipients,
        true,
        "what is encrypted names the old certificate by issuer and serial number: the former generation stays in the authority's \
         value to find its key; do not remove it",
        "",
    )
}

fn crl_of_the_old_key(situation: &Situation<'_>) -> Found {
    let authority = &situation.request.authority;
    let (wanted, current) = (&situation.request.crl_urls, &authority.crl_urls);
    let shared = authority.crl_url_of_another(wanted.as_ref().unwrap_or(current));
    if let Some(url) = shared.filter(|_| situation.is_new_key()) {
        if !situation.request.share_crl_urls {
            return refused(format_args!(
                "the CRL of another key is at {url}: give the renewal other `crl_urls`, for that of the old key has to go on"
            ));
        }
        return attention(format_args!(
            "the CRLs of all keys are at {url}: each needs the revoked certificates of all generations, and a higher number \
             than every other"
        ));
    }
    of_the_old_key(situation, wanted.as_ref(), current, "the CRL", "crl_urls")
}

fn ocsp_of_the_old_key(situation: &Situation<'_>) -> Found {
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

fn herd(situation: &Situation<'_>) -> Found {
    let load = situation.load;
    let (status, detail) = if load.certificates == 0 {
        (Status::Ok, "there is nothing to renew".into())
    } else if !situation.moves_the_anchor() {
        (Status::Ok, "no device has to renew because of this; what ends is renewed as it always is".into())
    } else {
        let status = if load.certificates > MANY { Status::Attention } else { Status::Ok };
        let detail = format!(
            "{} certificates over {} seconds are {} in an hour; devices renew at their next check-in, all at once, unless \
             they are told in groups",
            load.certificates, load.spread_seconds, load.per_hour
        );
        (status, detail)
    };
    Ok(Finding(status, Some(load.certificates), detail))
}
