//! `abandon_generation`: the next generation of an authority is given up before it was in use.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    authority::{Authority, Generation},
    certificate::Certificate,
    error::Error,
    issuer,
    keys::{Halt, Keys},
};

/// Whose next generation.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The authority.
    pub authority: Authority,
    /// Which generation is given up: if it is already, nothing changes. The next one unless it is said.
    pub generation: Option<u32>,
}

/// The authority without a next generation.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The value to store in place of the old one. What was next is the first of the abandoned generations: its key
    /// still signs what revokes, and its number is not given again.
    pub authority: Authority,
    /// The number of the current generation, which stays.
    pub generation: u32,
    /// The number of the one that was given up. What it has issued, such as certificates of helpers, should be revoked
    /// on its own list: `sign_crl` with this number.
    pub abandoned: u32,
    /// What was issued for it and should be revoked; of a root the own certificate is not there, for nobody looks for
    /// that on a list.
    pub revoke: Vec<Revocable>,
}

/// A certificate that should be revoked.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Revocable {
    /// PEM.
    pub certificate: String,
    /// Its serial number in hexadecimal.
    pub serial: String,
    /// The generation whose key signed it and signs the list that it belongs on; nothing if that is the authority's issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u32>,
}

/// Gives up the next generation and says what is to be revoked. Asks no key.
///
/// # Errors
/// `GenerationUnknown` if there is no next one or it is another; `AuthorityInvalid`.
pub fn run(request: Request, _: &mut Keys<'_>) -> Result<Response, Halt> {
    let mut authority = request.authority;
    authority.clone().open()?;
    let before = authority.abandoned.iter().find(|one| Some(one.number) == request.generation).cloned();
    let abandoned = match before {
        Some(before) => before,
        None => {
            let next = authority.waiting(request.generation)?.clone();
            authority.next = None;
            authority.abandoned.insert(0, next.clone());
            authority.check_generations()?;
            next
        }
    };
    Ok(Response {
        generation: authority.generation,
        abandoned: abandoned.number,
        revoke: revocable(&authority, &abandoned)?,
        authority,
    })
}

/// The own certificate, if an issuer signed it, and the cross certificates that are of no other generation.
fn revocable(authority: &Authority, abandoned: &Generation) -> Result<Vec<Revocable>, Error> {
    let own = Certificate::from_pem(&abandoned.certificate)?;
    let goes_on = |text: &&String| {
        authority.trusted_generations().any(|one| one.cross_certificates.contains(*text))
    };
    let crossed = abandoned.cross_certificates.iter().filter(|text| !goes_on(text));
    let crossed: Vec<_> = crossed.map(|text| Certificate::from_pem(text)).collect::<Result<_, _>>()?;
    let own = Some(own).filter(|own| !own.is_self_issued());
    own.into_iter().chain(crossed).map(|certificate| Revocable::new(&certificate, authority)).collect()
}

impl Revocable {
    fn new(certificate: &Certificate, authority: &Authority) -> Result<Self, Error> {
        let mut generation = None;
        for one in authority.generations() {
            if issuer::is_issued_by(certificate, &Certificate::from_pem(&one.certificate)?, one.strength) {
                generation = Some(one.number);
                break;
            }
        }
        Ok(Self { certificate: certificate.to_pem()?, serial: certificate.serial_hex(), generation })
    }
}
