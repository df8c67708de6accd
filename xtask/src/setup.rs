//! `cargo xtask setup`: what the build and the tests need and cargo does not bring.

use crate::later_debian::{self, Packages};
use crate::{c, command, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A program that the tests start, and where it comes from.
struct Tool {
    program: &'static str,
    packages: &'static [&'static str],
    purpose: &'static str,
}

const COMPILERS: &[Tool] = &[
    Tool { program: "cc", packages: &["gcc", "libc6-dev"], purpose: "linking, and C dependencies" },
    Tool { program: "c++", packages: &["g++"], purpose: "libFuzzer" },
    Tool { program: "pkg-config", packages: &["pkg-config"], purpose: "finding OpenSSL's library" },
    Tool {
        program: "/usr/include/openssl/x509_vfy.h",
        packages: &["libssl-dev"],
        purpose: "the fuzz target that asks OpenSSL, and C programs with their keys in it",
    },
    Tool { program: "make", packages: &["make"], purpose: "installing the C library" },
];

const PEERS: &[Tool] = &[
    Tool { program: "scepclient", packages: &["scep"], purpose: "SCEP client" },
    Tool { program: "scepserver", packages: &["scep"], purpose: "SCEP server" },
    Tool { program: "pki", packages: &["strongswan-pki"], purpose: "SCEP client" },
    Tool {
        // Without the extra plugins strongSwan has no HTTP.
        program: "/usr/lib/ipsec/plugins/libstrongswan-curl.so",
        packages: &["libstrongswan-extra-plugins", "libstrongswan-standard-plugins"],
        purpose: "strongSwan's HTTP",
    },
    Tool { program: "/usr/lib/certmonger/scep-submit", packages: &["certmonger"], purpose: "SCEP client" },
    Tool { program: "dbus-run-session", packages: &["dbus"], purpose: "certmonger's session" },
    Tool { program: "curl", packages: &["curl"], purpose: "the README's commands" },
    Tool { program: "openssl", packages: &["openssl"], purpose: "verifying, and BER messages" },
    Tool { program: "keytool", packages: &["default-jre-headless"], purpose: "Java's keystores" },
    Tool { program: "pk12util", packages: &["libnss3-tools"], purpose: "NSS's keystores" },
    Tool { program: "faketime", packages: &["faketime"], purpose: "a clock that can be moved" },
    Tool { program: "certtool", packages: &["gnutls-bin"], purpose: "GnuTLS, another verifier" },
    Tool { program: "python3", packages: &["python3", "python3-venv"], purpose: "pkilint, and odd messages" },
    Tool { program: "/usr/sbin/nginx", packages: &["nginx"], purpose: "a file server that asks the guard" },
    Tool {
        program: "valgrind",
        packages: &["valgrind", "libc6-dbg"],
        purpose: "judging the C library's memory and threads",
    },
    Tool { program: "node", packages: &["nodejs"], purpose: "the npm package, and jose, which reads tokens" },
    Tool { program: "npm", packages: &["npm"], purpose: "the npm package, and jose, which reads tokens" },
    Tool {
        program: "chromium",
        packages: &["chromium", "fonts-dejavu-core"],
        purpose: "the npm package in a page",
    },
    Tool { program: "firefox-esr", packages: &["firefox-esr"], purpose: "the npm package in a page" },
];

/// Everything that `cargo xtask test` needs. A missing peer is an error only on a build machine.
pub(crate) fn everything() -> Result<()> {
    build()?;
    components()?;
    let tools = COMPILERS.iter().chain(PEERS).collect::<Vec<_>>();
    install(&tools)?;
    if command::exists("python3") {
        python()?;
    }
    if has_node()? {
        npm()?;
    }
    c::set_up()?;
    later_scep()?;
    later("zlint", &Packages { suite: "trixie", names: &["zlint"], behind: &[] })?;
    go()
}

/// Go and the sources of wazero: Debian 13's Go is older than wazero wants.
pub(crate) fn go() -> Result<()> {
    const NAMES: &[&str] = &["golang-github-tetratelabs-wazero-dev", "golang-golang-x-sys-dev"];
    later("go", &Packages { suite: "forky", names: NAMES, behind: &["golang-go", "golang-src"] })
}

/// Packages that this Debian does not have. On a build machine it has to be possible.
fn later(name: &str, packages: &Packages) -> Result<()> {
    let wanted = || {
        let names = [packages.behind, packages.names].concat().join(" ");
        format!("the tests need {names} of Debian's {}", packages.suite)
    };
    match later_debian::unpack(name, packages).with_context(wanted) {
        Err(error) if !workspace::is_ci() => println!("setup: no later {name}: {error:#}"),
        done => return done,
    }
    Ok(())
}

/// Debian 13's scepclient beside that of Debian 12, which is 2.1.0.
fn later_scep() -> Result<()> {
    let old = command::exists("scepclient")
        && command::read(Command::new("scepclient").arg("-version"))?.trim() == "2.1.0";
    if !old {
        return Ok(());
    }
    later("scep", &Packages { suite: "trixie", names: &["scep"], behind: &[] })
}

/// What a plain build needs: the wasm target and a C compiler.
pub(crate) fn build() -> Result<()> {
    wasm_target()?;
    let [cc, ..] = COMPILERS else { return Ok(()) };
    install(&[cc])?;
    if !command::exists(cc.program) {
        bail!("no C compiler: {}", how_to_get(&[cc]));
    }
    Ok(())
}

/// One line for each peer that is not installed.
pub(crate) fn missing_peers() -> Vec<String> {
    let missing = PEERS.iter().filter(|tool| !command::exists(tool.program));
    missing.map(|tool| format!("{} ({}): {}", tool.program, tool.purpose, how_to_get(&[tool]))).collect()
}

