//! The application behind a proxy: it says what it got.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Answers until the process ends.
pub(crate) fn start() -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that hangs up is none of ours.
            let _ = answer(stream);
        }
    });
    Ok(address)
}

fn answer(stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<Value> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| json!([name.to_ascii_lowercase(), value]))
        .collect();
    let length = headers.iter().find(|line| line[0] == "content-length").and_then(|line| line[1].as_str());
    let mut body = vec![0; length.map_or(Ok(0), str::parse)?];
    reader.read_exact(&mut body)?;
    let start = lines.first().context("no request")?;
    let said =
        json!({ "start": start, "headers": headers, "body": String::from_utf8_lossy(&body) }).to_string();
    let mut stream = stream;
    Ok(write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{said}", said.len())?)
}
