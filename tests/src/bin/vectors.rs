//! Makes `vectors/*.json` of `vectors/recipes/*.json` with the native engine.
//!
//! `--check` (the default) says which vectors would change; `--write` changes them. Read the difference
//! before it is committed: a response that changed is a change that every user of the engine will see.

use std::process::ExitCode;

use anyhow::{Result, bail};
use conformance::json::Json;
use conformance::native;
use conformance::recipe::Kitchen;
use conformance::vector::{Vector, folder};

fn main() -> Result<ExitCode> {
    let write = match std::env::args().nth(1).as_deref() {
        None | Some("--check") => false,
        Some("--write") => true,
        Some(other) => bail!("found {other:?}, wanted --check or --write"),
    };
    let mut stale = 0;
    for (name, vectors) in Kitchen::open(&complete)?.make_all()? {
        let path = folder().join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&vectors)? + "\n";
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        stale += 1;
        if write {
            std::fs::write(&path, text)?;
        }
        println!("{} {}", if write { "wrote" } else { "stale:" }, path.display());
    }
    Ok(if stale == 0 || write { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn complete(vector: &mut Vector) -> Result<()> {
    let answer = native::call(&vector.request_bytes(), &vector.keys)?;
    let body = Json::parse(&answer.body)?;
    match body.get("error") {
        Some(error) => vector.error = Some(error.clone()),
        None => vector.response = Some(body),
    }
    Ok(())
}
