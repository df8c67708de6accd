//! `mint_jwt`: a token, of one of two shapes; see [`crate::jwt`].

use serde::Deserialize;

use crate::{
    jwt::{
        algorithm::JwsAlgorithm,
        shape::{Minted, Minting, Shape},
    },
    keys::{Halt, KeyReference, Keys},
    seed::Seed,
};

/// What to mint.
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
    /// The shape, and what it says.
    pub token: Shape,
}

/// The token, its algorithm, the ids of key and token where it has them, and when it ends.
pub type Response = Minted;

/// Makes the token; asks the key for one signature.
///
/// # Errors
/// `FieldInvalid`, `UrlPathRefused`, `JwtLifetimeRefused`, `JwtAlgorithmRefused`, `JwtKeyOutsideValidity`, `JwkMalformed`
/// for a kid that is none, `RequestTooLarge` for a token over 16 KiB, `KeyTooSmall`, `KeyUnknown`, `KeyUnsupported`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, seed, key, algorithm, key_expires, token } = request;
    let minting = Minting { now, seed: seed.as_ref(), key: &key, algorithm, key_expires };
    minting.mint(&token, None, keys)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use base64ct::{Base64UrlUnpadded, Encoding};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        error::{Error, ErrorCode},
        jwt::MAX_LIFETIME_SECONDS,
        testing::{NOW, TestKeys, both_ways, private_key},
    };

    fn mint(key: &str, fields: Value) -> Result<Minted, Error> {
        both_ways(|keys| {
            let mut request = json!({ "now": NOW, "key": TestKeys::reference(key) });
            for (name, value) in fields.as_object().unwrap() {
                request[name] = value.clone();
            }
            run(serde_json::from_value(request).unwrap(), keys)
        })
    }

    fn parts(minted: &Minted) -> (String, String) {
        let mut parts = minted.token.expose().split('.');
        let mut next =
            || String::from_utf8(Base64UrlUnpadded::decode_vec(parts.next().unwrap()).unwrap()).unwrap();
        (next(), next())
    }

    fn compatible(more: Value) -> Value {
        let mut token = json!({ "shape": "compatible", "subject": "file \"ä\"/1", "issuer": "portal", "lifetime_seconds": 3600 });
        for (name, value) in more.as_object().unwrap() {
            token[name] = value.clone();
        }
        token
    }

    /// Octet for octet what the simplest writer writes.
    #[test]
    fn the_compatible_shape_is_exact() {
        let minted = mint("device", json!({ "token": compatible(json!({})) })).unwrap();
        let header = r#"{"alg":"RS256"}"#;
        let claims = r#"{"sub":"file \"ä\"/1","iss":"portal","exp":1795003600}"#;
        assert_eq!(parts(&minted), (header.into(), claims.into()));
        let encode = Base64UrlUnpadded::encode_string;
        let input = alloc::format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = private_key("device").sign(JwsAlgorithm::Rs256.scheme(), input.as_bytes()).unwrap();
        assert_eq!(minted.token.expose(), alloc::format!("{input}.{}", encode(&signature)));
        assert_eq!((minted.expires, minted.kid, minted.jti), (NOW + 3600, None, None));

        let names = json!({ "names": { "subject": "user", "expires": "until" } });
        let minted = mint("device", json!({ "token": compatible(names) })).unwrap();
        assert_eq!(parts(&minted).1, r#"{"user":"file \"ä\"/1","iss":"portal","until":1795003600}"#);
    }

    #[test]
    fn the_bound_shape_says_what_it_is_told() {
        let token = json!({ "shape": "bound", "lifetime_seconds": 60 });
        let minted = mint("ed25519", json!({ "token": token })).unwrap();
        let kid = crate::jwk::thumbprint(private_key("ed25519").public_key()).unwrap();
        assert_eq!(parts(&minted).0, alloc::format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"JWT"}}"#));
        assert_eq!(parts(&minted).1, r#"{"exp":1795000060,"nbf":1795000000,"iat":1795000000}"#);

        let token = json!({
            "shape": "bound", "lifetime_seconds": 60, "kid": "k1", "type": "content+jwt", "issuer": "portal", "subject": "u1",
            "audience": ["files", "more"], "path": { "prefix": "/%61/b" }, "device": "d1", "not_before": NOW + 5,
            "jti": { "given": "t1" },
        });
        let minted = mint("p256", json!({ "token": token })).unwrap();
        assert_eq!(parts(&minted).0, r#"{"alg":"ES256","kid":"k1","typ":"content+jwt"}"#);
        assert_eq!(
            parts(&minted).1,
            r#"{"iss":"portal","sub":"u1","aud":["files","more"],"exp":1795000065,"nbf":1795000005,"iat":1795000000,"jti":"t1","path_prefix":"/a/b","device":"d1"}"#
        );
        assert_eq!(
            (minted.kid.as_deref(), minted.jti.as_deref(), minted.expires),
            (Some("k1"), Some("t1"), NOW + 65)
        );
    }

    #[test]
    fn each_algorithm_signs() {
        for (key, algorithm) in [
            ("device", "RS256"),
            ("device", "RS384"),
            ("device", "RS512"),
            ("device", "PS256"),
            ("device", "PS384"),
            ("device", "PS512"),
            ("p256", "ES256"),
            ("p384", "ES384"),
            ("ed25519", "EdDSA"),
            ("ed25519", "Ed25519"),
        ] {
            let minted =
                mint(key, json!({ "algorithm": algorithm, "token": compatible(json!({})) })).unwrap();
            assert_eq!(parts(&minted).0, alloc::format!(r#"{{"alg":"{algorithm}"}}"#));
        }
        let refused =
            mint("p256", json!({ "algorithm": "ES384", "token": compatible(json!({})) })).unwrap_err();
        assert_eq!(
            (refused.code, refused.at.as_deref()),
            (ErrorCode::JwtAlgorithmRefused, Some("algorithm"))
        );
    }

    #[test]
    fn a_random_id_takes_a_seed() {
        let token = json!({ "shape": "bound", "lifetime_seconds": 60, "jti": "random" });
        let jti = |seed: u8, token: &Value| {
            let seed = Seed::new([seed; 32]);
            mint("p256", json!({ "seed": seed, "token": token })).unwrap().jti.unwrap()
        };
        assert_eq!(jti(1, &token).len(), 22);
        assert_eq!(jti(1, &token), jti(1, &token));
        assert_ne!(jti(1, &token), jti(2, &token));
        let mut other = token.clone();
        other["subject"] = json!("u2");
        assert_ne!(jti(1, &token), jti(1, &other));
        let refused = mint("p256", json!({ "token": token })).unwrap_err();
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::FieldInvalid, Some("token.jti")));
    }

    #[test]
    fn no_token_outlives_its_key() {
        let expires = |at: u64| mint("device", json!({ "key_expires": at, "token": compatible(json!({})) }));
        assert_eq!(expires(NOW + 10).unwrap().expires, NOW + 10);
        assert_eq!(expires(NOW + 9999).unwrap().expires, NOW + 3600);
        assert_eq!(expires(NOW).unwrap_err().code, ErrorCode::JwtKeyOutsideValidity);
    }

    #[test]
    fn what_cannot_be_minted_is_told() {
        let code = |fields: Value| {
            let error = mint("device", json!({ "token": fields })).unwrap_err();
            (error.code, error.at.unwrap())
        };
        let bound = |name: &str, value: Value| {
            let mut token = json!({ "shape": "bound", "lifetime_seconds": 60 });
            token[name] = value;
            code(token)
        };
        let too_long = MAX_LIFETIME_SECONDS + 1;
        for seconds in [0, too_long] {
            let wanted = (ErrorCode::JwtLifetimeRefused, "token.lifetime_seconds".into());
            assert_eq!(code(compatible(json!({ "lifetime_seconds": seconds }))), wanted);
        }
        for (name, value) in
            [("subject", json!("")), ("issuer", json!("a\n")), ("names", json!({ "subject": "iss" }))]
        {
            let wanted = (ErrorCode::FieldInvalid, alloc::format!("token.{name}"));
            let mut more = json!({});
            more[name] = value;
            assert_eq!(code(compatible(more)), wanted);
        }
        for (name, value, wanted) in [
            ("path", json!({ "exact": "/a/../b" }), ErrorCode::UrlPathRefused),
            ("kid", json!(""), ErrorCode::JwkMalformed),
            ("device", json!("\u{0}"), ErrorCode::FieldInvalid),
            ("audience", json!(alloc::vec!["a"; 33]), ErrorCode::FieldInvalid),
            ("not_before", json!(NOW - 1), ErrorCode::FieldInvalid),
            ("not_before", json!(u64::MAX), ErrorCode::FieldInvalid),
        ] {
            assert_eq!(bound(name, value), (wanted, alloc::format!("token.{name}")));
        }
        let audience: alloc::vec::Vec<_> = (0..32).map(|_| "a".repeat(1000)).collect();
        let token = json!({ "shape": "bound", "lifetime_seconds": 60, "audience": audience });
        assert_eq!(mint("device", json!({ "token": token })).unwrap_err().code, ErrorCode::RequestTooLarge);
    }

    #[test]
    fn small_keys_sign_nothing() {
        let public_key = include_str!("../../../tests/vectors/keys/rsa-1024.pub.pem");
        let request = json!({ "now": NOW, "key": { "id": "k", "public_key": public_key }, "token": compatible(json!({})) });
        let ring = crate::KeyRing::new();
        let halt =
            run(serde_json::from_value(request).unwrap(), &mut Keys::new(&ring, alloc::vec![])).unwrap_err();
        let Halt::Error(error) = halt else { panic!("a small key was asked for a signature") };
        assert_eq!((error.code, error.at.as_deref()), (ErrorCode::KeyTooSmall, Some("key")));
    }

    #[test]
    fn fields_that_are_not_known_are_refused() {
        for token in [
            compatible(json!({ "kid": "k" })),
            json!({ "shape": "bound", "lifetime_seconds": 1, "names": {} }),
            json!({ "shape": "other", "lifetime_seconds": 1 }),
            compatible(json!({ "names": { "audience": "a" } })),
        ] {
            assert!(serde_json::from_value::<Shape>(token).is_err());
        }
    }
}
