//! Whether a token is good, for what it is shown for.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{TokenError, Tokens};
use crate::ambient;
use crate::guest::{CallError, EngineError};

/// What a token is shown for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Presented<'a> {
    /// Who verifies, if not who the settings say.
    pub(crate) audience: Option<&'a str>,
    /// The device that asks.
    pub(crate) device: Option<&'a str>,
    /// Takes the compatible shape too, whatever the settings say.
    pub(crate) allow_compatible: bool,
}

/// A URL that its token opens.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Opened {
    /// The URL without the token.
    pub(crate) url: String,
    /// Its path in the one form in which it was compared: what is served has to be this.
    pub(crate) path: String,
    /// What the token is about.
    pub(crate) subject: Option<String>,
    /// From when on it is not good any more.
    pub(crate) expires: Option<u64>,
    /// The id of the key that signed it.
    pub(crate) kid: Option<String>,
    /// All that it says.
    pub(crate) claims: Value,
}

impl Tokens {
    /// Whether the token in a URL opens it.
    ///
    /// # Errors
    /// The engine's no, which says why; that of the store.
    pub(crate) async fn verify_url(&self, url: &str, presented: Presented<'_>) -> Result<Opened, TokenError> {
        let fields = json!({ "url": url, "parameter": self.settings.parameter });
        self.verify("verify_url", fields, presented).await
    }

    /// Whether a token is good, for this path if one is named.
    ///
    /// # Errors
    /// As [`Self::verify_url`].
    pub(crate) async fn verify_token(
        &self,
        token: &str,
        path: Option<&str>,
        presented: Presented<'_>,
    ) -> Result<Value, TokenError> {
        self.verify("verify_jwt", json!({ "token": token, "path": path }), presented).await
    }

    async fn verify<Said: DeserializeOwned>(
        &self,
        operation: &'static str,
        mut fields: Value,
        presented: Presented<'_>,
    ) -> Result<Said, TokenError> {
        let keys = self.verifying().await?.into_iter().map(|key| {
            json!({
                "kid": key.kid,
                "public_key": key.public_key,
                "algorithm": key.algorithm,
                "max_lifetime_seconds": key.validity_seconds,
            })
        });
        let keys: Vec<_> = keys.collect();
        if keys.is_empty() {
            return Err(no_keys());
        }
        fields["now"] = json!(ambient::now());
        fields["keys"] = json!(keys);
        fields["device"] = json!(presented.device);
        let audience = presented.audience.unwrap_or(&self.settings.audience);
        let bound = json!({ "issuers": [self.settings.issuer], "audience": audience });
        let refused = match self.ask(operation, &mut fields, bound, false).await {
            Err(CallError::Refused(refused)) => refused,
            done => return Ok(done?),
        };
        if !(self.settings.allow_compatible || presented.allow_compatible) {
            return Err(CallError::Refused(refused).into());
        }
        // No audience here: a token that has one is a bound one, and stays refused.
        let compatible = json!({ "issuers": [self.settings.issuer], "names": self.names() });
        match self.ask(operation, &mut fields, compatible, true).await {
            // Of a bound token it is the first no that says why.
            Err(CallError::Refused(second)) if refused.code != "jwt_claim_missing" => {
                tracing::debug!(%second, "no compatible token either");
                Err(CallError::Refused(refused).into())
            }
            done => Ok(done?),
        }
    }

    async fn ask<Said: DeserializeOwned>(
        &self,
        operation: &'static str,
        fields: &mut Value,
        policy: Value,
        allow_unbound: bool,
    ) -> Result<Said, CallError> {
        fields["policy"] = policy;
        fields["allow_unbound"] = json!(allow_unbound);
        self.guest.call(operation, &*fields, &self.keys.granting(&[])).await
    }
}

fn no_keys() -> TokenError {
    let (code, detail) = ("jwt_key_unknown".to_owned(), "there is no key that tokens verify with".to_owned());
    CallError::Refused(EngineError { code, detail, at: Some("token".to_owned()) }).into()
}
