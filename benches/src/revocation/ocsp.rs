//! From an OCSP request to its response, one after another: `open_ocsp_request` and `sign_ocsp_response` beside
//! `openssl ocsp -port`, one process that keeps its key. Every response is signed anew and holds the signer's certificate.

use crate::setting::{Setting, timed};
use crate::statistics::{milliseconds, rate};
use anyhow::{Context, Result, ensure};
use conformance::{engine, server};
use serde_json::{Value, json};
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections to a listener that answers at once.
const BARE: usize = 500;

/// Responses a second.
pub(super) struct Responses {
    native: f64,
    guest: f64,
    openssl: f64,
    /// What a connection takes by itself.
    connection: Duration,
}

/// Measures each for so many seconds.
pub(super) fn measure(setting: &Setting, seconds: u64) -> Result<Responses> {
    let index = "V\t361101000000Z\t\t5A01\tunknown\t/CN=device\n";
    std::fs::write(setting.folder().join("index.txt"), index)?;
    setting.openssl(&[
        "ocsp",
        "-issuer",
        "ca.pem",
        "-serial",
        "0x5a01",
        "-no_nonce",
        "-reqout",
        "request.der",
    ])?;
    let request = std::fs::read(setting.folder().join("request.der"))?;
    let asked = json!({
        "op": "open_ocsp_request", "request": engine::encode(&request), "authorities": [setting.authority],
    });
    let native = repeat(seconds, || {
        let opened = setting.native(&serde_json::to_vec(&asked)?)?;
        setting.native(&serde_json::to_vec(&reply(setting, &opened))?)
    })?;
    let guest = repeat(seconds, || {
        let opened = setting.hosted.run(&asked)?.response;
        Ok(setting.hosted.run(&reply(setting, &opened))?.response)
    })?;
    let (last, connection) = (native.1, bare_connection(&request)?);
    check(setting, &engine::decode(&last["response"])?)?;
    let openssl = openssl(setting, &request, seconds, connection)?;
    Ok(Responses { native: native.0, guest: guest.0, openssl, connection })
}

/// What the host asks for, of a certificate that it knows.
fn reply(setting: &Setting, opened: &Value) -> Value {
    let now = engine::now();
    json!({
        "op": "sign_ocsp_response", "now": now, "authority": setting.authority,
        "generation": opened["requests"][0]["generation"], "nonce": opened["nonce"],
        "responses": [{ "cert_id": opened["requests"][0]["cert_id"], "status": "good" }],
        "next_update": now + 86_400,
    })
}

/// The rate, and what came last.
fn repeat<T>(seconds: u64, mut call: impl FnMut() -> Result<T>) -> Result<(f64, T)> {
    let (start, mut count) = (Instant::now(), 0);
    loop {
        let last = call()?;
        count += 1;
        if start.elapsed() >= Duration::from_secs(seconds) {
            return Ok((rate(count, start.elapsed()), last));
        }
    }
}

fn check(setting: &Setting, response: &[u8]) -> Result<()> {
    std::fs::write(setting.folder().join("response.der"), response)?;
    let said = setting.openssl(&[
        "ocsp",
        "-respin",
        "response.der",
        "-issuer",
        "ca.pem",
        "-CAfile",
        "ca.pem",
        "-serial",
        "0x5a01",
        "-no_nonce",
    ])?;
    ensure!(said.contains("0x5a01: good"), "found {said}");
    Ok(())
}

fn openssl(setting: &Setting, request: &[u8], seconds: u64, connection: Duration) -> Result<f64> {
    let responder = Responder::start(setting)?;
    let (per_second, last) = repeat(seconds, || post(responder.address, request))?;
    let head = last.windows(4).position(|octets| octets == b"\r\n\r\n").context("no end of the header")?;
    check(setting, &last[head + 4..])?;
    let each = Duration::from_secs_f64(1.0 / per_second).saturating_sub(connection);
    Ok(1.0 / each.as_secs_f64())
}

/// One request over a connection of its own, as this responder wants it.
fn post(address: SocketAddr, request: &[u8]) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    let mut message = format!(
        "POST / HTTP/1.0\r\nContent-Type: application/ocsp-request\r\nContent-Length: {}\r\n\r\n",
        request.len()
    )
    .into_bytes();
    message.extend_from_slice(request);
    stream.write_all(&message)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// The mean time of a connection to somebody who reads once, answers and closes.
fn bare_connection(request: &[u8]) -> Result<Duration> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let answering = std::thread::spawn(move || -> Result<()> {
        for _ in 0..BARE {
            let (mut stream, _) = listener.accept()?;
            let mut octets = [0; 2048];
            let count = stream.read(&mut octets)?;
            stream.write_all(&octets[..count])?;
        }
        Ok(())
    });
    let all = timed(|| (0..BARE).try_for_each(|_| post(address, request).map(drop)))?;
    answering.join().ok().context("the listener ended")??;
    Ok(all / u32::try_from(BARE)?)
}

/// `openssl ocsp` as a server; killed when this is dropped.
struct Responder {
    child: Child,
    address: SocketAddr,
}

impl Responder {
    fn start(setting: &Setting) -> Result<Self> {
        let address = server::free_address()?;
        let mut child = Command::new("openssl")
            .args(["ocsp", "-port", &address.port().to_string(), "-index", "index.txt", "-CA", "ca.pem"])
            .args(["-rsigner", "ca.pem", "-rkey", "ca.key", "-rmd", "sha256", "-ndays", "1"])
            .current_dir(setting.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run openssl")?;
        let mut said = BufReader::new(child.stderr.take().context("openssl has no standard error")?);
        let responder = Self { child, address };
        // Its word that it listens: a connection that asks for nothing would block it.
        let mut line = String::new();
        while !line.contains("waiting for") {
            line.clear();
            ensure!(said.read_line(&mut line)? > 0, "openssl ocsp ended before it listened");
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Ok(responder)
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Responses {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "native": self.native, "guest": self.guest, "openssl": self.openssl,
            "connection_ms": milliseconds(self.connection),
        })
    }
}

impl fmt::Display for Responses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { native, guest, openssl, connection } = self;
        writeln!(
            f,
            "OCSP responses a second, one after another, RSA-2048 and SHA-256; guest: as the host runs it"
        )?;
        writeln!(
            f,
            "{:>9} {:>9} {:>9} {:>15} {:>14}",
            "native", "guest", "openssl", "native/openssl", "guest/openssl"
        )?;
        let (natives, guests) = (native / openssl, guest / openssl);
        writeln!(f, "{native:>9.0} {guest:>9.0} {openssl:>9.0} {natives:>15.2} {guests:>14.2}")?;
        writeln!(
            f,
            "OpenSSL is one process on loopback; what a connection takes by itself, {:.2} ms, is taken off.",
            milliseconds(*connection)
        )
    }
}
