//! `sealwright init` and `sealwright serve`, as a person would start them.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::{module, peer, tool};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const EVERYTHING: &str = "1000000";

/// The `sealwright` program: the one that `SEALWRIGHT` names, otherwise built now.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("SEALWRIGHT") {
        Some(path) => PathBuf::from(path),
        None => build(),
    })
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let folder = peer::profile_folder();
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "sealwright"]).current_dir(module::workspace());
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let status = command.status();
    assert!(status.is_ok_and(|status| status.success()), "sealwright could not be built");
    folder.join("sealwright")
}

/// Runs `sealwright` with `--json` and gives what it printed.
pub fn sealwright(arguments: &[&str]) -> Result<Value> {
    let output = Command::new(program())
        .args(arguments)
        .arg("--json")
        // Nothing outside the build's folder is touched.
        .env("XDG_CACHE_HOME", peer::profile_folder().join("cache"))
        .stdin(Stdio::null())
        .output()?;
    let printed = tool::succeeded("sealwright", arguments, output)?;
    serde_json::from_slice(&printed).with_context(|| {
        format!("sealwright {} printed {}", arguments.join(" "), String::from_utf8_lossy(&printed))
    })
}

/// Waits until something is so, for as long as a running server may take to notice a change.
pub fn until(what: &str, is_so: impl Fn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !is_so()? {
        ensure!(start.elapsed() < STOP_TIMEOUT, "{what}: not within {STOP_TIMEOUT:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// A data folder that `sealwright init` made, in a temporary folder.
pub struct Authority {
    folder: TempDir,
    /// Where it listens, if that stands in its certificates.
    address: Option<SocketAddr>,
    /// What `init --json` printed.
    pub report: Value,
}

impl Authority {
    /// A certificate authority of its own store and settings. Its keys are those of the others in this
    /// process: `init` runs once, and its folder is copied.
    pub fn new() -> Result<Self> {
        static FIRST: OnceLock<Result<Authority, String>> = OnceLock::new();
        let first = FIRST.get_or_init(|| Self::init().map_err(|error| format!("{error:#}")));
        let first = first.as_ref().map_err(|error| anyhow::anyhow!("{error}"))?;
        let folder = tempfile::tempdir()?;
        copy(&first.data(), &folder.path().join("data"))?;
        Ok(Self { folder, address: None, report: first.report.clone() })
    }

    fn init() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let report = sealwright(&["init", "--data", text(&data)])?;
        Ok(Self { folder, address: None, report })
    }

    /// One whose certificates say where its server is; `init` gets these arguments too.
    pub fn published(more: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let address = free_address()?;
        let url = format!("http://{address}");
        let arguments = [&["init", "--data", text(&data), "--public-url", &url], more].concat();
        let report = sealwright(&arguments)?;
        Ok(Self { folder, address: Some(address), report })
    }

    /// A copy of a data folder, of which this is known: the root certificate and a challenge password.
    pub fn copied(data: &Path, root: &str, challenge: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy(data, &folder.path().join("data"))?;
        let report = serde_json::json!({ "ca_certificate": root, "challenge": challenge });
        Ok(Self { folder, address: None, report })
    }

    /// Runs a command on the data folder and gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> Result<Value> {
        let data = self.data();
        sealwright(&[arguments, &["--data", text(&data)]].concat())
    }

    /// The temporary folder, for the files of peers; the data folder is `data` in it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The challenge password that `init` made.
    pub fn challenge(&self) -> &str {
        self.report["challenge"].as_str().unwrap_or_default()
    }

    /// SHA-256 of the root certificate, as `init` printed it.
    pub fn fingerprint(&self) -> &str {
        self.report["ca_fingerprint"].as_str().unwrap_or_default()
    }

    /// The root certificate (PEM), as `init` printed it.
    pub fn root(&self) -> Result<String> {
        self.report["ca_certificate"].as_str().map(str::to_owned).context("`init` gives no certificate")
    }

    /// The issuing authority's certificate (PEM), out of the store.
    pub fn intermediates(&self) -> Result<Vec<String>> {
        let stored = self.certificates()?;
        let issuing = stored.iter().filter(|record| record["profile"] == "subordinate-ca");
        Ok(issuing.filter_map(|record| record["pem"].as_str()).map(str::to_owned).collect())
    }

    /// Whether the store holds a certificate for this common name.
    pub fn has_issued_to(&self, common_name: &str) -> Result<bool> {
        Ok(self.certificates()?.iter().any(|record| record["common_name"] == common_name))
    }

    /// Changes a line of the settings.
    pub fn set(&self, from: &str, to: &str) -> Result<()> {
        let path = self.data().join("sealwright.toml");
        let settings = std::fs::read_to_string(&path)?;
        ensure!(settings.contains(from), "the settings have no line {from:?}");
        Ok(std::fs::write(path, settings.replace(from, to))?)
    }

    /// Everything in the store, newest first, as `certificates list --json` gives it.
    pub fn certificates(&self) -> Result<Vec<Value>> {
        let data = self.data();
        let arguments = ["certificates", "list", "--data", text(&data), "--limit", EVERYTHING];
        let listed = sealwright(&arguments)?;
        listed["certificates"].as_array().cloned().context("`certificates list --json` gives no list")
    }

    /// Starts the server on a free loopback port and waits until it listens.
    pub fn serve(&self) -> Result<Server> {
        Server::start(self, None)
    }

    /// The same at another time of day, as faketime has it: `-2d`.
    pub fn serve_at(&self, offset: &str) -> Result<Server> {
        Server::start(self, Some(offset))
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// How often a server gets another free address.
const ADDRESS_TRIES: usize = 5;

/// A running server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Somebody else may take a free address before the server does; then it gets another one.
    fn start(authority: &Authority, offset: Option<&str>) -> Result<Self> {
        let mut tries = if authority.address.is_some() { 1 } else { ADDRESS_TRIES };
        loop {
            tries -= 1;
            let address = authority.address.map_or_else(free_address, Ok)?;
            let started = Self::start_at(authority, address, offset);
            match started {
                Err(error) if tries > 0 && error.to_string().contains("in use") => {}
                started => return started,
            }
        }
    }

    fn start_at(authority: &Authority, address: SocketAddr, offset: Option<&str>) -> Result<Self> {
        let log = authority.folder().join("serve.log");
        let output = std::fs::File::options().create(true).append(true).open(&log)?;
        let before = usize::try_from(output.metadata()?.len())?;
        let mut command = Command::new(program());
        if let Some(offset) = offset {
            faketime(&mut command, offset);
        }
        let child = command
            .args(["serve", "--data", text(&authority.data()), "--listen", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let mut server = Self { child, address, log };
        server.wait_until_listening(before)?;
        Ok(server)
    }

    /// By what the server itself says after that much of the log: at its address somebody else may listen.
    fn wait_until_listening(&mut self, before: usize) -> Result<()> {
        let start = Instant::now();
        while !self
            .log()
            .get(before..)
            .is_some_and(|said| [" listening ", "\"listening\""].iter().any(|line| said.contains(line)))
        {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}: {}", self.log());
            }
            ensure!(start.elapsed() < START_TIMEOUT, "the server does not listen: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its address for browsers.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where SCEP is.
    pub fn url(&self) -> String {
        format!("http://{}/scep", self.address)
    }

    /// What it wrote so far, earlier runs on the same data folder included.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills it with SIGKILL: no chance to finish anything.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop (SIGTERM) and waits for its successful end.
    pub fn stop(mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the server ended with {status}: {}", self.log());
                return Ok(());
            }
            ensure!(start.elapsed() < STOP_TIMEOUT, "the server does not stop: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has a program run at another time of day. Not by the program of that name: what it starts outlives it.
pub fn faketime(command: &mut Command, offset: &str) {
    command.env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketimeMT.so.1").env("FAKETIME", offset);
    // Timers and time limits go by the real time.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    // Nothing outside the build's folder is touched.
    command.env("XDG_CACHE_HOME", peer::profile_folder().join("cache"));
}

/// A loopback address whose port nobody uses at this moment.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// A path as text; the temporary paths of the tests are always text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path that is text")
}
