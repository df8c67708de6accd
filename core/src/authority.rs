//! A certificate authority as a value: what the caller stores and sends back with each request.
//!
//! An authority lives longer than its certificates and keys. Each certificate with its key is a generation: the
//! current one stands at the top of the value, those before it are in `former`, one that was made and is not
//! in use yet is `next`, and those that never came into use are in `abandoned`. A value from before there were generations is one of generation 1.

pub mod generation;
pub(crate) mod renewal;

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde::{Deserialize, Serialize};
use x509_cert::ext::{Extension, pkix::SubjectKeyIdentifier};

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    distinguished_name,
    error::{Error, ErrorCode},
    extension,
    issuer::{self, Allowance},
    key::PublicKey,
    keys::{Halt, Keys},
    path::Strength,
    validity::Period,
};
pub use generation::Generation;

/// How many certificates a chain may have.
pub const MAX_CHAIN: usize = 16;

/// How many helpers an authority may have, such as registration authorities and signers of OCSP responses.
pub const MAX_HELPERS: usize = 32;

/// An authority. It holds no private key, only the id of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The number of the current generation; 1 if it is not said.
    #[serde(default = "generation::first")]
    pub generation: u32,
    /// Its certificate, PEM.
    pub certificate: String,
    /// Its issuers' certificates, nearest first, the root last; empty for a root.
    pub chain: Vec<String>,
    /// The id of its key.
    pub key: String,
    /// The key identifier of all that it issues. Fixed when the authority was made, and kept when it is renewed.
    pub subject_key_identifier: Base64Url,
    /// After a renewal with a new key, what leads from the old to the new and back (RFC 4210 section 4.4), PEM:
    /// new with old, then old with new.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cross_certificates: Vec<String>,
    /// Whether less than today's signatures and keys will do in its chain, such as SHA-1 of long ago; of no generation but
    /// this one.
    #[serde(default, skip_serializing_if = "Strength::is_default")]
    pub strength: Strength,
    /// Where its CRL is; goes into what it issues.
    #[serde(default)]
    pub crl_urls: Vec<String>,
    /// Where its OCSP responder is.
    #[serde(default)]
    pub ocsp_urls: Vec<String>,
    /// Where its certificate is.
    #[serde(default)]
    pub issuer_urls: Vec<String>,
    /// The generations before, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Generation>,
    /// The generation that is made and not yet in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Generation>,
    /// Those that were made and given up, the newest first. They issue nothing, but sign what revokes; and their
    /// numbers are not given again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub abandoned: Vec<Generation>,
}

/// An authority whose parts were parsed and agree with each other.
pub(crate) struct OpenAuthority {
    pub(crate) value: Authority,
    pub(crate) certificate: Certificate,
    public_key: PublicKey,
    names: Vec<Vec<u8>>,
    allowance: Allowance,
}

impl Authority {
    /// Parses and checks the value.
    ///
    /// # Errors
    /// `AuthorityInvalid` if the certificate or one of the chain is no authority's, one did not issue the one before
    /// it, the key identifier is another one, the chain is too long, or the generations are not numbered in their
    /// order; parse errors of the certificates.
    pub(crate) fn open(self) -> Result<OpenAuthority, Error> {
        self.check_generations()?;
        if self.chain.len() > MAX_CHAIN {
            return Err(invalid(format_args!(
                "found a chain of {} certificates, wanted at most {MAX_CHAIN}",
                self.chain.len()
            )));
        }
        let certificate =
            Certificate::from_pem(&self.certificate).map_err(|error| error.at("authority.certificate"))?;
        let mut path = vec![certificate.clone()];
        for text in &self.chain {
            path.push(Certificate::from_pem(text).map_err(|error| error.at("authority.chain"))?);
        }
        let allowance = issuer::allowance(&path)?;
        issuer::check(&path, self.strength)?;
        let identifier: Option<SubjectKeyIdentifier> = certificate.extension()?;
        if identifier.is_some_and(|identifier| identifier.0.as_bytes() != self.subject_key_identifier.0) {
            return Err(invalid("found a subject_key_identifier that is not the one in the certificate")
                .at("authority.subject_key_identifier"));
        }
        if self.subject_key_identifier.0.is_empty() {
            return Err(invalid("found a subject_key_identifier without octets")
                .at("authority.subject_key_identifier"));
        }
        let public_key = certificate.public_key()?;
        let names = path.iter().map(|issuer| issuer.subject().to_vec()).collect();
        Ok(OpenAuthority { value: self, certificate, public_key, names, allowance })
    }
}

