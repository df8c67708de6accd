//! The HTTP server: SCEP, health, and the root certificate for whoever wants to pin it.

mod admission;
mod connections;
mod log;
mod message;
mod problem;
mod scep;
mod server;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::json;
use tokio::net::TcpListener;

use crate::service::{CaCertificates, Service};
use crate::signals::Signals;
use crate::{ambient, config};
use admission::Admission;
use problem::Problem;
use server::Stopped;

/// Between two warnings of the same thing.
const REMINDER: Duration = Duration::from_secs(ambient::SECONDS_PER_DAY);

/// What the handlers share.
pub(crate) struct App {
    service: Arc<Service>,
    ca_certificates: CaCertificates,
    admission: Admission,
    max_body_bytes: usize,
    timeout: Duration,
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
    let ca_certificates = service.ca_certificates().await.context("cannot write the answer to GetCACert")?;
    let app = Arc::new(App {
        service: service.clone(),
        ca_certificates,
        admission: Admission::new(settings.max_requests),
        max_body_bytes: settings.max_body_bytes,
        timeout: Duration::from_secs(settings.request_timeout_seconds),
    });
    let stopped = tokio::select! {
        stopped = server::run(listener, router(app.clone()), settings, &mut signals) => stopped,
        () = service.store.ended() => bail!("the store's writer has ended: nothing can be issued"),
        never = remind(&service) => match never {},
    };
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

/// Says once a day what needs somebody's attention.
async fn remind(service: &Service) -> Infallible {
    loop {
        for warning in service.warnings(ambient::now()) {
            tracing::warn!("{warning}");
        }
        tokio::time::sleep(REMINDER).await;
    }
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
        .route("/healthz", get(health))
        .route("/ca.pem", get(root_certificate))
        .route("/chain.pem", get(chain))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(app.clone(), deadline))
        .layer(from_fn(log::line))
        .with_state(app)
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
    let root = app.service.hierarchy.issuing.chain.last().cloned();
    let root = root.unwrap_or_else(|| app.service.hierarchy.issuing.certificate.clone());
    typed("application/x-pem-file", root.into_bytes())
}

async fn chain(State(app): State<Arc<App>>) -> Response {
    let issuing = &app.service.hierarchy.issuing;
    let chain = [issuing.certificate.clone()].into_iter().chain(issuing.chain.iter().cloned());
    typed("application/x-pem-file", chain.collect::<String>().into_bytes())
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
