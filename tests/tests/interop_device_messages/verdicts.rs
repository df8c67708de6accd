//! Each way in which a message does not count, and that it counts otherwise.

use std::path::Path;
use std::process::{Command, Stdio};

use base64ct::{Base64, Encoding};
use conformance::http;
use conformance::server::{self, Authority, text};
use conformance::{engine, forgery, openssl, peer, tool};
use serde_json::json;

use super::fleet::{Device, HttpRequest, ORIGIN, Verifier, cms_message, is_missing, python, reason, whole};

const BODY: &[u8] = b"<plist><dict><key>Status</key><string>Idle</string></dict></plist>";

#[test]
fn a_message_of_openssl_counts_once_and_says_whose_it_is() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let device = Device::new(&authority, "tablet-3", &[]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let signature = device.cms(BODY, &[]).unwrap();
    let header = [("Mdm-Signature", signature.as_str())];
    let other = whole(&verifier.server, &header, b"another body").unwrap();
    assert_eq!(reason(&other).unwrap(), "message_body_mismatch");
    // What was refused may still count.
    let reply = whole(&verifier.server, &header, BODY).unwrap();
    assert_eq!(reply.status, 200, "{}\n{}", reply.head, String::from_utf8_lossy(&reply.body));
    let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(said["device"]["serial"], device.serial().unwrap());
    assert_eq!(said["device"]["sha256"], device.fingerprint().unwrap());
    for (name, value) in [
        ("serial", device.serial().unwrap().as_str()),
        ("common-name", "tablet-3"),
        ("certificate-sha256", &device.fingerprint().unwrap()),
        ("form", "detached_cms"),
        ("key-id", ""),
    ] {
        assert_eq!(reply.header(&format!("X-Sealwright-{name}")), Some(value), "{}", reply.head);
    }
    assert_eq!(reason(&whole(&verifier.server, &header, BODY).unwrap()).unwrap(), "message_replayed");
    // It is the same message at each door, and after a restart.
    assert_eq!(verifier.refuses(&cms_message(&signature), BODY).unwrap(), "message_replayed");
    let Verifier { server, .. } = verifier;
    server.stop().unwrap();
    let server = authority.serve().unwrap();
    assert_eq!(reason(&whole(&server, &header, BODY).unwrap()).unwrap(), "message_replayed");
    server.stop().unwrap();
}

#[test]
fn each_way_of_openssl_to_name_the_signer_is_understood() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let rsa =
        Device::new(&authority, "rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    for more in [
        &[][..],
        &["-nocerts"],
        &["-keyid"],
        &["-keyid", "-nocerts"],
        &["-md", "sha512"],
        &["-md", "sha384", "-nocerts"],
    ] {
        let body = format!("{more:?}");
        let signature = rsa.cms(body.as_bytes(), more).unwrap();
        let said = verifier.counts(&cms_message(&signature), body.as_bytes()).unwrap();
        assert_eq!(said["device"]["common_name"], "rsa", "{more:?}");
    }
    let sha1 = rsa.cms(BODY, &["-md", "sha1"]).unwrap();
    let mut message = cms_message(&sha1);
    message["allow_sha1"] = json!(true);
    assert_eq!(verifier.refuses(&message, BODY).unwrap(), "message_algorithm_refused", "no caller allows it");
    let undated = rsa.cms(BODY, &["-noattr"]).unwrap();
    assert_eq!(verifier.refuses(&cms_message(&undated), BODY).unwrap(), "message_undated");
    verifier.server.stop().unwrap();
    authority.set("allow_sha1 = false", "allow_sha1 = true").unwrap();
    authority.set("allow_undated = false", "allow_undated = true").unwrap();
    let verifier = verifier_again(&authority);
    verifier.counts(&cms_message(&sha1), BODY).unwrap();
    verifier.counts(&cms_message(&undated), BODY).unwrap();
    assert_eq!(verifier.refuses(&cms_message(&undated), BODY).unwrap(), "message_replayed");
    verifier.server.stop().unwrap();
}

