//! What relying parties ask for: revocation lists, OCSP, the certificates of issuers.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::caching::{entity_tag, header, if_changed, keep};
use super::log::{Outcome, noted};
use super::problem::Problem;
use super::{App, message, typed};
use crate::service::{OcspReply, Service, ServiceError, pem_to_der};

/// The longest OCSP request; one about a single certificate has about 100 bytes.
const MAX_OCSP_BYTES: usize = 16 << 10;
/// How long a list may be kept by those in between: a new one may come at any time.
const CRL_MAX_AGE: u64 = 300;

/// `/crl/KEY.crl`: the list of a key, DER (RFC 5280 4.2.1.13).
pub(super) async fn crl(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(key) = file.strip_suffix(".crl") else {
        return not_found(&format!("{file} is no revocation list; they are at /crl/KEY.crl"));
    };
    let published = match app.service.crl(key).await {
        Ok(Some(published)) => published,
        Ok(None) => return not_found(&format!("there is no revocation list of a key {key:?}")),
        Err(error) => return Problem::from(error).into_response(),
    };
    let tag = format!("\"{}-{}\"", published.crl.key, published.crl.number);
    let mut response = if_changed(&headers, tag, "application/pkix-crl", published.der.clone().into());
    keep(&mut response, published.crl.this_update, published.crl.next_update, CRL_MAX_AGE);
    noted("crl", response)
}

/// `/ca/KEY.cer`: the newest certificate of a key, DER (RFC 5280 4.2.2.1).
pub(super) async fn issuer(State(app): State<Arc<App>>, Path(file): Path<String>) -> Response {
    let Some(key) = file.strip_suffix(".cer") else {
        return not_found(&format!("{file} is no certificate; they are at /ca/KEY.cer"));
    };
    let hierarchy = app.service.hierarchy();
    let mut generations = hierarchy
        .authorities()
        .flat_map(|authority| std::iter::once(&authority.current).chain(authority.generations()));
    match generations.find(|generation| generation.key == key).map(|one| pem_to_der(&one.certificate)) {
        Some(Ok(der)) => noted("issuer", typed("application/pkix-cert", der)),
        Some(Err(error)) => Problem::from(ServiceError::Call(error)).into_response(),
        None => not_found(&format!("there is no authority with a key {key:?}")),
    }
}

/// `POST /ocsp` (RFC 6960 A.1).
pub(super) async fn ocsp_post(State(app): State<Arc<App>>, request: Request) -> Response {
    match to_bytes(request.into_body(), MAX_OCSP_BYTES).await {
        Ok(body) => ocsp(&app, &body, &HeaderMap::new()).await,
        Err(_) => {
            let detail =
                format!("the request did not arrive whole, or is longer than {MAX_OCSP_BYTES} bytes");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", detail).into_response()
        }
    }
}

/// `GET /ocsp/BASE64` (RFC 6960 A.1); the slashes of base64 are found escaped and as they are.
pub(super) async fn ocsp_get(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    let encoded = path.strip_prefix("/ocsp/").unwrap_or_default();
    if encoded.len() > MAX_OCSP_BYTES {
        return Problem::new(StatusCode::URI_TOO_LONG, "uri_too_long", "the request is too long")
            .into_response();
    }
    // What is no base64 is answered like any other request that cannot be read.
    let decoded = message::from_base64(&message::percent_decode(encoded)).unwrap_or_default();
    ocsp(&app, &decoded, request.headers()).await
}

/// What a client of OCSP gets in the place of an answer, whose only language that is (RFC 6960 2.3). Written before
/// there is trouble.
pub(super) struct OcspFailures {
    try_later: Vec<u8>,
    internal_error: Vec<u8>,
}

impl OcspFailures {
    /// Has the engine write them.
    ///
    /// # Errors
    /// If it fails.
    pub(super) async fn of(service: &Service) -> Result<Self, ServiceError> {
        Ok(Self {
            try_later: service.ocsp_error("try_later").await?.body,
            internal_error: service.ocsp_error("internal_error").await?.body,
        })
    }
}

/// The failure for the client; the log gets what another one would be told.
fn ocsp_failure(body: &[u8], problem: Problem) -> Response {
    let told = problem.into_response();
    let mut response = typed("application/ocsp-response", body.to_vec());
    header(&mut response, header::CACHE_CONTROL, "no-store".to_owned());
    if let Some(seconds) = told.headers().get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    let outcome = told.extensions().get::<Outcome>().cloned().unwrap_or_default();
    response.extensions_mut().insert(Outcome { operation: "ocsp", ..outcome });
    response
}

async fn ocsp(app: &App, request: &[u8], headers: &HeaderMap) -> Response {
    let Some(_place) = app.admission.enter().await else {
        return ocsp_failure(&app.ocsp_failures.try_later, Problem::busy("too many requests are under way"));
    };
    match app.service.ocsp(request).await {
        Ok(OcspReply { body, kept }) => {
            let Some((from, until)) = kept else {
                let mut response = noted("ocsp", typed("application/ocsp-response", body));
                header(&mut response, header::CACHE_CONTROL, "no-store".to_owned());
                return response;
            };
            let mut response =
                if_changed(headers, entity_tag(&body), "application/ocsp-response", body.into());
            keep(&mut response, from, until, until.saturating_sub(from));
            noted("ocsp", response)
        }
        Err(error) if error.is_busy() => ocsp_failure(&app.ocsp_failures.try_later, error.into()),
        Err(error) => ocsp_failure(&app.ocsp_failures.internal_error, error.into()),
    }
}

fn not_found(detail: &str) -> Response {
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail).into_response()
}
