//! What may be kept by those in between, and what has not changed (RFC 9111, RFC 5019 6.2).

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding};

use crate::ambient;

/// The body, or that it is the one that the client has (RFC 9110 13.1.2).
pub(super) fn if_changed(headers: &HeaderMap, tag: String, content_type: &str, body: Body) -> Response {
    let mut response = match is_known(headers, &tag) {
        true => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        }
        false => {
            let mut response = Response::new(body);
            header(&mut response, header::CONTENT_TYPE, content_type.to_owned());
            response
        }
    };
    header(&mut response, header::ETAG, tag);
    response
}

/// Whether one of the tags that the client sends is this one, weak or not; our own hold no comma.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = sent.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|found| found == "*" || found.strip_prefix("W/").unwrap_or(found) == tag)
}

/// What tells one version from another (RFC 5019 6.2).
pub(super) fn entity_tag(body: &[u8]) -> String {
    format!("\"{}\"", Base64UrlUnpadded::encode_string(digest(&SHA256, body).as_ref()))
}

/// The other headers of RFC 5019 6.2.
pub(super) fn keep(response: &mut Response, from: u64, until: u64, at_most: u64) {
    let left = until.saturating_sub(ambient::now()).min(at_most);
    let cache = format!("max-age={left}, public, no-transform, must-revalidate");
    header(response, header::CACHE_CONTROL, cache);
    header(response, header::LAST_MODIFIED, ambient::http_date(from));
    header(response, header::EXPIRES, ambient::http_date(ambient::now().saturating_add(left)));
}

/// Sets a header, if the value can be one.
pub(super) fn header(response: &mut Response, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_one_by_one_and_weakly() {
        let known = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            }
            is_known(&headers, "\"issuing-1-7\"")
        };
        for values in [
            &["\"issuing-1-7\""][..],
            &["W/\"issuing-1-7\""],
            &["\"a\", W/\"issuing-1-7\""],
            &["\"a\"", "\"b\",\"issuing-1-7\""],
            &["*"],
        ] {
            assert!(known(values), "{values:?}");
        }
        for values in [&[][..], &["\"issuing-1-70\""], &["issuing-1-7"], &["\"a\", \"b\""]] {
            assert!(!known(values), "{values:?}");
        }
    }
}
