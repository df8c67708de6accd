//! What a token has to say to be accepted (RFC 7519 section 4.1, RFC 8725 section 3).

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use super::{
    MAX_LIFETIME_SECONDS, check_text, check_texts,
    claims::{ClaimNames, Claims},
    compact::Header,
    invalid,
};
use crate::error::{Error, ErrorCode};

/// How far the clocks of those who mint and those who verify may be apart, unless it is said otherwise.
const DEFAULT_SKEW_SECONDS: u64 = 60;
const MAX_SKEW_SECONDS: u64 = 600;

/// What a token has to say.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TokenPolicy"))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The issuers that are believed; none: any.
    pub issuers: Vec<String>,
    /// The subject that it has to be about.
    pub subject: Option<String>,
    /// Who verifies: one of the token's audiences. A token that has audiences is for nobody else.
    pub audience: Option<String>,
    /// The `typ` that its header has to have; letters of any case, with or without `application/`.
    pub r#type: Option<String>,
    /// Claims that have to be there.
    pub required: Vec<String>,
    /// The names that a token of the compatible shape has its claims by.
    pub names: ClaimNames,
    /// How far the clocks may be apart: 60 seconds if nothing is said, 600 at most.
    pub clock_skew_seconds: Option<u64>,
    /// How far ahead `exp` may be, and how long after `iat` or `nbf`.
    pub max_lifetime_seconds: Option<u64>,
    /// Accepts a token that never expires.
    pub allow_without_expiry: bool,
}

/// What was found, for who goes on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) subject: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) expires: Option<u64>,
}

