//! The examples of RFC 9421 and RFC 9530, `tests/data/http-signatures`.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::{HttpRequest, HttpResponse, base::identifiers, component::Covered, component::list_of, context};
use crate::{
    base64url::Base64Url,
    device::{body::Body, content_digest::ContentDigest},
    error::{Error, ErrorCode},
    keys::{Halt, KeyRing, Keys},
    operation::verify_message,
};

const RFC_9421: &str = include_str!("../../../../tests/data/http-signatures/rfc9421.json");
const RFC_9530: &str = include_str!("../../../../tests/data/http-signatures/rfc9530.json");

/// When the examples were signed.
const NOW: u64 = 1_618_884_480;

/// A message as text: whatever there is of it.
struct Text<'a> {
    /// The request or status line.
    start: Option<&'a str>,
    headers: Vec<(String, String)>,
    body: &'a str,
}

fn text(message: &str) -> Text<'_> {
    let (head, body) = message.split_once("\n\n").unwrap_or((message, ""));
    let is_start = |line: &&str| line.starts_with("HTTP/") || line.ends_with(" HTTP/1.1");
    let start = head.lines().next().filter(is_start);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines().skip(usize::from(start.is_some())) {
        match line.starts_with(' ') {
            true => {
                let (_, value) = headers.last_mut().unwrap();
                *value = format!("{value}\n{line}");
            }
            false => {
                let (name, value) = line.split_once(':').unwrap();
                headers.push((name.to_string(), value.to_string()));
            }
        }
    }
    Text { start, headers, body }
}

impl Text<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
    }

    fn is_response(&self) -> bool {
        self.start.is_some_and(|line| line.starts_with("HTTP/"))
    }

    fn request(&self, case: &Value) -> HttpRequest {
        let mut line = self.start.unwrap_or("GET / HTTP/1.1").split(' ');
        let (method, target) = (line.next().unwrap(), line.next().unwrap());
        let host = self.header("Host").unwrap_or("www.example.com");
        let uri = case["target_uri"].as_str().map_or_else(|| format!("https://{host}{target}"), Into::into);
        HttpRequest {
            method: method.into(),
            target_uri: uri,
            request_target: case["request_target"].as_str().map(Into::into),
            headers: self.headers.clone(),
            trailers: Vec::new(),
        }
    }

    fn response(&self, trailers: Vec<(String, String)>) -> HttpResponse {
        let status = self.start.unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        HttpResponse { status, headers: self.headers.clone(), trailers }
    }
}

fn examples() -> Value {
    serde_json::from_str(RFC_9421).unwrap()
}

