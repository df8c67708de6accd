//! Who sent a request, for a proxy that asks before it lets the request through (`auth_request` of nginx, `forwardAuth` of
//! Traefik, `forward_auth` of Caddy, `ext_authz` of Envoy).
//!
//! Most proxies keep the body to themselves when they ask. Then the answer holds for a body with the digest that it names,
//! and whoever gets the body checks that. Where the body comes along, it is streamed and checked here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};

use super::App;
use super::body_digests::{self, ReadBody};
use super::caching::header;
use super::guard::{MAX_HEADER, escaped};
use super::log::Outcome;
use super::messages::said;
use super::problem::Problem;
use super::signed_request::{BodyAt, message, says_that_there_is_a_body};
use super::token_keys::answer;
use crate::service::messages::{Counted, MessageBody, MessageError, ReadMessage};

/// Where it is; what comes after it is the original path, as Envoy puts it there.
pub(super) const PATH: &str = "/v1/forward-auth/message";
/// The same for the whole message.
pub(super) const WHOLE_PATH: &str = "/v1/forward-auth/whole-message";
/// Bodies that arrive at the same time, and how many of them with signatures by one key.
pub(super) const MAX_UPLOADS: usize = 128;
pub(super) const MAX_UPLOADS_OF_KEY: usize = 4;
/// Beside these, bodies of which nobody knows yet who sent them.
pub(super) const MAX_UNPROVED: usize = 64;
/// How much of a body is read though nobody wants it.
const DISCARDED: usize = 1 << 20;
/// SHA-256 of nothing.
const OF_NOTHING: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

/// 200 and whose the message is and which digest its body has to have, or 401 and why not.
pub(super) async fn without_body(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    finished(judge(&app, &parts).await)
}

/// 200 and whose the message is, or 401 and why not, once its body was read.
pub(super) async fn with_body(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let judged = judge_whole(&app, &parts, body).await;
    let is_good = judged.is_ok();
    let mut response = finished(judged);
    if let Some(location) = app.service.messages.accel_redirect.as_ref().filter(|_| is_good) {
        header(&mut response, HeaderName::from_static("x-accel-redirect"), location.clone());
    }
    response
}

type Judged = Result<(Counted, Value), Box<Response>>;

fn finished(judged: Judged) -> Response {
    let mut response = match judged {
        Ok((counted, digests)) => let_through(&counted, &digests),
        Err(response) => *response,
    };
    header(&mut response, header::CACHE_CONTROL, "no-store".to_owned());
    response
}

async fn judge(app: &App, parts: &Parts) -> Judged {
    let message = message(parts, PATH, BodyAt::Proxy, &app.service.messages);
    let message = message.map_err(|(code, detail)| denied(code, &detail))?;
    let may_have_body = may_have_body(&message, parts);
    let Some(_place) = app.admission.enter().await else { return Err(busy()) };
    let read = app.service.read_message(message).await.map_err(told)?;
    let (body, digests) = match &read.claims.digests {
        Some(digests) => (MessageBody::Digests(digests.clone()), digests.clone()),
        None if read.claims.over_body => {
            let detail =
                "the signature is over the body, which stays with the proxy; whole-message takes it along";
            return Err(denied("message_body_needed", detail));
        }
        // Whoever asks does not say what is in the body, so nobody may take it for signed.
        None if may_have_body => {
            let detail = "the signature does not cover a content-digest, wanted one, since the request may have a body";
            return Err(denied("message_component_uncovered", detail));
        }
        None => (MessageBody::empty(), json!({ "sha-256": OF_NOTHING })),
    };
    let verified = app.service.verify_message(&read, &body).await.map_err(told)?;
    Ok((app.service.count_message(read, verified).await.map_err(told)?, digests))
}

/// By the method that the device has signed, and by what the proxy says.
fn may_have_body(message: &Map<String, Value>, parts: &Parts) -> bool {
    let method = message.get("request").and_then(|request| request["method"].as_str());
    let usually_has_none = [Method::GET, Method::HEAD, Method::OPTIONS, Method::DELETE];
    let is_one = usually_has_none.iter().any(|one| Some(one.as_str()) == method);
    !is_one || says_that_there_is_a_body(&parts.headers)
}

async fn judge_whole(app: &App, parts: &Parts, body: Body) -> Judged {
    let (read, key) = match judge_head(app, parts).await {
        Ok(judged) => judged,
        Err(response) => return refused(body, response).await,
    };
    let body = {
        let place = match &key {
            Some(key) => app.uploads.enter(key),
            None => app.unproved_uploads.enter(""),
        };
        let _upload = match place {
            Ok(place) => place,
            Err(response) => return refused(body, response).await,
        };
        let limit = app.service.messages.max_body_bytes;
        body_digests::read(body, limit).await.map_err(|problem| Box::new(problem.into_response()))?
    };
    let digests = json!({ "sha-256": body.digests()["sha-256"] });
    let Some(_place) = app.admission.enter().await else { return Err(busy()) };
    judge_body(app, read, body).await.map(|counted| (counted, digests))
}