impl Policy {
    /// # Errors
    /// `FieldInvalid`.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check_texts("issuers", &self.issuers)?;
        check_texts("required", &self.required)?;
        for (field, text) in
            [("subject", &self.subject), ("audience", &self.audience), ("type", &self.r#type)]
        {
            text.as_deref().map_or(Ok(()), |text| check_text(field, text))?;
        }
        self.names.check()?;
        if self.skew() > MAX_SKEW_SECONDS {
            return Err(
                invalid(format_args!("wanted at most {MAX_SKEW_SECONDS} seconds")).at("clock_skew_seconds")
            );
        }
        match self.max_lifetime_seconds {
            Some(seconds) if !(1..=MAX_LIFETIME_SECONDS).contains(&seconds) => {
                Err(invalid(format_args!("wanted 1 to {MAX_LIFETIME_SECONDS} seconds"))
                    .at("max_lifetime_seconds"))
            }
            _ => Ok(()),
        }
    }

    /// Holds a token whose signature is good against the policy. `max_lifetime_seconds` is what its key says.
    ///
    /// # Errors
    /// `JwtTypeRefused`, `JwtClaimMissing`, `JwtClaimInvalid`, `JwtExpired`, `JwtNotYetValid`, `JwtLifetimeRefused`,
    /// `JwtIssuerRefused`, `JwtSubjectRefused`, `JwtAudienceRefused`.
    pub(crate) fn accept(
        &self,
        header: &Header,
        claims: &Claims,
        now: u64,
        max_lifetime_seconds: Option<u64>,
    ) -> Result<Accepted, Error> {
        self.check_type(header)?;
        if let Some(name) = self.required.iter().find(|name| !claims.has(name)) {
            return Err(missing(name));
        }
        let expires = self.check_times(claims, now, max_lifetime_seconds)?;
        let issuer = self.check_issuer(claims)?;
        let subject = self.check_subject(claims)?;
        self.check_audience(claims)?;
        claims.text("jti")?;
        Ok(Accepted { subject, issuer, expires })
    }

    fn skew(&self) -> u64 {
        self.clock_skew_seconds.unwrap_or(DEFAULT_SKEW_SECONDS)
    }

    fn check_type(&self, header: &Header) -> Result<(), Error> {
        let Some(wanted) = &self.r#type else { return Ok(()) };
        let plain = |text: &str| {
            let text = text.to_ascii_lowercase();
            String::from(text.strip_prefix("application/").unwrap_or(&text))
        };
        let found = header.typ.as_deref().unwrap_or_default();
        if plain(found) == plain(wanted) {
            return Ok(());
        }
        Err(Error::new(ErrorCode::JwtTypeRefused, format_args!("found the typ {found:?}, wanted {wanted:?}")))
    }

    /// The end of the token's life: the first of those that it names, by the usual name and by the policy's.
    fn check_times(&self, claims: &Claims, now: u64, key_limit: Option<u64>) -> Result<Option<u64>, Error> {
        let skew = self.skew();
        let usual = claims.time("exp")?;
        let named = claims.time(&self.names.expires)?;
        if named.is_none() && !self.allow_without_expiry {
            return Err(missing(&self.names.expires));
        }
        let expires = usual.into_iter().chain(named).min();
        if let Some(expires) = expires.filter(|expires| expires.saturating_add(skew) <= now) {
            let ago = now.saturating_sub(expires);
            return Err(Error::new(
                ErrorCode::JwtExpired,
                format_args!("the token expired at {expires}, {ago} seconds ago; ask for a new one"),
            ));
        }
        let (from, issued) = (claims.time("nbf")?, claims.time("iat")?);
        for (name, time) in [("nbf", from), ("iat", issued)] {
            if let Some(time) = time.filter(|time| *time > now.saturating_add(skew)) {
                return Err(Error::new(
                    ErrorCode::JwtNotYetValid,
                    format_args!("found {name} {time}, and it is {now}; are the clocks right?"),
                ));
            }
        }
        let limit = self.max_lifetime_seconds.into_iter().chain(key_limit).min();
        if let Some(limit) = limit {
            check_lifetime(expires, issued.into_iter().chain(from).min(), now.saturating_add(skew), limit)?;
        }
        Ok(expires)
    }

    fn check_issuer(&self, claims: &Claims) -> Result<Option<String>, Error> {
        let name = &self.names.issuer;
        let found = claims.text(name)?;
        if self.issuers.is_empty() {
            return Ok(found.map(Into::into));
        }
        let found = found.ok_or_else(|| missing(name))?;
        match self.issuers.iter().any(|issuer| issuer == found) {
            true => Ok(Some(found.into())),
            false => Err(Error::new(
                ErrorCode::JwtIssuerRefused,
                format_args!("found the issuer {found:?}, wanted {}", self.issuers.join(" or ")),
            )),
        }
    }

    fn check_subject(&self, claims: &Claims) -> Result<Option<String>, Error> {
        let name = &self.names.subject;
        let found = claims.text(name)?;
        let Some(wanted) = &self.subject else { return Ok(found.map(Into::into)) };
        let found = found.ok_or_else(|| missing(name))?;
        match found == wanted {
            true => Ok(Some(found.into())),
            false => Err(Error::new(
                ErrorCode::JwtSubjectRefused,
                format_args!("found the subject {found:?}, wanted {wanted:?}"),
            )),
        }
    }

    /// RFC 7519 4.1.3: who is not among the audiences refuses the token.
    fn check_audience(&self, claims: &Claims) -> Result<(), Error> {
        let refused = |detail| Err(Error::new(ErrorCode::JwtAudienceRefused, detail));
        match (claims.audiences()?, &self.audience) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(missing("aud")),
            (Some(found), Some(own)) if found.iter().any(|audience| audience == own) => Ok(()),
            (Some(found), Some(own)) => {
                refused(alloc::format!("found a token for {}, wanted one for {own:?}", found.join(", ")))
            }
            (Some(found), None) => refused(alloc::format!(
                "found a token for {}, and no audience in the policy says who verifies",
                found.join(", ")
            )),
        }
    }
}

/// Not longer than `limit` from its beginning on, and not from now on either: a token does not always say when it begins.
fn check_lifetime(expires: Option<u64>, begins: Option<u64>, now: u64, limit: u64) -> Result<(), Error> {
    let Some(expires) = expires else {
        return Err(lifetime_refused(format_args!(
            "found a token that never expires, wanted {limit} seconds at most"
        )));
    };
    let from = begins.unwrap_or(now).min(now);
    let seconds = expires.saturating_sub(from);
    if seconds > limit {
        return Err(lifetime_refused(format_args!(
            "found a token that is good for {seconds} seconds, wanted {limit} at most"
        )));
    }
    Ok(())
}

pub(crate) fn lifetime_refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtLifetimeRefused, detail)
}

fn missing(name: &str) -> Error {
    Error::new(ErrorCode::JwtClaimMissing, format_args!("found no claim {name:?}, wanted one"))
}