#[test]
fn components_are_those_of_the_rfc() {
    let examples = examples();
    let cases = examples["components"].as_array().unwrap();
    assert_eq!(cases.len(), 25);
    for case in cases {
        let message = text(case["message"].as_str().unwrap());
        let trailers = case["trailers"].as_array().into_iter().flatten();
        let trailers: Vec<_> = trailers.flat_map(|line| text(line.as_str().unwrap()).headers).collect();
        let structured = case.get("structured_fields").cloned().unwrap_or_else(|| json!({}));
        let structured = serde_json::from_value(structured).unwrap();
        let context = match message.is_response() {
            true => context(None, Some(&message.response(trailers)), &structured),
            false => context(Some(&message.request(case)), None, &structured),
        };
        let wanted: Vec<&str> =
            case["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let named: Vec<String> =
            wanted.iter().map(|line| line.split_once(": ").unwrap().0.to_string()).collect();
        let list = list_of(&named).unwrap();
        let covered = Covered::read_all(&list).unwrap();
        assert_eq!(identifiers(&covered), named);
        let base = context.unwrap().base(&covered, &list).unwrap_or_else(|error| panic!("{case}: {error}"));
        let lines: Vec<&str> = base.lines().collect();
        assert_eq!(lines[..wanted.len()], wanted, "{case}");
        assert_eq!(lines.len(), wanted.len() + 1);
    }
}

fn request(case: &Value, keys: &Value) -> Value {
    let message = text(case["message"].as_str().unwrap());
    let (start, headers) = (message.start.unwrap(), &message.headers);
    let plain = |own: &HttpRequest| json!({ "method": own.method, "target_uri": own.target_uri, "headers": own.headers });
    let mut http = json!({
        "form": "http", "label": case["label"], "algorithms": [case["algorithm"]], "required_components": [],
    });
    if message.is_response() {
        let status: u16 = start.split(' ').nth(1).unwrap().parse().unwrap();
        http["response"] = json!({ "status": status, "headers": headers });
        if let Some(answered) = case["request"].as_str() {
            http["request"] = plain(&text(answered).request(case));
        }
    } else {
        http["request"] = plain(&message.request(case));
    }
    let key = &keys[case["key"].as_str().unwrap()];
    json!({
        "now": NOW, "message": http, "body": Base64UrlUnpadded::encode_string(message.body.as_bytes()),
        "signers": [{ "id": case["key"], "jwk": key }],
    })
}

fn verify(request: Value) -> Result<Value, Error> {
    let ring = KeyRing::new();
    match verify_message::run(serde_json::from_value(request).unwrap(), &mut Keys::new(&ring, Vec::new())) {
        Ok(verified) => Ok(serde_json::to_value(verified).unwrap()),
        Err(Halt::Error(error)) => Err(error),
        Err(Halt::Needs(question)) => panic!("{question:?}"),
    }
}

#[test]
fn signatures_are_those_of_the_rfc() {
    let examples = examples();
    let cases = examples["signatures"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    for case in cases {
        if case["algorithm"] == "hmac-sha256" {
            let mut hmac = request(case, &examples["keys"]);
            hmac["message"]["algorithms"] = Value::Null;
            hmac["signers"][0]["id"] = json!("test-shared-secret");
            assert_eq!(verify(hmac).unwrap_err().code, ErrorCode::MessageSignatureInvalid, "{case}");
            continue;
        }
        let verified = verify(request(case, &examples["keys"]));
        if case["valid"] == false {
            assert_eq!(verified.unwrap_err().code, ErrorCode::MessageSignatureInvalid, "{case}");
            continue;
        }
        let verified = verified.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(verified["http"]["keyid"], case["key"], "{case}");
        let covers_digest =
            verified["http"]["covered"].as_array().unwrap().iter().any(|own| own == "\"content-digest\"");
        assert_eq!(verified["body_covered"], covers_digest, "{case}");
        if let Some(base) = case["base"].as_str() {
            let parts: Vec<&str> = base.lines().map(|line| line.split_once(": ").unwrap().0).collect();
            let covered = verified["http"]["covered"].as_array().unwrap();
            assert!(
                covered.iter().map(|own| own.as_str().unwrap()).eq(parts[..parts.len() - 1].iter().copied())
            );
        }
    }
}

/// The usual coverage: of the examples those that leave something out are refused, each for what it leaves out.
#[test]
fn what_the_examples_leave_out_is_told() {
    let examples = examples();
    let usual = |section: &str, label: &str| {
        let cases = examples["signatures"].as_array().unwrap();
        let case = cases.iter().find(|case| case["section"] == section && case["label"] == label).unwrap();
        let mut request = request(case, &examples["keys"]);
        request["message"].as_object_mut().unwrap().remove("required_components");
        verify(request)
    };
    for (section, label, wanted) in [
        ("B.2.1", "sig-b21", "@method"),
        ("B.2.2", "sig-b22", "@method"),
        ("2.4", "sig1", ""),
        ("B.2.3", "sig-b23", ""),
        ("B.2.4", "sig-b24", ""),
        ("B.2.6", "sig-b26", "@query"),
        ("3.2", "sig1", "@query"),
        ("B.3", "ttrp", "content-digest"),
    ] {
        match usual(section, label) {
            Ok(_) => assert_eq!(wanted, "", "{section}"),
            Err(error) => {
                assert_eq!(error.code, ErrorCode::MessageComponentUncovered, "{section}");
                let (_, told) = error.detail.split_once(", wanted ").unwrap();
                assert!(!wanted.is_empty() && told.contains(wanted), "{section}: {}", error.detail);
            }
        }
    }
}

#[test]
fn digests_are_those_of_rfc_9530() {
    let cases: Vec<Value> = serde_json::from_str(RFC_9530).unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let message = text(case["message"].as_str().unwrap());
        let digest = ContentDigest::read(message.header("Content-Digest").unwrap(), None).unwrap();
        let body = |bytes: &[u8]| Body::read(Some(Base64Url(bytes.to_vec())), None).unwrap();
        let own = case["body"].as_str().unwrap();
        assert_eq!(digest.check(&body(own.as_bytes())), Ok(true), "{case}");
        let other = digest.check(&body(&[own.as_bytes(), b"x"].concat()));
        assert_eq!(other.unwrap_err().code, ErrorCode::MessageBodyMismatch);
    }
}
