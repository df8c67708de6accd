//! What relying parties get: lists and OCSP, whatever happens to generations and keys meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Authority, Server, in_store, openssl, sealwright, text, until};

fn ca(authority: &Authority, arguments: &[&str]) -> serde_json::Value {
    let ended = sealwright(&[&["ca"], arguments, &["--json", "--data", text(&authority.data)]].concat());
    assert!(ended.success, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
    ended.json()
}

/// Head and body of the answer to a GET with these header lines.
fn get(server: &Server, path: &str, more: &str) -> (String, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
    let reply = server.exchange(request.as_bytes());
    let start = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    (String::from_utf8_lossy(&reply[..start]).into_owned(), reply[start..].to_vec())
}

/// A list as OpenSSL shows it.
fn list(authority: &Authority, server: &Server, key: &str) -> String {
    let (head, body) = get(server, &format!("/crl/{key}.crl"), "");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}{}", server.log());
    let file = authority.folder.path().join("list.der");
    fs::write(&file, body).unwrap();
    openssl(&["crl", "-inform", "DER", "-in", text(&file), "-noout", "-text"])
}

/// The server follows commands within seconds; its lists do so at once.
#[test]
fn a_generation_that_was_given_up_is_on_the_lists_at_once() {
    let authority = Authority::usual();
    let server = authority.serve();
    list(&authority, &server, "issuing-1");
    ca(&authority, &["renew", "--new-key", "p256"]);
    let registrations = ["certificates", "list", "--json", "--profile", "scep-ra"];
    let listed = sealwright(&[&registrations[..], &["--data", text(&authority.data)]].concat()).json();
    ca(&authority, &["abandon"]);
    let of_next = listed["certificates"].as_array().unwrap().iter().find(|one| one["generation"] == 2);
    let serial = of_next.unwrap()["serial"].as_str().unwrap().to_uppercase();
    let shown = list(&authority, &server, "issuing-1");
    assert!(shown.contains(&serial), "{serial}: {shown}");
    until("the server knows the key", || {
        get(&server, "/crl/issuing-2.crl", "").0.starts_with("HTTP/1.1 200 ")
    });
    for key in ["issuing-1", "issuing-2"] {
        assert!(list(&authority, &server, key).contains(&serial), "{key}");
    }
    server.stop();
}

#[test]
fn lists_that_are_made_at_once_have_numbers_of_their_own() {
    let authority = Authority::usual();
    let data = authority.data.clone();
    let commands: Vec<_> = (0..7)
        .map(|_| {
            let data = data.clone();
            std::thread::spawn(move || {
                sealwright(&["ca", "crl", "--authority", "root", "--json", "--data", text(&data)])
            })
        })
        .collect();
    let mut made = BTreeMap::new();
    for command in commands {
        let ended = command.join().unwrap();
        if !ended.success {
            assert!(ended.stdout.contains("wait until it has ended"), "{}", ended.stdout);
            continue;
        }
        let crl = ended.json()["crls"][0].take();
        let other = made.insert(crl["number"].as_u64().unwrap(), crl.clone());
        assert!(other.is_none(), "one number for two lists: {crl} and {other:?}");
    }
    assert!(made.len() > 1, "nothing was made at once");
}

