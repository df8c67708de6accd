//! Running `sealwright`, its server, and OpenSSL.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sealwright");
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

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

/// The program, which writes nothing outside the build's folder.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).stdin(Stdio::null());
    command.env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    for variable in ["SEALWRIGHT_PASSPHRASE", "SEALWRIGHT_CHALLENGE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the program, which has to end by itself.
pub(crate) fn sealwright(arguments: &[&str]) -> Ended {
    let mut command = program(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let output = ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let _ = Command::new("kill").args(["-KILL", &id]).status();
        panic!("{arguments:?} does not end within {PATIENCE:?}")
    });
    let output = output.unwrap();
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
    /// A copy of one that `init` made for all tests, with its keys and its challenge.
    pub(crate) fn usual() -> Self {
        static FIRST: OnceLock<Authority> = OnceLock::new();
        let first = FIRST.get_or_init(|| Self::new(&[]));
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&first.data, &data);
        Self { folder, data, challenge: first.challenge.clone(), fingerprint: first.fingerprint.clone() }
    }

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
        static SERVERS: AtomicU32 = AtomicU32::new(0);
        let log = self.folder.path().join(format!("serve-{}.log", SERVERS.fetch_add(1, Ordering::Relaxed)));
        let output = fs::File::create(&log).unwrap();
        let arguments =
            ["serve", "--data", text(&self.data), "--listen", "127.0.0.1:0", "--log-format", "json"];
        let child = program(&arguments).stderr(output).spawn().unwrap();
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

/// One text from the store, by SQL.
pub(crate) fn in_store(authority: &Authority, sql: &'static str, value: Option<&str>) -> String {
    use sqlx::{ConnectOptions, Row};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(authority.data.join("store.sqlite"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut connection = options.connect().await.unwrap();
        sqlx::query(sql).bind(value).fetch_one(&mut connection).await.unwrap().get(0)
    })
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
        String::from_utf8_lossy(&self.exchange(request.as_bytes())).into_owned()
    }

    /// The same, of bytes.
    pub(crate) fn exchange(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // A server that refuses a body may close before it has read all of it.
        let _ = stream.write_all(request);
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        reply
    }

    /// A connection that nothing was sent on.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A POST of a SCEP message.
    pub(crate) fn post(message: &[u8]) -> Vec<u8> {
        let head = "POST /scep?operation=PKIOperation HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        let mut request = format!("{head}Content-Length: {}\r\n\r\n", message.len()).into_bytes();
        request.extend(message);
        request
    }

    /// What it answers to `GET path`, and how long that took.
    pub(crate) fn get(&self, path: &str) -> (String, Duration) {
        let clock = Instant::now();
        let reply = self.raw(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        (reply, clock.elapsed())
    }

    /// The message that `enroll` sends to this server, which does not get it.
    pub(crate) fn captured(&self, authority: &Authority, out: &Path, more: &[&str]) -> Vec<u8> {
        let tap = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/scep", tap.local_addr().unwrap());
        let (out, more) =
            (text(out).to_owned(), more.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        let challenge = authority.challenge.clone();
        let client = std::thread::spawn(move || {
            let usual = ["enroll", "--url", &url, "--challenge", &challenge, "--out", &out, "--retries", "0"];
            let more: Vec<_> = more.iter().map(String::as_str).collect();
            sealwright(&[&usual[..], &more].concat())
        });
        let message = loop {
            let (mut stream, _) = tap.accept().unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let (line, body) = read_request(&mut stream);
            if line.contains("PKIOperation") {
                break body;
            }
            let path = line.split(' ').nth(1).unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            stream.write_all(&self.exchange(request.as_bytes())).unwrap();
        };
        assert!(!client.join().unwrap().success);
        message
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        send_signal(&self.child, name);
    }

    /// Waits for its end, so long and no longer.
    pub(crate) fn wait(&mut self, limit: Duration) -> ExitStatus {
        wait(&mut self.child, limit)
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; gives the log. The server has to end with success.
    pub(crate) fn stop(mut self) -> String {
        self.signal("TERM");
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

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}

/// Sends a signal to a process.
pub(crate) fn send_signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
}

/// Waits for a process to end, so long and no longer.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(start.elapsed() < limit, "still running after {limit:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The first line and the body of a request.
fn read_request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part).unwrap();
        bytes.extend(&part[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            assert!(count > 0, "the request has no end");
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length: usize = length.map(|(_, value)| value.parse().unwrap()).next().unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return (head.lines().next().unwrap().to_owned(), bytes.split_off(end + 4));
        }
        assert!(count > 0, "the body has no end");
    }
}
