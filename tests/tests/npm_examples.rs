//! The examples of the npm package, used as people use them.

use std::fs::Permissions;
use std::io::{Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use conformance::npm::{Package, Projects, copy};
use conformance::scepserver::ScepServer;
use conformance::server::{self, Authority, text};
use conformance::{module, openssl, peer};

fn projects() -> Option<Projects> {
    Projects::find(&Package::find().unwrap()?).unwrap()
}

/// Every view by mouse and keyboard, with the network cut off, in light and dark, wide and narrow, under axe-core.
#[test]
fn the_page_in_chromium() {
    let Some(projects) = projects() else { return };
    projects.run(&["example_browser.mjs"]).unwrap();
}

#[test]
fn the_page_in_firefox() {
    let Some(projects) = projects() else { return };
    projects.run(&["example_browser_firefox.mjs"]).unwrap();
}

/// Tokens and signatures that count, and those that do not.
#[test]
fn the_worker_in_workerd() {
    let Some(projects) = projects() else { return };
    let authority = Authority::new().unwrap();
    authority.set("issuer = \"sealwright\"", "issuer = \"portal\"").unwrap();
    let key = authority.run(&["token", "keys", "create", "files", "--token-validity", "1h"]).unwrap();
    let signing = ["token", "sign-url", "/files/app-1.2.txt", "--key", "files", "--subject", "laptop-7"];
    let link = authority.run(&signing).unwrap();
    let (key, link) = (key["public_key"].as_str().unwrap(), link["url"].as_str().unwrap());
    projects.run(&["example_worker.mjs", key, link]).unwrap();
}

/// A copy of an example with the package, in a folder of its own; without what its use leaves there.
fn example(name: &str) -> Option<tempfile::TempDir> {
    let package = Package::find().unwrap()?;
    let folder = tempfile::tempdir().unwrap();
    let from = module::workspace().join("examples").join(name);
    let left = std::fs::read_to_string(from.join(".gitignore")).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), folder.path().join(entry.file_name()));
        if left.lines().any(|line| entry.file_name() == line) {
            continue;
        }
        if from.is_dir() {
            copy(&from, &to).unwrap();
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
    std::os::unix::fs::symlink(package.folder().join("node_modules"), folder.path().join("node_modules"))
        .unwrap();
    Some(folder)
}

/// `enroll.js` of the example for Node.
fn enroll(folder: &Path, challenge: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("node");
    command.arg("enroll.js").args(arguments).env("SCEP_CHALLENGE", challenge).current_dir(folder);
    succeeded(&command.output()?)
}

fn succeeded(output: &Output) -> Result<()> {
    let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
    ensure!(output.status.success(), "{said}");
    Ok(())
}

fn certificate(out: &Path) -> Result<String> {
    std::fs::read_to_string(out.join("certificate.pem")).context("certificate.pem")
}