fn verifier_again(authority: &Authority) -> Verifier {
    authority.run(&["api-tokens", "remove", "mdm"]).unwrap();
    Verifier::new(authority).unwrap()
}

#[test]
fn requests_of_http_message_signatures_are_judged() {
    let (false, Some(_)) = (is_missing(), python()) else { return };
    let authority = Authority::new().unwrap();
    let device = Device::new(&authority, "laptop-8", &[]).unwrap();
    let lost = Device::new(&authority, "lost", &[]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let (id, serial) = (device.fingerprint().unwrap(), device.serial().unwrap());
    let upper = serial.to_uppercase();
    let names = device.key_names().unwrap();
    for key_id in [&[id.clone(), serial.clone(), upper], &names[..]].concat() {
        let key_id = key_id.as_str();
        let path = format!("/{key_id}");
        let request = HttpRequest { path: &path, ..HttpRequest::new(key_id, BODY) };
        let message = request.message(&device.http(&request).unwrap());
        let said = verifier.counts(&message, BODY).unwrap();
        assert_eq!((&said["key_id"], &said["body_covered"]), (&json!(key_id), &json!(true)));
        assert_eq!(said["device"]["serial"], serial);
        assert_eq!(verifier.refuses(&message, BODY).unwrap(), "message_replayed");
    }

    let request = HttpRequest::new(&id, BODY);
    let message = request.message(&device.http(&request).unwrap());
    for (pointer, value, code) in [
        ("/request/method", json!("POST"), "message_signature_invalid"),
        ("/request/target_uri", json!(format!("{ORIGIN}/checkin?device=8")), "message_signature_invalid"),
        ("/request/headers/0/1", json!("text/plain"), "message_signature_invalid"),
        ("/algorithms", json!(["ed25519"]), "message_algorithm_refused"),
        ("/label", json!("nobody"), "message_signature_absent"),
    ] {
        let mut changed = message.clone();
        match changed.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => changed[&pointer[1..]] = value,
        }
        assert_eq!(verifier.refuses(&changed, BODY).unwrap(), code, "{pointer}");
    }
    assert_eq!(verifier.refuses(&message, b"another").unwrap(), "message_body_mismatch");
    let of = |key_id: &str, now: u64, device: &Device<'_>| {
        let request = HttpRequest { now, ..HttpRequest::new(key_id, BODY) };
        request.message(&device.http(&request).unwrap())
    };
    let now = engine::now();
    assert_eq!(verifier.refuses(&of(&id, now - 500, &device), BODY).unwrap(), "message_stale");
    assert_eq!(verifier.refuses(&of(&id, now + 500, &device), BODY).unwrap(), "message_from_future");
    let nobody = "0".repeat(64);
    assert_eq!(verifier.refuses(&of(&nobody, now, &device), BODY).unwrap(), "message_signer_unknown");
    assert_eq!(verifier.refuses(&of(&id, now, &lost), BODY).unwrap(), "message_signature_invalid");

    let id_of_lost = lost.fingerprint().unwrap();
    let before = of(&id_of_lost, now, &lost);
    authority.run(&["revoke", &lost.serial().unwrap(), "--reason", "key_compromise"]).unwrap();
    assert_eq!(verifier.refuses(&before, BODY).unwrap(), "path_revoked", "at once");
    verifier.counts(&message, BODY).unwrap();
    verifier.server.stop().unwrap();
}

