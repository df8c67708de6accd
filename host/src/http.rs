//! The HTTP server: SCEP, revocation, tokens for content, health, and the root certificate for whoever wants to pin it.

mod admission;
mod api;
mod body_digests;
mod caching;
mod connections;
mod guard;
mod log;
mod maintenance;
mod message;
mod message_guard;
mod messages;
mod problem;
mod revocation;
mod scep;
mod server;
mod signed_request;
mod token_keys;
mod tokens;
mod uploads;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::service::{CaCertificates, Hierarchy, Service};
use crate::signals::Signals;
use crate::store::Scope;
use crate::{ambient, config};
use admission::Admission;
use api::{Door, RateLimit};
use connections::Connection;
use problem::Problem;
use revocation::OcspFailures;
use server::Stopped;
use uploads::Uploads;

/// What the handlers share.
pub(crate) struct App {
    service: Arc<Service>,
    published: RwLock<Arc<Published>>,
    ocsp_failures: OcspFailures,
    admission: Admission,
    rate: RateLimit,
    /// Bodies of messages that are on their way, by the key that signed them.
    uploads: Uploads,
    /// The same where the signature is over the body, so that nothing is known of the sender before it is here.
    unproved_uploads: Uploads,
    /// Bodies for the API, by the API token.
    api_uploads: Uploads,
    max_body_bytes: usize,
    timeout: Duration,
}

/// What everybody is told of the authorities, written once for each change of them.
struct Published {
    ca_certificates: CaCertificates,
    next_ca_certificates: Option<CaCertificates>,
}

impl Published {
    async fn of(service: &Service, hierarchy: &Hierarchy) -> anyhow::Result<Arc<Self>> {
        let now = service.ca_certificates(hierarchy).await.context("cannot write the answer to GetCACert")?;
        let next = service.next_ca_certificates(hierarchy).await;
        Ok(Arc::new(Self {
            ca_certificates: now,
            next_ca_certificates: next.context("cannot write the answer to GetNextCACert")?,
        }))
    }
}

impl App {
    fn published(&self) -> Arc<Published> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Serves until a signal asks to stop, then lets requests finish.
///
/// # Errors
/// If the engine cannot write the authorities' certificates.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    settings: &config::Server,
    mut signals: Signals,
) -> anyhow::Result<()> {
    let app = Arc::new(App {
        service: service.clone(),
        published: RwLock::new(Published::of(&service, &service.hierarchy()).await?),
        ocsp_failures: OcspFailures::of(&service).await?,
        admission: Admission::new(settings.max_requests),
        rate: RateLimit::new(service.tokens.settings.requests_per_minute),
        uploads: Uploads::new(message_guard::MAX_UPLOADS, message_guard::MAX_UPLOADS_OF_KEY),
        unproved_uploads: Uploads::new(message_guard::MAX_UNPROVED, message_guard::MAX_UNPROVED),
        api_uploads: Uploads::new(api::MAX_UPLOADS, api::MAX_UPLOADS_OF_CALLER),
        max_body_bytes: settings.max_body_bytes,
        timeout: Duration::from_secs(settings.request_timeout_seconds),
    });
    // On a task of its own, so that nothing in it keeps anybody waiting; it ends with this function.
    let mut maintenance = JoinSet::new();
    maintenance.spawn(maintenance::maintain(app.clone()));
    let stopped = tokio::select! {
        stopped = server::run(listener, router(app.clone()), settings, &mut signals) => stopped,
        () = service.store.ended() => bail!("the store's writer has ended: nothing can be issued"),
        ended = maintenance.join_next() => match ended.transpose().context("what looks after the authorities has ended")? {
            Some(never) => match never {},
            None => bail!("nothing looks after the authorities"),
        },
    };
    maintenance.shutdown().await;
    if stopped == Stopped::Drained {
        // What clients that hung up have asked for is finished too, and logged.
        tokio::select! {
            () = app.admission.idle() => {}
            () = tokio::time::sleep(Duration::from_secs(settings.drain_seconds)) => {}
            _ = signals.next() => {}
        }
    }
    Ok(())
}

