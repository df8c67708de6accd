//! SCEP enrolments over loopback: Sealwright and Debian's scepserver in turns, in the same run, with the
//! same client, RSA-2048 everywhere, AES-128-CBC and SHA-256 in the requests. Sealwright answers in the
//! client's cipher, scepserver always in single DES. Every request is another enrolment, made beforehand;
//! every reply is opened and its certificate checked after the clock has stopped. What scepserver refuses
//! (its depot loses races between connections) is counted apart; Sealwright may refuse nothing. Each round
//! adds to what the servers hold already, and is told by itself: scepserver reads its whole index each time.

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

/// Enrolments before the clock runs.
const WARM_UP: usize = 50;
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

/// The figures of both servers: of each round with how many certificates there were before it, and of all.
pub(crate) struct Comparison {
    rounds: Vec<(usize, [Figures; 2])>,
    all: [Figures; 2],
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

/// What was measured of one server.
#[derive(Clone, Default)]
struct Sample {
    elapsed: Duration,
    latencies: Vec<Duration>,
    failed: usize,
    cpu: Duration,
}

impl Sample {
    fn add(&mut self, other: &Self) {
        self.elapsed += other.elapsed;
        self.latencies.extend(&other.latencies);
        self.failed += other.failed;
        self.cpu += other.cpu;
    }

    fn figures(mut self, name: &'static str) -> Figures {
        let count = self.latencies.len() - self.failed;
        Figures {
            name,
            per_second: rate(count, self.elapsed),
            median: percentile(&mut self.latencies, 50),
            p99: percentile(&mut self.latencies, 99),
            failed: self.failed,
            cpu: self.cpu.div_f64(count.max(1) as f64),
        }
    }
}

/// A server under load.
struct Contender {
    name: &'static str,
    url: String,
    pid: u32,
    known: Authorities,
    challenge: String,
}

impl Contender {
    fn new(name: &'static str, url: String, pid: u32, challenge: &str) -> Result<Self> {
        let known = Authorities::fetch(&url).with_context(|| format!("{name}: GetCACert"))?;
        Ok(Self { name, url, pid, known, challenge: challenge.to_owned() })
    }

    fn prepare(&self, device: &Device, round: usize, count: usize) -> Result<Vec<Request>> {
        let names = (0..count).map(|number| format!("bench-{round}-{number}"));
        names.map(|name| device.prepare(&name, &self.challenge, &self.known, &Style::default())).collect()
    }

    fn take(&self, device: &Device, requests: &[Request], connections: usize) -> Result<Sample> {
        let before = processor_time(self.pid)?;
        let run = load::run(&self.url, requests, connections).with_context(|| self.name)?;
        let cpu = processor_time(self.pid)?.saturating_sub(before);
        let failed = self.failures(device, requests, &run)?;
        Ok(Sample { elapsed: run.elapsed, latencies: run.latencies, failed, cpu })
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
}

/// Runs the rounds, after a short one that warms both servers up.
pub(crate) fn measure(device: &Device, plan: &Plan) -> Result<Comparison> {
    let authority = Authority::new()?;
    let server: Server = authority.serve()?;
    let peer = ScepServer::start()?;
    let ours = Contender::new("sealwright", server.url(), server.id(), authority.challenge())?;
    let mut theirs = Contender::new("scepserver", peer.url.clone(), peer.child.id(), ScepServer::CHALLENGE)?;
    theirs.known.allow_legacy = true;
    let contenders = [ours, theirs];
    let mut comparison = Vec::new();
    let mut all = [Sample::default(), Sample::default()];
    for round in 0..=plan.rounds {
        let warm_up = round == 0;
        let enrolments = if warm_up { WARM_UP } else { plan.enrolments };
        let mut samples = [Sample::default(), Sample::default()];
        // The first to go changes from round to round.
        for which in [round % 2, (round + 1) % 2] {
            eprint!("\rround {round} of {}: {:<12}", plan.rounds, contenders[which].name);
            let requests = contenders[which].prepare(device, round, enrolments)?;
            samples[which] = contenders[which].take(device, &requests, plan.connections)?;
        }
        if !warm_up {
            all.iter_mut().zip(&samples).for_each(|(all, sample)| all.add(sample));
            let [ours, theirs] = samples;
            let before = WARM_UP + (round - 1) * plan.enrolments;
            comparison.push((before, [ours.figures("sealwright"), theirs.figures("scepserver")]));
        }
    }
    eprintln!("\r{:40}\r", "");
    server.stop()?;
    let [ours, theirs] = all;
    ensure!(ours.failed == 0, "sealwright refused {} requests", ours.failed);
    Ok(Comparison { rounds: comparison, all: [ours.figures("sealwright"), theirs.figures("scepserver")] })
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

fn ratios([ours, theirs]: &[Figures; 2]) -> (f64, f64) {
    (ours.per_second / theirs.per_second, ours.p99.as_secs_f64() / theirs.p99.as_secs_f64())
}

impl Comparison {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let told = |figures: &[Figures; 2]| {
            let (rate_ratio, p99_ratio) = ratios(figures);
            let [ours, theirs] = figures;
            json!({
                "sealwright": ours.to_json(), "scepserver": theirs.to_json(),
                "rate_ratio": rate_ratio, "p99_ratio": p99_ratio,
            })
        };
        let rounds = self.rounds.iter().map(|(before, figures)| {
            let mut round = told(figures);
            round["certificates_before"] = (*before).into();
            round
        });
        json!({ "rounds": rounds.collect::<Vec<_>>(), "all": told(&self.all) })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SCEP enrolments over loopback: RSA-2048, AES-128-CBC, SHA-256, durable storage")?;
        let [before, server, rate] = ["certificates", "server", "per second"];
        let [median, p99, cpu, refused] = ["median ms", "p99 ms", "server CPU ms", "refused"];
        writeln!(f, "{before:<13} {server:<11} {rate:>10} {median:>10} {p99:>8} {cpu:>14} {refused:>8}")?;
        let all = (String::from("all rounds"), &self.all);
        let rounds = self.rounds.iter().map(|(before, figures)| (format!("{before} before"), figures));
        for (label, figures) in rounds.chain([all]) {
            for Figures { name, per_second, median, p99, failed, cpu } in figures {
                let [median, p99, cpu] = [*median, *p99, *cpu].map(milliseconds);
                writeln!(
                    f,
                    "{label:<13} {name:<11} {per_second:>10.0} {median:>10.2} {p99:>8.2} {cpu:>14.2} {failed:>8}"
                )?;
            }
            let (rate, p99) = ratios(figures);
            writeln!(f, "{label:<13} {:<11} {rate:>10.2} {:>10} {p99:>8.2}", "ratio", "")?;
        }
        Ok(())
    }
}
