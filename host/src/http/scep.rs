//! SCEP over HTTP (RFC 8894 4), as tolerant as clients in the field need it.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::log::{Line, Outcome, noted};
use super::problem::Problem;
use super::{App, message, typed};
use crate::service::{PkiReply, ServiceError};

/// RFC 8894 3.5.2, one keyword a line. No blank line, not even at the end: strongSwan takes one for
/// every capability at once. SHA-384 is in no RFC, but without it strongSwan 5.9.8 drops AES.
const CAPABILITIES: &str =
    "AES\nDES3\nPOSTPKIOperation\nRenewal\nSCEPStandard\nSHA-1\nSHA-256\nSHA-384\nSHA-512";
/// One more, while there are next certificates to get.
const NEXT: &str = "\nGetNextCACert";

/// Answers any SCEP request, on any path that leads here.
pub(super) async fn handle(
    State(app): State<Arc<App>>,
    Extension(line): Extension<Line>,
    request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let operation = message::parameter(&query, "operation");
    let operation = operation.map(|name| name.to_ascii_lowercase()).unwrap_or_default();
    match (request.method(), operation.as_slice()) {
        (&Method::GET, b"getcacaps") => capabilities(&app),
        // certmonger asks GetCACertChain of older drafts as well.
        (&Method::GET, b"getcacert" | b"getcacertchain") => ca_certificates(&app),
        (&Method::GET, b"getnextcacert") => next_ca_certificates(&app),
        (&Method::GET, b"pkioperation") => {
            let encoded = message::parameter(&query, "message").unwrap_or_default();
            pki_operation(&app, line, message::from_base64(&encoded)).await
        }
        // A POST can mean nothing else, so one that does not say so is taken for it.
        (&Method::POST, b"pkioperation" | b"") => match read_body(&app, request.into_body()).await {
            Ok(body) => pki_operation(&app, line, message::from_body(&body)).await,
            Err(problem) => problem.into_response(),
        },
        (&Method::GET, b"") => bad_request(
            "the query names no operation; GetCACaps, GetCACert, GetNextCACert and PKIOperation are known",
        ),
        (&Method::GET | &Method::POST, _) => Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "unknown_operation",
            "this operation is not known; GetCACaps, GetCACert, GetNextCACert and PKIOperation are",
        )
        .into_response(),
        (method, _) => {
            let detail = format!("SCEP knows GET and POST, found {method}");
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
        }
    }
}

fn capabilities(app: &App) -> Response {
    let has_next = app.published().next_ca_certificates.is_some();
    let next = if has_next { NEXT } else { "" };
    noted("get_ca_caps", typed("text/plain", format!("{CAPABILITIES}{next}").into()))
}

fn ca_certificates(app: &App) -> Response {
    let answer = &app.published().ca_certificates;
    noted("get_ca_cert", typed(&answer.content_type, answer.body.clone()))
}

fn next_ca_certificates(app: &App) -> Response {
    match &app.published().next_ca_certificates {
        Some(answer) => noted("get_next_ca_cert", typed(&answer.content_type, answer.body.clone())),
        None => {
            let detail = "no renewal is under way, so there are no next certificates";
            Problem::new(StatusCode::NOT_FOUND, "no_next_certificates", detail).into_response()
        }
    }
}

async fn pki_operation(app: &App, line: Line, message: Option<Vec<u8>>) -> Response {
    let Some(message) = message else {
        return bad_request("the message is empty, or neither DER nor base64");
    };
    let Some(place) = app.admission.enter().await else {
        return Problem::busy("too many requests are under way").into_response();
    };
    // On a task of its own: a client that hangs up does not stop half-way what it asked for. The task
    // says in the log how it ended.
    let service = app.service.clone();
    let work = tokio::spawn(async move {
        let _place = place;
        let done = service.pki_operation(&message).await;
        line.note(outcome(&done));
        done
    });
    let reply = match work.await {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => return Problem::from(error).into_response(),
        Err(error) => {
            let detail = format!("the request's task ended: {error}");
            return Problem::from(ServiceError::Internal(detail)).into_response();
        }
    };
    typed("application/x-pki-message", reply.message)
}

fn outcome(done: &Result<PkiReply, ServiceError>) -> Outcome {
    let operation = "pki_operation";
    match done {
        Ok(reply) => Outcome {
            operation,
            message_type: reply.message_type,
            transaction_id: reply.transaction_id.clone(),
            outcome: reply.outcome,
            detail: reply.detail.clone(),
        },
        Err(error) => {
            Outcome { operation, outcome: "error", detail: error.to_string(), ..Outcome::default() }
        }
    }
}

async fn read_body(app: &App, body: Body) -> Result<Vec<u8>, Problem> {
    let limit = app.max_body_bytes;
    match to_bytes(body, limit).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_long",
            format!("the body did not arrive whole, or is longer than {limit} bytes"),
        )),
    }
}

fn bad_request(detail: &str) -> Response {
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_what_clients_can_read() {
        let all = format!("{CAPABILITIES}{NEXT}");
        assert!(all.len() < 1024);
        let lines: Vec<_> = all.split('\n').collect();
        assert!(lines.iter().all(|line| !line.trim().is_empty() && line.trim() == *line));
    }
}
