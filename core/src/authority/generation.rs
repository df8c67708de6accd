//! Generations of an authority: its certificates and keys, one after the other.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Authority, OpenAuthority, invalid};
use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    crl::partition::{self, Meeting},
    error::{Error, ErrorCode},
    path::Strength,
};

/// How many former and abandoned generations an authority may have.
pub const MAX_FORMER: usize = 32;

/// One generation that is not the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Generation {
    /// Its number: the first is 1.
    pub number: u32,
    /// Its certificate, PEM.
    pub certificate: String,
    /// Its issuers' certificates, nearest first, the root last; empty for a root.
    pub chain: Vec<String>,
    /// The id of its key.
    pub key: String,
    /// The key identifier of all that it issues.
    pub subject_key_identifier: Base64Url,
    /// New with old and old with new, PEM, if it came with a new key (RFC 4210 section 4.4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cross_certificates: Vec<String>,
    /// Whether less than today's signatures and keys will do in its chain.
    #[serde(default, skip_serializing_if = "Strength::is_default")]
    pub strength: Strength,
    /// Where its CRL is: each key has one of its own.
    #[serde(default)]
    pub crl_urls: Vec<String>,
    /// Where its OCSP responder is.
    #[serde(default)]
    pub ocsp_urls: Vec<String>,
    /// Where its certificate is.
    #[serde(default)]
    pub issuer_urls: Vec<String>,
}

/// The number of the first generation, and of a value that has no number.
pub(super) const fn first() -> u32 {
    1
}

impl Authority {
    /// The current generation by itself.
    #[must_use]
    pub fn current(&self) -> Generation {
        Generation {
            number: self.generation,
            certificate: self.certificate.clone(),
            chain: self.chain.clone(),
            key: self.key.clone(),
            subject_key_identifier: self.subject_key_identifier.clone(),
            cross_certificates: self.cross_certificates.clone(),
            strength: self.strength,
            crl_urls: self.crl_urls.clone(),
            ocsp_urls: self.ocsp_urls.clone(),
            issuer_urls: self.issuer_urls.clone(),
        }
    }

    /// The authority as it is when `generation` is the current one and there are no others.
    #[must_use]
    pub fn of(generation: Generation) -> Self {
        Self {
            generation: generation.number,
            certificate: generation.certificate,
            chain: generation.chain,
            key: generation.key,
            subject_key_identifier: generation.subject_key_identifier,
            cross_certificates: generation.cross_certificates,
            strength: generation.strength,
            crl_urls: generation.crl_urls,
            ocsp_urls: generation.ocsp_urls,
            issuer_urls: generation.issuer_urls,
            former: Vec::new(),
            next: None,
            abandoned: Vec::new(),
        }
    }

    /// Lets each generation have a chain of that strength, if it may not have one already.
    pub(crate) fn allow(&mut self, strength: Strength) {
        let others = self.next.iter_mut().chain(&mut self.former).chain(&mut self.abandoned);
        for own in others.map(|one| &mut one.strength).chain([&mut self.strength]) {
            *own = own.or(strength);
        }
    }

