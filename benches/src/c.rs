//! The C library a second, beside OpenSSL in the same process: with keys that are lent to the engine, and with OpenSSL's
//! keys as outside signers.

use anyhow::{Context, Result, ensure};
use conformance::c::{Library, text};
use conformance::engine::{self, Engine};
use conformance::tool;
use serde_json::{Value, json};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/c/");

/// Certificates of a bundle: as many as one call takes.
const BUNDLE: usize = 250;

/// What is done, and how often a second.
struct Row {
    key: &'static str,
    what: String,
    lent: f64,
    outside: Option<f64>,
    openssl: f64,
}

/// All that was measured.
pub(crate) struct C(Vec<Row>);

/// Measures each for so long.
pub(crate) fn measure(seconds: u64) -> Result<C> {
    let folder = tempfile::tempdir()?;
    let program = compile(folder.path())?;
    let mut rows = Vec::new();
    for (key, kind, algorithm) in [("RSA-2048", "rsa", "rsa-2048"), ("P-256", "ec", "p256")] {
        write_cast(folder.path(), algorithm)?;
        let arguments = [text(folder.path())?, kind, &seconds.to_string()];
        let printed = tool::run(text(&program)?, &arguments, folder.path(), b"")?;
        for line in String::from_utf8(printed)?.lines() {
            rows.push(row(key, line)?);
        }
    }
    Ok(C(rows))
}

fn compile(folder: &Path) -> Result<PathBuf> {
    let (library, program) = (Library::installed()?, folder.join("bench"));
    let sources = ["main.c", "sealwright.c", "openssl.c"].map(|name| format!("{FOLDER}{name}"));
    let mut link = sources[1..].to_vec();
    link.extend(library.flags(&["--libs", "sealwright", "libcrypto"])?);
    link.push(format!("-Wl,-rpath,{}", library.libraries().display()));
    library.compile(
        &["cc", "-std=c99", "-D_POSIX_C_SOURCE=200809L", "-O2"],
        Path::new(&sources[0]),
        &program,
        &link,
    )?;
    Ok(program)
}

/// The files that the program reads: an authority with its key, a request, and what came of it.
fn write_cast(folder: &Path, algorithm: &str) -> Result<()> {
    let keys = Engine::holding(&[])?;
    let generate = |number: u8| {
        keys.call(
            &json!({ "op": "generate_key", "algorithm": algorithm, "seed": engine::seed(number.into()) }),
        )
    };
    let (root, device) = (generate(1)?, generate(2)?);
    let pem = |pair: &Value| pair["private_key"].as_str().map(ToOwned::to_owned).context("no key");
    let engine = Engine::holding(&[("root", &pem(&root)?), ("device", &pem(&device)?)])?;
    let now = engine::now();
    let created = engine.call(&json!({
        "op": "create_authority", "now": now, "seed": engine::seed(3), "subject": "CN=Root", "key": {
            "id": "root", "public_key": root["public_key"] },
    }))?;
    let authority = &created["authority"];
    let csr = engine.call(&json!({
        "op": "create_csr", "key": { "id": "device" }, "subject": "CN=host.example.com",
        "subject_alternative_names": ["dns:host.example.com"],
    }))?;
    let signed = engine.call(&json!({
        "op": "sign_csr", "now": now, "seed": engine::seed(4), "authority": authority, "profile": "tls-server",
        "csr": csr["csr"],
    }))?;
    let minted = engine.call(&json!({
        "op": "mint_jwt", "now": now, "key": { "id": "root" },
        "token": { "shape": "compatible", "subject": "app", "issuer": "portal", "lifetime_seconds": 3600 },
    }))?;
    let leaf = signed["certificate"].as_str().context("no certificate")?;
    let files = [
        ("key", root["private_key"].as_str()),
        ("public_key", root["public_key"].as_str()),
        ("csr", csr["csr"].as_str()),
        ("root", authority["certificate"].as_str()),
        ("leaf", Some(leaf)),
        ("token", minted["token"].as_str()),
        ("authority", Some(&authority.to_string())),
        ("bundle", Some(&leaf.repeat(BUNDLE))),
    ];
    for (name, content) in files {
        fs::write(folder.join(name), content.with_context(|| name.to_owned())?)?;
    }
    Ok(())
}

fn row(key: &'static str, line: &str) -> Result<Row> {
    let mut parts = line.split('\t');
    let what = parts.next().unwrap_or_default().to_owned();
    let rates = parts.map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    ensure!(rates.len() == 3, "found {line:?}, wanted three rates");
    let outside = Some(rates[1]).filter(|rate| *rate > 0.0);
    Ok(Row { key, what, lent: rates[0], outside, openssl: rates[2] })
}

impl C {
    /// For machines.
    pub(crate) fn to_json(&self) -> Value {
        let row = |Row { key, what, lent, outside, openssl }: &Row| json!({ "key": key, "what": what, "lent": lent, "outside": outside, "openssl": openssl });
        self.0.iter().map(row).collect()
    }
}

impl fmt::Display for C {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The C library a second, and what it is of OpenSSL's rate in the same process")?;
        let head = ["", "lent", "outside", "OpenSSL", "lent/", "outside/"];
        writeln!(
            f,
            "{:<28} {:>10} {:>10} {:>10} {:>7} {:>8}",
            head[0], head[1], head[2], head[3], head[4], head[5]
        )?;
        for Row { key, what, lent, outside, openssl } in &self.0 {
            let outside_rate = outside.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}"));
            let outside_ratio =
                outside.map_or_else(|| "-".to_owned(), |rate| format!("{:.2}", rate / openssl));
            writeln!(
                f,
                "{:<28} {lent:>10.1} {outside_rate:>10} {openssl:>10.1} {:>7.2} {outside_ratio:>8}",
                format!("{key} {what}"),
                lent / openssl
            )?;
        }
        write!(f, "OpenSSL's keys are read once, and of a token it checks the signature alone.")
    }
}
