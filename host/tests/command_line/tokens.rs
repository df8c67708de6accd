//! `token` and `api-tokens`, and a running server that honours them.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::program::{Authority, Ended, Server, openssl, sealwright, text, until};

fn run(authority: &Authority, arguments: &[&str]) -> Ended {
    sealwright(&[arguments, &["--json", "--data", text(&authority.data)]].concat())
}

/// A command that has to succeed.
fn done(authority: &Authority, arguments: &[&str]) -> Value {
    let ended = run(authority, arguments);
    assert!(ended.success, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
    ended.json()
}

/// What a command that has to fail says.
fn refused(authority: &Authority, arguments: &[&str]) -> Value {
    let ended = run(authority, arguments);
    assert!(!ended.success, "{arguments:?}: {}", ended.stdout);
    ended.json()["error"].clone()
}

fn create(authority: &Authority, name: &str) -> Value {
    let usual = ["token", "keys", "create", name, "--token-validity", "10m", "--algorithm", "ES256"];
    done(authority, &usual)
}

fn api_token(authority: &Authority, name: &str, scope: &str) -> String {
    done(authority, &["api-tokens", "add", name, "--scope", scope])["api_token"].as_str().unwrap().to_owned()
}

/// An answer of the server.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}\n{}", self.head, self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

fn ask(server: &Server, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let reply = server.raw(&request);
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A request with an API token.
fn call(server: &Server, token: &str, line: &str, body: &Value) -> Answer {
    ask(server, line, &[("Authorization", &format!("Bearer {token}"))], &body.to_string())
}

fn guard(server: &Server, uri: &str) -> Answer {
    ask(server, "GET /v1/forward-auth/download", &[("X-Original-URI", uri)], "")
}

#[test]
fn a_key_signs_verifies_and_ends() {
    let authority = Authority::usual();
    let first = create(&authority, "files");
    assert_eq!((&first["state"], &first["generation"]), (&json!("signing"), &json!(1)));
    let sign = || {
        let usual = ["token", "sign-url", "/download/a%20b?v=1#top", "--key", "files", "--subject", "u"];
        done(&authority, &usual)["url"].as_str().unwrap().to_owned()
    };
    let old = sign();
    assert!(old.starts_with("/download/a%20b?v=1&token=") && old.ends_with("#top"), "{old}");
    let good = done(&authority, &["token", "verify", &old]);
    assert_eq!((&good["path"], &good["subject"]), (&json!("/download/a%20b"), &json!("u")));
    let second = done(&authority, &["token", "keys", "rotate", "files", "--token-validity", "60"]);
    assert_eq!((&second["algorithm"], &second["token_validity_seconds"]), (&json!("ES256"), &json!(60)));
    assert_eq!(done(&authority, &["token", "verify", &old])["kid"], first["kid"]);
    assert_eq!(done(&authority, &["token", "verify", &sign()])["kid"], second["kid"]);
    let retired =
        done(&authority, &["token", "keys", "retire", "files", "--generation", "1", "--actor", "ada"]);
    assert_eq!(retired["retired"], json!([first["kid"]]));
    assert_eq!(refused(&authority, &["token", "verify", &old])["code"], "jwt_key_unknown");
    let shown = done(&authority, &["token", "keys", "show", "files"]);
    let actions: Vec<_> = shown["events"].as_array().unwrap().iter().map(|one| &one["action"]).collect();
    assert_eq!(actions, ["create_token_key", "rotate_token_key", "retire_token_key"]);
    assert_eq!(shown["events"][2]["actor"], "ada");
    let count = |more: &[&str]| {
        let listed = done(&authority, &[&["token", "keys", "list"], more].concat());
        listed["token_keys"].as_array().unwrap().len()
    };
    assert_eq!((count(&[]), count(&["--all"])), (1, 2));
    let keys = fs::read_dir(authority.data.join("keys")).unwrap();
    let names = keys.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("token-")).count(), 1);
}

