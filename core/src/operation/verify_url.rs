//! `verify_url`: whether the token in a URL opens it.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    jwk::JwkSet,
    jwt::{
        binding::Occasion,
        key_set::VerificationKey,
        policy::Policy,
        verification::{self, Verification, Verified},
    },
    keys::{Halt, Keys},
    secret::Secret,
    url::{Parameter, Url},
};

/// What to verify.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Unix seconds.
    pub now: u64,
    /// The URL with its token: with `http` or `https`, or from its path on, as a request line has it. It has to be the one
    /// that the server serves, before any rewriting.
    pub url: Secret,
    /// The name of the parameter; otherwise `token`.
    pub parameter: Option<String>,
    /// The keys that it may be signed with, 32 with those of `jwks`.
    #[serde(default)]
    pub keys: Vec<VerificationKey>,
    /// More of them, as a JWK set.
    pub jwks: Option<JwkSet>,
    /// What the token has to say.
    #[serde(default)]
    pub policy: Policy,
    /// Accepts a token that is bound to no path, as the compatible shape is: it opens every URL.
    #[serde(default)]
    pub allow_unbound: bool,
    /// The device that asks.
    pub device: Option<String>,
}

/// The URL, and what the token says.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The URL without the token; all else of it is as it was.
    pub url: String,
    /// Its path in the one form in which it was compared (RFC 3986 6.2.2): what is served has to be this.
    pub path: String,
    /// What the token says.
    #[serde(flatten)]
    pub verified: Verified,
}