    /// All generations: the next, the current, the former, the abandoned ones.
    pub(crate) fn generations(&self) -> impl Iterator<Item = Generation> + '_ {
        self.trusted_generations().chain(self.abandoned.iter().cloned())
    }

    /// The same in the order in which they speak for a key that they share: those in use before those that are not yet,
    /// or never were.
    pub(crate) fn speaking_generations(&self) -> impl Iterator<Item = Generation> + '_ {
        let in_use = core::iter::once_with(|| self.current()).chain(self.former.iter().cloned());
        in_use.chain(self.next.iter().cloned()).chain(self.abandoned.iter().cloned())
    }

    /// Those that are or were in use, or are to be: the next, the current, the former ones.
    pub(crate) fn trusted_generations(&self) -> impl Iterator<Item = Generation> + '_ {
        let (next, former) = (self.next.iter().cloned(), self.former.iter().cloned());
        next.chain(core::iter::once_with(|| self.current())).chain(former)
    }

    /// The number for another generation: above all that there were. None if there is none.
    pub(crate) fn following_number(&self) -> Option<u32> {
        self.generations().map(|one| one.number).max().and_then(|highest| highest.checked_add(1))
    }

    /// Whether another generation has a place, once it is or was in use or is given up.
    pub(crate) const fn has_room(&self) -> bool {
        self.former.len().saturating_add(self.abandoned.len()) < MAX_FORMER
    }

    /// The next generation, which must have this number if there is one.
    ///
    /// # Errors
    /// `GenerationUnknown`.
    pub(crate) fn waiting(&self, number: Option<u32>) -> Result<&Generation, Error> {
        let unknown = |detail: &dyn core::fmt::Display| Error::new(ErrorCode::GenerationUnknown, detail);
        let next = self.next.as_ref();
        let next = next.ok_or_else(|| unknown(&"found no generation waiting").at("authority.next"))?;
        match number.filter(|number| *number != next.number) {
            None => Ok(next),
            Some(number) => {
                let waiting = next.number;
                let detail = format_args!("found generation {waiting} waiting, wanted generation {number}");
                Err(unknown(&detail).at("generation"))
            }
        }
    }

    /// An address among these for the lists of the key of this id, or of a new one, where those of another key are:
    /// RFC 5280 knows a list by its issuer's name. Not one that this key has already.
    ///
    /// # Errors
    /// `RenewalRefused` if the lists of any key are there and divided into other partitions: one of the two would
    /// be taken for the other; `CrlScopeInvalid` for partitions that are none.
    pub(crate) fn shared_crl_url(&self, urls: &[String], key: Option<&str>) -> Result<Option<String>, Error> {
        let mut shared = None;
        for generation in self.generations() {
            for (url, named) in
                urls.iter().flat_map(|url| generation.crl_urls.iter().map(move |own| (url, own)))
            {
                match partition::meeting(url, named)? {
                    Meeting::Otherwise => {
                        let detail = format_args!(
                            "found {url:?}, where the CRL of generation {} is, {named:?}, which covers other certificates: give \
                             the renewal other crl_urls",
                            generation.number
                        );
                        return Err(Error::new(ErrorCode::RenewalRefused, detail).at("crl_urls"));
                    }
                    Meeting::Alike if Some(generation.key.as_str()) != key && !self.has_crl_url(key, url) => {
                        shared.get_or_insert_with(|| url.clone());
                    }
                    Meeting::Alike | Meeting::Apart => {}
                }
            }
        }
        Ok(shared)
    }

    /// Whether the lists of this key are at this address already.
    fn has_crl_url(&self, key: Option<&str>, url: &String) -> bool {
        self.generations().any(|one| Some(one.key.as_str()) == key && one.crl_urls.contains(url))
    }

    /// Opens a generation by its number; the current one, if there is no number.
    ///
    /// # Errors
    /// `GenerationUnknown`, and those of [`Authority::open`].
    pub(crate) fn open_generation(self, number: Option<u32>) -> Result<OpenAuthority, Error> {
        let Some(number) = number.filter(|number| *number != self.generation) else {
            return self.open();
        };
        self.check_generations()?;
        let found = self.generations().find(|generation| generation.number == number).ok_or_else(|| {
            Error::new(
                ErrorCode::GenerationUnknown,
                format_args!("found no generation {number} of the authority"),
            )
            .at("generation")
        })?;
        Self::of(found).open()
    }

    /// Opens a generation that is to issue a certificate; a former or abandoned one only signs what revokes.
    ///
    /// # Errors
    /// `GenerationRefused`, and those of [`Authority::open_generation`].
    pub(crate) fn open_issuing(self, number: Option<u32>) -> Result<OpenAuthority, Error> {
        if self.former.iter().chain(&self.abandoned).any(|one| Some(one.number) == number) {
            return Err(Error::new(
                ErrorCode::GenerationRefused,
                "found a former or abandoned generation, wanted the current one or the next",
            )
            .at("generation"));
        }
        self.open_generation(number)
    }

    /// Checks that the numbers fall from the next generation to the oldest, and among the abandoned ones, which
    /// have numbers of their own below the next; and that all are of one name.
    ///
    /// # Errors
    /// `AuthorityInvalid`.
    pub(crate) fn check_generations(&self) -> Result<(), Error> {
        let kept = self.former.len().saturating_add(self.abandoned.len());
        if kept > MAX_FORMER {
            return Err(invalid(format_args!(
                "found {kept} former and abandoned generations, wanted at most {MAX_FORMER}"
            )));
        }
        let of =
            |generations: &[Generation]| -> Vec<u32> { generations.iter().map(|one| one.number).collect() };
        let next = self.next.as_ref().map(|next| next.number);
        let mut numbers: Vec<u32> = next.into_iter().chain([self.generation]).collect();
        numbers.extend(of(&self.former));
        let abandoned = of(&self.abandoned);
        let falls = |numbers: &[u32]| {
            numbers.is_sorted_by(|newer, older| newer > older) && numbers.iter().all(|number| *number > 0)
        };
        let is_apart = |number: &u32| !numbers.contains(number) && next.is_none_or(|next| *number < next);
        if falls(&numbers) && falls(&abandoned) && abandoned.iter().all(is_apart) {
            return self.check_names();
        }
        Err(invalid("found generations whose numbers do not fall from the next to the oldest, 1 the least"))
    }
}

