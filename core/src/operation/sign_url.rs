//! `sign_url`: a URL with a token in it that opens it for a while.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    jwt::{
        algorithm::JwsAlgorithm,
        binding,
        shape::{Minted, Minting, Shape},
    },
    keys::{Halt, KeyReference, Keys},
    secret::Secret,
    seed::Seed,
    url::{Parameter, Url},
};

/// What to sign.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Unix seconds; the token is issued at this time.
    pub now: u64,
    /// The randomness, 32 bytes; for a random `jti` alone.
    pub seed: Option<Seed>,
    /// The key that signs.
    pub key: KeyReference,
    /// The algorithm; otherwise RS256 for RSA, and the one of the curve for others.
    pub algorithm: Option<JwsAlgorithm>,
    /// Unix seconds from which on the key is not used any more: the token ends then at the latest.
    pub key_expires: Option<u64>,
    /// The URL: with `http` or `https`, or from its path on; it may have a query and a fragment.
    pub url: String,
    /// The name of the parameter; otherwise `token`.
    pub parameter: Option<String>,
    /// The shape, and what it says. A bound token without a `path` is bound to that of the URL; with one, it has to open
    /// the URL. A token of the compatible shape is bound to nothing.
    pub token: Shape,
}

/// The URL, and what `mint_jwt` tells of its token.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The URL with the token at the end of its query; all else of it is as it was.
    pub url: Secret,
    /// The token, and what the caller may want to keep of it.
    #[serde(flatten)]
    pub minted: Minted,
}

/// Signs the URL; asks the key for one signature.
///
/// # Errors
/// `UrlMalformed`, `UrlPathRefused`, `UrlTokenRepeated` if it has such a parameter, `RequestTooLarge` for more than 8 KiB,
/// and those of [`mint_jwt`](super::mint_jwt::run).
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, seed, key, algorithm, key_expires, url, parameter, token } = request;
    let parameter = Parameter::read(parameter.as_deref())?;
    let url = Url::read(&url).map_err(|error| error.at("url"))?;
    // What cannot be done is told before the key is asked.
    let path = url.path().map_err(|error| error.at("url"))?;
    url.with(&parameter, "").map_err(|error| error.at("url"))?;
    let bound = match &token {
        Shape::Compatible { .. } => None,
        Shape::Bound(shape) => {
            Some(binding::for_path(shape.path.as_ref(), &path).map_err(|error| error.at("token.path"))?)
        }
    };
    let minting = Minting { now, seed: seed.as_ref(), key: &key, algorithm, key_expires };
    let minted = minting.mint(&token, bound, keys)?;
    let url = url.with(&parameter, minted.token.expose()).map_err(|error| error.at("url"))?;
    Ok(Response { url: Secret::new(url), minted })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        error::{Error, ErrorCode},
        testing::{NOW, TestKeys, both_ways},
    };

    fn sign(url: &str, token: &Value, more: &Value) -> Result<Response, Error> {
        let mut request =
            json!({ "now": NOW, "key": TestKeys::reference("p256"), "url": url, "token": token });
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys))
    }

    fn bound(path: Value) -> Value {
        json!({ "shape": "bound", "lifetime_seconds": 60, "path": path })
    }

    fn compatible() -> Value {
        json!({ "shape": "compatible", "subject": "s", "issuer": "i", "lifetime_seconds": 60 })
    }

    #[test]
    fn the_token_goes_to_the_end_of_the_query() {
        let signed = sign("https://h/a?q=1#f", &compatible(), &json!({})).unwrap();
        let token = signed.minted.token.expose();
        assert_eq!(signed.url.expose(), alloc::format!("https://h/a?q=1&token={token}#f"));
        let signed = sign("/a", &compatible(), &json!({ "parameter": "t" })).unwrap();
        assert_eq!(signed.url.expose(), alloc::format!("/a?t={}", signed.minted.token.expose()));
    }

    #[test]
    fn a_bound_token_opens_its_url() {
        let prefix = json!({ "prefix": "/a" });
        sign("/a/b", &bound(prefix.clone()), &json!({})).unwrap();
        let error = sign("/ab", &bound(prefix), &json!({})).unwrap_err();
        assert_eq!((error.code, error.at.as_deref()), (ErrorCode::FieldInvalid, Some("token.path")));
    }

    #[test]
    fn what_cannot_be_signed_is_told() {
        for (url, wanted) in [
            ("ftp://h/a", ErrorCode::UrlMalformed),
            ("/a/../b", ErrorCode::UrlPathRefused),
            ("//h/a", ErrorCode::UrlPathRefused),
            ("/a?token=x", ErrorCode::UrlTokenRepeated),
        ] {
            for token in [compatible(), bound(Value::Null)] {
                let error = sign(url, &token, &json!({})).unwrap_err();
                assert_eq!((error.code, error.at.as_deref()), (wanted, Some("url")), "{url}");
            }
        }
        let long = alloc::format!("/a?{}", "a".repeat(8192));
        assert_eq!(sign(&long, &compatible(), &json!({})).unwrap_err().code, ErrorCode::RequestTooLarge);
        let error = sign("/a", &compatible(), &json!({ "parameter": "a&b" })).unwrap_err();
        assert_eq!((error.code, error.at.as_deref()), (ErrorCode::FieldInvalid, Some("parameter")));
    }
}