/// Whoever has the issuer's certificate still can put it into a message.
#[test]
fn an_issuer_that_was_revoked_speaks_for_nobody() {
    let (false, Some(_)) = (is_missing(), python()) else { return };
    let authority = Authority::new().unwrap();
    let device = Device::new(&authority, "tablet-9", &[]).unwrap();
    let issuers = authority.folder().join("issuers.pem");
    std::fs::write(&issuers, authority.intermediates().unwrap().concat()).unwrap();
    let stored = authority.certificates().unwrap();
    let issuer = stored.iter().find(|one| one["profile"] == "subordinate-ca").unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let id = device.fingerprint().unwrap();
    let signed = |body: &[u8]| device.cms(body, &["-certfile", text(&issuers)]).unwrap();
    verifier.counts(&cms_message(&signed(b"before")), b"before").unwrap();
    authority.run(&["revoke", issuer["serial"].as_str().unwrap(), "--reason", "superseded"]).unwrap();
    assert_eq!(verifier.refuses(&cms_message(&signed(BODY)), BODY).unwrap(), "path_revoked");
    let request = HttpRequest::new(&id, BODY);
    let message = request.message(&device.http(&request).unwrap());
    assert_eq!(verifier.refuses(&message, BODY).unwrap(), "path_not_found");
    verifier.server.stop().unwrap();
}

