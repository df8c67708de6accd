//! `ca backup` and `ca restore`: what goes on afterwards, and from which states.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Authority, Ended, Server, openssl, sealwright, text, until};

/// A folder to keep backups in, and their password.
struct Keeper<'a> {
    authority: &'a Authority,
    folder: PathBuf,
    password: PathBuf,
}

impl<'a> Keeper<'a> {
    fn new(authority: &'a Authority) -> Self {
        let folder = authority.folder.path().to_owned();
        let password = folder.join("password");
        fs::write(&password, "correct horse\n").unwrap();
        Self { authority, folder, password }
    }

    fn backup(&self, more: &[&str]) -> Ended {
        let (data, out) = (text(&self.authority.data), self.folder.join("backup"));
        let usual = ["ca", "backup", "--json", "--data", data, "--out", text(&out)];
        sealwright(&[&usual[..], &["--password-file", text(&self.password)], more].concat())
    }

    fn restore(&self) -> Ended {
        let (from, data) = (self.folder.join("backup"), self.restored());
        let usual = ["ca", "restore", "--json", "--from", text(&from), "--data", text(&data)];
        sealwright(&[&usual[..], &["--password-file", text(&self.password)]].concat())
    }

    fn restored(&self) -> PathBuf {
        self.folder.join("restored")
    }

    /// Backs up and restores; the same authority in the restored folder.
    fn moved(&self, more: &[&str]) -> Authority {
        for ended in [self.backup(more), self.restore()] {
            assert!(ended.success, "{}{}", ended.stdout, ended.stderr);
        }
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::rename(self.restored(), &data).unwrap();
        let Authority { challenge, fingerprint, .. } = self.authority;
        Authority { folder, data, challenge: challenge.clone(), fingerprint: fingerprint.clone() }
    }
}

fn listed(authority: &Authority, more: &[&str]) -> Vec<Value> {
    let list = ["certificates", "list", "--json", "--data", text(&authority.data)];
    let listed = sealwright(&[&list[..], more].concat()).json();
    listed["certificates"].as_array().unwrap().clone()
}

