//! Commands that are stopped half-way, and the next ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::program::{self, Authority, openssl, sealwright, text, until};

const SOON: Duration = Duration::from_secs(30);

/// The folders of unfinished data folders.
fn drafts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".new-")).collect()
}

/// Starts `init`, and waits until its first key is on disk.
fn init_until_keys(folder: &Path) -> std::process::Child {
    let (data, before) = (folder.join("data"), drafts(folder));
    let mut init = program::program(&["init", "--data", text(&data), "--json", "--key-type", "rsa-4096"]);
    let child = init.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let has_key = |draft: &PathBuf| !before.contains(draft) && draft.join("keys/root-1.pem").exists();
    until("a key in the draft", || drafts(folder).iter().any(has_key));
    child
}

#[test]
fn init_that_is_stopped_leaves_nothing() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let mut init = init_until_keys(folder.path());
        program::send_signal(&init, signal);
        assert!(!program::wait(&mut init, SOON).success());
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "{signal}: {left:?}");
    }
}

#[test]
fn init_removes_what_a_killed_one_left_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = init_until_keys(folder.path());
    killed.kill().unwrap();
    killed.wait().unwrap();
    let left = drafts(folder.path());
    assert_eq!(left.len(), 1, "{left:?}");
    let mut at_work = init_until_keys(folder.path());
    let other = drafts(folder.path()).into_iter().find(|draft| *draft != left[0]);
    assert!(!left[0].exists(), "the one that was killed is removed");
    let data = folder.path().join("data");
    let refused = sealwright(&["init", "--data", text(&data), "--challenge-file", "/nowhere"]);
    assert!(!refused.success);
    assert!(other.unwrap().exists(), "the one at work is left alone");
    at_work.kill().unwrap();
    at_work.wait().unwrap();
    let third = sealwright(&["init", "--data", text(&data)]);
    assert!(third.success && third.stderr.contains("an `init` that was killed"), "{}", third.stderr);
    assert!(drafts(folder.path()).is_empty());
}

/// The public key in a key file and the one in a certificate are the same.
fn is_pair(out: &Path) -> bool {
    let (key, certificate) = (out.join("key.pem"), out.join("certificate.pem"));
    openssl(&["pkey", "-in", text(&key), "-pubout"])
        == openssl(&["x509", "-in", text(&certificate), "-noout", "-pubkey"])
}

#[test]
fn renewal_that_is_cut_off_is_finished_by_the_next_run() {
    let authority = Authority::usual();
    let server = authority.serve();
    let (out, other) = (authority.folder.path().join("device"), authority.folder.path().join("copy"));
    assert!(server.enroll(&authority, &out, &["--subject", "CN=device"]).success);
    fs::create_dir(&other).unwrap();
    for name in ["key", "certificate", "chain", "ca"] {
        fs::copy(out.join(format!("{name}.pem")), other.join(format!("{name}.pem"))).unwrap();
    }
    let renewed = server.enroll(&authority, &out, &["--renew"]);
    assert!(renewed.success, "{}", renewed.stderr);
    server.stop();
    // As if it had been cut off between the two files: the new key is in place, its certificate is not.
    fs::copy(out.join("key.pem"), other.join("key.pem")).unwrap();
    fs::copy(out.join("certificate.pem"), other.join("certificate.new.pem")).unwrap();
    assert!(!is_pair(&other));
    // Nobody has to answer for that.
    let next = sealwright(&[
        "enroll",
        "--url",
        "http://127.0.0.1:9/scep",
        "--out",
        text(&other),
        "--renew",
        "--json",
    ]);
    assert!(next.success, "{}{}", next.stdout, next.stderr);
    assert_eq!(next.json()["serial"], renewed.json()["serial"]);
    let keys = |ended: &program::Ended| ended.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&next), keys(&renewed));
    assert_eq!([&next.json()["finished"], &renewed.json()["finished"]], [true, false]);
    assert!(is_pair(&other));
}

#[test]
fn the_key_of_a_renewal_that_failed_is_never_put_to_another_certificate() {
    let authority = Authority::usual();
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    assert!(server.enroll(&authority, &out, &["--subject", "CN=device"]).success);
    let nobody = ["enroll", "--url", "http://127.0.0.1:9/scep", "--retries", "0", "--renew"];
    assert!(!sealwright(&[&nobody[..], &["--out", text(&out)]].concat()).success);
    assert!(out.join("key.new.pem").exists());
    fs::remove_file(out.join("certificate.pem")).unwrap();
    let again = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(again.success, "{}{}", again.stdout, again.stderr);
    assert!(is_pair(&out) && !out.join("key.new.pem").exists());
    let renew = ["enroll", "--url", &server.url, "--out", text(&out), "--renew"];
    let other = sealwright(&[&renew[..], &["--subject", "CN=other"]].concat());
    assert!(!other.success && other.stderr.contains("cannot be used with"), "{}", other.stderr);
    let typed = sealwright(&[&renew[..], &["--key-type", "rsa-3072", "--retries", "0"]].concat());
    assert!(typed.success, "{}", typed.stderr);
    fs::copy(out.join("key.old.pem"), out.join("key.pem")).unwrap();
    let damaged = sealwright(&renew);
    assert!(damaged.stderr.contains("is not the key of"), "{}", damaged.stderr);
    let typed = sealwright(&[&renew[..], &["--key-type", "rsa-4096"]].concat());
    assert!(typed.stderr.contains("is no rsa-4096 key"), "{}", typed.stderr);
    server.stop();
}

