//! nginx with a configuration of ours, as the user's own process.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::http::{self, Reply};
use crate::server::{free_address, text};
use crate::{module, peer};

const READY: Duration = Duration::from_secs(30);

/// A running nginx; killed when dropped.
pub struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Nginx {
    /// With these directives in its one server, which may refer to files in the folder.
    pub fn start(program: &Path, folder: TempDir, server: &str) -> Result<Self> {
        let address = free_address()?;
        let root = text(folder.path());
        // One process, and no file outside the folder.
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("  {name}_temp_path {root}/{name};\n"))
            .concat();
        let configuration = format!(
            "daemon off;\nmaster_process off;\npid {root}/nginx.pid;\nerror_log stderr info;\nevents {{}}\nhttp {{\n\
             {temporary}  access_log off;\n  server {{\n    listen {address};\n{server}\n  }}\n}}\n"
        );
        let path = folder.path().join("nginx.conf");
        fs::write(&path, configuration)?;
        let log = fs::File::create(folder.path().join("nginx.log"))?;
        let child = Command::new(program)
            .args(["-p", root, "-c", text(&path), "-e", "stderr"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let mut nginx = Self { child, address, folder };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = nginx.child.try_wait()?;
            ensure!(ended.is_none() && start.elapsed() < READY, "nginx does not listen: {}", nginx.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(nginx)
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("nginx.log")).unwrap_or_default()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// GET of a request target, sent as it stands.
    pub fn get(&self, target: &str, headers: &[(&str, &str)]) -> Result<Reply> {
        http::get_with(&format!("http://{}{target}", self.address), headers)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Already ended is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The block of nginx's configuration at this place in the README, counted from 0.
pub fn from_readme(place: usize) -> Result<String> {
    let readme = fs::read_to_string(module::workspace().join("README.md"))?;
    let block = readme.split("```nginx\n").nth(place + 1).and_then(|rest| rest.split("```").next());
    block.map(str::to_owned).with_context(|| format!("README.md has no ```nginx block {place}"))
}

/// The program, if it is here.
pub fn find() -> Option<PathBuf> {
    peer::find("/usr/sbin/nginx", "nginx")
}
