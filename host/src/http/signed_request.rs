//! A request that a device signed, as a proxy passes it on: where it went, what it says of itself, and where its signature
//! stands.
//!
//! What is signed is the request that the device sent to the proxy. Method, URI, scheme and host of it stand in headers that
//! the proxy sets; each in one place, since which one counts is not for the client to choose.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::guard::{original_uri, single};
use crate::config::{Messages, is_authority};

/// Headers that a proxy sets for us, and those of the connection: no device signs them.
const OF_PROXIES: [&str; 12] = [
    "x-original-uri",
    "x-forwarded-uri",
    "x-original-method",
    "x-forwarded-method",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-original-content-length",
    "x-original-transfer-encoding",
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
];

/// Whether the body comes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyAt {
    /// It stays with the proxy.
    Proxy,
    /// It is the body of the request.
    Request,
}

/// Where a request went.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    method: String,
    scheme: String,
    authority: String,
    path_and_query: String,
}

/// The message in the engine's words.
///
/// # Errors
/// The code and what is wrong: no signature, two of them, or headers that do not say where the request went.
pub(super) fn message(
    parts: &Parts,
    path: &str,
    body: BodyAt,
    settings: &Messages,
) -> Result<Map<String, Value>, (&'static str, String)> {
    let malformed = |detail: &str| ("request_malformed", detail.to_owned());
    let header = |name: &str| single(&parts.headers, name).map_err(malformed);
    let of_setting = |name: &Option<String>| name.as_deref().map(header).transpose().map(Option::flatten);
    let cms = header(&settings.cms_header)?;
    let bare = of_setting(&settings.bare_header)?;
    let is_http = parts.headers.contains_key("signature-input");
    let message = match (is_http, cms, bare) {
        (true, None, None) => {
            let target = target(parts, path, body, settings).map_err(malformed)?;
            json!({ "form": "http", "request": request(&target, &parts.headers, body).map_err(|detail| ("request_malformed", detail))? })
        }
        (false, Some(signature), None) => json!({ "form": "detached_cms", "signature": signature }),
        (false, None, Some(signature)) => {
            let key_id = of_setting(&settings.bare_key_id_header)?;
            json!({ "form": "bare", "signature": signature, "key_id": key_id })
        }
        (false, None, None) => {
            let detail =
                format!("found neither Signature-Input nor {}, wanted one of them", settings.cms_header);
            return Err(("message_signature_absent", detail));
        }
        _ => return Err(malformed("found signatures of two kinds, wanted one")),
    };
    match message {
        Value::Object(message) => Ok(message),
        _ => Err(malformed("found no message")),
    }
}

fn target(parts: &Parts, path: &str, body: BodyAt, settings: &Messages) -> Result<Target, &'static str> {
    let headers = &parts.headers;
    let is_in_path = parts.uri.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    let path_and_query = original_uri(path, &parts.uri, headers)?.to_owned();
    let method = match (single(headers, "x-original-method")?, single(headers, "x-forwarded-method")?) {
        // Envoy passes on the method as it is, and everything below an address of ours that has the URI in it.
        _ if is_in_path => parts.method.as_str(),
        (Some(_), Some(_)) => {
            return Err("found X-Original-Method and X-Forwarded-Method, wanted the one that the proxy sets");
        }
        (Some(method), None) | (None, Some(method)) => method,
        (None, None) if body == BodyAt::Request => parts.method.as_str(),
        (None, None) => return Err("found no X-Original-Method and no X-Forwarded-Method, wanted one"),
    };
    let origin = settings.origin.as_deref().and_then(|origin| origin.split_once("://"));
    let (scheme, authority) = match origin {
        Some(origin) => origin,
        None => of_proxy(headers, is_in_path)?,
    };
    if !is_authority(authority) {
        return Err("found a host that is none, wanted a name or an address, with a port or without");
    }
    Ok(Target {
        method: method.to_owned(),
        scheme: scheme.to_owned(),
        authority: authority.to_owned(),
        path_and_query,
    })
}

