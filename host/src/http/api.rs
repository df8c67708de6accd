//! Who may use the API: programs that show an API token (RFC 6750), each for what its scope says and so often.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::App;
use super::caching::header;
use super::problem::Problem;
use crate::ambient::Stopwatch;
use crate::service::{ServiceError, api_tokens};
use crate::store::Scope;

/// The longest request; a private key of RSA-8192 in PEM has 6 KB.
pub(super) const MAX_BODY: usize = 64 << 10;
/// Bodies that arrive at the same time, and how many of them with one API token.
pub(super) const MAX_UPLOADS: usize = 128;
pub(super) const MAX_UPLOADS_OF_CALLER: usize = 64;
/// What requests are counted in.
const MINUTE: Duration = Duration::from_secs(60);
/// How many callers are counted before those of earlier minutes are forgotten.
const MAX_COUNTED: usize = 256;

/// Who asks: whoever is in the extensions of a request has shown an API token of the right scope.
#[derive(Clone, Debug)]
pub(super) struct Caller(String);

impl Caller {
    /// As the record of who did what has it.
    pub(super) fn actor(&self) -> String {
        format!("api:{}", self.0)
    }
}

/// What stands before each route of the API.
#[derive(Clone)]
pub(super) struct Door {
    /// The host.
    pub(super) app: Arc<App>,
    /// What an API token has to be good for.
    pub(super) scope: Scope,
    /// The longest request.
    pub(super) max_body_bytes: usize,
}

/// Lets nobody through who shows no API token of this scope. Nothing of the body is read before that, and a slow one keeps
/// nobody from working.
pub(super) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    admitted(door, request, next).await.unwrap_or_else(|response| *response)
}

async fn admitted(door: Door, request: Request, next: Next) -> Result<Response, Box<Response>> {
    let Door { app, scope, max_body_bytes } = door;
    let caller = caller(&app, request.headers(), scope).await?;
    let (mut parts, body) = request.into_parts();
    let body = {
        let _upload = app.api_uploads.enter(&caller.0)?;
        to_bytes(body, max_body_bytes).await.map_err(|_| {
            let detail = format!("the body did not arrive whole, or is longer than {max_body_bytes} bytes");
            Box::new(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", detail).into_response())
        })?
    };
    let Some(_place) = app.admission.enter().await else {
        return Err(Box::new(Problem::busy("too many requests are under way").into_response()));
    };
    parts.extensions.insert(caller);
    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    header(&mut response, header::CACHE_CONTROL, "no-store".to_owned());
    Ok(response)
}

async fn caller(app: &App, headers: &HeaderMap, scope: Scope) -> Result<Caller, Box<Response>> {
    let Some(shown) = bearer(headers) else {
        let detail =
            "this needs an API token, as `Authorization: Bearer ...`; `sealwright api-tokens add` makes one";
        return Err(challenge(StatusCode::UNAUTHORIZED, "unauthorized", detail, ""));
    };
    let found = match api_tokens::find(app.service.store.as_ref(), shown).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let detail = "the API token is not one of this server, or has ended";
            return Err(challenge(
                StatusCode::UNAUTHORIZED,
                "api_token_unknown",
                detail,
                " error=\"invalid_token\"",
            ));
        }
        Err(error) => return Err(Box::new(Problem::from(ServiceError::from(error)).into_response())),
    };
    if !found.scope.includes(scope) {
        let detail =
            format!("the API token is good for the scope {}, wanted {}", found.scope.name(), scope.name());
        let error = " error=\"insufficient_scope\"";
        return Err(challenge(StatusCode::FORBIDDEN, "scope_insufficient", &detail, error));
    }
    if let Some(wait) = app.rate.take(&found.id) {
        let detail = "this API token has asked for too much within a minute";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail);
        return Err(Box::new(problem.after(wait.as_secs().max(1)).into_response()));
    }
    Ok(Caller(found.id))
}

/// The one token that a request shows; two would leave open which one counts.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (sent.next()?, sent.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn challenge(status: StatusCode, code: &str, detail: &str, error: &str) -> Box<Response> {
    let mut response = Problem::new(status, code, detail).into_response();
    let challenge = match error {
        "" => "Bearer realm=\"sealwright\"".to_owned(),
        error => format!("Bearer realm=\"sealwright\",{error}"),
    };
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    Box::new(response)
}

/// The body of a request; an empty one stands for an object without members.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| malformed(&error))
}

/// The same, of a value that was read already.
pub(super) fn of_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| malformed(&error))
}

/// What is told may repeat what was sent, a password in the wrong place for one: it is not logged.
fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("the body is not such a request: {error}");
    Problem::told(StatusCode::BAD_REQUEST, "request_malformed", detail, "the body is not such a request")
}

/// How often each API token may ask.
pub(super) struct RateLimit {
    per_minute: u32,
    counted: Mutex<BTreeMap<String, (Stopwatch, u32)>>,
}

impl RateLimit {
    /// So many requests in a minute.
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute, counted: Mutex::default() }
    }

    /// Counts a request; how long to wait, if it is one too many.
    fn take(&self, id: &str) -> Option<Duration> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MAX_COUNTED {
            counted.retain(|_, (since, _)| since.elapsed() < MINUTE);
        }
        let (since, count) = counted.entry(id.to_owned()).or_insert_with(|| (Stopwatch::start(), 0));
        if since.elapsed() >= MINUTE {
            (*since, *count) = (Stopwatch::start(), 0);
        }
        *count = count.saturating_add(1);
        (*count > self.per_minute).then(|| MINUTE.saturating_sub(since.elapsed()))
    }
}

/// For handlers: without [`admit`] before it, a route that takes this is not answered at all.
pub(super) type Admitted = Extension<Caller>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bearer_token_is_read_and_no_other() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["bearer abc"]).as_deref(), Some("abc"));
        for values in [&[][..], &["Basic abc"], &["abc"], &["Bearer"], &["Bearer a", "Bearer b"]] {
            assert_eq!(read(values), None, "{values:?}");
        }
    }

    #[test]
    fn each_caller_has_its_own_minute() {
        let rate = RateLimit::new(2);
        assert_eq!((rate.take("a"), rate.take("a")), (None, None));
        assert!(rate.take("a").is_some_and(|wait| wait <= MINUTE && wait > Duration::from_secs(50)));
        assert_eq!(rate.take("b"), None);
    }
}