fn enrolled(authority: &Authority, server: &Server, out: &Path, subject: &str) -> Ended {
    let enrolled = server.enroll(authority, out, &["--subject", subject]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    enrolled
}

#[test]
fn a_revoked_registration_authority_is_no_obstacle() {
    let authority = Authority::usual();
    let serial = listed(&authority, &["--profile", "scep-ra"])[0]["serial"].as_str().unwrap().to_owned();
    assert!(sealwright(&["revoke", &serial, "--data", text(&authority.data)]).success);
    let restored = Keeper::new(&authority).moved(&[]);
    let all = listed(&restored, &["--profile", "scep-ra"]);
    assert_eq!(all.len(), 2, "the revoked one and a new one: {all:?}");
    let server = restored.serve();
    enrolled(&restored, &server, &restored.folder.path().join("device"), "CN=device");
    server.stop();
}

#[test]
fn however_often_it_was_renewed_the_backup_has_room() {
    let authority = Authority::usual();
    for _ in 0..11 {
        assert!(sealwright(&["ra", "renew", "--data", text(&authority.data)]).success);
    }
    let keeper = Keeper::new(&authority);
    assert!(keeper.backup(&[]).success);
    let restored = keeper.restore().json();
    let keys = restored["keys"].as_array().unwrap().clone();
    assert!(keys.contains(&json!("ra-12")) && !keys.contains(&json!("ra-1")), "{keys:?}");
    assert!(restored["made_at"].as_u64().unwrap() > 1_790_000_000, "{restored}");
}

/// A backup knows nothing of what was revoked after it, so somebody has to.
#[test]
fn a_restore_says_since_when_to_revoke_again() {
    let authority = Authority::usual();
    let keeper = Keeper::new(&authority);
    assert!(keeper.backup(&[]).success);
    let (from, data) = (keeper.folder.join("backup"), keeper.restored());
    let folders = ["ca", "restore", "--from", text(&from), "--data", text(&data)];
    let said = sealwright(&[&folders[..], &["--password-file", text(&keeper.password)]].concat()).stdout;
    assert!(
        said.contains(", as it was at 20") && said.contains("revoke again what was revoked since"),
        "{said}"
    );
}

/// The list's number in a reply to `GET /crl/issuing-1.crl`.
fn crl_number(server: &Server, folder: &Path) -> u64 {
    let request = "GET /crl/issuing-1.crl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let reply = server.exchange(request.as_bytes());
    let start = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let file = folder.join("list.der");
    fs::write(&file, &reply[start..]).unwrap();
    let shown = openssl(&["crl", "-inform", "DER", "-in", text(&file), "-noout", "-crlnumber"]);
    u64::from_str_radix(shown.trim().trim_start_matches("crlNumber=").trim_start_matches("0x"), 16).unwrap()
}

fn ocsp(server: &Server, device: &Path) -> String {
    let file = |name: &str| device.join(name).to_str().unwrap().to_owned();
    let (root, chain, leaf) = (file("ca.pem"), file("chain.pem"), file("certificate.pem"));
    let url = server.url.replace("/scep", "/ocsp");
    openssl(&["ocsp", "-url", &url, "-CAfile", &root, "-issuer", &chain, "-cert", &leaf])
}

fn authorities(server: &Server) -> String {
    let reply = server.raw("GET /scep?operation=GetCACert HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    reply.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// All that somebody outside can see goes on: lists, OCSP, requests that wait, renewals, the authorities.
#[test]
fn a_restored_host_goes_on_without_a_gap() {
    let authority = Authority::usual();
    let path = authority.data.join("sealwright.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, settings.replace("approval = \"never\"", "approval = \"without_challenge\"")).unwrap();
    let folder = authority.folder.path();
    let (device, stolen, waits) = (folder.join("device"), folder.join("stolen"), folder.join("waits"));
    let server = authority.serve();
    enrolled(&authority, &server, &device, "CN=device");
    let serial =
        enrolled(&authority, &server, &stolen, "CN=stolen").json()["serial"].as_str().unwrap().to_owned();
    assert!(sealwright(&["revoke", &serial, "--data", text(&authority.data)]).success);
    let ask = |server: &Server| {
        let usual =
            ["enroll", "--json", "--url", &server.url, "--subject", "CN=waits", "--out", text(&waits)];
        let more = ["--ca-fingerprint", &authority.fingerprint, "--polls", "0", "--retries", "0"];
        sealwright(&[&usual[..], &more].concat())
    };
    assert!(ask(&server).stdout.contains("still pending"));
    until("the signer of OCSP responses is there", || {
        !listed(&authority, &["--profile", "ocsp-signer"]).is_empty()
    });
    let (number, told) = (crl_number(&server, folder), authorities(&server));
    let backup = Keeper::new(&authority).moved(&[]);
    // The old host goes on for a while, and its lists get higher numbers than the backup knows.
    assert!(
        sealwright(&["revoke", &serial, "--reason", "key_compromise", "--data", text(&authority.data)])
            .success
    );
    let last = crl_number(&server, folder);
    assert!(last > number);
    server.stop();
    std::thread::sleep(std::time::Duration::from_secs(1));
    let server = backup.serve();
    assert!(crl_number(&server, folder) > last, "a number is used twice");
    assert_eq!(authorities(&server), told, "GetCACert");
    let (good, revoked) = (ocsp(&server, &device), ocsp(&server, &stolen));
    assert!(
        good.contains("certificate.pem: good") && revoked.contains("certificate.pem: revoked"),
        "{good}{revoked}"
    );
    let renewed = sealwright(&["enroll", "--url", &server.url, "--out", text(&device), "--renew"]);
    assert!(renewed.success, "{}", renewed.stderr);
    let list = ["requests", "list", "--json", "--data", text(&backup.data)];
    let id = sealwright(&list).json()["requests"][0]["id"].as_str().unwrap().to_owned();
    assert!(sealwright(&["requests", "approve", &id, "--data", text(&backup.data)]).success);
    let issued = ask(&server);
    assert!(issued.success, "{}{}", issued.stdout, issued.stderr);
    server.stop();
}

/// A backup on a medium that nothing can be written to gives a folder that can be.
#[test]
#[cfg(unix)]
fn what_is_kept_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let authority = Authority::new(&["--key-type", "p256"]);
    assert_eq!(mode(&authority.data.join("store.sqlite")), 0o600);
    let keeper = Keeper::new(&authority);
    assert!(keeper.backup(&[]).success);
    let inventory = keeper.folder.join("backup/inventory.sqlite");
    assert_eq!(mode(&inventory), 0o600);
    fs::set_permissions(&inventory, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(keeper.restore().success);
    assert_eq!(mode(&keeper.restored().join("store.sqlite")), 0o600);
}

#[test]
fn a_root_key_that_is_kept_elsewhere_is_left_out_on_demand() {
    let authority = Authority::usual();
    let key = authority.data.join("keys/root-1.pem");
    let elsewhere = authority.folder.path().join("root-1.pem");
    fs::rename(&key, &elsewhere).unwrap();
    let keeper = Keeper::new(&authority);
    let refused = keeper.backup(&[]);
    assert!(!refused.success && refused.stdout.contains("--without-root-key"), "{}", refused.stdout);
    assert!(!keeper.folder.join("backup").exists());
    let restored = keeper.moved(&["--without-root-key"]);
    assert!(!restored.data.join("keys/root-1.pem").exists());
    let server = restored.serve();
    enrolled(&restored, &server, &restored.folder.path().join("device"), "CN=device");
    server.stop();
}
