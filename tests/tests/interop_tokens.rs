//! nginx serves files to whoever has a token for them, with the configuration that the README shows; and PyJWT verifies
//! tokens with the public keys of a running server.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use conformance::engine::{self, Engine};
use conformance::http::Reply;
use conformance::nginx::{self, Nginx};
use conformance::server::{Authority, Server, text, until};
use conformance::{peer, tool};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The address that the README's server has.
const README_SERVER: &str = "127.0.0.1:8085";
/// The folder that the README's nginx serves.
const README_FILES: &str = "/srv/files";

/// nginx before a file server.
struct FileServer(Nginx);

impl FileServer {
    /// With the README's configuration, before this server.
    fn before(program: &Path, server: &Server) -> Result<Self> {
        let folder = TempDir::new()?;
        let files = folder.path().join("files");
        fs::create_dir_all(files.join("download"))?;
        for (name, content) in [
            ("download/app.pkg", "the application"),
            ("download/other.pkg", "the other one"),
            ("download/B\u{fc}cher 100%.txt", "the books"),
            ("secret.txt", "the secret"),
        ] {
            fs::write(files.join(name), content)?;
        }
        let guard = nginx::from_readme(0)?;
        ensure!(
            guard.contains(README_SERVER) && guard.contains(README_FILES),
            "the README has other addresses"
        );
        let files = text(&files);
        let guard = guard.replace(README_SERVER, &server.address().to_string()).replace(README_FILES, files);
        let directives = format!("    root {files};\n{guard}");
        Ok(Self(Nginx::start(program, folder, &directives)?))
    }

    fn get(&self, target: &str, headers: &[(&str, &str)]) -> Result<Reply> {
        self.0.get(target, headers)
    }

    /// The content that it serves.
    fn serves(&self, target: &str) -> Result<String> {
        let reply = self.get(target, &[])?;
        ensure!(reply.status == 200, "{target}: {}\n{}", reply.head, self.0.log());
        Ok(String::from_utf8(reply.body)?)
    }

    /// Why it serves nothing, as the guard told it.
    fn refuses(&self, target: &str) -> Result<String> {
        let reply = self.get(target, &[])?;
        ensure!(reply.status == 401, "{target}: {}\n{}", reply.head, self.0.log());
        Ok(reply.header("X-Sealwright-Reason").unwrap_or_default().to_owned())
    }
}

fn create(authority: &Authority, name: &str, algorithm: &str) -> Result<Value> {
    authority.run(&["token", "keys", "create", name, "--token-validity", "10m", "--algorithm", algorithm])
}

/// The path and query of a URL with a token.
fn signed(authority: &Authority, path: &str, more: &[&str]) -> Result<String> {
    let usual = ["token", "sign-url", path, "--key", "files", "--subject", "laptop-7"];
    let answer = authority.run(&[&usual[..], more].concat())?;
    answer["url"].as_str().map(str::to_owned).context("there is no URL")
}

fn token_of(url: &str) -> &str {
    url.split("token=").nth(1).unwrap_or_default()
}

#[test]
fn nginx_serves_files_to_whoever_has_a_token() {
    let Some(program) = nginx::find() else { return };
    let authority = Authority::new().unwrap();
    create(&authority, "files", "ES256").unwrap();
    let server = authority.serve().unwrap();
    let nginx = FileServer::before(&program, &server).unwrap();
    let app = signed(&authority, "/download/app.pkg", &[]).unwrap();
    assert_eq!(nginx.serves(&app).unwrap(), "the application");
    let books = signed(&authority, "/download/B%c3%bccher%20100%25.txt?lang=de", &[]).unwrap();
    assert_eq!(nginx.serves(&books).unwrap(), "the books", "by the name that it has on the disk");
    let all = signed(&authority, "/download/app.pkg", &["--path-prefix", "/download"]).unwrap();
    assert_eq!(
        nginx.serves(&format!("/download/other.pkg?token={}", token_of(&all))).unwrap(),
        "the other one"
    );
    let missing = format!("/download/missing?token={}", token_of(&all));
    assert_eq!(nginx.get(&missing, &[]).unwrap().status, 404);
    assert_eq!(
        nginx.get("/secret.txt", &[]).unwrap().body,
        b"the secret",
        "what is not guarded is nginx's affair"
    );

    let token = token_of(&app);
    let (content, signature) = token.rsplit_once('.').unwrap();
    let forged =
        format!("{content}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    for (target, reason) in [
        ("/download/app.pkg".to_owned(), "url_token_missing"),
        (format!("/download/app.pkg?token={forged}"), "jwt_signature_invalid"),
        (format!("/download/other.pkg?token={token}"), "jwt_path_refused"),
        ("/download/app.pkg?token=x".to_owned(), "jwt_malformed"),
    ] {
        assert_eq!(nginx.refuses(&target).unwrap(), reason, "{target}");
    }
    server.stop().unwrap();
    assert_eq!(nginx.get(&app, &[]).unwrap().status, 500, "without the guard nothing is served");
}

