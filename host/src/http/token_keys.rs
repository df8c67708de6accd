//! `/v1/token-keys`: the keys that sign tokens, for programs that look after them.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::api::{self, Admitted};
use super::caching::header;
use super::log::noted;
use super::problem::Problem;
use super::{App, typed};
use crate::ambient;
use crate::service::ServiceError;
use crate::service::tokens::{MAX_LISTED, Material, NewKey, Rotation, TokenError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    token_validity_seconds: u64,
    algorithm: Option<String>,
    rsa_bits: Option<u32>,
    private_key: Option<String>,
    password: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    token_validity_seconds: Option<u64>,
    algorithm: Option<String>,
    rsa_bits: Option<u32>,
    private_key: Option<String>,
    password: Option<String>,
    #[serde(default)]
    at_once: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Retire {
    generation: Option<u32>,
}

/// `GET /v1/token-keys`: all of them, newest first.
pub(super) async fn list(State(app): State<Arc<App>>, _: Admitted) -> Result<Response, Problem> {
    let keys = app.service.store.token_keys(None, MAX_LISTED).await.map_err(TokenError::from)?;
    let now = ambient::now();
    let told: Vec<_> = keys.iter().map(|key| key.told(now)).collect();
    Ok(noted("list_token_keys", answer(&json!({ "token_keys": told }))))
}

/// `GET /v1/token-keys/NAME`: the generations of a name.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admitted,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let keys = app.service.store.token_keys(Some(&name), MAX_LISTED).await.map_err(TokenError::from)?;
    if keys.is_empty() {
        return Err(TokenError::KeyUnknown(format!("{name:?}")).into());
    }
    let now = ambient::now();
    let told: Vec<_> = keys.iter().map(|key| key.told(now)).collect();
    Ok(noted("show_token_key", answer(&json!({ "name": name, "generations": told }))))
}

/// `POST /v1/token-keys`: a new key, or with `private_key` one that is brought.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Admitted,
    body: Bytes,
) -> Result<Response, Problem> {
    let Create { name, token_validity_seconds, algorithm, rsa_bits, private_key, password } =
        api::json(&body)?;
    let material = material(algorithm, rsa_bits, private_key, password)?;
    let location = format!("/v1/token-keys/{name}");
    let new = NewKey { name, material, validity_seconds: token_validity_seconds };
    let key = to_the_end(async move { app.service.tokens.create(new, caller.actor()).await }).await?;
    let mut response = answer(&key.told(ambient::now()));
    *response.status_mut() = StatusCode::CREATED;
    header(&mut response, header::LOCATION, location);
    Ok(noted("create_token_key", response))
}

/// `POST /v1/token-keys/NAME/rotate`: another key signs from now on.
pub(super) async fn rotate(
    State(app): State<Arc<App>>,
    Extension(caller): Admitted,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let Rotate { token_validity_seconds, algorithm, rsa_bits, private_key, password, at_once } =
        api::json(&body)?;
    let material = material(algorithm, rsa_bits, private_key, password)?;
    let rotation = Rotation { name, material, validity_seconds: token_validity_seconds, at_once };
    let key = to_the_end(async move { app.service.tokens.rotate(rotation, caller.actor()).await }).await?;
    Ok(noted("rotate_token_key", answer(&key.told(ambient::now()))))
}

/// `POST /v1/token-keys/NAME/retire`: its keys, or one `generation`, verify no more.
pub(super) async fn retire(
    State(app): State<Arc<App>>,
    Extension(caller): Admitted,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let Retire { generation } = api::json(&body)?;
    let retired = {
        let name = name.clone();
        to_the_end(async move { app.service.tokens.retire(&name, generation, caller.actor()).await })
    };
    let answered = answer(&json!({ "name": name, "retired": retired.await? }));
    Ok(noted("retire_token_key", answered))
}

/// On a task of its own: a client that hangs up leaves nothing half done.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, TokenError>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(ServiceError::Internal(format!("the request's task ended: {error}")).into()),
    }
}

fn material(
    algorithm: Option<String>,
    rsa_bits: Option<u32>,
    private_key: Option<String>,
    password: Option<String>,
) -> Result<Material, Problem> {
    let invalid = |detail: &str| Err(TokenError::Invalid(detail.to_owned()).into());
    match (private_key, rsa_bits) {
        (Some(_), Some(_)) => invalid("found private_key and rsa_bits: a key that is brought has its size"),
        (Some(private_key), None) => Ok(Material::Upload {
            private_key: Zeroizing::new(private_key),
            password: password.map(Zeroizing::new),
            algorithm,
        }),
        (None, _) if password.is_some() => invalid("found a password, and no private_key that it opens"),
        (None, rsa_bits) => Ok(Material::Generate { algorithm, rsa_bits }),
    }
}

/// A JSON answer.
pub(super) fn answer(value: &Value) -> Response {
    typed("application/json", format!("{value}\n").into_bytes())
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let detail = error.to_string();
        match error {
            TokenError::Invalid(_) => Self::new(StatusCode::BAD_REQUEST, "request_invalid", detail),
            TokenError::KeyUnknown(_) => Self::new(StatusCode::NOT_FOUND, "token_key_unknown", detail),
            TokenError::Taken(_) => Self::new(StatusCode::CONFLICT, "token_key_taken", detail),
            TokenError::Busy(_) => Self::busy("another program makes keys"),
            TokenError::Store(error) => ServiceError::from(error).into(),
            TokenError::Failed(_) => ServiceError::Internal(detail).into(),
            TokenError::Call(error) => match error {
                crate::guest::CallError::Refused(refused) => {
                    Self::new(StatusCode::BAD_REQUEST, refused.code.clone(), detail)
                }
                failed => ServiceError::from(failed).into(),
            },
        }
    }
}
