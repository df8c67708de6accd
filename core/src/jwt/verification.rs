//! From a token and the keys of the caller to what it says.

use alloc::string::String;

use serde::Serialize;

use super::{
    binding::Occasion,
    claims::Claims,
    compact::{Compact, Header},
    key_set::{KeySet, VerificationKey},
    policy::Policy,
};
use crate::{error::Error, jwk::JwkSet};

/// What a token is verified with.
pub(crate) struct Verification<'a> {
    pub(crate) now: u64,
    pub(crate) keys: &'a [VerificationKey],
    pub(crate) jwks: Option<&'a JwkSet>,
    pub(crate) policy: &'a Policy,
}

/// A token that is good.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verified {
    /// `alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything.
    pub header: Header,
    /// The id of the key that made the signature, if the caller gave it one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The first whole second at which it is not good any more, but for the clock skew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
    /// All claims, by name.
    pub claims: Claims,
}

impl Verification<'_> {
    /// Verifies a token: its form, the signature, and only then what it says.
    ///
    /// # Errors
    /// `FieldInvalid` and those of reading keys, for the request; `RequestTooLarge`, `JwtMalformed`,
    /// `JwtAlgorithmRefused`, `JwtCriticalHeaderUnknown`, `JwtKeyUnknown`, `JwtKeyOutsideValidity`, `JwtSignatureInvalid`,
    /// those of [`Policy::accept`], `JwtPathRefused` and `JwtDeviceRefused` for the token.
    pub(crate) fn verify(&self, token: &str, occasion: &Occasion<'_>) -> Result<Verified, Error> {
        self.policy.check().map_err(|error| error.within("policy"))?;
        let keys = KeySet::read(self.keys, self.jwks)?;
        self.open(token, &keys, occasion).map_err(|error| error.at("token"))
    }

    fn open(&self, token: &str, keys: &KeySet, occasion: &Occasion<'_>) -> Result<Verified, Error> {
        let compact = Compact::read(token)?;
        let by = keys.verify(&compact, self.now)?;
        let claims = Claims::read(&compact.payload)?;
        let accepted = self.policy.accept(&compact.header, &claims, self.now, by.max_lifetime_seconds)?;
        occasion.check(&claims)?;
        Ok(Verified {
            header: compact.header,
            kid: by.kid.clone(),
            issuer: accepted.issuer,
            subject: accepted.subject,
            expires: accepted.expires,
            claims,
        })
    }
}

/// The device that asks, as a request names it.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn check_device(device: Option<&str>) -> Result<(), Error> {
    device.map_or(Ok(()), |device| super::check_text("device", device))
}
