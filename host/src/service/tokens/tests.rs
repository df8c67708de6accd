//! Keys from their beginning to their end, and what they sign.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use super::*;
use crate::guest::{self, Limits};
use crate::store::TokenKeyState;

struct Host {
    folder: tempfile::TempDir,
    tokens: Tokens,
}

async fn host() -> Host {
    host_with(config::Tokens::default()).await
}

async fn host_with(settings: config::Tokens) -> Host {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("s.sqlite"), true).await.unwrap();
    let keys = folder.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    let deadline = Duration::from_secs(60);
    let limits = Limits { instances: 2, memory_bytes: 64 << 20, deadline };
    let guest = Guest::load(Some(guest::cache()), limits).unwrap();
    let keys = Arc::new(KeyStore::open(&keys, Passphrase::from("correct horse")));
    let tokens = Tokens { guest, keys, store: Arc::new(store), settings, published: Mutex::default() };
    Host { folder, tokens }
}

fn generated(algorithm: &str) -> Material {
    Material::Generate { algorithm: Some(algorithm.to_owned()), rsa_bits: None }
}

fn uploaded(pem: &str, password: Option<&str>) -> Material {
    Material::Upload {
        private_key: Zeroizing::new(pem.to_owned()),
        password: password.map(|password| Zeroizing::new(password.to_owned())),
        algorithm: None,
    }
}

fn request(key: &str) -> TokenRequest {
    serde_json::from_value(json!({ "key": key, "subject": "app-1" })).unwrap()
}

impl Host {
    async fn create(&self, name: &str, material: Material) -> Result<TokenKey, TokenError> {
        let new = NewKey { name: name.to_owned(), material, validity_seconds: 600 };
        self.tokens.create(new, "ada".to_owned()).await
    }

    async fn rotate(&self, name: &str, material: Material, at_once: bool) -> Result<TokenKey, TokenError> {
        let rotation = Rotation { name: name.to_owned(), material, validity_seconds: None, at_once };
        self.tokens.rotate(rotation, "ada".to_owned()).await
    }

    async fn url(&self, key: &str) -> String {
        self.tokens.sign_url("/a/b", &request(key)).await.unwrap().url
    }

    async fn opens(&self, url: &str) -> Result<Opened, String> {
        let opened = self.tokens.verify_url(url, Presented::default()).await;
        opened.map_err(|error| error.refusal().unwrap_or_else(|| panic!("{error}")).code.clone())
    }

    fn key_files(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("keys")).unwrap().count()
    }
}

#[tokio::test]
async fn each_algorithm_signs_what_it_verifies() {
    let host = host().await;
    for algorithm in ["RS256", "PS384", "ES256", "ES384", "EdDSA"] {
        let key = host.create(algorithm, generated(algorithm)).await.unwrap();
        assert_eq!((key.algorithm.as_str(), key.generation), (algorithm, 1));
        let opened = host.opens(&host.url(algorithm).await).await.unwrap();
        assert_eq!((opened.path.as_str(), opened.kid), ("/a/b", Some(key.kid)));
        assert_eq!(opened.claims["aud"], "downloads");
    }
    let set = host.tokens.jwks().await.unwrap();
    let parsed: Value = serde_json::from_slice(&set.body).unwrap();
    assert_eq!(parsed["keys"].as_array().unwrap().len(), 5);
    assert!(Arc::ptr_eq(&set, &host.tokens.jwks().await.unwrap()), "it is written once");
    for algorithm in ["none", "HS256", "ES512", "rs256"] {
        let refused = host.create("other", generated(algorithm)).await.unwrap_err();
        assert!(matches!(&refused, TokenError::Invalid(text) if text.contains("RS256")), "{refused}");
    }
}

