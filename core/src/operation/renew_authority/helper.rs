//! Those who help an authority: their certificates are issued again with it.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;
use x509_cert::ext::pkix::SubjectAltName;

use super::{Issued, Request, issued};
use crate::{
    authority::{Generation, MAX_HELPERS, OpenAuthority},
    certificate::Certificate,
    error::{Error, ErrorCode},
    issue::{Issuance, Signer, applicant},
    issuer,
    key::PublicKey,
    keys::{Halt, Keys},
    path::Strength,
    profile::{Profile, ProfileChoice},
    validity::Period,
};

/// A helper's certificate that is to be issued again.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HelperToRenew"))]
#[serde(deny_unknown_fields)]
pub struct Helper {
    /// The present one, PEM, issued by the authority.
    pub certificate: String,
    /// Its profile.
    pub profile: ProfileChoice,
    /// The lifetime in seconds in place of the profile's.
    pub validity_seconds: Option<u64>,
}

/// A helper whose certificate was read and checked.
pub(super) struct OpenHelper {
    certificate: Certificate,
    profile: Profile,
    lifetime: u64,
}

/// Reads the helpers and checks that they are the authority's, now and for the same purposes: without a proof that
/// somebody has the key, a certificate of a device makes no registration authority.
///
/// # Errors
/// `HelperRefused`, `FieldInvalid`, those of the profile and of parsing.
pub(super) fn read(request: &Request) -> Result<Vec<OpenHelper>, Error> {
    if request.helpers.len() > MAX_HELPERS {
        let found = request.helpers.len();
        let detail = format_args!("found {found} helpers, wanted at most {MAX_HELPERS}");
        return Err(Error::new(ErrorCode::FieldInvalid, detail).at("helpers"));
    }
    let generations = request.authority.trusted_generations();
    let read = |one: Generation| Ok::<_, Error>((Certificate::from_pem(&one.certificate)?, one.strength));
    let own: Vec<_> = generations.map(read).collect::<Result<_, _>>()?;
    let helpers = request.helpers.iter().map(|helper| OpenHelper::read(helper, &own, request.now));
    helpers.collect::<Result<_, _>>().map_err(|error: Error| error.at("helpers"))
}

impl OpenHelper {
    /// Whether it has this key.
    pub(super) fn has_key(&self, key: &PublicKey) -> bool {
        self.certificate.public_key().is_ok_and(|own| own == *key)
    }

    fn read(helper: &Helper, authority: &[(Certificate, Strength)], now: u64) -> Result<Self, Error> {
        let certificate = Certificate::from_pem(&helper.certificate)?;
        let is_ours = authority.iter().any(|(own, strength)| issuer::is_issued_by(&certificate, own, *strength));
        if !is_ours || issuer::is_authority(&certificate) {
            return Err(not_a_helper("that the authority did not issue, or that is an authority's"));
        }
        if certificate.not_after() < now {
            return Err(not_a_helper("that has ended"));
        }
        let profile = helper.profile.clone().resolve()?;
        if profile.authority {
            return Err(not_a_helper("for a profile of authorities"));
        }
        if !issuer::has_purposes(&certificate, &profile.extended_key_usage)? {
            return Err(not_a_helper("whose extended key usage has not all purposes of the profile"));
        }
        profile.check_key(certificate.public_key()?.kind())?;
        profile.check_subject(certificate.subject())?;
        let lifetime = profile.lifetime(helper.validity_seconds)?;
        Ok(Self { certificate, profile, lifetime })
    }

    /// Issues its certificate again.
    pub(super) fn renew(&self, request: &Request, next: &OpenAuthority, keys: &mut Keys<'_>) -> Result<Issued, Halt> {
        next.check_purposes(&self.profile.extended_key_usage)?;
        let names: Option<SubjectAltName> = self.certificate.extension()?;
        let names = names.map(|names| names.0).unwrap_or_default();
        self.profile.check_alternative_names(&names).map_err(|error| error.at("helpers"))?;
        let (subject, key) = (self.certificate.subject(), self.certificate.public_key()?);
        let issuance = Issuance {
            seed: &request.seed,
            period: Period::starting(request.now, self.lifetime)?
                .at_most(self.profile.maximum_validity_seconds)
                .within(next.period()),
            subject,
            public_key: &key,
            extensions: applicant::extensions(next, &self.profile, &key, names, subject.len() <= 2)?,
        };
        let certificate = issuance.sign(&Signer::Authority(next), keys)?;
        Ok(issued(&certificate, &self.profile.name)?)
    }
}

fn not_a_helper(why: &str) -> Error {
    Error::new(ErrorCode::HelperRefused, format_args!("found a helper's certificate {why}"))
}
