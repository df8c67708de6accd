//! Settings of tokens for content.

use anyhow::bail;
use serde::Deserialize;

/// Settings of tokens for content.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tokens {
    /// Who mints.
    pub(crate) issuer: String,
    /// Whom tokens are for, if nobody else is named; the guard of downloads wants it.
    pub(crate) audience: String,
    /// The parameter of a URL that holds the token.
    pub(crate) parameter: String,
    /// What the compatible shape calls its subject.
    pub(crate) subject_claim: String,
    /// What it calls its issuer.
    pub(crate) issuer_claim: String,
    /// What it calls its end.
    pub(crate) expires_claim: String,
    /// The guard lets tokens of the compatible shape through.
    pub(crate) allow_compatible: bool,
    /// The header in which the proxy says which device asks.
    pub(crate) device_header: Option<String>,
    /// What one API token may ask for in a minute.
    pub(crate) requests_per_minute: u32,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            issuer: "sealwright".to_owned(),
            audience: "downloads".to_owned(),
            parameter: "token".to_owned(),
            subject_claim: "sub".to_owned(),
            issuer_claim: "iss".to_owned(),
            expires_claim: "exp".to_owned(),
            allow_compatible: false,
            device_header: None,
            requests_per_minute: 6_000,
        }
    }
}

impl Tokens {
    /// What the engine would refuse of them is refused before there is a request.
    ///
    /// # Errors
    /// If a text is empty or too long, or a header has a name that none can have.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        for (name, text) in [
            ("issuer", &self.issuer),
            ("audience", &self.audience),
            ("parameter", &self.parameter),
            ("subject_claim", &self.subject_claim),
            ("issuer_claim", &self.issuer_claim),
            ("expires_claim", &self.expires_claim),
        ] {
            if text.is_empty() || text.len() > 255 || text.chars().any(char::is_control) {
                bail!("tokens.{name} is {text:?}, wanted 1 to 255 bytes without control characters");
            }
        }
        let [subject, issuer, expires] = [&self.subject_claim, &self.issuer_claim, &self.expires_claim];
        if subject == issuer || issuer == expires || expires == subject {
            bail!(
                "tokens.subject_claim, issuer_claim and expires_claim are {subject:?}, {issuer:?} and {expires:?}, wanted three"
            );
        }
        if let Some(name) = &self.device_header
            && axum::http::HeaderName::from_bytes(name.as_bytes()).is_err()
        {
            bail!("tokens.device_header is {name:?}, wanted the name of a header such as X-Device-Id");
        }
        super::within("tokens.requests_per_minute", self.requests_per_minute, 1..=6_000_000)
    }
}
