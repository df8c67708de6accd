//! Bodies of 64 MB go by in constant memory.

use anyhow::{Context, Result};
use conformance::server::{Authority, Server};
use serde_json::Value;

use super::fleet::{Device, is_missing, reason, whole};

const BODY: usize = 64 << 20;
/// By how much the server's memory may grow, in KiB: an eighth of the body.
const GROWTH: u64 = 8 << 10;

/// The most memory that the server ever had, in KiB.
fn peak(server: &Server) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).context("no number")?.parse()?)
}

#[test]
fn a_body_of_64_mb_is_digested_and_not_kept() {
    if is_missing() {
        return;
    }
    let authority = Authority::new().unwrap();
    authority.set("request_timeout_seconds = 30", "request_timeout_seconds = 300").unwrap();
    let device = Device::new(&authority, "camera", &[]).unwrap();
    let server = authority.serve().unwrap();
    let send = |body: &[u8], signature: &str| whole(&server, &[("Mdm-Signature", signature)], body).unwrap();
    // What the first requests take once.
    for number in 0..8_u8 {
        let body = vec![number; 100_000];
        assert_eq!(send(&body, &device.cms(&body, &[]).unwrap()).status, 200);
    }
    let before = peak(&server).unwrap();
    let mut body: Vec<u8> = (0..BODY).map(|index| u8::try_from(index % 251).unwrap_or_default()).collect();
    let signature = device.cms(&body, &[]).unwrap();
    body[BODY / 2] ^= 1;
    assert_eq!(reason(&send(&body, &signature)).unwrap(), "message_body_mismatch");
    body[BODY / 2] ^= 1;
    let reply = send(&body, &signature);
    assert_eq!(reply.status, 200, "{}", reply.head);
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(said["device"]["common_name"], "camera");
    assert_eq!(reason(&send(&body, &signature)).unwrap(), "message_replayed");
    let growth = peak(&server).unwrap() - before;
    assert!(growth < GROWTH, "the server's memory grew by {growth} KiB, from {before}");
    body.push(0);
    let long = whole(&server, &[("Mdm-Signature", &device.cms(&body, &[]).unwrap())], &body).unwrap();
    assert_eq!(long.status, 413, "{}", long.head);
    server.stop().unwrap();
}