fn router(app: Arc<App>) -> Router {
    let scep = any(scep::handle);
    Router::new()
        .route("/scep", scep.clone())
        .route("/scep/", scep.clone())
        .route("/scep/{*path}", scep.clone())
        .route("/certsrv/mscep/mscep.dll", scep.clone())
        .route("/certsrv/mscep/mscep.dll/", scep.clone())
        .route("/certsrv/mscep/mscep.dll/{*path}", scep)
        .route("/crl/{file}", get(revocation::crl))
        .route("/ca/{file}", get(revocation::issuer))
        .route("/ocsp", post(revocation::ocsp_post))
        .route("/ocsp/", post(revocation::ocsp_post))
        .route("/ocsp/{*request}", get(revocation::ocsp_get))
        .route("/.well-known/jwks.json", get(tokens::jwks))
        .route(guard::PATH, any(guard::download))
        .route("/v1/forward-auth/download/", any(guard::download))
        .route("/v1/forward-auth/download/{*uri}", any(guard::download))
        .merge(messages())
        .merge(api(&app))
        .route("/healthz", get(health))
        .route("/ca.pem", get(root_certificate))
        .route("/chain.pem", get(chain))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(app.clone(), deadline))
        .layer(from_fn(at_work))
        .layer(from_fn(log::line))
        .with_state(app)
}

/// What is answered to programs with an API token alone.
fn api(app: &Arc<App>) -> Router<Arc<App>> {
    let door_for = |scope, max_body_bytes| {
        from_fn_with_state(Door { app: app.clone(), scope, max_body_bytes }, api::admit)
    };
    let door = |scope| door_for(scope, api::MAX_BODY);
    let keys = Router::new()
        .route("/v1/token-keys", get(token_keys::list).post(token_keys::create))
        .route("/v1/token-keys/{name}", get(token_keys::show))
        .route("/v1/token-keys/{name}/rotate", post(token_keys::rotate))
        .route("/v1/token-keys/{name}/retire", post(token_keys::retire))
        .route_layer(door(Scope::Keys));
    let minting = Router::new()
        .route("/v1/tokens", post(tokens::mint))
        .route("/v1/signed-urls", post(tokens::sign_url))
        .route_layer(door(Scope::Mint));
    let verifying = Router::new()
        .route("/v1/device-messages/verify", post(messages::verify))
        .route_layer(door_for(Scope::Verify, messages::MAX_BODY));
    keys.merge(minting).merge(verifying)
}

/// What proxies ask about requests that devices signed.
fn messages() -> Router<Arc<App>> {
    let (without_body, with_body) = (any(message_guard::without_body), any(message_guard::with_body));
    Router::new()
        .route(message_guard::PATH, without_body.clone())
        .route("/v1/forward-auth/message/", without_body.clone())
        .route("/v1/forward-auth/message/{*uri}", without_body)
        .route(message_guard::WHOLE_PATH, with_body.clone())
        .route("/v1/forward-auth/whole-message/", with_body.clone())
        .route("/v1/forward-auth/whole-message/{*uri}", with_body)
}

/// Says of each request that its connection is worked for, until there is an answer.
async fn at_work(
    Extension(connection): Extension<Connection>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let _at_work = connection.work();
    next.run(request).await
}

/// Ends a request that takes too long.
async fn deadline(
    State(app): State<Arc<App>>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    tokio::time::timeout(app.timeout, next.run(request)).await.unwrap_or_else(|_| {
        let detail = format!("no answer within {} seconds", app.timeout.as_secs());
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail).into_response()
    })
}

async fn health(State(app): State<Arc<App>>) -> Response {
    match app.service.store.ping().await {
        Ok(()) => {
            let mut health = json!({ "status": "ok" });
            let warnings = app.service.warnings(ambient::now());
            if !warnings.is_empty() {
                health["warnings"] = json!(warnings);
            }
            typed("application/json", format!("{health}\n").into_bytes())
        }
        Err(error) => Problem::from(crate::service::ServiceError::from(error)).into_response(),
    }
}

async fn root_certificate(State(app): State<Arc<App>>) -> Response {
    let root = app.service.hierarchy().issuing.current.path(true).pop().unwrap_or_default();
    typed("application/x-pem-file", root.into_bytes())
}

async fn chain(State(app): State<Arc<App>>) -> Response {
    let chain = app.service.hierarchy().served_path().concat();
    typed("application/x-pem-file", chain.into_bytes())
}

async fn not_found(uri: axum::http::Uri) -> Problem {
    let detail = format!("nothing is at {}; SCEP is at /scep", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
}

async fn method_not_allowed(method: Method) -> Problem {
    let detail = format!("{method} is not answered here");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// A response with exactly this media type: clients compare it byte by byte.
fn typed(content_type: &str, body: Vec<u8>) -> Response {
    let mut response = Response::new(body.into());
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}
