//! Running `sealwright`, its server, and OpenSSL.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sealwright");
const PATIENCE: Duration = Duration::from_secs(120);

/// A command that has ended.
pub(crate) struct Ended {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// What `--json` printed.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}{}", self.stdout, self.stderr))
    }
}

/// Runs the program.
pub(crate) fn sealwright(arguments: &[&str]) -> Ended {
    let output = Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().unwrap();
    Ended {
        success: output.status.success(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs OpenSSL, which has to succeed.
pub(crate) fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().expect("openssl is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {}: {errors}", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// A path as text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// All files below a folder.
pub(crate) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// A data folder in a temporary folder.
pub(crate) struct Authority {
    pub(crate) folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) challenge: String,
    pub(crate) fingerprint: String,
}

impl Authority {
    /// Runs `init`.
    pub(crate) fn new(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made = sealwright(&[&["init", "--json", "--data", text(&data)], more].concat());
        assert!(made.success, "{}{}", made.stdout, made.stderr);
        let field = |name: &str| made.json()[name].as_str().unwrap().to_owned();
        Self { challenge: field("challenge"), fingerprint: field("ca_fingerprint"), folder, data }
    }

    /// Runs `serve` on a free port, and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        let log = self.folder.path().join("serve.log");
        let output = fs::File::create(&log).unwrap();
        let arguments =
            ["serve", "--data", text(&self.data), "--listen", "127.0.0.1:0", "--log-format", "json"];
        let child = Command::new(PROGRAM).args(arguments).stderr(output).spawn().unwrap();
        let mut server = Server { child, url: String::new(), address: String::new(), log };
        let start = Instant::now();
        while server.url.is_empty() {
            let log = fs::read_to_string(&server.log).unwrap();
            assert!(start.elapsed() < PATIENCE, "the server does not listen: {log}");
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(line) = lines.into_iter().find(|line| line["message"] == "listening") {
                server.url = line["url"].as_str().unwrap().to_owned();
                server.address = line["address"].as_str().unwrap().to_owned();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    address: String,
    log: PathBuf,
}

impl Server {
    /// Runs `enroll` with the right challenge and fingerprint.
    pub(crate) fn enroll(&self, authority: &Authority, out: &Path, more: &[&str]) -> Ended {
        let usual = ["enroll", "--json", "--url", &self.url, "--challenge", &authority.challenge];
        let trust = ["--ca-fingerprint", &authority.fingerprint, "--out", text(out)];
        sealwright(&[&usual[..], &trust, more].concat())
    }

    /// Sends bytes and reads to the end.
    pub(crate) fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A server that refuses a body may close before it has read all of it.
        let _ = stream.write_all(request.as_bytes());
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        String::from_utf8_lossy(&reply).into_owned()
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; gives the log. The server has to end with success.
    pub(crate) fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let log = fs::read_to_string(&self.log).unwrap();
        assert!(status.success(), "{status}: {log}");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
