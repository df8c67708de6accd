//! Builds `bindings/c` for `wasm32-unknown-unknown`: the zero-import module that the host embeds.
//!
//! `SEALWRIGHT_GUEST=path/to/sealwright.wasm` takes a ready module instead.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

const TARGET: &str = "wasm32-unknown-unknown";
const FEATURES: &str = "-Ctarget-feature=+wide-arithmetic,+simd128";
/// Cargo's own settings that the inner build keeps: where the registry is and how to reach it.
const KEPT: [&str; 5] = ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR", "CARGO_SOURCE_"];

fn main() {
    println!("cargo::rerun-if-env-changed=SEALWRIGHT_GUEST");
    let module = match env::var_os("SEALWRIGHT_GUEST") {
        Some(path) => PathBuf::from(path),
        None => build(),
    };
    let module = module.canonicalize().unwrap_or_else(|error| {
        fail(&format!("the guest module {} cannot be read: {error}", module.display()))
    });
    println!("cargo::rerun-if-changed={}", module.display());
    println!("cargo::rustc-env=SEALWRIGHT_GUEST_MODULE={}", module.display());
}

fn build() -> PathBuf {
    let workspace = Path::new(&variable("CARGO_MANIFEST_DIR")).join("..");
    for watched in ["core", "bindings/c", "Cargo.lock", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    require_target();
    // A target folder of its own: the outer cargo holds the lock on the usual one.
    let target_dir = Path::new(&variable("OUT_DIR")).join("guest");
    let status = inner_cargo(&workspace, &target_dir).status();
    if !status.is_ok_and(|status| status.success()) {
        fail("the guest module (bindings/c for wasm) did not build; its errors are above");
    }
    target_dir.join(TARGET).join("guest").join("sealwright.wasm")
}

fn inner_cargo(workspace: &Path, target_dir: &Path) -> Command {
    let mut cargo = Command::new(variable("CARGO"));
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_outer_setting) {
            cargo.env_remove(name);
        }
    }
    cargo
        .current_dir(workspace)
        .args(["rustc", "--package", "sealwright-c", "--lib", "--crate-type", "cdylib"])
        .args(["--profile", "guest", "--target", TARGET, "--target-dir"])
        .arg(target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", FEATURES);
    cargo
}

fn is_outer_setting(name: &str) -> bool {
    let kept = KEPT.iter().any(|prefix| name.starts_with(prefix));
    let cargo = name == "CARGO" || name.starts_with("CARGO_");
    let rustc = name.starts_with("RUSTC") || name.starts_with("RUSTFLAGS");
    let script = ["TARGET", "HOST", "PROFILE", "DEBUG", "OPT_LEVEL", "OUT_DIR", "NUM_JOBS"];
    (cargo && !kept) || rustc || script.contains(&name)
}

fn require_target() {
    let found =
        Command::new(variable("RUSTC")).args(["--print", "target-libdir", "--target", TARGET]).output();
    let present = found.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && Path::new(&path).is_dir()
    });
    if !present {
        fail(&format!("the rust target {TARGET} is missing; run: rustup target add {TARGET}"));
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| fail(&format!("{name} is not set; build with cargo")))
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