/// Each key that cannot sign is named, and what can be made is made.
#[test]
fn a_list_of_the_root_that_was_not_made_is_named() {
    let authority = Authority::usual();
    ca(&authority, &["renew", "--authority", "root", "--new-key", "p256"]);
    ca(&authority, &["activate", "--authority", "root"]);
    fs::remove_file(authority.data.join("keys/root-1.pem")).unwrap();
    let ended = sealwright(&["ca", "crl", "--authority", "root", "--json", "--data", text(&authority.data)]);
    assert!(!ended.success, "{}", ended.stdout);
    let detail = ended.json()["error"]["detail"].as_str().unwrap().to_owned();
    for part in ["no list of root-1", "root-1.pem", "there are new lists of root-2"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
}

/// A device, and a request about it.
fn device(authority: &Authority, server: &Server) -> PathBuf {
    let out = authority.folder.path().join("device");
    assert!(server.enroll(authority, &out, &["--subject", "CN=device"]).success);
    out
}

fn ocsp(server: &Server, device: &Path, more: &[&str]) -> std::process::Output {
    let file = |name: &str| device.join(name).to_str().unwrap().to_owned();
    let (root, chain, leaf) = (file("ca.pem"), file("chain.pem"), file("certificate.pem"));
    let url = server.url.replace("/scep", "/ocsp");
    let usual = ["ocsp", "-url", &url, "-CAfile", &root, "-issuer", &chain, "-cert", &leaf];
    std::process::Command::new("openssl").args([&usual[..], more].concat()).output().unwrap()
}

/// The files of the keys of OCSP signers.
fn signers(authority: &Authority) -> Vec<PathBuf> {
    let files = fs::read_dir(authority.data.join("keys")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| text(path).contains("/ocsp-")).collect();
    files.sort();
    files
}

/// Its certificate is another one's, as it may be whose certificate ends between two looks at it.
#[test]
fn in_the_place_of_an_ocsp_signer_that_is_unfit_the_key_itself_signs() {
    let authority = Authority::usual();
    let server = authority.serve();
    let device = device(&authority, &server);
    until("it is in use", || {
        let said = ocsp(&server, &device, &["-resp_text"]);
        String::from_utf8_lossy(&said.stdout).contains("OCSP issuing-1")
    });
    server.stop();
    let registration = "UPDATE authorities SET value = json_set(value, '$.certificate', (SELECT json_extract(value, \
                        '$.certificate') FROM authorities WHERE role = 'ra')) WHERE role = 'ocsp' RETURNING value";
    in_store(&authority, registration, None);
    let server = authority.serve();
    let said = ocsp(&server, &device, &["-resp_text"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("certificate.pem: good") && !said.contains("OCSP issuing-1"), "{said}");
    server.stop();
}

#[test]
fn a_lost_key_of_the_ocsp_signer_is_replaced_and_a_damaged_one_is_told() {
    let authority = Authority::usual();
    let server = authority.serve();
    let device = device(&authority, &server);
    until("there is a signer", || signers(&authority).len() == 1);
    until("it is in use", || {
        let said = ocsp(&server, &device, &["-resp_text"]);
        String::from_utf8_lossy(&said.stdout).contains("OCSP issuing-1")
    });
    server.stop();
    let first = signers(&authority).remove(0);
    fs::remove_file(&first).unwrap();
    let server = authority.serve();
    let said = ocsp(&server, &device, &[]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("certificate.pem: good"), "{}", server.log());
    until("there is another signer", || signers(&authority).iter().any(|file| *file != first));
    until("the other one is in use", || {
        let said = ocsp(&server, &device, &["-resp_text"]);
        String::from_utf8_lossy(&said.stdout).contains("OCSP issuing-1")
    });
    server.stop();
    // One that is there and is none: clients are told in their own language, the administrator in his.
    let second = signers(&authority).remove(0);
    fs::write(&second, "no key").unwrap();
    let server = authority.serve();
    let said = ocsp(&server, &device, &[]);
    let said = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
    assert!(said.to_lowercase().contains("responder error: internalerror"), "{said}");
    until("it is in the log", || server.log().contains(second.file_name().unwrap().to_str().unwrap()));
    server.stop();
}

/// RFC 9110 13.1.2: who has the newest is not sent it again, who has an older one is.
#[test]
fn what_a_client_has_is_not_sent_again() {
    let authority = Authority::usual();
    let server = authority.serve();
    let device = device(&authority, &server);
    let tag = |head: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix("etag: "));
        line.unwrap_or_else(|| panic!("{head}")).to_owned()
    };
    let first = get(&server, "/crl/issuing-1.crl", "");
    let known = format!("If-None-Match: \"other\", {}\r\n", tag(&first.0));
    let again = get(&server, "/crl/issuing-1.crl", &known);
    assert!(again.0.starts_with("HTTP/1.1 304 ") && again.1.is_empty(), "{}", again.0);
    let shown = openssl(&["x509", "-in", text(&device.join("certificate.pem")), "-noout", "-serial"]);
    let serial = shown.trim().trim_start_matches("serial=");
    assert!(sealwright(&["revoke", serial, "--data", text(&authority.data)]).success);
    let newer = get(&server, "/crl/issuing-1.crl", &known);
    assert!(newer.0.starts_with("HTTP/1.1 200 ") && newer.1 != first.1, "{}", newer.0);
    // A response of OCSP is another one each second; the same one is not sent again.
    let request = authority.folder.path().join("request.der");
    let file = |name: &str| device.join(name).to_str().unwrap().to_owned();
    let (chain, leaf) = (file("chain.pem"), file("certificate.pem"));
    openssl(&["ocsp", "-issuer", &chain, "-cert", &leaf, "-no_nonce", "-reqout", text(&request)]);
    let encoded = openssl(&["base64", "-A", "-in", text(&request)]).replace('+', "%2B").replace('/', "%2F");
    let path = format!("/ocsp/{}", encoded.trim().replace('=', "%3D"));
    until("the same response within a second", || {
        let first = get(&server, &path, "");
        assert!(first.0.starts_with("HTTP/1.1 200 "), "{}", first.0);
        let again = get(&server, &path, &format!("If-None-Match: {}\r\n", tag(&first.0)));
        let is_known = again.0.starts_with("HTTP/1.1 304 ");
        assert_eq!(is_known, again.1.is_empty() && tag(&again.0) == tag(&first.0), "{}", again.0);
        is_known
    });
    server.stop();
}