fn wasm_target() -> Result<()> {
    let sysroot = command::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    let library = PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET);
    if library.is_dir() {
        return Ok(());
    }
    println!("setup: adding the target {WASM_TARGET}");
    command::run(Command::new("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!(
            "the target {WASM_TARGET} is missing; without rustup, install your distribution's package of it"
        )
    })
}

/// A minimal toolchain has neither formatter nor linter.
fn components() -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if !command::exists(program) {
            println!("setup: adding the component {component}");
            command::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn install(tools: &[&Tool]) -> Result<()> {
    let missing = missing(tools);
    if missing.is_empty() {
        return Ok(());
    }
    if rustix::process::geteuid().is_root() && command::exists("apt-get") {
        apt_get(&packages(&missing))?;
        return Ok(());
    }
    let line = how_to_get(&missing);
    if workspace::is_ci() {
        bail!("not installed, and nothing may be skipped here: {line}");
    }
    println!("setup: not installed: {line}");
    Ok(())
}

fn missing<'a>(tools: &[&'a Tool]) -> Vec<&'a Tool> {
    tools.iter().copied().filter(|tool| !command::exists(tool.program)).collect()
}

fn packages(tools: &[&Tool]) -> Vec<&'static str> {
    let mut packages = tools.iter().flat_map(|tool| tool.packages).copied().collect::<Vec<_>>();
    packages.sort_unstable();
    packages.dedup();
    packages
}

fn how_to_get(tools: &[&Tool]) -> String {
    format!("sudo apt-get install {}", packages(tools).join(" "))
}

fn apt_get(packages: &[&str]) -> Result<()> {
    println!("setup: installing {}", packages.join(" "));
    let quiet = ["--quiet", "--quiet", "--yes", "--no-install-recommends"];
    let apt = |verb: &str| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg(verb).args(quiet);
        command
    };
    command::run(&mut apt("update"))?;
    command::run(apt("install").args(packages))
}

/// A program of the virtual environment of the tests.
pub(crate) fn python_program(name: &str) -> PathBuf {
    workspace::target().join("python/bin").join(name)
}

/// The virtual environment below the target folder, with the locked packages of the tests.
pub(crate) fn python() -> Result<()> {
    let environment = workspace::target().join("python");
    let wanted = workspace::root().join("tests/requirements.txt");
    let installed = environment.join("requirements.txt");
    let lock = fs::read_to_string(&wanted).context("tests/requirements.txt")?;
    if fs::read_to_string(&installed).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    println!("setup: installing pkilint and its friends into {}", environment.display());
    let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment).status();
    if !made.is_ok_and(|status| status.success()) {
        bail!("python3 cannot make a virtual environment: sudo apt-get install python3-venv");
    }
    command::run(
        Command::new(environment.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&wanted),
    )?;
    fs::write(installed, lock).context("marking the virtual environment as complete")
}

/// The folder below the target folder in which the npm package is built.
pub(crate) fn npm_package() -> PathBuf {
    workspace::target().join("npm-package")
}

/// Whether Node and npm are there and recent enough. On a build machine an old one is an error.
pub(crate) fn has_node() -> Result<bool> {
    if !(command::exists("node") && command::exists("npm")) {
        return Ok(false);
    }
    match recent_node() {
        Err(error) if !workspace::is_ci() => {
            println!("skipped what needs Node: {error:#}");
            Ok(false)
        }
        checked => checked.map(|()| true),
    }
}

/// The folders of node modules below the target folder: the peers of the tests, and what builds and judges the npm package.
pub(crate) fn npm() -> Result<()> {
    recent_node()?;
    node_modules("tests", &workspace::target().join("npm"))?;
    node_modules("bindings/npm", &npm_package())
}

/// What Vite and the npm package's tests run on; Debian 12's own is older.
const NODE: (u32, u32) = (20, 19);

fn recent_node() -> Result<()> {
    let found = command::read(Command::new("node").arg("--version"))?;
    if is_recent(&found, NODE) {
        return Ok(());
    }
    let (major, minor) = NODE;
    let wanted = format!("{major}.{minor} or later: https://nodejs.org/en/download");
    bail!("found Node {}, wanted {wanted}", found.trim())
}

/// Whether `v20.19.0` or the like is that version or a later one.
fn is_recent(version: &str, wanted: (u32, u32)) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= wanted,
        _ => false,
    }
}

/// The packages that `package-lock.json` locks.
fn node_modules(sources: &str, folder: &Path) -> Result<()> {
    const LOCK: &str = "package-lock.json";
    let sources = workspace::root().join(sources);
    let installed = folder.join("node_modules/installed.json");
    let lock =
        fs::read_to_string(sources.join(LOCK)).with_context(|| sources.join(LOCK).display().to_string())?;
    if fs::read_to_string(&installed).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    println!("setup: installing node modules into {}", folder.display());
    fs::create_dir_all(folder)?;
    for name in ["package.json", LOCK] {
        fs::copy(sources.join(name), folder.join(name))
            .with_context(|| sources.join(name).display().to_string())?;
    }
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    command::run(Command::new("npm").args(quiet).current_dir(folder))?;
    fs::write(installed, lock).context("marking the node modules as complete")
}

#[cfg(test)]
mod tests {
    use super::{NODE, is_recent};

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        for recent in ["v20.19.0\n", "v20.20.2", "v22.2.1", "v100.0.0"] {
            assert!(is_recent(recent, NODE), "{recent}");
        }
        for other in ["v18.20.4", "v20.9.0", "v9.99.0", "", "v20", "node"] {
            assert!(!is_recent(other, NODE), "{other}");
        }
    }
}