#[tokio::test]
async fn a_rotated_key_verifies_and_signs_no_more() {
    let host = host().await;
    let first = host.create("files", generated("ES256")).await.unwrap();
    let before = host.url("files").await;
    let set = host.tokens.jwks().await.unwrap();
    let same = Material::Generate { algorithm: None, rsa_bits: None };
    let second = host.rotate("files", same, false).await.unwrap();
    assert_eq!((second.generation, second.algorithm.as_str()), (2, "ES256"));
    assert_eq!(second.validity_seconds, first.validity_seconds);
    assert_eq!(host.opens(&before).await.unwrap().kid, Some(first.kid.clone()));
    assert_eq!(host.opens(&host.url("files").await).await.unwrap().kid, Some(second.kid));
    assert_eq!(host.key_files(), 1, "what signs no more has no private half");
    let now = host.tokens.jwks().await.unwrap();
    let keys = |set: &JwkSet| serde_json::from_slice::<Value>(&set.body).unwrap()["keys"].clone();
    assert_eq!((keys(&set).as_array().unwrap().len(), keys(&now).as_array().unwrap().len()), (1, 2));
    assert_eq!(host.tokens.retire("files", Some(1), "ada".to_owned()).await.unwrap(), [first.kid]);
    assert_eq!(host.opens(&before).await.unwrap_err(), "jwt_key_unknown");
    let at_once = host.rotate("files", generated("EdDSA"), true).await.unwrap();
    assert_eq!((at_once.generation, at_once.algorithm.as_str()), (3, "EdDSA"));
    let states: Vec<_> = host.tokens.store.token_keys(Some("files"), 9).await.unwrap();
    let states: Vec<_> = states.iter().map(|key| key.state(ambient::now())).collect();
    assert!(states.contains(&TokenKeyState::Signing));
    assert_eq!(states.iter().filter(|state| **state == TokenKeyState::Retired).count(), 2);
}

#[tokio::test]
async fn a_retired_name_signs_and_verifies_nothing_and_stays_taken() {
    let host = host().await;
    host.create("files", generated("ES256")).await.unwrap();
    let url = host.url("files").await;
    assert_eq!(host.tokens.retire("files", None, "ada".to_owned()).await.unwrap().len(), 1);
    assert!(host.tokens.retire("files", None, "ada".to_owned()).await.unwrap().is_empty());
    assert_eq!(host.opens(&url).await.unwrap_err(), "jwt_key_unknown");
    assert_eq!(host.key_files(), 0);
    assert_eq!(&host.tokens.jwks().await.unwrap().body[..], br#"{"keys":[]}"#);
    assert!(matches!(host.tokens.mint(&request("files")).await, Err(TokenError::Invalid(_))));
    assert!(matches!(host.tokens.mint(&request("nobody")).await, Err(TokenError::KeyUnknown(_))));
    let again = host.create("files", generated("ES256")).await;
    assert!(matches!(again, Err(TokenError::Taken(_))));
    let rotated = host.rotate("files", generated("ES256"), false).await;
    assert!(matches!(rotated, Err(TokenError::Invalid(_))));
    let actions: Vec<_> = host.tokens.store.events("token key files").await.unwrap();
    let actions: Vec<_> = actions.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["create_token_key", "retire_token_key"]);
}

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/");

fn vector(name: &str) -> String {
    std::fs::read_to_string(format!("{KEYS}{name}")).unwrap()
}

#[tokio::test]
async fn what_somebody_brings_is_taken_once() {
    let host = host().await;
    let pem = vector("keys/rsa-device.pem");
    let key = host.create("brought", uploaded(&pem, None)).await.unwrap();
    assert_eq!((key.algorithm.as_str(), key.is_uploaded), ("RS256", true));
    host.opens(&host.url("brought").await).await.unwrap();
    let again = host.create("again", uploaded(&pem, None)).await.unwrap_err();
    assert!(matches!(&again, TokenError::Taken(text) if text.contains("\"brought\"")), "{again}");
    assert_eq!(host.key_files(), 1);
    host.opens(&host.url("brought").await).await.unwrap();
    host.tokens.retire("brought", None, "ada".to_owned()).await.unwrap();
    assert!(matches!(host.create("again", uploaded(&pem, None)).await, Err(TokenError::Taken(_))));
    for (file, password, wanted) in [
        ("keys/rsa-1024.pem", None, "key_too_small"),
        ("inputs/key-encrypted.pem", None, "key_password_missing"),
        ("inputs/key-encrypted.pem", Some("guess"), "key_password_wrong"),
        ("keys/rsa-device.pub.pem", None, "private_key_absent"),
    ] {
        let refused = host.create("other", uploaded(&vector(file), password)).await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().code, wanted, "{file}");
    }
}

