//! The guard of a file server: a proxy asks it about each request before it serves a file (`auth_request` of nginx,
//! `forwardAuth` of Traefik, `forward_auth` of Caddy, `ext_authz` of Envoy).
//!
//! What is authorised has to be what is served: the path goes to the engine as the client wrote it, and the answer names
//! the path in its one form, for the proxy to serve that and nothing else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::caching::header;
use super::log::Outcome;
use super::message::percent_decode;
use super::problem::Problem;
use crate::service::tokens::{Opened, Presented};

/// Where it is; what comes after it is the original path, as Envoy puts it there.
pub(super) const PATH: &str = "/v1/forward-auth/download";
/// Where the others put the original path and query.
const ORIGINAL: [&str; 2] = ["x-original-uri", "x-forwarded-uri"];
/// The longest text that an answer repeats: proxies have 4 KiB for all headers together.
pub(super) const MAX_HEADER: usize = 1_024;

/// 200 and what is to be served, or 401 and why not.
pub(super) async fn download(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let mut response = match judge(&app, &uri, &headers).await {
        Ok(opened) => let_through(&opened),
        Err(response) => *response,
    };
    header(&mut response, header::CACHE_CONTROL, "no-store".to_owned());
    response
}

async fn judge(app: &App, uri: &Uri, headers: &HeaderMap) -> Result<Opened, Box<Response>> {
    let uri = original_uri(PATH, uri, headers).map_err(|detail| denied("request_malformed", detail))?;
    let tokens = &app.service.tokens;
    let device = match &tokens.settings.device_header {
        None => None,
        Some(name) => single(headers, name).map_err(|detail| denied("request_malformed", detail))?,
    };
    let Some(_place) = app.admission.enter().await else {
        return Err(Box::new(Problem::busy("too many requests are under way").into_response()));
    };
    let presented = Presented { device, ..Presented::default() };
    tokens.verify_url(uri, presented).await.map_err(|error| match error.refusal() {
        Some(refused) if matches!(refused.at.as_deref(), Some("token" | "url" | "device")) => {
            denied(&refused.code, &refused.detail)
        }
        // What is wrong with the keys or the settings is nobody's affair but ours.
        Some(refused) => {
            let detail = format!("the guard cannot judge tokens: {refused}");
            Box::new(Problem::from(crate::service::ServiceError::Internal(detail)).into_response())
        }
        None => Box::new(Problem::from(error).into_response()),
    })
}

/// The path and query that the client asked the proxy for. It stands in one place: which one counts is not for the client
/// to choose.
pub(super) fn original_uri<'a>(
    path: &str,
    uri: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<&'a str, &'static str> {
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let rest = target.strip_prefix(path).unwrap_or_default();
    if rest.starts_with('/') {
        return Ok(rest);
    }
    let mut found = None;
    for name in ORIGINAL {
        match (single(headers, name)?, found) {
            (Some(_), Some(_)) => {
                return Err("found X-Original-URI and X-Forwarded-Uri, wanted the one that the proxy sets");
            }
            (uri, before) => found = before.or(uri),
        }
    }
    let uri =
        found.ok_or("found no X-Original-URI and no X-Forwarded-Uri, wanted what the proxy was asked for")?;
    match uri.starts_with('/') && !uri.contains('#') {
        true => Ok(uri),
        false => Err("found an original URI that is no path and query"),
    }
}

/// The value of a header that is there once, or not at all.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, &'static str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => only.to_str().map(Some).map_err(|_| "found a header that is no ASCII"),
        (Some(_), Some(_)) => Err("found a header twice, wanted the one that the proxy sets"),
    }
}

