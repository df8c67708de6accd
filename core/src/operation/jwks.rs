//! `jwks`: public keys as a JWK set (RFC 7517 section 5), to be published.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    error::{Error, ErrorCode},
    jwk::{self, Jwk, ReadJwk},
    jwt::{
        self,
        algorithm::{self, JwsAlgorithm},
    },
    key::PublicKey,
    keys::{Halt, Keys},
};

/// How many keys a set may have.
const MAX_KEYS: usize = 32;

/// What to publish.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Unix seconds; then keys that are not used any more are left out.
    pub now: Option<u64>,
    /// The keys, in the order in which they are to be published.
    pub keys: Vec<PublishedKey>,
}

/// A key to be published.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishedKey {
    /// Its id; otherwise that of the JWK, otherwise its thumbprint (RFC 7638).
    pub kid: Option<String>,
    /// The key as a PEM block `PUBLIC KEY`; or
    pub public_key: Option<String>,
    /// as a JWK.
    pub jwk: Option<Map<String, Value>>,
    /// The algorithm that it signs with; otherwise that of the JWK, otherwise RS256 for RSA and the curve's own.
    pub algorithm: Option<JwsAlgorithm>,
    /// Unix seconds from which on it is not used any more. It has to be published until its last token has expired.
    pub expires: Option<u64>,
}

/// The set, and its keys in words.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// `{"keys":[…]}`, as it goes to `/.well-known/jwks.json`.
    pub jwks: Published,
    /// The keys of the set, in its order.
    pub keys: Vec<Described>,
}

/// A JWK set.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Published {
    keys: Vec<Jwk>,
}

/// A key of the set.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Described {
    /// Its id.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: JwsAlgorithm,
    /// SHA-256 of what makes the key (RFC 7638).
    pub thumbprint: String,
    /// PEM, SubjectPublicKeyInfo.
    pub public_key: String,
}

/// Writes the set.
///
/// # Errors
/// `FieldInvalid`, `JwkSetAmbiguous`, `JwkMalformed`, `JwkRefused`, `JwtAlgorithmRefused`, `KeyTooSmall`,
/// `KeyUnsupported`, `KeyMalformed`, `PemMalformed`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    if request.keys.len() > MAX_KEYS {
        let detail = format_args!("found {} keys, wanted at most {MAX_KEYS}", request.keys.len());
        return Err(Error::new(ErrorCode::FieldInvalid, detail).at("keys").into());
    }
    let mut response = Response { jwks: Published { keys: Vec::new() }, keys: Vec::new() };
    for (index, published) in request.keys.iter().enumerate() {
        let (jwk, described) =
            published.describe().map_err(|error| error.within(format_args!("keys.{index}")))?;
        let is_over = published.expires.zip(request.now).is_some_and(|(expires, now)| expires <= now);
        if is_over {
            continue;
        }
        if response.keys.iter().any(|other| other.kid == described.kid) {
            let detail =
                format_args!("found two keys with the kid {:?}, wanted an id for each", described.kid);
            return Err(Error::new(ErrorCode::JwkSetAmbiguous, detail)
                .at(format_args!("keys.{index}"))
                .into());
        }
        response.jwks.keys.push(jwk);
        response.keys.push(described);
    }
    Ok(response)
}

