//! `POST /v1/device-messages/verify`: who sent a message, for other servers that have it.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::App;
use super::api::{self, Admitted};
use super::log::Outcome;
use super::maintenance::FORGETTING;
use super::problem::Problem;
use super::token_keys::answer;
use crate::service::ServiceError;
use crate::service::messages::{Counted, MessageBody, MessageError};

/// The longest request. Of a longer body, digests are enough.
pub(super) const MAX_BODY: usize = 2 << 20;

/// A message, in the words of the engine's `verify_message`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    message: Map<String, Value>,
    body: Option<String>,
    digests: Option<Value>,
}

/// 200 and whose it is, or 422 and why it does not count.
pub(super) async fn verify(
    State(app): State<Arc<App>>,
    Extension(caller): Admitted,
    body: Bytes,
) -> Result<Response, Problem> {
    let Request { message, body, digests } = api::json(&body)?;
    let body = match (body, digests) {
        (Some(body), None) => MessageBody::Whole(body),
        (None, Some(digests)) => MessageBody::Digests(digests),
        _ => {
            let detail = "wanted body or digests, one of them; a message without a body has an empty one";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "request_invalid", detail));
        }
    };
    let counted = counted(&app, message, &body).await?;
    let mut response = answer(&counted.told());
    let detail = format!("{} for {}", counted.certificate.record.serial, caller.actor());
    response.extensions_mut().insert(said(detail));
    Ok(response)
}

async fn counted(
    app: &App,
    message: Map<String, Value>,
    body: &MessageBody,
) -> Result<Counted, MessageError> {
    let read = app.service.read_message(message).await?;
    let verified = app.service.verify_message(&read, body).await?;
    app.service.count_message(read, verified).await
}

/// For the log: whose the message is.
pub(super) fn said(detail: String) -> Outcome {
    Outcome { operation: "verify_message", outcome: "ok", detail, ..Outcome::default() }
}

impl From<MessageError> for Problem {
    fn from(error: MessageError) -> Self {
        let detail = error.to_string();
        match error {
            // The engine did not understand the request itself.
            MessageError::Service(ServiceError::Call(crate::guest::CallError::Refused(refused)))
                if refused.code == "request_malformed" =>
            {
                Self::new(StatusCode::BAD_REQUEST, refused.code, refused.detail)
            }
            MessageError::Refused(refused) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, refused.code, refused.detail)
            }
            MessageError::NoRoom(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "messages_full", detail)
                .after(FORGETTING.as_secs()),
            MessageError::Service(error) => error.into(),
        }
    }
}
