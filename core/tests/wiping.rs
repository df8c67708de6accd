//! What is freed holds no secret any more: an allocator looks at every block that is given back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use sealwright_core::{KeyRing, call};
use serde_json::{Value, json};

thread_local! {
    static NEEDLES: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

struct Watch;

#[global_allocator]
static WATCH: Watch = Watch;

// SAFETY: everything is passed on to the system's allocator. `realloc` is the trait's own: allocate, copy, free.
unsafe impl GlobalAlloc for Watch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on. Zeroed, so that what is looked at was written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHING.get() {
            // SAFETY: a live block of this size, all of it initialised by `alloc`, until the next line.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            let holds = |needle: &Vec<u8>| bytes.windows(needle.len()).any(|window| window == needle);
            let found = NEEDLES.with_borrow(|needles| needles.iter().filter(|needle| holds(needle)).count());
            FOUND.set(FOUND.get() + found);
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

/// How often one of the secrets is in a block that `work` frees; what `work` gives is still there.
fn left_behind<T>(secrets: &[&[u8]], work: impl FnOnce() -> T) -> (usize, T) {
    NEEDLES.set(secrets.iter().map(|secret| secret.to_vec()).collect());
    FOUND.set(0);
    WATCHING.set(true);
    let result = work();
    WATCHING.set(false);
    (FOUND.get(), result)
}

const CHALLENGE: &str = "correct horse battery staple";
const SEED: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn code(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap();
    body["error"]["code"].as_str().unwrap_or("ok").to_owned()
}

/// The request as text, so that what the test itself frees is not in question.
fn ask(secrets: &[&[u8]], request: &str, wanted: &str) {
    let ring = KeyRing::new();
    let (found, body) = left_behind(secrets, || call(request.as_bytes(), &ring).body);
    assert_eq!(code(&body), wanted, "{request}");
    let (after, ()) = left_behind(secrets, || drop(body));
    assert_eq!((found, after), (0, 0), "{request}");
}

#[test]
fn the_allocator_sees_what_is_not_wiped() {
    let (found, ()) = left_behind(&[CHALLENGE.as_bytes()], || drop(CHALLENGE.to_owned()));
    assert_eq!(found, 1);
    let (found, ()) = left_behind(&[CHALLENGE.as_bytes()], || {
        let mut growing = CHALLENGE.to_owned();
        growing.push_str(&"x".repeat(100));
        std::mem::forget(growing);
    });
    assert_eq!(found, 1);
}

/// Wherever the reading of a request stops, what was read so far is wiped.
#[test]
fn a_refused_request() {
    let secret = CHALLENGE.as_bytes();
    let fields = format!(r#""op":"create_csr","challenge_password":"{CHALLENGE}","subject":"CN=a""#);
    for (request, wanted) in [
        (format!(r"{{{fields}"), "request_malformed"),
        (format!(r#"{{{fields},"subject":"CN=b"}}"#), "request_malformed"),
        (format!(r#"{{{fields},"key":{{"id":"k"}},"other":1}}"#), "request_malformed"),
        (format!(r#"{{{fields},"key":7}}"#), "request_malformed"),
        (format!(r#"{{{fields},"key":{{"id":"k"}}}}"#), "key_unknown"),
        (format!(r#"["{CHALLENGE}", ["{CHALLENGE}"], x"#), "request_malformed"),
        (format!(r#"{{"op":"nothing","a":{{"b":["{CHALLENGE}"]}}}}"#), "operation_unknown"),
        (format!(r#"{{{fields},"seed":["{CHALLENGE}"]}}"#), "request_malformed"),
    ] {
        ask(&[secret], &request, wanted);
    }
}

#[test]
fn answers() {
    let (text, bytes) = (Base64UrlUnpadded::encode_string(CHALLENGE.as_bytes()), CHALLENGE.as_bytes());
    let key = r#""op":"generate_key","algorithm":"ed25519""#;
    for (answers, wanted) in [
        (format!(r#"["{text}"]"#), "key_answer_unexpected"),
        (format!(r#"["{text}",7]"#), "request_malformed"),
        (format!(r#"["{text}","{text}!"]"#), "request_malformed"),
        (format!(r#"[null,"{text}","{text}="]"#), "request_malformed"),
    ] {
        let request = format!(r#"{{{key},"seed":"{SEED}","answers":{answers}}}"#);
        ask(&[text.as_bytes(), bytes], &request, wanted);
    }
}

/// The seed, the key that comes of it, its DER and its PEM.
#[test]
fn a_generated_key() {
    let seed = Base64UrlUnpadded::decode_vec(SEED).unwrap();
    for algorithm in ["ed25519", "p256", "p384", "rsa-2048", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] {
        let request = json!({ "op": "generate_key", "seed": SEED, "algorithm": algorithm }).to_string();
        let response: Value =
            serde_json::from_slice(&call(request.as_bytes(), &KeyRing::new()).body).unwrap();
        let pem = response["ok"]["private_key"].as_str().unwrap();
        let digits: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = Base64::decode_vec(&digits).unwrap();
        // A stretch from within the secret, past what each key of the algorithm begins with.
        let at = if algorithm.starts_with("rsa") { 400 } else { 40 };
        let lines: Vec<&str> = pem.lines().collect();
        let line = lines[at / 48 + 1];
        ask(&[SEED.as_bytes(), &seed, &der[at..at + 8], line.as_bytes()], &request, "ok");
    }
}

#[test]
fn an_imported_key() {
    let pem = include_str!("../../tests/vectors/keys/p256-device.pem");
    let line = pem.lines().nth(1).unwrap();
    let der =
        Base64::decode_vec(&pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap();
    let secret = &der[40..60];
    let cut = pem.replace("\n-----END", "!\n-----END");
    let short = pem.replacen(line, &format!("{line}A"), 1);
    let other = format!("{}{pem}", pem.replace("PRIVATE", "OTHER"));
    for (text, imports) in [(pem, true), (&cut, false), (&short, false), (&other, true)] {
        let (found, imported) = left_behind(&[line.as_bytes(), secret], || {
            let mut ring = KeyRing::new();
            let imported = ring.import("k", text.as_bytes()).is_ok();
            drop(ring);
            imported
        });
        assert_eq!((found, imported), (0, imports), "{text}");
    }
}

/// Passwords and what they open: on the way in, on the way out, and where they are wrong.
#[test]
fn keys_and_keystores_under_a_password() {
    let password = CHALLENGE.as_bytes();
    let wide: Vec<u8> = CHALLENGE.bytes().flat_map(|octet| [0, octet]).collect();
    let key = include_str!("../../tests/vectors/keys/p256-device.pem");
    let digits: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let der = Base64::decode_vec(&digits).unwrap();
    let line = key.lines().nth(1).unwrap();
    // In base64url: where a text has escapes, as the line feeds of PEM are, serde_json copies it and wipes nothing.
    let text = Base64UrlUnpadded::encode_string(&der);
    let secrets = [password, wide.as_slice(), &der[40..60], line.as_bytes(), &text.as_bytes()[50..80]];
    for kdf in [json!({ "kdf": "scrypt" }), json!({ "kdf": "pbkdf2_sha256", "iterations": 2 })] {
        let mut request = json!({
            "op": "encrypt_private_key", "seed": SEED, "private_key": text, "password": CHALLENGE,
        });
        request.as_object_mut().unwrap().extend(kdf.as_object().unwrap().clone());
        let request = request.to_string();
        ask(&secrets, &request, "ok");
        let body = call(request.as_bytes(), &KeyRing::new()).body;
        let sealed: Value = serde_json::from_slice(&body).unwrap();
        let sealed = &sealed["ok"]["private_key"];
        for (password, wanted) in [(CHALLENGE, "ok"), ("wrong", "key_password_wrong")] {
            let request = json!({ "op": "read_private_key", "input": sealed, "password": password });
            ask(&secrets, &request.to_string(), wanted);
        }
    }
}

/// What a keystore holds, and the settings in a backup: written, opened, and put in BER around.
#[test]
fn the_contents_of_keystores() {
    let key = include_str!("../../tests/vectors/keys/rsa-device.pem");
    let leaf = include_str!("../../tests/vectors/inputs/keystore-leaf.pem");
    let digits: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let der = Base64::decode_vec(&digits).unwrap();
    let (text, state) =
        (Base64UrlUnpadded::encode_string(&der), "a state of the writer's own, not for others");
    let sent = Base64UrlUnpadded::encode_string(state.as_bytes());
    let secrets = [CHALLENGE.as_bytes(), &der[400..420], &text.as_bytes()[530..560], state.as_bytes()];
    let request = json!({
        "op": "write_pkcs12", "seed": SEED, "password": CHALLENGE, "iterations": 2, "state": sent,
        "entries": [{ "private_key": text, "certificate": leaf }],
    });
    ask(&secrets, &request.to_string(), "ok");
    let body = call(request.to_string().as_bytes(), &KeyRing::new()).body;
    let written: Value = serde_json::from_slice(&body).unwrap();
    for (password, wanted) in [(CHALLENGE, "ok"), ("wrong", "keystore_password_wrong")] {
        let request = json!({ "op": "read_pkcs12", "pkcs12": written["ok"]["pkcs12"], "password": password });
        ask(&secrets, &request.to_string(), wanted);
    }
    // A plain key that no password protects, in lengths of BER, so that it is copied on the way.
    let octets = |element: &[u8]| u16::try_from(element.len()).unwrap().to_be_bytes();
    let within = |tag: &[u8], content: &[u8]| [tag, &[0x84, 0, 0], &octets(content), content].concat();
    let data = |content: &[u8]| {
        let oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
        let wrapped = within(&[0xa0], &within(&[0x04], content));
        within(&[0x30], &[&oid[..], &wrapped].concat())
    };
    let key_bag = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01";
    let bag = within(&[0x30], &[&key_bag[..], &within(&[0xa0], &der)].concat());
    let safe = data(&within(&[0x30], &bag));
    let pfx = within(&[0x30], &[&[2, 1, 3][..], &data(&within(&[0x30], &safe))].concat());
    let request = json!({ "op": "read_pkcs12", "pkcs12": Base64UrlUnpadded::encode_string(&pfx) });
    ask(&secrets, &request.to_string(), "ok");
}