#[test]
fn a_key_that_ends_takes_its_tokens_with_it() {
    let Some(program) = nginx::find() else { return };
    let authority = Authority::new().unwrap();
    let pem = engine::key("p256-device").unwrap();
    let file = authority.folder().join("key.pem");
    fs::write(&file, &pem).unwrap();
    authority.run(&["token", "keys", "upload", "files", text(&file), "--token-validity", "1h"]).unwrap();
    let server = authority.serve().unwrap();
    let nginx = FileServer::before(&program, &server).unwrap();
    // What this program would have minted some time ago.
    let minted_before = |seconds: u64| {
        let engine = Engine::holding(&[("k", pem.as_str())]).unwrap();
        let token = json!({
            "shape": "bound", "lifetime_seconds": 3_600, "issuer": "sealwright", "audience": ["downloads"],
            "subject": "laptop-7", "path": { "exact": "/download/app.pkg" },
        });
        let request =
            json!({ "op": "mint_jwt", "now": engine::now() - seconds, "key": { "id": "k" }, "token": token });
        let token = engine.call(&request).unwrap()["token"].as_str().unwrap().to_owned();
        format!("/download/app.pkg?token={token}")
    };
    assert_eq!(nginx.serves(&minted_before(3_000)).unwrap(), "the application");
    // The clocks may be a minute apart.
    assert_eq!(nginx.refuses(&minted_before(3_700)).unwrap(), "jwt_expired");

    let old = signed(&authority, "/download/app.pkg", &[]).unwrap();
    authority.run(&["token", "keys", "rotate", "files"]).unwrap();
    let new = signed(&authority, "/download/app.pkg", &[]).unwrap();
    for url in [&old, &new] {
        assert_eq!(nginx.serves(url).unwrap(), "the application", "both keys verify");
    }
    authority.run(&["token", "keys", "retire", "files", "--generation", "1"]).unwrap();
    assert_eq!(nginx.refuses(&old).unwrap(), "jwt_key_unknown");
    assert_eq!(nginx.serves(&new).unwrap(), "the application");
    authority.run(&["token", "keys", "rotate", "files", "--at-once"]).unwrap();
    assert_eq!(nginx.refuses(&new).unwrap(), "jwt_key_unknown");
    server.stop().unwrap();
}

/// Each way in which the guard might judge one path and nginx serve another.
#[test]
fn what_is_authorised_is_what_is_served() {
    let Some(program) = nginx::find() else { return };
    let authority = Authority::new().unwrap();
    create(&authority, "files", "ES256").unwrap();
    let server = authority.serve().unwrap();
    let nginx = FileServer::before(&program, &server).unwrap();
    let url = signed(&authority, "/download/app.pkg", &[]).unwrap();
    let token = token_of(&url);
    for same in ["/download/%61pp.pkg", "/download/app%2Epkg", "/%64ownload/app.pkg"] {
        assert_eq!(nginx.serves(&format!("{same}?token={token}")).unwrap(), "the application", "{same}");
    }
    let good = format!("token={token}");
    let tricks = [
        format!("/download/other.pkg?{good}"),
        format!("/download/app.pkg/../other.pkg?{good}"),
        format!("/download/app.pkg/%2e%2e/other.pkg?{good}"),
        format!("/download/app.pkg/%2E./other.pkg?{good}"),
        format!("/download/app.pkg/..%2fother.pkg?{good}"),
        format!("/download/app.pkg%2f..%2fother.pkg?{good}"),
        format!("/download/app.pkg%2f%2e%2e%2fother.pkg?{good}"),
        format!("/download/app.pkg/%252e%252e/other.pkg?{good}"),
        format!("/download/app.pkg/..;/other.pkg?{good}"),
        format!("/download/app.pkg;/../other.pkg?{good}"),
        format!("/download/app.pkg/..\\other.pkg?{good}"),
        format!("/download/app.pkg/%5c..%5cother.pkg?{good}"),
        format!("/download/app.pkg%00/../other.pkg?{good}"),
        format!("/download//other.pkg?{good}"),
        format!("//download/other.pkg?{good}"),
        format!("//download/app.pkg?{good}"),
        format!("/download/./app.pkg?{good}"),
        format!("/x/../download/app.pkg?{good}"),
        format!("/download/app.pkg;x?{good}"),
        format!("/download/app.pkg/?{good}"),
        format!("/download/APP.pkg?{good}"),
        format!("/download/other.pkg%3f{good}"),
        format!("/download/other.pkg?{good}#/download/app.pkg"),
        format!("/download/other.pkg#/download/app.pkg?{good}"),
        format!("/download/app.pkg#/../other.pkg?{good}"),
        format!("/download/app.pkg?{good}#x"),
        format!("/download/app.pkg?{good}&{good}"),
        format!("/download/app.pkg?token=x&{good}"),
        format!("/download/app.pkg?{good}&%74oken=x"),
        format!("/download/app.pkg?%74oken={token}"),
        format!("/download/app.pkg?TOKEN={token}"),
        format!("/download/app.pkg?a=b?{good}"),
        format!("/download/app.pkg%20?{good}"),
        format!("/download/app.pkg%c0%ae?{good}"),
        format!("/download/\u{fc}?{good}"),
    ];
    for target in &tricks {
        let reply = nginx.get(target, &[]).unwrap();
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        // nginx itself refuses some of them.
        assert!(matches!(reply.status, 400 | 401), "{target}: {}\n{body}", reply.head);
        assert!(!["the application", "the other one", "the secret"].contains(&body.as_str()), "{target}");
    }
    // What a client says of the original URI is not what counts.
    for name in
        ["X-Original-URI", "X-Forwarded-Uri", "X-Original-Uri", "X-Sealwright-Path", "X-Sealwright-File"]
    {
        for value in [url.as_str(), "/download/app.pkg"] {
            let reply = nginx.get("/download/other.pkg", &[(name, value)]).unwrap();
            assert_eq!(reply.status, 401, "{name}: {value}: {}", reply.head);
            let other = format!("/download/other.pkg?{good}");
            assert_eq!(nginx.get(&other, &[(name, value)]).unwrap().status, 401, "{name}: {value}");
        }
    }
    let elsewhere = [("X-Original-URI", "/download/other.pkg")];
    assert_eq!(nginx.get(&url, &elsewhere).unwrap().body, b"the application");
    server.stop().unwrap();
}

