//! HTTP as the oldest client speaks it: one request on one connection, and exactly the given header.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};

const TIMEOUT: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header, its first line included.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A field of the header; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// GET of a URL `http://host:port/path?query`, sent as it stands.
pub fn get(url: &str) -> Result<Reply> {
    send("GET", url, &[], None)
}

/// The same, with these header fields.
pub fn get_with(url: &str, headers: &[(&str, &str)]) -> Result<Reply> {
    send("GET", url, headers, None)
}

/// POST of a body with these header fields: nothing is added but what HTTP needs.
pub fn post(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
    send("POST", url, headers, Some(body))
}

/// Any method, with these header fields alone.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Result<Reply> {
    let rest = url.strip_prefix("http://").context("not an http URL")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut head = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(&[head.as_bytes(), body.unwrap_or_default()].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer)
}

fn parse(answer: &[u8]) -> Result<Reply> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no end of the header")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok(Reply { status, head, body: answer[end + 4..].to_vec() })
}