#[test]
fn keys_are_whole_or_not_there() {
    let authority = Authority::usual();
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    fs::create_dir(&out).unwrap();
    // What a run left that was cut off while it wrote the key.
    fs::write(out.join("key.pem.part"), "-----BEGIN PRIV").unwrap();
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    assert!(is_pair(&out) && !out.join("key.pem.part").exists());
    server.stop();
}

/// Kills a command again and again, each time a little later, until it gets to its end; what is asked has to hold after
/// each kill.
fn killed_until_done(arguments: &[&str], mut holds: impl FnMut() -> bool) {
    let mut delay = Duration::from_millis(20);
    for step in 0.. {
        let mut command = program::program(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(delay);
        delay = delay * 13 / 10;
        child.kill().unwrap();
        let is_done = child.wait().unwrap().success();
        assert!(holds(), "{arguments:?} after kill {step}");
        if is_done {
            return;
        }
    }
}

/// How many generations are in each state, as `ca status` tells of the issuing authority.
fn states(data: &Path) -> Vec<String> {
    let status = sealwright(&["ca", "status", "--json", "--data", text(data)]);
    assert!(status.success, "{}", status.stdout);
    let generations = status.json()["authorities"][0]["generations"].take();
    let state = |one: &serde_json::Value| one["state"].as_str().unwrap().to_owned();
    generations.as_array().unwrap().iter().map(state).collect()
}

#[test]
fn a_rollover_that_is_killed_at_each_step_is_finished_by_the_next_run() {
    let authority = Authority::usual();
    let data = text(&authority.data);
    killed_until_done(&["ca", "renew", "--new-key", "p256", "--data", data], || {
        [&["current"][..], &["next", "current"]]
            .contains(&&states(&authority.data).iter().map(String::as_str).collect::<Vec<_>>()[..])
    });
    assert_eq!(states(&authority.data), ["next", "current"]);
    killed_until_done(&["ca", "activate", "--data", data], || {
        [&["next", "current"][..], &["current", "former"]]
            .contains(&&states(&authority.data).iter().map(String::as_str).collect::<Vec<_>>()[..])
    });
    assert_eq!(states(&authority.data), ["current", "former"]);
    let list = ["certificates", "list", "--json", "--profile", "subordinate-ca", "--data", data];
    assert_eq!(sealwright(&list).json()["certificates"].as_array().unwrap().len(), 2, "none is issued twice");
    let server = authority.serve();
    let out = authority.folder.path().join("device");
    let enrolled = server.enroll(&authority, &out, &["--subject", "CN=device"]);
    assert!(enrolled.success, "{}{}", enrolled.stdout, enrolled.stderr);
    server.stop();
}

#[test]
fn a_backup_and_a_restore_that_are_killed_leave_nothing_half_done() {
    let authority = Authority::usual();
    let folder = authority.folder.path();
    let (password, out, restored) = (folder.join("password"), folder.join("backup"), folder.join("restored"));
    fs::write(&password, "correct horse\n").unwrap();
    let files = |path: &Path| fs::read_dir(path).unwrap().count();
    let backup = ["ca", "backup", "--data", text(&authority.data), "--out", text(&out)];
    let with_password = |arguments: &[&str]| {
        let all = [arguments, &["--password-file", text(&password)]].concat();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |arguments: &[String], target: &Path, whole: usize| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut delay = Duration::from_millis(20);
        loop {
            let mut command = program::program(&arguments);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(delay);
            delay = delay * 13 / 10;
            child.kill().unwrap();
            child.wait().unwrap();
            if target.exists() {
                assert!(files(target) >= whole, "{target:?} is there, and not whole");
                break;
            }
        }
    };
    run(&with_password(&backup), &out, 2);
    let restore = with_password(&["ca", "restore", "--from", text(&out), "--data", text(&restored)]);
    run(&restore, &restored, 5);
    assert_eq!(states(&restored), ["current"]);
    assert_eq!(drafts(folder), Vec::<PathBuf>::new());
}
