//! Errors of HTTP as problem+json (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::log::Outcome;
use crate::guest::CallError;
use crate::service::ServiceError;
use crate::store::StoreError;

/// When a client that is told "busy" may come again.
const RETRY_SECONDS: u64 = 2;

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    /// What the log says instead, when the client is told less.
    logged: Option<String>,
    retry_after_seconds: Option<u64>,
}

impl Problem {
    /// An error that the client may read in full.
    pub(super) fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status, code: code.into(), detail: detail.into(), logged: None, retry_after_seconds: None }
    }

    /// An error of which the log says less than the client is told.
    pub(super) fn told(status: StatusCode, code: &str, detail: String, logged: &str) -> Self {
        Self { logged: Some(logged.to_owned()), ..Self::new(status, code, detail) }
    }

    /// Not now; a little later.
    pub(super) fn busy(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).after(RETRY_SECONDS)
    }

    /// The same, with the time after which the client may come again.
    pub(super) fn after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    fn internal(status: StatusCode, code: &str, logged: String) -> Self {
        let detail = "the server could not finish this request; its log says why";
        Self { logged: Some(logged), ..Self::new(status, code, detail) }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        Self::from(&error)
    }
}

impl From<&ServiceError> for Problem {
    fn from(error: &ServiceError) -> Self {
        let logged = error.to_string();
        match error {
            ServiceError::Shared(error) => Self::from(error.as_ref()),
            ServiceError::Call(CallError::Refused(error)) if error.is_clients_fault() => {
                let detail = error.detail.clone();
                Self {
                    logged: Some(logged),
                    ..Self::new(StatusCode::BAD_REQUEST, error.code.clone(), detail)
                }
            }
            ServiceError::Call(CallError::Refused(_)) => {
                Self::internal(StatusCode::INTERNAL_SERVER_ERROR, "internal", logged)
            }
            ServiceError::Call(CallError::Failed(_)) => {
                Self::internal(StatusCode::INTERNAL_SERVER_ERROR, "sandbox_ended", logged)
            }
            ServiceError::Busy(detail) => Self::busy(detail),
            // A revoked key or signer is told in a CertRep: here it would be our own fault.
            ServiceError::Store(
                StoreError::KeyRevoked | StoreError::SignerRevoked | StoreError::IssuerRevoked,
            )
            | ServiceError::Ended(_)
            | ServiceError::Internal(_) => {
                Self::internal(StatusCode::INTERNAL_SERVER_ERROR, "internal", logged)
            }
            ServiceError::Store(_) => Self::internal(StatusCode::SERVICE_UNAVAILABLE, "store_failed", logged),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let mut response = Response::new(format!("{body}\n").into());
        *response.status_mut() = self.status;
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Outcome {
            outcome: "error",
            detail: self.logged.unwrap_or(self.detail),
            ..Outcome::default()
        });
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::EngineError;

    /// What is the server's own affair is not told to strangers.
    #[test]
    fn faults_are_told_apart() {
        let refused = |at: Option<&str>| {
            let detail = "the key \"ra-1\" did something".to_owned();
            let error = EngineError { code: "any".to_owned(), detail, at: at.map(str::to_owned) };
            Problem::from(ServiceError::Call(CallError::Refused(error)))
        };
        for at in ["message", "csr"] {
            assert_eq!(refused(Some(at)).status, StatusCode::BAD_REQUEST);
        }
        for at in [None, Some("recipients"), Some("authority.certificate"), Some("answers")] {
            let problem = refused(at);
            assert_eq!(problem.status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!problem.detail.contains("ra-1") && problem.logged.unwrap().contains("ra-1"));
        }
    }
}
