//! `cargo xtask bench`: rates, with everything built for release.

use crate::{command, npm, python, setup, workspace};
use anyhow::Result;
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
    /// Parts, all if there is none: --issuing (20 seconds), --revocation (half a minute), --keystores (10 seconds), --paths
    /// (half a minute), --tokens (two minutes), --messages (a minute), --npm (four minutes), --python (a minute and a half), --c (two minutes), --scep (5 minutes); and --seconds, --rounds, --enrolments, --connections, of which `-- --help` tells more
    #[arg(last = true)]
    more: Vec<String>,
}

/// Builds server and client, and runs the client.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.json {
        setup::build()?;
    }
    if measures("--npm", &options.more) {
        npm::install()?;
    }
    if measures("--python", &options.more) {
        python::install()?;
    }
    command::run(&mut command::cargo([
        "build",
        "--locked",
        "--release",
        "--package",
        "sealwright",
        "--package",
        "benches",
    ]))?;
    let programs = workspace::target().join("release");
    let mut bench = std::process::Command::new(programs.join("benches"));
    bench.env("SEALWRIGHT", programs.join("sealwright")).args(&options.more);
    if options.json {
        bench.arg("--json");
    }
    command::run(&mut bench)
}

/// Whether a part is measured: it was named, or nothing was, and everything is.
fn measures(part: &str, more: &[String]) -> bool {
    const NO_PARTS: [&str; 6] =
        ["--json", "--seconds", "--rounds", "--enrolments", "--connections", "--help"];
    let mut flags =
        more.iter().filter_map(|word| word.split('=').next()).filter(|word| word.starts_with("--"));
    flags.clone().any(|flag| flag == part) || flags.all(|flag| NO_PARTS.contains(&flag))
}

#[cfg(test)]
mod tests {
    use super::measures;

    #[test]
    fn a_package_is_built_where_it_is_measured() {
        let of = |line: &str| {
            let more = line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            ["--npm", "--python"].map(|part| measures(part, &more))
        };
        for line in ["", "--seconds 1", "--seconds=1", "--npm --python"] {
            assert_eq!(of(line), [true, true], "{line}");
        }
        for line in ["--npm", "--tokens --npm"] {
            assert_eq!(of(line), [true, false], "{line}");
        }
        for line in ["--tokens", "--tokens --seconds 1", "--scep"] {
            assert_eq!(of(line), [false, false], "{line}");
        }
    }
}