/// Every form in which OpenSSL writes an RSA key.
#[test]
fn any_key_of_openssl_is_taken() {
    let authority = Authority::usual();
    let file = |name: &str| authority.folder.path().join(name);
    let password = file("password");
    fs::write(&password, "sesame\n").unwrap();
    let protected = ["-passout", "pass:sesame"];
    let forms: [(&str, &[&str]); 7] = [
        ("PRIVATE KEY", &["genrsa"]),
        ("RSA PRIVATE KEY", &["genrsa", "-traditional"]),
        ("ENCRYPTED PRIVATE KEY", &["genrsa", "-aes256"]),
        ("Proc-Type: 4,ENCRYPTED", &["genrsa", "-traditional", "-aes128"]),
        ("DES-EDE3-CBC", &["genrsa", "-traditional", "-des3"]),
        ("PRIVATE KEY", &["genrsa", "-3"]),
        ("EC PRIVATE KEY", &["ecparam", "-name", "prime256v1", "-genkey", "-noout"]),
    ];
    for (number, (mark, arguments)) in forms.iter().enumerate() {
        let path = file(&format!("key-{number}.pem"));
        let is_protected =
            arguments.iter().any(|argument| argument.contains("aes") || argument.contains("des"));
        let protection: &[&str] = if is_protected { &protected } else { &[] };
        openssl(&[arguments, &["-out", text(&path)][..], protection].concat());
        assert!(fs::read_to_string(&path).unwrap().contains(mark), "{arguments:?}");
        let name = format!("brought-{number}");
        let usual = ["token", "keys", "upload", &name, text(&path), "--token-validity", "1h"];
        if is_protected {
            assert_eq!(refused(&authority, &usual)["code"], "key_password_missing", "{arguments:?}");
        }
        let more: &[&str] = if is_protected { &["--password-file", text(&password)] } else { &[] };
        let key = done(&authority, &[&usual[..], more].concat());
        assert_eq!(key["uploaded"], true);
        let public: &[&str] = if is_protected { &["-passin", "pass:sesame"] } else { &[] };
        let wanted = openssl(&[&["pkey", "-in", text(&path), "-pubout"], public].concat());
        assert_eq!(key["public_key"].as_str().unwrap().trim(), wanted.trim(), "{arguments:?}");
        let mint = ["token", "sign-url", "/a", "--key", &name, "--subject", "u"];
        let url = done(&authority, &mint)["url"].as_str().unwrap().to_owned();
        assert_eq!(done(&authority, &["token", "verify", &url])["kid"], key["kid"], "{arguments:?}");
    }
    let small = file("small.pem");
    openssl(&["genrsa", "-out", text(&small), "1024"]);
    let usual = ["token", "keys", "upload", "small", text(&small), "--token-validity", "1h"];
    assert_eq!(refused(&authority, &usual)["code"], "key_too_small");
}

#[test]
fn a_token_is_printed_alone_and_good_for_what_it_says() {
    let authority = Authority::usual();
    create(&authority, "files");
    let mint = ["token", "mint", "--key", "files", "--subject", "u", "--data", text(&authority.data)];
    let printed = sealwright(&[&mint[..], &["--path-prefix", "/apps", "--device", "d1"]].concat());
    let token = printed.stdout.trim();
    assert_eq!((printed.stdout.lines().count(), token.matches('.').count()), (1, 2), "{}", printed.stdout);
    assert!(printed.stderr.contains("good until"), "{}", printed.stderr);
    let verify = |more: &[&str]| run(&authority, &[&["token", "verify", token], more].concat());
    assert!(verify(&["--path", "/apps/x", "--device", "d1"]).success);
    for (more, code) in [
        (&["--path", "/appsx", "--device", "d1"][..], "jwt_path_refused"),
        (&["--path", "/apps/x", "--device", "d2"], "jwt_device_refused"),
        (&["--path", "/apps/x"], "jwt_device_refused"),
        (&["--device", "d1"], "jwt_path_refused"),
        (&["--path", "/apps", "--device", "d1", "--audience", "others"], "jwt_audience_refused"),
    ] {
        assert_eq!(verify(more).json()["error"]["code"], code, "{more:?}");
    }
    let text = |more: &[&str]| refused(&authority, &[&mint[..6], more].concat())["detail"].to_string();
    assert!(text(&["--validity", "11m"]).contains("wanted 1 to 600"));
    assert!(text(&["--shape", "compatible", "--path", "/a"]).contains("bound to nothing"));
    let compatible = done(&authority, &[&mint[..6], &["--shape", "compatible"]].concat());
    let token = compatible["token"].as_str().unwrap();
    assert_eq!(refused(&authority, &["token", "verify", token])["code"], "jwt_claim_missing");
    assert!(run(&authority, &["token", "verify", token, "--allow-compatible"]).success);
}