#[test]
fn the_node_script_enrols_and_renews_at_the_host() {
    let Some(folder) = example("node") else { return };
    let folder = folder.path();
    let authority = Authority::new().unwrap();
    let server = authority.serve().unwrap();
    let url = server.url();
    let base = ["--url", &url, "--fingerprint", authority.fingerprint(), "--subject", "CN=script,O=Acme"];
    let with = |more: &[&'static str]| [&base[..], more].concat();
    let refused = enroll(folder, "wrong", &with(&["--out", "none"])).unwrap_err().to_string();
    assert!(refused.contains("the challenge password is wrong"), "{refused}");
    // A key that was refused is not kept.
    assert_eq!(std::fs::read_dir(folder.join("none")).unwrap().count(), 0);
    enroll(folder, authority.challenge(), &with(&["--out", "device"])).unwrap();
    let out = folder.join("device");
    let first = certificate(&out).unwrap();
    enroll(folder, "", &with(&["--out", "device", "--renew"])).unwrap();
    let second = certificate(&out).unwrap();
    assert_ne!(first, second);
    for pem in [&first, &second] {
        openssl::verify(pem, &authority.intermediates().unwrap(), &authority.root().unwrap(), folder)
            .unwrap();
    }
    assert!(openssl::subject(&second, folder).unwrap().contains("CN=script"));
    let key = out.join("key.pem");
    assert_eq!(openssl::public_key(&second, folder).unwrap(), openssl::public_half(&key, folder).unwrap());
    let log = server.log();
    assert!(log.contains("renewal_req") && !log.contains(authority.challenge()), "{log}");
    server.stop().unwrap();
    let root = authority.fingerprint();
    let other = root.replace(['1', '2', '3'], "4");
    let server = authority.serve().unwrap();
    let distrusting = ["--url", &server.url(), "--fingerprint", &other, "--subject", "CN=x", "--out", "none"];
    let refused = enroll(folder, authority.challenge(), &distrusting).unwrap_err().to_string();
    assert!(refused.contains("authority_invalid"), "{refused}");
    server.stop().unwrap();
}

#[test]
fn the_node_script_waits_for_a_decision_at_the_host() {
    let Some(folder) = example("node") else { return };
    let authority = Authority::new().unwrap();
    authority.set("approval = \"never\"", "approval = \"without_challenge\"").unwrap();
    let server = authority.serve().unwrap();
    let (url, path) = (server.url(), folder.path());
    let fingerprint = authority.fingerprint();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let polling = ["--poll-seconds", "1", "--polls", "60", "--out", "patient"];
            let wanted = ["--url", &url, "--fingerprint", fingerprint, "--subject", "CN=patient"];
            let mut command = Command::new("node");
            command
                .arg("enroll.js")
                .args(wanted)
                .args(polling)
                .env_remove("SCEP_CHALLENGE")
                .current_dir(path);
            succeeded(&command.output()?)
        });
        let list = || authority.run(&["requests", "list"]);
        server::until("a request waits", || Ok(list()?["requests"][0].is_object())).unwrap();
        let id = list().unwrap()["requests"][0]["id"].take();
        authority.run(&["requests", "approve", id.as_str().unwrap()]).unwrap();
        waiting.join().unwrap().unwrap();
    });
    server.stop().unwrap();
    assert!(authority.has_issued_to("patient").unwrap());
}

/// The key of a request that waits is not lost with the process.
#[test]
fn the_node_script_that_was_interrupted_collects_its_certificate() {
    let Some(folder) = example("node") else { return };
    let authority = Authority::new().unwrap();
    authority.set("approval = \"never\"", "approval = \"without_challenge\"").unwrap();
    let server = authority.serve().unwrap();
    let (url, out) = (server.url(), folder.path().join("out"));
    let wanted = ["--url", &url, "--fingerprint", authority.fingerprint(), "--subject", "CN=interrupted"];
    let command = |more: &[&str]| {
        let mut command = Command::new("node");
        command.arg("enroll.js").args(wanted).args(["--out", "out"]).args(more);
        command.env_remove("SCEP_CHALLENGE").current_dir(folder.path());
        command
    };
    let list = || authority.run(&["requests", "list"]);
    let mut first = command(&["--poll-seconds", "600"]).spawn().unwrap();
    server::until("a request waits", || Ok(list()?["requests"][0].is_object())).unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    let waiting = out.join("new-key.pem");
    let key = std::fs::read(&waiting).unwrap();
    std::fs::set_permissions(&waiting, Permissions::from_mode(0o644)).unwrap();
    // The last poll is not followed by a wait.
    let undecided = succeeded(&command(&["--polls", "0", "--poll-seconds", "600"]).output().unwrap());
    assert!(undecided.unwrap_err().to_string().contains("nobody has decided yet"));
    assert_eq!(std::fs::metadata(&waiting).unwrap().permissions().mode() & 0o777, 0o600);
    let requests = list().unwrap();
    let [request] = &requests["requests"].as_array().unwrap()[..] else { panic!("{requests}") };
    authority.run(&["requests", "approve", request["id"].as_str().unwrap()]).unwrap();
    succeeded(&command(&["--polls", "0"]).output().unwrap()).unwrap();
    server.stop().unwrap();
    assert_eq!(std::fs::read(out.join("key.pem")).unwrap(), key);
    assert!(!waiting.exists() && !out.join("new-certificate.pem").exists());
    let certified = openssl::public_key(&certificate(&out).unwrap(), folder.path()).unwrap();
    assert_eq!(certified, openssl::public_half(&out.join("key.pem"), folder.path()).unwrap());
}

