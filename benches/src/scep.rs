//! SCEP enrolments over loopback: Sealwright and Debian's scepserver in turns, in the same run, with the
//! same client, RSA-2048 everywhere, AES-128-CBC and SHA-256 in the requests. Sealwright answers in the
//! client's cipher, scepserver always in single DES. Every request is another enrolment, made beforehand;
//! every reply is opened and its certificate checked after the clock has stopped. What scepserver refuses
//! (its depot loses races between connections) is counted apart; Sealwright may refuse nothing.

use crate::load::{self, Run};
use crate::statistics::{milliseconds, percentile, rate};
use anyhow::{Context, Result, bail, ensure};
use conformance::device::{Authorities, Device, Reply, Request, Style};
use conformance::server::{self, Authority, Server};
use conformance::tool;
use serde_json::{Value, json};
use std::fmt;
use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Clock ticks in a second of `/proc/<pid>/stat`, on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// How much to do.
pub(crate) struct Plan {
    /// Rounds; in each, both servers have their turn.
    pub(crate) rounds: usize,
    /// Enrolments for each server in a round.
    pub(crate) enrolments: usize,
    /// Connections at the same time.
    pub(crate) connections: usize,
}

/// The figures of both servers.
pub(crate) struct Comparison {
    ours: Figures,
    theirs: Figures,
}

struct Figures {
    name: &'static str,
    per_second: f64,
    median: Duration,
    p99: Duration,
    failed: usize,
    /// Processor time of the server's process for each enrolment.
    cpu: Duration,
}

/// A server under load.
struct Contender {
    name: &'static str,
    url: String,
    pid: u32,
    known: Authorities,
    challenge: String,
    elapsed: Duration,
    latencies: Vec<Duration>,
    failed: usize,
}

impl Contender {
    fn new(name: &'static str, url: String, pid: u32, challenge: &str) -> Result<Self> {
        let known = Authorities::fetch(&url).with_context(|| format!("{name}: GetCACert"))?;
        let challenge = challenge.to_owned();
        Ok(Self {
            name,
            url,
            pid,
            known,
            challenge,
            elapsed: Duration::ZERO,
            latencies: Vec::new(),
            failed: 0,
        })
    }

    fn prepare(&self, device: &Device, round: usize, count: usize) -> Result<Vec<Request>> {
        let names = (0..count).map(|number| format!("bench-{round}-{number}"));
        names.map(|name| device.prepare(&name, &self.challenge, &self.known, &Style::default())).collect()
    }

    fn take(
        &mut self,
        device: &Device,
        requests: &[Request],
        connections: usize,
        counts: bool,
    ) -> Result<()> {
        let run = load::run(&self.url, requests, connections).with_context(|| self.name)?;
        let failed = self.failures(device, requests, &run)?;
        if counts {
            self.failed += failed;
            self.elapsed += run.elapsed;
            self.latencies.extend(run.latencies);
        }
        Ok(())
    }

    /// How many replies are refusals; anything else that is not the right certificate is an error.
    fn failures(&self, device: &Device, requests: &[Request], run: &Run) -> Result<usize> {
        let mut failures = 0;
        for (request, reply) in requests.iter().zip(&run.replies) {
            match device.open(request, reply, &self.known)? {
                Reply::Success(_) => {}
                Reply::Failure(_) => failures += 1,
                Reply::Pending => bail!("{}: {} is pending", self.name, request.common_name),
            }
        }
        Ok(failures)
    }

    fn figures(mut self, cpu: Duration) -> Figures {
        let count = self.latencies.len() - self.failed;
        Figures {
            name: self.name,
            per_second: rate(count, self.elapsed),
            median: percentile(&mut self.latencies, 50),
            p99: percentile(&mut self.latencies, 99),
            failed: self.failed,
            cpu: cpu.div_f64(count.max(1) as f64),
        }
    }
}

