//! From the PEM of a server's chain to the verdict, beside webpki and OpenSSL in the same run. Each is asked the same:
//! the chain without its root, the root, a time, the name of the server; no revocation.

use crate::statistics::microseconds;
use anyhow::{Context, Result, ensure};
use conformance::guest::Guest;
use conformance::module::{self, Build};
use conformance::suite::minted::{self, Key, NOW, Template};
use conformance::suite::peers::PEERS;
use conformance::suite::{Case, Question};
use conformance::{native, tool};
use serde_json::{Value, json};
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Certificates of a chain, the root counted: one signature less is checked.
const LENGTHS: [usize; 3] = [2, 3, 5];
const ALGORITHMS: [(&str, &str); 2] = [("RSA-2048", "rsa"), ("P-256", "p256")];
/// Each has its turn in each round, and the shortest of its rounds counts.
const ROUNDS: usize = 7;
/// Verifications in a turn.
const TURN: usize = 100;
/// Of OpenSSL, whose process starts for it.
const OPENSSL_TURN: usize = 400;
const SERVER: &str = "server.test";

/// The chains.
pub(crate) struct Paths(Vec<Row>);

/// One verification, by each of [`JUDGES`].
struct Row {
    algorithm: &'static str,
    /// A number of certificates, or `+1`.
    chain: String,
    microseconds: [f64; 4],
}

const JUDGES: [&str; 4] = ["native", "guest", "webpki", "openssl"];

/// Measures each chain.
pub(crate) fn measure() -> Result<Paths> {
    let guest = Guest::new(&module::build(Build::Fast)?)?;
    let folder = tempfile::tempdir()?;
    let mut rows = Vec::new();
    for (algorithm, keys) in ALGORITHMS {
        let mut measured = Vec::new();
        for certificates in LENGTHS {
            let question = question(keys, certificates)?;
            write(&question, folder.path())?;
            measured.push(chain(certificates, &question, &guest, folder.path())?);
        }
        let further = further(&measured);
        let chains = LENGTHS.iter().map(usize::to_string).zip(measured);
        let named = chains.chain([("+1".to_owned(), further)]);
        rows.extend(named.map(|(chain, microseconds)| Row { algorithm, chain, microseconds }));
    }
    Ok(Paths(rows))
}

/// What one more certificate takes, from the shortest chain to the longest.
fn further(measured: &[[f64; 4]]) -> [f64; 4] {
    let ([first, .., last], [from, .., to]) = (measured, LENGTHS) else { return [f64::NAN; 4] };
    std::array::from_fn(|own| (last[own] - first[own]) / (to - from) as f64)
}

/// A server, authorities with names of their own and one key, and the root.
fn question(keys: &str, certificates: usize) -> Result<Question> {
    let [root, device] = ["root", "device"].map(|own| Key::of(&format!("{keys}-{own}")));
    let (root, device) = (root?, device?);
    let names: Vec<_> = (1..certificates).map(|level| format!("Authority {level}")).collect();
    let authority = |subject: &str, issuer: &str| {
        let extensions = [minted::authority(), minted::key_identifiers("key", "key")].concat();
        Template { subject, issuer, serial: 1, extensions }.sign(&root, &root)
    };
    let between = names.windows(2).map(|pair| authority(&pair[0], &pair[1])).collect::<Result<_>>()?;
    let (first, last) = (names.first().context("no issuer")?, names.last().context("no root")?);
    let server =
        minted::extension(b"\x55\x1d\x25", false, b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01");
    let more = vec![minted::servers(&[SERVER.to_owned()]), server];
    let extensions = [minted::key_identifiers("server", "key"), more].concat();
    let leaf = Template { subject: "server", issuer: first, serial: 2, extensions };
    Ok(Question {
        now: NOW,
        certificate: leaf.sign(&device, &root)?,
        intermediates: between,
        anchors: vec![authority(last, last)?],
        purpose: "tls_server",
        identities: vec![format!("dns:{SERVER}")],
        policy: json!({ "revocation": "off" }),
        ..Question::default()
    })
}

fn write(question: &Question, folder: &Path) -> Result<()> {
    for (name, pem) in [
        ("leaf.pem", &question.certificate),
        ("root.pem", &question.anchors.concat()),
        ("between.pem", &question.intermediates.concat()),
    ] {
        std::fs::write(folder.join(name), pem)?;
    }
    Ok(())
}

/// Microseconds of each.
fn chain(certificates: usize, question: &Question, guest: &Guest, folder: &Path) -> Result<[f64; 4]> {
    let [request] = question.requests().try_into().ok().context("more than one request")?;
    let request = request.to_string().into_bytes();
    let cases = [Case { id: String::new(), wanted: true, question: question.clone() }];
    let webpki = PEERS.iter().find(|peer| peer.name == "webpki").context("no webpki")?;
    let mut shortest = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let round = [
            turn(|| Ok(native::call(&request, &[])?.status == 0))?,
            turn(|| Ok(guest.session(&[])?.call_unfreed(&request)?.status == 0))?,
            turn(|| Ok(webpki.verdicts(&cases)? == [Some(true)]))?,
            openssl(folder, certificates)?,
        ];
        shortest = std::array::from_fn(|own| shortest[own].min(round[own]));
    }
    Ok(shortest.map(microseconds))
}