#[test]
fn the_node_script_enrols_at_scepserver() {
    let Some(folder) = example("node") else { return };
    if peer::find("scepserver", "scep").is_none() {
        return;
    }
    let peer = ScepServer::start().unwrap();
    std::fs::write(peer.folder().join("root.pem"), peer.root().unwrap()).unwrap();
    let printed =
        openssl::run(&["x509", "-in", "root.pem", "-noout", "-fingerprint", "-sha256"], peer.folder(), &[])
            .unwrap();
    let fingerprint = printed.trim().split_once('=').unwrap().1;
    let out = peer.folder().join("device");
    let wanted = ["--url", peer.url(), "--fingerprint", fingerprint, "--out", text(&out)];
    let run = |more: &[&str]| enroll(folder.path(), "secret", &[&wanted[..], more].concat());
    // Its 2.1.0 answers in single DES.
    let refused = run(&["--subject", "CN=strict"]).unwrap_err().to_string();
    assert!(refused.contains("cms_cipher_refused"), "{refused}");
    run(&["--subject", "CN=script,O=Acme", "--allow-legacy"]).unwrap();
    let leaf = out.join("certificate.pem");
    openssl::run(&["verify", "-no-CApath", "-CAfile", "root.pem", text(&leaf)], peer.folder(), &[]).unwrap();
}

/// The blocks of shell in an example's README that need no network.
fn commands(name: &str) -> Result<String> {
    let page = module::workspace().join("examples").join(name).join("README.md");
    let page = std::fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<&str> = blocks.filter(|block| !block.contains("npm install")).collect();
    ensure!(!blocks.is_empty(), "examples/{name}/README.md has no commands");
    Ok(blocks.join("\n"))
}

/// Runs them in the example's folder, with a free port in place of theirs.
fn follow_readme(name: &str, port: &str) {
    let Some(folder) = example(name) else { return };
    let script = commands(name).unwrap();
    assert!(script.contains(port), "{script}");
    let script = script.replace(port, &server::free_address().unwrap().port().to_string());
    let Some(peers) = peer::find_npm("wrangler") else { return };
    let host = server::program().parent().map(PathBuf::from).unwrap_or_default();
    let programs = [host, peers.join("node_modules/.bin")];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.into_iter().chain(std::env::split_paths(&path))).unwrap();
    // What is left running in the background ends with the group, and does not keep a pipe open.
    let said = tempfile::tempfile().unwrap();
    let mut shell = Command::new("timeout");
    shell.args(["--foreground", "300", "bash", "-euxo", "pipefail", "-c", &script]).process_group(0);
    shell.env("PATH", path).env("WRANGLER_SEND_METRICS", "false").current_dir(folder.path());
    shell.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said.try_clone().unwrap());
    let mut shell = shell.spawn().unwrap();
    let status = shell.wait().unwrap();
    let group = format!("-{}", shell.id());
    // Where all have ended already, that is fine.
    let _ = Command::new("kill").args(["-TERM", "--", &group]).stderr(Stdio::null()).status();
    let mut text = String::new();
    (&said).rewind().unwrap();
    (&said).read_to_string(&mut text).unwrap();
    assert!(status.success(), "{text}");
}

#[test]
fn the_readme_of_the_node_script_is_right() {
    follow_readme("node", "8086");
}

#[test]
fn the_readme_of_the_worker_is_right() {
    follow_readme("worker", "8787");
}
