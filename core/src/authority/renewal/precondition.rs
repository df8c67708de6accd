//! What has to be so for a renewal: `renew_authority` refuses what is not so, `plan_renewal` tells of it before.

use alloc::{string::String, vec::Vec};

use super::{Mode, names_one_certificate};
use crate::{
    authority::{Authority, Generation, MAX_CHAIN, OpenAuthority},
    certificate::Certificate,
    error::{Error, ErrorCode},
    extension, issuer,
    key::PublicKey,
    keys::{KeyReference, Keys},
    profile::Profile,
    validity::Period,
};

/// The life of a renewed authority unless another is asked for: ten years.
const VALIDITY_SECONDS: u64 = 10 * 365 * 86_400;

/// The renewal as the two operations are asked for it.
pub(crate) struct Intent<'a> {
    pub(crate) now: u64,
    pub(crate) authority: &'a Authority,
    pub(crate) issuer: Option<&'a Authority>,
    pub(crate) mode: &'a Mode,
    pub(crate) validity_seconds: Option<u64>,
    pub(crate) crl_urls: Option<&'a Vec<String>>,
    pub(crate) share_crl_urls: bool,
    pub(crate) ocsp_urls: Option<&'a Vec<String>>,
    pub(crate) issuer_urls: Option<&'a Vec<String>>,
}

/// A key of the authority: the next generation's.
pub(crate) struct NextKey {
    pub(crate) id: String,
    pub(crate) public: PublicKey,
    pub(crate) identifier: Vec<u8>,
    pub(crate) is_new: bool,
}

/// Where the next generation's lists, responder and certificate are.
pub(crate) struct Addresses {
    pub(crate) crl: Vec<String>,
    pub(crate) ocsp: Vec<String>,
    pub(crate) issuer: Vec<String>,
}

/// What was found, each for itself.
pub(crate) struct Preconditions {
    /// No other renewal is waiting.
    pub(crate) waiting: Result<(), Error>,
    /// There is room for another generation: its number.
    pub(crate) number: Result<u32, Error>,
    /// The issuer, which must be the one that the authority has, under whichever of its keys.
    pub(crate) issuer: Result<Option<OpenAuthority>, Error>,
    /// The next key; nothing if it is not known yet.
    pub(crate) key: Result<Option<NextKey>, Error>,
    /// The certificate names none by issuer and serial number that it would have to name after the renewal.
    pub(crate) identifier: Result<(), Error>,
    /// The life of the next generation.
    pub(crate) period: Result<Period, Error>,
    /// The addresses can be written.
    pub(crate) addresses: Result<Addresses, Error>,
    /// Each key has a place of its own for its list: one that is shared knowingly.
    pub(crate) place: Result<Option<String>, Error>,
}

/// All that a renewal stands on.
pub(crate) struct Prepared {
    pub(crate) number: u32,
    pub(crate) issuer: Option<OpenAuthority>,
    pub(crate) key: NextKey,
    pub(crate) period: Period,
    pub(crate) addresses: Addresses,
}

impl Preconditions {
    /// Looks at all of them; `old` is the intent's authority.
    pub(crate) fn of(intent: &Intent<'_>, old: &OpenAuthority, keys: &Keys<'_>) -> Self {
        let issuer = issuer(intent, old);
        let known_issuer = issuer.as_ref().ok().and_then(Option::as_ref);
        let addresses = addresses(intent);
        Self {
            waiting: waiting(intent.authority),
            number: number(intent.authority),
            key: key(intent, old, known_issuer, keys),
            identifier: identifier(intent, old),
            period: period(intent, known_issuer),
            place: addresses.as_ref().map_or(Ok(None), |addresses| place(intent, &addresses.crl)),
            addresses,
            issuer,
        }
    }

    /// All that the renewal stands on, or the first thing that stands against it.
    ///
    /// # Errors
    /// `RenewalWaiting`, `RenewalRefused`, `AuthorityInvalid`, `AuthorityOutsideValidity`,
    /// `AuthorityPathLengthExceeded`, `ProfileKeyRefused`, `ProfileValidityRefused`, `FieldInvalid`, `KeyUnknown`,
    /// `CrlScopeInvalid`.
    pub(crate) fn met(self) -> Result<Prepared, Error> {
        self.waiting?;
        let (number, issuer) = (self.number?, self.issuer?);
        let key = self.key?.ok_or_else(|| {
            Error::new(ErrorCode::FieldInvalid, "found no key, wanted {\"new_key\": {\"id\": ...}}")
                .at("mode")
        })?;
        self.identifier?;
        let (period, addresses) = (self.period?, self.addresses?);
        self.place?;
        Ok(Prepared { number, issuer, key, period, addresses })
    }
}

fn waiting(authority: &Authority) -> Result<(), Error> {
    let Some(next) = &authority.next else { return Ok(()) };
    let detail = format_args!(
        "found generation {} waiting: activate or abandon it; another renewal would make a third certificate",
        next.number
    );
    Err(Error::new(ErrorCode::RenewalWaiting, detail).at("authority.next"))
}

fn number(authority: &Authority) -> Result<u32, Error> {
    if !authority.has_room() {
        let detail = format_args!(
            "found {} former and {} abandoned generations and no room for another: take the oldest, whose last certificate \
             has ended, out of the authority's value",
            authority.former.len(),
            authority.abandoned.len()
        );
        return Err(refused(detail, "authority.former"));
    }
    authority.following_number().ok_or_else(|| refused("found no number above", "authority"))
}