/// The same, once so much of the body is read that its sender sees it.
async fn refused(body: Body, response: Box<Response>) -> Judged {
    body_digests::discard(body, DISCARDED).await;
    Err(response)
}

async fn judge_body(app: &App, read: ReadMessage, body: ReadBody) -> Result<Counted, Box<Response>> {
    let body = body.into_body(read.claims.over_body);
    let body = body.map_err(|detail| denied("message_body_needed", detail))?;
    let verified = app.service.verify_message(&read, &body).await.map_err(told)?;
    app.service.count_message(read, verified).await.map_err(told)
}

/// What can be judged before the body is here: nobody has a long one read with a signature that is no good. The key that made
/// the signature comes back, if that is known.
async fn judge_head(app: &App, parts: &Parts) -> Result<(ReadMessage, Option<String>), Box<Response>> {
    let message = message(parts, WHOLE_PATH, BodyAt::Request, &app.service.messages);
    let message = message.map_err(|(code, detail)| denied(code, &detail))?;
    let Some(_place) = app.admission.enter().await else { return Err(busy()) };
    let read = app.service.read_message(message).await.map_err(told)?;
    let body = read.claims.digests.clone().map_or_else(MessageBody::empty, MessageBody::Digests);
    match app.service.verify_message(&read, &body).await {
        Ok(verified) => Ok((read, Some(verified.signer.public_key_sha256))),
        // Over a body that is not here yet, no signature is good.
        Err(MessageError::Refused(refused))
            if read.claims.over_body && refused.code == "message_signature_invalid" =>
        {
            Ok((read, None))
        }
        Err(error) => Err(told(error)),
    }
}

fn busy() -> Box<Response> {
    Box::new(Problem::busy("too many requests are under way").into_response())
}

fn told(error: MessageError) -> Box<Response> {
    match error.refusal() {
        Some(refused) => denied(&refused.code, &refused.detail),
        None => Box::new(Problem::from(error).into_response()),
    }
}

/// All headers are there, whatever is known: one that were not, a client might have sent.
fn let_through(counted: &Counted, digests: &Value) -> Response {
    let mut response = answer(&counted.told());
    let certificate = &counted.certificate;
    let record = &certificate.record;
    let names: Vec<_> =
        record.subject_alternative_names.iter().map(|name| escaped(name).replace(',', "%2C")).collect();
    let text = |text: Option<&str>| escaped(text.unwrap_or_default());
    for (name, value) in [
        ("x-sealwright-serial", record.serial.clone()),
        ("x-sealwright-subject", text(Some(&record.subject))),
        ("x-sealwright-common-name", text(record.common_name.as_deref())),
        ("x-sealwright-names", names.join(",")),
        ("x-sealwright-device", text(certificate.device_name.as_deref())),
        ("x-sealwright-user", text(certificate.user_name.as_deref())),
        ("x-sealwright-certificate-sha256", record.sha256.clone()),
        ("x-sealwright-form", counted.form().to_owned()),
        ("x-sealwright-key-id", text(counted.key_id.as_deref())),
        ("x-sealwright-signed-at", counted.signed_at().map_or_else(String::new, |time| time.to_string())),
        ("x-sealwright-content-digest", content_digest(digests)),
    ] {
        let value = if value.len() <= MAX_HEADER { value } else { String::new() };
        header(&mut response, HeaderName::from_static(name), value);
    }
    response.extensions_mut().insert(said(record.serial.clone()));
    response
}

/// Digests as Content-Digest has them (RFC 9530 section 2).
fn content_digest(digests: &Value) -> String {
    let members = digests.as_object().into_iter().flatten().filter_map(|(name, digest)| {
        let octets = Base64UrlUnpadded::decode_vec(digest.as_str()?).ok()?;
        Some(format!("{name}=:{}:", Base64::encode_string(&octets)))
    });
    members.collect::<Vec<_>>().join(", ")
}

fn denied(code: &str, detail: &str) -> Box<Response> {
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, code, detail).into_response();
    // Proxies that drop the body of a no can still log why it was.
    header(&mut response, HeaderName::from_static("x-sealwright-reason"), code.to_owned());
    let challenge = format!("Signature realm=\"sealwright\", error=\"{code}\"");
    header(&mut response, header::WWW_AUTHENTICATE, challenge);
    let detail = format!("{code}: {detail}");
    let outcome = Outcome { operation: "verify_message", outcome: "refused", detail, ..Outcome::default() };
    response.extensions_mut().insert(outcome);
    Box::new(response)
}
