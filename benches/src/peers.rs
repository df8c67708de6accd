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
    let (program, script, package) = match peer {
        Peer::Python(script) => (peer::find_python("python"), script, None),
        Peer::Node(script, package) => {
            let folder = peer::find_npm(package).context("run `cargo xtask setup`")?;
            (peer::find("node", "nodejs"), script, Some(folder.to_string_lossy().into_owned()))
        }
    };
    let program = program.context("run `cargo xtask setup`")?;
    let script = format!("{FOLDER}{script}");
    let arguments: Vec<&str> = std::iter::once(script.as_str()).chain(package.as_deref()).collect();
    let folder = tempfile::tempdir()?;
    let said =
        tool::run(&program.to_string_lossy(), &arguments, folder.path(), request.to_string().as_bytes())?;
    Ok(serde_json::from_slice(&said)?)
}
