//! Which certificate stands above which, followed once for all keys: nobody has shown yet whose file it is.

use alloc::vec::Vec;

use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};

use super::bag::Bag;
use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::PublicKey,
    keystore::MAX_FILE,
};

/// The longest chain that is followed.
pub(crate) const MAX_CHAIN: usize = 16;
/// The most signatures that are verified for one file; after them the first of a name is taken.
const MAX_VERIFICATIONS: usize = 256;
/// As many octets to hash count as one more verification.
const OCTETS_OF_VERIFICATION: usize = 4096;
/// The most octets of certificates over all entries: a chain that many keys share is given to each of them.
const MAX_OCTETS: usize = 4 * MAX_FILE;

/// What is left of the work that one file may cause.
pub(super) struct Budget {
    pub(super) verifications: usize,
    octets: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { verifications: MAX_VERIFICATIONS, octets: MAX_OCTETS }
    }

    /// Takes one verification of a message; none if there is not as much left.
    fn verification(&mut self, octets: usize) -> Option<()> {
        let cost = octets.div_euclid(OCTETS_OF_VERIFICATION).saturating_add(1);
        self.verifications = self.verifications.checked_sub(cost)?;
        Some(())
    }

    /// Takes the octets of a certificate that is given to an entry.
    ///
    /// # Errors
    /// `RequestTooLarge`.
    pub(super) fn give(&mut self, certificate: &Certificate) -> Result<(), Error> {
        self.octets = self.octets.checked_sub(certificate.der().len()).ok_or_else(|| {
            let detail = format_args!("found keys whose chains have more than {MAX_OCTETS} octets over all");
            Error::new(ErrorCode::RequestTooLarge, detail)
        })?;
        Ok(())
    }
}

/// A certificate of the file, with all that is asked of it more than once.
pub(super) struct Candidate {
    pub(super) certificate: Certificate,
    /// Nothing if it cannot be used.
    pub(super) key: Option<PublicKey>,
    pub(super) bag: Bag,
    /// Whether it belongs to a key or stands above one that does.
    pub(super) used: bool,
    key_identifier: Option<Vec<u8>>,
    issuer_key_identifier: Option<Vec<u8>>,
    above: Above,
}

/// The certificate above one, by its place.
#[derive(Clone, Copy)]
enum Above {
    Unknown,
    Is(Option<usize>),
}

impl Candidate {
    pub(super) fn new(certificate: Certificate, bag: Bag) -> Self {
        let own = certificate.extension::<SubjectKeyIdentifier>().ok().flatten();
        let issuers = certificate.extension::<AuthorityKeyIdentifier>().ok().flatten();
        Self {
            key: certificate.public_key().ok(),
            key_identifier: own.map(|own| own.0.as_bytes().to_vec()),
            issuer_key_identifier: issuers
                .and_then(|issuers| issuers.key_identifier)
                .map(|identifier| identifier.as_bytes().to_vec()),
            certificate,
            bag,
            used: false,
            above: Above::Unknown,
        }
    }

    /// How well the key identifiers say that `issuer` signed this; the smaller, the better.
    fn distance(&self, issuer: &Self) -> u8 {
        match (&self.issuer_key_identifier, &issuer.key_identifier) {
            (Some(wanted), Some(found)) if wanted == found => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        }
    }
}

/// Those above a certificate, by their places, nearest first.
pub(super) fn above(own: usize, candidates: &mut [Candidate], budget: &mut Budget) -> Vec<usize> {
    let (mut chain, mut below) = (Vec::new(), own);
    while chain.len() < MAX_CHAIN {
        let found = match candidates.get(below).map(|candidate| candidate.above) {
            Some(Above::Is(found)) => found,
            _ => issuer(below, candidates, budget),
        };
        if let Some(candidate) = candidates.get_mut(below) {
            candidate.above = Above::Is(found);
        }
        match found {
            Some(found) if found != own && !chain.contains(&found) => chain.push(found),
            _ => break,
        }
        below = found.unwrap_or(own);
    }
    chain
}

/// The one that bears the issuer's name; of several the one that signed, those with the key identifier first.
fn issuer(below: usize, candidates: &[Candidate], budget: &mut Budget) -> Option<usize> {
    let below = candidates.get(below).filter(|below| !below.certificate.is_self_issued())?;
    let named =
        |(_, candidate): &(usize, &Candidate)| candidate.certificate.subject() == below.certificate.issuer();
    let mut issuers: Vec<(usize, &Candidate)> = candidates.iter().enumerate().filter(named).collect();
    if issuers.len() > 1 {
        issuers.sort_by_key(|(_, candidate)| below.distance(candidate));
        let signed = below.certificate.signed();
        for (index, issuer) in &issuers {
            let Some(key) = &issuer.key else { continue };
            if budget.verification(signed.content.len()).is_none() {
                break;
            }
            if signed.verify(key).is_ok() {
                return Some(*index);
            }
        }
    }
    issuers.first().map(|(index, _)| *index)
}
