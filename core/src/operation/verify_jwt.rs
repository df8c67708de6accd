//! `verify_jwt`: whether a token is good, and what it says.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

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
    url::path::Path,
};

/// What to verify.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Unix seconds.
    pub now: u64,
    /// The token. Its claims `path`, `path_prefix` and `device` mean what they mean in a bound token.
    pub token: Secret,
    /// The keys that it may be signed with, 32 with those of `jwks`. Whatever keys a header carries are not looked at.
    #[serde(default)]
    pub keys: Vec<VerificationKey>,
    /// More of them, as a JWK set.
    pub jwks: Option<JwkSet>,
    /// What it has to say.
    #[serde(default)]
    pub policy: Policy,
    /// The path that it is presented for. A token that is bound to a path is good for no other occasion.
    pub path: Option<String>,
    /// Accepts, where there is a `path`, a token that is bound to none.
    #[serde(default)]
    pub allow_unbound: bool,
    /// The device that presents it. A token that is bound to a device is good for no other.
    pub device: Option<String>,
}

/// What the token says.
pub type Response = Verified;

/// Verifies the token.
///
/// # Errors
/// For the request: `FieldInvalid`, `UrlPathRefused`, `JwkSetAmbiguous`, `JwkMalformed`, `JwkRefused`, `KeyTooSmall`,
/// `KeyUnsupported`, `KeyMalformed`, `PemMalformed`, `JwtAlgorithmRefused` at a key. For the token, in this order:
/// `RequestTooLarge`, `JwtMalformed`, `JwtCriticalHeaderUnknown`, `JwtAlgorithmRefused`, `JwtKeyUnknown`,
/// `JwtKeyOutsideValidity`, `JwtSignatureInvalid`, `JwtTypeRefused`, `JwtClaimMissing`, `JwtClaimInvalid`, `JwtExpired`,
/// `JwtNotYetValid`, `JwtLifetimeRefused`, `JwtIssuerRefused`, `JwtSubjectRefused`, `JwtAudienceRefused`,
/// `JwtPathRefused`, `JwtDeviceRefused`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Request { now, token, keys, jwks, policy, path, allow_unbound, device } = request;
    let path = path.as_deref().map(Path::read).transpose().map_err(|error| error.at("path"))?;
    verification::check_device(device.as_deref())?;
    let occasion = Occasion { path: path.as_ref(), allow_unbound, device: device.as_deref() };
    let verification = Verification { now, keys: &keys, jwks: jwks.as_ref(), policy: &policy };
    Ok(verification.verify(token.expose(), &occasion)?)
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use base64ct::{Base64UrlUnpadded, Encoding};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        algorithm::SignatureScheme,
        error::{Error, ErrorCode},
        operation::mint_jwt,
        testing::{NOW, TestKeys, both_ways, private_key},
    };

    fn mint(key: &str, fields: &Value) -> String {
        let mut request = json!({ "now": NOW, "key": TestKeys::reference(key) });
        merge(&mut request, fields);
        let minted = both_ways(|keys| mint_jwt::run(serde_json::from_value(request.clone()).unwrap(), keys));
        minted.unwrap().token.expose().into()
    }

    /// A compatible token, good for an hour.
    fn compatible(key: &str) -> String {
        mint(
            key,
            &json!({ "token": { "shape": "compatible", "subject": "s", "issuer": "i", "lifetime_seconds": 3600 } }),
        )
    }

    fn bound(key: &str, more: &Value) -> String {
        let mut token = json!({ "shape": "bound", "lifetime_seconds": 3600 });
        merge(&mut token, more);
        mint(key, &json!({ "token": token }))
    }

    /// A token that says anything, signed by a key of the tests.
    fn signed(key: &str, scheme: SignatureScheme, header: &str, claims: &str) -> String {
        let encode = Base64UrlUnpadded::encode_string;
        let input = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = TestKeys::ring().sign_raw(key, scheme, input.as_bytes()).unwrap();
        format!("{input}.{}", encode(&signature))
    }

    fn es256(claims: &str) -> String {
        signed("p256", SignatureScheme::EcdsaP256Sha256, r#"{"alg":"ES256"}"#, claims)
    }

    fn merge(into: &mut Value, fields: &Value) {
        for (name, value) in fields.as_object().unwrap() {
            into[name] = value.clone();
        }
    }

    fn pem(id: &str) -> String {
        private_key(id).public_key().to_pem().unwrap()
    }

    fn verify(token: &str, fields: &Value) -> Result<Value, Error> {
        let mut request = json!({ "now": NOW, "token": token, "keys": [{ "public_key": pem("p256") }] });
        merge(&mut request, fields);
        both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys))
            .map(|response| serde_json::to_value(response).unwrap())
    }

    fn code(token: &str, fields: &Value) -> ErrorCode {
        verify(token, fields).unwrap_err().code
    }

    #[test]
    fn what_is_minted_is_good() {
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
            let token = json!({ "shape": "bound", "lifetime_seconds": 60, "issuer": "i", "subject": "s", "kid": "k" });
            let token = mint(key, &json!({ "algorithm": algorithm, "token": token }));
            let keys = json!([{ "public_key": pem(key), "kid": "k", "algorithm": algorithm }]);
            let verified = verify(&token, &json!({ "keys": keys })).unwrap();
            assert_eq!(verified["header"], json!({ "alg": algorithm, "kid": "k", "typ": "JWT" }));
            let wanted = json!({ "iss": "i", "sub": "s", "exp": NOW + 60, "nbf": NOW, "iat": NOW });
            assert_eq!(verified["claims"], wanted);
            let told = ["kid", "issuer", "subject", "expires"].map(|name| verified[name].clone());
            assert_eq!(told, [json!("k"), json!("i"), json!("s"), json!(NOW + 60)]);
        }
    }

    /// The key decides, not the token.
    #[test]
    fn no_algorithm_but_the_keys_own() {
        let keys = |id: &str, algorithm: Value| json!({ "keys": [{ "public_key": pem(id), "algorithm": algorithm }] });
        let with = |algorithm: &str| {
            let token =
                json!({ "shape": "compatible", "subject": "s", "issuer": "i", "lifetime_seconds": 60 });
            mint("device", &json!({ "algorithm": algorithm, "token": token }))
        };
        for (made, declared, good) in [
            ("RS256", Value::Null, true),
            ("RS512", Value::Null, false),
            ("PS256", Value::Null, false),
            ("RS512", json!("RS"), true),
            ("PS256", json!("RS"), false),
            ("PS512", json!("PS"), true),
            ("RS256", json!("PS"), false),
            ("RS384", json!("RS384"), true),
            ("RS256", json!("RS384"), false),
        ] {
            let verdict = verify(&with(made), &keys("device", declared.clone()))
                .map(|_| ())
                .map_err(|error| error.code);
            let wanted = if good { Ok(()) } else { Err(ErrorCode::JwtAlgorithmRefused) };
            assert_eq!(verdict, wanted, "{made} {declared}");
        }
        for (id, algorithm) in
            [("p256", "ES384"), ("p256", "RS256"), ("device", "ES256"), ("device", "EdDSA"), ("p384", "PS")]
        {
            let error = verify(&compatible("p256"), &keys(id, json!(algorithm))).unwrap_err();
            assert_eq!(
                (error.code, error.at.as_deref()),
                (ErrorCode::JwtAlgorithmRefused, Some("keys.0.algorithm"))
            );
        }
    }

    /// `none`, and HMAC with the public key as its secret.
    #[test]
    fn nothing_is_a_signature_but_a_signature() {
        let claims = format!(r#"{{"exp":{}}}"#, NOW + 60);
        let encode = Base64UrlUnpadded::encode_string;
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"None"}"#, r#"{"alg":"HS256"}"#, r#"{"alg":"ES256K"}"#]
        {
            let token = format!("{}.{}.AA", encode(header.as_bytes()), encode(claims.as_bytes()));
            assert_eq!(code(&token, &json!({})), ErrorCode::JwtAlgorithmRefused, "{header}");
        }
        assert_eq!(
            code(&format!("{}.{}.", encode(br#"{"alg":"none"}"#), encode(b"{}")), &json!({})),
            ErrorCode::JwtMalformed
        );
        // The key of an attacker comes with the token, and it is signed by that.
        let jwk = crate::jwk::Parameters::of(private_key("ed25519").public_key()).unwrap();
        let header = json!({ "alg": "EdDSA", "jwk": jwk, "jku": "https://attacker.example/", "x5c": ["AA"] })
            .to_string();
        let token = signed("ed25519", SignatureScheme::Ed25519, &header, &claims);
        assert_eq!(code(&token, &json!({})), ErrorCode::JwtAlgorithmRefused);
        let header = json!({ "alg": "ES256", "jwk": jwk }).to_string();
        let token = signed("ed25519", SignatureScheme::Ed25519, &header, &claims);
        assert_eq!(code(&token, &json!({})), ErrorCode::JwtSignatureInvalid);
        let crit =
            signed("p256", SignatureScheme::EcdsaP256Sha256, r#"{"alg":"ES256","crit":["exp"]}"#, &claims);
        assert_eq!(code(&crit, &json!({})), ErrorCode::JwtCriticalHeaderUnknown);
    }

    #[test]
    fn one_octet_changed_and_it_is_not_good() {
        let token = compatible("p256");
        verify(&token, &json!({})).unwrap();
        assert_eq!(
            code(&token, &json!({ "keys": [{ "public_key": pem("p384") }] })),
            ErrorCode::JwtAlgorithmRefused
        );
        let device = compatible("device");
        assert_eq!(
            code(&device, &json!({ "keys": [{ "public_key": pem("other") }] })),
            ErrorCode::JwtSignatureInvalid
        );
        for at in (0..token.len()).step_by(7) {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'B' { b'C' } else { b'B' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(verify(&changed, &json!({})).is_err(), "{at}");
        }
        let (input, signature) = token.rsplit_once('.').unwrap();
        let raw = Base64UrlUnpadded::decode_vec(signature).unwrap();
        let n = [
            0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
            0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
        ];
        let der = crate::testing::private_key("p256")
            .sign(SignatureScheme::EcdsaP256Sha256, input.as_bytes())
            .unwrap();
        for other in [
            &raw[1..],
            &[&raw[..], &[0]].concat(),
            &[&[0], &raw[..]].concat(),
            &[&[0; 32], &raw[32..]].concat(),
            &[&raw[..32], &[0; 32]].concat(),
            &[&raw[..32], &n].concat(),
            &[0; 64],
            &der,
        ] {
            let token = format!("{input}.{}", Base64UrlUnpadded::encode_string(other));
            assert_eq!(code(&token, &json!({})), ErrorCode::JwtSignatureInvalid);
        }
    }

    #[test]
    fn keys_are_rotated_with_overlap() {
        let old = bound("device", &json!({ "kid": "old" }));
        let new = bound("other", &json!({ "kid": "new" }));
        let keys = json!({ "keys": [
            { "kid": "old", "public_key": pem("device"), "expires": NOW + 10 },
            { "kid": "new", "public_key": pem("other"), "not_before": NOW - 10 },
        ] });
        let at = |token: &str, now: u64| {
            let mut fields = keys.clone();
            fields["now"] = json!(now);
            verify(token, &fields).map(|_| ()).map_err(|error| error.code)
        };
        assert_eq!((at(&old, NOW), at(&new, NOW)), (Ok(()), Ok(())));
        assert_eq!((at(&old, NOW + 9), at(&old, NOW + 10)), (Ok(()), Err(ErrorCode::JwtKeyOutsideValidity)));
        assert_eq!((at(&new, NOW - 10), at(&new, NOW - 11)), (Ok(()), Err(ErrorCode::JwtKeyOutsideValidity)));
        let gone = bound("device", &json!({ "kid": "gone" }));
        assert_eq!(code(&gone, &keys), ErrorCode::JwtKeyUnknown);
        // A token that names no key is tried with each.
        assert_eq!((at(&compatible("device"), NOW), at(&compatible("other"), NOW)), (Ok(()), Ok(())));
        assert_eq!(at(&compatible("root"), NOW), Err(ErrorCode::JwtSignatureInvalid));
        // A key without an id is one of any.
        let nameless =
            json!({ "keys": [{ "public_key": pem("device") }, { "kid": "x", "public_key": pem("other") }] });
        verify(&old, &nameless).unwrap();
        assert_eq!(code(&new, &nameless), ErrorCode::JwtSignatureInvalid);
    }

    #[test]
    fn keys_come_as_jwk_too() {
        let key = private_key("p256").public_key().clone();
        let jwk = json!(
            crate::jwk::Jwk::new(&key, "k".into(), crate::jwt::algorithm::JwsAlgorithm::Es256).unwrap()
        );
        let token = bound("p256", &json!({ "kid": "k" }));
        verify(&token, &json!({ "keys": [{ "jwk": jwk }] })).unwrap();
        verify(&token, &json!({ "keys": [], "jwks": { "keys": [jwk, { "kty": "AKP" }] } })).unwrap();
        let refused = |fields: Value| {
            let error = verify(&token, &fields).unwrap_err();
            (error.code, error.at.unwrap_or_default())
        };
        assert_eq!(
            refused(json!({ "keys": [{ "jwk": jwk }], "jwks": { "keys": [jwk] } })).0,
            ErrorCode::JwkSetAmbiguous
        );
        assert_eq!(
            refused(json!({ "keys": [], "jwks": { "keys": [{ "kty": "AKP" }] } })).0,
            ErrorCode::JwtKeyUnknown
        );
        let secret = json!({ "kty": "oct", "k": "AA" });
        assert_eq!(
            refused(json!({ "jwks": { "keys": [secret] } })),
            (ErrorCode::JwkRefused, "jwks.keys.0".into())
        );
        assert_eq!(
            refused(json!({ "keys": [{ "jwk": secret }] })),
            (ErrorCode::JwkRefused, "keys.0.jwk".into())
        );
        for (key, at) in [
            (json!({}), "keys.0."),
            (json!({ "jwk": jwk, "public_key": pem("p256") }), "keys.0."),
            (json!({ "jwk": jwk, "kid": "other" }), "keys.0.kid"),
            (json!({ "public_key": pem("p256"), "max_lifetime_seconds": 0 }), "keys.0.max_lifetime_seconds"),
        ] {
            let (code, found) = refused(json!({ "keys": [key] }));
            assert_eq!((code, found.as_str()), (ErrorCode::FieldInvalid, at.trim_end_matches('.')));
        }
        assert_eq!(
            refused(json!({ "keys": [{ "jwk": jwk, "algorithm": "ES384" }] })).0,
            ErrorCode::JwtAlgorithmRefused
        );
        assert_eq!(refused(json!({ "keys": [] })), (ErrorCode::FieldInvalid, "keys".into()));
        let small = include_str!("../../../tests/vectors/keys/rsa-1024.pub.pem");
        assert_eq!(refused(json!({ "keys": [{ "public_key": small }] })).0, ErrorCode::KeyTooSmall);
    }

    #[test]
    fn times_are_held_against_the_clock() {
        let at = |claims: &Value, now: u64| {
            verify(&es256(&claims.to_string()), &json!({ "now": now }))
                .map(|_| ())
                .map_err(|error| error.code)
        };
        let expires = json!({ "exp": NOW });
        assert_eq!((at(&expires, NOW + 59), at(&expires, NOW + 60)), (Ok(()), Err(ErrorCode::JwtExpired)));
        let fraction = json!({ "exp": 1_795_000_000.5 });
        assert_eq!((at(&fraction, NOW + 60), at(&fraction, NOW + 61)), (Ok(()), Err(ErrorCode::JwtExpired)));
        for name in ["nbf", "iat"] {
            let mut claims = json!({ "exp": NOW + 600 });
            claims[name] = json!(NOW);
            assert_eq!(
                (at(&claims, NOW - 60), at(&claims, NOW - 61)),
                (Ok(()), Err(ErrorCode::JwtNotYetValid)),
                "{name}"
            );
        }
        assert_eq!(at(&json!({}), NOW), Err(ErrorCode::JwtClaimMissing));
        assert_eq!(at(&json!({ "exp": "1795000000" }), NOW), Err(ErrorCode::JwtClaimInvalid));
        assert_eq!(at(&json!({ "exp": NOW, "nbf": [] }), NOW), Err(ErrorCode::JwtClaimInvalid));
        let exact = json!({ "policy": { "clock_skew_seconds": 0 }, "now": NOW });
        assert_eq!(code(&es256(&expires.to_string()), &exact), ErrorCode::JwtExpired);
        verify(&es256("{}"), &json!({ "policy": { "allow_without_expiry": true } })).unwrap();
        // By the name of the policy, and still by its usual one.
        let named = json!({ "policy": { "names": { "expires": "until" } } });
        verify(&es256(&json!({ "until": NOW + 1 }).to_string()), &named).unwrap();
        assert_eq!(
            code(&es256(&json!({ "until": NOW + 1, "exp": NOW - 100 }).to_string()), &named),
            ErrorCode::JwtExpired
        );
        assert_eq!(code(&es256(&expires.to_string()), &named), ErrorCode::JwtClaimMissing);
    }

    /// For how long a download stays possible.
    #[test]
    fn a_token_is_good_for_no_longer_than_its_key_says() {
        let with = |claims: &Value, key: Value, policy: Value| {
            let fields = json!({
                "keys": [{ "public_key": pem("p256"), "max_lifetime_seconds": key }], "policy": { "max_lifetime_seconds": policy },
            });
            verify(&es256(&claims.to_string()), &fields).map(|_| ()).map_err(|error| error.code)
        };
        let hour = json!({ "exp": NOW + 3600, "iat": NOW });
        let refused = Err(ErrorCode::JwtLifetimeRefused);
        assert_eq!(with(&hour, json!(3600), Value::Null), Ok(()));
        assert_eq!(with(&hour, json!(3599), Value::Null), refused);
        assert_eq!(with(&hour, Value::Null, json!(3599)), refused);
        assert_eq!(with(&json!({ "exp": NOW + 3600 }), json!(3500), Value::Null), refused);
        // Nearly over, but it was made to last.
        assert_eq!(with(&json!({ "exp": NOW + 10, "iat": NOW - 7200 }), json!(3600), Value::Null), refused);
        let fields = json!({ "policy": { "max_lifetime_seconds": 60, "allow_without_expiry": true } });
        assert_eq!(code(&es256("{}"), &fields), ErrorCode::JwtLifetimeRefused);
    }

    #[test]
    fn claims_have_to_be_the_ones_asked_for() {
        let with = |claims: &Value, policy: &Value| {
            let mut all = json!({ "exp": NOW + 60 });
            merge(&mut all, claims);
            verify(&es256(&all.to_string()), &json!({ "policy": policy }))
                .map(|_| ())
                .map_err(|error| error.code)
        };
        for (claims, policy, wanted) in [
            (json!({ "iss": "a" }), json!({ "issuers": ["b", "a"] }), Ok(())),
            (json!({ "iss": "a" }), json!({ "issuers": ["b"] }), Err(ErrorCode::JwtIssuerRefused)),
            (json!({ "iss": "a" }), json!({ "issuers": ["A"] }), Err(ErrorCode::JwtIssuerRefused)),
            (json!({}), json!({ "issuers": ["b"] }), Err(ErrorCode::JwtClaimMissing)),
            (json!({ "iss": ["b"] }), json!({ "issuers": ["b"] }), Err(ErrorCode::JwtClaimInvalid)),
            (json!({ "app": "b" }), json!({ "issuers": ["b"], "names": { "issuer": "app" } }), Ok(())),
            (json!({ "sub": "a" }), json!({ "subject": "a" }), Ok(())),
            (json!({ "sub": "a" }), json!({ "subject": "b" }), Err(ErrorCode::JwtSubjectRefused)),
            (json!({}), json!({ "subject": "b" }), Err(ErrorCode::JwtClaimMissing)),
            (json!({ "aud": "a" }), json!({ "audience": "a" }), Ok(())),
            (json!({ "aud": ["b", "a"] }), json!({ "audience": "a" }), Ok(())),
            (json!({ "aud": ["b"] }), json!({ "audience": "a" }), Err(ErrorCode::JwtAudienceRefused)),
            (json!({ "aud": [] }), json!({ "audience": "a" }), Err(ErrorCode::JwtAudienceRefused)),
            (json!({ "aud": "a" }), json!({}), Err(ErrorCode::JwtAudienceRefused)),
            (json!({}), json!({ "audience": "a" }), Err(ErrorCode::JwtClaimMissing)),
            (json!({ "aud": 7 }), json!({}), Err(ErrorCode::JwtClaimInvalid)),
            (json!({ "jti": 7 }), json!({}), Err(ErrorCode::JwtClaimInvalid)),
            (json!({ "x": null }), json!({ "required": ["x", "exp"] }), Ok(())),
            (json!({}), json!({ "required": ["jti"] }), Err(ErrorCode::JwtClaimMissing)),
            (json!({}), json!({ "type": "JWT" }), Err(ErrorCode::JwtTypeRefused)),
            (json!({}), json!({ "subject": "" }), Err(ErrorCode::FieldInvalid)),
            (json!({}), json!({ "clock_skew_seconds": 601 }), Err(ErrorCode::FieldInvalid)),
            (json!({}), json!({ "max_lifetime_seconds": 0 }), Err(ErrorCode::FieldInvalid)),
            (json!({}), json!({ "names": { "subject": "iss" } }), Err(ErrorCode::FieldInvalid)),
        ] {
            assert_eq!(with(&claims, &policy), wanted, "{claims} {policy}");
        }
        let token = bound("p256", &json!({ "type": "content+JWT" }));
        for (wanted, good) in [("content+jwt", true), ("application/content+jwt", true), ("JWT", false)] {
            assert_eq!(verify(&token, &json!({ "policy": { "type": wanted } })).is_ok(), good, "{wanted}");
        }
    }

    #[test]
    fn claims_that_can_be_read_in_two_ways_are_refused() {
        for claims in [r#"{"exp":1,"exp":99999999999}"#, "[1]", "foo", "", "{\"exp\":1}\u{0}"] {
            assert_eq!(code(&es256(claims), &json!({})), ErrorCode::JwtMalformed, "{claims}");
        }
        let long = "A".repeat(20_000);
        assert_eq!(code(&long, &json!({})), ErrorCode::RequestTooLarge);
    }

    #[test]
    fn bindings_are_checked_or_the_token_is_not_good() {
        let token = bound("p256", &json!({ "path": { "exact": "/a/b" }, "device": "d1" }));
        let with = |path: Value, device: Value| {
            verify(&token, &json!({ "path": path, "device": device })).map(|_| ()).map_err(|error| error.code)
        };
        assert_eq!(with(json!("/a/b"), json!("d1")), Ok(()));
        assert_eq!(with(json!("/a/bc"), json!("d1")), Err(ErrorCode::JwtPathRefused));
        assert_eq!(with(Value::Null, json!("d1")), Err(ErrorCode::JwtPathRefused));
        assert_eq!(with(json!("/a/b"), json!("d2")), Err(ErrorCode::JwtDeviceRefused));
        assert_eq!(with(json!("/a/b"), Value::Null), Err(ErrorCode::JwtDeviceRefused));
        assert_eq!(with(json!("/a/b/../c"), json!("d1")), Err(ErrorCode::UrlPathRefused));
        assert_eq!(with(json!("/a/b"), json!("")), Err(ErrorCode::FieldInvalid));
        let unbound = compatible("p256");
        assert_eq!(code(&unbound, &json!({ "path": "/a" })), ErrorCode::JwtPathRefused);
        verify(&unbound, &json!({ "path": "/a", "allow_unbound": true })).unwrap();
    }

    /// Whatever `openssl genrsa` wrote, in each of its forms: read, kept, and a token is good under its public half.
    #[test]
    fn keys_of_openssl_sign() {
        let inputs = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/inputs/");
        for (name, password) in [
            ("key-pkcs1.pem", None),
            ("key-dek-info.pem", Some("correct horse")),
            ("key-dek-info-des.pem", Some("correct horse")),
            ("key-encrypted.pem", Some("secret")),
        ] {
            let text = std::fs::read_to_string(format!("{inputs}{name}")).unwrap();
            let request = json!({ "input": text, "password": password });
            let ring = crate::KeyRing::new();
            let mut keys = Keys::new(&ring, Vec::new());
            let read =
                crate::operation::read_private_key::run(serde_json::from_value(request).unwrap(), &mut keys);
            let read = read.unwrap_or_else(|halt| panic!("{name}: {halt:?}"));
            let mut ring = crate::KeyRing::new();
            ring.import("downloads", read.private_key.expose().as_bytes()).unwrap();
            let token =
                json!({ "shape": "compatible", "subject": "s", "issuer": "i", "lifetime_seconds": 60 });
            let request = json!({ "now": NOW, "key": { "id": "downloads" }, "token": token });
            let mut keys = Keys::new(&ring, Vec::new());
            let minted = mint_jwt::run(serde_json::from_value(request).unwrap(), &mut keys).unwrap();
            verify(minted.token.expose(), &json!({ "keys": [{ "public_key": read.public_key }] })).unwrap();
        }
    }
}