impl Authority {
    /// Checks that no generation is one of another authority, which would come into use with the next step.
    fn check_names(&self) -> Result<(), Error> {
        let others = self.next.iter().chain(&self.former).chain(&self.abandoned);
        let mut own = None;
        for other in others.filter(|other| other.certificate != self.certificate) {
            let own: &Certificate = match &mut own {
                Some(own) => own,
                none => none.insert(read(&self.certificate)?),
            };
            let other_certificate = read(&other.certificate)?;
            if other_certificate.subject() != own.subject() {
                return Err(invalid(format_args!(
                    "found {:?} as generation {}, wanted the authority's own name",
                    other_certificate.subject_text(),
                    other.number
                )));
            }
        }
        Ok(())
    }
}

fn read(certificate: &str) -> Result<Certificate, Error> {
    Certificate::from_pem(certificate).map_err(|error| error.at("authority.certificate"))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::testing::{root, subordinate};

    /// A value as it was stored before there were generations.
    const OF_BEFORE: &str = r#"{"certificate":"-----BEGIN CERTIFICATE-----\nMIIBdDCCARugAwIBAgIUSkw/fCyDorIFwe2fQ6D2HNyTBN4wCgYIKoZIzj0EAwIw\nFzEVMBMGA1UEAwwMTGltaXRlZCBSb290MB4XDTI2MTEyMTIyMjE0MFoXDTI2MTEy\nMjIyMjYzOVowFzEVMBMGA1UEAwwMTGltaXRlZCBSb290MFkwEwYHKoZIzj0CAQYI\nKoZIzj0DAQcDQgAEw/+5HFc43mF7y45NKNvXgw3qeLbO8qnnKXki2KlcmmDoyJxW\ntYlN7Wd9Ovv7eVuEm1/ezPckWcaYGw9tWBfx1qNFMEMwEgYDVR0TAQH/BAgwBgEB\n/wIBADAOBgNVHQ8BAf8EBAMCAYYwHQYDVR0OBBYEFJaEJIrEdkoNKagqNscYXrcQ\nmBRNMAoGCCqGSM49BAMCA0cAMEQCIFWcpWFv1sgq4cgAdjWINCRSuEFIdfoMFie2\njLbvOTEzAiA2EheR4qL6uN9Y39DIi82OzGbHs2I5+MIswH7sdinaNA==\n-----END CERTIFICATE-----\n","chain":[],"key":"p256-root","subject_key_identifier":"loQkisR2Sg0pqCo2xxhetxCYFE0","crl_urls":["http://pki.example.org/root.crl"],"ocsp_urls":["http://ocsp.example.org"],"issuer_urls":["http://pki.example.org/root.cer"]}"#;

    fn opened(authority: Authority, number: Option<u32>) -> Result<u32, ErrorCode> {
        authority.open_generation(number).map(|opened| opened.value.generation).map_err(|error| error.code)
    }

    fn three() -> Authority {
        let of = |number| Generation { number, ..subordinate().current() };
        Authority { former: vec![of(2), of(1)], next: Some(of(4)), ..Authority::of(of(3)) }
    }

    #[test]
    fn a_value_of_before_is_one_of_generation_1() {
        let authority: Authority = serde_json::from_str(OF_BEFORE).unwrap();
        assert_eq!((authority.generation, &authority.former, &authority.next), (1, &vec![], &None));
        assert_eq!(opened(authority.clone(), None), Ok(1));
        let written = serde_json::to_string(&authority).unwrap();
        assert_eq!(
            written,
            OF_BEFORE.replacen('{', "{\"generation\":1,", 1),
            "what is not said is not written"
        );
        let more = OF_BEFORE.replacen('{', "{\"colour\":1,", 1);
        assert!(serde_json::from_str::<Authority>(&more).is_err());
    }

    #[test]
    fn a_generation_is_opened_by_its_number() {
        for number in 1..=4 {
            assert_eq!(opened(three(), Some(number)), Ok(number));
        }
        assert_eq!(opened(three(), None), Ok(3));
        assert_eq!(opened(three(), Some(5)), Err(ErrorCode::GenerationUnknown));
    }

    #[test]
    fn a_former_generation_issues_nothing() {
        for (number, issues) in [(1, false), (2, false), (3, true), (4, true)] {
            assert_eq!(three().open_issuing(Some(number)).is_ok(), issues, "{number}");
        }
    }

    #[test]
    fn an_abandoned_generation_keeps_its_number_and_issues_nothing() {
        let of = |number| Generation { number, ..subordinate().current() };
        let authority = Authority { abandoned: vec![of(5)], next: None, ..three() };
        assert_eq!(authority.following_number(), Some(6));
        assert_eq!(opened(authority.clone(), Some(5)), Ok(5));
        let refused = authority.clone().open_issuing(Some(5));
        assert_eq!(refused.err().unwrap().code, ErrorCode::GenerationRefused);
        let written = serde_json::to_string(&authority).unwrap();
        assert_eq!(serde_json::from_str::<Authority>(&written).unwrap(), authority);
    }

    #[test]
    fn numbers_fall_from_the_next_to_the_oldest() {
        let of = |number| Generation { number, ..subordinate().current() };
        for wrong in [
            Authority { next: Some(of(3)), ..three() },
            Authority { former: vec![of(1), of(2)], ..three() },
            Authority { former: vec![of(0)], ..three() },
            Authority { former: (0..33).map(|number| of(100 - number)).collect(), ..Authority::of(of(101)) },
            Authority::of(of(0)),
            Authority { abandoned: vec![of(2)], ..three() },
            Authority { abandoned: vec![of(5)], ..three() },
            Authority { abandoned: vec![of(5), of(6)], next: None, ..three() },
            Authority { abandoned: (0..31).map(|number| of(100 - number)).collect(), next: None, ..three() },
            Authority { next: Some(Generation { number: 4, ..root().current() }), ..three() },
            Authority { former: vec![Generation { number: 2, ..root().current() }], ..three() },
            Authority {
                abandoned: vec![Generation { number: 2, ..root().current() }],
                former: vec![],
                ..three()
            },
        ] {
            assert_eq!(opened(wrong, None), Err(ErrorCode::AuthorityInvalid));
        }
    }
}
