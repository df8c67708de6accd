//! Peers of other languages, each a process that measures itself.

use anyhow::{Context, Result};
use conformance::{peer, tool};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/peers/");

/// A script, and for Node the package that it takes.
pub(crate) enum Peer {
    Python(&'static str),
    Node(&'static str, &'static str),
}

/// What a peer says of a request.
pub(crate) fn rates(peer: Peer, request: &Value) -> Result<Value> {
    let (program, arguments) = match peer {
        // Nothing is written beside the scripts.
        Peer::Python(script) => {
            (peer::find_python("python"), vec!["-B".to_owned(), format!("{FOLDER}{script}")])
        }
        Peer::Node(script, package) => {
            let folder = peer::find_npm(package).context("run `cargo xtask setup`")?;
            let arguments = vec![format!("{FOLDER}{script}"), folder.to_string_lossy().into_owned()];
            (peer::find("node", "nodejs"), arguments)
        }
    };
    let program = program.context("run `cargo xtask setup`")?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let folder = tempfile::tempdir()?;
    let said =
        tool::run(&program.to_string_lossy(), &arguments, folder.path(), request.to_string().as_bytes())?;
    Ok(serde_json::from_slice(&said)?)
}
