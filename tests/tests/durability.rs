//! Kill -9 under load, ten times: what a client received is never lost, and nothing is issued twice.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use conformance::device::{Authorities, Device, Reply, Request, Style};
use conformance::http;
use conformance::server::Authority;
use serde_json::Value;

const KILLS: usize = 10;
const REQUESTS_PER_KILL: usize = 400;
const CLIENTS: usize = 4;
/// The server is killed once it has answered so many, a different number each time.
const FIRST_KILL_AFTER: usize = 15;
const STEP: usize = 17;
const PATIENCE: Duration = Duration::from_secs(120);

/// A request and the certificate that came back, if one did.
struct Attempt {
    request: Request,
    received: Option<String>,
}

struct Campaign {
    authority: Authority,
    device: Device,
    known: Authorities,
    attempts: Vec<Attempt>,
}

impl Campaign {
    fn new() -> Result<Self> {
        let authority = Authority::new()?;
        let server = authority.serve()?;
        let known = Authorities::fetch(&server.url())?;
        server.kill()?;
        Ok(Self { authority, device: Device::new()?, known, attempts: Vec::new() })
    }

    /// Clients send until the server is killed in the middle of it.
    fn round(&mut self, round: usize) -> Result<()> {
        let requests = self.prepare(round)?;
        let server = self.authority.serve()?;
        let url = server.url();
        let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let replies = Mutex::new(HashMap::new());
        std::thread::scope(|scope| -> Result<()> {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while let Some((number, request)) = take(&requests, &next) {
                        let Ok(reply) = send(&url, &request.message) else { break };
                        if let Ok(mut replies) = replies.lock() {
                            replies.insert(number, reply);
                        }
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            let start = Instant::now();
            while answered.load(Ordering::SeqCst) < FIRST_KILL_AFTER + round * STEP {
                ensure!(start.elapsed() < PATIENCE, "the server answers no more");
                std::thread::sleep(Duration::from_micros(500));
            }
            server.kill()
        })?;
        let replies = replies.into_inner()?;
        ensure!(replies.len() < requests.len(), "the server was killed too late to matter");
        let sent = next.into_inner();
        for (number, request) in requests.into_iter().enumerate().take(sent) {
            let received = replies.get(&number).map(|reply| self.certificate(&request, reply)).transpose()?;
            self.attempts.push(Attempt { request, received });
        }
        Ok(())
    }

    fn prepare(&self, round: usize) -> Result<Vec<Request>> {
        let challenge = self.authority.challenge();
        let names = (0..REQUESTS_PER_KILL).map(|number| format!("device-{round}-{number}"));
        names.map(|name| self.device.prepare(&name, challenge, &self.known, &Style::default())).collect()
    }

    fn certificate(&self, request: &Request, reply: &[u8]) -> Result<String> {
        match self.device.open(request, reply, &self.known)? {
            Reply::Success(certificate) => Ok(certificate),
            other => bail!("{}: found {other:?}", request.common_name),
        }
    }

    /// After a restart: what was received is in the store, once.
    fn check_store(&self) -> Result<()> {
        let stored = self.authority.certificates()?;
        let mut serials = HashSet::new();
        let mut by_name: HashMap<&str, Vec<&Value>> = HashMap::new();
        for record in &stored {
            ensure!(serials.insert(record["serial"].as_str()), "the serial of {record} is there twice");
            by_name.entry(record["common_name"].as_str().unwrap_or("")).or_default().push(record);
        }
        for Attempt { request, received } in &self.attempts {
            let found = by_name.get(request.common_name.as_str()).map_or(&[][..], Vec::as_slice);
            ensure!(found.len() <= 1, "{} was issued {} times", request.common_name, found.len());
            if let Some(received) = received {
                let record = found.first().with_context(|| format!("{} is lost", request.common_name))?;
                ensure!(same_pem(record["pem"].as_str(), received), "{}: another one", request.common_name);
            }
        }
        Ok(())
    }

    /// Every request again: the same certificate where there was one, the first one where there was none.
    fn retry(&mut self) -> Result<()> {
        let server = self.authority.serve()?;
        for number in 0..self.attempts.len() {
            let request = &self.attempts[number].request;
            let reply = send(&server.url(), &request.message)?;
            let again = self.certificate(request, &reply)?;
            match &self.attempts[number].received {
                Some(first) => ensure!(
                    same_pem(Some(first), &again),
                    "{}: a retry gets another certificate",
                    request.common_name
                ),
                None => self.attempts[number].received = Some(again),
            }
        }
        server.stop()
    }
}

fn take<'a>(requests: &'a [Request], next: &AtomicUsize) -> Option<(usize, &'a Request)> {
    let number = next.fetch_add(1, Ordering::SeqCst);
    requests.get(number).map(|request| (number, request))
}

/// A whole reply, or an error: half a reply counts as none.
fn send(url: &str, message: &[u8]) -> Result<Vec<u8>> {
    let headers = [("Content-Type", "application/x-pki-message")];
    let reply = http::post(&format!("{url}?operation=PKIOperation"), &headers, message)?;
    ensure!(reply.status == 200, "found the status {}", reply.status);
    let length: usize = reply.header("content-length").context("no length")?.parse()?;
    ensure!(reply.body.len() == length, "a cut reply");
    Ok(reply.body)
}

fn same_pem(left: Option<&str>, right: &str) -> bool {
    left.is_some_and(|left| left.split_whitespace().eq(right.split_whitespace()))
}

#[test]
fn kill_under_load() {
    let mut campaign = Campaign::new().unwrap();
    for round in 0..KILLS {
        campaign.round(round).unwrap();
        campaign.check_store().unwrap_or_else(|error| panic!("after kill {round}: {error:#}"));
    }
    let interrupted = campaign.attempts.iter().filter(|attempt| attempt.received.is_none()).count();
    assert!(interrupted > 0, "no request was under way when the server was killed");
    campaign.retry().unwrap();
    campaign.check_store().unwrap();
    let (all, names) = (campaign.attempts.len(), campaign.authority.certificates().unwrap());
    let devices = names.iter().filter(|record| record["profile"] == "device-identity").count();
    assert_eq!(devices, all, "{all} requests, {interrupted} of them interrupted");
}
