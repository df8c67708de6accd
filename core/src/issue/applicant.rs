//! A certificate for whoever asks, under a profile: what the operations that issue have in common.

use alloc::{string::String, vec::Vec};

use serde::Serialize;
use x509_cert::ext::{Extension, pkix::name::GeneralName};

use super::{CertificateRecord, Issuance, Signer};
use crate::{
    alternative_name,
    authority::{Authority, OpenAuthority},
    error::{Error, ErrorCode},
    extension,
    key::PublicKey,
    keys::{Halt, Keys},
    profile::{Profile, ProfileChoice},
    seed::Seed,
    validity::Period,
};

/// Who issues, and by which rules.
pub(crate) struct Issuer {
    pub(crate) authority: OpenAuthority,
    pub(crate) profile: Profile,
}

/// Who asks: each part was held against the rules.
pub(crate) struct Applicant<'a> {
    pub(crate) now: u64,
    pub(crate) seed: &'a Seed,
    pub(crate) public_key: &'a PublicKey,
    /// DER.
    pub(crate) subject: Vec<u8>,
    pub(crate) names: Vec<GeneralName>,
    /// In place of the profile's; it is cut where the authority's ends.
    pub(crate) validity_seconds: Option<u64>,
    /// Of the request, if there was one.
    pub(crate) csr_sha256: Option<String>,
}

/// The certificate.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Issued {
    /// PEM.
    pub certificate: String,
    /// The authority's certificate and those above it, PEM, the root last.
    pub chain: Vec<String>,
    /// The number of the authority's generation that signed.
    pub generation: u32,
    /// What an inventory keeps.
    pub record: CertificateRecord,
}

impl Issuer {
    /// Opens an authority, the generation that is asked for, to issue under a profile.
    ///
    /// # Errors
    /// `AuthorityInvalid`, `AuthorityOutsideValidity`, `GenerationUnknown`, `GenerationRefused`, `ProfileUnknown`,
    /// `FieldInvalid`, and those of opening the authority.
    pub(crate) fn open(
        authority: Authority,
        generation: Option<u32>,
        profile: ProfileChoice,
        now: u64,
    ) -> Result<Self, Error> {
        let authority = authority.open_issuing(generation)?;
        authority.check_time(now)?;
        let profile = profile.resolve()?;
        authority.check_purposes(&profile.extended_key_usage)?;
        Ok(Self { authority, profile })
    }

    /// Holds a subject (DER) against the profile, and against the names of the authority and those above it.
    ///
    /// # Errors
    /// `ProfileSubjectRefused`.
    pub(crate) fn check_subject(&self, subject: &[u8]) -> Result<(), Error> {
        self.profile.check_subject(subject).and_then(|()| self.authority.check_subject(subject))
    }

    /// Alternative names, held against the profile.
    ///
    /// # Errors
    /// `AlternativeNameMalformed`, `ProfileAlternativeNameRefused`.
    pub(crate) fn alternative_names(&self, texts: &[String]) -> Result<Vec<GeneralName>, Error> {
        let names = alternative_name::parse_all(texts)?;
        self.profile.check_alternative_names(&names)?;
        Ok(names)
    }

    /// Issues the certificate; the one question to the authority's key is the last thing that happens.
    ///
    /// # Errors
    /// `ProfileValidityRefused`, `AuthorityPathLengthExceeded`, those of the key.
    pub(crate) fn issue(&self, applicant: Applicant<'_>, keys: &mut Keys<'_>) -> Result<Issued, Halt> {
        let Applicant { now, seed, public_key, subject, names, validity_seconds, csr_sha256 } = applicant;
        let Self { authority, profile } = self;
        let lifetime = profile.lifetime(validity_seconds).map_err(|error| error.at("validity_seconds"))?;
        let issuance = Issuance {
            seed,
            period: Period::starting(now, lifetime)?
                .at_most(profile.maximum_validity_seconds)
                .within(authority.period()),
            subject: &subject,
            public_key,
            extensions: extensions(authority, profile, public_key, names, is_empty(&subject))?,
        };
        let certificate = issuance.sign(&Signer::Authority(authority), keys)?;
        Ok(Issued {
            certificate: certificate.to_pem()?,
            chain: authority.chain(),
            generation: authority.value.generation,
            record: CertificateRecord::new(&certificate, &profile.name, csr_sha256)?,
        })
    }
}

/// Refuses a certificate that would name nobody (RFC 5280 4.1.2.6).
///
/// # Errors
/// `ProfileSubjectRefused`.
pub(crate) fn check_named(subject: &[u8], names: &[GeneralName]) -> Result<(), Error> {
    match is_empty(subject) && names.is_empty() {
        false => Ok(()),
        true => Err(Error::new(
            ErrorCode::ProfileSubjectRefused,
            "found neither a subject nor an alternative name",
        )),
    }
}

/// Whether a name in DER has nothing in it.
const fn is_empty(subject: &[u8]) -> bool {
    subject.len() <= 2
}

/// What a certificate under a profile has for extensions.
pub(crate) fn extensions(
    authority: &OpenAuthority,
    profile: &Profile,
    key: &PublicKey,
    names: Vec<GeneralName>,
    subject_is_empty: bool,
) -> Result<Vec<Extension>, Error> {
    let mut extensions = Vec::new();
    if profile.authority {
        extensions.push(extension::authority_constraints(authority.path_length_below(Some(0))?)?);
    }
    extensions.push(extension::key_usage(&profile.key_usage_for(key.kind()))?);
    if !profile.extended_key_usage.is_empty() {
        extensions.push(
            extension::extended_key_usage(&profile.extended_key_usage)
                .map_err(|error| error.at("profile"))?,
        );
    }
    if profile.ocsp_no_check {
        extensions.push(extension::ocsp_no_check()?);
    }
    if !names.is_empty() {
        extensions.push(extension::subject_alternative_names(names, subject_is_empty)?);
    }
    extensions.push(extension::subject_key_identifier(&extension::key_identifier(key))?);
    extensions.extend(authority.extensions_for_issued()?);
    Ok(extensions)
}