#[tokio::test]
async fn what_cannot_be_minted_is_told() {
    let host = host().await;
    host.create("files", generated("ES256")).await.unwrap();
    let mint = async |change: &dyn Fn(&mut TokenRequest)| {
        let mut request = request("files");
        change(&mut request);
        host.tokens.mint(&request).await
    };
    assert!(mint(&|request| request.validity_seconds = Some(600)).await.is_ok());
    for seconds in [0, 601, u64::MAX] {
        let refused = mint(&|request| request.validity_seconds = Some(seconds)).await.err().unwrap();
        assert!(refused.to_string().contains("wanted 1 to 600"), "{refused}");
    }
    let refused = mint(&|request| request.subject = String::new()).await.err().unwrap();
    assert_eq!(refused.refusal().unwrap().at.as_deref(), Some("token.subject"));
    let refused = mint(&|request| request.path = Some(Binding::Exact("/a/../b".into()))).await.err().unwrap();
    assert_eq!(refused.refusal().unwrap().code, "url_path_refused");
    let compatible = |request: &mut TokenRequest| {
        request.shape = Shape::Compatible;
        request.device = Some("d1".to_owned());
    };
    assert!(matches!(mint(&compatible).await, Err(TokenError::Invalid(_))));
    for name in ["", "a/b", "-a", "a b", &"a".repeat(65)] {
        assert!(matches!(host.create(name, generated("ES256")).await, Err(TokenError::Invalid(_))), "{name}");
    }
}

/// The guard's default is to open nothing for a token that is bound to nothing.
#[tokio::test]
async fn compatible_tokens_open_what_the_settings_let_them() {
    for allow_compatible in [false, true] {
        let settings = config::Tokens {
            allow_compatible,
            subject_claim: "user".to_owned(),
            ..config::Tokens::default()
        };
        let host = host_with(settings).await;
        host.create("files", generated("RS256")).await.unwrap();
        let compatible = TokenRequest { shape: Shape::Compatible, ..request("files") };
        let url = host.tokens.sign_url("/a/b", &compatible).await.unwrap().url;
        match allow_compatible {
            true => assert_eq!(host.opens(&url).await.unwrap().subject.as_deref(), Some("app-1")),
            false => assert_eq!(host.opens(&url).await.unwrap_err(), "jwt_claim_missing"),
        }
        // What is bound stays bound, and what is for others stays theirs.
        let bound = host.url("files").await;
        assert_eq!(host.opens(&bound.replace("/a/b", "/a/c")).await.unwrap_err(), "jwt_path_refused");
        let others = TokenRequest { audience: vec!["others".to_owned()], ..request("files") };
        let url = host.tokens.sign_url("/a/b", &others).await.unwrap().url;
        assert_eq!(host.opens(&url).await.unwrap_err(), "jwt_audience_refused");
        let presented = Presented { audience: Some("others"), ..Presented::default() };
        assert!(host.tokens.verify_url(&url, presented).await.is_ok());
    }
}

#[tokio::test]
async fn a_device_is_the_one_that_asks() {
    let host = host().await;
    host.create("files", generated("ES256")).await.unwrap();
    let for_device = TokenRequest { device: Some("d1".to_owned()), ..request("files") };
    let url = host.tokens.sign_url("/a", &for_device).await.unwrap().url;
    let ask = async |device| {
        let presented = Presented { device, ..Presented::default() };
        host.tokens.verify_url(&url, presented).await.map_err(|error| error.refusal().unwrap().code.clone())
    };
    assert!(ask(Some("d1")).await.is_ok());
    for other in [None, Some("d2")] {
        assert_eq!(ask(other).await.unwrap_err(), "jwt_device_refused");
    }
}