impl OpenAuthority {
    /// The time in which the authority's certificate and all above it are valid.
    pub(crate) const fn period(&self) -> Period {
        self.allowance.period
    }

    /// Checks that a subject is not named like the authority or one above it: a certificate of that name
    /// would count as self-issued, or be taken for its issuer (RFC 5280 6.1).
    ///
    /// # Errors
    /// `ProfileSubjectRefused`.
    pub(crate) fn check_subject(&self, subject: &[u8]) -> Result<(), Error> {
        if !self.names.iter().any(|name| distinguished_name::is_same(name, subject)) {
            return Ok(());
        }
        Err(Error::new(ErrorCode::ProfileSubjectRefused, "found the name of an authority as the subject"))
    }

    /// Checks that the authority and those above it may issue for these purposes, object identifiers of an
    /// extended key usage: a certificate for another one no verifier accepts.
    ///
    /// # Errors
    /// `AuthorityInvalid`.
    pub(crate) fn check_purposes(&self, purposes: &[String]) -> Result<(), Error> {
        let Some(allowed) = &self.allowance.purposes else {
            return Ok(());
        };
        let allows = |purpose: &&String| allowed.iter().any(|allowed| allowed.to_string() == **purpose);
        match purposes.iter().find(|purpose| !allows(purpose)) {
            None => Ok(()),
            Some(other) => Err(invalid(format_args!(
                "found an authority whose extended key usage does not allow certificates for {other}"
            ))
            .at("authority.certificate")),
        }
    }

    /// Checks that the authority may issue now.
    ///
    /// # Errors
    /// `AuthorityOutsideValidity`.
    pub(crate) fn check_time(&self, now: u64) -> Result<(), Error> {
        let Period { not_before, not_after } = self.period();
        if self.period().contains(now) {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::AuthorityOutsideValidity,
            format_args!("the authority is valid from {not_before} to {not_after}, now is {now}"),
        )
        .at("authority.certificate"))
    }

    /// The path length for an authority below this one, for which `asked` is asked (RFC 5280 4.2.1.9).
    ///
    /// # Errors
    /// `AuthorityPathLengthExceeded`.
    pub(crate) fn path_length_below(&self, asked: Option<u8>) -> Result<Option<u8>, Error> {
        let exceeded = || {
            Error::new(
                ErrorCode::AuthorityPathLengthExceeded,
                format_args!(
                    "the authority's path length is {:?}, which does not allow {asked:?} below it",
                    self.allowance.path_length
                ),
            )
        };
        match self.allowance.path_length {
            None => Ok(asked),
            Some(own) => {
                let most = own.checked_sub(1).ok_or_else(exceeded)?;
                if asked.is_some_and(|asked| asked > most) {
                    Err(exceeded())
                } else {
                    Ok(Some(asked.unwrap_or(most)))
                }
            }
        }
    }

    /// The certificates that a relying party needs besides a leaf's: this authority's, then its chain.
    pub(crate) fn chain(&self) -> Vec<String> {
        core::iter::once(self.value.certificate.clone()).chain(self.value.chain.iter().cloned()).collect()
    }

    /// The extensions that tell of this authority in what it issues.
    pub(crate) fn extensions_for_issued(&self) -> Result<Vec<Extension>, Error> {
        let mut extensions = vec![extension::authority_key_identifier(&self.value.subject_key_identifier.0)?];
        if !self.value.crl_urls.is_empty() {
            extensions.push(extension::crl_distribution_points(&self.value.crl_urls)?);
        }
        if !self.value.ocsp_urls.is_empty() || !self.value.issuer_urls.is_empty() {
            extensions.push(extension::authority_information_access(
                &self.value.ocsp_urls,
                &self.value.issuer_urls,
            )?);
        }
        Ok(extensions)
    }

    /// Signs with the authority's key.
    pub(crate) fn sign(&self, keys: &mut Keys<'_>, message: &[u8]) -> Result<Vec<u8>, Halt> {
        keys.sign(&self.value.key, &self.public_key, message)
    }

    /// The authority's public key.
    pub(crate) const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
}

fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::AuthorityInvalid, detail).at("authority")
}
