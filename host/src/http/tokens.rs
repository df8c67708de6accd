//! Tokens for programs that are allowed to have them minted, and the public keys for everybody.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::App;
use super::api::{self, Admitted, Caller};
use super::caching::{entity_tag, header, if_changed};
use super::log::{Outcome, noted};
use super::problem::Problem;
use super::token_keys::answer;
use crate::service::tokens::{Minted, TokenError, TokenRequest};

/// How long the public keys may be kept: what is retired is good for whoever keeps them for that long.
const KEYS_MAX_AGE: u64 = 60;

/// `GET /.well-known/jwks.json` (RFC 7517 section 5).
pub(super) async fn jwks(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let Some(_place) = app.admission.enter().await else {
        return Problem::busy("too many requests are under way").into_response();
    };
    let set = match app.service.tokens.jwks().await {
        Ok(set) => set,
        Err(error) => return Problem::from(error).into_response(),
    };
    let tag = entity_tag(&set.body);
    let mut response = if_changed(&headers, tag, "application/jwk-set+json", set.body.clone().into());
    let cache = format!("max-age={KEYS_MAX_AGE}, public, must-revalidate");
    header(&mut response, header::CACHE_CONTROL, cache);
    noted("jwks", response)
}

/// `POST /v1/tokens`: a token.
pub(super) async fn mint(
    State(app): State<Arc<App>>,
    Extension(caller): Admitted,
    body: Bytes,
) -> Result<Response, Problem> {
    let request: TokenRequest = api::json(&body)?;
    let minted = app.service.tokens.mint(&request).await?;
    Ok(told("mint_token", &caller, &minted, answer(&json!(minted))))
}

/// `POST /v1/signed-urls`: a URL with a token in it; the same request, with a `url`.
pub(super) async fn sign_url(
    State(app): State<Arc<App>>,
    Extension(caller): Admitted,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut fields: Map<String, Value> = api::json(&body)?;
    let Some(Value::String(url)) = fields.remove("url") else {
        return Err(TokenError::Invalid("found no url, wanted one, or a path and query".to_owned()).into());
    };
    let request: TokenRequest = api::of_value(Value::Object(fields))?;
    let signed = app.service.tokens.sign_url(&url, &request).await?;
    Ok(told("sign_url", &caller, &signed.minted, answer(&json!(signed))))
}

/// The log tells for whom which token was minted, and not the token.
fn told(operation: &'static str, caller: &Caller, minted: &Minted, mut response: Response) -> Response {
    let id = minted.jti.as_deref().unwrap_or("without an id");
    let detail = format!("{id} for {}", caller.actor());
    response.extensions_mut().insert(Outcome { operation, outcome: "ok", detail, ..Outcome::default() });
    response
}