/// Tokens that live longer than their key says were not made by this program.
#[tokio::test]
async fn the_keys_setting_bounds_what_is_accepted() {
    let host = host().await;
    let pem = vector("keys/p256-device.pem");
    let key = host.create("brought", uploaded(&pem, None)).await.unwrap();
    let mint = async |lifetime_seconds: u64| {
        let request = json!({
            "now": ambient::now(), "key": { "id": "k", "public_key": key.public_key },
            "token": {
                "shape": "bound", "lifetime_seconds": lifetime_seconds, "issuer": "sealwright",
                "audience": ["downloads"], "path": { "exact": "/a" },
            },
        });
        let keys = Arc::new(KeyStore::in_memory());
        keys.keep("k", crate::keystore::PrivateKey::from_pem(&pem).unwrap());
        let grant = keys.granting(&[("k", crate::guest::wire::KeyUse::Sign)]);
        let minted: Minted = host.tokens.guest.call("mint_jwt", request, &grant).await.unwrap();
        host.opens(&format!("/a?token={}", minted.token)).await
    };
    assert!(mint(600).await.is_ok());
    assert_eq!(mint(601).await.unwrap_err(), "jwt_lifetime_refused");
}

/// Header and claims of a token, as they are written.
fn said(token: &str) -> (String, String) {
    let part = |index| {
        let octets = Base64UrlUnpadded::decode_vec(token.split('.').nth(index).unwrap()).unwrap();
        String::from_utf8(octets).unwrap()
    };
    (part(0), part(1))
}

#[tokio::test]
async fn compatible_tokens_are_what_others_write() {
    let usual = config::Tokens::default();
    let named = config::Tokens {
        subject_claim: "user".to_owned(),
        issuer_claim: "from".to_owned(),
        expires_claim: "until".to_owned(),
        ..usual.clone()
    };
    for (settings, [subject, issuer, expires]) in
        [(usual, ["sub", "iss", "exp"]), (named, ["user", "from", "until"])]
    {
        let host = host_with(settings).await;
        host.create("files", generated("RS256")).await.unwrap();
        let compatible = TokenRequest { shape: Shape::Compatible, ..request("files") };
        let minted = host.tokens.mint(&compatible).await.unwrap();
        let claims =
            format!(r#"{{"{subject}":"app-1","{issuer}":"sealwright","{expires}":{}}}"#, minted.expires);
        assert_eq!(said(&minted.token), (r#"{"alg":"RS256"}"#.to_owned(), claims));
    }
}

#[tokio::test]
async fn bound_tokens_say_what_they_are_bound_to() {
    let host = host().await;
    let key = host.create("files", generated("ES256")).await.unwrap();
    let bound = TokenRequest {
        path: Some(Binding::Prefix("/a".to_owned())),
        device: Some("d1".to_owned()),
        ..request("files")
    };
    let minted = host.tokens.mint(&bound).await.unwrap();
    let (exp, jti) = (minted.expires, minted.jti.unwrap());
    let (header, claims) = said(&minted.token);
    assert_eq!(header, format!(r#"{{"alg":"ES256","kid":"{}","typ":"JWT"}}"#, key.kid));
    let now = exp - 600;
    assert!(now.abs_diff(ambient::now()) < 60, "{now}");
    assert_eq!(
        claims,
        format!(
            r#"{{"iss":"sealwright","sub":"app-1","aud":"downloads","exp":{exp},"nbf":{now},"iat":{now},"jti":"{jti}","path_prefix":"/a","device":"d1"}}"#
        )
    );
    let another = host.tokens.mint(&bound).await.unwrap().jti.unwrap();
    assert!(jti.len() == 22 && jti != another, "{jti}, {another}");
    let opens = async |path: &str| {
        let presented = Presented { device: Some("d1"), ..Presented::default() };
        let opened = host.tokens.verify_url(&format!("{path}?token={}", minted.token), presented).await;
        opened.map(drop).map_err(|error| error.refusal().unwrap().code.clone())
    };
    for below in ["/a", "/a/", "/a/b", "/a/b/c"] {
        assert_eq!(opens(below).await, Ok(()), "{below}");
    }
    for beside in ["/ab", "/a.txt", "/ab/c", "/A/b", "/", "/b/a"] {
        assert_eq!(opens(beside).await.unwrap_err(), "jwt_path_refused", "{beside}");
    }
}