/// From an ECDSA signature anybody makes another one, with which the issuer's certificate has another hash.
#[test]
fn a_revoked_issuer_is_known_in_disguise() {
    if is_missing() {
        return;
    }
    let authority = Authority::published(&["--key-type", "p256"]).unwrap();
    let device = Device::new(&authority, "tablet-10", &[]).unwrap();
    let folder = authority.folder();
    let issuer = authority.intermediates().unwrap().remove(0);
    let der = tool::run("openssl", &["x509", "-outform", "DER"], folder, issuer.as_bytes()).unwrap();
    let disguised = forgery::with_other_signature(&der).unwrap();
    assert_ne!(disguised, der);
    let arguments = ["x509", "-inform", "DER", "-out", "disguised.pem"];
    tool::run("openssl", &arguments, folder, &disguised).unwrap();
    std::fs::write(folder.join("root.pem"), authority.root().unwrap()).unwrap();
    openssl::run(&["verify", "-CAfile", "root.pem", "disguised.pem"], folder, &[]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let signed = |body: &[u8]| cms_message(&device.cms(body, &["-certfile", "disguised.pem"]).unwrap());
    verifier.counts(&signed(b"before"), b"before").unwrap();
    let stored = authority.certificates().unwrap();
    let issuer = stored.iter().find(|one| one["profile"] == "subordinate-ca").unwrap();
    authority.run(&["revoke", issuer["serial"].as_str().unwrap(), "--reason", "superseded"]).unwrap();
    assert_eq!(verifier.refuses(&signed(BODY), BODY).unwrap(), "path_revoked");
    verifier.server.stop().unwrap();
}

/// What the settings forbid, neither a device nor a caller allows.
#[test]
fn the_settings_say_which_algorithms_and_times_count() {
    let (false, Some(_)) = (is_missing(), python()) else { return };
    let authority = Authority::new().unwrap();
    authority.set("#: algorithms = [\"rsa-v1_5-sha256\", \"ecdsa-p256-sha256\", ", "algorithms = [").unwrap();
    authority.set("max_age_seconds = 300", "max_age_seconds = 20").unwrap();
    authority.set("clock_skew_seconds = 60", "clock_skew_seconds = 5").unwrap();
    authority.set("\"Mdm-Signature\"", "\"X-Device-Cms\"").unwrap();
    let p256 = Device::new(&authority, "p256", &[]).unwrap();
    let ed25519 = Device::new(&authority, "ed25519", &["-algorithm", "ED25519"]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let (p256_id, ed25519_id) = (p256.fingerprint().unwrap(), ed25519.fingerprint().unwrap());
    let request = HttpRequest::new(&p256_id, BODY);
    let mut message = request.message(&p256.http(&request).unwrap());
    for wanted in [None, Some(json!(["ecdsa-p256-sha256"])), Some(json!(["ecdsa-p256-sha256", "ed25519"]))] {
        wanted.into_iter().for_each(|wanted| message["algorithms"] = wanted);
        assert_eq!(verifier.refuses(&message, BODY).unwrap(), "message_algorithm_refused");
    }
    let signed = |now: u64| {
        let request = HttpRequest { algorithm: "ed25519", now, ..HttpRequest::new(&ed25519_id, BODY) };
        request.message(&ed25519.http(&request).unwrap())
    };
    let now = engine::now();
    assert_eq!(verifier.refuses(&signed(now - 60), BODY).unwrap(), "message_stale");
    assert_eq!(verifier.refuses(&signed(now + 60), BODY).unwrap(), "message_from_future");
    verifier.counts(&signed(now), BODY).unwrap();
    let cms = p256.cms(BODY, &[]).unwrap();
    let usual = whole(&verifier.server, &[("Mdm-Signature", &cms)], BODY).unwrap();
    assert_eq!(reason(&usual).unwrap(), "message_signature_absent");
    let other = whole(&verifier.server, &[("X-Device-Cms", &cms)], BODY).unwrap();
    assert_eq!(other.status, 200, "{}", other.head);
    verifier.server.stop().unwrap();
}

/// What a program prints that runs at another time of day.
fn then(offset: &str, program: &str, arguments: &[&str], folder: &Path) -> Vec<u8> {
    let mut command = Command::new(program);
    server::faketime(&mut command, offset);
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// An authority that was made so long ago.
fn made(offset: &str) -> Authority {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["init", "--key-type", "p256", "--data", text(&data), "--json"];
    let report = then(offset, text(server::program()), &arguments, folder.path());
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    Authority::copied(&data, report["ca_certificate"].as_str().unwrap(), "").unwrap()
}

/// One whose certificate was issued by another authority, and one whose certificate has ended.
#[test]
fn certificates_of_others_and_of_yesterday_are_refused() {
    if is_missing() || peer::find("faketime", "faketime").is_none() {
        return;
    }
    let authority = made("-40d");
    let own = Device::new(&authority, "own", &[]).unwrap();
    let path = |name: &str| text(&authority.folder().join(name)).to_owned();
    let (csr, pem, data) = (path("own.csr"), path("old.pem"), authority.data());
    let sign = ["sign", &csr, "--validity-days", "1", "--data", text(&data), "--out", &pem, "--json"];
    then("-40d", text(server::program()), &sign, authority.folder());
    std::fs::copy(path("own.key"), path("old.key")).unwrap();
    let old = Device::known(&authority, "old").unwrap();
    let elsewhere = Authority::new().unwrap();
    let stranger = Device::new(&elsewhere, "stranger", &[]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let judged =
        |device: &Device<'_>| verifier.refuses(&cms_message(&device.cms(BODY, &[]).unwrap()), BODY).unwrap();
    assert_eq!(judged(&old), "path_certificate_expired");
    assert_eq!(judged(&stranger), "path_signature_invalid", "of an authority of the same name");
    verifier.counts(&cms_message(&own.cms(BODY, &[]).unwrap()), BODY).unwrap();
    verifier.server.stop().unwrap();
}

/// The room that there is, and that it is made again by itself.
#[test]
fn what_cannot_count_any_more_is_forgotten() {
    if is_missing() || peer::find("faketime", "faketime").is_none() {
        return;
    }
    let authority = made("-40d");
    authority.set("max_remembered = 1000000", "max_remembered = 2").unwrap();
    let folder = authority.folder();
    let device = Device::new(&authority, "own", &[]).unwrap();
    let csr = text(&folder.join("own.csr")).to_owned();
    let (pem, data) = (text(&folder.join("early.pem")).to_owned(), authority.data());
    let sign = ["sign", &csr, "--data", text(&data), "--out", &pem, "--json"];
    then("-40d", text(server::program()), &sign, folder);
    let early = |body: &str| {
        std::fs::write(folder.join("early.body"), body).unwrap();
        let sign =
            ["cms", "-sign", "-binary", "-in", "early.body", "-signer", "early.pem", "-inkey", "own.key"];
        let der = then("-2d", "openssl", &[&sign[..], &["-outform", "DER"]].concat(), folder);
        Base64::encode_string(&der)
    };
    let server = authority.serve_at("-2d").unwrap();
    for (body, status) in [("1", 200), ("2", 200), ("3", 503)] {
        let reply = whole(&server, &[("Mdm-Signature", &early(body))], body.as_bytes()).unwrap();
        assert_eq!(reply.status, status, "{body}: {}", reply.head);
        assert_eq!(status == 503, String::from_utf8_lossy(&reply.body).contains("messages_full"));
        assert_eq!(reply.header("retry-after"), (status == 503).then_some("60"), "{}", reply.head);
        let type_of_problem = Some("application/problem+json");
        assert_eq!(reply.header("content-type") == type_of_problem, status == 503, "{}", reply.head);
    }
    server.stop().unwrap();
    let server = authority.serve_at("-2d").unwrap();
    server::until("somebody is told that the room is used up", || {
        let health = http::get(&format!("{}/healthz", server.base()))?;
        let health: serde_json::Value = serde_json::from_slice(&health.body)?;
        Ok(health["warnings"].to_string().contains("2 messages of devices are remembered"))
    })
    .unwrap();
    assert!(server.log().contains("raise messages.max_remembered"), "{}", server.log());
    server.stop().unwrap();
    let server = authority.serve().unwrap();
    for body in ["4", "5"] {
        let signature = device.cms(body.as_bytes(), &[]).unwrap();
        server::until("there is room", || {
            Ok(whole(&server, &[("Mdm-Signature", &signature)], body.as_bytes())?.status == 200)
        })
        .unwrap();
    }
    server.stop().unwrap();
}

/// A key that had no certificate for a while, and has one again: what it signed without a date before does not count anew.
#[test]
fn an_undated_message_does_not_come_back_after_a_gap() {
    if is_missing() || peer::find("faketime", "faketime").is_none() {
        return;
    }
    let authority = made("-40d");
    authority.set("max_remembered = 1000000", "max_remembered = 2").unwrap();
    authority.set("allow_undated = false", "allow_undated = true").unwrap();
    let folder = authority.folder();
    let p256 =
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/O=Acme/CN=early"];
    let out = ["req", "-new", "-keyout", "early.key", "-out", "early.csr"];
    openssl::run(&[&out[..], &p256].concat(), folder, &[]).unwrap();
    let path = |name: &str| text(&folder.join(name)).to_owned();
    let (csr, pem, data) = (path("early.csr"), path("early.pem"), authority.data());
    let sign = ["sign", &csr, "--validity-days", "1", "--data", text(&data), "--out", &pem, "--json"];
    then("-40d", text(server::program()), &sign, folder);
    let early = Device::known(&authority, "early").unwrap();
    let undated = ["-noattr", "-nocerts", "-keyid"];
    let signature = early.cms(BODY, &undated).unwrap();
    let counted = |server: &server::Server, signature: &str, body: &[u8]| {
        whole(server, &[("Mdm-Signature", signature)], body).unwrap()
    };
    let server = authority.serve_at("-40d").unwrap();
    assert_eq!(counted(&server, &signature, BODY).status, 200);
    assert_eq!(reason(&counted(&server, &signature, BODY)).unwrap(), "message_replayed");
    let filling = early.cms(b"filling", &undated).unwrap();
    assert_eq!(counted(&server, &filling, b"filling").status, 200);
    server.stop().unwrap();
    let other = Device::new(&authority, "other", &[]).unwrap().cms(BODY, &[]).unwrap();
    let server = authority.serve().unwrap();
    server::until("what the key signed is forgotten, and there is room", || {
        Ok(counted(&server, &other, BODY).status == 200)
    })
    .unwrap();
    assert_eq!(reason(&counted(&server, &signature, BODY)).unwrap(), "path_certificate_expired");
    authority.run(&["sign", &csr, "--out", &path("later.pem")]).unwrap();
    assert_eq!(reason(&counted(&server, &signature, BODY)).unwrap(), "message_undated");
    server.stop().unwrap();
}

#[test]
fn bare_signatures_of_openssl_count_where_the_settings_say_so() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    authority.set("allow_undated = false", "allow_undated = true").unwrap();
    authority.set("#: bare_header", "bare_header").unwrap();
    authority.set("#: bare_key_id_header", "bare_key_id_header").unwrap();
    let device = Device::new(&authority, "agent", &[]).unwrap();
    let server = authority.serve().unwrap();
    let id = device.fingerprint().unwrap();
    let long = [b"2".as_slice(), &vec![7; 100_000]].concat();
    for body in [b"1, 2, 3".as_slice(), &long] {
        let signature = device.bare(body).unwrap();
        let headers = [("X-Signature", signature.as_str()), ("X-Key-Id", &id)];
        let other = whole(&server, &headers, &[body, b"x"].concat()).unwrap();
        assert_eq!(reason(&other).unwrap(), "message_signature_invalid");
        let reply = whole(&server, &headers, body).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.head);
        assert_eq!(reply.header("X-Sealwright-Key-Id"), Some(id.as_str()));
        assert_eq!(reason(&whole(&server, &headers, body).unwrap()).unwrap(), "message_replayed");
    }
    for name in device.key_names().unwrap() {
        let signature = device.bare(name.as_bytes()).unwrap();
        let headers = [("X-Signature", signature.as_str()), ("X-Key-Id", &name)];
        let reply = whole(&server, &headers, name.as_bytes()).unwrap();
        assert_eq!(reply.status, 200, "{name}: {}", reply.head);
        assert_eq!(reply.header("X-Sealwright-Key-Id"), Some(name.as_str()));
    }
    // A long body that may be what another message's signature is over.
    let set = [b"1".as_slice(), &vec![7; 100_000]].concat();
    let signature = device.bare(&set).unwrap();
    let headers = [("X-Signature", signature.as_str()), ("X-Key-Id", &id)];
    assert_eq!(reason(&whole(&server, &headers, &set).unwrap()).unwrap(), "message_body_needed");
    let nobody = [("X-Signature", signature.as_str()), ("X-Key-Id", "nobody")];
    assert_eq!(reason(&whole(&server, &nobody, &set).unwrap()).unwrap(), "message_signer_unknown");
    server.stop().unwrap();
}

#[test]
fn the_api_wants_a_token_of_its_scope_and_a_whole_request() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    let device = Device::new(&authority, "tablet-4", &[]).unwrap();
    let verifier = Verifier::new(&authority).unwrap();
    let url = format!("{}/v1/device-messages/verify", verifier.server.base());
    let message = cms_message(&device.cms(BODY, &[]).unwrap());
    let request = json!({ "message": message, "body": engine::encode(BODY) });
    let text = request.to_string();
    assert_eq!(http::post(&url, &[], text.as_bytes()).unwrap().status, 401);
    for scope in ["mint", "keys"] {
        let added = authority.run(&["api-tokens", "add", scope, "--scope", scope]).unwrap();
        let bearer = format!("Bearer {}", added["api_token"].as_str().unwrap());
        let headers = [("Authorization", bearer.as_str())];
        assert_eq!(http::post(&url, &headers, text.as_bytes()).unwrap().status, 403, "{scope}");
    }
    for wrong in [
        json!({}),
        json!({ "message": message }),
        json!({ "message": message, "body": "", "digests": { "sha-256": "AAAA" } }),
        json!({ "message": message, "body": "", "signers": [] }),
        json!({ "message": message, "body": "", "trust": {} }),
        json!({ "message": { "form": "nothing" }, "body": "" }),
        json!({ "message": { "form": "bare" }, "body": "" }),
        json!({ "message": "text", "body": "" }),
    ] {
        assert_eq!(verifier.post(&wrong).unwrap().status, 400, "{wrong}");
    }
    assert_eq!(verifier.post(&request).unwrap().status, 200, "nothing of this made it count");
    let bearer_of_verifier_mints_nothing = http::post(
        &format!("{}/v1/tokens", verifier.server.base()),
        &[("Authorization", verifier.authorization())],
        b"{}",
    );
    assert_eq!(bearer_of_verifier_mints_nothing.unwrap().status, 403);
    verifier.server.stop().unwrap();
}
