//! `cargo xtask demo`: the whole path once, shown step by step.

use crate::{command, setup, workspace};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Builds the host, makes an authority in a temporary folder, serves it on loopback, enrols a device, shows
/// the certificate and the inventory, and stops the server.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    setup::build()?;
    println!("building sealwright (the first time takes some minutes)");
    command::run(&mut command::build("sealwright"))?;
    let folder = tempfile::Builder::new().prefix("sealwright-demo-").tempdir()?;
    let authority = init(folder.path())?;
    let server = Server::start(folder.path())?;
    enrol(folder.path(), &server, &authority)?;
    heading("What is in the device's certificate");
    show(sealwright(folder.path(), &["inspect", "device/certificate.pem"]))?;
    heading("What the authority knows");
    show(sealwright(folder.path(), &["certificates", "list", "--data", "ca"]))?;
    server.stop()?;
    folder.close().context("removing the temporary folder")?;
    println!("\nThe demo worked, {:.0} seconds in all.", start.elapsed().as_secs_f64());
    Ok(())
}

/// What `init` told about the new authority.
struct Authority {
    fingerprint: String,
    challenge: String,
}

fn init(folder: &Path) -> Result<Authority> {
    heading("A new certificate authority");
    let mut init = sealwright(folder, &["init", "--data", "ca", "--organization", "Demo", "--json"]);
    println!("$ {}", command::show(&init));
    let report: Value = serde_json::from_str(&command::read(&mut init)?).context("output of init")?;
    let field = |name: &str| {
        report[name].as_str().map(str::to_owned).with_context(|| format!("init printed no {name}: {report}"))
    };
    let authority = Authority { fingerprint: field("ca_fingerprint")?, challenge: field("challenge")? };
    println!("  name         {}", field("ca_subject")?);
    println!("  fingerprint  {}", authority.fingerprint);
    println!("  challenge    {}", authority.challenge);
    Ok(authority)
}

fn enrol(folder: &Path, server: &Server, authority: &Authority) -> Result<()> {
    heading("A device enrols over SCEP");
    let url = format!("http://{}/scep", server.address);
    let fingerprint = ["--ca-fingerprint", &authority.fingerprint];
    let device = ["--subject", "CN=demo-device,O=Demo", "--out", "device"];
    let mut enroll = sealwright(folder, &["enroll", "--url", &url, "--challenge", &authority.challenge]);
    enroll.args(fingerprint).args(device);
    show(enroll)
}

fn heading(text: &str) {
    println!("\n--- {text}");
}

/// Shows the command and lets it show what it does.
fn show(mut command: Command) -> Result<()> {
    println!("$ {}", command::show(&command));
    command::run(&mut command)
}

fn sealwright(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(workspace::program("sealwright"));
    command.args(arguments).env("XDG_CACHE_HOME", workspace::cache()).current_dir(folder);
    command
}

/// The running server; killed when this is dropped, in case something went wrong before `stop`.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(folder: &Path) -> Result<Self> {
        heading("The server");
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let mut serve = sealwright(folder, &["serve", "--data", "ca", "--listen", &address.to_string()]);
        println!("$ {} &", command::show(&serve));
        let start = Instant::now();
        let mut server = Self { child: serve.spawn().context("starting the server")?, address };
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended with {status}");
            }
            if start.elapsed() > START_TIMEOUT {
                bail!("the server does not listen after {} seconds", START_TIMEOUT.as_secs());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        println!("  listening on {address} after {} ms", start.elapsed().as_millis());
        Ok(server)
    }

    fn stop(mut self) -> Result<()> {
        heading("The server is told to stop");
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        println!("  ended with {status}");
        Ok(())
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > STOP_TIMEOUT {
                bail!("the server does not stop within {} seconds", STOP_TIMEOUT.as_secs());
            }
            std::thread::sleep(Duration::from_millis(10));
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
