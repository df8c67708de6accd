//! One line for each request. No body, no query and no header goes into it: those hold secrets.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::Request;
use axum::http::Method;
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

/// A request's line, written when the last who works on the request is done: also when the client
/// hung up meanwhile, and nobody is left to be answered. It is in the request's extensions.
#[derive(Clone)]
pub(super) struct Line(Arc<Entry>);

struct Entry {
    method: Method,
    path: String,
    clock: Stopwatch,
    /// Of the answer, if there was one.
    status: OnceLock<u16>,
    outcome: Mutex<Option<Outcome>>,
}

impl Line {
    fn of(request: &Request) -> Self {
        Self(Arc::new(Entry {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            clock: Stopwatch::start(),
            status: OnceLock::new(),
            outcome: Mutex::default(),
        }))
    }

    /// Says how the work on the request ended, whatever the client was told.
    pub(super) fn note(&self, outcome: Outcome) {
        *self.0.outcome() = Some(outcome);
    }

    fn answered(&self, response: &Response) {
        let _ = self.0.status.set(response.status().as_u16());
        let told = response.extensions().get::<Outcome>().cloned();
        let mut outcome = self.0.outcome();
        *outcome = outcome.take().or(told);
    }
}

impl Entry {
    fn outcome(&self) -> MutexGuard<'_, Option<Outcome>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let found = self.outcome().take().unwrap_or_default();
        let status = self.status.get().copied();
        let duration_us = self.clock.elapsed_us();
        let silent = if status.is_some() { "ok" } else { "abandoned" };
        // What is not given is not in the line.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    method = %self.method,
                    path = self.path,
                    status,
                    hung_up = status.is_none().then_some(true),
                    operation = given(found.operation),
                    message_type = given(found.message_type),
                    transaction_id = given(&found.transaction_id),
                    outcome = given(found.outcome).unwrap_or(silent),
                    detail = given(&found.detail),
                    duration_us,
                    "request"
                )
            };
        }
        // Busy is no fault.
        match status {
            Some(500..=502 | 504..) => line!(error),
            _ => line!(info),
        }
    }
}

/// Logs the request once it is done.
pub(super) async fn line(mut request: Request, next: Next) -> Response {
    let line = Line::of(&request);
    request.extensions_mut().insert(line.clone());
    let response = next.run(request).await;
    line.answered(&response);
    response
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Says in the log that this operation went well.
pub(super) fn noted(operation: &'static str, mut response: Response) -> Response {
    response.extensions_mut().insert(Outcome { operation, outcome: "ok", ..Outcome::default() });
    response
}
