//! The scepserver of Debian's package `scep`.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::{server, tool};

/// Debian's scepserver on a free port; it is killed when this is dropped.
pub struct ScepServer {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl ScepServer {
    /// A new authority with the challenge password `secret`.
    pub fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        tool::run("scepserver", &["ca", "-init", "-depot", "depot", "-keySize", "2048"], folder.path(), &[])?;
        let address = server::free_address()?;
        let child = Command::new("scepserver")
            .args(["-depot", "depot", "-port", &address.port().to_string(), "-challenge", "secret"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, url: format!("http://{address}/scep"), folder };
        let start = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            ensure!(start.elapsed() < Duration::from_secs(30), "scepserver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its folder, for the files of clients.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its authority's certificate (PEM).
    pub fn root(&self) -> Result<String> {
        std::fs::read_to_string(self.folder.path().join("depot/ca.pem")).context("its certificate")
    }
}

impl Drop for ScepServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