/// What PyJWT makes of these tokens, with the keys at the server.
fn pyjwt(python: &Path, server: &Server, tokens: &[&str]) -> Result<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop_tokens/jwks.py");
    let url = format!("{}/.well-known/jwks.json", server.base());
    let request = json!({ "url": url, "tokens": tokens, "audience": "downloads", "issuer": "sealwright" });
    let folder = TempDir::new()?;
    let input = request.to_string();
    let printed = tool::run(&python.to_string_lossy(), &[script], folder.path(), input.as_bytes())?;
    Ok(serde_json::from_slice(&printed)?)
}

#[test]
fn pyjwt_verifies_with_the_keys_that_are_published() {
    let (Some(python), Some(_)) = (peer::find_python("python"), peer::find_python_file("jwt/__init__.py"))
    else {
        return;
    };
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let mint = |name: &str| {
        let usual = [
            "token",
            "mint",
            "--key",
            name,
            "--subject",
            "B\u{fc}cher",
            "--path-prefix",
            "/a",
            "--device",
            "d",
        ];
        authority.run(&usual).unwrap()
    };
    let mut minted = Vec::new();
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        create(&authority, algorithm, algorithm).unwrap();
        minted.push(mint(algorithm));
    }
    let tokens: Vec<_> = minted.iter().map(|one| one["token"].as_str().unwrap()).collect();
    let said = pyjwt(&python, &server, &tokens).unwrap();
    for (minted, said) in minted.iter().zip(&said) {
        assert_eq!(said["kid"], minted["kid"], "{said}");
        let claims = &said["claims"];
        assert_eq!((&claims["jti"], &claims["exp"]), (&minted["jti"], &minted["expires"]));
        assert_eq!((&claims["sub"], &claims["device"]), (&json!("B\u{fc}cher"), &json!("d")));
        assert_eq!((&claims["aud"], &claims["path_prefix"]), (&json!("downloads"), &json!("/a")));
    }
    authority.run(&["token", "keys", "rotate", "ES256"]).unwrap();
    let new = mint("ES256");
    let of = |index: usize| tokens[index];
    let both = pyjwt(&python, &server, &[of(2), new["token"].as_str().unwrap()]).unwrap();
    assert!(both.iter().all(|said| said["kid"].is_string()), "{both:?}");
    assert_ne!(both[0]["kid"], both[1]["kid"]);
    authority.run(&["token", "keys", "retire", "ES256"]).unwrap();
    until("the keys are not published any more", || {
        Ok(pyjwt(&python, &server, &[of(2)])?[0]["error"] == "PyJWKClientError")
    })
    .unwrap();
    server.stop().unwrap();
}
