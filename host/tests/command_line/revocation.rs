//! `revoke`, and what `certificates show` tells of it.

use serde_json::{Value, json};

use crate::program::{Authority, Ended, sealwright, text};

fn revoke(authority: &Authority, id: &str, more: &[&str]) -> Ended {
    sealwright(&[&["revoke", id, "--json", "--data", text(&authority.data)], more].concat())
}

fn show(authority: &Authority, id: &str) -> Value {
    sealwright(&["certificates", "show", id, "--json", "--data", text(&authority.data)]).json()
}

/// A certificate of this profile.
fn stored(authority: &Authority, profile: &str) -> Value {
    let list = ["certificates", "list", "--json", "--profile", profile, "--data", text(&authority.data)];
    sealwright(&list).json()["certificates"][0].take()
}

fn detail(ended: &Ended) -> String {
    assert!(!ended.success, "{}", ended.stdout);
    ended.json()["error"]["detail"].as_str().unwrap().to_owned()
}

/// A device's folder and serial number.
fn enrolled(
    authority: &Authority,
    server: &crate::program::Server,
    name: &str,
) -> (std::path::PathBuf, String) {
    let (out, subject) = (authority.folder.path().join(name), format!("CN={name}"));
    let enrolled = server.enroll(authority, &out, &["--subject", &subject]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    let serial = enrolled.json()["serial"].as_str().unwrap().to_owned();
    (out, serial)
}

#[test]
fn who_revoked_and_why_is_on_record() {
    let authority = Authority::usual();
    let server = authority.serve();
    let (_, serial) = enrolled(&authority, &server, "stolen");
    assert_eq!(
        (&show(&authority, &serial)["state"], &show(&authority, &serial)["events"]),
        (&json!("valid"), &json!([]))
    );
    // As OpenSSL writes a serial number.
    let digits: Vec<_> =
        serial.as_bytes().chunks(2).map(|two| String::from_utf8_lossy(two).to_uppercase()).collect();
    let more = [
        "--reason",
        "key_compromise",
        "--comment",
        "ticket 4711",
        "--by",
        "ada",
        "--invalid-since",
        "1790000000",
    ];
    let revoked = revoke(&authority, &digits.join(":"), &more).json();
    assert_eq!(revoked["already"], false);
    let certificate = &revoked["certificate"];
    assert_eq!((&certificate["serial"], &certificate["subject"]), (&json!(serial), &json!("CN=stolen")));
    assert_eq!(certificate["revocation_reason"], "key_compromise");
    assert_eq!(certificate["invalidity_date"], 1_790_000_000);
    let shown = show(&authority, &serial);
    assert_eq!(shown["state"], "revoked");
    let event = &shown["events"][0];
    assert_eq!(
        (&event["action"], &event["actor"], &event["comment"], &event["at"]),
        (&json!("revoke"), &json!("ada"), &json!("ticket 4711"), &shown["revoked_at"])
    );
    // The second time changes nothing, and says so.
    let again = revoke(&authority, &serial, &["--reason", "superseded", "--by", "eve"]).json();
    assert_eq!((&again["already"], &again["certificate"]), (&json!(true), certificate));
    assert_eq!(show(&authority, &serial), shown);
    let people = sealwright(&["revoke", &serial, "--data", text(&authority.data)]);
    assert!(
        people.stdout.contains("was revoked before") && people.stdout.contains("key_compromise"),
        "{}",
        people.stdout
    );
    let list = sealwright(&["certificates", "list", "--search", "stolen", "--data", text(&authority.data)]);
    assert!(list.stdout.lines().nth(1).unwrap().trim_end().ends_with("revoked"), "{}", list.stdout);
    server.stop();
}

#[test]
fn a_running_server_renews_nothing_for_a_revoked_certificate_or_its_key() {
    let authority = Authority::usual();
    let server = authority.serve();
    let (out, serial) = enrolled(&authority, &server, "stolen");
    assert!(revoke(&authority, &serial, &["--reason", "key_compromise"]).success);
    let renewed = sealwright(&["enroll", "--url", &server.url, "--out", text(&out), "--renew"]);
    assert!(!renewed.success && renewed.stderr.contains("is revoked"), "{}", renewed.stderr);
    std::fs::remove_file(out.join("certificate.pem")).unwrap();
    let anew = server.enroll(&authority, &out, &["--subject", "CN=other-name", "--retries", "0"]);
    assert!(!anew.success && anew.stdout.contains("revoked"), "{}", anew.stdout);
    // By its SHA-256; who is superseded keeps the right to the key.
    let (out, serial) = enrolled(&authority, &server, "replaced");
    let sha256 = show(&authority, &serial)["sha256"].as_str().unwrap().to_owned();
    assert!(revoke(&authority, &sha256, &["--reason", "superseded"]).success);
    std::fs::remove_file(out.join("certificate.pem")).unwrap();
    let anew = server.enroll(&authority, &out, &["--subject", "CN=other-name"]);
    assert!(anew.success, "{}{}", anew.stdout, anew.stderr);
    server.stop();
}

#[test]
fn what_cannot_be_revoked_is_said_with_a_way_out() {
    let authority = Authority::usual();
    for id in ["00ff", "no hex at all", &"0".repeat(64)] {
        let said = detail(&revoke(&authority, id, &[]));
        assert!(said.contains("no certificate has") && said.contains("certificates list"), "{said}");
    }
    let root = stored(&authority, "root-ca");
    let said = detail(&revoke(&authority, root["serial"].as_str().unwrap(), &[]));
    assert!(said.contains("is a root") && said.contains("whoever trusts it has to remove it"), "{said}");
    assert!(show(&authority, root["serial"].as_str().unwrap())["revoked_at"].is_null());
    let wrong = revoke(&authority, "00", &["--reason", "certificate_hold"]);
    assert_eq!(wrong.json()["error"]["code"], "usage");
    assert!(wrong.stdout.contains("cessation_of_operation"), "{}", wrong.stdout);
    let elsewhere = authority.folder.path().join("elsewhere");
    let nowhere = sealwright(&["revoke", "00", "--json", "--data", text(&elsewhere)]);
    assert!(detail(&nowhere).contains("is not a data folder"), "{}", nowhere.stdout);
    assert!(!elsewhere.exists());
}

/// The server makes the issuing authority's lists; the root's is made by hand.
#[test]
fn what_stands_on_the_roots_list_is_said_with_the_next_step() {
    let authority = Authority::usual();
    let (ra, issuing) = (stored(&authority, "scep-ra"), stored(&authority, "subordinate-ca"));
    for (serial, is_by_root) in [(&ra["serial"], false), (&issuing["serial"], true)] {
        let serial = serial.as_str().unwrap();
        let people = sealwright(&["revoke", serial, "--data", text(&authority.data)]);
        assert_eq!(
            people.stdout.contains("next: sealwright ca crl --authority root"),
            is_by_root,
            "{}",
            people.stdout
        );
        let again = revoke(&authority, serial, &[]).json();
        assert_eq!(again["next"].is_string(), is_by_root, "{again}");
    }
}

/// Whoever is in the environment, the record has the user of the system.
#[test]
#[cfg(unix)]
fn the_record_names_who_it_was_and_not_who_he_says_he_is() {
    let authority = Authority::usual();
    let serial = stored(&authority, "scep-ra")["serial"].as_str().unwrap().to_owned();
    let mut command = crate::program::program(&["revoke", &serial, "--data", text(&authority.data)]);
    command.env("USER", "mallory").env("LOGNAME", "mallory").env_remove("SUDO_USER");
    assert!(command.output().unwrap().status.success());
    let user = std::process::Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(user.stdout).unwrap();
    assert_eq!(show(&authority, &serial)["events"][0]["actor"], user.trim());
}

const FLEET: u32 = 100_000;
/// From so many on the server warns, since a list has 185,000 entries at most.
const MANY: u32 = 148_000;
const TOO_MANY: u32 = 185_001;

/// Revoked certificates of the issuing authority that have not ended, put into the store by SQL; their serial numbers are
/// scattered.
fn revoke_a_fleet(authority: &Authority, devices: u32) {
    revoke_a_fleet_until(authority, devices, 4_000_000_000);
}

fn revoke_a_fleet_until(authority: &Authority, devices: u32, not_after: i64) {
    use sqlx::ConnectOptions;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(authority.data.join("store.sqlite"));
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         INSERT INTO certificates (serial, subject, issuer, subject_alternative_names, authority, profile, issued_at, \
         not_before, not_after, revoked_at, revocation_reason, sha256, public_key_sha256, pem) \
         SELECT printf('%08x%08x', (i * 2654435761) % 2147483648, i), 'CN=' || i, 'CN=x', '[]', 'issuing-1', \
         'device-identity', 1, 1, ?2, 1000000000 + i, 'superseded', printf('%064x', i), printf('%064x', i), '' \
         FROM n";
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut connection = options.connect().await.unwrap();
        sqlx::query(sql).bind(devices).bind(not_after).execute(&mut connection).await.unwrap();
    });
}