fn let_through(opened: &Opened) -> Response {
    let mut response = Response::default();
    let name = |name| HeaderName::from_static(name);
    header(&mut response, name("x-sealwright-path"), opened.path.clone());
    // As it lies on a disk: proxies that take it for a file's name do not decode it.
    if let Ok(file) = HeaderValue::from_bytes(&percent_decode(&opened.path)) {
        response.headers_mut().insert(name("x-sealwright-file"), file);
    }
    let claim = |claim: &str| opened.claims[claim].as_str();
    for (header_name, text) in [
        ("x-sealwright-subject", opened.subject.as_deref()),
        ("x-sealwright-device", claim("device")),
        ("x-sealwright-token-id", claim("jti")),
    ] {
        if let Some(text) = text.map(escaped).filter(|text| text.len() <= MAX_HEADER) {
            header(&mut response, name(header_name), text);
        }
    }
    let detail = claim("jti").unwrap_or_default().to_owned();
    response.extensions_mut().insert(Outcome {
        operation: "forward_auth",
        outcome: "ok",
        detail: escaped(&detail),
        ..Outcome::default()
    });
    response
}

fn denied(code: &str, detail: &str) -> Box<Response> {
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, code, detail).into_response();
    // Proxies that drop the body of a no can still log why it was.
    header(&mut response, HeaderName::from_static("x-sealwright-reason"), code.to_owned());
    let challenge = "Bearer realm=\"sealwright\", error=\"invalid_token\"".to_owned();
    header(&mut response, header::WWW_AUTHENTICATE, challenge);
    let outcome = Outcome {
        operation: "forward_auth",
        outcome: "refused",
        detail: format!("{code}: {detail}"),
        ..Outcome::default()
    };
    response.extensions_mut().insert(outcome);
    Box::new(response)
}

/// A text as a header has it: what is no visible ASCII, and the percent sign, as in a URL.
pub(super) fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'%' => "%25".to_owned(),
        b'!'..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(target: &str, headers: &[(&str, &str)]) -> Result<String, &'static str> {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            sent.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        original_uri(PATH, &target.parse().unwrap(), &sent).map(str::to_owned)
    }

    #[test]
    fn the_uri_stands_where_the_proxy_puts_it() {
        for (name, uri) in [("X-Original-URI", "/a?token=x"), ("X-Forwarded-Uri", "/b%2e?token=y&z")] {
            assert_eq!(read(PATH, &[(name, uri)]).as_deref(), Ok(uri));
            assert_eq!(read(&format!("{PATH}?x"), &[(name, uri)]).as_deref(), Ok(uri));
        }
        let envoy = format!("{PATH}/a//b?token=x");
        assert_eq!(read(&envoy, &[]).as_deref(), Ok("/a//b?token=x"));
        assert_eq!(read(&envoy, &[("X-Original-URI", "/c")]).as_deref(), Ok("/a//b?token=x"));
        assert_eq!(read(&format!("{PATH}/"), &[]).as_deref(), Ok("/"));
    }

    /// A client can send each of these headers; a proxy overwrites one of them.
    #[test]
    fn a_client_does_not_choose_which_uri_counts() {
        for headers in [
            &[][..],
            &[("X-Original-URI", "/a"), ("X-Forwarded-Uri", "/b")],
            &[("X-Original-URI", "/a"), ("X-Original-URI", "/b")],
            &[("X-Original-URI", "http://h/a")],
            &[("X-Original-URI", "a")],
            &[("X-Original-URI", "")],
            &[("X-Original-URI", "/a#b")],
            &[("X-Original-URI", "/\u{e4}")],
        ] {
            assert!(read(PATH, headers).is_err(), "{headers:?}");
        }
    }

    #[test]
    fn texts_become_headers() {
        assert_eq!(escaped("B\u{fc}cher 100%\n"), "B%C3%BCcher%20100%25%0A");
        let opened = Opened {
            url: "/a".to_owned(),
            path: "/B%C3%BCcher/100%25".to_owned(),
            subject: Some("x".repeat(MAX_HEADER + 1)),
            expires: None,
            kid: None,
            claims: serde_json::json!({ "jti": "1", "device": "d\r\nX: y" }),
        };
        let response = let_through(&opened);
        let value = |name: &str| response.headers().get(name).map(|value| value.as_bytes().to_vec());
        assert_eq!(value("x-sealwright-path").unwrap(), opened.path.as_bytes());
        assert_eq!(value("x-sealwright-file").unwrap(), "/B\u{fc}cher/100%".as_bytes());
        assert_eq!(value("x-sealwright-device").unwrap(), b"d%0D%0AX:%20y");
        assert_eq!(value("x-sealwright-subject"), None);
    }
}