/// Scheme and host, as the proxy has them. Envoy passes on the host as it is, and an X-Forwarded-Host of anybody.
fn of_proxy(headers: &HeaderMap, is_envoy: bool) -> Result<(&str, &str), &'static str> {
    let scheme = single(headers, "x-forwarded-proto")?.ok_or(
        "found no X-Forwarded-Proto, wanted http or https; the setting messages.origin says it for all",
    )?;
    if !matches!(scheme, "http" | "https") {
        return Err("found an X-Forwarded-Proto that is neither http nor https");
    }
    let host = match single(headers, "x-forwarded-host")?.filter(|_| !is_envoy) {
        Some(host) => host,
        None => single(headers, "host")?.ok_or("found no X-Forwarded-Host and no Host")?,
    };
    Ok((scheme, host))
}

/// The request in the engine's words, with the headers that the device may have signed.
fn request(target: &Target, headers: &HeaderMap, body: BodyAt) -> Result<Value, String> {
    let Target { method, scheme, authority, path_and_query } = target;
    let mut lines = vec![("host", authority.as_str())];
    let length = match body {
        BodyAt::Proxy => single(headers, "x-original-content-length")?.filter(|length| !length.is_empty()),
        BodyAt::Request => single(headers, "content-length")?,
    };
    lines.extend(length.map(|length| ("content-length", length)));
    for (name, value) in headers {
        if !OF_PROXIES.contains(&name.as_str()) {
            // The engine takes text. Whatever else stood there for these octets, another message would have, too.
            let value = std::str::from_utf8(value.as_bytes())
                .map_err(|_| format!("found the header {name} that is not UTF-8, wanted text"))?;
            lines.push((name.as_str(), value));
        }
    }
    Ok(json!({
        "method": method,
        "target_uri": format!("{scheme}://{authority}{path_and_query}"),
        "headers": lines,
    }))
}