fn issuer(intent: &Intent<'_>, old: &OpenAuthority) -> Result<Option<OpenAuthority>, Error> {
    let issuer = match (intent.issuer, old.certificate.is_self_issued()) {
        (None, true) => return Ok(None),
        (None, false) => {
            return Err(refused("found a subordinate authority, wanted its issuer with it", "issuer"));
        }
        (Some(_), true) => {
            return Err(refused("found an issuer, wanted none: the authority is a root", "issuer"));
        }
        (Some(issuer), false) => issuer.clone().open().map_err(|error| error.at("issuer"))?,
    };
    if issuer.certificate.subject() != old.certificate.issuer() {
        return Err(refused("found an issuer of another name than the one that the authority has", "issuer"));
    }
    if !has_issued(&issuer, &old.certificate) {
        return Err(refused(
            "found an issuer with the name of the authority's, but none of its keys",
            "issuer",
        ));
    }
    let constraints = issuer::path_length(&old.certificate)?;
    let may = issuer.check_time(intent.now).and_then(|()| issuer.path_length_below(constraints));
    may.map_err(|error| error.at("issuer"))?;
    if issuer.chain().len() > MAX_CHAIN {
        return Err(refused("found an issuer with too long a chain", "issuer"));
    }
    Ok(Some(issuer))
}

/// Whether one of its keys signed the certificate.
fn has_issued(issuer: &OpenAuthority, certificate: &Certificate) -> bool {
    let read = |one: Generation| Ok::<_, Error>((Certificate::from_pem(&one.certificate)?, one.strength));
    let mut generations = issuer.value.generations().map(read);
    generations.any(|one| one.is_ok_and(|(one, strength)| issuer::is_issued_by(certificate, &one, strength)))
}

fn key(
    intent: &Intent<'_>,
    old: &OpenAuthority,
    issuer: Option<&OpenAuthority>,
    keys: &Keys<'_>,
) -> Result<Option<NextKey>, Error> {
    let reference = match intent.mode {
        Mode::NewKey(None) => return Ok(None),
        Mode::NewKey(Some(reference)) => reference,
        Mode::SameKey => {
            return Ok(Some(NextKey {
                id: old.value.key.clone(),
                public: old.public_key().clone(),
                identifier: old.value.subject_key_identifier.0.clone(),
                is_new: false,
            }));
        }
    };
    let at = "mode.new_key";
    let public = keys.public_key(reference).map_err(|error| error.at(at))?;
    let profile = Profile::built_in("subordinate-ca")
        .ok_or_else(|| Error::new(ErrorCode::ProfileUnknown, "the profile subordinate-ca is not built in"))?;
    profile.check_key(public.kind()).map_err(|error| error.at(at))?;
    if has_key(intent.authority, reference, &public)? {
        return Err(refused("found a key, or the id of one, that the authority has or had", at));
    }
    if issuer.map(|issuer| has_key(&issuer.value, reference, &public)).transpose()? == Some(true) {
        return Err(refused("found a key, or the id of one, that the issuer has or had", at));
    }
    let identifier = extension::key_identifier(&public);
    Ok(Some(NextKey { id: reference.id.clone(), public, identifier, is_new: true }))
}

/// Whether a generation has this key, or one of its id.
fn has_key(authority: &Authority, reference: &KeyReference, public: &PublicKey) -> Result<bool, Error> {
    for generation in authority.generations() {
        let certificate = Certificate::from_pem(&generation.certificate)?;
        if generation.key == reference.id || certificate.public_key().is_ok_and(|key| key == *public) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A root's extensions are kept byte for byte with its key; of a subordinate the issuer's part is written anew.
fn identifier(intent: &Intent<'_>, old: &OpenAuthority) -> Result<(), Error> {
    let keeps = old.certificate.is_self_issued() && *intent.mode == Mode::SameKey;
    if !keeps || !names_one_certificate(&old.certificate)? {
        return Ok(());
    }
    Err(refused(
        "found an authority key identifier that names issuer and serial number: it is that of one certificate \
         and cannot be kept; renew with a new key",
        "authority.certificate",
    ))
}

fn period(intent: &Intent<'_>, issuer: Option<&OpenAuthority>) -> Result<Period, Error> {
    let seconds = intent.validity_seconds.unwrap_or(VALIDITY_SECONDS);
    let period = Period::starting(intent.now, seconds).map_err(|error| error.at("validity_seconds"))?;
    Ok(issuer.map_or(period, |issuer| period.within(issuer.period())))
}

fn addresses(intent: &Intent<'_>) -> Result<Addresses, Error> {
    let current = intent.authority;
    let of = |wanted: Option<&Vec<String>>, current: &Vec<String>| wanted.unwrap_or(current).clone();
    let addresses = Addresses {
        crl: of(intent.crl_urls, &current.crl_urls),
        ocsp: of(intent.ocsp_urls, &current.ocsp_urls),
        issuer: of(intent.issuer_urls, &current.issuer_urls),
    };
    extension::check_addresses(&addresses.crl, &addresses.ocsp, &addresses.issuer)?;
    Ok(addresses)
}

fn place(intent: &Intent<'_>, crl_urls: &[String]) -> Result<Option<String>, Error> {
    let key = (*intent.mode == Mode::SameKey).then_some(intent.authority.key.as_str());
    match intent.authority.shared_crl_url(crl_urls, key)? {
        Some(url) if !intent.share_crl_urls => Err(refused(
            format_args!(
                "found {url:?}, where the CRL of another key is, wanted a place of its own for this key's: give the renewal \
                 other crl_urls, for the CRL of the other key has to go on"
            ),
            "crl_urls",
        )),
        shared => Ok(shared),
    }
}

fn refused(detail: impl core::fmt::Display, field: &str) -> Error {
    Error::new(ErrorCode::RenewalRefused, detail).at(field)
}