/// What one takes of a turn, all of which accept.
fn turn(mut accepts: impl FnMut() -> Result<bool>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..TURN {
        ensure!(accepts()?, "a chain that holds is refused");
    }
    Ok(start.elapsed() / u32::try_from(TURN)?)
}

/// `openssl verify` with the leaf's file named many times, less the same with one: what is left of each is reading the
/// leaf and the path. Root and intermediates are read once by each process.
fn openssl(folder: &Path, certificates: usize) -> Result<Duration> {
    let time = |count: usize| {
        let now = NOW.to_string();
        let mut arguments =
            vec!["verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", "root.pem"];
        arguments.extend(["-attime", &now, "-purpose", "sslserver", "-verify_hostname", SERVER]);
        if certificates > 2 {
            arguments.extend(["-untrusted", "between.pem"]);
        }
        arguments.extend(std::iter::repeat_n("leaf.pem", count));
        let start = Instant::now();
        let said = tool::run("openssl", &arguments, folder, &[])?;
        let elapsed = start.elapsed();
        ensure!(said.split(|octet| *octet == b'\n').filter(|line| *line == b"leaf.pem: OK").count() == count);
        Ok(elapsed)
    };
    Ok(time(OPENSSL_TURN + 1)?.saturating_sub(time(1)?) / u32::try_from(OPENSSL_TURN)?)
}

impl Paths {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let row = |row: &Row| {
            let [native, guest, webpki, openssl] = row.microseconds;
            json!({
                "algorithm": row.algorithm, "certificates": row.chain, "native_us": native, "guest_us": guest,
                "webpki_us": webpki, "openssl_us": openssl,
            })
        };
        self.0.iter().map(row).collect()
    }
}

impl fmt::Display for Paths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Path validation of a server, microseconds; guest: a fresh instance each time, not from a pool"
        )?;
        write!(f, "{:<9} {:>5}", "", "chain")?;
        for judge in JUDGES {
            write!(f, " {judge:>8}")?;
        }
        writeln!(f, "  native/webpki  native/openssl  guest/webpki  guest/openssl")?;
        for Row { algorithm, chain, microseconds } in &self.0 {
            write!(f, "{algorithm:<9} {chain:>5}")?;
            for own in microseconds {
                write!(f, " {own:>8.0}")?;
            }
            let [native, guest, webpki, openssl] = microseconds;
            writeln!(
                f,
                "  {:>13.2}  {:>14.2}  {:>12.2}  {:>13.2}",
                native / webpki,
                native / openssl,
                guest / webpki,
                guest / openssl
            )?;
        }
        writeln!(
            f,
            "A chain's root counts; +1 is what each further certificate takes. Ours: from the request's bytes to the response's.\n\
             webpki (aws-lc): from PEM to its verdict. OpenSSL: one process of `openssl verify -x509_strict`, its start taken\n\
             off, that reads the leaf {OPENSSL_TURN} times, which is most of what it takes for short chains, and the others once.\n\
             Each the shortest mean of {ROUNDS} rounds."
        )
    }
}
