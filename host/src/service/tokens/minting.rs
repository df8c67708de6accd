//! Tokens and URLs that are signed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::keys::key_id;
use super::{TokenError, Tokens};
use crate::ambient;
use crate::guest::wire::KeyUse;

/// How much a token says.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// For whom it is, what it opens, from when to when, and which key signed it
    #[default]
    Bound,
    /// Subject, issuer and end alone, for clients and file servers that know nothing else: it opens every path
    Compatible,
}

/// Which paths a token opens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Binding {
    /// This one.
    Exact(String),
    /// This one and all below it.
    Prefix(String),
}

/// A token to be minted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// The name of the key.
    pub(crate) key: String,
    /// How much it says.
    #[serde(default)]
    pub(crate) shape: Shape,
    /// About whom or what.
    pub(crate) subject: String,
    /// What it opens.
    pub(crate) path: Option<Binding>,
    /// For which device.
    pub(crate) device: Option<String>,
    /// For whom; the one of the settings, if it is nobody.
    #[serde(default)]
    pub(crate) audience: Vec<String>,
    /// For how long; as long as the key allows, if nothing is said.
    pub(crate) validity_seconds: Option<u64>,
}

/// A token.
#[derive(Deserialize, Serialize)]
pub(crate) struct Minted {
    /// Compact JWS (RFC 7515 7.1).
    pub(crate) token: String,
    /// RFC 7518 3.1.
    pub(crate) algorithm: String,
    /// The id of the key, where the token names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kid: Option<String>,
    /// The token's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jti: Option<String>,
    /// Unix seconds from which on it is not good any more.
    pub(crate) expires: u64,
}

/// A URL with a token in it.
#[derive(Deserialize, Serialize)]
pub(crate) struct SignedUrl {
    /// The URL.
    pub(crate) url: String,
    /// Its token.
    #[serde(flatten)]
    pub(crate) minted: Minted,
}

impl Tokens {
    /// Mints a token.
    ///
    /// # Errors
    /// [`TokenError::Invalid`], [`TokenError::KeyUnknown`]; those of the engine and the store.
    pub(crate) async fn mint(&self, request: &TokenRequest) -> Result<Minted, TokenError> {
        self.sign("mint_jwt", request, json!({})).await
    }

    /// Puts a token into a URL. Without a `path` it opens the URL's alone.
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub(crate) async fn sign_url(&self, url: &str, request: &TokenRequest) -> Result<SignedUrl, TokenError> {
        let fields = json!({ "url": url, "parameter": self.settings.parameter });
        self.sign("sign_url", request, fields).await
    }

    async fn sign<Signed: DeserializeOwned>(
        &self,
        operation: &'static str,
        request: &TokenRequest,
        mut fields: Value,
    ) -> Result<Signed, TokenError> {
        let key = self.signing(&request.key).await?;
        let seconds = request.validity_seconds.unwrap_or(key.validity_seconds);
        if !(1..=key.validity_seconds).contains(&seconds) {
            return Err(TokenError::Invalid(format!(
                "found a validity of {seconds} seconds, wanted 1 to {}, the most that the key {:?} allows",
                key.validity_seconds, key.name
            )));
        }
        let id = key_id(&key.kid);
        fields["now"] = json!(ambient::now());
        fields["seed"] = json!(ambient::seed());
        fields["key"] = json!({ "id": id, "public_key": key.public_key });
        fields["algorithm"] = json!(key.algorithm);
        fields["token"] = self.token(request, seconds)?;
        Ok(self.guest.call(operation, fields, &self.keys.granting(&[(&id, KeyUse::Sign)])).await?)
    }

    fn token(&self, request: &TokenRequest, lifetime_seconds: u64) -> Result<Value, TokenError> {
        let TokenRequest { subject, path, device, audience, .. } = request;
        let issuer = &self.settings.issuer;
        match request.shape {
            Shape::Compatible if path.is_some() || device.is_some() || !audience.is_empty() => {
                Err(TokenError::Invalid(
                    "a compatible token is bound to nothing: leave out path, device and audience, or take the bound shape"
                        .to_owned(),
                ))
            }
            Shape::Compatible => Ok(json!({
                "shape": "compatible",
                "subject": subject,
                "issuer": issuer,
                "lifetime_seconds": lifetime_seconds,
                "names": self.names(),
            })),
            Shape::Bound => Ok(json!({
                "shape": "bound",
                "issuer": issuer,
                "subject": subject,
                "audience": if audience.is_empty() { std::slice::from_ref(&self.settings.audience) } else { audience },
                "path": path,
                "device": device,
                "jti": "random",
                "lifetime_seconds": lifetime_seconds,
            })),
        }
    }

    /// What the compatible shape calls its claims.
    pub(super) fn names(&self) -> Value {
        let settings = &self.settings;
        json!({
            "subject": settings.subject_claim,
            "issuer": settings.issuer_claim,
            "expires": settings.expires_claim,
        })
    }
}
