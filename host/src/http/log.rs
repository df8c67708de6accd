//! One line for each request. No body, no query and no header goes into it: those hold secrets.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use crate::ambient::Stopwatch;

/// What a handler adds to its request's line; it travels in the response's extensions.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// The SCEP operation.
    pub(super) operation: &'static str,
    /// RFC 8894 3.2.1.2.
    pub(super) message_type: &'static str,
    /// RFC 8894 3.2.1.1.
    pub(super) transaction_id: String,
    /// How it ended.
    pub(super) outcome: &'static str,
    /// The serial, or the reason.
    pub(super) detail: String,
}

/// Logs the request once it is answered.
pub(super) async fn line(request: Request, next: Next) -> Response {
    let clock = Stopwatch::start();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let found = response.extensions().get::<Outcome>().cloned().unwrap_or_default();
    let status = response.status().as_u16();
    let duration_us = u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX);
    let outcome = given(found.outcome).unwrap_or("ok");
    // What is not given is not in the line.
    tracing::info!(
        %method,
        path,
        status,
        operation = given(found.operation),
        message_type = given(found.message_type),
        transaction_id = given(&found.transaction_id),
        outcome,
        detail = given(&found.detail),
        duration_us,
        "request"
    );
    response
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