/// Takes the token out and verifies it.
///
/// # Errors
/// `UrlMalformed`, `UrlPathRefused`, `UrlTokenMissing`, `UrlTokenRepeated`, and those of
/// [`verify_jwt`](super::verify_jwt::run).
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, url, parameter, keys, jwks, policy, allow_unbound, device } = request;
    let parameter = Parameter::read(parameter.as_deref())?;
    verification::check_device(device.as_deref())?;
    let url = Url::read(url.expose()).map_err(|error| error.at("url"))?;
    let path = url.path().map_err(|error| error.at("url"))?;
    let (without, token) = url.without(&parameter).map_err(|error| error.at("url"))?;
    let occasion = Occasion { path: Some(&path), allow_unbound, device: device.as_deref() };
    let verification = Verification { now, keys: &keys, jwks: jwks.as_ref(), policy: &policy };
    let verified = verification.verify(token, &occasion)?;
    Ok(Response { url: without, path: path.as_str().into(), verified })
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        error::{Error, ErrorCode},
        operation::sign_url,
        testing::{NOW, TestKeys, both_ways, private_key},
    };

    fn sign(url: &str, token: &Value) -> String {
        let request = json!({ "now": NOW, "key": TestKeys::reference("p256"), "url": url, "token": token });
        let signed = both_ways(|keys| sign_url::run(serde_json::from_value(request.clone()).unwrap(), keys));
        signed.unwrap().url.expose().into()
    }

    fn bound(path: Value) -> Value {
        json!({ "shape": "bound", "lifetime_seconds": 60, "kid": "k", "path": path, "audience": ["files"] })
    }

    fn verify(url: &str, more: &Value) -> Result<Response, Error> {
        let keys = json!([{ "kid": "k", "public_key": private_key("p256").public_key().to_pem().unwrap() }]);
        let mut request = json!({ "now": NOW, "url": url, "keys": keys, "policy": { "audience": "files" } });
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys))
    }

    fn code(url: &str) -> ErrorCode {
        verify(url, &json!({})).unwrap_err().code
    }

    fn token_of(url: &str) -> String {
        url.split("token=").nth(1).unwrap().into()
    }

    #[test]
    fn the_url_comes_back() {
        for url in [
            "https://files.example/a/b?q=1&r=%20#f",
            "/a/b",
            "https://h",
            "/a?",
            "/?x#",
            "http://h:80/%41%c3%a4",
        ] {
            let signed = sign(url, &bound(Value::Null));
            let opened = verify(&signed, &json!({})).unwrap();
            assert_eq!(opened.url, url);
            assert!(verify(url, &json!({})).is_err_and(|error| error.code == ErrorCode::UrlTokenMissing));
        }
        let opened = verify(&sign("http://h/%41%c3%a4", &bound(Value::Null)), &json!({})).unwrap();
        let text = serde_json::to_value(&opened).unwrap();
        assert_eq!((&text["path"], &text["claims"]["path"]), (&json!("/A%C3%A4"), &json!("/A%C3%A4")));
        assert_eq!((&text["kid"], &text["expires"]), (&json!("k"), &json!(NOW + 60)));
    }

    /// Each way in which somebody tries to open another file with a token.
    #[test]
    fn a_token_opens_its_own_path_alone() {
        let token = token_of(&sign("/a/b", &bound(Value::Null)));
        for path in ["/a/b", "/a/%62", "/%61/b"] {
            verify(&format!("{path}?token={token}"), &json!({})).unwrap();
        }
        for path in ["/a/bc", "/a", "/a/b/", "/A/b", "/a/b.txt", "/a/b/c", "/", "/a/b%20c", "/a/b;c"] {
            assert_eq!(code(&format!("{path}?token={token}")), ErrorCode::JwtPathRefused, "{path}");
        }
        for path in [
            "/a/b/../c",
            "/a/b/..",
            "/a/./b",
            "/a//b",
            "//a/b",
            "/a/b/%2e%2e/c",
            "/a/b/%2E./c",
            "/a/b%2f..%2fc",
            "/a/b%5c..%5cc",
            "/a/b%00.txt",
            "/a/b/..;/c",
            "/a/b/%252e%252e/c",
            "/a/b/%c0%ae%c0%ae/c",
        ] {
            assert_eq!(code(&format!("{path}?token={token}")), ErrorCode::UrlPathRefused, "{path}");
        }
        assert_eq!(code(&format!("/a/b\\..\\c?token={token}")), ErrorCode::UrlMalformed);
        let prefix = token_of(&sign("/a/b/c", &bound(json!({ "prefix": "/a/b" }))));
        for path in ["/a/b", "/a/b/", "/a/b/c", "/a/b/d/e"] {
            verify(&format!("{path}?token={prefix}"), &json!({})).unwrap();
        }
        for path in ["/a/bc", "/a", "/a/b.c", "/x/a/b"] {
            assert_eq!(code(&format!("{path}?token={prefix}")), ErrorCode::JwtPathRefused, "{path}");
        }
    }

    #[test]
    fn there_is_one_token_and_it_is_good() {
        let url = sign("/a", &bound(Value::Null));
        let token = token_of(&url);
        assert_eq!(code("/a?b=1"), ErrorCode::UrlTokenMissing);
        for twice in
            [format!("{url}&token={token}"), format!("{url}&%74oken=x"), format!("/a?%74oken={token}")]
        {
            let error = verify(&twice, &json!({})).unwrap_err();
            assert_eq!((error.code, error.at.as_deref()), (ErrorCode::UrlTokenRepeated, Some("url")));
            assert!(!error.detail.contains(&token), "a token is a secret");
        }
        assert_eq!(code(&format!("/a?token={}", token.replace('.', "%2E"))), ErrorCode::JwtMalformed);
        let expired = verify(&url, &json!({ "now": NOW + 120 })).unwrap_err();
        assert_eq!((expired.code, expired.at.as_deref()), (ErrorCode::JwtExpired, Some("token")));
        let other = verify(&url, &json!({ "policy": { "audience": "others" } })).unwrap_err();
        assert_eq!(other.code, ErrorCode::JwtAudienceRefused);
        assert_eq!(verify(&url, &json!({ "parameter": "t" })).unwrap_err().code, ErrorCode::UrlTokenMissing);
    }

    #[test]
    fn a_token_for_no_path_opens_none_unless_it_may() {
        let token = json!({ "shape": "compatible", "subject": "s", "issuer": "i", "lifetime_seconds": 60 });
        let url = sign("/a", &token);
        let policy = json!({});
        assert_eq!(verify(&url, &json!({ "policy": policy })).unwrap_err().code, ErrorCode::JwtPathRefused);
        let opened = verify(&url, &json!({ "policy": policy, "allow_unbound": true })).unwrap();
        assert_eq!(opened.verified.subject.as_deref(), Some("s"));
        let device = json!({ "shape": "bound", "lifetime_seconds": 60, "kid": "k", "device": "d1" });
        let url = sign("/a", &device);
        let with = |device: &str| {
            verify(&url, &json!({ "policy": {}, "device": device })).map_err(|error| error.code)
        };
        assert!(with("d1").is_ok());
        assert_eq!(with("d2").unwrap_err(), ErrorCode::JwtDeviceRefused);
    }
}