/// Runs the rounds, after one that warms both servers up.
pub(crate) fn measure(plan: &Plan) -> Result<Comparison> {
    let device = Device::new()?;
    let authority = Authority::new()?;
    let server: Server = authority.serve()?;
    let peer = ScepServer::start()?;
    let mut ours = Contender::new("sealwright", server.url(), server.id(), authority.challenge())?;
    let mut theirs = Contender::new("scepserver", peer.url.clone(), peer.child.id(), ScepServer::CHALLENGE)?;
    theirs.known.allow_legacy = true;
    let mut cpu = [Duration::ZERO; 2];
    for round in 0..=plan.rounds {
        // The first to go changes from round to round.
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let contender = if which == 0 { &mut ours } else { &mut theirs };
            let requests = contender.prepare(&device, round, plan.enrolments)?;
            let before = processor_time(contender.pid)?;
            contender.take(&device, &requests, plan.connections, round > 0)?;
            if round > 0 {
                cpu[which] += processor_time(contender.pid)?.saturating_sub(before);
            }
        }
    }
    server.stop()?;
    ensure!(ours.failed == 0, "sealwright refused {} requests", ours.failed);
    Ok(Comparison { ours: ours.figures(cpu[0]), theirs: theirs.figures(cpu[1]) })
}

/// User and system time of a process so far.
fn processor_time(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/pid/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    let ticks = ticks.sum::<Result<u32, _>>()?;
    Ok(Duration::from_secs_f64(f64::from(ticks) / TICKS_PER_SECOND))
}

/// Debian's scepserver with a file depot; killed when this is dropped.
struct ScepServer {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl ScepServer {
    const CHALLENGE: &'static str = "secret";

    fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let init = ["ca", "-init", "-depot", "depot", "-keySize", "2048"];
        tool::run("scepserver", &init, folder.path(), &[]).context("Debian's package scep has it")?;
        let address = server::free_address()?;
        let child = Command::new("scepserver")
            .args(["-depot", "depot", "-port", &address.port().to_string(), "-challenge", Self::CHALLENGE])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, url: format!("http://{address}/scep"), _folder: folder };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(start.elapsed() < START_TIMEOUT, "scepserver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for ScepServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Figures {
    fn to_json(&self) -> Value {
        json!({
            "enrolments_per_second": self.per_second,
            "median_ms": milliseconds(self.median),
            "p99_ms": milliseconds(self.p99),
            "failed": self.failed,
            "server_cpu_ms": milliseconds(self.cpu),
        })
    }
}

impl Comparison {
    fn ratio(&self) -> f64 {
        self.ours.per_second / self.theirs.per_second
    }

    fn p99_ratio(&self) -> f64 {
        self.ours.p99.as_secs_f64() / self.theirs.p99.as_secs_f64()
    }

    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "sealwright": self.ours.to_json(), "scepserver": self.theirs.to_json(),
            "rate_ratio": self.ratio(), "p99_ratio": self.p99_ratio(),
        })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SCEP enrolments over loopback: RSA-2048, AES-128-CBC, SHA-256, durable storage")?;
        let columns = ["server", "per second", "median ms", "p99 ms", "server CPU ms", "refused"];
        let [server, rate, median, p99, cpu, refused] = columns;
        writeln!(f, "{server:<12} {rate:>10} {median:>10} {p99:>10} {cpu:>14} {refused:>8}")?;
        for figures in [&self.ours, &self.theirs] {
            let [median, p99, cpu] = [figures.median, figures.p99, figures.cpu].map(milliseconds);
            let (name, rate, failed) = (figures.name, figures.per_second, figures.failed);
            writeln!(f, "{name:<12} {rate:>10.0} {median:>10.2} {p99:>10.2} {cpu:>14.2} {failed:>8}")?;
        }
        writeln!(f, "{:<12} {:>10.2} {:>10} {:>10.2}", "ratio", self.ratio(), "", self.p99_ratio())
    }
}