#[test]
fn a_list_of_a_large_fleet_is_made_for_clients_with_and_without_patience() {
    use std::io::Write;
    let authority = Authority::usual();
    revoke_a_fleet(&authority, FLEET);
    let server = authority.serve();
    let request = b"GET /crl/issuing-1.crl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    // Who hangs up at once has begun it, and nobody has to begin it again.
    let mut hasty = server.connect();
    hasty.write_all(request).unwrap();
    drop(hasty);
    let reply = server.exchange(request);
    let start = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let (head, file) = (String::from_utf8_lossy(&reply[..start]), authority.folder.path().join("list.der"));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}\n{}", server.log());
    std::fs::write(&file, &reply[start..]).unwrap();
    let seen = crate::program::openssl(&["crl", "-inform", "DER", "-in", text(&file), "-noout", "-text"]);
    assert_eq!(seen.matches("Serial Number:").count(), FLEET as usize);
    let again = server.exchange(request);
    assert!(again.ends_with(&reply[start..]), "it is made twice");
    server.stop();
}

#[test]
fn a_fleet_that_will_not_fit_is_told_of_before() {
    for (devices, is_told) in [(MANY - 1, false), (MANY, true)] {
        let authority = Authority::usual();
        revoke_a_fleet(&authority, devices);
        let server = authority.serve();
        let health = server.get("/healthz").0;
        let wanted = ["148000 certificates of the issuing authority are revoked", "OCSP"];
        assert_eq!(wanted.iter().all(|part| health.contains(part)), is_told, "{health}");
        server.stop();
    }
}

/// A certificate that has ended stays for one list more, which is no reason to have none.
#[test]
fn a_list_that_has_no_room_for_them_leaves_out_those_that_have_ended() {
    let authority = Authority::usual();
    let list = || sealwright(&["ca", "crl", "--json", "--data", text(&authority.data)]);
    let before = list().json()["crls"][0]["number"].as_u64().unwrap();
    let entries = |ended: &Ended| {
        let file = authority.folder.path().join("list.pem");
        std::fs::write(&file, ended.json()["crls"][0]["crl"].as_str().unwrap()).unwrap();
        let seen = crate::program::openssl(&["crl", "-in", text(&file), "-noout", "-text"]);
        seen.matches("Serial Number:").count()
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let ended = i64::try_from(now).unwrap() - 3600;
    revoke_a_fleet_until(&authority, TOO_MANY, ended);
    let ra = stored(&authority, "scep-ra")["serial"].as_str().unwrap().to_owned();
    assert!(revoke(&authority, &ra, &[]).success);
    let made = list();
    assert!(made.success, "{}", made.stdout);
    assert!(made.json()["crls"][0]["number"].as_u64().unwrap() > before);
    assert_eq!(entries(&made), 1, "of the one that has not");
}
