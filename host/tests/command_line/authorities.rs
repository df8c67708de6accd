//! `ca`: the life of the authorities, step by step.

use std::fs;

use serde_json::{Value, json};

use crate::program::{Authority, Ended, in_store, openssl, sealwright, text};

fn ca(authority: &Authority, arguments: &[&str]) -> Ended {
    sealwright(&[&["ca"], arguments, &["--json", "--data", text(&authority.data)]].concat())
}

fn done(authority: &Authority, arguments: &[&str]) -> Value {
    let ended = ca(authority, arguments);
    assert!(ended.success, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
    ended.json()
}

/// Number, state and key of the generations of an authority, as `ca status` tells them.
fn generations(authority: &Authority, id: &str) -> Vec<(u64, String, String)> {
    let status = done(authority, &["status"]);
    let one = status["authorities"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |one: &Value| (one["number"].as_u64().unwrap(), text(&one["state"]), text(&one["key"]));
    one["generations"].as_array().unwrap().iter().map(row).collect()
}

fn rows(rows: &[(u64, &str, &str)]) -> Vec<(u64, String, String)> {
    rows.iter().map(|(number, state, key)| (*number, (*state).to_owned(), (*key).to_owned())).collect()
}

#[test]
fn a_renewal_is_planned_made_and_taken_into_use() {
    let authority = Authority::usual();
    let files = || {
        let keys = fs::read_dir(authority.data.join("keys")).unwrap();
        let mut names: Vec<_> = keys.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = (files(), done(&authority, &["status"]));
    let plan = done(&authority, &["plan", "--new-key", "p256", "--signed-profiles", "12"]);
    let check = |name: &str| {
        let checks = plan["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{plan}")).clone()
    };
    assert_eq!(
        check("https_distribution_points")["status"],
        "unknown",
        "what is not told is not taken for none"
    );
    assert_ne!(check("signed_profiles")["status"], "unknown");
    assert_eq!((files(), done(&authority, &["status"])), before, "a plan touches nothing");
    let renewed = done(&authority, &["renew", "--new-key", "p256", "--comment", "ten years", "--by", "ada"]);
    assert_eq!(
        (
            &renewed["authority"],
            &renewed["already"],
            &renewed["current"],
            &renewed["next"],
            &renewed["former"]
        ),
        (&json!("issuing-1"), &json!(false), &json!(1), &json!(2), &json!([]))
    );
    assert_eq!(
        generations(&authority, "issuing-1"),
        rows(&[(2, "next", "issuing-2"), (1, "current", "issuing-1")])
    );
    let next = authority.folder.path().join("next.pem");
    fs::write(&next, renewed["next_certificate"].as_str().unwrap()).unwrap();
    let seen = openssl(&["x509", "-in", text(&next), "-noout", "-text"]);
    assert!(seen.contains("id-ecPublicKey"), "{seen}");
    let activated = done(&authority, &["activate"]);
    assert_eq!(
        (&activated["current"], &activated["next"], &activated["former"]),
        (&json!(2), &json!(null), &json!([1]))
    );
    assert_eq!(activated["certificate"], renewed["next_certificate"]);
    assert_eq!(
        generations(&authority, "issuing-1"),
        rows(&[(2, "current", "issuing-2"), (1, "former", "issuing-1")])
    );
    let status = done(&authority, &["status"]);
    let events = status["authorities"][0]["events"].as_array().unwrap();
    let mut actions: Vec<_> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["activate", "renew"], "each once: {events:?}");
    let renewal = events.iter().find(|event| event["action"] == "renew").unwrap();
    assert_eq!((&renewal["actor"], &renewal["comment"]), (&json!("ada"), &json!("ten years")));
    let people = sealwright(&["ca", "status", "--data", text(&authority.data)]).stdout;
    assert!(people.contains("former") && people.contains("issuing-2"), "{people}");
}

#[test]
fn what_is_given_up_can_be_begun_again() {
    let authority = Authority::usual();
    assert_eq!(done(&authority, &["abandon"])["already"], true);
    done(&authority, &["renew", "--new-key", "p256"]);
    let abandoned = done(&authority, &["abandon", "--comment", "wrong day"]);
    assert_eq!(abandoned["in_force"], 0, "nobody has enrolled with it");
    assert_eq!(
        (&abandoned["already"], &abandoned["current"], &abandoned["next"]),
        (&json!(false), &json!(1), &json!(null))
    );
    let given_up = (2, "abandoned", "issuing-2");
    assert_eq!(generations(&authority, "issuing-1"), rows(&[(1, "current", "issuing-1"), given_up]));
    // Neither number nor key are given again.
    done(&authority, &["renew", "--new-key", "p384"]);
    let other = ca(&authority, &["renew", "--new-key", "p256"]);
    assert!(!other.success && other.stdout.contains("waits already"), "{}", other.stdout);
    done(&authority, &["activate"]);
    let now = [(3, "current", "issuing-3"), (1, "former", "issuing-1"), given_up];
    assert_eq!(generations(&authority, "issuing-1"), rows(&now));
    let server = authority.serve();
    let enrolled =
        server.enroll(&authority, &authority.folder.path().join("device"), &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    server.stop();
}

#[test]
fn the_root_is_renewed_by_its_own_command() {
    let authority = Authority::usual();
    for (more, key) in [(&[][..], "root-1"), (&["--new-key", "p256"], "root-2")] {
        let renew = [&["renew", "--authority", "root"], more].concat();
        assert_eq!(done(&authority, &renew)["authority"], "root-1");
        done(&authority, &["activate", "--authority", "root"]);
        let current = generations(&authority, "root-1").into_iter().find(|one| one.1 == "current").unwrap();
        assert_eq!(current.2, key);
    }
    assert_eq!(generations(&authority, "issuing-1"), rows(&[(1, "current", "issuing-1")]), "it stays");
    let crls = done(&authority, &["crl", "--authority", "root", "--validity-days", "30"]);
    let crls = crls["crls"].as_array().unwrap();
    let keys: Vec<_> = crls.iter().map(|crl| crl["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["root-2", "root-1"], "a list of each key");
    for crl in crls {
        let seconds = crl["next_update"].as_u64().unwrap() - crl["this_update"].as_u64().unwrap();
        assert_eq!(seconds, 30 * 86_400);
    }
}

/// With each key of the root the way there from the issuing authority is one certificate longer, and has 16 at most.
#[test]
fn a_root_gets_no_key_that_the_issuing_authority_could_not_be_led_to() {
    let mut authority = Authority::usual();
    let rekey = ["renew", "--authority", "root", "--new-key", "p256"];
    let activate = ["activate", "--authority", "root"];
    for _ in 1..16 {
        done(&authority, &rekey);
        let active = done(&authority, &activate);
        authority.fingerprint = active["sha256"].as_str().unwrap().to_owned();
    }
    done(&authority, &rekey);
    let refused = ca(&authority, &activate);
    assert!(!refused.success && refused.stdout.contains("as many keys of the root"), "{}", refused.stdout);
    done(&authority, &["abandon", "--authority", "root"]);
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    server.stop();
}

const ISSUING_VALUE: &str = "SELECT value FROM authorities WHERE role = 'issuing'";
const REPLACE_ISSUING_VALUE: &str = "UPDATE authorities SET value = ? WHERE role = 'issuing' RETURNING value";

/// The first of two new keys of the root is in use, and what was issued before does not lead to it: so it is left by who
/// is cut off between the two.
#[test]
fn an_activation_of_the_root_that_was_cut_off_is_finished_before_the_next() {
    let mut authority = Authority::usual();
    let file = |name: &str| authority.folder.path().join(name);
    let (first, out) = (file("first.pem"), file("device"));
    let (rekey, activate) =
        (["renew", "--authority", "root", "--new-key", "p256"], ["activate", "--authority", "root"]);
    let chain: Value = serde_json::from_str(&in_store(&authority, ISSUING_VALUE, None)).unwrap();
    fs::write(&first, chain["chain"][0].as_str().unwrap()).unwrap();
    done(&authority, &rekey);
    let before = in_store(&authority, ISSUING_VALUE, None);
    done(&authority, &activate);
    assert_ne!(in_store(&authority, ISSUING_VALUE, None), before);
    in_store(&authority, REPLACE_ISSUING_VALUE, Some(&before));
    done(&authority, &rekey);
    let active = done(&authority, &activate);
    authority.fingerprint = active["sha256"].as_str().unwrap().to_owned();
    let server = authority.serve();
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    server.stop();
    let (leaf, chain) = (out.join("certificate.pem"), out.join("chain.pem"));
    for root in [first, out.join("ca.pem")] {
        let files = ["-CAfile", text(&root), "-untrusted", text(&chain), text(&leaf)];
        let said = openssl(&[&["verify", "-x509_strict", "-no-CApath"][..], &files].concat());
        assert!(said.contains(": OK"), "{root:?}: {said}");
    }
}

/// One that was made for longer than a new one would be.
#[test]
fn a_second_activation_leaves_a_list_of_the_root_that_is_still_good() {
    let authority = Authority::usual();
    let list = done(&authority, &["crl", "--authority", "root", "--validity-days", "3000"]);
    // Of another authority's certificate it need not tell.
    let listed = ["certificates", "list", "--json", "--profile", "scep-ra", "--data", text(&authority.data)];
    let serial = sealwright(&listed).json()["certificates"][0]["serial"].as_str().unwrap().to_owned();
    assert!(sealwright(&["revoke", &serial, "--data", text(&authority.data)]).success);
    done(&authority, &["activate", "--authority", "root"]);
    let newest = "SELECT pem FROM crls WHERE key = 'root-1' ORDER BY number DESC LIMIT 1";
    assert_eq!(in_store(&authority, newest, None), list["crls"][0]["crl"].as_str().unwrap());
}

/// The list of the key that is there is written all the same, and that there is none of the other is said.
#[test]
fn a_key_of_the_root_that_is_lost_keeps_no_list_of_another_from_being_written() {
    let authority = Authority::usual();
    done(&authority, &["renew", "--authority", "root", "--new-key", "p256"]);
    done(&authority, &["activate", "--authority", "root"]);
    fs::remove_file(authority.data.join("keys/root-1.pem")).unwrap();
    let out = authority.folder.path().join("root.crl.pem");
    let made = ca(&authority, &["crl", "--authority", "root", "--out", text(&out)]);
    assert!(!made.success && made.stdout.contains("root-1.pem"), "{}", made.stdout);
    assert!(made.stdout.contains("there are new lists of root-2"), "{}", made.stdout);
    let seen = openssl(&["crl", "-in", text(&out), "-noout", "-text"]);
    assert!(seen.contains("ecdsa-with-SHA256"), "{seen}");
}

#[test]
fn lists_are_written_out() {
    let authority = Authority::usual();
    let out = authority.folder.path().join("issuing.crl.pem");
    let first = done(&authority, &["crl", "--out", text(&out)]);
    assert_eq!(fs::read_to_string(&out).unwrap(), first["crls"][0]["crl"].as_str().unwrap());
    let seen = openssl(&["crl", "-in", text(&out), "-noout", "-text"]);
    assert!(seen.contains("No Revoked Certificates"), "{seen}");
    assert_eq!(done(&authority, &["crl"]), first, "a new list without need");
    let roots = || done(&authority, &["crl", "--authority", "root"])["crls"][0]["number"].as_u64().unwrap();
    let number = roots();
    assert!(roots() > number, "the same number twice");
}

#[test]
fn what_cannot_be_done_is_said() {
    let authority = Authority::usual();
    let usage = ca(&authority, &["renew", "--new-key", "dsa"]);
    assert_eq!(usage.json()["error"]["code"], "usage");
    assert!(usage.stdout.contains("p256"), "{}", usage.stdout);
    fs::remove_file(authority.data.join("keys/root-1.pem")).unwrap();
    let renewed = ca(&authority, &["renew"]);
    assert!(!renewed.success && renewed.stdout.contains("root-1.pem"), "{}", renewed.stdout);
    assert_eq!(
        generations(&authority, "issuing-1"),
        rows(&[(1, "current", "issuing-1")]),
        "nothing was changed"
    );
    assert!(!ca(&authority, &["renew", "--new-key", "p256"]).success);
    assert!(!authority.data.join("keys/issuing-2.pem").exists(), "a key is left that nothing was made for");
    let days = ca(&authority, &["crl", "--validity-days", "3"]);
    assert!(!days.success && days.stdout.contains("crl_validity_hours"), "{}", days.stdout);
    let made = ca(&authority, &["crl", "--authority", "root"]);
    assert!(!made.success && made.stdout.contains("root-1.pem"), "{}", made.stdout);
}

#[test]
fn a_backup_is_restored_whole_or_not_at_all() {
    let authority = Authority::usual();
    done(&authority, &["renew", "--new-key", "p256"]);
    done(&authority, &["activate"]);
    let folder = authority.folder.path();
    let file = |name: &str| folder.join(name);
    fs::write(file("password"), "correct horse\n").unwrap();
    fs::write(file("wrong"), "wrong horse\n").unwrap();
    done(&authority, &["backup", "--out", text(&file("backup")), "--password-file", text(&file("password"))]);
    let keys = file("backup").join("authority.p12");
    let password = format!("file:{}", text(&file("password")));
    openssl(&["pkcs12", "-in", text(&keys), "-noout", "-passin", &password]);
    let restore = |data: &str, password: &str| {
        let (from, data, password) = (file("backup"), file(data), file(password));
        let paths = ["--from", text(&from), "--data", text(&data), "--password-file", text(&password)];
        sealwright(&[&["ca", "restore", "--json"], &paths[..]].concat())
    };
    let refused = restore("refused", "wrong");
    assert!(!refused.success && refused.stdout.contains("keystore_password_wrong"), "{}", refused.stdout);
    assert!(restore("restored", "password").success);
    let status = |data: &std::path::Path| {
        let shown = sealwright(&["ca", "status", "--json", "--data", text(data)]).json();
        let authorities = shown["authorities"].as_array().unwrap().clone();
        authorities.iter().map(|one| one["generations"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(status(&file("restored")), status(&authority.data));
    // What lies beside the sealed file is under its password too.
    let inventory = file("backup").join("inventory.sqlite");
    let mut bytes = fs::read(&inventory).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&inventory, bytes).unwrap();
    let changed = restore("refused", "password");
    assert!(!changed.success && changed.stdout.contains("was changed since"), "{}", changed.stdout);
    assert!(!file("refused").exists());
}

/// A key in other hands takes each certificate of it along, also one that waits; nothing is issued until there is another.
#[test]
fn a_compromised_authority_issues_nothing_until_it_has_another_key() {
    let authority = Authority::usual();
    let folder = authority.folder.path();
    let (key, csr) = (folder.join("server.key"), folder.join("server.csr"));
    let request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=web.example"];
    let names = ["-addext", "subjectAltName=DNS:web.example", "-keyout", text(&key), "-out", text(&csr)];
    openssl(&[&request[..], &names].concat());
    let sign = || {
        let data = ["--data", text(&authority.data), "--profile", "tls-server", "--json"];
        sealwright(&[&["sign", text(&csr)], &data[..]].concat())
    };
    assert!(sign().success);
    done(&authority, &["renew"]);
    let status = done(&authority, &["status"]);
    let issuing = |status: &Value| {
        let all = status["authorities"].as_array().unwrap();
        all.iter().find(|one| one["id"] == "issuing-1").unwrap()["generations"].clone()
    };
    let serials = [1, 0].map(|place| issuing(&status)[place]["serial"].as_str().unwrap().to_owned());
    let data = ["--data", text(&authority.data), "--reason", "key_compromise", "--json"];
    let revoked = sealwright(&[&["revoke", &serials[0]], &data[..]].concat()).json();
    assert_eq!(revoked["same_key"], json!([serials[1]]), "{revoked}");
    let status = issuing(&done(&authority, &["status"]));
    assert_eq!([&status[0]["revoked"], &status[1]["revoked"]], ["key_compromise"; 2]);
    let refused = sign();
    assert!(!refused.success && refused.stdout.contains("ca renew --new-key"), "{}", refused.stdout);
    for step in [&["activate"][..], &["renew"]] {
        let refused = ca(&authority, step);
        assert!(
            !refused.success && refused.stdout.contains("was revoked while it waited"),
            "{}",
            refused.stdout
        );
    }
    done(&authority, &["abandon"]);
    assert!(!ca(&authority, &["renew"]).success, "the key gets no certificate any more");
    done(&authority, &["renew", "--new-key", "p256"]);
    done(&authority, &["activate"]);
    let signed = sign();
    assert!(signed.success, "{}{}", signed.stdout, signed.stderr);
}