#[test]
fn nothing_is_done_without_an_api_token_of_the_right_scope() {
    let authority = Authority::usual();
    create(&authority, "files");
    let (mint, keys) = (api_token(&authority, "portal", "mint"), api_token(&authority, "console", "keys"));
    let server = authority.serve();
    let request = json!({ "key": "files", "subject": "u", "path": { "exact": "/a" } });
    let minting = ["POST /v1/tokens", "POST /v1/signed-urls"];
    let administration = [
        "GET /v1/token-keys",
        "POST /v1/token-keys",
        "GET /v1/token-keys/files",
        "POST /v1/token-keys/files/rotate",
        "POST /v1/token-keys/files/retire",
    ];
    for line in minting.iter().chain(&administration) {
        for headers in [
            &[][..],
            &[("Authorization", "Bearer guess")],
            &[("Authorization", &format!("Basic {keys}"))],
            &[("Authorization", &format!("Bearer {keys}")), ("Authorization", &format!("Bearer {keys}"))],
            &[("X-Forwarded-For", "127.0.0.1")],
        ] {
            let answer = ask(&server, line, headers, "{}");
            assert_eq!(answer.status, 401, "{line} {headers:?}: {}", answer.body);
            assert!(answer.header("WWW-Authenticate").unwrap().starts_with("Bearer"), "{}", answer.head);
            assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
        }
    }
    for line in administration {
        let answer = call(&server, &mint, line, &json!({}));
        assert_eq!(
            (answer.status, answer.json()["code"].clone()),
            (403, json!("scope_insufficient")),
            "{line}"
        );
    }
    assert_eq!(done(&authority, &["token", "keys", "show", "files"])["generations"][0]["state"], "signing");
    for token in [&mint, &keys] {
        let answer = call(&server, token, "POST /v1/tokens", &request);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    }
    done(&authority, &["api-tokens", "remove", "portal"]);
    assert_eq!(call(&server, &mint, "POST /v1/tokens", &request).status, 401, "from the next request on");
    let ended = done(&authority, &["api-tokens", "add", "short", "--scope", "keys", "--expires-in", "1"]);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let short = ended["api_token"].as_str().unwrap();
    assert_eq!(call(&server, short, "GET /v1/token-keys", &json!({})).status, 401);
    let listed = run(&authority, &["api-tokens", "list"]);
    let tokens = listed.json()["api_tokens"].clone();
    let told = tokens.as_array().unwrap().iter().find(|token| token["id"] == "short").unwrap();
    assert!(!listed.stdout.contains(short) && told["expired"] == true, "{told}");
    let log = server.stop();
    for secret in [&mint, &keys, "eyJ"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    assert!(log.contains("\"operation\":\"mint_token\"") && log.contains(" for api:portal\""), "{log}");
}

#[test]
fn keys_are_looked_after_over_http() {
    let authority = Authority::usual();
    let token = api_token(&authority, "console", "keys");
    let server = authority.serve();
    let post = |path: &str, body: Value| call(&server, &token, &format!("POST {path}"), &body);
    let new = json!({ "name": "files", "token_validity_seconds": 600, "algorithm": "EdDSA" });
    let created = post("/v1/token-keys", new.clone());
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.header("Location"), Some("/v1/token-keys/files"));
    assert_eq!(post("/v1/token-keys", new).status, 409);
    let pem = fs::read_to_string(
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/keys/rsa-device.pem"),
    );
    let pem = pem.unwrap();
    let brought = json!({ "name": "brought", "token_validity_seconds": 600, "private_key": pem });
    assert_eq!(post("/v1/token-keys", brought).json()["algorithm"], "RS256");
    let rotated = post("/v1/token-keys/files/rotate", json!({ "at_once": true, "algorithm": "ES256" }));
    assert_eq!((rotated.status, rotated.json()["generation"].clone()), (200, json!(2)));
    let signed = post(
        "/v1/signed-urls",
        json!({ "url": "/a?b=1", "key": "files", "subject": "u", "validity_seconds": 60 }),
    );
    let url = signed.json()["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("/a?b=1&token="), "{url}");
    assert_eq!(guard(&server, &url).status, 200);
    assert_eq!(post("/v1/token-keys/files/retire", json!({})).json()["retired"].as_array().unwrap().len(), 1);
    assert_eq!(guard(&server, &url).status, 401, "from the next request on");
    let shown = call(&server, &token, "GET /v1/token-keys/files", &json!({})).json();
    assert_eq!(shown["generations"].as_array().unwrap().len(), 2);
    assert!(!shown.to_string().contains("PRIVATE"));
    let events = done(&authority, &["token", "keys", "show", "files"])["events"].clone();
    assert_eq!(events[0]["actor"], "api:console");
    server.stop();
}

#[test]
fn what_the_api_does_not_do_it_says() {
    let authority = Authority::usual();
    let token = api_token(&authority, "console", "keys");
    create(&authority, "brought");
    create(&authority, "files");
    done(&authority, &["token", "keys", "retire", "files"]);
    let server = authority.serve();
    let post = |path: &str, body: Value| call(&server, &token, &format!("POST {path}"), &body);
    for (path, body, status, code) in [
        ("/v1/token-keys", json!({ "name": "a" }), 400, "request_malformed"),
        (
            "/v1/token-keys",
            json!({ "name": "a", "token_validity_seconds": 1, "more": 1 }),
            400,
            "request_malformed",
        ),
        ("/v1/token-keys", json!({ "name": "a/b", "token_validity_seconds": 1 }), 400, "request_invalid"),
        ("/v1/token-keys", json!({ "name": "a", "token_validity_seconds": 0 }), 400, "request_invalid"),
        (
            "/v1/token-keys",
            json!({ "name": "a", "token_validity_seconds": 1, "private_key": "x" }),
            400,
            "private_key_absent",
        ),
        (
            "/v1/token-keys",
            json!({ "name": "a", "token_validity_seconds": 1, "password": "x" }),
            400,
            "request_invalid",
        ),
        ("/v1/token-keys", json!("x".repeat(70_000)), 413, "body_too_long"),
        ("/v1/token-keys/nobody/rotate", json!({}), 404, "token_key_unknown"),
        ("/v1/token-keys/files/rotate", json!({}), 400, "request_invalid"),
        ("/v1/token-keys/nobody/retire", json!({}), 404, "token_key_unknown"),
        ("/v1/tokens", json!({ "key": "nobody", "subject": "u" }), 404, "token_key_unknown"),
        (
            "/v1/tokens",
            json!({ "key": "brought", "subject": "u", "path": { "exact": "/a//b" } }),
            400,
            "url_path_refused",
        ),
        ("/v1/tokens", json!({ "key": "brought", "subject": "u", "url": "/a" }), 400, "request_malformed"),
        ("/v1/signed-urls", json!({ "key": "brought", "subject": "u" }), 400, "request_invalid"),
        (
            "/v1/signed-urls",
            json!({ "key": "brought", "subject": "u", "url": "/a?token=x" }),
            400,
            "url_token_repeated",
        ),
    ] {
        let answer = post(path, body.clone());
        let told = answer.json();
        assert_eq!((answer.status, told["code"].as_str()), (status, Some(code)), "{path} {body}: {told}");
    }
    server.stop();
}

/// The tokens of before are good after a restore, and further ones are minted with the same key.
#[test]
fn token_keys_are_in_a_backup() {
    let authority = Authority::usual();
    let key = create(&authority, "files");
    let file = |name: &str| authority.folder.path().join(name);
    let (password, out, data) = (file("password"), file("backup"), file("restored"));
    fs::write(&password, "correct horse\n").unwrap();
    let with = ["--password-file", text(&password)];
    done(&authority, &[&["ca", "backup", "--out", text(&out)][..], &with].concat());
    let restore = ["ca", "restore", "--from", text(&out), "--data", text(&data)];
    let restored = sealwright(&[&restore[..], &with].concat());
    assert!(restored.success, "{}", restored.stderr);
    let sign = ["token", "sign-url", "/a", "--key", "files", "--subject", "u", "--data", text(&data)];
    let signed = sealwright(&sign);
    assert!(signed.success, "{}", signed.stderr);
    assert_eq!(done(&authority, &["token", "verify", signed.stdout.trim()])["kid"], key["kid"]);
}

#[test]
fn a_wrong_passphrase_seals_nothing() {
    let authority = Authority::usual();
    let wrong = authority.folder.path().join("wrong");
    fs::write(&wrong, "battery staple\n").unwrap();
    let usual = ["token", "keys", "create", "files", "--token-validity", "10m", "--algorithm", "ES256"];
    let said = refused(&authority, &[&usual[..], &["--passphrase-file", text(&wrong)]].concat());
    assert!(said["detail"].as_str().unwrap().contains("passphrase is not the one"), "{said}");
    assert_eq!(done(&authority, &["token", "keys", "list", "--all"])["token_keys"], json!([]));
    create(&authority, "files");
}

#[test]
fn who_asks_too_often_waits() {
    let authority = Authority::usual();
    let path = authority.data.join("sealwright.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, settings.replace("requests_per_minute = 6000", "requests_per_minute = 3")).unwrap();
    let (one, other) = (api_token(&authority, "one", "keys"), api_token(&authority, "other", "keys"));
    let server = authority.serve();
    let list = |token: &str| call(&server, token, "GET /v1/token-keys", &json!({}));
    let statuses: Vec<_> = (0..4).map(|_| list(&one).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    let waits = list(&one).header("Retry-After").unwrap().parse::<u64>().unwrap();
    assert!((1..=60).contains(&waits), "{waits}");
    assert_eq!(list(&other).status, 200);
    server.stop();
}

#[test]
fn the_public_keys_are_there_for_everybody_and_follow_commands() {
    let authority = Authority::usual();
    let server = authority.serve();
    let get = |headers: &[(&str, &str)]| ask(&server, "GET /.well-known/jwks.json", headers, "");
    assert_eq!(get(&[]).json(), json!({ "keys": [] }));
    let key = create(&authority, "files");
    let set = get(&[]);
    assert_eq!(
        (&set.json()["keys"][0]["kid"], &set.json()["keys"][0]["alg"]),
        (&key["kid"], &json!("ES256"))
    );
    assert_eq!(set.json()["keys"][0].get("d"), None);
    assert_eq!(set.header("Content-Type"), Some("application/jwk-set+json"));
    assert!(set.header("Cache-Control").unwrap().contains("max-age=60"));
    let tag = set.header("ETag").unwrap();
    let same = get(&[("If-None-Match", tag)]);
    assert_eq!((same.status, same.body.as_str()), (304, ""));
    done(&authority, &["token", "keys", "rotate", "files"]);
    let both = get(&[("If-None-Match", tag)]);
    assert_eq!((both.status, both.json()["keys"].as_array().unwrap().len()), (200, 2));
    done(&authority, &["token", "keys", "retire", "files"]);
    assert_eq!(get(&[]).json(), json!({ "keys": [] }));
    server.stop();
}

#[test]
fn the_guard_says_what_to_serve_or_why_not() {
    let authority = Authority::usual();
    let path = authority.data.join("sealwright.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, settings.replace("#: device_header", "device_header")).unwrap();
    create(&authority, "files");
    let sign = |url: &str, more: &[&str]| {
        let usual = ["token", "sign-url", url, "--key", "files", "--subject", "Zo\u{eb}"];
        done(&authority, &[&usual[..], more].concat())["url"].as_str().unwrap().to_owned()
    };
    let server = authority.serve();
    let url = sign("/download/a%c3%a4b", &[]);
    let good = guard(&server, &url);
    assert_eq!((good.status, good.body.as_str()), (200, ""), "{}", good.body);
    assert_eq!(good.header("X-Sealwright-Path"), Some("/download/a%C3%A4b"));
    assert_eq!(good.header("X-Sealwright-File"), Some("/download/a\u{e4}b"));
    assert_eq!(good.header("X-Sealwright-Subject"), Some("Zo%C3%AB"));
    assert_eq!(good.header("X-Sealwright-Token-Id").unwrap().len(), 22);
    let envoy = ask(&server, &format!("PUT /v1/forward-auth/download{url}"), &[], "");
    assert_eq!(envoy.status, 200, "{}", envoy.body);
    let token = url.split("token=").nth(1).unwrap();
    let (content, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{content}.{other}{}", &signature[1..]);
    for (uri, code) in [
        ("/download/a%c3%a4b".to_owned(), "url_token_missing"),
        (format!("/download/other?token={token}"), "jwt_path_refused"),
        (format!("{url}&token={token}"), "url_token_repeated"),
        (url.replace(token, &forged), "jwt_signature_invalid"),
        (format!("/download/a%c3%a4b/../x?token={token}"), "url_path_refused"),
        (format!("{url}#x"), "request_malformed"),
        (format!("http://x{url}"), "request_malformed"),
    ] {
        let answer = guard(&server, &uri);
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (401, Some(code)),
            "{uri}: {}",
            answer.body
        );
        assert_eq!(answer.header("X-Sealwright-Reason"), Some(code));
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
        assert!(!answer.body.contains(token), "a token is a secret");
    }
    let bound = sign("/download/x", &["--device", "d1"]);
    let with = |devices: &[&str]| {
        let mut headers = vec![("X-Forwarded-Uri", bound.as_str())];
        headers.extend(devices.iter().map(|device| ("X-Device-Id", *device)));
        ask(&server, "GET /v1/forward-auth/download", &headers, "").status
    };
    assert_eq!([with(&["d1"]), with(&[]), with(&["d2"]), with(&["d1", "d1"])], [200, 401, 401, 401]);
    let log = server.stop();
    assert!(!log.contains(token), "a token is in the log");
    assert!(log.contains("\"operation\":\"forward_auth\"") && log.contains("jwt_path_refused"), "{log}");
}

/// Neither somebody without a right, whose body is not waited for, nor a slow one with it.
#[test]
fn a_body_that_does_not_come_keeps_nobody_from_the_api() {
    let authority = Authority::usual();
    let settings = authority.data.join("sealwright.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(settings, text.replace("max_requests = 512", "max_requests = 1")).unwrap();
    let bearer = format!("Bearer {}", api_token(&authority, "mdm", "verify"));
    let server = authority.serve();
    let begin = |authorization: &str| {
        let mut stream = server.connect();
        let head = format!(
            "POST /v1/device-messages/verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {authorization}\r\n\
             Content-Length: 2000000\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    for (wrong, status) in [("Bearer swt_nobody", "401"), ("Basic eDp5", "401")] {
        let mut answer = String::new();
        let _ = begin(wrong).read_to_string(&mut answer);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    let slow: Vec<_> = (0..64).map(|_| begin(&bearer)).collect();
    until("as many are on their way as one may have", || {
        let answer = ask(&server, "POST /v1/device-messages/verify", &[("Authorization", &bearer)], "{}");
        answer.status == 429
            && answer.json()["code"] == "too_many_uploads"
            && answer.header("retry-after") == Some("5")
    });
    // The one place for work is free.
    assert_eq!(ask(&server, "GET /.well-known/jwks.json", &[], "").status, 200);
    drop(slow);
    until("there are places again", || {
        ask(&server, "POST /v1/device-messages/verify", &[("Authorization", &bearer)], "{}").status == 400
    });
    server.stop();
}