/// Whether a request whose body stays with the proxy has one, as far as it says so.
pub(super) fn says_that_there_is_a_body(headers: &HeaderMap) -> bool {
    let lengths = [header::CONTENT_LENGTH.as_str(), "x-original-content-length"];
    let is_something =
        |name: &&str| headers.get_all(*name).iter().any(|value| !matches!(value.as_bytes(), b"" | b"0"));
    let encodings = [header::TRANSFER_ENCODING.as_str(), "x-original-transfer-encoding"];
    lengths.iter().chain(&encodings).any(is_something)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const PATH: &str = "/v1/forward-auth/message";
    const SIGNED: (&str, &str) = ("Signature-Input", "a=()");

    fn parts(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn read(
        target: &str,
        headers: &[(&str, &str)],
        body: BodyAt,
        settings: &Messages,
    ) -> Result<Value, (&'static str, String)> {
        message(&parts("POST", target, headers), PATH, body, settings).map(Value::Object)
    }

    const NGINX: [(&str, &str); 5] = [
        ("X-Original-URI", "/checkin?a=b"),
        ("X-Original-Method", "PUT"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "mdm.example"),
        ("X-Original-Content-Length", "7"),
    ];

    #[test]
    fn the_target_is_the_one_that_the_device_meant() {
        let usual = Messages::default();
        let headers = [&NGINX[..], &[SIGNED, ("Content-Type", "a/b"), ("Host", "127.0.0.1")]].concat();
        let found = read(PATH, &headers, BodyAt::Proxy, &usual).unwrap();
        assert_eq!(found["request"]["method"], "PUT");
        assert_eq!(found["request"]["target_uri"], "https://mdm.example/checkin?a=b");
        let lines = json!([
            ["host", "mdm.example"],
            ["content-length", "7"],
            ["signature-input", "a=()"],
            ["content-type", "a/b"]
        ]);
        assert_eq!(found["request"]["headers"], lines);
        let envoy = [
            SIGNED,
            ("X-Forwarded-Proto", "http"),
            ("Host", "mdm.example:81"),
            ("X-Original-Method", "GET"),
            ("X-Forwarded-Host", "elsewhere.example"),
        ];
        let found = read(&format!("{PATH}/checkin"), &envoy, BodyAt::Proxy, &usual).unwrap();
        assert_eq!(found["request"]["target_uri"], "http://mdm.example:81/checkin");
        assert_eq!(found["request"]["method"], "POST");
        let origin = Messages { origin: Some("https://own.example".to_owned()), ..Messages::default() };
        let found = read(PATH, &headers, BodyAt::Proxy, &origin).unwrap();
        assert_eq!(found["request"]["target_uri"], "https://own.example/checkin?a=b");
    }

    #[test]
    fn a_client_does_not_choose_where_it_went() {
        let usual = Messages::default();
        for missing in 0..4 {
            let mut headers = [&NGINX[..], &[SIGNED]].concat();
            headers.remove(missing);
            // Without a Host, as here, somebody has to say it.
            let found = read(PATH, &headers, BodyAt::Proxy, &usual);
            assert_eq!(found.unwrap_err().0, "request_malformed", "{missing}");
        }
        for more in [
            ("X-Forwarded-Uri", "/a"),
            ("X-Original-URI", "/a"),
            ("X-Forwarded-Method", "GET"),
            ("X-Original-Method", "GET"),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Host", "other.example"),
            ("X-Original-Content-Length", "1"),
            ("Mdm-Signature", "AAAA"),
        ] {
            let headers = [&NGINX[..], &[SIGNED, more]].concat();
            let found = read(PATH, &headers, BodyAt::Proxy, &usual);
            assert_eq!(found.unwrap_err().0, "request_malformed", "{more:?}");
        }
    }

    /// Nothing of it may become the path or the query of what the device is said to have signed.
    #[test]
    fn a_host_is_a_host() {
        let usual = Messages::default();
        for host in ["mdm.example?x=", "mdm.example/a", "a@mdm.example", "mdm.example#", "mdm example", ""] {
            let mut headers = [&NGINX[..], &[SIGNED]].concat();
            headers[3].1 = host;
            let refused = read(PATH, &headers, BodyAt::Proxy, &usual).unwrap_err();
            assert!(refused.1.contains("wanted a name or an address"), "{host:?}: {refused:?}");
        }
    }

    /// A line that is no text is neither left out nor taken for another one that a signature may cover.
    #[test]
    fn what_is_no_text_is_refused() {
        let said = |octets: &[u8]| {
            let mut parts = parts("POST", PATH, &[&NGINX[..], &[SIGNED, ("X-Command", "none")]].concat());
            parts.headers.append("x-command", axum::http::HeaderValue::from_bytes(octets).unwrap());
            message(&parts, PATH, BodyAt::Proxy, &Messages::default())
        };
        for octets in [b"all\xff".as_slice(), b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"caf\xe9"] {
            let (code, detail) = said(octets).unwrap_err();
            assert_eq!(
                (code, detail.as_str()),
                ("request_malformed", "found the header x-command that is not UTF-8, wanted text")
            );
        }
        let found = said("all \u{fffd} é".as_bytes()).unwrap();
        let lines = found["request"]["headers"].as_array().unwrap();
        let own: Vec<_> = lines.iter().filter(|line| line[0] == "x-command").map(|line| &line[1]).collect();
        assert_eq!(own, ["none", "all \u{fffd} é"]);
    }

    #[test]
    fn signatures_are_found_where_the_settings_say() {
        let bare = Messages {
            bare_header: Some("X-Signature".to_owned()),
            bare_key_id_header: Some("X-Key-Id".to_owned()),
            ..Messages::default()
        };
        let headers = [("X-Signature", "AAAA"), ("X-Key-Id", "7")];
        let found = read(PATH, &headers, BodyAt::Request, &bare).unwrap();
        assert_eq!(found, json!({ "form": "bare", "signature": "AAAA", "key_id": "7" }));
        let usual = Messages::default();
        let absent = read(PATH, &headers, BodyAt::Request, &usual).unwrap_err();
        assert_eq!(absent.0, "message_signature_absent");
        let cms = read(PATH, &[("mdm-signature", "AA=")], BodyAt::Request, &usual).unwrap();
        assert_eq!(cms, json!({ "form": "detached_cms", "signature": "AA=" }));
    }

    #[test]
    fn a_body_that_stays_behind_is_noticed() {
        let says = |headers: &[(&str, &str)]| says_that_there_is_a_body(&parts("GET", "/", headers).headers);
        assert!(!says(&[]) && !says(&[("Content-Length", "0"), ("X-Original-Content-Length", "")]));
        for one in [
            ("Content-Length", "1"),
            ("X-Original-Content-Length", "7"),
            ("Transfer-Encoding", "chunked"),
            ("X-Original-Transfer-Encoding", "chunked"),
        ] {
            assert!(says(&[one]), "{one:?}");
        }
    }
}