impl PublishedKey {
    fn describe(&self) -> Result<(Jwk, Described), Error> {
        let read = match (&self.public_key, &self.jwk) {
            (Some(pem), None) => {
                let key = PublicKey::from_pem(pem).map_err(|error| error.at("public_key"))?;
                algorithm::check_key(&key).map_err(|error| error.at("public_key"))?;
                ReadJwk { key, kid: None, algorithm: None }
            }
            (None, Some(members)) => ReadJwk::read(members).map_err(|error| error.within("jwk"))?,
            _ => return Err(jwt::invalid("wanted public_key or jwk, and not both")),
        };
        let algorithm = JwsAlgorithm::choose(self.algorithm.or(read.algorithm), &read.key)
            .map_err(|error| error.at("algorithm"))?;
        let thumbprint = jwk::thumbprint(&read.key)?;
        let kid = match self.kid.as_deref().or(read.kid.as_deref()) {
            Some(kid) => jwk::check_kid(kid)?,
            None => thumbprint.clone(),
        };
        let jwk = Jwk::new(&read.key, kid.clone(), algorithm)?;
        Ok((jwk, Described { kid, algorithm, thumbprint, public_key: read.key.to_pem()? }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{both_ways, private_key};

    fn pem(id: &str) -> String {
        private_key(id).public_key().to_pem().unwrap()
    }

    fn publish(now: Option<u64>, keys: &Value) -> Result<Value, Error> {
        let request = json!({ "now": now, "keys": keys });
        both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys))
            .map(|response| serde_json::to_value(response).unwrap())
    }

    #[test]
    fn keys_are_published_and_read_again() {
        let keys = json!([
            { "public_key": pem("device"), "algorithm": "PS384", "kid": "rsa-1" },
            { "public_key": pem("p256") },
            { "public_key": pem("p384") },
            { "public_key": pem("ed25519") },
        ]);
        let response = publish(None, &keys).unwrap();
        let algorithms = ["PS384", "ES256", "ES384", "EdDSA"];
        for (index, id) in ["device", "p256", "p384", "ed25519"].iter().enumerate() {
            let (jwk, key) = (&response["jwks"]["keys"][index], &response["keys"][index]);
            assert_eq!((&jwk["alg"], &jwk["kid"]), (&json!(algorithms[index]), &key["kid"]));
            assert_eq!(key["public_key"], pem(id));
            let again = publish(None, &json!([{ "jwk": jwk }])).unwrap();
            assert_eq!((&again["jwks"]["keys"][0], &again["keys"][0]), (jwk, key));
        }
        assert_eq!(response["jwks"]["keys"][0]["kid"], "rsa-1");
        assert_eq!(response["keys"][1]["kid"], response["keys"][1]["thumbprint"]);
    }

    /// The members in the order in which they are written.
    #[test]
    fn a_key_is_written_in_one_way() {
        let request = json!({ "keys": [{ "public_key": pem("ed25519"), "kid": "k" }] });
        let response = both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys)).unwrap();
        let text = serde_json::to_string(&response.jwks).unwrap();
        let x = private_key("ed25519").public_key().bit_string().to_vec();
        let x = serde_json::to_string(&crate::base64url::Base64Url(x)).unwrap();
        let wanted = alloc::format!(
            r#"{{"keys":[{{"crv":"Ed25519","kty":"OKP","x":{x},"use":"sig","alg":"EdDSA","kid":"k"}}]}}"#
        );
        assert_eq!(text, wanted);
    }

    #[test]
    fn a_key_is_published_until_it_expires() {
        let keys = json!([{ "public_key": pem("p256"), "expires": 100 }, { "public_key": pem("p384") }]);
        let count = |now| publish(now, &keys).unwrap()["keys"].as_array().unwrap().len();
        assert_eq!((count(None), count(Some(99)), count(Some(100))), (2, 2, 1));
    }

    #[test]
    fn what_cannot_be_published_is_told() {
        let code = |keys: Value| {
            let error = publish(None, &keys).unwrap_err();
            (error.code, error.at.unwrap())
        };
        let small = include_str!("../../../tests/vectors/keys/rsa-1024.pub.pem");
        let twice =
            json!([{ "public_key": pem("p256"), "kid": "k" }, { "public_key": pem("p384"), "kid": "k" }]);
        assert_eq!(code(twice), (ErrorCode::JwkSetAmbiguous, "keys.1".into()));
        for (key, wanted, at) in [
            (json!({}), ErrorCode::FieldInvalid, ""),
            (json!({ "public_key": pem("p256"), "jwk": {} }), ErrorCode::FieldInvalid, ""),
            (
                json!({ "public_key": pem("p256"), "algorithm": "RS256" }),
                ErrorCode::JwtAlgorithmRefused,
                ".algorithm",
            ),
            (json!({ "public_key": pem("p256"), "kid": "" }), ErrorCode::JwkMalformed, ".kid"),
            (json!({ "public_key": small }), ErrorCode::KeyTooSmall, ".public_key"),
            (json!({ "public_key": "x" }), ErrorCode::PemMalformed, ".public_key"),
            (json!({ "jwk": { "kty": "oct", "k": "AA" } }), ErrorCode::JwkRefused, ".jwk"),
            (json!({ "jwk": {} }), ErrorCode::JwkMalformed, ".jwk.kty"),
        ] {
            assert_eq!(code(json!([key])), (wanted, alloc::format!("keys.0{at}")));
        }
        assert_eq!(code(json!(alloc::vec![json!({}); 33])), (ErrorCode::FieldInvalid, "keys".into()));
    }
}
