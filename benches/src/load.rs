//! The client that loads a server: the same for both.

use anyhow::{Context, Result, anyhow, ensure};
use conformance::device::Request;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The largest reply that is read.
const MAX_REPLY: u64 = 1 << 20;

/// What one run gave.
pub(crate) struct Run {
    /// From the first request to the last reply.
    pub(crate) elapsed: Duration,
    /// The time of each request.
    pub(crate) latencies: Vec<Duration>,
    /// The reply to each request, in the order of the requests.
    pub(crate) replies: Vec<Vec<u8>>,
}

/// Sends all requests by POST over `connections` kept-alive connections.
pub(crate) fn run(url: &str, requests: &[Request], connections: usize) -> Result<Run> {
    let url = format!("{url}?operation=PKIOperation");
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let replies = std::thread::scope(|scope| -> Result<Vec<Reply>> {
        let client = || scope.spawn(|| send_all(&url, requests, &next));
        let clients = (0..connections).map(|_| client()).collect::<Vec<_>>();
        let mut replies = Vec::new();
        for client in clients {
            replies.extend(client.join().map_err(|_| anyhow!("a client panicked"))??);
        }
        Ok(replies)
    });
    let elapsed = start.elapsed();
    let mut replies = replies?;
    replies.sort_by_key(|reply| reply.number);
    ensure!(replies.len() == requests.len(), "{} replies to {} requests", replies.len(), requests.len());
    let latencies = replies.iter().map(|reply| reply.latency).collect();
    Ok(Run { elapsed, latencies, replies: replies.into_iter().map(|reply| reply.body).collect() })
}

struct Reply {
    number: usize,
    latency: Duration,
    body: Vec<u8>,
}

fn send_all(url: &str, requests: &[Request], next: &AtomicUsize) -> Result<Vec<Reply>> {
    let agent = ureq::Agent::new_with_defaults();
    let mut replies = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = requests.get(number) else { return Ok(replies) };
        let start = Instant::now();
        let body = send(&agent, url, &request.message)?;
        replies.push(Reply { number, latency: start.elapsed(), body });
    }
}

fn send(agent: &ureq::Agent, url: &str, message: &[u8]) -> Result<Vec<u8>> {
    let mut reply = agent.post(url).header("Content-Type", "application/x-pki-message").send(message)?;
    reply.body_mut().with_config().limit(MAX_REPLY).read_to_vec().context("reading a reply")
}
