//! Programs that are not ours, as judges.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs a program with bytes on its standard input and gives its standard output; a failure carries its
/// standard error.
pub fn run(program: &str, arguments: &[&str], folder: &Path, input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    let mut stdin = child.stdin.take().context("the program has no standard input")?;
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output()?;
    // A program may close its input early; what counts is how it ended.
    let _ = writer.join();
    succeeded(program, arguments, output)
}

/// What a program that ended well printed; how it ended and all that it said otherwise.
pub(crate) fn succeeded(program: &str, arguments: &[&str], output: Output) -> Result<Vec<u8>> {
    ensure!(
        output.status.success(),
        "{program} {}: {}\n{}{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
