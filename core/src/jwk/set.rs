//! JWK sets (RFC 7517 section 5).

use alloc::{string::String, vec::Vec};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ReadJwk, refuse_secret};
use crate::error::{Error, ErrorCode};

/// A set as it was published; members beside `keys` are passed over.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JwkSet {
    /// The keys, each a JWK (RFC 7517 section 4).
    pub(crate) keys: Vec<Map<String, Value>>,
}

impl JwkSet {
    /// The keys of the set that check signatures. Others are passed over, as section 5 has it: of unknown types and
    /// curves, and for encryption. A secret in a set is none of these: somebody published it.
    ///
    /// # Errors
    /// `JwkRefused` for a private or symmetric key, and those of [`ReadJwk::read`] for what is no key.
    pub(crate) fn read(&self) -> Result<Vec<ReadJwk>, Error> {
        let mut keys = Vec::new();
        for (index, members) in self.keys.iter().enumerate() {
            refuse_secret(members).map_err(|error| error.within(format_args!("keys.{index}")))?;
            match ReadJwk::read(members) {
                Ok(key) => keys.push(key),
                Err(error) if is_of_others(error.code) => {}
                Err(error) => return Err(error.within(format_args!("keys.{index}"))),
            }
        }
        Ok(keys)
    }
}

const fn is_of_others(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::KeyUnsupported | ErrorCode::JwkRefused | ErrorCode::JwtAlgorithmRefused)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_of_others_are_passed_over_and_secrets_are_not() {
        let good =
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let read = |keys: Value| {
            let set: JwkSet = serde_json::from_value(json!({ "keys": keys, "more": 1 })).unwrap();
            set.read().map(|keys| keys.len()).map_err(|error| (error.code, error.at.unwrap_or_default()))
        };
        let (unknown, other) =
            (json!({ "kty": "AKP" }), json!({ "kty": "EC", "crv": "P-256", "use": "enc" }));
        assert_eq!(read(json!([good, unknown, other])), Ok(1));
        let secret = json!({ "kty": "oct", "k": "AA" });
        assert_eq!(read(json!([good, secret])), Err((ErrorCode::JwkRefused, "keys.1".into())));
        let broken = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" });
        assert_eq!(read(json!([broken])), Err((ErrorCode::JwkMalformed, "keys.0.x".into())));
    }
}
